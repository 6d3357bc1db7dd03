//! The workloads in rooms: some publish, all listen, and each delivery is checked.

use super::Setting;
use super::figures::Figures;
use super::link::{Link, Pen, refused};
use super::tally::{Mark, Tally};
use crate::exit::Failure;
use async_channel::{Receiver, Sender};
use hobnob_spec::messages::{Answer, Body, Message, Place, Request};
use smol::LocalExecutor;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

/// How many users join at the same time.
const JOINING_MAX: usize = 32;
/// How many messages that are overdue are sent at once.
const BEHIND_MAX: u64 = 32;
/// How long the last deliveries may take before they count as lost.
const PATIENCE: Duration = Duration::from_secs(15);

/// What a workload does.
pub(super) struct Plan {
    pub(super) name: &'static str,
    pub(super) rooms: usize,
    pub(super) members: usize,
    pub(super) publishers: usize,
    pub(super) outstanding: usize,
    /// Messages a second by the clock; `None` sends when deliveries have arrived.
    pub(super) rate: Option<u64>,
}

/// What all tasks of a workload share. They run on one thread.
struct Stage {
    tally: RefCell<Tally>,
    last_ns: Cell<u64>,
    left: Cell<u64>,
    stopping: Cell<bool>,
    text_bytes: usize,
    ended: Sender<Result<(), Failure>>,
}

/// The messages of one publisher that not every member has.
struct Flow {
    room: String,
    sender: u16,
    members: usize,
    sent: Cell<u64>,
    /// How many members wait for each outstanding message, oldest first.
    waiting: RefCell<VecDeque<usize>>,
    wake: Sender<()>,
}

/// What one member has heard.
struct Ear {
    flows: Vec<Rc<Flow>>,
    /// The number of the room's last message.
    last: u64,
    /// Which message of each publisher comes next.
    turns: Vec<u64>,
}

/// Runs the workload.
pub(super) async fn run(executor: &LocalExecutor<'_>, plan: &Plan, setting: &Setting) -> Result<Figures, Failure> {
    let (ended, ends) = async_channel::unbounded();
    let seats = take_seats(executor, plan, setting).await?;
    let stage = Rc::new(Stage {
        tally: RefCell::new(Tally::new()),
        last_ns: Cell::new(0),
        left: Cell::new(setting.messages_max),
        stopping: Cell::new(false),
        text_bytes: setting.text_bytes,
        ended,
    });
    let cpu = setting.process.cpu();
    let mut tasks = Vec::new();
    let mut flows = Vec::new();
    let mut publishing = 0;
    for (room, seats) in seats {
        let here: Vec<_> =
            (0..plan.publishers.min(plan.members)).map(|sender| Flow::new(&room, sender, plan.members)).collect();
        let ears: Vec<Rc<Flow>> = here.iter().map(|(flow, _)| flow.clone()).collect();
        for ((flow, woken), (link, _)) in here.into_iter().zip(&seats) {
            publishing += 1;
            flows.push(flow.clone());
            tasks.push(executor.spawn(publish(stage.clone(), flow, woken, link.pen(), plan.outstanding, plan.rate)));
        }
        for (link, last) in seats {
            let mut ear = Ear { flows: ears.clone(), last, turns: vec![0; ears.len()] };
            let stage = stage.clone();
            tasks.push(executor.spawn(async move {
                let heard = link.listen_on(|message| ear.hear(&stage, message)).await;
                let _ = stage.ended.send(heard).await;
            }));
        }
    }
    wait_for_end(&stage, &flows, &ends, publishing, setting.lasts).await?;
    let cpu_after = setting.process.cpu();
    drop(tasks);
    let stage_tally = stage.tally.borrow();
    let mut figures = Figures::new(plan.name, plan.what(), &stage_tally, Duration::from_nanos(stage.last_ns.get()))
        .with_cpu(cpu, cpu_after);
    figures.load = if plan.rate.is_some() { "open" } else { "closed" };
    Ok(figures)
}

