//! Bugs of the server itself: what it makes of its inputs, and what it says.

use super::{Bug, Planted};
use hobnob_machine::{Action, Conn, Input, Out, Server};
use hobnob_spec::avatar::{Avatar, Emoji};
use hobnob_spec::messages::{Answer, Asked, Body, Entry, Message, Past, Place, Presence, Request, Secret};
use hobnob_spec::names::{Nick, Text};
use hobnob_spec::session::{No, State};
use std::sync::Arc;

/// How far the numbers of requests are shifted that are to look new.
const SHIFT: u64 = 1 << 40;

fn says(request: &Request) -> bool {
    matches!(request, Request::Say { .. } | Request::Private { .. })
}

fn nick(name: &str) -> Nick {
    Nick::parse_any(name).expect("it is a nick")
}

/// The same entry with something changed.
fn changed(entry: &Arc<Entry>, change: impl FnOnce(&mut Entry)) -> Arc<Entry> {
    let mut entry = Entry::clone(entry);
    change(&mut entry);
    Arc::new(entry)
}

impl Planted {
    pub(super) fn mangle_input(&mut self, inputs: &mut Vec<Input>) {
        match self.bug {
            Bug::RepeatObeyed => self.obey_repeats(inputs),
            Bug::RestartForgetsNumbers => {
                self.restarted |= inputs.iter().any(|input| matches!(input, Input::Restarted));
                if self.restarted {
                    self.renumber(inputs);
                }
            }
            Bug::TokenShared => {
                for input in inputs {
                    if let Input::Asked { asked: Asked { request, .. }, .. } = input
                        && let Request::Join { token: Some(token), .. } | Request::Resume { token, .. } = request
                    {
                        *token = Secret([9; 16]);
                    }
                }
            }
            _ => {}
        }
    }

    /// What was applied is applied again: its number is made a new one.
    fn obey_repeats(&mut self, inputs: &mut [Input]) {
        for input in inputs {
            if let Input::Asked { conn, asked } = input
                && says(&asked.request)
            {
                let last = self.answers.entry(*conn).or_insert(0);
                if asked.number <= *last {
                    asked.number += SHIFT;
                    self.numbers.insert((conn.0, asked.number), asked.number - SHIFT);
                }
                *last = (asked.number % SHIFT).max(*last);
            }
        }
    }

    fn renumber(&mut self, inputs: &mut [Input]) {
        for input in inputs {
            if let Input::Asked { conn, asked } = input {
                asked.number += SHIFT;
                self.numbers.insert((conn.0, asked.number), asked.number - SHIFT);
            }
        }
    }

    pub(super) fn mangle_output(&mut self, server: &Server, input: &Input, out: &mut Out) {
        match self.bug {
            Bug::RepeatObeyed | Bug::RestartForgetsNumbers => self.number_back(out),
            Bug::AckForgotten | Bug::AckTwice | Bug::AckOfAnother | Bug::AckShifted => self.mangle_acks(out),
            Bug::AnswersCrossed => self.cross_answers(server, out),
            Bug::PrivateLeaks | Bug::PrivateInPublic | Bug::PrivateSmells => self.mangle_private(server, input, out),
            Bug::TextMangled
            | Bug::NameMangled
            | Bug::WholeSeconds
            | Bug::LeavingUntold
            | Bug::NumberTwice
            | Bug::NumberSkipped
            | Bug::SaidTwice
            | Bug::AvatarOfAnother
            | Bug::MuteMisannounced => self.mangle_entries(out),
            Bug::RoomsMiscounted
            | Bug::AvatarUnlisted
            | Bug::MemberUnlisted
            | Bug::GhostListed
            | Bug::ReportShort
            | Bug::FullLetsIn
            | Bug::NickTwice
            | Bug::HistoryShort
            | Bug::HistoryAhead
            | Bug::HistoryBehind
            | Bug::MissedShort => self.mangle_messages(server, input, out),
            Bug::HistoryTooEarly => {
                // The sort keeps the order of what is alike: history first, then the welcome, then what is live.
                let joins = matches!(input, Input::Asked { asked: Asked { request: Request::Join { .. }, .. }, .. });
                let history = |action: &Action| {
                    matches!(action, Action::Send { message: Message::Earlier { past: Past::History, .. }, .. })
                };
                if joins {
                    out.actions.sort_by_key(|action| !history(action));
                }
            }
            Bug::MuteLeaks => leak_mute(server, input, out),
            _ => {}
        }
    }

