//! Hobnob as its users meet it. The tests stand in `tests/`; this library has what several of them share.

#[cfg(unix)]
pub mod browser;
pub mod course;
pub mod native;
pub mod process;
pub mod story;
#[cfg(unix)]
pub mod terminal;
