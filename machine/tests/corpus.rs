//! Runs the corpus of the fuzz targets, so that what fuzzing once found stays found without a nightly compiler.

use hobnob_machine::wire::native::{AskedReader, Item, MessageReader, Read, Reader};
use std::path::Path;

/// What each file of a target's corpus reads as, in one piece and in pieces.
fn run<T: Item + PartialEq + std::fmt::Debug>(target: &str, mut check: impl FnMut(&str, &[Read<T>])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(target);
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .expect("the corpus is part of the repository")
        .map(|file| file.expect("the corpus can be read").path())
        .collect();
    files.sort();
    assert!(files.len() >= 5, "the corpus of {target} has its seeds");
    for file in files {
        let bytes = std::fs::read(&file).expect("a file of the corpus can be read");
        let Some((&piece, bytes)) = bytes.split_first() else { continue };
        let (mut whole, mut pieces) = (Reader::<T>::default(), Reader::<T>::default());
        let (mut found, mut found_in_pieces) = (Vec::new(), Vec::new());
        whole.read(bytes, |read| found.push(read));
        bytes.chunks(usize::from(piece) + 1).for_each(|piece| pieces.read(piece, |read| found_in_pieces.push(read)));
        assert_eq!(found, found_in_pieces, "{}", file.display());
        check(file.file_name().and_then(|name| name.to_str()).unwrap_or_default(), &found);
    }
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
