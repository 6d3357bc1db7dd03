//! A client's side of a file on its way: what to ask next, and what an answer means.
//!
//! Pure: it reads and writes no file, and sends nothing by itself. The client's machine keeps what is asked until it is
//! answered and asks again after a lost connection, so that all there is to do here is to go on where the server says.

use hobnob_spec::files::{Bytes, Digest};
use hobnob_spec::limits::CHUNK_BYTES_MAX;
use hobnob_spec::messages::{Answer, For, Request, Time};
use hobnob_spec::session::No;

/// How many chunks of a file may be unanswered: enough for a long line, and few enough that talk passes between them.
const UNANSWERED_MAX: u32 = 4;
/// How often a file is offered anew when the server knows nothing of it any more.
const OFFERS_MAX: u32 = 4;
/// How long to wait, in milliseconds, where the server does not say how long.
const PAUSE_MS: u64 = 500;

/// A file on its way to the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    offer: Request,
    size: u64,
    stage: Stage,
    offers: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The offer is to be sent.
    Offer,
    /// The offer is unanswered.
    Offered,
    /// The bytes up to `sent` were sent, those up to `taken` were taken.
    Sending { transfer: u64, sent: u64, taken: u64, unanswered: u32 },
    /// It is over.
    Over,
}

/// What to do for a file on its way to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UploadStep {
    /// Nothing until something is answered.
    Wait,
    /// Nothing for so many milliseconds.
    Pause(u64),
    /// Send the offer.
    Offer,
    /// Send `len` bytes from `offset` on, perhaps none.
    Chunk {
        /// The transfer.
        transfer: u64,
        /// Where they begin.
        offset: u64,
        /// How many.
        len: u64,
    },
    /// The file arrived.
    Arrived {
        /// What it is fetched by.
        file: u64,
        /// The number of its message in its room or conversation.
        number: u64,
        /// When it was told of.
        at: Time,
    },
    /// The server refused it, and why.
    Refused(No),
}

impl Upload {
    /// A file that is to be sent. What is read later has to be of the same size and digest.
    pub fn new(place: impl Into<For>, name: String, media: String, size: u64, digest: Digest) -> Self {
        let offer = Request::Attach { place: place.into(), name, media, size, digest };
        Self { offer, size, stage: Stage::Offer, offers: 0 }
    }

    /// The offer.
    pub fn offer(&self) -> &Request {
        &self.offer
    }

    /// How many bytes the server has, and how many there are.
    pub fn progress(&self) -> (u64, u64) {
        let taken = if let Stage::Sending { taken, .. } = self.stage { taken } else { 0 };
        (taken, self.size)
    }

    /// Whether a request is this file's.
    pub fn asked(&self, request: &Request) -> bool {
        match (request, self.stage) {
            (Request::Chunk { transfer, .. }, Stage::Sending { transfer: own, .. }) => *transfer == own,
            (request, Stage::Offered) => *request == self.offer,
            (_, Stage::Offer | Stage::Sending { .. } | Stage::Over) => false,
        }
    }

    /// What to do next. Ask again until it says to wait.
    pub fn step(&mut self) -> UploadStep {
        match &mut self.stage {
            Stage::Offer => {
                self.stage = Stage::Offered;
                self.offers += 1;
                UploadStep::Offer
            }
            Stage::Sending { transfer, sent, unanswered, .. }
                if *unanswered == 0 || (*unanswered < UNANSWERED_MAX && *sent < self.size) =>
            {
                let offset = *sent;
                let len = (self.size - offset).min(CHUNK_BYTES_MAX as u64);
                *sent += len;
                *unanswered += 1;
                UploadStep::Chunk { transfer: *transfer, offset, len }
            }
            Stage::Offered | Stage::Sending { .. } | Stage::Over => UploadStep::Wait,
        }
    }

