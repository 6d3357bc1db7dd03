//! The time that the machine sees: the time of day at the start, and from then on what has really passed.

use crate::world::World;
use hobnob_spec::messages::Time;
use std::time::Duration;

/// Time that never runs backwards, whoever sets the clock of the computer.
pub(super) struct Clock<W> {
    world: W,
    /// What the time was when the world had run for `began`.
    base: Time,
    began: Duration,
}

impl<W: World> Clock<W> {
    /// A clock that goes on from the time of day, or from `earliest` if that is later.
    pub(super) fn new(world: W, earliest: Time) -> Self {
        let base = world.wall().max(earliest);
        let began = world.now();
        Self { world, base, began }
    }

    /// The present.
    pub(super) fn time(&self) -> Time {
        let passed = self.world.now().saturating_sub(self.began);
        self.base.plus(u64::try_from(passed.as_millis()).unwrap_or(u64::MAX))
    }

    /// When it will be `time`, as the world counts.
    pub(super) fn at(&self, time: Time) -> Duration {
        self.began + Duration::from_millis(time.since(self.base))
    }
}
