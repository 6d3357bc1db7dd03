//! People who chat in browsers, and at a terminal, with each other.

mod files;
mod returning;

use crate::server::{HOBNOB, Server};
use hobnob_spec::files::Bytes;
use hobnob_tests::browser::{Browser, Page};
use hobnob_tests::process::Process;
use serde_json::json;
use std::path::Path;

pub(crate) const ROOM: &str = "[data-testid=room-pane] ";
pub(crate) const PRIVATE: &str = "[data-testid=private-pane] ";

/// Somebody who is in.
pub(crate) fn join(server: &Server, browser: &std::sync::Arc<Browser>, nick: &str) -> Page {
    let page = server.visit(browser);
    come_in(&page, nick);
    page
}

fn come_in(page: &Page, nick: &str) {
    page.fill("[data-testid=nick]", nick);
    page.click("[data-testid=join]");
    page.wait_for("document.querySelector('[data-testid=room-pane]')");
}

pub(crate) fn say(page: &Page, pane: &str, text: &str) {
    page.fill(&format!("{pane}[data-testid=composer]"), text);
    page.press("Enter");
}

/// Waits until a message can be read in a pane.
pub(crate) fn hears(page: &Page, pane: &str, text: &str) {
    page.wait_for(&count(pane, text));
}

/// How often a message stands in a pane.
fn count(pane: &str, text: &str) -> String {
    format!(
        "[...document.querySelectorAll({})].filter(line => line.textContent === {}).length",
        json!(format!("{pane}[data-testid=message] .text")),
        json!(text)
    )
}

/// A real picture, drawn by the browser; `how` is a script that has a `pen` and the width `w` and height `h`.
pub(crate) fn drawn(page: &Page, width: u32, height: u32, how: &str) -> Vec<u8> {
    let drawn = page.eval(&format!(
        "(() => {{ const c = document.createElement('canvas'), w = c.width = {width}, h = c.height = {height}; \
         const pen = c.getContext('2d'); {how} return c.toDataURL('image/png').split(',')[1]; }})()"
    ));
    Bytes::from_base64(drawn.as_str().expect("it is a text")).expect("it is base64").0
}

#[test]
fn two_browsers_and_a_terminal_talk_with_each_other_and_in_private() {
    let browser = Browser::shared();
    let server = Server::start(&[]);
    let (ann, bob) = (join(&server, &browser, "Ann"), join(&server, &browser, "Bob"));
    let mut carl = Process::start("Carl", Path::new(HOBNOB), &["client", &server.addr, "--nick", "Carl"]);
    carl.until("Carl joined the chatroom.\n");
    ann.wait_for("document.querySelectorAll('[data-testid=members] .person').length === 3");

    say(&ann, ROOM, "Hello from a <b>browser</b>, see https://example.org/x.");
    carl.until("Ann: Hello from a <b>browser</b>, see https://example.org/x.");
    hears(&bob, ROOM, "Hello from a <b>browser</b>, see https://example.org/x.");
    let link = bob.eval("(a => [a.href, a.rel, a.target])(document.querySelector('.text a'))");
    assert_eq!(link, json!(["https://example.org/x", "noopener noreferrer", "_blank"]));
    carl.type_line("And from a terminal");
    for page in [&ann, &bob] {
        hears(page, ROOM, "And from a terminal");
    }
    ann.wait_for("document.querySelector('[data-testid=message][data-nick=Ann]').dataset.state === 'sent'");

    // A double click opens a conversation; with who is written to, it opens by itself.
    ann.double_click("[data-testid=members] [data-nick=Bob] button");
    ann.wait_for("document.querySelector('[data-testid=private-pane] textarea') === document.activeElement");
    say(&ann, PRIVATE, "Only for you");
    hears(&bob, PRIVATE, "Only for you");
    say(&bob, PRIVATE, "And only for you");
    hears(&ann, PRIVATE, "And only for you");
    assert!(!carl.printed().contains("only for you") && !carl.printed().contains("Only for you"));
    say(&ann, ROOM, "Bye");
    carl.until("Ann: Bye");
    for page in [&ann, &bob] {
        page.axe();
        page.assert_quiet();
    }
}

#[test]
fn a_nick_is_refused_at_its_field() {
    let browser = Browser::shared();
    let server = Server::start(&["--set", "open.nick_taken=reject"]);
    let ann = join(&server, &browser, "Ann");
    let other = server.visit(&browser);
    other.fill("[data-testid=nick]", "a b");
    other.click("[data-testid=join]");
    other.wait_for("document.getElementById('nick-error').textContent.includes('no white space')");
    other.fill("[data-testid=nick]", "Ann");
    other.press("Enter");
    other.wait_for("document.getElementById('nick-error').textContent === 'Another user is using this username.'");
    let field = other.eval("(f => [f.getAttribute('aria-invalid'), f === document.activeElement])(nick)");
    assert_eq!(field, json!(["true", true]));
    other.axe();
    come_in(&other, "Annette");
    for page in [&ann, &other] {
        page.assert_quiet();
    }
}