    /// Takes the answer to a request of this file's. After a pause, and after a wait, ask [`Upload::step`].
    pub fn answered(&mut self, answer: &Answer) -> UploadStep {
        match (&mut self.stage, answer) {
            (Stage::Offered, Answer::Ready { transfer, from }) => {
                let from = (*from).min(self.size);
                self.stage = Stage::Sending { transfer: *transfer, sent: from, taken: from, unanswered: 0 };
                UploadStep::Wait
            }
            (Stage::Sending { sent, taken, unanswered, .. }, Answer::Taken { to }) => {
                *unanswered = unanswered.saturating_sub(1);
                *taken = (*to).min(self.size);
                if *unanswered == 0 {
                    *sent = *taken;
                }
                UploadStep::Wait
            }
            (Stage::Sending { .. }, Answer::Filed { file, number, at }) => {
                self.stage = Stage::Over;
                UploadStep::Arrived { file: *file, number: *number, at: *at }
            }
            (
                Stage::Sending { sent, taken, unanswered, .. },
                Answer::Refused { no: No::Muted | No::AsksTooFast, wait_ms },
            ) => {
                *unanswered = unanswered.saturating_sub(1);
                if *unanswered == 0 {
                    *sent = *taken;
                }
                UploadStep::Pause(wait_ms.unwrap_or(PAUSE_MS).max(1))
            }
            (Stage::Sending { .. }, Answer::Refused { no: No::TransferOver, .. }) if self.offers < OFFERS_MAX => {
                self.stage = Stage::Offer;
                UploadStep::Wait
            }
            (_, Answer::Refused { no, .. }) => {
                self.stage = Stage::Over;
                UploadStep::Refused(*no)
            }
            (Stage::Offer | Stage::Offered | Stage::Sending { .. } | Stage::Over, _) => UploadStep::Wait,
        }
    }
}

/// A file on its way from the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Download {
    file: u64,
    size: u64,
    got: u64,
    asked: bool,
    over: bool,
}

/// What to do for a file on its way from the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DownloadStep {
    /// Nothing until something is answered.
    Wait,
    /// Nothing for so many milliseconds.
    Pause(u64),
    /// Ask this.
    Ask(Request),
    /// Write these bytes behind those written before.
    Write(Bytes),
    /// All bytes are written; they are to be compared with their digest.
    Complete,
    /// The server refused, and why.
    Refused(No),
}

impl Download {
    /// A file that is to be fetched, of which some bytes are there already.
    pub fn new(file: u64, size: u64, got: u64) -> Self {
        Self { file, size, got: got.min(size), asked: false, over: false }
    }

    /// How many bytes are there, and how many there will be.
    pub fn progress(&self) -> (u64, u64) {
        (self.got, self.size)
    }

    /// Whether a request is this file's.
    pub fn asked(&self, request: &Request) -> bool {
        matches!(request, Request::Fetch { file, .. } if *file == self.file) && !self.over
    }

    /// What to do next. Ask again until it says to wait.
    pub fn step(&mut self) -> DownloadStep {
        if self.over || self.asked {
            return DownloadStep::Wait;
        }
        if self.got == self.size {
            self.over = true;
            return DownloadStep::Complete;
        }
        self.asked = true;
        DownloadStep::Ask(Request::Fetch { file: self.file, offset: self.got })
    }

    /// Takes the answer to a request of this file's.
    pub fn answered(&mut self, answer: &Answer) -> DownloadStep {
        self.asked = false;
        match answer {
            Answer::Piece { offset, bytes } if *offset == self.got => {
                let len = bytes.0.len() as u64;
                if len == 0 || len > self.size - self.got {
                    self.over = true;
                    return DownloadStep::Refused(No::NoFile);
                }
                self.got += len;
                DownloadStep::Write(bytes.clone())
            }
            Answer::Refused { no: No::AsksTooFast, wait_ms } => DownloadStep::Pause(wait_ms.unwrap_or(PAUSE_MS).max(1)),
            Answer::Refused { no, .. } => {
                self.over = true;
                DownloadStep::Refused(*no)
            }
            _ => DownloadStep::Wait,
        }
    }
}
