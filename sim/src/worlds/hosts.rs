//! What runs on the hosts: the server and the relays in all their lives, the clients with a plan in place of a person,
//! the crowd.
//!
//! Owns nothing of the chat: the server and the relay are the runtime's, the client is the runtime's link.

use super::disk::{Drive, durability};
use super::sim_world::{Host, SimWorld};
use super::stage::{Note, PORT, RELAY_PORT, SERVER, Stage, now_ms};
use crate::plan::{Deed, Fault, FaultKind, Ms, What};
use crate::planted::relay::Meddled;
use crate::promise::Promise;
use async_channel::{Receiver, Sender};
use futures_lite::FutureExt;
use hobnob_machine::{Config, RelayConfig, Server};
use hobnob_runtime::journal::{Genesis, Trouble, recover};
use hobnob_runtime::relay::{RelayNote, RelayNoted, RelaySettings, relay as start_relay};
use hobnob_runtime::{Intent, Link, Listener, ServerHandle, ServerSettings, StartError, World, serve_with};
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

/// How long after a failed start the server is started again.
const START_AGAIN: Duration = Duration::from_secs(1);

/// One life of the server; it never ends by itself.
pub(super) async fn server(stage: Arc<Stage>) {
    let life = {
        let mut fate = stage.fate();
        fate.life += 1;
        fate.life
    };
    let world = SimWorld::new(&stage, Host::Server, life);
    let starts_at = Duration::from_millis(stage.fate().starts_at);
    world.sleep_until(starts_at).await;
    world.watch("its start", live(world.clone(), life)).await;
    pending::<()>().await;
}

async fn live(world: SimWorld, life: u32) {
    let stage = Arc::clone(&world.stage);
    let config = changed(&stage);
    loop {
        let recovered = recovered(&world, &config);
        match start(&world, &config).await {
            Ok(handle) => return serving(&stage, life, recovered, &handle).await,
            Err(StartError::Journal(error)) if matches!(error.trouble, Trouble::DiskFull | Trouble::Storage) => {
                world.sleep_until(world.now() + START_AGAIN).await;
            }
            Err(error) => {
                let sentence = format!("the server cannot start from its journal: {error}");
                stage.note(now_ms(), Note::Broke { promise: Promise::Replayed, sentence });
                return;
            }
        }
    }
}

async fn start(world: &SimWorld, config: &Config) -> Result<ServerHandle, StartError> {
    let journal = Drive::open(&world.stage)?;
    let files = Box::new(world.stage.files.clone());
    serve_with(world.clone(), Box::new(journal), files, settings(&world.stage, config)).await
}

/// The machine that the journal makes, for comparison; what is wrong with the journal is told by whoever starts.
fn recovered(world: &SimWorld, config: &Config) -> Option<Box<Server>> {
    let begun = world.stage.disk().has_begun();
    let mut journal = Drive::open(&world.stage).ok().filter(|_| begun)?;
    let genesis = Genesis { seed: 0, config: config.clone() };
    recover(&mut journal, genesis).ok().map(|recovered| Box::new(recovered.server))
}

async fn serving(stage: &Stage, life: u32, recovered: Option<Box<Server>>, handle: &ServerHandle) {
    let (stop, stopped) = async_channel::bounded::<()>(1);
    {
        let mut fate = stage.fate();
        (fate.up, fate.stop) = (true, Some(stop));
    }
    let records = stage.disk().next() - 1;
    stage.note(now_ms(), Note::Started { life, records, recovered });
    let told = async {
        // Nothing is ever sent: the channel is closed.
        let _ = stopped.recv().await;
        handle.stop();
        pending().await
    };
    let ended = handle.ended().or(told).await;
    if let Err(error) = ended
        && !matches!(error.trouble, Trouble::DiskFull | Trouble::Storage)
    {
        let sentence = format!("the server ended with: {error}");
        stage.note(now_ms(), Note::Broke { promise: Promise::Sound, sentence });
    }
    stage.fate().stopped = true;
}

