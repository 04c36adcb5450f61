//! What a write would change, and what it would never touch.

mod support;

use support::{INTEGER, KEY, Random, apply, frame, ledger, lines, live, release, repair};
use vartrack_etl::diff::{Diff, Mode, Options, PruneOptions, Stopped, diff};
use vartrack_etl::drift::drift;
use vartrack_etl::frame::LIVE;

fn run(release: &[u8], live: &[u8], ledger: &[u8], options: &Options) -> Diff {
    diff(release, live, ledger, options).expect("valid frames")
}

fn prune(change: impl FnOnce(&mut PruneOptions)) -> Options<'static> {
    let mut options = repair();
    change(&mut options.prune);
    options
}

#[test]
fn repair_writes_only_what_differs() {
    let diff = run(&release(&[("a", "1"), ("b", "2"), ("c", "3")]), &live(&[("b", "x"), ("a", "1")]), &ledger(&[("a", "1"), ("b", "2")]), &repair());
    assert_eq!(lines(&diff.changes), ["+ b=2", "+ c=3"]);
    assert_eq!((diff.summary.added, diff.summary.changed, diff.summary.unchanged, diff.summary.conflicts), (1, 1, 1, 1));
}

#[test]
fn write_all_puts_every_key() {
    let options = Options { mode: Mode::WriteAll, ..repair() };
    let diff = run(&release(&[("a", "1"), ("b", "2")]), &live(&[("a", "1")]), &[], &options);
    assert_eq!(lines(&diff.changes), ["+ a=1", "+ b=2"]);
    assert_eq!(diff.summary.unchanged, 1);
}

#[test]
fn a_typed_store_with_the_same_text_in_another_type_differs() {
    let diff = run(&release(&[("a", "1")]), &frame(LIVE, INTEGER, &[("a", "1")]), &[], &repair());
    assert_eq!(lines(&diff.changes), ["+ a=1"]);
}

#[test]
fn a_new_value_from_git_over_an_untouched_one_is_no_conflict() {
    let diff = run(&release(&[("a", "2")]), &live(&[("a", "1")]), &ledger(&[("a", "1")]), &repair());
    assert_eq!((diff.summary.changed, diff.summary.conflicts), (1, 0));
}

#[test]
fn only_owned_keys_are_deleted() {
    let diff = run(&release(&[("a", "1")]), &live(&[("a", "1"), ("mine", "1"), ("theirs", "1")]), &ledger(&[("a", "1"), ("mine", "1")]), &repair());
    assert_eq!(lines(&diff.changes), ["- mine"]);
    assert_eq!(lines(&diff.undo), ["+ mine=1"]);
}

#[test]
fn scope_all_spares_protected_and_foreign_keys() {
    let theirs = ledger(&[("theirs", "1")]);
    let mut options = prune(|prune| {
        prune.all = true;
        prune.protection = vec!["SYSTEM_*".into()];
    });
    options.foreign = vec![&theirs];
    let diff = run(&release(&[("a", "1")]), &live(&[("a", "1"), ("SYSTEM_x.y", "1"), ("theirs", "1"), ("nobody", "1")]), &[], &options);
    assert_eq!(lines(&diff.changes), ["- nobody"]);
}

#[test]
fn what_is_not_pruned_stays_owned_and_is_pruned_later() {
    let (now, old) = (release(&[("a", "1")]), ledger(&[("a", "1"), ("b", "2")]));
    let state = live(&[("a", "1"), ("b", "2")]);
    let kept = run(&now, &state, &old, &prune(|prune| prune.enabled = false));
    assert_eq!((lines(&kept.changes).len(), kept.summary.kept), (0, 1));
    assert_eq!(lines(&run(&now, &state, &kept.ledger, &repair()).changes), ["- b"]);
}

#[test]
fn a_kept_key_that_somebody_removed_is_owned_no_more() {
    let diff = run(&release(&[("a", "1")]), &live(&[("a", "1")]), &ledger(&[("a", "1"), ("b", "2")]), &prune(|prune| prune.enabled = false));
    assert_eq!(diff.summary.kept, 0);
    assert_eq!(diff.ledger, ledger(&[("a", "1")]));
}

#[test]
fn a_key_that_another_source_took_over_is_left_to_it() {
    let theirs = ledger(&[("b", "9")]);
    let options = Options { foreign: vec![&theirs], ..repair() };
    let diff = run(&release(&[("a", "1")]), &live(&[("a", "1"), ("b", "9")]), &ledger(&[("a", "1"), ("b", "2")]), &options);
    assert!(lines(&diff.changes).is_empty());
    assert_eq!(diff.ledger, ledger(&[("a", "1")]));
}

#[test]
fn too_many_deletes_stop_the_prune_until_approved() {
    let many: Vec<String> = (10..30).map(|number| format!("k{number}")).collect();
    let entries: Vec<(&str, &str)> = many.iter().map(|key| (key.as_str(), "1")).collect();
    let (now, state, old) = (release(&entries[..8]), live(&entries), ledger(&entries));
    let stopped = run(&now, &state, &old, &repair());
    assert_eq!(stopped.summary.stopped, Some(Stopped { deletes: 12, owned: 20 }));
    assert_eq!((lines(&stopped.changes).len(), stopped.summary.deleted, stopped.summary.kept), (0, 0, 12));
    assert_eq!(lines(&run(&now, &state, &stopped.ledger, &prune(|prune| prune.approved = true)).changes).len(), 12);
    assert_eq!(run(&now, &state, &old, &prune(|prune| prune.max_delete = Some(12))).summary.deleted, 12);
    assert!(run(&now, &state, &old, &prune(|prune| prune.max_delete = Some(11))).summary.stopped.is_some());
}

