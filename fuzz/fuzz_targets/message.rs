//! Whatever bytes come, in whatever pieces: the reader of the native dialect finds the same in them, and no harm.

#![no_main]

use hobnob_machine::wire::native::MessageReader;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    // The first byte says how long the pieces are.
    let Some((&piece, bytes)) = bytes.split_first() else { return };
    let (mut whole, mut pieces) = (MessageReader::default(), MessageReader::default());
    let (mut found, mut found_in_pieces) = (Vec::new(), Vec::new());
    whole.read(bytes, |read| found.push(read));
    for piece in bytes.chunks(usize::from(piece) + 1) {
        pieces.read(piece, |read| found_in_pieces.push(read));
        assert!(pieces.kept() <= bytes.len());
    }
    assert_eq!(found, found_in_pieces);
});
