//! Prints as JSON how long a compile and a diff of 10 MB take beside serde_json's parse of the same bytes, in the same run.
//!
//! Arguments: `baseline FILE` times only a library's parse of a file, serde_json's or, of .hcl, hcl-edit's (for the bench through the addon); none: the table.

use std::time::Instant;

use vartrack_etl::compile::{Arrays, Format, Limits, Options, compile};
use vartrack_etl::diff::{self, Mode, PruneOptions, diff};

const KEYS: usize = 100_000;
const RUNS: usize = 15;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.get(1).map(String::as_str) {
        Some("baseline") => {
            let text = std::fs::read_to_string(&arguments[2]).expect("the file can be read");
            let is_hcl = arguments[2].ends_with(".hcl");
            println!("{}", if is_hcl { fastest(|| drop(parse_hcl(&text))) } else { fastest(|| drop(parse(text.as_bytes()))) });
        }
        _ => [false, true].into_iter().for_each(table),
    }
}

fn table(shuffled: bool) {
    let bytes = input(shuffled);
    let options = options();
    let release = compile(&bytes, Format::Json, &options).expect("the input is valid").frame;
    let ledger = vartrack_etl::ledger::ledger(&release, &[7; 32]).expect("a frame");
    let raw = fastest(|| drop(parse(&bytes)));
    let compiled = fastest(|| drop(compile(&bytes, Format::Json, &options)));
    let both = fastest(|| {
        let release = compile(&bytes, Format::Json, &options).expect("the input is valid").frame;
        drop(diff(&release, &release, &ledger, &diff_options()));
    });
    println!(
        "{{\"shuffled\":{shuffled},\"bytes\":{},\"serdeJsonMs\":{raw:.1},\"compileMs\":{compiled:.1},\"compileRatio\":{:.2},\"compileDiffMs\":{both:.1},\"compileDiffRatio\":{:.2}}}",
        bytes.len(),
        compiled / raw,
        both / raw
    );
}

fn parse(bytes: &[u8]) -> serde_json::Value {
    serde_json::from_slice(bytes).expect("the input is valid")
}

fn parse_hcl(text: &str) -> hcl_edit::structure::Body {
    hcl_edit::parser::parse_body(text).expect("the input is valid")
}

/// The fastest of the runs, in milliseconds: what the work itself takes, without what else the machine does.
fn fastest(mut run: impl FnMut()) -> f64 {
    let times = (0..RUNS).map(|_| {
        let start = Instant::now();
        run();
        start.elapsed().as_secs_f64() * 1000.0
    });
    times.fold(f64::INFINITY, f64::min)
}

/// 10 MB: services of ten settings each, texts and numbers of different lengths.
fn input(shuffled: bool) -> Vec<u8> {
    let mut out = b"{".to_vec();
    for service in 0..KEYS / 10 {
        let place = if shuffled { (service * 7919) % (KEYS / 10) } else { service };
        if service > 0 {
            out.push(b',');
        }
        out.extend_from_slice(format!("\"service-{place:05}\":{{").as_bytes());
        for setting in 0..10 {
            let place = if shuffled { (setting * 7) % 10 } else { setting };
            let comma = if setting > 0 { "," } else { "" };
            let value = match place {
                0 => format!("{}", service * 31),
                1 => "true".into(),
                _ => format!("\"{}\"", "value of a setting, as it is found in files ".repeat(1 + place % 4)),
            };
            out.extend_from_slice(format!("{comma}\"setting-{place}\":{value}").as_bytes());
        }
        out.push(b'}');
    }
    out.push(b'}');
    out
}

fn options() -> Options {
    Options {
        file: "speed.json".into(),
        environment: "production".into(),
        names: vec!["production".into(), "staging".into()],
        root_key: None,
        root_key_optional: false,
        root_key_any_depth: false,
        variables: Vec::new(),
        arrays: Arrays::Index,
        limits: Limits { max_file_bytes: 20 << 20, max_depth: 64, max_keys: KEYS },
        derived: false,
    }
}

fn diff_options() -> diff::Options<'static> {
    diff::Options { mode: Mode::Repair, prune: PruneOptions::default(), ledger_key: [7; 32], foreign: Vec::new(), undo: false, report: false }
}
