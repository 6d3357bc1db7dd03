//! Pictures, files and avatars between browsers.

use super::{PRIVATE, ROOM, come_in, drawn, join};
use crate::server::Server;
use hobnob_tests::browser::{Browser, Page};
use serde_json::json;

/// A real picture, all of one colour.
fn png(page: &Page, width: u32, height: u32) -> Vec<u8> {
    drawn(page, width, height, "pen.fillStyle = 'teal'; pen.fillRect(0, 0, w, h);")
}

#[test]
fn a_picture_is_sent_and_seen_and_other_files_are_to_be_had() {
    let browser = Browser::shared();
    let server = Server::start(&[]);
    let (ann, bob) = (join(&server, &browser, "Ann"), join(&server, &browser, "Bob"));
    let picture = server.file("sea.png", &png(&ann, 900, 600));
    ann.set_files(&format!("{ROOM}[data-testid=file-input]"), &[&picture]);
    for page in [&ann, &bob] {
        page.wait_for("document.querySelector('[data-testid=picture]')?.naturalWidth === 900");
    }
    bob.click("button.picture");
    bob.wait_for("document.querySelector('dialog img')?.naturalHeight === 600");
    bob.axe();
    bob.press("Escape");
    bob.wait_for("!document.querySelector('dialog')");

    // In a conversation only two may have it, and its sender sees it, too.
    bob.double_click("[data-testid=members] [data-nick=Ann] button");
    let numbers: Vec<u8> = (0..200_000_u32).map(|n| u8::try_from(n % 251).expect("it is small")).collect();
    let file = server.file("numbers.bin", &numbers);
    bob.set_files(&format!("{PRIVATE}[data-testid=file-input]"), &[&file]);
    for page in [&bob, &ann] {
        page.wait_for(&format!("document.querySelector('{PRIVATE}[data-testid=file]')"));
        let size = page.eval(&format!(
            "fetch(document.querySelector('{PRIVATE}[data-testid=file]').href).then(r => r.arrayBuffer())\
             .then(b => [b.byteLength, new Uint8Array(b)[199999]])"
        ));
        assert_eq!(size, json!([200_000, 199_999 % 251]));
        page.axe();
        page.assert_quiet();
    }
}

#[test]
fn a_picture_is_worn_as_an_avatar_and_seen_by_others() {
    let browser = Browser::shared();
    let server = Server::start(&[]);
    let (ann, bob) = (server.visit(&browser), join(&server, &browser, "Bob"));
    let picture = server.file("face.png", &png(&ann, 1_200, 700));
    ann.set_files("[data-testid=join-picture]", &[&picture]);
    ann.wait_for("document.querySelector('.avatar-preview img')?.naturalWidth === 256");
    come_in(&ann, "Ann");
    for page in [&ann, &bob] {
        page.wait_for("document.querySelector('[data-testid=members] [data-nick=Ann] img')?.naturalWidth === 256");
    }
    // Another one, while in: an emoji.
    ann.click("[data-testid=me]");
    ann.axe();
    ann.click("dialog .avatar-option[title=🦊]");
    ann.click("[data-testid=wear]");
    bob.wait_for("document.querySelector('[data-testid=members] [data-nick=Ann] .emoji')?.textContent === '🦊'");
    for page in [&ann, &bob] {
        page.assert_quiet();
    }
}

#[test]
fn a_large_file_shows_how_far_it_is_and_can_be_stopped() {
    let browser = Browser::shared();
    let server = Server::start(&[]);
    let ann = join(&server, &browser, "Ann");
    let large = server.file("large.bin", &vec![7; 12_000_000]);
    ann.set_files(&format!("{ROOM}[data-testid=file-input]"), &[&large]);
    ann.wait_for("document.querySelector('progress')?.value > 100000");
    ann.axe();
    ann.click("[data-testid=cancel-upload]");
    ann.wait_for("!document.querySelector('[data-testid=pending]')");
    // Larger than the server takes: refused without a byte being sent.
    let huge = server.file("huge.bin", &vec![7; 17_000_000]);
    ann.set_files(&format!("{ROOM}[data-testid=file-input]"), &[&huge]);
    ann.wait_for(
        "document.querySelector('[data-state=failed] .error').textContent === 'Not sent. The file is too large.'",
    );
    ann.click("[data-state=failed] button >> Discard");
    ann.wait_for("!document.querySelector('[data-testid=pending]')");
    ann.assert_quiet();
}
