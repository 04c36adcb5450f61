//! A key twice in one map is refused, wherever the map lies.

use std::collections::HashMap;

use crate::document::{Node, Text};
use crate::failure::{Failure, Outcome};
use crate::limits::duplicate_key;

/// Below this many keys comparing each with each is faster than hashing.
const FEW: usize = 12;

/// Errors: `format.duplicate_key` at the second of two equal keys of the map.
pub(super) fn refuse(source: &[u8], arena: &[u8], nodes: &[Node], map: u32) -> Outcome<()> {
    let children = || Siblings { nodes, next: map + 1, end: nodes[map as usize].end };
    let text = |text: Text| text.of(source, arena);
    if children().nth(FEW).is_none() {
        let mut seen: Vec<&Node> = Vec::with_capacity(FEW);
        for node in children() {
            if let Some(first) = seen.iter().find(|first| text(first.key) == text(node.key)) {
                return Err(again(source, text(node.key), first, node));
            }
            seen.push(node);
        }
        return Ok(());
    }
    // The default hasher is keyed: the file's author cannot make keys collide.
    let mut seen: HashMap<&[u8], &Node> = HashMap::with_capacity(children().count());
    for node in children() {
        if let Some(first) = seen.insert(text(node.key), node) {
            return Err(again(source, text(node.key), first, node));
        }
    }
    Ok(())
}

fn again(source: &[u8], key: &[u8], first: &Node, second: &Node) -> Failure {
    duplicate_key(source, key, first.offset as usize, second.offset as usize)
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
