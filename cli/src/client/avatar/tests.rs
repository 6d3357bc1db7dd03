//! What people wear, as the user sees it, without keyboard, screen or server.

use super::*;
use hobnob_spec::files::Digest;
use hobnob_spec::messages::{Entry, Place, Presence, Time};
use hobnob_spec::names::RoomName;
use hobnob_spec::session::State;
use std::sync::Arc;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and what else there is";

fn nick(name: &str) -> Nick {
    Nick::parse(name).expect("a nick")
}

fn fox() -> Avatar {
    Avatar::Emoji(Emoji::parse("🦊").expect("an emoji"))
}

fn room() -> RoomName {
    RoomName::parse("lobby").expect("a room's name")
}

fn welcome(members: &[(&str, Option<Avatar>)]) -> Shown {
    let present = |(name, avatar): &(&str, Option<Avatar>)| Presence {
        nick: nick(name),
        state: State::Member,
        avatar: avatar.clone(),
    };
    Shown::Welcome { nick: nick("Me"), room: room(), members: members.iter().map(present).collect() }
}

fn told(name: &str, body: Body, when: When) -> Shown {
    let entry = Entry { number: 1, at: Time(0), nick: nick(name), body };
    Shown::Entry { place: Place::Room(room()), entry: Arc::new(entry), when }
}

#[test]
fn what_was_worn_long_ago_says_nothing_of_now() {
    let mut faces = Faces::default();
    let owl = Avatar::Emoji(Emoji::parse("🦉").expect("an emoji"));
    faces.hear(&welcome(&[("Ann", Some(fox())), ("Bob", None)]));
    for name in ["Ann", "Bob", "Cyd"] {
        faces.hear(&told(name, Body::Joined(Some(owl.clone())), When::Past(Past::History)));
    }
    let shown = |faces: &Faces| ["Ann", "Bob", "Cyd", "Dan"].map(|name| faces.before(&nick(name)));
    assert_eq!(shown(&faces), ["🦊 ", "", "🦉 ", ""], "who is gone wore an owl");
    faces.hear(&told("Bob", Body::Avatar(Some(fox())), When::Live));
    faces.hear(&told("Ann", Body::Avatar(None), When::Past(Past::Missed)));
    faces.hear(&told("Dan", Body::Joined(Some(owl)), When::Live));
    assert_eq!(shown(&faces), ["", "🦊 ", "🦉 ", "🦉 "]);
    faces.hear(&told("Bob", Body::Left(hobnob_spec::session::Why::Quit), When::Live));
    assert_eq!(faces.before(&nick("Bob")), "🦊 ", "what was said before is still shown with it");
}

#[test]
fn a_picture_is_sent_at_each_welcome_and_lines_wait_for_it() {
    let mut wardrobe = Wardrobe::new(Some(Wish::Picture("me.png".into(), PictureKind::Png, PNG.to_vec())));
    assert_eq!(wardrobe.intents.pop_front(), Some(Intent::Avatar(None)), "no emoji is asked for");
    for transfer in [7, 9] {
        assert!(wardrobe.idle());
        assert!(!wardrobe.shown(&welcome(&[])));
        assert!(wardrobe.holds());
        let Some(Intent::Ask(offer)) = wardrobe.intents.pop_front() else { panic!("it is offered at once") };
        assert!(matches!(&offer, Request::Attach { place: For::Avatar, media, .. } if media == "image/png"));
        assert!(wardrobe.shown(&Shown::Answer { request: offer, answer: Answer::Ready { transfer, from: 0 } }));
        let Some(Intent::Ask(chunk)) = wardrobe.intents.pop_front() else { panic!("its bytes follow") };
        assert!(matches!(&chunk, Request::Chunk { bytes, .. } if bytes.0 == PNG));
        let answer = Answer::Filed { file: transfer, number: 0, at: Time(0) };
        assert!(wardrobe.shown(&Shown::Answer { request: chunk, answer }));
        assert!(wardrobe.idle() && !wardrobe.holds());
        assert_eq!(std::mem::take(&mut wardrobe.lines), ["(Your picture is worn.)"]);
        let back = Shown::Back { nick: nick("Me"), muted_ms: None, rooms: Vec::new() };
        assert!(!wardrobe.shown(&back) && wardrobe.idle(), "a session that goes on keeps it");
    }
}

#[test]
fn what_is_typed_is_worn_or_shows_what_somebody_wears() {
    let mut wardrobe = Wardrobe::new(None);
    let picture = Avatar::Picture { file: 3, kind: PictureKind::Gif, size: 5, digest: Digest([3; 32]) };
    wardrobe.shown(&welcome(&[("Ann", Some(fox())), ("Bob", Some(picture))]));
    assert_eq!(wardrobe.typed("Ann"), None);
    assert_eq!(std::mem::take(&mut wardrobe.lines), ["Ann wears 🦊."]);
    let fetched = wardrobe.typed("Bob").expect("a picture is fetched");
    assert_eq!((fetched.file, fetched.name.as_str(), fetched.size), (3, "Bob.gif", 5));
    assert_eq!(wardrobe.typed("Nobody"), None);
    assert!(wardrobe.lines.pop().is_some_and(|line| line.starts_with("Not worn: \"Nobody\" is neither")));
    for (what, avatar) in [("🦉", Some("🦉".to_owned())), ("off", None)] {
        assert_eq!(wardrobe.typed(what), None);
        let wished = [Intent::Avatar(avatar.clone()), Intent::Ask(Request::Wear { avatar })];
        assert_eq!(wardrobe.intents.drain(..).collect::<Vec<_>>(), wished);
    }
}

#[test]
fn what_cannot_be_worn_is_told_before_anything_is_sent() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::write(path("me.png"), PNG).expect("a file");
    fs::write(path("page.png"), b"<html>").expect("a file");
    fs::write(path("large.png"), vec![0; (64 << 10) + 1]).expect("a file");
    assert_eq!(read(&path("me.png")), Ok(Wish::Picture("me.png".into(), PictureKind::Png, PNG.to_vec())));
    for (what, why) in [
        (path("page.png"), "is no PNG, JPEG, GIF or WebP picture"),
        (path("large.png"), "a picture for an avatar has at most 64 KiB"),
        (path("none.png"), "is neither one emoji nor a file"),
        ("🦊🦊".to_owned(), "is neither one emoji nor a file"),
    ] {
        let told = read(&what).expect_err("it cannot be worn");
        assert!(told.contains(why), "{told}");
    }
}
