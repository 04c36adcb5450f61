//! The marks that a schema puts on entries: secret, logged.

use crate::compile::Release;
use crate::digest::release_digest;
use crate::document::Kind;
use crate::failure::Outcome;
use crate::frame::{Frame, LOGGED, RELEASE, Record, SECRET, write};

/// A marked field of a schema. `*` stands for an element of a list or a name that the schema leaves open; what lies below a marked field is marked too.
pub struct Mark {
    pub field: String,
    pub secret: bool,
    pub logged: bool,
}

/// The same release with its entries marked. Its digest covers the marks, so that a value which becomes a secret is written anew and its ledger masks it.
///
/// Errors: `frame.malformed`.
pub fn annotate(release: &[u8], marks: &[Mark]) -> Outcome<Release> {
    let frame = Frame::read(release)?;
    let patterns: Vec<Pattern> = marks.iter().map(Pattern::of).collect();
    let marked = frame.records.iter().map(|record| Record { flags: flags_of(record, &patterns), ..*record });
    let lists = frame.lists.as_deref();
    let digest = release_digest(marked.clone(), lists.unwrap_or_default());
    let frame_bytes = write(RELEASE, &frame.origins, marked, lists);
    Ok(Release { frame: frame_bytes, digest, entries: frame.records.len(), diagnostics: Vec::new(), names: Vec::new() })
}

struct Pattern<'a> {
    parts: Vec<&'a [u8]>,
    flags: u8,
}

impl<'a> Pattern<'a> {
    fn of(mark: &'a Mark) -> Self {
        let flags = if mark.secret { SECRET } else { 0 } | if mark.logged { LOGGED } else { 0 };
        Self { parts: parts_of(mark.field.as_bytes()).collect(), flags }
    }

    /// A name may hold dots itself, so a star takes one part or more: rather a value too many is masked than one too few.
    fn covers(&self, record: &Record) -> bool {
        let first = self.parts[0];
        if first != b"*" && !record.key.starts_with(first) {
            return false;
        }
        let key: Vec<&[u8]> = parts_of(record.key).collect();
        let whole = record.kind == Kind::Json as u8;
        // Where in the key the parts so far may end.
        let mut ends = vec![0];
        for part in &self.parts {
            // A list kept as one value holds what is marked within it.
            if whole && ends.contains(&key.len()) {
                return true;
            }
            ends = match (*part, ends.first()) {
                (b"*", Some(first)) => (first + 1..=key.len()).collect(),
                (part, _) => ends.into_iter().filter(|end| key.get(*end) == Some(&part)).map(|end| end + 1).collect(),
            };
        }
        !ends.is_empty()
    }
}

fn parts_of(key: &[u8]) -> impl Iterator<Item = &[u8]> {
    key.split(|byte| *byte == b'.')
}

fn flags_of(record: &Record, patterns: &[Pattern]) -> u8 {
    patterns.iter().filter(|pattern| pattern.flags & !record.flags != 0 && pattern.covers(record)).fold(record.flags, |flags, one| flags | one.flags)
}
