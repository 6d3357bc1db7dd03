//! Listens to both sides of a relay for one client, and holds it to its promise: bytes come out as they went in, but for
//! the header and the star before the first nick.
//!
//! Owns what was read and not written yet. Knows nothing of the relay's own star finder: native frames are compared one
//! by one, and of text one byte may be more.

use crate::chronicle::Dir;
use hobnob_machine::relay::{AWAY, GONE};
use hobnob_machine::wire::native::{self, AskedReader, HEAD_BYTES, HELLO_BYTES, MAGIC, Read};
use hobnob_machine::wire::{proxy, star};
use hobnob_spec::limits::FRAME_BYTES_MAX;
use hobnob_spec::messages::{Asked, Request};
use hobnob_spec::profile::Dialect;
use std::net::SocketAddr;

/// How many bytes are quoted where something differs.
const QUOTED: usize = 24;

/// What goes through a relay for one client.
#[derive(Debug)]
pub(super) struct Ear {
    who: Option<usize>,
    addr: SocketAddr,
    /// The first bytes of a client that may be a relay itself, until it shows.
    behind: Option<Vec<u8>>,
    /// The header of such a client, and from where that came.
    before: Option<(Vec<u8>, SocketAddr)>,
    up: Up,
    /// What was read from the client, and not written to the server.
    read_up: Vec<u8>,
    /// What was written to the server, and not compared yet.
    wrote_up: Vec<u8>,
    /// What was read from the server, and not written to the client.
    read_down: Vec<u8>,
    /// What was written to the client before any word of the server's: the relay may say itself that the server is away.
    own: Option<Vec<u8>>,
    /// How many bytes went that way before those.
    passed: (u64, u64),
    /// Whether anything was written to the server, over which connection.
    reached: u32,
    wrote_over: u32,
    /// Whether a difference was found: what comes after one is no news.
    broken: bool,
}

/// How far what goes to the server has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Up {
    /// The header comes first.
    Header,
    /// The first bytes show whether this is native.
    First,
    /// Native frames, until one asks for a nick.
    Frames,
    /// Text, of which one byte may be more.
    Text,
    /// The nick has gone.
    Equal,
}

impl Ear {
    /// For a client that came from this address, and may be a relay itself if it is trusted.
    pub(super) fn new(who: Option<usize>, addr: SocketAddr, trusted: bool) -> Self {
        Self {
            who,
            addr,
            behind: trusted.then(Vec::new),
            before: None,
            up: Up::Header,
            read_up: Vec::new(),
            wrote_up: Vec::new(),
            read_down: Vec::new(),
            own: Some(Vec::new()),
            passed: (0, 0),
            reached: 0,
            wrote_over: 0,
            broken: false,
        }
    }

    /// Who the client is; `None` for strangers.
    pub(super) fn who(&self) -> Option<usize> {
        self.who
    }

    /// The relay has a connection to the server.
    pub(super) fn reached(&mut self) {
        self.reached += 1;
    }

    /// The relay read bytes that go this way.
    pub(super) fn read(&mut self, dir: Dir, bytes: &[u8]) {
        if !self.broken {
            match dir {
                Dir::Up => self.read_first(bytes),
                Dir::Down => self.read_down.extend_from_slice(bytes),
            }
        }
    }

    /// A header that a relay before this one wrote goes no further, and tells whose connection it is.
    fn read_first(&mut self, bytes: &[u8]) {
        self.read_up.extend_from_slice(bytes);
        let Some(first) = &mut self.behind else { return };
        first.extend_from_slice(bytes);
        match proxy::read(first) {
            proxy::Read::Part => {}
            proxy::Read::Whole { len, addr } => {
                let header = self.read_up.drain(..len).collect();
                self.behind = None;
                self.before = Some((header, self.addr));
                if let Some(addr) = addr {
                    self.addr = addr;
                    self.who = self.who.or(super::sim_world::who_has(addr));
                }
            }
            proxy::Read::Absent | proxy::Read::Bad => self.behind = None,
        }
    }

