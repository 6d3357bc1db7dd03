//! The language of the lines that happen.

use hobnob_machine::{Config, Filing, Input};
use hobnob_spec::files::{Bytes, Digest};
use hobnob_spec::messages::{For, Have, Place, Request, Secret, Where};
use hobnob_spec::names::{Nick, RoomName, Text};
use hobnob_spec::profile::{Absent, Flood, JoinHistory, NickCase, NickTaken, Profile};

/// Reads a setting: `profile NAME`, `capacity N`, `LIMIT N`, or one of the profile's knobs.
pub(super) fn set(config: &mut Config, setting: &str) -> Result<(), String> {
    let (name, value) = setting.split_once(' ').ok_or("a setting has a name and a value")?;
    let number = || value.parse::<u64>().map_err(|_| "this setting is a number".to_owned());
    let profile = config.profiles.last_mut().expect("there is a profile");
    match (name, value) {
        ("profile", _) => {
            *profile = Profile::named(value).ok_or("no such profile")?;
            config.nick_case = config.profiles[0].nick_case;
        }
        ("listener", _) => config.profiles.push(Profile::named(value).ok_or("no such profile")?),
        ("capacity", _) => profile.capacity = number()?,
        ("nick-taken", "suffix") => profile.nick_taken = NickTaken::Suffix,
        ("nick-taken", "reject") => profile.nick_taken = NickTaken::Reject,
        ("nick-taken", "close") => profile.nick_taken = NickTaken::Close,
        ("absent", "store") => profile.absent = Absent::Store,
        ("absent", "error") => profile.absent = Absent::Error,
        ("absent", "discard") => profile.absent = Absent::Discard,
        ("history", "all") => profile.history = JoinHistory::All,
        ("history", "none") => profile.history = JoinHistory::None,
        ("flood", "mute") => profile.flood = Flood::Mute,
        ("flood", "disconnect") => profile.flood = Flood::Disconnect,
        ("nick-case", "fold") => config.nick_case = NickCase::Fold,
        ("nick-case", "exact") => config.nick_case = NickCase::Exact,
        ("trust-relay", "nobody") => config.trust_relay.clear(),
        ("trust-relay", _) => config.trust_relay.push(value.parse().map_err(str::to_owned)?),
        ("store", "yes") => config.store = true,
        _ => {
            let number = number()?;
            *config.limits.named_mut(name).ok_or("no such setting")? = number;
        }
    }
    Ok(())
}

/// Reads what a client asks. Tokens and keys are filled in by the caller.
pub(super) fn request(act: &str) -> Result<Request, String> {
    let (verb, rest) = act.split_once(' ').unwrap_or((act, ""));
    let rest = rest.to_owned();
    Ok(match verb {
        "joins" => {
            let (nick, avatar) =
                rest.split_once(" with ").map_or((&*rest, None), |(nick, avatar)| (nick, Some(avatar)));
            Request::Join { nick: nick.to_owned(), token: None, avatar: avatar.map(str::to_owned) }
        }
        "resumes" => Request::Resume { token: Secret([0; 16]), have: have(&rest)? },
        "says" => Request::Say { room: "lobby".into(), text: unescaped(&rest) },
        "says-in" => {
            let (room, text) = rest.split_once(' ').ok_or("says-in ROOM TEXT")?;
            Request::Say { room: room.into(), text: unescaped(text) }
        }
        "tells" => {
            let (to, text) = rest.split_once(' ').ok_or("tells NICK TEXT")?;
            Request::Private { to: to.into(), text: unescaped(text) }
        }
        "wears" => Request::Wear { avatar: (rest != "nothing").then_some(rest) },
        "enters" => Request::Enter { room: rest },
        "leaves" => Request::Leave { room: rest },
        "asks" => question(&rest)?,
        "offers" => offer(&rest)?,
        "sends-bytes" => {
            let (len, offset, transfer) =
                three(&rest, " at ", " of ").ok_or("sends-bytes LEN at OFFSET of TRANSFER")?;
            let len = usize::try_from(len).map_err(|_| "too many")?;
            Request::Chunk { transfer, offset, bytes: Bytes(vec![b'~'; len]) }
        }
        "cancels" => Request::Cancel { transfer: rest.parse().map_err(|_| "a transfer is a number")? },
        "fetches" => {
            let (file, offset) = rest.split_once(" at ").ok_or("fetches FILE at OFFSET")?;
            let number = |text: &str| text.parse().map_err(|_| "a number");
            Request::Fetch { file: number(file)?, offset: number(offset)? }
        }
        "pings" => Request::Ping,
        "quits" => Request::Quit,
        "shows" => Request::Operate { key: Secret([0; 16]) },
        "mutes" => {
            let (nick, span) = rest.split_once(" for ").ok_or("mutes NICK for SPAN")?;
            let span = humantime::parse_duration(span).map_err(|wrong| wrong.to_string())?;
            Request::Mute { nick: nick.into(), ms: u64::try_from(span.as_millis()).map_err(|wrong| wrong.to_string())? }
        }
        "unmutes" => Request::Unmute { nick: rest },
        "kicks" => Request::Kick { nick: rest },
        _ => return Err("no such thing can be done".into()),
    })
}

