//! What somebody changed behind Git's back, and who holds which key.

mod support;

use support::{INTEGER, KEY, compiled, frame, ledger, live, release, repair};
use vartrack_etl::diff::diff;
use vartrack_etl::drift::{Drift, drift};
use vartrack_etl::frame::LIVE;
use vartrack_etl::ledger::Ledger;
use vartrack_etl::merge::merge;
use vartrack_etl::overlaps::overlaps;

fn found(drift: &Drift) -> Vec<(&str, &str, Option<&str>)> {
    drift.entries.iter().map(|entry| (entry.key.as_str(), entry.kind, entry.actual.as_deref())).collect()
}

#[test]
fn drift_tells_changed_missing_and_extra_apart_and_masks_secrets() {
    let owned = ledger(&[("a", "1"), ("b", "2"), ("gone", "3"), ("secret", "x")]);
    let drift = drift(&owned, &live(&[("secret", "y"), ("a", "1"), ("b", "9"), ("new", "5")]), &KEY, &[]).expect("valid");
    assert_eq!(
        found(&drift),
        [("b", "changed", Some("9")), ("gone", "missing", None), ("new", "extra", Some("5")), ("secret", "changed", Some("***"))]
    );
    assert_eq!((drift.changed, drift.missing, drift.extra, drift.same), (2, 1, 1, 1));
}

#[test]
fn another_type_with_the_same_text_is_drift_in_a_store_with_types() {
    assert_eq!(drift(&ledger(&[("a", "1")]), &frame(LIVE, INTEGER, &[("a", "1")]), &KEY, &[]).expect("valid").changed, 1);
}

#[test]
fn keys_of_other_sources_are_not_extra() {
    let theirs = ledger(&[("theirs", "1")]);
    assert_eq!(drift(&ledger(&[]), &live(&[("theirs", "2")]), &KEY, &[&theirs]).expect("valid").extra, 0);
}

#[test]
fn a_key_that_only_was_not_pruned_is_no_drift_and_free_to_take() {
    let mut options = repair();
    options.prune.enabled = false;
    let kept = diff(&release(&[("a", "1")]), &live(&[("a", "1"), ("b", "2")]), &ledger(&[("b", "2")]), &options).expect("valid").ledger;
    assert_eq!(Ledger::read(&kept).expect("a ledger").key_names(), ["a", "b"]);
    let drift = drift(&kept, &live(&[("a", "1"), ("b", "9")]), &KEY, &[]).expect("valid");
    assert_eq!((drift.changed, drift.extra), (0, 0));
    assert!(overlaps(&release(&[("b", "1")]), &[&kept]).expect("valid").is_empty());
}

#[test]
fn only_the_first_hundred_are_named_and_all_are_counted() {
    let keys: Vec<String> = (0..250).map(|number| format!("k{number:03}")).collect();
    let entries: Vec<(&str, &str)> = keys.iter().map(|key| (key.as_str(), "1")).collect();
    let drift = drift(&ledger(&entries), &live(&[]), &KEY, &[]).expect("valid");
    assert_eq!((drift.entries.len(), drift.missing, drift.entries[99].key.as_str()), (100, 250, "k099"));
}

#[test]
fn another_ledger_key_knows_no_value() {
    assert_eq!(drift(&ledger(&[("a", "1")]), &live(&[("a", "1")]), &[1; 32], &[]).expect("valid").changed, 1);
}

#[test]
fn a_ledger_keeps_keys_with_shared_beginnings() {
    let entries = [("", "0"), ("a", "1"), ("a.b", "2"), ("a.b.c", "3"), ("aa", "4"), ("ключ", "5"), ("ключа", "6")];
    assert_eq!(Ledger::read(&ledger(&entries)).expect("a ledger").key_names(), entries.map(|(key, _)| key));
}

#[test]
fn overlaps_name_the_key_and_who_holds_it() {
    let (one, other) = (ledger(&[("a", "1")]), release(&[("c", "1"), ("d", "1")]));
    let found = overlaps(&release(&[("a", "1"), ("b", "1"), ("c", "1")]), &[&one, &other, &[]]).expect("valid");
    assert_eq!(found.iter().map(|overlap| (overlap.key.as_str(), overlap.index)).collect::<Vec<_>>(), [("a", 0), ("c", 1)]);
}

#[test]
fn two_files_become_one_release_with_the_digest_of_one_file() {
    let parts = [compiled(r#"{"b": {"l": [1]}}"#), compiled(r#"{"a": true}"#)];
    let merged = merge(&[&parts[0].frame, &parts[1].frame]).expect("no conflict");
    assert_eq!(merged.digest, compiled(r#"{"a": true, "b": {"l": [1]}}"#).digest);
    assert_eq!(merged.entries, 2);
}

#[test]
fn a_key_in_two_files_is_a_conflict_even_with_one_value() {
    let failure = merge(&[&compiled(r#"{"x": 1}"#).frame, &compiled(r#"{"x": 1}"#).frame]).expect_err("refused");
    assert_eq!((failure.code, failure.key.as_deref()), ("claim.conflict", Some("x")));
    assert!(failure.message.contains("a.json"));
}

#[test]
fn same_meaning_same_digest_and_another_meaning_another() {
    let digest = |text| compiled(text).digest;
    assert_eq!(digest(r#"{"a":1,"b":{"c":"x"}}"#), digest("{ \"b\": {\"c\":\n\"\\u0078\"}, \"a\": 1 }"));
    let different = [
        r#"{"a":[1]}"#,
        r#"{"a":{"0":1}}"#,
        r#"{"a":1}"#,
        r#"{"a":"1"}"#,
        r#"{"a":1.0}"#,
        r#"{"a":null}"#,
        r#"{"a":""}"#,
        r#"{"a":{}}"#,
        r#"{"a":[]}"#,
    ];
    let digests: std::collections::HashSet<String> = different.iter().map(|text| digest(text)).collect();
    assert_eq!(digests.len(), different.len());
}
