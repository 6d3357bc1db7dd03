//! Files that the user sends, and those that come: reads them, writes them, and shows how far they are.
//!
//! Owns what is on the disk. What is asked of the server, and what an answer means, the machine's [`Upload`] and
//! [`Download`] say. Nothing incomplete is left behind, and nothing is written over.

mod bar;
mod disk;

use super::dialogue::FileWish;
use super::pictures::{self, Pictures};
use bar::{BAR_BYTES_MIN, Bar};
use disk::{Part, spoken};
use futures_lite::future;
use hobnob_machine::{Download, DownloadStep, Shown, Upload, UploadStep, When};
use hobnob_runtime::Intent;
use hobnob_spec::messages::{Answer, Attached, Body, Entry, Past, Request, Where};
use hobnob_spec::names::Nick;
use hobnob_spec::session::No;
use smol::Task;
use std::collections::VecDeque;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How many files may wait to be fetched; what comes then is named and not fetched.
const WAITING_MAX: usize = 256;
/// How many files that were told of are remembered; of more the oldest are forgotten.
const KNOWN_MAX: usize = 1_000;
/// How large a file is fetched without being asked for, in bytes.
const FETCHED_BYTES_MAX: u64 = 64 << 20;
/// How long to wait, in milliseconds, when the link has no place for more.
const CROWDED_MS: u64 = 200;

/// Where files go, and whether anybody watches.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    /// Where what comes is kept; `None` where nothing is fetched.
    pub(super) folder: Option<PathBuf>,
    /// Whether a person sees the screen.
    pub(super) watched: bool,
    /// How pictures are shown.
    pub(super) pictures: Pictures,
}

/// All files under way.
pub(super) struct Files {
    settings: Settings,
    sending: Vec<Sending>,
    fetching: Option<Fetching>,
    waiting: VecDeque<Attached>,
    /// The picture that is being drawn, and what is printed below it.
    drawing: Option<Drawing>,
    /// Files that were told of, and by whom.
    known: VecDeque<(Nick, Attached)>,
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

struct Drawing {
    picture: Task<Option<String>>,
    below: String,
}

struct Fetching {
    attached: Attached,
    part: Part,
    download: Download,
    bar: Option<Bar>,
}

impl Files {
    pub(super) fn new(settings: Settings) -> Self {
        if let Some(folder) = &settings.folder {
            disk::sweep(folder);
        }
        Self {
            settings,
            sending: Vec::new(),
            fetching: None,
            waiting: VecDeque::new(),
            drawing: None,
            known: VecDeque::new(),
            pause_ms: 0,
            me: None,
            lines: Vec::new(),
            intents: VecDeque::new(),
        }
    }

