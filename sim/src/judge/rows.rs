//! What the rows that fired do to who is there.

use super::Judge;
use super::ledger::Sitting;
use crate::plan::Ms;
use crate::promise::Promise;
use hobnob_machine::{Action, Fired, Input, Out, Server, TransferFired};
use hobnob_spec::avatar::{Avatar, Emoji};
use hobnob_spec::messages::{Answer, Message, Request, Time};
use hobnob_spec::names::Nick;
use hobnob_spec::row::Next;
use hobnob_spec::session::{Effect, Event, No, State};
use hobnob_spec::transfer::Effect as AtTransfer;

/// The longest mute that an operator can set: a year.
const SILENCE_MS_MAX: u64 = 365 * 24 * 60 * 60 * 1_000;

impl Judge {
    /// Writes down what a row did.
    pub(super) fn row(&mut self, at: Ms, fired: &Fired, (input, out, server): (&Input, &Out, &Server)) {
        if let (Event::Opened, Input::Opened { conn, addr, listener }) = (fired.event, input) {
            let guest = Sitting {
                state: State::Guest,
                conn: None,
                listener: *listener,
                addr: *addr,
                nick: None,
                avatar: None,
                muted: None,
                said: 0,
            };
            self.ledger.sessions.insert(fired.session, guest);
            self.ledger.connect(fired.session, *conn, *addr);
        }
        let row = fired.row();
        for effect in row.1 {
            match effect {
                Effect::TakeNick | Effect::TakeSuffixedNick => self.take_nick(at, fired, server),
                Effect::TakeAvatar => self.take_avatar(fired, input),
                Effect::GiveNickBack => self.give_nick_back(fired, server),
                Effect::StartMute => self.mute(fired, until_answered(fired, out)),
                Effect::Silence => self.mute(fired, until_asked(fired, input)),
                Effect::LiftMute => self.lift_mute(at, fired),
                Effect::LiftLeaversMute => self.lift_leavers_mute(input),
                Effect::Farewell(_) | Effect::HangUp | Effect::LetGo | Effect::DropGhost => {
                    self.ledger.let_go(fired.session);
                }
                Effect::TakeAddress => {
                    if let (Some((conn, _)), Input::Relayed { addr, .. }) = (self.ledger.let_go(fired.session), input) {
                        self.ledger.connect(fired.session, conn, *addr);
                    }
                }
                Effect::HandOver => self.ledger.handed = self.ledger.let_go(fired.session),
                Effect::TakeOver => {
                    if let Some((conn, addr)) = self.ledger.handed.take() {
                        self.ledger.connect(fired.session, conn, addr);
                    }
                }
                // What else a row does is seen in its actions, or is nobody's business but the session's.
                Effect::Refuse(_)
                | Effect::Done
                | Effect::TellReport
                | Effect::TellSlowDown
                | Effect::TellMembers
                | Effect::TellRooms
                | Effect::TellPage
                | Effect::FetchPage
                | Effect::TellPong
                | Effect::TellAgain
                | Effect::TellPosted
                | Effect::TellWaiting
                | Effect::TellRoom
                | Effect::BeginTransfer
                | Effect::Hand(_)
                | Effect::TellOutcome
                | Effect::FetchPiece
                | Effect::Welcome
                | Effect::WelcomeBack
                | Effect::EnterLobby
                | Effect::EnterRoom
                | Effect::LeaveRoom
                | Effect::LeaveRooms(_)
                | Effect::Announce(_)
                | Effect::AnnounceHere(_)
                | Effect::Spend
                | Effect::SpendAsk
                | Effect::Post
                | Effect::KeepPrivate
                | Effect::SendPrivate
                | Effect::DeliverLate
                | Effect::CatchUp
                | Effect::MakeOperator
                | Effect::Raise(_)
                | Effect::CountGarbled
                | Effect::SendPing
                | Effect::Arm(_)
                | Effect::Disarm(_) => {}
            }
        }
        match row.2 {
            Next::Stay => {}
            Next::Become(state) => {
                if let Some(sitting) = self.ledger.sessions.get_mut(&fired.session) {
                    sitting.state = state;
                }
            }
            Next::End => drop(self.ledger.sessions.remove(&fired.session)),
        }
    }

    /// Somebody wears the emoji that it asked for, or nothing.
    fn take_avatar(&mut self, fired: &Fired, input: &Input) {
        let Input::Asked { asked, .. } = input else { return };
        let (Request::Join { avatar, .. } | Request::Wear { avatar }) = &asked.request else { return };
        if let Some(sitting) = self.ledger.sessions.get_mut(&fired.session) {
            sitting.avatar = avatar.as_deref().and_then(Emoji::parse).map(Avatar::Emoji);
        }
    }

