//! Pictures, sent by one real client and shown by others at real terminals, as their terminals can.

#![cfg(unix)]

use hobnob_tests::process::Process;
use hobnob_tests::terminal::Person;
use image::{Rgb, RgbImage};
use std::fs;
use std::path::Path;

const HOBNOB: &str = env!("CARGO_BIN_EXE_hobnob");
const RED: vt100::Color = vt100::Color::Rgb(255, 0, 0);
const BLUE: vt100::Color = vt100::Color::Rgb(0, 0, 255);

/// A chat in which Ann, who has a folder of files, is about to send some.
struct Chat {
    home: tempfile::TempDir,
    _server: Process,
    addr: String,
    ann: Process,
}

impl Chat {
    fn open() -> Self {
        let home = tempfile::tempdir().expect("a folder can be made");
        let data = home.path().join("data");
        let data = data.to_str().expect("the path is text");
        let arguments = ["server", "--listen", "127.0.0.1:0", "--data", data];
        let mut server = Process::start("the server", Path::new(HOBNOB), &arguments);
        let addr = server.listens();
        let arguments = ["client", &addr, "--nick", "Ann", "--no-downloads"];
        let mut ann = Process::start("Ann", Path::new(HOBNOB), &arguments);
        ann.until("Ann joined the chatroom.\n");
        Self { home, _server: server, addr, ann }
    }

    fn path(&self, name: &str) -> String {
        self.home.path().join(name).to_str().expect("the path is text").to_owned()
    }

    /// Somebody at a terminal of which the environment says this.
    fn person(&mut self, name: &'static str, flags: &[&str], environment: &[(&str, &str)]) -> Person {
        let downloads = self.path(name);
        let arguments = ["client", &self.addr, "--nick", name, "--downloads", &downloads];
        let person = Person::sit_down(name, Path::new(HOBNOB), &[&arguments, flags].concat(), environment);
        self.ann.until(&format!("{name} joined the chatroom.\n"));
        person
    }

    /// A picture whose upper half is red and whose lower half is blue.
    fn flag(&self, name: &str, width: u32, height: u32) -> String {
        let path = self.path(name);
        let colour = |y| if y < height / 2 { Rgb([255, 0, 0]) } else { Rgb([0, 0, 255]) };
        RgbImage::from_fn(width, height, |_, y| colour(y)).save(&path).expect("a picture can be written");
        path
    }

    fn send(&mut self, path: &str) {
        self.ann.type_line(&format!("/send {path}"));
        let name = Path::new(path).file_name().and_then(|name| name.to_str()).expect("the file has a name");
        self.ann.until(&format!("({name} arrived.)\n"));
    }
}

/// How many cells of the screen hold half a block of these colours.
fn halves(screen: &vt100::Screen, upper: vt100::Color, lower: vt100::Color) -> usize {
    let (rows, columns) = screen.size();
    let cells = (0..rows).flat_map(|row| (0..columns).filter_map(move |column| screen.cell(row, column)));
    cells.filter(|cell| cell.contents() == "▀" && cell.fgcolor() == upper && cell.bgcolor() == lower).count()
}

#[test]
fn a_picture_is_shown_in_half_blocks_where_the_terminal_has_colours() {
    let mut chat = Chat::open();
    let colours = [("NO_COLOR", ""), ("COLORTERM", "truecolor")];
    let mut bob = chat.person("Bob", &[], &colours);
    bob.looks("that he joined", |screen| screen.contents().contains("Bob joined the chatroom."));
    for name in ["flag.png", "flag.gif", "flag.webp"] {
        let path = chat.flag(name, 10, 6);
        chat.send(&path);
        bob.looks(name, |screen| screen.contents().contains(&format!("({name} is in ")));
    }
    // Each is three lines: one of red, one of both, one of blue.
    for (upper, lower) in [(RED, RED), (RED, BLUE), (BLUE, BLUE)] {
        bob.looks(&format!("30 cells of {upper:?} above {lower:?}"), |screen| halves(screen, upper, lower) == 30);
    }
    let large = chat.flag("large.jpg", 1_000, 500);
    chat.send(&large);
    bob.looks("it at last", |screen| screen.contents().contains("(large.jpg is in "));
    bob.looks("a picture of 64 columns", |screen| {
        screen.contents().lines().any(|line| line.matches('▀').count() == 64)
    });
    bob.looks("none that is wider", |screen| screen.contents().lines().all(|line| line.matches('▀').count() <= 64));
    // The line that is typed is the user's own.
    bob.says("Nice!");
    chat.ann.until("Bob: Nice!\n");
}

