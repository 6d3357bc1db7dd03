//! How a plan is written: TOML with one line of words for each step.
//!
//! Owns the grammar, both ways. What is written can be read again and is the same plan.
//!
//! ```text
//! 0s      ann joins                    0s      ann joins as Ann            0s  ann joins as Ann with 🦊
//! 1s      ann wears 🦊                 1s      ann wears nothing           1s  ann offers as avatar 30: a.png
//! 1.25s   ann says in lobby: hello     2s      ann tells bob: psst
//! 3s      ann enters hall              3s      ann leaves hall
//! 4s      ann asks report              4s      ann asks who in lobby      4s  ann asks who     4s  ann asks rooms
//! 4s      ann asks 50 of lobby         4s      ann asks 50 of lobby before 7
//! 4s      ann offers in lobby 30: a.txt  4s ann offers spoilt to bob 30: a.txt
//! 4s      ann sends 30 at 0 of 1       4s  ann cancels 1              4s  ann fetches 1 at 0
//! 4s      ann asks 50 with bob         4s      ann asks ping
//! 5s      ann shows the key            5s      ann shows a wrong key
//! 5s      ann mutes bob for 3s         5s      ann unmutes bob            5s  ann kicks bob
//! 6s      ann floods lobby 30 times: spam
//! 7s      ann quits                    7s      ann closes                 7s  ann dies
//! 8s      eve knocks                   8s      eve hangs up               8s  eve joins bare as eve
//! 8s      eve returns                  8s      eve returns as nobody      8s  eve repeats      8s  eve backdates
//! 8s      eve is relayed from 3        8s      eve types: server:register eve
//! 8s      eve sends garbage            (also: a bad hello, a bad header, half a frame, a huge frame)
//!
//! 9s      * partition ann for 3s       (also: partition ann up for 3s, partition ann down for 3s, hold ann for 3s)
//! 9s      * lag ann 200ms for 3s       9s      * jitter ann 200ms for 3s
//! 9s      * reset ann                  9s      * reset all
//! 9s      * half open ann up           9s      * half open ann down
//! 9s      * refuse for 2s              9s      * crowd of 30 for 2s
//! 9s      * stall reads of ann for 2s  9s      * stall writes of ann for 2s      9s  * drip ann for 2s
//! 9s      * kill for 2s                (also: power cut, torn, after append, before append, stop)
//! 9s      * clock by -3600s            9s      * set mute_ms to 500
//! 9s      * disk full for 5s           9s      * write errors for 5s
//! 9s      * slow disk 300ms for 5s     9s      * unreadable for 5s
//! 9s      * crash gate for 2s          (a relay; also: stop gate for 2s)
//! 9s      * partition gate for 2s      (also: partition gate up for 2s, hold gate for 2s, slow gate for 2s, and the same
//!                                      with `clients of gate`)
//! ```

use super::{Crash, Deed, Fault, KEY, Ms, Plan, Raw, Relay, Setting, Side, Step, Way, What};
use hobnob_spec::avatar::PictureKind;
use hobnob_spec::files::Digest;
use hobnob_spec::messages::{For, Request, Secret, Where};
use serde::{Deserialize, Serialize};

/// A key that opens nothing.
pub(crate) const WRONG_KEY: Secret = Secret([8; 16]);

/// A plan as it stands in a file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    name: String,
    #[serde(default)]
    about: String,
    #[serde(default)]
    seed: u64,
    clients: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    rude: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    relays: Vec<String>,
    heal: String,
    end: String,
    steps: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    expect: Vec<String>,
    #[serde(default)]
    setting: Setting,
}

impl From<Plan> for Written {
    fn from(plan: Plan) -> Self {
        let steps = plan.steps.iter().map(|step| write_step(&plan, step)).collect();
        Self {
            steps,
            heal: write_time(plan.heal_ms),
            end: write_time(plan.end_ms),
            name: plan.name,
            about: plan.about,
            seed: plan.seed,
            clients: plan.clients,
            rude: plan.rude,
            relays: plan.relays.iter().map(ToString::to_string).collect(),
            expect: plan.expect,
            setting: plan.setting,
        }
    }
}

