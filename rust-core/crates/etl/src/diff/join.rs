//! Brings the three sorted lists of keys together.

use super::{Fate, Row};
use crate::frame::Record;
use crate::ledger::Ledger;

/// One row per key that is in any of the three, sorted by key.
pub(super) fn join<'a>(wanted: &'a [Record<'a>], live: &'a [Record<'a>], ledger: &'a Ledger) -> Vec<Row<'a>> {
    let mut rows = Vec::with_capacity(wanted.len().max(live.len()));
    let (mut wanted, mut live, mut owned) = (wanted.iter().peekable(), live.iter().peekable(), ledger.entries.iter().peekable());
    loop {
        let heads = [wanted.peek().map(|record| record.key), live.peek().map(|record| record.key), owned.peek().map(|entry| ledger.key(entry))];
        let Some(key) = heads.into_iter().flatten().min() else { return rows };
        rows.push(Row {
            key,
            wanted: wanted.next_if(|record| record.key == key),
            live: live.next_if(|record| record.key == key),
            owned: owned.next_if(|entry| ledger.key(entry) == key),
            fate: Fate::Leave,
        });
    }
}
