//! What the rows of the client's table ask. Asking changes nothing.

use super::order::{is_known, page_ends_hole};
use super::{Case, Client, Whose};
use hobnob_spec::client::{Guard, HELD_MAX, QUEUE_MAX};
use hobnob_spec::messages::{Answer, Place, Request};
use hobnob_spec::session::{No, Why};

impl Client {
    pub(super) fn holds(&self, guard: Guard, case: &Case) -> bool {
        match guard {
            Guard::Always => true,
            Guard::QueueFull => self.queue.len() >= QUEUE_MAX,
            Guard::JoinWanted => self.wish.is_some(),
            Guard::QuitWanted => self.queue.iter().any(|pending| matches!(pending.whose, Whose::Quit | Whose::Logout)),
            Guard::HasSeat => self.seat.is_some(),
            Guard::MayReturn => matches!(case, Case::Ended(Why::TooSlow | Why::Stopping)),
            Guard::RoomEntered => matches!(case, Case::Reply(_, Answer::Room { .. })),
            Guard::RoomLeftForNow => {
                matches!(case, Case::Reply(pending, Answer::Done)
                    if matches!(&pending.request, Request::Leave { room } if self.enters(room)))
            }
            Guard::RoomLeft => {
                matches!(case, Case::Reply(pending, Answer::Done) if matches!(pending.request, Request::Leave { .. }))
            }
            Guard::AvatarTaken => {
                matches!(case, Case::Reply(pending, Answer::Done) if matches!(pending.request, Request::Wear { .. }))
            }
            Guard::PrivateTaken => {
                matches!(case, Case::Reply(pending, Answer::Posted { .. })
                    if matches!(pending.request, Request::Private { .. }) && !pending.shown)
            }
            Guard::KnownAlready => {
                matches!(case, Case::Entry(place, entry, when)
                    if self.places.get(place).is_some_and(|track| is_known(track, place, entry, *when)))
            }
            Guard::OwnUnanswered => {
                matches!(case, Case::Entry(place, entry, _) if self.own_unanswered(place, entry).is_some())
            }
            Guard::HoldFull => self.hole(case).is_some_and(|held| held.len() >= HELD_MAX),
            Guard::HoleOpen => self.hole(case).is_some(),
            Guard::HoleBefore => {
                matches!(case, Case::Entry(place @ Place::Room(_), entry, _)
                    if self.places.get(place).is_some_and(|track| entry.number > track.last.saturating_add(1)))
            }
            Guard::PageEndsHole => {
                let track = self.place(case).and_then(|place| self.places.get(place));
                !matches!((case, track), (Case::Reply(_, Answer::Page { entries, more }), Some(track))
                    if !page_ends_hole(track, entries, *more))
            }
            Guard::AskedTooFast => matches!(case, Case::Reply(_, Answer::Refused { no: No::AsksTooFast, .. })),
            Guard::HeardSince => self.heard_since,
        }
    }
}
