use super::*;

fn nick() -> Nick {
    Nick::parse("Ann").expect("a nick")
}

/// Limits under which so many entries, and so many bytes, are kept.
fn limits(kept_entries_max: u64, kept_bytes_max: u64) -> Limits {
    Limits { kept_entries_max, kept_bytes_max, ..Limits::default() }
}

/// A log of so many entries, of which the newest so many are kept; each takes the same bytes.
fn log(last: u64, kept: u64) -> Log {
    let mut log = Log::after(0);
    for number in 1..=last {
        log.push(Time(number), nick(), Body::Joined(None), &limits(kept, u64::MAX));
    }
    log
}

fn numbers<'a>(entries: impl IntoIterator<Item = &'a Arc<Entry>>) -> Vec<u64> {
    entries.into_iter().map(|entry| entry.number).collect()
}

/// What an entry of [`log`] takes.
fn size() -> u64 {
    log(1, 1).newer(0).next().expect("one is kept").bytes()
}

#[test]
fn the_newest_entries_are_kept_by_number_and_by_bytes_and_one_always() {
    let mut log = log(5, 3);
    assert_eq!((log.kept_after(), log.kept_bytes, numbers(&log.kept)), (2, 3 * size(), vec![3, 4, 5]));
    log.trim(&limits(9, 2 * size()));
    assert_eq!((log.kept_bytes, numbers(&log.kept)), (2 * size(), vec![4, 5]));
    log.trim(&limits(9, 2 * size() - 1));
    assert_eq!(numbers(&log.kept), [5]);
    log.trim(&limits(0, 0));
    assert_eq!(numbers(&log.kept), [5], "the latest stays");
}

#[test]
fn a_log_is_in_bounds_while_no_more_than_may_be_is_kept_or_one() {
    let log = log(3, 3);
    assert!(log.in_bounds(&limits(3, 3 * size())));
    assert!(!log.in_bounds(&limits(2, 3 * size())), "too many entries");
    assert!(!log.in_bounds(&limits(3, 3 * size() - 1)), "too many bytes");
    assert!(self::log(1, 1).in_bounds(&limits(0, 0)), "one may be kept in any case");
    assert!(!self::log(2, 2).in_bounds(&limits(0, 0)));
}

#[test]
fn what_is_newer_than_a_number_is_what_is_kept_of_it() {
    let log = log(5, 3);
    for (after, newer) in [(0, vec![3, 4, 5]), (2, vec![3, 4, 5]), (3, vec![4, 5]), (5, vec![]), (9, vec![])] {
        assert_eq!(numbers(log.newer(after)), newer, "after {after}");
    }
    assert_eq!(numbers(log.latest(5, 2)), [4, 5]);
    assert_eq!(numbers(log.latest(4, 1)), [4]);
    assert_eq!(numbers(log.latest(4, 0)), [0_u64; 0]);
}

#[test]
fn what_fits_into_some_bytes_is_the_newest_and_one_at_least() {
    let log = log(5, 5);
    for (after, bytes, newest) in [
        (0, u64::MAX, vec![1, 2, 3, 4, 5]),
        (3, u64::MAX, vec![4, 5]),
        (0, 2 * size(), vec![4, 5]),
        (0, 2 * size() - 1, vec![5]),
        (0, 0, vec![5]),
        (5, u64::MAX, vec![]),
    ] {
        assert_eq!(numbers(&log.newest_within(after, bytes)), newest, "after {after} in {bytes} bytes");
    }
}

#[test]
fn a_page_reaches_below_what_is_kept_if_any_of_it_is_older() {
    // Of 10 entries, 7 to 10 are kept.
    let log = log(10, 4);
    for (after, before, limit, below) in [
        (0, 11, 4, false),
        (0, 11, 5, true),
        (0, 99, 4, false),
        (0, 99, 5, true),
        (6, 11, 9, false),
        (5, 11, 9, true),
        (0, 7, 1, true),
        (0, 8, 1, false),
        (0, 11, 0, false),
        (0, 1, 9, false),
        (6, 7, 9, false),
    ] {
        let span = Span { after, before, limit };
        assert_eq!(log.reaches_below(span), below, "{span:?}");
    }
}

#[test]
fn a_page_is_the_newest_of_its_span_and_says_whether_there_are_older_ones() {
    let log = log(10, 4);
    let page = |after, before, limit, bytes, stored| {
        let (page, more) = log.page(Span { after, before, limit }, bytes, stored);
        (numbers(&page), more)
    };
    assert_eq!(page(0, 11, 9, u64::MAX, false), (vec![7, 8, 9, 10], false), "all that there is");
    assert_eq!(page(0, 11, 9, u64::MAX, true), (vec![7, 8, 9, 10], true), "a store has the others");
    assert_eq!(page(6, 11, 9, u64::MAX, true), (vec![7, 8, 9, 10], false), "none is wanted below");
    assert_eq!(page(0, 10, 2, u64::MAX, false), (vec![8, 9], true));
    assert_eq!(page(7, 10, 9, u64::MAX, false), (vec![8, 9], false));
    assert_eq!(page(0, 11, 9, 2 * size(), false), (vec![9, 10], true), "as many as fit");
    assert_eq!(page(0, 11, 9, 0, false), (vec![10], true), "one in any case");
    assert_eq!(page(0, 7, 9, u64::MAX, false), (vec![], false), "nothing of it is kept");
}

#[test]
#[should_panic(expected = "numbered without holes")]
fn a_hole_is_noticed() {
    let mut log = log(3, 3);
    log.last = 4;
    log.check();
}

#[test]
#[should_panic(expected = "bytes kept are counted")]
fn bytes_that_were_not_counted_are_noticed() {
    let mut log = log(3, 3);
    log.kept_bytes += 1;
    log.check();
}
