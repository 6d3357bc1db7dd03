//! What must hold over the session table, checked while compiling.
//!
//! A broken law stops the build and names the cell and the law; the manual prints the same sentences.

use super::table::{Row, cell};
use super::words::{Alarm, Effect, Event, Guard, News, No, Source, State, Why};
use crate::lawful::lawful;
use crate::row::Next;
use crate::words::words;
use Effect::*;

words! {
    /// A sentence that every cell of the session table obeys.
    pub enum Law {
        /// A pair that can come to pass has rows, and a pair that cannot has none.
        RowsWherePossible,
        /// A cell ends in Always, and has it only there.
        EndsInAlways,
        /// A guard appears once in a cell.
        GuardOnce,
        /// Every request is answered once, or its connection ends with a word.
        AnsweredOnce,
        /// What was not understood is told to its sender.
        ObjectionTold,
        /// A refusal changes nothing, but for the mute of who talks too fast.
        RefusalChangesNothing,
        /// Whoever leaves is out of all rooms, and then the nick is nobody's.
        LeaverGivesNickBack,
        /// A nick, and then an avatar, is taken by a guest becoming a member, who is welcomed, put into the default room and announced, in this order.
        JoinIsWhole,
        /// Becoming muted and being free again are told to the rooms.
        StandingAnnounced,
        /// A mute has an alarm that ends it, and the alarm ends with the mute.
        MuteEnds,
        /// A raised event raises none itself.
        RaisedRaisesNone,
        /// An alarm ends what rang it, or is set again.
        AlarmIsSpent,
        /// A session keeps its connection as long as it is not over or detached, and gives it up then.
        ConnectionGivenUp,
        /// A session without a connection waits no longer than the time to return.
        DetachedIsTimed,
        /// A session with a connection has an alarm for the silent.
        SilenceIsTimed,
        /// Whatever others hear costs a token, and so does whatever takes long to tell.
        TalkCosts,
        /// Who nears the limit for talking is told to slow down, and nobody else; the message goes its way.
        WarnedInTime,
        /// A message is kept before it is sent or acknowledged.
        KeptBeforeSent,
        /// A session that returns gets its connection, its welcome and what it missed, in this order.
        ReturnIsWhole,
        /// An avatar that is taken is told, and other news of avatars there is not.
        AvatarIsTold,
        /// What is done to others is an operator's, which is asked first; and an operator is who showed the key.
        OperatorsOnly,
        /// Nobody needs a nick to be an operator: what one asks is not refused to who has not joined.
        OperatorsNeedNoNick,
        /// Only a guest whom a relay tells of gets another address, and whether to trust the relay is asked first.
        AddressOnTrust,
    }
}

lawful!("session");

const fn holds(law: Law, state: State, event: Event, rows: &[Row]) -> bool {
    match law {
        Law::RowsWherePossible => possible(state, event) != rows.is_empty(),
        Law::EndsInAlways => ends_in_always(rows),
        Law::GuardOnce => guard_once(rows),
        Law::OperatorsOnly => operators_only(event, rows),
        Law::AddressOnTrust => address_on_trust(state, event, rows),
        Law::AnsweredOnce
        | Law::ObjectionTold
        | Law::RefusalChangesNothing
        | Law::LeaverGivesNickBack
        | Law::JoinIsWhole
        | Law::StandingAnnounced
        | Law::MuteEnds
        | Law::RaisedRaisesNone
        | Law::AlarmIsSpent
        | Law::ConnectionGivenUp
        | Law::DetachedIsTimed
        | Law::SilenceIsTimed
        | Law::TalkCosts
        | Law::WarnedInTime
        | Law::KeptBeforeSent
        | Law::ReturnIsWhole
        | Law::OperatorsNeedNoNick
        | Law::AvatarIsTold => rows_obey(law, state, event, rows),
    }
}

