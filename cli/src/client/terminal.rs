//! Keyboard and screen: a line editor on a terminal, plain streams elsewhere.
//!
//! Owns the threads that block on a person. Knows nothing of the chat.

use super::menu::Prompt;
use async_channel::{Receiver, Sender};
use rustyline::error::ReadlineError;
use rustyline::{DefaultEditor, ExternalPrinter};
use std::io::{self, BufRead, IsTerminal, Write};

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
}

enum Screen {
    /// Prints above the line that is being typed.
    Editor(Box<dyn FnMut(String) -> io::Result<()> + Send>),
    /// Prints to standard output.
    Stream,
}

impl Terminal {
    /// A line editor when both ends are a terminal, else plain streams.
    pub(super) fn open() -> io::Result<Self> {
        let (asks, asked) = async_channel::bounded(1);
        let (typed, keys) = async_channel::bounded(1);
        let editor = if Self::is_interactive() { editor() } else { None };
        let screen = match editor {
            Some((editor, printer)) => {
                std::thread::Builder::new().name("keyboard".into()).spawn(move || edit(editor, &asked, &typed))?;
                Screen::Editor(printer)
            }
            None => {
                std::thread::Builder::new().name("keyboard".into()).spawn(move || read(&asked, &typed))?;
                Screen::Stream
            }
        };
        Ok(Self { asks, keys, screen })
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
            Screen::Editor(print) => print(format!("{line}\n")),
            Screen::Stream => {
                let mut out = io::stdout().lock();
                writeln!(out, "{line}")?;
                out.flush()
            }
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
