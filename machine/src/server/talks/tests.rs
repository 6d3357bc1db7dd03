use super::*;
use crate::server::check::tests::complaint;
use hobnob_spec::names::Text;

fn key(name: &str) -> Arc<str> {
    name.into()
}

fn pair(a: &str, b: &str) -> Pair {
    Pair::of(&key(a), &key(b))
}

/// Somebody tells somebody else something at some time.
fn tell(talks: &mut Talks, from: &str, to: &str, at: u64, limits: &Limits) -> Arc<Entry> {
    let body = Body::Text(Text::parse("psst".to_owned()).expect("a text"));
    let nick = Nick::parse(from).expect("a nick");
    talks.keep(&pair(from, to), &key(to), Time(at), nick, body, limits)
}

fn numbers(entries: &[Arc<Entry>]) -> Vec<u64> {
    entries.iter().map(|entry| entry.number).collect()
}

#[test]
fn a_pair_is_the_same_in_either_order() {
    let pair = pair("bob", "ann");
    assert_eq!(pair, super::Pair::of(&key("ann"), &key("bob")));
    assert_eq!((&**pair.other("ann"), &**pair.other("bob")), ("bob", "ann"));
}

#[test]
fn messages_are_numbered_and_wait_until_they_were_sent() {
    let (mut talks, limits) = (Talks::default(), Limits::default());
    let both = pair("ann", "bob");
    assert_eq!((talks.last(&both), talks.seen(&both, "bob")), (0, 0), "a new one begins");
    assert_eq!(tell(&mut talks, "ann", "bob", 1, &limits).number, 1);
    assert_eq!(tell(&mut talks, "ann", "bob", 2, &limits).number, 2);
    assert_eq!((talks.last(&both), talks.seen(&both, "bob"), talks.seen(&both, "ann")), (2, 0, 0));
    assert_eq!(talks.waiting_for("bob"), std::slice::from_ref(&both));
    assert!(talks.waiting_for("ann").is_empty());
    assert_eq!(numbers(&talks.from_other(&both, "bob", 0, NickCase::Fold)), [1, 2]);
    assert!(talks.from_other(&both, "ann", 0, NickCase::Fold).is_empty(), "one's own is not from the other");
    assert_eq!(numbers(&talks.after(&both, 1)), [2]);
    talks.check(&limits);
    talks.mark_seen(&both, "bob");
    assert_eq!(talks.seen(&both, "bob"), 2);
    assert!(talks.waiting_for("bob").is_empty());
    tell(&mut talks, "bob", "ann", 3, &limits);
    tell(&mut talks, "ann", "bob", 4, &limits);
    assert_eq!(talks.seen(&both, "bob"), 3, "what bob said itself does not wait for it");
    assert_eq!(talks.seen(&both, "ann"), 2, "and what ann said before was seen by ann");
    talks.check(&limits);
}

#[test]
fn what_waits_for_somebody_is_bounded_by_messages_bytes_and_conversations() {
    let mut talks = Talks::default();
    let both = pair("ann", "bob");
    let limits = Limits { mail_max: 2, waiting_conversations_max: 1, ..Limits::default() };
    assert!(!talks.is_full_for(&both, "bob", 1, &limits));
    let entry = tell(&mut talks, "ann", "bob", 1, &limits);
    assert!(!talks.is_full_for(&both, "bob", 1, &limits), "one more may wait");
    let bytes = |kept_bytes_max| Limits { kept_bytes_max, ..limits.clone() };
    assert!(!talks.is_full_for(&both, "bob", 4, &bytes(2 * entry.bytes())), "exactly as much as may be");
    assert!(talks.is_full_for(&both, "bob", 5, &bytes(2 * entry.bytes())), "a byte too many");
    assert!(talks.is_full_for(&pair("eve", "bob"), "bob", 1, &limits), "another conversation is too many");
    let kept = Limits { kept_entries_max: 1, ..limits.clone() };
    assert!(talks.is_full_for(&both, "bob", 1, &kept), "no more wait than are kept");
    tell(&mut talks, "ann", "bob", 2, &limits);
    assert!(talks.is_full_for(&both, "bob", 1, &limits), "two wait");
    assert_eq!(talks.would_forget(&both, "bob", 1, &limits), Some(true), "whoever says it");
    assert_eq!(talks.would_forget(&both, "ann", 1, &limits), None, "nothing waits for ann");
    talks.mark_seen(&both, "bob");
    assert!(!talks.is_full_for(&both, "bob", 1, &limits), "none waits");
}

