//! Scenes of files: what comes to pass seldom while one is on its way.

use super::{Drawing, LONG_MS};
use crate::plan::{Crash, Deed, Fault, KEY, Ms};
use hobnob_spec::messages::{For, Request};

/// How large the files of scenes are, in bytes.
const SIZE: u64 = 40;
/// How long comparing takes in a scene, in milliseconds.
const SLOW_MS: Ms = 1_500;
/// How long who joins has come in for certain, in milliseconds.
const IN_MS: Ms = 1_000;

impl Drawing {
    /// Somebody sends a whole file, and before it is compared something happens that changes what comes of it.
    pub(super) fn while_compared(&mut self, at: Ms, other: usize) {
        let who = self.comes_in(at);
        self.leave_alone(at + 2, who);
        self.leave_alone(at, other);
        self.calm(at, at + LONG_MS);
        let (own, nick) = (self.plan.name_of(who).to_owned(), self.plan.name_of(other).to_owned());
        let lobby = self.plan.setting.lobby.clone();
        self.does(at, other, Deed::Join { nick: nick.clone(), avatar: None });
        self.does(at + 2, who, Deed::Ask(Request::Operate { key: KEY }));
        let begins = at + IN_MS;
        self.fails(begins, Fault::SlowDisk { ms: SLOW_MS, for_ms: LONG_MS });
        let place = if self.rng.bool() { For::Room(lobby.clone()) } else { For::With(nick.clone()) };
        self.sends_file(begins + 1, who, place.clone(), SIZE);
        let ending = self.rng.u8(..9);
        let mut then = |after: Ms, doer: usize, deed: Deed| self.does(begins + 400 + after, doer, deed);
        match ending {
            0 => then(0, who, Deed::Ask(Request::Mute { nick: own, ms: LONG_MS })),
            1 => then(0, who, Deed::Ask(Request::Leave { room: lobby })),
            2 => then(0, other, Deed::Quit),
            3 => {
                then(0, other, Deed::Close);
                for nth in 0..4 {
                    then(
                        200 + nth,
                        who,
                        Deed::Ask(Request::Private { to: nick.clone(), text: format!("{own}.{nth}") }),
                    );
                }
            }
            4 => then(0, who, Deed::Ask(Request::Cancel { transfer: 0 })),
            5 => then(0, who, Deed::Ask(Self::offer(place, SIZE))),
            6 => then(0, who, Deed::HangUp),
            7 => {
                then(0, who, Deed::HangUp);
                self.fails(begins + 700, Fault::Crash { how: Crash::Kill, down_ms: 100 });
            }
            _ => self.fails(begins + 400, Fault::Crash { how: Crash::PowerCut, down_ms: 100 }),
        }
    }

    /// Somebody sends a file when nothing can be written, and perhaps goes before it hears of that.
    pub(super) fn file_on_full_disk(&mut self, at: Ms) {
        let who = self.comes_in(at);
        self.leave_alone(at + 2, who);
        self.calm(at, at + LONG_MS);
        let begins = at + IN_MS;
        let place = For::Room(self.plan.setting.lobby.clone());
        let size = if self.rng.bool() { SIZE } else { 2 * SIZE };
        self.does(begins, who, Deed::Ask(Self::offer(place, size)));
        self.fails(begins + 300, Fault::SlowDisk { ms: SLOW_MS, for_ms: LONG_MS });
        self.fails(begins + 300, Fault::DiskFull { for_ms: 200 });
        self.does(begins + 301, who, Deed::Ask(Request::Chunk { transfer: 0, offset: 0, bytes: Deed::bytes(0, SIZE) }));
        if self.rng.bool() {
            self.does(begins + 303, who, Deed::HangUp);
        }
    }

    /// Somebody offers a file, is muted, and has it stopped, or sends on.
    pub(super) fn muted_has_file(&mut self, at: Ms) {
        let who = self.comes_in(at);
        self.leave_alone(at + 2, who);
        let nick = self.plan.name_of(who).to_owned();
        let place = For::Room(self.plan.setting.lobby.clone());
        self.does(at + 2, who, Deed::Ask(Request::Operate { key: KEY }));
        self.does(at + 3, who, Deed::Ask(Self::offer(place, SIZE)));
        self.does(at + 4, who, Deed::Ask(Request::Mute { nick, ms: LONG_MS }));
        let next = match self.rng.u8(..3) {
            0 => Request::Chunk { transfer: 0, offset: 0, bytes: Deed::bytes(0, SIZE) },
            1 => Request::Fetch { file: 1, offset: 0 },
            _ => Request::Cancel { transfer: 0 },
        };
        self.does(at + 5, who, Deed::Ask(next));
    }

    /// Somebody offers a file and sends all of it.
    fn sends_file(&mut self, at: Ms, who: usize, place: For, size: u64) {
        self.does(at, who, Deed::Ask(Self::offer(place, size)));
        self.does(at + 1, who, Deed::Ask(Request::Chunk { transfer: 0, offset: 0, bytes: Deed::bytes(0, size) }));
    }

    fn offer(place: For, size: u64) -> Request {
        let (name, media, digest) = ("scene.txt".to_owned(), "text/plain".to_owned(), Deed::digest(size));
        Request::Attach { place, name, media, size, digest }
    }
}
