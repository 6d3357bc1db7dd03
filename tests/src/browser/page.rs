//! A page of the browser: what a test sees of it, waits for, and hears from its console.
//!
//! An element is named by a CSS selector; behind ` >> ` may stand a text that it contains, or an `aria-label` that it
//! has: `button >> Mute`. The first visible one is meant.

use super::wire::Wire;
use super::{Browser, Context, PATIENCE};
use base64::Engine as _;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// How often a condition is looked at.
const LOOK: Duration = Duration::from_millis(25);
/// Numbers the pictures of what failed.
static FAILURES: AtomicU32 = AtomicU32::new(0);

/// Finds the element that is meant, in the page.
pub(super) const FIND: &str = "(named => { const [css, text] = named.split(' >> '); \
     const seen = it => it.checkVisibility({ visibilityProperty: true }) && it.getClientRects().length > 0; \
     return [...document.querySelectorAll(css)].find(it => (seen(it) || it.matches('input[type=file]')) && \
       (text === undefined || it.textContent.includes(text) || (it.ariaLabel ?? '').includes(text))) ?? null; })";

/// A page. What its console said since it was opened is kept.
#[derive(Debug)]
pub struct Page {
    wire: RefCell<Wire>,
    heard: RefCell<Heard>,
    context: Arc<Context>,
    target: String,
}

/// What a page told by itself.
#[derive(Debug, Default)]
struct Heard {
    /// Messages of the console, exceptions, and what the browser has against the page: a word for the kind, and the text.
    console: Vec<(String, String)>,
    /// The loads that ended.
    loaded: Vec<String>,
    /// Dialogs of the browser that are open: a page of ours has none.
    dialogs: usize,
    crashed: bool,
}

impl Page {
    /// Opens a page in a context.
    pub(super) fn open(browser: &Browser, context: Arc<Context>) -> Self {
        let parameters = json!({ "url": "about:blank", "browserContextId": context.id, "newWindow": true });
        let target = browser.call("Target.createTarget", parameters)["targetId"].as_str().map(str::to_owned);
        let target = target.expect("a page has a name");
        let wire = RefCell::new(Wire::connect(&format!("ws://{}/devtools/page/{target}", browser.host)));
        let page = Self { wire, heard: RefCell::default(), context, target };
        for domain in ["Page", "Runtime", "Log", "DOM"] {
            page.call(&format!("{domain}.enable"), json!({}));
        }
        page.call("Page.setLifecycleEventsEnabled", json!({ "enabled": true }));
        page.call("Emulation.setFocusEmulationEnabled", json!({ "enabled": true }));
        page.desktop();
        page
    }

    /// Another page that has the same cookies and storage: a second tab.
    #[must_use]
    pub fn sibling(&self) -> Self {
        Self::open(&self.context.browser, Arc::clone(&self.context))
    }

    /// Goes to an address and waits until all of it is loaded.
    ///
    /// # Panics
    /// When there is nobody.
    #[track_caller]
    pub fn goto(&self, url: &str) {
        let went = self.call("Page.navigate", json!({ "url": url }));
        if let Some(wrong) = went["errorText"].as_str() {
            self.fail(&format!("{url} cannot be opened: {wrong}"));
        }
        self.await_load(went["loaderId"].as_str().unwrap_or_default(), url);
    }

    /// Loads it again, and waits until all of it is loaded.
    ///
    /// # Panics
    /// When it cannot be loaded.
    #[track_caller]
    pub fn reload(&self) {
        let before = self.heard.borrow().loaded.len();
        self.call("Page.reload", json!({}));
        self.patiently("reload", || {
            self.call("Page.getFrameTree", json!({}));
            self.heard.borrow().loaded.len() > before
        });
    }

    #[track_caller]
    fn await_load(&self, loader: &str, url: &str) {
        self.patiently(&format!("load {url}"), || {
            self.call("Page.getFrameTree", json!({}));
            self.heard.borrow().loaded.iter().any(|loaded| loaded == loader)
        });
    }

    /// What an expression gives; a promise is awaited.
    ///
    /// # Panics
    /// When it throws.
    #[track_caller]
    pub fn eval(&self, expression: &str) -> Value {
        self.try_eval(expression).unwrap_or_else(|wrong| {
            let (start, _) = expression.split_at(expression.floor_char_boundary(400));
            self.fail(&format!("{start}\nthrows {wrong}"))
        })
    }

    /// What an expression gives; a promise is awaited.
    ///
    /// # Errors
    /// What it throws, or that the page went away meanwhile.
    pub fn try_eval(&self, expression: &str) -> Result<Value, String> {
        let parameters =
            json!({ "expression": expression, "awaitPromise": true, "returnByValue": true, "userGesture": true });
        let mut given = self.try_call("Runtime.evaluate", parameters)?;
        match given.get("exceptionDetails") {
            Some(thrown) => Err(exception(thrown)),
            None => Ok(given["result"]["value"].take()),
        }
    }

