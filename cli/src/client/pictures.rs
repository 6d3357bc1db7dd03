//! Pictures that come, shown on terminals that can.
//!
//! Owns the choice of the form: kitty's graphics, sixel, or half-blocks of colour. The terminal is never asked, for its
//! answer would come among what the user types: the environment tells. How a picture is drawn, and the bounds on what
//! somebody else's picture may cost, stand in `draw`.

mod draw;
#[cfg(test)]
mod tests;

use draw::{Colours, Form, Space};
pub(super) use draw::{HEAD_BYTES, is_picture};
use futures_lite::FutureExt;
use hobnob_runtime::os::TerminalSize;
use serde::{Deserialize, Serialize};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

/// How many columns a picture that was sent takes at most.
pub(super) const COLUMNS_MAX: u16 = 64;
/// How many lines any picture takes at most.
const ROWS_MAX: u16 = 24;
/// How long a picture may take to be drawn; one that takes longer is only named.
const PATIENCE: Duration = Duration::from_secs(5);

/// How pictures are to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Wanted {
    /// As the terminal can, by what the environment tells of it
    #[default]
    Auto,
    /// By the graphics of kitty
    Kitty,
    /// By sixel
    Sixel,
    /// By half-blocks of colour
    Blocks,
    /// Not at all
    Off,
}

/// Shows pictures, or does not.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pictures {
    form: Option<Form>,
}

impl Pictures {
    /// Shows pictures as is wished for; none where nobody sits at a terminal.
    pub(super) fn new(wanted: Wanted, watched: bool) -> Self {
        let environment = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        Self { form: if watched { form(wanted, environment) } else { None } }
    }

    /// Whether any are shown.
    pub(super) fn any(self) -> bool {
        self.form.is_some()
    }

    /// A picture as lines for this terminal, at most so many columns wide; `None` where it is not shown: it is none, it
    /// is broken, or beyond the bounds. It is read and drawn aside, where no task waits for it.
    pub(super) async fn show(
        self,
        bytes: impl FnOnce() -> Option<Vec<u8>> + Send + 'static,
        columns_max: u16,
    ) -> Option<String> {
        let form = self.form?;
        let space = space(columns_max);
        // A decoder that gives up in a way of its own spoils no chat either.
        let draw = move || catch_unwind(AssertUnwindSafe(|| draw::draw(form, &bytes()?, space))).ok().flatten();
        let late = async {
            smol::Timer::after(PATIENCE).await;
            None
        };
        smol::unblock(draw).or(late).await
    }
}

/// The place that a picture has on the terminal as it is.
fn space(columns_max: u16) -> Space {
    let size = TerminalSize::read().unwrap_or_default();
    Space {
        columns: columns_max.min(size.columns.saturating_sub(1)).max(1),
        rows: ROWS_MAX.min(size.rows.saturating_sub(2)).max(1),
        cell: size.cell,
    }
}

/// The form that is wished for, or the best of which the environment says that this terminal knows it.
///
/// Half-blocks are colours, which `NO_COLOR` forbids unless they are asked for by name.
fn form(wanted: Wanted, environment: impl Fn(&str) -> Option<String>) -> Option<Form> {
    let term = environment("TERM").unwrap_or_default();
    let blocks = || {
        let many = environment("COLORTERM").is_some_and(|value| matches!(value.as_str(), "truecolor" | "24bit"));
        Form::Blocks(if many { Colours::All } else { Colours::Indexed })
    };
    match wanted {
        Wanted::Off => None,
        Wanted::Kitty => Some(Form::Kitty),
        Wanted::Sixel => Some(Form::Sixel),
        Wanted::Blocks => Some(blocks()),
        Wanted::Auto => match graphics(&term, &environment) {
            Some(form) => Some(form),
            None if environment("NO_COLOR").is_some() || MONOCHROME.iter().any(|name| term == *name) => None,
            None => Some(blocks()),
        },
    }
}

/// Terminals without colour, or none at all.
const MONOCHROME: &[&str] = &["", "dumb", "vt100", "vt102", "vt220"];
/// What the names of terminals begin with that know kitty's graphics.
const KITTY: &[&str] = &["xterm-kitty", "xterm-ghostty", "ghostty"];
/// And sixel.
const SIXEL: &[&str] = &["foot", "mlterm", "contour", "yaft"];

/// The graphics that a terminal is known to have.
fn graphics(term: &str, environment: &impl Fn(&str) -> Option<String>) -> Option<Form> {
    let is = |names: &[&str]| names.iter().any(|name| term.starts_with(name));
    let program = environment("TERM_PROGRAM").unwrap_or_default();
    // A multiplexer between us and the terminal passes on the environment, and not the graphics.
    if environment("TMUX").is_some() || environment("STY").is_some() || is(&["tmux", "screen"]) {
        return None;
    }
    if is(KITTY) || environment("KITTY_WINDOW_ID").is_some() || program == "ghostty" {
        return Some(Form::Kitty);
    }
    let sixel = is(SIXEL) || term.contains("sixel") || matches!(program.as_str(), "WezTerm" | "mintty" | "iTerm.app");
    sixel.then_some(Form::Sixel)
}