const fn row_obeys(law: Law, state: State, event: Event, row: &Row) -> bool {
    let Row { 0: guard, 1: does, 2: next } = row;
    let nicked = !matches!(state, State::Guest);
    let connected = !matches!(state, State::Detached);
    match law {
        Law::AnsweredOnce => match event.source() {
            Source::Client => {
                let ended = count(does, Farewell(Why::Quit)) + raises(does, Event::Returned) as usize;
                answers(does) + ended == 1
            }
            Source::Connection | Source::Clock => answers(does) == (has(does, Refuse(super::No::Malformed)) as usize),
            Source::Server => answers(does) == (matches!(event, Event::Returned) as usize),
        },
        Law::ObjectionTold => {
            !matches!(event, Event::Garbled | Event::Foreign)
                || has(does, Refuse(super::No::Malformed))
                || has(does, Farewell(Why::Malformed))
        }
        Law::RefusalChangesNothing => {
            !has(does, Refuse(super::No::Malformed))
                || has(does, StartMute)
                || matches!(next, Next::Stay)
                    && does.len() == 1 + count(does, Spend) + count(does, SpendAsk) + count(does, CountGarbled)
        }
        Law::LeaverGivesNickBack => {
            let leaves = nicked && matches!(next, Next::End | Next::Become(State::Guest));
            leaves == in_order(does, &[LeaveRooms(Why::Quit), GiveNickBack])
                && leaves == has(does, GiveNickBack)
                && leaves == has(does, LeaveRooms(Why::Quit))
        }
        Law::JoinIsWhole => {
            let joins = !nicked && matches!(next, Next::Become(State::Member));
            let takes = count(does, TakeNick) + count(does, TakeSuffixedNick);
            takes == joins as usize
                && joins == in_order(does, &[TakeAvatar, Welcome, EnterLobby, Announce(News::Joined), DeliverLate])
                && joins == announces(does, News::Joined)
                && (!joins || has(&[does[0]], TakeNick) || has(&[does[0]], TakeSuffixedNick))
        }
        Law::StandingAnnounced => {
            let hushed = has(does, StartMute) || has(does, Silence);
            hushed == announces(does, News::Muted)
                && (has(does, LiftMute) && nicked) == announces(does, News::Unmuted)
                && (!hushed || matches!(next, Next::Become(State::Muted)) || !connected)
                && (!has(does, LiftMute) || matches!(next, Next::Become(State::Member)) || !connected || !nicked)
                && (!(matches!(state, State::Member) && matches!(next, Next::Become(State::Muted))) || hushed)
                && (!(matches!(state, State::Muted) && matches!(next, Next::Become(State::Member)))
                    || has(does, LiftMute))
        }
        Law::MuteEnds => {
            let lifted_by_hand = has(does, LiftMute) && matches!(next, Next::Stay) && !matches!(event, Event::MuteOver);
            (has(does, StartMute) || has(does, Silence)) == arms(does, Alarm::Mute)
                && lifted_by_hand == has(does, Disarm(Alarm::Mute))
        }
        Law::RaisedRaisesNone => !matches!(event.source(), Source::Server) || !has(does, Raise(Event::Kicked)),
        Law::AlarmIsSpent => {
            !matches!(event.source(), Source::Clock)
                || !matches!(next, Next::Stay)
                || has(does, Arm(Alarm::Quiet))
                || has(does, LiftMute)
        }
        Law::ConnectionGivenUp => {
            let gives =
                count(does, Farewell(Why::Quit)) + count(does, HangUp) + count(does, LetGo) + count(does, HandOver);
            let away = matches!(next, Next::End | Next::Become(State::Detached));
            gives == (connected && away) as usize
                && has(does, LetGo) == matches!(event, Event::Lost)
                && has(does, HandOver) == raises(does, Event::Returned)
        }
        Law::DetachedIsTimed => matches!(next, Next::Become(State::Detached)) == arms(does, Alarm::Resume),
        Law::SilenceIsTimed => {
            let comes = (!nicked || !connected) && matches!(next, Next::Become(State::Member | State::Muted));
            let leaves = matches!(next, Next::Become(State::Guest));
            (!comes || arms(does, Alarm::Quiet))
                && (!leaves || arms(does, Alarm::Quiet))
                && (has(does, SendPing) == arms(does, Alarm::Idle))
                && (matches!(event, Event::Opened) && !matches!(next, Next::End)) == arms(does, Alarm::Handshake)
        }
        Law::TalkCosts => {
            let heard = has(does, Post) || has(does, KeepPrivate) || has(does, EnterRoom) || has(does, BeginTransfer);
            let told = has(does, TellReport) || has(does, TellMembers) || has(does, TellRooms);
            let paged = has(does, TellPage) || has(does, FetchPage);
            (!heard || has(does, Spend)) && (told || paged) <= has(does, SpendAsk)
        }
        Law::WarnedInTime => {
            let warned = has(does, TellSlowDown);
            warned == matches!(guard, Guard::NearlyTooFast) && (!warned || has(&[does[0]], Spend))
        }
        Law::KeptBeforeSent => {
            let posted = has(does, TellPosted) || has(does, TellSlowDown) || has(does, TellWaiting);
            let private = has(does, KeepPrivate);
            posted == (has(does, Post) || private)
                && (!has(does, Post) || in_order(does, &[Post, TellPosted]) || in_order(does, &[Post, TellSlowDown]))
                && (!has(does, SendPrivate)
                    || in_order(does, &[KeepPrivate, SendPrivate, TellPosted])
                    || in_order(does, &[KeepPrivate, SendPrivate, TellSlowDown]))
                && (!has(does, TellWaiting) || in_order(does, &[KeepPrivate, TellWaiting]))
                && (!(private && !has(does, SendPrivate)) || matches!(guard, Guard::Absent | Guard::RecipientDetached))
        }
        Law::ReturnIsWhole => {
            let returns = matches!(event, Event::Returned);
            returns == in_order(does, &[TakeOver, WelcomeBack, CatchUp])
                && returns == has(does, TakeOver)
                && (!returns || connected == has(does, DropGhost))
        }
        Law::AvatarIsTold => {
            // Who joins is announced with it.
            let changes = has(does, TakeAvatar) && nicked;
            changes == announces(does, News::Avatar)
                && (!changes || in_order(does, &[Spend, TakeAvatar, Announce(News::Avatar)]))
        }
        Law::OperatorsNeedNoNick => {
            !matches!(event, Event::Operate | Event::Mute | Event::Unmute | Event::Kick)
                || !refuses(does, No::NotJoined)
        }
        Law::RowsWherePossible | Law::EndsInAlways | Law::GuardOnce | Law::OperatorsOnly | Law::AddressOnTrust => true,
    }
}

