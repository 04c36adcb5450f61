//! A ledger: what a source owns at a destination. Per key its type, its marks and a keyed digest of its value; never the value.
//!
//! `"VTL1" | u32 count`, then per entry, sorted by key: `varint bytes shared with the key before | varint further bytes | u8 type | u8 flags | bytes | digest`.
//! Front coding and 16-byte digests keep 100,000 entries near 3 MB.

use std::ops::Range;

use crate::failure::{Failure, Outcome};
use crate::frame::{Frame, LOGGED, MARKS, Record, SECRET, TYPE_DIGEST, TYPE_TEXT};

/// The key of a ledger's digests.
pub type LedgerKey = [u8; 32];
pub type Digest = [u8; 16];

/// The key is still at the destination, but no longer in the release.
pub const KEPT: u8 = 128;

const MAGIC: &[u8; 4] = b"VTL1";

/// Front coding lets few bytes stand for many: a forged ledger ends here.
const MOST_KEY_BYTES: usize = 256 << 20;

/// Digest of one value under its key, the same for every type: a store without types gives the text back.
pub fn keyed_digest(ledger_key: &LedgerKey, key: &[u8], value: &[u8], scratch: &mut Vec<u8>) -> Digest {
    scratch.clear();
    scratch.extend_from_slice(&(key.len() as u32).to_le_bytes());
    scratch.extend_from_slice(key);
    scratch.extend_from_slice(value);
    let hash = blake3::keyed_hash(ledger_key, scratch);
    let mut digest = Digest::default();
    digest.copy_from_slice(&hash.as_bytes()[..16]);
    digest
}

/// One entry of a [`Ledger`].
#[derive(Debug, Clone)]
pub struct Owned {
    key: Range<usize>,
    pub kind: u8,
    pub flags: u8,
    pub digest: Digest,
}

impl Owned {
    pub fn is_secret(&self) -> bool {
        self.flags & SECRET != 0
    }

    pub fn is_logged(&self) -> bool {
        self.flags & LOGGED != 0
    }

    pub fn is_kept(&self) -> bool {
        self.flags & KEPT != 0
    }

    /// Whether a live value is the one that was written. Of a live digest only its presence is known.
    pub fn matches(&self, ledger_key: &LedgerKey, live: &Record, scratch: &mut Vec<u8>) -> bool {
        match live.kind {
            TYPE_DIGEST => true,
            kind if kind != TYPE_TEXT && kind != self.kind => false,
            _ => keyed_digest(ledger_key, live.key, live.value, scratch) == self.digest,
        }
    }
}

/// A decoded ledger, sorted by key.
#[derive(Debug, Default)]
pub struct Ledger {
    keys: Vec<u8>,
    pub entries: Vec<Owned>,
}

impl Ledger {
    /// Decodes a ledger; no bytes are the ledger of a source that owns nothing.
    ///
    /// Errors: `ledger.malformed`.
    pub fn read(bytes: &[u8]) -> Outcome<Self> {
        if bytes.is_empty() {
            return Ok(Self::default());
        }
        let mut reader = Reader { bytes, at: 0 };
        if reader.take(4)? != MAGIC {
            return Err(malformed());
        }
        let count = u32::from_le_bytes(reader.array()?) as usize;
        let mut ledger = Self { keys: Vec::with_capacity(bytes.len()), entries: Vec::with_capacity(count.min(bytes.len() / 20)) };
        for _ in 0..count {
            ledger.read_entry(&mut reader)?;
        }
        Ok(ledger)
    }

    fn read_entry(&mut self, reader: &mut Reader) -> Outcome<()> {
        let (shared, further) = (reader.varint()?, reader.varint()?);
        let [kind, flags] = reader.array()?;
        let before = self.entries.last().map_or(0..0, |entry| entry.key.clone());
        if shared > before.len() || self.keys.len() > MOST_KEY_BYTES {
            return Err(malformed());
        }
        let start = self.keys.len();
        self.keys.extend_from_within(before.start..before.start + shared);
        self.keys.extend_from_slice(reader.take(further)?);
        let key = start..self.keys.len();
        if !self.entries.is_empty() && self.keys[before] >= self.keys[key.clone()] {
            return Err(malformed());
        }
        self.entries.push(Owned { key, kind, flags, digest: reader.array()? });
        Ok(())
    }

    pub fn key(&self, entry: &Owned) -> &[u8] {
        &self.keys[entry.key.clone()]
    }

    /// The entry of a key.
    pub fn find(&self, key: &[u8]) -> Option<&Owned> {
        self.entries.binary_search_by(|entry| self.key(entry).cmp(key)).ok().map(|at| &self.entries[at])
    }

    /// The keys as text, sorted.
    pub fn key_names(&self) -> Vec<String> {
        self.entries.iter().map(|entry| String::from_utf8_lossy(self.key(entry)).into_owned()).collect()
    }
}

/// Whether the bytes are a ledger, and not a frame.
pub fn is_ledger(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

/// The ledger of a release.
///
/// Errors: `frame.malformed`.
pub fn ledger(release: &[u8], ledger_key: &LedgerKey) -> Outcome<Vec<u8>> {
    let frame = Frame::read(release)?;
    let mut writer = LedgerWriter::with_capacity(frame.records.len());
    let mut scratch = Vec::new();
    for record in &frame.records {
        let digest = keyed_digest(ledger_key, record.key, record.value, &mut scratch);
        writer.add(record.key, record.kind, record.flags & MARKS, &digest);
    }
    Ok(writer.finish())
}

/// Writes entries, which come sorted by key.
pub struct LedgerWriter {
    out: Vec<u8>,
    last: Vec<u8>,
    count: u32,
}

impl LedgerWriter {
    pub fn with_capacity(entries: usize) -> Self {
        let mut out = Vec::with_capacity(8 + entries * 32);
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(&[0; 4]);
        Self { out, last: Vec::new(), count: 0 }
    }

    pub fn add(&mut self, key: &[u8], kind: u8, flags: u8, digest: &Digest) {
        let shared = self.last.iter().zip(key).take_while(|(one, other)| one == other).count();
        push_varint(&mut self.out, shared);
        push_varint(&mut self.out, key.len() - shared);
        self.out.extend_from_slice(&[kind, flags]);
        self.out.extend_from_slice(&key[shared..]);
        self.out.extend_from_slice(digest);
        self.last.truncate(shared);
        self.last.extend_from_slice(&key[shared..]);
        self.count += 1;
    }

    pub fn finish(mut self) -> Vec<u8> {
        self.out[4..8].copy_from_slice(&self.count.to_le_bytes());
        self.out
    }
}

/// Seven bits a byte, the lowest first, as LEB128.
fn push_varint(out: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Outcome<&'a [u8]> {
        let end = self.at.checked_add(count).filter(|end| *end <= self.bytes.len()).ok_or_else(malformed)?;
        let part = &self.bytes[self.at..end];
        self.at = end;
        Ok(part)
    }

    fn array<const N: usize>(&mut self) -> Outcome<[u8; N]> {
        self.take(N)?.try_into().map_err(|_| malformed())
    }

    fn varint(&mut self) -> Outcome<usize> {
        let mut number = 0usize;
        for shift in [0, 7, 14, 21, 28] {
            let [byte] = self.array()?;
            number |= usize::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(malformed())
    }
}

fn malformed() -> Failure {
    Failure::new("ledger.malformed", "A ledger could not be read.", "Sync the destination by hand; its ledger is written anew.")
}
