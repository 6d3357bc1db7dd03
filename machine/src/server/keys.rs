//! How names are compared.

use hobnob_spec::profile::NickCase;
use std::borrow::Cow;
use std::sync::Arc;

/// A name as it is compared. Costs nothing for a name that has no capitals.
pub(super) fn fold(case: NickCase, name: &str) -> Cow<'_, str> {
    match case {
        NickCase::Exact => Cow::Borrowed(name),
        NickCase::Fold if name.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) => Cow::Borrowed(name),
        NickCase::Fold => Cow::Owned(name.to_lowercase()),
    }
}

/// The same, to be kept.
pub(super) fn key(case: NickCase, name: &str) -> Arc<str> {
    fold(case, name).into()
}
