//! What hardly ever happens to a client: late news of connections it gave up, holes and rooms that cross, broken bounds.

use crate::script::*;
use hobnob_machine::{Client, ClientInput, ClientOut, Shown, When};
use hobnob_spec::client::{PAUSE_LONGEST_MS, PAUSE_MS, PLACES_MAX, QUEUE_MAX, State};
use hobnob_spec::messages::{Answer, Body, Entry, Have, Message, Past, Place, Request, Secret, Time};
use hobnob_spec::names::{RoomName, Text};
use hobnob_spec::session::No;
use serde_json::Value;
use std::panic::catch_unwind;
use std::sync::Arc;

fn with(name: &str) -> Place {
    Place::With(nick(name))
}

fn entered(name: &str, last: u64) -> Answer {
    Answer::Room { room: RoomName::parse(name).expect("a room's name"), last }
}

/// An entry of this client's own nick.
fn own(number: u64) -> Arc<Entry> {
    let body = Body::Text(Text::parse(format!("mine {number}")).expect("a text"));
    Arc::new(Entry { number, at: Time(1_000 + number), nick: nick("Me"), body })
}

impl Script {
    /// What the client says it has, when its connection is lost and it returns.
    fn had(&mut self) -> Vec<Have> {
        self.sent.clear();
        self.lose();
        match self.requests().pop() {
            Some(Request::Resume { have, .. }) => have,
            other => panic!("the client returns, and asked {other:?}"),
        }
    }

    fn number_of(&self, request: &Request) -> u64 {
        self.sent.iter().find(|asked| asked.request == *request).expect("it was sent").number
    }

    fn reply(&mut self, number: u64, answer: Answer) -> &mut Self {
        self.hear(Message::Answer { number, answer })
    }
}

#[test]
fn news_of_a_connection_that_was_given_up_are_passed_over() {
    let late = || {
        let failed = ClientInput::DialFailed { reason: "late".into() };
        [ClientInput::Opened, failed, ClientInput::Lost, ClientInput::Foreign, ClientInput::Heard(Message::Ping)]
    };
    let mut offline = Script::new();
    let mut away = Script::joined();
    away.step(ClientInput::Lost);
    for (script, state) in [(&mut offline, State::Offline), (&mut away, State::Away)] {
        for input in late() {
            let mut out = ClientOut::default();
            script.client.step(Time(script.now), input.clone(), &mut out);
            assert_eq!((&out, script.client.state()), (&ClientOut::default(), state), "{input:?} comes too late");
        }
    }
    let mut dialing = Script::new();
    dialing.step(ClientInput::Join { nick: "Me".into(), token: Secret([1; 16]), avatar: None });
    for input in late().into_iter().skip(2) {
        dialing.step(input);
        assert_eq!(dialing.client.state(), State::Dialing);
    }
    let mut joined = Script::joined();
    for input in late().into_iter().take(2) {
        joined.step(input);
        assert_eq!(joined.client.state(), State::Joined);
    }
}

#[test]
fn a_client_has_a_nick_while_it_has_a_session() {
    let mut script = Script::joined();
    assert_eq!(script.client.nick().map(hobnob_spec::names::Nick::as_str), Some("Me"));
    script.step(ClientInput::Close);
    assert_eq!(script.client.nick(), None);
}

#[test]
fn what_is_no_answer_to_a_return_leaves_it_under_way() {
    let mut script = Script::joined();
    script.lose();
    let number = script.number_of(script.requests().last().expect("the client returns"));
    for answer in [welcome(5), Answer::Pong] {
        script.reply(number, answer);
        assert_eq!(script.client.state(), State::Resuming);
    }
    script.reply(number, back());
    assert_eq!(script.client.state(), State::Joined);
}

#[test]
fn the_output_is_emptied_for_the_next_step() {
    let mut out = ClientOut::default();
    let mut client = Client::new(1);
    client.step(Time(1), ClientInput::Join { nick: "Me".into(), token: Secret([1; 16]), avatar: None }, &mut out);
    assert!(!out.actions.is_empty() && !out.fired.is_empty());
    out.clear();
    assert_eq!(out, ClientOut::default());
}

/// The generator is splitmix64 as published: its first numbers for the seed 1234567.
#[test]
fn the_same_seed_draws_the_same_pauses_everywhere() {
    const DRAWN: [u64; 3] = [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423];
    let mut script = Script::new();
    script.client = Client::new(1_234_567);
    script
        .step(ClientInput::Join { nick: "Me".into(), token: Secret([1; 16]), avatar: None })
        .step(ClientInput::Opened);
    script.answer(welcome(0)).step(ClientInput::Lost);
    for (pauses, drawn) in (0..).zip(DRAWN) {
        let length = (PAUSE_MS << pauses).min(PAUSE_LONGEST_MS);
        let at = script.client.wake_at().expect("a client that is away will dial").0;
        assert_eq!(at - script.now, length / 2 + drawn % (length + 1), "pause {pauses}");
        script.now = at;
        script.step(ClientInput::Wake).step(ClientInput::DialFailed { reason: "no".into() });
    }
}