    /// The relay wrote bytes that go this way. Tells in a sentence what is not as it must be.
    pub(super) fn wrote(&mut self, dir: Dir, bytes: &[u8]) -> Result<(), String> {
        if self.broken {
            return Ok(());
        }
        let compared = match dir {
            Dir::Up => {
                self.wrote_up.extend_from_slice(bytes);
                self.one_connection().and_then(|()| self.compare_up())
            }
            Dir::Down => {
                let bytes = self.without_own(bytes);
                self.compare_down(&bytes)
            }
        };
        self.broken = compared.is_err();
        compared
    }

    /// What one client says goes over one connection.
    fn one_connection(&mut self) -> Result<(), String> {
        if self.wrote_over == 0 {
            self.wrote_over = self.reached;
        }
        if self.wrote_over == self.reached {
            return Ok(());
        }
        Err(format!("what the client at {} says goes to the server over two connections", self.addr))
    }

    /// What is not the relay's own of what was written to the client.
    fn without_own(&mut self, bytes: &[u8]) -> Vec<u8> {
        let Some(mut said) = self.own.take() else { return bytes.to_vec() };
        said.extend_from_slice(bytes);
        let mut ends = vec![0];
        while let Some(sentence) = own_sentences().find(|sentence| said[last(&ends)..].starts_with(sentence)) {
            ends.push(last(&ends) + sentence.len());
        }
        if own_sentences().any(|sentence| sentence.starts_with(&said[last(&ends)..])) {
            // What comes next will tell whose it was.
            self.own = Some(said);
            return Vec::new();
        }
        // A relay before the server says the same sentences, and those pass as all that is read.
        let own = ends.iter().find(|end| self.read_down.starts_with(&said[**end..]));
        said.split_off(own.copied().unwrap_or(last(&ends)))
    }

    fn compare_down(&mut self, bytes: &[u8]) -> Result<(), String> {
        if !self.read_down.starts_with(bytes) {
            let at = common(&self.read_down, bytes);
            return Err(self.differs("the client", self.passed.1, at, &self.read_down, bytes));
        }
        self.read_down.drain(..bytes.len());
        self.passed.1 += bytes.len() as u64;
        Ok(())
    }

    fn compare_up(&mut self) -> Result<(), String> {
        loop {
            let goes_on = match self.up {
                Up::Header => self.header()?,
                Up::First => self.first(),
                Up::Frames => self.frame()?,
                Up::Text => return self.text(),
                Up::Equal => return self.equal(),
            };
            if !goes_on {
                return Ok(());
            }
        }
    }

    /// The user's own address comes before all else.
    fn header(&mut self) -> Result<bool, String> {
        match proxy::read(&self.wrote_up) {
            proxy::Read::Part => Ok(false),
            proxy::Read::Whole { len, addr } if addr == Some(self.addr) => {
                self.wrote_up.drain(..len);
                // What comes after the time for a header is none.
                self.behind = None;
                self.up = Up::First;
                Ok(true)
            }
            proxy::Read::Whole { addr, .. } if self.before.as_ref().is_some_and(|(_, peer)| addr == Some(*peer)) => {
                // What comes after the time for a header is none.
                let (mut header, peer) = self.before.take().expect("it is there");
                header.append(&mut self.read_up);
                (self.read_up, self.addr) = (header, peer);
                Ok(true)
            }
            proxy::Read::Whole { addr, .. } => {
                let told = addr.map_or("no address".to_owned(), |addr| addr.to_string());
                Err(format!("the server is told {told} of the client at {}", self.addr))
            }
            proxy::Read::Absent | proxy::Read::Bad => {
                Err(format!("what the client at {} says comes to the server without a header", self.addr))
            }
        }
    }

    fn first(&mut self) -> bool {
        let Some(first) = self.wrote_up.first() else { return false };
        self.up = if *first == MAGIC[0] { Up::Frames } else { Up::Text };
        true
    }

