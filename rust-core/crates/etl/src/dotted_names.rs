//! Names of a file's maps that hold dots (`app.kubernetes.io/name`): in a flat key they look like a way of several names.
//!
//! They are no part of a release: `{"a.b": 1}` and `{"a": {"b": 1}}` mean the same. Whoever builds the tree of the file again needs them.

/// Adds a name: where it begins in the flat path that it ends.
pub(crate) fn push(names: &mut Vec<u8>, path: &[u8], start: usize) {
    names.extend_from_slice(&(start as u32).to_le_bytes());
    names.extend_from_slice(&(path.len() as u32).to_le_bytes());
    names.extend_from_slice(path);
}

struct Name<'n> {
    path: &'n [u8],
    start: usize,
}

/// Takes flat keys apart, one after the other in ascending order.
pub(crate) struct DottedNames<'n> {
    sorted: Vec<Name<'n>>,
    /// How many of them lie before the last key.
    passed: usize,
    /// Those whose path the last key begins with, the shortest first.
    open: Vec<usize>,
}

impl<'n> DottedNames<'n> {
    /// Reads what `push` wrote; what is cut off is left out.
    pub(crate) fn read(mut names: &'n [u8]) -> Self {
        let mut sorted = Vec::new();
        while let Some((name, rest)) = first(names) {
            sorted.push(name);
            names = rest;
        }
        sorted.sort_unstable_by_key(|name| name.path);
        Self { sorted, passed: 0, open: Vec::new() }
    }

    /// The names that a key leads through, at most so many; the last holds the rest.
    pub(crate) fn steps<'k>(&mut self, key: &'k [u8], most: usize) -> Vec<&'k [u8]> {
        self.advance(key);
        let mut steps = Vec::new();
        let mut start = 0;
        while steps.len() + 1 < most {
            let Some(end) = self.end_of_step(key, start) else { break };
            steps.push(&key[start..end]);
            start = end + 1;
        }
        steps.push(&key[start..]);
        steps
    }

    fn advance(&mut self, key: &[u8]) {
        while self.open.last().is_some_and(|name| !key.starts_with(self.sorted[*name].path)) {
            self.open.pop();
        }
        while let Some(name) = self.sorted.get(self.passed).filter(|name| name.path <= key) {
            if key.starts_with(name.path) {
                self.open.push(self.passed);
            }
            self.passed += 1;
        }
    }

    /// The dot that ends the step: behind the longest name that begins here, or the next. `None` when it is the last.
    fn end_of_step(&self, key: &[u8], start: usize) -> Option<usize> {
        let names = self.open.iter().rev().map(|name| &self.sorted[*name]);
        let mut ends = names.filter(|name| name.start == start).map(|name| name.path.len());
        let end = ends.find(|end| key.get(*end).is_none_or(|byte| *byte == b'.'));
        match end {
            Some(end) => (end < key.len()).then_some(end),
            None => key[start..].iter().position(|byte| *byte == b'.').map(|at| start + at),
        }
    }
}

fn first(names: &[u8]) -> Option<(Name<'_>, &[u8])> {
    let (start, rest) = names.split_first_chunk::<4>()?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let (path, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    Some((Name { path, start: u32::from_le_bytes(*start) as usize }, rest))
}