impl TryFrom<Written> for Plan {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let mut plan = Self {
            name: written.name,
            about: written.about,
            seed: written.seed,
            clients: written.clients,
            rude: written.rude,
            relays: Vec::new(),
            setting: written.setting,
            steps: Vec::new(),
            heal_ms: read_time(&written.heal)?,
            end_ms: read_time(&written.end)?,
            expect: written.expect,
        };
        plan.setting.config()?;
        for line in &written.relays {
            let relay = Relay::read(&plan, line).map_err(|wrong| format!("`{line}`: {wrong}"))?;
            plan.relays.push(relay);
        }
        for line in &written.steps {
            let step = read_step(&plan, line).map_err(|wrong| format!("`{line}`: {wrong}"))?;
            if plan.steps.last().is_some_and(|last| last.at > step.at) {
                return Err(format!("`{line}` comes after a later line; put the lines in the order of time"));
            }
            plan.steps.push(step);
        }
        if plan.end_ms < plan.heal_ms {
            return Err("the world ends before it is healed; `end` comes after `heal`".into());
        }
        Ok(plan)
    }
}

/// Writes a time or a duration: `1.25s`.
pub fn write_time(ms: Ms) -> String {
    let (whole, rest) = (ms / 1_000, ms % 1_000);
    match rest {
        0 => format!("{whole}s"),
        _ => format!("{whole}.{}s", format!("{rest:03}").trim_end_matches('0')),
    }
}

/// Reads a time or a duration: `1.25s`, `300ms`, `2m`.
pub fn read_time(text: &str) -> Result<Ms, String> {
    let wrong = || format!("`{text}` is no time; write `1.25s`, `300ms` or `2m`");
    let (number, unit) = match text {
        _ if text.ends_with("ms") => (&text[..text.len() - 2], 1_u64),
        _ if text.ends_with('s') => (&text[..text.len() - 1], 1_000),
        _ if text.ends_with('m') => (&text[..text.len() - 1], 60_000),
        _ => return Err(wrong()),
    };
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(part) || part.len() > 3 {
        return Err(wrong());
    }
    let whole: u64 = whole.parse().map_err(|_| wrong())?;
    let thousandths: u64 = format!("{part:0<3}").parse().map_err(|_| wrong())?;
    whole.checked_mul(unit).and_then(|ms| ms.checked_add(thousandths * unit / 1_000)).ok_or_else(wrong)
}

/// One step as a line.
pub fn write_step(plan: &Plan, step: &Step) -> String {
    let what = match &step.what {
        What::Does(who, deed) => format!("{} {}", plan.name_of(*who), write_deed(deed)),
        What::Fails(fault) => format!("* {}", write_fault(plan, fault)),
    };
    format!("{:<9} {what}", write_time(step.at))
}

/// What somebody does, as it stands behind the name.
pub fn write_deed(deed: &Deed) -> String {
    match deed {
        Deed::Join { nick, avatar } => format!("joins as {nick}{}", write_avatar(avatar.as_ref())),
        Deed::Ask(request) => write_request(request),
        Deed::Flood { room, times, text } => format!("floods {room} {times} times: {text}"),
        Deed::Quit => "quits".into(),
        Deed::Logout => "logs out".into(),
        Deed::Close => "closes".into(),
        Deed::Die => "dies".into(),
        Deed::Knock => "knocks".into(),
        Deed::HangUp => "hangs up".into(),
        Deed::JoinBare { nick, avatar } => format!("joins bare as {nick}{}", write_avatar(avatar.as_ref())),
        Deed::Return { own: true } => "returns".into(),
        Deed::Return { own: false } => "returns as nobody".into(),
        Deed::Repeat => "repeats".into(),
        Deed::Backdate => "backdates".into(),
        Deed::Relay { host: 0 } => "is relayed".into(),
        Deed::Relay { host } => format!("is relayed from {host}"),
        Deed::Type { line } => format!("types: {line}"),
        Deed::Send(Raw::Garbage) => "sends garbage".into(),
        Deed::Send(Raw::BadHello) => "sends a bad hello".into(),
        Deed::Send(Raw::BadHeader) => "sends a bad header".into(),
        Deed::Send(Raw::HalfFrame) => "sends half a frame".into(),
        Deed::Send(Raw::HugeFrame) => "sends a huge frame".into(),
    }
}

