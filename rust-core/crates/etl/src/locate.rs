//! Where the entries of a release stand in the file they were compiled from.

use std::collections::HashMap;

use crate::compile::{Format, Options, read};
use crate::document::{Document, Kind};
use crate::failure::{Outcome, position};

/// Line and column of a key, both from 1; of a derived text they are those of the text.
pub type Position = (u32, u32);

/// The places of flat keys (`a.b.0`) as the environment of the options sees them, in their order; `None` for a key that is not there.
///
/// Errors: those of `compile`.
pub fn locate(bytes: &[u8], format: Format, options: &Options, keys: &[String]) -> Outcome<Vec<Option<Position>>> {
    let (document, _) = read(bytes, format, options)?;
    let offsets = offsets_of(&document, keys);
    Ok(keys.iter().map(|key| offsets.get(key.as_bytes()).map(|offset| position(bytes, *offset))).collect())
}

/// A map or list that is being walked.
struct Open {
    end: usize,
    /// Bytes of the path that lead to it.
    path: usize,
    /// Of the next item of a list.
    index: Option<usize>,
}

/// The first place of each wanted key.
fn offsets_of<'k>(document: &Document, keys: &'k [String]) -> HashMap<&'k [u8], usize> {
    let wanted: HashMap<&[u8], &[u8]> = keys.iter().map(|key| (key.as_bytes(), key.as_bytes())).collect();
    let mut found = HashMap::new();
    let mut path: Vec<u8> = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    for (at, node) in document.nodes.iter().enumerate() {
        while open.last().is_some_and(|one| at >= one.end) {
            open.pop();
        }
        if let Some(parent) = open.last_mut() {
            path.truncate(parent.path);
            if parent.path > 0 {
                path.push(b'.');
            }
            step(&mut path, parent, document.text(node.key));
            if let Some(key) = wanted.get(&path[..]) {
                found.entry(*key).or_insert(node.offset as usize);
            }
        }
        if node.is_container() {
            open.push(Open { end: node.end as usize, path: path.len(), index: (node.kind == Kind::List).then_some(0) });
        }
    }
    found
}

fn step(path: &mut Vec<u8>, parent: &mut Open, key: &[u8]) {
    let Some(index) = &mut parent.index else { return path.extend_from_slice(key) };
    path.extend_from_slice(index.to_string().as_bytes());
    *index += 1;
}