    /// Compares the next native frame, or a hello; says whether more may be compared.
    fn frame(&mut self) -> Result<bool, String> {
        let greeted = self.passed.0 > 0;
        let whole = |bytes: &[u8]| -> Option<usize> {
            if !greeted {
                return Some(HELLO_BYTES).filter(|len| bytes.len() >= *len);
            }
            let payload = u32::from_be_bytes(*bytes.first_chunk::<HEAD_BYTES>()?) as usize;
            // What no server takes passes as it is.
            Some(HEAD_BYTES + payload).filter(|len| payload > FRAME_BYTES_MAX || bytes.len() >= *len)
        };
        let (read, wrote) = (whole(&self.read_up), whole(&self.wrote_up));
        let same = self.read_up.starts_with(&self.wrote_up);
        let (Some(read), Some(wrote)) = (read, wrote) else {
            // A frame is written when it is whole, and with its star it is longer than it was read.
            return if same || read.is_some() { Ok(false) } else { self.equal().map(|()| false) };
        };
        if !greeted && self.wrote_up[..MAGIC.len()] != MAGIC || read > self.read_up.len() {
            self.up = Up::Equal;
            return Ok(true);
        }
        if self.read_up[..read] != self.wrote_up.get(..wrote).unwrap_or_default()[..] {
            self.starred(read, wrote)?;
            self.up = Up::Equal;
        } else if greeted && wished(&self.read_up[..read]).is_some_and(|nick| !nick.trim().is_empty()) {
            self.unstarred(read)?;
            self.up = Up::Equal;
        }
        self.read_up.drain(..read);
        self.wrote_up.drain(..wrote);
        self.passed.0 += read as u64;
        Ok(!self.wrote_up.is_empty())
    }

    /// The frames differ by the star before the first nick, and by nothing else.
    fn starred(&self, read: usize, wrote: usize) -> Result<(), String> {
        let (read, wrote) = (&self.read_up[..read], &self.wrote_up[..wrote.min(self.wrote_up.len())]);
        let wrong = || Err(self.differs("the server", self.passed.0, common(read, wrote), read, wrote));
        let (Some(nick), Some(marked)) = (wished(read), wished(wrote)) else { return wrong() };
        let (payload, written) = (&read[HEAD_BYTES..], &wrote[HEAD_BYTES..]);
        let rest = payload.iter().rev().zip(written.iter().rev()).take_while(|(a, b)| a == b).count();
        let before = common(payload, written);
        // Two bytes at most tell how long the nick is.
        let equal = before + 2 + rest >= payload.len();
        if equal && !nick.starts_with('*') && marked == format!("*{nick}") { Ok(()) } else { wrong() }
    }

    /// A frame that asks for a nick may be equal if there is a star already, or no room for one.
    fn unstarred(&self, read: usize) -> Result<(), String> {
        let nick = wished(&self.read_up[..read]).unwrap_or_default();
        if nick.starts_with('*') || read + 3 > HEAD_BYTES + FRAME_BYTES_MAX {
            return Ok(());
        }
        Err(format!("the client at {} asks for `{nick}` through a relay, and the server hears of no star", self.addr))
    }

    /// Text is equal, but for one star that follows no star.
    fn text(&mut self) -> Result<(), String> {
        let at = common(&self.read_up, &self.wrote_up);
        let Some(more) = self.wrote_up.get(at) else { return self.equal() };
        if *more != b'*' || at.checked_sub(1).is_some_and(|before| self.wrote_up[before] == b'*') {
            return self.equal();
        }
        self.wrote_up.remove(at);
        self.up = Up::Equal;
        self.equal()
    }

    fn equal(&mut self) -> Result<(), String> {
        let len = self.wrote_up.len();
        if !self.read_up.starts_with(&self.wrote_up) {
            let at = common(&self.read_up, &self.wrote_up);
            return Err(self.differs("the server", self.passed.0, at, &self.read_up, &self.wrote_up));
        }
        // In text the star may come later, and not behind another one.
        let kept = if self.up == Up::Text { len.min(1) } else { 0 };
        if self.up != Up::Frames {
            self.read_up.drain(..len - kept);
            self.wrote_up.drain(..len - kept);
            self.passed.0 += (len - kept) as u64;
        }
        Ok(())
    }

