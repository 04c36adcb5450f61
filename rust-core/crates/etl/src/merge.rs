//! Several files of one source as one release.

use crate::compile::Release;
use crate::digest::release_digest;
use crate::failure::{Failure, Outcome};
use crate::frame::{Frame, NO_ORIGIN, RELEASE, Record, write};

/// Merges releases. No key may be in two of them, not even with one value.
///
/// Errors: `claim.conflict` naming the key and both files, `frame.malformed`.
pub fn merge(releases: &[&[u8]]) -> Outcome<Release> {
    let frames = releases.iter().map(|bytes| Frame::read(bytes)).collect::<Outcome<Vec<_>>>()?;
    let mut origins: Vec<&[u8]> = Vec::new();
    let mut records: Vec<Record> = Vec::with_capacity(frames.iter().map(|frame| frame.records.len()).sum());
    for frame in &frames {
        let places: Vec<u32> = frame.origins.iter().map(|origin| place_of(&mut origins, origin)).collect();
        let moved = |record: &Record| places.get(record.origin as usize).copied().unwrap_or(NO_ORIGIN);
        records.extend(frame.records.iter().map(|record| Record { origin: moved(record), ..*record }));
    }
    // Stable, and made of sorted runs: the sort only merges.
    records.sort_by(|one, other| one.key.cmp(other.key));
    refuse_conflicts(&records, &origins)?;
    let lists = merged_lists(&frames);
    let digest = release_digest(records.iter().copied(), &lists);
    let frame = write(RELEASE, &origins, records.iter().copied(), Some(&lists));
    Ok(Release { frame, digest, entries: records.len(), diagnostics: Vec::new(), names: Vec::new() })
}

fn place_of<'a>(origins: &mut Vec<&'a [u8]>, origin: &'a [u8]) -> u32 {
    let known = origins.iter().position(|other| *other == origin);
    known.unwrap_or_else(|| {
        origins.push(origin);
        origins.len() - 1
    }) as u32
}

fn merged_lists<'a>(frames: &[Frame<'a>]) -> Vec<&'a [u8]> {
    let mut lists: Vec<&[u8]> = frames.iter().flat_map(|frame| frame.lists.iter().flatten().copied()).collect();
    lists.sort_unstable();
    lists.dedup();
    lists
}

fn refuse_conflicts(records: &[Record], origins: &[&[u8]]) -> Outcome<()> {
    let Some(pair) = records.windows(2).find(|pair| pair[0].key == pair[1].key) else { return Ok(()) };
    let key = String::from_utf8_lossy(pair[0].key).into_owned();
    let file = |record: &Record| origins.get(record.origin as usize).map_or("another file".into(), |path| String::from_utf8_lossy(path));
    let message = format!("The key `{key}` is in {} and in {}.", file(&pair[0]), file(&pair[1]));
    Err(Failure::new("claim.conflict", message, "Keep the key in one of the two files.").of(key))
}
