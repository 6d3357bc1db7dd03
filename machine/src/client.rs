//! The client's machine: runs the table of [`hobnob_spec::client`].
//!
//! Owns the state of one user's connection, what was asked and not answered, and the order of what is shown. It opens
//! no socket, reads no clock, and draws chance from its own seed only.

mod effects;
mod files;
mod guards;
mod io;
mod order;

pub use files::{Download, DownloadStep, Upload, UploadStep};
pub use io::{ClientAction, ClientFired, ClientInput, ClientOut, Shown, When};

use hobnob_spec::client::{Alarm, Event, PLACES_MAX, QUEUE_MAX, State, cell};
use hobnob_spec::messages::{Answer, Entry, Message, Past, Place, Request, Secret, Time};
use hobnob_spec::names::{Nick, RoomName};
use hobnob_spec::row::Next;
use hobnob_spec::session::Why;
use order::Track;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// One user's client: a value that takes inputs and says what is to be done.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Client {
    state: State,
    chance: u64,
    next_number: u64,
    queue: VecDeque<Pending>,
    /// What to ask for on the next connection; there is one from the user's wish to join until the client is offline.
    wish: Option<Wish>,
    /// The nick that the server gave, until the session is over.
    seat: Option<Nick>,
    /// The number of the join or return under way.
    opening: Option<u64>,
    places: BTreeMap<Place, Track>,
    alarms: BTreeMap<Alarm, Time>,
    /// When something was last heard on this connection.
    heard: Time,
    /// Whether something was heard since the alarm was set that watches the connection.
    heard_since: bool,
    /// How many pauses were drawn since the client was last in.
    pauses: u32,
}

/// A request that is kept until it is answered.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct Pending {
    /// The number under which it was sent; `None` while it waits.
    number: Option<u64>,
    request: Request,
    whose: Whose,
    /// Its private message came with what was missed, before its answer.
    shown: bool,
    /// The room that it leaves, as the server calls it, if that is known.
    room: Option<RoomName>,
}

impl Pending {
    /// A request that waits to be sent.
    fn new(request: Request, whose: Whose) -> Self {
        Self { number: None, request, whose, shown: false, room: None }
    }

    /// The room that the user asks to enter.
    fn enters(&self) -> Option<&str> {
        if let Request::Enter { room } = &self.request { Some(room) } else { None }
    }

    /// The room that the user asks to leave.
    fn leaves(&self) -> Option<&str> {
        if let Request::Leave { room } = &self.request { Some(room) } else { None }
    }
}

/// Who waits for an answer.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
enum Whose {
    User,
    /// The user's wish to go.
    Quit,
    /// The user's wish to give the nick back and stay connected.
    Logout,
    /// The hole of a room.
    Hole(Place),
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct Wish {
    nick: String,
    token: Secret,
    avatar: Option<String>,
}

/// What an event is about.
#[derive(Debug, Clone)]
enum Case {
    Nothing,
    Asked(Request),
    Wished(Wish),
    Failed(String),
    /// The answer to the join or return under way.
    Seat(Answer),
    Reply(Pending, Answer),
    Entry(Place, Arc<Entry>, When),
    Ended(Why),
}

impl Client {
    /// A client that is offline. The seed decides the jitter of its pauses and nothing else.
    pub fn new(seed: u64) -> Self {
        Self {
            state: State::Offline,
            chance: seed,
            next_number: 1,
            queue: VecDeque::new(),
            wish: None,
            seat: None,
            opening: None,
            places: BTreeMap::new(),
            alarms: BTreeMap::new(),
            heard: Time(0),
            heard_since: false,
            pauses: 0,
        }
    }

