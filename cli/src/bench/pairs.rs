//! The workload of private messages: pairs of users play ping-pong.

use super::Setting;
use super::figures::Figures;
use super::link::{Link, Pen, refused};
use super::tally::{Mark, Tally};
use crate::exit::Failure;
use hobnob_spec::messages::{Answer, Body, Entry, Message, Request};
use smol::LocalExecutor;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

/// How many pairs join at the same time.
const JOINING_MAX: usize = 16;
/// How long the last balls may take before they count as lost.
const PATIENCE: Duration = Duration::from_secs(15);

struct Stage {
    tally: RefCell<Tally>,
    last_ns: Cell<u64>,
    left: Cell<u64>,
    flying: Cell<u64>,
    stopping: Cell<bool>,
    text_bytes: usize,
}

struct Player {
    stage: Rc<Stage>,
    pen: Pen,
    other: String,
    /// The number that the other's next message has in the conversation.
    next_number: u64,
    /// Which message of the other's comes next.
    next_turn: u64,
    /// Which message of its own comes next.
    turn: u64,
}

/// Runs the workload.
pub(super) async fn run(executor: &LocalExecutor<'_>, pairs: usize, setting: &Setting) -> Result<Figures, Failure> {
    let seats = take_seats(executor, pairs, setting).await?;
    let stage = Rc::new(Stage {
        tally: RefCell::new(Tally::new()),
        last_ns: Cell::new(0),
        left: Cell::new(setting.messages_max),
        flying: Cell::new(0),
        stopping: Cell::new(false),
        text_bytes: setting.text_bytes,
    });
    let cpu = setting.process.cpu();
    let (failed, failures) = async_channel::unbounded();
    let mut tasks = Vec::new();
    for (at, (link, other)) in seats.into_iter().enumerate() {
        // The first of each pair serves, so its messages have the odd numbers.
        let serves = at % 2 == 0;
        let next_number = if serves { 2 } else { 1 };
        let player = Player { stage: stage.clone(), pen: link.pen(), other, next_number, next_turn: 0, turn: 0 };
        let failed = failed.clone();
        tasks.push(executor.spawn(async move {
            if let Err(failure) = player.play(link, serves).await {
                let _ = failed.send(failure).await;
            }
        }));
    }
    let began = stage.tally.borrow().began();
    let over = began + setting.lasts;
    let patience = over + PATIENCE;
    while !stage.stopping.get() || stage.flying.get() > 0 && std::time::Instant::now() < patience {
        smol::Timer::after(Duration::from_millis(1)).await;
        if let Ok(failure) = failures.try_recv() {
            return Err(failure);
        }
        if std::time::Instant::now() >= over || stage.left.get() == 0 {
            stage.stopping.set(true);
        }
    }
    let cpu_after = setting.process.cpu();
    drop(tasks);
    let lost = stage.flying.get();
    if lost > 0 {
        stage.tally.borrow_mut().mistake(|| format!("{lost} private messages never came"));
    }
    let tally = stage.tally.borrow();
    let what = format!("{pairs} pairs of users, each playing ping-pong with private messages");
    Ok(Figures::new("pairs", what, &tally, Duration::from_nanos(stage.last_ns.get())).with_cpu(cpu, cpu_after))
}

/// Connects everybody: each with the nick of the other one.
async fn take_seats(
    executor: &LocalExecutor<'_>,
    pairs: usize,
    setting: &Setting,
) -> Result<Vec<(Link, String)>, Failure> {
    let run = fastrand::u32(..);
    let mut seats = Vec::new();
    let all: Vec<usize> = (0..pairs * 2).collect();
    for some in all.chunks(JOINING_MAX * 2) {
        let joining = some.iter().map(|&user| {
            let (addr, over) = (setting.addr.clone(), setting.over);
            executor.spawn(async move {
                let mut link = Link::open(&addr, over).await?;
                link.settle(&format!("b{run:x}-{user}"), None).await?;
                Ok::<_, Failure>((link, format!("b{run:x}-{}", user ^ 1)))
            })
        });
        for task in joining.collect::<Vec<_>>() {
            seats.push(task.await?);
        }
    }
    Ok(seats)
}

impl Player {
    async fn play(mut self, mut link: Link, serves: bool) -> Result<(), Failure> {
        if serves {
            self.strike().await?;
        }
        loop {
            while let Some(message) = link.heard() {
                match message {
                    Message::Live { entry, .. } => {
                        if self.catches(&entry) {
                            self.strike().await?;
                        }
                    }
                    Message::Answer { answer: answer @ Answer::Refused { .. }, .. } => return Err(refused(&answer)),
                    Message::Answer { .. } | Message::Earlier { .. } | Message::Ping | Message::Goodbye { .. } => {}
                }
            }
            link.listen().await?;
        }
    }

    async fn strike(&mut self) -> Result<(), Failure> {
        let stage = &self.stage;
        if stage.stopping.get() || stage.left.get() == 0 {
            return Ok(());
        }
        stage.left.set(stage.left.get() - 1);
        stage.flying.set(stage.flying.get() + 1);
        stage.tally.borrow_mut().messages += 1;
        let mark = Mark { sender: 0, turn: self.turn, at_ns: stage.tally.borrow().now_ns() };
        self.turn += 1;
        self.pen.ask(Request::Private { to: self.other.clone(), text: mark.text(stage.text_bytes) });
        self.pen.send().await
    }

    /// Checks a private message; news of a room is none.
    fn catches(&mut self, entry: &Entry) -> bool {
        let Body::Text(text) = &entry.body else { return false };
        let Some(mark) = Mark::read(text.as_str()) else { return false };
        let mut tally = self.stage.tally.borrow_mut();
        if entry.number != self.next_number || mark.turn != self.next_turn {
            let (other, number) = (&self.other, self.next_number);
            tally.mistake(|| format!("from {other}, number {} came instead of {number}", entry.number));
        }
        self.next_number = entry.number + 2;
        self.next_turn = mark.turn + 1;
        let now_ns = tally.now_ns();
        tally.delivered(mark, now_ns);
        self.stage.last_ns.set(now_ns);
        self.stage.flying.set(self.stage.flying.get().saturating_sub(1));
        true
    }
}
