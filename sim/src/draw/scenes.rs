//! Draws scenes: a few deeds and faults in a row, for what single ones seldom bring about.
//!
//! Owns a dice of its own, so that the rest of a world is the same with and without them.

mod files;
mod operators;

use super::{Drawing, Faults, pick};
use crate::plan::{Deed, Fault, FaultKind, KEY, Ms, Plan, ProfileSetting, Raw, Way, What};
use fastrand::Rng;
use hobnob_spec::client::{HELD_MAX, QUEUE_MAX};
use hobnob_spec::messages::Request;
use hobnob_spec::names::TEXT_CHARS_MAX;
use hobnob_spec::profile::Flood;

/// What sets a scene's dice apart from that of its world.
const DICE: u64 = 0x5ce_e5ce_e5ce;
/// How long a deaf peer is deaf, and a muted one muted.
const LONG_MS: Ms = 8_000;
/// How many lines fill whatever lies between a server and a client that does not read.
const LINES: u32 = 1_000;

/// Sets in a world what a scene needs, before anybody lives in it.
pub(super) fn set_stage(seed: u64, faults: &Faults, plan: &mut Plan) -> Vec<Scene> {
    if *faults != Faults::Heavy {
        return Vec::new();
    }
    let mut rng = Rng::with_seed(seed ^ DICE);
    let mut scenes = Vec::new();
    for (scene, of, rude) in SCENES {
        if rng.u32(..*of) == 0 && !(*rude && plan.rude.is_empty()) {
            scenes.push(*scene);
            scene.prepare(&mut rng, plan);
        }
    }
    scenes
}

/// A short story.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scene {
    /// Somebody who is not in asks a lot and does not read.
    DeafGuest,
    /// Somebody who is in, perhaps muted, and cannot return, asks a lot and does not read.
    DeafMember,
    /// Somebody who is muted misbehaves.
    MutedMisbehaves,
    /// Somebody says too much, again and again.
    TooFastAgain,
    /// Somebody says what nobody may.
    LongText,
    /// A client asks for more than it can keep, wherever it stands.
    AsksTooMuch,
    /// A client that returns, perhaps too late, changes its mind.
    QuitsOnReturn,
    /// A client misses more than it can hold.
    MissesMuch,
    /// A client that wants nothing but to ask meets an impostor.
    ImpostorToGuest,
    /// A client that wants in meets an impostor.
    ImpostorToNewcomer,
    /// A client that was in meets an impostor.
    ImpostorToMember,
    /// Impostors come and go.
    Impostors,
    /// Much happens while a file is compared.
    WhileCompared,
    /// A file comes while nothing can be written.
    FileOnFullDisk,
    /// Somebody who is muted has a file on its way.
    MutedHasFile,
    /// Somebody keeps order who has no nick.
    OperatorWithoutNick,
}

/// The scenes, one in how many worlds has each, and whether it needs somebody rude.
const SCENES: &[(Scene, u32, bool)] = &[
    (Scene::DeafGuest, 60, true),
    (Scene::DeafMember, 20, true),
    (Scene::MutedMisbehaves, 10, true),
    (Scene::TooFastAgain, 16, true),
    (Scene::LongText, 40, true),
    (Scene::AsksTooMuch, 10, false),
    (Scene::QuitsOnReturn, 30, false),
    (Scene::MissesMuch, 40, true),
    (Scene::ImpostorToGuest, 16, false),
    (Scene::ImpostorToNewcomer, 16, false),
    (Scene::ImpostorToMember, 6, false),
    (Scene::Impostors, 16, false),
    (Scene::WhileCompared, 4, true),
    (Scene::FileOnFullDisk, 12, true),
    (Scene::MutedHasFile, 40, true),
    (Scene::OperatorWithoutNick, 6, true),
];

