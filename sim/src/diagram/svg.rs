//! Draws a scene as SVG.
//!
//! Owns the shapes. Colours and fonts are the style sheet's.

use super::scene::{Arrow, Band, Column, GAP, Item, LINE, Scene, Side, Tip, Tone};
use crate::plan::line::write_time;
use std::fmt::Write as _;

/// How wide the axis of time is.
pub(super) const AXIS: i32 = 76;
/// Times closer than this are not written one below the other.
const TICK_GAP: i32 = 14;

/// A text as it may stand between tags.
pub(super) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe += "&amp;",
            '<' => safe += "&lt;",
            '>' => safe += "&gt;",
            '"' => safe += "&quot;",
            c if c.is_control() && c != '\n' => safe.push('·'),
            c => safe.push(c),
        }
    }
    safe
}

/// The axis of time.
pub(super) fn axis(scene: &Scene) -> String {
    let mut svg = format!(
        "<svg class=\"axis\" width=\"{AXIS}\" height=\"{h}\" viewBox=\"0 0 {AXIS} {h}\" aria-hidden=\"true\">\n",
        h = scene.height
    );
    let mut last = -TICK_GAP;
    for tick in &scene.ticks {
        if let Some(pause) = tick.pause {
            let y = tick.y - 4;
            if y - last >= TICK_GAP {
                let _ = writeln!(svg, "<text class=\"pause\" x=\"{}\" y=\"{y}\">+{}</text>", AXIS - 10, short(pause));
                last = y;
            }
        }
        if tick.y + 13 - last < TICK_GAP {
            continue;
        }
        last = tick.y + 13;
        let (right, y) = (AXIS - 6, tick.y + 9);
        let _ = writeln!(svg, "<path class=\"tick\" d=\"M{right} {y}h6\"/>");
        let _ = writeln!(svg, "<text class=\"time\" x=\"{}\" y=\"{last}\">{}</text>", AXIS - 10, write_time(tick.at));
    }
    svg + "</svg>\n"
}

fn short(ms: u64) -> String {
    match ms {
        0..60_000 => format!("{:.1}s", ms as f64 / 1_000.0),
        _ => format!("{}m {}s", ms / 60_000, ms / 1_000 % 60),
    }
}

/// The diagram itself.
pub(super) fn diagram(scene: &Scene, title: &str, about: &str) -> String {
    let (w, h) = (scene.width, scene.height);
    let mut svg = format!(
        "<svg class=\"diagram\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\" role=\"img\" \
         aria-labelledby=\"what desc\">\n<title id=\"what\">{}</title>\n<desc id=\"desc\">{}</desc>\n{MARKERS}",
        escape(title),
        escape(about),
    );
    pauses(&mut svg, scene);
    lanes(&mut svg, scene);
    scene.bands.iter().for_each(|band| self::band(&mut svg, scene, band));
    scene.arrows.iter().for_each(|arrow| self::arrow(&mut svg, arrow));
    scene.items.iter().for_each(|item| self::item(&mut svg, scene, item));
    svg + "</svg>\n"
}

const MARKERS: &str = "<defs>\n\
<marker id=\"tip-up\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\">\
<path class=\"tip up\" d=\"M0 0L8 4L0 8Z\"/></marker>\n\
<marker id=\"tip-down\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\">\
<path class=\"tip down\" d=\"M0 0L8 4L0 8Z\"/></marker>\n\
<pattern id=\"gone\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
<path class=\"hatch\" d=\"M0 0V8\"/></pattern>\n</defs>\n";

fn pauses(svg: &mut String, scene: &Scene) {
    for tick in scene.ticks.iter().filter(|tick| tick.pause.is_some()) {
        let _ = writeln!(svg, "<path class=\"quiet\" d=\"M0 {}H{}\"/>", tick.y - 7, scene.width);
    }
}

fn lanes(svg: &mut String, scene: &Scene) {
    let middle = &scene.middle;
    let (x, w, h) = (middle.left, middle.width, scene.height);
    let _ = writeln!(svg, "<rect class=\"gone\" x=\"{x}\" y=\"0\" width=\"{w}\" height=\"{h}\"/>");
    for (from, to) in &middle.up {
        let _ = writeln!(svg, "<rect class=\"server\" x=\"{x}\" y=\"{from}\" width=\"{w}\" height=\"{}\"/>", to - from);
    }
    for lane in &scene.lanes {
        let _ = writeln!(svg, "<path class=\"lane\" d=\"M{} 0V{h}\"/>", lane.x);
        for (from, to) in &lane.connected {
            let _ = writeln!(svg, "<path class=\"lane on\" d=\"M{} {}V{to}\"/>", lane.x, from + 8);
        }
    }
}

