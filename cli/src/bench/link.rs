//! One user's connection: dials, joins, asks and listens, with as little work as may be.

use super::Over;
use super::web::{self, Frames};
use crate::exit::{ExitCode, Failure};
use futures_lite::{AsyncReadExt, AsyncWriteExt};
use hobnob_machine::wire::native::{self, MessageReader, Read};
use hobnob_spec::messages::{Answer, Asked, Message, Request};
use hobnob_spec::session::No;
use smol::net::TcpStream;
use std::collections::VecDeque;
use std::time::Duration;

/// How long an answer may take before the measurement gives up.
const PATIENCE: Duration = Duration::from_secs(30);
/// How much is read at once.
const READ_BYTES: usize = 64 << 10;

/// A connection that listens, and asks one thing after the other.
pub(super) struct Link {
    stream: TcpStream,
    reader: Reader,
    pen: Pen,
    /// What came and was not asked for yet.
    came: VecDeque<Message>,
}

/// What messages are read with.
enum Reader {
    Tcp(MessageReader),
    Websocket(Frames),
}

/// The half that writes.
pub(super) struct Pen {
    stream: TcpStream,
    over: Over,
    number: u64,
    bytes: Vec<u8>,
}

impl Pen {
    /// Puts a request into the bytes to be sent.
    pub(super) fn ask(&mut self, request: Request) {
        self.number += 1;
        let asked = Asked { number: self.number, request };
        match self.over {
            Over::Tcp => {
                let fits = native::ask(&asked, &mut self.bytes);
                debug_assert!(fits, "what the measurement asks fits into a frame");
            }
            Over::Websocket => web::ask(&asked, &mut self.bytes),
        }
    }

    /// Sends what was asked.
    pub(super) async fn send(&mut self) -> Result<(), Failure> {
        let sent = self.stream.write_all(&self.bytes).await;
        self.bytes.clear();
        sent.map_err(|error| gone(&error.to_string()))
    }
}

impl Link {
    /// Connects and says hello, or shakes hands.
    pub(super) async fn open(addr: &str, over: Over) -> Result<Self, Failure> {
        let mut stream = TcpStream::connect(addr).await.map_err(|error| cannot_connect(addr, &error))?;
        stream.set_nodelay(true).map_err(|error| cannot_connect(addr, &error))?;
        let mut pen = Pen { stream: stream.clone(), over, number: 0, bytes: Vec::new() };
        let reader = match over {
            Over::Tcp => {
                native::hello(&mut pen.bytes);
                pen.send().await?;
                Reader::Tcp(MessageReader::default())
            }
            Over::Websocket => {
                web::shake_hands(&mut stream, addr).await?;
                Reader::Websocket(Frames::default())
            }
        };
        Ok(Self { stream, reader, pen, came: VecDeque::new() })
    }

    /// Joins, leaves the default room, where every newcomer would be announced to all, and enters its own if it has one.
    /// Tells the number of the room's last message before.
    pub(super) async fn settle(&mut self, nick: &str, room: Option<&str>) -> Result<u64, Failure> {
        let lobby = match self.asked(Request::Join { nick: nick.into(), token: None, avatar: None }).await? {
            Answer::Welcome { room, .. } => room,
            other => return Err(refused(&other)),
        };
        match self.asked(Request::Leave { room: lobby.as_str().into() }).await? {
            Answer::Done => {}
            other => return Err(refused(&other)),
        }
        let Some(room) = room else { return Ok(0) };
        self.came.clear();
        match self.asked(Request::Enter { room: room.into() }).await? {
            Answer::Room { last, .. } => Ok(last),
            other => Err(refused(&other)),
        }
    }

    /// Reads what the room was told while its other members came, so that nobody begins behind. Tells the number of its
    /// last message, which is `last` if there is none.
    pub(super) async fn catch_up(&mut self, last: u64) -> Result<u64, Failure> {
        self.asked(Request::Ping).await?;
        let numbers = self.came.drain(..).filter_map(|message| match message {
            Message::Live { entry, .. } => Some(entry.number),
            Message::Answer { .. } | Message::Earlier { .. } | Message::Ping | Message::Goodbye { .. } => None,
        });
        Ok(numbers.fold(last, u64::max))
    }

