//! The workload that does nothing: what a silent connection costs in memory.

use super::Setting;
use super::figures::Figures;
use super::link::Link;
use crate::exit::Failure;
use hobnob_spec::messages::Request;
use std::time::Duration;

/// How long the server gets to come to rest before its memory is read.
const REST: Duration = Duration::from_millis(500);

/// Connects, reads the memory, joins, and reads it again.
pub(super) async fn run(connections: usize, setting: &Setting) -> Result<Figures, Failure> {
    let run = fastrand::u32(..);
    let memory = async || {
        smol::Timer::after(REST).await;
        setting.process.memory()
    };
    let empty = memory().await;
    let mut links = Vec::new();
    for _ in 0..connections {
        let mut link = Link::open(&setting.addr, setting.over).await?;
        // Its answer says that the server has taken the connection in.
        link.asked(Request::Ping).await?;
        links.push(link);
    }
    let guests = memory().await;
    for (user, link) in links.iter_mut().enumerate() {
        link.settle(&format!("b{run:x}-{user}"), None).await?;
    }
    let members = memory().await;
    let each = |now: Option<u64>| Some((now? as f64 - empty? as f64) / connections as f64);
    Ok(Figures {
        workload: "idle",
        what: format!("{connections} connections that say nothing"),
        bytes_per_guest: each(guests),
        bytes_per_member: each(members),
        ..Figures::default()
    })
}
