//! JSON as it is written: numbers as they were, keys in byte order, no blanks, so that equal values have equal text.

use crate::document::{Document, Kind};

/// Appends the subtree as JSON text. The parser's depth limit bounds the recursion.
pub fn push_value(out: &mut Vec<u8>, document: &Document, node: u32) {
    let at = document.node(node);
    match at.kind {
        Kind::String | Kind::Text => push_string(out, document.text(at.value)),
        Kind::Null => out.extend_from_slice(b"null"),
        Kind::Map => push_map(out, document, node),
        Kind::List => push_list(out, document, node),
        Kind::Integer | Kind::Decimal | Kind::Boolean | Kind::Json => out.extend_from_slice(document.text(at.value)),
    }
}

fn push_map(out: &mut Vec<u8>, document: &Document, map: u32) {
    let mut children: Vec<u32> = document.children(map).collect();
    children.sort_unstable_by_key(|child| document.key(*child));
    out.push(b'{');
    for (index, child) in children.into_iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        push_string(out, document.key(child));
        out.push(b':');
        push_value(out, document, child);
    }
    out.push(b'}');
}

fn push_list(out: &mut Vec<u8>, document: &Document, list: u32) {
    out.push(b'[');
    for (index, child) in document.children(list).enumerate() {
        if index > 0 {
            out.push(b',');
        }
        push_value(out, document, child);
    }
    out.push(b']');
}

/// Appends a UTF-8 text as a JSON string.
pub fn push_string(out: &mut Vec<u8>, text: &[u8]) {
    out.push(b'"');
    for byte in text {
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0..0x20 => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            _ => out.push(*byte),
        }
    }
    out.push(b'"');
}
