//! Deliberate bugs, one line each, of the kinds that chats had: the promises have to notice every one of them.
//!
//! Owns the bugs and where each is put in. Nothing of this is ever near a server or a client that people use.

mod client;
pub(crate) mod relay;
mod server;
mod shell;

pub use relay::RelayBug;

use crate::meddle::Meddle;
use crate::promise::Promise;
use hobnob_machine::{Client, ClientInput, ClientOut, Conn, Input, Out, Server};
use hobnob_spec::messages::{Place, Time};
use std::collections::{BTreeMap, BTreeSet};

macro_rules! bugs {
    ($(#[doc = $about:literal])* pub enum $Bugs:ident {
        $( $(#[doc = $doc:literal])* $Bug:ident = $name:literal => [$($Promise:ident),+], )*
    }) => {
        $(#[doc = $about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $Bugs { $( $(#[doc = $doc])* $Bug, )* }

        impl $Bugs {
            /// Every bug.
            pub const ALL: &'static [Self] = &[$( Self::$Bug, )*];

            /// What it is called.
            pub const fn name(self) -> &'static str {
                match self { $( Self::$Bug => $name, )* }
            }

            /// What it does wrong.
            pub const fn sentence(self) -> &'static str {
                match self { $( Self::$Bug => concat!($($doc),*).trim_ascii(), )* }
            }

            /// The promises that it breaks; whichever is seen first is told.
            pub const fn breaks(self) -> &'static [Promise] {
                match self { $( Self::$Bug => &[$( Promise::$Promise ),+], )* }
            }
        }
    };
}

use bugs;

