//! What one turn of the server has to say, gathered until it may be said, in the order in which the shell says it.
//!
//! What is for one connection goes first; what a room says goes to its hearers at the end of the turn, but for those
//! who begin or cease to hear it in the middle: they get their part where they should.

use super::wire::Down;
use hobnob_machine::RoomId;
use hobnob_spec::messages::Message;
use std::rc::Rc;

/// One thing to do when the turn may be said. Connections stand for themselves by their place.
#[derive(Debug)]
pub(super) enum Order {
    /// Put it into the outbox.
    Say { wire: usize, what: Down },
    /// End the connection when what waits for it is written.
    Close { wire: usize },
    /// Forget a connection that is gone.
    Free { wire: usize },
}

/// What a room says in a turn.
#[derive(Debug)]
struct Talk {
    room: RoomId,
    lives: Vec<(Rc<Message>, Vec<usize>)>,
}

/// A turn on its way.
#[derive(Debug, Default)]
pub(super) struct Turn {
    pub(super) orders: Vec<Order>,
    talks: Vec<Talk>,
}

impl Turn {
    /// Whether there is nothing to say or do.
    pub(super) fn is_empty(&self) -> bool {
        self.orders.is_empty() && self.talks.is_empty()
    }

    /// A message for one connection.
    pub(super) fn send(&mut self, wire: usize, message: Message) {
        self.orders.push(Order::Say { wire, what: Down::Message(Rc::new(message)) });
    }

    /// A message for those who hear the room.
    pub(super) fn deliver(&mut self, room: RoomId, message: Message, hearers: &[usize]) {
        if hearers.is_empty() {
            return;
        }
        let live = (Rc::new(message), hearers.to_vec());
        match self.talks.iter_mut().find(|talk| talk.room == room) {
            Some(talk) => talk.lives.push(live),
            None => self.talks.push(Talk { room, lives: vec![live] }),
        }
    }

    /// Gives a connection what it heard of the room up to here.
    pub(super) fn cut(&mut self, wire: usize, room: RoomId) {
        let Some(talk) = self.talks.iter_mut().find(|talk| talk.room == room) else { return };
        for (message, hearers) in &mut talk.lives {
            if let Some(at) = hearers.iter().position(|hearer| *hearer == wire) {
                hearers.remove(at);
                self.orders.push(Order::Say { wire, what: Down::Message(Rc::clone(message)) });
            }
        }
    }

    /// Completes the turn.
    pub(super) fn end(&mut self) -> Vec<Order> {
        for talk in std::mem::take(&mut self.talks) {
            for (message, hearers) in talk.lives {
                let say = |wire| Order::Say { wire, what: Down::Message(Rc::clone(&message)) };
                self.orders.extend(hearers.into_iter().map(say));
            }
        }
        std::mem::take(&mut self.orders)
    }
}
