//! What people wear beside their nicks: the user's own avatar, and those of others as far as they are known.
//!
//! Owns the user's picture and its way to the server, and what stands before a nick on the screen. Everything about a file
//! or an emoji that cannot be worn is told before anything is sent.

use hobnob_machine::{Shown, Upload, UploadStep, When};
use hobnob_runtime::Intent;
use hobnob_runtime::files::digest_of;
use hobnob_spec::avatar::{Avatar, Emoji, PictureKind};
use hobnob_spec::files::{Bytes, FileName};
use hobnob_spec::messages::{Answer, Attached, Body, For, Past, Request};
use hobnob_spec::names::Nick;
use hobnob_spec::session::No;
use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::path::Path;
use std::time::Duration;

/// How large a picture is taken, in bytes: what a server takes that was not told otherwise.
const PICTURE_BYTES_MAX: u64 = 64 << 10;
/// What stands before the nick of who wears a picture.
const FRAME: &str = "🖼";
/// How long to wait, in milliseconds, when the link has no place for more.
const CROWDED_MS: u64 = 200;
/// How many nicks are remembered that are not there any more.
const GONE_MAX: usize = 10_000;

/// What somebody wants to wear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wish {
    Emoji(Emoji),
    /// A picture: its file's name, its kind, and what it holds.
    Picture(String, PictureKind, Vec<u8>),
}

/// Reads an emoji, or the picture at a path.
pub(super) fn read(text: &str) -> Result<Wish, String> {
    let text = text.trim().trim_matches(['"', '\'']);
    if let Some(emoji) = Emoji::parse(text) {
        return Ok(Wish::Emoji(emoji));
    }
    let path = Path::new(text);
    let meta = fs::metadata(path).map_err(|_| format!("{text:?} is neither one emoji nor a file"))?;
    if !meta.is_file() {
        return Err(format!("{text:?} is neither one emoji nor a file"));
    }
    if meta.len() > PICTURE_BYTES_MAX {
        let (size, most) = (super::words::size(meta.len()), PICTURE_BYTES_MAX >> 10);
        return Err(format!("{text} has {size}, and a picture for an avatar has at most {most} KiB"));
    }
    let bytes = fs::read(path).map_err(|error| format!("{text} cannot be read: {error}"))?;
    let kind = PictureKind::of_bytes(&bytes).ok_or_else(|| format!("{text} is no PNG, JPEG, GIF or WebP picture"))?;
    let name = path.file_name().and_then(|name| name.to_str()).and_then(FileName::parse);
    let name = name.map_or_else(|| format!("avatar.{}", kind.extension()), String::from);
    Ok(Wish::Picture(name, kind, bytes))
}

/// Who wears what, as far as it was told.
#[derive(Debug, Clone, Default)]
pub(super) struct Faces {
    here: BTreeMap<Nick, Option<Avatar>>,
    /// What was worn by who is not there any more, for what they said before.
    gone: BTreeMap<Nick, Option<Avatar>>,
}

impl Faces {
    /// Takes from what is shown what it says of avatars.
    pub(super) fn hear(&mut self, shown: &Shown) {
        match shown {
            Shown::Welcome { members, .. } => {
                self.here = members.iter().map(|one| (one.nick.clone(), one.avatar.clone())).collect();
            }
            Shown::Answer { answer: Answer::Members(members), .. } => {
                self.here.extend(members.iter().map(|one| (one.nick.clone(), one.avatar.clone())));
            }
            Shown::Answer { answer: Answer::Report(active), .. } => {
                self.here.extend(active.iter().map(|one| (one.nick.clone(), one.avatar.clone())));
            }
            Shown::Entry { entry, when, .. } => {
                let worn = entry.body.avatar().map(Option::<&Avatar>::cloned);
                match (when, worn, &entry.body) {
                    // What was long ago says nothing of now.
                    (When::Past(Past::History), Some(worn), _) => drop(self.gone.insert(entry.nick.clone(), worn)),
                    (_, Some(worn), _) => drop(self.here.insert(entry.nick.clone(), worn)),
                    (When::Live | When::Past(Past::Missed), None, Body::Left(_)) => {
                        let worn = self.here.remove(&entry.nick).flatten();
                        self.gone.insert(entry.nick.clone(), worn);
                    }
                    (When::Live | When::Past(_), None, _) => {}
                }
                if self.gone.len() > GONE_MAX {
                    self.gone.pop_first();
                }
            }
            _ => {}
        }
    }

