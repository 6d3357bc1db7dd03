//! For each promise, a history that breaks it is named, and the same history without the lie is not.

use hobnob_machine::{Action, Config, Conn, Input, Out, Server, SessionId, Shown, When};
use hobnob_sim::draw::{Knobs, draw};
use hobnob_sim::judge::{Judge, unnoticed};
use hobnob_sim::meddle::{Honest, Meddle};
use hobnob_sim::plan::{Deed, KEY, Plan};
use hobnob_sim::search::{Progress, Search, Tier, UNNOTICED_EVERY, search};
use hobnob_sim::{Breach, Look, Promise, machines};
use hobnob_spec::messages::{Answer, Asked, Body, Entry, Message, Past, Place, Request, Secret, Time, Where};
use hobnob_spec::names::{Nick, RoomName, Text};
use std::sync::Arc;
use std::time::Duration;

/// A real server and a judge, who is told of every step what the test makes of it.
struct Court {
    plan: Plan,
    server: Server,
    judge: Judge,
    now: u64,
    number: u64,
    records: Vec<(Time, Input)>,
}

fn plan() -> Plan {
    let text = "name = 'court'\nclients = ['ann', 'bob']\nheal = '1s'\nend = '200s'\nsteps = []";
    toml::from_str(text).expect("it is a plan")
}

fn config() -> Config {
    Config { operator_key: Some(KEY), store: true, ..Config::default() }
}

fn nick(name: &str) -> Nick {
    Nick::parse(name).expect("a nick")
}

fn lobby() -> Place {
    Place::Room(RoomName::parse("lobby").expect("a room's name"))
}

fn say(text: &str) -> Request {
    Request::Say { room: "lobby".into(), text: text.into() }
}

fn tell(to: &str, text: &str) -> Request {
    Request::Private { to: to.into(), text: text.into() }
}

impl Court {
    /// Ann and bob are in, over connections 1 and 2, and were shown that.
    fn new() -> Self {
        let (plan, server) = (plan(), Server::new(config(), 1));
        let mut judge = Judge::new(&plan);
        assert_eq!(judge.started(0, &[], &server), []);
        let mut court = Self { plan, server, judge, now: 1_000_000, number: 1, records: Vec::new() };
        for (who, name) in [(0, "ann"), (1, "bob")] {
            court.does(who, &Deed::Join { nick: name.into(), avatar: None });
            court.joins(who as u64 + 1, name);
            let room = RoomName::parse("lobby").expect("a room's name");
            court.shows(who, &Shown::Welcome { nick: nick(name), room, members: Vec::new() });
        }
        let joined = |number, name| entry(number, Time(1_000_002 + 2 * (number - 1)), name, Body::Joined(None));
        court.hears(0, 1, &joined(1, "ann"), When::Live);
        court.hears(0, 2, &joined(2, "bob"), When::Live);
        court.hears(1, 1, &joined(1, "ann"), When::Past(Past::History));
        court.hears(1, 2, &joined(2, "bob"), When::Live);
        court
    }

    fn joins(&mut self, conn: u64, name: &str) {
        let (addr, conn) = (([127, 0, 0, 1], 1_000).into(), Conn(conn));
        self.good(Input::Opened { conn, addr, listener: 0 });
        self.number += 1;
        let token = Some(Secret([u8::try_from(conn.0).expect("few connections"); 16]));
        let request = Request::Join { nick: name.into(), token, avatar: None };
        self.good(Input::Asked { conn, asked: Asked { number: self.number, request } });
    }

    fn step(&mut self, input: Input, lie: impl FnOnce(&mut Out)) -> Vec<Breach> {
        self.now += 1;
        let mut out = Out::default();
        self.server.step(Time(self.now), input.clone(), &mut out);
        lie(&mut out);
        let told = self.judge.stepped(self.now, Time(self.now), &input, &out, &self.server);
        self.records.push((Time(self.now), input));
        told
    }

    fn good(&mut self, input: Input) {
        let told = self.step(input, |_| {});
        assert_eq!(told, [], "nothing is wrong with what really happens");
    }

    fn asked(&mut self, conn: u64, request: Request) -> Input {
        self.number += 1;
        Input::Asked { conn: Conn(conn), asked: Asked { number: self.number, request } }
    }

    fn ask(&mut self, conn: u64, request: Request) {
        let who = usize::try_from(conn).expect("few connections") - 1;
        if who < 2 {
            self.does(who, &Deed::Ask(request.clone()));
        }
        let input = self.asked(conn, request);
        self.good(input);
    }

