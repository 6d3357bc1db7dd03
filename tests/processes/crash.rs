//! The server is killed in the middle of traffic, again and again. What was acknowledged is there afterwards, once; what
//! was delivered was delivered once, in one order without holes; and the journal left behind verifies bit for bit.

use hobnob_spec::messages::{Answer, Body, Entry, Have, Message, Place, Request, Secret, Where};
use hobnob_spec::names::RoomName;
use hobnob_tests::native::Native;
use hobnob_tests::process::Process;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const HOBNOB: &str = env!("CARGO_BIN_EXE_hobnob");
/// How often the server is killed.
const KILLS: u64 = 22;
const WRITERS: u8 = 4;
/// How many requests a writer has under way.
const WINDOW: u64 = 3;

/// What one user said and heard, over all connections.
#[derive(Debug, Default)]
struct Witness {
    name: String,
    /// The number that the next request gets.
    next: u64,
    /// Requests without an answer, by number.
    unanswered: BTreeMap<u64, String>,
    /// What was acknowledged: the number in the room, and the text.
    acknowledged: BTreeMap<u64, String>,
    /// What was heard, by number.
    heard: BTreeMap<u64, Arc<Entry>>,
    /// The last number that was heard or told on joining.
    last: u64,
}

impl Witness {
    /// Takes what the server says; every entry must be the next one.
    fn take(&mut self, message: Message) {
        match message {
            Message::Answer { number, answer: Answer::Posted { number: at, .. } } => {
                if let Some(text) = self.unanswered.remove(&number) {
                    let before = self.acknowledged.insert(at, text);
                    assert!(before.is_none(), "{}: number {at} was given to two messages", self.name);
                }
            }
            Message::Answer { answer: Answer::Refused { no, .. }, .. } => panic!("{}: refused: {no}", self.name),
            Message::Live { entry, .. } => self.hear(entry),
            Message::Earlier { past: hobnob_spec::messages::Past::Missed, entries, .. } => {
                entries.into_iter().for_each(|entry| self.hear(entry));
            }
            Message::Answer { .. } | Message::Earlier { .. } | Message::Ping | Message::Goodbye { .. } => {}
        }
    }

    fn hear(&mut self, entry: Arc<Entry>) {
        assert_eq!(entry.number, self.last + 1, "{}: entries come in order, once, without holes", self.name);
        self.last = entry.number;
        self.heard.insert(entry.number, entry);
    }

    /// One connection's life: return or join, say again what was not answered, and go on talking until it is cut.
    fn talk(&mut self, addr: &str, token: Secret, until: u64) -> std::io::Result<()> {
        let mut native = Native::connect(addr)?;
        self.enter(&mut native, token)?;
        for (number, text) in self.unanswered.clone() {
            native.ask(number, say(text))?;
        }
        while self.next <= until || !self.unanswered.is_empty() {
            while (self.unanswered.len() as u64) < WINDOW && self.next <= until {
                let text = format!("{} says {}", self.name, self.next);
                self.unanswered.insert(self.next, text.clone());
                native.ask(self.next, say(text))?;
                self.next += 1;
            }
            let message = native.next_message()?;
            self.take(message);
        }
        Ok(())
    }

    fn enter(&mut self, native: &mut Native, token: Secret) -> std::io::Result<()> {
        let number = self.next;
        self.next += 1;
        if self.last == 0 {
            native.ask(number, Request::Join { nick: self.name.clone(), token: Some(token), avatar: None })?;
        } else {
            let have = vec![Have { place: lobby(), number: self.last }];
            native.ask(number, Request::Resume { token, have })?;
        }
        let (answer, before) = native.answer(number)?;
        assert!(before.is_empty(), "{}: nothing comes before the welcome", self.name);
        match answer {
            Answer::Welcome { last, .. } => self.last = last,
            // The welcome was lost with the server: what came since joining comes now.
            Answer::Back { .. } if self.last == 0 => {
                let Message::Earlier { entries, .. } = native.next_message()? else {
                    panic!("its own joining was missed")
                };
                self.last = entries[0].number - 1;
                entries.into_iter().for_each(|entry| self.hear(entry));
            }
            Answer::Back { .. } => {}
            other => panic!("{}: neither welcome nor welcome back: {other:?}", self.name),
        }
        Ok(())
    }
}

fn say(text: String) -> Request {
    Request::Say { room: "lobby".into(), text }
}

fn lobby() -> Place {
    Place::Room(RoomName::parse("lobby").expect("lobby is a room's name"))
}

