//! What will happen next, in virtual time.
//!
//! Owns the order: by time, and at one time in the order in which it was foreseen.

use crate::chronicle::Dir;
use crate::plan::Ms;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Something foreseen. What was overtaken (a connection gone, a server's earlier life) is recognized when it comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Event {
    /// A fault that lasts is over: the place of its line.
    FaultEnds(usize),
    /// Somebody's wish for a connection reaches the server.
    Knock(usize),
    /// The connection stands, as its client sees it.
    Stands(usize),
    /// The connection could not be had.
    DialFails(usize),
    /// Something may be read at the end of that way.
    Arrive(usize, Dir),
    /// The server's end of a connection has nothing more to read.
    Gone(usize),
    /// A connection that was told goodbye has had its time.
    Linger(usize),
    /// A client's alarm.
    ClientWake(usize),
    /// An impostor speaks over that connection.
    Impostor(usize),
    /// Looks whether something is due on the server of that life.
    ServerWake(u32),
    /// The disk of that life has written a batch, or failed to.
    Appended(u32),
    /// The batch that could not be written is tried again.
    Retry(u32),
    /// The disk of that life has read a page.
    PageRead(u32, u64),
    /// The keeper of files of that life has done something.
    FileDone(u32, u64),
    /// It is time to make the journal safe.
    SyncDue(u32),
    /// The disk has done that for so many records.
    Synced(u32, usize),
    /// A stopping server looks whether all is done.
    StopLook(u32),
    /// The server comes up.
    Start,
    /// A relay comes up: the place of the line that had it go down, and the relay.
    GateUp(usize, usize),
    /// The alarm of a relay's client.
    PairWake(usize),
    /// A relay goes on with what waited on either side of a client's pair.
    PairGoesOn(usize),
    /// A relay has given a client long enough to take the last words.
    PairDrained(usize),
}

impl Event {
    /// Whether the server has it in one turn with what else comes at the same time.
    pub(super) const fn is_servers(self) -> bool {
        match self {
            Self::Knock(_)
            | Self::Arrive(_, Dir::Up)
            | Self::Gone(_)
            | Self::Linger(_)
            | Self::ServerWake(_)
            | Self::Appended(_)
            | Self::Retry(_)
            | Self::PageRead(..)
            | Self::FileDone(..)
            | Self::SyncDue(_)
            | Self::Synced(..)
            | Self::StopLook(_) => true,
            Self::FaultEnds(_)
            | Self::Stands(_)
            | Self::DialFails(_)
            | Self::Arrive(_, Dir::Down)
            | Self::ClientWake(_)
            | Self::Impostor(_)
            | Self::Start
            | Self::GateUp(..)
            | Self::PairWake(_)
            | Self::PairGoesOn(_)
            | Self::PairDrained(_) => false,
        }
    }
}

/// The heap of what is foreseen.
#[derive(Debug, Default)]
pub(super) struct Heap {
    queue: BinaryHeap<Reverse<(Ms, u64, Event)>>,
    next: u64,
}

impl Heap {
    /// Foresees something.
    pub(super) fn push(&mut self, at: Ms, event: Event) {
        self.queue.push(Reverse((at, self.next, event)));
        self.next += 1;
    }

    /// What comes next, and when.
    pub(super) fn peek(&self) -> Option<(Ms, Event)> {
        self.queue.peek().map(|Reverse((at, _, event))| (*at, *event))
    }

    /// Takes what comes next.
    pub(super) fn pop(&mut self) -> Option<(Ms, Event)> {
        self.queue.pop().map(|Reverse((at, _, event))| (at, event))
    }
}
