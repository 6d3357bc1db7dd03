//! A real browser for the tests: Debian's Chromium without a screen, driven over its DevTools protocol.
//!
//! One process of it serves all tests that run at a time; each page has a context of its own, with its own cookies and
//! storage. The client of the protocol is ours and small: the crates that drive Chromium either bring a foreign async
//! runtime, or (`headless_chrome`) a second tungstenite, a generated file of the whole protocol that takes as long to
//! build as all of Hobnob, and one context for all. The messages are JSON on a websocket, and tungstenite is here anyway.

mod axe;
mod chromium;
mod input;
mod page;
mod wire;

pub use page::Page;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;
use tempfile::TempDir;
use wire::Wire;

/// How long anything may take before a test gives up; far more than it ever should.
const PATIENCE: Duration = Duration::from_secs(30);

/// What Chromium is started with: nothing that phones home, nothing that slows down a page nobody looks at.
const FLAGS: &[&str] = &[
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--disable-breakpad",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-features=Translate,MediaRouter,OptimizationHints",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
    "--mute-audio",
    "--password-store=basic",
    "--use-mock-keychain",
    "--lang=en-GB",
    "--remote-debugging-port=0",
];

/// The browser of the tests that run.
static SHARED: Mutex<Weak<Browser>> = Mutex::new(Weak::new());

/// A running browser. It is killed, with its children and its profile, when the last page of it is dropped.
#[derive(Debug)]
pub struct Browser {
    child: Child,
    /// Where its DevTools listen: host and port.
    host: String,
    wire: Mutex<Wire>,
    /// All that it complained of, until it told where it listens and after.
    complaints: Arc<Mutex<String>>,
    /// The folder of its profile.
    profile: Option<TempDir>,
}

impl Browser {
    /// The browser of the tests that run; the first that asks starts it, and the last that drops it ends it.
    ///
    /// # Panics
    /// When there is no Chromium and none can be installed, or it does not start.
    pub fn shared() -> Arc<Self> {
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            let started = Arc::new(Self::start());
            *shared = Arc::downgrade(&started);
            started
        })
    }

    /// Starts a browser of one's own.
    ///
    /// # Panics
    /// When there is no Chromium and none can be installed, or it does not start.
    pub fn start() -> Self {
        let program = chromium::find_or_install();
        let profile =
            tempfile::Builder::new().prefix("hobnob-browser-").tempdir().expect("there is a temporary folder");
        let mut command = Command::new(&program);
        command.args(FLAGS).arg(format!("--user-data-dir={}", profile.path().display())).arg("about:blank");
        command.env("TZ", "UTC").env("LANG", "en_GB.UTF-8");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        // A group of its own, so that all its children end with it.
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child =
            command.spawn().unwrap_or_else(|wrong| panic!("{} cannot be started: {wrong}", program.display()));
        let complaints = Arc::new(Mutex::new(String::new()));
        let told = follow(&mut child, &complaints);
        let Ok(url) = told.recv_timeout(PATIENCE) else {
            let said = complaints.lock().unwrap_or_else(PoisonError::into_inner).clone();
            kill_all(&mut child);
            panic!("{} never told where its DevTools listen:\n{said}", program.display())
        };
        let host = url.trim_start_matches("ws://").split('/').next().expect("an address has a first part").to_owned();
        let wire = Mutex::new(Wire::connect(&url));
        Self { child, host, wire, complaints, profile: Some(profile) }
    }

    /// A new page in a context of its own: no cookies, no storage, 1280 × 800 pixels.
    ///
    /// # Panics
    /// When the browser is gone.
    pub fn page(self: &Arc<Self>) -> Page {
        let made = self.call("Target.createBrowserContext", serde_json::json!({ "disposeOnDetach": true }));
        let context = made["browserContextId"].as_str().expect("a context has a name").to_owned();
        Page::open(self, Arc::new(Context { browser: Arc::clone(self), id: context }))
    }

    /// Asks the browser itself.
    fn call(&self, method: &str, parameters: serde_json::Value) -> serde_json::Value {
        let mut wire = self.wire.lock().unwrap_or_else(PoisonError::into_inner);
        wire.call(method, parameters, |_, _| {}).unwrap_or_else(|wrong| {
            let said = self.complaints.lock().unwrap_or_else(PoisonError::into_inner);
            panic!("the browser does not {method}: {wrong}\n{said}")
        })
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        kill_all(&mut self.child);
        // A child that is just ending may still write into the folder.
        if let Some(profile) = self.profile.take().map(TempDir::keep) {
            for _ in 0..50 {
                if std::fs::remove_dir_all(&profile).is_ok() || !profile.exists() {
                    break;
                }
                std::thread::sleep(Duration::from_millis(20));
            }
        }
    }
}

/// What pages share: cookies and storage.
#[derive(Debug)]
struct Context {
    browser: Arc<Browser>,
    id: String,
}

impl Drop for Context {
    fn drop(&mut self) {
        let parameters = serde_json::json!({ "browserContextId": self.id });
        let mut wire = self.browser.wire.lock().unwrap_or_else(PoisonError::into_inner);
        // The browser may have gone first.
        drop(wire.call("Target.disposeBrowserContext", parameters, |_, _| {}));
    }
}

/// Collects the complaints of the browser, and tells the address of its DevTools as soon as it stands there.
fn follow(child: &mut Child, complaints: &Arc<Mutex<String>>) -> Receiver<String> {
    let (tell, told) = channel();
    let stderr = child.stderr.take().expect("its complaints are piped");
    let complaints = Arc::clone(complaints);
    std::thread::spawn(move || {
        for line in BufReader::new(stderr).lines().map_while(Result::ok) {
            if let Some((_, url)) = line.split_once("DevTools listening on ") {
                // Nobody may listen: the test gave up.
                drop(tell.send(url.trim().to_owned()));
            }
            let mut said = complaints.lock().unwrap_or_else(PoisonError::into_inner);
            if said.len() < 64 << 10 {
                said.push_str(&line);
                said.push('\n');
            }
        }
    });
    told
}

/// Kills the browser and all that it started.
fn kill_all(child: &mut Child) {
    // The group has the number of its first process; who is gone already need not be killed.
    drop(Command::new("kill").args(["-KILL", "--", &format!("-{}", child.id())]).stderr(Stdio::null()).status());
    drop(child.kill());
    drop(child.wait());
}