    /// Takes one input at time `now`, after the alarms that fell due before it. An alarm rings at `now`, however late
    /// that is: a client that slept does not live through the attempts it missed.
    ///
    /// What a connection brings that was given up already is passed over.
    pub fn step(&mut self, now: Time, input: ClientInput, out: &mut ClientOut) {
        while let Some(alarm) = self.due(now) {
            self.alarms.remove(&alarm);
            self.fire(now, alarm.event(), &Case::Nothing, out);
        }
        match input {
            ClientInput::Ask(request) => self.fire(now, Event::Ask, &Case::Asked(request), out),
            ClientInput::Join { nick, token, avatar } => {
                self.fire(now, Event::AskJoin, &Case::Wished(Wish { nick, token, avatar }), out);
            }
            ClientInput::Quit => self.fire(now, Event::AskQuit, &Case::Nothing, out),
            ClientInput::Logout => self.fire(now, Event::AskLogout, &Case::Nothing, out),
            ClientInput::Close => self.fire(now, Event::AskClose, &Case::Nothing, out),
            ClientInput::Opened if self.state.dials() => {
                self.heard = now;
                self.fire(now, Event::Opened, &Case::Nothing, out);
            }
            ClientInput::DialFailed { reason } if self.state.dials() => {
                self.fire(now, Event::DialFailed, &Case::Failed(reason), out);
            }
            ClientInput::Lost if self.state.connected() => self.fire(now, Event::Lost, &Case::Nothing, out),
            ClientInput::Foreign if self.state.connected() => self.fire(now, Event::Foreign, &Case::Nothing, out),
            ClientInput::Heard(message) if self.state.connected() => self.hear(now, message, out),
            ClientInput::Opened
            | ClientInput::DialFailed { .. }
            | ClientInput::Lost
            | ClientInput::Foreign
            | ClientInput::Heard(_)
            | ClientInput::Wake => {}
        }
    }

    /// When to step with [`ClientInput::Wake`] at the latest.
    pub fn wake_at(&self) -> Option<Time> {
        self.alarms.values().min().copied()
    }

    /// Where the client stands.
    pub fn state(&self) -> State {
        self.state
    }

    /// The nick, while there is a session.
    pub fn nick(&self) -> Option<&Nick> {
        self.seat.as_ref()
    }

    /// How many of the user's requests are kept and not answered.
    pub fn outstanding(&self) -> usize {
        self.queue.iter().filter(|pending| pending.whose == Whose::User).count()
    }

    /// Stops with a sentence when the machine is not what it must be between steps.
    pub fn check(&self) {
        let armed = |alarm| usize::from(self.alarms.contains_key(&alarm));
        for alarm in self.alarms.keys() {
            assert!(
                !cell(self.state, alarm.event()).is_empty(),
                "{alarm} is pending where it can ring: {}",
                self.state
            );
        }
        let watched = armed(Alarm::Silence) + armed(Alarm::Answer);
        assert_eq!(watched, usize::from(self.state.connected()), "a connection, and only that, is watched");
        assert_eq!(armed(Alarm::Dial), usize::from(self.state.dials()), "dialing, and only that, is timed");
        assert_eq!(armed(Alarm::Retry), usize::from(self.state == State::Away), "who is away will dial");
        let opening = matches!(self.state, State::Joining | State::Resuming);
        assert_eq!(self.opening.is_some(), opening, "a join or return is under way where one is answered");
        let seated = matches!(self.state, State::Joined | State::Resuming);
        assert!(!seated || self.seat.is_some(), "who is in has a nick");
        let wanted = matches!(self.state, State::Offline | State::Ready);
        assert!(wanted != self.wish.is_some() || self.state == State::Dialing, "whoever wants in has a wish");
        if self.state == State::Offline {
            assert!(self.queue.is_empty() && self.places.is_empty() && self.seat.is_none(), "offline keeps nothing");
        }
        assert!(self.places.len() <= PLACES_MAX, "places are bounded");
        let entering = |request: &Request| matches!(request, Request::Enter { .. });
        let asked = self.queue.iter().filter(|pending| pending.whose == Whose::User && !entering(&pending.request));
        assert!(asked.count() <= QUEUE_MAX, "what the user asks is bounded");
        assert!(
            self.queue.len() <= QUEUE_MAX + 1 + 2 * PLACES_MAX,
            "requests are bounded by what is asked and by places"
        );
        let quits = self.queue.iter().filter(|pending| matches!(pending.whose, Whose::Quit | Whose::Logout)).count();
        assert!(quits <= 1, "a user goes once");
        let of_users = |pending: &Pending| pending.number.is_none() || pending.whose == Whose::User;
        let joined = self.state == State::Joined;
        assert!(joined || self.queue.iter().all(of_users), "only who is in has asked to go, or for what is missing");
        let numbers = self.queue.iter().filter_map(|pending| pending.number);
        assert!(numbers.is_sorted_by(|a, b| a < b), "requests are kept in the order of their numbers");
        for (place, track) in &self.places {
            track.check(place);
        }
    }

