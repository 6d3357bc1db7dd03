//! A file between a client and its server: what is asked next, and what each answer means.

use hobnob_machine::{Download, DownloadStep, Upload, UploadStep};
use hobnob_spec::files::{Bytes, Digest};
use hobnob_spec::limits::CHUNK_BYTES_MAX;
use hobnob_spec::messages::{Answer, Request, Time, Where};
use hobnob_spec::session::No;

const CHUNK: u64 = CHUNK_BYTES_MAX as u64;
/// The server's number for the transfer.
const TRANSFER: u64 = 7;
const PAUSE: Answer = refused(No::AsksTooFast, None);

const fn refused(no: No, wait_ms: Option<u64>) -> Answer {
    Answer::Refused { no, wait_ms }
}

fn upload(size: u64) -> Upload {
    let place = Where::Room("lobby".into());
    Upload::new(place, "a.txt".into(), "text/plain".into(), size, Digest([3; 32]))
}

/// An upload whose offer was taken, and that goes on at `from`.
fn ready(size: u64, from: u64) -> Upload {
    let mut upload = upload(size);
    assert_eq!(upload.step(), UploadStep::Offer);
    assert_eq!(upload.answered(&Answer::Ready { transfer: TRANSFER, from }), UploadStep::Wait);
    upload
}

/// All chunks that may be sent now, as where they begin and how long they are.
fn chunks(upload: &mut Upload) -> Vec<(u64, u64)> {
    let mut chunks = Vec::new();
    loop {
        match upload.step() {
            UploadStep::Chunk { transfer: TRANSFER, offset, len } => chunks.push((offset, len)),
            UploadStep::Wait => return chunks,
            other => panic!("{other:?} in the middle of a transfer"),
        }
        assert!(chunks.len() < 100, "chunks without end: {chunks:?}");
    }
}

fn piece(offset: u64, len: usize) -> Answer {
    Answer::Piece { offset, bytes: Bytes(vec![1; len]) }
}

fn fetch(offset: u64) -> DownloadStep {
    DownloadStep::Ask(Request::Fetch { file: 9, offset })
}

#[test]
fn an_offer_is_sent_once_and_nothing_before_it_is_answered() {
    let mut upload = upload(10);
    let Request::Attach { name, size: 10, .. } = upload.offer().clone() else { panic!("{:?}", upload.offer()) };
    assert_eq!(name, "a.txt");
    assert_eq!(upload.step(), UploadStep::Offer);
    assert_eq!(upload.step(), UploadStep::Wait);
    assert_eq!(upload.answered(&Answer::Pong), UploadStep::Wait);
    assert_eq!(upload.step(), UploadStep::Wait);
}

#[test]
fn four_chunks_are_under_way_at_most_and_each_that_is_taken_makes_place() {
    let mut upload = ready(6 * CHUNK + 5, 0);
    assert_eq!(chunks(&mut upload), [(0, CHUNK), (CHUNK, CHUNK), (2 * CHUNK, CHUNK), (3 * CHUNK, CHUNK)]);
    upload.answered(&Answer::Taken { to: CHUNK });
    assert_eq!(chunks(&mut upload), [(4 * CHUNK, CHUNK)]);
    assert_eq!(upload.progress(), (CHUNK, 6 * CHUNK + 5));
    for taken in 2..=3 {
        upload.answered(&Answer::Taken { to: taken * CHUNK });
    }
    assert_eq!(chunks(&mut upload), [(5 * CHUNK, CHUNK), (6 * CHUNK, 5)], "the last one is what is left");
    for taken in 4..=6 {
        upload.answered(&Answer::Taken { to: taken * CHUNK });
        assert_eq!(chunks(&mut upload), [], "all bytes are sent, and not all are taken");
    }
    upload.answered(&Answer::Taken { to: 6 * CHUNK + 5 });
    assert_eq!(upload.progress(), (6 * CHUNK + 5, 6 * CHUNK + 5));
    assert_eq!(chunks(&mut upload), [(6 * CHUNK + 5, 0)], "when all was taken it asks whether the file arrived");
}

#[test]
fn a_file_that_the_server_has_in_part_goes_on_there() {
    let mut upload = ready(100, 60);
    assert_eq!(upload.progress(), (60, 100));
    assert_eq!(chunks(&mut upload), [(60, 40)]);
    assert_eq!(ready(100, 1_000).progress(), (100, 100), "no server has more than there is");
}

#[test]
fn an_empty_file_is_asked_after_without_bytes() {
    assert_eq!(chunks(&mut ready(0, 0)), [(0, 0)]);
}

#[test]
fn what_the_server_lost_of_a_file_is_sent_again_when_nothing_is_under_way() {
    let mut upload = ready(2 * CHUNK, 0);
    assert_eq!(chunks(&mut upload).len(), 2);
    upload.answered(&Answer::Taken { to: 10 });
    assert_eq!(chunks(&mut upload), [], "the other chunk is under way");
    upload.answered(&Answer::Taken { to: 10 });
    assert_eq!(chunks(&mut upload), [(10, CHUNK), (10 + CHUNK, CHUNK - 10)]);
}