/// What is asked, as it stands behind the name of who asks it.
pub fn write_request(request: &Request) -> String {
    match request {
        Request::Report => "asks report".into(),
        Request::Join { nick, token, avatar } => {
            let bare = if token.is_some() { "" } else { "bare " };
            format!("joins {bare}as {nick}{}", write_avatar(avatar.as_ref()))
        }
        Request::Wear { avatar: Some(avatar) } => format!("wears {avatar}"),
        Request::Wear { avatar: None } => "wears nothing".into(),
        Request::Resume { .. } => "returns".into(),
        Request::Say { room, text } => format!("says in {room}: {text}"),
        Request::Private { to, text } => format!("tells {to}: {text}"),
        Request::Enter { room } => format!("enters {room}"),
        Request::Leave { room } => format!("leaves {room}"),
        Request::Who { room: None } => "asks who".into(),
        Request::Who { room: Some(room) } => format!("asks who in {room}"),
        Request::Rooms => "asks rooms".into(),
        Request::History { place, before, limit } => {
            let place = match place {
                Where::Room(room) => format!("of {room}"),
                Where::With(nick) => format!("with {nick}"),
            };
            let before = before.map_or_else(String::new, |before| format!(" before {before}"));
            format!("asks {limit} {place}{before}")
        }
        Request::Attach { place, name, size, digest, .. } => {
            let place = match place {
                For::Room(room) => format!("in {room}"),
                For::With(nick) => format!("to {nick}"),
                For::Avatar => "as avatar".to_owned(),
            };
            let spoilt = if *digest == Deed::digest(*size) { "" } else { "spoilt " };
            format!("offers {spoilt}{place} {size}: {name}")
        }
        Request::Chunk { transfer, offset, bytes } => format!("sends {} at {offset} of {transfer}", bytes.0.len()),
        Request::Cancel { transfer } => format!("cancels {transfer}"),
        Request::Fetch { file, offset } => format!("fetches {file} at {offset}"),
        Request::Ping => "asks ping".into(),
        Request::Quit => "quits".into(),
        Request::Operate { key } if *key == KEY => "shows the key".into(),
        Request::Operate { .. } => "shows a wrong key".into(),
        Request::Mute { nick, ms } => format!("mutes {nick} for {}", write_time(*ms)),
        Request::Unmute { nick } => format!("unmutes {nick}"),
        Request::Kick { nick } => format!("kicks {nick}"),
    }
}

/// The avatar of who joins, as it stands behind the nick.
fn write_avatar(avatar: Option<&String>) -> String {
    avatar.map_or_else(String::new, |avatar| format!(" with {avatar}"))
}

