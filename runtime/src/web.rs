//! What browsers use: pages over HTTP, and the chat over websockets.
//!
//! Nothing of the chat is decided here. A websocket's messages reach the hub as those of every other connection do, and
//! what pages ask beside them is asked at the hub's desk.

mod api;
mod attachments;
pub mod door;
pub mod handshake;
mod http;
pub(crate) mod line;
mod metrics;
mod modules;
mod monitor;
pub mod origin;
pub mod pages;
pub(crate) mod port;
mod protocol;
mod site;

pub(crate) use http::in_time;
pub(crate) use site::Site;

use crate::hub::desk::Desk;
use crate::journal::Reader;
use crate::world::World;
use async_channel::Receiver;
use hobnob_machine::Config;
use hobnob_spec::messages::Secret;
use monitor::{Doorman, Pause};
use origin::Names;
use pages::{Pages, Source};
use site::Reading;
use std::path::PathBuf;
use std::sync::Arc;

/// How many readings of the message log may wait for the one that is under way.
const READINGS_MAX: usize = 16;

/// How the pages are served.
#[derive(Debug, Clone, Default)]
pub struct WebSettings {
    /// Under which names browsers may come, beside `localhost` and addresses.
    pub names: Names,
    /// Where the files of the pages come from.
    pub pages: Source,
    /// What opens the monitor; without one nothing does.
    pub token: Option<Secret>,
    /// The data folder in which the message log is read; `None` where nothing is kept.
    pub log: Option<PathBuf>,
}

/// Makes the site: its routes, and a thread that reads the message log.
pub(crate) fn open<W: World>(world: &W, settings: WebSettings, config: &Config, desk: Desk) -> Site {
    let WebSettings { names, pages, token, log } = settings;
    let log = log.map(|folder| {
        let (readings, to_do) = async_channel::bounded(READINGS_MAX);
        world.spawn_aside("log", read(folder, to_do));
        readings
    });
    let sleeper = world.clone();
    let pause: Pause = Arc::new(move |pause| {
        let world = sleeper.clone();
        Box::pin(async move { world.sleep_until(world.now() + pause).await })
    });
    // A token that nobody knows opens nothing.
    let doorman = Doorman::new(token.unwrap_or_else(|| world.secret()), pause);
    Site::new((desk, log), Pages::new(pages, protocol::of_client(config)), doorman, Arc::new(names))
}

/// Reads the message log for who asks, one after the other.
async fn read(folder: PathBuf, to_do: Receiver<Reading>) {
    let mut reader: Option<Reader> = None;
    while let Ok(reading) = to_do.recv().await {
        if reader.is_none() {
            reader = Reader::open(&folder).inspect_err(|error| tracing::warn!("{error}")).ok();
        }
        // Who waits for what cannot be read hears it by the end of the answer's line.
        if let Some(reader) = &reader {
            reading(reader);
        }
    }
}
