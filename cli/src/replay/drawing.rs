//! `hobnob replay --diagram`: a page that shows what a journal recorded.

use crate::exit::{ExitCode, Failure};
use hobnob_runtime::message_log::date_time;
use hobnob_runtime::replay::{Replayed, Step};
use hobnob_sim::diagram::recorded::Recorder;
use hobnob_sim::diagram::{self, Page};
use jiff::tz::TimeZone;
use std::path::Path;

/// How many moments are drawn when nothing is said of where to begin, and at most: each record brings several.
const MOMENTS_MOST: usize = 3_000;

/// Listens to a replay and draws it.
pub(super) struct Drawing {
    recorder: Recorder,
    /// The number of the first record to draw, if it was named.
    from: Option<u64>,
    last: u64,
}

impl Drawing {
    pub(super) fn new(from: Option<u64>) -> Self {
        // Who names a beginning sees it; without one the end is seen.
        let most = if from.is_some() { usize::MAX } else { MOMENTS_MOST };
        Self { recorder: Recorder::new(most), from, last: 0 }
    }

    pub(super) fn take(&mut self, step: Step<'_>) {
        let is_wanted = self.from.is_none_or(|from| step.seq >= from) && self.recorder.len() < MOMENTS_MOST * 2;
        if is_wanted {
            self.last = step.seq;
        }
        self.recorder.take(step.seq, step.at, step.input, step.out, step.server, is_wanted);
    }

    pub(super) fn write(self, file: &Path, name: &str, replayed: &Replayed, zone: &TimeZone) -> Result<(), Failure> {
        let end = replayed.from + replayed.records.saturating_sub(1);
        if self.recorder.is_empty() {
            let sentence = format!("{name}: there is no record to draw; what was replayed ends with record {end}");
            return Err(Failure::new(ExitCode::Failed, sentence));
        }
        let last = self.last;
        let recorded = self.recorder.finish();
        let first = recorded.first;
        let mut notes = vec![
            "A journal holds what the server took and what it made of it: when something was on its way, and whether \
             it arrived, it does not know."
                .to_owned(),
        ];
        if recorded.left_out > 0 {
            notes.push(format!(
                "Only the last of it is drawn: {} moments before that are left out. Choose others with --from and --until.",
                recorded.left_out
            ));
        }
        if last < end {
            notes.push(format!("The drawing ends with record {last}; the replay went on to {end}."));
        }
        notes.extend(replayed.difference.as_ref().map(|difference| difference.sentence.clone()));
        let (begin, zone) = (date_time(recorded.begin, zone), zone.iana_name().unwrap_or("local time"));
        let page = Page {
            title: format!("{name}: what happened"),
            about: format!("Records {first} to {last}. Times are those since {begin} ({zone})."),
            command: format!("hobnob replay {name} --diagram {} --from {first} --until {last}", file.display()),
            notes,
            ..Page::default()
        };
        let html = diagram::page(&recorded.chronicle, &page);
        std::fs::write(file, html)
            .map_err(|error| Failure::new(ExitCode::Failed, format!("{} cannot be written: {error}", file.display())))
    }
}
