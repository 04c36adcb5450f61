//! JSON in one iterative pass over the bytes. Strings without escapes and all numbers stay slices of the input, so digits are kept as written.

use crate::document::{Document, Kind, Node, Text};
use crate::failure::{Failure, Outcome};
use crate::limits::{Limits, check_key, check_utf8, empty, name_of, syntax};

mod duplicates;
mod scalars;

/// Nested containers without values of their own count too, but less: a node is 24 bytes, a key much more.
const NODES_PER_KEY: usize = 8;

/// Reads a JSON text whose root is a map.
///
/// Errors: `format.syntax`, `format.empty`, `format.not_a_map`, `format.duplicate_key`, `format.unsafe`, `format.too_deep`, `limit.bytes`, `limit.keys`,
/// each with the byte it is about.
pub fn parse(source: &[u8], limits: Limits) -> Outcome<Document<'_>> {
    limits.check_size(source.len())?;
    check_utf8(source)?;
    let mut parser = Parser::new(source, limits);
    parser.run()?;
    Ok(Document { source, arena: parser.arena, nodes: parser.nodes })
}

/// What may come next.
enum Expect {
    Value,
    FirstKeyOrEnd,
    Key,
    FirstItemOrEnd,
    CommaOrEnd,
}

/// A container that is still open.
struct Open {
    node: u32,
    is_map: bool,
    /// Keys came in strictly ascending order so far, so none can be there twice.
    ascending: bool,
    last_key: Text,
}

struct Parser<'a> {
    source: &'a [u8],
    at: usize,
    nodes: Vec<Node>,
    arena: Vec<u8>,
    open: Vec<Open>,
    leaves: usize,
    limits: Limits,
}

impl<'a> Parser<'a> {
    fn new(source: &'a [u8], limits: Limits) -> Self {
        let at = if source.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
        let nodes = Vec::with_capacity((source.len() / 64).min(limits.max_keys) + 16);
        Self { source, at, nodes, arena: Vec::new(), open: Vec::new(), leaves: 0, limits }
    }

    fn run(&mut self) -> Outcome<()> {
        self.root()?;
        let mut expect = Expect::FirstKeyOrEnd;
        let mut key = (Text::EMPTY, 0);
        while !self.open.is_empty() {
            let byte = self.next_byte()?;
            expect = match expect {
                Expect::FirstKeyOrEnd | Expect::FirstItemOrEnd if byte == self.closing() => self.close()?,
                Expect::FirstKeyOrEnd | Expect::Key => {
                    key = self.key(byte)?;
                    Expect::Value
                }
                Expect::FirstItemOrEnd => self.item(byte)?,
                Expect::Value => match self.open.last() {
                    Some(open) if open.is_map => self.value(byte, key.0, key.1)?,
                    _ => self.item(byte)?,
                },
                Expect::CommaOrEnd => self.comma_or_end(byte)?,
            };
        }
        self.nothing_follows()
    }

    fn root(&mut self) -> Outcome<()> {
        self.skip_blank();
        match self.source.get(self.at) {
            None => Err(empty(0)),
            Some(b'{') => self.open(Kind::Map, Text::EMPTY, self.at).map(drop),
            Some(byte) => self.not_a_map(*byte),
        }
    }

    /// A root that is no map is still read as a value, so that a broken text is called broken.
    fn not_a_map(&mut self, byte: u8) -> Outcome<()> {
        let start = self.at;
        if byte != b'[' {
            self.value(byte, Text::EMPTY, start)?;
            self.nothing_follows()?;
        }
        let message = "The root of the file is not a map.";
        Err(Failure::new("format.not_a_map", message, "Give every value a name: the file has to be a map of keys to values.").at(start))
    }

    fn nothing_follows(&mut self) -> Outcome<()> {
        self.skip_blank();
        if self.at < self.source.len() { Err(syntax("Text follows the end of the value", self.at)) } else { Ok(()) }
    }

    fn closing(&self) -> u8 {
        if self.open.last().is_some_and(|open| open.is_map) { b'}' } else { b']' }
    }

    /// Reads `"key" :` and returns the key and where it began.
    fn key(&mut self, byte: u8) -> Outcome<(Text, usize)> {
        let start = self.at;
        if byte != b'"' {
            return Err(self.unexpected("a key in double quotes"));
        }
        let key = self.string()?;
        if self.next_byte()? != b':' {
            return Err(self.unexpected("`:`"));
        }
        self.at += 1;
        self.note_key(key, start)?;
        Ok((key, start))
    }

