//! The pictures of README.md, taken of a real run. With HOBNOB_README_PICTURES=1 they are put where it shows them:
//! `HOBNOB_README_PICTURES=1 cargo test -p hobnob --test browser pictures`.

use crate::chat::{PRIVATE, ROOM, drawn, hears, join, say};
use crate::server::Server;
use hobnob_tests::browser::{Browser, Page};
use std::path::{Path, PathBuf};

/// A chart: a line that rests for a while, and a field over where it does.
const CHART: &str = "pen.fillStyle = '#eef2fb'; pen.fillRect(0, 0, w, h); pen.strokeStyle = '#3355c8'; \
                     pen.lineWidth = 4; pen.beginPath(); pen.moveTo(20, h - 30); pen.lineTo(w * .3, h - 90); \
                     pen.lineTo(w * .6, h - 90); pen.lineTo(w * .62, 40); pen.lineTo(w - 20, 30); pen.stroke(); \
                     pen.fillStyle = 'rgba(200, 80, 60, .18)'; pen.fillRect(w * .3, 10, w * .3, h - 20);";
/// Less than this has no picture of a page.
const BYTES_MIN: usize = 10_000;

/// Takes a picture of what a person sees.
fn take(page: &Page, folder: &Path, name: &str) {
    let path = folder.join(name);
    // What moves has come to rest, and no cursor blinks.
    page.eval("new Promise(rest => setTimeout(rest, 500)).then(() => document.activeElement?.blur())");
    page.screenshot(&path);
    let bytes = std::fs::read(&path).expect("the picture was taken");
    assert!(bytes.len() > BYTES_MIN, "{name} shows something: it has {} bytes", bytes.len());
}

/// Where pictures go: to the documents where that is wished for.
fn folder(temporary: &Path) -> PathBuf {
    if std::env::var_os("HOBNOB_README_PICTURES").is_none() {
        return temporary.to_owned();
    }
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/pictures")
}

#[test]
fn eight_pictures_of_chat_and_monitor_are_taken() {
    let browser = Browser::shared();
    let server = Server::start(&[]);
    let folder = folder(server.home.path());
    let form = server.visit(&browser);
    form.fill("[data-testid=nick]", "Ada");
    take(&form, &folder, "join.png");
    let (ada, ben) = (join(&server, &browser, "Ada"), join(&server, &browser, "Ben"));
    let cleo = join(&server, &browser, "Cleo");
    ada.desktop();
    say(&ben, ROOM, "Good morning! Did anybody get the relay to start?");
    hears(&ada, ROOM, "Good morning! Did anybody get the relay to start?");
    say(&ada, ROOM, "Yes. It wants to know the server first:\nhobnob relay --upstream localhost:18000");
    hears(&cleo, ROOM, "Yes. It wants to know the server first:\nhobnob relay --upstream localhost:18000");
    let chart = server.file("partition.png", &drawn(&cleo, 420, 220, CHART));
    cleo.set_files(&format!("{ROOM}[data-testid=file-input]"), &[&chart]);
    ada.wait_for("document.querySelector('[data-testid=picture]')?.naturalWidth === 420");
    say(&cleo, ROOM, "This is what a partition looks like from my side: nothing is lost, it only comes later.");
    ada.double_click("[data-testid=members] [data-nick=Ben] button");
    ada.wait_for("document.querySelector('[data-testid=private-pane] textarea') === document.activeElement");
    say(&ada, PRIVATE, "Shall we present on Thursday?");
    hears(&ben, PRIVATE, "Shall we present on Thursday?");
    say(&ben, PRIVATE, "Thursday is fine. I bring the slides.");
    hears(&ada, PRIVATE, "Thursday is fine. I bring the slides.");
    take(&ada, &folder, "chat.png");
    ada.click("[data-testid=picture]");
    ada.wait_for("document.querySelector('dialog[open] img')?.naturalWidth === 420");
    take(&ada, &folder, "picture.png");
    ada.press("Escape");
    ada.wait_for("!document.querySelector('dialog[open]')");
    ada.phone();
    ada.color_scheme("dark");
    ada.wait_for("matchMedia('(prefers-color-scheme: dark)').matches");
    take(&ada, &folder, "phone.png");

    let monitor = server.watch("messages");
    say(&ben, ROOM, "See https://www.rfc-editor.org/rfc/rfc6455 for the frames.");
    monitor.wait_text("for the frames");
    take(&monitor, &folder, "monitor.png");
    for view in ["figures", "people", "protocol"] {
        monitor.click(&format!("#tab-{view}"));
        monitor.wait_for(&format!("document.querySelectorAll('#tab-{view}[aria-selected=true]').length === 1"));
        if view == "protocol" {
            monitor.click("[title='Member, Say']");
        }
        take(&monitor, &folder, &format!("{view}.png"));
    }
}