bugs! {
    /// A deliberate bug.
    pub enum Bug {
        // ── What servers did wrong.
        /// One acknowledgement in five is forgotten.
        AckForgotten = "ack-forgotten" => [OneAnswer, NothingDropped],
        /// One acknowledgement in five is given twice.
        AckTwice = "ack-twice" => [OneAnswer],
        /// A message is acknowledged under the number after its own.
        AckOfAnother = "ack-of-another" => [AcknowledgedKept],
        /// The answer to one request goes out under the number of the one before.
        AckShifted = "ack-shifted" => [OneAnswer],
        /// Two connections get each other's answers.
        AnswersCrossed = "answers-crossed" => [OneAnswer, PrivateToTwo],
        /// A private message goes to somebody else as well.
        PrivateLeaks = "private-leaks" => [PrivateToTwo],
        /// A private message goes to the lobby as well.
        PrivateInPublic = "private-in-public" => [OnlySaid, ListedPresent, PrivateToTwo, OneOrder, CountersEqualLog, SameMessage],
        /// Who is in the room is listed in an order that depends on what was said in private.
        PrivateSmells = "private-smells" => [ListedPresent, Unnoticed],
        /// What everybody is told differs from what was said.
        TextMangled = "text-mangled" => [OnlySaid, SameMessage],
        /// What was said stands under another name.
        NameMangled = "name-mangled" => [ListedPresent, OnlySaid, SameMessage],
        /// A room's messages carry the time at which the second began.
        WholeSeconds = "whole-seconds" => [TimeForward, SameMessage],
        /// Nobody is told that somebody left, and the number is used up.
        LeavingUntold = "leaving-untold" => [OneOrder, CountersEqualLog],
        /// Two messages of a room get the same number.
        NumberTwice = "number-twice" => [OneOrder, CountersEqualLog, SameMessage, StoredOnce],
        /// A number of a room is left out.
        NumberSkipped = "number-skipped" => [OneOrder, CountersEqualLog],
        /// Everything that is said stands in the log twice.
        SaidTwice = "said-twice" => [CountersEqualLog, StoredOnce],
        /// The list of rooms counts one member too many.
        RoomsMiscounted = "rooms-miscounted" => [CountersEqualLog],
        /// Somebody who is there is not listed.
        MemberUnlisted = "member-unlisted" => [ListedPresent],
        /// Somebody who is not there is listed.
        GhostListed = "ghost-listed" => [ListedPresent],
        /// The report leaves out who joined last.
        ReportShort = "report-short" => [ListedPresent, CountersEqualLog],
        /// Who is refused for want of a place is let in.
        FullLetsIn = "full-lets-in" => [Capacity, ListedPresent, OneOwner],
        /// Who wants a nick that is taken gets it.
        NickTwice = "nick-twice" => [OneOwner, ListedPresent],
        /// The latest message is missing from the history that a newcomer gets.
        HistoryShort = "history-short" => [HistoryMeetsLive],
        /// A newcomer is told one number too many.
        HistoryAhead = "history-ahead" => [CountersEqualLog, HistoryMeetsLive, OneOrder],
        /// A newcomer is told one number too few, and so gets a message of the history again.
        HistoryBehind = "history-behind" => [CountersEqualLog, HistoryMeetsLive, ShownOnce],
        /// A newcomer is sent the history before it is welcomed, and passes it over.
        HistoryTooEarly = "history-too-early" => [HistoryMeetsLive],
        /// Who was away gets all but the first message that was missed.
        MissedShort = "missed-short" => [OneOrder, Converged, HistoryMeetsLive],
        /// A mute is announced to end earlier than it does.
        MuteMisannounced = "mute-misannounced" => [MutedUnheard, SameMessage],
        /// News of what somebody wears tell something else.
        AvatarOfAnother = "avatar-of-another" => [AvatarTrue],
        /// Nobody in a list of members wears anything.
        AvatarUnlisted = "avatar-unlisted" => [AvatarTrue],
        /// Somebody who is muted gets a message through.
        MuteLeaks = "mute-leaks" => [OnlySaid, MutedUnheard],
        /// A request that comes twice is carried out twice.
        RepeatObeyed = "repeat-obeyed" => [StoredOnce, OneAnswer],
        /// All who join get the same resume token, so that one returns to another's session.
        TokenShared = "token-shared" => [JournalBeforeWord, OneOwner, PrivateToTwo, ListedPresent, OnlySaid, OneAnswer, AcknowledgedKept, Converged],

        // ── What the shells around servers did wrong.
        /// Words leave before the journal has what caused them.
        WordsFirst = "words-first" => [JournalBeforeWord, AcknowledgedKept],
        /// A crash loses the last record that was written.
        LastRecordLost = "last-record-lost" => [AcknowledgedKept, JournalBeforeWord, SameMessage],
        /// A record in the middle is left out when the server is made again.
        RecordSkipped = "record-skipped" => [JournalBeforeWord, Replayed, AcknowledgedKept, SameMessage],
        /// The last record is taken twice when the server is made again.
        RecordTwice = "record-twice" => [Replayed, StoredOnce, Sound],
        /// What was carried out is forgotten by a restart, so that a resend doubles it.
        RestartForgetsNumbers = "restart-forgets-numbers" => [OneAnswer, StoredOnce],
        /// One message in ten is given to nobody.
        DeliveryForgotten = "delivery-forgotten" => [Converged, OneOrder],
        /// Who enters a room does not hear it.
        EnteringDeaf = "entering-deaf" => [Converged, OneOrder],
        /// Who leaves a room hears it on.
        LeavingHears = "leaving-hears" => [OneOrder, PrivateToTwo, Sound],
        /// One private message in three is swallowed on its way to a recipient who is in.
        PrivateSwallowed = "private-swallowed" => [Converged],
        /// Two messages for one connection change places.
        WordsSwapped = "words-swapped" => [PrivateToTwo, OneOrder, HistoryMeetsLive, OneAnswer, NothingDropped, Converged],

        // ── What clients did wrong.
        /// What was sent and not answered is sent again under a new number: stored, its acknowledgement lost, and doubled.
        ResendDoubles = "resend-doubles" => [StoredOnce],
        /// What was sent and not answered is not sent again.
        ResendForgotten = "resend-forgotten" => [NothingDropped, OneAnswer],
        /// What waited is sent in the opposite order on returning.
        ResendReversed = "resend-reversed" => [SaidInOrder, OneOrder, NothingDropped, OneAnswer],
        /// A message is taken for known when its number is not above the highest of any room.
        DedupeAcrossRooms = "dedupe-across-rooms" => [OneOrder, Converged],
        /// The first message after returning is taken for known.
        DedupeAfterReturn = "dedupe-after-return" => [OneOrder, Converged, HistoryMeetsLive],
        /// After returning, what was shown is shown again.
        HistoryDoubled = "history-doubled" => [OneOrder, ShownOnce],
        /// What comes together is shown by its second and then by its nick.
        SecondsAsOrder = "seconds-as-order" => [OneOrder, HistoryMeetsLive],
        /// A hole is passed over without a word.
        HoleHidden = "hole-hidden" => [OneOrder],
        /// A message is shown as it comes, and again with the page that fills a hole.
        ShownAtOnce = "shown-at-once" => [ShownOnce, OneOrder],
        /// What could not be sent is not given back.
        UnsentHidden = "unsent-hidden" => [NothingDropped],
        /// What may have been sent is not called unsure.
        UnsureHidden = "unsure-hidden" => [NothingDropped],
        /// One answer in five is not shown.
        AnswerHidden = "answer-hidden" => [OneOrder, ShownOnce, NothingDropped, OneAnswer],
        /// A message is shown with another text than it has.
        ShownWrong = "shown-wrong" => [SameMessage, OnlySaid],
        /// Who lost its connection says that it dials again, and never does.
        NeverRedials = "never-redials" => [Converged],
        /// Who is let in again takes that for a goodbye, and returns for ever.
        ReturnsForEver = "returns-for-ever" => [Converged],
    }
}