    fn number_back(&mut self, out: &mut Out) {
        for action in &mut out.actions {
            if let Action::Send { conn, message: Message::Answer { number, .. } }
            | Action::ReadPage { conn, number, .. } = action
                && let Some(before) = self.numbers.get(&(conn.0, *number))
            {
                *number = *before;
            }
        }
    }

    fn mangle_acks(&mut self, out: &mut Out) {
        let is_ack = |action: &Action| {
            matches!(action, Action::Send { message: Message::Answer { answer: Answer::Posted { .. }, .. }, .. })
        };
        let Some(at) = out.actions.iter().position(is_ack) else { return };
        if !self.takes(5) {
            return;
        }
        match self.bug {
            Bug::AckForgotten => drop(out.actions.remove(at)),
            Bug::AckTwice => out.actions.insert(at, out.actions[at].clone()),
            Bug::AckOfAnother | Bug::AckShifted => {
                if let Action::Send {
                    message: Message::Answer { number, answer: Answer::Posted { number: at, .. } },
                    ..
                } = &mut out.actions[at]
                {
                    let wrong = if self.bug == Bug::AckOfAnother { at } else { number };
                    *wrong = if self.bug == Bug::AckOfAnother { *wrong + 1 } else { wrong.saturating_sub(1) };
                }
            }
            _ => {}
        }
    }

    fn cross_answers(&mut self, server: &Server, out: &mut Out) {
        for action in &mut out.actions {
            if let Action::Send { conn, message: Message::Answer { answer: Answer::Posted { .. }, .. } } = action {
                let other = other_conn(server, *conn);
                if self.takes(5) {
                    *conn = other.unwrap_or(*conn);
                }
            }
        }
    }

    fn mangle_private(&mut self, server: &Server, input: &Input, out: &mut Out) {
        if let Input::Asked { asked: Asked { request: Request::Private { text, .. }, .. }, .. } = input {
            self.private_text = self.private_text.wrapping_mul(31).wrapping_add(text.bytes().map(u64::from).sum());
        }
        if self.bug == Bug::PrivateSmells {
            for action in &mut out.actions {
                if let Action::Send { message: Message::Answer { answer: Answer::Members(members), .. }, .. } = action
                    && !members.is_empty()
                {
                    let by = usize::try_from(self.private_text % members.len() as u64).expect("members are few");
                    members.rotate_left(by);
                }
            }
            return;
        }
        let private = out.actions.iter().find_map(|action| match action {
            Action::Send { conn, message: message @ Message::Live { place: Place::With(_), entry } } => {
                Some((*conn, message.clone(), Arc::clone(entry)))
            }
            _ => None,
        });
        let Some((conn, message, entry)) = private else { return };
        if self.bug == Bug::PrivateLeaks {
            let mine = |conn: &Conn| matches!(input, Input::Asked { conn: asking, .. } if asking == conn);
            let others = server.sessions().filter(|session| session.nick.is_some()).filter_map(|session| session.conn);
            if let Some(conn) = others.into_iter().find(|other| *other != conn && !mine(other)) {
                out.actions.push(Action::Send { conn, message });
            }
        } else if let Some(lobby) = server.rooms().next() {
            let entry = changed(&entry, |entry| entry.number = lobby.last + 1);
            out.actions.push(Action::Deliver { room: lobby.room, name: lobby.name, entry });
        }
    }

