//! Strings, numbers and words of JSON.

use super::Parser;
use crate::document::{Kind, Text};
use crate::failure::Outcome;
use crate::limits::syntax;

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

impl Parser<'_> {
    /// Reads a string; `at` stands on its opening quote and ends behind the closing one.
    pub(super) fn string(&mut self) -> Outcome<Text> {
        let start = self.at + 1;
        let end = plain_end(self.source, start);
        match self.source.get(end) {
            Some(b'"') => {
                self.at = end + 1;
                Ok(Text::source(start, end))
            }
            _ => self.escaped_string(start, end),
        }
    }

    /// A string with escapes is decoded into the arena.
    fn escaped_string(&mut self, start: usize, plain: usize) -> Outcome<Text> {
        let arena_start = self.arena.len();
        let (mut from, mut at) = (start, plain);
        loop {
            self.arena.extend_from_slice(&self.source[from..at]);
            match self.source.get(at) {
                Some(b'"') => break,
                Some(b'\\') => from = self.escape(at)?,
                Some(_) => return Err(syntax("A control character stands in a string; write it as an escape", at)),
                None => return Err(syntax("The text ends inside a string", at)),
            }
            at = plain_end(self.source, from);
        }
        self.at = at + 1;
        Ok(Text::arena(arena_start, self.arena.len()))
    }

    /// Decodes the escape at `at` and returns where it ends.
    fn escape(&mut self, at: usize) -> Outcome<usize> {
        let plain = match self.source.get(at + 1) {
            Some(b'n') => b'\n',
            Some(b't') => b'\t',
            Some(b'r') => b'\r',
            Some(b'b') => 8,
            Some(b'f') => 12,
            Some(byte @ (b'"' | b'\\' | b'/')) => *byte,
            Some(b'u') => return self.unicode_escape(at),
            _ => return Err(syntax("A backslash is followed by no known escape", at)),
        };
        self.arena.push(plain);
        Ok(at + 2)
    }

    fn unicode_escape(&mut self, at: usize) -> Outcome<usize> {
        let first = self.hex(at + 2)?;
        let (code, end) = match first {
            0xD800..=0xDBFF if self.source.get(at + 6..at + 8) == Some(b"\\u") => {
                let second = self.hex(at + 8)?;
                if !(0xDC00..=0xDFFF).contains(&second) {
                    return Err(syntax("A high surrogate is not followed by a low one", at));
                }
                (0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00), at + 12)
            }
            code => (code, at + 6),
        };
        let Some(character) = char::from_u32(code) else { return Err(syntax("A surrogate stands alone", at)) };
        self.arena.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        Ok(end)
    }

    fn hex(&self, at: usize) -> Outcome<u32> {
        let digits = self.source.get(at..at + 4).and_then(|digits| std::str::from_utf8(digits).ok());
        let code =
            digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit())).and_then(|digits| u32::from_str_radix(digits, 16).ok());
        code.ok_or_else(|| syntax("`\\u` is not followed by four hexadecimal digits", at - 2))
    }

    /// Reads a number as it is written: an integer has neither `.` nor an exponent.
    pub(super) fn number(&mut self) -> Outcome<(Kind, Text)> {
        let start = self.at;
        if self.source[start] == b'-' {
            self.at += 1;
        }
        match self.source.get(self.at) {
            Some(b'0') => self.at += 1,
            _ => self.digits()?,
        }
        if self.source[self.at - 1] == b'0' && self.source.get(self.at).is_some_and(u8::is_ascii_digit) {
            return Err(syntax("A number has no leading zeros; write a text in quotes, or leave the zeros out", self.at));
        }
        let mut kind = Kind::Integer;
        if self.source.get(self.at) == Some(&b'.') {
            kind = Kind::Decimal;
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.source.get(self.at) {
            kind = Kind::Decimal;
            self.at += 1;
            if let Some(b'+' | b'-') = self.source.get(self.at) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok((kind, Text::source(start, self.at)))
    }

    fn digits(&mut self) -> Outcome<()> {
        let start = self.at;
        while self.source.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
        if self.at == start { Err(self.unexpected("a digit")) } else { Ok(()) }
    }

    pub(super) fn word(&mut self, word: &[u8]) -> Outcome<Text> {
        if !self.source[self.at..].starts_with(word) {
            return Err(self.unexpected("a value"));
        }
        let start = self.at;
        self.at += word.len();
        Ok(Text::source(start, self.at))
    }
}

/// First byte from `at` that is a quote, a backslash or a control character, eight bytes at a time
/// (the classic zero-byte test; the lowest hit of a word is exact).
fn plain_end(source: &[u8], mut at: usize) -> usize {
    while let Some(chunk) = source.get(at..at + 8) {
        let word = u64::from_le_bytes([chunk[0], chunk[1], chunk[2], chunk[3], chunk[4], chunk[5], chunk[6], chunk[7]]);
        let quote = word ^ (ONES * b'"' as u64);
        let slash = word ^ (ONES * b'\\' as u64);
        let hits = (quote.wrapping_sub(ONES) & !quote) | (slash.wrapping_sub(ONES) & !slash) | (word.wrapping_sub(ONES * 0x20) & !word);
        if hits & HIGHS != 0 {
            return at + ((hits & HIGHS).trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    while source.get(at).is_some_and(|byte| !matches!(byte, b'"' | b'\\' | 0..0x20)) {
        at += 1;
    }
    at
}
