//! Names as small numbers, so that a spelling is folded once and never again.

use hobnob_spec::profile::NickCase;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A name of a user or a room, as names are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name(u32);

/// The names that were met.
#[derive(Debug, Clone)]
pub(super) struct Names {
    case: NickCase,
    ids: BTreeMap<Arc<str>, Name>,
    spelled: Vec<Arc<str>>,
}

impl Names {
    pub(super) fn new(case: NickCase) -> Self {
        Self { case, ids: BTreeMap::new(), spelled: Vec::new() }
    }

    /// The number of a name.
    pub(super) fn of(&mut self, name: &str) -> Name {
        if let Some(id) = self.ids.get(name) {
            return *id;
        }
        let folded = match self.case {
            NickCase::Exact => name.to_owned(),
            NickCase::Fold => name.to_lowercase(),
        };
        let id = match self.ids.get(&*folded) {
            Some(id) => *id,
            None => {
                let id = Name(u32::try_from(self.spelled.len()).expect("a run has few names"));
                self.spelled.push(name.into());
                self.ids.insert(folded.into(), id);
                id
            }
        };
        self.ids.insert(name.into(), id);
        id
    }

    /// How a name was spelled first.
    pub(super) fn spell(&self, name: Name) -> &str {
        &self.spelled[name.0 as usize]
    }
}
