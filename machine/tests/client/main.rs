//! The client's machine by scripts: what its user asks, what the server says, what comes of it.

mod edges;
mod files;
mod script;

use hobnob_machine::{ClientInput, Shown, When};
use hobnob_spec::client::{ANSWER_MS, HELD_MAX, PAUSE_LONGEST_MS, PAUSE_MS, QUEUE_MAX, SILENCE_MS, State, WINDOW};
use hobnob_spec::messages::{Answer, Body, Entry, Have, Message, Past, Place, Request, Secret, StillIn, Time};
use hobnob_spec::names::{Nick, RoomName, Text};
use hobnob_spec::session::{No, Why};
use script::*;
use std::sync::Arc;

#[test]
fn after_returning_what_was_not_answered_is_sent_again_under_its_number() {
    let mut script = Script::joined();
    script.ask(say("one")).ask(say("two")).ask(Request::Rooms);
    let first = script.sent.clone();
    script.hear(Message::Answer {
        number: first[0].number,
        answer: Answer::Posted { number: 6, at: Time(1), waits: false, slow_down: false },
    });
    script.live(6);
    script.sent.clear();
    script.lose();
    let have = vec![Have { place: lobby(), number: 6 }];
    assert_eq!(script.requests(), [Request::Resume { token: Secret([1; 16]), have }]);
    script.ask(say("three"));
    script.answer(back());
    assert_eq!(script.sent[1], first[1], "what changes something keeps its number");
    assert_eq!(script.requests()[2..], [Request::Rooms, say("three")], "what only reads is asked afresh");
    assert!(script.sent[2].number > script.sent[0].number, "numbers rise");
}

#[test]
fn after_the_session_is_over_what_may_have_arrived_is_told_and_never_sent_again() {
    let mut script = Script::joined();
    script.ask(say("one"));
    script.lose();
    script.ask(say("two"));
    script.answer(Answer::Refused { no: No::SessionOver, wait_ms: None });
    assert!(script.shown.contains(&Shown::Unsure { request: say("one") }));
    assert!(matches!(script.requests()[..], [_, Request::Resume { .. }, Request::Join { .. }]));
    script.answer(welcome(0));
    assert_eq!(script.requests()[3..], [say("two")]);
}

#[test]
fn a_hole_is_filled_before_what_comes_after_it_is_shown() {
    let mut script = Script::joined();
    script.live(6).live(9).live(10);
    assert_eq!(script.numbers(), [6]);
    assert!(matches!(script.requests()[..], [Request::History { before: Some(9), .. }]));
    script.answer(Answer::Page { entries: vec![entry(8, "Ann")], more: true });
    assert!(matches!(script.requests()[..], [_, Request::History { before: Some(8), .. }]));
    script.answer(Answer::Page { entries: vec![entry(6, "Ann"), entry(7, "Ann")], more: true });
    assert_eq!(script.numbers(), [6, 7, 8, 9, 10], "each once, in order");
    script.live(10).live(11);
    assert_eq!(script.numbers(), [6, 7, 8, 9, 10, 11]);
}

#[test]
fn a_hole_that_nobody_can_fill_is_told() {
    let mut script = Script::joined();
    script.live(9).answer(Answer::Page { entries: vec![entry(8, "Ann")], more: false });
    assert_eq!(script.shown[0], Shown::Gap { place: lobby(), missing: 2 });
    assert_eq!(script.numbers(), [8, 9]);
}

#[test]
fn a_page_that_was_refused_for_haste_is_asked_for_again() {
    let mut script = Script::joined();
    script.live(9).answer(Answer::Refused { no: No::AsksTooFast, wait_ms: None });
    assert!(script.numbers().is_empty());
    script.now = script.client.wake_at().expect("the page is asked for again").0;
    script.step(ClientInput::Wake);
    assert_eq!(script.sent.len(), 2);
}

