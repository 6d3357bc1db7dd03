//! What the manual says in its own words: how to read it. Facts do not belong here.

use crate::files::FILE_NAME_CHARS_MAX;
use crate::limits::QUIET_MS;
use crate::limits::{ANSWER_BYTES_MAX, CONTENT_BYTES_MAX, FRAME_BYTES_MAX, OBJECT_BYTES_MAX};
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
milliseconds since the beginning of 1970, UTC; a `Secret` is 16 bytes; a `Digest` is the SHA-256 of a file, 32 bytes;
`Bytes` are part of a file; a `FileName` is a name of 1 to {FILE_NAME_CHARS_MAX} characters without a folder; a `SocketAddr` is an IP address and a port.
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

/// The text dialects on the wire.
pub(super) fn dialects() -> String {
    format!(
        "
## The text dialects on the wire

A text connection has no greeting: the client speaks first, and the listener tells the dialect from its first bytes if it
takes more than one: the native magic; a brace for `flags`; for `colon` a first word with a colon in it, or one of
`register`, `who`, `join`, `leave`; for `command` one of `login`, `list`, `sendto`, `logout`, `exit`, `say`; anything else
is `plain`. A listener with one text dialect takes all text for it. What shows none of them is refused with a sentence,
and so are pickled Python objects.

A unit of `colon`, `command` and `plain` is a line of UTF-8, or what came before {QUIET_MS} ms of quiet, for many clients
send no newline. A unit of `flags` is a JSON object; it ends with its brace, and blanks may stand between two. A line has
at most {TEXT_CHARS_MAX} characters of text, an object {OBJECT_BYTES_MAX} bytes. What is longer, no UTF-8 or no JSON is
told so once and passed over, and the next unit may be good. One message is one line, or one object and a newline, and
is written in one piece; newlines within somebody's text become blanks, in `flags` a newline and four blanks.

`flags` hands a file on as an object with `ATTACHMENT_FLAG` and `FILENAME`; behind the time and the nick its `PAYLOAD` is
what the file holds, byte for byte if that is a text, and else in base64, with `\"ENCODING\":\"base64\"`. A private one has
the field `TO`, too. A file of more than {CONTENT_BYTES_MAX} bytes is told of by a sentence with its name and size, and
so is one that the server has not at hand any more, but for texts that could be said. In the history files are texts or such
sentences; what is no text follows it as objects of their own. What a client sends behind a file is done when the file's
end is answered.

| Dialect | A client writes | and asks |
|---|---|---|
| `flags` | `REPORT_REQUEST_FLAG` | `Report`, joined or not |
| | `JOIN_REQUEST_FLAG`, `USERNAME` | `Join` |
| | `QUIT_REQUEST_FLAG` | `Quit`; the connection may join again |
| | no flag, `PAYLOAD` | `Say` in the lobby; a newline at its end, and a `[20:36:22] own nick: ` before it, are taken off |
| | no flag, `PAYLOAD`, `TO` | `Private`; the field `TO` is ours |
| | `ATTACHMENT_FLAG`, `FILENAME`, `PAYLOAD`, perhaps `TO` | `Attach`, and a `Chunk` for each part; `PAYLOAD` is the file, in base64 with `\"ENCODING\": \"base64\"` or as a `data:` address (with any other `ENCODING` it is taken as it stands); `ENCODING` is ours |
| `colon` | `server:register NAME` or `register NAME` | `Join` |
| | `server:who` or `who` | `Report`, joined or not |
| | `server:join ROOM` or `join ROOM` | `Enter`, and talk there; the lobby is heard from here on |
| | `RECIPIENT:MESSAGE` | `Private`; the first colon parts them |
| | `server:leave` or `leave` | `Leave`, in a room; outside, nothing |
| | any other line in a room, `who` and `exit` and `server:` words included | `Say` in that room |
| | `server:exit` or `exit` | `Quit`, and the end of the connection |
| `command` | `login NAME` | `Join` |
| | `list` | `Report`, joined or not |
| | `sendto NAME TEXT` | `Private` |
| | `say TEXT` | `Say` in the lobby; this command is ours |
| | `logout` | `Quit`; the connection stays |
| | `exit` | `Quit`, and the end of the connection; it has no reply |
| `plain` | the first unit, and each one after a refusal of it | `Join` |
| | `tata` | `Quit`, and the end of the connection |
| | `/msg NAME TEXT`, `/who` | `Private`, `Report`; both are ours |
| | any other line | `Say` in the lobby |

An object that the server sends has all fourteen fields, and `TO` where it is private: `REPORT_REQUEST_FLAG`,
`REPORT_RESPONSE_FLAG`, `JOIN_REQUEST_FLAG`, `JOIN_REJECT_FLAG`, `JOIN_ACCEPT_FLAG`, `NEW_USER_FLAG`, `QUIT_REQUEST_FLAG`,
`QUIT_ACCEPT_FLAG`, `ATTACHMENT_FLAG`, `NUMBER`, `USERNAME`, `FILENAME`, `PAYLOAD_LENGTH`, `PAYLOAD`. At most one flag is 1.
`NUMBER` counts the active users in a report and is 0 elsewhere; `USERNAME` is set with `JOIN_ACCEPT_FLAG`,
`NEW_USER_FLAG` and `QUIT_ACCEPT_FLAG`; `PAYLOAD_LENGTH` counts characters, newlines included. The payload of
`JOIN_ACCEPT_FLAG` is the history, a line for each entry. Of a client's object a missing field is 0 or empty, an unknown
one is passed over, and a flag may also be `true`, `false` or a string.
"
    )
}

/// How the voices are read.
pub(super) const VOICES: &str = "\
What stands in braces is put in: `{time}` is `20:36:22`, `{date}` is `2026-11-21`, `{until}` is both, `{users}` is a
numbered line for each active user, as in `1. Cool at IP: 192.168.1.5 and port: 54321.`; what follows the colon stands
between two of a list. A happening with a dash is not told. The native dialect carries every message itself.
";
