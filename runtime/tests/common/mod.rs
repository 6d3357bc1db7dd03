//! A hub without sockets: steps a machine, gathers batches, and appends them to a journal in a folder of its own.
#![allow(dead_code, reason = "each test uses its part")]

use hobnob_machine::{Config, Conn, Input, Out, Server};
use hobnob_runtime::journal::{
    Batch, Checkpoint, DataFolder, Durability, Genesis, Journal, JournalError, Keeping, OutputDigest, Recovered,
    Retention, Sqlite, recover,
};
use hobnob_runtime::message_log::Layout;
use hobnob_spec::messages::{Asked, Request, Secret, Time};
use std::path::Path;

/// 2026-11-21T00:00:00Z.
pub(crate) const BASE: u64 = 1_795_219_200_000;

/// How the tests keep a journal unless they say otherwise.
pub(crate) const KEEPING: Keeping =
    Keeping { durability: Durability::Never, retention: Retention::Forever, layout: Layout::Text };

/// A journal and the machine that goes with it.
pub(crate) struct Desk {
    pub(crate) journal: Sqlite,
    pub(crate) server: Server,
    pub(crate) batch: Batch,
    pub(crate) digest: OutputDigest,
    pub(crate) at: Time,
    pub(crate) out: Out,
    pub(crate) next_conn: u64,
    pub(crate) recovered: Recovered,
    number: u64,
}

pub(crate) fn genesis() -> Genesis {
    let mut config = Config { store: true, ..Config::default() };
    config.limits.say_per_second = 0;
    config.limits.say_burst = 1_000_000;
    Genesis { seed: 7, config }
}

impl Desk {
    pub(crate) fn open(folder: &Path) -> Self {
        Self::try_open(folder, KEEPING).expect("the journal opens")
    }

    pub(crate) fn try_open(folder: &Path, keeping: Keeping) -> Result<Self, JournalError> {
        let mut journal = Sqlite::open(DataFolder::open(folder)?, keeping)?;
        let recovered = recover(&mut journal, genesis())?;
        Ok(Self {
            journal,
            server: recovered.server.clone(),
            batch: Batch::new(recovered.next),
            digest: recovered.pending.clone(),
            at: recovered.at.max(Time(BASE)),
            out: Out::default(),
            next_conn: recovered.next_conn,
            number: 1000 * recovered.next,
            recovered,
        })
    }

    pub(crate) fn step(&mut self, input: Input) {
        self.at = self.at.plus(1);
        self.out.clear();
        self.batch.begin(self.at, &input);
        self.server.step(self.at, input, &mut self.out);
        self.batch.end(&mut self.digest, &self.out, &self.server);
    }

    /// Lets time pass, and wakes the machine as it wants to be woken.
    pub(crate) fn pass(&mut self, ms: u64) {
        let end = self.at.plus(ms);
        while let Some(at) = self.server.wake_at().filter(|at| *at <= end) {
            self.at = self.at.max(at);
            self.out.clear();
            self.server.step(self.at, Input::Wake, &mut self.out);
            self.batch.woke(&mut self.digest, &self.out, &self.server);
        }
        self.at = end;
    }

    pub(crate) fn ask(&mut self, conn: Conn, request: Request) {
        self.number += 1;
        self.step(Input::Asked { conn, asked: Asked { number: self.number, request } });
    }

    pub(crate) fn join(&mut self, nick: &str) -> Conn {
        let conn = Conn(self.next_conn);
        self.next_conn += 1;
        self.step(Input::Opened { conn, addr: ([127, 0, 0, 1], 4000).into(), listener: 0 });
        let token = Some(Secret([u8::try_from(conn.0).expect("few connections"); 16]));
        self.ask(conn, Request::Join { nick: nick.into(), token, avatar: None });
        conn
    }

    pub(crate) fn say(&mut self, conn: Conn, text: &str) {
        self.ask(conn, Request::Say { room: "lobby".into(), text: text.into() });
    }

    pub(crate) fn commit(&mut self) {
        self.try_commit().expect("the batch is appended");
    }

    pub(crate) fn try_commit(&mut self) -> Result<u64, JournalError> {
        let through = self.journal.append(&mut self.batch)?;
        self.batch.restart(through + 1);
        Ok(through)
    }

    pub(crate) fn checkpoint(&mut self) {
        self.commit();
        let checkpoint = Checkpoint {
            next: self.batch.next(),
            at: self.at,
            next_conn: self.next_conn,
            pending: self.digest.clone(),
            server: self.server.clone(),
        };
        self.journal.keep(&checkpoint.serialize()).expect("the snapshot is kept");
    }
}
