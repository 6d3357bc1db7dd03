//! `hobnob` alone, on a terminal: a small menu of what can be started, for who does not know the commands yet.
//!
//! Only chooses: what is chosen is a command line like any other.

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};

const MENU: &str = "\
Hobnob is a chat that you run yourself. What shall it be?

1. Start a server on this computer.
2. Join a chat.
3. Start a relay, through which others reach a server.
4. See a chat that plays itself.
5. Quit.

`hobnob help` lists all commands.
";

/// Whether a person sits at both ends.
pub(crate) fn somebody_is_there() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// The command line that was chosen, after what the menu asks for it; `None` to quit.
pub(crate) fn chosen() -> Option<Vec<OsString>> {
    let mut ask = |question: &str| {
        print!("{question}");
        // Whoever cannot be asked will not answer either.
        drop(io::stdout().flush());
        let mut line = String::new();
        let read = io::stdin().read_line(&mut line).unwrap_or(0);
        (read > 0).then(|| line.trim().to_owned())
    };
    println!("{MENU}");
    let words = choose(&mut ask)?;
    println!("hobnob {}\n", words.join(" "));
    Some(std::iter::once("hobnob".to_owned()).chain(words).map(OsString::from).collect())
}

/// Asks until a choice is made; `None` when it is to quit, or no more lines come.
fn choose(ask: &mut impl FnMut(&str) -> Option<String>) -> Option<Vec<String>> {
    let words = |all: &[&str]| Some(all.iter().map(|word| (*word).to_owned()).collect());
    loop {
        match ask("Your choice: ")?.as_str() {
            "1" => return words(&["server"]),
            "2" => {
                let addr = ask("The server's address (empty for this computer): ")?;
                return if addr.is_empty() { words(&["client"]) } else { words(&["client", &addr]) };
            }
            "3" => {
                let addr = ask("The server's address (empty for this computer): ")?;
                let host = if addr.is_empty() { "127.0.0.1" } else { &addr };
                let port = if host.contains(':') { "" } else { ":18000" };
                return words(&["relay", "--upstream", &format!("{host}{port}")]);
            }
            "4" => return words(&["demo", "open"]),
            "5" | "q" => return None,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::choose;

    fn chosen(lines: &[&str]) -> Option<String> {
        let mut lines = lines.iter();
        choose(&mut |_| lines.next().map(|line| (*line).to_owned())).map(|words| words.join(" "))
    }

    #[test]
    fn each_choice_is_a_command_line() {
        assert_eq!(chosen(&["1"]).as_deref(), Some("server"));
        assert_eq!(chosen(&["2", ""]).as_deref(), Some("client"));
        assert_eq!(chosen(&["what?", "2", "chat.example.org:99"]).as_deref(), Some("client chat.example.org:99"));
        assert_eq!(chosen(&["3", ""]).as_deref(), Some("relay --upstream 127.0.0.1:18000"));
        assert_eq!(chosen(&["3", "chat:99"]).as_deref(), Some("relay --upstream chat:99"));
        assert_eq!(chosen(&["4"]).as_deref(), Some("demo open"));
        assert_eq!(chosen(&["5"]), None);
        assert_eq!(chosen(&[]), None);
    }
}