/// Waits until the publishers are through or the time is over, and then for what is outstanding.
async fn wait_for_end(
    stage: &Stage,
    flows: &[Rc<Flow>],
    ends: &Receiver<Result<(), Failure>>,
    mut publishing: usize,
    lasts: Duration,
) -> Result<(), Failure> {
    let began = stage.tally.borrow().began();
    while publishing > 0 {
        let timer = async {
            smol::Timer::at(began + lasts).await;
            None
        };
        match futures_lite::future::or(async { ends.recv().await.ok() }, timer).await {
            Some(ended) => ended.map(|()| publishing -= 1)?,
            None => break,
        }
    }
    stage.stopping.set(true);
    for flow in flows {
        // A full channel has a wake waiting in it already.
        let _ = flow.wake.try_send(());
    }
    let patience = stage.tally.borrow().began() + lasts + PATIENCE;
    while flows.iter().any(|flow| !flow.waiting.borrow().is_empty()) && std::time::Instant::now() < patience {
        while let Ok(ended) = ends.try_recv() {
            ended?;
        }
        smol::Timer::after(Duration::from_millis(1)).await;
    }
    for flow in flows {
        let lost: usize = flow.waiting.borrow().iter().sum();
        if lost > 0 {
            stage.tally.borrow_mut().mistake(|| format!("{lost} deliveries in {} never came", flow.room));
        }
    }
    Ok(())
}

/// Connects everybody and puts them into their rooms.
async fn take_seats(
    executor: &LocalExecutor<'_>,
    plan: &Plan,
    setting: &Setting,
) -> Result<Vec<(String, Vec<(Link, u64)>)>, Failure> {
    let run = fastrand::u32(..);
    let mut rooms: Vec<(String, Vec<(Link, u64)>)> =
        (0..plan.rooms).map(|room| (format!("bench-{run:x}-{room}"), Vec::new())).collect();
    let all: Vec<usize> = (0..plan.rooms * plan.members).collect();
    for some in all.chunks(JOINING_MAX) {
        let joining = some.iter().map(|&user| {
            let (addr, over) = (setting.addr.clone(), setting.over);
            let room = rooms[user / plan.members].0.clone();
            executor.spawn(async move {
                let mut link = Link::open(&addr, over).await?;
                let last = link.settle(&format!("b{run:x}-{user}"), Some(&room)).await?;
                Ok::<_, Failure>((link, last))
            })
        });
        for (user, task) in some.iter().zip(joining.collect::<Vec<_>>()) {
            rooms[user / plan.members].1.push(task.await?);
        }
    }
    for (link, last) in rooms.iter_mut().flat_map(|(_, seats)| seats) {
        *last = link.catch_up(*last).await?;
    }
    Ok(rooms)
}

/// Sends until the time or the messages are over.
async fn publish(
    stage: Rc<Stage>,
    flow: Rc<Flow>,
    woken: Receiver<()>,
    mut pen: Pen,
    outstanding: usize,
    rate: Option<u64>,
) {
    let sent = match rate {
        Some(rate) => publish_by_clock(&stage, &flow, &mut pen, rate).await,
        None => publish_by_window(&stage, &flow, &woken, &mut pen, outstanding).await,
    };
    let _ = stage.ended.send(sent).await;
}

async fn publish_by_window(
    stage: &Stage,
    flow: &Flow,
    woken: &Receiver<()>,
    pen: &mut Pen,
    outstanding: usize,
) -> Result<(), Failure> {
    loop {
        let now_ns = stage.tally.borrow().now_ns();
        let mut asked = false;
        while flow.waiting.borrow().len() < outstanding && stage.takes_one() {
            flow.ask(stage, pen, now_ns);
            asked = true;
        }
        if asked {
            pen.send().await?;
        }
        if stage.stopping.get() || stage.left.get() == 0 || woken.recv().await.is_err() {
            return Ok(());
        }
    }
}

/// Sends each message when it is due, or as soon after as can be; its latency counts from when it was due.
async fn publish_by_clock(stage: &Stage, flow: &Flow, pen: &mut Pen, rate: u64) -> Result<(), Failure> {
    let began = stage.tally.borrow().began();
    let due_ns = |turn: u64| turn * 1_000_000_000 / rate;
    let mut turn = 0;
    loop {
        let now_ns = stage.tally.borrow().now_ns();
        let end = turn + BEHIND_MAX;
        while turn < end && due_ns(turn) <= now_ns {
            if !stage.takes_one() {
                return pen.send().await;
            }
            flow.ask(stage, pen, due_ns(turn));
            turn += 1;
        }
        pen.send().await?;
        // Who is behind lets the others listen before it goes on.
        futures_lite::future::yield_now().await;
        smol::Timer::at(began + Duration::from_nanos(due_ns(turn))).await;
    }
}

