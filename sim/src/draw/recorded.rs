//! Takes what people did from a journal, at its pace, and adds faults that nobody recorded.
//!
//! Owns who is taken for whom: whoever wished for the same nick, or showed the same token, is one person. What was said
//! stays where it was said: a plan tells its texts by number, each as long as the recorded one.

use super::faults::{draw_kinds, needs_rude};
use super::{CONVERGE_MS, Drawing, Knobs, Talk, WRONG_KEY};
use crate::plan::{Deed, KEY, Ms, Plan, ProfileSetting, Setting};
use fastrand::Rng;
use hobnob_machine::{Config, Conn, Input};
use hobnob_spec::limits::Limits;
use hobnob_spec::messages::{Request, Secret, Time, Where};
use hobnob_spec::names::Nick;
use std::collections::BTreeMap;

/// How many people are taken from a recording at most; those who came first.
const PEOPLE_MAX: usize = 64;
/// How many deeds are taken from a recording at most; the first ones.
const DEEDS_MAX: usize = 10_000;

/// The plan of a recording: its deeds in the time that faults last, slower ones pressed together, with the faults of a
/// seed. The number of clients is the recording's.
pub fn from_journal(records: &[(Time, Input)], genesis: &Config, seed: u64, knobs: &Knobs) -> Plan {
    let mut rng = Rng::with_seed(seed);
    let kinds = draw_kinds(&mut rng, &knobs.faults);
    let mut crowd = Crowd::default();
    for (at, input) in records {
        if crowd.deeds.len() < DEEDS_MAX {
            crowd.take(*at, input, genesis);
        }
    }
    if crowd.names.is_empty() {
        crowd.names.push("nobody".into());
    }
    let rude = if kinds.iter().any(|kind| needs_rude(*kind)) { vec![crowd.free_name("rude")] } else { Vec::new() };
    let plan = Plan {
        name: format!("recorded, with seed {seed}"),
        about: "What people do is taken from a journal; what goes wrong is drawn.".into(),
        seed,
        clients: crowd.names,
        rude,
        relays: Vec::new(),
        setting: setting(genesis, &mut rng),
        steps: Vec::new(),
        heal_ms: knobs.length_ms,
        end_ms: knobs.length_ms + CONVERGE_MS,
        expect: Vec::new(),
    };
    let mut drawing = Drawing { talk: Talk::draw(&mut rng, &plan), plan, rng, kinds, late: Vec::new() };
    let first = crowd.deeds.first().map_or(Time(0), |(at, ..)| *at);
    let span = crowd.deeds.last().map_or(0, |(at, ..)| at.since(first));
    for (at, who, deed) in crowd.deeds {
        drawing.does(fit(at.since(first), span, knobs.length_ms), who, deed);
    }
    drawing.fail(&knobs.faults);
    drawing.close();
    drawing.plan
}

/// When something happens that happened so long after the beginning of a recording of this span.
fn fit(at: Ms, span: Ms, length: Ms) -> Ms {
    if span < length {
        return at;
    }
    let pressed = u128::from(at) * u128::from(length.saturating_sub(1)) / u128::from(span.max(1));
    u64::try_from(pressed).expect("it is less than the length")
}

fn setting(genesis: &Config, rng: &mut Rng) -> Setting {
    // TOML knows no number above.
    let values = genesis.limits.values().into_iter().map(|value| value.min(i64::MAX.unsigned_abs()));
    let limits = Limits::TABLE.iter().map(|(name, ..)| (*name).to_owned()).zip(values).collect();
    Setting {
        profiles: genesis.profiles.iter().cloned().map(ProfileSetting::Own).collect(),
        limits,
        nick_case: genesis.nick_case,
        lobby: genesis.lobby.as_str().to_owned(),
        operators: genesis.operator_key.is_some(),
        ..super::setting::draw_setting(rng, &[])
    }
}

/// Who takes part in a recording, and what they do.
#[derive(Debug, Default)]
struct Crowd {
    names: Vec<String>,
    by_nick: BTreeMap<String, usize>,
    by_token: BTreeMap<Secret, usize>,
    by_conn: BTreeMap<Conn, usize>,
    deeds: Vec<(Time, usize, Deed)>,
    texts: u64,
}

impl Crowd {
    fn take(&mut self, at: Time, input: &Input, genesis: &Config) {
        match input {
            Input::Asked { conn, asked } => self.asked(at, *conn, &asked.request, genesis),
            Input::Lost { conn } | Input::TooSlow { conn } | Input::Foreign { conn } => {
                self.by_conn.remove(conn);
            }
            Input::Restarted | Input::Stopping => self.by_conn.clear(),
            Input::Opened { .. }
            | Input::Relayed { .. }
            | Input::Chunk { .. }
            | Input::Filed { .. }
            | Input::Reopened { .. }
            | Input::Garbled { .. }
            | Input::Wake
            | Input::Configured(_)
            | Input::Outage { .. } => {}
        }
    }

