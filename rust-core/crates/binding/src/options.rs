//! What JavaScript asks, as the core's own types.

use std::collections::HashMap;

use napi::bindgen_prelude::Buffer;
use napi_derive::napi;
use vartrack_etl::annotate;
use vartrack_etl::compile::{self, Arrays, Format, Limits};
use vartrack_etl::diff::{self, Mode};
use vartrack_etl::failure::{Failure, Outcome};
use vartrack_etl::ledger::LedgerKey;
use vartrack_etl::render::RenderFormat;

#[napi(object, object_to_js = false)]
pub struct CompileOptions {
    pub file: String,
    pub environment: String,
    pub names: Vec<String>,
    pub root_key: Option<String>,
    pub root_key_optional: bool,
    pub root_key_any_depth: bool,
    pub variables: HashMap<String, String>,
    #[napi(ts_type = "'index' | 'json'")]
    pub arrays: String,
    pub max_file_bytes: u32,
    pub max_depth: u32,
    pub max_keys: u32,
    /// Another parser wrote the bytes: no lines and columns.
    pub derived: bool,
}

#[napi(object, object_to_js = false)]
pub struct Mark {
    pub field: String,
    pub secret: bool,
    pub logged: bool,
}

impl From<Mark> for annotate::Mark {
    fn from(mark: Mark) -> Self {
        Self { field: mark.field, secret: mark.secret, logged: mark.logged }
    }
}

#[napi(object, object_to_js = false)]
pub struct DiffOptions {
    #[napi(ts_type = "'write-all' | 'repair'")]
    pub mode: String,
    pub prune: PruneOptions,
    pub ledger_key: Buffer,
    pub foreign: Vec<Buffer>,
    pub undo: bool,
    pub report: bool,
}

#[napi(object, object_to_js = false)]
#[derive(Clone)]
pub struct PruneOptions {
    pub enabled: bool,
    #[napi(ts_type = "'owned' | 'all'")]
    pub scope: String,
    pub protection: Vec<String>,
    pub max_delete: Option<u32>,
    pub approved: bool,
    pub dry_run: bool,
}

pub fn format(name: &str) -> Outcome<Format> {
    match name {
        "json" => Ok(Format::Json),
        "hcl" => Ok(Format::Hcl),
        _ => Err(invalid(format!("The core does not parse the format `{name}`."))),
    }
}

pub fn render_format(name: &str) -> Outcome<RenderFormat> {
    match name {
        "env" => Ok(RenderFormat::Env),
        "json" => Ok(RenderFormat::Json),
        "yaml" => Ok(RenderFormat::Yaml),
        "properties" => Ok(RenderFormat::Properties),
        "flat-json" => Ok(RenderFormat::FlatJson),
        _ => Err(invalid(format!("The core does not render the format `{name}`."))),
    }
}

pub fn compile(options: &CompileOptions) -> compile::Options {
    let mut variables: Vec<(String, String)> = options.variables.clone().into_iter().collect();
    variables.sort_unstable();
    compile::Options {
        file: options.file.clone(),
        environment: options.environment.clone(),
        names: options.names.clone(),
        root_key: options.root_key.clone(),
        root_key_optional: options.root_key_optional,
        root_key_any_depth: options.root_key_any_depth,
        variables,
        arrays: if options.arrays == "json" { Arrays::Json } else { Arrays::Index },
        limits: Limits {
            max_file_bytes: options.max_file_bytes as usize,
            max_depth: options.max_depth as usize,
            max_keys: options.max_keys as usize,
        },
        derived: options.derived,
    }
}

pub fn diff(options: &DiffOptions) -> Outcome<diff::Options<'_>> {
    Ok(diff::Options {
        mode: if options.mode == "write-all" { Mode::WriteAll } else { Mode::Repair },
        prune: prune(&options.prune),
        ledger_key: ledger_key(&options.ledger_key)?,
        foreign: options.foreign.iter().map(|ledger| &ledger[..]).collect(),
        undo: options.undo,
        report: options.report,
    })
}

fn prune(options: &PruneOptions) -> diff::PruneOptions {
    diff::PruneOptions {
        enabled: options.enabled,
        all: options.scope == "all",
        protection: options.protection.clone(),
        max_delete: options.max_delete,
        approved: options.approved,
        dry_run: options.dry_run,
    }
}

pub fn ledger_key(bytes: &[u8]) -> Outcome<LedgerKey> {
    bytes.try_into().map_err(|_| invalid(format!("The key of a ledger has 32 bytes, not {}.", bytes.len())))
}

fn invalid(message: String) -> Failure {
    Failure::new("internal.invalid_call", message, "This is a defect of varTrack; please report it.")
}
