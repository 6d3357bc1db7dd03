//! The monitor's page: who may open it, what it shows live and of the past, and what an operator does with it.

use crate::server::Server;
use hobnob_spec::messages::{Answer, Body, Message, Request};
use hobnob_tests::browser::Browser;
use hobnob_tests::native::Native;
use serde_json::json;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How many lines the page keeps.
const KEPT: u64 = 500;
/// The longest that a task of the page may take while two thousand messages a second come: the aim is 100 ms on a
/// computer that does nothing else; the tests share theirs with each other and with whoever floods the server.
const TASK_MS_MAX: f64 = 250.0;

/// A server that lets its users talk as fast as they like.
fn start() -> Server {
    Server::start(&["--say-per-second", "off", "--ask-per-second", "off"])
}

/// Somebody who chats, not by a browser.
struct Person {
    client: Native,
    number: u64,
}

impl Person {
    fn join(server: &Server, nick: &str) -> Self {
        let mut client = Native::connect(&server.addr).expect("the server listens");
        client.ask(1, Request::Join { nick: nick.into(), token: None, avatar: None }).expect("the server reads");
        let (answer, _) = client.answer(1).expect("the server answers");
        assert!(matches!(answer, Answer::Welcome { .. }), "{answer:?}");
        Self { client, number: 1 }
    }

    fn ask(&mut self, request: Request) -> Answer {
        self.number += 1;
        self.client.ask(self.number, request).expect("the server reads");
        self.client.answer(self.number).expect("the server answers").0
    }

    fn say(&mut self, room: &str, text: &str) {
        let answer = self.ask(Request::Say { room: room.into(), text: text.into() });
        assert!(matches!(answer, Answer::Posted { .. }), "{text}: {answer:?}");
    }

    /// Waits until something happens in a room.
    fn hears(&mut self, what: impl Fn(&Body) -> bool) {
        loop {
            if let Message::Live { entry, .. } = self.client.next_message().expect("the server tells")
                && what(&entry.body)
            {
                return;
            }
        }
    }
}

/// A line of the log that shows all of these, as an expression.
fn line(texts: &[&str]) -> String {
    let texts = json!(texts);
    format!(
        "[...document.querySelectorAll('#log-rows .line')].some(line => {texts}.every(text => line.textContent.includes(text)))"
    )
}

/// How many lines the log shows.
const LINES: &str = "document.querySelectorAll('#log-rows .line').length";

#[test]
fn the_token_alone_opens_the_monitor() {
    let server = start();
    let page = Browser::shared().page();
    let asks = "document.querySelector('input[name=token]') !== null && !document.querySelector('#feed')";
    page.goto(&format!("http://{}/monitor", server.pages));
    page.wait_for(asks);
    assert_eq!(page.eval("fetch('/api/log').then(answer => answer.status)"), 401);
    page.axe();
    page.fill("#token", "0123456789abcdef0123456789abcdef");
    page.press("Enter");
    page.wait_text("That is not the token.");
    page.wait_for(asks);
    assert_eq!(page.eval("fetch('/api/report').then(answer => answer.status)"), 401);
    page.assert_quiet_but(&["status of 401"]);

    let (_, token) = server.monitor.split_once("token=").expect("the link has the token");
    page.fill("#token", token);
    page.click("button >> Open the monitor");
    page.wait_for("document.querySelector('#feed')?.dataset.state === 'live'");
    assert_eq!(page.eval("document.cookie"), "", "no script reads the cookie");
    let second = page.sibling();
    second.goto(&format!("http://{}/monitor", server.pages));
    second.wait_for("document.querySelector('#feed')?.dataset.state === 'live'");
    let (link, stranger) = (server.watch("messages"), Browser::shared().page());
    assert_eq!(link.eval("location.search"), "", "the token does not stay in the address");
    stranger.goto(&format!("http://{}/monitor", server.pages));
    stranger.wait_for(asks);
    second.assert_quiet();
    link.assert_quiet();
}

