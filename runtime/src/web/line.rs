//! A line of the message log as programs read it: the monitor, and whoever asks the API.

use crate::journal::{Kind, Row, Stored};
use crate::message_log::Line;
use hobnob_spec::messages::{Attached, Body, Entry};
use serde::Serialize;

/// A line of the message log, for JSON.
#[derive(Debug, Serialize)]
pub(crate) struct LogLine<'a> {
    /// Its place in the store; `None` before it has one.
    id: Option<u64>,
    /// Its number in its room or conversation.
    number: Option<u64>,
    /// When the server took it, in milliseconds since the beginning of 1970.
    at: u64,
    kind: &'static str,
    room: Option<&'a str>,
    sender: &'a str,
    recipient: Option<&'a str>,
    text: Option<&'a str>,
    /// Until when the sender is muted.
    until: Option<u64>,
    file: Option<FileLine>,
}

/// A file that a line tells of.
#[derive(Debug, Serialize)]
struct FileLine {
    file: u64,
    name: String,
    media: String,
    size: u64,
}

impl<'a> LogLine<'a> {
    /// A row of the store.
    pub(crate) fn of_row(row: &'a Row) -> Self {
        let file = matches!(row.kind, Kind::File | Kind::PrivateFile).then(|| row.entry()).flatten();
        Self::new(Some(row.id), row.number, &row.line(), file.as_ref())
    }

    /// What goes into the store.
    pub(crate) fn of_stored(stored: &'a Stored) -> Self {
        let (number, entry) = match stored {
            Stored::Room { entry, .. } | Stored::Private { entry, .. } => (Some(entry.number), Some(&**entry)),
            Stored::Rejected { .. } => (None, None),
        };
        Self::new(None, number, &stored.columns().line, entry)
    }

    fn new(id: Option<u64>, number: Option<u64>, line: &Line<'a>, entry: Option<&Entry>) -> Self {
        let Line { at, kind, room, sender, recipient, text, until } = *line;
        let file = match entry.map(|entry| &entry.body) {
            Some(Body::Attached(file)) => Some(FileLine::of(file)),
            Some(
                Body::Text(_)
                | Body::Joined(_)
                | Body::Left(_)
                | Body::Entered(_)
                | Body::LeftRoom
                | Body::Muted { .. }
                | Body::Unmuted
                | Body::Avatar(_),
            )
            | None => None,
        };
        let until = until.map(|until| until.0);
        Self { id, number, at: at.0, kind: kind.name(), room, sender, recipient, text, until, file }
    }
}

impl FileLine {
    fn of(file: &Attached) -> Self {
        let Attached { file, name, media, size, digest: _, text: _ } = file;
        Self { file: *file, name: name.to_string(), media: media.clone(), size: *size }
    }
}