/// A fault, as it stands behind the star.
pub fn write_fault(plan: &Plan, fault: &Fault) -> String {
    let (name, time) = (|who: &usize| plan.name_of(*who).to_owned(), |ms: &Ms| write_time(*ms));
    match fault {
        Fault::Partition { who, way, for_ms } => {
            format!("partition {}{} for {}", name(who), write_way(*way), time(for_ms))
        }
        Fault::Hold { who, for_ms } => format!("hold {} for {}", name(who), time(for_ms)),
        Fault::Lag { who, ms, for_ms } => format!("lag {} {} for {}", name(who), time(ms), time(for_ms)),
        Fault::Jitter { who, ms, for_ms } => format!("jitter {} {} for {}", name(who), time(ms), time(for_ms)),
        Fault::Reset { who } => format!("reset {}", name(who)),
        Fault::ResetAll => "reset all".into(),
        Fault::HalfOpen { who, untold } => format!("half open {}{}", name(who), write_way(*untold)),
        Fault::Refuse { for_ms } => format!("refuse for {}", time(for_ms)),
        Fault::StallReads { who, for_ms } => format!("stall reads of {} for {}", name(who), time(for_ms)),
        Fault::StallWrites { who, for_ms } => format!("stall writes of {} for {}", name(who), time(for_ms)),
        Fault::Drip { who, for_ms } => format!("drip {} for {}", name(who), time(for_ms)),
        Fault::Crash { how, down_ms } => format!("{} for {}", write_crash(*how), time(down_ms)),
        Fault::Clock { jump_ms } => {
            let sign = if *jump_ms < 0 { "-" } else { "" };
            format!("clock by {sign}{}", write_time(jump_ms.unsigned_abs()))
        }
        Fault::Set { limit, value } => format!("set {limit} to {value}"),
        Fault::DiskFull { for_ms } => format!("disk full for {}", time(for_ms)),
        Fault::WriteErrors { for_ms } => format!("write errors for {}", time(for_ms)),
        Fault::SlowDisk { ms, for_ms } => format!("slow disk {} for {}", time(ms), time(for_ms)),
        Fault::Unreadable { for_ms } => format!("unreadable for {}", time(for_ms)),
        Fault::Crowd { count, for_ms } => format!("crowd of {count} for {}", time(for_ms)),
        Fault::Impostor { who, for_ms } => format!("impostor to {} for {}", name(who), time(for_ms)),
        Fault::RelayCrash { relay, down_ms } => format!("crash {} for {}", plan.relays[*relay].name, time(down_ms)),
        Fault::RelayStop { relay, down_ms } => format!("stop {} for {}", plan.relays[*relay].name, time(down_ms)),
        Fault::RelayCut { relay, side, way, for_ms } => {
            format!("partition {}{} for {}", write_side(plan, *relay, *side), write_way(*way), time(for_ms))
        }
        Fault::RelayHold { relay, side, for_ms } => {
            format!("hold {} for {}", write_side(plan, *relay, *side), time(for_ms))
        }
        Fault::RelaySlow { relay, side, for_ms } => {
            format!("slow {} for {}", write_side(plan, *relay, *side), time(for_ms))
        }
    }
}

fn write_side(plan: &Plan, relay: usize, side: Side) -> String {
    let name = &plan.relays[relay].name;
    match side {
        Side::Clients => format!("clients of {name}"),
        Side::Server => name.clone(),
    }
}

const fn write_way(way: Way) -> &'static str {
    match way {
        Way::Both => "",
        Way::Up => " up",
        Way::Down => " down",
    }
}

const fn write_crash(how: Crash) -> &'static str {
    match how {
        Crash::Kill => "kill",
        Crash::PowerCut => "power cut",
        Crash::Torn => "torn",
        Crash::AfterAppend => "after append",
        Crash::BeforeAppend => "before append",
        Crash::Stop => "stop",
    }
}

/// Reads a line of a plan whose clients are known.
pub fn read_step(plan: &Plan, line: &str) -> Result<Step, String> {
    let (at, rest) = line.trim().split_once(' ').ok_or("a line is a time, somebody or `*`, and what happens")?;
    let at = read_time(at)?;
    let rest = rest.trim_start();
    if let Some(fault) = rest.strip_prefix('*') {
        return Ok(Step { at, what: What::Fails(read_fault(plan, fault.trim())?) });
    }
    let (name, deed) = rest.split_once(' ').ok_or("nothing is said of what happens")?;
    let who = who(plan, name)?;
    let deed = read_deed(name, deed.trim())?;
    let by_hand = matches!(
        deed,
        Deed::Knock | Deed::HangUp | Deed::JoinBare { .. } | Deed::Return { .. } | Deed::Repeat | Deed::Backdate
    ) || matches!(deed, Deed::Relay { .. } | Deed::Type { .. } | Deed::Send(_));
    if by_hand && !plan.is_rude(who) {
        return Err(format!("a client does nothing of that kind; put `{name}` under `rude`"));
    }
    if plan.is_rude(who) && matches!(deed, Deed::Close | Deed::Die) {
        return Err("the rude have no client that could close or die; they hang up".into());
    }
    Ok(Step { at, what: What::Does(who, deed) })
}

