//! The way of a file: bytes to a sorted release frame with its digest.

use crate::digest::release_digest;
use crate::document::Document;
use crate::failure::{Failure, Outcome, position};
pub use crate::flatten::Arrays;
use crate::flatten::{self, Entry, Flat};
use crate::frame::{OP_ENTRY, RELEASE, Record, write};
use crate::hcl;
use crate::json;
pub use crate::limits::Limits;
use crate::root_key::{self, RootKey};
use crate::slice::{self, Environment};
use crate::variables;

/// The formats that are parsed here; all others arrive as JSON text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Json,
    Hcl,
}

/// See `CompileOptions` in libs/core/contract.ts.
pub struct Options {
    pub file: String,
    pub environment: String,
    pub names: Vec<String>,
    pub root_key: Option<String>,
    pub root_key_optional: bool,
    pub root_key_any_depth: bool,
    pub variables: Vec<(String, String)>,
    pub arrays: Arrays,
    pub limits: Limits,
    /// The bytes were written by another parser: their lines and columns say nothing about the file.
    pub derived: bool,
}

/// Something a person should know that refuses nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    pub code: &'static str,
    pub message: String,
}

/// A release frame, sorted by key bytes, and what is told about it.
#[derive(Debug)]
pub struct Release {
    pub frame: Vec<u8>,
    pub digest: String,
    pub entries: usize,
    pub diagnostics: Vec<Diagnostic>,
    /// Names of the file that hold dots, for `render`.
    pub names: Vec<u8>,
}

/// All flat keys together may take this many times the file's limit: they repeat the keys above them.
const KEY_BYTES_PER_FILE_BYTE: usize = 4;

/// Compiles one file for one environment.
///
/// Errors: `format.*`, `root_key.*`, `env.missing`, `flatten.collision`, `limit.*`, with file, line and column.
pub fn compile(bytes: &[u8], format: Format, options: &Options) -> Outcome<Release> {
    compile_text(bytes, format, options).map_err(|failure| located(failure, bytes, options))
}

fn compile_text(text: &[u8], format: Format, options: &Options) -> Outcome<Release> {
    let (mut document, diagnostics) = read(text, format, options)?;
    let mut flat = flatten::flatten(&mut document, options.arrays, options.limits.max_file_bytes.saturating_mul(KEY_BYTES_PER_FILE_BYTE))?;
    variables::overlay(&mut document, &mut flat.entries, &options.variables);
    options.limits.check_keys(flat.entries.len(), 0)?;
    Ok(release(&document, flat, &options.file, diagnostics))
}

/// What the file says for the environment, below its root key.
pub(crate) fn read<'t>(text: &'t [u8], format: Format, options: &Options) -> Outcome<(Document<'t>, Vec<Diagnostic>)> {
    let mut document = match format {
        Format::Json => json::parse(text, parse_limits(options))?,
        Format::Hcl => hcl::parse(text, parse_limits(options))?,
    };
    let diagnostics = narrow(&mut document, options)?;
    Ok((document, diagnostics))
}

/// The size of a derived text is not the size of the file, which its parser has checked.
fn parse_limits(options: &Options) -> Limits {
    let max_file_bytes = if options.derived { usize::MAX } else { options.limits.max_file_bytes };
    Limits { max_file_bytes, ..options.limits }
}

/// Leaves only what is under the root key and meant for the environment.
fn narrow(document: &mut Document, options: &Options) -> Outcome<Vec<Diagnostic>> {
    let root_key = RootKey { name: options.root_key.as_deref(), optional: options.root_key_optional, any_depth: options.root_key_any_depth };
    let root = root_key::find(document, &root_key)?;
    let environment = Environment { name: &options.environment, names: &options.names };
    let slice = slice::slice(document, root, &environment)?;
    document.nodes = slice.nodes;
    Ok(if slice.passed_whole { vec![unsliced(&options.environment)] } else { Vec::new() })
}

fn unsliced(environment: &str) -> Diagnostic {
    let message = format!("The file has no values for {}; every environment gets all of it.", slice::or_default(environment));
    Diagnostic { code: "env.unsliced", message }
}

fn release(document: &Document, flat: Flat, file: &str, diagnostics: Vec<Diagnostic>) -> Release {
    let lists: Vec<&[u8]> = flat.lists.iter().map(|list| document.text(*list)).collect();
    let records = flat.entries.iter().map(|entry| record(document, entry));
    let digest = release_digest(records.clone(), &lists);
    let frame = write(RELEASE, &[file.as_bytes()], records, Some(&lists));
    Release { frame, digest, entries: flat.entries.len(), diagnostics, names: flat.names }
}

fn record<'a>(document: &'a Document, entry: &Entry) -> Record<'a> {
    Record { op: OP_ENTRY, kind: entry.kind as u8, flags: 0, origin: 0, key: document.text(entry.key), value: document.text(entry.value) }
}

/// Adds file, line and column.
fn located(mut failure: Failure, text: &[u8], options: &Options) -> Failure {
    failure.file = Some(options.file.clone());
    if let (Some(offset), false) = (failure.offset, options.derived) {
        let (line, column) = position(text, offset);
        failure.line = Some(line);
        failure.column = Some(column);
    }
    failure
}
