//! The lines of a report: every change with what was and what will be, secrets masked.

use crate::diff::{Fate, Row};
use crate::frame::{Frame, Record};

/// What stands for a secret wherever people or logs can see it.
pub const MASK: &str = "***";

/// See `PlannedChange` in libs/core/contract.ts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedChange {
    pub key: String,
    pub action: &'static str,
    pub from: Option<String>,
    pub to: Option<String>,
    pub origin: Option<String>,
}

/// See `LoggedChange` in libs/core/contract.ts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedChange {
    pub key: String,
    pub from: Option<String>,
    pub to: Option<String>,
    pub secret: bool,
}

/// The changes of entries that are marked as logged.
pub(crate) fn logged(rows: &[Row]) -> Vec<LoggedChange> {
    let changes = |fate: Fate| matches!(fate, Fate::Add | Fate::Change { .. } | Fate::Delete);
    let told = |row: &Row| {
        let secret = row.is_secret();
        let shown = |record: &Record| shown(record.value, secret);
        LoggedChange { key: String::from_utf8_lossy(row.key).into_owned(), from: row.live.map(shown), to: row.wanted.map(shown), secret }
    };
    rows.iter().filter(|row| changes(row.fate) && row.is_logged()).map(told).collect()
}

/// One line per key that does not simply stay as it is.
pub(crate) fn report(rows: &[Row], release: &Frame) -> Vec<PlannedChange> {
    rows.iter().filter_map(|row| action(row.fate).map(|action| line(row, action, release))).collect()
}

fn action(fate: Fate) -> Option<&'static str> {
    match fate {
        Fate::Add | Fate::Change { conflict: false } => Some("put"),
        Fate::Change { conflict: true } => Some("conflict"),
        Fate::Delete => Some("delete"),
        Fate::Keep => Some("keep"),
        Fate::Same | Fate::Leave => None,
    }
}

fn line(row: &Row, action: &'static str, release: &Frame) -> PlannedChange {
    let shown = |record: &Record| shown(record.value, row.is_secret());
    PlannedChange {
        key: String::from_utf8_lossy(row.key).into_owned(),
        action,
        from: row.live.map(shown),
        to: row.wanted.map(shown),
        origin: row.wanted.and_then(|wanted| release.origin(wanted)).map(|path| path.into_owned()),
    }
}

/// A value as people may see it.
pub fn shown(value: &[u8], secret: bool) -> String {
    if secret { MASK.into() } else { String::from_utf8_lossy(value).into_owned() }
}