#[test]
fn a_returning_client_names_what_it_has_and_only_that() {
    let mut script = Script::new();
    script
        .step(ClientInput::Join { nick: "Me".into(), token: Secret([1; 16]), avatar: None })
        .step(ClientInput::Opened);
    script.answer(welcome(0));
    let old = entry(3, "Old");
    script.hear(Message::Earlier { place: with("Old"), past: Past::History, entries: vec![old] });
    script.hear(Message::Live { place: with("Bob"), entry: entry(1, "Bob") });
    script.hear(Message::Earlier { place: with("Eve"), past: Past::Missed, entries: vec![own(9)] });
    script.ask(Request::Enter { room: "hall".into() }).answer(entered("hall", 2));
    script.ask(Request::Leave { room: "hall".into() }).ask(Request::Enter { room: "hall".into() });
    let left = script.number_of(&Request::Leave { room: "hall".into() });
    script.reply(left, Answer::Done);
    let had = [(with("Bob"), 1), (with("Eve"), 9), (lobby(), 0)];
    let mut have = script.had();
    have.sort_by_key(|have| std::cmp::Reverse(have.place.clone()));
    let mut had = had.map(|(place, number)| Have { place, number });
    had.sort_by_key(|have| std::cmp::Reverse(have.place.clone()));
    assert_eq!(have, had, "history is not had in order, and the hall was left");
    let shown = script.shown.iter().filter(|shown| matches!(shown, Shown::Entry { entry, .. } if entry.number == 9));
    assert_eq!(shown.count(), 1, "of one's own, what no answer showed is shown when it comes");
}

#[test]
fn a_leaving_that_was_asked_with_the_entering_leaves_that_room_by_its_name_and_no_other() {
    let mut script = Script::joined();
    script.ask(Request::Enter { room: "hall".into() }).ask(Request::Leave { room: "attic".into() });
    let (enter, leave) =
        (Request::Enter { room: "hall".into() }, script.number_of(&Request::Leave { room: "attic".into() }));
    script.reply(script.number_of(&enter), entered("Hall", 0)).reply(leave, Answer::Done);
    assert!(script.had().iter().any(|have| have.place == room("Hall")), "the attic was left, and the hall was not");

    let mut script = Script::joined();
    script.ask(Request::Enter { room: "gang".into() }).answer(entered("gang", 0));
    script.ask(Request::Enter { room: "GANG".into() }).ask(Request::Leave { room: "GANG".into() });
    let leave = script.number_of(&Request::Leave { room: "GANG".into() });
    script.reply(script.number_of(&Request::Enter { room: "GANG".into() }), entered("GANG", 0));
    script.reply(leave, Answer::Done);
    let had: Vec<_> = script.had().into_iter().map(|have| have.place).collect();
    assert_eq!(had.iter().filter(|place| **place == room("gang")).count(), 1, "the gang goes on: {had:?}");
    assert!(!had.contains(&room("GANG")), "the GANG was left: {had:?}");
}

#[test]
fn what_was_said_before_the_answer_to_an_entering_is_shown_from_there_on() {
    let mut script = Script::joined();
    script.ask(Request::Enter { room: "hall".into() });
    script.ask(Request::Enter { room: "hall".into() });
    let again = script.sent[1].number;
    script.reply(script.sent[0].number, entered("hall", 3));
    script.sent.clear();
    for number in [7, 8] {
        script.hear(Message::Live { place: room("hall"), entry: entry(number, "Ann") });
    }
    assert!(script.numbers().is_empty(), "the messages before are asked for");
    script.reply(again, entered("hall", 7));
    let page = (4..=7).map(|number| entry(number, "Ann")).collect();
    script.answer(Answer::Page { entries: page, more: false });
    assert_eq!(script.numbers(), [8]);
    assert!(!script.shown.iter().any(|shown| matches!(shown, Shown::Gap { .. })), "nothing is missing");
}

#[test]
fn a_page_that_repeats_what_is_held_back_changes_nothing_of_it() {
    let mut script = Script::joined();
    script
        .live(8)
        .answer(Answer::Page { entries: vec![entry(6, "Ann"), entry(7, "Ann"), entry(8, "Ann")], more: false });
    let when = |number| {
        script.shown.iter().find_map(|shown| match shown {
            Shown::Entry { entry, when, .. } if entry.number == number => Some(*when),
            _ => None,
        })
    };
    assert_eq!(when(7), Some(When::Past(Past::Missed)));
    assert_eq!(when(8), Some(When::Live));
    assert_eq!(script.shown.len(), 3, "no gap is told where there is none");
}

