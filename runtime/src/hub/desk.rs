//! What the web pages ask of the hub, and how it answers: who is there, what is counted, files for who may see them,
//! and what the operator does at the monitor.
//!
//! Decides nothing about the chat: an operator's deed is a connection of its own that shows the key and asks, and the
//! machine says what comes of it.

use super::core::Hub;
use super::feed::Watcher;
use super::gauges::{Stats, Totals};
use crate::files::FileJob;
use crate::journal::Stored;
use crate::world::World;
use async_channel::{Receiver, Sender};
use hobnob_machine::{Conn, Input, RoomId, SessionView, StoredFile};
use hobnob_spec::messages::{Answer, Asked, Message, Request, Secret};
use hobnob_spec::names::RoomName;
use hobnob_spec::session::{No, Why};
use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

/// How many questions may wait for the hub before those who ask wait, too.
const QUERIES_MAX: usize = 64;

/// What is asked of the hub. Who asked may have gone when the answer comes.
#[derive(Debug)]
pub(crate) enum Query {
    /// Who is there?
    Report(Sender<Vec<Present>>),
    /// Which lines of the message log are the latest, newest first, where no store keeps them?
    Latest(Sender<Vec<Stored>>),
    /// What was counted since the start?
    Totals(Sender<Totals>),
    /// What was counted, with the last hour and the rows that fired?
    Stats(Sender<Arc<Stats>>),
    /// Does the server take requests?
    Ready(Sender<bool>),
    /// From here on, what happens.
    Watch(Watcher),
    /// The operator, at this address, asks this.
    Act { addr: SocketAddr, request: Request, to: Sender<Outcome> },
    /// May whoever shows this see that file?
    File { file: u64, claim: Claim, to: Sender<Option<StoredFile>> },
    /// Part of a file, under the name that its keeper gave it.
    Piece { name: String, offset: u64, len: usize, to: Sender<io::Result<Vec<u8>>> },
}

/// Somebody who is there, with the names of the rooms.
#[derive(Debug)]
pub(crate) struct Present {
    pub(crate) session: SessionView,
    pub(crate) rooms: Vec<RoomName>,
}

/// Why somebody may see a file.
#[derive(Debug)]
pub(crate) enum Claim {
    /// The user of this nick may, and shows what can be made of the session's token alone.
    User { nick: String, proof: Proof },
    /// The operator may see all.
    Operator,
}

/// What is made of a session's token and the number of a file, and of nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Proof(pub [u8; 32]);

impl Proof {
    /// The proof that the holder of a token may see a file, if anybody who holds it may.
    pub(crate) fn new(token: &Secret, file: u64) -> Self {
        let text = format!("hobnob file {file} {}", token.to_hex());
        Self(crate::files::digest_of(text.as_bytes()).0)
    }

    /// Whether two proofs are the same, in a time that does not depend on where they differ.
    pub(crate) fn same_as(&self, other: &Self) -> bool {
        self.0.iter().zip(other.0).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
    }
}

/// What came of an operator's deed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The server answered.
    Answered(Answer),
    /// The server ended the connection that asked.
    SentAway(Why),
}

/// The end of the line to the hub that web pages hold.
#[derive(Debug, Clone)]
pub(crate) struct Desk(Sender<Query>);

impl Desk {
    /// A desk, and where the hub hears what is asked at it.
    pub(crate) fn new() -> (Self, Receiver<Query>) {
        let (sender, receiver) = async_channel::bounded(QUERIES_MAX);
        (Self(sender), receiver)
    }

    /// Asks, and waits for the answer; `None` when the hub is gone.
    pub(crate) async fn ask<T>(&self, query: impl FnOnce(Sender<T>) -> Query) -> Option<T> {
        let (to, answer) = async_channel::bounded(1);
        self.0.send(query(to)).await.ok()?;
        answer.recv().await.ok()
    }

    /// Asks for what happens from here on.
    pub(crate) async fn watch(&self, watcher: Watcher) {
        // When the hub is gone, the watcher hears it by the end of what it watches.
        drop(self.0.send(Query::Watch(watcher)).await);
    }
}

