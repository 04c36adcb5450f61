//! Prune protection: globs over the whole flat key, in which `*` spans dots.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::failure::{Failure, Outcome};

/// Compiles the patterns; matching takes time linear in the key.
///
/// Errors: `prune.invalid_glob`.
pub fn protection(patterns: &[String]) -> Outcome<GlobSet> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let glob = GlobBuilder::new(pattern).literal_separator(false).backslash_escape(true).build();
        set.add(glob.map_err(|error| invalid(pattern, &error))?);
    }
    set.build().map_err(|error| invalid(&patterns.join(", "), &error))
}

fn invalid(pattern: &str, error: &globset::Error) -> Failure {
    let message = format!("The protection pattern `{pattern}` is no glob: {}.", error.kind());
    Failure::new("prune.invalid_glob", message, "Correct prune.protection in the rule.")
}
