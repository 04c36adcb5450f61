//! What JavaScript gets back: Buffers and small summaries.

use napi::bindgen_prelude::Buffer;
use napi_derive::napi;
use vartrack_etl::{compile, diff, drift, failure, locate, overlaps};

/// An error as data; lines and columns count from 1.
#[napi(object, object_from_js = false)]
pub struct Failure {
    pub code: String,
    pub message: String,
    pub remedy: String,
    pub file: Option<String>,
    pub line: Option<u32>,
    pub column: Option<u32>,
    pub key: Option<String>,
}

impl From<&failure::Failure> for Failure {
    fn from(failure: &failure::Failure) -> Self {
        Self {
            code: failure.code.into(),
            message: failure.message.clone(),
            remedy: failure.remedy.into(),
            file: failure.file.clone(),
            line: failure.line,
            column: failure.column,
            key: failure.key.clone(),
        }
    }
}

#[napi(object, object_from_js = false)]
pub struct Diagnostic {
    pub code: String,
    pub message: String,
}

#[napi(object, object_from_js = false)]
pub struct CompileResult {
    pub frame: Buffer,
    pub digest: String,
    pub entries: u32,
    pub diagnostics: Vec<Diagnostic>,
    pub names: Buffer,
}

impl From<compile::Release> for CompileResult {
    fn from(release: compile::Release) -> Self {
        let diagnostics = release.diagnostics.into_iter().map(|known| Diagnostic { code: known.code.into(), message: known.message });
        Self {
            diagnostics: diagnostics.collect(),
            frame: release.frame.into(),
            digest: release.digest,
            entries: release.entries as u32,
            names: release.names.into(),
        }
    }
}

#[napi(object, object_from_js = false)]
pub struct Release {
    pub frame: Buffer,
    pub digest: String,
    pub entries: u32,
}

impl From<compile::Release> for Release {
    fn from(release: compile::Release) -> Self {
        Self { frame: release.frame.into(), digest: release.digest, entries: release.entries as u32 }
    }
}

#[napi(object, object_from_js = false)]
pub struct Stopped {
    pub deletes: u32,
    pub owned: u32,
}

#[napi(object, object_from_js = false)]
pub struct DiffSummary {
    pub added: u32,
    pub changed: u32,
    pub unchanged: u32,
    pub deleted: u32,
    pub kept: u32,
    pub conflicts: u32,
    pub prune_stopped: Option<Stopped>,
}

impl From<diff::Summary> for DiffSummary {
    fn from(summary: diff::Summary) -> Self {
        Self {
            added: summary.added as u32,
            changed: summary.changed as u32,
            unchanged: summary.unchanged as u32,
            deleted: summary.deleted as u32,
            kept: summary.kept as u32,
            conflicts: summary.conflicts as u32,
            prune_stopped: summary.stopped.map(|stopped| Stopped { deletes: stopped.deletes as u32, owned: stopped.owned as u32 }),
        }
    }
}

#[napi(object, object_from_js = false)]
pub struct PlannedChange {
    pub key: String,
    #[napi(ts_type = "'put' | 'delete' | 'keep' | 'conflict'")]
    pub action: String,
    pub from: Option<String>,
    pub to: Option<String>,
    pub origin: Option<String>,
}

#[napi(object, object_from_js = false)]
pub struct LoggedChange {
    pub key: String,
    pub from: Option<String>,
    pub to: Option<String>,
    pub secret: bool,
}

#[napi(object, object_from_js = false)]
pub struct Diff {
    pub changes: Buffer,
    pub undo: Buffer,
    pub ledger: Buffer,
    pub summary: DiffSummary,
    pub report: Vec<PlannedChange>,
    pub logged: Vec<LoggedChange>,
}

impl From<diff::Diff> for Diff {
    fn from(diff: diff::Diff) -> Self {
        let line = |line: diff::PlannedChange| PlannedChange {
            key: line.key,
            action: line.action.into(),
            from: line.from,
            to: line.to,
            origin: line.origin,
        };
        let told = |line: diff::LoggedChange| LoggedChange { key: line.key, from: line.from, to: line.to, secret: line.secret };
        Self {
            changes: diff.changes.into(),
            undo: diff.undo.into(),
            ledger: diff.ledger.into(),
            summary: diff.summary.into(),
            report: diff.report.into_iter().map(line).collect(),
            logged: diff.logged.into_iter().map(told).collect(),
        }
    }
}

#[napi(object, object_from_js = false)]
pub struct DriftEntry {
    pub key: String,
    #[napi(ts_type = "'changed' | 'missing' | 'extra'")]
    pub kind: String,
    pub actual: Option<String>,
}

#[napi(object, object_from_js = false)]
pub struct DriftSummary {
    pub changed: u32,
    pub missing: u32,
    pub extra: u32,
    pub same: u32,
}

#[napi(object, object_from_js = false)]
pub struct Drift {
    pub entries: Vec<DriftEntry>,
    pub summary: DriftSummary,
}

impl From<drift::Drift> for Drift {
    fn from(drift: drift::Drift) -> Self {
        let entry = |entry: drift::Entry| DriftEntry { key: entry.key, kind: entry.kind.into(), actual: entry.actual };
        let summary =
            DriftSummary { changed: drift.changed as u32, missing: drift.missing as u32, extra: drift.extra as u32, same: drift.same as u32 };
        Self { entries: drift.entries.into_iter().map(entry).collect(), summary }
    }
}

#[napi(object, object_from_js = false)]
pub struct Overlap {
    pub key: String,
    pub index: u32,
}

impl From<overlaps::Overlap> for Overlap {
    fn from(overlap: overlaps::Overlap) -> Self {
        Self { key: overlap.key, index: overlap.index }
    }
}

/// Where a key stands; empty for one that the file does not have.
#[napi(object, object_from_js = false)]
pub struct Position {
    pub line: Option<u32>,
    pub column: Option<u32>,
}

impl From<Option<locate::Position>> for Position {
    fn from(place: Option<locate::Position>) -> Self {
        Self { line: place.map(|(line, _)| line), column: place.map(|(_, column)| column) }
    }
}
