//! Frames: entries as length-prefixed records. The layout stands in `libs/sink-kit/frames.ts`, whose twin this is.
//!
//! A release frame made here has one more part behind its records, which readers that count records do not see: `"VTLS" | u32 count`, then per non-empty
//! list its flat key as `u32 length | bytes`. It tells `[1]` from `{"0": 1}`.

use std::borrow::Cow;

use crate::failure::{Failure, Outcome};

pub const RELEASE: u8 = 1;
pub const LIVE: u8 = 2;
pub const CHANGES: u8 = 3;

pub const OP_ENTRY: u8 = 0;
pub const OP_PUT: u8 = 1;
pub const OP_DELETE: u8 = 2;

pub const SECRET: u8 = 1;
pub const LOGGED: u8 = 2;
/// What a schema says of an entry.
pub const MARKS: u8 = SECRET | LOGGED;

pub const TYPE_TEXT: u8 = 0;
pub const TYPE_DIGEST: u8 = 254;

pub const NO_ORIGIN: u32 = u32::MAX;

const MAGIC: &[u8; 4] = b"VTF1";
const LISTS_MAGIC: &[u8; 4] = b"VTLS";
const HEADER_BYTES: usize = 12;
const RECORD_BYTES: usize = 16;
const SORTED: u8 = 1;

/// One entry, put or delete; key and value are slices of the frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'a> {
    pub op: u8,
    pub kind: u8,
    pub flags: u8,
    pub origin: u32,
    pub key: &'a [u8],
    pub value: &'a [u8],
}

impl Record<'_> {
    pub fn is_secret(&self) -> bool {
        self.flags & SECRET != 0
    }

    pub fn is_logged(&self) -> bool {
        self.flags & LOGGED != 0
    }
}

/// A decoded frame.
#[derive(Debug)]
pub struct Frame<'a> {
    pub kind: u8,
    pub origins: Vec<&'a [u8]>,
    pub records: Vec<Record<'a>>,
    /// Flat keys of the non-empty lists, sorted; `None` when the writer did not know them.
    pub lists: Option<Vec<&'a [u8]>>,
}

impl<'a> Frame<'a> {
    /// Decodes a frame and sorts its records by key.
    ///
    /// Errors: `frame.malformed`; a key that is there twice is one of its reasons.
    pub fn read(bytes: &'a [u8]) -> Outcome<Self> {
        let mut frame = Self::decode(bytes)?;
        let ascending = |pair: &[Record]| pair[0].key < pair[1].key;
        if !frame.records.windows(2).all(ascending) {
            frame.records.sort_by(|one, other| one.key.cmp(other.key));
            if !frame.records.windows(2).all(ascending) {
                return Err(malformed("a key is there twice"));
            }
        }
        Ok(frame)
    }

    fn decode(bytes: &'a [u8]) -> Outcome<Self> {
        let mut cursor = Cursor { bytes, at: 0 };
        if cursor.take(4)? != MAGIC {
            return Err(malformed("the magic bytes are missing"));
        }
        let kind = cursor.take(1)?[0];
        cursor.take(1)?;
        let origin_count = cursor.u16()?;
        let count = cursor.u32()? as usize;
        let mut origins = Vec::with_capacity(usize::from(origin_count));
        for _ in 0..origin_count {
            let length = cursor.u16()?;
            origins.push(cursor.take(usize::from(length))?);
        }
        // A forged count must not reserve more than the bytes can hold.
        let mut records = Vec::with_capacity(count.min(bytes.len() / RECORD_BYTES));
        for _ in 0..count {
            records.push(cursor.record()?);
        }
        let lists = cursor.lists()?;
        Ok(Self { kind, origins, records, lists })
    }

    /// The path of the file a record came from.
    pub fn origin(&self, record: &Record) -> Option<Cow<'a, str>> {
        self.origins.get(record.origin as usize).map(|path| String::from_utf8_lossy(path))
    }
}