#[test]
fn a_private_message_is_seen_at_once_and_its_sender_muted_and_thrown_out() {
    let server = start();
    let page = server.watch("messages");
    let (mut ann, mut bob) = (Person::join(&server, "Ann"), Person::join(&server, "Bob"));
    let told = ann.ask(Request::Private { to: "Bob".into(), text: "just <b>between</b> us".into() });
    assert!(matches!(told, Answer::Posted { .. }), "{told:?}");
    page.wait_for(&line(&["Private", "Ann", "Bob", "just <b>between</b> us"]));

    page.click("#tab-people");
    page.choose("[data-nick=Ann] select", "900000");
    page.click("[data-nick=Ann] button >> Mute");
    page.wait_for("document.querySelector('[data-nick=Ann]').innerText.includes('Muted for 15 min.')");
    ann.hears(|body| matches!(body, Body::Muted { .. }));
    bob.hears(|body| matches!(body, Body::Muted { .. }));
    let refused = ann.ask(Request::Say { room: "lobby".into(), text: "may I?".into() });
    assert!(matches!(refused, Answer::Refused { .. }), "{refused:?}");
    // The report comes behind the answer.
    page.wait_for(
        "['muted', '14 min', '127.0.0.1:'].every(fact => document.querySelector('[data-nick=Ann]').innerText.includes(fact))",
    );

    page.click("[data-nick=Ann] button >> Unmute");
    page.wait_for("document.querySelector('[data-nick=Ann]').innerText.includes('May talk again.')");
    ann.say("lobby", "thanks");
    page.click("[data-nick=Ann] button >> Kick");
    page.wait_for("document.querySelector('#kick-dialog').open");
    page.press("Escape");
    page.wait_for("!document.querySelector('#kick-dialog').open");
    ann.say("lobby", "still here");
    page.click("[data-nick=Ann] button >> Kick");
    page.click("#kick-yes");
    while ann.client.next_message().is_ok() {}
    page.wait_for("document.querySelector('[data-nick=Ann]') === null");
    page.wait_for("document.querySelector('#people-state').textContent.includes('Ann was thrown out.')");
    page.click("#tab-messages");
    for kind in ["Muted", "Unmuted", "Left"] {
        page.wait_for(&line(&[kind, "Ann"]));
    }
    page.assert_quiet();
}

#[test]
fn what_somebody_cannot_do_is_said_where_it_was_tried() {
    let server = start();
    let _ann = Person::join(&server, "Ann");
    let page = server.watch("people");
    page.wait_for("document.querySelector('[data-nick=Ann]') !== null");
    // A mute of nobody: the user left between the report and the click, which is hard to meet; so the page is told so.
    page.eval("globalThis.real = fetch; globalThis.fetch = (path, options) => real(path, options?.body ? { ...options, body: options.body.replace('Ann', 'Zoe') } : options)");
    page.click("[data-nick=Ann] button >> Mute");
    page.wait_for("document.querySelector('[data-nick=Ann] .answer.bad')?.innerText.startsWith('Refused: ')");
    // The refusal is counted under its reason.
    page.click("#tab-figures");
    page.wait_for("document.querySelector('#refusals').innerText.includes('Absent')");
    page.assert_quiet_but(&["status of 409"]);
}

#[test]
fn lines_are_filtered_paused_and_exported() {
    let server = start();
    let (mut ann, mut bob) = (Person::join(&server, "Ann"), Person::join(&server, "Bob"));
    assert!(!matches!(ann.ask(Request::Enter { room: "den".into() }), Answer::Refused { .. }));
    for number in 0..150 {
        ann.say("lobby", &format!("older {number}"));
    }
    ann.say("den", "in the DEN, with a Pear");
    bob.say("lobby", "an apple, \"quoted\"\nand a second line");
    let page = server.watch("messages");
    page.wait_for(&line(&["Bob", "an apple"]));
    assert!(page.eval(LINES) == 100, "one page of the past");
    let shows = |count: u64| page.wait_for(&format!("{LINES} === {count}"));

    page.fill("#filter-grep", "pear");
    shows(1);
    page.wait_for(&line(&["#den", "Ann", "Pear"]));
    bob.say("lobby", "nothing of that");
    bob.say("lobby", "a PEAR, live");
    shows(2);
    let export = "fetch(document.querySelector('#export-jsonl').href).then(answer => answer.text())";
    assert_eq!(page.eval(export).as_str().map(|text| text.lines().count()), Some(2));
    page.click("#filter-clear");
    page.wait_for(&line(&["nothing of that"]));

    page.fill("#filter-nick", "bob");
    page.choose("#filter-kind", "say");
    shows(3);
    let export = "fetch(document.querySelector('#export-csv').href).then(answer => answer.text())";
    let csv = page.eval(export);
    let csv = csv.as_str().expect("it is text");
    assert!(
        csv.starts_with("time,kind,room,sender,recipient,text\n") && csv.contains("\"an apple, \"\"quoted\"\"\nand"),
        "{csv}"
    );
    page.click("#filter-clear");
    page.fill("#filter-room", "#den");
    page.wait_for(&format!("{LINES} === 2 || {LINES} === 3"));
    page.fill("#filter-room", "nowhere");
    page.wait_text("Nothing in the log fits these filters.");
    page.click("#filter-clear");
    shows(100);

    page.click("#pause");
    bob.say("lobby", "while you look away");
    bob.say("lobby", "and again");
    page.wait_for("document.querySelector('#pause').textContent === 'Resume (2)'");
    assert_eq!(page.eval(&line(&["while you look away"])), false);
    page.click("#pause");
    page.wait_for(&line(&["while you look away"]));
    shows(102);

    page.click("#log-older");
    page.wait_text("That is where the log begins.");
    page.wait_for(&line(&["older 0"]));
    let newest_first = "(times => times.every((time, at) => at === 0 || time <= times[at - 1]))\
         ([...document.querySelectorAll('#log-rows time')].map(time => time.dateTime))";
    assert_eq!(page.eval(newest_first), true);
    page.assert_quiet();
}

