//! Constants of the rule that are added to a release, or override it, by flat key.

use crate::document::{Document, Kind};
use crate::flatten::{self, Entry, NO_NODE};

/// Sets each variable as a string; the entries stay sorted.
pub fn overlay(document: &mut Document, entries: &mut Vec<Entry>, variables: &[(String, String)]) {
    if variables.is_empty() {
        return;
    }
    for (name, value) in variables {
        let key = document.intern(name.as_bytes());
        let value = document.intern(value.as_bytes());
        let entry = Entry::new(document, key, Kind::String, value, NO_NODE);
        match entries.iter_mut().find(|known| document.text(known.key) == name.as_bytes()) {
            Some(known) => *known = entry,
            None => entries.push(entry),
        }
    }
    flatten::sort(document, entries);
}
