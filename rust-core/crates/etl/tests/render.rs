//! A release as a file.

mod support;

use support::{compiled, release};
use vartrack_etl::render::{RenderFormat, render};

const FILE: &str = r#"{"app": {"name": "web: 1", "on": "yes", "limits": {}, "list": [1.50, {"x": null}], "keys": {"0": true}}, "big": 18446744073709551616, "text": "a\nb"}"#;

fn rendered(text: &str, format: RenderFormat) -> String {
    String::from_utf8(render(&compiled(text).frame, format, &[]).expect("it renders")).expect("UTF-8")
}

#[test]
fn json_is_nested_with_lists_where_the_file_had_lists() {
    let json = rendered(FILE, RenderFormat::Json);
    assert!(json.contains("\"big\": 18446744073709551616") && json.contains("1.50"));
    assert_eq!(compiled(&json).digest, compiled(FILE).digest);
}

#[test]
fn yaml_quotes_what_could_be_taken_for_something_else() {
    let expected = "app:\n  keys:\n    \"0\": true\n  limits: {}\n  list:\n    - 1.50\n    -\n      x: null\n  name: \"web: 1\"\n  \"on\": \"yes\"\n\
                    big: 18446744073709551616\ntext: \"a\\nb\"\n";
    assert_eq!(rendered(FILE, RenderFormat::Yaml), expected);
}

#[test]
fn env_names_are_upper_snake_case_and_values_are_quoted_when_they_must() {
    let text = r#"{"db": {"max-size": 5}, "q": "a \"$b\"\n", "e": "", "u": "http://x/y?z=1"}"#;
    assert_eq!(rendered(text, RenderFormat::Env), "DB_MAX_SIZE=5\nE=\nQ=\"a \\\"\\$b\\\"\\n\"\nU=\"http://x/y?z=1\"\n");
}

#[test]
fn properties_escape_what_the_format_reads_otherwise() {
    assert_eq!(rendered(r#"{"a b": " x", "c=": "d:e\\"}"#, RenderFormat::Properties), "a\\ b=\\ x\nc\\==d:e\\\\\n");
}

#[test]
fn flat_json_keeps_the_keys() {
    assert_eq!(rendered(r#"{"a": {"b": 1, "c": [true]}}"#, RenderFormat::FlatJson), "{\n  \"a.b\": 1,\n  \"a.c.0\": true\n}\n");
    assert_eq!(rendered("{}", RenderFormat::FlatJson), "{}\n");
    assert_eq!(rendered("{}", RenderFormat::Yaml), "{}\n");
}

#[test]
fn two_keys_with_one_place_are_refused() {
    for (format, entries) in [
        (RenderFormat::Json, [("a", "1"), ("a.b", "2")]),
        (RenderFormat::Yaml, [("a.b", "1"), ("a.b.c", "2")]),
        (RenderFormat::Json, [("a", "1"), ("a.0", "2")]),
        (RenderFormat::Env, [("a.b", "1"), ("a_b", "2")]),
    ] {
        assert_eq!(render(&release(&entries), format, &[]).expect_err("refused").code, "render.collision");
    }
    assert_eq!(render(&release(&[("1a", "x")]), RenderFormat::Env, &[]).expect_err("refused").code, "render.name");
}

#[test]
fn keys_between_a_key_and_what_is_below_it_do_not_hide_a_collision() {
    let frame = release(&[("a", "1"), ("a-b", "2"), ("a.b", "3")]);
    assert_eq!(render(&frame, RenderFormat::Json, &[]).expect_err("refused").code, "render.collision");
}

#[test]
fn a_tree_has_the_names_of_the_file_when_these_are_given() {
    let text = r#"{"a.b": 1, "a": 2, "c": {"d.e": {"f": 3, "g.h": 4}, "d": {"i": 5}, "d-": 6}, ".": {"x": 7}, "l": [{"m.": 8}, {".n..": 9}], "": {"o": 10}}"#;
    let release = compiled(text);
    let json = String::from_utf8(render(&release.frame, RenderFormat::Json, &release.names).expect("it renders")).expect("UTF-8");
    let parsed = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("JSON");
    assert_eq!(parsed(&json), parsed(text));
}

#[test]
fn names_that_are_cut_off_are_left_out() {
    let release = compiled(r#"{"a.b": 1}"#);
    for length in 0..release.names.len() {
        let json = render(&release.frame, RenderFormat::Json, &release.names[..length]).expect("it renders");
        assert_eq!(String::from_utf8_lossy(&json), "{\n  \"a\": {\n    \"b\": 1\n  }\n}\n");
    }
}
