//! A client with a user and a server that say what a test tells them to.

use hobnob_machine::{Client, ClientAction, ClientInput, ClientOut, Shown};
use hobnob_spec::client::State;
use hobnob_spec::messages::{Answer, Asked, Body, Entry, Message, Place, Request, Secret, StillIn, Time};
use hobnob_spec::names::{Nick, RoomName, Text};
use std::sync::Arc;

pub(crate) struct Script {
    pub(crate) client: Client,
    pub(crate) now: u64,
    pub(crate) sent: Vec<Asked>,
    pub(crate) shown: Vec<Shown>,
    pub(crate) dials: usize,
}

pub(crate) fn nick(name: &str) -> Nick {
    Nick::parse(name).expect("a nick")
}

pub(crate) fn lobby() -> Place {
    Place::Room(RoomName::parse("lobby").expect("a room's name"))
}

pub(crate) fn room(name: &str) -> Place {
    Place::Room(RoomName::parse(name).expect("a room's name"))
}

pub(crate) fn entry(number: u64, who: &str) -> Arc<Entry> {
    let body = Body::Text(Text::parse(format!("text {number}")).expect("a text"));
    Arc::new(Entry { number, at: Time(1_000 + number), nick: nick(who), body })
}

pub(crate) fn say(text: &str) -> Request {
    Request::Say { room: "lobby".into(), text: text.into() }
}

impl Script {
    pub(crate) fn new() -> Self {
        Self { client: Client::new(1), now: 1_000_000, sent: vec![], shown: vec![], dials: 0 }
    }

    pub(crate) fn step(&mut self, input: ClientInput) -> &mut Self {
        let mut out = ClientOut::default();
        self.client.step(Time(self.now), input, &mut out);
        self.client.check();
        for action in out.actions {
            match action {
                ClientAction::Send(asked) => self.sent.push(asked),
                ClientAction::Show(shown) => self.shown.push(shown),
                ClientAction::Dial => self.dials += 1,
                ClientAction::HangUp | ClientAction::StopDial => {}
            }
        }
        self
    }

    pub(crate) fn ask(&mut self, request: Request) -> &mut Self {
        self.step(ClientInput::Ask(request))
    }

    pub(crate) fn hear(&mut self, message: Message) -> &mut Self {
        self.step(ClientInput::Heard(message))
    }

    /// Answers the last request that was sent.
    pub(crate) fn answer(&mut self, answer: Answer) -> &mut Self {
        let number = self.sent.last().expect("something was sent").number;
        self.hear(Message::Answer { number, answer })
    }

    pub(crate) fn live(&mut self, number: u64) -> &mut Self {
        self.hear(Message::Live { place: lobby(), entry: entry(number, "Ann") })
    }

    /// A client that is in, in a lobby with five messages.
    pub(crate) fn joined() -> Self {
        let mut script = Self::new();
        script
            .step(ClientInput::Join { nick: "Me".into(), token: Secret([1; 16]), avatar: None })
            .step(ClientInput::Opened);
        script.answer(welcome(5));
        assert_eq!(script.client.state(), State::Joined);
        script.sent.clear();
        script.shown.clear();
        script
    }

    pub(crate) fn lose(&mut self) -> &mut Self {
        self.step(ClientInput::Lost);
        self.now = self.client.wake_at().expect("a client that is away will dial").0;
        self.step(ClientInput::Wake).step(ClientInput::Opened)
    }

    /// The places that the client says it has, when it returns.
    pub(crate) fn places_had(&self) -> Vec<Place> {
        let Some(Request::Resume { have, .. }) = self.requests().pop() else { panic!("the client returns") };
        have.into_iter().map(|have| have.place).collect()
    }

    pub(crate) fn numbers(&self) -> Vec<u64> {
        let number = |shown: &Shown| match shown {
            Shown::Entry { entry, .. } => Some(entry.number),
            _ => None,
        };
        self.shown.iter().filter_map(number).collect()
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.sent.iter().map(|asked| asked.request.clone()).collect()
    }
}

pub(crate) fn welcome(last: u64) -> Answer {
    let room = RoomName::parse("lobby").expect("a room's name");
    Answer::Welcome { nick: nick("Me"), room, members: vec![], last }
}

pub(crate) fn back() -> Answer {
    back_since(5)
}

pub(crate) fn back_since(since: u64) -> Answer {
    let room = RoomName::parse("lobby").expect("a room's name");
    Answer::Back { nick: nick("Me"), muted_ms: None, rooms: vec![StillIn { room, last: 5, since }] }
}
