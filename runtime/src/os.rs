//! What one operating system has and another has not.
//!
//! Owns every line that differs between them, so that the rest builds anywhere.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::path::Path;

/// Makes a folder, and those above it, that nobody else may look into, where the system knows such a thing. One that
/// is there already stays as it is.
pub(crate) fn make_private_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Opens a file to read and write, and makes it if there is none: one that nobody else may read, where the system
/// knows such a thing.
pub(crate) fn open_private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Lets nobody else read a file, where the system knows such a thing.
pub(crate) fn make_private(file: &File) -> io::Result<()> {
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    #[cfg(not(unix))]
    let _ = file;
    Ok(())
}

/// How the terminal at standard input was set, so that it can be set so again.
#[derive(Debug)]
pub struct TerminalMode {
    #[cfg(unix)]
    was: rustix::termios::Termios,
}

impl TerminalMode {
    /// How the terminal is set; `None` where there is none, or where the system keeps no such thing.
    pub fn read() -> Option<Self> {
        #[cfg(unix)]
        return rustix::termios::tcgetattr(io::stdin()).ok().map(|was| Self { was });
        #[cfg(not(unix))]
        None
    }

    /// Sets the terminal as it was. One that is gone needs no setting.
    pub fn restore(&self) {
        #[cfg(unix)]
        let _gone = rustix::termios::tcsetattr(io::stdin(), rustix::termios::OptionalActions::Drain, &self.was);
    }
}

/// How large the terminal at standard output is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TerminalSize {
    /// How many characters a line has.
    pub columns: u16,
    /// How many lines there are.
    pub rows: u16,
    /// How many points a character is wide and high, or what is usual where the terminal does not tell.
    pub cell: (u16, u16),
}

impl Default for TerminalSize {
    fn default() -> Self {
        Self { columns: 80, rows: 24, cell: (8, 16) }
    }
}

impl TerminalSize {
    /// The size as it is; `None` where there is no terminal, or the system does not tell.
    pub fn read() -> Option<Self> {
        #[cfg(unix)]
        return rustix::termios::tcgetwinsize(io::stdout()).ok().and_then(|size| {
            let cell = |points: u16, count: u16| points.checked_div(count).filter(|points| *points > 0);
            let cell = cell(size.ws_xpixel, size.ws_col).zip(cell(size.ws_ypixel, size.ws_row));
            (size.ws_col > 0 && size.ws_row > 0).then(|| Self {
                columns: size.ws_col,
                rows: size.ws_row,
                cell: cell.unwrap_or(Self::default().cell),
            })
        });
        #[cfg(not(unix))]
        None
    }
}

/// Tells `stop` when somebody wants the program to stop (an interrupt or a request to end); at the second time the
/// program ends at once with exit code 130. Fails when the system has no such signals to give.
pub fn on_stop(stop: impl Fn() + Send + 'static) -> io::Result<()> {
    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::flag;
    let once = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        // The order matters: at the first signal the flag is not set yet.
        flag::register_conditional_shutdown(signal, 130, std::sync::Arc::clone(&once))?;
        flag::register(signal, std::sync::Arc::clone(&once))?;
    }
    watch(once, stop)
}

/// Calls `stop` on a thread of its own when a signal has come.
#[cfg(unix)]
fn watch(_: std::sync::Arc<std::sync::atomic::AtomicBool>, stop: impl Fn() + Send + 'static) -> io::Result<()> {
    use signal_hook::consts::{SIGINT, SIGTERM};
    let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM])?;
    spawn_watcher(move || signals.forever().for_each(|_| stop()))
}

/// Looks whether a signal has come: there is nothing to wait on here.
#[cfg(not(unix))]
fn watch(once: std::sync::Arc<std::sync::atomic::AtomicBool>, stop: impl Fn() + Send + 'static) -> io::Result<()> {
    const LOOKS_EVERY: std::time::Duration = std::time::Duration::from_millis(100);
    #[expect(clippy::disallowed_methods, reason = "a thread that only waits for a person")]
    spawn_watcher(move || {
        while !once.load(std::sync::atomic::Ordering::SeqCst) {
            std::thread::sleep(LOOKS_EVERY);
        }
        stop();
    })
}

#[expect(clippy::disallowed_methods, reason = "signals belong to the real world alone")]
fn spawn_watcher(watch: impl FnOnce() + Send + 'static) -> io::Result<()> {
    std::thread::Builder::new().name("signals".into()).spawn(watch).map(drop)
}
