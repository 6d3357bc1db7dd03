//! A chronicle made by hand, and how it is shown.

use super::{Flights, text, trace};
use crate::chronicle::{Chronicle, Dir, Moment, Wire};
use expect_test::expect;
use hobnob_machine::{ClientFired, Conn, Fired, SessionId};
use hobnob_spec::messages::Time;
use hobnob_spec::names::Nick;
use hobnob_spec::session::{Event, State};

const W1: Wire = Wire(1);
const W2: Wire = Wire(2);

/// The row that fires when no other does.
fn last_row(state: State, event: Event) -> u8 {
    u8::try_from(hobnob_spec::session::cell(state, event).len() - 1).expect("a cell is short")
}

fn fired(nick: &str, state: State, event: Event, row: u8) -> Moment {
    let nick = Nick::parse(nick).ok();
    Moment::Fired(Fired { at: Time(0), session: SessionId(1), conn: Some(Conn(1)), nick, state, event, row })
}

fn client_fired(client: usize, state: hobnob_spec::client::State, event: hobnob_spec::client::Event) -> Moment {
    Moment::ClientFired { client, fired: ClientFired { at: Time(0), state, event, row: 0 } }
}

fn up(client: usize, wire: Wire, text: &str) -> Moment {
    Moment::Sent { client, wire, dir: Dir::Up, text: text.into() }
}

fn down(client: usize, wire: Wire, text: &str) -> Moment {
    Moment::Sent { client, wire, dir: Dir::Down, text: text.into() }
}

fn arrived(client: usize, wire: Wire, dir: Dir) -> Moment {
    Moment::Arrived { client, wire, dir }
}

fn wished(client: usize, text: &str) -> Moment {
    Moment::Wished { client, text: text.into() }
}

fn shown(client: usize, text: &str) -> Moment {
    Moment::Shown { client, text: text.into() }
}

/// Ann's line is stored, the server dies before it answers, and the line is said again.
pub(super) fn doubled() -> Chronicle {
    let fault = |text: &str, client, begins| Moment::Fault { text: text.into(), client, begins };
    let moments = vec![
        (0, Moment::Started { life: 1, records: 0 }),
        (0, wished(0, "joins as ann")),
        (0, client_fired(0, hobnob_spec::client::State::Offline, hobnob_spec::client::Event::AskJoin)),
        (3, Moment::Connected { client: 0, wire: W1 }),
        (3, up(0, W1, "1: joins as ann")),
        (12, arrived(0, W1, Dir::Up)),
        (12, fired("ann", State::Guest, Event::Join, last_row(State::Guest, Event::Join))),
        (12, down(0, W1, "1: welcome as ann, in lobby after #0, with nobody")),
        (12, down(0, W1, "lobby #1 ann joined")),
        (21, arrived(0, W1, Dir::Down)),
        (21, shown(0, "welcome as ann, in lobby, with nobody")),
        (21, arrived(0, W1, Dir::Down)),
        (500, fault("partition bob for 3s", Some(1), true)),
        (1_000, wished(0, "says in lobby: hello")),
        (1_000, up(0, W1, "2: says in lobby: hello")),
        (1_000, fault("after append for 1s", None, true)),
        (1_009, arrived(0, W1, Dir::Up)),
        (1_009, fired("ann", State::Member, Event::Say, last_row(State::Member, Event::Say))),
        (1_009, down(0, W1, "2: posted #2")),
        (1_009, Moment::Down { kept: 3, lost: 0 }),
        (1_012, Moment::Ended { client: 0, wire: W1, dir: Dir::Down }),
        (1_012, shown(0, "connection lost")),
        (2_009, Moment::Started { life: 2, records: 3 }),
        (2_500, Moment::Connected { client: 0, wire: W2 }),
        (2_500, up(0, W2, "2: says in lobby: hello")),
        (2_950, arrived(0, W2, Dir::Up)),
        (2_950, fired("ann", State::Member, Event::Say, last_row(State::Member, Event::Say))),
        (2_950, down(0, W2, "2: posted #3")),
        (
            2_950,
            Moment::Broken {
                promise: "stored-once",
                sentence: "`hello` was said once by ann and is in the log at 2 and 3".into(),
            },
        ),
        (3_500, fault("partition bob for 3s", Some(1), false)),
    ];
    Chronicle { names: vec!["ann".into(), "bob".into()], moments, ..Chronicle::default() }
}

#[test]
fn what_is_sent_first_arrives_first_and_what_never_arrives_is_lost() {
    let flights = Flights::of(&doubled());
    assert_eq!(flights.count(), (7, 1), "seven were sent, and the answer died with the server");
}

