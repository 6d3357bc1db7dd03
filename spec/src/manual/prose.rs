//! What the manual says in its own words: how to read it. Facts do not belong here.

use crate::limits::{ANSWER_BYTES_MAX, FRAME_BYTES_MAX};
use crate::messages::VERSION;
use crate::names::{NAME_FORBIDDEN, NICK_CHARS_MAX, NICKS_RESERVED, ROOM_CHARS_MAX, TEXT_CHARS_MAX};

/// The beginning of the manual.
pub(super) const INTRODUCTION: &str = "\
# The Hobnob protocol

<!-- This page is generated from the tables in `spec`. Do not edit it: change the table, then run
     cargo run -p hobnob -- spec --format markdown --out docs/PROTOCOL.md -->

This page is the whole protocol, printed from the tables that the server and the client execute. A terminal shows the
same with `hobnob spec`; `hobnob spec Muted Say` explains one cell.

**How to read a table.** In a state, when an event happens, the rows of that cell are tried from top to bottom, and the
first row whose guard holds fires: its effects in their order, then the move. No row fires beside it, and nothing else
decides. A word in `code` is a word of the table; each is explained below its table.
";

/// How the overview is read.
pub(super) const OVERVIEW: &str = "\
A cell says where its rows can lead: it *stays*, becomes another state, or *ends*; *refused* says that a request can be
answered with a reason and nothing changes; – says that the pair cannot come to pass.
";

/// How the diagram is read.
pub(super) const DIAGRAM: &str = "\
The moves only: what stays where it is, is left out. A guard stands in brackets, and *else* is the row after the guarded
ones.
";

/// How the messages are read.
pub(super) fn messages() -> String {
    format!(
        "\
A client sends `Asked`, the server sends `Message`. Every request has exactly one answer. A `Nick` is a string of 1 to
{NICK_CHARS_MAX} characters and a `RoomName` one of 1 to {ROOM_CHARS_MAX}, without white space, control characters and
{forbidden}; a nick does not begin with `*` and is not reserved ({reserved}, in capitals or not). A `Text` has 1 to
{TEXT_CHARS_MAX} characters, not all of them white space, and no control characters but newline and tab. A `Time` is in
milliseconds since the beginning of 1970, UTC; a `Secret` is 16 bytes; a `SocketAddr` is an IP address and a port.
",
        forbidden = NAME_FORBIDDEN.iter().map(|sign| format!("`{sign}`")).collect::<Vec<_>>().join(" "),
        reserved = NICKS_RESERVED.join(", "),
    )
}

/// The native dialect on the wire.
pub(super) fn wire() -> String {
    format!(
        "
## The native dialect on the wire

Over TCP, each side opens with a hello of 6 bytes: `F0 48 4E 42` (`F0` and \"HNB\"), then its version as two bytes, big
end first. The version is {VERSION}. Who hears another hello or another version says so and closes the connection.

Then the client sends frames that hold one `Asked` each, and the server frames that hold one `Message` each. A frame is
the length of its payload as four bytes, big end first, and the payload: at most {FRAME_BYTES_MAX} bytes from a client,
and {ANSWER_BYTES_MAX} from the server. A longer one ends the connection. A payload that cannot be read is refused with
`Malformed`, and the next one may be good.

A payload is MessagePack. A message with fields is an array of them in the order of the tables above; a form that holds
nothing is its name, as a string; a form that holds something is a map of one pair, from the name to the one thing it
holds or to the array of its fields. A list is an array, nothing is nil, yes and no are booleans. A `Secret` is an array
of 16 numbers. A `SocketAddr` is a form: `V4` of an array of 4 numbers and the port, or `V6` of 16 numbers and the port.

```text
00 00 00 07  92 01 A4 50 69 6E 67                                  Asked {{ number: 1, request: Ping }}
00 00 00 11  92 02 81 A3 53 61 79 92 A5 6C 6F 62 62 79 A2 68 69    Asked {{ number: 2, request: Say {{ \"lobby\", \"hi\" }} }}
```
"
    )
}
