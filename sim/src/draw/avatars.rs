//! Draws what people wear beside their nicks.
//!
//! Owns a dice of its own, so that what else people do is the same without it.

use super::{Faults, pick};
use crate::plan::{Deed, Ms, Plan, Step, What};
use fastrand::Rng;
use hobnob_spec::avatar::PictureKind;
use hobnob_spec::files::Digest;
use hobnob_spec::messages::{For, Request};

/// What sets the dice apart from that of their world.
const DICE: u64 = 0xfa_ce5f_ace5;
const EMOJI: &[&str] = &["🦊", "🐙", "👩🏽‍🚀", "🏳️‍🌈", "1️⃣"];
const EMOJI_BAD: &[&str] = &["fox", "🦊🐙", "\u{200d}"];
/// How many bytes the pictures have: all, none, or more than a picture may have.
const SIZES: &[u64] = &[40, 40, 40, 3];
const SIZES_BAD: &[u64] = &[0, 1 << 17];

/// Lets people wear something in half of the worlds, whose plans are sorted again.
pub(super) fn add(seed: u64, faults: &Faults, plan: &mut Plan) {
    let mut rng = Rng::with_seed(seed ^ DICE);
    if rng.bool() {
        return;
    }
    let rude: Vec<bool> = (0..plan.people()).map(|who| plan.is_rude(who)).collect();
    let weather = *faults != Faults::None;
    for step in &mut plan.steps {
        if let What::Does(who, Deed::Join { avatar, .. } | Deed::JoinBare { avatar, .. }) = &mut step.what {
            // A client that was refused has to be told what to do next; who is rude tries again anyway.
            let bad = weather && rude[*who] && rng.u8(..8) == 0;
            *avatar = rng.bool().then(|| (*pick(&mut rng, if bad { EMOJI_BAD } else { EMOJI })).to_owned());
        }
    }
    for (who, rude) in rude.into_iter().enumerate() {
        // Who types text has no words for it.
        let times = if plan.name_of(who) == super::dialects::NAME { 0 } else { rng.usize(..4) };
        for _ in 0..times {
            let at = rng.u64(0..plan.heal_ms.max(1));
            let careless = weather && (rude || rng.u8(..4) == 0);
            changes(&mut rng, plan, at, who, careless);
        }
    }
    plan.steps.sort_by_key(|step| step.at);
}

/// Somebody wears something else, or nothing any more; perhaps what nobody can wear.
fn changes(rng: &mut Rng, plan: &mut Plan, at: Ms, who: usize, careless: bool) {
    let mut does = |at: Ms, request| {
        if at < plan.heal_ms {
            plan.steps.push(Step { at, what: What::Does(who, Deed::Ask(request)) });
        }
    };
    let bad = careless && rng.u8(..3) == 0;
    match rng.u8(..5) {
        0 | 1 => {
            let avatar = Some((*pick(rng, if bad { EMOJI_BAD } else { EMOJI })).to_owned());
            does(at, Request::Wear { avatar });
        }
        2 => does(at, Request::Wear { avatar: None }),
        _ => {
            let size = *pick(rng, if bad { SIZES_BAD } else { SIZES });
            let digest = if careless && rng.u8(..6) == 0 { Digest([0; 32]) } else { Deed::digest(size) };
            let (name, media) = ("face.png".to_owned(), PictureKind::Png.media().to_owned());
            does(at, Request::Attach { place: For::Avatar, name, media, size, digest });
            let haste = *pick(rng, &[1, 1, 30, 400]);
            let bytes = Deed::bytes(0, size.min(40));
            does(at + haste, Request::Chunk { transfer: 0, offset: 0, bytes });
        }
    }
}