impl Scene {
    fn prepare(self, rng: &mut Rng, plan: &mut Plan) {
        let mut limit = |name: &str, value: u64| {
            plan.setting.limits.insert(name.to_owned(), value);
        };
        match self {
            Self::DeafGuest | Self::DeafMember => limit("outbox_bytes_max", 2_000),
            Self::MutedMisbehaves | Self::MutedHasFile => {
                limit("mute_longest_ms", 10_000);
                plan.setting.operators = true;
            }
            Self::TooFastAgain => {
                limit("say_burst", 1);
                limit("say_per_second", 1);
                limit("mute_ms", 200);
                limit("mutes_patience", 2);
                for profile in &mut plan.setting.profiles {
                    if let ProfileSetting::Own(profile) = profile {
                        profile.flood = Flood::Disconnect;
                    }
                }
            }
            Self::MissesMuch => {
                limit("say_per_second", 0);
                let hasty = rng.u8(..3) == 0;
                limit("ask_per_second", if hasty { 2 } else { 0 });
                limit("ask_burst", 3);
                limit("kept_entries_max", 10);
                limit("page_entries_max", 100);
                limit("outbox_bytes_max", 1 << 20);
                limit("resume_ms", 20_000);
                plan.setting.profiles.fill(ProfileSetting::Named("open".into()));
            }
            Self::WhileCompared => {
                limit("mail_max", 2);
                plan.setting.operators = true;
            }
            Self::OperatorWithoutNick => {
                plan.setting.operators = true;
                if rng.bool() {
                    limit("ask_burst", 3);
                    limit("ask_per_second", 2);
                }
            }
            Self::QuitsOnReturn => limit("resume_ms", *pick(rng, &[500, 20_000])),
            Self::LongText
            | Self::AsksTooMuch
            | Self::ImpostorToGuest
            | Self::ImpostorToNewcomer
            | Self::ImpostorToMember
            | Self::Impostors
            | Self::FileOnFullDisk => {}
        }
    }
}

impl Drawing {
    /// Plays the scenes in the world that has been drawn.
    pub(super) fn play_scenes(&mut self, scenes: &[Scene]) {
        if scenes.is_empty() {
            return;
        }
        let usual = std::mem::replace(&mut self.rng, Rng::with_seed(self.plan.seed ^ DICE ^ 1));
        for scene in scenes {
            self.play_scene(*scene);
        }
        self.rng = usual;
    }

    fn play_scene(&mut self, scene: Scene) {
        let at = self.rng.u64(0..self.plan.heal_ms * 3 / 4 + 1);
        let client = self.rng.usize(..self.plan.clients.len());
        match scene {
            Scene::DeafGuest => self.deaf_guest(at),
            Scene::DeafMember => self.deaf_member(at),
            Scene::MutedMisbehaves => self.muted_misbehaves(at),
            Scene::TooFastAgain => self.too_fast_again(at),
            Scene::LongText => {
                let who = self.comes_in(at);
                let room = self.plan.setting.lobby.clone();
                self.does(at + 50, who, Deed::Ask(Request::Say { room, text: "x".repeat(TEXT_CHARS_MAX + 1) }));
            }
            Scene::AsksTooMuch => self.asks_too_much(at, client),
            Scene::QuitsOnReturn => self.quits_on_return(at, client),
            Scene::MissesMuch => self.misses_much(at % 2_000, client),
            Scene::ImpostorToGuest => {
                self.meets_impostor(at % 200, client);
                self.does(at % 200 + 1, client, Deed::Close);
                self.does(at % 200 + 2, client, Deed::Ask(Request::Report));
                self.late.push(client);
            }
            Scene::ImpostorToNewcomer => {
                let at = 200 + at % 2_500;
                self.joins_alone(0, client);
                self.meets_impostor(at, client);
                self.does(at + 1, client, Deed::Close);
                let nick = self.plan.name_of(client).to_owned();
                self.does(at + 2, client, Deed::Join { nick, avatar: None });
                if self.rng.bool() {
                    self.does(at + 3_000, client, Deed::Quit);
                }
            }
            Scene::ImpostorToMember => self.impostor_to_member(client),
            Scene::WhileCompared => self.while_compared(at, client),
            Scene::FileOnFullDisk => self.file_on_full_disk(at),
            Scene::MutedHasFile => self.muted_has_file(at),
            Scene::OperatorWithoutNick => self.operator_without_nick(at, client),
            Scene::Impostors => {
                for _ in 0..self.rng.u8(1..4) {
                    let at = self.rng.u64(0..self.plan.heal_ms);
                    let (who, for_ms) = (self.rng.usize(..self.plan.clients.len()), self.rng.u64(100..6_000));
                    self.fails(at, Fault::Impostor { who, for_ms });
                    if self.rng.bool() {
                        self.fails(at + 1, Fault::Reset { who });
                    }
                }
            }
        }
    }

    fn somebody_rude(&mut self) -> usize {
        self.plan.clients.len() + self.rng.usize(..self.plan.rude.len())
    }

    /// Somebody rude comes in anew, without a way to return.
    fn comes_in(&mut self, at: Ms) -> usize {
        let who = self.somebody_rude();
        let nick = self.plan.name_of(who).to_owned();
        self.does(at, who, Deed::HangUp);
        self.does(at + 1, who, Deed::JoinBare { nick, avatar: None });
        who
    }

