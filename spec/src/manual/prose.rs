//! What the manual says in its own words: how to read it. Facts do not belong here.

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
pub(super) const MESSAGES: &str = "\
A client sends `Asked`, the server sends `Message`. Every request has exactly one answer. A `Nick`, a `RoomName` and a
`Text` are strings that obey the rules in the refusal reasons below; a `Time` is in milliseconds since the beginning of
1970, UTC; a `Secret` is 16 bytes; a `SocketAddr` is an IP address and a port.
";

/// The native dialect on the wire.
pub(super) const WIRE: &str = "";