    fn differs(&self, whom: &str, passed: u64, at: usize, read: &[u8], wrote: &[u8]) -> String {
        let quote = |bytes: &[u8]| {
            let end = bytes.len().min(at + QUOTED);
            match bytes.get(at..end) {
                None | Some([]) => "nothing".to_owned(),
                Some(bytes) => format!("`{}`", bytes.escape_ascii()),
            }
        };
        format!(
            "after {} bytes a relay wrote {} to {whom} for the client at {} where {} was read",
            passed + at as u64,
            quote(wrote),
            self.addr,
            quote(read)
        )
    }
}

/// Where the last of them ends.
fn last(ends: &[usize]) -> usize {
    ends.last().copied().unwrap_or(0)
}

/// What a relay says itself, in each dialect that has lines.
fn own_sentences() -> impl Iterator<Item = Vec<u8>> {
    let said = Dialect::ALL.iter().flat_map(|dialect| [AWAY, GONE].map(|sentence| (*dialect, sentence)));
    let written = said.map(|(dialect, sentence)| {
        let mut bytes = Vec::new();
        star::say(Some(dialect), sentence, &mut bytes);
        bytes
    });
    written.filter(|bytes| !bytes.is_empty())
}

/// The nick that a frame asks for.
fn wished(frame: &[u8]) -> Option<String> {
    let (mut bytes, mut nick) = (Vec::new(), None);
    native::hello(&mut bytes);
    bytes.extend_from_slice(frame);
    AskedReader::default().read(&bytes, |read| {
        if let Read::Item(Asked { request: Request::Join { nick: wished, .. }, .. }) = read {
            nick = Some(wished);
        }
    });
    nick
}

