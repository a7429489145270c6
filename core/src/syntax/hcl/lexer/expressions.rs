//! How far an HCL 2 expression reaches.

use super::Lexer;

impl Lexer<'_> {
    /// Where the HCL 2 expression that starts at `start` ends. Inside brackets line ends do not count.
    pub(in crate::syntax::hcl) fn expression_end(&mut self, start: u32, in_brackets: bool) -> u32 {
        self.expression_end_from(start, start, in_brackets)
    }

    /// Like [`Lexer::expression_end`], with the part up to `from` known to be whole.
    pub(in crate::syntax::hcl) fn expression_end_from(
        &mut self,
        start: u32,
        from: u32,
        in_brackets: bool,
    ) -> u32 {
        let mut position = from as usize;
        let mut depth = 0_u32;
        let mut first_line_end = None;
        while let Some(byte) = self.bytes.get(position).copied() {
            match byte {
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' if depth == 0 => break,
                b')' | b']' | b'}' => depth -= 1,
                b',' if depth == 0 => break,
                b'\n' if (depth == 0 && !in_brackets) || self.long_searches == 0 => break,
                b'\n' => {
                    first_line_end.get_or_insert(position);
                }
                b'"' => position = self.quoted_end(position),
                b'#' => position = self.line_end(position).saturating_sub(1),
                b'/' if self.byte(position + 1) == b'/' => {
                    position = self.line_end(position).saturating_sub(1)
                }
                b'<' if self.byte(position + 1) == b'<' => position = self.nested_heredoc_end(position),
                _ => {}
            }
            position += 1;
        }
        if depth > 0 && self.at_end(position) {
            self.long_searches = self.long_searches.saturating_sub(1);
            position = first_line_end.unwrap_or(position);
        }
        let expression = self.text.get(start as usize..position).unwrap_or_default();
        start + without_comment(expression).trim_end().len() as u32
    }

    fn quoted_end(&mut self, start: usize) -> usize {
        let mut position = start + 1;
        let mut braces = 0_u32;
        while let Some(byte) = self.bytes.get(position) {
            match byte {
                b'"' if braces == 0 => return position,
                b'"' => position = self.nested_string(position),
                b'\\' => position += 1,
                b'\n' if braces == 0 => return position - 1,
                b'$' | b'%' if self.byte(position + 1) == b'{' => {
                    braces += 1;
                    position += 1;
                }
                b'{' if braces > 0 => braces += 1,
                b'}' if braces > 0 => braces -= 1,
                _ => {}
            }
            position += 1;
        }
        self.long_searches = self.long_searches.saturating_sub(1);
        self.line_end(start).saturating_sub(1)
    }

    fn nested_heredoc_end(&mut self, start: usize) -> usize {
        let name_start = start + 2 + usize::from(self.byte(start + 2) == b'-');
        let line_end = self.line_end(name_start);
        let text = self.text;
        let name = text.get(name_start..line_end).unwrap_or_default().trim_end();
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-') {
            return start + 1;
        }
        self.heredoc_end(line_end + 1, name, name.len()).map_or(start + 1, |end| end - 1)
    }
}

/// An expression that ends its line may be followed by a comment on that line.
fn without_comment(expression: &str) -> &str {
    let last_line_start = expression.rfind('\n').map_or(0, |position| position + 1);
    let last_line = expression.get(last_line_start..).unwrap_or_default();
    let mut in_string = false;
    let mut previous = 0;
    for (offset, byte) in last_line.bytes().enumerate() {
        match byte {
            b'"' if previous != b'\\' => in_string = !in_string,
            b'#' if !in_string => return expression.get(..last_line_start + offset).unwrap_or(expression),
            b'/' if !in_string && previous == b'/' => {
                return expression.get(..last_line_start + offset - 1).unwrap_or(expression);
            }
            _ => {}
        }
        previous = byte;
    }
    expression
}
