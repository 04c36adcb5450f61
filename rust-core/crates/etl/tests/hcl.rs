//! Our HCL reader held against hcl-edit, which reads all of HCL.

mod support;

use hcl_edit::expr::{Expression, ObjectKey};
use hcl_edit::structure::{Body, Structure};
use serde_json::{Map, Value};
use support::Random;
use vartrack_etl::document::{Document, Kind};
use vartrack_etl::hcl::parse;
use vartrack_etl::limits::Limits;

const SEEDS: [&str; 4] = [
    "a = 1\nb = \"x\\n\\u00e9 $${y} %%{z}\"\nc = [1, 2.5, true, null, \"\"]\n\nd = { e = 1, \"f\" : [], g = {} }\n",
    "service \"web\" {\n  port = 80 # one\n  tags = [\n    \"a\", // two\n    \"b\",\n  ]\n}\nservice \"api\" { port = 81 }\n",
    "text = <<EOT\n  one\n    two\n\nEOT\nother = <<-END\n    one\n      two\n    $${x}\n  END\n",
    "node {\n  name = \"a\"\n}\nnode {\n  /* c */ name = \"b\"\n}\nempty {\n}\n",
];

#[test]
fn what_we_read_is_what_hcl_edit_reads() {
    let mut random = Random::new(5);
    let (mut read, mut refused) = (0, 0);
    for round in 0..60_000 {
        let mut text = SEEDS[round % SEEDS.len()].to_string();
        (0..random.below(3)).for_each(|_| mutate(&mut text, &mut random));
        let ours = ours(&text);
        let theirs = text.parse::<Body>().ok().and_then(|body| body_value(&body));
        match (ours, theirs) {
            // hcl-edit takes the indent off lines of blanks alone; HashiCorp's own reader does not.
            (Ok(_), Some(_)) if text.contains("<<-") && text.lines().any(is_of_blanks) => {}
            (Ok(ours), Some(theirs)) => {
                read += 1;
                assert_eq!(ours, theirs, "{text}");
            }
            // hcl-edit ends a heredoc at a line that only begins with the mark; HashiCorp's own reader does not.
            (Ok(_), None) if text.contains("<<") => {}
            (Ok(ours), None) => panic!("hcl-edit refuses what we read as {ours}:\n{text}"),
            (Err(_), _) => refused += 1,
        }
    }
    assert!(read > 5_000 && refused > 5_000, "{read} read, {refused} refused");
}

fn is_of_blanks(line: &str) -> bool {
    !line.is_empty() && line.trim().is_empty()
}

fn ours(text: &str) -> Result<Value, String> {
    let limits = Limits { max_file_bytes: 1 << 20, max_depth: 64, max_keys: 10_000 };
    let document = parse(text.as_bytes(), limits).map_err(|failure| failure.message.clone())?;
    Ok(node_value(&document, 0))
}

fn node_value(document: &Document, node: u32) -> Value {
    let at = document.node(node);
    let text = String::from_utf8(document.text(at.value).to_vec()).expect("UTF-8");
    match at.kind {
        Kind::Map => Value::Object(document.children(node).map(|child| (document.key_name(child), node_value(document, child))).collect()),
        Kind::List => Value::Array(document.children(node).map(|child| node_value(document, child)).collect()),
        Kind::String => Value::String(text),
        Kind::Null => Value::Null,
        Kind::Boolean => Value::Bool(text == "true"),
        _ => number(text.parse().expect("a number")),
    }
}

/// Numbers are compared by value: hcl-edit does not keep their digits.
fn number(value: f64) -> Value {
    Value::from(value)
}

/// `None` for what has to be evaluated, and for what is HCL but no map of ours.
fn body_value(body: &Body) -> Option<Value> {
    let mut map = Map::new();
    for structure in body {
        match structure {
            Structure::Attribute(attribute) => drop(map.insert(attribute.key.to_string(), expression_value(&attribute.value)?)),
            Structure::Block(block) => {
                let mut path = vec![block.ident.to_string()];
                path.extend(block.labels.iter().map(|label| label.as_str().to_string()));
                add_block(&mut map, &path, body_value(&block.body)?);
            }
        }
    }
    Some(Value::Object(map))
}

fn add_block(map: &mut Map<String, Value>, path: &[String], body: Value) {
    let [name, labels @ ..] = path else { return };
    if !labels.is_empty() {
        let inner = map.entry(name.clone()).or_insert_with(|| Value::Object(Map::new()));
        return add_block(inner.as_object_mut().expect("labelled blocks"), labels, body);
    }
    match map.get_mut(name) {
        None => drop(map.insert(name.clone(), body)),
        Some(Value::Array(bodies)) => bodies.push(body),
        Some(first) => *first = Value::Array(vec![first.take(), body]),
    }
}

fn expression_value(expression: &Expression) -> Option<Value> {
    Some(match expression {
        Expression::Null(_) => Value::Null,
        Expression::Bool(value) => Value::Bool(*value.value()),
        Expression::Number(value) => number(value.value().as_f64()?),
        Expression::String(text) => Value::String(text.value().clone()),
        Expression::Array(items) => Value::Array(items.iter().map(expression_value).collect::<Option<_>>()?),
        Expression::Object(object) => {
            Value::Object(object.iter().map(|(key, value)| Some((key_text(key)?, expression_value(value.expr())?))).collect::<Option<_>>()?)
        }
        Expression::HeredocTemplate(heredoc) => Value::String(heredoc_text(heredoc)?),
        Expression::UnaryOp(negation) => number(-negation.expr.as_number()?.as_f64()?),
        _ => return None,
    })
}

fn key_text(key: &ObjectKey) -> Option<String> {
    match key {
        ObjectKey::Ident(name) => Some(name.to_string()),
        ObjectKey::Expression(Expression::Number(number)) => Some(number.value().to_string()),
        ObjectKey::Expression(Expression::UnaryOp(negation)) => Some(format!("-{}", negation.expr.as_number()?)),
        ObjectKey::Expression(expression) => expression.as_str().map(str::to_string),
    }
}

fn heredoc_text(heredoc: &hcl_edit::template::HeredocTemplate) -> Option<String> {
    let mut text = String::new();
    for element in &heredoc.template {
        text.push_str(element.as_literal()?);
    }
    Some(text)
}

fn mutate(text: &mut String, random: &mut Random) {
    const MARKS: [&str; 19] = ["{", "}", "[", "]", "\"", "\n", "=", ",", "<<E\n", "#", "$", "${", "\\", "-", "1", "x", " ", ".", "null"];
    let mut at = random.below(text.len() + 1);
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    match random.below(3) {
        0 if at < text.len() => drop(text.remove(at)),
        1 => {
            let end = (at + random.below(10)).min(text.len());
            let part = text.get(at..end).unwrap_or_default().to_string();
            text.push_str(&part);
        }
        _ => text.insert_str(at, MARKS[random.below(MARKS.len())]),
    }
}
