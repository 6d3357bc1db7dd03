//! Exhaustive search of small worlds: every order of what a few users do and of what the network does to it, no state
//! visited twice, every promise a property of each state.
//!
//! Owns the search. To the end it goes depth first, which keeps little in memory; where a promise is broken, or only
//! so deep, it goes level by level, so that the way that is told is a shortest one. The number of states is the same
//! whatever the threads do.

mod eyes;
mod scope;
mod state;

pub use scope::{Act, Scope};
pub use state::Next;

use crate::promise::Promise;
use state::State;
#[expect(clippy::disallowed_types, reason = "it is only asked whether it holds a hash, and never gone through")]
use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Into how many parts the hashes of visited states are divided, so that threads seldom wait for each other.
const SHARDS: usize = 256;

/// How far to search.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// How many steps deep at most.
    pub depth: usize,
    /// How many states at most.
    pub states: u64,
    /// On how many threads.
    pub threads: usize,
}

/// What a search found.
#[derive(Debug, Clone)]
pub struct Explored {
    /// How many distinct states there are, as far as was searched.
    pub states: u64,
    /// How many steps led to them.
    pub steps: u64,
    /// How many states are an end: nothing can happen any more.
    pub ends: u64,
    /// How many levels there are, where the search went level by level.
    pub depth: Option<usize>,
    /// Whether everything was searched that there is.
    pub complete: bool,
    /// A shortest way to a broken promise.
    pub broken: Option<Way>,
}

/// A way to a broken promise.
#[derive(Debug, Clone)]
pub struct Way {
    /// Which promise.
    pub promise: Promise,
    /// What was wrong.
    pub sentence: String,
    /// Each step, in words.
    pub steps: Vec<String>,
}

/// The way to a state, shared with those to its neighbours.
#[derive(Debug)]
struct Trail {
    before: Option<Arc<Trail>>,
    next: Next,
}

type Reached = (State, Option<Arc<Trail>>);

/// What one thread found on one level.
#[derive(Default)]
struct Found {
    reached: Vec<Reached>,
    steps: u64,
    ends: u64,
    broken: Vec<(Vec<Next>, Promise, String)>,
}

#[expect(clippy::disallowed_types, reason = "it is only asked whether it holds a hash, and never gone through")]
type Shard = HashSet<u64, BuildHasherDefault<Hashed>>;

/// Which states were visited, by their hashes.
struct Visited(Vec<Mutex<Shard>>);

impl Visited {
    fn new() -> Self {
        Self((0..SHARDS).map(|_| Mutex::default()).collect())
    }

    /// Whether the state is visited for the first time.
    fn is_new(&self, hash: u64) -> bool {
        let shard = usize::try_from(hash % SHARDS as u64).expect("a remainder is small");
        locked(&self.0[shard]).insert(hash)
    }
}

/// Takes a hash for what it is.
#[derive(Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0.rotate_left(32)
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("only hashes are kept");
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Searches a small world. `progress` hears now and then how many states there are, and may end the search by answering
/// `false`.
pub fn explore(scope: &Scope, bounds: Bounds, progress: &(dyn Fn(u64) -> bool + Sync)) -> Explored {
    if bounds.depth == usize::MAX {
        let explored = to_the_end(scope, bounds, progress);
        if explored.broken.is_none() {
            return explored;
        }
    }
    by_levels(scope, bounds, progress)
}

/// What the threads of a search to the end share.
struct Pool {
    /// States that any thread may go on from.
    spare: Mutex<Vec<Reached>>,
    /// How many threads have nothing to do.
    idle: AtomicUsize,
    states: AtomicU64,
    stop: AtomicBool,
}

fn to_the_end(scope: &Scope, bounds: Bounds, progress: &(dyn Fn(u64) -> bool + Sync)) -> Explored {
    let (visited, first) = (Visited::new(), State::first(scope));
    visited.is_new(first.hash());
    let threads = bounds.threads.max(1);
    let pool = Pool {
        spare: Mutex::new(vec![(first, None)]),
        idle: AtomicUsize::new(0),
        states: AtomicU64::new(1),
        stop: AtomicBool::new(false),
    };
    let parts = Mutex::new(Vec::new());
    std::thread::scope(|scope_of_threads| {
        for _ in 0..threads {
            scope_of_threads.spawn(|| {
                let part = dive(scope, bounds, threads, &pool, &visited, progress);
                locked(&parts).push(part);
            });
        }
    });
    let mut explored = Explored { states: 0, steps: 0, ends: 0, depth: None, complete: true, broken: None };
    for part in parts.into_inner().unwrap_or_else(PoisonError::into_inner) {
        explored.steps += part.steps;
        explored.ends += part.ends;
        for (way, promise, sentence) in part.broken {
            explored.broken = Some(Way { promise, sentence, steps: in_words(scope, &way) });
        }
    }
    explored.states = pool.states.into_inner();
    explored.complete = !pool.stop.into_inner();
    explored
}

