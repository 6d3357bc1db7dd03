//! A person at a terminal: what is typed at the real program, and what its screen shows.
//!
//! A screen is compared as a whole, byte for byte but for blanks at the ends of lines; times of day and ports differ
//! from run to run and are compared by their form. Pseudo-terminals are a thing of Unix.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

/// How long anything may take before a test gives up; far more than it ever should.
const PATIENCE: Duration = Duration::from_secs(30);
/// A screen that holds a whole dialogue.
const ROWS: u16 = 120;
const COLUMNS: u16 = 110;

/// What a terminal has been sent.
struct Sent {
    screen: vt100::Parser,
    raw: String,
    ended: bool,
}

/// Somebody who sits at a terminal. The program is killed when the test drops it.
pub struct Person {
    name: &'static str,
    child: Child,
    keyboard: File,
    sent: Arc<(Mutex<Sent>, Condvar)>,
    /// What the screen should show above the line that is being typed.
    above: String,
    /// What should stand before that line.
    prompt: String,
}

impl Person {
    /// Starts a program at a terminal of its own, without colour where `environment` says nothing else.
    ///
    /// # Panics
    /// When there are no terminals, or it cannot be started.
    pub fn sit_down(name: &'static str, program: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let size = nix::pty::Winsize { ws_row: ROWS, ws_col: COLUMNS, ws_xpixel: 0, ws_ypixel: 0 };
        let ends = nix::pty::openpty(Some(&size), None).expect("there are pseudo-terminals");
        let copy = || Stdio::from(ends.slave.try_clone().expect("a descriptor can be copied"));
        let mut command = Command::new(program);
        command.args(arguments).env_remove("RUST_LOG").env("TERM", "xterm").env("TZ", "UTC").env("NO_COLOR", "1");
        for foreign in ["COLORTERM", "KITTY_WINDOW_ID", "STY", "TERM_PROGRAM", "TMUX"] {
            command.env_remove(foreign);
        }
        command.envs(environment.iter().copied());
        let child = command.stdin(copy()).stdout(copy()).stderr(copy()).spawn().expect("the program can be started");
        let keyboard = File::from(ends.master);
        let screen = vt100::Parser::new(ROWS, COLUMNS, 0);
        let sent = Arc::new((Mutex::new(Sent { screen, raw: String::new(), ended: false }), Condvar::new()));
        follow(keyboard.try_clone().expect("a descriptor can be copied"), Arc::clone(&sent));
        Self { name, child, keyboard, sent, above: String::new(), prompt: String::new() }
    }

    /// Types a line, when the screen is as it should be and a line is awaited: what is typed before that, the terminal
    /// shows by itself, too.
    ///
    /// # Panics
    /// When the screen is not, and does not get, as it should be.
    pub fn types(&mut self, line: &str) {
        self.is_shown();
        self.says(line);
        self.above += &format!("{}{line}\n", self.prompt);
        self.prompt.clear();
    }

    /// Types a line, when one is awaited, whatever the screen shows.
    ///
    /// # Panics
    /// When none is.
    pub fn says(&mut self, line: &str) {
        self.is_asked();
        self.presses(&format!("{line}\r"));
    }

