//! `hobnob client`: joins a chat from a terminal, or from a script through plain streams.
//!
//! Owns the loop between keyboard, link and screen. What a line means stands in `menu` and `commands`.

mod avatar;
mod colon;
mod command;
mod commands;
#[cfg(test)]
mod courses;
mod dialogue;
mod files;
mod menu;
mod pictures;
mod settings;
mod tata;
mod terminal;
#[cfg(test)]
mod tests;
mod words;

use crate::exit::{self, ExitCode, Failure};
use crate::settings::Flags;
use avatar::Wardrobe;
use colon::Colon;
use command::Command;
use dialogue::{Dialogue, FileWish, Prompt, Wishes};
use figment::value::{Dict, Value};
use files::Files;
use futures_lite::{FutureExt, future};
use hobnob_machine::Shown;
use hobnob_runtime::{Link, SmolWorld, World};
use hobnob_spec::messages::Secret;
use hobnob_spec::profile::Profile;
use jiff::tz::TimeZone;
use menu::Menu;
use pictures::Pictures;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use tata::Tata;
use terminal::{Key, Terminal};
use words::Style;

/// Join a chat.
///
/// On a terminal, incoming lines do not disturb the one that is being typed. Without one it is a plain stream:
/// each line of the input is taken as if it were typed, and at the end of the input the client quits.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  hobnob client                             the menu, at the server on this machine
  hobnob client chat.example.org --nick Ann join at once
  hobnob client --ui colon --port 8080      rooms and private messages, as one course wants them
  hobnob client 192.168.1.5 5001 --ui tata  one room for all, as another does
  hobnob client --print-config > me.toml    all settings, to be changed and given with --config
  HOBNOB_CLIENT_NICK=Ann hobnob client
  echo 'Good morning' | hobnob client --nick Bot

In the chat, /help shows the commands.")]
pub(crate) struct ClientArgs {
    /// The server: HOST, HOST:PORT or HOST PORT; 127.0.0.1 by default
    #[arg(value_name = "ADDR", num_args = 0..=2)]
    addr: Vec<String>,
    /// The server's host, in place of ADDR
    #[arg(long, value_name = "HOST", conflicts_with = "addr")]
    host: Option<String>,
    /// The server's port; the one that the UI's course uses by default, 18000 for the others
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
    port: Option<u16>,
    /// Join at once under this nick, without the menu
    #[arg(long, value_name = "NICK")]
    nick: Option<String>,
    /// How the client talks with its user; by the menu where nothing else is said
    #[arg(long, value_name = "UI")]
    ui: Option<Ui>,
    /// Enter this room after joining; may be given several times
    #[arg(long, value_name = "ROOM")]
    room: Vec<String>,
    /// Keep the files that others send in this folder; in downloads by default
    #[arg(long, value_name = "FOLDER")]
    downloads: Option<String>,
    /// Fetch none of the files that others send
    #[arg(long, conflicts_with = "downloads")]
    no_downloads: bool,
    /// How pictures that others send are shown on a terminal; as it can by default. All are named, and kept like any file
    #[arg(long, value_name = "HOW")]
    pictures: Option<pictures::Wanted>,
    /// Wear this beside the nick: an emoji, or a picture of at most 64 KiB (PNG, JPEG, GIF or WebP)
    #[arg(long, value_name = "EMOJI|PATH")]
    avatar: Option<String>,
    /// Become an operator after joining, with the key in this file
    #[arg(long, value_name = "FILE")]
    operator: Option<String>,
    /// Read settings from this file (TOML)
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print all settings, and where each comes from, and start nothing
    #[arg(long)]
    print_config: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Ui {
    /// Lines of text and a menu
    Menu,
    /// A room where lines are talk, or commands outside
    Colon,
    /// Every line begins with a command
    Command,
    /// A name, then lines of talk until `tata`
    Tata,
}

impl Ui {
    /// The port that is meant where none is named.
    fn usual_port(self) -> u16 {
        Profile::usual_port(match self {
            Self::Menu => "classroom",
            Self::Colon => "messenger",
            Self::Command => "sendto",
            Self::Tata => "tata",
        })
    }

