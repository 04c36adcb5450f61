//! Literal values: scalars, tuples and objects.

use super::tree::{Members, Tree};
use super::{Name, Parser, leaf};
use crate::document::{Kind, Text};
use crate::failure::Outcome;
use crate::limits::syntax;

impl Parser<'_> {
    /// Reads a value and makes sure that it is not the beginning of an expression.
    pub(super) fn value(&mut self, depth: usize) -> Outcome<Tree> {
        let start = self.at;
        let tree = match self.peek() {
            Some(b'"') => self.string().map(|text| leaf(Kind::String, text))?,
            Some(b'<') => self.heredoc().map(|text| leaf(Kind::String, text))?,
            Some(b'[') => self.tuple(depth + 1)?,
            Some(b'{') => self.object(depth + 1)?,
            Some(b'-' | b'0'..=b'9') => self.number()?,
            None | Some(b'\n' | b'\r' | b',' | b'}' | b']' | b'=' | b':') => return Err(self.unexpected("a value")),
            Some(_) => self.word()?,
        };
        if !tree.is_filled() {
            self.count(start)?;
        }
        self.skip_blank()?;
        match self.peek() {
            None | Some(b'\n' | b'\r' | b',' | b'}' | b']' | b')') => Ok(tree),
            Some(b'=') if self.source.get(self.at + 1) == Some(&b'=') => Err(self.expression(start)),
            Some(b'"' | b'{' | b'_' | b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'=' | b':') => Err(self.unexpected("the end of the value")),
            Some(_) => Err(self.expression(start)),
        }
    }

    fn word(&mut self) -> Outcome<Tree> {
        let start = self.at;
        let Ok(name) = self.identifier("a value") else { return Err(self.expression(start)) };
        let known = match self.bytes(name.text) {
            b"true" | b"false" => leaf(Kind::Boolean, name.text),
            b"null" => leaf(Kind::Null, Text::EMPTY),
            _ => return Err(self.expression(start)),
        };
        Ok(known)
    }

    /// Reads a number as it is written; a minus before its digits belongs to it.
    fn number(&mut self) -> Outcome<Tree> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let digits = self.at;
        if self.skip_digits() == 0 {
            return Err(self.expression(start));
        }
        if self.at > digits + 1 && self.source[digits] == b'0' {
            return Err(syntax("A number begins with 0; write a text in quotes, or leave the zero out", start));
        }
        let mut kind = Kind::Integer;
        if self.peek() == Some(b'.') {
            kind = Kind::Decimal;
            self.at += 1;
            self.need_digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            kind = Kind::Decimal;
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.need_digits()?;
        }
        Ok(leaf(kind, Text::source(start, self.at)))
    }

    fn need_digits(&mut self) -> Outcome<()> {
        if self.skip_digits() == 0 { Err(self.unexpected("a digit")) } else { Ok(()) }
    }

    fn skip_digits(&mut self) -> usize {
        let count = self.source[self.at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += count;
        count
    }

    fn tuple(&mut self, depth: usize) -> Outcome<Tree> {
        let start = self.at;
        self.limits.check_depth(depth, start)?;
        self.at += 1;
        let mut items = Vec::new();
        loop {
            self.skip_blank_and_lines()?;
            if self.peek() == Some(b']') {
                self.at += 1;
                return Ok(Tree::List(items));
            }
            if items.is_empty() {
                self.refuse_for(start)?;
            }
            let offset = self.at;
            items.push((offset, self.value(depth)?));
            self.skip_blank_and_lines()?;
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {}
                _ => return Err(self.unexpected("`,` or `]`")),
            }
        }
    }

    fn object(&mut self, depth: usize) -> Outcome<Tree> {
        let start = self.at;
        self.limits.check_depth(depth, start)?;
        self.at += 1;
        let mut members = Members::default();
        loop {
            self.skip_blank_and_lines()?;
            if self.peek() == Some(b'}') {
                self.at += 1;
                return Ok(Tree::Map(members));
            }
            if members.is_empty() {
                self.refuse_for(start)?;
            }
            let name = self.object_key()?;
            self.skip_blank()?;
            match self.peek() {
                Some(b'=' | b':') => {}
                Some(b'.' | b'[' | b'(') => return Err(self.expression(name.offset)),
                _ => return Err(self.unexpected("`=` or `:`")),
            }
            self.at += 1;
            self.skip_blank()?;
            let value = self.value(depth)?;
            self.add(&mut members, name, value)?;
            self.end_of_member()?;
        }
    }

    fn end_of_member(&mut self) -> Outcome<()> {
        self.skip_blank()?;
        match self.peek() {
            Some(b',') => self.at += 1,
            Some(b'}') => {}
            _ if self.at_line_end() && self.peek().is_some() => {}
            _ => return Err(self.unexpected("`,`, `}` or the end of the line")),
        }
        Ok(())
    }

    /// A key is a name, a text or a number; a computed one is an expression.
    fn object_key(&mut self) -> Outcome<Name> {
        let offset = self.at;
        match self.peek() {
            Some(b'"') => self.string().map(|text| Name { text, offset }),
            Some(b'(') => Err(self.expression(offset)),
            Some(b'-' | b'0'..=b'9') => match self.number()? {
                Tree::Leaf(_, text) if is_own_text(self.bytes(text)) => Ok(Name { text, offset }),
                _ => Err(syntax("HCL spells this number differently when it is a key; write the key in quotes", offset)),
            },
            _ => self.identifier("a key"),
        }
    }

    /// `[for ...]` and `{for ...}` compute a list or a map, whatever comes after the word.
    fn refuse_for(&self, start: usize) -> Outcome<()> {
        let word = self.rest(self.at).strip_prefix("for").map(|rest| rest.chars().next());
        let goes_on = |next: char| next.is_alphanumeric() || next == '_' || next == '-';
        match word {
            Some(next) if !next.is_some_and(goes_on) => Err(self.expression(start)),
            _ => Ok(()),
        }
    }
}

/// Digits of a number that HCL keeps all of: it has 512 bits for them.
const MAX_KEY_DIGITS: usize = 150;

/// Does HCL make the same text of a number when it is a key? It leaves out exponents and what zeros end a fraction.
fn is_own_text(number: &[u8]) -> bool {
    let has_exponent = number.iter().any(|byte| matches!(byte, b'e' | b'E'));
    let ends_in_zeros = number.contains(&b'.') && number.ends_with(b"0");
    !has_exponent && !ends_in_zeros && number.len() <= MAX_KEY_DIGITS
}
