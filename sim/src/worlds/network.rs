//! What is wrong with the network at present, and which connections there are.
//!
//! Owns the troubles that turmoil has no word for: resets, half-open connections, stalls, refusals. What turmoil can do
//! (latency, partitions, holding back) is done by the weather.

use super::stage::lock;
use crate::chronicle::{Dir, Wire};
use crate::plan::{Plan, Way};
use std::collections::{BTreeMap, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::task::Waker;

/// What is wrong with one who takes part, or with a relay.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Trouble {
    /// Does not read.
    pub(super) stalls_reads: u32,
    /// What is written goes nowhere.
    pub(super) stalls_writes: u32,
    /// Reads a byte at a time.
    pub(super) drips: u32,
    /// What a relay writes to its clients goes nowhere.
    pub(super) stalls_down: u32,
}

/// The state of the network.
#[derive(Debug)]
pub(super) struct Network {
    /// Of each who takes part, and of the relays behind them.
    troubles: Vec<Trouble>,
    /// Places of the steps because of which nobody gets a connection.
    pub(super) refusing: Vec<usize>,
    /// Connections by their number from 1, and by the client's address.
    wires: BTreeMap<u64, Line>,
    by_addr: BTreeMap<SocketAddr, u64>,
    /// Whose host has which address.
    pub(super) hosts: BTreeMap<IpAddr, usize>,
    next: u64,
}

/// A connection, shared by its two ends.
pub(super) type Line = Arc<Mutex<Cable>>;

/// What both ends of a connection know.
#[derive(Debug)]
pub(super) struct Cable {
    pub(super) wire: Wire,
    /// For whom; `None` for strangers, and while a relay has not said so.
    pub(super) who: Option<usize>,
    /// Who dials: somebody who takes part, or a relay. `None` for strangers.
    pub(super) dials: Option<usize>,
    /// The relay that is dialed; `None` for the server.
    pub(super) to: Option<usize>,
    pub(super) up: Lane,
    pub(super) down: Lane,
    /// The end of the client, and the end of the server.
    pub(super) client: End,
    pub(super) server: End,
}

/// One way of a connection.
#[derive(Debug, Default)]
pub(super) struct Lane {
    /// Bytes that were written and bytes that were read.
    pub(super) written: u64,
    pub(super) read: u64,
    /// Where the messages end that have not arrived.
    pub(super) ends: VecDeque<u64>,
}

/// One end of a connection.
#[derive(Debug, Default)]
pub(super) struct End {
    /// Whether the end was there at all.
    pub(super) opened: bool,
    /// How many halves of it are still held.
    pub(super) held: u8,
    /// The connection is reset, as this end sees it.
    pub(super) reset: bool,
    /// The other end is not to learn that this one is gone.
    pub(super) silent: bool,
    /// Whether the end was told that the connection is over.
    pub(super) told: bool,
    pub(super) reader: Option<Waker>,
    pub(super) writer: Option<Waker>,
}

impl End {
    /// Wakes whoever waits at this end.
    pub(super) fn wake(&mut self) {
        for waker in [self.reader.take(), self.writer.take()].into_iter().flatten() {
            waker.wake();
        }
    }

    fn is_open(&self) -> bool {
        !self.reset && (self.held > 0 || !self.opened)
    }
}

impl Cable {
    pub(super) fn lane(&mut self, dir: Dir) -> &mut Lane {
        match dir {
            Dir::Up => &mut self.up,
            Dir::Down => &mut self.down,
        }
    }

    /// The end that reads what goes that way.
    pub(super) fn reading_end(&mut self, dir: Dir) -> &mut End {
        match dir {
            Dir::Up => &mut self.server,
            Dir::Down => &mut self.client,
        }
    }

    /// The end that writes what goes that way.
    pub(super) fn writing_end(&mut self, dir: Dir) -> &mut End {
        match dir {
            Dir::Up => &mut self.client,
            Dir::Down => &mut self.server,
        }
    }
}

impl Network {
    pub(super) fn new(plan: &Plan) -> Self {
        Self {
            troubles: vec![Trouble::default(); plan.people() + plan.relays.len()],
            refusing: Vec::new(),
            wires: BTreeMap::new(),
            by_addr: BTreeMap::new(),
            hosts: BTreeMap::new(),
            next: 1,
        }
    }

