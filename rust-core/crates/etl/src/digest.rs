//! The digest of a release: BLAKE3 over its canonical form, which holds what a destination sees and how it is to be treated, and nothing of files.

use crate::frame::Record;

const DOMAIN: &[u8] = b"vartrack release 1\n";
const BUFFER_BYTES: usize = 64 * 1024;

/// Neither the type of an entry nor the tag of a list.
const MARK: u8 = 253;

/// Hex BLAKE3 over `type | u32 key bytes | u32 value bytes | key | value` of each record in key order, then over the flat keys of the lists.
/// Where a schema marks entries, each mark follows as `tag | flags | u32 key bytes | key`; a release without marks has the digest it would have without a schema.
pub fn release_digest<'a>(records: impl Iterator<Item = Record<'a>>, lists: &[&[u8]]) -> String {
    let mut hasher = blake3::Hasher::new();
    let mut buffer = Vec::with_capacity(BUFFER_BYTES * 2);
    buffer.extend_from_slice(DOMAIN);
    let mut marks = Vec::new();
    for record in records {
        let mut head = [record.kind, 0, 0, 0, 0, 0, 0, 0, 0];
        head[1..5].copy_from_slice(&(record.key.len() as u32).to_le_bytes());
        head[5..9].copy_from_slice(&(record.value.len() as u32).to_le_bytes());
        buffer.extend_from_slice(&head);
        buffer.extend_from_slice(record.key);
        buffer.extend_from_slice(record.value);
        flush(&mut hasher, &mut buffer, BUFFER_BYTES);
        if record.flags != 0 {
            marks.extend_from_slice(&[MARK, record.flags]);
            marks.extend_from_slice(&(record.key.len() as u32).to_le_bytes());
            marks.extend_from_slice(record.key);
        }
    }
    for list in lists {
        buffer.push(u8::MAX);
        buffer.extend_from_slice(&(list.len() as u32).to_le_bytes());
        buffer.extend_from_slice(list);
        flush(&mut hasher, &mut buffer, BUFFER_BYTES);
    }
    buffer.extend_from_slice(&marks);
    flush(&mut hasher, &mut buffer, 0);
    hasher.finalize().to_hex().to_string()
}

/// Many small updates are slow; the hasher gets large pieces.
fn flush(hasher: &mut blake3::Hasher, buffer: &mut Vec<u8>, above: usize) {
    if buffer.len() > above {
        hasher.update(buffer);
        buffer.clear();
    }
}