/// The connection at which an operator's deed is done, while it is done.
#[derive(Debug)]
pub(super) struct Counter {
    conn: Conn,
    addr: SocketAddr,
    outcome: Option<Outcome>,
}

impl Counter {
    /// Takes what the machine says to the connection; the last word counts.
    pub(super) fn hear(&mut self, conn: Conn, message: &Message) {
        if self.conn != conn {
            return;
        }
        match message {
            Message::Answer { answer, .. } => self.outcome = Some(Outcome::Answered(answer.clone())),
            Message::Goodbye { why } => self.outcome = Some(Outcome::SentAway(*why)),
            Message::Live { .. } | Message::Earlier { .. } | Message::Ping => {}
        }
    }

    /// The address of who acts, if it is that connection.
    pub(super) fn addr_of(&self, conn: Conn) -> Option<SocketAddr> {
        (self.conn == conn).then_some(self.addr)
    }

    fn is_sent_away(&self) -> bool {
        matches!(self.outcome, Some(Outcome::SentAway(_)))
    }
}

impl<W: World> Hub<W> {
    /// Answers what is asked at the desk. Whoever asked may have gone meanwhile: then nobody needs the answer.
    pub(super) fn take_query(&mut self, query: Query) {
        match query {
            Query::Report(to) => drop(to.try_send(self.present())),
            Query::Latest(to) => drop(to.try_send(self.feed.latest())),
            Query::Totals(to) => drop(to.try_send(self.totals())),
            Query::Stats(to) => drop(to.try_send(Arc::new(self.stats()))),
            Query::Ready(to) => drop(to.try_send(!self.gate_is_closed())),
            Query::Watch(watcher) => self.feed.add(watcher),
            Query::Act { addr, request, to } => self.act_for(addr, request, to),
            Query::File { file, claim, to } => {
                let server = &self.parts.server;
                let found = match claim {
                    Claim::Operator => server.stored_file(file),
                    Claim::User { nick, proof } => {
                        server.file_for(&nick, |token| Proof::new(token, file).same_as(&proof), file)
                    }
                };
                drop(to.try_send(found));
            }
            Query::Piece { name, offset, len, to } => self.read_for(FileJob::ReadFor { name, offset, len, to }),
        }
    }

    fn present(&self) -> Vec<Present> {
        let server = &self.parts.server;
        let names: BTreeMap<_, _> = server.rooms().map(|room| (room.room, room.name)).collect();
        let name = |room: &RoomId| names.get(room).cloned();
        let present = |session: SessionView| {
            let rooms = session.rooms.iter().filter_map(name).collect();
            Present { session, rooms }
        };
        server.sessions().map(present).collect()
    }

    /// Has the machine take what the operator asks, over a connection that does nothing else.
    fn act_for(&mut self, addr: SocketAddr, request: Request, to: Sender<Outcome>) {
        let refused = |no| Outcome::Answered(Answer::Refused { no, wait_ms: None });
        if self.gate_is_closed() {
            return drop(to.try_send(refused(No::StorageFull)));
        }
        let Some(key) = self.parts.server.config().operator_key else {
            return drop(to.try_send(refused(No::KeyWrong)));
        };
        let conn = Conn(self.parts.next_conn);
        self.parts.next_conn += 1;
        self.counter = Some(Counter { conn, addr, outcome: None });
        self.step(Input::Opened { conn, addr, listener: 0 });
        for (number, request) in (1..).zip([Request::Operate { key }, request]) {
            if self.counter.as_ref().is_some_and(|counter| !counter.is_sent_away()) {
                self.step(Input::Asked { conn, asked: Asked { number, request } });
            }
        }
        let outcome = self.counter.take().and_then(|counter| counter.outcome);
        if !matches!(outcome, Some(Outcome::SentAway(_))) {
            self.step(Input::Lost { conn });
        }
        // It is said when the journal has it, like every other answer.
        self.turn.tell(to, outcome.unwrap_or_else(|| refused(No::NotOperator)));
    }
}
