//! What a workload came to, for people and for programs.

use super::tally::Tally;
use super::{Over, Setting};
use crate::exit::{ExitCode, Failure};
use serde::Serialize;
use std::time::Duration;

/// What a workload came to.
#[derive(Debug, Default, Serialize)]
pub(super) struct Figures {
    /// The workload's name.
    pub(super) workload: &'static str,
    /// What it does, in a few words.
    pub(super) what: String,
    /// How latency was measured: `closed` waits for deliveries before it sends, `open` sends by the clock.
    pub(super) load: &'static str,
    /// How long it lasted.
    pub(super) seconds: f64,
    /// How many messages were sent.
    pub(super) messages: u64,
    /// How many deliveries arrived.
    pub(super) deliveries: u64,
    /// Deliveries in a second.
    pub(super) deliveries_per_second: f64,
    /// From sending to delivery, in microseconds.
    pub(super) latency_us: Option<Latency>,
    /// The server's CPU time for a million deliveries, in seconds.
    pub(super) cpu_seconds_per_million: Option<f64>,
    /// The server's memory for each connection without a nick, in bytes.
    pub(super) bytes_per_guest: Option<f64>,
    /// The server's memory for each connection of a member, in bytes.
    pub(super) bytes_per_member: Option<f64>,
    /// What was lost, doubled or out of order; empty when all is well.
    pub(super) wrong: Vec<String>,
}

/// Percentiles of a latency, in microseconds.
#[derive(Debug, Serialize)]
pub(super) struct Latency {
    p50: u64,
    p90: u64,
    p99: u64,
    max: u64,
}

/// What is printed once, before the workloads.
pub(super) fn heading(setting: &Setting) -> String {
    format!(
        "measuring {}{} with texts of {} bytes, at most {} s a workload; every delivery is checked\n",
        setting.addr,
        match setting.over {
            Over::Tcp => "",
            Over::Websocket => " over websockets",
        },
        setting.text_bytes,
        setting.lasts.as_secs()
    )
}

impl Figures {
    /// The figures of a workload that delivered.
    pub(super) fn new(workload: &'static str, what: String, tally: &Tally, lasted: Duration) -> Self {
        let at = |part| tally.latency_us.value_at_quantile(part);
        let latency = Latency { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: tally.latency_us.max() };
        Self {
            workload,
            what,
            load: "closed",
            seconds: lasted.as_secs_f64(),
            messages: tally.messages,
            deliveries: tally.deliveries,
            deliveries_per_second: tally.deliveries as f64 / lasted.as_secs_f64().max(1e-9),
            latency_us: (tally.deliveries > 0).then_some(latency),
            wrong: tally.wrong(),
            ..Self::default()
        }
    }

    /// Adds what the server used for it.
    pub(super) fn with_cpu(mut self, before: Option<Duration>, after: Option<Duration>) -> Self {
        self.cpu_seconds_per_million = before
            .zip(after)
            .filter(|_| self.deliveries > 0)
            .map(|(before, after)| after.saturating_sub(before).as_secs_f64() * 1e6 / self.deliveries as f64);
        self
    }

    /// One object on a line.
    pub(super) fn json(&self) -> Result<String, Failure> {
        let line = serde_json::to_string(self).map_err(|error| Failure::new(ExitCode::Failed, error))?;
        Ok(line + "\n")
    }

    /// A few lines.
    pub(super) fn text(&self) -> String {
        let mut out = format!("\n{}: {}\n", self.workload, self.what);
        if let Some(latency) = &self.latency_us {
            out += &format!(
                "  {:.0} deliveries/s ({} deliveries of {} messages in {:.2} s)\n",
                self.deliveries_per_second, self.deliveries, self.messages, self.seconds
            );
            let from = if self.load == "open" { "from when each should have been sent" } else { "from sending" };
            out += &format!(
                "  latency {from}: p50 {} µs, p90 {} µs, p99 {} µs, max {} µs\n",
                latency.p50, latency.p90, latency.p99, latency.max
            );
            out += &match self.cpu_seconds_per_million {
                Some(cpu) => format!("  server: {cpu:.2} CPU seconds per million deliveries\n"),
                None => "  server: CPU time not available (name its process with --pid, on Linux)\n".into(),
            };
        } else {
            out += &match self.bytes_per_guest.zip(self.bytes_per_member) {
                Some((guest, member)) if guest <= 0.0 || member <= 0.0 => {
                    "  server: it had taken more memory before; measure idle first on a fresh server\n".into()
                }
                Some((guest, member)) => format!("  server: {guest:.0} bytes a guest, {member:.0} bytes a member\n"),
                None => "  server: memory not available (name its process with --pid, on Linux)\n".into(),
            };
        }
        match self.wrong.as_slice() {
            [] if self.latency_us.is_some() => out += "  nothing lost, nothing doubled, all in order\n",
            [] => {}
            wrong => wrong.iter().for_each(|line| out += &format!("  WRONG: {line}\n")),
        }
        out
    }
}
