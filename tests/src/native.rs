//! A plain blocking client of the native dialect, for tests that must see every byte that comes.

use hobnob_machine::wire::native::{self, MessageReader, Read as Found};
use hobnob_spec::messages::{Answer, Asked, Message, Request};
use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// How long a read may take before the test gives up on the server.
const PATIENCE: Duration = Duration::from_secs(30);

/// A connection whose hello was answered.
#[derive(Debug)]
pub struct Native {
    stream: TcpStream,
    reader: MessageReader,
    came: VecDeque<Message>,
}

impl Native {
    /// Connects and says hello.
    ///
    /// # Errors
    /// When the server cannot be reached, or ends the connection.
    pub fn connect(addr: &str) -> io::Result<Self> {
        let mut stream = TcpStream::connect(addr)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let mut hello = Vec::new();
        native::hello(&mut hello);
        stream.write_all(&hello)?;
        Ok(Self { stream, reader: MessageReader::default(), came: VecDeque::new() })
    }

    /// Sets how long a wait for the server may take before it fails with `WouldBlock` or `TimedOut`.
    ///
    /// # Errors
    /// When the connection is gone.
    pub fn set_patience(&self, patience: Duration) -> io::Result<()> {
        self.stream.set_read_timeout(Some(patience))
    }

    /// Asks something.
    ///
    /// # Errors
    /// When the connection is gone.
    pub fn ask(&mut self, number: u64, request: Request) -> io::Result<()> {
        let mut bytes = Vec::new();
        assert!(native::ask(&Asked { number, request }, &mut bytes), "a test's request fits into a frame");
        self.stream.write_all(&bytes)
    }

    /// The next message of the server.
    ///
    /// # Errors
    /// When the connection ends first.
    ///
    /// # Panics
    /// When the server sends what is no message.
    pub fn next_message(&mut self) -> io::Result<Message> {
        let mut bytes = [0; 16 << 10];
        while self.came.is_empty() {
            let read = self.stream.read(&mut bytes)?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let came = &mut self.came;
            self.reader.read(&bytes[..read], |found| match found {
                Found::Hello => {}
                Found::Item(message) => came.push_back(message),
                Found::Garbled | Found::Foreign(_) => panic!("the server sent what is no message"),
            });
        }
        Ok(self.came.pop_front().expect("something came"))
    }

    /// The answer to a request, and what came before it.
    ///
    /// # Errors
    /// When the connection ends first.
    pub fn answer(&mut self, to: u64) -> io::Result<(Answer, Vec<Message>)> {
        let mut before = Vec::new();
        loop {
            match self.next_message()? {
                Message::Answer { number, answer } if number == to => return Ok((answer, before)),
                other => before.push(other),
            }
        }
    }

    /// Ends the connection as a lost network would: without a word.
    pub fn cut(self) {
        drop(self.stream.shutdown(std::net::Shutdown::Both));
    }
}
