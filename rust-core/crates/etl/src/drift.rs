//! Live state against the ledger: what somebody changed behind Git's back.

use crate::failure::Outcome;
use crate::frame::{Frame, Record};
use crate::ledger::{Ledger, LedgerKey, Owned};
use crate::report::shown;

/// See `DriftEntry` in libs/core/contract.ts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub key: String,
    pub kind: &'static str,
    pub actual: Option<String>,
}

/// See `Drift` in libs/core/contract.ts.
#[derive(Debug, Default)]
pub struct Drift {
    /// The first of them, by key.
    pub entries: Vec<Entry>,
    pub changed: usize,
    pub missing: usize,
    pub extra: usize,
    pub same: usize,
}

/// A report names this many keys; the counts tell of all.
const MOST_ENTRIES: usize = 100;

/// Compares. Keys that only stayed because they were not pruned are not declared any more: what happens to them is no drift.
///
/// Errors: `frame.malformed`, `ledger.malformed`.
pub fn drift(ledger: &[u8], live: &[u8], ledger_key: &LedgerKey, foreign: &[&[u8]]) -> Outcome<Drift> {
    let ledger = Ledger::read(ledger)?;
    let live = Frame::read(live)?;
    let foreign = foreign.iter().map(|bytes| Ledger::read(bytes)).collect::<Outcome<Vec<_>>>()?;
    let mut drift = Drift::default();
    let mut scratch = Vec::new();
    let mut owned = ledger.entries.iter().peekable();
    for record in &live.records {
        while let Some(entry) = owned.next_if(|entry| ledger.key(entry) < record.key) {
            drift.note_missing(ledger.key(entry), entry);
        }
        match owned.next_if(|entry| ledger.key(entry) == record.key) {
            Some(entry) if entry.is_kept() => {}
            Some(entry) if entry.matches(ledger_key, record, &mut scratch) => drift.same += 1,
            Some(entry) => drift.note_changed(record, entry),
            None if foreign.iter().any(|ledger| ledger.find(record.key).is_some()) => {}
            None => drift.note_extra(record),
        }
    }
    owned.for_each(|entry| drift.note_missing(ledger.key(entry), entry));
    Ok(drift)
}

impl Drift {
    fn note_missing(&mut self, key: &[u8], entry: &Owned) {
        if !entry.is_kept() {
            self.missing += 1;
            self.add(key, "missing", None);
        }
    }

    fn note_changed(&mut self, record: &Record, entry: &Owned) {
        self.changed += 1;
        self.add(record.key, "changed", Some((record.value, entry.is_secret() || record.is_secret())));
    }

    fn note_extra(&mut self, record: &Record) {
        self.extra += 1;
        self.add(record.key, "extra", Some((record.value, record.is_secret())));
    }

    fn add(&mut self, key: &[u8], kind: &'static str, actual: Option<(&[u8], bool)>) {
        if self.entries.len() < MOST_ENTRIES {
            let key = String::from_utf8_lossy(key).into_owned();
            self.entries.push(Entry { key, kind, actual: actual.map(|(value, secret)| shown(value, secret)) });
        }
    }
}