    /// The same, with a lie about what comes of it.
    fn lie(&mut self, conn: u64, request: Request, lie: impl FnOnce(&mut Out)) -> Vec<Promise> {
        let who = usize::try_from(conn).expect("few connections") - 1;
        if who < 2 {
            self.does(who, &Deed::Ask(request.clone()));
        }
        let input = self.asked(conn, request);
        self.step(input, lie).into_iter().map(|breach| breach.promise).collect()
    }

    fn does(&mut self, who: usize, deed: &Deed) {
        assert_eq!(self.judge.does(self.now, who, 0, deed), []);
    }

    fn shown(&mut self, who: usize, shown: &Shown) -> Vec<Promise> {
        self.judge.shown(self.now, who, 0, shown).into_iter().map(|breach| breach.promise).collect()
    }

    fn shows(&mut self, who: usize, shown: &Shown) {
        assert_eq!(self.shown(who, shown), [], "nothing is wrong with {shown:?}");
    }

    fn hears(&mut self, who: usize, number: u64, entry: &Arc<Entry>, when: When) {
        assert_eq!(entry.number, number);
        self.shows(who, &Shown::Entry { place: lobby(), entry: Arc::clone(entry), when });
    }

    /// What the last text of the lobby is: number 3 is the first.
    fn says(&mut self, number: u64) -> Shown {
        let text = format!("text {number}");
        self.ask(1, say(&text));
        live(entry(number, Time(self.now), "ann", Body::Text(Text::parse(text).expect("a text"))))
    }

    fn end(mut self, at: u64) -> Vec<Promise> {
        let broken = self.judge.end(at, &self.server, &self.records);
        broken.into_iter().map(|breach| breach.promise).collect()
    }
}

fn entry(number: u64, at: Time, name: &str, body: Body) -> Arc<Entry> {
    Arc::new(Entry { number, at, nick: nick(name), body })
}

fn live(entry: Arc<Entry>) -> Shown {
    Shown::Entry { place: lobby(), entry, when: When::Live }
}

/// Changes the entries that are delivered or kept.
fn entries(out: &mut Out, mut change: impl FnMut(&mut Entry)) {
    for action in &mut out.actions {
        if let Action::Deliver { entry, .. } | Action::Keep { entry, .. } = action {
            change(Arc::make_mut(entry));
        }
    }
}

fn answers(out: &mut Out, mut change: impl FnMut(&mut Answer)) {
    for action in &mut out.actions {
        if let Action::Send { message: Message::Answer { answer, .. }, .. } = action {
            change(answer);
        }
    }
}

#[test]
fn what_really_happens_breaks_nothing() {
    let mut court = Court::new();
    let one = court.says(3);
    court.shows(0, &one);
    court.shows(1, &one);
    let Shown::Entry { entry, .. } = &one else { unreachable!("it is one") };
    let answer = Answer::Posted { number: 3, at: entry.at, waits: false, slow_down: false };
    court.shows(0, &Shown::Answer { request: say("text 3"), answer });
    court.ask(1, tell("bob", "psst"));
    court.joins(3, "cyd");
    court.ask(1, Request::Who { room: None });
    court.ask(3, Request::Report);
    assert_eq!(court.end(2_000), [], "and so it is in the end");
}

#[test]
fn a_nick_has_one_owner() {
    let mut court = Court::new();
    court.good(Input::Opened { conn: Conn(3), addr: ([127, 0, 0, 1], 7).into(), listener: 0 });
    let request = Request::Join { nick: "cyd".into(), token: None, avatar: None };
    let broken = court.lie(3, request, |out| {
        let mut second = out.fired[0].clone();
        second.session = SessionId(77);
        out.fired.push(second);
    });
    assert!(broken.contains(&Promise::OneOwner), "{broken:?}");
}

#[test]
fn capacity_is_what_it_is_said_to_be() {
    let mut court = Court::new();
    court.good(Input::Opened { conn: Conn(3), addr: ([127, 0, 0, 1], 7).into(), listener: 0 });
    let (request, mut out) = (Request::Join { nick: "cyd".into(), token: None, avatar: None }, Out::default());
    let input = court.asked(3, request);
    court.server.step(Time(court.now + 1), input.clone(), &mut out);
    let mut narrow = config();
    narrow.limits.members_max = 2;
    let broken = court.judge.stepped(0, Time(court.now + 1), &input, &out, &Server::new(narrow, 1));
    assert!(broken.iter().any(|breach| breach.promise == Promise::Capacity), "{broken:?}");
}

