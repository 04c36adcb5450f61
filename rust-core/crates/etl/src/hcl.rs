//! HCL without evaluation: attributes, blocks, and values that are literals. Any other expression is refused and shown.
//!
//! Read from the bytes, as JSON is: numbers keep their digits, and time grows with the file (docs/decisions/020). After
//! https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md.

use crate::document::{Document, Kind, Text};
use crate::failure::{Failure, Outcome};
use crate::limits::{Limits, check_key, check_utf8, duplicate_key, empty, name_of, syntax};

mod blank;
mod expressions;
mod heredoc;
mod strings;
mod tree;
mod values;

use tree::{Members, Tree};

/// Reads a body; blocks become maps, repeated ones lists, their labels keys.
///
/// Errors: those of JSON, and `format.expression` for what would have to be evaluated.
pub fn parse(source: &[u8], limits: Limits) -> Outcome<Document<'_>> {
    limits.check_size(source.len())?;
    let text = check_utf8(source)?;
    let start = if source.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    let mut parser = Parser { text, source, at: start, arena: Vec::new(), limits, keys: 0 };
    let body = parser.body(None)?;
    if body.is_empty() {
        return Err(empty(start));
    }
    Ok(tree::document(source, parser.arena, body))
}

struct Parser<'a> {
    text: &'a str,
    /// The bytes of the text.
    source: &'a [u8],
    at: usize,
    arena: Vec<u8>,
    limits: Limits,
    /// Values read so far.
    keys: usize,
}

/// A name, and the byte it begins at.
#[derive(Clone, Copy)]
struct Name {
    text: Text,
    offset: usize,
}

impl<'a> Parser<'a> {
    /// Reads attributes and blocks up to the end, or up to the brace that closes a block. `depth`: of the block, `None` for the file.
    fn body(&mut self, depth: Option<usize>) -> Outcome<Members> {
        let mut members = Members::default();
        self.limits.check_depth(depth.unwrap_or(1), self.at)?;
        loop {
            self.skip_blank_and_lines()?;
            match (self.peek(), depth) {
                (None, None) => return Ok(members),
                (Some(b'}'), Some(_)) => return Ok(members),
                (None, Some(_)) => return Err(syntax("The file ends inside a block", self.at)),
                _ => self.attribute_or_block(&mut members, depth.unwrap_or(1))?,
            }
            self.skip_blank()?;
            if self.peek().is_some() && !self.at_line_end() {
                return Err(self.unexpected("the end of the line"));
            }
        }
    }

    fn attribute_or_block(&mut self, members: &mut Members, depth: usize) -> Outcome<()> {
        let name = self.identifier("the name of an attribute or a block")?;
        self.skip_blank()?;
        if self.peek() == Some(b'=') {
            self.at += 1;
            self.skip_blank()?;
            let value = self.value(depth)?;
            return self.add(members, name, value);
        }
        let path = self.labels(name)?;
        self.limits.check_depth(depth + path.len(), name.offset)?;
        let body = self.block_body(depth + path.len())?;
        let bytes: Vec<&[u8]> = path.iter().map(|name| self.bytes(name.text)).collect();
        members.add_block(self.source, &path, &bytes, body)
    }

    /// The name of a block and its labels, up to its opening brace.
    fn labels(&mut self, name: Name) -> Outcome<Vec<Name>> {
        let mut path = vec![name];
        loop {
            check_key(self.bytes(path[path.len() - 1].text), path[path.len() - 1].offset)?;
            self.skip_blank()?;
            match self.peek() {
                Some(b'{') => {
                    self.at += 1;
                    return Ok(path);
                }
                Some(b'"') => {
                    let offset = self.at;
                    path.push(Name { text: self.string()?, offset });
                }
                _ => path.push(self.identifier("`=`, a label or `{`")?),
            }
        }
    }

    /// A block is on many lines, or on one line with at most one attribute.
    fn block_body(&mut self, depth: usize) -> Outcome<Members> {
        self.skip_blank()?;
        let mut body = Members::default();
        if self.at_line_end() {
            body = self.body(Some(depth))?;
        } else if self.peek() != Some(b'}') {
            self.attribute_or_block(&mut body, depth)?;
            self.skip_blank()?;
        }
        if self.peek() != Some(b'}') {
            return Err(self.unexpected("`}` (a block on one line holds one attribute)"));
        }
        self.at += 1;
        if body.is_empty() {
            self.count(self.at)?;
        }
        Ok(body)
    }

    fn add(&self, members: &mut Members, name: Name, value: Tree) -> Outcome<()> {
        let key = self.bytes(name.text);
        check_key(key, name.offset)?;
        members.add(name, key, value).map_err(|first| duplicate_key(self.source, key, first, name.offset))
    }

    fn identifier(&mut self, wanted: &str) -> Outcome<Name> {
        let offset = self.at;
        let mut end = offset;
        for character in self.rest(offset).chars() {
            let fits = character.is_alphabetic() || character == '_' || (end > offset && (character.is_alphanumeric() || character == '-'));
            if !fits {
                break;
            }
            end += character.len_utf8();
        }
        if end == offset {
            return Err(self.unexpected(wanted));
        }
        self.at = end;
        Ok(Name { text: Text::source(offset, end), offset })
    }

    fn count(&mut self, offset: usize) -> Outcome<()> {
        self.keys += 1;
        self.limits.check_keys(self.keys, offset)
    }

    fn bytes(&self, text: Text) -> &[u8] {
        text.of(self.source, &self.arena)
    }

    /// The text from a byte that begins a character.
    fn rest(&self, from: usize) -> &'a str {
        self.text.get(from..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.source.get(self.at).copied()
    }

    fn unexpected(&self, wanted: &str) -> Failure {
        match self.rest(self.at).chars().next() {
            Some(found) => syntax(&format!("Found {} where {wanted} was expected", name_of(found)), self.at),
            None => syntax(&format!("The file ends where {wanted} was expected"), self.at),
        }
    }

    /// Refuses the expression at `start`; what is shown of it ends with its line.
    fn expression(&self, start: usize) -> Failure {
        self.template(start, start)
    }

    /// Refuses the value at `start` for the template in it at `mark`, and shows that alone: the text around it may be a password.
    fn template(&self, start: usize, mark: usize) -> Failure {
        let shown = expressions::shown(self.rest(mark));
        let message = format!("`{shown}` is an expression; only literal values are read.");
        Failure::new("format.expression", message, "Write the value itself, or set it with variables_map.").at(start)
    }
}

/// A scalar of the tree.
fn leaf(kind: Kind, text: Text) -> Tree {
    Tree::Leaf(kind, text)
}
