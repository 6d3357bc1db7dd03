//! What the server counts, for the status line.

use hobnob_machine::{Action, Out};
use hobnob_spec::messages::{Answer, Body, Message};
use hobnob_spec::session::{Effect, No};
use std::fmt::Write;

/// How often each refusal was given.
pub(super) struct Refusals([u64; No::ALL.len()]);

impl Default for Refusals {
    fn default() -> Self {
        Self([0; No::ALL.len()])
    }
}

impl Refusals {
    /// How often that one was given.
    pub(super) fn of(&self, no: No) -> u64 {
        self.0[no.index()]
    }

    /// How often any was given.
    pub(super) fn total(&self) -> u64 {
        self.0.iter().sum()
    }
}

/// Counts since the start.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) clients_peak: usize,
    pub(super) inputs: u64,
    pub(super) messages_in: u64,
    pub(super) deliveries: u64,
    pub(super) bytes_in: u64,
    pub(super) bytes_out: u64,
    pub(super) refusals: Refusals,
    pub(super) mutes: u64,
    pub(super) warnings: u64,
}

impl Tally {
    /// Counts what a step brought.
    pub(super) fn count(&mut self, out: &Out) {
        for action in &out.actions {
            match action {
                Action::Deliver { entry, .. } | Action::Keep { entry, .. } => {
                    self.messages_in += u64::from(matches!(entry.body, Body::Text(_) | Body::Attached(_)));
                }
                Action::Send { message: Message::Answer { answer: Answer::Refused { no, .. }, .. }, .. } => {
                    self.refuse(*no);
                }
                Action::Send { .. }
                | Action::Hear { .. }
                | Action::Unhear { .. }
                | Action::ReadPage { .. }
                | Action::WriteChunk { .. }
                | Action::CheckFile { .. }
                | Action::DiscardPart { .. }
                | Action::RemoveFile { .. }
                | Action::ReadPiece { .. }
                | Action::Close { .. } => {}
            }
        }
        for effect in out.fired.iter().flat_map(|fired| fired.row().1) {
            self.mutes += u64::from(matches!(effect, Effect::StartMute | Effect::Silence));
            self.warnings += u64::from(*effect == Effect::TellSlowDown);
        }
    }

    /// Counts a refusal.
    pub(super) fn refuse(&mut self, no: No) {
        self.refusals.0[no.index()] += 1;
    }

    /// The counts in one line.
    pub(super) fn line(&self, clients: usize, lag: u64) -> String {
        let Self { clients_peak, inputs: _, messages_in, deliveries, bytes_in, bytes_out, refusals, mutes, warnings } =
            self;
        let mut line = format!(
            "clients {clients} (peak {clients_peak}), messages in {messages_in}, deliveries out {deliveries}, \
             bytes in {bytes_in}, out {bytes_out}, warnings {warnings}, mutes {mutes}, journal lag {lag} records, refusals"
        );
        let some = No::ALL.iter().zip(&refusals.0).filter(|(_, count)| **count > 0);
        for (no, count) in some {
            write!(line, " {no} {count}").expect("a string takes all text");
        }
        if refusals.0.iter().all(|count| *count == 0) {
            line.push_str(" none");
        }
        line
    }
}
