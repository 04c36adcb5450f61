//! Keys that a release wants and somebody else already holds.

use crate::failure::Outcome;
use crate::frame::Frame;
use crate::ledger::{Ledger, is_ledger};

/// One key, and the index of the other that holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlap {
    pub key: String,
    pub index: u32,
}

/// An error names this many keys.
const MOST_OVERLAPS: usize = 100;

/// The first keys of the release that any of the others, ledgers or releases, holds too. A key that only was not pruned is free to take.
///
/// Errors: `frame.malformed`, `ledger.malformed`.
pub fn overlaps(release: &[u8], others: &[&[u8]]) -> Outcome<Vec<Overlap>> {
    let release = Frame::read(release)?;
    let mut found = Vec::new();
    for (index, other) in others.iter().enumerate() {
        let holder = Holder::read(other)?;
        let keys = release.records.iter().map(|record| record.key).filter(|key| holder.holds(key));
        let room = MOST_OVERLAPS - found.len();
        found.extend(keys.take(room).map(|key| Overlap { key: String::from_utf8_lossy(key).into_owned(), index: index as u32 }));
    }
    Ok(found)
}

/// Somebody who holds keys.
enum Holder<'a> {
    Ledger(Ledger),
    Release(Frame<'a>),
}

impl<'a> Holder<'a> {
    fn read(bytes: &'a [u8]) -> Outcome<Self> {
        if bytes.is_empty() || is_ledger(bytes) { Ledger::read(bytes).map(Self::Ledger) } else { Frame::read(bytes).map(Self::Release) }
    }

    fn holds(&self, key: &[u8]) -> bool {
        match self {
            Self::Ledger(ledger) => ledger.find(key).is_some_and(|owned| !owned.is_kept()),
            Self::Release(frame) => frame.records.binary_search_by(|record| record.key.cmp(key)).is_ok(),
        }
    }
}
