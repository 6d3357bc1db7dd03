//! What goes into the client's machine and what comes out of it.

use hobnob_spec::client::{Event, Row, State, cell};
use hobnob_spec::messages::{Answer, Asked, Entry, Message, Past, Place, Presence, Request, Secret, StillIn, Time};
use hobnob_spec::names::{Nick, RoomName};
use hobnob_spec::session::{No, Why};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What happens to a client.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ClientInput {
    /// The user asks something: any request but joining, returning and quitting, which have inputs of their own.
    Ask(Request),
    /// The user wants in.
    Join {
        /// The nick wished for.
        nick: String,
        /// A fresh resume token, drawn by the shell.
        token: Secret,
        /// The emoji to be seen beside the nick.
        avatar: Option<String>,
    },
    /// The user wants out, when what was asked before has been answered.
    Quit,
    /// The user wants to give the nick back and stay connected, when what was asked before has been answered.
    Logout,
    /// The user wants no connection any more, at once.
    Close,
    /// The server was reached.
    Opened,
    /// The server could not be reached.
    DialFailed {
        /// Why, for people.
        reason: String,
    },
    /// The connection is gone.
    Lost,
    /// Bytes came that are no message of this protocol, or not of this version of it.
    Foreign,
    /// The server says something.
    Heard(Message),
    /// Time has passed.
    Wake,
}

/// What the shell is to do. It has one connection at most, and forgets it with what still comes over it on
/// [`ClientAction::HangUp`] and [`ClientAction::StopDial`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ClientAction {
    /// Reach for the server, and say how it went.
    Dial,
    /// Give up reaching for the server.
    StopDial,
    /// End the connection, and drop what waits for it.
    HangUp,
    /// Send over the connection.
    Send(Asked),
    /// Show the user.
    Show(Shown),
}

/// When a message happened, as its reader should see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum When {
    /// Now.
    Live,
    /// Earlier.
    Past(Past),
}

/// What the user is shown.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Shown {
    /// The client is in.
    Welcome {
        /// The nick, which may have got a number.
        nick: Nick,
        /// The default room.
        room: RoomName,
        /// Who is in it.
        members: Vec<Presence>,
    },
    /// The client is in again; what was missed follows.
    Back {
        /// The nick.
        nick: Nick,
        /// How much longer it is muted, if it is.
        muted_ms: Option<u64>,
        /// Its rooms.
        rooms: Vec<StillIn>,
    },
    /// The nick was refused.
    Refused {
        /// Why.
        no: No,
        /// How many milliseconds it will be so, if that is known.
        wait_ms: Option<u64>,
    },
    /// A message.
    Entry {
        /// Where.
        place: Place,
        /// What.
        entry: Arc<Entry>,
        /// When.
        when: When,
    },
    /// Messages are missing that nobody keeps.
    Gap {
        /// Where.
        place: Place,
        /// How many.
        missing: u64,
    },
    /// The answer to what the user asked.
    Answer {
        /// What was asked.
        request: Request,
        /// The answer.
        answer: Answer,
    },
    /// Too much waits already: the request was not taken.
    TooMany {
        /// Which.
        request: Request,
    },
    /// The request was never applied, and is given back.
    Unsent {
        /// Which.
        request: Request,
    },
    /// The session is over, and it is not known whether the request was applied.
    Unsure {
        /// Which.
        request: Request,
    },
    /// There is a nick already, or one was asked for.
    AlreadyJoined,
    /// The server cannot be reached.
    Unreachable {
        /// Why; `None` when it took too long.
        reason: Option<String>,
    },
    /// The connection is lost.
    Lost,
    /// The client dials again after a pause.
    Retry {
        /// The pause in milliseconds.
        pause_ms: u64,
    },
    /// The server ends the connection.
    Goodbye {
        /// Why.
        why: Why,
    },
    /// The peer speaks another protocol, or another version of this one.
    Foreign,
    /// The client is offline: by the user's wish, or after what was told before.
    Out,
}

/// A row that fired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ClientFired {
    /// When.
    pub at: Time,
    /// In which state.
    pub state: State,
    /// At what.
    pub event: Event,
    /// The place of the row in its cell.
    pub row: u8,
}

impl ClientFired {
    /// The row itself.
    pub fn row(&self) -> &'static Row {
        &cell(self.state, self.event)[usize::from(self.row)]
    }
}

/// What a step brought. The caller owns and reuses it; a step adds to it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ClientOut {
    /// What to do, in this order.
    pub actions: Vec<ClientAction>,
    /// Which rows asked for it.
    pub fired: Vec<ClientFired>,
}

impl ClientOut {
    /// Empties it for the next step and keeps its memory.
    pub fn clear(&mut self) {
        self.actions.clear();
        self.fired.clear();
    }
}
