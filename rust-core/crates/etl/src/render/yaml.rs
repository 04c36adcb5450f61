//! Block YAML 1.2. Strings stand in double quotes, as JSON writes them, unless every YAML reader takes them for plain text.

use super::tree::Tree;
use crate::frame::{Record, TYPE_TEXT};
use crate::json_text::push_string;

const STRING: u8 = 1;
const NULL: u8 = 5;

pub(super) fn yaml(root: &Tree) -> Vec<u8> {
    let mut out = Vec::new();
    match root {
        Tree::Map(children) if children.is_empty() => out.extend_from_slice(b"{}\n"),
        _ => push_block(&mut out, root, 0),
    }
    out
}

fn push_block(out: &mut Vec<u8>, tree: &Tree, depth: usize) {
    match tree {
        Tree::Map(children) => {
            for (key, child) in children {
                indent(out, depth);
                push_text(out, key);
                out.push(b':');
                push_child(out, child, depth);
            }
        }
        Tree::List(items) => {
            for item in items {
                indent(out, depth);
                out.push(b'-');
                push_child(out, item, depth);
            }
        }
        Tree::Leaf(record) => push_leaf(out, record),
    }
}

fn push_child(out: &mut Vec<u8>, child: &Tree, depth: usize) {
    if let Tree::Leaf(record) = child {
        out.push(b' ');
        push_leaf(out, record);
        out.push(b'\n');
    } else {
        out.push(b'\n');
        push_block(out, child, depth + 1);
    }
}

fn push_leaf(out: &mut Vec<u8>, record: &Record) {
    match record.kind {
        TYPE_TEXT | STRING => push_text(out, record.value),
        NULL => out.extend_from_slice(b"null"),
        _ => out.extend_from_slice(record.value),
    }
}

/// Plain are words that begin with a letter and that neither YAML 1.1 nor 1.2 takes for a boolean, a null or a number.
fn push_text(out: &mut Vec<u8>, text: &[u8]) {
    const WORDS: [&str; 10] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan"];
    let plain = text.first().is_some_and(u8::is_ascii_alphabetic) && text.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_-./".contains(byte));
    let word = WORDS.iter().any(|word| text.eq_ignore_ascii_case(word.as_bytes()));
    if plain && !word { out.extend_from_slice(text) } else { push_string(out, text) }
}

fn indent(out: &mut Vec<u8>, depth: usize) {
    out.resize(out.len() + depth * 2, b' ');
}
