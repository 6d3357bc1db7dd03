//! What is drawn, and what is not.

use super::draw::{BYTES_MAX, Colours, Form, SIDE_MAX, Space, draw, indexed, is_picture};
use super::{Wanted, form};
use image::{DynamicImage, ImageFormat, Rgba, RgbaImage};
use std::io::Cursor;

const SPACE: Space = Space { columns: 60, rows: 20, cell: (8, 16) };
const ALL: Form = Form::Blocks(Colours::All);
const FORMATS: [ImageFormat; 4] = [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::WebP];

fn file(picture: RgbaImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let picture = DynamicImage::from(picture);
    let picture = if format == ImageFormat::Jpeg { picture.to_rgb8().into() } else { picture };
    picture.write_to(&mut bytes, format).expect("a picture can be written");
    bytes.into_inner()
}

fn plain(width: u32, height: u32) -> RgbaImage {
    RgbaImage::from_pixel(width, height, Rgba([255, 0, 0, 255]))
}

/// A PNG that promises so many points, and has none.
fn promise(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = file(plain(1, 1), ImageFormat::Png);
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = crc32(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&sum.to_be_bytes());
    bytes
}

fn crc32(bytes: &[u8]) -> u32 {
    let byte = |sum: u32, byte: &u8| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { sum >> 1 ^ 0xEDB8_8320 } else { sum >> 1 })
    };
    !bytes.iter().fold(u32::MAX, byte)
}

#[test]
fn a_picture_is_drawn_two_points_to_a_character() {
    let picture = RgbaImage::from_fn(2, 3, |_, y| Rgba([u8::try_from(y).expect("it is small"), 7, 9, 255]));
    let drawn = draw(ALL, &file(picture, ImageFormat::Png), SPACE);
    let lines = "\u{1b}[38;2;0;7;9;48;2;1;7;9m▀▀\u{1b}[0m\n\u{1b}[0;38;2;2;7;9m▀▀\u{1b}[0m";
    assert_eq!(drawn.as_deref(), Some(lines));
}

#[test]
fn what_is_not_opaque_lets_the_background_through() {
    let picture =
        RgbaImage::from_fn(3, 2, |x, y| Rgba([1, 2, 3, if x + y == 0 || x == 1 && y == 1 { 255 } else { 0 }]));
    let drawn = draw(ALL, &file(picture, ImageFormat::Png), SPACE).expect("it is a picture");
    assert_eq!(drawn, "\u{1b}[0;38;2;1;2;3m▀\u{1b}[0;38;2;1;2;3m▄\u{1b}[0m \u{1b}[0m");
}

#[test]
fn every_format_is_drawn_in_every_form_and_keeps_its_place() {
    for format in FORMATS {
        for (width, height) in [(1, 1), (1, 500), (500, 1), (7, 5), (300, 100), (100, 300), (640, 480)] {
            let bytes = file(plain(width, height), format);
            assert!(is_picture(&bytes[..bytes.len().min(32)]), "{format:?} is known by its beginning");
            let blocks = draw(ALL, &bytes, SPACE).expect("it is a picture");
            assert!(blocks.lines().count() <= 20, "{format:?} {width}×{height}: {blocks}");
            assert!(blocks.lines().all(|line| line.matches('▀').count() <= 60), "{format:?} {width}×{height}");
            let kitty = draw(Form::Kitty, &bytes, SPACE).expect("it is a picture");
            assert!(kitty.starts_with("\u{1b}_Ga=T,f=100,c="), "{kitty:?}");
            assert!(kitty.ends_with("\u{1b}\\"), "{kitty:?}");
            let pieces = kitty.matches("\u{1b}_G").count();
            assert_eq!(kitty.matches("q=2,").count(), pieces, "the terminal answers nothing");
            assert_eq!((kitty.matches("m=0;").count(), kitty.matches("m=1;").count()), (1, pieces - 1));
            let sixel = draw(Form::Sixel, &bytes, SPACE).expect("it is a picture");
            assert!(
                sixel.starts_with("\u{1b}P") && sixel.ends_with("\u{1b}\\"),
                "{format:?} {width}×{height} {sixel:?}"
            );
        }
    }
}