/// How many bytes are the same.
fn common(one: &[u8], other: &[u8]) -> usize {
    one.iter().zip(other).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use hobnob_spec::messages::Secret;

    const ADDR: &str = "10.0.0.1:1024";

    fn heard() -> Ear {
        let mut ear = Ear::new(Some(0), ADDR.parse().expect("it is an address"), false);
        ear.reached();
        let mut header = Vec::new();
        proxy::write(ear.addr, ear.addr, &mut header);
        ear.wrote(Dir::Up, &header).expect("it is the header");
        ear
    }

    fn hello() -> Vec<u8> {
        let mut bytes = Vec::new();
        native::hello(&mut bytes);
        bytes
    }

    fn frame(number: u64, request: Request) -> Vec<u8> {
        let mut bytes = Vec::new();
        assert!(native::ask(&Asked { number, request }, &mut bytes));
        bytes
    }

    fn join(nick: &str) -> Vec<u8> {
        frame(2, Request::Join { nick: nick.into(), token: Some(Secret([1; 16])), avatar: None })
    }

    fn join_of(nick: &str) -> Vec<u8> {
        [hello(), join(nick), join("bob")].concat()
    }

    /// Whether this may come of that, whatever the pieces.
    fn may(read: &[u8], wrote: &[u8]) -> bool {
        let results = [1, 3, 7, 1_000].map(|piece| {
            let mut ear = heard();
            ear.read(Dir::Up, read);
            wrote.chunks(piece).all(|bytes| ear.wrote(Dir::Up, bytes).is_ok())
        });
        assert!(results.iter().all(|result| *result == results[0]), "pieces make no difference: {results:?}");
        results[0]
    }

    #[test]
    fn frames_pass_with_one_star_before_the_first_nick() {
        let ping = frame(1, Request::Ping);
        let read = [hello(), ping.clone(), join("ann"), ping.clone()].concat();
        assert!(may(&read, &read[..40.min(read.len())][..hello().len() + 3]), "a part of it may be");
        assert!(may(&read, &[hello(), ping.clone(), join("*ann"), ping.clone()].concat()));
        assert!(!may(&read, &read), "no star");
        assert!(may(&join_of("*ann"), &join_of("*ann")), "a star already");
        assert!(!may(&read, &[hello(), ping.clone(), join("**ann"), ping.clone()].concat()), "two stars");
        assert!(!may(&read, &[hello(), ping.clone(), join("*bob"), ping.clone()].concat()), "another nick");
        assert!(!may(&read, &[hello(), join("*ann"), ping.clone(), ping.clone()].concat()), "another order");
        assert!(!may(&read, &[hello(), ping.clone(), join("*ann"), join("*ann")].concat()), "something else");
        let twice = [hello(), join("ann"), join("ann")].concat();
        assert!(!may(&twice, &[hello(), join("*ann"), join("*ann")].concat()), "the first nick only");
    }

    #[test]
    fn text_passes_with_one_star() {
        assert!(may(b"login ann\nhello * you\n", b"login *ann\nhello * you\n"));
        assert!(may(b"*ann\nhello\n", b"*ann\nhello\n"));
        assert!(!may(b"*ann\nhello\n", b"**ann\nhello\n"));
        assert!(!may(b"ann\nhello\n", b"*ann\n*hello\n"));
        assert!(!may(b"ann\nhello\n", b"*ann\nhllo\n"));
        assert!(!may(b"ann\n", b"*ann\nmore\n"));
    }

    #[test]
    fn what_the_server_says_passes_as_it_is() {
        let mut ear = heard();
        ear.read(Dir::Down, b"welcome");
        assert_eq!(ear.wrote(Dir::Down, b"wel"), Ok(()));
        let wrong = ear.wrote(Dir::Down, b"Come").expect_err("it is something else");
        assert!(wrong.contains("after 3 bytes") && wrong.contains("`come`") && wrong.contains("`Come`"), "{wrong}");
    }

    #[test]
    fn a_relay_may_say_that_the_server_is_away_before_the_server_says_anything() {
        let mut away = Vec::new();
        star::say(Some(Dialect::Colon), AWAY, &mut away);
        for piece in [1, 5, 1_000] {
            let mut ear = heard();
            assert!(away.chunks(piece).all(|bytes| ear.wrote(Dir::Down, bytes).is_ok()));
            ear.read(Dir::Down, b"Registered as ann.\n");
            assert!(ear.wrote(Dir::Down, b"Registered").is_ok());
            assert!(ear.wrote(Dir::Down, &away).is_err(), "not in the middle");
        }
    }

    #[test]
    fn a_relay_before_the_server_says_the_same_and_that_passes() {
        let mut away = Vec::new();
        star::say(Some(Dialect::Colon), AWAY, &mut away);
        let read = [&away[..], b"Registered as ann.\n"].concat();
        for (own, piece) in [(0, 1), (0, 1_000), (1, 7), (1, 1_000)] {
            let mut ear = heard();
            ear.read(Dir::Down, &read);
            let written = [away.repeat(own), read.clone()].concat();
            assert!(written.chunks(piece).all(|bytes| ear.wrote(Dir::Down, bytes).is_ok()), "{own} own, by {piece}");
            let mut ear = heard();
            ear.read(Dir::Down, &read);
            let lost = [away.repeat(own), read[away.len() + 1..].to_vec()].concat();
            assert!(!lost.chunks(piece).all(|bytes| ear.wrote(Dir::Down, bytes).is_ok()), "{own} own, by {piece}");
        }
    }

    #[test]
    fn the_header_tells_the_clients_own_address() {
        let mut ear = Ear::new(None, ADDR.parse().expect("it is an address"), false);
        ear.reached();
        let mut header = Vec::new();
        proxy::write("10.0.0.2:1".parse().expect("it is an address"), ear.addr, &mut header);
        assert!(ear.wrote(Dir::Up, &header).is_err());
        let mut ear = Ear::new(None, ear.addr, false);
        ear.reached();
        assert!(ear.wrote(Dir::Up, b"hello").is_err(), "there is none");
    }
}
