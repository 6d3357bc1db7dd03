//! Bugs of the shell around the server: what it carries out, and what it keeps.

use super::{Bug, Planted};
use hobnob_machine::{Action, Input, Out};
use hobnob_spec::messages::{Message, Place, Time};

impl Planted {
    pub(super) fn mangle_orders(&mut self, out: &mut Out) {
        match self.bug {
            Bug::DeliveryForgotten => {
                out.actions.retain(|action| !matches!(action, Action::Deliver { .. }) || !self.takes(10));
            }
            Bug::PrivateSwallowed => {
                let private = |action: &Action| {
                    matches!(action, Action::Send { message: Message::Live { place: Place::With(_), .. }, .. })
                };
                out.actions.retain(|action| !private(action) || !self.takes(3));
            }
            Bug::EnteringDeaf => {
                out.actions.retain(|action| !matches!(action, Action::Hear { .. }) || !self.takes(5));
            }
            Bug::LeavingHears => out.actions.retain(|action| !matches!(action, Action::Unhear { .. })),
            Bug::WordsSwapped => {
                let sends = |action: &Action| match action {
                    Action::Send { conn, .. } => Some(*conn),
                    _ => None,
                };
                let pairs = out.actions.windows(2);
                let same = |pair: &[Action]| sends(&pair[0]).is_some() && sends(&pair[0]) == sends(&pair[1]);
                if let Some(at) = pairs.into_iter().position(same) {
                    out.actions.swap(at, at + 1);
                }
            }
            _ => {}
        }
    }

    pub(super) fn mangle_records(&mut self, records: &mut Vec<(Time, Input)>) {
        match self.bug {
            Bug::RecordSkipped if records.len() > 1 => drop(records.remove(records.len() / 2)),
            Bug::RecordTwice => records.extend(records.last().cloned()),
            _ => {}
        }
    }
}