fn who(plan: &Plan, name: &str) -> Result<usize, String> {
    plan.find(name).ok_or_else(|| format!("nobody is called `{name}`; the names stand under `clients` and `rude`"))
}

fn read_deed(name: &str, text: &str) -> Result<Deed, String> {
    if let Some(line) = text.strip_prefix("types: ") {
        return Ok(Deed::Type { line: line.to_owned() });
    }
    let (head, said) = match text.split_once(": ") {
        Some((head, said)) => (head, Some(said.to_owned())),
        None => (text.strip_suffix(':').unwrap_or(text), text.ends_with(':').then(String::new)),
    };
    let words: Vec<&str> = head.split_whitespace().collect();
    let own = |word: &str| word.to_owned();
    let ask = |request| Ok(Deed::Ask(request));
    match (words.as_slice(), said) {
        (["joins"], None) => Ok(Deed::Join { nick: own(name), avatar: None }),
        (["joins", "as", nick], None) => Ok(Deed::Join { nick: own(nick), avatar: None }),
        (["joins", "as", nick, "with", avatar], None) => Ok(Deed::Join { nick: own(nick), avatar: Some(own(avatar)) }),
        (["joins", "bare", "as", nick], None) => Ok(Deed::JoinBare { nick: own(nick), avatar: None }),
        (["joins", "bare", "as", nick, "with", avatar], None) => {
            Ok(Deed::JoinBare { nick: own(nick), avatar: Some(own(avatar)) })
        }
        (["wears", "nothing"], None) => ask(Request::Wear { avatar: None }),
        (["wears", avatar], None) => ask(Request::Wear { avatar: Some(own(avatar)) }),
        (["says", "in", room], Some(text)) => ask(Request::Say { room: own(room), text }),
        (["tells", to], Some(text)) => ask(Request::Private { to: own(to), text }),
        (["floods", room, times, "times"], Some(text)) => {
            let times = times.parse().map_err(|_| format!("`{times}` is no number"))?;
            Ok(Deed::Flood { room: own(room), times, text })
        }
        (["enters", room], None) => ask(Request::Enter { room: own(room) }),
        (["leaves", room], None) => ask(Request::Leave { room: own(room) }),
        (["offers", how, place, size], Some(name)) => read_offer(how, place, size, name, Deed::digest).map(Deed::Ask),
        (["offers", "spoilt", how, place, size], Some(name)) => {
            read_offer(how, place, size, name, |_| Digest([0; 32])).map(Deed::Ask)
        }
        (["sends", len, "at", offset, "of", transfer], None) => {
            let (offset, len) = (read_number(offset)?, read_number(len)?);
            ask(Request::Chunk { transfer: read_number(transfer)?, offset, bytes: Deed::bytes(offset, len) })
        }
        (["cancels", transfer], None) => ask(Request::Cancel { transfer: read_number(transfer)? }),
        (["fetches", file, "at", offset], None) => {
            ask(Request::Fetch { file: read_number(file)?, offset: read_number(offset)? })
        }
        (["asks", "report"], None) => ask(Request::Report),
        (["asks", "who"], None) => ask(Request::Who { room: None }),
        (["asks", "who", "in", room], None) => ask(Request::Who { room: Some(own(room)) }),
        (["asks", "rooms"], None) => ask(Request::Rooms),
        (["asks", "ping"], None) => ask(Request::Ping),
        (["asks", limit, rest @ ..], None) => read_history(limit, rest).map(Deed::Ask),
        (["shows", "the", "key"], None) => ask(Request::Operate { key: KEY }),
        (["shows", "a", "wrong", "key"], None) => ask(Request::Operate { key: WRONG_KEY }),
        (["mutes", nick, "for", time], None) => ask(Request::Mute { nick: own(nick), ms: read_time(time)? }),
        (["unmutes", nick], None) => ask(Request::Unmute { nick: own(nick) }),
        (["kicks", nick], None) => ask(Request::Kick { nick: own(nick) }),
        (["quits"], None) => Ok(Deed::Quit),
        (["logs", "out"], None) => Ok(Deed::Logout),
        (["closes"], None) => Ok(Deed::Close),
        (["dies"], None) => Ok(Deed::Die),
        (["knocks"], None) => Ok(Deed::Knock),
        (["hangs", "up"], None) => Ok(Deed::HangUp),
        (["returns"], None) => Ok(Deed::Return { own: true }),
        (["returns", "as", "nobody"], None) => Ok(Deed::Return { own: false }),
        (["repeats"], None) => Ok(Deed::Repeat),
        (["backdates"], None) => Ok(Deed::Backdate),
        (["is", "relayed"], None) => Ok(Deed::Relay { host: 0 }),
        (["is", "relayed", "from", host], None) => {
            let host = host.parse().map_err(|_| format!("`{host}` is no number of a host"))?;
            Ok(Deed::Relay { host })
        }
        (["sends", "garbage"], None) => Ok(Deed::Send(Raw::Garbage)),
        (["sends", "a", "bad", "hello"], None) => Ok(Deed::Send(Raw::BadHello)),
        (["sends", "a", "bad", "header"], None) => Ok(Deed::Send(Raw::BadHeader)),
        (["sends", "half", "a", "frame"], None) => Ok(Deed::Send(Raw::HalfFrame)),
        (["sends", "a", "huge", "frame"], None) => Ok(Deed::Send(Raw::HugeFrame)),
        _ => Err(format!("`{text}` is nothing that {name} could do; docs/SIMULATION.md lists the lines")),
    }
}

