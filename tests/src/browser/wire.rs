//! The DevTools protocol: numbered calls and their answers, and events in between, as JSON on a websocket.

use super::PATIENCE;
use serde_json::{Value, json};
use std::io::ErrorKind;
use std::net::TcpStream;
use std::time::{Duration, Instant};
use tungstenite::{Message, WebSocket};

/// How long one read of the socket may take; then the clock is looked at.
const TICK: Duration = Duration::from_millis(50);

/// A connection to a browser or to a page of it.
#[derive(Debug)]
pub(super) struct Wire {
    socket: WebSocket<TcpStream>,
    number: u64,
}

impl Wire {
    /// Connects.
    ///
    /// # Panics
    /// When nobody listens there.
    pub(super) fn connect(url: &str) -> Self {
        let host = url.trim_start_matches("ws://").split('/').next().expect("an address has a first part");
        let stream = TcpStream::connect(host).unwrap_or_else(|wrong| panic!("no DevTools at {host}: {wrong}"));
        stream.set_nodelay(true).expect("a socket takes options");
        stream.set_read_timeout(Some(PATIENCE)).expect("a socket takes options");
        let limits = tungstenite::protocol::WebSocketConfig::default()
            .max_message_size(Some(256 << 20))
            .max_frame_size(Some(256 << 20));
        let (socket, _) = tungstenite::client::client_with_config(url, stream, Some(limits))
            .unwrap_or_else(|wrong| panic!("no DevTools at {url}: {wrong}"));
        socket.get_ref().set_read_timeout(Some(TICK)).expect("a socket takes options");
        Self { socket, number: 0 }
    }

    /// Calls a method and gives its result; the events that come before it are told with their parameters.
    ///
    /// # Errors
    /// What the browser says is wrong, or that it does not answer.
    pub(super) fn call(
        &mut self,
        method: &str,
        parameters: Value,
        mut event: impl FnMut(&str, &Value),
    ) -> Result<Value, String> {
        let number = self.send(method, parameters)?;
        let from = Instant::now();
        while from.elapsed() < PATIENCE {
            let Some(mut came) = self.next()? else { continue };
            if came["id"] == number {
                return match came.get("error") {
                    Some(wrong) => Err(wrong["message"].as_str().unwrap_or("no reason").to_owned()),
                    None => Ok(came["result"].take()),
                };
            }
            if let Some(name) = came["method"].as_str() {
                event(name, &came["params"]);
            }
        }
        Err(format!("there was no answer in {PATIENCE:?}"))
    }

    /// Calls a method whose answer does not matter.
    ///
    /// # Errors
    /// When the browser is gone.
    pub(super) fn send(&mut self, method: &str, parameters: Value) -> Result<u64, String> {
        self.number += 1;
        let mut call = json!({ "id": self.number, "method": method });
        call["params"] = parameters;
        self.socket.send(Message::text(call.to_string())).map_err(|wrong| wrong.to_string())?;
        Ok(self.number)
    }

    /// What comes next; `None` when nothing came for a moment.
    fn next(&mut self) -> Result<Option<Value>, String> {
        match self.socket.read() {
            Ok(Message::Text(text)) => serde_json::from_str(&text).map(Some).map_err(|wrong| wrong.to_string()),
            Ok(_) => Ok(None),
            Err(tungstenite::Error::Io(wrong))
                if matches!(wrong.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) =>
            {
                Ok(None)
            }
            Err(wrong) => Err(wrong.to_string()),
        }
    }
}
