//! Whatever the bytes are: an answer or an error, never a panic.

mod support;

use support::{KEY, Random, compiled, ledger, live, options, release, repair};
use vartrack_etl::compile::{Arrays, Format, compile};
use vartrack_etl::diff::diff;
use vartrack_etl::drift::drift;
use vartrack_etl::frame::Frame;
use vartrack_etl::ledger::Ledger;
use vartrack_etl::render::{RenderFormat, render};

const SEEDS: [&str; 5] = [
    r#"{"vartrack":{"production":{"a":{"b":[1,2.50,{"c":null}]},"é":"x\u00e9\ud83d\ude00"},"default":{"a":5,"l":[[],{}]}}}"#,
    r#"{"host":{"production":"p","staging":"s","default":"d"},"a.b":1,"a":{"c":-0,"d":1e400}}"#,
    r#"{"production":{"x":1},"staging":{"x":2},"name":"bob","deep":{"a":{"b":{"c":{"d":[[[[true]]]]}}}}}"#,
    "{}",
    "\u{feff}{ \"a\" : \"\\\"\\\\\" }",
];

#[test]
fn a_mutated_file_compiles_or_is_refused_with_its_place() {
    let mut random = Random::new(1);
    let mut refused = 0;
    for round in 0..60_000 {
        let mut bytes = SEEDS[round % SEEDS.len()].as_bytes().to_vec();
        (0..=random.below(3)).for_each(|_| mutate(&mut bytes, &mut random));
        let mut options = options();
        options.arrays = if round % 2 == 0 { Arrays::Index } else { Arrays::Json };
        options.names.truncate(round % 3);
        match compile(&bytes, Format::Json, &options) {
            Ok(release) => assert_eq!(Frame::read(&release.frame).expect("a frame").records.len(), release.entries),
            Err(failure) if failure.code == "format.syntax" => {
                refused += 1;
                assert!(failure.line.is_some_and(|line| line >= 1) && failure.column.is_some_and(|column| column >= 1));
            }
            Err(failure) => assert!(failure.code.contains('.') && failure.file.is_some()),
        }
    }
    assert!(refused > 1_000, "only {refused} of the mutations broke the syntax");
}

#[test]
fn mutated_hcl_compiles_or_is_refused() {
    const FILE: &str = "a = [1, { b = \"\\u00e9 $${x}\" }]\ns \"l\" {\n  t = <<-E\n    x\n  E\n}\ns \"l\" { v = -1.5e3 } # c\n";
    let mut random = Random::new(4);
    for _ in 0..60_000 {
        let mut bytes = FILE.as_bytes().to_vec();
        (0..=random.below(3)).for_each(|_| mutate(&mut bytes, &mut random));
        if let Err(failure) = compile(&bytes, Format::Hcl, &options()) {
            assert!(failure.file.is_some() && (failure.line.is_some() || failure.code.starts_with("limit")), "{failure:?}");
        }
    }
}

#[test]
fn serde_json_reads_what_we_read_and_refuses_what_we_refuse() {
    let mut random = Random::new(2);
    for round in 0..60_000 {
        let mut bytes = SEEDS[round % 4].as_bytes().to_vec();
        mutate(&mut bytes, &mut random);
        let theirs = serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(&bytes);
        match compile(&bytes, Format::Json, &options()) {
            Ok(_) => assert!(theirs.is_ok() || number_is_too_large(&theirs), "{}", String::from_utf8_lossy(&bytes)),
            Err(failure) if ["format.syntax", "format.not_a_map", "format.empty"].contains(&failure.code) => {
                let bom = bytes.starts_with(b"\xEF\xBB\xBF");
                assert!(theirs.is_err() || bom, "{}: {}", failure.message, String::from_utf8_lossy(&bytes));
            }
            Err(_) => {}
        }
    }
}

/// serde_json turns numbers into floats and refuses 1e400; here digits are kept.
fn number_is_too_large<T>(result: &Result<T, serde_json::Error>) -> bool {
    result.as_ref().is_err_and(|error| error.to_string().contains("number out of range"))
}

#[test]
fn mutated_frames_and_ledgers_are_read_or_refused() {
    let mut random = Random::new(3);
    let file = compiled(r#"{"a":{"b":[1,2]},"c":"x","d":{}}"#).frame;
    let (now, state, owned) = (release(&[("a", "1"), ("b", "2")]), live(&[("a", "1"), ("x", "3")]), ledger(&[("a", "0"), ("aa", "1"), ("c", "2")]));
    for _ in 0..40_000 {
        let (mut file, mut now, mut state, mut owned) = (file.clone(), now.clone(), state.clone(), owned.clone());
        for bytes in [&mut file, &mut now, &mut state, &mut owned] {
            if random.below(2) == 0 {
                mutate(bytes, &mut random);
            }
        }
        let _ = Ledger::read(&owned).map(|ledger| ledger.key_names());
        let _ = diff(&now, &state, &owned, &repair());
        let _ = drift(&owned, &state, &KEY, &[&owned]);
        for format in [RenderFormat::Json, RenderFormat::Yaml, RenderFormat::Env, RenderFormat::Properties, RenderFormat::FlatJson] {
            let _ = render(&file, format, &file);
        }
    }
}

fn mutate(bytes: &mut Vec<u8>, random: &mut Random) {
    const MARKS: &[u8] = b"{}[]\",:\\u0019.eE+-tfn \n\x00\x1f\x80\xff\xed\xa0";
    let at = random.below(bytes.len() + 1);
    let mark = MARKS[random.below(MARKS.len())];
    match random.below(5) {
        0 if at < bytes.len() => bytes[at] = mark,
        1 if at < bytes.len() => drop(bytes.remove(at)),
        2 => bytes.truncate(at),
        3 => {
            let part = bytes[at..(at + random.below(12)).min(bytes.len())].to_vec();
            let to = random.below(bytes.len() + 1);
            bytes.splice(to..to, part);
        }
        _ => bytes.insert(at, mark),
    }
}
