//! Browsers that come back: after a server was killed, after a reload, after somebody was thrown out.

use super::{PRIVATE, ROOM, count, hears, join, say};
use crate::server::Server;
use hobnob_tests::browser::Browser;
use serde_json::json;
use std::fs;

#[test]
fn a_killed_server_costs_nobody_a_message_nor_doubles_one() {
    let browser = Browser::shared();
    let mut server = Server::start(&[]);
    let (ann, bob) = (join(&server, &browser, "Ann"), join(&server, &browser, "Bob"));
    say(&ann, ROOM, "before");
    hears(&bob, ROOM, "before");
    server.restart(|| {
        for page in [&ann, &bob] {
            page.wait_for("!document.getElementById('banner').hidden");
        }
        ann.wait_text("Trying again");
        say(&ann, ROOM, "meanwhile 1");
        say(&ann, ROOM, "meanwhile 2");
        say(&bob, ROOM, "meanwhile 3");
        ann.wait_for("document.querySelectorAll('[data-testid=pending][data-state=sending]').length === 2");
    });
    let texts = ["before", "meanwhile 1", "meanwhile 2", "meanwhile 3", "after"];
    for page in [&ann, &bob] {
        page.wait_for("document.getElementById('banner').hidden");
        hears(page, ROOM, "meanwhile 3");
    }
    say(&bob, ROOM, "after");
    for page in [&ann, &bob] {
        hears(page, ROOM, "after");
        page.wait_for("document.querySelectorAll('[data-testid=pending]').length === 0");
        for text in texts {
            assert_eq!(page.eval(&count(ROOM, text)), 1, "{text} stands once");
        }
        page.assert_quiet_but(&["WebSocket connection to"]);
    }
}

#[test]
fn a_page_that_is_loaded_again_goes_on_where_it_was() {
    let browser = Browser::shared();
    let server = Server::start(&[]);
    let (ann, bob) = (join(&server, &browser, "Ann"), join(&server, &browser, "Bob"));
    say(&ann, ROOM, "first");
    hears(&bob, ROOM, "first");
    ann.double_click("[data-testid=members] [data-nick=Bob] button");
    say(&ann, PRIVATE, "secret");
    hears(&bob, PRIVATE, "secret");
    ann.fill(&format!("{ROOM}[data-testid=composer]"), "half a sen");
    ann.reload();
    hears(&ann, PRIVATE, "secret");
    hears(&ann, ROOM, "first");
    assert_eq!(ann.eval("document.querySelector('[data-testid=room-pane] textarea').value"), "half a sen");
    say(&ann, ROOM, "second");
    hears(&bob, ROOM, "second");
    for (pane, text) in [(ROOM, "first"), (ROOM, "second"), (PRIVATE, "secret")] {
        hears(&ann, pane, text);
        assert_eq!(ann.eval(&count(pane, text)), 1, "{text} stands once");
    }
    let joined =
        "[...document.querySelectorAll('.happening')].filter(l => l.textContent.includes('Ann joined')).length";
    assert_eq!(bob.eval(joined), 1, "for the others nothing happened: she came once");
    for page in [&ann, &bob] {
        page.assert_quiet();
    }
}

#[test]
fn who_is_thrown_out_reads_why_and_may_come_again() {
    let browser = Browser::shared();
    let server = Server::start(&[]);
    let ann = join(&server, &browser, "Ann");
    ann.fill(&format!("{ROOM}[data-testid=composer]"), "half a sen");
    let (_, token) = server.monitor.split_once("token=").expect("the link has the token");
    let order = |order: serde_json::Value| {
        let done = ann.eval(&format!(
            "fetch('/api/act', {{ method: 'POST', body: {}, headers: {{ 'content-type': 'application/json', \
             authorization: 'Bearer {token}' }} }}).then(answer => answer.json())",
            json!(order.to_string())
        ));
        assert_eq!(done["done"], true, "{done}");
    };
    order(json!({ "act": "mute", "nick": "Ann", "ms": 65_000 }));
    ann.wait_for("document.querySelector('[data-testid=composer-notice]').textContent.includes('1 min 0')");
    order(json!({ "act": "unmute", "nick": "Ann" }));
    ann.wait_for("document.querySelector('[data-testid=composer-notice]').hidden");
    order(json!({ "act": "kick", "nick": "Ann" }));
    ann.wait_for("document.getElementById('join-notice').textContent === 'An operator threw you out.'");
    ann.axe();
    ann.click("[data-testid=join]");
    ann.wait_for(&format!("document.querySelector('{ROOM}textarea')?.value === 'half a sen'"));
    ann.assert_quiet();
}

#[test]
fn a_server_that_forgot_everything_is_come_back_to() {
    let browser = Browser::shared();
    let mut server = Server::start(&[]);
    let (ann, bob) = (join(&server, &browser, "Ann"), join(&server, &browser, "Bob"));
    for page in [&ann, &bob] {
        page.click("[data-testid=add-room]");
        page.fill("[data-testid=room-name]", "tea");
        page.press("Enter");
        page.wait_for("document.querySelector('[data-testid=room-pane]')?.dataset.place === 'Room:tea'");
    }
    say(&ann, ROOM, "before");
    hears(&bob, ROOM, "before");
    let data = server.home.path().join("data");
    server.restart(|| {
        fs::remove_dir_all(&data).expect("the data folder is there");
        ann.wait_for("!document.getElementById('banner').hidden");
        say(&ann, ROOM, "meanwhile");
    });
    hears(&bob, ROOM, "meanwhile");
    for page in [&ann, &bob] {
        for text in ["before", "meanwhile"] {
            page.wait_for(&format!("{} === 1", count(ROOM, text)));
        }
        page.assert_quiet_but(&["WebSocket connection to"]);
    }
}