#[test]
fn numbers_have_no_holes_and_times_run_forward() {
    let broken = Court::new().lie(1, say("a"), |out| entries(out, |entry| entry.number += 1));
    assert!(broken.contains(&Promise::CountersEqualLog), "{broken:?}");
    let broken = Court::new().lie(1, say("a"), |out| entries(out, |entry| entry.at = Time(3)));
    assert!(broken.contains(&Promise::TimeForward), "{broken:?}");
}

#[test]
fn what_somebody_wears_is_what_is_told() {
    let fox = || Request::Wear { avatar: Some("🦊".into()) };
    let undress = |out: &mut Out| {
        answers(out, |answer| {
            if let Answer::Members(members) = answer {
                members.iter_mut().for_each(|one| one.avatar = None);
            }
            if let Answer::Report(active) = answer {
                active.iter_mut().for_each(|one| one.avatar = None);
            }
        });
        entries(out, |entry| {
            if let Body::Avatar(avatar) = &mut entry.body {
                *avatar = None;
            }
        });
    };
    for request in [Request::Who { room: None }, Request::Report] {
        let mut court = Court::new();
        court.ask(1, fox());
        court.ask(2, request.clone());
        assert_eq!(court.lie(1, request, undress), [Promise::AvatarTrue]);
    }
    assert_eq!(Court::new().lie(1, fox(), undress), [Promise::AvatarTrue]);
}

#[test]
fn lists_list_who_is_there() {
    let forget = |out: &mut Out| {
        answers(out, |answer| {
            if let Answer::Members(members) = answer {
                members.pop();
            }
            if let Answer::Report(active) = answer {
                active.pop();
            }
        });
    };
    assert_eq!(Court::new().lie(1, Request::Who { room: None }, forget), [Promise::ListedPresent]);
    assert_eq!(Court::new().lie(1, Request::Report, forget), [Promise::ListedPresent]);
}

#[test]
fn counters_are_what_the_log_says() {
    let broken = Court::new().lie(1, Request::Rooms, |out| {
        answers(out, |answer| {
            if let Answer::Rooms(rooms) = answer {
                rooms[0].members += 1;
            }
        });
    });
    assert_eq!(broken, [Promise::CountersEqualLog]);
}

#[test]
fn the_muted_are_not_heard() {
    let mut court = Court::new();
    court.ask(1, Request::Operate { key: KEY });
    court.ask(1, Request::Mute { nick: "bob".into(), ms: 9_000 });
    let at = Time(court.now + 1);
    let broken = court.lie(2, say("let me speak"), |out| {
        let entry = entry(4, at, "bob", Body::Text(Text::parse("let me speak".into()).expect("a text")));
        let name = RoomName::parse("lobby").expect("a room's name");
        let deliver = Action::Deliver { room: hobnob_machine::RoomId(1), name, entry };
        out.actions.push(deliver);
    });
    assert_eq!(broken, [Promise::MutedUnheard]);
}

#[test]
fn a_mute_ends_when_it_was_said_to_end() {
    let mut court = Court::new();
    court.ask(1, Request::Operate { key: KEY });
    court.ask(1, Request::Mute { nick: "bob".into(), ms: 9_000 });
    court.now += 10_000;
    let told = court.step(Input::Wake, |out| out.fired[0].at = Time(out.fired[0].at.0 - 1_000));
    assert_eq!(told[0].promise, Promise::MutedUnheard);
}

#[test]
fn a_request_has_one_answer() {
    let silent = |out: &mut Out| out.actions.retain(|action| !matches!(action, Action::Send { .. }));
    assert_eq!(Court::new().lie(1, Request::Ping, silent), [Promise::OneAnswer]);
    let twice = |out: &mut Out| out.actions.extend_from_within(..);
    assert_eq!(Court::new().lie(1, Request::Ping, twice), [Promise::OneAnswer]);
}

#[test]
fn what_is_said_once_is_stored_once_and_by_who_said_it() {
    let mut court = Court::new();
    let Input::Asked { conn, asked } = court.asked(1, say("once")) else { unreachable!("it is one") };
    court.does(0, &Deed::Ask(say("once")));
    court.good(Input::Asked { conn, asked: asked.clone() });
    // A server that forgot the number takes it again.
    let again = Asked { number: asked.number + 50, ..asked.clone() };
    let told = court.step(Input::Asked { conn, asked: again }, |_| {});
    assert_eq!(told[0].promise, Promise::StoredOnce, "nobody said it a second time");
    let told = court.step(Input::Asked { conn, asked }, |_| {});
    assert_eq!(told, [], "the machine answers as before");
    let broken = Court::new().lie(1, say("mine"), |out| entries(out, |entry| entry.nick = nick("bob")));
    assert!(broken.contains(&Promise::OnlySaid), "{broken:?}");
}