#[test]
fn a_picture_is_sent_in_kittys_way_where_that_is_wished_for() {
    let mut chat = Chat::open();
    let bob = chat.person("Bob", &["--pictures", "kitty"], &[("HOBNOB_CLIENT_PICTURES", "off")]);
    let config = chat.path("me.toml");
    fs::write(&config, "pictures = \"kitty\"\n").expect("a file can be written");
    let dan = chat.person("Dan", &["--config", &config], &[]);
    let eve = chat.person("Eve", &["--config", &config], &[("HOBNOB_CLIENT_PICTURES", "sixel")]);
    let path = chat.flag("flag.png", 10, 6);
    chat.send(&path);
    for person in [bob, dan] {
        let raw = person.raw("(flag.png is in ");
        assert!(raw.contains("\u{1b}_Ga=T,f=100,c=2,q=2,m=0;iVBORw0KGgo"), "{raw:?}");
    }
    let raw = eve.raw("(flag.png is in ");
    assert!(raw.contains("\u{1b}P") && !raw.contains('▀'), "{raw:?}");
}

#[test]
fn a_picture_is_named_and_no_more_where_it_cannot_be_shown() {
    let mut chat = Chat::open();
    let mut people = vec![
        chat.person("Plain", &[], &[]),
        chat.person("Off", &["--pictures", "off"], &[("NO_COLOR", "")]),
        chat.person("Dumb", &[], &[("NO_COLOR", ""), ("TERM", "vt100")]),
    ];
    let piped = chat.path("Piped");
    let arguments = ["client", &chat.addr, "--nick", "Piped", "--downloads", &piped, "--pictures", "kitty"];
    let mut piped = Process::start("Piped", Path::new(HOBNOB), &arguments);
    piped.until("Piped joined the chatroom.\n");
    let path = chat.flag("flag.png", 10, 6);
    chat.send(&path);
    for person in &mut people {
        let raw = person.raw("(flag.png is in ");
        assert!(raw.contains("Ann: (sent flag.png, "), "{raw:?}");
        assert!(!raw.contains('▀') && !raw.contains("\u{1b}_G") && !raw.contains("\u{1b}P"), "{raw:?}");
    }
    piped.until("(flag.png is in ");
    assert!(!piped.printed().contains('\u{1b}'), "{:?}", piped.printed());
}

#[test]
fn a_broken_picture_is_named_and_the_chat_goes_on() {
    let mut chat = Chat::open();
    let mut bob = chat.person("Bob", &[], &[("NO_COLOR", "")]);
    let path = chat.flag("flag.png", 10, 6);
    let mut bytes = fs::read(&path).expect("it was written");
    // It says that it is a hundred thousand points wide and as high.
    bytes[16..24].copy_from_slice(&[0, 1, 0x86, 0xA0, 0, 1, 0x86, 0xA0]);
    for (name, bytes) in [("large.png", &bytes[..]), ("half.png", &bytes[..30]), ("text.png", b"none at all\0")] {
        fs::write(chat.path(name), bytes).expect("a file can be written");
        let path = chat.path(name);
        chat.send(&path);
        bob.raw(&format!("({name} is in "));
    }
    assert!(!bob.raw("text.png").contains('▀'));
    bob.says("Never mind.");
    chat.ann.until("Bob: Never mind.\n");
}