    fn note_key(&mut self, key: Text, start: usize) -> Outcome<()> {
        let bytes = text_of(self.source, &self.arena, key);
        check_key(bytes, start)?;
        if let Some(open) = self.open.last_mut() {
            let first = self.nodes.len() as u32 == open.node + 1;
            open.ascending &= first || text_of(self.source, &self.arena, open.last_key) < bytes;
            open.last_key = key;
        }
        Ok(())
    }

    fn item(&mut self, byte: u8) -> Outcome<Expect> {
        self.value(byte, Text::EMPTY, self.at)
    }

    fn value(&mut self, byte: u8, key: Text, offset: usize) -> Outcome<Expect> {
        let (kind, value) = match byte {
            b'{' => return self.open(Kind::Map, key, offset),
            b'[' => return self.open(Kind::List, key, offset),
            b'"' => (Kind::String, self.string()?),
            b'-' | b'0'..=b'9' => self.number()?,
            b't' => (Kind::Boolean, self.word(b"true")?),
            b'f' => (Kind::Boolean, self.word(b"false")?),
            b'n' => self.word(b"null").map(|_| (Kind::Null, Text::EMPTY))?,
            _ => return Err(self.unexpected("a value")),
        };
        self.count_leaf(offset)?;
        let end = self.nodes.len() as u32 + 1;
        self.nodes.push(Node { kind, key, value, end, offset: offset as u32 });
        Ok(Expect::CommaOrEnd)
    }

    fn open(&mut self, kind: Kind, key: Text, offset: usize) -> Outcome<Expect> {
        self.limits.check_depth(self.open.len() + 1, self.at)?;
        self.limits.check_keys(self.nodes.len() / NODES_PER_KEY, offset)?;
        self.at += 1;
        let node = self.nodes.len() as u32;
        self.nodes.push(Node { kind, key, value: Text::EMPTY, end: 0, offset: offset as u32 });
        self.open.push(Open { node, is_map: kind == Kind::Map, ascending: true, last_key: Text::EMPTY });
        Ok(if kind == Kind::Map { Expect::FirstKeyOrEnd } else { Expect::FirstItemOrEnd })
    }

    fn close(&mut self) -> Outcome<Expect> {
        self.at += 1;
        let Some(open) = self.open.pop() else { return Ok(Expect::CommaOrEnd) };
        let end = self.nodes.len() as u32;
        self.nodes[open.node as usize].end = end;
        if end == open.node + 1 {
            self.count_leaf(self.at)?;
        }
        if !open.ascending {
            duplicates::refuse(self.source, &self.arena, &self.nodes, open.node)?;
        }
        Ok(Expect::CommaOrEnd)
    }

    fn comma_or_end(&mut self, byte: u8) -> Outcome<Expect> {
        if byte == self.closing() {
            return self.close();
        }
        let is_map = self.closing() == b'}';
        if byte != b',' {
            return Err(self.unexpected(if is_map { "`,` or `}`" } else { "`,` or `]`" }));
        }
        self.at += 1;
        Ok(if is_map { Expect::Key } else { Expect::Value })
    }

    fn count_leaf(&mut self, offset: usize) -> Outcome<()> {
        self.leaves += 1;
        self.limits.check_keys(self.leaves, offset)
    }

    /// The next byte that is not blank; it is not consumed.
    fn next_byte(&mut self) -> Outcome<u8> {
        self.skip_blank();
        match self.source.get(self.at) {
            Some(byte) => Ok(*byte),
            None => Err(syntax("The text ends in the middle of a value", self.at)),
        }
    }

    fn skip_blank(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.source.get(self.at) {
            self.at += 1;
        }
    }

    fn unexpected(&self, wanted: &str) -> Failure {
        let found = std::str::from_utf8(&self.source[self.at.min(self.source.len())..]).ok().and_then(|rest| rest.chars().next());
        match found {
            Some(found) => syntax(&format!("Found {} where {wanted} was expected", name_of(found)), self.at),
            None => syntax(&format!("The text ends where {wanted} was expected"), self.at),
        }
    }
}

fn text_of<'t>(source: &'t [u8], arena: &'t [u8], text: Text) -> &'t [u8] {
    text.of(source, arena)
}
