//! Whatever bytes come, in whatever pieces: the same goes on from a relay, and of what it keeps nothing is lost.

#![no_main]

use hobnob_machine::wire::star::Star;
use hobnob_spec::profile::Dialect;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    // The first byte says how long the pieces are.
    let Some((&piece, bytes)) = bytes.split_first() else { return };
    let (mut whole, mut pieces) = (Star::new(Dialect::ALL), Star::new(Dialect::ALL));
    let (mut out, mut out_of_pieces) = (Vec::new(), Vec::new());
    whole.read(bytes, &mut out);
    for piece in bytes.chunks(usize::from(piece) + 1) {
        pieces.read(piece, &mut out_of_pieces);
        assert!(pieces.kept() <= bytes.len());
    }
    whole.end(&mut out);
    pieces.end(&mut out_of_pieces);
    assert_eq!(out, out_of_pieces);
});