    /// Presses these keys, whether they are awaited or not.
    ///
    /// # Panics
    /// When the terminal is gone.
    pub fn presses(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).expect("the terminal takes what is typed");
    }

    /// Kills the program at once.
    ///
    /// # Panics
    /// When it cannot be killed.
    pub fn kill(&mut self) {
        self.child.kill().expect("a child can be killed");
    }

    fn is_asked(&self) {
        let reads = |sent: &Sent| sent.raw.rfind("\u{1b}[?2004h") > sent.raw.rfind("\u{1b}[?2004l");
        self.wait(reads, |sent| format!("{} is not asked for a line: {:?}", self.name, sent.raw));
    }

    /// What the screen should show next, and what stands before the next line.
    ///
    /// # Panics
    /// When it does not get so.
    pub fn sees(&mut self, lines: &[&str], prompt: &str) {
        lines.iter().for_each(|line| self.above += &format!("{line}\n"));
        self.prompt = prompt.to_owned();
        self.is_shown();
    }

    /// Something more comes, while the same line is awaited.
    ///
    /// # Panics
    /// When it does not get so.
    pub fn hears(&mut self, lines: &[&str]) {
        let prompt = std::mem::take(&mut self.prompt);
        self.sees(lines, &prompt);
    }

    /// Waits until the screen shows what it should.
    ///
    /// # Panics
    /// When it does not get so.
    pub fn is_shown(&self) {
        let wanted = trimmed(&format!("{}{}", self.above, self.prompt));
        let shown = |sent: &Sent| formal(&trimmed(&sent.screen.screen().contents()));
        self.wait(
            |sent| shown(sent) == wanted,
            |sent| format!("{} should see\n{wanted}\n--- and sees\n{}\n---", self.name, shown(sent)),
        );
    }

    /// All that the terminal was sent, when this is part of it.
    ///
    /// # Panics
    /// When it is not.
    pub fn raw(&self, part: &str) -> String {
        self.wait(
            |sent| sent.raw.contains(part),
            |sent| format!("{} was never sent {part:?}: {:?}", self.name, sent.raw),
        );
        self.sent.0.lock().expect("no reader panics").raw.clone()
    }

    /// Waits until the program has ended by itself, and well.
    ///
    /// # Panics
    /// When it does not end, or not well.
    pub fn is_gone(&mut self) {
        self.wait(|sent| sent.ended, |sent| format!("{} does not end: {:?}", self.name, sent.raw));
        assert!(self.child.wait().expect("a child can be waited for").success(), "{} ends well", self.name);
    }

    /// Looks at the screen until it is as it should be.
    ///
    /// # Panics
    /// When it does not get so.
    pub fn looks(&self, wanted: &str, there: impl Fn(&vt100::Screen) -> bool) {
        self.wait(
            |sent| there(sent.screen.screen()),
            |sent| format!("{} should see {wanted}, and sees\n{}\n---", self.name, sent.screen.screen().contents()),
        );
    }

    fn wait(&self, there: impl Fn(&Sent) -> bool, wrong: impl Fn(&Sent) -> String) {
        let (sent, more) = &*self.sent;
        let guard = sent.lock().expect("no reader panics");
        let (guard, late) = more.wait_timeout_while(guard, PATIENCE, |sent| !there(sent)).expect("no reader panics");
        if late.timed_out() {
            let wrong = wrong(&guard);
            drop(guard);
            panic!("{wrong}");
        }
    }
}

impl Drop for Person {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Draws what a terminal is sent. At the end of its program, reading it fails.
fn follow(mut terminal: File, sent: Arc<(Mutex<Sent>, Condvar)>) {
    std::thread::spawn(move || {
        let mut bytes = [0; 4096];
        loop {
            let read = terminal.read(&mut bytes).unwrap_or(0);
            let mut guard = sent.0.lock().expect("no waiter panics with the lock");
            guard.screen.process(&bytes[..read]);
            guard.raw += &String::from_utf8_lossy(&bytes[..read]);
            guard.ended = read == 0;
            sent.1.notify_all();
            if read == 0 {
                return;
            }
        }
    });
}

/// Without blanks at the ends of lines, and without empty lines at the end.
fn trimmed(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n").trim_end().to_owned()
}

/// With `[time]` for times of day, `(date time)` for the time of a late message, and `N` for ports.
///
/// # Panics
/// Never: the patterns are right.
pub fn formal(text: &str) -> String {
    let time = regex::Regex::new(r"\[\d\d:\d\d:\d\d\]").expect("a pattern");
    let late = regex::Regex::new(r"\(sent \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\)").expect("a pattern");
    let port = regex::Regex::new(r"port: \d+\.").expect("a pattern");
    let text = time.replace_all(text, "[time]");
    let text = late.replace_all(&text, "(sent date time)");
    port.replace_all(&text, "port: N.").into_owned()
}