fn band(svg: &mut String, scene: &Scene, band: &Band) {
    let inset = (band.depth * 5).min(25);
    let (x, width, class) = match band.column {
        Column::Client(client) => {
            let lane = &scene.lanes[client];
            let x = match lane.side {
                Side::Left => lane.left - 4,
                Side::Right => lane.x - GAP / 2,
            };
            (x, lane.width + 12 + GAP / 2, "net")
        }
        Column::Server | Column::Across => (scene.middle.left, scene.middle.width, "disk"),
    };
    let _ = writeln!(
        svg,
        "<rect class=\"band {class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"6\"><title>{}</title></rect>",
        x + inset,
        band.from,
        width - 2 * inset,
        band.to - band.from,
        escape(&band.about)
    );
}

fn arrow(svg: &mut String, arrow: &Arrow) {
    let ((x1, y1), (x2, y2)) = (arrow.from, arrow.to);
    let way = if arrow.down { "down" } else { "up" };
    let (class, marker) = match arrow.tip {
        Tip::There => ("", format!(" marker-end=\"url(#tip-{way})\"")),
        Tip::Lost => (" lost", String::new()),
        Tip::UnderWay => (" flying", String::new()),
    };
    let _ = writeln!(svg, "<g class=\"arrow {way}{class}\"><title>{}</title>", escape(&arrow.about));
    let _ =
        writeln!(svg, "<path class=\"wide\" d=\"M{x1} {y1}L{x2} {y2}\"/><path d=\"M{x1} {y1}L{x2} {y2}\"{marker}/>");
    match arrow.tip {
        Tip::There => {}
        Tip::Lost => {
            let _ = writeln!(svg, "<path class=\"cross\" d=\"M{} {}l10 10m0 -10l-10 10\"/>", x2 - 5, y2 - 5);
            let _ = writeln!(svg, "<text x=\"{x2}\" y=\"{}\">lost</text>", y2 + 17);
        }
        Tip::UnderWay => {
            let _ = writeln!(svg, "<circle cx=\"{x2}\" cy=\"{y2}\" r=\"3\"/>");
        }
    }
    *svg += "</g>\n";
}

fn item(svg: &mut String, scene: &Scene, item: &Item) {
    let (left, width) = scene.texts(item.column);
    let to_the_right = matches!(item.column, Column::Client(client) if scene.lanes[client].side == Side::Left);
    let id = if item.tone == Tone::Broken { " id=\"broken\"" } else { "" };
    let _ = writeln!(svg, "<g{id} class=\"{}\"><title>{}</title>", item.tone.class(), escape(&item.tip));
    if item.lines.is_empty() {
        let x = match item.column {
            Column::Client(client) => scene.lanes[client].x,
            Column::Server | Column::Across => left,
        };
        let _ = writeln!(svg, "<circle cx=\"{x}\" cy=\"{}\" r=\"3.5\"/></g>", item.y + 5);
        return;
    }
    let height = LINE * i32::try_from(item.lines.len()).expect("a text has a few lines");
    let mut y = item.y + 13;
    if item.tone.is_boxed() {
        let longest = item.lines.iter().map(|line| line.chars().count()).max().unwrap_or(0);
        let snug = i32::try_from(longest).unwrap_or(width) * item.tone.char_width() + 14;
        let snug = if matches!(item.column, Column::Client(_)) { snug.min(width) } else { width };
        let x = if to_the_right { left + width - snug } else { left };
        let round = if matches!(item.tone, Tone::Wish | Tone::Shown) { 9 } else { 3 };
        let _ = writeln!(
            svg,
            "<rect x=\"{x}\" y=\"{}\" width=\"{snug}\" height=\"{}\" rx=\"{round}\"/>",
            item.y,
            height + 5
        );
        y += 2;
    }
    let inset = if item.tone.is_boxed() { 7 } else { 1 };
    let (x, anchor) = if to_the_right { (left + width - inset, " text-anchor=\"end\"") } else { (left + inset, "") };
    for line in &item.lines {
        let _ = writeln!(svg, "<text x=\"{x}\" y=\"{y}\"{anchor}>{}</text>", escape(line.trim_start()));
        y += LINE;
    }
    *svg += "</g>\n";
}
