//! A release as a file: nested for JSON and YAML, a line per entry for the others. Numbers stay as written.

use crate::dotted_names::DottedNames;
use crate::failure::{Failure, Outcome};
use crate::frame::{Frame, Record};
use crate::json_text::push_string;

mod lines;
mod tree;
mod yaml;

/// The file formats a release can be rendered in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RenderFormat {
    Env,
    Json,
    Yaml,
    Properties,
    FlatJson,
}

/// Renders a release frame; the same release gives the same bytes.
///
/// `names` are those of the compiled file that hold dots: JSON and YAML are nested as the file was. Without them every dot leads one level down.
/// Errors: `render.collision` when two keys have one place in the format, `render.name` when a key has none, `frame.malformed`.
pub fn render(release: &[u8], format: RenderFormat, names: &[u8]) -> Outcome<Vec<u8>> {
    let frame = Frame::read(release)?;
    let mut names = DottedNames::read(names);
    match format {
        RenderFormat::Env => lines::env(&frame.records),
        RenderFormat::Properties => Ok(lines::properties(&frame.records)),
        RenderFormat::FlatJson => Ok(flat_json(&frame.records)),
        RenderFormat::Json => tree::build(&frame, &mut names).map(|root| tree::json(&root)),
        RenderFormat::Yaml => tree::build(&frame, &mut names).map(|root| yaml::yaml(&root)),
    }
}

fn flat_json(records: &[Record]) -> Vec<u8> {
    let mut out = b"{".to_vec();
    for (index, record) in records.iter().enumerate() {
        out.extend_from_slice(if index == 0 { b"\n  " } else { b",\n  " });
        push_string(&mut out, record.key);
        out.extend_from_slice(b": ");
        push_scalar(&mut out, record);
    }
    out.extend_from_slice(if records.is_empty() { b"}\n" } else { b"\n}\n" });
    out
}

/// The value of an entry as JSON.
fn push_scalar(out: &mut Vec<u8>, record: &Record) {
    match record.kind {
        2..=4 | 6..=8 => out.extend_from_slice(record.value),
        5 => out.extend_from_slice(b"null"),
        _ => push_string(out, record.value),
    }
}

fn collision(one: &str, other: &str) -> Failure {
    let message = format!("The keys `{one}` and `{other}` have one place in the file.");
    Failure::new("render.collision", message, "Rename one of the two, or choose a flat format.").of(other)
}