fn read_number(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("`{text}` is no number"))
}

fn read_offer(how: &str, place: &str, size: &str, name: String, digest: fn(u64) -> Digest) -> Result<Request, String> {
    let place = match (how, place) {
        ("in", room) => For::Room(room.to_owned()),
        ("to", nick) => For::With(nick.to_owned()),
        ("as", "avatar") => For::Avatar,
        _ => {
            return Err("a file is offered as `offers in ROOM SIZE: NAME`, `offers to NICK SIZE: NAME` or `offers as avatar SIZE: NAME`".into());
        }
    };
    let size = read_number(size)?;
    let media = if place == For::Avatar { PictureKind::Png.media() } else { "text/plain" };
    Ok(Request::Attach { place, name, media: media.into(), size, digest: digest(size) })
}

fn read_history(limit: &str, rest: &[&str]) -> Result<Request, String> {
    let number = |text: &str| text.parse::<u64>().map_err(|_| format!("`{text}` is no number"));
    let (place, before) = match rest {
        ["of", room] => (Where::Room((*room).to_owned()), None),
        ["with", nick] => (Where::With((*nick).to_owned()), None),
        ["of", room, "before", before] => (Where::Room((*room).to_owned()), Some(number(before)?)),
        ["with", nick, "before", before] => (Where::With((*nick).to_owned()), Some(number(before)?)),
        _ => return Err("history is asked as `asks 50 of ROOM` or `asks 50 with NICK`, with `before N` or not".into()),
    };
    Ok(Request::History { place, before, limit: number(limit)? })
}