#[test]
fn who_is_muted_or_asks_too_fast_pauses_and_sends_again_what_was_refused() {
    for (no, wait_ms, pause) in [(No::Muted, Some(30), 30), (No::AsksTooFast, Some(0), 1), (No::AsksTooFast, None, 500)]
    {
        let mut upload = ready(2 * CHUNK, 0);
        assert_eq!(chunks(&mut upload).len(), 2);
        assert_eq!(upload.answered(&refused(no, wait_ms)), UploadStep::Pause(pause));
        assert_eq!(chunks(&mut upload), [], "the other chunk is under way");
        assert_eq!(upload.answered(&refused(no, wait_ms)), UploadStep::Pause(pause));
        assert_eq!(chunks(&mut upload), [(0, CHUNK), (CHUNK, CHUNK)]);
    }
}

#[test]
fn a_file_that_arrived_or_was_refused_is_over() {
    let mut arrived = ready(5, 0);
    let filed = Answer::Filed { file: 9, number: 3, at: Time(4) };
    assert_eq!(arrived.answered(&filed), UploadStep::Arrived { file: 9, number: 3, at: Time(4) });
    let mut full = upload(5);
    full.step();
    assert_eq!(full.answered(&refused(No::FilesFull, None)), UploadStep::Refused(No::FilesFull));
    let mut late = ready(5, 0);
    assert_eq!(late.answered(&refused(No::FileDamaged, None)), UploadStep::Refused(No::FileDamaged));
    for mut over in [arrived, full, late] {
        assert_eq!(over.step(), UploadStep::Wait);
        assert_eq!(over.answered(&Answer::Taken { to: 5 }), UploadStep::Wait);
        assert!(!over.asked(&over.offer().clone()), "nothing is asked of what is over");
    }
}

#[test]
fn a_transfer_that_the_server_forgot_is_offered_again_but_not_for_ever() {
    let mut upload = ready(5, 0);
    for _ in 1..4 {
        assert_eq!(upload.answered(&refused(No::TransferOver, None)), UploadStep::Wait);
        assert_eq!(upload.step(), UploadStep::Offer);
        upload.answered(&Answer::Ready { transfer: TRANSFER, from: 0 });
    }
    assert_eq!(upload.answered(&refused(No::TransferOver, None)), UploadStep::Refused(No::TransferOver));
}

#[test]
fn an_upload_knows_its_own_requests() {
    let chunk = |transfer| Request::Chunk { transfer, offset: 0, bytes: Bytes(vec![1]) };
    let mut mine = upload(5);
    let offer = mine.offer().clone();
    assert!(!mine.asked(&offer), "it was not sent yet");
    mine.step();
    assert!(mine.asked(&offer) && !mine.asked(upload(6).offer()) && !mine.asked(&chunk(TRANSFER)));
    mine.answered(&Answer::Ready { transfer: TRANSFER, from: 0 });
    assert!(mine.asked(&chunk(TRANSFER)) && !mine.asked(&chunk(8)) && !mine.asked(&offer));
}

#[test]
fn a_file_is_fetched_piece_by_piece_until_all_of_it_is_there() {
    let mut download = Download::new(9, 10, 0);
    for (offset, len) in [(0, 4), (4, 6)] {
        assert_eq!(download.step(), fetch(offset));
        assert_eq!(download.step(), DownloadStep::Wait, "one piece is asked at a time");
        assert_eq!(download.answered(&piece(offset, len)), DownloadStep::Write(Bytes(vec![1; len])));
        assert_eq!(download.progress(), (offset + len as u64, 10));
    }
    assert_eq!(download.step(), DownloadStep::Complete);
    assert_eq!(download.step(), DownloadStep::Wait);
}

#[test]
fn a_file_that_is_there_in_part_is_fetched_from_there() {
    assert_eq!(Download::new(9, 10, 6).step(), fetch(6));
    assert_eq!(Download::new(9, 10, 10).step(), DownloadStep::Complete);
    assert_eq!(Download::new(9, 10, 70).progress(), (10, 10), "what is there too many is not of this file");
}

#[test]
fn a_piece_from_elsewhere_is_passed_over_and_asked_for_again() {
    let mut download = Download::new(9, 10, 4);
    assert_eq!(download.step(), fetch(4));
    assert_eq!(download.answered(&piece(0, 4)), DownloadStep::Wait);
    assert_eq!(download.progress(), (4, 10));
    assert_eq!(download.step(), fetch(4));
}

#[test]
fn a_server_that_sends_nothing_or_too_much_is_not_believed() {
    for len in [0, 7] {
        let mut download = Download::new(9, 10, 4);
        download.step();
        assert_eq!(download.answered(&piece(4, len)), DownloadStep::Refused(No::NoFile));
        assert_eq!(download.step(), DownloadStep::Wait);
    }
}

#[test]
fn who_fetches_too_fast_pauses_and_who_is_refused_stops() {
    let mut download = Download::new(9, 10, 0);
    download.step();
    assert_eq!(download.answered(&refused(No::AsksTooFast, Some(30))), DownloadStep::Pause(30));
    assert_eq!(download.step(), fetch(0));
    assert_eq!(download.answered(&PAUSE), DownloadStep::Pause(500));
    assert_eq!(download.step(), fetch(0));
    assert_eq!(download.answered(&refused(No::NoFile, None)), DownloadStep::Refused(No::NoFile));
    assert_eq!(download.step(), DownloadStep::Wait);
}

#[test]
fn a_download_knows_its_own_requests() {
    let ask = |file| Request::Fetch { file, offset: 0 };
    let mut download = Download::new(9, 1, 0);
    assert!(download.asked(&ask(9)) && !download.asked(&ask(8)) && !download.asked(&Request::Ping));
    download.step();
    download.answered(&piece(0, 1));
    assert!(download.asked(&ask(9)));
    download.step();
    assert!(!download.asked(&ask(9)), "it is complete");
}
