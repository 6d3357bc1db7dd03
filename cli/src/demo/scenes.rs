//! The plays: each course's own dialogue, step by step.
//!
//! Data only. Whoever types waits for nothing; what has to be there before is seen in a step of its own.

/// A step of a play.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    /// Something to tell those who look on.
    Note(&'static str),
    /// Somebody starts a client, with this UI, at the listener of that profile.
    Starts(&'static str, &'static str, &'static str),
    /// Somebody types a line.
    Types(&'static str, &'static str),
    /// Somebody sees a line that holds this.
    Sees(&'static str, &'static str),
    /// Somebody's client ends.
    Ends(&'static str),
}

/// A play.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scene {
    name: &'static str,
    /// What it is, in a line.
    pub(super) about: &'static str,
    /// The profiles of the server's listeners.
    pub(super) profiles: &'static [&'static str],
    pub(super) steps: &'static [Step],
}

use Step::*;

const SCENES: &[Scene] = &[
    Scene {
        name: "classroom",
        about: "A chatroom for three: a menu, a report, rejects, talk, and the whole history for who comes back.",
        profiles: &["classroom"],
        steps: CLASSROOM,
    },
    Scene {
        name: "messenger",
        about: "Rooms, private messages, and messages that wait for who is away.",
        profiles: &["messenger"],
        steps: MESSENGER,
    },
    Scene { name: "tata", about: "Everybody talks to all the others, until `tata`.", profiles: &["tata"], steps: TATA },
    Scene {
        name: "sendto",
        about: "Every line begins with a command, and every command has one answer.",
        profiles: &["sendto"],
        steps: SENDTO,
    },
    Scene {
        name: "open",
        about: "One server, five ports with a profile each, and everybody in one room.",
        profiles: &["open", "classroom", "messenger", "tata", "sendto"],
        steps: OPEN,
    },
];

impl Scene {
    pub(super) fn names() -> impl Iterator<Item = &'static str> {
        SCENES.iter().map(|scene| scene.name)
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        SCENES.iter().find(|scene| scene.name == name).copied()
    }
}

const CHOICE: &str = "Your choice:";
const USERNAME: &str = "username:";

const CLASSROOM: &[Step] = &[
    Starts("Cool", "menu", "classroom"),
    Sees("Cool", CHOICE),
    Types("Cool", "2"),
    Sees("Cool", USERNAME),
    Types("Cool", "Cool"),
    Sees("Cool", "Server: Cool joined the chatroom."),
    Starts("Fun", "menu", "classroom"),
    Sees("Fun", CHOICE),
    Types("Fun", "2"),
    Sees("Fun", USERNAME),
    Types("Fun", "Fun"),
    Sees("Fun", "Server: Fun joined the chatroom."),
    Sees("Cool", "Server: Fun joined the chatroom."),
    Starts("Fire", "menu", "classroom"),
    Sees("Fire", CHOICE),
    Types("Fire", "1"),
    Sees("Fire", "There are 2 active users in the chatroom."),
    Sees("Fire", CHOICE),
    Types("Fire", "2"),
    Sees("Fire", USERNAME),
    Types("Fire", "Cool"),
    Sees("Fire", "Another user is using this username."),
    Sees("Fire", CHOICE),
    Types("Fire", "2"),
    Sees("Fire", USERNAME),
    Types("Fire", "Fire"),
    Sees("Fire", "Server: Fire joined the chatroom."),
    Types("Fire", "Hey guys! I just joined."),
    Sees("Fire", "Fire: Hey guys! I just joined."),
    Sees("Cool", "Fire: Hey guys! I just joined."),
    Sees("Fun", "Fire: Hey guys! I just joined."),
    Note("Three are as many as this chatroom takes."),
    Starts("Sad", "menu", "classroom"),
    Sees("Sad", CHOICE),
    Types("Sad", "2"),
    Sees("Sad", USERNAME),
    Types("Sad", "Sad"),
    Sees("Sad", "The chatroom has reached its maximum capacity."),
    Sees("Sad", CHOICE),
    Types("Sad", "3"),
    Ends("Sad"),
    Types("Fire", "q"),
    Sees("Cool", "Server: Fire left the chatroom."),
    Types("Cool", "Buy Fire."),
    Sees("Fun", "Cool: Buy Fire."),
    Note("Fire did not see that, and comes back."),
    Sees("Fire", CHOICE),
    Types("Fire", "2"),
    Sees("Fire", USERNAME),
    Types("Fire", "Fire"),
    Sees("Fire", "Cool: Buy Fire."),
    Sees("Fire", "Server: Fire joined the chatroom."),
];