impl Stage {
    /// Takes one of the messages that may still be sent.
    fn takes_one(&self) -> bool {
        let left = self.left.get();
        if self.stopping.get() || left == 0 {
            return false;
        }
        self.left.set(left - 1);
        true
    }
}

impl Flow {
    fn new(room: &str, sender: usize, members: usize) -> (Rc<Self>, Receiver<()>) {
        let (wake, woken) = async_channel::bounded(1);
        let sender = u16::try_from(sender).expect("a room has few publishers");
        let (sent, waiting) = (Cell::new(0), RefCell::default());
        (Rc::new(Self { room: room.into(), sender, members, sent, waiting, wake }), woken)
    }

    fn ask(&self, stage: &Stage, pen: &mut Pen, at_ns: u64) {
        let mark = Mark { sender: self.sender, turn: self.sent.get(), at_ns };
        self.sent.set(mark.turn + 1);
        self.waiting.borrow_mut().push_back(self.members);
        stage.tally.borrow_mut().messages += 1;
        pen.ask(Request::Say { room: self.room.clone(), text: mark.text(stage.text_bytes) });
    }

    /// One more member has the message of that turn.
    fn arrived(&self, turn: u64) {
        let mut waiting = self.waiting.borrow_mut();
        let first = self.sent.get() - waiting.len() as u64;
        let place = turn.checked_sub(first).and_then(|place| usize::try_from(place).ok());
        if let Some(count) = place.and_then(|place| waiting.get_mut(place)) {
            *count = count.saturating_sub(1);
        }
        if waiting.front() == Some(&0) {
            waiting.pop_front();
            // A full channel has a wake waiting in it already.
            let _ = self.wake.try_send(());
        }
    }
}

impl Ear {
    fn hear(&mut self, stage: &Stage, message: Message) -> Result<(), Failure> {
        let (place, entry) = match message {
            Message::Live { place, entry } => (place, entry),
            Message::Answer { answer: answer @ Answer::Refused { .. }, .. } => return Err(refused(&answer)),
            Message::Answer { .. } | Message::Earlier { .. } | Message::Ping | Message::Goodbye { .. } => return Ok(()),
        };
        let Some(flow) = self.flows.first() else { return Ok(()) };
        if !matches!(&place, Place::Room(room) if room.as_str() == flow.room) {
            return Ok(());
        }
        let mut tally = stage.tally.borrow_mut();
        if entry.number != self.last + 1 {
            let (room, last) = (&flow.room, self.last);
            tally.mistake(|| format!("in {room}, number {} came after number {last}", entry.number));
        }
        self.last = entry.number;
        let Body::Text(text) = &entry.body else { return Ok(()) };
        let Some(mark) = Mark::read(text.as_str()) else { return Ok(()) };
        let sender = usize::from(mark.sender);
        let (Some(flow), Some(turn)) = (self.flows.get(sender), self.turns.get_mut(sender)) else { return Ok(()) };
        if mark.turn != *turn {
            let (room, next) = (&flow.room, *turn);
            tally.mistake(|| format!("in {room}, message {} of publisher {sender} came instead of {next}", mark.turn));
        }
        *turn = mark.turn + 1;
        let now_ns = tally.now_ns();
        tally.delivered(mark, now_ns);
        stage.last_ns.set(now_ns);
        flow.arrived(mark.turn);
        Ok(())
    }
}

impl Plan {
    /// The workload in a few words.
    fn what(&self) -> String {
        let some = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
        let rooms = format!("{} of {}", some(self.rooms, "room"), some(self.members, "member"));
        let each = if self.rooms * self.publishers == 1 { "" } else { " each" };
        match self.rate {
            Some(rate) => format!("{rooms}, {rate} messages a second by the clock"),
            None => {
                let publishers = some(self.publishers, "publisher");
                format!("{rooms}, {publishers} in a room, {} outstanding{each}", some(self.outstanding, "message"))
            }
        }
    }
}