/// A run with one bug in it.
#[derive(Debug, Clone)]
pub struct Planted {
    bug: Bug,
    /// How often the bug had a chance.
    chances: u64,
    /// Whose numbers were changed, and what they were.
    numbers: BTreeMap<(u64, u64), u64>,
    /// Which request numbers each client has sent.
    sent: BTreeMap<usize, BTreeSet<u64>>,
    /// What was sent and not answered, by connection.
    answers: BTreeMap<Conn, u64>,
    /// What each client has been shown or heard: the highest number of any place, or since returning.
    highest: BTreeMap<usize, u64>,
    shown: BTreeMap<usize, Vec<hobnob_machine::Shown>>,
    returned: BTreeSet<usize>,
    places: BTreeMap<(usize, Place), u64>,
    restarted: bool,
    private_text: u64,
}

impl Planted {
    /// A run with this bug.
    pub fn new(bug: Bug) -> Self {
        Self {
            bug,
            chances: 0,
            numbers: BTreeMap::new(),
            sent: BTreeMap::new(),
            answers: BTreeMap::new(),
            highest: BTreeMap::new(),
            shown: BTreeMap::new(),
            returned: BTreeSet::new(),
            places: BTreeMap::new(),
            restarted: false,
            private_text: 0,
        }
    }

    /// Whether this chance is one of those that the bug takes: each `nth`.
    fn takes(&mut self, nth: u64) -> bool {
        self.chances += 1;
        self.chances.is_multiple_of(nth)
    }
}

impl Meddle for Planted {
    fn server_takes(&mut self, _server: &Server, _at: Time, inputs: &mut Vec<Input>) {
        self.mangle_input(inputs);
    }

    fn server_gave(&mut self, server: &Server, _at: Time, input: &Input, out: &mut Out) {
        self.mangle_output(server, input, out);
    }

    fn shell_carries(&mut self, _server: &Server, _at: Time, out: &mut Out) {
        self.mangle_orders(out);
    }

    fn words_first(&self) -> bool {
        self.bug == Bug::WordsFirst
    }

    fn kept(&mut self, durable: u64) -> u64 {
        durable.saturating_sub(u64::from(self.bug == Bug::LastRecordLost))
    }

    fn recovers(&mut self, records: &mut Vec<(Time, Input)>) {
        self.mangle_records(records);
    }

    fn client_takes(&mut self, who: usize, _client: &Client, inputs: &mut Vec<ClientInput>) {
        self.mangle_heard(who, inputs);
    }

    fn client_gave(&mut self, who: usize, client: &Client, out: &mut ClientOut) {
        self.mangle_shown(who, client, out);
    }
}
