//! A client as courses have them: one `send` for a command, without a newline, and one `recv(1024)` for an answer.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

/// How long a read may take before the test gives up on the server.
const PATIENCE: Duration = Duration::from_secs(30);
/// How much courses read at once.
const RECV_BYTES: usize = 1024;

/// A connection that knows bytes and nothing else.
#[derive(Debug)]
pub struct Course {
    name: String,
    stream: TcpStream,
    /// What came and was not looked at yet.
    came: String,
}

impl Course {
    /// Connects; `name` is what the test calls it.
    ///
    /// # Panics
    /// When nobody listens there.
    pub fn connect(name: &str, addr: &str) -> Self {
        let stream = TcpStream::connect(addr).unwrap_or_else(|wrong| panic!("{name}: cannot connect: {wrong}"));
        stream.set_nodelay(true).expect("a socket can be set up");
        stream.set_read_timeout(Some(PATIENCE)).expect("a socket can be set up");
        Self { name: name.into(), stream, came: String::new() }
    }

    /// Sends bytes as they are, by one call.
    ///
    /// # Panics
    /// When the connection is gone.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) {
        let sent = self.stream.write_all(bytes.as_ref());
        sent.unwrap_or_else(|wrong| panic!("{}: cannot send: {wrong}", self.name));
    }

    /// Sends bytes as they are, unless the server has ended the connection meanwhile.
    pub fn try_send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.stream.write_all(bytes.as_ref()).is_ok()
    }

    /// Sends bytes one by one, each as soon as the network took the one before.
    ///
    /// # Panics
    /// When the connection is gone.
    pub fn send_slowly(&mut self, text: &str) {
        for byte in text.bytes() {
            self.send([byte]);
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Ends its side of the connection; what the server says still comes.
    ///
    /// # Panics
    /// When the connection is gone.
    pub fn end_input(&mut self) {
        self.stream.shutdown(Shutdown::Write).expect("the connection is there");
    }

    /// What one `recv(1024)` brings, which is nothing at the connection's end.
    ///
    /// # Panics
    /// When nothing comes.
    pub fn recv(&mut self) -> String {
        assert_eq!(self.came, "", "{} has looked at all that came", self.name);
        self.read();
        std::mem::take(&mut self.came)
    }

    /// Waits for a text, and gives all that came up to it.
    ///
    /// # Panics
    /// When it does not come.
    pub fn until(&mut self, text: &str) -> String {
        loop {
            if let Some(at) = self.came.find(text) {
                let rest = self.came.split_off(at + text.len());
                return std::mem::replace(&mut self.came, rest);
            }
            assert!(self.read(), "{}: {text:?} never came, but {:?}", self.name, self.came);
        }
    }

    /// The next line, without its newline.
    ///
    /// # Panics
    /// When none comes.
    pub fn line(&mut self) -> String {
        self.until("\n").trim_end_matches('\n').to_owned()
    }

    /// All that still comes until the server ends the connection.
    ///
    /// # Panics
    /// When it does not.
    pub fn rest(&mut self) -> String {
        while self.read() {}
        std::mem::take(&mut self.came)
    }

    /// Reads once; false at the end of the connection.
    fn read(&mut self) -> bool {
        let mut bytes = [0; RECV_BYTES];
        match self.stream.read(&mut bytes) {
            Ok(count) => {
                self.came
                    .push_str(std::str::from_utf8(&bytes[..count]).expect("short messages of the tests are ASCII"));
                count > 0
            }
            Err(wrong) if matches!(wrong.kind(), ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted) => false,
            Err(wrong) => panic!("{}: nothing comes: {wrong}; before that {:?}", self.name, self.came),
        }
    }
}
