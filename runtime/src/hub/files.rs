//! The hub's side of the keeper of files: bytes go by the machine, which only counts them.

use super::core::Hub;
use crate::files::{FileDone, FileJob, Files, serve};
use crate::world::World;
use async_channel::{Receiver, Sender};
use hobnob_machine::{Action, Conn, Input};
use hobnob_spec::files::Bytes;
use hobnob_spec::messages::{Answer, Asked, Message, Request};
use hobnob_spec::session::No;
use std::collections::BTreeMap;

/// How many bytes of files may be under way to the disk; who sends more then is told to wait.
const WRITING_BYTES_MAX: usize = 16 << 20;
/// How many chunks of files may be under way to the disk.
const WRITES_MAX: usize = 4_096;
/// How many pieces of files are read at the same time at most.
const READS_MAX: usize = 1_024;
/// After how many milliseconds who sends or fetches too much may try again.
const PAUSE_MS: u64 = 100;

/// The hub's side of the keeper of files. What is under way is bounded: writes and pieces here, the rest by transfers.
pub(super) struct FileDesk {
    jobs: Sender<FileJob>,
    pub(super) done: Receiver<FileDone>,
    /// The bytes of the input that the machine is taking.
    at_hand: Option<Vec<u8>>,
    writing: usize,
    writes: usize,
    /// Over which connection, for which request, and from where on a piece is read.
    reads: BTreeMap<u64, (Conn, u64, u64)>,
    next_tag: u64,
}

impl FileDesk {
    /// Gives the keeper a task of its own. With `shows` it says what small files hold, for who is told of them.
    pub(super) fn open<W: World>(world: &W, files: Box<dyn Files>, shows: bool) -> Self {
        let (jobs, to_do) = async_channel::unbounded();
        let (says, done) = async_channel::unbounded();
        world.spawn_aside("files", serve(files, shows, to_do, says));
        Self { jobs, done, at_hand: None, writing: 0, writes: 0, reads: BTreeMap::new(), next_tag: 1 }
    }

    /// Whether so much is under way to the disk that no more chunks are taken.
    pub(super) fn crowded(&self) -> bool {
        self.writing >= WRITING_BYTES_MAX || self.writes >= WRITES_MAX
    }

    fn give(&self, job: FileJob) {
        self.jobs.try_send(job).expect("the keeper of files serves as long as the hub is there");
    }
}

impl<W: World> Hub<W> {
    /// Takes a request. The bytes of a file stay behind while the machine is told how many they are.
    pub(super) fn ask(&mut self, slot: usize, conn: Conn, asked: Asked) {
        if matches!(asked.request, Request::Chunk { .. }) && self.parts.files.crowded() {
            self.put_off(slot, asked.number);
        } else {
            self.ask_at_once(conn, asked);
        }
    }

    /// Takes a request, however much is under way to the disk.
    pub(super) fn ask_at_once(&mut self, conn: Conn, asked: Asked) {
        let Asked { number, request } = asked;
        match request {
            Request::Chunk { transfer, offset, bytes: Bytes(bytes) } => {
                let len = bytes.len() as u64;
                self.parts.files.at_hand = Some(bytes);
                self.step(Input::Chunk { conn, number, transfer, offset, len });
                self.parts.files.at_hand = None;
            }
            request => self.step(Input::Asked { conn, asked: Asked { number, request } }),
        }
    }

    /// Carries out what the machine orders of files.
    pub(super) fn act_on_file(&mut self, action: Action) {
        let files = &mut self.parts.files;
        match action {
            Action::WriteChunk { transfer, offset } => {
                let bytes = files.at_hand.take().expect("a chunk is written in the step that brought it");
                files.writing += bytes.len();
                files.writes += 1;
                files.give(FileJob::Write { transfer, offset, bytes });
            }
            Action::CheckFile { transfer, name, size, digest } => {
                files.give(FileJob::Finish { transfer, name, size, digest });
            }
            Action::DiscardPart { transfer } => files.give(FileJob::Discard { transfer }),
            Action::RemoveFile { name } => self.parts.keeper.remove_later(name),
            Action::ReadPiece { conn, number, name, offset, len } => {
                if files.reads.len() < READS_MAX {
                    let tag = files.next_tag;
                    files.next_tag += 1;
                    files.reads.insert(tag, (conn, number, offset));
                    let len = usize::try_from(len).expect("a piece is small");
                    files.give(FileJob::Read { tag, name, offset, len });
                } else if let Some(slot) = self.lines.slot(conn) {
                    self.put_off(slot, number);
                }
            }
            other => unreachable!("{other:?} is no order about files"),
        }
    }

    /// Has part of a file read for who asks at the desk; the keeper answers there.
    pub(super) fn read_for(&mut self, job: FileJob) {
        self.parts.files.give(job);
    }

    /// Has files removed that the journal knows to be gone.
    pub(super) fn remove_files(&mut self) {
        while let Some(name) = self.parts.keeper.next_removal() {
            self.parts.files.give(FileJob::Remove { name });
        }
    }

    /// Takes what the keeper of files says.
    pub(super) fn take_file_done(&mut self, done: FileDone) {
        match done {
            FileDone::Wrote { bytes } => {
                self.parts.files.writing -= bytes;
                self.parts.files.writes -= 1;
            }
            FileDone::Filed { transfer, filing, content } => {
                if let Some(content) = content {
                    // The file will have the transfer's number.
                    self.turn.files.keep(transfer, content);
                }
                self.step_or_wait(Input::Filed { transfer, filing });
            }
            FileDone::Read { tag, piece } => {
                let (conn, number, offset) = self.parts.files.reads.remove(&tag).expect("a piece was asked for");
                let Some(slot) = self.lines.slot(conn) else { return };
                if self.lines.at(slot).closed {
                    return;
                }
                let answer = match piece {
                    Ok(bytes) => Answer::Piece { offset, bytes: Bytes(bytes) },
                    Err(error) => {
                        tracing::warn!("a file that was sent before cannot be read: {error}");
                        self.tally.refuse(No::NoFile);
                        Answer::Refused { no: No::NoFile, wait_ms: None }
                    }
                };
                self.turn.send(&mut self.lines, slot, &Message::Answer { number, answer });
            }
        }
    }

    fn put_off(&mut self, slot: usize, number: u64) {
        self.tally.refuse(No::AsksTooFast);
        let answer = Answer::Refused { no: No::AsksTooFast, wait_ms: Some(PAUSE_MS) };
        self.turn.send(&mut self.lines, slot, &Message::Answer { number, answer });
    }
}
