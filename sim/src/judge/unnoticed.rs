//! Non-interference: what a private message says changes nothing for anybody, but where its own text stands.
//!
//! A plan is run twice; the second time one private message of it says something else, of the same length. Everything
//! that everybody was told and shown is compared, with private texts left blank: not a byte more may differ, nor
//! when it came.

use crate::plan::{Deed, Plan, What};
use crate::promise::{Breach, Promise};
use crate::witness::Outcome;
use hobnob_machine::Shown;
use hobnob_spec::messages::{Answer, Body, Entry, Message, Place, Request};
use std::hash::{Hash, Hasher};

/// The plan with one of its private messages, of those of which there are many the one of this number, saying something
/// else; `None` where there is none.
pub fn changed(plan: &Plan, which: u64) -> Option<(usize, Plan)> {
    let private = |what: &What| matches!(what, What::Does(_, Deed::Ask(Request::Private { .. })));
    let steps: Vec<usize> = (0..plan.steps.len()).filter(|at| private(&plan.steps[*at].what)).collect();
    let at = *steps.get(usize::try_from(which % steps.len().max(1) as u64).expect("it is one of the steps"))?;
    let mut plan = plan.clone();
    if let What::Does(_, Deed::Ask(Request::Private { text, .. })) = &mut plan.steps[at].what {
        *text = other(text);
    }
    Some((at, plan))
}

/// Something else of the same length.
fn other(text: &str) -> String {
    let turn = |c: char, first: u8, many: u8| (first + (c as u8 - first + many / 2) % many) as char;
    let turned = text.chars().map(|c| match c {
        'a'..='z' => turn(c, b'a', 26),
        'A'..='Z' => turn(c, b'A', 26),
        '0'..='9' => turn(c, b'0', 10),
        c => c,
    });
    turned.collect()
}

/// Runs a plan twice, the second time with another private text, and compares what everybody noticed. `run` has to
/// look with a digest. Nothing where the plan has no private message, or a run was broken for another reason.
pub fn unnoticed(plan: &Plan, run: &mut dyn FnMut(&Plan) -> Outcome) -> Vec<Breach> {
    let one = run(plan);
    beside(plan, &one, run).flatten().into_iter().collect()
}

/// Runs a plan once more, with another private text, and compares what everybody noticed with the outcome of its first
/// run; both have to look with a digest. `None` where there is nothing to compare: the plan has no private message, or
/// a run was broken for another reason.
pub fn beside(plan: &Plan, one: &Outcome, run: &mut dyn FnMut(&Plan) -> Outcome) -> Option<Option<Breach>> {
    if !one.broken.is_empty() {
        return None;
    }
    let (step, other) = changed(plan, plan.seed)?;
    let other = run(&other);
    if !other.broken.is_empty() {
        return None;
    }
    let pairs = one.transcripts.iter().zip(&other.transcripts);
    let differ: Vec<_> = plan.names().zip(pairs).filter(|(_, (a, b))| a != b).map(|(name, _)| name).collect();
    if differ.is_empty() {
        return Some(None);
    }
    let at = plan.steps[step].at;
    let sentence = format!("{} noticed that the private message at {at} ms says something else", differ.join(" and "));
    Some(Some(Breach { promise: Promise::Unnoticed, at, sentence }))
}

/// Hashes a message with private texts left blank.
pub(crate) fn hash_told(message: &Message, hasher: &mut impl Hasher) {
    match message {
        Message::Live { place: place @ Place::With(_), entry } => {
            place.hash(hasher);
            blank(entry, hasher);
        }
        Message::Earlier { place: place @ Place::With(_), past, entries } => {
            (place, past).hash(hasher);
            entries.iter().for_each(|entry| blank(entry, hasher));
        }
        Message::Answer { number, answer } => {
            number.hash(hasher);
            hash_answer(answer, hasher);
        }
        Message::Live { .. } | Message::Earlier { .. } | Message::Ping | Message::Goodbye { .. } => {
            message.hash(hasher);
        }
    }
}

/// Hashes what a user is shown with private texts left blank.
pub(crate) fn hash_shown(shown: &Shown, hasher: &mut impl Hasher) {
    std::mem::discriminant(shown).hash(hasher);
    match shown {
        Shown::Entry { place: place @ Place::With(_), entry, when } => {
            (place, when).hash(hasher);
            blank(entry, hasher);
        }
        Shown::Answer { request, answer } => {
            hash_request(request, hasher);
            hash_answer(answer, hasher);
        }
        Shown::TooMany { request } | Shown::Unsent { request } | Shown::Unsure { request } => {
            hash_request(request, hasher);
        }
        Shown::Entry { .. }
        | Shown::Welcome { .. }
        | Shown::Back { .. }
        | Shown::Refused { .. }
        | Shown::Gap { .. }
        | Shown::AlreadyJoined
        | Shown::Unreachable { .. }
        | Shown::Lost
        | Shown::Retry { .. }
        | Shown::Goodbye { .. }
        | Shown::Foreign
        | Shown::Out => shown.hash(hasher),
    }
}

fn hash_request(request: &Request, hasher: &mut impl Hasher) {
    match request {
        Request::Private { to, text } => (to, text.len()).hash(hasher),
        request => request.hash(hasher),
    }
}

/// A page may be one of a private conversation.
fn hash_answer(answer: &Answer, hasher: &mut impl Hasher) {
    match answer {
        Answer::Page { entries, more } => {
            more.hash(hasher);
            entries.iter().for_each(|entry| blank(entry, hasher));
        }
        answer => answer.hash(hasher),
    }
}

fn blank(entry: &Entry, hasher: &mut impl Hasher) {
    (entry.number, entry.at, &entry.nick).hash(hasher);
    match &entry.body {
        Body::Text(text) => text.as_str().len().hash(hasher),
        body => body.hash(hasher),
    }
}