/// One thread's part of a search to the end.
fn dive(
    scope: &Scope,
    bounds: Bounds,
    threads: usize,
    pool: &Pool,
    visited: &Visited,
    progress: &(dyn Fn(u64) -> bool + Sync),
) -> Found {
    let mut found = Found::default();
    let mut stack: Vec<Reached> = Vec::new();
    let mut counted = 0;
    while !pool.stop.load(Ordering::Relaxed) {
        let Some(reached) = stack.pop().or_else(|| wait_for_spare(pool, threads)) else { break };
        expand(scope, std::slice::from_ref(&reached), &|hash| visited.is_new(hash), &mut found);
        counted += found.reached.len() as u64;
        stack.append(&mut found.reached);
        if !found.broken.is_empty() {
            pool.stop.store(true, Ordering::Relaxed);
        }
        if counted >= 4_096 {
            let states = pool.states.fetch_add(std::mem::take(&mut counted), Ordering::Relaxed);
            if states >= bounds.states || !progress(states) {
                pool.stop.store(true, Ordering::Relaxed);
            }
        }
        // The oldest of what waits leads to most.
        if pool.idle.load(Ordering::Relaxed) > 0 && stack.len() > 1 {
            locked(&pool.spare).extend(stack.drain(..stack.len() / 2));
        }
    }
    pool.states.fetch_add(counted, Ordering::Relaxed);
    found
}

/// A state that another thread can spare; `None` when nobody has any left.
fn wait_for_spare(pool: &Pool, threads: usize) -> Option<Reached> {
    if let Some(spare) = locked(&pool.spare).pop() {
        return Some(spare);
    }
    pool.idle.fetch_add(1, Ordering::SeqCst);
    loop {
        if let Some(spare) = locked(&pool.spare).pop() {
            pool.idle.fetch_sub(1, Ordering::SeqCst);
            return Some(spare);
        }
        if pool.idle.load(Ordering::SeqCst) == threads || pool.stop.load(Ordering::Relaxed) {
            return None;
        }
        std::thread::yield_now();
    }
}

fn by_levels(scope: &Scope, bounds: Bounds, progress: &(dyn Fn(u64) -> bool + Sync)) -> Explored {
    let (visited, first) = (Visited::new(), State::first(scope));
    visited.is_new(first.hash());
    let mut level = vec![(first, None)];
    let mut explored = Explored { states: 1, steps: 0, ends: 0, depth: None, complete: true, broken: None };
    let mut depth = 0;
    while !level.is_empty() {
        if depth >= bounds.depth || explored.states >= bounds.states || !progress(explored.states) {
            explored.complete = false;
            break;
        }
        let chunk = level.len().div_ceil(bounds.threads.max(1) * 4).max(64);
        let found = on_threads(bounds.threads, level.chunks(chunk), |states| {
            let mut found = Found::default();
            expand(scope, states, &|hash| visited.is_new(hash), &mut found);
            found
        });
        let mut next = Vec::new();
        let mut broken = Vec::new();
        for mut part in found {
            explored.steps += part.steps;
            explored.ends += part.ends;
            explored.states += part.reached.len() as u64;
            next.append(&mut part.reached);
            broken.append(&mut part.broken);
        }
        if let Some((way, promise, sentence)) = broken.into_iter().min_by(|one, other| one.0.cmp(&other.0)) {
            explored.broken = Some(Way { promise, sentence, steps: in_words(scope, &way) });
            explored.complete = false;
            break;
        }
        depth += usize::from(!next.is_empty());
        level = next;
    }
    explored.depth = Some(depth);
    explored
}

/// Does the same to each part, on several threads; the results come in the order of the parts.
fn on_threads<'a, T: Sync + 'a, R: Send>(
    threads: usize,
    parts: impl Iterator<Item = &'a [T]>,
    work: impl Fn(&'a [T]) -> R + Sync,
) -> Vec<R> {
    let parts: Vec<_> = parts.collect();
    let todo = Mutex::new((0..parts.len()).zip(&parts).rev().collect::<Vec<_>>());
    let done = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| {
                loop {
                    let part = locked(&todo).pop();
                    let Some((at, part)) = part else { return };
                    let result = work(part);
                    locked(&done).push((at, result));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

fn expand(scope: &Scope, states: &[Reached], is_new: &dyn Fn(u64) -> bool, found: &mut Found) {
    let mut nexts = Vec::new();
    for (state, trail) in states {
        state.nexts(scope, &mut nexts);
        if nexts.is_empty() {
            found.ends += 1;
            if let Err((promise, sentence)) = state.check_end() {
                found.broken.push((way(trail.as_ref(), None), promise, sentence));
            }
        }
        for next in &nexts {
            found.steps += 1;
            let after = catch_unwind(AssertUnwindSafe(|| state.after(scope, *next)));
            let after = after.unwrap_or_else(|panic| Err((Promise::Sound, said(panic.as_ref()))));
            match after {
                Ok(after) if is_new(after.hash()) => {
                    let trail = Trail { before: trail.clone(), next: *next };
                    found.reached.push((after, Some(Arc::new(trail))));
                }
                Ok(_) => {}
                Err((promise, sentence)) => {
                    found.broken.push((way(trail.as_ref(), Some(*next)), promise, sentence));
                }
            }
        }
    }
}

/// What a panic said.
fn said(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without words").to_owned()
}

fn way(trail: Option<&Arc<Trail>>, last: Option<Next>) -> Vec<Next> {
    let mut way: Vec<Next> = last.into_iter().collect();
    let mut trail = trail;
    while let Some(here) = trail {
        way.push(here.next);
        trail = here.before.as_ref();
    }
    way.reverse();
    way
}

fn in_words(scope: &Scope, way: &[Next]) -> Vec<String> {
    let mut acted = vec![0; scope.scripts.len()];
    let words = way.iter().map(|next| match next {
        Next::Act(who) => {
            let at = usize::from(*who);
            acted[at] += 1;
            format!("{} {}", char::from(b'A' + who), state::words(&scope.scripts[at][acted[at] - 1]))
        }
        Next::Connect(_) | Next::Up(_) | Next::GhostUp(_) | Next::Down(_) | Next::Cut(_) | Next::Crash | Next::Pass => {
            next.to_string()
        }
    });
    words.collect()
}
