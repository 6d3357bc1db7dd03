//! Runs the corpus of the fuzz targets, so that what fuzzing once found stays found without a nightly compiler.

use hobnob_machine::wire::door::{Door, Found};
use hobnob_machine::wire::native::{AskedReader, Item, MessageReader, Read, Reader};
use hobnob_machine::wire::tongue::{Ask, Tongue};
use hobnob_machine::wire::zone::Zone;
use hobnob_spec::names::RoomName;
use hobnob_spec::profile::{Dialect, Profile};
use std::path::Path;

/// Name and bytes of each file of a target's corpus.
fn corpus(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(target);
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .expect("the corpus is part of the repository")
        .map(|file| file.expect("the corpus can be read").path())
        .collect();
    files.sort();
    assert!(files.len() >= 5, "the corpus of {target} has its seeds");
    let read = |file: &std::path::PathBuf| {
        let bytes = std::fs::read(file).expect("a file of the corpus can be read");
        (file.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned(), bytes)
    };
    files.iter().map(read).collect()
}

/// What each file of a target's corpus reads as, in one piece and in pieces.
fn run<T: Item + PartialEq + std::fmt::Debug>(target: &str, mut check: impl FnMut(&str, &[Read<T>])) {
    for (name, bytes) in corpus(target) {
        let Some((&piece, bytes)) = bytes.split_first() else { continue };
        let (mut whole, mut pieces) = (Reader::<T>::default(), Reader::<T>::default());
        let (mut found, mut found_in_pieces) = (Vec::new(), Vec::new());
        whole.read(bytes, |read| found.push(read));
        bytes.chunks(usize::from(piece) + 1).for_each(|piece| pieces.read(piece, |read| found_in_pieces.push(read)));
        assert_eq!(found, found_in_pieces, "{name}");
        check(&name, &found);
    }
}

/// All that a door finds in bytes that come in pieces of a length.
fn find(dialects: &[Dialect], bytes: &[u8], piece: usize) -> Vec<Found> {
    let mut door = Door::new(dialects);
    let mut all = Vec::new();
    bytes.chunks(piece).for_each(|piece| door.read(piece, |found| all.push(found)));
    door.quiet(|found| all.push(found));
    all
}

/// Lets a tongue hear all that was found, and says how many requests there were.
fn hear(dialects: &[Dialect], found: Vec<Found>) -> usize {
    let profile = Profile { dialects: dialects.to_vec(), ..Profile::open() };
    let lobby = RoomName::parse("lobby").expect("a room's name");
    let mut tongue = Tongue::new(dialects[0], &profile, &lobby, Zone::UTC);
    let mut asks = Vec::new();
    for found in found {
        match found {
            Found::Relayed(_) => {}
            Found::Speaks(dialect) => tongue = Tongue::new(dialect, &profile, &lobby, Zone::UTC),
            Found::Unit(unit) => tongue.hear(unit, &mut asks),
            Found::Foreign(foreign) => tongue.strange(foreign),
        }
    }
    let fits = |ask: &&Ask| matches!(ask, Ask::Asked(asked) if asked.request.fits());
    asks.iter().filter(fits).count()
}

/// The name of a seed says what it has to read as.
fn as_named<T>(name: &str, found: &[Read<T>]) {
    let last = found.last();
    match name.split('-').next() {
        Some("good") => assert!(matches!(last, Some(Read::Item(_))), "{name}"),
        Some("garbled") => assert!(matches!(last, Some(Read::Garbled)), "{name}"),
        Some("foreign") => assert!(matches!(last, Some(Read::Foreign(_))), "{name}"),
        _ => {}
    }
}

#[test]
fn the_corpus_of_requests_reads_the_same_in_any_pieces() {
    let _: AskedReader = Reader::default();
    run("asked", as_named::<hobnob_spec::messages::Asked>);
}

#[test]
fn the_corpus_of_messages_reads_the_same_in_any_pieces() {
    let _: MessageReader = Reader::default();
    run("message", as_named::<hobnob_spec::messages::Message>);
}

#[test]
fn the_corpus_of_dialects_is_found_the_same_in_any_pieces() {
    for (name, bytes) in corpus("dialects") {
        let [listener, piece, bytes @ ..] = &bytes[..] else { continue };
        let takes = |dialect: &&Dialect| listener >> dialect.index() & 1 == 1;
        let mut dialects: Vec<_> = Dialect::ALL.iter().filter(takes).copied().collect();
        if dialects.is_empty() {
            dialects = Dialect::ALL.to_vec();
        }
        let found = find(&dialects, bytes, bytes.len());
        assert_eq!(found, find(&dialects, bytes, usize::from(*piece) + 1), "{name}");
        let requests = hear(&dialects, found);
        assert!(!name.ends_with("session") || requests >= 4, "{name} asks: {requests}");
    }
}

#[test]
fn the_corpus_of_what_a_relay_passes_on_goes_on_the_same_in_any_pieces() {
    use hobnob_machine::wire::star::Star;
    use hobnob_spec::profile::Dialect;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus/star");
    let files = std::fs::read_dir(folder).expect("the corpus is part of the repository");
    let mut count = 0;
    for file in files.map(|file| file.expect("the corpus can be read").path()) {
        count += 1;
        let bytes = std::fs::read(&file).expect("a file of the corpus can be read");
        let Some((&piece, bytes)) = bytes.split_first() else { continue };
        let (mut whole, mut pieces) = (Star::new(Dialect::ALL), Star::new(Dialect::ALL));
        let (mut out, mut out_of_pieces) = (Vec::new(), Vec::new());
        whole.read(bytes, &mut out);
        bytes.chunks(usize::from(piece) + 1).for_each(|piece| pieces.read(piece, &mut out_of_pieces));
        whole.end(&mut out);
        pieces.end(&mut out_of_pieces);
        assert_eq!(out, out_of_pieces, "{}", file.display());
    }
    assert!(count >= 5, "the corpus has its seeds");
}