    /// Waits until an expression gives something true, and gives it; what goes wrong meanwhile counts as "not yet".
    ///
    /// # Panics
    /// When that does not come to be.
    #[track_caller]
    pub fn wait_for(&self, condition: &str) -> Value {
        self.wait_for_up_to(PATIENCE, condition)
    }

    /// Waits like [`Page::wait_for`], with a patience of one's own.
    ///
    /// # Panics
    /// When that does not come to be.
    #[track_caller]
    pub fn wait_for_up_to(&self, patience: Duration, condition: &str) -> Value {
        let from = Instant::now();
        let mut last = Ok(Value::Null);
        while from.elapsed() < patience {
            last = self.try_eval(condition);
            if let Ok(given) = &last
                && !matches!(given, Value::Null | Value::Bool(false))
                && *given != json!(0)
                && *given != json!("")
            {
                return given.clone();
            }
            std::thread::sleep(LOOK);
        }
        self.fail(&format!("it never came to be: {condition}\nat last: {last:?}"))
    }

    /// Waits until a text can be read somewhere on the page.
    ///
    /// # Panics
    /// When it never can.
    #[track_caller]
    pub fn wait_text(&self, text: &str) {
        self.wait_for(&format!("document.body.innerText.includes({})", json!(text)));
    }

    /// The text of an element, as it can be read.
    ///
    /// # Panics
    /// When there is no such element.
    #[track_caller]
    pub fn text(&self, named: &str) -> String {
        let text = self.wait_for(&format!("(it => it && [it.innerText])({FIND}({}))", json!(named)));
        text[0].as_str().unwrap_or_default().to_owned()
    }

    /// A window of 1280 × 800 pixels.
    pub fn desktop(&self) {
        self.metrics(1280, 800, false);
    }

    /// A telephone of 390 × 844 pixels.
    pub fn phone(&self) {
        self.metrics(390, 844, true);
    }