#[test]
fn a_trace_has_a_line_for_each_moment() {
    expect![[r#"
        TIME       WHO     WHAT                                                                    ROW
        0s         server  starts
                   ann     joins as ann
                   ann                                                                             Offline, AskJoin → Dialing
        0.003s     ann     connection 1 stands
                   ann →   1: joins as ann  (1, arrives 0.012s)
        0.012s     server  ann: 1: joins as ann                                                    Guest, Join → Member
                   → ann   1: welcome as ann, in lobby after #0, with nobody  (1, arrives 0.021s)
                   → ann   lobby #1 ann joined  (1, arrives 0.021s)
        0.021s     ann     sees welcome as ann, in lobby, with nobody
        0.5s       *       partition bob for 3s
        1s         ann     says in lobby: hello
                   ann →   2: says in lobby: hello  (1, arrives 1.009s)
                   *       after append for 1s
        1.009s     server  ann: 2: says in lobby: hello                                            Member, Say
                   → ann   2: posted #2  (1, LOST)
                   server  goes down; 3 records kept, none is lost
        1.012s     ann     connection 1 ends
                   ann     sees connection lost
        2.009s     server  starts for the 2nd time, with 3 records
        2.5s       ann     connection 2 stands
                   ann →   2: says in lobby: hello  (2, arrives 2.95s)
        2.95s      server  ann: 2: says in lobby: hello                                            Member, Say
                   → ann   2: posted #3  (2, under way)
                   BROKEN  stored-once: `hello` was said once by ann and is in the log at 2 and 3
        3.5s       *       over: partition bob for 3s
    "#]].assert_eq(&trace(&doubled()));
}

#[test]
fn a_diagram_fits_a_terminal() {
    for width in [80, 120, 200] {
        let text = text(&doubled(), width, 1_000);
        let wide: Vec<_> = text.lines().filter(|line| line.chars().count() > width).collect();
        assert!(wide.is_empty(), "{width} columns do not hold: {wide:#?}");
    }
    expect![[r#"
        TIME          ann      bob    server
        0s             ┊        ┊        ┬     the server starts
                       ●        ┊        │     ann joins as ann
                       □        ┊        │       Offline, AskJoin → Dialing
        0.003s         ├────────┼───────▶│     ann is connected
                       ├────────┼───────▶│     1: joins as ann
        0.012s         │        ┊        ■       ann: Guest, Join → Member
                       │◀───────┼────────┤     1: welcome as ann, in lobby after #0,
                       │        ┊        │       with nobody
                       │◀───────┼────────┤     lobby #1 ann joined
        0.021s         ●        ┊        │     ann sees welcome as ann, in lobby, with
                       │        ┊        │       nobody
        0.5s           │        ╳        │     * partition bob for 3s
        1s             ●        ┊        │     ann says in lobby: hello
                       ├────────┼───────▶│     2: says in lobby: hello
                       │        ┊        ╳     * after append for 1s
        1.009s         │        ┊        ■       ann: Member, Say
                       │        ┊   ✗────┤     2: posted #2 (LOST)
                       │        ┊        ╳     the server goes down; 3 records kept,
                       │        ┊        │       none is lost
        1.012s         ╳        ┊        ┊     ann learns that connection 1 of ann is
                       ┊        ┊        ┊       over
                       ●        ┊        ┊     ann sees connection lost
        2.009s         ┊        ┊        ┬     the server starts for the 2nd time, with
                       ┊        ┊        │       3 records
        2.5s           ├────────┼───────▶│     ann is connected
                       ├────┄   ┊        │     2: says in lobby: hello (arrives at
                       │        ┊        │       2.95s)
        2.95s          ├────────┼───────▶│     2: says in lobby: hello (sent at 2.5s)
                       │        ┊        ■       ann: Member, Say
                       │        ┊   ┄────┤     2: posted #3 (under way)
                   ═══════════════════════════ BROKEN: stored-once: `hello` was said
                       │        ┊        │       once by ann and is in the log at 2 and
                       │        ┊        │       3
        3.5s           │        ╳        │     * over: partition bob for 3s

        7 messages sent, 1 lost.
        ▶ ◀ arrives   ┄ is slow   ✗ is lost   ● a user wishes or sees   ╳ trouble
        ■ a row of the session table   □ of the client's   ┊ without a connection
    "#]]
    .assert_eq(&text(&doubled(), 80, 1_000));
}

#[test]
fn a_page_tells_what_broke_and_needs_nothing_from_elsewhere() {
    let text = super::page(&doubled(), &super::Page { title: "a <line> doubled".into(), ..super::Page::default() });
    assert!(text.contains("<title>a &lt;line&gt; doubled</title>"), "what was said cannot become a tag");
    for wanted in ["BROKEN PROMISE, stored-once", ">lost</text>", "class=\"band net\"", "prefers-color-scheme: dark"] {
        assert!(text.contains(wanted), "{wanted} is on the page");
    }
    for foreign in ["<script", "http://", "https://", "@import", "src="] {
        assert!(!text.contains(foreign), "{foreign} is not on the page");
    }
}