    /// Asks one thing and waits for its answer; what else comes is kept.
    pub(super) async fn asked(&mut self, request: Request) -> Result<Answer, Failure> {
        self.pen.ask(request);
        self.pen.send().await?;
        let wanted = self.pen.number;
        let mut looked = 0;
        loop {
            while looked < self.came.len() {
                if matches!(&self.came[looked], Message::Answer { number, .. } if *number == wanted)
                    && let Some(Message::Answer { answer, .. }) = self.came.remove(looked)
                {
                    return Ok(answer);
                }
                looked += 1;
            }
            let more = async { Some(self.listen().await) };
            let late = async {
                smol::Timer::after(PATIENCE).await;
                None
            };
            match futures_lite::future::or(more, late).await {
                Some(heard) => heard?,
                None => return Err(gone(&format!("it did not answer within {} s", PATIENCE.as_secs()))),
            }
        }
    }

    /// Waits for the next bytes and keeps the messages in them.
    pub(super) async fn listen(&mut self) -> Result<(), Failure> {
        let mut buffer = vec![0; 4 << 10];
        self.listen_with(&mut buffer).await
    }

    async fn listen_with(&mut self, buffer: &mut [u8]) -> Result<(), Failure> {
        let count = self.stream.read(buffer).await.map_err(|error| gone(&error.to_string()))?;
        if count == 0 {
            return Err(gone("it closed a connection"));
        }
        let mut trouble = None;
        let came = &mut self.came;
        let mut hear = |message| match message {
            Message::Goodbye { why } => trouble = Some(gone(why.meaning())),
            message => came.push_back(message),
        };
        match &mut self.reader {
            Reader::Tcp(reader) => {
                let mut strange = None;
                reader.read(&buffer[..count], |read| match read {
                    Read::Item(message) => hear(message),
                    Read::Hello => {}
                    Read::Garbled => strange = Some(gone("it sent what is no message")),
                    Read::Foreign(foreign) => strange = Some(gone(&foreign.to_string())),
                });
                trouble.or(strange).map_or(Ok(()), Err)
            }
            Reader::Websocket(frames) => {
                let read = frames.read(&buffer[..count], hear);
                trouble.map_or(read, Err)
            }
        }
    }

    /// Gives every message that comes to `hear`, until `hear` fails or the connection ends.
    pub(super) async fn listen_on(
        mut self,
        mut hear: impl FnMut(Message) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let mut buffer = vec![0; READ_BYTES];
        loop {
            while let Some(message) = self.came.pop_front() {
                hear(message)?;
            }
            self.listen_with(&mut buffer).await?;
        }
    }

    /// The next message that came and nobody looked at.
    pub(super) fn heard(&mut self) -> Option<Message> {
        self.came.pop_front()
    }

    /// A half that writes, which numbers on.
    pub(super) fn pen(&self) -> Pen {
        Pen { stream: self.stream.clone(), over: self.pen.over, number: self.pen.number, bytes: Vec::new() }
    }
}

pub(super) fn cannot_connect(addr: &str, error: &std::io::Error) -> Failure {
    // 24 is "too many open files" on every Unix.
    let hint = match error.raw_os_error() {
        Some(24) if cfg!(unix) => " (raise the limit of open files with `ulimit -n`, here and for the server)",
        _ => "",
    };
    Failure::new(ExitCode::CannotConnect, format_args!("cannot reach a server at {addr}: {error}{hint}"))
}

pub(super) fn gone(why: &str) -> Failure {
    Failure::new(ExitCode::CannotConnect, format_args!("the server ended the measurement: {why}"))
}

/// The server said no; the likeliest reasons come with what to do.
pub(super) fn refused(answer: &Answer) -> Failure {
    let what = match answer {
        Answer::Refused { no: No::Muted, .. } => {
            "the server's rate limit muted a publisher; start the server with --say-per-second 0".into()
        }
        Answer::Refused { no, .. } => format!("the server refused: {}", no.meaning()),
        other => format!("the server gave an answer to another question: {other:?}"),
    };
    Failure::new(ExitCode::Failed, what)
}