#[test]
fn the_table_lights_up_as_it_runs() {
    let server = start();
    let mut ann = Person::join(&server, "Ann");
    let page = server.watch("protocol");
    let count = |cell: &str| {
        let found = format!("Number(document.querySelector('[title=\"{cell}\"] .count')?.textContent || 0)");
        page.eval(&found).as_f64().expect("it is a number")
    };
    page.wait_for("document.querySelector('[title=\"Guest, Join\"] .count')?.textContent === '1'");
    assert_eq!(count("Member, Say"), 0.0);
    page.click("[title=\"Member, Say\"]");
    let detail = page.text("#cell");
    assert!(detail.contains("The client says something in a room.") && detail.contains("when\nTextEmpty"), "{detail}");
    page.eval("globalThis.lit = 0; setInterval(() => lit += document.querySelector('[title=\"Member, Say\"]')?.getAnimations().length ?? 0, 20)");
    for number in 0..5 {
        ann.say("lobby", &format!("line {number}"));
    }
    ann.ask(Request::Say { room: "lobby".into(), text: String::new() });
    page.wait_for("document.querySelector('[title=\"Member, Say\"] .count').textContent === '6'");
    page.wait_for("lit > 0");
    page.wait_for(
        "[...document.querySelectorAll('#cell .row-count')].map(it => it.textContent).sort().at(-1) === '5 ×'",
    );
    page.eval("document.querySelector('[title=\"Member, Say\"]').focus()");
    for (key, cell) in [("ArrowRight", "Muted, Say"), ("ArrowDown", "Muted, Private"), ("ArrowLeft", "Member, Private")]
    {
        page.press(key);
        assert_eq!(page.eval("document.activeElement.title"), cell);
    }
    page.press("Enter");
    page.wait_for("document.querySelector('#cell h3').textContent === 'Member × Private'");
    page.click("label >> Transfer");
    page.wait_for("document.querySelector('[title^=\"Receiving, \"]') !== null");
    page.click("[title^=\"Receiving, \"]");
    page.wait_for("document.querySelectorAll('#cell .row-detail').length > 0");
    page.assert_quiet();
}

