//! Exhaustive search of small worlds: every order of what a few users do and of what the network does to it, no state
//! visited twice, every promise a property of each state.
//!
//! Owns the search: breadth first, so that a broken promise is met on a shortest way, level by level on all threads.
//! The number of states is the same whatever the threads do.

mod eyes;
mod scope;
mod state;

pub use scope::{Act, Scope};
pub use state::Next;

use crate::promise::Promise;
use state::State;
#[expect(clippy::disallowed_types, reason = "it is only asked whether it holds a hash, and never gone through")]
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

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
    /// The longest way.
    pub depth: usize,
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

/// Searches a small world. `progress` hears after each level how many states there are, and may end the search by
/// answering `false`.
pub fn explore(scope: &Scope, bounds: Bounds, progress: &mut dyn FnMut(u64) -> bool) -> Explored {
    #[expect(clippy::disallowed_types, reason = "it is only asked whether it holds a hash, and never gone through")]
    let visited: Vec<Mutex<HashSet<u64>>> = (0..SHARDS).map(|_| Mutex::default()).collect();
    let first = State::first(scope);
    visited[shard(first.hash())].lock().unwrap_or_else(PoisonError::into_inner).insert(first.hash());
    let mut level = vec![(first, None)];
    let mut explored = Explored { states: 1, steps: 0, ends: 0, depth: 0, complete: true, broken: None };
    while !level.is_empty() {
        if explored.depth >= bounds.depth || explored.states >= bounds.states || !progress(explored.states) {
            explored.complete = false;
            break;
        }
        let is_new = |hash: u64| visited[shard(hash)].lock().unwrap_or_else(PoisonError::into_inner).insert(hash);
        let chunk = level.len().div_ceil(bounds.threads.max(1) * 4).max(64);
        let found = on_threads(bounds.threads, level.chunks(chunk), |states| expand(scope, states, &is_new));
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
        explored.depth += usize::from(!next.is_empty());
        level = next;
    }
    explored
}

fn shard(hash: u64) -> usize {
    usize::try_from(hash % SHARDS as u64).expect("a remainder is small")
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
                    let part = todo.lock().unwrap_or_else(PoisonError::into_inner).pop();
                    let Some((at, part)) = part else { return };
                    let result = work(part);
                    done.lock().unwrap_or_else(PoisonError::into_inner).push((at, result));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

fn expand(scope: &Scope, states: &[Reached], is_new: &(dyn Fn(u64) -> bool + Sync)) -> Found {
    let mut found = Found::default();
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
    found
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
