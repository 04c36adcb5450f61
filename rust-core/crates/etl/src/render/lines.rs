//! Formats with a line per entry.

use std::collections::BTreeMap;

use super::collision;
use crate::failure::{Failure, Outcome};
use crate::frame::Record;

/// `NAME=value` in upper snake case. What a shell or docker could take for more than itself stands in double quotes.
///
/// Errors: `render.name`, `render.collision`.
pub(super) fn env(records: &[Record]) -> Outcome<Vec<u8>> {
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut out = Vec::new();
    for record in records {
        let key = String::from_utf8_lossy(record.key).into_owned();
        let name = env_name(&key)?;
        if let Some(other) = names.get(&name) {
            return Err(collision(other, &key));
        }
        out.extend_from_slice(name.as_bytes());
        out.push(b'=');
        push_env_value(&mut out, record.value);
        out.push(b'\n');
        names.insert(name, key);
    }
    Ok(out)
}

fn env_name(key: &str) -> Outcome<String> {
    let name: String = key.chars().map(|character| if character.is_ascii_alphanumeric() { character.to_ascii_uppercase() } else { '_' }).collect();
    if name.is_empty() || name.starts_with(|first: char| first.is_ascii_digit()) {
        let message = format!("The key `{key}` cannot be the name of an environment variable.");
        return Err(Failure::new("render.name", message, "Let the key begin with a letter.").of(key));
    }
    Ok(name)
}

fn push_env_value(out: &mut Vec<u8>, value: &[u8]) {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || *byte >= 0x80 || b"_-./:,@%+=".contains(byte);
    if value.iter().all(plain) {
        return out.extend_from_slice(value);
    }
    out.push(b'"');
    for byte in value {
        match byte {
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'"' | b'\\' | b'$' | b'`' => out.extend_from_slice(&[b'\\', *byte]),
            _ => out.push(*byte),
        }
    }
    out.push(b'"');
}

/// `key=value` as java.util.Properties reads it, in UTF-8.
pub(super) fn properties(records: &[Record]) -> Vec<u8> {
    let mut out = Vec::new();
    for record in records {
        push_property(&mut out, record.key, true);
        out.push(b'=');
        push_property(&mut out, record.value, false);
        out.push(b'\n');
    }
    out
}

fn push_property(out: &mut Vec<u8>, text: &[u8], is_key: bool) {
    for (index, byte) in text.iter().enumerate() {
        match byte {
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0x0C => out.extend_from_slice(b"\\f"),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b' ' if is_key || index == 0 => out.extend_from_slice(b"\\ "),
            b'=' | b':' | b'#' | b'!' if is_key => out.extend_from_slice(&[b'\\', *byte]),
            _ => out.push(*byte),
        }
    }
}
