//! What the tests build their input from. Each test binary uses a part of it.
#![allow(dead_code)]

use vartrack_etl::compile::{Arrays, Format, Limits, Options, compile};
use vartrack_etl::diff::{self, Mode, PruneOptions};
use vartrack_etl::frame::{Frame, LIVE, NO_ORIGIN, OP_DELETE, RELEASE, Record, SECRET, TYPE_TEXT, write};
use vartrack_etl::ledger::LedgerKey;

pub const KEY: LedgerKey = [9; 32];
pub const STRING: u8 = 1;
pub const INTEGER: u8 = 2;

/// A release of strings; a key that begins with `secret` is one.
pub fn release(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut entries = entries.to_vec();
    entries.sort_unstable();
    frame(RELEASE, STRING, &entries)
}

/// Live values of a store without types, in the order given.
pub fn live(entries: &[(&str, &str)]) -> Vec<u8> {
    frame(LIVE, TYPE_TEXT, entries)
}

pub fn frame(frame_kind: u8, kind: u8, entries: &[(&str, &str)]) -> Vec<u8> {
    let records = entries.iter().map(|(key, value)| {
        let flags = if frame_kind == RELEASE && key.starts_with("secret") { SECRET } else { 0 };
        Record { op: 0, kind, flags, origin: NO_ORIGIN, key: key.as_bytes(), value: value.as_bytes() }
    });
    write(frame_kind, &[], records, None)
}

pub fn ledger(entries: &[(&str, &str)]) -> Vec<u8> {
    vartrack_etl::ledger::ledger(&release(entries), &KEY).expect("a release")
}

pub fn repair() -> diff::Options<'static> {
    let prune = PruneOptions { enabled: true, ..PruneOptions::default() };
    diff::Options { mode: Mode::Repair, prune, ledger_key: KEY, foreign: Vec::new(), undo: true, report: true }
}

/// A changes frame as lines: `+ key=value`, `- key`.
pub fn lines(changes: &[u8]) -> Vec<String> {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
    let frame = Frame::read(changes).expect("a frame");
    let line = |record: &Record| match record.op {
        OP_DELETE => format!("- {}", text(record.key)),
        _ => format!("+ {}={}", text(record.key), text(record.value)),
    };
    frame.records.iter().map(line).collect()
}

/// Live state after the changes, as a store of texts would have it.
pub fn apply(live: &[u8], changes: &[u8]) -> Vec<u8> {
    let mut state: std::collections::BTreeMap<Vec<u8>, Vec<u8>> = std::collections::BTreeMap::new();
    for record in Frame::read(live).expect("a frame").records {
        state.insert(record.key.to_vec(), record.value.to_vec());
    }
    for record in Frame::read(changes).expect("a frame").records {
        match record.op {
            OP_DELETE => drop(state.remove(record.key)),
            _ => drop(state.insert(record.key.to_vec(), record.value.to_vec())),
        }
    }
    let records = state.iter().map(|(key, value)| Record { op: 0, kind: TYPE_TEXT, flags: 0, origin: NO_ORIGIN, key, value });
    write(LIVE, &[], records, None)
}

pub fn options() -> Options {
    Options {
        file: "a.json".into(),
        environment: "production".into(),
        names: vec!["production".into(), "staging".into()],
        root_key: None,
        root_key_optional: false,
        root_key_any_depth: false,
        variables: Vec::new(),
        arrays: Arrays::Index,
        limits: Limits { max_file_bytes: 1 << 20, max_depth: 64, max_keys: 10_000 },
        derived: false,
    }
}

pub fn compiled(text: &str) -> vartrack_etl::compile::Release {
    compile(text.as_bytes(), Format::Json, &options()).expect("a valid file")
}

/// Numbers that are the same in every run (xorshift64, Marsaglia 2003).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}
