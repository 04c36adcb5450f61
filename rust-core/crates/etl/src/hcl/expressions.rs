//! Where an expression ends that is refused and shown.

/// Bytes of the expression that `source` begins with, on its first line: up to a comma, comment, closing bracket or `=` that is not part of it.
pub(super) fn length(source: &[u8]) -> usize {
    // A template alone, as in a heredoc, ends with its brace: what follows is text.
    let is_template = matches!(source, [b'$' | b'%', b'{', ..]);
    let mut open: Vec<u8> = Vec::new();
    let mut at = 0;
    while let Some(byte) = source.get(at).copied().filter(|byte| *byte != b'\n') {
        let next = source.get(at + 1).copied();
        if open.last() == Some(&b'"') {
            at += in_text(&mut open, byte, next);
            continue;
        }
        match (byte, next) {
            (b'"' | b'(' | b'[' | b'{', _) => open.push(byte),
            (b')' | b']' | b'}', _) if open.pop().is_none() => return at,
            (b'}', _) if is_template && open.is_empty() => return at + 1,
            (b',' | b'#', _) | (b'/', Some(b'/' | b'*')) if open.is_empty() => return at,
            (b'=' | b'!' | b'<' | b'>', Some(b'=')) | (b'=', Some(b'>')) => at += 1,
            (b'=', _) if open.is_empty() => return at,
            _ => {}
        }
        at += 1;
    }
    at
}

/// Reads on inside a quoted text and gives the bytes that were read: an escape, a doubled mark, the start of a template, or a character.
fn in_text(open: &mut Vec<u8>, byte: u8, next: Option<u8>) -> usize {
    match (byte, next) {
        (b'"', _) => drop(open.pop()),
        (b'\\', Some(b'"' | b'\\')) | (b'$', Some(b'$')) | (b'%', Some(b'%')) => return 2,
        (b'$' | b'%', Some(b'{')) => {
            open.push(b'{');
            return 2;
        }
        _ => {}
    }
    1
}
