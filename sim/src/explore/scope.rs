//! Small worlds that are searched to the end: who may do what, and how often what may go wrong.

use hobnob_machine::Config;
use hobnob_spec::limits::Limits;
use hobnob_spec::messages::Request;
use hobnob_spec::profile::Profile;

/// What a user of a small world does next.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Act {
    /// Wants in under a nick.
    Join(&'static str),
    /// Asks something.
    Ask(Request),
    /// Wants out.
    Quit,
    /// Wants out at once.
    Close,
}

/// A small world.
#[derive(Debug, Clone)]
pub struct Scope {
    /// What it is called on the command line.
    pub name: &'static str,
    /// What it asks, in a sentence.
    pub about: &'static str,
    /// The server's settings.
    pub config: Config,
    /// What each user does, in this order.
    pub scripts: Vec<Vec<Act>>,
    /// How many times connections may be cut.
    pub cuts: u8,
    /// How many times the server may be killed.
    pub crashes: u8,
    /// How many times time may pass until the next alarm.
    pub passes: u8,
}

fn say(text: &str) -> Act {
    Act::Ask(Request::Say { room: "lobby".into(), text: text.into() })
}

fn tell(to: &str, text: &str) -> Act {
    Act::Ask(Request::Private { to: to.into(), text: text.into() })
}

fn enter(room: &str) -> Act {
    Act::Ask(Request::Enter { room: room.into() })
}

fn leave(room: &str) -> Act {
    Act::Ask(Request::Leave { room: room.into() })
}

impl Scope {
    /// Every small world.
    pub fn all() -> Vec<Self> {
        use Act::{Close, Join, Quit};
        let config = Config { store: true, ..Config::default() };
        let classroom = Config { profiles: vec![Profile::classroom()], ..config.clone() };
        let hasty = Limits { say_burst: 1, say_per_second: 1, mute_ms: 400, resume_ms: 60_000, ..Limits::default() };
        let hasty = Config { limits: hasty, ..config.clone() };
        let brief = Config { limits: Limits { resume_ms: 300, ..Limits::default() }, ..config.clone() };
        let world = |name, about, config: &Config, scripts, (cuts, crashes, passes)| Self {
            name,
            about,
            config: config.clone(),
            scripts,
            cuts,
            crashes,
            passes,
        };
        vec![
            world(
                "talk",
                "Two users join and talk, and a connection may be cut at any moment.",
                &config,
                vec![vec![Join("ann"), say("a1"), say("a2")], vec![Join("bob"), say("b1")]],
                (1, 0, 1),
            ),
            world(
                "cuts",
                "One who talks to one who listens is cut off again and again.",
                &config,
                vec![vec![Join("ann"), say("a1"), say("a2")], vec![Join("bob")]],
                (2, 0, 2),
            ),
            world(
                "private",
                "Two write to each other, one of them before the other is there, and a connection may be cut.",
                &config,
                vec![vec![Join("ann"), tell("bob", "a1")], vec![Join("bob"), tell("ann", "b1"), Quit]],
                (1, 0, 1),
            ),
            world(
                "race",
                "Three want the same nick where it is given once, and two of them go.",
                &classroom,
                vec![vec![Join("ann"), Quit], vec![Join("ann"), Close], vec![Join("ann"), say("c1")]],
                (0, 0, 0),
            ),
            world(
                "mute",
                "Somebody talks too fast, is muted, and is cut off or waits while the mute runs out.",
                &hasty,
                vec![vec![Join("ann"), say("a1"), say("a2"), say("a3")], vec![Join("bob")]],
                (1, 0, 3),
            ),
            world(
                "rooms",
                "Two enter and leave a room while they talk in it, and a connection may be cut.",
                &config,
                vec![
                    vec![Join("ann"), enter("hall"), leave("hall")],
                    vec![Join("bob"), enter("hall"), Act::Ask(Request::Say { room: "hall".into(), text: "b1".into() })],
                ],
                (1, 0, 1),
            ),
            world(
                "crash",
                "The server is killed at any moment while two talk, and comes back.",
                &config,
                vec![vec![Join("ann"), say("a1"), say("a2")], vec![Join("bob")]],
                (0, 1, 2),
            ),
            world(
                "three",
                "Three join and talk at once, one of them in private, and a connection may be cut.",
                &config,
                vec![vec![Join("ann"), say("a1")], vec![Join("bob"), tell("ann", "b1")], vec![Join("cyd")]],
                (1, 0, 1),
            ),
            world(
                "storm",
                "Connections are cut and the server is killed while two talk.",
                &config,
                vec![vec![Join("ann"), say("a1")], vec![Join("bob"), say("b1")]],
                (1, 1, 2),
            ),
            world(
                "forgotten",
                "A session is over before its owner is back.",
                &brief,
                vec![vec![Join("ann"), enter("hall"), say("a1")], vec![Join("bob"), say("b1")]],
                (1, 0, 3),
            ),
        ]
    }

    /// The small world of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::all().into_iter().find(|scope| scope.name == name)
    }
}
