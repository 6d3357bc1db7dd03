//! Keyboard and screen: a line editor on a terminal, plain streams elsewhere.
//!
//! Owns the threads that block on a person. Knows nothing of the chat.

use super::dialogue::Prompt;
use async_channel::{Receiver, Sender};
use hobnob_runtime::os::TerminalMode;
use rustyline::error::ReadlineError;
use rustyline::{DefaultEditor, ExternalPrinter};
use std::collections::VecDeque;
use std::io::{self, BufRead, IsTerminal, Write};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// How long the last lines may take to reach the screen before they are written past the line editor.
const FAREWELL: Duration = Duration::from_millis(300);

/// What came from the keyboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Key {
    /// A line, without its end.
    Line(String),
    /// No more lines come.
    End,
}

/// A screen and a keyboard.
pub(super) struct Terminal {
    /// Where the keyboard is told what stands before the next line; at most one wish waits.
    asks: Sender<Prompt>,
    /// The lines that were asked for.
    pub(super) keys: Receiver<Key>,
    screen: Screen,
    /// How the terminal was set: the line editor may be in the middle of a line when the program ends.
    mode: Option<TerminalMode>,
}

enum Screen {
    /// Prints above the line that is being typed.
    Editor(Arc<Above>),
    /// Prints to standard output.
    Stream,
}

impl Terminal {
    /// A line editor when both ends are a terminal, else plain streams.
    pub(super) fn open() -> io::Result<Self> {
        let mode = TerminalMode::read();
        let (asks, asked) = async_channel::bounded(1);
        let (typed, keys) = async_channel::bounded(1);
        let editor = if Self::is_interactive() { editor() } else { None };
        let screen = match editor {
            Some((editor, printer)) => {
                std::thread::Builder::new().name("keyboard".into()).spawn(move || edit(editor, &asked, &typed))?;
                let above = Arc::new(Above::default());
                let queue = Arc::clone(&above);
                std::thread::Builder::new().name("screen".into()).spawn(move || queue.print_all(printer))?;
                Screen::Editor(above)
            }
            None => {
                std::thread::Builder::new().name("keyboard".into()).spawn(move || read(&asked, &typed))?;
                Screen::Stream
            }
        };
        Ok(Self { asks, keys, screen, mode })
    }

    /// Whether a person sits at both ends.
    pub(super) fn is_interactive() -> bool {
        io::stdin().is_terminal() && io::stdout().is_terminal()
    }

    /// Asks for a line. One is asked for at a time.
    pub(super) fn ask(&self, prompt: Prompt) {
        // The thread takes one wish after the other, and only its end closes the channel, which `keys` tells.
        drop(self.asks.try_send(prompt));
    }

    /// Prints a line above what is being typed, at once.
    pub(super) fn print(&mut self, line: &str) -> io::Result<()> {
        match &mut self.screen {
            Screen::Editor(above) => above.push(format!("{line}\n")),
            Screen::Stream => {
                let mut out = io::stdout().lock();
                writeln!(out, "{line}")?;
                out.flush()
            }
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if let Screen::Editor(above) = &self.screen {
            above.finish();
            if let Some(mode) = &self.mode {
                mode.restore();
            }
        }
    }
}

/// The lines on their way to the screen.
///
/// The line editor takes one while it waits for a key, and holds up whoever prints more between two lines. So a
/// thread of its own waits for it: were it the chat's loop, nobody would ask for the line that ends the wait.
#[derive(Debug, Default)]
struct Above {
    queue: Mutex<Queue>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    /// What is to be printed; the first is being handed over.
    lines: VecDeque<String>,
    /// What was handed over last.
    last: String,
    /// Why printing ended before its time.
    broken: Option<io::ErrorKind>,
}

impl Above {
    fn push(&self, line: String) -> io::Result<()> {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kind) = queue.broken {
            return Err(kind.into());
        }
        queue.lines.push_back(line);
        self.changed.notify_all();
        Ok(())
    }

    /// Hands one line after the other to the line editor.
    fn print_all(&self, mut print: Printer) {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let Some(line) = queue.lines.front().cloned() else {
                queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            drop(queue);
            let printed = print(line);
            queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
            queue.last = queue.lines.pop_front().unwrap_or_default();
            self.changed.notify_all();
            if let Err(error) = printed {
                queue.broken = Some(error.kind());
                return;
            }
        }
    }

    /// Sees to it that all lines are on the screen before the program ends.
    fn finish(&self) {
        // The editor has printed a line for sure when it took two more.
        if self.push(String::new()).and_then(|()| self.push(String::new())).is_err() {
            return;
        }
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.changed.wait_timeout_while(queue, FAREWELL, |queue| !queue.lines.is_empty());
        let (queue, late) = waited.unwrap_or_else(PoisonError::into_inner);
        if late.timed_out() {
            // No line is being typed, so the editor keeps the last line it took to itself, and takes no other.
            let rest: String = std::iter::once(&queue.last).chain(&queue.lines).map(String::as_str).collect();
            let mut out = io::stdout().lock();
            // The program ends; there is nobody left to be told.
            drop(out.write_all(rest.as_bytes()).and_then(|()| out.flush()));
        }
    }
}

type Printer = Box<dyn FnMut(String) -> io::Result<()> + Send>;

fn editor() -> Option<(DefaultEditor, Printer)> {
    let mut editor = DefaultEditor::new().ok()?;
    let mut printer = editor.create_external_printer().ok()?;
    let print = move |text: String| printer.print(text).map_err(|error| io::Error::other(error.to_string()));
    Some((editor, Box::new(print)))
}

/// Edits one line after the other, as they are asked for.
fn edit(mut editor: DefaultEditor, asked: &Receiver<Prompt>, typed: &Sender<Key>) {
    while let Ok(prompt) = asked.recv_blocking() {
        let shown = match &prompt {
            Prompt::Question(text) => text,
            Prompt::Talk(label) => label.as_str(),
        };
        let key = match editor.readline(shown) {
            Ok(line) => {
                let _ = editor.add_history_entry(&line);
                Key::Line(line)
            }
            Err(ReadlineError::Eof | ReadlineError::Interrupted) => Key::End,
            Err(_) => Key::End,
        };
        if typed.send_blocking(key.clone()).is_err() || key == Key::End {
            return;
        }
    }
}

/// Reads one line after the other, as they are asked for.
fn read(asked: &Receiver<Prompt>, typed: &Sender<Key>) {
    let mut input = io::stdin().lock();
    while let Ok(prompt) = asked.recv_blocking() {
        // The input is not echoed, so the end of the question's line is ours.
        if let Prompt::Question(text) = prompt {
            let mut out = io::stdout().lock();
            if writeln!(out, "{text}").and_then(|()| out.flush()).is_err() {
                return;
            }
        }
        let mut bytes = Vec::new();
        let key = match input.read_until(b'\n', &mut bytes) {
            Ok(0) | Err(_) => Key::End,
            Ok(_) => Key::Line(String::from_utf8_lossy(&bytes).trim_end_matches(['\n', '\r']).to_owned()),
        };
        if typed.send_blocking(key.clone()).is_err() || key == Key::End {
            return;
        }
    }
}
