//! Which keys that are no longer in the release are deleted, and which stay.

use globset::{Candidate, GlobSet};

use crate::failure::Outcome;
use crate::protection::protection;

/// See `PruneOptions` in libs/core/contract.ts.
#[derive(Debug, Clone, Default)]
pub struct PruneOptions {
    pub enabled: bool,
    /// Also live keys that the source never wrote.
    pub all: bool,
    pub protection: Vec<String>,
    pub max_delete: Option<u32>,
    pub approved: bool,
    pub dry_run: bool,
}

/// Deletes that were over the budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stopped {
    pub deletes: usize,
    pub owned: usize,
}

/// The default budget stops a prune of more than this many keys ...
const FEW_DELETES: usize = 10;
/// ... that is also more than this many percent of the owned.
const LARGE_SHARE: usize = 30;

/// Decides key by key.
pub struct Pruner<'a> {
    options: &'a PruneOptions,
    protected: GlobSet,
}

impl<'a> Pruner<'a> {
    /// Errors: `prune.invalid_glob`.
    pub fn new(options: &'a PruneOptions) -> Outcome<Self> {
        Ok(Self { options, protected: protection(&options.protection)? })
    }

    /// Whether a key that left the release may be deleted; `owned`: the source wrote it.
    pub fn may_delete(&self, key: &[u8], owned: bool) -> bool {
        let in_scope = self.options.enabled && (owned || self.options.all);
        in_scope && !self.protected.is_match_candidate(&Candidate::from_bytes(key))
    }

    /// Whether so many deletes need an approval that is not there.
    pub fn stop(&self, deletes: usize, owned: usize) -> Option<Stopped> {
        let over = match self.options.max_delete {
            Some(most) => deletes > most as usize,
            None => deletes > FEW_DELETES && deletes * 100 > owned * LARGE_SHARE,
        };
        (over && !self.options.approved).then_some(Stopped { deletes, owned })
    }
}