/// The settings, with all changes that take effect at this start.
fn changed(stage: &Stage) -> Config {
    let mut config = stage.plan.setting.config().expect("the settings of a plan are checked when it is read");
    let mut fate = stage.fate();
    for step in std::mem::take(&mut fate.at_start) {
        match &stage.plan.steps[step].what {
            What::Fails(Fault::Clock { jump_ms }) => fate.clock_ms += jump_ms,
            What::Fails(Fault::Set { limit, value }) => fate.limits.push((limit.clone(), *value)),
            What::Fails(_) | What::Does(..) => unreachable!("only clocks and settings change at a start"),
        }
        stage.note(now_ms(), Note::Met(step));
    }
    for (limit, value) in &fate.limits {
        *config.limits.named_mut(limit).expect("a plan names limits that there are") = *value;
    }
    config
}

fn settings(stage: &Stage, config: &Config) -> ServerSettings {
    let listeners = config.profiles.iter().enumerate();
    let listeners =
        listeners.map(|(number, profile)| Listener::tcp(format!("0.0.0.0:{}", PORT + number), profile.clone()));
    ServerSettings {
        listeners: listeners.collect(),
        config: config.clone(),
        durability: durability(&stage.plan),
        snapshot_every: stage.plan.setting.snapshot_every,
        status_every: None,
        ..ServerSettings::default()
    }
}

/// A relay until it dies: it may be stopped and started.
pub(super) async fn relay(stage: Arc<Stage>, relay: usize) {
    loop {
        let (life, starts_at) = {
            let gate = &mut stage.gates()[relay];
            gate.life += 1;
            (gate.life, gate.starts_at)
        };
        let world = SimWorld::new(&stage, Host::Relay(stage.plan.relay_column(relay)), life);
        world.sleep_until(Duration::from_millis(starts_at)).await;
        world.watch("its start", serve_relay(&world, relay)).await;
    }
}

/// A relay until it has stopped.
async fn serve_relay(world: &SimWorld, relay: usize) {
    let stage = &world.stage;
    let (log, notes) = async_channel::unbounded();
    world.spawn(note_rows(Arc::clone(stage), stage.plan.relay_column(relay), notes));
    let settings = relay_settings(stage, relay);
    let started = match stage.bug {
        None => start_relay(world.clone(), settings, Some(log)).await,
        Some(bug) => start_relay(Meddled::new(world.clone(), bug), settings, Some(log)).await,
    };
    let handle = match started {
        Ok(handle) => handle,
        Err(error) => {
            let sentence = format!("a relay cannot start: {error}");
            stage.note(now_ms(), Note::Broke { promise: Promise::Sound, sentence });
            return pending().await;
        }
    };
    let (stop, stopped) = async_channel::bounded::<()>(1);
    stage.gates()[relay].stop = Some(stop);
    // Nothing is ever sent: the channel is closed.
    let _ = stopped.recv().await;
    handle.stop();
    handle.ended().await;
}

async fn note_rows(stage: Arc<Stage>, column: usize, notes: Receiver<RelayNote>) {
    while let Ok(RelayNote { client, what, .. }) = notes.recv().await {
        match what {
            RelayNoted::Fired(fired) => stage.note(now_ms(), Note::Relayed { column, client, fired }),
            RelayNoted::Up(..) | RelayNoted::Down(..) | RelayNoted::Over(..) => {}
        }
    }
}

/// Each relay stands before a listener of its own, as long as there are enough.
fn relay_settings(stage: &Stage, relay: usize) -> RelaySettings {
    let config = stage.plan.setting.config().expect("the settings of a plan are checked when it is read");
    let (setting, column) = (&stage.plan.setting, stage.plan.relay_column(relay));
    let listener = setting.listener_of(relay);
    let mut trust_relay = vec!["10.1.0.0/16".parse().expect("it is a network")];
    if setting.trust_relays {
        trust_relay.push("10.0.0.0/16".parse().expect("it is a network"));
    }
    RelaySettings {
        listen: vec![format!("0.0.0.0:{RELAY_PORT}")],
        upstream: match stage.plan.relay_of(column) {
            Some(_) => format!("{}:{RELAY_PORT}", stage.dialed_by(column)),
            None => format!("{SERVER}:{}", PORT + listener),
        },
        dialects: match stage.bug {
            None => config.profiles[listener].dialects.clone(),
            Some(bug) => bug.dialects(config.profiles[listener].dialects.clone()),
        },
        config: RelayConfig {
            trust_relay,
            clients_max: setting.relay_clients_max,
            patience_ms: setting.relay_patience_ms,
            idle_ms: setting.relay_idle_ms,
        },
        status_every: None,
        texts: false,
    }
}

