//! The Node addon: coarse calls, Buffers in and out, work on the thread pool, errors as data. What they mean stands in libs/core/contract.ts.

mod options;
mod results;
mod work;

use napi::bindgen_prelude::{AsyncTask, Buffer};
use napi_derive::napi;
use vartrack_etl::{annotate, compile, diff, drift, ledger, locate, merge, overlaps, render};

use options::{CompileOptions, DiffOptions, Mark, ledger_key};
use results::{CompileResult, Diff, Drift, Overlap, Position, Release};
use work::Work;

/// Bytes of one file to a release frame.
#[napi(catch_unwind, ts_return_type = "Promise<CompileResult | Failure>")]
pub fn compile(bytes: Buffer, #[napi(ts_arg_type = "'json' | 'hcl'")] format: String, options: CompileOptions) -> AsyncTask<Work<CompileResult>> {
    Work::task(move || {
        let format = options::format(&format)?;
        let release = compile::compile(&bytes, format, &options::compile(&options))?;
        Ok(CompileResult::from(release))
    })
}

/// Several release frames as one.
#[napi(catch_unwind, ts_return_type = "Promise<Release | Failure>")]
pub fn merge(releases: Vec<Buffer>) -> AsyncTask<Work<Release>> {
    Work::task(move || Ok(Release::from(merge::merge(&slices(&releases))?)))
}

/// A release with the marks of a schema.
#[napi(catch_unwind, ts_return_type = "Promise<Release | Failure>")]
pub fn annotate(release: Buffer, marks: Vec<Mark>) -> AsyncTask<Work<Release>> {
    let marks: Vec<annotate::Mark> = marks.into_iter().map(annotate::Mark::from).collect();
    Work::task(move || Ok(Release::from(annotate::annotate(&release, &marks)?)))
}

/// The places of entries in the file they were compiled from.
#[napi(catch_unwind, ts_return_type = "Promise<Array<Position> | Failure>")]
pub fn locate(
    bytes: Buffer,
    #[napi(ts_arg_type = "'json' | 'hcl'")] format: String,
    options: CompileOptions,
    keys: Vec<String>,
) -> AsyncTask<Work<Vec<Position>>> {
    Work::task(move || {
        let places = locate::locate(&bytes, options::format(&format)?, &options::compile(&options), &keys)?;
        Ok(places.into_iter().map(Position::from).collect())
    })
}

/// A release against live state and ledger.
#[napi(catch_unwind, ts_return_type = "Promise<Diff | Failure>")]
pub fn diff(release: Buffer, live: Buffer, ledger: Buffer, options: DiffOptions) -> AsyncTask<Work<Diff>> {
    Work::task(move || Ok(Diff::from(diff::diff(&release, &live, &ledger, &options::diff(&options)?)?)))
}

/// The ledger of a release.
#[napi(catch_unwind, ts_return_type = "Promise<Buffer | Failure>")]
pub fn ledger(release: Buffer, key: Buffer) -> AsyncTask<Work<Buffer>> {
    Work::task(move || Ok(ledger::ledger(&release, &ledger_key(&key)?)?.into()))
}

/// Live state against a ledger.
#[napi(catch_unwind, ts_return_type = "Promise<Drift | Failure>")]
pub fn drift(ledger: Buffer, live: Buffer, key: Buffer, foreign: Vec<Buffer>) -> AsyncTask<Work<Drift>> {
    Work::task(move || Ok(Drift::from(drift::drift(&ledger, &live, &ledger_key(&key)?, &slices(&foreign))?)))
}

/// The keys of a ledger, sorted.
#[napi(catch_unwind, ts_return_type = "Promise<Array<string> | Failure>")]
pub fn ledger_keys(ledger: Buffer) -> AsyncTask<Work<Vec<String>>> {
    Work::task(move || Ok(ledger::Ledger::read(&ledger)?.key_names()))
}

/// Keys of a release that others hold.
#[napi(catch_unwind, ts_return_type = "Promise<Array<Overlap> | Failure>")]
pub fn overlaps(release: Buffer, others: Vec<Buffer>) -> AsyncTask<Work<Vec<Overlap>>> {
    Work::task(move || Ok(overlaps::overlaps(&release, &slices(&others))?.into_iter().map(Overlap::from).collect()))
}

/// A release as a file.
#[napi(catch_unwind, ts_return_type = "Promise<Buffer | Failure>")]
pub fn render(
    release: Buffer,
    #[napi(ts_arg_type = "'env' | 'json' | 'yaml' | 'properties' | 'flat-json'")] format: String,
    names: Option<Buffer>,
) -> AsyncTask<Work<Buffer>> {
    Work::task(move || Ok(render::render(&release, options::render_format(&format)?, names.as_deref().unwrap_or_default())?.into()))
}

fn slices(buffers: &[Buffer]) -> Vec<&[u8]> {
    buffers.iter().map(|buffer| &buffer[..]).collect()
}
