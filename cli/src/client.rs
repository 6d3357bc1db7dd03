//! `hobnob client`: joins a chat from a terminal, or from a script through plain streams.
//!
//! Owns the loop between keyboard, link and screen. What a line means stands in `menu` and `commands`.

mod commands;
mod menu;
mod terminal;
#[cfg(test)]
mod tests;
mod words;

use crate::exit::{ExitCode, Failure};
use futures_lite::{FutureExt, future};
use hobnob_machine::Shown;
use hobnob_runtime::{Link, SmolWorld};
use hobnob_spec::messages::Secret;
use jiff::tz::TimeZone;
use menu::{Menu, Wishes};
use std::path::{Path, PathBuf};
use terminal::{Key, Terminal};
use words::Style;

/// The port that is meant where none is named.
const PORT: u16 = 18_000;

/// Join a chat.
///
/// On a terminal, incoming lines do not disturb the one that is being typed. Without one it is a plain stream:
/// each line of the input is taken as if it were typed, and at the end of the input the client quits.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  hobnob client                             the menu, at the server on this machine
  hobnob client chat.example.org --nick Ann join at once
  echo 'Good morning' | hobnob client --nick Bot

In the chat, /help shows the commands.")]
pub(crate) struct ClientArgs {
    /// The server: HOST, or HOST:PORT
    #[arg(value_name = "ADDR", default_value = "127.0.0.1:18000")]
    addr: String,
    /// Join at once under this nick, without the menu
    #[arg(long, value_name = "NICK")]
    nick: Option<String>,
    /// How the client talks with its user
    #[arg(long, value_name = "UI", default_value = "menu")]
    ui: Ui,
    /// Enter this room after joining; may be given several times
    #[arg(long, value_name = "ROOM")]
    room: Vec<String>,
    /// Become an operator after joining, with the key in this file
    #[arg(long, value_name = "FILE")]
    operator: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Ui {
    /// Lines of text and a menu
    Menu,
}

/// What a turn of the loop brought.
enum Turn {
    Sent,
    Shown(Shown),
    Key(Key),
    Broken,
}

/// Runs the command until its user leaves.
pub(crate) fn run(args: ClientArgs) -> Result<ExitCode, Failure> {
    let operator = args.operator.as_deref().map(operator_key).transpose()?;
    let addr = with_port(args.addr).map_err(|wrong| Failure::new(ExitCode::Usage, wrong))?;
    let wishes = Wishes { nick: args.nick, rooms: args.room, operator };
    let Ui::Menu = args.ui;
    let coloured = Terminal::is_interactive() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let style = Style { zone: TimeZone::system(), colour: coloured };
    let terminal = Terminal::open()
        .map_err(|error| Failure::new(ExitCode::Failed, format_args!("cannot read the keyboard: {error}")))?;
    let world = SmolWorld::new();
    let link = Link::start(&world, addr.clone());
    world.run(talk(Menu::new(addr, style, wishes), terminal, link))
}

async fn talk(mut menu: Menu, mut terminal: Terminal, link: Link) -> Result<ExitCode, Failure> {
    let mut asked = false;
    loop {
        for line in menu.take_lines() {
            terminal.print(&line).map_err(|error| Failure::output(&error))?;
        }
        if let Some(end) = menu.over() {
            return end;
        }
        if let (false, Some(prompt)) = (asked, menu.prompt()) {
            terminal.ask(prompt);
            asked = true;
        }
        let sent = async {
            match menu.intents.front() {
                None => future::pending().await,
                Some(intent) if link.intents.send(intent.clone()).await.is_err() => Turn::Broken,
                Some(_) => Turn::Sent,
            }
        };
        let shown = async { link.shown.recv().await.map_or(Turn::Broken, Turn::Shown) };
        let key = async { terminal.keys.recv().await.map_or(Turn::Key(Key::End), Turn::Key) };
        let listening = asked;
        let key = async { if listening { key.await } else { future::pending().await } };
        match sent.or(shown).or(key).await {
            Turn::Sent => drop(menu.intents.pop_front()),
            Turn::Shown(shown) => menu.shown(shown),
            Turn::Key(Key::Line(line)) => {
                asked = false;
                menu.typed(&line);
            }
            Turn::Key(Key::End) => {
                asked = false;
                menu.end_of_input();
            }
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

/// The address with the default port where it names none, or what is wrong with it.
fn with_port(addr: String) -> Result<String, String> {
    if addr.parse::<std::net::Ipv6Addr>().is_ok() {
        return Ok(format!("[{addr}]:{PORT}"));
    }
    let after_host = if addr.starts_with('[') { addr.find(']').map_or(0, |at| at + 1) } else { 0 };
    let (host, port) = match addr[after_host..].split_once(':') {
        Some((host, port)) => (&addr[..after_host + host.len()], Some(port)),
        None => (addr.as_str(), None),
    };
    match port {
        _ if host.is_empty() => Err(format!("{addr:?} names no host; an address is written HOST or HOST:PORT")),
        None => Ok(format!("{addr}:{PORT}")),
        Some(port) if port.parse::<u16>().is_ok_and(|port| port > 0) => Ok(addr),
        Some(port) => Err(format!("{port:?} in {addr:?} is no port, which is a number from 1 to 65535")),
    }
}
