//! Blanks, comments and the ends of lines.

use super::Parser;
use crate::failure::Outcome;
use crate::limits::syntax;

impl Parser<'_> {
    /// Skips blanks and comments inside a line. A comment to the end of the line leaves that end.
    pub(super) fn skip_blank(&mut self) -> Outcome<()> {
        loop {
            match (self.peek(), self.source.get(self.at + 1)) {
                (Some(b' ' | b'\t'), _) => self.at += 1,
                (Some(b'#'), _) | (Some(b'/'), Some(b'/')) => self.skip_line(),
                (Some(b'/'), Some(b'*')) => self.skip_comment()?,
                _ => return Ok(()),
            }
        }
    }

    pub(super) fn skip_blank_and_lines(&mut self) -> Outcome<()> {
        loop {
            self.skip_blank()?;
            if !self.at_line_end() || self.peek().is_none() {
                return Ok(());
            }
            self.at += 1;
        }
    }

    pub(super) fn at_line_end(&self) -> bool {
        match self.peek() {
            Some(b'\r') => self.source.get(self.at + 1) == Some(&b'\n'),
            found => matches!(found, None | Some(b'\n')),
        }
    }

    fn skip_line(&mut self) {
        let rest = &self.source[self.at..];
        self.at += rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
    }

    fn skip_comment(&mut self) -> Outcome<()> {
        let start = self.at;
        let rest = &self.source[start + 2..];
        match rest.windows(2).position(|pair| pair == b"*/") {
            Some(length) => self.at = start + length + 4,
            None => return Err(syntax("A comment has no end", start)),
        }
        Ok(())
    }
}
