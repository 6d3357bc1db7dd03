//! The files of the pages: HTML, styles and modules, embedded in the program.
//!
//! Owns under which address each is found: one that names the digest of all of them, so that a browser may keep them
//! for ever and never mixes two versions.

use super::modules;
use super::site::{Site, html};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use tide::http::Mime;
use tide::{Request, Response, StatusCode};

/// What stands in HTML for the folder of the other files.
const FOLDER: &str = "{web}";
/// The file that is made of the tables and settings, and the module that holds the same.
const PROTOCOL: &str = "protocol.json";
const PROTOCOL_MODULE: &str = "protocol.js";
/// What the chat's page loads in place of its modules and of its styles: all of them at once.
const CHAT_SCRIPT: (&str, &str) = ("chat.js", "chat.all.js");
const CHAT_STYLE: (&str, &str) = ("chat.css", "chat.all.css");
/// The line of the page with the styles that are joined to its own.
const BASE_STYLE: &str = "  <link rel=\"stylesheet\" href=\"{web}/base.css\">\n";
/// How many hexadecimal digits of the digest are in an address.
const DIGITS: usize = 16;

macro_rules! embedded {
    ($($name:literal),* $(,)?) => { &[$(($name, include_bytes!(concat!("../../web/", $name)))),*] };
}

/// The files as they were when the program was built.
const EMBEDDED: &[(&str, &[u8])] = embedded![
    "avatar-choice.js",
    "avatars.js",
    "base.css",
    "chat.css",
    "chat.html",
    "chat.js",
    "composer.js",
    "dialogs.js",
    "dom.js",
    "effects.js",
    "files.js",
    "guards.js",
    "icon.svg",
    "join.js",
    "link.js",
    "log.js",
    "login.html",
    "login.js",
    "machine.js",
    "memory.js",
    "message.js",
    "model.js",
    "monitor-charts.js",
    "monitor-diagram.js",
    "monitor-feed.js",
    "monitor-figures.js",
    "monitor-log.js",
    "monitor-people.js",
    "monitor-protocol.css",
    "monitor-protocol.js",
    "monitor-text.js",
    "monitor-views.css",
    "monitor.css",
    "monitor.html",
    "monitor.js",
    "order.js",
    "pane.js",
    "panes.js",
    "people.js",
    "place.js",
    "sha256.js",
    "shapes.js",
    "sidebar.js",
    "upload.js",
];

/// Where the files of the pages come from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Source {
    /// Those in the program.
    #[default]
    Embedded,
    /// Those of a folder, read again at each request: for who works on them.
    Folder(PathBuf),
}

/// The files of the pages.
#[derive(Debug)]
pub(super) struct Pages {
    source: Source,
    folder: String,
    /// The files that are made here.
    made: BTreeMap<&'static str, Vec<u8>>,
    /// Those and the files in the program, compressed.
    packed: BTreeMap<&'static str, Vec<u8>>,
}

impl Pages {
    /// The files from there, with what the page has to know of the protocol.
    pub(super) fn new(source: Source, protocol: String) -> Self {
        let mut digesting = crate::files::Digesting::default();
        for (name, bytes) in EMBEDDED {
            digesting.update(name.as_bytes());
            digesting.update(bytes);
        }
        digesting.update(protocol.as_bytes());
        let folder = format!("/web/{}", &digesting.digest().to_hex()[..DIGITS]);
        let module = format!("export const protocol = {protocol};\n");
        let mut made = BTreeMap::from([(PROTOCOL, protocol.into_bytes()), (PROTOCOL_MODULE, module.into_bytes())]);
        let mut packed = BTreeMap::new();
        if source == Source::Embedded {
            let text = |name: &str| {
                let bytes = embedded(name).or_else(|| made.get(name).map(Vec::as_slice));
                bytes.and_then(|bytes| String::from_utf8(bytes.to_vec()).ok())
            };
            let script = modules::join(CHAT_SCRIPT.0, &text).expect("a test joins the modules of the program");
            let styles = [embedded("base.css"), embedded(CHAT_STYLE.0)].into_iter().flatten().collect::<Vec<_>>();
            made.extend([(CHAT_SCRIPT.1, script.into_bytes()), (CHAT_STYLE.1, styles.concat())]);
            let files = made.iter().map(|(name, bytes)| (*name, bytes.as_slice())).chain(EMBEDDED.iter().copied());
            packed.extend(files.map(|(name, bytes)| (name, pack(bytes))));
        }
        Self { source, folder, made, packed }
    }

    /// A file by its name.
    fn file(&self, name: &str) -> Option<Vec<u8>> {
        if let Some(made) = self.made.get(name) {
            return Some(made.clone());
        }
        match &self.source {
            Source::Embedded => embedded(name).map(<[u8]>::to_vec),
            Source::Folder(folder) => plain(name).then(|| std::fs::read(folder.join(name)).ok()).flatten(),
        }
    }

