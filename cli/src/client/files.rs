//! Files that the user sends, and those that come: reads them, writes them, and shows how far they are.
//!
//! Owns what is on the disk. What is asked of the server, and what an answer means, the machine's [`Upload`] and
//! [`Download`] say. Nothing incomplete is left behind, and nothing is written over.

use hobnob_machine::{Download, DownloadStep, Shown, Upload, UploadStep, When};
use hobnob_runtime::Intent;
use hobnob_runtime::files::{Digesting, settle};
use hobnob_spec::files::{Bytes, FileName};
use hobnob_spec::messages::{Attached, Body, Past, Request, Where};
use hobnob_spec::names::Nick;
use hobnob_spec::session::No;
use indicatif::{InMemoryTerm, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::collections::VecDeque;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How many files may wait to be fetched; what comes then is named and not fetched.
const WAITING_MAX: usize = 256;
/// How large a file is fetched without being asked for, in bytes.
const FETCHED_BYTES_MAX: u64 = 64 << 20;
/// A file of fewer bytes has no bar.
const BAR_BYTES_MIN: u64 = 256 << 10;
/// How many times a bar is drawn on the way.
const BARS: u64 = 4;
/// How long to wait, in milliseconds, when the link has no place for more.
const CROWDED_MS: u64 = 200;

/// Where files go, and whether anybody watches.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    /// Where what comes is kept; `None` where nothing is fetched.
    pub(super) folder: Option<PathBuf>,
    /// Whether a person sees the screen.
    pub(super) watched: bool,
}

/// All files under way.
pub(super) struct Files {
    settings: Settings,
    sending: Vec<Sending>,
    fetching: Option<Fetching>,
    waiting: VecDeque<Attached>,
    /// How long to wait before asking on.
    pause_ms: u64,
    /// The user's own nick: nobody fetches what is their own.
    me: Option<Nick>,
    /// What is to be printed, line by line.
    pub(super) lines: Vec<String>,
    /// What is wished for.
    pub(super) intents: VecDeque<Intent>,
}

struct Sending {
    name: String,
    to: Where,
    file: File,
    upload: Upload,
    bar: Option<Bar>,
    over: bool,
}

struct Fetching {
    attached: Attached,
    part: PathBuf,
    file: File,
    digesting: Digesting,
    download: Download,
    bar: Option<Bar>,
}

/// A bar that is printed line by line, for the line below is being typed in.
struct Bar {
    term: InMemoryTerm,
    bar: ProgressBar,
    drawn: u64,
}

impl Files {
    pub(super) fn new(settings: Settings) -> Self {
        Self {
            settings,
            sending: Vec::new(),
            fetching: None,
            waiting: VecDeque::new(),
            pause_ms: 0,
            me: None,
            lines: Vec::new(),
            intents: VecDeque::new(),
        }
    }

    /// Whether nothing is under way.
    pub(super) fn idle(&self) -> bool {
        self.sending.is_empty() && self.fetching.is_none() && self.waiting.is_empty()
    }

    /// How long to wait before [`Files::resume`].
    pub(super) fn pause(&self) -> Option<Duration> {
        (self.pause_ms > 0).then(|| Duration::from_millis(self.pause_ms))
    }

    /// The pause is over.
    pub(super) fn resume(&mut self) {
        self.pause_ms = 0;
        self.go_on();
    }

    /// Sends a file.
    pub(super) fn send(&mut self, to: Where, path: &str) {
        let path = path.trim().trim_matches(['"', '\'']);
        match open(Path::new(path)) {
            Ok((name, file, size, digest)) => {
                let media = mime_guess::from_path(&name).first_or_octet_stream().to_string();
                let bar = self.bar("Sending", &name, size);
                let upload = Upload::new(to.clone(), name.clone(), media, size, digest);
                self.sending.push(Sending { name, to, file, upload, bar, over: false });
                self.go_on();
            }
            Err(error) => self.lines.push(format!("Not sent: {path}: {error}.")),
        }
    }

    /// Takes what the link shows, and says whether it was about a file alone.
    pub(super) fn shown(&mut self, shown: &Shown) -> bool {
        let about_file = match shown {
            Shown::Welcome { nick, .. } | Shown::Back { nick, .. } => {
                self.me = Some(nick.clone());
                false
            }
            Shown::Entry { entry, when: When::Live | When::Past(Past::Missed | Past::Late), .. } => {
                if let (Body::Attached(attached), true) = (&entry.body, Some(&entry.nick) != self.me.as_ref()) {
                    self.fetch(attached);
                }
                false
            }
            Shown::Answer { request, answer } if is_file(request) => {
                self.answered(request, answer);
                true
            }
            Shown::TooMany { request } if is_file(request) => {
                self.given_back(request, None);
                true
            }
            Shown::Unsent { request } if is_file(request) => {
                self.given_back(request, Some("it was not sent"));
                true
            }
            Shown::Unsure { request } if is_file(request) => {
                self.given_back(request, Some("it is not known whether it arrived"));
                true
            }
            Shown::Out => {
                self.drop_all();
                false
            }
            _ => false,
        };
        self.go_on();
        about_file
    }