    /// A screen of so many pixels.
    pub fn metrics(&self, width: u32, height: u32, mobile: bool) {
        let parameters = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile });
        self.call("Emulation.setDeviceMetricsOverride", parameters);
        self.call("Emulation.setTouchEmulationEnabled", json!({ "enabled": mobile }));
    }

    /// What the person prefers: `dark` or `light`.
    pub fn color_scheme(&self, scheme: &str) {
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.call("Emulation.setEmulatedMedia", json!({ "features": features }));
    }

    /// Writes a picture of what is in the window into the folder that `HOBNOB_PICTURES` names, if it does: so the
    /// pictures of the documentation are made.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn picture(&self, name: &str) {
        if let Some(folder) = std::env::var_os("HOBNOB_PICTURES") {
            let folder = PathBuf::from(folder);
            std::fs::create_dir_all(&folder).expect("the folder for pictures can be made");
            self.screenshot(&folder.join(format!("{name}.png")));
        }
    }

    /// Writes a picture of what is in the window to a PNG file.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn screenshot(&self, path: &Path) {
        if let Err(wrong) = self.try_screenshot(path) {
            panic!("no picture at {}: {wrong}", path.display());
        }
    }

    fn try_screenshot(&self, path: &Path) -> Result<(), String> {
        let taken = self.try_call("Page.captureScreenshot", json!({ "format": "png" }))?;
        let text = taken["data"].as_str().ok_or("there is no picture")?;
        let bytes = base64::engine::general_purpose::STANDARD.decode(text).map_err(|wrong| wrong.to_string())?;
        std::fs::write(path, bytes).map_err(|wrong| wrong.to_string())
    }

    /// What the console said so far: a word for the kind (`log`, `error`, `exception`, `security`, `network`, …), and
    /// the text.
    #[must_use]
    pub fn console(&self) -> Vec<(String, String)> {
        // What was said before is told before the answer. A page that is gone says nothing more.
        drop(self.try_call("Runtime.evaluate", json!({ "expression": "0" })));
        self.heard.borrow().console.clone()
    }

    /// Checks that the page had no exception, no violation of its security policy, and no error or warning to tell.
    ///
    /// # Panics
    /// When it had.
    #[track_caller]
    pub fn assert_quiet(&self) {
        self.assert_quiet_but(&[]);
    }

    /// Checks like [`Page::assert_quiet`], but for what contains one of these texts: a server that a test kills is
    /// missed by the page.
    ///
    /// # Panics
    /// When something else was said.
    #[track_caller]
    pub fn assert_quiet_but(&self, expected: &[&str]) {
        let loud = |(kind, text): &&(String, String)| {
            !matches!(kind.as_str(), "log" | "info" | "debug" | "verbose")
                && !expected.iter().any(|expected| text.contains(expected))
        };
        let said = self.console();
        let said: Vec<_> = said.iter().filter(loud).collect();
        if !said.is_empty() {
            self.fail(&format!("the page is not quiet: {said:#?}"));
        }
        assert_eq!(self.heard.borrow().dialogs, 0, "a page of ours asks nothing in dialogs of the browser");
    }

    /// Gives up, with all that is known of the page: its console, its text, and a picture.
    ///
    /// # Panics
    /// Always: that is what it is for.
    #[track_caller]
    pub fn fail(&self, what: &str) -> ! {
        let said: String = self.console().iter().map(|(kind, text)| format!("  {kind}: {text}\n")).collect();
        let text = self.try_eval("location.href + '\\n' + document.body?.innerText.slice(0, 2000)");
        let text = text.map_or_else(|wrong| wrong, |text| text.as_str().unwrap_or_default().to_owned());
        let number = FAILURES.fetch_add(1, Ordering::Relaxed);
        let name = format!("hobnob-failed-{}-{number}.png", std::process::id());
        let picture: PathBuf = std::env::temp_dir().join(name);
        let picture = self.try_screenshot(&picture).map_or_else(|wrong| wrong, |()| picture.display().to_string());
        panic!("{what}\n--- the console\n{said}--- the page\n{text}\n--- a picture of it\n{picture}\n---")
    }

    /// Waits until something is so.
    #[track_caller]
    fn patiently(&self, what: &str, mut so: impl FnMut() -> bool) {
        let from = Instant::now();
        while !so() {
            if from.elapsed() > PATIENCE {
                self.fail(&format!("the page does not {what}"));
            }
            std::thread::sleep(LOOK);
        }
    }

    #[track_caller]
    pub(super) fn call(&self, method: &str, parameters: Value) -> Value {
        match self.try_call(method, parameters) {
            Ok(result) => result,
            Err(wrong) => {
                panic!("the page does not {method}: {wrong}\nits console: {:#?}", self.heard.borrow().console)
            }
        }
    }

    fn try_call(&self, method: &str, parameters: Value) -> Result<Value, String> {
        let (mut wire, mut heard) = (self.wire.borrow_mut(), self.heard.borrow_mut());
        let dialogs = heard.dialogs;
        let result = wire.call(method, parameters, |name, told| heard.take(name, told));
        if heard.dialogs > dialogs {
            // Otherwise the page would wait for ever.
            wire.send("Page.handleJavaScriptDialog", json!({ "accept": true }))?;
        }
        if heard.crashed { Err("the page crashed".into()) } else { result }
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        // The browser may have gone first.
        drop(self.try_call("Page.close", json!({ "targetId": self.target })));
    }
}

impl Heard {
    /// Takes an event.
    fn take(&mut self, name: &str, told: &Value) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        match name {
            "Runtime.consoleAPICalled" => {
                let words: Vec<String> = told["args"].as_array().into_iter().flatten().map(spoken).collect();
                self.console.push((text(&told["type"]), words.join(" ")));
            }
            "Runtime.exceptionThrown" => {
                self.console.push(("exception".into(), exception(&told["exceptionDetails"])));
            }
            "Log.entryAdded" => {
                let entry = &told["entry"];
                let kind = match entry["level"].as_str() {
                    Some("verbose" | "info") => "info".into(),
                    _ => text(&entry["source"]),
                };
                let place = entry["url"].as_str().map(|url| format!(" ({url})")).unwrap_or_default();
                self.console.push((kind, text(&entry["text"]) + &place));
            }
            "Page.lifecycleEvent" if told["name"] == "load" => self.loaded.push(text(&told["loaderId"])),
            "Page.javascriptDialogOpening" => {
                self.dialogs += 1;
                self.console.push(("dialog".into(), text(&told["message"])));
            }
            "Inspector.targetCrashed" => self.crashed = true,
            _ => {}
        }
    }
}

/// A value of the console as people read it.
fn spoken(value: &Value) -> String {
    match (&value["value"], value["description"].as_str()) {
        (Value::Null, Some(description)) => description.to_owned(),
        (Value::String(text), _) => text.clone(),
        (other, _) => other.to_string(),
    }
}

/// An exception as people read it.
fn exception(thrown: &Value) -> String {
    let description = thrown["exception"]["description"].as_str().or(thrown["exception"]["value"].as_str());
    let description = description.or(thrown["text"].as_str()).unwrap_or("an exception");
    let place = thrown["url"].as_str().map(|url| format!(" ({url}:{})", thrown["lineNumber"])).unwrap_or_default();
    format!("{description}{place}")
}
