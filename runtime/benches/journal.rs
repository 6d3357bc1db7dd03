//! What appending to the journal costs: a message of 100 bytes a record, so many records a commit.
//!
//! `cargo bench -p hobnob-runtime --bench journal`. The figures are per commit; divan prints the records a second.

use divan::Bencher;
use divan::counter::ItemsCount;
use hobnob_machine::{Config, Conn, Input, Out, Server};
use hobnob_runtime::journal::{
    Batch, DataFolder, Durability, Genesis, Journal, Keeping, OutputDigest, Retention, Sqlite, recover,
};
use hobnob_runtime::message_log::Layout;
use hobnob_spec::messages::{Asked, Request, Time};

fn main() {
    divan::main();
}

/// How many records one commit holds.
const RECORDS: [u64; 3] = [1, 10, 100];

#[divan::bench(args = RECORDS, sample_size = 1, sample_count = 2000, max_time = 3)]
fn always(bencher: Bencher<'_, '_>, records: u64) {
    append(bencher, records, Durability::Always, Layout::Text);
}

#[divan::bench(args = RECORDS, sample_size = 1, sample_count = 2000, max_time = 3)]
fn never(bencher: Bencher<'_, '_>, records: u64) {
    append(bencher, records, Durability::Never, Layout::Text);
}

#[divan::bench(args = RECORDS, sample_size = 1, sample_count = 2000, max_time = 3)]
fn never_without_message_log(bencher: Bencher<'_, '_>, records: u64) {
    append(bencher, records, Durability::Never, Layout::Off);
}

/// What the hub's thread does for a record: the encoding of the input and the digest of the outputs, no disk.
#[divan::bench(sample_size = 1000)]
fn gather(bencher: Bencher<'_, '_>) {
    let mut talk = Talk::new(config(), 1, 7);
    let (at, input) = talk.next_input();
    talk.server.step(at, input.clone(), &mut talk.out);
    bencher.counter(ItemsCount::new(1u64)).bench_local(|| {
        talk.batch.begin(at, &input);
        talk.batch.end(&mut talk.digest, &talk.out, &talk.server);
        if talk.batch.count() == 1000 {
            let next = talk.batch.next();
            talk.batch.restart(next);
        }
    });
}

fn config() -> Config {
    let mut config = Config { store: true, ..Config::default() };
    config.limits.say_per_second = 0;
    config
}

/// A machine with one talker, and the batch it fills.
struct Talk {
    server: Server,
    batch: Batch,
    digest: OutputDigest,
    out: Out,
    at: Time,
    number: u64,
}

impl Talk {
    fn new(config: Config, first: u64, seed: u64) -> Self {
        let mut talk = Self {
            server: Server::new(config, seed),
            batch: Batch::new(first),
            digest: OutputDigest::default(),
            out: Out::default(),
            at: Time(1_795_219_200_000),
            number: 1,
        };
        talk.take(Input::Opened { conn: Conn(1), addr: ([127, 0, 0, 1], 4000).into(), listener: 0 });
        talk.ask(Request::Join { nick: "ann".into(), token: None, avatar: None });
        talk
    }

    fn take(&mut self, input: Input) {
        self.out.clear();
        self.batch.begin(self.at, &input);
        self.server.step(self.at, input, &mut self.out);
        self.batch.end(&mut self.digest, &self.out, &self.server);
    }

    fn ask(&mut self, request: Request) {
        self.number += 1;
        self.at = self.at.plus(1);
        self.take(Input::Asked { conn: Conn(1), asked: Asked { number: self.number, request } });
    }

    fn next_input(&mut self) -> (Time, Input) {
        let request = Request::Say { room: "lobby".into(), text: "x".repeat(100) };
        self.number += 1;
        (self.at, Input::Asked { conn: Conn(1), asked: Asked { number: self.number, request } })
    }
}

fn append(bencher: Bencher<'_, '_>, records: u64, durability: Durability, layout: Layout) {
    let folder = tempfile::tempdir_in(".").expect("a folder on the disk that is measured");
    let data = DataFolder::open(folder.path()).expect("the folder is free");
    let keeping = Keeping { durability, retention: Retention::Forever, layout };
    let mut journal = Sqlite::open(data, keeping).expect("the journal opens");
    let recovered = recover(&mut journal, Genesis { seed: 7, config: config() }).expect("it is new");
    let mut talk = Talk::new(config(), recovered.next, 7);
    let mut commit = |talk: &mut Talk| {
        let through = journal.append(&mut talk.batch).expect("the batch is appended");
        talk.batch.restart(through + 1);
    };
    commit(&mut talk);
    let talk = std::cell::RefCell::new(talk);
    let fill = || {
        let mut talk = talk.borrow_mut();
        (0..records).for_each(|_| talk.ask(Request::Say { room: "lobby".into(), text: "x".repeat(100) }));
    };
    bencher.counter(ItemsCount::new(records)).with_inputs(fill).bench_local_values(|()| commit(&mut talk.borrow_mut()));
}