fn read_fault(plan: &Plan, text: &str) -> Result<Fault, String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let number = |text: &str| text.parse::<u32>().map_err(|_| format!("`{text}` is no number"));
    if let Some(fault) = read_relay_fault(plan, &words) {
        return fault;
    }
    let (way_up, way_down) = (Way::Up, Way::Down);
    let crash = |how, time: &str| Ok(Fault::Crash { how, down_ms: read_time(time)? });
    let partition =
        |name: &str, way, time: &str| Ok(Fault::Partition { who: who(plan, name)?, way, for_ms: read_time(time)? });
    match words.as_slice() {
        ["partition", name, "for", time] => partition(name, Way::Both, time),
        ["partition", name, "up", "for", time] => partition(name, way_up, time),
        ["partition", name, "down", "for", time] => partition(name, way_down, time),
        ["hold", name, "for", time] => Ok(Fault::Hold { who: who(plan, name)?, for_ms: read_time(time)? }),
        ["lag", name, ms, "for", time] => {
            Ok(Fault::Lag { who: who(plan, name)?, ms: read_time(ms)?, for_ms: read_time(time)? })
        }
        ["jitter", name, ms, "for", time] => {
            Ok(Fault::Jitter { who: who(plan, name)?, ms: read_time(ms)?, for_ms: read_time(time)? })
        }
        ["reset", "all"] => Ok(Fault::ResetAll),
        ["reset", name] => Ok(Fault::Reset { who: who(plan, name)? }),
        ["half", "open", name, "up"] => Ok(Fault::HalfOpen { who: who(plan, name)?, untold: way_up }),
        ["half", "open", name, "down"] => Ok(Fault::HalfOpen { who: who(plan, name)?, untold: way_down }),
        ["refuse", "for", time] => Ok(Fault::Refuse { for_ms: read_time(time)? }),
        ["stall", "reads", "of", name, "for", time] => {
            Ok(Fault::StallReads { who: who(plan, name)?, for_ms: read_time(time)? })
        }
        ["stall", "writes", "of", name, "for", time] => {
            Ok(Fault::StallWrites { who: who(plan, name)?, for_ms: read_time(time)? })
        }
        ["drip", name, "for", time] => Ok(Fault::Drip { who: who(plan, name)?, for_ms: read_time(time)? }),
        ["kill", "for", time] => crash(Crash::Kill, time),
        ["power", "cut", "for", time] => crash(Crash::PowerCut, time),
        ["torn", "for", time] => crash(Crash::Torn, time),
        ["after", "append", "for", time] => crash(Crash::AfterAppend, time),
        ["before", "append", "for", time] => crash(Crash::BeforeAppend, time),
        ["stop", "for", time] => crash(Crash::Stop, time),
        ["clock", "by", time] => {
            let (back, time) = time.strip_prefix('-').map_or((false, *time), |time| (true, time));
            let ms = i64::try_from(read_time(time)?).map_err(|_| format!("`{time}` is too long"))?;
            Ok(Fault::Clock { jump_ms: if back { -ms } else { ms } })
        }
        ["set", limit, "to", value] => {
            let value = value.parse().map_err(|_| format!("`{value}` is no number"))?;
            let fault = Fault::Set { limit: (*limit).to_owned(), value };
            let known = hobnob_spec::limits::Limits::default().named_mut(limit).is_some();
            if known { Ok(fault) } else { Err(format!("there is no limit `{limit}`")) }
        }
        ["disk", "full", "for", time] => Ok(Fault::DiskFull { for_ms: read_time(time)? }),
        ["write", "errors", "for", time] => Ok(Fault::WriteErrors { for_ms: read_time(time)? }),
        ["slow", "disk", ms, "for", time] => Ok(Fault::SlowDisk { ms: read_time(ms)?, for_ms: read_time(time)? }),
        ["unreadable", "for", time] => Ok(Fault::Unreadable { for_ms: read_time(time)? }),
        ["crowd", "of", count, "for", time] => Ok(Fault::Crowd { count: number(count)?, for_ms: read_time(time)? }),
        ["impostor", "to", name, "for", time] => {
            Ok(Fault::Impostor { who: who(plan, name)?, for_ms: read_time(time)? })
        }
        _ => Err(format!("`{text}` is no fault; docs/SIMULATION.md lists those that there are")),
    }
}