/// `report`, `rooms`, `who [ROOM]`, `history of (ROOM|@NICK) [before N] [limit N]`.
fn question(rest: &str) -> Result<Request, String> {
    let words: Vec<_> = rest.split(' ').collect();
    Ok(match words.as_slice() {
        ["report"] => Request::Report,
        ["rooms"] => Request::Rooms,
        ["who"] => Request::Who { room: None },
        ["who", room] => Request::Who { room: Some((*room).into()) },
        ["history", "of", place, bounds @ ..] => {
            let place = match place.strip_prefix('@') {
                Some(nick) => Where::With(nick.into()),
                None => Where::Room((*place).into()),
            };
            let (mut before, mut limit) = (None, 100);
            for bound in bounds.chunks(2) {
                match bound {
                    ["before", number] => before = Some(number.parse().map_err(|_| "before N")?),
                    ["limit", number] => limit = number.parse().map_err(|_| "limit N")?,
                    _ => return Err("history of PLACE [before N] [limit N]".into()),
                }
            }
            Request::History { place, before, limit }
        }
        _ => return Err("no such question".into()),
    })
}

/// `having lobby 3, @Bob 2`, or nothing.
fn have(rest: &str) -> Result<Vec<Have>, String> {
    let Some(list) = rest.strip_prefix("having ") else {
        return if rest.is_empty() { Ok(Vec::new()) } else { Err("resumes [having PLACE N, …]".into()) };
    };
    let one = |item: &str| {
        let (place, number) = item.split_once(' ')?;
        let place = match place.strip_prefix('@') {
            Some(nick) => Place::With(Nick::parse_any(nick).ok()?),
            None => Place::Room(RoomName::parse(place)?),
        };
        Some(Have { place, number: number.parse().ok()? })
    };
    list.split(", ").map(|item| one(item).ok_or_else(|| "having PLACE N".to_owned())).collect()
}

/// A text may hold `\n`, `\t`, `\e` (escape) and `*N` for a text of N characters.
fn unescaped(text: &str) -> String {
    match text.strip_prefix('*').and_then(|count| count.parse().ok()) {
        Some(count) => "x".repeat(count),
        None => text.replace("\\n", "\n").replace("\\t", "\t").replace("\\e", "\u{1b}"),
    }
}

/// `NAME of SIZE to PLACE`; a digest goes with each name and size.
fn offer(rest: &str) -> Result<Request, String> {
    let form = "offers NAME of SIZE to ROOM, to @NICK, or as avatar, as MEDIA";
    let (rest, place, media) = match rest.split_once(" as avatar, as ") {
        Some((rest, media)) => (rest, For::Avatar, media),
        None => {
            let (rest, place) = rest.rsplit_once(" to ").ok_or(form)?;
            let with = place.strip_prefix('@').map(|nick| For::With(nick.to_owned()));
            (rest, with.unwrap_or_else(|| For::Room(place.to_owned())), "text/plain")
        }
    };
    let (name, size) = rest.rsplit_once(" of ").ok_or(form)?;
    let size = size.parse().map_err(|_| "a size is a number of bytes")?;
    Ok(Request::Attach { place, name: name.to_owned(), media: media.to_owned(), size, digest: Digest([1; 32]) })
}

/// Three numbers with words between them.
fn three(text: &str, first: &str, second: &str) -> Option<(u64, u64, u64)> {
    let (one, rest) = text.split_once(first)?;
    let (two, three) = rest.split_once(second)?;
    Some((one.parse().ok()?, two.parse().ok()?, three.parse().ok()?))
}

/// What the keeper of files says: `N is kept as NAME: TEXT`, `N is damaged`, `N has no space`, `N reopens with BYTES`.
pub(super) fn filing(told: &str) -> Result<Input, String> {
    let (transfer, what) = told.split_once(' ').ok_or("what the keeper of files says")?;
    let transfer = transfer.parse().map_err(|_| "a transfer is a number")?;
    let filing = match what {
        "is damaged" => Filing::Damaged,
        "has no space" => Filing::NoSpace,
        _ => {
            if let Some(len) = what.strip_prefix("reopens with ") {
                let len = len.parse().map_err(|_| "a number of bytes")?;
                return Ok(Input::Reopened { transfer, len });
            }
            let kept = what.strip_prefix("is kept as ").ok_or("nothing that a keeper of files says")?;
            let (name, text) = kept.split_once(": ").map_or((kept, None), |(name, text)| (name, Some(text)));
            let text = text.and_then(|text| Text::parse(text.to_owned()).ok());
            Filing::Kept { name: name.to_owned(), text }
        }
    };
    Ok(Input::Filed { transfer, filing })
}