/// What a frame of these records looks like; `records` are in the order they are written in.
pub fn write<'a>(kind: u8, origins: &[&[u8]], records: impl Iterator<Item = Record<'a>> + Clone, lists: Option<&[&[u8]]>) -> Vec<u8> {
    let size: usize = records.clone().map(|record| RECORD_BYTES + record.key.len() + record.value.len()).sum();
    let head: usize = HEADER_BYTES + origins.iter().map(|origin| origin.len() + 2).sum::<usize>();
    let tail: usize = lists.map_or(0, |lists| 8 + lists.iter().map(|list| list.len() + 4).sum::<usize>());
    let mut out = Vec::with_capacity(head + size + tail);
    out.extend_from_slice(MAGIC);
    out.extend_from_slice(&[kind, SORTED]);
    out.extend_from_slice(&(origins.len() as u16).to_le_bytes());
    out.extend_from_slice(&[0; 4]);
    for origin in origins {
        let length = origin.len().min(usize::from(u16::MAX));
        out.extend_from_slice(&(length as u16).to_le_bytes());
        out.extend_from_slice(&origin[..length]);
    }
    let mut count = 0u32;
    for record in records {
        push_record(&mut out, &record);
        count += 1;
    }
    out[8..12].copy_from_slice(&count.to_le_bytes());
    push_lists(&mut out, lists);
    out
}

fn push_record(out: &mut Vec<u8>, record: &Record) {
    let mut head = [record.op, record.kind, record.flags, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    head[4..8].copy_from_slice(&record.origin.to_le_bytes());
    head[8..12].copy_from_slice(&(record.key.len() as u32).to_le_bytes());
    head[12..16].copy_from_slice(&(record.value.len() as u32).to_le_bytes());
    out.extend_from_slice(&head);
    out.extend_from_slice(record.key);
    out.extend_from_slice(record.value);
}

fn push_lists(out: &mut Vec<u8>, lists: Option<&[&[u8]]>) {
    let Some(lists) = lists else { return };
    out.extend_from_slice(LISTS_MAGIC);
    out.extend_from_slice(&(lists.len() as u32).to_le_bytes());
    for list in lists {
        out.extend_from_slice(&(list.len() as u32).to_le_bytes());
        out.extend_from_slice(list);
    }
}

fn malformed(what: &str) -> Failure {
    Failure::new("frame.malformed", format!("A frame could not be read: {what}."), "This is a defect of varTrack; please report it.")
}

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn take(&mut self, count: usize) -> Outcome<&'a [u8]> {
        let end = self.at.checked_add(count).filter(|end| *end <= self.bytes.len()).ok_or_else(|| malformed("it is cut short"))?;
        let part = &self.bytes[self.at..end];
        self.at = end;
        Ok(part)
    }

    fn u16(&mut self) -> Outcome<u16> {
        self.take(2).map(|part| u16::from_le_bytes([part[0], part[1]]))
    }

    fn u32(&mut self) -> Outcome<u32> {
        self.take(4).map(|part| u32::from_le_bytes([part[0], part[1], part[2], part[3]]))
    }

    fn record(&mut self) -> Outcome<Record<'a>> {
        let head = self.take(4)?;
        let (op, kind, flags) = (head[0], head[1], head[2]);
        let origin = self.u32()?;
        let key_bytes = self.u32()? as usize;
        let value_bytes = self.u32()? as usize;
        Ok(Record { op, kind, flags, origin, key: self.take(key_bytes)?, value: self.take(value_bytes)? })
    }

    fn lists(&mut self) -> Outcome<Option<Vec<&'a [u8]>>> {
        if self.bytes.get(self.at..self.at + 4) != Some(LISTS_MAGIC) {
            return Ok(None);
        }
        self.at += 4;
        let count = self.u32()? as usize;
        let mut lists = Vec::with_capacity(count.min(self.bytes.len() / 4));
        for _ in 0..count {
            let length = self.u32()? as usize;
            lists.push(self.take(length)?);
        }
        Ok(Some(lists))
    }
}
