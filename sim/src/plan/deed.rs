//! What somebody who takes part can do.

use hobnob_runtime::files::digest_of;
use hobnob_spec::files::{Bytes, Digest};
use hobnob_spec::limits::CHUNK_BYTES_MAX;
use hobnob_spec::messages::{For, Request, Where};
use std::net::SocketAddr;

/// What somebody does, by the client or, being rude, by hand.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Deed {
    /// Wants in under a nick.
    Join {
        /// The nick wished for.
        nick: String,
        /// What is to be seen beside it.
        avatar: Option<String>,
    },
    /// Asks something: any request but joining, returning and quitting.
    Ask(Request),
    /// Says so many lines at once, each `TEXT 1`, `TEXT 2` ….
    Flood {
        /// The room.
        room: String,
        /// How many lines.
        times: u32,
        /// What each begins with.
        text: String,
    },
    /// Wants out, politely.
    Quit,
    /// Gives the nick back, and stays connected.
    Logout,
    /// Wants out at once: the connection ends without a word.
    Close,
    /// The process dies without a word and starts again, knowing nothing. It is [`super::FaultKind::ClientDies`].
    Die,
    /// Only the rude: opens a connection, whether or not there is one (the one before stays as it is, unattended).
    Knock,
    /// Only the rude: ends its connection.
    HangUp,
    /// Only the rude: joins without a resume token.
    JoinBare {
        /// The nick wished for.
        nick: String,
        /// What is to be seen beside it.
        avatar: Option<String>,
    },
    /// Only the rude: returns with the token of its latest life (`true`) or with one that nobody has.
    Return {
        /// Whether it is its own token.
        own: bool,
    },
    /// Only the rude: sends its last request again, with the same number.
    Repeat,
    /// Only the rude: goes on with a number that it used before.
    Backdate,
    /// Only the rude: says that it is a relay, and that the connection is of somebody at this host.
    Relay {
        /// The host's number; 0 when it does not tell whose the connection is.
        host: u8,
    },
    /// Only the rude: writes a line of text, as somebody does who speaks a text dialect by hand.
    Type {
        /// The line, without its end.
        line: String,
    },
    /// Only the rude: sends bytes that are no protocol, or not the whole of it.
    Send(Raw),
}

impl Deed {
    /// What a typed line may have others hear, whatever the dialect: itself, what follows its first words, and what stands
    /// in quotes.
    pub fn typed_texts(line: &str) -> impl Iterator<Item = &str> {
        let words = line.match_indices([' ', ':']).take(3).map(|(at, _)| &line[at + 1..]);
        let texts = std::iter::once(line).chain(words).chain(line.split('"').skip(1).step_by(2));
        texts.map(str::trim).filter(|text| !text.is_empty())
    }

    /// The address that a relay tells of somebody at a host.
    pub fn relayed_addr(host: u8) -> Option<SocketAddr> {
        (host > 0).then(|| SocketAddr::from(([192, 0, 2, host], 4_000)))
    }

    /// Bytes of a file: all files of plans hold the same, as far as they go.
    pub fn bytes(offset: u64, len: u64) -> Bytes {
        let len = len.min(CHUNK_BYTES_MAX as u64 + 1);
        let letter = |at: u64| b'a' + u8::try_from(at % 26).expect("it is one of 26");
        Bytes((0..len).map(|at| letter(offset.wrapping_add(at))).collect())
    }

    /// The digest of a file of so many bytes.
    pub fn digest(size: u64) -> Digest {
        digest_of(&Self::bytes(0, size).0)
    }

    /// The same deed with each nick that it addresses changed.
    #[must_use]
    pub fn addressed(&self, nick_of: impl Fn(&str) -> String) -> Self {
        let Self::Ask(request) = self else { return self.clone() };
        let mut request = request.clone();
        match &mut request {
            Request::Private { to: nick, .. }
            | Request::Mute { nick, .. }
            | Request::Unmute { nick }
            | Request::Kick { nick }
            | Request::History { place: Where::With(nick), .. }
            | Request::Attach { place: For::With(nick), .. } => *nick = nick_of(nick),
            Request::Report
            | Request::Join { .. }
            | Request::Resume { .. }
            | Request::Say { .. }
            | Request::Enter { .. }
            | Request::Leave { .. }
            | Request::Who { .. }
            | Request::Rooms
            | Request::History { place: Where::Room(_), .. }
            | Request::Attach { place: For::Room(_) | For::Avatar, .. }
            | Request::Wear { .. }
            | Request::Chunk { .. }
            | Request::Cancel { .. }
            | Request::Fetch { .. }
            | Request::Ping
            | Request::Quit
            | Request::Operate { .. } => {}
        }
        Self::Ask(request)
    }

    /// The lines of a flood, one after the other.
    pub fn flood_lines<'a>(room: &'a str, times: u32, text: &'a str) -> impl Iterator<Item = Request> + use<'a> {
        (1..=times).map(move |number| Request::Say { room: room.to_owned(), text: format!("{text} {number}") })
    }
}

/// Bytes that nobody should send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Raw {
    /// A whole frame that holds no request.
    Garbage,
    /// A hello of another protocol.
    BadHello,
    /// A relay's header that cannot be read.
    BadHeader,
    /// The first half of a frame, and nothing after it for a while.
    HalfFrame,
    /// A frame that claims to be longer than any may be.
    HugeFrame,
}
