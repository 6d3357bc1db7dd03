//! How a picture gets onto a terminal: read within bounds, made as small as its place, and written in one of the forms.
//!
//! Owns the bounds on what somebody else's picture may cost. Knows neither the terminal nor the environment.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use icy_sixel::{DiffusionMethod, MethodForLargest, MethodForRep, PixelFormat, Quality, sixel_string};
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, Rgba, RgbaImage};
use std::io::Cursor;

/// How many points a picture may be wide or high to be shown at all.
pub(super) const SIDE_MAX: u32 = 16_384;
/// How many bytes the points of a picture may take, and how many its decoder may take beside them.
pub(super) const BYTES_MAX: u64 = 128 << 20;
/// How many bytes of a file are looked at to see whether it is a picture.
pub(in crate::client) const HEAD_BYTES: u64 = 32;
/// How many points wide and high a picture is sent to a terminal at most.
const SENT_MAX: (u32, u32) = (800, 600);
/// How many characters the pieces have in which kitty takes a picture.
const PIECE_CHARS: usize = 4_096;
/// What is less opaque than this lets the background through.
const OPAQUE: u8 = 128;

/// How a picture is written for a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Kitty,
    Sixel,
    Blocks(Colours),
}

/// Which colours a terminal knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Colours {
    /// 16 million.
    All,
    /// 256.
    Indexed,
}

/// The place for a picture: columns, lines, and how many points a character is wide and high.
#[derive(Debug, Clone, Copy)]
pub(super) struct Space {
    pub(super) columns: u16,
    pub(super) rows: u16,
    pub(super) cell: (u16, u16),
}

/// Whether a file that begins like this holds a picture in one of the formats that are shown.
pub(in crate::client) fn is_picture(head: &[u8]) -> bool {
    format(head).is_some()
}

fn format(bytes: &[u8]) -> Option<ImageFormat> {
    let known = [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::WebP];
    image::guess_format(bytes).ok().filter(|format| known.contains(format))
}

/// A picture, as what is to be written to the terminal; `None` where there is none that can be read within bounds. Of
/// one that moves it is the first.
pub(super) fn draw(form: Form, bytes: &[u8], space: Space) -> Option<String> {
    let picture = decode(bytes)?;
    let (columns, rows) = (u32::from(space.columns), u32::from(space.rows));
    let cell = (u32::from(space.cell.0).max(1), u32::from(space.cell.1).max(1));
    let points = (SENT_MAX.0.min(columns * cell.0), SENT_MAX.1.min(rows * cell.1));
    match form {
        Form::Blocks(colours) => Some(blocks(&fitted(&picture, (columns, rows * 2)), colours)),
        Form::Sixel => sixel(&fitted(&picture, points)),
        Form::Kitty => kitty(fitted(&picture, points), cell.0),
    }
}

/// Reads a picture, the right way up, if it keeps the bounds.
fn decode(bytes: &[u8]) -> Option<DynamicImage> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format(bytes)?);
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(SIDE_MAX), Some(SIDE_MAX));
    limits.max_alloc = Some(BYTES_MAX);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    if decoder.total_bytes() > BYTES_MAX {
        return None;
    }
    let turned = decoder.orientation().ok();
    let mut picture = DynamicImage::from_decoder(decoder).ok()?;
    turned.into_iter().for_each(|turned| picture.apply_orientation(turned));
    Some(picture)
}

/// The picture, made smaller where it is larger than this.
fn fitted(picture: &DynamicImage, (width, height): (u32, u32)) -> RgbaImage {
    let fits = picture.width() <= width && picture.height() <= height;
    if fits { picture.to_rgba8() } else { picture.thumbnail(width, height).to_rgba8() }
}

