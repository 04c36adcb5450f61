//! What was read, before it is known which blocks are there more than once.

use std::collections::HashMap;

use super::Name;
use crate::document::{Document, Kind, Node, Text};
use crate::failure::Outcome;
use crate::limits::duplicate_key;

pub(super) enum Tree {
    Leaf(Kind, Text),
    Map(Members),
    /// Items with the bytes they begin at.
    List(Vec<(usize, Tree)>),
    /// The bodies of all blocks of one name and labels: one is a map, more are a list.
    Blocks(Vec<(usize, Members)>),
    /// Blocks by their next label.
    Labels(Members),
}

impl Tree {
    /// Whether its entries were counted already: those of a container are.
    pub(super) fn is_filled(&self) -> bool {
        match self {
            Tree::Map(members) => !members.is_empty(),
            Tree::List(items) => !items.is_empty(),
            _ => false,
        }
    }
}

/// Keys with their values, in the order of the file.
#[derive(Default)]
pub(super) struct Members {
    values: Vec<(Name, Tree)>,
    places: HashMap<Vec<u8>, usize>,
}

impl Members {
    pub(super) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Adds a value. Error: the byte at which the key was taken before.
    pub(super) fn add(&mut self, name: Name, key: &[u8], value: Tree) -> Result<(), usize> {
        if let Some(place) = self.places.get(key) {
            return Err(self.values[*place].0.offset);
        }
        self.places.insert(key.to_vec(), self.values.len());
        self.values.push((name, value));
        Ok(())
    }

    /// Adds a block under its name and labels; `keys` are their bytes.
    ///
    /// Errors: `format.duplicate_key` where an attribute, or a block with fewer or more labels, has the name.
    pub(super) fn add_block(&mut self, source: &[u8], path: &[Name], keys: &[&[u8]], body: Members) -> Outcome<()> {
        let ([name, labels @ ..], [key, further @ ..]) = (path, keys) else { return Ok(()) };
        let place = self.places.get(*key).copied().unwrap_or(self.values.len());
        if place == self.values.len() {
            let fresh = if labels.is_empty() { Tree::Blocks(Vec::new()) } else { Tree::Labels(Members::default()) };
            self.places.insert(key.to_vec(), place);
            self.values.push((*name, fresh));
        }
        let (first, tree) = &mut self.values[place];
        match tree {
            Tree::Blocks(bodies) if labels.is_empty() => {
                bodies.push((name.offset, body));
                Ok(())
            }
            Tree::Labels(members) if !labels.is_empty() => members.add_block(source, labels, further, body),
            _ => Err(duplicate_key(source, key, first.offset, name.offset)),
        }
    }
}

/// The tree as nodes. The depth limit of the parser bounds the recursion.
pub(super) fn document(source: &[u8], arena: Vec<u8>, body: Members) -> Document<'_> {
    let mut nodes = Vec::new();
    push(&mut nodes, Text::EMPTY, 0, Tree::Map(body));
    Document { source, arena, nodes }
}

fn push(nodes: &mut Vec<Node>, key: Text, offset: usize, tree: Tree) {
    let at = nodes.len();
    let (kind, value) = match &tree {
        Tree::Leaf(kind, value) => (*kind, *value),
        Tree::Map(_) | Tree::Labels(_) => (Kind::Map, Text::EMPTY),
        Tree::Blocks(bodies) if bodies.len() == 1 => (Kind::Map, Text::EMPTY),
        Tree::List(_) | Tree::Blocks(_) => (Kind::List, Text::EMPTY),
    };
    nodes.push(Node { kind, key, value, end: 0, offset: offset as u32 });
    match tree {
        Tree::Leaf(..) => {}
        Tree::Map(members) | Tree::Labels(members) => push_members(nodes, members),
        Tree::List(items) => items.into_iter().for_each(|(offset, item)| push(nodes, Text::EMPTY, offset, item)),
        Tree::Blocks(mut bodies) if kind == Kind::Map => bodies.drain(..).for_each(|(_, body)| push_members(nodes, body)),
        Tree::Blocks(bodies) => bodies.into_iter().for_each(|(offset, body)| push(nodes, Text::EMPTY, offset, Tree::Map(body))),
    }
    nodes[at].end = nodes.len() as u32;
}

fn push_members(nodes: &mut Vec<Node>, members: Members) {
    members.values.into_iter().for_each(|(name, tree)| push(nodes, name.text, name.offset, tree));
}
