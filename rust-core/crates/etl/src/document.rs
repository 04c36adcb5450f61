//! A parsed file: a flat list of nodes whose texts are slices of the input, or of an arena where escapes had to be decoded.

/// A slice of the source or of the arena.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text {
    start: u32,
    /// The top bit tells the arena from the source.
    length: u32,
}

const IN_ARENA: u32 = 1 << 31;

/// The longest input a document can point into.
pub const MAX_SOURCE_BYTES: usize = (IN_ARENA - 1) as usize;

impl Text {
    pub const EMPTY: Text = Text { start: 0, length: 0 };

    pub fn source(start: usize, end: usize) -> Self {
        Self { start: start as u32, length: (end - start) as u32 }
    }

    pub fn arena(start: usize, end: usize) -> Self {
        Self { start: start as u32, length: (end - start) as u32 | IN_ARENA }
    }

    /// The bytes, from the two places they can lie.
    pub fn of<'t>(self, source: &'t [u8], arena: &'t [u8]) -> &'t [u8] {
        let start = self.start as usize;
        let length = (self.length & !IN_ARENA) as usize;
        let bytes = if self.length & IN_ARENA == 0 { source } else { arena };
        &bytes[start..start + length]
    }
}

/// The codes are those of a frame's entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    Text = 0,
    String = 1,
    Integer = 2,
    Decimal = 3,
    Boolean = 4,
    Null = 5,
    Map = 6,
    List = 7,
    Json = 8,
}

/// One value with its key; the children of a map or list follow it, up to `end`.
#[derive(Debug, Clone, Copy)]
pub struct Node {
    pub kind: Kind,
    /// Empty for the root and the items of a list.
    pub key: Text,
    /// The text of a scalar.
    pub value: Text,
    /// Index of the first node that is not inside this one.
    pub end: u32,
    /// Byte of the source where the key, or the item, begins.
    pub offset: u32,
}

impl Node {
    pub fn is_map(&self) -> bool {
        self.kind == Kind::Map
    }

    pub fn is_container(&self) -> bool {
        matches!(self.kind, Kind::Map | Kind::List)
    }
}

/// Nodes in the order of the file; node 0 is the root.
pub struct Document<'a> {
    pub source: &'a [u8],
    pub arena: Vec<u8>,
    pub nodes: Vec<Node>,
}

impl Document<'_> {
    /// The bytes of a text; always UTF-8.
    pub fn text(&self, text: Text) -> &[u8] {
        text.of(self.source, &self.arena)
    }

    pub fn key(&self, node: u32) -> &[u8] {
        self.text(self.nodes[node as usize].key)
    }

    /// The key for a message.
    pub fn key_name(&self, node: u32) -> String {
        String::from_utf8_lossy(self.key(node)).into_owned()
    }

    pub fn node(&self, node: u32) -> &Node {
        &self.nodes[node as usize]
    }

    /// Adds a text that is not in the source.
    pub fn intern(&mut self, bytes: &[u8]) -> Text {
        let start = self.arena.len();
        self.arena.extend_from_slice(bytes);
        Text::arena(start, self.arena.len())
    }

    /// The direct children of a map or list.
    pub fn children(&self, parent: u32) -> Children<'_> {
        Children { nodes: &self.nodes, next: parent + 1, end: self.nodes[parent as usize].end }
    }
}

/// See [`Document::children`].
pub struct Children<'a> {
    nodes: &'a [Node],
    next: u32,
    end: u32,
}

impl Iterator for Children<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        if self.next >= self.end {
            return None;
        }
        let node = self.next;
        self.next = self.nodes[node as usize].end;
        Some(node)
    }
}
