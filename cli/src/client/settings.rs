//! The settings of a client: their names, and what they mean. How they are gathered stands in `crate::settings`.

use super::pictures::Wanted;
use super::{Ui, with_port};
use crate::exit::Failure;
use crate::settings::{self, Flags, OFF, OneOrMany};
use figment::Figment;
use figment::providers::Env;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// What stands before the name of a setting in the environment.
const ENV_PREFIX: &str = "HOBNOB_CLIENT_";

/// Stands for no folder: nothing is fetched.
pub(super) const NO_DOWNLOADS: &str = OFF;

/// The settings as people write them.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    port: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) nick: Option<String>,
    pub(super) ui: Ui,
    room: OneOrMany,
    downloads: String,
    pub(super) pictures: Wanted,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) avatar: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    operator: Option<String>,
}

/// What those settings are called that may be missing.
const OPTIONAL: [(&str, &str); 5] = [
    ("host", "HOST or HOST:PORT; this computer"),
    ("port", "PORT; the one that the UI's course uses"),
    ("nick", "NICK; it is asked for"),
    ("avatar", "EMOJI, or FILE with a picture"),
    ("operator", "FILE with the operator's key"),
];

impl Default for Written {
    fn default() -> Self {
        Self {
            host: None,
            port: None,
            nick: None,
            ui: Ui::Menu,
            room: OneOrMany::Many(Vec::new()),
            downloads: "downloads".into(),
            pictures: Wanted::Auto,
            avatar: None,
            operator: None,
        }
    }
}

/// Puts the settings together, with where each comes from.
pub(super) fn gather(file: Option<&Path>, flags: Flags) -> Result<(Figment, Written), Failure> {
    let (figment, written) = settings::gather::<Written>("client", file, Env::prefixed(ENV_PREFIX), flags)?;
    match written.port {
        Some(0) => Err(settings::wrong(&figment, "port", "0 is no port, which is a number from 1 to 65535")),
        Some(_) | None => Ok((figment, written)),
    }
}

impl Written {
    /// Where the server is; `None` where the user is to be asked.
    pub(super) fn address(&self) -> Result<Option<String>, String> {
        let port = self.port.unwrap_or_else(|| self.ui.usual_port());
        match &self.host {
            Some(host) => with_port(host.clone(), port).map(Some),
            None if self.ui == Ui::Tata && self.port.is_none() => Ok(None),
            None => with_port("127.0.0.1".to_owned(), port).map(Some),
        }
    }

    /// The rooms to enter after joining.
    pub(super) fn rooms(&self) -> Vec<String> {
        self.room.all().into_iter().map(str::to_owned).collect()
    }

    /// Where files go that come; `None` where none is fetched.
    pub(super) fn folder(&self) -> Option<PathBuf> {
        (self.downloads != NO_DOWNLOADS).then(|| PathBuf::from(&self.downloads))
    }

    /// Where the operator's key is, for who is one.
    pub(super) fn key_file(&self) -> Option<&Path> {
        self.operator.as_deref().map(Path::new)
    }
}

/// The settings as a file that says where each comes from. Those that are missing are remarks.
pub(super) fn printed(figment: &Figment, written: &Written) -> String {
    let (text, tables) = settings::printed("client", figment, written);
    text + &settings::missing(figment, &OPTIONAL) + &tables
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        args: crate::client::ClientArgs,
    }

    /// The settings of a file and a command line, or the complaint.
    fn settings(file: &str, line: &[&str]) -> Result<(String, Written), String> {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let path = folder.path().join("me.toml");
        std::fs::write(&path, file).expect("a file can be written");
        let line = Line::try_parse_from([&["hobnob"], line].concat()).expect("a command line");
        let flags = line.args.flags()?;
        let (figment, written) = gather(Some(&path), flags).map_err(|failure| failure.sentence)?;
        Ok((printed(&figment, &written), written))
    }

    #[test]
    fn flags_go_before_the_file_and_what_is_printed_can_be_read_again() {
        let file = "host = \"chat\"\nui = \"colon\"\npictures = \"sixel\"\nroom = \"tea, cake\"\ndownloads = \"off\"\n";
        let (text, written) = settings(file, &["--pictures", "kitty", "--nick", "Ann"]).expect("good settings");
        assert_eq!((written.pictures, written.ui, written.nick.as_deref()), (Wanted::Kitty, Ui::Colon, Some("Ann")));
        assert_eq!(written.address().expect("an address").as_deref(), Some("chat:8080"), "as its course's");
        assert_eq!((written.rooms(), written.folder()), (vec!["tea".to_owned(), "cake".to_owned()], None));
        let line = text.lines().find(|line| line.starts_with("pictures = \"kitty\"")).expect("it is printed");
        assert!(line.ends_with("# a flag"), "{text}");
        let (_, again) = settings(&text, &["other:5", "--room", "den"]).expect("what was printed is a configuration");
        assert_eq!((again.pictures, again.rooms()), (Wanted::Kitty, vec!["den".to_owned()]));
        assert_eq!(again.address().expect("an address").as_deref(), Some("other:5"));
    }

    #[test]
    fn complaints_name_the_line_and_what_there_is() {
        let wrong = |file: &str, line: &[&str]| settings(file, line).expect_err("somebody complains");
        let word = wrong("nick = \"Ann\"\npictures = \"lithograph\"\n", &[]);
        assert!(word.contains("line 2") && word.contains("`kitty`"), "{word}");
        let name = wrong("nik = \"Ann\"\n", &[]);
        assert!(name.contains("line 1") && name.contains("hobnob client --print-config"), "{name}");
        assert!(wrong("port = 0\n", &[]).contains("line 1"));
        assert!(wrong("", &["chat", "99999"]).contains("is no port"));
    }
}
