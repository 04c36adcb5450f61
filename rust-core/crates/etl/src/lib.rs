//! What varTrack makes of a file: parse, slice, flatten, compare. Knows frames and bytes, and nothing of Node.

pub mod annotate;
pub mod compile;
pub mod diff;
pub mod document;
pub mod drift;
pub mod failure;
pub mod frame;
pub mod hcl;
pub mod json;
pub mod ledger;
pub mod limits;
pub mod locate;
pub mod merge;
pub mod overlaps;
pub mod render;

mod digest;
mod dotted_names;
mod flatten;
mod json_text;
mod protection;
mod prune;
mod report;
mod root_key;
mod slice;
mod variables;