    /// The connection from that address of a client, which may not have been seen before.
    pub(super) fn line(
        &mut self,
        addr: SocketAddr,
        dials: Option<usize>,
        who: Option<usize>,
        to: Option<usize>,
    ) -> Line {
        if let Some(line) = self.by_addr.get(&addr).and_then(|wire| self.wires.get(wire)) {
            return Arc::clone(line);
        }
        let wire = self.next;
        self.next += 1;
        let line = Arc::new(Mutex::new(Cable {
            wire: Wire(wire),
            who,
            dials,
            to,
            up: Lane::default(),
            down: Lane::default(),
            client: End::default(),
            server: End::default(),
        }));
        self.by_addr.insert(addr, wire);
        self.wires.insert(wire, Arc::clone(&line));
        line
    }

    /// Which person or relay has that address; strangers are nobody.
    pub(super) fn host_of(&self, ip: IpAddr) -> Option<usize> {
        self.hosts.get(&ip).copied()
    }

    /// What is wrong with one who takes part.
    pub(super) fn trouble(&self, who: Option<usize>) -> Trouble {
        who.map_or_else(Trouble::default, |who| self.troubles[who])
    }

    /// Changes what is wrong with one, and wakes whoever waited for that.
    pub(super) fn change(&mut self, who: usize, change: impl FnOnce(&mut Trouble)) {
        change(&mut self.troubles[who]);
        for line in self.wires.values() {
            let mut cable = lock(line);
            if cable.dials == Some(who) {
                cable.client.wake();
            }
            if cable.to == Some(who) {
                cable.server.wake();
            }
        }
    }

    /// Whether the one has a connection.
    pub(super) fn is_connected(&mut self, who: usize) -> bool {
        self.newest(who).is_some()
    }

    /// Whether somebody is connected to the relay.
    pub(super) fn is_dialed(&mut self, relay: usize) -> bool {
        self.forget_ended();
        self.wires.values().any(|line| lock(line).to == Some(relay) && is_open(&lock(line)))
    }

    /// Resets the newest connection of one; says whether there was one.
    pub(super) fn reset(&mut self, who: usize) -> bool {
        let newest = self.newest(who);
        if let Some(line) = &newest {
            cut(&mut lock(line), Way::Both);
        }
        newest.is_some()
    }

    /// Resets all connections; says whether there was any.
    pub(super) fn reset_all(&mut self) -> bool {
        let mut any = false;
        for line in self.wires.values() {
            let mut cable = lock(line);
            if cable.who.is_some() && is_open(&cable) {
                cut(&mut cable, Way::Both);
                any = true;
            }
        }
        any
    }

    /// One side of the newest connection of one is gone, and the other is not told.
    pub(super) fn half_open(&mut self, who: usize, untold: Way) -> bool {
        let newest = self.newest(who);
        if let Some(line) = &newest {
            cut(&mut lock(line), untold);
        }
        newest.is_some()
    }

    fn newest(&mut self, who: usize) -> Option<Line> {
        self.forget_ended();
        let mut lines = self.wires.values().rev();
        lines.find(|line| lock(line).dials == Some(who) && is_open(&lock(line))).cloned()
    }

    fn forget_ended(&mut self) {
        let over = |end: &End| end.opened && end.held == 0;
        self.wires.retain(|_, line| {
            let cable = lock(line);
            !(over(&cable.client) && over(&cable.server))
        });
        let Self { wires, by_addr, .. } = self;
        by_addr.retain(|_, wire| wires.contains_key(wire));
    }
}

fn is_open(cable: &Cable) -> bool {
    cable.client.opened && cable.client.is_open() && cable.server.is_open()
}

/// Ends a connection for both, or for all but the one that is not told.
fn cut(cable: &mut Cable, untold: Way) {
    match untold {
        Way::Both => {
            cable.client.reset = true;
            cable.server.reset = true;
        }
        Way::Up => {
            cable.client.reset = true;
            cable.client.silent = true;
        }
        Way::Down => {
            cable.server.reset = true;
            cable.server.silent = true;
        }
    }
    cable.client.wake();
    cable.server.wake();
}