#[test]
fn everybody_can_use_it_in_the_light_in_the_dark_and_on_a_telephone() {
    let server = start();
    let people = ["Ann", "Bob", "Cleo", "Dora"].map(|nick| Person::join(&server, nick));
    let [mut ann, mut bob, mut cleo, mut dora] = people;
    for person in [&mut ann, &mut bob] {
        person.ask(Request::Enter { room: "garden".into() });
    }
    ann.say("lobby", "Good morning!");
    bob.say("lobby", "Morning, Ann. Did the seeds come?");
    cleo.say("lobby", "They did, in three boxes:\nbeans, peas, and something without a name.");
    dora.ask(Request::Private { to: "Ann".into(), text: "Keep the one without a name for me.".into() });
    ann.say("garden", "Who waters on Sunday?");
    bob.say("garden", "I do. See https://example.org/plan for the rest of the week.");
    dora.ask(Request::Mute { nick: "Bob".into(), ms: 1 });
    dora.ask(Request::Leave { room: "attic".into() });
    let page = server.watch("messages");
    page.wait_for(&line(&["Good morning!"]));
    page.click("#tab-people");
    page.choose("[data-nick=Cleo] select", "60000");
    page.click("[data-nick=Cleo] button >> Mute");
    page.wait_for("document.querySelector('.tile:nth-child(5) .tile-value').textContent === '1'");
    for (scheme, phone) in [("light", false), ("dark", false), ("light", true), ("dark", true)] {
        page.color_scheme(scheme);
        if phone {
            page.phone();
        } else {
            page.desktop();
        }
        for view in ["messages", "figures", "people", "protocol"] {
            page.click(&format!("#tab-{view}"));
            page.wait_for(&format!("!document.querySelector('#{view}').hidden"));
            page.axe();
            assert_eq!(page.eval("document.documentElement.scrollWidth <= innerWidth"), true, "{view} fits, {scheme}");
            page.picture(&format!("monitor-{view}-{scheme}{}", if phone { "-phone" } else { "" }));
        }
    }
    // By the keyboard alone.
    page.desktop();
    page.eval("document.querySelector('#tab-messages').focus()");
    for (key, view) in
        [("ArrowRight", "figures"), ("End", "protocol"), ("ArrowRight", "messages"), ("ArrowLeft", "protocol")]
    {
        page.press(key);
        assert_eq!(
            page.eval("[document.activeElement.id, !document.activeElement.ariaSelected]"),
            json!([format!("tab-{view}"), false])
        );
        assert_eq!(page.eval(&format!("document.querySelector('#{view}').hidden")), false);
    }
    page.assert_quiet();
}

#[test]
fn a_server_that_comes_back_is_watched_again_without_a_gap_or_a_double() {
    let mut server = start();
    let page = server.watch("messages");
    Person::join(&server, "Ann").say("lobby", "before");
    page.wait_for(&line(&["before"]));
    server.restart(|| {});
    Person::join(&server, "Ann").say("lobby", "after");
    page.wait_for("document.querySelector('#feed').dataset.state === 'live'");
    page.wait_for(&line(&["after"]));
    for text in ["before", "after"] {
        let same = format!(
            "[...document.querySelectorAll('#log-rows .what')].filter(it => it.textContent === '{text}').length"
        );
        assert_eq!(page.eval(&same), 1, "{text}");
    }
    page.assert_quiet_but(&["WebSocket connection", "ERR_CONNECTION_REFUSED"]);
}

#[test]
fn a_flood_leaves_the_page_smooth() {
    let server = start();
    let page = server.watch("messages");
    page.eval("globalThis.tasks = []; new PerformanceObserver(list => tasks.push(...list.getEntries().map(it => it.duration))).observe({ type: 'longtask' })");
    let (going, said) = (AtomicBool::new(true), std::sync::atomic::AtomicU64::new(0));
    std::thread::scope(|scope| {
        for nick in ["Ann", "Bob", "Cat", "Dan"] {
            let (mut person, going, said) = (Person::join(&server, nick), &going, &said);
            scope.spawn(move || {
                while going.load(Ordering::Relaxed) {
                    for _ in 0..20 {
                        person.number += 1;
                        let text = format!("{nick} says line {} of a flood", person.number);
                        let request = Request::Say { room: "lobby".into(), text };
                        person.client.ask(person.number, request).expect("the server reads");
                    }
                    person.client.answer(person.number).expect("the server answers");
                    said.fetch_add(20, Ordering::Relaxed);
                    // Some five hundred a second from each.
                    std::thread::sleep(Duration::from_millis(35));
                }
            });
        }
        std::thread::sleep(Duration::from_secs(3));
        // And whatever else is looked at meanwhile.
        for view in ["figures", "people", "protocol", "messages"] {
            page.click(&format!("#tab-{view}"));
            std::thread::sleep(Duration::from_secs(1));
        }
        going.store(false, Ordering::Relaxed);
    });
    let longest = page.eval("Math.max(0, ...tasks)").as_f64().expect("it is a number");
    let tasks = page.eval("tasks.length");
    println!("{} messages in some 7 s; {tasks} tasks of 50 ms and more, the longest {longest} ms", said.into_inner());
    page.wait_text("came too fast to be shown; the log has them.");
    assert!(page.eval(LINES).as_u64().expect("it is a number") <= KEPT);
    page.click("#log-latest");
    page.wait_for("document.querySelector('#log-latest').hidden");
    page.click("#tab-figures");
    page.wait_for(
        "document.querySelector('.chart-picture').getAttribute('aria-label').startsWith('Clients: now clients ')",
    );
    page.picture("monitor-figures");
    assert!(longest < TASK_MS_MAX, "a task of the page took {longest} ms");
    page.assert_quiet();
}
