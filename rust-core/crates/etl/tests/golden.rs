//! Replays the golden folders: `input.json` or `input.hcl` with `options.json` in, `expected.json` or `error.json` out.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};
use vartrack_etl::compile::{Arrays, Format, Limits, Options, compile};
use vartrack_etl::failure::Failure;
use vartrack_etl::frame::Frame;

const TYPES: [&str; 9] = ["text", "string", "integer", "decimal", "boolean", "null", "map", "list", "json"];

#[test]
fn every_golden_case_gives_what_its_folder_says() {
    let cases = cases();
    assert!(cases.len() > 80, "only {} golden cases were found", cases.len());
    let wrong: Vec<String> = cases.iter().filter_map(|case| replay(case).err().map(|reason| format!("{}: {reason}", case.display()))).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut cases: Vec<PathBuf> = fs::read_dir(folder).expect("the golden folder").map(|entry| entry.expect("an entry").path()).collect();
    cases.sort();
    cases
}

fn replay(case: &Path) -> Result<(), String> {
    let (format, input) = input(case)?;
    let result = compile(&input, format, &options(&read_json(&case.join("options.json"))?));
    match (result, read_json(&case.join("expected.json")), read_json(&case.join("error.json"))) {
        (Ok(release), Ok(expected), _) => compare(&entries(&release.frame), &expected),
        (Err(failure), _, Ok(expected)) => compare_failure(&failure, &expected),
        (Ok(release), ..) => Err(format!("compiled to {}", entries(&release.frame))),
        (Err(failure), ..) => Err(format!("refused with {failure:?}")),
    }
}

fn input(case: &Path) -> Result<(Format, Vec<u8>), String> {
    let hcl = fs::read(case.join("input.hcl")).map(|bytes| (Format::Hcl, bytes));
    hcl.or_else(|_| fs::read(case.join("input.json")).map(|bytes| (Format::Json, bytes))).map_err(|error| error.to_string())
}

fn read_json(path: &Path) -> Result<Value, String> {
    let bytes = fs::read(path).map_err(|error| error.to_string())?;
    serde_json::from_slice(&bytes).map_err(|error| format!("{}: {error}", path.display()))
}

fn entries(frame: &[u8]) -> Value {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("entries are UTF-8");
    let frame = Frame::read(frame).expect("a frame");
    let entry = |record: &vartrack_etl::frame::Record| (text(record.key), json!([TYPES[usize::from(record.kind)], text(record.value)]));
    Value::Object(frame.records.iter().map(entry).collect::<Map<_, _>>())
}

fn compare(found: &Value, expected: &Value) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("gave {found}, not {expected}")) }
}

fn compare_failure(failure: &Failure, expected: &Value) -> Result<(), String> {
    let found = json!({ "code": failure.code, "line": failure.line, "column": failure.column });
    for field in ["code", "line", "column"] {
        if expected.get(field).is_some_and(|wanted| *wanted != found[field]) {
            return Err(format!("refused with {found} {}, not {expected}", failure.message));
        }
    }
    let listed = |field: &str| expected[field].as_array().into_iter().flatten().filter_map(Value::as_str).collect::<Vec<_>>();
    let unnamed: Vec<&str> = listed("names").into_iter().filter(|name| !failure.message.contains(name)).collect();
    let told: Vec<&str> = listed("hides").into_iter().filter(|hidden| failure.message.contains(hidden)).collect();
    match (unnamed.is_empty(), told.is_empty()) {
        (true, true) => Ok(()),
        (false, _) => Err(format!("the message does not name {unnamed:?}: {}", failure.message)),
        _ => Err(format!("the message tells {told:?}: {}", failure.message)),
    }
}

fn options(given: &Value) -> Options {
    let text = |name: &str| given[name].as_str().map(str::to_string);
    let flag = |name: &str| given[name].as_bool().unwrap_or(false);
    let number = |name: &str, default: u64| given[name].as_u64().unwrap_or(default) as usize;
    let variables = given["variables"].as_object().cloned().unwrap_or_default();
    Options {
        file: text("file").unwrap_or_default(),
        environment: text("environment").unwrap_or_default(),
        names: given["names"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_string).collect(),
        root_key: text("rootKey"),
        root_key_optional: flag("rootKeyOptional"),
        root_key_any_depth: flag("rootKeyAnyDepth"),
        variables: variables.into_iter().map(|(key, value)| (key, value.as_str().unwrap_or_default().to_string())).collect(),
        arrays: if text("arrays").as_deref() == Some("json") { Arrays::Json } else { Arrays::Index },
        limits: Limits { max_file_bytes: number("maxFileBytes", 10 << 20), max_depth: number("maxDepth", 64), max_keys: number("maxKeys", 100_000) },
        derived: flag("derived"),
    }
}