#[test]
fn only_the_holes_for_which_no_page_is_under_way_are_asked_for_again() {
    let mut script = Script::joined();
    script.ask(Request::Enter { room: "hall".into() }).answer(entered("hall", 0));
    script.sent.clear();
    script.live(9).hear(Message::Live { place: room("hall"), entry: entry(4, "Ann") });
    let [of_lobby, _of_hall] = &script.sent[..] else { panic!("two pages are asked for: {:?}", script.sent) };
    let number = of_lobby.number;
    script.reply(number, Answer::Refused { no: No::AsksTooFast, wait_ms: None });
    script.sent.clear();
    script.now = script.client.wake_at().expect("the page is asked for again").0;
    script.step(ClientInput::Wake);
    assert!(matches!(&script.requests()[..], [Request::History { before: Some(9), .. }]), "{:?}", script.requests());
}

#[test]
fn conversations_are_bounded_and_the_one_that_rested_longest_makes_place() {
    let mut script = Script::joined();
    for number in 1..=PLACES_MAX {
        let talk = entry(number as u64, "Ann");
        script.hear(Message::Live { place: with(&format!("n{number}")), entry: talk });
    }
    let had = script.had();
    assert_eq!(had.len(), PLACES_MAX);
    assert!(!had.iter().any(|have| have.place == with("n1")), "the first made place");
    assert!(had.iter().any(|have| have.place == lobby()), "rooms stay");
}

#[test]
fn ones_own_private_message_that_came_by_another_way_is_shown_once() {
    let tell = Request::Private { to: "bob".into(), text: "mine 3".into() };
    let mut script = Script::joined();
    script.ask(say("one")).ask(Request::Rooms).ask(tell.clone());
    script.hear(Message::Earlier { place: with("Bob"), past: Past::Missed, entries: vec![own(3)] });
    for (request, answer) in [
        (say("one"), Answer::Posted { number: 6, at: Time(1), waits: false, slow_down: false }),
        (tell, Answer::Posted { number: 3, at: Time(1_003), waits: false, slow_down: false }),
    ] {
        script.reply(script.number_of(&request), answer);
    }
    assert_eq!(script.numbers(), [3]);
}

#[test]
fn an_answer_that_comes_late_sets_no_conversation_back() {
    let tell = Request::Private { to: "bob".into(), text: "mine 3".into() };
    let mut script = Script::joined();
    script.ask(tell.clone()).hear(Message::Live { place: with("bob"), entry: entry(4, "bob") });
    script
        .reply(script.number_of(&tell), Answer::Posted { number: 3, at: Time(1_003), waits: false, slow_down: false });
    assert_eq!(script.numbers(), [4, 3]);
    assert!(script.had().contains(&Have { place: with("bob"), number: 4 }));
}

/// What a check says of a machine whose parts were changed from outside, if anything.
fn complaint(script: &Script, change: impl FnOnce(&mut Value)) -> Option<String> {
    let mut value = serde_json::to_value(&script.client).expect("a machine without rooms is JSON");
    change(&mut value);
    let client: Client = serde_json::from_value(value).expect("the parts have their types");
    let caught = catch_unwind(|| client.check()).err()?;
    caught.downcast_ref::<String>().cloned().or_else(|| caught.downcast_ref::<&str>().map(|s| (*s).into()))
}

#[test]
fn a_machine_that_is_not_what_it_must_be_is_noticed() {
    let mut script = Script::new();
    script.step(ClientInput::Join { nick: "Me".into(), token: Secret([1; 16]), avatar: None });
    assert_eq!(complaint(&script, |_| {}), None);
    let state = complaint(&script, |client| client["state"] = "Ready".into());
    assert!(state.is_some(), "a dial is timed where nothing is dialed");

    script.ask(say("one"));
    let many = |request: Value| {
        complaint(&script, |client| {
            let mut pending = client["queue"][0].clone();
            pending["request"] = request;
            client["queue"] = vec![pending; QUEUE_MAX + 1].into();
        })
    };
    let said = many(serde_json::to_value(say("one")).expect("a request is JSON"));
    assert_eq!(said.as_deref(), Some("what the user asks is bounded"));
    let entering = serde_json::to_value(Request::Enter { room: "hall".into() }).expect("a request is JSON");
    assert_eq!(many(entering), None, "rooms that are entered again come on top");
}

#[test]
fn who_joins_anew_asks_for_what_it_wore_last() {
    let mut script = Script::joined();
    let wear = |avatar: &str| Request::Wear { avatar: Some(avatar.into()) };
    script.ask(wear("🦊")).answer(Answer::Done);
    script.ask(wear("fox")).answer(Answer::Refused { no: No::AvatarBad, wait_ms: None });
    script.sent.clear();
    script.lose().answer(Answer::Refused { no: No::SessionOver, wait_ms: None });
    let asked = script.requests().pop();
    assert!(
        matches!(&asked, Some(Request::Join { avatar: Some(avatar), .. }) if avatar == "🦊"),
        "the session is over, and it asked {asked:?}"
    );
}