    /// Whether nothing is under way.
    pub(super) fn idle(&self) -> bool {
        self.sending.is_empty() && self.fetching.is_none() && self.waiting.is_empty() && self.drawing.is_none()
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

    /// Waits until a picture is drawn; for ever while none is. Nothing is lost when the wait is given up.
    pub(super) async fn drawn(&mut self) {
        let Some(drawing) = &mut self.drawing else { return future::pending().await };
        let picture = (&mut drawing.picture).await;
        let below = self.drawing.take().map(|drawing| drawing.below);
        self.lines.extend(picture.into_iter().chain(below));
        self.go_on();
    }

    /// Does what the user wishes for.
    pub(super) fn wish(&mut self, wish: FileWish) {
        match wish {
            FileWish::Send(to, path) => self.send(to, &path),
            FileWish::Get(named) => self.get(&named),
            // The wardrobe has it.
            FileWish::Avatar(_) => {}
            FileWish::List if self.known.is_empty() => self.lines.push("No file was told of here.".to_owned()),
            FileWish::List => {
                let line = |(nick, file): &(Nick, Attached)| {
                    format!("{:>5}  {}, {}, of {nick}", file.file, file.name, super::words::size(file.size))
                };
                self.lines.extend(self.known.iter().map(line));
            }
        }
    }

    /// Fetches a file that was told of, whatever its size.
    fn get(&mut self, named: &str) {
        let number = named.parse().ok();
        let is_it = |(_, file): &&(Nick, Attached)| Some(file.file) == number || file.name.as_str() == named;
        let why = match self.known.iter().rev().find(is_it) {
            _ if self.settings.folder.is_none() => "this client fetches none",
            _ if self.waiting.len() >= WAITING_MAX => "too many wait",
            None => "no such file was told of here",
            Some((_, file)) => {
                self.waiting.push_back(file.clone());
                return self.go_on();
            }
        };
        self.lines.push(format!("Not fetched: {named}: {why}."));
    }

    /// Fetches a file that no message tells of: a picture that somebody wears.
    pub(super) fn get_picture(&mut self, picture: Attached) {
        if self.settings.folder.is_none() || self.waiting.len() >= WAITING_MAX {
            let why = "this client fetches none, or too many wait";
            return self.lines.push(format!("Not fetched: {}: {why}.", picture.name));
        }
        self.waiting.push_back(picture);
        self.go_on();
    }

    /// Remembers the file that an entry tells of, if it does.
    fn note(&mut self, entry: &Entry) {
        let Body::Attached(file) = &entry.body else { return };
        if self.known.iter().any(|(_, known)| known.file == file.file) {
            return;
        }
        if self.known.len() == KNOWN_MAX {
            self.known.pop_front();
        }
        let at = self.known.partition_point(|(_, known)| known.file < file.file);
        self.known.insert(at, (entry.nick.clone(), file.clone()));
    }

    /// Sends a file.
    fn send(&mut self, to: Where, path: &str) {
        let path = path.trim().trim_matches(['"', '\'']);
        match disk::open(Path::new(path)) {
            Ok((name, file, size, digest)) => {
                let media = mime_guess::from_path(&name).first_or_octet_stream().to_string();
                let bar = self.bar("Sending", &name, size);
                let upload = Upload::new(to.clone(), name.clone(), media, size, digest);
                self.sending.push(Sending { name, to, file, upload, bar, over: false });
                self.go_on();
            }
            Err(error) => self.lines.push(format!("Not sent: {path}: {}.", spoken(&error))),
        }
    }

    /// Takes what the link shows, and says whether it was about a file alone. Of what the user does not hear, nothing is
    /// fetched.
    pub(super) fn shown(&mut self, shown: &Shown, heard: bool) -> bool {
        let about_file = match shown {
            Shown::Welcome { nick, .. } | Shown::Back { nick, .. } => {
                self.me = Some(nick.clone());
                false
            }
            Shown::Entry { entry, when: When::Past(Past::History), .. } => {
                self.note(entry);
                false
            }
            Shown::Entry { entry, when: When::Live | When::Past(Past::Missed | Past::Late), .. } => {
                self.note(entry);
                let wanted = heard && Some(&entry.nick) != self.me.as_ref();
                if let (Body::Attached(attached), true) = (&entry.body, wanted) {
                    self.fetch(attached);
                }
                false
            }
            Shown::Answer { answer: Answer::Page { entries, .. }, .. } => {
                entries.iter().for_each(|entry| self.note(entry));
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

    fn answered(&mut self, request: &Request, answer: &Answer) {
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
                    if let Err(error) = fetching.part.write(&bytes.0) {
                        self.not_fetched(&spoken(&error));
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
        let again = Answer::Refused { no: No::AsksTooFast, wait_ms: Some(CROWDED_MS) };
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
                    UploadStep::Chunk { transfer, offset, len } => match disk::read(&mut sending.file, offset, len) {
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

    /// Fetches one file after the other, until something has to be waited for.
    fn go_on_fetching(&mut self) {
        while self.begin_fetching() {
            let Some(fetching) = &mut self.fetching else { continue };
            let step = fetching.download.step();
            let (there, size) = fetching.download.progress();
            self.lines.extend(fetching.bar.as_mut().and_then(|bar| bar.draw(there, size)));
            match step {
                DownloadStep::Ask(request) => self.intents.push_back(Intent::Ask(request)),
                DownloadStep::Complete => {
                    self.complete();
                    continue;
                }
                DownloadStep::Wait | DownloadStep::Pause(_) | DownloadStep::Write(_) | DownloadStep::Refused(_) => {}
            }
            return;
        }
    }

    /// Begins to fetch the next file, if none is being fetched, and says whether there was anything to do.
    fn begin_fetching(&mut self) -> bool {
        // One picture is drawn at a time.
        if self.fetching.is_none() && self.drawing.is_none() {
            let Some(attached) = self.waiting.pop_front() else { return false };
            match Part::create(self.settings.folder.as_deref().expect("only with a folder anything is fetched")) {
                Ok(part) => {
                    let download = Download::new(attached.file, attached.size, 0);
                    let bar = self.bar("Fetching", attached.name.as_str(), attached.size);
                    self.fetching = Some(Fetching { attached, part, download, bar });
                }
                Err(error) => self.lines.push(format!("Not fetched: {}: {}.", attached.name, spoken(&error))),
            }
            return true;
        }
        self.fetching.is_some()
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

    /// All bytes are there: compares them, and gives the file its name.
    fn complete(&mut self) {
        let Some(Fetching { attached, part, .. }) = self.fetching.take() else { return };
        match part.keep(&attached) {
            Ok(path) => self.kept(&attached, &path),
            Err(error) => self.lines.push(format!("Not fetched: {}: {}.", attached.name, spoken(&error))),
        }
    }

    /// Tells where a file is, below the picture that it holds.
    fn kept(&mut self, attached: &Attached, path: &Path) {
        let below = format!("({} is in {}.)", attached.name, path.display());
        let pictures = self.settings.pictures;
        if pictures.any() && disk::is_picture(path) {
            let path = path.to_owned();
            let picture = pictures.show(move || fs::read(path).ok(), pictures::COLUMNS_MAX);
            self.drawing = Some(Drawing { picture: smol::spawn(picture), below });
        } else {
            self.lines.push(below);
        }
    }

    fn arrived(&mut self, at: usize) {
        let Sending { name, to, upload, mut bar, .. } = self.sending.remove(at);
        let (_, size) = upload.progress();
        self.lines.extend(bar.as_mut().and_then(|bar| bar.draw(size, size)));
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
        let Some(Fetching { attached, .. }) = self.fetching.take() else { return };
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

/// Whether a request is about a file.
fn is_file(request: &Request) -> bool {
    matches!(request, Request::Attach { .. } | Request::Chunk { .. } | Request::Cancel { .. } | Request::Fetch { .. })
}