#[test]
fn history_is_shown_without_moving_the_order_and_not_twice_after_a_new_join() {
    let mut script = Script::joined();
    let history = |from, to| Message::Earlier {
        place: lobby(),
        past: Past::History,
        entries: (from..=to).map(|number| entry(number, "Ann")).collect(),
    };
    script.hear(history(1, 5)).live(6);
    assert_eq!(script.numbers(), [1, 2, 3, 4, 5, 6]);
    script.lose().answer(Answer::Refused { no: No::SessionOver, wait_ms: None });
    script.answer(welcome(8)).hear(history(1, 8)).live(9);
    assert_eq!(script.numbers(), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
}

#[test]
fn ones_own_private_message_is_shown_once_with_its_answer() {
    let mut script = Script::joined();
    script.ask(Request::Private { to: "Ann".into(), text: "psst".into() });
    let with = Place::With(nick("Ann"));
    script.answer(Answer::Posted { number: 1, at: Time(5), waits: true, slow_down: false });
    let body = Body::Text(Text::parse("psst".into()).expect("a text"));
    let own = Arc::new(Entry { number: 1, at: Time(5), nick: nick("Me"), body });
    assert_eq!(script.shown[0], Shown::Entry { place: with.clone(), entry: Arc::clone(&own), when: When::Live });
    script.hear(Message::Live { place: with.clone(), entry: own });
    script.hear(Message::Live { place: with, entry: entry(3, "Ann") });
    assert_eq!(script.numbers(), [1, 3], "a conversation has no holes");
}

#[test]
fn ones_own_private_message_that_comes_before_its_answer_is_shown_in_its_place() {
    let mut script = Script::joined();
    script.ask(Request::Private { to: "ann".into(), text: "psst".into() });
    let with = Place::With(nick("Ann"));
    let body = Body::Text(Text::parse("psst".into()).expect("a text"));
    let own = Arc::new(Entry { number: 1, at: Time(5), nick: nick("Me"), body });
    let entries = vec![own, entry(2, "Ann")];
    script.hear(Message::Earlier { place: with.clone(), past: Past::Missed, entries });
    assert_eq!(script.numbers(), [1, 2], "what one said oneself stands before what was answered to it");
    script.answer(Answer::Posted { number: 1, at: Time(5), waits: false, slow_down: false });
    assert_eq!(script.numbers(), [1, 2], "and is not shown again with its answer");
}

#[test]
fn of_several_private_messages_of_ones_own_the_one_that_came_is_taken_for_shown() {
    let mut script = Script::joined();
    for text in ["one", "two"] {
        script.ask(Request::Private { to: "Ann".into(), text: text.into() });
    }
    let numbers: Vec<u64> = script.sent.iter().map(|asked| asked.number).collect();
    let body = Body::Text(Text::parse("two".into()).expect("a text"));
    let two = Arc::new(Entry { number: 2, at: Time(5), nick: nick("Me"), body });
    script.hear(Message::Earlier { place: Place::With(nick("Ann")), past: Past::Missed, entries: vec![two] });
    for (number, posted) in numbers.into_iter().zip([1, 2]) {
        let answer = Answer::Posted { number: posted, at: Time(5), waits: false, slow_down: false };
        script.hear(Message::Answer { number, answer });
    }
    assert_eq!(script.numbers(), [2, 1], "both are shown, and neither twice");
}

#[test]
fn who_left_the_lobby_and_joins_again_returns_with_what_it_has_of_it() {
    let mut script = Script::joined();
    script.ask(Request::Leave { room: "lobby".into() }).ask(Request::Enter { room: "lobby".into() });
    let leave = script.sent[0].number;
    script.hear(Message::Answer { number: leave, answer: Answer::Done });
    script.lose().answer(Answer::Refused { no: No::SessionOver, wait_ms: None }).answer(welcome(5));
    script.live(6).lose();
    let Some(Request::Resume { have, .. }) = script.requests().pop() else { panic!("the client returns") };
    assert_eq!(have, [Have { place: lobby(), number: 6 }]);
}

#[test]
fn what_a_guest_asked_over_a_connection_that_died_is_asked_again_once_it_is_in() {
    let mut script = Script::new();
    script.ask(Request::Report).step(ClientInput::Opened);
    script.step(ClientInput::Join { nick: "Me".into(), token: Secret([1; 16]), avatar: None }).lose();
    script.answer(welcome(5));
    assert_eq!(script.requests().last(), Some(&Request::Report), "it is asked again");
    script.answer(Answer::Report(vec![]));
    assert_eq!(script.client.outstanding(), 0, "and answered");
}

#[test]
fn leaving_and_entering_again_that_is_answered_late_shows_nothing_twice() {
    let mut script = Script::joined();
    let den = RoomName::parse("den").expect("a room's name");
    script.ask(Request::Leave { room: "den".into() }).ask(Request::Enter { room: "den".into() });
    let (leave, enter) = (script.sent[0].number, script.sent[1].number);
    script.lose();
    let Answer::Back { nick, muted_ms, mut rooms } = back() else { unreachable!("it is one") };
    rooms.push(StillIn { room: den.clone(), last: 3, since: 2 });
    script.answer(Answer::Back { nick, muted_ms, rooms });
    let place = Place::Room(den.clone());
    script.hear(Message::Earlier { place: place.clone(), past: Past::Missed, entries: vec![entry(3, "Ann")] });
    script.hear(Message::Answer { number: leave, answer: Answer::Done });
    script.hear(Message::Answer { number: enter, answer: Answer::Room { room: den, last: 2 } });
    script.hear(Message::Live { place, entry: entry(4, "Ann") });
    assert_eq!(script.numbers(), [3, 4]);
}

#[test]
fn conversations_of_another_nick_are_others() {
    for (comes_back_as, shown) in [(None, &[5][..]), (Some("Bob2"), &[5, 1][..])] {
        let mut script = Script::joined();
        let with = Place::With(Nick::parse("Ann").expect("a nick"));
        script.hear(Message::Live { place: with.clone(), entry: entry(5, "Ann") });
        script.lose();
        script.answer(Answer::Refused { no: No::SessionOver, wait_ms: None });
        let mut welcome = welcome(0);
        if let (Answer::Welcome { nick, .. }, Some(other)) = (&mut welcome, comes_back_as) {
            *nick = Nick::parse(other).expect("a nick");
        }
        script.answer(welcome);
        script.hear(Message::Earlier { place: with, past: Past::Late, entries: vec![entry(1, "Ann")] });
        assert_eq!(script.numbers(), shown, "back as {comes_back_as:?}");
    }
}

#[test]
fn the_window_and_the_queue_are_bounded_and_the_user_is_told() {
    let mut script = Script::joined();
    for at in 0..=QUEUE_MAX {
        script.ask(say(&at.to_string()));
    }
    assert_eq!(script.sent.len(), WINDOW);
    assert_eq!(script.shown, [Shown::TooMany { request: say(&QUEUE_MAX.to_string()) }]);
    let number = script.sent[0].number;
    script.hear(Message::Answer { number, answer: Answer::Done });
    assert_eq!(script.sent.len(), WINDOW + 1);
}

#[test]
fn pauses_grow_with_jitter_up_to_a_bound_and_begin_anew_after_returning() {
    let mut script = Script::joined();
    script.step(ClientInput::Lost);
    let mut length = PAUSE_MS;
    for _ in 0..12 {
        let Some(Shown::Retry { pause_ms }) = script.shown.last() else { panic!("the pause is told") };
        assert!((length / 2..=length + length / 2).contains(pause_ms), "{pause_ms} lies around {length}");
        length = (length * 2).min(PAUSE_LONGEST_MS);
        script.now = script.client.wake_at().expect("it dials again").0;
        script.step(ClientInput::Wake).step(ClientInput::DialFailed { reason: "no".into() });
    }
    assert_eq!(script.dials, 13);
    script.now = script.client.wake_at().expect("it dials again").0;
    script.step(ClientInput::Wake).step(ClientInput::Opened).answer(back()).step(ClientInput::Lost);
    let Some(Shown::Retry { pause_ms }) = script.shown.last() else { panic!("the pause is told") };
    assert!(*pause_ms <= PAUSE_MS * 2);
}

#[test]
fn a_silent_connection_is_asked_and_then_given_up() {
    let mut script = Script::joined();
    script.now += 1;
    script.live(6);
    script.now += SILENCE_MS - 1;
    script.step(ClientInput::Wake);
    assert!(script.sent.is_empty(), "something was heard since");
    script.now += 1;
    script.step(ClientInput::Wake);
    assert_eq!(script.requests(), [Request::Ping]);
    script.now += 1;
    script.answer(Answer::Pong);
    script.now += ANSWER_MS;
    script.step(ClientInput::Wake);
    assert_eq!(script.client.state(), State::Joined, "what answers is alive");
    script.now += SILENCE_MS;
    script.step(ClientInput::Wake);
    assert_eq!(script.requests().len(), 2);
    script.now += ANSWER_MS;
    script.step(ClientInput::Wake);
    assert_eq!(script.client.state(), State::Away);
}

#[test]
fn whom_the_server_sends_away_for_good_does_not_come_back_and_gets_the_text_back() {
    let stays = [
        Why::Kicked,
        Why::Flooding,
        Why::Idle,
        Why::Replaced,
        Why::Malformed,
        Why::Crowded,
        Why::NickTaken,
        Why::NickUnfit,
        Why::Foreign,
    ];
    for why in stays {
        let mut script = Script::joined();
        script.ask(say("one")).hear(Message::Goodbye { why });
        assert_eq!(script.client.state(), State::Offline);
        let told = [Shown::Goodbye { why }, Shown::Unsure { request: say("one") }, Shown::Out];
        assert_eq!(script.shown, told);
    }
    for why in [Why::TooSlow, Why::Stopping] {
        let mut script = Script::joined();
        script.hear(Message::Goodbye { why });
        assert_eq!(script.client.state(), State::Away);
    }
}

#[test]
fn a_welcome_that_was_lost_is_made_up_by_joining_again_with_the_same_token() {
    let mut script = Script::new();
    script
        .step(ClientInput::Join { nick: "Me".into(), token: Secret([1; 16]), avatar: None })
        .step(ClientInput::Opened);
    script.lose();
    let join = Request::Join { nick: "Me".into(), token: Some(Secret([1; 16])), avatar: None };
    assert_eq!(script.requests(), [join.clone(), join]);
    script.answer(back()).live(6);
    assert_eq!(script.client.state(), State::Joined);
    assert_eq!(script.numbers(), [6]);
}

#[test]
fn the_numbers_of_a_session_that_is_over_hide_nothing_of_the_next() {
    let mut script = Script::joined();
    script.live(6).live(7).live(8);
    script.lose().answer(Answer::Refused { no: No::SessionOver, wait_ms: None });
    // A server that kept nothing numbers from 1 again, and the welcome of the new session is lost.
    script.lose().answer(back_since(1));
    script.shown.clear();
    let later = |number| Arc::new(Entry { at: Time(9_000), ..(*entry(number, "Ann")).clone() });
    let missed = Message::Earlier { place: lobby(), past: Past::Missed, entries: vec![later(2), later(3)] };
    script.hear(missed).hear(Message::Live { place: lobby(), entry: later(4) });
    assert_eq!(script.numbers(), [2, 3, 4]);
}

#[test]
fn a_number_that_is_given_again_after_a_power_cut_hides_nothing() {
    let mut script = Script::joined();
    script.live(6).live(7).lose();
    // The server has lost both, and says so by the last number of the room.
    script.answer(back()).live(6).live(7);
    assert_eq!(script.numbers(), [6, 7, 6, 7]);
}

#[test]
fn a_private_number_that_is_given_again_after_a_power_cut_hides_nothing() {
    let mut script = Script::joined();
    let later = |number, at| Arc::new(Entry { at: Time(at), ..(*entry(number, "Ann")).clone() });
    let with = || Place::With(nick("Ann"));
    let live = |number, at| Message::Live { place: with(), entry: later(number, at) };
    script.hear(live(1, 10_001)).hear(live(2, 10_002)).lose().answer(back());
    let missed = Message::Earlier { place: with(), past: Past::Missed, entries: vec![later(1, 10_003)] };
    script.hear(missed.clone()).hear(missed);
    assert_eq!(script.numbers(), [1, 2, 1], "what is later is another message, and what is not is known");
    script.lose();
    let Some(Request::Resume { have, .. }) = script.requests().pop() else { panic!("it returns") };
    assert!(have.contains(&Have { place: with(), number: 1 }), "it has the new number: {have:?}");
}

#[test]
fn who_returns_after_a_lost_welcome_is_shown_the_history_that_it_never_got() {
    let mut script = Script::new();
    let join = ClientInput::Join { nick: "Me".into(), token: Secret([1; 16]), avatar: None };
    script.step(join).step(ClientInput::Opened).lose().answer(back_since(2));
    let recalled = vec![entry(1, "Ann"), entry(2, "Ann")];
    script.hear(Message::Earlier { place: lobby(), past: Past::History, entries: recalled });
    script.hear(Message::Earlier { place: lobby(), past: Past::Missed, entries: vec![entry(3, "Me")] }).live(4);
    assert_eq!(script.numbers(), [1, 2, 3, 4]);
}

#[test]
fn quitting_waits_for_what_was_asked_before() {
    let mut script = Script::joined();
    script.ask(say("one")).step(ClientInput::Quit).step(ClientInput::Quit);
    assert_eq!(script.requests(), [say("one"), Request::Quit]);
    let (one, quit) = (script.sent[0].number, script.sent[1].number);
    script.hear(Message::Answer { number: one, answer: Answer::Done });
    script.hear(Message::Answer { number: quit, answer: Answer::Done });
    assert_eq!(script.client.state(), State::Offline);
    assert_eq!(script.shown.last(), Some(&Shown::Out));
}

#[test]
fn who_logs_out_is_out_and_still_connected_and_gets_what_was_not_answered_back() {
    let mut script = Script::joined();
    script.ask(say("one")).step(ClientInput::Logout).step(ClientInput::Logout).ask(say("two"));
    assert_eq!(script.requests(), [say("one"), Request::Quit, say("two")]);
    let numbers: Vec<u64> = script.sent.iter().map(|asked| asked.number).collect();
    for number in &numbers[..2] {
        script.hear(Message::Answer { number: *number, answer: Answer::Done });
    }
    assert_eq!(script.client.state(), State::Ready);
    assert_eq!(script.shown[script.shown.len() - 2..], [Shown::Unsure { request: say("two") }, Shown::Out]);
    script.hear(Message::Answer { number: numbers[2], answer: Answer::Done });
    assert_eq!(script.shown.last(), Some(&Shown::Out), "what was given back is not told once more");
    script.step(ClientInput::Join { nick: "Me".into(), token: Secret([1; 16]), avatar: None }).answer(welcome(0));
    assert_eq!(script.client.state(), State::Joined, "in again, without a new connection");
}

#[test]
fn who_may_not_log_out_hangs_up() {
    let mut script = Script::joined();
    script.step(ClientInput::Logout).answer(Answer::Refused { no: No::StorageFull, wait_ms: None });
    assert_eq!((script.client.state(), script.shown.last()), (State::Offline, Some(&Shown::Out)));
}

#[test]
fn rooms_are_entered_again_after_a_new_join() {
    let mut script = Script::joined();
    script.ask(Request::Enter { room: "tea".into() });
    let room = RoomName::parse("tea").expect("a room's name");
    script.answer(Answer::Room { room, last: 0 }).lose();
    script.ask(say("waits"));
    script.answer(Answer::Refused { no: No::SessionOver, wait_ms: None });
    script.sent.drain(..script.sent.len() - 1);
    script.answer(welcome(0));
    assert_eq!(script.requests()[1..], [Request::Enter { room: "tea".into() }, say("waits")]);
}

#[test]
fn rooms_are_entered_again_even_if_the_welcome_of_the_new_session_is_lost() {
    let mut script = Script::joined();
    script.ask(Request::Enter { room: "tea".into() });
    let room = RoomName::parse("tea").expect("a room's name");
    script.answer(Answer::Room { room, last: 0 });
    script.lose().answer(Answer::Refused { no: No::SessionOver, wait_ms: None });
    script.lose();
    script.sent.drain(..script.sent.len() - 1);
    script.answer(back());
    assert_eq!(script.requests()[1..], [Request::Enter { room: "tea".into() }]);
}

#[test]
fn what_was_asked_before_joining_and_lost_is_asked_again_after_it() {
    let mut script = Script::new();
    script.ask(Request::Report).step(ClientInput::Opened);
    assert_eq!(script.requests(), [Request::Report]);
    script.step(ClientInput::Join { nick: "Me".into(), token: Secret([1; 16]), avatar: None }).lose();
    script.sent.drain(..script.sent.len() - 1);
    script.answer(welcome(0));
    assert_eq!(script.requests()[1..], [Request::Report]);
    script.answer(Answer::Report(vec![]));
    assert_eq!(script.client.outstanding(), 0);
}

#[test]
fn of_two_rooms_that_differ_by_case_the_one_that_is_named_is_left() {
    let mut script = Script::joined();
    for (name, last) in [("Tea", 3), ("tea", 3)] {
        let room = RoomName::parse(name).expect("a room's name");
        script.ask(Request::Enter { room: name.into() }).answer(Answer::Room { room, last });
    }
    script.ask(Request::Leave { room: "Tea".into() }).answer(Answer::Done).lose();
    assert_eq!(script.places_had(), [lobby(), room("tea")]);
}

#[test]
fn a_leaving_that_is_answered_again_leaves_no_other_room_that_differs_by_case() {
    let mut script = Script::joined();
    for name in ["Tea", "tea"] {
        let room = RoomName::parse(name).expect("a room's name");
        script.ask(Request::Enter { room: name.into() }).answer(Answer::Room { room, last: 3 });
    }
    script.ask(Request::Leave { room: "Tea".into() }).lose();
    let number = script.sent[script.sent.len() - 2].number;
    let rooms =
        ["lobby", "tea"].map(|name| StillIn { room: RoomName::parse(name).expect("a room's name"), last: 3, since: 0 });
    script.answer(Answer::Back { nick: nick("Me"), muted_ms: None, rooms: rooms.into() });
    script.hear(Message::Answer { number, answer: Answer::Done }).lose();
    assert_eq!(script.places_had(), [lobby(), room("tea")]);
}

#[test]
fn who_asks_to_join_twice_is_told_and_joins_under_the_first_nick() {
    let mut script = Script::new();
    let join = |nick: &str| ClientInput::Join { nick: nick.into(), token: Secret([1; 16]), avatar: None };
    script.step(join("Me")).step(join("You"));
    assert_eq!(script.shown, [Shown::AlreadyJoined]);
    script.step(ClientInput::Opened).step(join("You"));
    assert_eq!(script.requests(), [Request::Join { nick: "Me".into(), token: Some(Secret([1; 16])), avatar: None }]);
    assert_eq!(script.shown.len(), 2);
}

#[test]
fn a_room_that_was_left_is_not_entered_again() {
    let mut script = Script::joined();
    script.ask(Request::Enter { room: "tea".into() });
    let room = RoomName::parse("tea").expect("a room's name");
    script.answer(Answer::Room { room, last: 0 }).ask(Request::Leave { room: "Tea".into() }).answer(Answer::Done);
    script.lose().answer(Answer::Refused { no: No::SessionOver, wait_ms: None }).answer(welcome(0));
    assert!(matches!(script.requests().last(), Some(Request::Join { .. })), "nothing follows the new join");
}

#[test]
fn who_asked_to_go_and_is_refused_or_cut_off_is_out_and_does_not_come_back() {
    let refused = Answer::Refused { no: No::NickTaken, wait_ms: None };
    let mut script = Script::new();
    script
        .step(ClientInput::Join { nick: "Me".into(), token: Secret([1; 16]), avatar: None })
        .step(ClientInput::Opened);
    script.step(ClientInput::Quit).answer(refused.clone());
    assert_eq!((script.client.state(), script.shown.last()), (State::Offline, Some(&Shown::Out)));
    let mut script = Script::joined();
    script.lose().step(ClientInput::Quit).answer(refused);
    assert_eq!((script.client.state(), script.shown.last()), (State::Offline, Some(&Shown::Out)));
    for cut in [ClientInput::Lost, ClientInput::Heard(Message::Goodbye { why: Why::Stopping })] {
        let mut script = Script::joined();
        script.step(ClientInput::Quit).step(cut);
        assert_eq!((script.client.state(), script.shown.last()), (State::Offline, Some(&Shown::Out)));
    }
}

#[test]
fn who_asked_to_go_and_hears_nothing_is_out() {
    let mut script = Script::joined();
    script.step(ClientInput::Quit);
    while let Some(at) = script.client.wake_at().filter(|at| at.0 <= 1_000_000 + 2 * SILENCE_MS + ANSWER_MS) {
        script.now = at.0;
        script.step(ClientInput::Wake);
    }
    assert_eq!(script.requests(), [Request::Quit, Request::Ping], "it asks for a sign of life once");
    assert_eq!((script.client.state(), script.shown.last()), (State::Offline, Some(&Shown::Out)));
}

#[test]
fn only_so_many_messages_are_held_back_for_a_hole() {
    let mut script = Script::joined();
    let beyond = 7 + HELD_MAX as u64;
    for number in 7..=beyond {
        script.live(number);
    }
    assert_eq!(script.numbers(), (7..=beyond).collect::<Vec<_>>(), "what waited is shown when no more can wait");
    script.live(beyond + 1);
    assert_eq!(script.numbers().last(), Some(&(beyond + 1)));
}