    /// What somebody wears or wore.
    pub(super) fn of(&self, nick: &Nick) -> Option<&Avatar> {
        self.here.get(nick).or_else(|| self.gone.get(nick)).and_then(Option::as_ref)
    }

    /// What stands before a nick.
    pub(super) fn before(&self, nick: &Nick) -> String {
        before(self.of(nick))
    }
}

/// What stands before the nick of who wears this.
pub(super) fn before(avatar: Option<&Avatar>) -> String {
    match avatar {
        None => String::new(),
        Some(Avatar::Emoji(emoji)) => format!("{emoji} "),
        Some(Avatar::Picture { .. }) => format!("{FRAME} "),
    }
}

/// What the user wears, and what is on its way to be worn.
pub(super) struct Wardrobe {
    wish: Option<Wish>,
    me: Option<Nick>,
    /// Whether the picture wished for arrived in this session.
    worn: bool,
    upload: Option<Upload>,
    pause_ms: u64,
    faces: Faces,
    /// What is to be printed, line by line.
    pub(super) lines: Vec<String>,
    /// What is wished for, before all that the user asks.
    pub(super) intents: VecDeque<Intent>,
}

impl Wardrobe {
    pub(super) fn new(wish: Option<Wish>) -> Self {
        let mut wardrobe = Self {
            wish: None,
            me: None,
            worn: false,
            upload: None,
            pause_ms: 0,
            faces: Faces::default(),
            lines: Vec::new(),
            intents: VecDeque::new(),
        };
        if let Some(wish) = wish {
            wardrobe.put_on(Some(wish));
        }
        wardrobe
    }

    /// Whether nothing is on its way.
    pub(super) fn idle(&self) -> bool {
        self.upload.is_none() && self.intents.is_empty()
    }

    /// Whether the user's next line waits for the picture, so that all see it beside what is said first.
    pub(super) fn holds(&self) -> bool {
        self.upload.is_some() && self.pause_ms == 0
    }

    /// How long to wait before [`Wardrobe::resume`].
    pub(super) fn pause(&self) -> Option<Duration> {
        (self.pause_ms > 0).then(|| Duration::from_millis(self.pause_ms))
    }

    /// The pause is over.
    pub(super) fn resume(&mut self) {
        self.pause_ms = 0;
        self.go_on();
    }

    /// `/avatar`: an emoji, a picture's path, `off`, or somebody's nick. A picture that is to be shown is returned.
    pub(super) fn typed(&mut self, what: &str) -> Option<Attached> {
        if what == "off" {
            self.put_on(None);
            return None;
        }
        let nick = Nick::parse_any(what).ok().filter(|nick| self.faces.here.contains_key(nick));
        match (read(what), nick) {
            (Ok(wish), _) => self.put_on(Some(wish)),
            (Err(_), Some(nick)) => return self.look_at(&nick),
            (Err(why), None) => self.lines.push(format!("Not worn: {why}; nor is it somebody's nick.")),
        }
        None
    }

    /// What somebody wears: told, or given to be fetched.
    fn look_at(&mut self, nick: &Nick) -> Option<Attached> {
        match self.faces.of(nick)? {
            Avatar::Emoji(emoji) => self.lines.push(format!("{nick} wears {emoji}.")),
            Avatar::Picture { file, kind, size, digest } => {
                let name = FileName::parse(&format!("{nick}.{}", kind.extension()));
                let name = name.or_else(|| FileName::parse("avatar")).expect("a plain word is a file's name");
                let (media, text) = (kind.media().to_owned(), None);
                return Some(Attached { file: *file, name, media, size: *size, digest: *digest, text });
            }
        }
        None
    }

    fn put_on(&mut self, wish: Option<Wish>) {
        let emoji = match &wish {
            Some(Wish::Emoji(emoji)) => Some(emoji.as_str().to_owned()),
            Some(Wish::Picture(..)) | None => None,
        };
        let picture = matches!(wish, Some(Wish::Picture(..)));
        (self.wish, self.worn, self.upload) = (wish, false, None);
        self.intents.push_back(Intent::Avatar(emoji.clone()));
        if self.me.is_none() {
            return;
        }
        if picture {
            self.send();
        } else {
            self.intents.push_back(Intent::Ask(Request::Wear { avatar: emoji }));
        }
    }

