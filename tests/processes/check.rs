//! `hobnob check`, as an operator meets it: over a journal of a real server, a damaged one, and one that is not there.

use hobnob_spec::messages::{Answer, Request, Secret};
use hobnob_tests::native::Native;
use hobnob_tests::process::Process;
use std::path::Path;
use std::process::{Command, Output};

const HOBNOB: &str = env!("CARGO_BIN_EXE_hobnob");

fn check(arguments: &[&str]) -> (Output, String) {
    let output = Command::new(HOBNOB).arg("check").args(arguments).output().expect("the binary runs");
    let said = String::from_utf8(output.stdout.clone()).expect("it prints text");
    (output, said)
}

/// A server on whose data folder two users talk, and which is gone then.
fn talk(data: &str) {
    let mut server =
        Process::start("the server", Path::new(HOBNOB), &["server", "--listen", "127.0.0.1:0", "--data", data]);
    let addr = server.listens();
    let mut users: Vec<Native> = ["ann", "bob"]
        .into_iter()
        .zip(1..)
        .map(|(nick, token)| {
            let mut user = Native::connect(&addr).expect("the server listens");
            user.ask(1, Request::Join { nick: nick.into(), token: Some(Secret([token; 16])), avatar: None })
                .expect("the server reads");
            assert!(matches!(user.answer(1).expect("the server answers").0, Answer::Welcome { .. }));
            user
        })
        .collect();
    let requests = [
        Request::Say { room: "lobby".into(), text: "hello to everybody".into() },
        Request::Private { to: "bob".into(), text: "psst".into() },
        Request::Enter { room: "hall".into() },
        Request::Who { room: Some("lobby".into()) },
        Request::Report,
        Request::Quit,
    ];
    for (number, request) in (2..).zip(requests) {
        users[0].ask(number, request).expect("the server reads");
        users[0].answer(number).expect("the server answers");
    }
    server.signal("TERM");
    assert!(server.ended().success(), "the server stops cleanly");
}

#[test]
fn a_recorded_run_is_held_to_its_promises() {
    let folder = tempfile::tempdir().expect("there is a place for temporary folders");
    let data = folder.path().to_str().expect("a temporary folder has a plain name");
    talk(data);

    let (output, said) = check(&[data]);
    assert_eq!(output.status.code(), Some(0), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("kept    one-owner            2 nicks that were given"), "{said}");
    assert!(said.contains("-       shown-once"), "a journal does not tell what was shown: {said}");
    assert!(!said.contains("BROKEN"), "{said}");

    let (output, said) = check(&[data, "--json"]);
    let found: serde_json::Value = serde_json::from_str(&said).expect("it prints JSON");
    assert_eq!((output.status.code(), &found["kept"]), (Some(0), &serde_json::Value::Bool(true)), "{said}");
    let promises = found["promises"].as_array().expect("a list of promises");
    assert!(promises.iter().any(|found| found["promise"] == "stored-once" && found["looked_at"] == 2), "{said}");

    // A word of the journal is altered on the disk.
    let file = folder.path().join("hobnob.db");
    let mut bytes = std::fs::read(&file).expect("the journal is there");
    while let Some(at) = bytes.windows(4).position(|word| word == b"psst") {
        bytes[at] = b'P';
    }
    std::fs::write(&file, bytes).expect("the file can be written");
    let (output, said) = check(&[data]);
    assert_eq!(output.status.code(), Some(5), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("BROKEN  replayed") && said.contains("record "), "{said}");
}

#[test]
fn a_journal_that_is_not_there_is_said_in_a_sentence() {
    let folder = tempfile::tempdir().expect("there is a place for temporary folders");
    let nowhere = folder.path().join("nowhere");
    let path = nowhere.to_str().expect("a temporary folder has a plain name");
    let (output, said) = check(&[path]);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), said.as_str()), (Some(1), ""), "{complaint}");
    assert!(complaint.contains(path) && complaint.lines().count() == 1, "{complaint}");
}
