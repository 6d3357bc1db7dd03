use super::*;
use hobnob_spec::messages::Body;
use hobnob_spec::names::{Nick, RoomName};
use std::panic::catch_unwind;

/// A track that has shown messages up to a number, and holds back these.
fn track(last: u64, held: &[u64]) -> Track {
    let nick = Nick::parse("Ann").expect("a nick");
    let held = held.iter().map(|&number| {
        let entry = Entry { number, at: Time(number), nick: nick.clone(), body: Body::LeftRoom };
        (number, (Arc::new(entry), When::Live))
    });
    Track { last, hole: Some(held.collect()), ..Track::default() }
}

#[test]
fn what_is_held_back_is_of_a_room_and_was_not_shown() {
    let lobby = Place::Room(RoomName::parse("lobby").expect("a room's name"));
    track(4, &[6, 7]).check(&lobby);
    let talk = Place::With(Nick::parse("Ann").expect("a nick"));
    for (wrong, place) in [(track(6, &[6, 7]), &lobby), (track(4, &[]), &lobby), (track(4, &[6]), &talk)] {
        assert!(catch_unwind(|| wrong.check(place)).is_err(), "{wrong:?} of {place:?} is noticed");
    }
}