/// Whether a pair can come to pass at all.
const fn possible(state: State, event: Event) -> bool {
    use Event::*;
    match event {
        Opened | HandshakeOver => matches!(state, State::Guest),
        Again => matches!(state, State::Member | State::Muted),
        Quiet | Idle => matches!(state, State::Guest | State::Member | State::Muted),
        Report
        | Join
        | Wear
        | Resume
        | Say
        | Private
        | Enter
        | Leave
        | Who
        | Rooms
        | History
        | Ping
        | Attach
        | Chunk
        | Cancel
        | Fetch
        | Quit
        | Operate
        | Event::Mute
        | Unmute
        | Kick
        | Relayed
        | Garbled
        | Foreign
        | TooSlow
        | Lost => !matches!(state, State::Detached),
        MuteOver => !matches!(state, State::Member),
        Unsilenced => matches!(state, State::Muted | State::Detached),
        ResumeOver => matches!(state, State::Detached),
        Returned | Silenced | Kicked => !matches!(state, State::Guest),
        Stopping => true,
    }
}

const fn operators_only(event: Event, rows: &[Row]) -> bool {
    let theirs = matches!(event, Event::Mute | Event::Unmute | Event::Kick);
    let mut at = 0;
    let mut acts = false;
    let mut key_asked = false;
    while at < rows.len() {
        if has(rows[at].1, MakeOperator) && !(key_asked && matches!(event, Event::Operate)) {
            return false;
        }
        key_asked |= matches!(rows[at].0, Guard::KeyWrong);
        acts |= raises(rows[at].1, Event::Silenced)
            || raises(rows[at].1, Event::Unsilenced)
            || raises(rows[at].1, Event::Kicked)
            || has(rows[at].1, LiftLeaversMute);
        at += 1;
    }
    !acts || theirs && matches!(rows[0].0, Guard::NotOperator)
}

const fn address_on_trust(state: State, event: Event, rows: &[Row]) -> bool {
    let mut at = 0;
    let mut taken = false;
    while at < rows.len() {
        taken |= has(rows[at].1, TakeAddress);
        at += 1;
    }
    let told = matches!(event, Event::Relayed) && matches!(state, State::Guest);
    taken == told
        && (!told
            || matches!(rows[0].0, Guard::RelayNotTrusted)
                && matches!(rows[1].0, Guard::RelayTellsLate)
                && matches!(rows[2].0, Guard::AddressCrowded)
                && !has(rows[0].1, TakeAddress)
                && !has(rows[1].1, TakeAddress)
                && !has(rows[2].1, TakeAddress))
}

/// How many effects of a row answer the request.
const fn answers(effects: &[Effect]) -> usize {
    let mut sum = 0;
    let mut at = 0;
    while at < effects.len() {
        sum += answers_request(effects[at]) as usize;
        at += 1;
    }
    sum
}

const fn answers_request(effect: Effect) -> bool {
    match effect {
        Refuse(_) | Done | TellReport | TellMembers | TellRooms | TellPage | FetchPage | TellPong | TellAgain
        | TellPosted | TellSlowDown | TellWaiting | BeginTransfer | Hand(_) | TellOutcome | FetchPiece | TellRoom
        | Welcome | WelcomeBack => true,
        TakeAddress | TakeNick | TakeSuffixedNick | TakeAvatar | GiveNickBack | EnterLobby | EnterRoom | LeaveRoom
        | LeaveRooms(_) | Announce(_) | AnnounceHere(_) | Spend | SpendAsk | Post | KeepPrivate | SendPrivate
        | DeliverLate | CatchUp | StartMute | Silence | LiftMute | LiftLeaversMute | MakeOperator | Raise(_)
        | CountGarbled | Farewell(_) | HangUp | LetGo | HandOver | DropGhost | TakeOver | SendPing | Arm(_)
        | Disarm(_) => false,
    }
}

const fn refuses(effects: &[Effect], no: No) -> bool {
    let mut at = 0;
    while at < effects.len() {
        if let Refuse(told) = effects[at]
            && told.index() == no.index()
        {
            return true;
        }
        at += 1;
    }
    false
}

const fn announces(effects: &[Effect], news: News) -> bool {
    let mut at = 0;
    while at < effects.len() {
        if let Announce(told) = effects[at]
            && told.index() == news.index()
        {
            return true;
        }
        at += 1;
    }
    false
}

const fn raises(effects: &[Effect], event: Event) -> bool {
    let mut at = 0;
    while at < effects.len() {
        if let Raise(raised) = effects[at]
            && raised.index() == event.index()
        {
            return true;
        }
        at += 1;
    }
    false
}
