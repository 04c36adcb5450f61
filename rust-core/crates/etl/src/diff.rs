//! The typed difference between a release and the live state: what to put, what to delete, what stays, and what the source owns afterwards.

use crate::failure::Outcome;
use crate::frame::{CHANGES, Frame, MARKS, OP_DELETE, OP_PUT, Record, SECRET, TYPE_DIGEST, TYPE_TEXT, write};
use crate::ledger::{Digest, KEPT, Ledger, LedgerKey, LedgerWriter, Owned, keyed_digest};
use crate::prune::Pruner;
pub use crate::prune::{PruneOptions, Stopped};
pub use crate::report::{LoggedChange, PlannedChange};
use crate::report::{logged, report};

mod join;
mod side_by_side;

use join::join;
use side_by_side::side_by_side;

/// Which of the release's keys are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Every key.
    WriteAll,
    /// What differs from live.
    Repair,
}

/// See `DiffOptions` in libs/core/contract.ts.
pub struct Options<'a> {
    pub mode: Mode,
    pub prune: PruneOptions,
    pub ledger_key: LedgerKey,
    pub foreign: Vec<&'a [u8]>,
    pub undo: bool,
    pub report: bool,
}

/// See `DiffSummary` in libs/core/contract.ts.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Summary {
    pub added: usize,
    pub changed: usize,
    pub unchanged: usize,
    pub deleted: usize,
    pub kept: usize,
    pub conflicts: usize,
    pub stopped: Option<Stopped>,
}

/// See `Diff` in libs/core/contract.ts.
#[derive(Debug)]
pub struct Diff {
    pub changes: Vec<u8>,
    pub undo: Vec<u8>,
    pub ledger: Vec<u8>,
    pub summary: Summary,
    pub report: Vec<PlannedChange>,
    /// Changes of entries that a schema wants told.
    pub logged: Vec<LoggedChange>,
}

/// What becomes of one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Add,
    /// `conflict`: somebody changed it since the last write.
    Change {
        conflict: bool,
    },
    Same,
    Delete,
    /// Stays and stays owned.
    Keep,
    /// Nothing is done and nothing is owned.
    Leave,
}

/// One key in the three places it can be.
pub(crate) struct Row<'a> {
    pub key: &'a [u8],
    pub wanted: Option<&'a Record<'a>>,
    pub live: Option<&'a Record<'a>>,
    pub owned: Option<&'a Owned>,
    pub fate: Fate,
}

impl Row<'_> {
    pub fn is_logged(&self) -> bool {
        self.wanted.is_some_and(Record::is_logged) || self.owned.is_some_and(Owned::is_logged)
    }

    pub fn is_secret(&self) -> bool {
        self.wanted.is_some_and(Record::is_secret) || self.owned.is_some_and(Owned::is_secret) || self.live.is_some_and(Record::is_secret)
    }
}

/// Compares a release with a live frame and the ledger of the last write (empty: none).
///
/// In `WriteAll` an empty live frame means that nobody looked: what left the release is then deleted unseen.
/// Errors: `frame.malformed`, `ledger.malformed`, `prune.invalid_glob`.
pub fn diff(release: &[u8], live: &[u8], ledger: &[u8], options: &Options) -> Outcome<Diff> {
    let is_large = live.len() >= SHARED_BYTES;
    let (live, (release, ledger)) = side_by_side(is_large, || Frame::read(live), || (Frame::read(release), Ledger::read(ledger)));
    let (release, live, ledger) = (release?, live?, ledger?);
    let foreign = options.foreign.iter().map(|bytes| Ledger::read(bytes)).collect::<Outcome<Vec<_>>>()?;
    let unseen = options.mode == Mode::WriteAll && live.records.is_empty();
    let mut rows = join(&release.records, &live.records, &ledger);
    let pruner = Pruner::new(&options.prune)?;
    let mut scratch = Vec::new();
    for row in &mut rows {
        row.fate = match row.wanted {
            Some(wanted) => fate_of_wanted(wanted, row, &options.ledger_key, &mut scratch),
            None if foreign.iter().any(|ledger| ledger.find(row.key).is_some()) => Fate::Leave,
            None => fate_of_departed(row, &pruner, unseen),
        };
    }
    let deletes = rows.iter().filter(|row| row.fate == Fate::Delete).count();
    let stopped = pruner.stop(deletes, ledger.entries.len());
    if stopped.is_some() {
        rows.iter_mut().filter(|row| row.fate == Fate::Delete).for_each(stay);
    }
    let mut summary = summarize(&rows);
    summary.stopped = stopped;
    let told = logged(&rows);
    let lines = if options.report { report(&rows, &release) } else { Vec::new() };
    if options.prune.dry_run {
        rows.iter_mut().filter(|row| row.fate == Fate::Delete).for_each(stay);
    }
    Ok(Diff {
        changes: changes(&rows, &release, options.mode),
        undo: if options.undo { undo(&rows) } else { write(CHANGES, &[], std::iter::empty(), None) },
        ledger: next_ledger(&rows, &options.ledger_key),
        summary,
        report: lines,
        logged: told,
    })
}