    /// A page, with the addresses of its files.
    pub(super) fn page(&self, name: &str) -> String {
        let text = self.file(name).and_then(|bytes| String::from_utf8(bytes).ok());
        let Some(mut text) = text else { return format!("The page {name} is not there.") };
        if self.source == Source::Embedded && name == "chat.html" {
            text = text.replace(BASE_STYLE, "");
            for (one, all) in [CHAT_SCRIPT, CHAT_STYLE] {
                text = text.replace(&format!("{FOLDER}/{one}"), &format!("{FOLDER}/{all}"));
            }
        }
        text.replace(FOLDER, &self.folder)
    }

    fn is_kept(&self) -> bool {
        self.source == Source::Embedded
    }
}

/// A file as it was when the program was built.
fn embedded(name: &str) -> Option<&'static [u8]> {
    EMBEDDED.iter().find(|(own, _)| *own == name).map(|(_, bytes)| *bytes)
}

/// Compresses bytes as `gzip` does.
fn pack(bytes: &[u8]) -> Vec<u8> {
    let mut packing = GzEncoder::new(Vec::new(), Compression::default());
    let packed = packing.write_all(bytes).and_then(|()| packing.finish());
    packed.expect("memory takes all bytes")
}

/// Whether a name is that of a file beside the others.
fn plain(name: &str) -> bool {
    let sign = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    !name.starts_with('.') && name.chars().all(sign) && Path::new(name).components().count() == 1
}

fn kind(name: &str) -> Option<Mime> {
    let kinds = BTreeMap::from([
        ("css", "text/css; charset=utf-8"),
        ("html", "text/html; charset=utf-8"),
        ("js", "text/javascript; charset=utf-8"),
        ("json", "application/json"),
        ("svg", "image/svg+xml"),
        ("png", "image/png"),
        ("webmanifest", "application/manifest+json"),
    ]);
    name.rsplit_once('.').and_then(|(_, ending)| kinds.get(ending)?.parse().ok())
}

/// Answers with the chat's page.
pub(super) async fn chat(request: Request<Site>) -> tide::Result {
    Ok(html(StatusCode::Ok, request.state().pages.page("chat.html")))
}

/// Answers with one of the files.
pub(super) async fn file(request: Request<Site>) -> tide::Result {
    let (pages, name) = (&request.state().pages, request.param("name")?);
    let current = request.url().path().starts_with(&pages.folder);
    let (Some(bytes), Some(kind)) = (pages.file(name).filter(|_| !name.ends_with(".html")), kind(name)) else {
        return Ok(super::site::missing());
    };
    // Of another version's address the present file is not to be kept.
    let kept = if current && pages.is_kept() { "public, max-age=31536000, immutable" } else { "no-store" };
    let takes = request.header("accept-encoding").is_some_and(|takes| takes.last().as_str().contains("gzip"));
    let packed = pages.packed.get(name).filter(|_| takes).cloned();
    let response = Response::builder(StatusCode::Ok).header("cache-control", kept).header("vary", "accept-encoding");
    Ok(match packed {
        Some(packed) => response.header("content-encoding", "gzip").body(packed),
        None => response.body(bytes),
    }
    .content_type(kind)
    .build())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_has_a_kind_and_every_page_names_only_files_that_are_there() {
        let pages = Pages::new(Source::Embedded, "{}".to_owned());
        for (name, _) in EMBEDDED {
            assert!(plain(name) && kind(name).is_some(), "{name}");
        }
        for page in ["chat.html", "monitor.html", "login.html"] {
            let text = pages.page(page);
            assert!(!text.contains(FOLDER), "{page}");
            for part in text.split(&format!("{}/", pages.folder)).skip(1) {
                let name = part.split(['"', '\'']).next().expect("a split has a first part");
                assert!(pages.file(name).is_some(), "{page} names {name}");
            }
        }
    }

    #[test]
    fn the_chat_is_one_script_and_one_style_and_small() {
        let pages = Pages::new(Source::Embedded, super::super::protocol::of_client(&hobnob_machine::Config::default()));
        let page = pages.page("chat.html");
        assert_eq!(page.matches(&pages.folder).count() - page.matches("icon.svg").count(), 2, "{page}");
        assert!(page.contains(CHAT_SCRIPT.1) && page.contains(CHAT_STYLE.1));
        let bytes: usize = [CHAT_SCRIPT.1, CHAT_STYLE.1, "icon.svg"].iter().map(|name| pages.packed[name].len()).sum();
        assert!(bytes + page.len() < 100_000, "all that the chat's page loads has {bytes} bytes");
    }

    #[test]
    fn a_folder_gives_nothing_from_beside_it() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        std::fs::write(folder.path().join("a.css"), "a").expect("a file can be written");
        std::fs::create_dir(folder.path().join("web")).expect("a folder can be made");
        let pages = Pages::new(Source::Folder(folder.path().join("web")), "{}".to_owned());
        for name in ["../a.css", "..", ".", "", "/etc/passwd", "a/../../a.css", "%2e%2e/a.css"] {
            assert_eq!(pages.file(name), None, "{name}");
        }
    }
}