#[test]
fn a_flood_is_muted_and_the_page_says_so() {
    let browser = Browser::shared();
    let server = Server::start(&["--say-burst", "4", "--say-per-second", "1", "--mute", "6s"]);
    let ann = join(&server, &browser, "Ann");
    for number in 0..12 {
        say(&ann, ROOM, &format!("flood {number}"));
        if ann.eval("!document.querySelector('[data-testid=composer-notice]').hidden") == true
            && ann.text("[data-testid=composer-notice]").starts_with("You are muted")
        {
            break;
        }
    }
    ann.wait_for(
        "/^You are muted for [1-6] s more, for talking too fast\\./.test(document.querySelector('[data-testid=composer-notice]').textContent)",
    );
    ann.wait_for("document.querySelector('[data-testid=members] [data-nick=Ann][data-state=Muted]')");
    ann.axe();
    // What was typed and refused is kept, and may be sent when the mute is over.
    ann.wait_for("document.querySelector('[data-testid=composer-notice]').hidden");
    ann.wait_for("document.querySelector('[data-testid=pending][data-state=failed]')");
    let text = ann.text("[data-testid=pending] .text");
    ann.click("[data-testid=edit]");
    ann.wait_for(&format!("document.querySelector('{ROOM}textarea').value.startsWith({})", json!(text)));
    let refused = ann.eval("document.querySelectorAll('[data-testid=pending][data-state=failed]').length");
    for _ in 0..refused.as_u64().expect("it is a number") {
        ann.click("[data-testid=send-again]");
        ann.wait_for("!document.querySelector('[data-state=sending]')");
    }
    ann.assert_quiet();
}

#[test]
fn what_was_said_too_fast_is_given_back_as_one() {
    let browser = Browser::shared();
    let server = Server::start(&["--say-burst", "4", "--say-per-second", "1", "--mute", "2s"]);
    let ann = join(&server, &browser, "Ann");
    ann.eval(
        "(() => { const area = document.querySelector('[data-testid=room-pane] textarea'); \
         for (const text of ['a', 'b', 'c', 'd', 'e', 'f']) { \
           area.value = text; area.dispatchEvent(new Event('input')); area.form.requestSubmit(); } })()",
    );
    ann.wait_for("document.querySelectorAll('[data-testid=pending][data-state=failed]').length === 2");
    ann.axe();
    ann.click("[data-testid=edit-all]");
    ann.wait_for("document.querySelector('[data-testid=room-pane] textarea').value === 'e\\nf'");
    ann.wait_for("!document.querySelector('[data-testid=pending]')");
    ann.assert_quiet();
}

#[test]
fn all_of_the_page_is_small() {
    let server = Server::start(&[]);
    let page = server.visit(&Browser::shared());
    let bytes = page.eval(
        "performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation'))\
         .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)",
    );
    assert!(bytes.as_u64().is_some_and(|bytes| (20_000..100_000).contains(&bytes)), "{bytes} bytes");
    page.assert_quiet();
}

#[test]
fn rooms_are_entered_and_left_and_count_what_is_unread() {
    let browser = Browser::shared();
    let server = Server::start(&[]);
    let (ann, bob) = (join(&server, &browser, "Ann"), join(&server, &browser, "Bob"));
    ann.click("[data-testid=add-room]");
    ann.fill("[data-testid=room-name]", "no room");
    ann.press("Enter");
    ann.wait_for("document.getElementById('room-error').textContent.startsWith(\"A room's name\")");
    ann.axe();
    ann.fill("[data-testid=room-name]", "tea");
    ann.press("Enter");
    ann.wait_for("document.querySelector('[data-testid=room-pane]')?.dataset.place === 'Room:tea'");
    say(&bob, ROOM, "one");
    say(&bob, ROOM, "two");
    ann.wait_for(
        "document.querySelector('[data-place=\"Room:lobby\"] [data-testid=unread]')?.textContent === '2 unread'",
    );
    ann.wait_for("document.title === '(2) Hobnob'");
    bob.click("[data-testid=add-room]");
    bob.click("[data-testid=room-list] button >> Enter");
    bob.wait_for("document.querySelector('[data-testid=room-pane]')?.dataset.place === 'Room:tea'");
    say(&bob, ROOM, "hot");
    hears(&ann, ROOM, "hot");
    ann.click("[data-testid=place] >> lobby");
    hears(&ann, ROOM, "two");
    ann.wait_for("document.title === 'Hobnob'");
    ann.hover("[data-place=\"Room:tea\"] [data-testid=place]");
    ann.click("[data-place=\"Room:tea\"] [data-testid=leave-room]");
    ann.wait_for("!document.querySelector('[data-place=\"Room:tea\"]')");
    bob.wait_for(
        "[...document.querySelectorAll('.happening')].some(line => line.textContent.includes('Ann went out'))",
    );
    // Out of the last room, nobody is listed.
    ann.hover("[data-place=\"Room:lobby\"] [data-testid=place]");
    ann.click("[data-place=\"Room:lobby\"] [data-testid=leave-room]");
    ann.wait_for("!document.querySelector('[data-testid=members]')");
    for page in [&ann, &bob] {
        page.assert_quiet();
    }
}