    fn asked(&mut self, at: Time, conn: Conn, request: &Request, genesis: &Config) {
        match request {
            Request::Join { nick, token, avatar } => {
                let Some(who) = self.person(nick) else { return };
                self.by_conn.insert(conn, who);
                self.by_token.extend(token.map(|token| (token, who)));
                self.deeds.push((
                    at,
                    who,
                    Deed::Join { nick: nick.clone(), avatar: avatar.clone().filter(|avatar| named(avatar)) },
                ));
            }
            Request::Resume { token, .. } => {
                if let Some(who) = self.by_token.get(token) {
                    self.by_conn.insert(conn, *who);
                }
            }
            _ => {
                let Some(who) = self.by_conn.get(&conn).copied() else { return };
                let deed = match request {
                    Request::Quit => Some(Deed::Quit),
                    _ => self.written(who, request, genesis).map(Deed::Ask),
                };
                self.deeds.extend(deed.map(|deed| (at, who, deed)));
            }
        }
    }

    /// The person who wishes for that nick, if it can be one's.
    fn person(&mut self, nick: &str) -> Option<usize> {
        let key = nick.to_lowercase();
        if let Some(who) = self.by_nick.get(&key) {
            return Some(*who);
        }
        if Nick::parse(nick).is_err() || self.names.len() == PEOPLE_MAX {
            return None;
        }
        self.by_nick.insert(key, self.names.len());
        self.names.push(nick.to_owned());
        Some(self.names.len() - 1)
    }

    /// The request as a plan can hold it; `None` where it names what cannot be written down.
    fn written(&mut self, who: usize, request: &Request, genesis: &Config) -> Option<Request> {
        let fits = match request {
            Request::Enter { room: name } | Request::Leave { room: name } | Request::Who { room: Some(name) } => {
                named(name)
            }
            Request::Mute { nick: name, .. } | Request::Unmute { nick: name } | Request::Kick { nick: name } => {
                named(name)
            }
            Request::History { place: Where::Room(name) | Where::With(name), .. } => named(name),
            Request::Say { room: name, .. } | Request::Private { to: name, .. } => named(name),
            Request::Wear { avatar: Some(avatar) } => named(avatar) && avatar != "nothing",
            Request::Report
            | Request::Wear { avatar: None }
            | Request::Who { room: None }
            | Request::Rooms
            | Request::Ping
            | Request::Operate { .. } => true,
            // What a file holds is in no journal.
            Request::Attach { .. } | Request::Chunk { .. } | Request::Cancel { .. } | Request::Fetch { .. } => false,
            Request::Join { .. } | Request::Resume { .. } | Request::Quit => false,
        };
        fits.then(|| match request {
            Request::Say { room, text } => Request::Say { room: room.clone(), text: self.text(who, text) },
            Request::Private { to, text } => Request::Private { to: to.clone(), text: self.text(who, text) },
            Request::Operate { key } => {
                let right = genesis.operator_key.is_some_and(|own| own.same_as(key));
                Request::Operate { key: if right { KEY } else { WRONG_KEY } }
            }
            other => other.clone(),
        })
    }

    /// A text of its own that is as long as the one that was said.
    fn text(&mut self, who: usize, said: &str) -> String {
        self.texts += 1;
        let own = format!("{}.{}", self.names[who], self.texts);
        let more = said.chars().count().saturating_sub(own.chars().count());
        own + &"~".repeat(more)
    }

    fn free_name(&self, name: &str) -> String {
        let mut free = name.to_owned();
        while self.names.contains(&free) {
            free.push('_');
        }
        free
    }
}

/// Whether something is one word of a plan's line.
fn named(name: &str) -> bool {
    !name.is_empty() && !name.contains(char::is_whitespace) && !name.ends_with(':')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Walk;
    use crate::plan::What;

    #[test]
    fn a_recorded_walk_becomes_a_plan_that_can_be_written_and_read() {
        for seed in 0..50 {
            let trace = Walk::of(seed, 300);
            let plan = from_journal(&trace.inputs, &trace.config, seed, &Knobs::default());
            let text = toml::to_string(&plan).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
            let read: Plan = toml::from_str(&text).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
            assert_eq!(plan, read, "seed {seed}");
        }
    }

    #[test]
    fn what_was_said_is_told_by_number_and_long_silences_are_pressed_together() {
        let (conn, hour) = (Conn(1), 3_600_000);
        let asked = |number, request| Input::Asked { conn, asked: hobnob_spec::messages::Asked { number, request } };
        let join = Request::Join { nick: "Ann".into(), token: None, avatar: None };
        let say = Request::Say { room: "lobby".into(), text: "nobody's business".into() };
        let records = [(Time(0), asked(1, join)), (Time(hour), asked(2, say.clone())), (Time(hour), asked(3, say))];
        let knobs = Knobs { faults: super::super::Faults::None, ..Knobs::default() };
        let plan = from_journal(&records, &Config::default(), 1, &knobs);
        assert_eq!(plan.clients, ["Ann"]);
        let said: Vec<_> = plan.steps.iter().filter(|step| step.at < plan.heal_ms).collect();
        assert_eq!(said.len(), 3);
        assert_eq!(said[1].at, plan.heal_ms - 1);
        let text = format!("{:?}", said[1].what);
        assert!(matches!(&said[1].what, What::Does(0, _)) && text.contains("Ann.1~~~") && !text.contains("business"));
        assert_ne!(said[1].what, said[2].what, "each text is one of its own");
    }
}
