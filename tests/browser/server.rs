//! The real server with its pages, as the tests in browsers need it: killed and started again where it was.

use hobnob_tests::browser::{Browser, Page};
use hobnob_tests::process::Process;
use std::fs;
use std::path::{Path, PathBuf};

/// The program that is tested.
pub(crate) const HOBNOB: &str = env!("CARGO_BIN_EXE_hobnob");

/// A running server with a data folder.
pub(crate) struct Server {
    pub(crate) home: tempfile::TempDir,
    process: Process,
    settings: Vec<String>,
    /// Where terminals come.
    pub(crate) addr: String,
    /// Where browsers come.
    pub(crate) pages: String,
    /// The link that opens the monitor.
    pub(crate) monitor: String,
}

impl Server {
    /// Starts a server; `settings` are flags beside the usual ones.
    pub(crate) fn start(settings: &[&str]) -> Self {
        let home = tempfile::tempdir().expect("a folder can be made");
        let settings: Vec<String> = settings.iter().map(ToString::to_string).collect();
        let (process, [addr, pages, monitor]) = run(home.path(), ["127.0.0.1:0", "127.0.0.1:0"], &settings);
        Self { home, process, settings, addr, pages, monitor }
    }

    /// Kills it, as a power failure would, and starts it again where it was.
    pub(crate) fn restart(&mut self, meanwhile: impl FnOnce()) {
        self.process.kill();
        meanwhile();
        (self.process, _) = run(self.home.path(), [&self.addr, &self.pages], &self.settings);
    }

    /// A file beside its data folder.
    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.home.path().join(name);
        fs::write(&path, bytes).expect("a file can be written");
        path
    }

    /// A browser's page that shows the form to come in.
    pub(crate) fn visit(&self, browser: &std::sync::Arc<Browser>) -> Page {
        let page = browser.page();
        page.goto(&format!("http://{}/", self.pages));
        page.wait_for("!document.getElementById('join').hidden");
        page
    }

    /// The monitor in a browser of its own, at one of its views.
    pub(crate) fn watch(&self, view: &str) -> Page {
        let page = Browser::shared().page();
        page.goto(&self.monitor);
        page.wait_for("location.pathname === '/monitor' && document.querySelector('#feed')?.dataset.state === 'live'");
        page.click(&format!("#tab-{view}"));
        page
    }
}

fn run(home: &Path, [addr, pages]: [&str; 2], settings: &[String]) -> (Process, [String; 3]) {
    let data = home.join("data");
    let data = data.to_str().expect("the folder's name is text");
    let mut arguments = vec!["server", "--data", data, "--listen", addr, "--http", pages];
    arguments.extend(settings.iter().map(String::as_str));
    let mut process = Process::start("the server", Path::new(HOBNOB), &arguments);
    let mut next = |before: &str| {
        process.until(before);
        process.until("\n").trim().to_owned()
    };
    let found = [next("listening on "), next("listening for browsers on "), next("monitor at ")];
    (process, found)
}