    fn due(&self, now: Time) -> Option<Alarm> {
        let due = self.alarms.iter().filter(|(_, at)| **at <= now);
        due.min_by_key(|(alarm, at)| (**at, **alarm)).map(|(alarm, _)| *alarm)
    }

    fn hear(&mut self, now: Time, message: Message, out: &mut ClientOut) {
        self.heard = now;
        self.heard_since = true;
        match message {
            Message::Answer { number, answer } => {
                let (event, case) = self.answered(number, answer);
                self.fire(now, event, &case, out);
            }
            Message::Live { place, entry } => {
                self.fire(now, Event::Told, &Case::Entry(place, entry, When::Live), out);
            }
            Message::Earlier { place, past, entries } => {
                let event = match past {
                    Past::History => Event::Recalled,
                    Past::Missed | Past::Late => Event::Told,
                };
                for entry in entries {
                    self.fire(now, event, &Case::Entry(place.clone(), entry, When::Past(past)), out);
                }
            }
            Message::Ping => self.fire(now, Event::Pinged, &Case::Nothing, out),
            Message::Goodbye { why } => self.fire(now, Event::Dismissed, &Case::Ended(why), out),
        }
    }

    /// Which event an answer is: that depends on who waits for its number. What is answered is kept no longer.
    fn answered(&mut self, number: u64, answer: Answer) -> (Event, Case) {
        let joining = self.state == State::Joining;
        if self.opening == Some(number) {
            let event = match &answer {
                Answer::Welcome { .. } if joining => Event::Welcomed,
                Answer::Back { .. } => Event::WelcomedBack,
                Answer::Refused { .. } if joining => Event::JoinRefused,
                Answer::Refused { .. } => Event::ReturnRefused,
                Answer::Welcome { .. } => return (Event::Stray, Case::Nothing),
                Answer::Done
                | Answer::Report(_)
                | Answer::Posted { .. }
                | Answer::Room { .. }
                | Answer::Members(_)
                | Answer::Rooms(_)
                | Answer::Page { .. }
                | Answer::Ready { .. }
                | Answer::Taken { .. }
                | Answer::Filed { .. }
                | Answer::Piece { .. }
                | Answer::Pong => return (Event::Stray, Case::Nothing),
            };
            self.opening = None;
            return (event, Case::Seat(answer));
        }
        let Some(at) = self.queue.iter().position(|pending| pending.number == Some(number)) else {
            return (Event::Stray, Case::Nothing);
        };
        let event = match (&self.queue[at].whose, &answer) {
            (Whose::User, _) => Event::Answered,
            (Whose::Logout, Answer::Done) => Event::LogoutDone,
            // Who is refused to go goes, by ending the connection.
            (Whose::Quit | Whose::Logout, _) => Event::QuitDone,
            (Whose::Hole(_), Answer::Page { .. }) => Event::PageCame,
            (Whose::Hole(_), Answer::Refused { .. }) => Event::PageRefused,
            (Whose::Hole(_), _) => return (Event::Stray, Case::Nothing),
        };
        let pending = self.queue.remove(at).expect("the position was found in the queue");
        (event, Case::Reply(pending, answer))
    }

    /// Runs the first row of the cell whose guard holds.
    fn fire(&mut self, now: Time, event: Event, case: &Case, out: &mut ClientOut) {
        let rows = cell(self.state, event);
        assert!(!rows.is_empty(), "{event} cannot come to pass in {}", self.state);
        let row = rows.iter().position(|row| self.holds(row.0, case)).expect("a cell ends in Always");
        out.fired.push(ClientFired {
            at: now,
            state: self.state,
            event,
            row: u8::try_from(row).expect("a cell has few rows"),
        });
        for effect in rows[row].1 {
            self.apply(now, *effect, case, out);
        }
        if let Next::Become(next) = rows[row].2 {
            self.state = next;
            self.alarms.retain(|alarm, _| !cell(next, alarm.event()).is_empty());
        }
    }
}
