//! A number for a text or a request: small, quick, and the same everywhere.

use hobnob_spec::messages::Request;
use std::hash::{Hash, Hasher};

struct Mix(u64);

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        let mixed = (self.0 ^ (self.0 >> 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        mixed ^ (mixed >> 29)
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x517C_C1B7_2722_0A95);
    }
}

/// The number of a text.
pub(super) fn text(text: &str) -> u64 {
    let mut mix = Mix(0);
    mix.write(text.as_bytes());
    mix.finish()
}

/// The number of a request. Rooms that are entered count alike in whatever case they are spelt.
pub(super) fn request(request: &Request) -> u64 {
    let mut mix = Mix(0);
    match request {
        Request::Enter { room } => Request::Enter { room: room.to_ascii_lowercase() }.hash(&mut mix),
        other => other.hash(&mut mix),
    }
    mix.finish()
}