#[test]
fn pictures_of_many_colours_are_sent_in_pieces_and_chosen_colours() {
    let mut rng = fastrand::Rng::with_seed(4);
    let noise = RgbaImage::from_fn(900, 900, |_, _| Rgba([rng.u8(..), rng.u8(..), rng.u8(..), rng.u8(..)]));
    let bytes = file(noise, ImageFormat::Png);
    let kitty = draw(Form::Kitty, &bytes, SPACE).expect("it is a picture");
    assert!(kitty.split("\u{1b}\\").all(|piece| piece.len() < 4_096 + 40), "no piece is too long");
    assert!(kitty.len() < 2 << 20, "it is bounded: {}", kitty.len());
    let sixel = draw(Form::Sixel, &bytes, SPACE).expect("it is a picture");
    assert!(sixel.len() < 2 << 20, "it is bounded: {}", sixel.len());
}

#[test]
fn what_is_no_picture_or_a_broken_one_is_not_drawn() {
    assert!(!is_picture(b"GIF"));
    assert!(!is_picture(b"BM a bitmap is none of the four"));
    for format in FORMATS {
        let bytes = file(plain(40, 40), format);
        for end in [0, 4, 12, 20, bytes.len() / 2] {
            for form in [ALL, Form::Kitty, Form::Sixel] {
                // Some decoders make do with what is there, others do not; none does worse.
                let drawn = draw(form, &bytes[..end], SPACE);
                assert!(end > 20 || drawn.is_none(), "{format:?} up to {end}");
            }
        }
    }
}

#[test]
fn a_picture_beyond_the_bounds_is_not_drawn() {
    for (width, height) in [(SIDE_MAX + 1, 1), (1, SIDE_MAX + 1), (SIDE_MAX, SIDE_MAX), (u32::MAX >> 1, u32::MAX >> 1)]
    {
        assert_eq!(draw(ALL, &promise(width, height), SPACE), None, "{width}×{height}");
    }
    assert!(u64::from(SIDE_MAX).pow(2) > BYTES_MAX, "the bytes are a bound of their own");
    assert!(draw(ALL, &promise(1, 1), SPACE).is_some(), "the promise itself is well written");
}

#[test]
fn noise_behind_a_beginning_is_not_a_picture() {
    let mut rng = fastrand::Rng::with_seed(9);
    for format in FORMATS {
        let whole = file(plain(30, 30), format);
        for _ in 0..200 {
            let mut bytes = whole.clone();
            for _ in 0..4 {
                let at = rng.usize(8..bytes.len());
                bytes[at] = rng.u8(..);
            }
            // Whether it is one still is the decoder's to say; it says so without a panic and within bounds.
            if let Some(drawn) = draw(ALL, &bytes, SPACE) {
                assert!(drawn.lines().count() <= 20);
            }
        }
    }
}

#[test]
fn colours_are_the_nearest_of_256() {
    for (rgb, index) in [([0, 0, 0], 16), ([255, 255, 255], 231), ([255, 0, 0], 196), ([128, 128, 128], 244)] {
        assert_eq!(indexed(rgb), index, "{rgb:?}");
    }
}

fn chosen(wanted: Wanted, environment: &[(&str, &str)]) -> Option<Form> {
    form(wanted, |name| environment.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
}

#[test]
fn the_form_is_what_the_environment_tells_of_the_terminal() {
    let indexed = Some(Form::Blocks(Colours::Indexed));
    for (environment, form) in [
        (&[][..], None),
        (&[("TERM", "dumb")][..], None),
        (&[("TERM", "xterm")], indexed),
        (&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")], Some(ALL)),
        (&[("TERM", "xterm-256color"), ("NO_COLOR", "1")], None),
        (&[("TERM", "xterm-kitty"), ("NO_COLOR", "1")], Some(Form::Kitty)),
        (&[("TERM", "xterm-256color"), ("KITTY_WINDOW_ID", "1")], Some(Form::Kitty)),
        (&[("TERM", "tmux-256color"), ("KITTY_WINDOW_ID", "1")], indexed),
        (&[("TERM", "xterm-256color"), ("TERM_PROGRAM", "WezTerm")], Some(Form::Sixel)),
        (&[("TERM", "foot")], Some(Form::Sixel)),
        (&[("TERM", "foot"), ("TMUX", "/tmp/tmux")], indexed),
    ] {
        assert_eq!(chosen(Wanted::Auto, environment), form, "{environment:?}");
    }
    let plain = [("TERM", "xterm"), ("NO_COLOR", "1")];
    assert_eq!(chosen(Wanted::Off, &[("TERM", "xterm-kitty")]), None);
    assert_eq!(chosen(Wanted::Blocks, &plain), indexed, "what is asked for by name is shown");
    assert_eq!(chosen(Wanted::Kitty, &plain), Some(Form::Kitty));
    assert_eq!(chosen(Wanted::Sixel, &plain), Some(Form::Sixel));
}
