//! What a recorded run looks like: `hobnob replay --diagram` on the journal of a real server.

use hobnob_spec::messages::{Answer, Request, Secret};
use hobnob_tests::native::Native;
use hobnob_tests::process::Process;
use std::path::Path;
use std::process::{Command, Output};

const HOBNOB: &str = env!("CARGO_BIN_EXE_hobnob");

fn hobnob(arguments: &[&str]) -> Output {
    Command::new(HOBNOB).args(arguments).env("NO_COLOR", "1").output().expect("the binary runs")
}

fn ask(native: &mut Native, number: u64, request: Request) -> Answer {
    native.ask(number, request).expect("the server reads");
    native.answer(number).expect("the server answers").0
}

fn join(addr: &str, nick: &str, token: u8) -> Native {
    let mut native = Native::connect(addr).expect("the server listens");
    let answer =
        ask(&mut native, 1, Request::Join { nick: nick.into(), token: Some(Secret([token; 16])), avatar: None });
    assert!(matches!(answer, Answer::Welcome { .. }), "{answer:?}");
    native
}

/// Ann and bob talk, and the server is killed.
fn record(data: &str) {
    let arguments = ["server", "--listen", "127.0.0.1:0", "--data", data];
    let mut server = Process::start("the server", Path::new(HOBNOB), &arguments);
    let addr = server.listens();
    let (mut ann, mut bob) = (join(&addr, "ann", 1), join(&addr, "bob", 2));
    ask(&mut ann, 2, Request::Say { room: "lobby".into(), text: "hello <b>all</b>".into() });
    ask(&mut bob, 2, Request::Private { to: "ann".into(), text: "psst".into() });
    ask(&mut bob, 3, Request::Say { room: "hall".into(), text: "who is here?".into() });
}

#[test]
fn a_journal_is_drawn_with_its_users_and_what_they_said() {
    let folder = tempfile::tempdir().expect("there is a place for temporary folders");
    let data = folder.path().join("data");
    let data = data.to_str().expect("a temporary folder has a plain name");
    record(data);
    let page = folder.path().join("out.html");
    let page_name = page.to_str().expect("a temporary folder has a plain name");
    let drawn = hobnob(&["replay", data, "--diagram", page_name]);
    assert!(drawn.status.success(), "{drawn:?}");
    let html = std::fs::read_to_string(&page).expect("the page is there");
    for wanted in [
        ">ann</span>",
        ">bob</span>",
        "ann: Guest, Join → Member",
        "hello &lt;b&gt;all&lt;/b&gt;",
        "bob: Member, Say, NotInRoom",
        "refused NotInRoom",
        "@bob #1 bob: psst",
    ] {
        assert!(html.contains(wanted), "{wanted} is drawn");
    }
    assert!(!html.contains("<b>all</b>") && !html.contains("<script"), "what was said stays text");

    // A part of it, by the numbers of records.
    let drawn = hobnob(&["replay", data, "--diagram", page_name, "--from", "4", "--until", "5"]);
    assert!(drawn.status.success(), "{drawn:?}");
    let part = std::fs::read_to_string(&page).expect("the page is there");
    assert!(part.contains("Records 4 to 5.") && part.len() < html.len(), "a part is smaller");

    // What cannot be drawn is said in a sentence.
    let nothing = hobnob(&["replay", data, "--diagram", page_name, "--from", "4000"]);
    let said = String::from_utf8_lossy(&nothing.stderr);
    assert!(!nothing.status.success() && said.contains("there is no record to draw"), "{said}");
    let nowhere = hobnob(&["replay", data, "--diagram", "/nowhere/out.html"]);
    let said = String::from_utf8_lossy(&nowhere.stderr);
    assert!(!nowhere.status.success() && said.contains("/nowhere/out.html cannot be written"), "{said}");
}
