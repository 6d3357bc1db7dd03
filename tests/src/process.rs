//! Runs the real binary and talks to it: what it prints is waited for, never slept for.
//!
//! Every wait has a bound, and a wait in vain shows all that the process printed.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

/// How long anything may take before a test gives up; far more than it ever should.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a process has printed so far, and whether it may print more.
#[derive(Debug, Default)]
struct Printed {
    text: Mutex<(String, bool)>,
    more: Condvar,
}

/// A running process of a test. It is killed when the test drops it.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    stdin: Option<ChildStdin>,
    out: Arc<Printed>,
    err: Arc<Printed>,
    /// Up to where its output has been waited for.
    seen: usize,
}

impl Process {
    /// Starts a program; `name` is what the test calls it.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn start(name: &str, program: &Path, arguments: &[&str]) -> Self {
        let mut command = Command::new(program);
        command.args(arguments).env_remove("RUST_LOG").env("TZ", "UTC").env("NO_COLOR", "1");
        // No server of a test takes a port that nobody named.
        command.env("HOBNOB_WS", "off").env("HOBNOB_HTTP", "off");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child =
            command.spawn().unwrap_or_else(|wrong| panic!("{name}: {} cannot be started: {wrong}", program.display()));
        let stdin = child.stdin.take();
        let out = follow(child.stdout.take().expect("its output is piped"));
        let err = follow(child.stderr.take().expect("its complaints are piped"));
        Self { name: name.into(), child, stdin, out, err, seen: 0 }
    }

    /// Types a line.
    ///
    /// # Panics
    /// When it does not take input any more.
    pub fn type_line(&mut self, line: &str) {
        let stdin = self.stdin.as_mut().unwrap_or_else(|| panic!("{}: its input was ended", self.name));
        let typed = stdin.write_all(format!("{line}\n").as_bytes()).and_then(|()| stdin.flush());
        typed.unwrap_or_else(|wrong| panic!("{}: cannot type {line:?}: {wrong}\n{}", self.name, self.transcript()));
    }

    /// Ends its input.
    pub fn end_input(&mut self) {
        self.stdin = None;
    }

    /// Waits until it has printed a text, and gives all that it printed since the last wait, up to that text.
    ///
    /// # Panics
    /// When the text does not come.
    pub fn until(&mut self, text: &str) -> String {
        let from = self.seen;
        let found = wait(&self.out, |printed| printed[from..].find(text).map(|at| from + at + text.len()));
        let Some(end) = found else {
            panic!("{} never printed {text:?} after this:\n{}", self.name, self.transcript())
        };
        self.seen = end;
        self.out.text.lock().expect("no reader panics").0[from..end].to_owned()
    }

    /// Waits until a server or a relay listens, and gives the address that it printed.
    ///
    /// # Panics
    /// When it does not come to that.
    pub fn listens(&mut self) -> String {
        self.until("listening on ");
        self.until("\n").trim().to_owned()
    }

    /// Waits until it has printed all of these texts, in whatever order.
    ///
    /// # Panics
    /// When one does not come.
    pub fn until_all(&mut self, texts: &[&str]) {
        let from = self.seen;
        let ends = texts.iter().map(|text| {
            self.seen = from;
            self.until(text);
            self.seen
        });
        self.seen = ends.max().unwrap_or(from);
    }

    /// Waits until it has complained with a text, and gives the whole line.
    ///
    /// # Panics
    /// When the complaint does not come.
    pub fn complaint(&mut self, text: &str) -> String {
        let line = wait(&self.err, |printed| printed.lines().find(|line| line.contains(text)).map(str::to_owned));
        line.unwrap_or_else(|| panic!("{} never complained {text:?}:\n{}", self.name, self.transcript()))
    }

    /// All that it printed so far.
    ///
    /// # Panics
    /// Never: no reader panics.
    pub fn printed(&self) -> String {
        self.out.text.lock().expect("no reader panics").0.clone()
    }

    /// Waits until it has ended.
    ///
    /// # Panics
    /// When it does not end.
    pub fn ended(&mut self) -> ExitStatus {
        self.stdin = None;
        let ended = wait(&self.out, |_| None::<()>);
        debug_assert!(ended.is_none(), "only the end of its output is waited for");
        for _ in 0..PATIENCE.as_millis() / 10 {
            if let Some(status) = self.child.try_wait().expect("a child can be waited for") {
                return status;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("{} does not end:\n{}", self.name, self.transcript())
    }

    /// Kills it at once, as a power failure would.
    ///
    /// # Panics
    /// When it cannot be killed.
    pub fn kill(&mut self) {
        self.child.kill().expect("a child can be killed");
        self.child.wait().expect("a killed child ends");
    }

    /// Sends it a signal, such as `TERM`.
    ///
    /// # Panics
    /// When there is no `kill` command.
    pub fn signal(&self, signal: &str) {
        let status = Command::new("kill").args([&format!("-{signal}"), &self.id().to_string()]).status();
        assert!(status.expect("there is a kill command").success(), "{} takes signals", self.name);
    }

    /// Its process number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// All that it printed and complained, for people.
    fn transcript(&self) -> String {
        let (out, err) = (self.printed(), self.err.text.lock().expect("no reader panics").0.clone());
        format!("--- it printed\n{out}\n--- it complained\n{err}\n---")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Collects what comes out of a pipe.
fn follow(mut pipe: impl Read + Send + 'static) -> Arc<Printed> {
    let printed = Arc::new(Printed::default());
    let collected = Arc::clone(&printed);
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let mut chunk = [0; 4096];
        loop {
            let read = pipe.read(&mut chunk).unwrap_or(0);
            bytes.extend_from_slice(&chunk[..read]);
            let mut text = collected.text.lock().expect("no waiter panics with the lock");
            // A character may be cut in two by the pipe: what is whole counts.
            let whole = std::str::from_utf8(&bytes).map_or_else(|cut| cut.valid_up_to(), str::len);
            text.0.push_str(&String::from_utf8_lossy(&bytes[..whole]));
            bytes.drain(..whole);
            text.1 = read == 0;
            collected.more.notify_all();
            if read == 0 {
                return;
            }
        }
    });
    printed
}

/// Waits until something is found in what was printed; `None` when it ended, or patience did, without it.
fn wait<T>(printed: &Printed, find: impl Fn(&str) -> Option<T>) -> Option<T> {
    let mut text = printed.text.lock().expect("no reader panics");
    loop {
        if let Some(found) = find(&text.0) {
            return Some(found);
        }
        if text.1 {
            return None;
        }
        let (more, late) = printed.more.wait_timeout(text, PATIENCE).expect("no reader panics");
        if late.timed_out() {
            return None;
        }
        text = more;
    }
}
