use super::*;
use crate::Config;
use crate::io::{Conn, Input, Out, RoomId};
use hobnob_spec::avatar::{Avatar, PictureKind};
use hobnob_spec::files::Digest;
use hobnob_spec::messages::{Asked, Request, Secret, Time};

/// A server with Ann, who is in two rooms, Bob, who is detached, and a guest.
fn server() -> Server {
    let mut server = Server::new(Config::default(), 1);
    let mut out = Out::default();
    let mut at = 0;
    let mut step = |input| {
        at += 1;
        server.step(Time(at), input, &mut out);
    };
    let asks = |conn, number, request| Input::Asked { conn: Conn(conn), asked: Asked { number, request } };
    for conn in 1..=3_u16 {
        let addr = ([10, 0, 0, 1], 1_000 + conn).into();
        step(Input::Opened { conn: Conn(conn.into()), addr, listener: 0 });
    }
    for (conn, nick) in [(1, "Ann"), (2, "Bob")] {
        let token = Some(Secret([u8::try_from(conn).expect("it is small"); 16]));
        step(asks(conn, 1, Request::Join { nick: nick.to_owned(), token, avatar: None }));
    }
    step(asks(1, 2, Request::Enter { room: "tea".to_owned() }));
    step(asks(1, 3, Request::Private { to: "Bob".to_owned(), text: "psst".to_owned() }));
    step(Input::Lost { conn: Conn(2) });
    server
}

fn ann(server: &mut Server) -> &mut Session {
    server.sessions.get_mut(&SessionId(1)).expect("she is there")
}

fn seat(server: &mut Server) -> &mut Seat {
    ann(server).seat.as_mut().expect("she has joined")
}

/// A way to put a server into disorder, and the words of what notices.
type Disorder = (&'static str, fn(&mut Server));

const DISORDERS: &[Disorder] = &[
    ("a connection is its session's", |server| {
        let guest = server.sessions.get_mut(&SessionId(3)).expect("it is there");
        guest.conn = Some(Conn(9));
    }),
    ("a session's connection leads to it", |server| {
        server.conns.remove(&Conn(3));
    }),
    ("connections are counted by address", |server| {
        *server.addresses.values_mut().next().expect("there is one") += 1;
    }),
    ("a nick has one owner", |server| {
        server.nicks.insert("eve".into(), SessionId(1));
    }),
    ("members are counted by listener", |server| *server.members_by_listener.entry(0).or_insert(0) += 1),
    ("an alarm is some session's", |server| {
        server.alarms.insert((Time(99), SessionId(3), Alarm::Idle));
    }),
    ("a guest has no nick", |server| ann(server).seat = None),
    ("the detached have no connection", |server| ann(server).conn = None),
    ("an alarm that is set has rows", |server| ann(server).alarms[Alarm::Resume.index()] = Some(Time(99_999))),
    ("an alarm that is set rings", |server| {
        *ann(server).alarms.iter_mut().flatten().next().expect("her silence is timed") = Time(99_999);
    }),
    ("an alarm that was due has rung", |server| server.now = Time(u64::MAX)),
    ("silence is noticed", |server| server.disarm(SessionId(3), Alarm::Handshake)),
    ("the time to return of the detached runs", |server| server.disarm(SessionId(2), Alarm::Resume)),
    ("the muted have a mute", |server| ann(server).muted_until = Some(Time(99))),
    ("the muted have a mute", |server| ann(server).state = State::Muted),
    ("a mute ends", |server| {
        ann(server).state = State::Muted;
        ann(server).muted_until = Some(Time(99));
    }),
    ("a nick leads to its owner", |server| {
        server.nicks.insert("ann".into(), SessionId(2));
    }),
    ("a nick is compared by its key", |server| {
        seat(server).key = "anna".into();
        let id = server.nicks.remove("ann").expect("it is hers");
        server.nicks.insert("anna".into(), id);
    }),
    ("a resume token leads to its session", |server| {
        server.tokens.remove(&Secret([1; 16]));
    }),
    ("no more answers are kept than may be", |server| {
        let mut config = server.config().clone();
        config.limits.answers_kept = 0;
        server.config = config.into();
    }),
    ("kept answers are in order", |server| seat(server).answers.make_contiguous().reverse()),
    ("a picture that is worn is kept", |server| {
        let (file, kind, size, digest) = (9, PictureKind::Png, 3, Digest([1; 32]));
        seat(server).avatar = Some(Avatar::Picture { file, kind, size, digest });
    }),
    ("who is in a room is among its members", |server| {
        server.rooms.values_mut().for_each(|room| {
            room.members.remove(&SessionId(1));
        });
    }),
    ("there is a lobby", |server| server.lobby = RoomId(99)),
    ("a room has one name", |server| {
        server.room_ids.insert("den".into(), RoomId(1));
    }),
    ("no more rooms are kept than may be", |server| {
        server.open_room(hobnob_spec::names::RoomName::parse("den").expect("a room's name"));
        let mut config = server.config().clone();
        config.limits.rooms_max = 2;
        server.config = config.into();
    }),
    ("no more of a room is kept than may be", |server| {
        let mut config = server.config().clone();
        config.limits.kept_entries_max = 1;
        server.config = config.into();
    }),
    ("a room's name leads to it", |server| {
        let tea = server.room_ids.remove("tea").expect("it is there");
        server.room_ids.insert("coffee".into(), tea);
    }),
    ("a member of a room has joined", |server| {
        server.rooms.values_mut().for_each(|room| {
            room.members.insert(SessionId(3));
        });
    }),
    ("a member of a room is in it", |server| {
        server.rooms.values_mut().for_each(|room| {
            room.members.insert(SessionId(2));
        });
    }),
    ("the bytes of files are counted", |server| server.files_bytes += 1),
    ("more conversations are kept", |server| {
        server.talks.mark_seen(&crate::io::Pair::of(&"ann".into(), &"bob".into()), "bob");
        let mut config = server.config().clone();
        config.limits.conversations_max = 0;
        server.config = config.into();
    }),
];

/// What a check says, if anything.
pub(in crate::server) fn complaint(check: impl FnOnce()) -> Option<String> {
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(check)).err()?;
    panic.downcast_ref::<String>().cloned().or_else(|| panic.downcast_ref::<&str>().map(|told| (*told).to_owned()))
}

#[test]
fn a_server_that_was_only_stepped_is_in_order() {
    server().check();
}

#[test]
fn disorder_of_every_kind_is_noticed() {
    for (words, disorder) in DISORDERS {
        let mut server = server();
        disorder(&mut server);
        let told = complaint(|| server.check()).expect(words);
        assert!(told.contains(words), "{told:?} says {words:?}");
    }
}

#[test]
fn as_many_mutes_of_leavers_are_kept_as_there_may_be_members_and_those_that_last_longest() {
    let mut server = Server::new(Config::default(), 1);
    let mut config = server.config().clone();
    config.limits.members_max = 2;
    server.config = config.into();
    let kept = |server: &Server| server.leavers_muted.keys().map(ToString::to_string).collect::<Vec<_>>();
    for (nick, until) in [("ann", 30), ("bob", 10), ("cleo", 20)] {
        server.keep_leavers_mute(nick.into(), Time(until), Time(1));
    }
    assert_eq!(kept(&server), ["ann", "cleo"]);
    server.keep_leavers_mute("dan".into(), Time(40), Time(20));
    assert_eq!(kept(&server), ["ann", "dan"], "what is over is forgotten first");
    server.keep_leavers_mute("eve".into(), Time(50), Time(29));
    assert_eq!(kept(&server), ["dan", "eve"], "what ends first is forgotten next");
}