const MESSENGER: &[Step] = &[
    Starts("Alice", "colon", "messenger"),
    Sees("Alice", USERNAME),
    Types("Alice", "Alice"),
    Sees("Alice", "Registered as Alice."),
    Starts("Bob", "colon", "messenger"),
    Sees("Bob", USERNAME),
    Types("Bob", "Alice"),
    Sees("Bob", "Please choose a different one."),
    Sees("Bob", USERNAME),
    Types("Bob", "Bob"),
    Sees("Bob", "Registered as Bob."),
    Types("Alice", "who"),
    Sees("Alice", "Active users: Alice, Bob"),
    Types("Alice", "Bob:Hello Bob!"),
    Sees("Bob", "Alice: Hello Bob!"),
    Types("Alice", "join teamchat"),
    Sees("Alice", "You joined teamchat."),
    Types("Bob", "join teamchat"),
    Sees("Bob", "You joined teamchat."),
    Sees("Alice", "Bob joined teamchat."),
    Types("Alice", "Hello team!"),
    Sees("Bob", "Alice (in teamchat): Hello team!"),
    Types("Bob", "leave"),
    Sees("Bob", "You left teamchat."),
    Types("Bob", "exit"),
    Ends("Bob"),
    Sees("Alice", "Bob left teamchat."),
    Types("Alice", "leave"),
    Sees("Alice", "You left teamchat."),
    Note("Bob is away. What Alice says to him waits."),
    Types("Alice", "message"),
    Sees("Alice", "Recipient:"),
    Types("Alice", "Bob"),
    Sees("Alice", "Message:"),
    Types("Alice", "Where are you?"),
    Sees("Alice", "Bob is offline; the message is stored."),
    Starts("Bob", "colon", "messenger"),
    Sees("Bob", USERNAME),
    Types("Bob", "Bob"),
    Sees("Bob", "Alice: Where are you?"),
    Types("Bob", "exit"),
    Ends("Bob"),
    Types("Alice", "exit"),
    Ends("Alice"),
];

const TATA: &[Step] = &[
    Sees("server", "SERVER WORKING"),
    Starts("tesla", "tata", "tata"),
    Sees("tesla", USERNAME),
    Types("tesla", "tesla"),
    Sees("tesla", "Welcome to chat room. Enter 'tata' anytime to exit"),
    Sees("server", "connected  [ tesla ]"),
    Starts("albert", "tata", "tata"),
    Sees("albert", USERNAME),
    Types("albert", "albert"),
    Sees("albert", "Welcome to chat room. Enter 'tata' anytime to exit"),
    Sees("server", "connected  [ albert ]"),
    Sees("tesla", "albert joined the conversation"),
    Types("tesla", "hello"),
    Sees("albert", "tesla: hello"),
    Types("albert", "world"),
    Sees("tesla", "albert: world"),
    Note("Names are unique: the second tesla is sent away."),
    Starts("other", "tata", "tata"),
    Sees("other", USERNAME),
    Types("other", "tesla"),
    Sees("other", "Username already taken!"),
    Ends("other"),
    Types("albert", "tata"),
    Sees("albert", "DISCONNECTED!!"),
    Ends("albert"),
    Sees("tesla", "albert left the conversation"),
    Sees("server", "is offline  [ albert ]"),
    Types("tesla", "tata"),
    Ends("tesla"),
    Sees("server", "is offline  [ tesla ]"),
];

const SENDTO: &[Step] = &[
    Starts("John", "command", "sendto"),
    Types("John", "list"),
    Sees("John", "Nobody is logged in"),
    Types("John", "login John Smith"),
    Sees("John", "Bad username"),
    Types("John", "login John"),
    Sees("John", "Success"),
    Starts("Bob", "command", "sendto"),
    Types("Bob", "list"),
    Sees("Bob", "John"),
    Types("Bob", "login John"),
    Sees("Bob", "Failure"),
    Types("Bob", "login Bob"),
    Sees("Bob", "Success"),
    Types("Bob", "sendto John Hi how are you?"),
    Sees("Bob", "Success"),
    Sees("John", "Bob: Hi how are you?"),
    Types("John", "sendto BobFine"),
    Sees("John", "Bad username"),
    Types("John", "sendto Bob Fine, thank you."),
    Sees("John", "Success"),
    Sees("Bob", "John: Fine, thank you."),
    Types("Bob", "logout"),
    Sees("Bob", "Success"),
    Types("John", "sendto Bob Still there?"),
    Sees("John", "Failure"),
    Types("John", "dance"),
    Sees("John", "Invalid command"),
    Types("Bob", "exit"),
    Ends("Bob"),
    Types("John", "exit"),
    Ends("John"),
];

const OPEN: &[Step] = &[
    Sees("server", "SERVER WORKING"),
    Starts("Cool", "menu", "classroom"),
    Sees("Cool", CHOICE),
    Types("Cool", "2"),
    Sees("Cool", USERNAME),
    Types("Cool", "Cool"),
    Sees("Cool", "Server: Cool joined the chatroom."),
    Starts("Alice", "colon", "messenger"),
    Sees("Alice", USERNAME),
    Types("Alice", "Alice"),
    Sees("Alice", "Registered as Alice."),
    Types("Alice", "join lobby"),
    Sees("Alice", "You joined lobby."),
    Sees("Cool", "Alice joined the chatroom."),
    Starts("tesla", "tata", "tata"),
    Sees("tesla", USERNAME),
    Types("tesla", "tesla"),
    Sees("tesla", "Welcome to chat room."),
    Sees("Alice", "tesla joined the chat."),
    Starts("John", "command", "sendto"),
    Types("John", "login John"),
    Sees("John", "Success"),
    Sees("tesla", "John joined the conversation"),
    Types("Cool", "Hey guys!"),
    Sees("Alice", "Cool (in lobby): Hey guys!"),
    Sees("tesla", "Cool: Hey guys!"),
    Sees("John", "Cool (in lobby): Hey guys!"),
    Types("tesla", "hello"),
    Sees("Cool", "tesla: hello"),
    Sees("Alice", "tesla (in lobby): hello"),
    Note("What is said to one alone, only that one sees."),
    Types("John", "sendto tesla Are you new here?"),
    Sees("tesla", "John (private): Are you new here?"),
    Types("tesla", "/msg Cool psst"),
    Sees("Cool", "(private) tesla: psst"),
    Types("tesla", "tata"),
    Ends("tesla"),
    Sees("Cool", "Server: tesla left the chatroom."),
    Sees("Alice", "tesla left the chat."),
];