    fn answered(&mut self, request: &Request, answer: &hobnob_spec::messages::Answer) {
        if let Some(at) = self.sending.iter().position(|sending| sending.upload.asked(request)) {
            match self.sending[at].upload.answered(answer) {
                UploadStep::Pause(ms) => self.pause_ms = ms,
                UploadStep::Arrived { .. } => self.arrived(at),
                UploadStep::Refused(no) => self.not_sent(at, no.meaning()),
                UploadStep::Wait | UploadStep::Offer | UploadStep::Chunk { .. } => {}
            }
        } else if let Some(fetching) = self.fetching.as_mut().filter(|fetching| fetching.download.asked(request)) {
            match fetching.download.answered(answer) {
                DownloadStep::Pause(ms) => self.pause_ms = ms,
                DownloadStep::Write(bytes) => {
                    fetching.digesting.update(&bytes.0);
                    if let Err(error) = fetching.file.write_all(&bytes.0) {
                        self.not_fetched(&error.to_string());
                    }
                }
                DownloadStep::Refused(no) => self.not_fetched(no.meaning()),
                DownloadStep::Wait | DownloadStep::Ask(_) | DownloadStep::Complete => {}
            }
        }
    }

    /// A request was not taken: it is asked again later, or is over with the reason.
    fn given_back(&mut self, request: &Request, why: Option<&str>) {
        let at = self.sending.iter().position(|sending| sending.upload.asked(request));
        let again = hobnob_spec::messages::Answer::Refused { no: No::AsksTooFast, wait_ms: Some(CROWDED_MS) };
        match (at, why) {
            (Some(at), Some(why)) => self.not_sent(at, why),
            (_, None) => self.answered(request, &again),
            (None, Some(why)) => {
                if self.fetching.as_ref().is_some_and(|fetching| fetching.download.asked(request)) {
                    self.not_fetched(why);
                }
            }
        }
    }

    /// Asks what can be asked.
    fn go_on(&mut self) {
        if self.pause_ms > 0 {
            return;
        }
        let mut broken = None;
        for (at, sending) in self.sending.iter_mut().enumerate() {
            loop {
                let request = match sending.upload.step() {
                    UploadStep::Offer => sending.upload.offer().clone(),
                    UploadStep::Chunk { transfer, offset, len } => match read(&mut sending.file, offset, len) {
                        Ok(bytes) => Request::Chunk { transfer, offset, bytes },
                        Err(error) => {
                            broken = Some((at, error.to_string()));
                            sending.over = true;
                            Request::Cancel { transfer }
                        }
                    },
                    UploadStep::Wait | UploadStep::Pause(_) | UploadStep::Arrived { .. } | UploadStep::Refused(_) => {
                        break;
                    }
                };
                self.intents.push_back(Intent::Ask(request));
                if sending.over {
                    break;
                }
            }
            let (there, size) = sending.upload.progress();
            self.lines.extend(sending.bar.as_mut().and_then(|bar| bar.draw(there, size)));
        }
        if let Some((at, error)) = broken {
            self.not_sent(at, &error);
        }
        self.go_on_fetching();
    }

    fn go_on_fetching(&mut self) {
        if self.fetching.is_none()
            && let Some(attached) = self.waiting.pop_front()
        {
            match self.open_part(&attached) {
                Ok((part, file)) => {
                    let download = Download::new(attached.file, attached.size, 0);
                    let bar = self.bar("Fetching", attached.name.as_str(), attached.size);
                    let digesting = Digesting::default();
                    self.fetching = Some(Fetching { attached, part, file, digesting, download, bar });
                }
                Err(error) => self.lines.push(format!("Not fetched: {}: {error}.", attached.name)),
            }
        }
        let Some(fetching) = &mut self.fetching else { return };
        let step = fetching.download.step();
        let (there, size) = fetching.download.progress();
        self.lines.extend(fetching.bar.as_mut().and_then(|bar| bar.draw(there, size)));
        match step {
            DownloadStep::Ask(request) => self.intents.push_back(Intent::Ask(request)),
            DownloadStep::Complete => self.complete(),
            DownloadStep::Wait | DownloadStep::Pause(_) | DownloadStep::Write(_) | DownloadStep::Refused(_) => {}
        }
    }

    /// Takes note of a file that was sent.
    fn fetch(&mut self, attached: &Attached) {
        if self.settings.folder.is_none() {
            return;
        }
        if attached.size > FETCHED_BYTES_MAX || self.waiting.len() >= WAITING_MAX {
            return self.lines.push(format!("Not fetched: {}: it is too large, or too many wait.", attached.name));
        }
        self.waiting.push_back(attached.clone());
    }