    /// One who takes part does nothing more of its own from then on, and nothing is done to it.
    fn leave_alone(&mut self, at: Ms, who: usize) {
        self.plan.steps.retain(|step| {
            let about = match &step.what {
                What::Does(doer, _) => Some(*doer),
                What::Fails(fault) => fault.who(),
            };
            step.at < at || about != Some(who)
        });
    }

    /// Nothing goes wrong between two times.
    fn calm(&mut self, from: Ms, to: Ms) {
        self.plan.steps.retain(|step| !matches!(step.what, What::Fails(_)) || !(from..=to).contains(&step.at));
    }

    /// A client joins, and does nothing else before or after.
    fn joins_alone(&mut self, at: Ms, who: usize) {
        self.leave_alone(0, who);
        let nick = self.plan.name_of(who).to_owned();
        self.does(at, who, Deed::Join { nick, avatar: None });
    }

    fn deaf_guest(&mut self, at: Ms) {
        let who = self.somebody_rude();
        let (room, text) = (self.plan.setting.lobby.clone(), self.text(who));
        self.leave_alone(at, who);
        self.does(at, who, Deed::HangUp);
        self.does(at + 1, who, Deed::Knock);
        self.fails(at + 1, Fault::StallReads { who, for_ms: LONG_MS });
        self.does(at + 2, who, Deed::Flood { room, times: LINES, text });
    }

    fn deaf_member(&mut self, at: Ms) {
        let who = self.somebody_rude();
        let nick = self.plan.name_of(who).to_owned();
        self.leave_alone(0, who);
        self.does(at + 1, who, Deed::JoinBare { nick: nick.clone(), avatar: None });
        if self.rng.bool() {
            self.does(at + 2, who, Deed::Ask(Request::Operate { key: KEY }));
            self.does(at + 3, who, Deed::Ask(Request::Mute { nick, ms: LONG_MS }));
        }
        self.fails(at + 1_000, Fault::StallReads { who, for_ms: LONG_MS });
        for _ in 0..250 {
            self.does(at + 1_001, who, Deed::Ask(Request::Rooms));
        }
    }

    fn muted_misbehaves(&mut self, at: Ms) {
        let who = self.somebody_rude();
        let nick = self.plan.name_of(who).to_owned();
        self.leave_alone(at, who);
        self.does(at, who, Deed::HangUp);
        self.does(at + 1, who, Deed::Join { nick: nick.clone(), avatar: None });
        self.does(at + 2, who, Deed::Ask(Request::Operate { key: KEY }));
        self.does(at + 3, who, Deed::Ask(Request::Mute { nick, ms: LONG_MS }));
        let with = "x:y".to_owned();
        let place = hobnob_spec::messages::Where::With(with);
        let (room, text) = (self.plan.setting.lobby.clone(), self.text(who));
        self.does(at + 30, who, Deed::Ask(Request::Say { room, text }));
        let deed = match self.rng.u8(..5) {
            0 => Deed::Send(Raw::Garbage),
            1 => Deed::Send(Raw::HugeFrame),
            2 => Deed::Return { own: true },
            3 => Deed::Repeat,
            _ => Deed::Ask(Request::History { place, before: None, limit: 10 }),
        };
        for nth in 0..5 {
            self.does(at + 50 + nth, who, deed.clone());
        }
    }

    fn too_fast_again(&mut self, at: Ms) {
        let who = self.comes_in(at);
        let to = self.plan.name_of(0).to_owned();
        self.leave_alone(at + 2, who);
        let kind = self.rng.u8(..4);
        for nth in 0..24 {
            let (lobby, text) = (self.plan.setting.lobby.clone(), self.text(who));
            let request = match kind {
                0 => Request::Say { room: lobby, text },
                1 => Request::Private { to: to.clone(), text },
                2 => Request::Wear { avatar: Some("🦊".into()) },
                _ => Request::Enter { room: (*pick(&mut self.rng, &["a", "b", "c", "d"])).into() },
            };
            self.does(at + 100 + 90 * nth, who, Deed::Ask(request));
        }
    }