#[test]
fn ten_deletes_or_thirty_percent_pass_without_approval() {
    let many: Vec<String> = (100..140).map(|number| format!("k{number}")).collect();
    let entries: Vec<(&str, &str)> = many.iter().map(|key| (key.as_str(), "1")).collect();
    assert_eq!(run(&release(&entries[..0]), &live(&entries[..10]), &ledger(&entries[..10]), &repair()).summary.deleted, 10);
    assert_eq!(run(&release(&entries[12..]), &live(&entries), &ledger(&entries), &repair()).summary.deleted, 12);
    assert!(run(&release(&entries[13..]), &live(&entries), &ledger(&entries), &repair()).summary.stopped.is_some());
}

#[test]
fn a_dry_prune_tells_of_deletes_and_writes_none() {
    let diff = run(&release(&[]), &live(&[("b", "2")]), &ledger(&[("b", "2")]), &prune(|prune| prune.dry_run = true));
    assert_eq!((lines(&diff.changes).len(), diff.summary.deleted), (0, 1));
    assert_eq!((diff.report[0].action, diff.report[0].from.as_deref()), ("delete", Some("2")));
    assert_eq!(run(&release(&[]), &live(&[("b", "2")]), &diff.ledger, &repair()).summary.deleted, 1);
}

#[test]
fn nobody_looked_so_write_all_deletes_what_it_owns_unseen() {
    let options = Options { mode: Mode::WriteAll, ..repair() };
    assert_eq!(lines(&run(&release(&[("a", "1")]), &live(&[]), &ledger(&[("b", "2")]), &options).changes), ["+ a=1", "- b"]);
}

#[test]
fn a_report_masks_secrets_on_both_sides() {
    let diff = run(
        &release(&[("secret.a", "new"), ("b", "1")]),
        &live(&[("secret.a", "old"), ("secret.gone", "x")]),
        &ledger(&[("secret.gone", "x")]),
        &repair(),
    );
    let shown: Vec<_> = diff.report.iter().map(|line| (line.key.as_str(), line.action, line.from.as_deref(), line.to.as_deref())).collect();
    let expected = [("b", "put", None, Some("1")), ("secret.a", "put", Some("***"), Some("***")), ("secret.gone", "delete", Some("***"), None)];
    assert_eq!(shown, expected);
}

#[test]
fn a_pattern_that_is_no_glob_is_refused() {
    let options = prune(|prune| prune.protection = vec!["[a".into()]);
    assert_eq!(diff(&release(&[]), &live(&[]), &[], &options).expect_err("refused").code, "prune.invalid_glob");
}

#[test]
fn protection_answers_as_the_vectors_say() {
    let cases: serde_json::Value = serde_json::from_str(include_str!("protection.json")).expect("the vectors");
    for case in cases.as_array().expect("a list") {
        let key = case["key"].as_str().expect("a key");
        let patterns = case["patterns"].as_array().expect("a list").iter().map(|pattern| pattern.as_str().expect("a text").to_string());
        let options = prune(|prune| prune.protection = patterns.collect());
        let diff = run(&release(&[]), &live(&[(key, "1")]), &ledger(&[(key, "1")]), &options);
        assert_eq!(diff.summary.kept == 1, case["protected"].as_bool().expect("a flag"), "{}", case["name"]);
    }
}

#[test]
fn after_any_write_a_plan_is_empty_nothing_drifts_and_undo_brings_back_what_was() {
    for seed in 1..400 {
        let mut random = Random::new(seed);
        let (old, now, state) = (random_entries(&mut random), random_entries(&mut random), random_entries(&mut random));
        let (old, now, state) = (ledger(&pairs(&old)), release(&pairs(&now)), live(&pairs(&state)));
        let options = prune(|prune| {
            prune.enabled = seed % 3 != 0;
            prune.all = seed % 5 == 0;
            prune.max_delete = Some(random.below(8) as u32);
        });
        let first = run(&now, &state, &old, &options);
        let after = apply(&state, &first.changes);
        assert_eq!(lines(&run(&now, &after, &first.ledger, &options).changes), [""; 0], "seed {seed}");
        let drift = drift(&first.ledger, &after, &KEY, &[]).expect("valid");
        assert_eq!((drift.changed, drift.missing), (0, 0), "seed {seed}");
        assert_eq!(lines(&apply(&after, &first.undo)), lines(&apply(&state, &live(&[]))), "seed {seed}");
    }
}

fn random_entries(random: &mut Random) -> Vec<(String, String)> {
    let mut keys: Vec<usize> = (0..random.below(20)).map(|_| random.below(24)).collect();
    keys.sort_unstable();
    keys.dedup();
    keys.into_iter().map(|key| (format!("k{key}"), random.below(3).to_string())).collect()
}

fn pairs(entries: &[(String, String)]) -> Vec<(&str, &str)> {
    entries.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect()
}