#[test]
fn private_talk_is_for_two() {
    let mut court = Court::new();
    court.joins(3, "cyd");
    let broken = court.lie(1, tell("bob", "psst"), |out| {
        for action in &mut out.actions {
            if let Action::Send { conn, message: Message::Live { .. } } = action {
                *conn = Conn(3);
            }
        }
    });
    assert_eq!(broken, [Promise::PrivateToTwo]);
    let mut court = Court::new();
    court.ask(1, tell("bob", "psst"));
    let said = entry(1, Time(court.now), "ann", Body::Text(Text::parse("psst".into()).expect("a text")));
    let leak = Shown::Entry { place: lobby(), entry: said, when: When::Live };
    assert!(court.shown(1, &leak).contains(&Promise::PrivateToTwo));
}

#[test]
fn history_meets_what_is_live() {
    let mut court = Court::new();
    court.good(Input::Opened { conn: Conn(3), addr: ([127, 0, 0, 1], 7).into(), listener: 0 });
    let broken = court.lie(3, Request::Join { nick: "cyd".into(), token: None, avatar: None }, |out| {
        for action in &mut out.actions {
            if let Action::Send { message: Message::Earlier { entries, .. }, .. } = action {
                entries.pop();
            }
        }
    });
    assert_eq!(broken, [Promise::HistoryMeetsLive]);
}

#[test]
fn pages_are_bounded() {
    let mut court = Court::new();
    let history = Request::History { place: Where::Room("lobby".into()), before: None, limit: 9 };
    let (input, mut out) = (court.asked(1, history), Out::default());
    court.server.step(Time(court.now), input.clone(), &mut out);
    let mut narrow = config();
    narrow.limits.page_entries_max = 1;
    let broken = court.judge.stepped(0, Time(court.now), &input, &out, &Server::new(narrow, 1));
    assert_eq!(broken[0].promise, Promise::Bounded);
}

#[test]
fn a_journal_makes_the_same_machine_again() {
    let mut court = Court::new();
    let (now, records) = (court.now, court.records.clone());
    let mut again = Server::new(config(), 1);
    records.iter().for_each(|(at, input)| again.step(*at, input.clone(), &mut Out::default()));
    assert_eq!(court.judge.down(now, records.len() as u64, 0), []);
    assert_eq!(court.judge.started(now, &records, &again), []);
    let mut other = Server::new(config(), 1);
    records[..3].iter().for_each(|(at, input)| other.step(*at, input.clone(), &mut Out::default()));
    assert_eq!(court.judge.started(now, &records, &other)[0].promise, Promise::Replayed);
}

#[test]
fn what_was_acknowledged_stays() {
    let mut court = Court::new();
    let one = court.says(3);
    let Shown::Entry { entry, .. } = &one else { unreachable!("it is one") };
    let answer = Answer::Posted { number: 3, at: entry.at, waits: false, slow_down: false };
    let wrong = Answer::Posted { number: 2, at: entry.at, waits: false, slow_down: false };
    assert_eq!(court.judge.clone().shown(0, 0, 0, &Shown::Answer { request: say("text 3"), answer: wrong }).len(), 1);
    court.shows(0, &Shown::Answer { request: say("text 3"), answer });
    let less = court.records.len() - 1;
    let mut again = Server::new(config(), 1);
    court.records[..less].iter().for_each(|(at, input)| again.step(*at, input.clone(), &mut Out::default()));
    let broken = court.judge.started(0, &court.records[..less], &again);
    assert_eq!(broken[0].promise, Promise::AcknowledgedKept);
}

#[test]
fn nothing_is_said_before_the_journal_has_it() {
    let mut court = Court::new();
    let text = Body::Text(Text::parse("early".into()).expect("a text"));
    assert_eq!(court.shown(1, &live(entry(3, Time(court.now), "ann", text))), [Promise::JournalBeforeWord]);
}

#[test]
fn a_number_means_one_message() {
    let mut court = Court::new();
    let Shown::Entry { mut entry, .. } = court.says(3) else { unreachable!("it is one") };
    Arc::make_mut(&mut entry).nick = nick("bob");
    assert_eq!(court.shown(1, &live(entry)), [Promise::SameMessage]);
}

