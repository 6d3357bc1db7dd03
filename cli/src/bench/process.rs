//! What the server's process used, as Linux tells it under /proc. Elsewhere nothing is known, and it says so.

use crate::exit::{ExitCode, Failure};
use std::time::Duration;

/// The parts of a second in which Linux counts CPU time for programs, on every architecture.
const TICKS_PER_SECOND: u64 = 100;

/// The server's process, if it was named.
pub(super) struct Process {
    pid: Option<u32>,
}

impl Process {
    /// The process of that id; it has to exist where it can be seen.
    pub(super) fn new(pid: Option<u32>) -> Result<Self, Failure> {
        if let Some(pid) = pid
            && cfg!(target_os = "linux")
            && !std::path::Path::new(&format!("/proc/{pid}")).exists()
        {
            return Err(Failure::new(ExitCode::Usage, format_args!("there is no process {pid} on this machine")));
        }
        Ok(Self { pid })
    }

    /// The CPU time that all its threads have used.
    pub(super) fn cpu(&self) -> Option<Duration> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid?)).ok()?;
        // The name in brackets may hold anything; what follows its end is regular.
        let after_name = &stat[stat.rfind(')')? + 1..];
        let fields: Vec<&str> = after_name.split_whitespace().collect();
        let ticks = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
        Some(Duration::from_millis(ticks * 1_000 / TICKS_PER_SECOND))
    }

    /// The memory that it has in use, in bytes.
    pub(super) fn memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid?)).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1_024)
    }
}