fn serve(listen: &str, data: &Path) -> (Process, String) {
    let data = data.to_str().expect("a temporary folder has a plain name");
    let arguments = ["server", "--listen", listen, "--data", data, "--sync", "always", "--say-per-second", "0"];
    let mut server = Process::start("the server", Path::new(HOBNOB), &arguments);
    let addr = server.listens();
    (server, addr)
}

#[test]
fn nothing_acknowledged_is_lost_and_nothing_comes_twice_however_often_the_server_is_killed() {
    let folder = tempfile::tempdir().expect("there is a place for temporary folders");
    let (mut server, addr) = serve("127.0.0.1:0", folder.path());
    let done = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (0..WRITERS).map(|writer| start_writer(writer, addr.clone(), Arc::clone(&done))).collect();
    let mut chance = fastrand::Rng::with_seed(7);
    for _ in 0..KILLS {
        std::thread::sleep(Duration::from_millis(chance.u64(30..250)));
        server.kill();
        verify(folder.path());
        server = serve(&addr, folder.path()).0;
    }
    done.store(true, Ordering::SeqCst);
    let witnesses: Vec<_> =
        writers.into_iter().map(|writer| writer.join().expect("a writer's promises held")).collect();
    let history = whole_history(&addr);
    let acknowledged: usize = witnesses.iter().map(|witness| witness.acknowledged.len()).sum();
    println!("{KILLS} kills, {acknowledged} messages acknowledged, {} entries", history.len());
    assert!(acknowledged as u64 > KILLS * u64::from(WRITERS), "there was traffic");
    for witness in &witnesses {
        for (number, text) in &witness.acknowledged {
            assert_eq!(
                said(&history[number]),
                Some((witness.name.as_str(), text.as_str())),
                "what was acknowledged is there"
            );
        }
        for (number, entry) in &witness.heard {
            assert_eq!(&history[number], entry, "what was heard is what happened");
        }
    }
    let mut texts: Vec<_> = history.values().filter_map(|entry| said(entry)).collect();
    let all = texts.len();
    texts.sort_unstable();
    texts.dedup();
    assert_eq!(texts.len(), all, "nothing was applied twice");
    assert!(history.keys().copied().eq(1..=history.len() as u64), "the numbers have no holes");
    server.signal("TERM");
    assert!(server.ended().success(), "the server stops cleanly");
    verify(folder.path());
}

/// The journal that was left behind verifies bit for bit.
fn verify(folder: &Path) {
    let verified = Command::new(HOBNOB).arg("replay").arg(folder).arg("--verify").output();
    let verified = verified.expect("the replay runs");
    assert!(verified.status.success(), "the journal verifies:\n{}", String::from_utf8_lossy(&verified.stdout));
}

fn start_writer(writer: u8, addr: String, done: Arc<AtomicBool>) -> std::thread::JoinHandle<Witness> {
    std::thread::spawn(move || {
        let mut witness = Witness { name: format!("Writer{writer}"), next: 1, ..Witness::default() };
        let token = Secret([writer + 1; 16]);
        let mut until = 50;
        loop {
            let finished = witness.talk(&addr, token, until).is_ok();
            if finished && done.load(Ordering::SeqCst) {
                return witness;
            }
            if finished {
                until = witness.next + 50;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    })
}

/// All that the lobby's history has, page by page.
fn whole_history(addr: &str) -> BTreeMap<u64, Arc<Entry>> {
    let mut native = Native::connect(addr).expect("the server is there");
    native.ask(1, Request::Join { nick: "Reader".into(), token: None, avatar: None }).expect("the server listens");
    native.answer(1).expect("the reader is welcome");
    let mut history = BTreeMap::new();
    let (mut number, mut before) = (2, None);
    loop {
        let place = Where::Room("lobby".into());
        native.ask(number, Request::History { place, before, limit: 100 }).expect("the server listens");
        match native.answer(number).expect("a page comes").0 {
            Answer::Page { entries, more } => {
                before = entries.first().map(|entry| entry.number);
                history.extend(entries.into_iter().map(|entry| (entry.number, entry)));
                if !more {
                    return history;
                }
            }
            // Pages are long answers, and only so many are given each second.
            Answer::Refused { .. } => std::thread::sleep(Duration::from_millis(100)),
            other => panic!("neither a page nor a refusal: {other:?}"),
        }
        number += 1;
    }
}

/// Who said what, if the entry is something said.
fn said(entry: &Entry) -> Option<(&str, &str)> {
    match &entry.body {
        Body::Text(text) => Some((entry.nick.as_str(), text.as_str())),
        Body::Attached(_)
        | Body::Joined(_)
        | Body::Left(_)
        | Body::Entered(_)
        | Body::LeftRoom
        | Body::Muted { .. }
        | Body::Unmuted
        | Body::Avatar(_) => None,
    }
}