/// Two points to a character, one above the other.
fn blocks(picture: &RgbaImage, colours: Colours) -> String {
    let colour = |x, y| {
        let point = picture.get_pixel_checked(x, y).filter(|Rgba([.., alpha])| *alpha >= OPAQUE);
        point.map(|Rgba([r, g, b, _])| match colours {
            Colours::All => format!("2;{r};{g};{b}"),
            Colours::Indexed => format!("5;{}", indexed([*r, *g, *b])),
        })
    };
    let line = |y| {
        let mut line = String::new();
        let mut last = None;
        for x in 0..picture.width() {
            let both = (colour(x, y), colour(x, y + 1));
            if last.as_ref() != Some(&both) {
                line += &match &both {
                    (Some(upper), Some(lower)) => format!("\u{1b}[38;{upper};48;{lower}m"),
                    (Some(one), None) | (None, Some(one)) => format!("\u{1b}[0;38;{one}m"),
                    (None, None) => "\u{1b}[0m".to_owned(),
                };
            }
            line.push(match &both {
                (Some(_), _) => '▀',
                (None, Some(_)) => '▄',
                (None, None) => ' ',
            });
            last = Some(both);
        }
        line + "\u{1b}[0m"
    };
    (0..picture.height()).step_by(2).map(line).collect::<Vec<_>>().join("\n")
}

/// The nearest of the 256 colours that terminals agree on: a cube of six steps a side, and 24 greys.
pub(super) fn indexed([r, g, b]: [u8; 3]) -> u8 {
    let step = |value: u8| match value {
        ..48 => 0,
        48..115 => 1,
        _ => (value - 35) / 40,
    };
    let of_step = |step: u8| if step == 0 { 0 } else { 55 + step * 40 };
    let steps = [r, g, b].map(step);
    let average = (u16::from(r) + u16::from(g) + u16::from(b)) / 3;
    let grey = u8::try_from(average.saturating_sub(3) / 10).unwrap_or(u8::MAX).min(23);
    let far = |other: [u8; 3]| -> u32 {
        [r, g, b].into_iter().zip(other).map(|(one, other)| u32::from(one.abs_diff(other)).pow(2)).sum()
    };
    let [red, green, blue] = steps;
    if far([8 + 10 * grey; 3]) < far(steps.map(of_step)) { 232 + grey } else { 16 + 36 * red + 6 * green + blue }
}

/// What is not opaque stands on black.
fn sixel(picture: &RgbaImage) -> Option<String> {
    let over = |value: u8, alpha: u8| u8::try_from(u16::from(value) * u16::from(alpha) / 255).unwrap_or(u8::MAX);
    let bytes: Vec<u8> =
        picture.pixels().flat_map(|Rgba([r, g, b, a])| [*r, *g, *b].map(|one| over(one, *a))).collect();
    let (width, height) = (i32::try_from(picture.width()).ok()?, i32::try_from(picture.height()).ok()?);
    let rgb = PixelFormat::RGB888;
    let drawn = sixel_string(
        &bytes,
        width,
        height,
        rgb,
        DiffusionMethod::Auto,
        MethodForLargest::Auto,
        MethodForRep::Auto,
        Quality::AUTO,
    );
    drawn.ok()
}

/// The picture is written anew, so that what its sender wrote reaches no other decoder. The terminal is told to answer
/// nothing (`q=2`): its answer would stand in the line that is being typed.
fn kitty(picture: RgbaImage, cell_width: u32) -> Option<String> {
    let columns = picture.width().div_ceil(cell_width);
    let mut png = Vec::new();
    DynamicImage::from(picture).write_to(&mut Cursor::new(&mut png), ImageFormat::Png).ok()?;
    let text = STANDARD.encode(png);
    let mut written = String::new();
    let pieces = text.len().div_ceil(PIECE_CHARS);
    for (at, piece) in text.as_bytes().chunks(PIECE_CHARS).enumerate() {
        let first = if at == 0 { format!("a=T,f=100,c={columns},") } else { String::new() };
        let more = u8::from(at + 1 < pieces);
        let piece = std::str::from_utf8(piece).ok()?;
        written += &format!("\u{1b}_G{first}q=2,m={more};{piece}\u{1b}\\");
    }
    Some(written)
}