    /// Somebody wears the picture that it sent. Whose it is no action says where its owner is in no room.
    pub(super) fn pictures(&mut self, out: &Out, server: &Server) {
        let wears = |fired: &&TransferFired| fired.row().1.contains(&AtTransfer::Wear);
        for fired in out.transfers.iter().filter(wears) {
            let is_it = |avatar: &Avatar| avatar.file() == Some(fired.transfer);
            let owner = server.sessions().find(|view| view.avatar.as_ref().is_some_and(is_it));
            if let Some(view) = owner
                && let Some(sitting) = self.ledger.sessions.get_mut(&view.session)
            {
                sitting.avatar = view.avatar;
            }
        }
    }

    /// What is told of somebody's avatar is what that one wears.
    pub(super) fn wears(&mut self, at: Ms, nick: &Nick, told: Option<&Avatar>) {
        let name = self.names.of(nick.as_str());
        let Some(sitting) = self.ledger.nicks.get(&name).and_then(|id| self.ledger.sessions.get(id)) else { return };
        if sitting.avatar.as_ref() != told {
            let sentence = format!("{nick} is said to wear {told:?}, and wears {:?}", sitting.avatar);
            self.broke(Promise::AvatarTrue, at, sentence);
        }
    }

    fn take_nick(&mut self, at: Ms, fired: &Fired, server: &Server) {
        let Some(nick) = &fired.nick else { return };
        let name = self.names.of(nick.as_str());
        if let Some(owner) = self.ledger.nicks.insert(name, fired.session) {
            let (owner, second) = (owner.0, fired.session.0);
            self.broke(Promise::OneOwner, at, format!("{nick} is session {owner}'s and was given to session {second}"));
        }
        let Some(sitting) = self.ledger.sessions.get_mut(&fired.session) else { return };
        (sitting.nick, sitting.said) = (Some((name, nick.clone())), 0);
        let listener = sitting.listener;
        let here = self.ledger.listeners.entry(listener).or_insert(0);
        *here += 1;
        let (here, all) = (*here, self.ledger.nicks.len() as u64);
        let config = server.config();
        let profile = config.profiles.get(usize::from(listener)).unwrap_or(&config.profiles[0]);
        if here > profile.capacity {
            let most = profile.capacity;
            self.broke(
                Promise::Capacity,
                at,
                format!("{nick} is member {here} of listener {listener}, which takes {most}"),
            );
        }
        if all > config.limits.members_max {
            let most = config.limits.members_max;
            self.broke(Promise::Capacity, at, format!("{nick} is member {all} of a server that takes {most}"));
        }
    }

    fn give_nick_back(&mut self, fired: &Fired, server: &Server) {
        self.moved = true;
        let Some(sitting) = self.ledger.sessions.get_mut(&fired.session) else { return };
        let Some((name, _)) = sitting.nick.take() else { return };
        let (listener, muted) = (sitting.listener, sitting.muted);
        self.ledger.nicks.remove(&name);
        if let Some(here) = self.ledger.listeners.get_mut(&listener) {
            *here -= 1;
        }
        if let Some(until) = muted {
            self.ledger.keep_mute(name, until, fired.at, server.config().limits.members_max);
        }
    }

    fn mute(&mut self, fired: &Fired, until: Option<Time>) {
        if let Some(sitting) = self.ledger.sessions.get_mut(&fired.session) {
            sitting.muted = Some(until.unwrap_or(Time(u64::MAX)));
        }
    }

    fn lift_mute(&mut self, at: Ms, fired: &Fired) {
        let Some(sitting) = self.ledger.sessions.get_mut(&fired.session) else { return };
        let until = sitting.muted.take();
        let in_time = until.is_some_and(|until| until == fired.at || until == Time(u64::MAX));
        if fired.event == Event::MuteOver && !in_time {
            let (who, said) = (who(fired), until.map_or_else(|| "never".to_owned(), |until| until.0.to_string()));
            let sentence = format!("the mute of {who} was to end at {said} and ended at {}", fired.at.0);
            self.broke(Promise::MutedUnheard, at, sentence);
        }
    }

    fn lift_leavers_mute(&mut self, input: &Input) {
        let Input::Asked { asked, .. } = input else { return };
        if let Request::Unmute { nick } = &asked.request {
            let name = self.names.of(nick);
            self.ledger.leavers.remove(&name);
        }
    }
}

fn who(fired: &Fired) -> String {
    fired.nick.as_ref().map_or_else(|| format!("session {}", fired.session.0), ToString::to_string)
}

/// Until when somebody is muted for talking too fast: as it was answered.
fn until_answered(fired: &Fired, out: &Out) -> Option<Time> {
    out.actions.iter().find_map(|action| match action {
        Action::Send { conn, message: Message::Answer { answer: Answer::Refused { no: No::Muted, wait_ms }, .. } }
            if Some(*conn) == fired.conn =>
        {
            wait_ms.map(|ms| fired.at.plus(ms))
        }
        _ => None,
    })
}

/// Until when an operator mutes somebody: as it was asked.
fn until_asked(fired: &Fired, input: &Input) -> Option<Time> {
    match input {
        Input::Asked { asked, .. } => match &asked.request {
            Request::Mute { ms, .. } => Some(fired.at.plus((*ms).clamp(1, SILENCE_MS_MAX))),
            _ => None,
        },
        _ => None,
    }
}
