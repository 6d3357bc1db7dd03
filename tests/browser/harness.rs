//! The harness itself: that it sees, clicks, types, and complains as it should.

use hobnob_tests::browser::Browser;
use serde_json::json;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Duration;

/// A page as an address of its own.
fn data(html: &str) -> String {
    format!("data:text/html;charset=utf-8,<!doctype html><html lang=en><title>t</title><main><h1>t</h1>{html}</main>")
}

/// The panic that comes of something, as text; the picture that it names is there, and removed.
fn complaint(of: impl FnOnce()) -> String {
    let wrong = catch_unwind(AssertUnwindSafe(of)).expect_err("it complains");
    let told = wrong.downcast_ref::<String>().expect("it complains in words").clone();
    let picture = told.lines().find(|line| line.ends_with(".png")).expect("a picture is named");
    std::fs::remove_file(picture).expect("the picture is there");
    told
}

#[test]
fn a_page_is_clicked_and_typed_at() {
    let page = Browser::shared().page();
    page.goto(&data(
        "<label>Name <input id=name></label><label>File <input type=file hidden></label><button>Go</button><p></p>\
         <script>const p = document.querySelector('p');\
         document.querySelector('button').onclick = e => p.textContent += ` click ${e.detail}`;\
         document.querySelector('input').onkeydown = e => p.textContent += ` ${e.key}`;</script>",
    ));
    page.fill("#name", "Ann");
    assert_eq!(page.eval("document.querySelector('input').value"), "Ann");
    for key in ["x", "Shift+Tab", "Enter"] {
        page.eval("document.querySelector('input').focus()");
        page.press(key);
    }
    assert_eq!(page.eval("document.querySelector('input').value"), "Annx");
    page.double_click("button >> Go");
    let said = page.text("p");
    assert!(said.ends_with("x Tab Enter click 1 click 2"), "{said}");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    page.set_files("input[type=file]", &[&file]);
    assert_eq!(page.eval("document.querySelector('[type=file]').files[0].name"), "Cargo.toml");
    assert_eq!(page.eval("Promise.resolve({ a: [1, 2] })"), json!({ "a": [1, 2] }));
    page.assert_quiet();
    page.axe();
}

#[test]
fn pages_are_apart_and_show_what_they_are_told() {
    let browser = Browser::shared();
    let (phone, desk) = (browser.page(), browser.page());
    phone.phone();
    phone.color_scheme("dark");
    for page in [&phone, &desk] {
        page.goto(&data("<meta name=viewport content='width=device-width'>"));
    }
    let shown = "[innerWidth, matchMedia('(prefers-color-scheme: dark)').matches]";
    assert_eq!((phone.eval(shown), desk.eval(shown)), (json!([390, true]), json!([1280, false])));
    let folder = tempfile::tempdir().expect("there is a temporary folder");
    let picture = folder.path().join("phone.png");
    phone.screenshot(&picture);
    let bytes = std::fs::read(picture).expect("it was written");
    assert_eq!((&bytes[1..4], &bytes[16..24]), (&b"PNG"[..], &[0, 0, 1, 134, 0, 0, 3, 76][..]));
}

#[test]
fn what_goes_wrong_on_a_page_is_told() {
    let page = Browser::shared().page();
    let told = complaint(|| {
        page.wait_for_up_to(Duration::from_millis(100), "document.body.dataset.never");
    });
    assert!(told.contains("it never came to be: document.body.dataset.never"), "{told}");

    page.goto(&data(
        "<button></button><script>console.error('oh', 1); setTimeout(() => { throw new Error('late') })</script>",
    ));
    page.wait_for("new Promise(then => setTimeout(() => then(true), 20))");
    let told = complaint(|| page.assert_quiet());
    assert!(told.contains("oh 1") && told.contains("late"), "{told}");
    page.assert_quiet_but(&["oh 1", "late"]);
    let told = complaint(|| page.axe());
    assert!(told.contains("button-name (critical)"), "{told}");

    let page = Browser::shared().page();
    page.goto(&data("<meta http-equiv=Content-Security-Policy content=\"script-src 'none'\"><script>1</script>"));
    let told = complaint(|| page.assert_quiet());
    assert!(told.contains("Content Security Policy"), "{told}");
}