    fn dialogue(self, addr: String, style: Style, wishes: Wishes) -> Box<dyn Dialogue> {
        match self {
            Self::Menu => Box::new(Menu::new(addr, style, wishes)),
            Self::Colon => Box::new(Colon::new(addr, style, wishes)),
            Self::Command => Box::new(Command::new(addr, style, wishes)),
            Self::Tata => Box::new(Tata::new(addr, style, wishes)),
        }
    }
}

impl ClientArgs {
    /// The flags that were given, by the names of the settings.
    fn flags(&self) -> Result<Flags, String> {
        let mut flags = Dict::new();
        let (host, mut port) = (self.addr.first().or(self.host.as_ref()), self.port);
        if let Some(given) = self.addr.get(1) {
            let number = given.parse().ok().filter(|port| *port > 0);
            port = Some(number.ok_or_else(|| format!("{given:?} is no port, which is a number from 1 to 65535"))?);
        }
        let off = self.no_downloads.then(|| settings::NO_DOWNLOADS.to_owned());
        let texts = [
            ("host", host.cloned()),
            ("nick", self.nick.clone()),
            ("downloads", self.downloads.clone().or(off)),
            ("avatar", self.avatar.clone()),
            ("operator", self.operator.clone()),
        ];
        for (key, text) in texts {
            flags.extend(text.map(|text| (key.to_owned(), Value::from(text))));
        }
        flags.extend(port.map(|port| ("port".to_owned(), Value::from(port))));
        flags.extend((!self.room.is_empty()).then(|| ("room".to_owned(), Value::from(self.room.clone()))));
        let words = [("ui", self.ui.map(Value::serialize)), ("pictures", self.pictures.map(Value::serialize))];
        for (key, word) in words {
            flags.extend(word.map(|word| (key.to_owned(), word.expect("a word can be a value"))));
        }
        Ok(Flags(flags))
    }
}

/// What a turn of the loop brought.
enum Turn {
    Sent,
    Shown(Shown),
    Key(Key),
    Paused,
    Drawn,
    Broken,
}

/// Runs the command until its user leaves.
pub(crate) fn run(args: &ClientArgs) -> Result<ExitCode, Failure> {
    let usage = |wrong| Failure::new(ExitCode::Usage, wrong);
    let (figment, written) = settings::gather(args.config.as_deref(), args.flags().map_err(usage)?)?;
    let addr = written.address().map_err(usage)?;
    if args.print_config {
        exit::print(&settings::printed(&figment, &written))?;
        return Ok(ExitCode::Fine);
    }
    let operator = written.key_file().map(operator_key).transpose()?;
    let mut wardrobe = Wardrobe::new(written.avatar.as_deref().map(avatar::read).transpose().map_err(usage)?);
    let wishes = Wishes { nick: written.nick.clone(), rooms: written.rooms(), operator };
    let watched = Terminal::is_interactive();
    let coloured = watched && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let style = Style { zone: TimeZone::system(), colour: coloured };
    let pictures = Pictures::new(written.pictures, watched);
    let mut files = Files::new(files::Settings { folder: written.folder(), watched, pictures });
    let mut terminal = Terminal::open()
        .map_err(|error| Failure::new(ExitCode::Failed, format_args!("cannot read the keyboard: {error}")))?;
    let world = SmolWorld::new();
    let ui = written.ui;
    world.clone().run(async move {
        let addr = match addr {
            Some(addr) => addr,
            None => match ask_host(&terminal).await {
                Some(host) => with_port(host, ui.usual_port()).map_err(usage)?,
                None => return Ok(ExitCode::Fine),
            },
        };
        let link = Link::start(&world, addr.clone());
        let mut dialogue = ui.dialogue(addr, style, wishes);
        talk(&world, dialogue.as_mut(), (&mut files, &mut wardrobe), &mut terminal, link).await
    })
}

/// Asks for the server's host; `None` when no line comes.
async fn ask_host(terminal: &Terminal) -> Option<String> {
    terminal.ask(Prompt::Question(tata::HOST));
    match terminal.keys.recv().await {
        Ok(Key::Line(host)) => Some(host.trim().to_owned()),
        Ok(Key::End) | Err(_) => None,
    }
}

async fn talk(
    world: &SmolWorld,
    dialogue: &mut dyn Dialogue,
    (files, wardrobe): (&mut Files, &mut Wardrobe),
    terminal: &mut Terminal,
    link: Link,
) -> Result<ExitCode, Failure> {
    // Whether a line was asked for, whether no more lines come, and whether the dialogue knows it.
    let (mut asked, mut ended, mut told) = (false, false, false);
    let mut resume_at = None;
    loop {
        for wish in dialogue.file_wishes() {
            match wish {
                FileWish::Avatar(what) => {
                    wardrobe.typed(&what).into_iter().for_each(|picture| files.get_picture(picture));
                }
                wish => files.wish(wish),
            }
        }
        // What was asked before the end of the input is done before it ends.
        if ended && !told && files.idle() && wardrobe.idle() {
            told = true;
            dialogue.end_of_input();
        }
        for line in dialogue
            .take_lines()
            .into_iter()
            .chain(std::mem::take(&mut files.lines))
            .chain(std::mem::take(&mut wardrobe.lines))
        {
            terminal.print(&line).map_err(|error| Failure::output(&error))?;
        }
        if let Some(end) = dialogue.over() {
            return end;
        }
        if let (false, false, Some(prompt)) = (asked, wardrobe.holds(), dialogue.prompt()) {
            terminal.ask(prompt);
            asked = true;
        }
        resume_at = files
            .pause()
            .into_iter()
            .chain(wardrobe.pause())
            .min()
            .map(|pause| resume_at.unwrap_or_else(|| world.now() + pause));
        // Talk goes before files.
        let intent = wardrobe.intents.front().or(dialogue.intents().front()).or(files.intents.front()).cloned();
        let sent = async {
            match intent {
                None => future::pending().await,
                Some(intent) if link.intents.send(intent.clone()).await.is_err() => Turn::Broken,
                Some(_) => Turn::Sent,
            }
        };
        let shown = async { link.shown.recv().await.map_or(Turn::Broken, Turn::Shown) };
        let key = async { terminal.keys.recv().await.map_or(Turn::Key(Key::End), Turn::Key) };
        let paused = async {
            match resume_at {
                None => future::pending().await,
                Some(at) => {
                    world.sleep_until(at).await;
                    Turn::Paused
                }
            }
        };
        let listening = asked && !ended;
        let key = async { if listening { key.await } else { future::pending().await } };
        let drawn = async {
            files.drawn().await;
            Turn::Drawn
        };
        match sent.or(shown).or(key).or(paused).or(drawn).await {
            Turn::Sent => {
                let sent = wardrobe.intents.pop_front().or_else(|| dialogue.intents().pop_front());
                drop(sent.or_else(|| files.intents.pop_front()));
            }
            Turn::Shown(shown) => {
                let heard = if let Shown::Entry { place, .. } = &shown { dialogue.hears(place) } else { true };
                if !wardrobe.shown(&shown) && !files.shown(&shown, heard) {
                    dialogue.shown(shown);
                }
            }
            Turn::Paused => {
                wardrobe.resume();
                files.resume();
            }
            Turn::Drawn => {}
            Turn::Key(Key::Line(line)) => {
                asked = false;
                dialogue.typed(&line);
            }
            Turn::Key(Key::End) => ended = true,
            Turn::Broken => return Err(Failure::new(ExitCode::Failed, "the link to the server ended unexpectedly")),
        }
    }
}

fn operator_key(path: &Path) -> Result<Secret, Failure> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|error| {
        Failure::new(ExitCode::Usage, format_args!("cannot read the operator's key from {shown}: {error}"))
    })?;
    Secret::from_hex(text.trim()).ok_or_else(|| {
        Failure::new(ExitCode::Usage, format_args!("{shown} does not hold an operator's key: 32 hexadecimal digits"))
    })
}

/// The address with this port where it names none, or what is wrong with it.
fn with_port(addr: String, usual: u16) -> Result<String, String> {
    if addr.parse::<std::net::Ipv6Addr>().is_ok() {
        return Ok(format!("[{addr}]:{usual}"));
    }
    let after_host = if addr.starts_with('[') { addr.find(']').map_or(0, |at| at + 1) } else { 0 };
    let (host, port) = match addr[after_host..].split_once(':') {
        Some((host, port)) => (&addr[..after_host + host.len()], Some(port)),
        None => (addr.as_str(), None),
    };
    match port {
        _ if host.is_empty() => Err(format!("{addr:?} names no host; an address is written HOST or HOST:PORT")),
        None => Ok(format!("{addr}:{usual}")),
        Some(port) if port.parse::<u16>().is_ok_and(|port| port > 0) => Ok(addr),
        Some(port) => Err(format!("{port:?} in {addr:?} is no port, which is a number from 1 to 65535")),
    }
}
