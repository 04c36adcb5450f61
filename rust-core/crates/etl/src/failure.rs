//! Errors as data: a stable code, what happened, what to do, and where.

use std::ops::{Deref, DerefMut};

/// A refusal. Boxed, so that results of the hot paths stay small.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure(Box<Detail>);

/// What a [`Failure`] says. Lines and columns count from 1, columns in characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detail {
    pub code: &'static str,
    pub message: String,
    pub remedy: &'static str,
    pub file: Option<String>,
    pub line: Option<u32>,
    pub column: Option<u32>,
    pub key: Option<String>,
    /// Byte in the parsed text; turned into line and column once, where the text is known.
    pub offset: Option<usize>,
}

pub type Outcome<T> = Result<T, Failure>;

impl Failure {
    /// A failure without a place; see the `at` and `of` builders.
    pub fn new(code: &'static str, message: impl Into<String>, remedy: &'static str) -> Self {
        Self(Box::new(Detail { code, message: message.into(), remedy, file: None, line: None, column: None, key: None, offset: None }))
    }

    /// Names the byte of the text it is about.
    pub fn at(mut self, offset: usize) -> Self {
        self.offset = Some(offset);
        self
    }

    /// Names the flat key or the field it is about.
    pub fn of(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }
}

impl Deref for Failure {
    type Target = Detail;

    fn deref(&self) -> &Detail {
        &self.0
    }
}

impl DerefMut for Failure {
    fn deref_mut(&mut self) -> &mut Detail {
        &mut self.0
    }
}

/// Line and column of a byte in a text, both from 1, the column in characters.
pub fn position(text: &[u8], offset: usize) -> (u32, u32) {
    let before = &text[..offset.min(text.len())];
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let column = before[start..].iter().filter(|byte| **byte & 0xC0 != 0x80).count() + 1;
    (line as u32, column as u32)
}
