//! A key twice in one map is refused, wherever the map lies.

use std::collections::HashSet;

use crate::document::{Node, Text};
use crate::failure::Outcome;
use crate::limits::duplicate_key;

/// Below this many keys comparing each with each is faster than hashing.
const FEW: usize = 12;

/// Errors: `format.duplicate_key` at the second of two equal keys of the map.
pub(super) fn refuse(source: &[u8], arena: &[u8], nodes: &[Node], map: u32) -> Outcome<()> {
    let children = || Siblings { nodes, next: map + 1, end: nodes[map as usize].end };
    let text = |text: Text| text.of(source, arena);
    if children().nth(FEW).is_none() {
        let mut keys: Vec<&[u8]> = Vec::with_capacity(FEW);
        for node in children() {
            let key = text(node.key);
            if keys.contains(&key) {
                return Err(duplicate_key(key, node.offset as usize));
            }
            keys.push(key);
        }
        return Ok(());
    }
    // The default hasher is keyed: the file's author cannot make keys collide.
    let mut seen: HashSet<&[u8]> = HashSet::with_capacity(children().count());
    match children().find(|node| !seen.insert(text(node.key))) {
        Some(node) => Err(duplicate_key(text(node.key), node.offset as usize)),
        None => Ok(()),
    }
}

struct Siblings<'a> {
    nodes: &'a [Node],
    next: u32,
    end: u32,
}

impl<'a> Iterator for Siblings<'a> {
    type Item = &'a Node;

    fn next(&mut self) -> Option<&'a Node> {
        if self.next >= self.end {
            return None;
        }
        let node = &self.nodes[self.next as usize];
        self.next = node.end;
        Some(node)
    }
}