    fn mangle_entries(&mut self, out: &mut Out) {
        let mut at = 0;
        while at < out.actions.len() {
            let Action::Deliver { entry, .. } = &out.actions[at] else {
                at += 1;
                continue;
            };
            let (said, entry) = (matches!(entry.body, Body::Text(_)), Arc::clone(entry));
            let fifth = said && self.takes(5);
            let wrong = match self.bug {
                Bug::TextMangled if fifth => Some(changed(&entry, |entry| {
                    entry.body = Body::Text(Text::parse("something else".into()).expect("it is a text"));
                })),
                Bug::NameMangled if fifth => Some(changed(&entry, |entry| entry.nick = nick("nobody"))),
                Bug::WholeSeconds => Some(changed(&entry, |entry| entry.at.0 -= entry.at.0 % 1_000)),
                Bug::NumberTwice if fifth => Some(changed(&entry, |entry| entry.number -= 1)),
                Bug::NumberSkipped if fifth => Some(changed(&entry, |entry| entry.number += 1)),
                Bug::AvatarOfAnother => Some(changed(&entry, |entry| {
                    if let Body::Joined(Some(avatar)) | Body::Avatar(Some(avatar)) = &mut entry.body {
                        *avatar = Avatar::Emoji(Emoji::parse("🦉").expect("it is an emoji"));
                    }
                })),
                Bug::MuteMisannounced => Some(changed(&entry, |entry| {
                    if let Body::Muted { until } = &mut entry.body {
                        until.0 -= 100;
                    }
                })),
                _ => None,
            };
            let untold = self.bug == Bug::LeavingUntold && matches!(entry.body, Body::Left(_));
            let twice = self.bug == Bug::SaidTwice && fifth;
            match &mut out.actions[at] {
                Action::Deliver { entry, .. } if wrong.is_some() => *entry = wrong.expect("it is there"),
                _ if untold => {
                    out.actions.remove(at);
                    continue;
                }
                action if twice => {
                    let again = action.clone();
                    out.actions.insert(at, again);
                    at += 1;
                }
                _ => {}
            }
            at += 1;
        }
    }

    fn mangle_messages(&mut self, server: &Server, input: &Input, out: &mut Out) {
        for action in &mut out.actions {
            let Action::Send { message, .. } = action else { continue };
            match message {
                Message::Answer { answer, .. } => self.mangle_answer(server, input, answer),
                Message::Earlier { past: Past::History, entries, .. } if self.bug == Bug::HistoryShort => {
                    entries.pop();
                }
                Message::Earlier { past: Past::Missed, entries, .. } if self.bug == Bug::MissedShort => {
                    entries.remove(0);
                }
                Message::Earlier { .. } | Message::Live { .. } | Message::Ping | Message::Goodbye { .. } => {}
            }
        }
    }

    fn mangle_answer(&mut self, server: &Server, input: &Input, answer: &mut Answer) {
        match (self.bug, &mut *answer) {
            (Bug::RoomsMiscounted, Answer::Rooms(rooms)) => rooms.iter_mut().for_each(|room| room.members += 1),
            (Bug::MemberUnlisted, Answer::Members(members)) => drop(members.pop()),
            (Bug::AvatarUnlisted, Answer::Members(members)) => {
                members.iter_mut().for_each(|member| member.avatar = None);
            }
            (Bug::GhostListed, Answer::Members(members)) => {
                members.push(Presence { nick: nick("nobody"), state: State::Member, avatar: None });
            }
            (Bug::ReportShort, Answer::Report(active)) => drop(active.pop()),
            (Bug::HistoryAhead, Answer::Welcome { last, .. }) => *last += 1,
            (Bug::HistoryBehind, Answer::Welcome { last, .. }) => *last = last.saturating_sub(1),
            (Bug::FullLetsIn, Answer::Refused { no: No::Full, .. })
            | (Bug::NickTwice, Answer::Refused { no: No::NickTaken, .. }) => {
                let Input::Asked { asked: Asked { request: Request::Join { nick, .. }, .. }, .. } = input else {
                    return;
                };
                let Ok(nick) = Nick::parse_any(nick) else { return };
                let lobby = server.rooms().next().expect("there is a lobby");
                *answer = Answer::Welcome { nick, room: lobby.name, members: Vec::new(), last: lobby.last };
            }
            _ => {}
        }
    }
}

/// Some other member's connection.
fn other_conn(server: &Server, conn: Conn) -> Option<Conn> {
    let joined = server.sessions().filter(|session| session.nick.is_some()).filter_map(|session| session.conn);
    joined.into_iter().find(|other| *other != conn)
}

/// What somebody muted says is said all the same.
fn leak_mute(server: &Server, input: &Input, out: &mut Out) {
    let Input::Asked { conn, asked: Asked { request: Request::Say { text, .. }, .. } } = input else { return };
    let session = server.sessions().find(|session| session.conn == Some(*conn) && session.state == State::Muted);
    let (Some(session), Some(lobby)) = (session, server.rooms().next()) else { return };
    let (Some(nick), Ok(text)) = (session.nick, Text::parse(text.clone())) else { return };
    let entry = Arc::new(Entry { number: lobby.last + 1, at: server.now(), nick, body: Body::Text(text) });
    out.actions.push(Action::Deliver { room: lobby.room, name: lobby.name, entry });
}
