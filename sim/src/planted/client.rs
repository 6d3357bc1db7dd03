//! Bugs of clients: what they take for known, send again, and show.

use super::{Bug, Planted};
use hobnob_machine::{Client, ClientAction, ClientInput, ClientOut, Shown, When};
use hobnob_spec::client::State;
use hobnob_spec::messages::{Answer, Body, Entry, Message, Place, Request};
use hobnob_spec::names::Text;
use hobnob_spec::session::Why;
use std::sync::Arc;

/// How far the numbers of requests are shifted that are to look new.
const SHIFT: u64 = 1 << 40;

impl Planted {
    pub(super) fn mangle_heard(&mut self, who: usize, inputs: &mut Vec<ClientInput>) {
        match self.bug {
            Bug::ResendDoubles => {
                for input in inputs {
                    if let ClientInput::Heard(Message::Answer { number, .. }) = input {
                        *number %= SHIFT;
                    }
                }
            }
            Bug::DedupeAcrossRooms => {
                let mut highest = self.highest.get(&who).copied().unwrap_or(0);
                inputs.retain(|input| match input {
                    ClientInput::Heard(Message::Live { entry, .. }) => {
                        let known = entry.number <= highest;
                        highest = highest.max(entry.number);
                        !known
                    }
                    _ => true,
                });
                self.highest.insert(who, highest);
            }
            Bug::DedupeAfterReturn => {
                for input in inputs {
                    match input {
                        ClientInput::Heard(Message::Answer { answer: Answer::Back { .. }, .. }) => {
                            self.returned.insert(who);
                        }
                        ClientInput::Heard(Message::Earlier { entries, .. }) if self.returned.remove(&who) => {
                            entries.remove(0);
                        }
                        _ => {}
                    }
                }
            }
            Bug::ReturnsForEver => {
                for input in inputs {
                    if let ClientInput::Heard(Message::Answer { answer: Answer::Back { .. }, .. }) = input {
                        *input = ClientInput::Heard(Message::Goodbye { why: Why::Stopping });
                    }
                }
            }
            _ => {}
        }
    }

    pub(super) fn mangle_shown(&mut self, who: usize, client: &Client, out: &mut ClientOut) {
        match self.bug {
            Bug::ResendDoubles | Bug::ResendForgotten | Bug::ResendReversed => self.mangle_resend(who, client, out),
            Bug::HistoryDoubled => self.show_again(who, out),
            Bug::SecondsAsOrder => sort_by_seconds(out),
            Bug::HoleHidden => retain_shown(out, |shown| !matches!(shown, Shown::Gap { .. })),
            Bug::ShownAtOnce => self.show_at_once(who, out),
            Bug::UnsentHidden => retain_shown(out, |shown| !matches!(shown, Shown::Unsent { .. })),
            Bug::UnsureHidden => retain_shown(out, |shown| !matches!(shown, Shown::Unsure { .. })),
            // Its alarms ring on: only the dialing is left out.
            Bug::NeverRedials if client.state() == State::Redialing => {
                out.actions.retain(|action| !matches!(action, ClientAction::Dial));
            }
            Bug::AnswerHidden => {
                retain_shown(out, |shown| !matches!(shown, Shown::Answer { .. }) || !self.takes(5));
            }
            Bug::ShownWrong => {
                for action in &mut out.actions {
                    if let ClientAction::Show(Shown::Entry { entry, .. }) = action
                        && matches!(entry.body, Body::Text(_))
                        && self.takes(5)
                    {
                        let body = Body::Text(Text::parse("something else".into()).expect("it is a text"));
                        *entry = Arc::new(Entry { body, ..Entry::clone(entry) });
                    }
                }
            }
            _ => {}
        }
    }

    fn mangle_resend(&mut self, who: usize, client: &Client, out: &mut ClientOut) {
        let bug = self.bug;
        let sent = self.sent.entry(who).or_default();
        if client.state() == State::Joining {
            // Another session numbers its requests on, and none of them was sent before.
            sent.clear();
        }
        let mut again = Vec::new();
        for (at, action) in out.actions.iter().enumerate() {
            if let ClientAction::Send(asked) = action
                && asked.request.event().applied_once()
                && !matches!(asked.request, Request::Join { .. } | Request::Resume { .. })
                && !sent.insert(asked.number)
            {
                again.push(at);
            }
        }
        match bug {
            Bug::ResendDoubles => {
                for at in again {
                    if let ClientAction::Send(asked) = &mut out.actions[at] {
                        asked.number += SHIFT;
                    }
                }
            }
            Bug::ResendForgotten => {
                for at in again.into_iter().rev() {
                    out.actions.remove(at);
                }
            }
            _ => {
                // Numbers rise all the same, or the server would refuse them.
                let number = |action: &ClientAction| match action {
                    ClientAction::Send(asked) => asked.number,
                    _ => unreachable!("only what is sent is sent again"),
                };
                let numbers: Vec<_> = again.iter().map(|at| number(&out.actions[*at])).collect();
                for pair in 0..again.len() / 2 {
                    out.actions.swap(again[pair], again[again.len() - 1 - pair]);
                }
                for (at, number) in again.into_iter().zip(numbers) {
                    if let ClientAction::Send(asked) = &mut out.actions[at] {
                        asked.number = number;
                    }
                }
            }
        }
    }

    fn show_again(&mut self, who: usize, out: &mut ClientOut) {
        let back = out.actions.iter().any(|action| matches!(action, ClientAction::Show(Shown::Back { .. })));
        let shown = self.shown.entry(who).or_default();
        if back {
            out.actions.extend(shown.iter().cloned().map(ClientAction::Show));
        }
        for action in &out.actions {
            match action {
                ClientAction::Show(Shown::Welcome { .. } | Shown::Out) => shown.clear(),
                ClientAction::Show(entry @ Shown::Entry { when: When::Live, .. }) if shown.len() < 3 => {
                    shown.push(entry.clone());
                }
                _ => {}
            }
        }
    }

    fn show_at_once(&mut self, who: usize, out: &mut ClientOut) {
        let mut again = Vec::new();
        for action in &out.actions {
            if let ClientAction::Show(Shown::Entry { place: place @ Place::Room(_), entry, .. }) = action {
                let last = self.places.insert((who, place.clone()), entry.number);
                if last.is_some_and(|last| last + 1 < entry.number) || self.takes(40) {
                    again.push(action.clone());
                }
            }
        }
        out.actions.extend(again);
    }
}

fn retain_shown(out: &mut ClientOut, mut keep: impl FnMut(&Shown) -> bool) {
    out.actions.retain(|action| match action {
        ClientAction::Show(shown) => keep(shown),
        ClientAction::Dial | ClientAction::StopDial | ClientAction::HangUp | ClientAction::Send(_) => true,
    });
}

/// What is shown together is shown in the order of its seconds, and within a second of its nicks.
fn sort_by_seconds(out: &mut ClientOut) {
    let key = |action: &ClientAction| match action {
        ClientAction::Show(Shown::Entry { entry, .. }) => Some((entry.at.0 / 1_000, entry.nick.as_str().to_owned())),
        _ => None,
    };
    let mut at = 0;
    while at < out.actions.len() {
        let length = out.actions[at..].iter().take_while(|action| key(action).is_some()).count();
        out.actions[at..at + length].sort_by_key(key);
        at += length.max(1);
    }
}
