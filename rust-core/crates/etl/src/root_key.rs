//! Finds the subtree that is varTrack's.

use crate::document::Document;
use crate::failure::{Failure, Outcome};

/// What the rule says about the root key.
pub struct RootKey<'a> {
    /// `None`: the default, which a file need not have. `Some("")`: the whole file.
    pub name: Option<&'a str>,
    /// A named key may be missing; then it is the whole file.
    pub optional: bool,
    /// Below the root element at any depth (XML), else only at the top.
    pub any_depth: bool,
}

const DEFAULT: &str = "vartrack";

/// The node whose children are the configuration.
///
/// Errors: `root_key.missing`, `root_key.not_a_map`.
pub fn find(document: &Document, root_key: &RootKey) -> Outcome<u32> {
    let name = root_key.name.unwrap_or(DEFAULT);
    if name.is_empty() {
        return Ok(0);
    }
    match search(document, name.as_bytes(), root_key.any_depth) {
        Some(node) if document.node(node).is_map() => Ok(node),
        Some(node) if root_key.name.is_some() => Err(not_a_map(document, name, node)),
        None if root_key.name.is_some() && !root_key.optional => Err(missing(name)),
        _ => Ok(0),
    }
}

/// Level by level, so that the key nearest to the root wins.
fn search(document: &Document, name: &[u8], any_depth: bool) -> Option<u32> {
    let mut level = vec![0];
    while !level.is_empty() {
        let children: Vec<u32> = level.iter().flat_map(|map| document.children(*map)).collect();
        if let Some(found) = children.iter().find(|child| document.key(**child) == name) {
            return Some(*found);
        }
        if !any_depth {
            return None;
        }
        level = children.into_iter().filter(|child| document.node(*child).is_map()).collect();
    }
    None
}

fn not_a_map(document: &Document, name: &str, node: u32) -> Failure {
    let message = format!("The root key `{name}` holds no map.");
    Failure::new("root_key.not_a_map", message, "Put the keys below it, or name another root_key.").at(document.node(node).offset as usize).of(name)
}

fn missing(name: &str) -> Failure {
    let message = format!("The file has no root key `{name}`.");
    Failure::new("root_key.missing", message, "Add the key, correct root_key in the rule, or set root_key_optional: true.").of(name)
}
