//! Flat keys: `a.b.c`, lists by index or as one JSON value. Entries come out sorted, and no two have one key.

use crate::document::{Document, Kind, Text};
use crate::dotted_names;
use crate::failure::{Failure, Outcome};
use crate::json_text;

/// What becomes of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrays {
    Index,
    Json,
}

/// One entry before it is written into a frame; the texts lie in the document.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The first bytes of the key, big-endian: most comparisons end here.
    prefix: u128,
    pub key: Text,
    pub kind: Kind,
    pub value: Text,
    /// The node it came from; `NO_NODE` for a variable.
    pub node: u32,
}

pub const NO_NODE: u32 = u32::MAX;

impl Entry {
    pub fn new(document: &Document, key: Text, kind: Kind, value: Text, node: u32) -> Self {
        Self { prefix: prefix(document.text(key)), key, kind, value, node }
    }
}

/// The flat form of a document.
pub struct Flat {
    pub entries: Vec<Entry>,
    /// Flat keys of the non-empty lists, sorted.
    pub lists: Vec<Text>,
    /// Names that hold dots, see `dotted_names`.
    pub names: Vec<u8>,
}

/// Flattens the document's root map.
///
/// `max_key_bytes` bounds all flat keys together: a long key above many others would multiply.
/// Errors: `flatten.collision` naming both paths, `limit.keys`.
pub fn flatten(document: &mut Document, arrays: Arrays, max_key_bytes: usize) -> Outcome<Flat> {
    let mut walk =
        Walk { arrays, path: Vec::with_capacity(256), open: Vec::new(), flat: Flat { entries: Vec::new(), lists: Vec::new(), names: Vec::new() } };
    walk.flat.entries.reserve(document.nodes.len());
    let limit = document.arena.len() + max_key_bytes;
    let mut node = 1;
    while node < document.nodes.len() as u32 {
        node = walk.step(document, node);
        if document.arena.len() > limit {
            let message = format!("The flat keys take more than {max_key_bytes} bytes.");
            return Err(Failure::new("limit.keys", message, "Shorten the long keys, or split the file.").at(document.node(node - 1).offset as usize));
        }
    }
    let mut flat = walk.flat;
    sort(document, &mut flat.entries);
    flat.lists.sort_unstable_by(|one, other| document.text(*one).cmp(document.text(*other)));
    refuse_collisions(document, &flat.entries)?;
    Ok(flat)
}

/// Sorts by key bytes; input that is sorted already costs one pass.
pub fn sort(document: &Document, entries: &mut [Entry]) {
    entries.sort_unstable_by(|one, other| one.prefix.cmp(&other.prefix).then_with(|| document.text(one.key).cmp(document.text(other.key))));
}

fn prefix(key: &[u8]) -> u128 {
    let mut bytes = [0; 16];
    let length = key.len().min(16);
    bytes[..length].copy_from_slice(&key[..length]);
    u128::from_be_bytes(bytes)
}

/// A container whose children are being walked.
struct Open {
    end: u32,
    /// Length of the path up to and with this container.
    path: usize,
    /// Index of the next item of a list.
    next: Option<u32>,
}

struct Walk {
    arrays: Arrays,
    path: Vec<u8>,
    open: Vec<Open>,
    flat: Flat,
}

impl Walk {
    /// Handles one node and returns the next.
    fn step(&mut self, document: &mut Document, node: u32) -> u32 {
        while self.open.last().is_some_and(|open| open.end <= node) {
            self.open.pop();
        }
        self.enter(document, node);
        let at = *document.node(node);
        let is_empty = at.end == node + 1;
        match at.kind {
            Kind::Map if is_empty => self.add(document, node, Kind::Map, b"{}"),
            Kind::List if is_empty => self.add(document, node, Kind::List, b"[]"),
            Kind::List if self.arrays == Arrays::Json => {
                let mut text = Vec::new();
                json_text::push_value(&mut text, document, node);
                self.add(document, node, Kind::Json, &text);
                return at.end;
            }
            Kind::Map => self.open.push(Open { end: at.end, path: self.path.len(), next: None }),
            Kind::List => {
                let path = document.intern(&self.path);
                self.flat.lists.push(path);
                self.open.push(Open { end: at.end, path: self.path.len(), next: Some(0) });
            }
            kind => {
                let key = document.intern(&self.path);
                self.flat.entries.push(Entry::new(document, key, kind, at.value, node));
            }
        }
        node + 1
    }

    /// Makes the path that of the node.
    fn enter(&mut self, document: &Document, node: u32) {
        let parent = self.open.last_mut();
        self.path.truncate(parent.as_ref().map_or(0, |open| open.path));
        let has_parent = parent.is_some();
        let index = parent.and_then(|open| open.next.as_mut());
        if has_parent {
            self.path.push(b'.');
        }
        match index {
            Some(index) => {
                self.path.extend_from_slice(index.to_string().as_bytes());
                *index += 1;
            }
            None => {
                let start = self.path.len();
                self.path.extend_from_slice(document.key(node));
                if self.path[start..].contains(&b'.') {
                    dotted_names::push(&mut self.flat.names, &self.path, start);
                }
            }
        }
    }

    fn add(&mut self, document: &mut Document, node: u32, kind: Kind, value: &[u8]) {
        let key = document.intern(&self.path);
        let value = document.intern(value);
        self.flat.entries.push(Entry::new(document, key, kind, value, node));
    }
}

fn refuse_collisions(document: &Document, entries: &[Entry]) -> Outcome<()> {
    let same = |pair: &&[Entry]| pair[0].prefix == pair[1].prefix && document.text(pair[0].key) == document.text(pair[1].key);
    let Some(pair) = entries.windows(2).find(same) else { return Ok(()) };
    let key = String::from_utf8_lossy(document.text(pair[0].key)).into_owned();
    let (first, second) = (pair[0].node.min(pair[1].node), pair[0].node.max(pair[1].node));
    let message = format!("The paths {} and {} both become the key `{key}`.", path_of(document, first), path_of(document, second));
    Err(Failure::new("flatten.collision", message, "Rename or remove one of the two.").at(document.node(second).offset as usize).of(key))
}

/// The path of a node, each step quoted: `"a" > "b"`.
fn path_of(document: &Document, target: u32) -> String {
    let mut steps = Vec::new();
    let mut parent = 0;
    while parent != target {
        let is_list = document.node(parent).kind == Kind::List;
        let Some((index, child)) = document.children(parent).enumerate().find(|(_, child)| (*child..document.node(*child).end).contains(&target))
        else {
            break;
        };
        steps.push(if is_list { index.to_string() } else { format!("\"{}\"", document.key_name(child)) });
        parent = child;
    }
    steps.join(" > ")
}
