//! Whatever bytes come, in whatever pieces, at whatever listener: its door finds the same in them, and its tongue
//! answers, with no harm.

#![no_main]

use hobnob_machine::wire::door::{Door, Found};
use hobnob_machine::wire::tongue::{Ask, Tongue};
use hobnob_machine::wire::zone::Zone;
use hobnob_spec::messages::{Answer, Message};
use hobnob_spec::names::{Nick, RoomName};
use hobnob_spec::profile::{Dialect, Profile};
use hobnob_spec::session::No;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    // The first byte says which listener it is, the second how long the pieces are.
    let [listener, piece, bytes @ ..] = bytes else { return };
    let mut profile = Profile::open();
    profile.dialects = Dialect::ALL.iter().copied().filter(|dialect| listener >> dialect.index() & 1 == 1).collect();
    if profile.dialects.is_empty() {
        profile.dialects = Dialect::ALL.to_vec();
    }
    let found = find(&profile.dialects, bytes, bytes.len().max(1));
    assert_eq!(found, find(&profile.dialects, bytes, usize::from(*piece) + 1));
    answer(&profile, found);
});

fn find(dialects: &[Dialect], bytes: &[u8], piece: usize) -> Vec<Found> {
    let mut door = Door::new(dialects);
    let mut all = Vec::new();
    for piece in bytes.chunks(piece) {
        door.read(piece, |found| all.push(found));
        assert!(door.kept() <= bytes.len());
    }
    door.quiet(|found| all.push(found));
    assert!(!door.waits_for_quiet());
    all
}

/// Lets a tongue hear it all, and answers.
fn answer(profile: &Profile, found: Vec<Found>) {
    let lobby = RoomName::parse("lobby").expect("a room's name");
    let mut tongue = Tongue::new(profile.dialects[0], profile, &lobby, Zone::UTC);
    let (mut asks, mut out) = (Vec::new(), Vec::new());
    for found in found {
        match found {
            Found::Relayed(_) => {}
            Found::Speaks(dialect) => tongue = Tongue::new(dialect, profile, &lobby, Zone::UTC),
            Found::Unit(unit) => tongue.hear(unit, &mut asks),
            Found::Foreign(foreign) => tongue.strange(foreign),
        }
        for ask in asks.drain(..) {
            let Ask::Asked(asked) = ask else { continue };
            assert!(asked.request.fits());
            let welcome = |nick| Answer::Welcome { nick, room: lobby.clone(), members: Vec::new(), last: 1 };
            let answer = match &asked.request {
                hobnob_spec::messages::Request::Join { nick, .. } => Nick::parse(nick).ok().map(welcome),
                _ => None,
            };
            let answer = answer.unwrap_or(Answer::Refused { no: No::Malformed, wait_ms: None });
            tongue.say(&Message::Answer { number: asked.number, answer }, &mut out);
            tongue.settle(&mut out);
        }
    }
}
