//! Connections that speak in text: what they are told of a busy room, at the gate, and while they are silent.

use super::storage::{journal, stored};
use super::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A connection that knows lines.
struct Lines {
    stream: <SmolWorld as World>::Stream,
    came: String,
}

impl Lines {
    async fn new(world: &SmolWorld, addr: SocketAddr) -> Self {
        let stream = world.connect(&addr.to_string()).await.expect("the server listens");
        Self { stream, came: String::new() }
    }

    async fn send(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).await.expect("the server reads");
    }

    /// The next line; `None` at the end.
    async fn line(&mut self) -> Option<String> {
        let mut bytes = [0; 4096];
        loop {
            if let Some(at) = self.came.find('\n') {
                let rest = self.came.split_off(at + 1);
                let line = std::mem::replace(&mut self.came, rest);
                return Some(line.trim_end().to_owned());
            }
            let count = self.stream.read(&mut bytes).await.unwrap_or(0);
            if count == 0 {
                return None;
            }
            self.came.push_str(std::str::from_utf8(&bytes[..count]).expect("the tests write ASCII"));
        }
    }

    /// Passes over lines until one has this in it.
    async fn until(&mut self, text: &str) -> String {
        loop {
            let line = self.line().await.unwrap_or_else(|| panic!("{text:?} comes before the end"));
            if line.contains(text) {
                return line;
            }
        }
    }
}

fn spoken(settings: ServerSettings, profile: Profile) -> ServerSettings {
    let mut settings = settings;
    settings.listeners[0].profile = profile;
    settings
}

#[test]
fn each_hears_all_that_the_others_said_and_nothing_of_its_own_however_busy_the_room_is() {
    const LINES: usize = 300;
    const NICKS: [&str; 3] = ["ann", "bob", "cid"];
    with_server(spoken(settings(), Profile::tata()), async |world, addr| {
        let mut all = Vec::new();
        for nick in NICKS {
            let mut lines = Lines::new(&world, addr).await;
            lines.send(nick).await;
            lines.until("Welcome").await;
            all.push(lines);
        }
        for (lines, nick) in all.iter_mut().zip(NICKS) {
            let said: String = (0..LINES).map(|number| format!("<{nick} {number}>\n")).collect();
            lines.send(&said).await;
        }
        let mut orders = Vec::new();
        for (lines, nick) in all.iter_mut().zip(NICKS) {
            let mut heard = Vec::new();
            while heard.len() < LINES * (NICKS.len() - 1) {
                let line = lines.until("<").await;
                heard.push(line.split('<').nth(1).expect("it was said between brackets").to_owned());
            }
            for other in NICKS {
                let said = heard.iter().filter(|line| line.starts_with(other));
                let wanted: Vec<String> = (0..LINES).map(|number| format!("{other} {number}>")).collect();
                assert!(other == nick || said.eq(&wanted), "{nick} hears {other} once and in order");
            }
            assert!(!heard.iter().any(|line| line.starts_with(nick)), "{nick} hears nothing of its own");
            orders.push(heard);
        }
        let of_cid = |heard: &[String]| heard.iter().filter(|l| l.starts_with("cid")).cloned().collect::<Vec<_>>();
        assert_eq!(of_cid(&orders[0]), of_cid(&orders[1]));
    });
}

#[test]
fn who_speaks_text_is_refused_in_its_own_words_while_nothing_can_be_kept() {
    let (world, folder) = (SmolWorld::new(), tempfile::tempdir().expect("a temporary folder can be made"));
    let full = Arc::new(AtomicBool::new(false));
    world.run(async {
        let settings = spoken(stored(), Profile::open());
        let server = serve(world.clone(), journal(folder.path(), &full), settings).await.expect("the server starts");
        let addr = server.addrs()[0];
        let mut ann = Lines::new(&world, addr).await;
        ann.send("server:register Ann").await;
        assert_eq!(ann.line().await.as_deref(), Some("Registered as Ann."));
        full.store(true, Ordering::SeqCst);
        ann.send("Bob:held, for nobody knows of the disk yet").await;
        world.sleep_until(world.now() + Duration::from_millis(200)).await;
        ann.send("Bob:refused").await;
        let refused = ann.until("ERROR").await;
        assert!(refused.contains(No::StorageFull.meaning()), "{refused}");
        let mut bob = Lines::new(&world, addr).await;
        bob.send("login Bob").await;
        assert_eq!(bob.line().await.as_deref(), Some("RESPONSE failure"), "newcomers too, when their dialect shows");
        assert_eq!(bob.line().await, None, "and they are sent away");
        full.store(false, Ordering::SeqCst);
        ann.until("Bob is offline; the message is stored.").await;
        ann.send("server:who").await;
        ann.until("Active users: Ann").await;
        server.stop();
        server.ended().await.expect("the journal can be closed");
    });
}

#[test]
fn who_has_no_word_for_a_sign_of_life_is_not_idle_while_connected() {
    let mut settings = spoken(settings(), Profile::messenger());
    settings.config.limits.idle_ms = 100;
    with_server(settings, async |world, addr| {
        let mut ann = Lines::new(&world, addr).await;
        ann.send("server:register Ann").await;
        ann.until("Registered").await;
        world.sleep_until(world.now() + Duration::from_millis(2_500)).await;
        ann.send("server:who").await;
        assert_eq!(ann.line().await.as_deref(), Some("Active users: Ann"), "it was told nothing meanwhile");
    });
}

#[test]
fn an_answer_does_not_overtake_what_was_said_before_it() {
    const LINES: usize = 20;
    let mut settings = spoken(settings(), Profile::classroom());
    (settings.config.limits.say_burst, settings.config.limits.say_per_second) = (10, 1);
    with_server(settings, async |world, addr| {
        let mut ann = Lines::new(&world, addr).await;
        ann.send(r#"{"JOIN_REQUEST_FLAG": 1, "USERNAME": "Ann"}"#).await;
        ann.until("Ann joined the chatroom.").await;
        // They come in one piece, so that the server takes them in one turn.
        let said = |number| format!(r#"{{"PAYLOAD": "<m{number}>"}}"#);
        ann.send(&(0..LINES).map(said).collect::<String>()).await;
        let mut lines = Vec::new();
        // Between the echoes and the refusals all hear of the mute.
        while lines.len() <= LINES {
            lines.push(ann.line().await.expect("every line is echoed or refused"));
        }
        let refused = lines.iter().position(|line| line.contains("You are muted")).expect("this is a flood");
        let echoed = lines.iter().rposition(|line| line.contains("<m")).expect("its beginning is no flood");
        assert!(echoed < refused, "what was taken is echoed before the rest is refused: {lines:#?}");
    });
}
