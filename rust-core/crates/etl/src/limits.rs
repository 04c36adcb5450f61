//! Limits that hold while a file is read, and the refusals that all readers share.

use crate::document::MAX_SOURCE_BYTES;
use crate::failure::{Failure, Outcome, position};

/// See the bundle's `limits`.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub max_file_bytes: usize,
    pub max_depth: usize,
    pub max_keys: usize,
}

/// What follows the readers recurses at most this deep, whatever a bundle allows.
const DEEPEST: usize = 512;

impl Limits {
    /// Errors: `limit.bytes`.
    pub fn check_size(&self, bytes: usize) -> Outcome<()> {
        if bytes <= self.max_file_bytes.min(MAX_SOURCE_BYTES) {
            return Ok(());
        }
        let message = format!("The file has {bytes} bytes, more than the limit of {}.", self.max_file_bytes);
        Err(Failure::new("limit.bytes", message, "Split the file, or raise limits.max_file_bytes in the bundle."))
    }

    /// `depth`: of a container about to be opened, the root being 1.
    ///
    /// Errors: `format.too_deep`.
    pub fn check_depth(&self, depth: usize, offset: usize) -> Outcome<()> {
        let limit = self.max_depth.min(DEEPEST);
        if depth <= limit {
            return Ok(());
        }
        let message = format!("The values are nested deeper than {limit} levels.");
        Err(Failure::new("format.too_deep", message, "Flatten the file, or raise limits.max_depth in the bundle.").at(offset))
    }

    /// Errors: `limit.keys`.
    pub fn check_keys(&self, keys: usize, offset: usize) -> Outcome<()> {
        if keys <= self.max_keys {
            return Ok(());
        }
        let message = format!("The file holds more than {} values.", self.max_keys);
        Err(Failure::new("limit.keys", message, "Split the file, or raise limits.max_keys in the bundle.").at(offset))
    }
}

/// The bytes as text.
///
/// Errors: `format.syntax` at the first byte that is not UTF-8.
pub fn check_utf8(source: &[u8]) -> Outcome<&str> {
    std::str::from_utf8(source).map_err(|error| syntax("The text is not valid UTF-8", error.valid_up_to()))
}

/// Errors: `format.unsafe` for a key that would reach into the prototypes of JavaScript.
pub fn check_key(key: &[u8], offset: usize) -> Outcome<()> {
    if key != b"__proto__" {
        return Ok(());
    }
    Err(Failure::new("format.unsafe", "The key `__proto__` is not allowed.", "Rename the key.").at(offset).of("__proto__"))
}

/// `first` and `offset`: the bytes of `source` where the key was first given and where it is given again.
pub fn duplicate_key(source: &[u8], key: &[u8], first: usize, offset: usize) -> Failure {
    let name = String::from_utf8_lossy(key).into_owned();
    let (line, _) = position(source, first);
    let message = format!("The key `{name}` was already given in line {line}.");
    Failure::new("format.duplicate_key", message, "Remove one of the two: which one wins differs between programs.").at(offset).of(name)
}

pub fn empty(offset: usize) -> Failure {
    Failure::new("format.empty", "The file is empty.", "Write at least one key, or remove the file.").at(offset)
}

/// A character as a message shows it: itself, or what it is where it cannot be seen.
pub fn name_of(character: char) -> String {
    match character {
        '\n' | '\r' => "the end of the line".to_string(),
        '\t' => "a tab".to_string(),
        '`' => "a backtick".to_string(),
        '"' | '\'' | '\\' => format!("`{character}`"),
        _ if character.escape_debug().count() == 1 => format!("`{character}`"),
        _ => format!("the character U+{:04X}", u32::from(character)),
    }
}

/// `message` comes without its full stop.
pub fn syntax(message: &str, offset: usize) -> Failure {
    Failure::new("format.syntax", format!("{message}."), "Correct the file at the place named.").at(offset)
}