#[test]
fn messages_are_shown_once_in_order_and_without_holes() {
    let mut court = Court::new();
    let (one, two, three) = (court.says(3), court.says(4), court.says(5));
    court.shows(1, &one);
    let mut doubled = court.judge.clone();
    assert_eq!(doubled.shown(0, 1, 0, &one)[0].promise, Promise::ShownOnce);
    let mut holed = court.judge.clone();
    assert_eq!(holed.shown(0, 1, 0, &three)[0].promise, Promise::OneOrder);
    let mut told = court.judge.clone();
    assert_eq!(told.shown(0, 1, 0, &Shown::Gap { place: lobby(), missing: 1 }), []);
    assert_eq!(told.shown(0, 1, 0, &three), [], "a hole may be told");
    court.shows(1, &two);
    court.shows(1, &three);
}

#[test]
fn what_is_asked_is_answered_once_and_never_forgotten() {
    let mut court = Court::new();
    court.does(0, &Deed::Ask(Request::Ping));
    let mut answered = court.judge.clone();
    let pong = Shown::Answer { request: Request::Ping, answer: Answer::Pong };
    assert_eq!(answered.shown(0, 0, 0, &pong), []);
    assert_eq!(answered.shown(0, 0, 0, &pong)[0].promise, Promise::OneAnswer);
    let end = court.now + 100_000;
    assert_eq!(court.end(end), [Promise::NothingDropped]);
}

#[test]
fn who_stayed_is_in_and_has_all_in_the_end() {
    let mut court = Court::new();
    let text = court.says(3);
    let mut court2 = Court {
        judge: court.judge.clone(),
        plan: court.plan.clone(),
        server: court.server.clone(),
        records: Vec::new(),
        ..court
    };
    court2.shows(0, &text);
    court2.shows(
        0,
        &Shown::Answer {
            request: say("text 3"),
            answer: Answer::Posted { number: 3, at: Time(court2.now), waits: false, slow_down: false },
        },
    );
    let end = court2.now + 100_000;
    assert_eq!(court2.end(end), [Promise::Converged], "bob lacks a message");
    let mut court = Court::new();
    court.shows(0, &Shown::Lost);
    let end = court.now + 100_000;
    assert_eq!(court.end(end), [Promise::Converged], "ann is not in");
}

/// A bug: a private message of some texts wakes somebody else.
struct Gossip;

impl Meddle for Gossip {
    fn server_gave(&mut self, _: &Server, _: Time, _: &Input, out: &mut Out) {
        let loud = |action: &Action| {
            matches!(action, Action::Keep { entry, .. }
                if matches!(&entry.body, Body::Text(text) if text.as_str() < "n"))
        };
        if out.actions.iter().any(loud) {
            out.actions.push(Action::Send { conn: Conn(3), message: Message::Ping });
        }
    }
}

#[test]
fn what_a_private_message_says_is_noticed_by_nobody_else() {
    let text = "name = 'whisper'\nclients = ['ann', 'bob', 'cyd']\nseed = 3\nheal = '2s'\nend = '4s'\nsteps = [\
        '0s ann joins', '0.1s bob joins', '0.2s cyd joins', '1s ann tells bob: hush', '1.5s cyd asks report']";
    let plan: Plan = toml::from_str(text).expect("it is a plan");
    let look = Look { digest: true, ..Look::default() };
    assert_eq!(unnoticed::unnoticed(&plan, &mut |plan| machines::run(plan, look, &mut Honest)), []);
    let broken = unnoticed::unnoticed(&plan, &mut |plan| machines::run(plan, look, &mut Gossip));
    assert_eq!(broken[0].promise, Promise::Unnoticed);
    assert!(broken[0].sentence.starts_with("cyd noticed"), "{broken:?}");
}

#[test]
fn a_search_runs_a_fixed_share_of_its_worlds_beside_another_private_text() {
    let searched = Search {
        plan: &|seed| draw(seed, &Knobs::default()),
        clock: &|| Duration::ZERO,
        tiers: vec![Tier::Machines],
        seeds: 0..8 * UNNOTICED_EVERY,
        jobs: 2,
        until_failure: false,
        twice: false,
    };
    let found = search(&searched, &Progress::default());
    assert_eq!(found.failed, []);
    assert!((1..=8).contains(&found.unnoticed), "{} of 8 worlds were run again", found.unnoticed);
}