/// Reads what goes wrong with a relay, if it is about one.
fn read_relay_fault(plan: &Plan, words: &[&str]) -> Option<Result<Fault, String>> {
    let (verb, rest) = words.split_first()?;
    let (side, rest) = match rest {
        ["clients", "of", rest @ ..] => (Side::Clients, rest),
        rest => (Side::Server, rest),
    };
    let (name, rest) = rest.split_first()?;
    let relay = plan.relays.iter().position(|relay| relay.name == *name)?;
    let (way, time) = match rest {
        ["for", time] => (Way::Both, time),
        ["up", "for", time] => (Way::Up, time),
        ["down", "for", time] => (Way::Down, time),
        _ => return None,
    };
    let for_ms = match read_time(time) {
        Ok(ms) => ms,
        Err(wrong) => return Some(Err(wrong)),
    };
    match (*verb, side, way) {
        ("crash", Side::Server, Way::Both) => Some(Ok(Fault::RelayCrash { relay, down_ms: for_ms })),
        ("stop", Side::Server, Way::Both) => Some(Ok(Fault::RelayStop { relay, down_ms: for_ms })),
        ("partition", side, way) => Some(Ok(Fault::RelayCut { relay, side, way, for_ms })),
        ("hold", side, Way::Both) => Some(Ok(Fault::RelayHold { relay, side, for_ms })),
        ("slow", side, Way::Both) => Some(Ok(Fault::RelaySlow { relay, side, for_ms })),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let text = r#"
name = "two friends"
clients = ["ann", "bob"]
rude = ["eve"]
relays = ["gate: bob, eve", "hatch: ann, gate"]
heal = "20s"
end = "40s"
steps = [
  "0s      ann joins as ann with 🦊",
  "1s      ann wears nothing",
  "1s      ann offers as avatar 30: a.png",
  "1.25s   ann says in lobby: hello: you",
  "1.3s    bob asks 50 of lobby before 7",
  "2s      eve knocks",
  "2s      eve types: bob:hello: you",
  "2s      * partition ann up for 3s",
  "3s      * clock by -3600s",
  "4s      * crash gate for 2s",
  "4s      * partition gate up for 2s",
  "5s      * partition clients of hatch down for 2s",
  "6s      * hold clients of gate for 2s",
  "7s      * slow gate for 2s",
  "8s      * stop hatch for 2s",
]
"#;
        let plan: Plan = toml::from_str(text).expect("it is a plan");
        let again: Plan = toml::from_str(&toml::to_string(&plan).expect("a plan can be written")).expect("and read");
        assert_eq!(plan, again);
        assert_eq!(plan.steps.len(), 15);
    }

    #[test]
    fn a_relay_is_for_people_who_take_part_and_for_nobody_twice() {
        let wrong = |relays: &str| {
            let text = format!("name = ''\nclients = ['ann']\nrelays = {relays}\nheal = '1s'\nend = '2s'\nsteps = []");
            toml::from_str::<Plan>(&text).expect_err("it is no plan").to_string()
        };
        assert!(wrong("['gate: bob']").contains("nobody is called `bob`"));
        assert!(wrong("['gate: ann', 'hatch: ann']").contains("`ann` comes through `gate` already"));
        assert!(wrong("['ann: ann']").contains("`ann` takes part already"));
        assert!(wrong("['gate']").contains("a relay is written as"));
    }

    #[test]
    fn a_wrong_line_is_named_with_what_is_wrong() {
        let text = "name = ''\nclients = ['ann']\nheal = '1s'\nend = '2s'\nsteps = ['0s ann frobs']";
        let error = toml::from_str::<Plan>(text).expect_err("nobody frobs").to_string();
        assert!(error.contains("`0s ann frobs`: `frobs` is nothing that ann could do"), "{error}");
    }
}
