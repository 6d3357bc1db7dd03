//! How far a file is, drawn as a line of its own now and then.

use indicatif::{InMemoryTerm, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A file of fewer bytes has no bar.
pub(super) const BAR_BYTES_MIN: u64 = 256 << 10;
/// How many times a bar is drawn on the way.
const BARS: u64 = 4;

/// A bar that is printed line by line, for the line below is being typed in.
pub(super) struct Bar {
    term: InMemoryTerm,
    bar: ProgressBar,
    drawn: u64,
}

impl Bar {
    pub(super) fn new(verb: &str, name: &str, size: u64) -> Self {
        let term = InMemoryTerm::new(2, 100);
        let bar = ProgressBar::with_draw_target(Some(size), ProgressDrawTarget::term_like(Box::new(term.clone())));
        let style = ProgressStyle::with_template("{msg} [{bar:24}] {bytes} of {total_bytes}");
        bar.set_style(style.expect("the template is right").progress_chars("=> "));
        bar.set_message(format!("{verb} {name}"));
        Self { term, bar, drawn: 0 }
    }

    /// The bar as a line, when it has grown enough.
    pub(super) fn draw(&mut self, there: u64, size: u64) -> Option<String> {
        let reached = there.saturating_mul(BARS) / size.max(1);
        if reached <= self.drawn {
            return None;
        }
        self.drawn = reached;
        self.bar.set_position(there);
        self.bar.force_draw();
        Some(self.term.contents().trim().to_owned())
    }
}
