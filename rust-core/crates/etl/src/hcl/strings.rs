//! Texts in double quotes, and what templates look like in texts.

use super::Parser;
use crate::document::Text;
use crate::failure::Outcome;
use crate::limits::syntax;

impl Parser<'_> {
    /// Reads a quoted text; `at` stands on its opening quote and ends behind the closing one.
    pub(super) fn string(&mut self) -> Outcome<Text> {
        let start = self.at + 1;
        let arena = self.arena.len();
        let mut at = start;
        let mut from = start;
        loop {
            match self.source.get(at) {
                Some(b'"') => break,
                None | Some(b'\n') => return Err(syntax("A text has no closing quote on its line", start - 1)),
                Some(b'\\') => {
                    self.arena.extend_from_slice(&self.source[from..at]);
                    at = self.escape(at)?;
                    from = at;
                }
                Some(b'$' | b'%') => match self.template_mark(at, start - 1)? {
                    Some(end) => {
                        self.arena.extend_from_slice(&self.source[from..at]);
                        from = at + 1;
                        at = end;
                    }
                    None => at += 1,
                },
                Some(_) => at += 1,
            }
        }
        self.at = at + 1;
        if from == start {
            return Ok(Text::source(start, at));
        }
        self.arena.extend_from_slice(&self.source[from..at]);
        Ok(Text::arena(arena, self.arena.len()))
    }

    /// `$${` and `%%{` stand for `${` and `%{`: gives where such a mark ends; what follows its first character is the text. A mark alone is a template.
    ///
    /// Errors: `format.expression` for the value at `start`, showing the template.
    pub(super) fn template_mark(&self, at: usize, start: usize) -> Outcome<Option<usize>> {
        let mark = self.source[at];
        match (self.source.get(at + 1), self.source.get(at + 2)) {
            (Some(b'{'), _) => Err(self.template(start, at)),
            (Some(next), Some(b'{')) if *next == mark => Ok(Some(at + 3)),
            _ => Ok(None),
        }
    }

    fn escape(&mut self, at: usize) -> Outcome<usize> {
        let plain = match self.source.get(at + 1) {
            Some(b'n') => b'\n',
            Some(b't') => b'\t',
            Some(b'r') => b'\r',
            Some(byte @ (b'"' | b'\\')) => *byte,
            Some(b'u') => return self.unicode_escape(at, 4),
            Some(b'U') => return self.unicode_escape(at, 8),
            _ => return Err(syntax("A backslash is followed by no known escape", at)),
        };
        self.arena.push(plain);
        Ok(at + 2)
    }

    fn unicode_escape(&mut self, at: usize, digits: usize) -> Outcome<usize> {
        let end = at + 2 + digits;
        let hex = self.source.get(at + 2..end).filter(|hex| hex.iter().all(u8::is_ascii_hexdigit));
        let code = hex.and_then(|hex| std::str::from_utf8(hex).ok()).and_then(|hex| u32::from_str_radix(hex, 16).ok());
        let Some(character) = code.and_then(char::from_u32) else {
            return Err(syntax("An escape names no character", at));
        };
        self.arena.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        Ok(end)
    }
}
