//! Texts over many lines: `<<END` as they are, `<<-END` without their common indent.

use std::ops::Range;

use super::Parser;
use crate::document::Text;
use crate::failure::Outcome;
use crate::limits::syntax;

impl Parser<'_> {
    /// Reads a heredoc up to the end of its last line's mark.
    pub(super) fn heredoc(&mut self) -> Outcome<Text> {
        let start = self.at;
        if self.source.get(start + 1) != Some(&b'<') {
            return Err(self.expression(start));
        }
        self.at += 2;
        let indented = self.peek() == Some(b'-');
        self.at += usize::from(indented);
        let mark = self.identifier("the mark of a heredoc")?.text;
        if !self.at_line_end() || self.peek().is_none() {
            return Err(self.unexpected("the end of the line"));
        }
        let lines = self.heredoc_lines(mark, start)?;
        let arena = self.arena.len();
        let indent = if indented { self.common_indent(&lines) } else { 0 };
        for line in lines {
            self.push_line(line, indent)?;
        }
        Ok(Text::arena(arena, self.arena.len()))
    }

    /// The lines with their ends, up to the mark, which is consumed.
    fn heredoc_lines(&mut self, mark: Text, start: usize) -> Outcome<Vec<Range<usize>>> {
        let mark = std::str::from_utf8(mark.of(self.source, &self.arena)).unwrap_or_default();
        let end_of_line = |from: usize| self.source[from..].iter().position(|byte| *byte == b'\n').map(|length| from + length + 1);
        let mut lines = Vec::new();
        let mut from = end_of_line(self.at).unwrap_or(self.source.len());
        loop {
            let end = end_of_line(from).unwrap_or(self.source.len());
            let line = &self.text[from..end];
            if line.trim() == mark {
                self.at = from + line.trim_end_matches(['\r', '\n']).len();
                return Ok(lines);
            }
            if end == self.source.len() {
                return Err(syntax("A heredoc has no line with its closing mark", start));
            }
            lines.push(from..end);
            from = end;
        }
    }

    /// In characters, whatever blanks they are. A line of blanks alone does not count.
    fn common_indent(&self, lines: &[Range<usize>]) -> usize {
        let filled = lines.iter().map(|line| &self.text[line.clone()]).filter(|line| !line.trim_start().is_empty());
        filled.map(|line| line.chars().take_while(|character| character.is_whitespace()).count()).min().unwrap_or(0)
    }

    /// Adds a line without its indent; one of blanks alone stays as it is.
    fn push_line(&mut self, line: Range<usize>, indent: usize) -> Outcome<()> {
        let text = &self.text[line.clone()];
        let is_blank = text.trim_start().is_empty();
        let skipped: usize = text.chars().take(if is_blank { 0 } else { indent }).map(char::len_utf8).sum();
        let mut from = line.start + skipped;
        let mut at = from;
        while at < line.end {
            match self.source[at] {
                b'$' | b'%' => match self.template_mark(at, at)? {
                    Some(end) => {
                        self.arena.extend_from_slice(&self.source[from..at]);
                        from = at + 1;
                        at = end;
                    }
                    None => at += 1,
                },
                _ => at += 1,
            }
        }
        // The value must not depend on how the lines of the file end.
        let end = if self.source[from..line.end].ends_with(b"\r\n") { line.end - 2 } else { line.end };
        self.arena.extend_from_slice(&self.source[from..end]);
        if end < line.end {
            self.arena.push(b'\n');
        }
        Ok(())
    }
}