#[test]
fn older_messages_come_on_scrolling_and_the_page_stays_small() {
    let browser = Browser::shared();
    let server = Server::start(&["--say-per-second", "off"]);
    let mut carl = Process::start("Carl", Path::new(HOBNOB), &["client", &server.addr, "--nick", "Carl"]);
    carl.until("Carl joined the chatroom.\n");
    for number in 0..700 {
        carl.type_line(&format!("line {number}"));
    }
    carl.until("line 699");
    let ann = join(&server, &browser, "Ann");
    hears(&ann, ROOM, "line 699");
    let log = format!("document.querySelector('{ROOM}[data-testid=log]')");
    ann.wait_for(&format!("{log}.scrollTop + {log}.clientHeight > {log}.scrollHeight - 50"));
    ann.wait_for(&format!("({log}.scrollTop = 0, {})", count(ROOM, "line 0")));
    let lines = ann.eval("document.querySelectorAll('.line').length");
    assert!(lines.as_u64().is_some_and(|lines| lines <= 500), "{lines} lines have elements");
    ann.click(&format!("{ROOM}.to-newest"));
    hears(&ann, ROOM, "line 699");
    ann.assert_quiet();
}

#[test]
fn the_chat_is_used_by_the_keyboard_alone() {
    let browser = Browser::shared();
    let server = Server::start(&[]);
    let bob = join(&server, &browser, "Bob");
    let ann = server.visit(&browser);
    ann.wait_for("document.activeElement.id === 'nick'");
    ann.type_text("Ann");
    ann.press("Enter");
    ann.wait_for("document.activeElement?.matches('[data-testid=room-pane] textarea')");
    ann.type_text("by keys");
    ann.press("Enter");
    hears(&bob, ROOM, "by keys");
    let at_bob = "document.activeElement?.matches('[data-testid=member]')";
    for _ in 0..40 {
        if ann.eval(at_bob) == true {
            break;
        }
        ann.press("Tab");
    }
    assert_eq!(ann.eval(at_bob), true, "the members can be reached by Tab");
    ann.press("Enter");
    ann.wait_for("document.activeElement?.matches('[data-testid=private-pane] textarea')");
    ann.type_text("psst");
    ann.press("Enter");
    hears(&bob, PRIVATE, "psst");
    let ring = "(s => s.outlineStyle !== 'none')(getComputedStyle(document.activeElement))";
    ann.press("Shift+Tab");
    assert_eq!(ann.eval(ring), true, "where the focus is can be seen");
    ann.assert_quiet();
}

#[test]
fn the_chat_fits_a_telephone_in_light_and_dark() {
    let browser = Browser::shared();
    let server = Server::start(&[]);
    let bob = join(&server, &browser, "Bob");
    for scheme in ["light", "dark"] {
        let ann = browser.page();
        ann.phone();
        ann.metrics(360, 740, true);
        ann.color_scheme(scheme);
        ann.goto(&format!("http://{}/", server.pages));
        ann.axe();
        come_in(&ann, &format!("Ann-{scheme}"));
        say(&ann, ROOM, "a long word: donaudampfschifffahrtsgesellschaftskapitaenswitwenrentenauszahlungsstelle");
        let fits = "document.documentElement.scrollWidth <= innerWidth && document.body.scrollHeight <= innerHeight";
        ann.wait_for(fits);
        ann.axe();
        ann.click("[data-testid=room-pane] [data-testid=show-sidebar]");
        ann.wait_for("document.getElementById('sidebar').classList.contains('open')");
        ann.axe();
        ann.press("Escape");
        bob.double_click(&format!("[data-testid=members] [data-nick=Ann-{scheme}] button"));
        let pane = format!("[data-place=\"With:Ann-{scheme}\"] ");
        say(&bob, &pane, "are you there?");
        // Nobody is torn away from what is being written: a note says who writes.
        ann.click("[data-testid=toast] button >> Open");
        hears(&ann, PRIVATE, "are you there?");
        ann.wait_for(fits);
        let small = "[...document.querySelectorAll('.pane.active button:not(.nick), .pane.active textarea')]\
                     .map(it => it.getBoundingClientRect()).filter(box => box.width > 0 && box.height < 43).length";
        assert_eq!(ann.eval(small), 0, "a finger hits everything");
        ann.axe();
        ann.assert_quiet();
    }
}