fn fate_of_wanted(wanted: &Record, row: &Row, ledger_key: &LedgerKey, scratch: &mut Vec<u8>) -> Fate {
    let Some(live) = row.live else { return Fate::Add };
    if is_same(wanted, live) {
        return Fate::Same;
    }
    let conflict = row.owned.is_some_and(|owned| !owned.matches(ledger_key, live, scratch));
    Fate::Change { conflict }
}

/// A store without types gives text; a store that hides values gives the hex BLAKE3 of the text.
fn is_same(wanted: &Record, live: &Record) -> bool {
    match live.kind {
        TYPE_TEXT => wanted.value == live.value,
        TYPE_DIGEST => blake3::hash(wanted.value).to_hex().as_bytes() == live.value,
        kind => kind == wanted.kind && wanted.value == live.value,
    }
}

fn fate_of_departed(row: &Row, pruner: &Pruner, unseen: bool) -> Fate {
    let there = row.live.is_some() || unseen;
    match (there, row.owned.is_some()) {
        (false, _) => Fate::Leave,
        (true, owned) if pruner.may_delete(row.key, owned) => Fate::Delete,
        (true, true) => Fate::Keep,
        (true, false) => Fate::Leave,
    }
}

fn stay(row: &mut Row) {
    row.fate = if row.owned.is_some() { Fate::Keep } else { Fate::Leave };
}

fn summarize(rows: &[Row]) -> Summary {
    let mut summary = Summary::default();
    for row in rows {
        match row.fate {
            Fate::Add => summary.added += 1,
            Fate::Change { conflict } => {
                summary.changed += 1;
                summary.conflicts += usize::from(conflict);
            }
            Fate::Same => summary.unchanged += 1,
            Fate::Delete => summary.deleted += 1,
            Fate::Keep => summary.kept += 1,
            Fate::Leave => {}
        }
    }
    summary
}

fn changes(rows: &[Row], release: &Frame, mode: Mode) -> Vec<u8> {
    let records = rows.iter().filter_map(|row| match (row.fate, row.wanted) {
        (Fate::Delete, _) => Some(deletion(row)),
        (Fate::Same, Some(_)) if mode == Mode::Repair => None,
        (_, Some(wanted)) => Some(Record { op: OP_PUT, ..*wanted }),
        _ => None,
    });
    write(CHANGES, &release.origins, records, None)
}

fn deletion<'a>(row: &Row<'a>) -> Record<'a> {
    Record { op: OP_DELETE, kind: TYPE_TEXT, flags: 0, origin: crate::frame::NO_ORIGIN, key: row.key, value: b"" }
}

/// What brings back the live state as it was.
fn undo(rows: &[Row]) -> Vec<u8> {
    let records = rows.iter().filter_map(|row| match (row.fate, row.live) {
        (Fate::Add, _) => Some(deletion(row)),
        (Fate::Change { .. } | Fate::Delete, Some(live)) => Some(restoration(row, live)),
        _ => None,
    });
    write(CHANGES, &[], records, None)
}

fn restoration<'a>(row: &Row<'a>, live: &Record<'a>) -> Record<'a> {
    let flags = if row.is_secret() { live.flags | SECRET } else { live.flags };
    Record { op: OP_PUT, flags, origin: crate::frame::NO_ORIGIN, ..*live }
}

fn next_ledger(rows: &[Row], ledger_key: &LedgerKey) -> Vec<u8> {
    let mut writer = LedgerWriter::with_capacity(rows.len());
    for (row, wanted) in rows.iter().zip(digests(rows, ledger_key)) {
        match (wanted, row.owned) {
            (Some((wanted, digest)), _) => writer.add(wanted.key, wanted.kind, wanted.flags & MARKS, &digest),
            (None, Some(owned)) if row.fate == Fate::Keep => writer.add(row.key, owned.kind, owned.flags | KEPT, &owned.digest),
            _ => {}
        }
    }
    writer.finish()
}

/// From so many rows, or bytes of a frame, on a second thread is worth its start.
const SHARED_FROM: usize = 10_000;
const SHARED_BYTES: usize = 1 << 20;

/// What is wanted in each row, with its digest. Digests are a third of what a diff takes, so of many rows a second thread makes half.
fn digests<'a>(rows: &[Row<'a>], ledger_key: &LedgerKey) -> Vec<Option<(&'a Record<'a>, Digest)>> {
    let (first, second) = rows.split_at(rows.len() / 2);
    let (mut digests, others) = side_by_side(rows.len() >= SHARED_FROM, || digests_of(first, ledger_key), || digests_of(second, ledger_key));
    digests.extend(others);
    digests
}

fn digests_of<'a>(rows: &[Row<'a>], ledger_key: &LedgerKey) -> Vec<Option<(&'a Record<'a>, Digest)>> {
    let mut scratch = Vec::new();
    let mut digest = |wanted: &Record| keyed_digest(ledger_key, wanted.key, wanted.value, &mut scratch);
    rows.iter().map(|row| row.wanted.map(|wanted| (wanted, digest(wanted)))).collect()
}
