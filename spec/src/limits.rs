//! Every bound of the protocol, with its unit and its reason. A bound that is reached has a row, a refusal or a hang-up.

use serde::{Deserialize, Serialize};

macro_rules! limits {
    ($( $(#[doc = $doc:literal])* $name:ident: $unit:literal = $default:expr; )*) => {
        /// The bounds that a server's operator can set. Time-outs are in milliseconds.
        #[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct Limits { $( $(#[doc = $doc])* pub $name: u64, )* }

        impl Default for Limits {
            fn default() -> Self { Self { $( $name: $default, )* } }
        }

        impl Limits {
            /// Name, unit, default and reason of each limit, for the manual.
            pub const TABLE: &'static [(&'static str, &'static str, u64, &'static str)] =
                &[$( (stringify!($name), $unit, $default, concat!($($doc),*).trim_ascii()), )*];

            /// The limit of that name.
            pub fn named_mut(&mut self, name: &str) -> Option<&mut u64> {
                match name {
                    $( stringify!($name) => Some(&mut self.$name), )*
                    _ => None,
                }
            }

            /// The values in the order of [`Limits::TABLE`].
            pub fn values(&self) -> Vec<u64> { vec![$( self.$name, )*] }
        }
    };
}

limits! {
    /// How long a connection may take to ask something before it is told and closed: an open door costs memory.
    handshake_ms: "ms" = 120_000;
    /// How long whoever asked something may be silent before it is told and closed; it is pinged at half of it.
    idle_ms: "ms" = 600_000;
    /// How long a session outlives its connection, so that a short cut costs nobody the nick or a message.
    resume_ms: "ms" = 60_000;
    /// How many messages may be said at once.
    say_burst: "messages" = 10;
    /// How many messages may be said each second in the long run; 0 sets no limit.
    say_per_second: "messages" = 5;
    /// How many long answers (report, who, rooms, history) may be asked for at once.
    ask_burst: "requests" = 20;
    /// How many long answers may be asked for each second in the long run; 0 sets no limit.
    ask_per_second: "requests" = 10;
    /// How long the first mute for talking too fast lasts; each one after doubles it.
    mute_ms: "ms" = 10_000;
    /// The longest mute for talking too fast.
    mute_longest_ms: "ms" = 600_000;
    /// How long a mute counts for the doubling, and for a profile's patience.
    mute_memory_ms: "ms" = 600_000;
    /// The mute, of those within the memory, at which a profile that disconnects does so.
    mutes_patience: "mutes" = 3;
    /// How many members all profiles together may have.
    members_max: "members" = 10_000;
    /// How many members a room may have.
    room_members_max: "members" = 10_000;
    /// How many rooms there may be; an empty one makes place for a new one.
    rooms_max: "rooms" = 1_000;
    /// How many rooms one session may be in.
    rooms_per_session_max: "rooms" = 20;
    /// How many connections one address may have; a class behind one router is one address. Those that may be a relay's are not counted.
    connections_per_address_max: "connections" = 10_000;
    /// How many messages of a room or conversation stay in memory, and so in the history given on joining.
    kept_entries_max: "messages" = 1_000;
    /// How many bytes of text of a room or conversation stay in memory; older messages are read from the store.
    kept_bytes_max: "bytes" = 262_144;
    /// How many messages of one conversation may wait for one of its parties.
    mail_max: "messages" = 100;
    /// How long a message waits for a nick that nobody has; 0 sets no limit.
    mail_age_ms: "ms" = 2_592_000_000;
    /// In how many conversations messages may wait; fewer than stay in memory, so that those who are there can always talk.
    waiting_conversations_max: "conversations" = 5_000;
    /// How many private conversations stay in memory; the one that rested longest makes place.
    conversations_max: "conversations" = 10_000;
    /// How many answers are kept for a client that returns; it may have as many requests under way.
    answers_kept: "answers" = 128;
    /// How many older messages one page brings at most.
    page_entries_max: "messages" = 100;
    /// How many times in a row a client may send what is not understood before its connection ends.
    garbled_max: "messages" = 3;
    /// How large a file may be that is sent.
    file_bytes_max: "bytes" = 16_777_216;
    /// How large a picture may be that is an avatar.
    picture_bytes_max: "bytes" = 65_536;
    /// How many files one session may have on their way to the server.
    transfers_per_session_max: "transfers" = 4;
    /// How many files may be on their way to the server in all.
    transfers_max: "transfers" = 256;
    /// How long nothing of a file may come before its transfer is broken off.
    transfer_stall_ms: "ms" = 120_000;
    /// How many files the server keeps.
    files_kept_max: "files" = 10_000;
    /// How many bytes the files have that the server keeps, those on their way included.
    files_bytes_max: "bytes" = 4_294_967_296;
    /// How many bytes may wait for one slow reader before it is hung up (it may return and resume).
    outbox_bytes_max: "bytes" = 4_194_304;
}

/// The largest frame of the native dialect, in bytes; a longer one is foreign, so that no peer can ask for more memory.
pub const FRAME_BYTES_MAX: usize = 1 << 20;
/// The largest object of the dialect `flags`, in bytes: a file of [`CONTENT_BYTES_MAX`] bytes in base64, and some fields.
pub const OBJECT_BYTES_MAX: usize = 2 << 20;
/// The largest file that the dialect `flags` hands on as a whole, in bytes; of a larger one it tells the name and size.
pub const CONTENT_BYTES_MAX: usize = 1 << 20;
/// The largest frame that a client takes from its server, in bytes: the report of 10,000 users with the longest nicks.
pub const ANSWER_BYTES_MAX: usize = 4 << 20;
/// How many bytes of messages one page brings at most, but for a single longer message.
pub const PAGE_BYTES_MAX: usize = 256 << 10;
/// How long a text dialect waits for the rest of a unit that has no newline, in milliseconds: the clients of courses
/// send one command by one call, without a newline.
pub const QUIET_MS: u64 = 30;
/// About how many bytes of history go into one frame, so that talk need not wait for history.
pub const HISTORY_FRAME_BYTES: usize = 64 << 10;

/// The most bytes of a file that one request brings.
pub const CHUNK_BYTES_MAX: usize = 32 << 10;
/// The most bytes of a file that one answer brings.
pub const PIECE_BYTES_MAX: usize = 64 << 10;
/// How many outcomes of its latest transfers are kept for a session.
pub const OUTCOMES_KEPT: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_limit_has_a_reason_and_a_unit() {
        for (name, unit, _, reason) in Limits::TABLE {
            assert!(reason.ends_with('.') && !unit.is_empty(), "{name} has a reason and a unit");
            assert_eq!(name.ends_with("_ms"), *unit == "ms", "{name} ends in its unit");
        }
    }
}
