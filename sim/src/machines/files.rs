//! The server's keeper of files: a model of the shell's, over files in memory that outlive the server.

use super::World;
use super::heap::Event;
use super::keeper::{READ_MS, WRITE_MS};
use crate::meddle::Meddle;
use hobnob_machine::{Action, Conn, Filing, Input};
use hobnob_runtime::files::Files;
use hobnob_spec::files::Bytes;
use hobnob_spec::messages::{Answer, Asked, Message, Request};
use hobnob_spec::session::No;
use std::collections::BTreeMap;
use std::io;

/// What the keeper of files has to do, and what it will say.
#[derive(Debug, Default)]
pub(super) struct FileDesk {
    /// The bytes of the input that the machine is taking.
    at_hand: Option<Vec<u8>>,
    under_way: BTreeMap<u64, Done>,
    next_tag: u64,
}

#[derive(Debug)]
enum Done {
    Filed { transfer: u64, filing: Filing },
    Piece { conn: Conn, number: u64, offset: u64, piece: io::Result<Vec<u8>> },
}

impl<M: Meddle> World<'_, '_, M> {
    /// Takes a request. The bytes of a file stay behind while the machine is told how many they are.
    pub(super) fn ask(&mut self, conn: Conn, asked: Asked) {
        let Asked { number, request } = asked;
        match request {
            Request::Chunk { transfer, offset, bytes: Bytes(bytes) } => {
                let len = bytes.len() as u64;
                self.hub().files.at_hand = Some(bytes);
                self.step(Input::Chunk { conn, number, transfer, offset, len });
            }
            request => self.step(Input::Asked { conn, asked: Asked { number, request } }),
        }
    }

    pub(super) fn act_on_file(&mut self, action: Action) {
        self.disk.files.set_full(self.weather.ground.unwritable);
        match action {
            Action::WriteChunk { transfer, offset } => {
                let bytes = self.hub().files.at_hand.clone().unwrap_or_default();
                if self.disk.files.write(transfer, offset, &bytes).is_err() {
                    self.disk.files.discard(transfer);
                    self.file_will_be(WRITE_MS, Done::Filed { transfer, filing: Filing::NoSpace });
                }
            }
            Action::CheckFile { transfer, name, size, digest } => {
                let filing = self.disk.files.finish(transfer, &name, size, &digest);
                self.file_will_be(WRITE_MS, Done::Filed { transfer, filing });
            }
            Action::DiscardPart { transfer } => self.disk.files.discard(transfer),
            Action::RemoveFile { name } => self.disk.files.remove(&name),
            Action::ReadPiece { conn, number, name, offset, len } => {
                let piece = self.disk.files.read(&name, offset, usize::try_from(len).expect("a piece is small"));
                self.file_will_be(READ_MS, Done::Piece { conn, number, offset, piece });
            }
            other => unreachable!("{other:?} is no order about files"),
        }
    }

    fn file_will_be(&mut self, takes: (u64, u64), done: Done) {
        let life = self.life;
        let at = self.disk_done_at("file", takes);
        let files = &mut self.hub().files;
        let tag = files.next_tag;
        files.next_tag += 1;
        files.under_way.insert(tag, done);
        self.heap.push(at, Event::FileDone(life, tag));
    }

    /// The keeper of files has done something.
    pub(super) fn file_done(&mut self, tag: u64) {
        let Some(done) = self.hub().files.under_way.remove(&tag) else { return };
        self.begin_turn();
        match done {
            Done::Filed { transfer, filing } => self.step_or_wait(Input::Filed { transfer, filing }),
            Done::Piece { conn, number, offset, piece } => {
                let Some(wire) = self.hub().wire(conn).filter(|wire| !self.is_closed(*wire)) else { return };
                let answer = match piece {
                    Ok(bytes) => Answer::Piece { offset, bytes: Bytes(bytes) },
                    Err(_) => Answer::Refused { no: No::NoFile, wait_ms: None },
                };
                self.send(wire, Message::Answer { number, answer });
            }
        }
    }
}
