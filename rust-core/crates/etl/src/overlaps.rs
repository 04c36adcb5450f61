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
        let held = holder(other)?;
        let keys = release.records.iter().map(|record| record.key).filter(|key| held(key));
        let room = MOST_OVERLAPS - found.len();
        found.extend(keys.take(room).map(|key| Overlap { key: String::from_utf8_lossy(key).into_owned(), index: index as u32 }));
    }
    Ok(found)
}

/// A test for the keys that a ledger or a release holds.
fn holder<'a>(bytes: &'a [u8]) -> Outcome<Box<dyn Fn(&[u8]) -> bool + 'a>> {
    if bytes.is_empty() || is_ledger(bytes) {
        let ledger = Ledger::read(bytes)?;
        return Ok(Box::new(move |key| ledger.find(key).is_some_and(|owned| !owned.is_kept())));
    }
    let frame = Frame::read(bytes)?;
    Ok(Box::new(move |key| frame.records.binary_search_by(|record| record.key.cmp(key)).is_ok()))
}
