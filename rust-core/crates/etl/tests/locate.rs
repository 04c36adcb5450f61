//! Where entries stand, for errors that are found after compiling.

mod support;

use support::options;
use vartrack_etl::compile::Format;
use vartrack_etl::locate::{Position, locate};

fn places(text: &str, format: Format, keys: &[&str]) -> Vec<Option<Position>> {
    let keys: Vec<String> = keys.iter().map(|key| (*key).into()).collect();
    locate(text.as_bytes(), format, &options(), &keys).expect("a valid file")
}

#[test]
fn of_json() {
    let text = "{\n  \"a\": {\"b\": [1, {\"c\": 2}]},\n  \"ä.x\": 3\n}";
    let keys = ["a", "a.b", "a.b.0", "a.b.1.c", "ä.x", "a.c", ""];
    assert_eq!(places(text, Format::Json, &keys), [Some((2, 3)), Some((2, 9)), Some((2, 15)), Some((2, 19)), Some((3, 3)), None, None]);
}

#[test]
fn of_hcl() {
    let text = "region = \"eu\"\ndatabase {\n  host = \"db\"\n  ports = [1,\n   2]\n}\n";
    assert_eq!(places(text, Format::Hcl, &["region", "database.host", "database.ports.1"]), [Some((1, 1)), Some((3, 3)), Some((5, 4))]);
}

#[test]
fn of_what_the_environment_sees() {
    let text = "{\"vartrack\": {\n\"default\": {\"a\": 1,\n \"b\": 2},\n\"production\": {\"b\": 3,\n \"c\": 4},\n\"staging\": {\"d\": 5}}}";
    assert_eq!(places(text, Format::Json, &["a", "b", "c", "d"]), [Some((2, 13)), Some((4, 16)), Some((5, 2)), None]);
}

#[test]
fn of_a_broken_file_is_an_error() {
    assert!(locate(b"{", Format::Json, &options(), &["a".into()]).is_err());
}