#[test]
fn the_conversation_that_rested_longest_is_forgotten_unless_something_waits_in_it() {
    let (mut talks, limits) = (Talks::default(), Limits::default());
    tell(&mut talks, "ann", "bob", 1, &limits);
    tell(&mut talks, "ann", "cleo", 2, &limits);
    tell(&mut talks, "ann", "cleo", 3, &limits);
    tell(&mut talks, "ann", "dan", 4, &limits);
    for (other, place) in [("bob", false), ("cleo", true), ("dan", true)] {
        let few = Limits { conversations_max: 3, ..limits.clone() };
        assert!(talks.has_place_for(&pair("ann", other), &few), "it is there");
        assert_eq!(talks.has_place_for(&pair("eve", other), &few), place || other != "bob", "{other}");
        talks.mark_seen(&pair("ann", other), other);
    }
    assert_eq!(talks.forget_beyond(3), None, "there are no more than that");
    assert_eq!(talks.forget_beyond(2), Some(pair("ann", "bob")));
    assert_eq!(talks.forget_beyond(1), Some(pair("ann", "cleo")));
    assert_eq!(talks.last(&pair("ann", "bob")), 2, "a new one goes on after all that were forgotten");
    assert_eq!(talks.seen(&pair("ann", "bob"), "ann"), 2);
    assert_eq!(tell(&mut talks, "bob", "ann", 5, &limits).number, 3);
    assert_eq!(talks.forget_beyond(1), Some(pair("ann", "dan")), "what waits is not forgotten");
    assert_eq!(talks.forget_beyond(0), None);
    assert!(talks.has_place_for(&pair("eve", "fay"), &limits));
    let full = Limits { conversations_max: 1, ..limits };
    assert!(!talks.has_place_for(&pair("eve", "fay"), &full));
}

#[test]
fn what_waited_too_long_counts_as_sent() {
    let limits = Limits { mail_age_ms: 10, ..Limits::default() };
    let (mut talks, both) = (Talks::default(), pair("ann", "bob"));
    tell(&mut talks, "ann", "bob", 1, &limits);
    tell(&mut talks, "ann", "bob", 5, &limits);
    let absent = |_: &str| false;
    talks.expire(&key("bob"), Time(11), &limits, absent);
    assert_eq!(talks.seen(&both, "bob"), 0, "as old as may be is not too old");
    talks.expire(&key("bob"), Time(12), &limits, |who| who == "bob");
    assert_eq!(talks.seen(&both, "bob"), 0, "for who is there, things wait");
    talks.expire(&key("eve"), Time(12), &limits, absent);
    assert_eq!(talks.seen(&both, "bob"), 0, "another's is left alone");
    talks.expire(&key("bob"), Time(12), &limits, absent);
    assert_eq!(talks.seen(&both, "bob"), 1);
    assert_eq!(talks.waiting_for("bob"), std::slice::from_ref(&both));
    let crowded = Limits { waiting_conversations_max: 1, ..limits.clone() };
    talks.expire(&key("eve"), Time(16), &crowded, absent);
    assert_eq!(talks.seen(&both, "bob"), 2, "where as many wait as may, everybody's is looked at");
    assert!(talks.waiting_for("bob").is_empty());
    tell(&mut talks, "ann", "bob", 20, &limits);
    talks.expire(&key("bob"), Time(u64::MAX), &Limits { mail_age_ms: 0, ..limits }, absent);
    assert_eq!(talks.seen(&both, "bob"), 2, "an age of 0 sets no limit");
}

/// A way to put conversations into disorder, and the words of what notices.
type Disorder = (&'static str, fn(&mut Talks));

#[test]
fn disorder_is_noticed() {
    let disorders: [Disorder; 5] = [
        ("nobody has seen what was not said", |talks| one(talks).seen = [9, 0]),
        ("a nick with nothing waiting is not listed", |talks| {
            talks.waiting.insert(key("eve"), BTreeSet::new());
        }),
        ("what waits is kept", |talks| {
            talks.waiting.insert(key("eve"), BTreeSet::from([pair("eve", "fay")]));
        }),
        ("nothing that waits was forgotten", |talks| {
            let few = Limits { kept_entries_max: 1, ..Limits::default() };
            tell(talks, "ann", "bob", 2, &few);
        }),
        ("a pair is in order", |talks| {
            let talk = talks.talks.remove(&pair("ann", "bob")).expect("it is there");
            talks.waiting.clear();
            talks.talks.insert(Pair(key("bob"), key("ann")), talk);
        }),
    ];
    for (words, disorder) in disorders {
        let (mut talks, limits) = (Talks::default(), Limits::default());
        tell(&mut talks, "ann", "bob", 1, &limits);
        talks.check(&limits);
        disorder(&mut talks);
        let told = complaint(|| talks.check(&limits)).expect(words);
        assert!(told.contains(words), "{told:?} says {words:?}");
    }
    let (mut talks, limits) = (Talks::default(), Limits::default());
    tell(&mut talks, "ann", "bob", 1, &limits);
    talks.check(&Limits { conversations_max: 0, ..limits.clone() });
    talks.mark_seen(&pair("ann", "bob"), "bob");
    let crowded = Limits { conversations_max: 0, ..limits };
    complaint(|| talks.check(&crowded)).expect("one is too many, and might be forgotten");
}

fn one(talks: &mut Talks) -> &mut Talk {
    talks.talks.values_mut().next().expect("there is one")
}

#[test]
fn the_conversation_that_rested_longest_is_forgotten_first() {
    let (mut talks, limits) = (Talks::default(), Limits::default());
    for (from, to) in [("ann", "bob"), ("dan", "eve"), ("bob", "cid"), ("ann", "bob")] {
        tell(&mut talks, from, to, 1, &limits);
        talks.mark_seen(&pair(from, to), to);
    }
    assert_eq!(talks.forget_beyond(2), Some(pair("dan", "eve")));
    assert_eq!(talks.forget_beyond(1), Some(pair("bob", "cid")));
    assert_eq!(talks.forget_beyond(1), None);
}
