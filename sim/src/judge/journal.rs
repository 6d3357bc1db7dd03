//! Every promise that can be judged from a journal alone, over a recorded run.
//!
//! Owns what was looked at for each. What users were shown stands in no journal: for those promises there are the
//! simulated worlds.

use super::Judge;
use crate::promise::{Breach, Promise};
use hobnob_machine::{Action, Input, Out, Server};
use hobnob_spec::messages::{Answer, Body, Message, Past, Time};
use hobnob_spec::session::Effect;

/// What was found of a promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The promise.
    pub promise: Promise,
    /// How many things were looked at for it; `None` where a journal cannot tell.
    pub looked_at: Option<u64>,
    /// What those things are, or why a journal cannot tell.
    pub things: &'static str,
    /// The first record at which it was broken, and how.
    pub broken: Option<Breach>,
}

/// What passed.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    records: u64,
    texts: u64,
    privates: u64,
    entries: u64,
    histories: u64,
    nicks: u64,
    faces: u64,
    entrances: u64,
    mutes: u64,
    lists: u64,
    answers: u64,
    posted: u64,
    pages: u64,
}

/// A judgement under way.
#[derive(Debug)]
pub struct Check {
    judge: Judge,
    seen: Seen,
    broken: Vec<Breach>,
}

impl Check {
    /// Begins with the machine before the first record.
    pub fn begin(server: &Server) -> Self {
        let mut judge = Judge::of_journal(server.config().nick_case);
        let broken = judge.started(0, &[], server);
        Self { judge, seen: Seen::default(), broken }
    }

    /// Takes a record with what the machine made of it.
    pub fn take(&mut self, record: u64, at: Time, input: &Input, out: &Out, server: &Server) {
        self.seen.records += 1;
        out.actions.iter().for_each(|action| self.seen.note(action));
        for fired in &out.fired {
            for effect in fired.row().1 {
                self.seen.nicks += u64::from(matches!(effect, Effect::TakeNick | Effect::TakeSuffixedNick));
                self.seen.mutes += u64::from(matches!(effect, Effect::StartMute | Effect::Silence));
            }
        }
        self.broken.extend(self.judge.stepped(record, at, input, out, server));
    }

    /// What was found of every promise. `differs` is the record at which the journal came to something else than it
    /// did, and how.
    pub fn end(mut self, record: u64, server: &Server, differs: Option<(u64, String)>) -> Vec<Finding> {
        // At a difference the machine is one that never was.
        if differs.is_none() {
            self.judge.compare(record, server, Promise::CountersEqualLog);
            self.broken.extend(self.judge.take());
        }
        if let Some((at, sentence)) = differs {
            self.broken.push(Breach { promise: Promise::Replayed, at, sentence });
        }
        let finding = |promise: &Promise| {
            let (looked_at, things) = self.seen.of(*promise);
            let broken = self.broken.iter().find(|breach| breach.promise == *promise).cloned();
            Finding { promise: *promise, looked_at, things, broken }
        };
        Promise::ALL.iter().map(finding).collect()
    }
}

impl Seen {
    fn note(&mut self, action: &Action) {
        match action {
            Action::Deliver { entry, .. } => {
                self.entries += 1;
                self.texts += u64::from(matches!(entry.body, Body::Text(_)));
                self.faces += u64::from(entry.body.avatar().is_some());
                self.entrances += u64::from(matches!(entry.body, Body::Joined(_) | Body::Entered(_)));
            }
            Action::Keep { .. } => {
                self.entries += 1;
                self.texts += 1;
                self.privates += 1;
            }
            Action::Send { message: Message::Answer { answer, .. }, .. } => {
                self.answers += 1;
                self.posted += u64::from(matches!(answer, Answer::Posted { .. }));
                self.pages += u64::from(matches!(answer, Answer::Page { .. }));
                let list = matches!(
                    answer,
                    Answer::Report(_)
                        | Answer::Members(_)
                        | Answer::Rooms(_)
                        | Answer::Welcome { .. }
                        | Answer::Back { .. }
                );
                self.lists += u64::from(list);
            }
            Action::Send { message: Message::Earlier { past, .. }, .. } => {
                self.histories += u64::from(*past == Past::History);
            }
            Action::ReadPage { .. } | Action::ReadPiece { .. } => self.answers += 1,
            Action::WriteChunk { .. }
            | Action::CheckFile { .. }
            | Action::DiscardPart { .. }
            | Action::RemoveFile { .. }
            | Action::Send { .. }
            | Action::Hear { .. }
            | Action::Unhear { .. }
            | Action::Close { .. } => {}
        }
    }

    /// What was looked at for a promise.
    fn of(&self, promise: Promise) -> (Option<u64>, &'static str) {
        let (looked_at, things) = match promise {
            Promise::AcknowledgedKept => (self.posted, "acknowledgements"),
            Promise::StoredOnce | Promise::OnlySaid => (self.texts, "texts"),
            Promise::SameMessage | Promise::TimeForward => (self.entries, "messages of the log"),
            Promise::PrivateToTwo => (self.privates, "private messages"),
            Promise::OneOwner => (self.nicks, "nicks that were given"),
            Promise::Capacity => (self.entrances, "entrances"),
            Promise::HistoryMeetsLive => (self.histories, "parts of histories"),
            Promise::AvatarTrue => (self.lists + self.faces, "lists, and news of avatars"),
            Promise::CountersEqualLog | Promise::ListedPresent => (self.lists, "lists, and all who came and went"),
            Promise::MutedUnheard => (self.mutes, "mutes"),
            Promise::OneAnswer => (self.answers, "answers"),
            Promise::Bounded => (self.pages, "pages"),
            Promise::Replayed | Promise::Sound => (self.records, "records"),
            Promise::ShownOnce | Promise::OneOrder | Promise::NothingDropped | Promise::Converged => {
                return (None, "what users were shown stands in no journal");
            }
            Promise::Unnoticed => return (None, "it takes two runs that differ in a private message"),
            Promise::SaidInOrder => return (None, "in which order users typed stands in no journal"),
            Promise::JournalBeforeWord => return (None, "when something was said stands in no journal"),
            Promise::BytesEqual => return (None, "what a relay read and wrote stands in no journal"),
        };
        (Some(looked_at), things)
    }
}
