//! Flat keys as the tree they came from.

use std::collections::{BTreeMap, HashSet};

use super::{collision, push_scalar};
use crate::dotted_names::DottedNames;
use crate::failure::Outcome;
use crate::frame::{Frame, Record};
use crate::json_text::push_string;

/// A value of the tree; maps are in key order, lists in the order of their indexes.
pub(super) enum Tree<'a> {
    Leaf(Record<'a>),
    Map(Vec<(&'a [u8], Tree<'a>)>),
    List(Vec<Tree<'a>>),
}

/// A map under construction; every container is one until its keys are all known.
#[derive(Default)]
struct Growing<'a> {
    leaf: Option<Record<'a>>,
    children: BTreeMap<&'a [u8], Growing<'a>>,
}

/// More steps in one key than this stay together in the last step, which bounds the recursion.
const DEEPEST: usize = 512;

/// Nests the records by the dots in their keys, but for those that are part of a name.
///
/// Errors: `render.collision` when a key is a value and also holds others.
pub(super) fn build<'a>(frame: &Frame<'a>, names: &mut DottedNames) -> Outcome<Tree<'a>> {
    let mut root = Growing::default();
    // Sorted by key, so that `a` comes before all of `a.*`.
    for record in &frame.records {
        let mut at = &mut root;
        for step in names.steps(record.key, DEEPEST) {
            if let Some(holder) = at.leaf {
                return Err(collision(&String::from_utf8_lossy(holder.key), &String::from_utf8_lossy(record.key)));
            }
            at = at.children.entry(step).or_default();
        }
        at.leaf = Some(*record);
    }
    let lists = frame.lists.as_ref().map(|lists| lists.iter().copied().collect());
    Ok(finish(root, &mut Vec::new(), lists.as_ref(), true))
}

fn finish<'a>(growing: Growing<'a>, path: &mut Vec<u8>, lists: Option<&HashSet<&[u8]>>, is_root: bool) -> Tree<'a> {
    if let Some(record) = growing.leaf {
        return Tree::Leaf(record);
    }
    let is_list = !is_root && lists.is_none_or(|lists| lists.contains(&path[..])) && counts_up(&growing.children);
    let length = path.len();
    let children = growing.children.into_iter().map(|(key, child)| {
        if !is_root {
            path.push(b'.');
        }
        path.extend_from_slice(key);
        let tree = finish(child, path, lists, false);
        path.truncate(length);
        (key, tree)
    });
    let mut children: Vec<(&[u8], Tree)> = children.collect();
    if !is_list {
        return Tree::Map(children);
    }
    children.sort_by_key(|(key, _)| index_of(key));
    Tree::List(children.into_iter().map(|(_, tree)| tree).collect())
}

/// Whether the keys are 0, 1, 2 and so on.
fn counts_up(children: &BTreeMap<&[u8], Growing>) -> bool {
    let mut indexes: Vec<Option<usize>> = children.keys().map(|key| index_of(key)).collect();
    indexes.sort_unstable();
    indexes.iter().enumerate().all(|(wanted, index)| *index == Some(wanted))
}

fn index_of(key: &[u8]) -> Option<usize> {
    let number: usize = std::str::from_utf8(key).ok()?.parse().ok()?;
    (number.to_string().as_bytes() == key).then_some(number)
}

/// Indented JSON.
pub(super) fn json(root: &Tree) -> Vec<u8> {
    let mut out = Vec::new();
    push_json(&mut out, root, 1);
    out.push(b'\n');
    out
}

fn push_json(out: &mut Vec<u8>, tree: &Tree, depth: usize) {
    match tree {
        Tree::Leaf(record) => push_scalar(out, record),
        Tree::Map(children) if children.is_empty() => out.extend_from_slice(b"{}"),
        Tree::Map(children) => {
            for (index, (key, child)) in children.iter().enumerate() {
                push_break(out, if index == 0 { b'{' } else { b',' }, depth);
                push_string(out, key);
                out.extend_from_slice(b": ");
                push_json(out, child, depth + 1);
            }
            push_end(out, b'}', depth);
        }
        Tree::List(items) => {
            for (index, item) in items.iter().enumerate() {
                push_break(out, if index == 0 { b'[' } else { b',' }, depth);
                push_json(out, item, depth + 1);
            }
            push_end(out, b']', depth);
        }
    }
}

fn push_break(out: &mut Vec<u8>, mark: u8, depth: usize) {
    out.extend_from_slice(&[mark, b'\n']);
    out.resize(out.len() + depth * 2, b' ');
}

fn push_end(out: &mut Vec<u8>, mark: u8, depth: usize) {
    out.push(b'\n');
    out.resize(out.len() + (depth - 1) * 2, b' ');
    out.push(mark);
}