    /// Begins to send the picture that is wished for, if one is.
    fn send(&mut self) {
        let Some(Wish::Picture(name, kind, bytes)) = &self.wish else { return };
        let (media, size) = (kind.media().to_owned(), bytes.len() as u64);
        self.upload = Some(Upload::new(For::Avatar, name.clone(), media, size, digest_of(bytes)));
        self.go_on();
    }

    /// Asks what can be asked.
    fn go_on(&mut self) {
        let (Some(upload), Some(Wish::Picture(_, _, bytes))) = (&mut self.upload, &self.wish) else { return };
        while self.pause_ms == 0 {
            let request = match upload.step() {
                UploadStep::Offer => upload.offer().clone(),
                UploadStep::Chunk { transfer, offset, len } => {
                    let from = usize::try_from(offset).map_or(bytes.len(), |from| from.min(bytes.len()));
                    let end = usize::try_from(len).map_or(bytes.len(), |len| bytes.len().min(from + len));
                    Request::Chunk { transfer, offset, bytes: Bytes(bytes[from..end].to_vec()) }
                }
                UploadStep::Wait | UploadStep::Pause(_) | UploadStep::Arrived { .. } | UploadStep::Refused(_) => break,
            };
            self.intents.push_back(Intent::Ask(request));
        }
    }

    /// Takes what the link shows, and says whether it was about the user's avatar alone.
    pub(super) fn shown(&mut self, shown: &Shown) -> bool {
        self.faces.hear(shown);
        match shown {
            Shown::Welcome { nick, .. } => {
                (self.me, self.worn, self.upload) = (Some(nick.clone()), false, None);
                self.send();
                false
            }
            Shown::Back { nick, .. } => {
                self.me = Some(nick.clone());
                // A welcome may have been lost, and what follows it.
                if !self.worn && self.upload.is_none() {
                    self.send();
                }
                false
            }
            Shown::Answer { request: Request::Wear { avatar }, answer } => {
                self.lines.push(match (answer, avatar) {
                    (Answer::Refused { no, .. }, _) => format!("Not worn: {}", no.meaning()),
                    (_, Some(emoji)) => format!("You wear {emoji}."),
                    (_, None) => "You wear nothing beside your nick any more.".to_owned(),
                });
                true
            }
            Shown::TooMany { request } | Shown::Unsent { request } | Shown::Unsure { request }
                if matches!(request, Request::Wear { .. }) =>
            {
                self.lines.push("Not worn: it was not sent.".to_owned());
                true
            }
            Shown::Answer { request, answer } if self.is_own(request) => {
                self.answered(answer);
                true
            }
            Shown::TooMany { request } if self.is_own(request) => {
                self.answered(&Answer::Refused { no: No::AsksTooFast, wait_ms: Some(CROWDED_MS) });
                true
            }
            Shown::Unsent { request } | Shown::Unsure { request } if self.is_own(request) => {
                self.upload = None;
                true
            }
            Shown::Out => {
                (self.me, self.upload, self.pause_ms) = (None, None, 0);
                false
            }
            _ => false,
        }
    }

    fn is_own(&self, request: &Request) -> bool {
        self.upload.as_ref().is_some_and(|upload| upload.asked(request))
    }

    fn answered(&mut self, answer: &Answer) {
        let Some(upload) = &mut self.upload else { return };
        match upload.answered(answer) {
            UploadStep::Pause(ms) => self.pause_ms = ms,
            UploadStep::Arrived { .. } => {
                (self.upload, self.worn) = (None, true);
                self.lines.push("(Your picture is worn.)".to_owned());
            }
            UploadStep::Refused(no) => {
                self.upload = None;
                self.lines.push(format!("Not worn: {}", no.meaning()));
            }
            UploadStep::Wait | UploadStep::Offer | UploadStep::Chunk { .. } => {}
        }
        self.go_on();
    }
}

#[cfg(test)]
mod tests;