/// A client between two deaths.
struct Living {
    world: SimWorld,
    intents: Sender<Intent>,
}

impl Living {
    fn begin(stage: &Arc<Stage>, who: usize, life: u32) -> Self {
        let world = SimWorld::new(stage, Host::Person(who), life);
        let link = Link::start(&world, stage.addr_for(who));
        let (shown, stage) = (link.shown, Arc::clone(stage));
        world.spawn(async move {
            while let Ok(shown) = shown.recv().await {
                stage.note(now_ms(), Note::Shown { who, life, shown: Box::new(shown) });
            }
        });
        Self { world, intents: link.intents }
    }

    async fn wish(&self, intent: Intent) {
        // A link that has panicked is told of already.
        drop(self.intents.send(intent).await);
    }
}

/// A client with a plan in place of a person; it never ends.
pub(super) async fn client(stage: Arc<Stage>, who: usize) {
    let mut life = 0;
    let mut living = Living::begin(&stage, who, life);
    for (at, deed) in stage.deeds_of(who) {
        living.world.sleep_until(Duration::from_millis(at)).await;
        stage.note(now_ms(), Note::Does { who, life, deed: deed.clone() });
        match deed {
            Deed::Join { nick, avatar } => {
                stage.wishes(who, &nick);
                living.wish(Intent::Avatar(avatar)).await;
                living.wish(Intent::Join(nick)).await;
            }
            Deed::Ask(request) => living.wish(Intent::Ask(request)).await,
            Deed::Flood { room, times, text } => {
                stage.note(now_ms(), Note::Misdeed(FaultKind::Flood));
                for line in Deed::flood_lines(&room, times, &text) {
                    living.wish(Intent::Ask(line)).await;
                }
            }
            Deed::Quit => living.wish(Intent::Quit).await,
            Deed::Logout => living.wish(Intent::Logout).await,
            Deed::Close => living.wish(Intent::Close).await,
            Deed::Die => {
                stage.note(now_ms(), Note::Misdeed(FaultKind::ClientDies));
                living.world.kill();
                life += 1;
                living = Living::begin(&stage, who, life);
            }
            // Only the rude do that.
            Deed::Knock
            | Deed::HangUp
            | Deed::JoinBare { .. }
            | Deed::Return { .. }
            | Deed::Repeat
            | Deed::Backdate
            | Deed::Relay { .. }
            | Deed::Type { .. }
            | Deed::Send(_) => {}
        }
    }
    pending::<()>().await;
}

/// Strangers, who open connections, say nothing, and go.
pub(super) async fn crowd(stage: Arc<Stage>) {
    let world = SimWorld::new(&stage, Host::Crowd, 0);
    for (place, step) in stage.plan.steps.iter().enumerate() {
        if let What::Fails(Fault::Crowd { count, for_ms }) = step.what {
            let until = (step.at + for_ms).min(stage.plan.heal_ms);
            world.sleep_until(Duration::from_millis(step.at)).await;
            for number in 0..count {
                let addr = format!("{SERVER}:{}", PORT + number as usize % stage.plan.setting.profiles.len());
                world.spawn(stranger(world.clone(), addr, until, place));
            }
        }
    }
    pending::<()>().await;
}

async fn stranger(world: SimWorld, addr: String, until: Ms, place: usize) {
    let over = Duration::from_millis(until);
    let stay = async {
        let Ok(stream) = world.connect(&addr).await else { return };
        world.stage.note(now_ms(), Note::Met(place));
        world.sleep_until(over).await;
        drop(stream);
    };
    stay.or(world.sleep_until(over)).await;
}