    /// A file of its own for what comes.
    fn open_part(&self, attached: &Attached) -> io::Result<(PathBuf, File)> {
        let folder = self.settings.folder.as_ref().expect("only with a folder anything is fetched");
        fs::create_dir_all(folder)?;
        for number in 1..1_000 {
            let name = if number == 1 { attached.name.to_string() } else { attached.name.numbered(number) };
            let path = folder.join(format!("{name}.part"));
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => return Ok((path, file)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::Error::other("too many files of this name are incomplete"))
    }

    /// All bytes are there: compares them, and gives the file its name.
    fn complete(&mut self) {
        let Some(Fetching { attached, part, file, digesting, .. }) = self.fetching.take() else { return };
        let folder = self.settings.folder.clone().unwrap_or_default();
        let kept = if digesting.digest() == attached.digest {
            drop(file);
            settle(&part, &folder, &attached.name)
        } else {
            Err(io::Error::other(No::FileDamaged.meaning()))
        };
        match kept {
            Ok(name) => self.lines.push(format!("({} is in {}.)", attached.name, folder.join(name).display())),
            Err(error) => {
                drop(fs::remove_file(&part));
                self.lines.push(format!("Not fetched: {}: {error}.", attached.name));
            }
        }
    }

    fn arrived(&mut self, at: usize) {
        let Sending { name, to, .. } = self.sending.remove(at);
        match to {
            Where::Room(_) => self.lines.push(format!("({name} arrived.)")),
            Where::With(nick) => self.lines.push(format!("({name} arrived, for {nick} alone.)")),
        }
    }

    fn not_sent(&mut self, at: usize, why: &str) {
        let Sending { name, .. } = self.sending.remove(at);
        self.lines.push(format!("Not sent: {name}: {}.", why.trim_end_matches('.')));
    }

    fn not_fetched(&mut self, why: &str) {
        let Some(Fetching { attached, part, .. }) = self.fetching.take() else { return };
        drop(fs::remove_file(part));
        self.lines.push(format!("Not fetched: {}: {}.", attached.name, why.trim_end_matches('.')));
    }

    fn drop_all(&mut self) {
        while !self.sending.is_empty() {
            self.not_sent(0, "the connection ended");
        }
        self.waiting.clear();
        self.not_fetched("the connection ended");
        self.intents.clear();
    }

    fn bar(&self, verb: &str, name: &str, size: u64) -> Option<Bar> {
        (self.settings.watched && size >= BAR_BYTES_MIN).then(|| Bar::new(verb, name, size))
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        if let Some(Fetching { part, .. }) = self.fetching.take() {
            drop(fs::remove_file(part));
        }
    }
}

impl Bar {
    fn new(verb: &str, name: &str, size: u64) -> Self {
        let term = InMemoryTerm::new(2, 100);
        let bar = ProgressBar::with_draw_target(Some(size), ProgressDrawTarget::term_like(Box::new(term.clone())));
        let style = ProgressStyle::with_template("{msg} [{bar:24}] {bytes} of {total_bytes}");
        bar.set_style(style.expect("the template is right").progress_chars("=> "));
        bar.set_message(format!("{verb} {name}"));
        Self { term, bar, drawn: 0 }
    }

    /// The bar as a line, when it has grown enough.
    fn draw(&mut self, there: u64, size: u64) -> Option<String> {
        let reached = there.saturating_mul(BARS) / size.max(1);
        if reached <= self.drawn {
            return None;
        }
        self.drawn = reached;
        self.bar.set_position(there);
        self.bar.force_draw();
        Some(self.term.contents().trim().to_owned())
    }
}

/// Whether a request is about a file.
fn is_file(request: &Request) -> bool {
    matches!(request, Request::Attach { .. } | Request::Chunk { .. } | Request::Cancel { .. } | Request::Fetch { .. })
}

type Opened = (String, File, u64, hobnob_spec::files::Digest);

/// Opens a file that is to be sent: its name, size and digest.
fn open(path: &Path) -> io::Result<Opened> {
    let plain = fs::metadata(path).map_err(|error| io::Error::other(spoken(&error)))?;
    if !plain.is_file() {
        return Err(io::Error::other("it is no plain file"));
    }
    let name = path.file_name().and_then(|name| name.to_str()).and_then(FileName::parse);
    let name = name.ok_or_else(|| io::Error::other(No::FileNameBad.meaning().trim_end_matches('.')))?;
    let mut file = File::open(path).map_err(|error| io::Error::other(spoken(&error)))?;
    let (mut digesting, mut size, mut buffer) = (Digesting::default(), 0, vec![0; 64 << 10]);
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            return Ok((name.to_string(), file, size, digesting.digest()));
        }
        digesting.update(&buffer[..count]);
        size += count as u64;
    }
}

fn read(file: &mut File, offset: u64, len: u64) -> io::Result<Bytes> {
    let mut bytes = vec![0; usize::try_from(len).map_err(io::Error::other)?];
    file.seek(SeekFrom::Start(offset))?;
    file.read_exact(&mut bytes)?;
    Ok(Bytes(bytes))
}

/// An error of the system's without its number.
fn spoken(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_owned()
}
