//! What is shown of an expression that is refused.

/// Most characters that are shown.
const LONGEST: usize = 80;
/// Bytes of so many characters at the most; what comes behind them is read on, and not kept.
const MOST_BYTES: usize = 4 * LONGEST;

/// The expression that `source` begins with, on its first line: up to a comment, or to a comma, closing bracket or `=` that is not part of it.
///
/// What is written in its texts may be a password: `…` stands for it, but for templates in them. Texts in single quotes, which HCL has not, are texts here,
/// and a template that is never closed is part of its text.
pub(super) fn shown(source: &str) -> String {
    let source = source.as_bytes();
    // A template alone ends with its brace: what follows is text.
    let is_template = matches!(source, [b'$' | b'%', b'{', ..]);
    let mut open: Vec<u8> = Vec::new();
    let mut shown: Vec<u8> = Vec::new();
    let mut template: Option<Template> = None;
    let mut at = 0;
    while let Some(byte) = source.get(at).copied().filter(|byte| *byte != b'\n') {
        let next = source.get(at + 1).copied();
        let from_text = is_text(&open);
        let read = if from_text { in_text(&mut open, byte, next) } else { outside(&mut open, byte, next) };
        if read == 0 {
            break;
        }
        if from_text && is_text(&open) {
            hide(&mut shown);
        } else if shown.len() < MOST_BYTES {
            shown.extend_from_slice(&source[at..at + read]);
        }
        at += read;
        let opens_template = open.last() == Some(&b'{') && (from_text || is_template && at == 2);
        template = template.filter(|outer| open.len() >= outer.depth);
        template = template.or(opens_template.then_some(Template { depth: open.len(), shown: shown.len() }));
        if is_template && byte == b'}' && open.is_empty() {
            break;
        }
    }
    if let Some(never_closed) = template {
        shown.truncate(never_closed.shown);
        hide(&mut shown);
    }
    String::from_utf8_lossy(&shown).trim_end().chars().take(LONGEST).collect()
}

/// The outermost template in a text that is open.
struct Template {
    /// Brackets and quotes that are open, its own with them.
    depth: usize,
    /// Bytes that were shown up to and with its `${`.
    shown: usize,
}

fn is_text(open: &[u8]) -> bool {
    matches!(open.last(), Some(b'"' | b'\''))
}

fn hide(shown: &mut Vec<u8>) {
    let mark = "…".as_bytes();
    if !shown.ends_with(mark) {
        shown.extend_from_slice(mark);
    }
}

/// Reads on outside of texts and gives the bytes that were read: none where the expression has ended.
fn outside(open: &mut Vec<u8>, byte: u8, next: Option<u8>) -> usize {
    match (byte, next) {
        (b'"' | b'\'' | b'(' | b'[' | b'{', _) => open.push(byte),
        (b')' | b']' | b'}', _) if open.pop().is_none() => return 0,
        (b'#', _) | (b'/', Some(b'/' | b'*')) => return 0,
        (b',', _) if open.is_empty() => return 0,
        (b'=' | b'!' | b'<' | b'>', Some(b'=')) | (b'=', Some(b'>')) => return 2,
        (b'=', _) if open.is_empty() => return 0,
        _ => {}
    }
    1
}

/// Reads on inside a quoted text and gives the bytes that were read: an escape, a doubled mark, the start of a template, or a character.
fn in_text(open: &mut Vec<u8>, byte: u8, next: Option<u8>) -> usize {
    match (byte, next) {
        (b'"' | b'\'', _) if open.last() == Some(&byte) => drop(open.pop()),
        (b'\\', Some(b'"' | b'\\' | b'\'')) | (b'$', Some(b'$')) | (b'%', Some(b'%')) => return 2,
        (b'$' | b'%', Some(b'{')) => {
            open.push(b'{');
            return 2;
        }
        _ => {}
    }
    1
}
