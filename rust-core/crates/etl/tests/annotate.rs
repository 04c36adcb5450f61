//! What a schema marks, and what follows from it.

mod support;

use support::{KEY, compiled, live, options, repair};
use vartrack_etl::annotate::{Mark, annotate};
use vartrack_etl::compile::{Arrays, Format, compile};
use vartrack_etl::diff::{LoggedChange, diff};
use vartrack_etl::drift::drift;
use vartrack_etl::frame::{Frame, LOGGED, SECRET};
use vartrack_etl::merge::merge;

fn mark(field: &str, secret: bool, logged: bool) -> Mark {
    Mark { field: field.into(), secret, logged }
}

fn secret(field: &str) -> Vec<Mark> {
    vec![mark(field, true, false)]
}

/// The marked keys of a file, with their marks.
fn marked(text: &str, marks: &[Mark]) -> Vec<(String, u8)> {
    let release = annotate(&compiled(text).frame, marks).expect("a release");
    let frame = Frame::read(&release.frame).expect("a frame");
    let flagged = frame.records.iter().filter(|record| record.flags != 0);
    flagged.map(|record| (String::from_utf8_lossy(record.key).into_owned(), record.flags)).collect()
}

fn keys(text: &str, field: &str) -> Vec<String> {
    marked(text, &secret(field)).into_iter().map(|(key, _)| key).collect()
}

#[test]
fn marks_the_named_entries_and_no_others() {
    let found = marked(r#"{"a": {"b": 1, "bc": 2}, "d": 3}"#, &[mark("a.b", true, false), mark("d", false, true), mark("a.b", false, true)]);
    assert_eq!(found, [("a.b".into(), SECRET | LOGGED), ("d".into(), LOGGED)]);
}

#[test]
fn marks_what_lies_below_a_marked_field() {
    assert_eq!(keys(r#"{"db": {"user": 1, "pin": [1, 2]}, "db2": 3}"#, "db"), ["db.pin.0", "db.pin.1", "db.user"]);
}

#[test]
fn a_star_is_an_element_or_a_name_left_open_dots_and_all() {
    let users = r#"{"users": [{"pin": 1, "name": 2}, {"pin": 3}], "pin": 4}"#;
    assert_eq!(keys(users, "users.*.pin"), ["users.0.pin", "users.1.pin"]);
    assert_eq!(keys(r#"{"labels": {"app.io/name": 1, "x": 2}}"#, "labels.*"), ["labels.app.io/name", "labels.x"]);
    assert_eq!(keys(r#"{"hosts": {"a.b": {"pin": 1, "port": 2}}}"#, "hosts.*.pin"), ["hosts.a.b.pin"]);
}

#[test]
fn a_list_kept_as_one_value_is_marked_for_what_it_holds() {
    let json = vartrack_etl::compile::Options { arrays: Arrays::Json, ..options() };
    let release = compile(br#"{"users": [{"pin": 1}], "plain": [2]}"#, Format::Json, &json).expect("a file");
    let release = annotate(&release.frame, &secret("users.*.pin")).expect("a release");
    let flags: Vec<u8> = Frame::read(&release.frame).expect("a frame").records.iter().map(|record| record.flags).collect();
    assert_eq!(flags, [0, SECRET]);
}

#[test]
fn the_digest_covers_marks_and_stays_without_them() {
    let plain = compiled(r#"{"a": 1, "b": [2]}"#);
    let of = |marks: &[Mark]| annotate(&plain.frame, marks).expect("a release").digest;
    assert_eq!(of(&[]), plain.digest);
    assert_eq!(of(&secret("c")), plain.digest);
    assert_ne!(of(&secret("a")), plain.digest);
    assert_ne!(of(&secret("a")), of(&[mark("a", false, true)]));
    assert_ne!(of(&secret("a")), of(&secret("b")));
}

#[test]
fn marks_outlive_merging() {
    let marked = annotate(&compiled(r#"{"a": 1}"#).frame, &secret("a")).expect("a release");
    let merged = merge(&[&marked.frame, &compiled(r#"{"b": 2}"#).frame]).expect("a release");
    let flags: Vec<u8> = Frame::read(&merged.frame).expect("a frame").records.iter().map(|record| record.flags).collect();
    assert_eq!(flags, [SECRET, 0]);
}

#[test]
fn logged_entries_tell_their_changes_and_secrets_no_values() {
    let marks = [mark("a", false, true), mark("b", true, true), mark("c", false, true), mark("gone", false, true)];
    let of = |text: &str| annotate(&compiled(text).frame, &marks).expect("a release").frame;
    let ledger = vartrack_etl::ledger::ledger(&of(r#"{"gone": "x"}"#), &KEY).expect("a ledger");
    let state = live(&[("a", "1"), ("b", "old"), ("c", "same"), ("d", "5"), ("gone", "x")]);
    let found = diff(&of(r#"{"a": "2", "b": "new", "c": "same", "d": "6"}"#), &state, &ledger, &repair()).expect("a diff").logged;
    let line =
        |key: &str, from: &str, to: Option<&str>, secret| LoggedChange { key: key.into(), from: Some(from.into()), to: to.map(Into::into), secret };
    assert_eq!(found, [line("a", "1", Some("2"), false), line("b", "***", Some("***"), true), line("gone", "x", None, false)]);
}

#[test]
fn drift_of_a_marked_entry_is_masked_by_its_ledger() {
    let release = annotate(&compiled(r#"{"pin": "1234"}"#).frame, &secret("pin")).expect("a release");
    let ledger = vartrack_etl::ledger::ledger(&release.frame, &KEY).expect("a ledger");
    let found = drift(&ledger, &live(&[("pin", "4321")]), &KEY, &[]).expect("a comparison");
    assert_eq!(found.entries[0].actual.as_deref(), Some("***"));
}