    fn asks_too_much(&mut self, at: Ms, who: usize) {
        let (room, text) = (self.room(who), self.text(who));
        let times = u32::try_from(QUEUE_MAX).expect("a queue is short") + 10;
        let for_ms = LONG_MS;
        let place = self.rng.u8(..8);
        if place > 1 {
            self.calm(at, at + LONG_MS);
            self.joins_alone(at, who);
        }
        let begun = match place {
            // Dialing.
            0 => {
                self.does(at, who, Deed::Close);
                at
            }
            // A guest.
            1 => {
                self.leave_alone(at, who);
                self.does(at, who, Deed::Close);
                self.does(at, who, Deed::Ask(Request::Report));
                at + 2_000
            }
            // In.
            2 => at + 2_000,
            // Joining: whoever answers lets nobody in.
            3 => {
                self.fails(at, Fault::Impostor { who, for_ms });
                self.does(at + 1, who, Deed::Close);
                let nick = self.plan.name_of(who).to_owned();
                self.does(at + 2, who, Deed::Join { nick, avatar: None });
                at + 2_000
            }
            // Away, redialing, or returning.
            _ => {
                let (fault, later) = match place {
                    4 => (Fault::Refuse { for_ms }, 50),
                    5 => (Fault::Partition { who, way: Way::Down, for_ms }, 2_500),
                    _ => (Fault::Impostor { who, for_ms }, 2_500),
                };
                self.fails(at + 2_000, fault);
                self.fails(at + 2_001, Fault::Reset { who });
                at + 2_001 + later
            }
        };
        self.does(begun, who, Deed::Flood { room, times, text });
    }

    fn quits_on_return(&mut self, at: Ms, who: usize) {
        self.calm(at, at + LONG_MS);
        self.joins_alone(at, who);
        self.fails(at + 2_000, Fault::Reset { who });
        self.fails(at + 2_001, Fault::Lag { who, ms: 600, for_ms: LONG_MS });
        let later = at + 5_300 + self.rng.u64(..500);
        for nth in 0..self.rng.u64(1..3) {
            let deed = if self.rng.bool() { Deed::Quit } else { Deed::Logout };
            self.does(later + nth, who, deed);
        }
        if self.rng.u8(..4) == 0 {
            self.fails(later + 10, Fault::Reset { who });
        }
    }

    /// One is away while another says more than the one can hold, and goes on while the one catches up.
    fn misses_much(&mut self, at: Ms, who: usize) {
        let room = self.plan.setting.lobby.clone();
        let other = self.somebody_rude();
        self.calm(at, at + 2 * LONG_MS);
        self.leave_alone(0, other);
        self.joins_alone(at, who);
        let nick = self.plan.name_of(other).to_owned();
        self.does(at, other, Deed::JoinBare { nick, avatar: None });
        let at = at + 2_000;
        self.fails(at, Fault::Refuse { for_ms: 800 });
        self.fails(at + 1, Fault::Reset { who });
        let text = self.text(other);
        let times = u32::try_from(HELD_MAX).expect("what is held is bounded") + 200;
        self.does(at + 300, other, Deed::Flood { room: room.clone(), times, text });
        self.fails(at + 300, Fault::Lag { who, ms: 100, for_ms: 2 * LONG_MS });
        // While nobody goes on, a page is what fills the client; else it is what somebody says.
        let more = if self.rng.bool() { 80 } else { 0 };
        for nth in 0..more {
            let text = self.text(other);
            self.does(at + 500 + 150 * nth, other, Deed::Ask(Request::Say { room: room.clone(), text }));
        }
    }

    /// From then on whoever answers a client is an impostor, and the client is left to it.
    fn meets_impostor(&mut self, at: Ms, who: usize) {
        self.leave_alone(at, who);
        self.fails(at, Fault::Impostor { who, for_ms: self.plan.heal_ms });
    }

    /// A client loses its connection with answers under way, which an impostor gives it.
    fn impostor_to_member(&mut self, who: usize) {
        let at = self.rng.u64(1_500..3_000);
        self.joins_alone(0, who);
        let brief = self.rng.bool();
        self.fails(at, Fault::Lag { who, ms: 300, for_ms: 700 });
        let for_ms = if brief { 1_300 } else { self.plan.heal_ms };
        self.fails(at + 100, Fault::Impostor { who, for_ms });
        for nth in 0..8 {
            let to = self.nick(who);
            let request = if self.rng.bool() { Request::Private { to, text: self.text(who) } } else { Request::Report };
            self.does(at + 8 * nth, who, Deed::Ask(request));
        }
        let later = at + self.rng.u64(380..560);
        self.fails(later, Fault::Reset { who });
        if !brief && self.rng.u8(..4) != 0 {
            for nth in 0..self.rng.u64(1..3) {
                self.does(at + 4_000 + nth, who, Deed::Quit);
            }
        }
    }
}

/// Whether a scene is about a kind of fault that comes in scenes only.
pub(super) const fn only_in_scenes(kind: FaultKind) -> bool {
    matches!(kind, FaultKind::Impostor)
}
