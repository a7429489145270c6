//! Heredocs.

use super::{Lexer, Token, TokenKind};
use crate::syntax::problem::ProblemKind;
use crate::syntax::tree::HAS_TEMPLATE;

impl Lexer<'_> {
    pub(super) fn heredoc(&mut self, start: usize, token: &mut Token) -> TokenKind {
        if self.byte(start + 1) != b'<' {
            self.position = start + 1;
            self.problem(ProblemKind::BadHeredoc, start, start + 1);
            return TokenKind::Other;
        }
        let marker_start = start + 2;
        let mut position = marker_start + usize::from(self.byte(marker_start) == b'-');
        let name_start = position;
        while let Some(character) = self
            .character(position)
            .filter(|c| c.is_alphanumeric() || *c == '_' || (*c == '-' && self.options.hcl2))
        {
            position += character.len_utf8();
        }
        let text = self.text;
        let name = text.get(name_start..position).unwrap_or_default();
        // The reference scanner compares lengths with the dash counted in.
        let shortest_line = if self.options.hcl2 { name.len() } else { position - marker_start };
        let line_end =
            position + usize::from(self.byte(position) == b'\r' && self.byte(position + 1) == b'\n');
        if name.is_empty() || self.byte(line_end) != b'\n' {
            let kind = if self.at_end(position) && !name.is_empty() {
                ProblemKind::UnclosedHeredoc
            } else {
                ProblemKind::BadHeredoc
            };
            self.position = self.line_end(position);
            self.problem(kind, start, position.max(start + 2));
            return TokenKind::Heredoc;
        }
        let body = line_end + 1;
        match self.heredoc_end(body, name, shortest_line) {
            Some(end) => {
                if self.text.get(body..end).is_some_and(|body| body.contains("${") || body.contains("%{")) {
                    token.flags |= HAS_TEMPLATE;
                }
                self.position = end;
            }
            None => {
                self.position = self.unclosed_heredoc_end(line_end);
                self.problem(ProblemKind::UnclosedHeredoc, start, position);
            }
        }
        TokenKind::Heredoc
    }

    pub(super) fn line_end(&self, position: usize) -> usize {
        let rest = self.bytes.get(position..).unwrap_or_default();
        position + rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len())
    }

    /// The end of the marker that closes a heredoc.
    pub(super) fn heredoc_end(&mut self, body: usize, name: &str, shortest_line: usize) -> Option<usize> {
        let mut line_start = body;
        while self.long_searches > 0 && line_start < self.bytes.len() {
            let end = self.line_end(line_start);
            let line = self.text.get(line_start..end).unwrap_or_default();
            // HCL 2 lets blanks follow the marker.
            let blanks: &[char] = if self.options.hcl2 { &['\r', ' ', '\t'] } else { &['\r'] };
            let marker = line.trim_end_matches(blanks);
            let is_terminated = end < self.bytes.len();
            if is_terminated
                && line.strip_suffix('\r').unwrap_or(line).len() >= shortest_line
                && marker.trim_start_matches([' ', '\t', '\x0b', '\x0c', '\r']) == name
            {
                return Some(line_start + marker.len());
            }
            line_start = end + 1;
        }
        self.long_searches = self.long_searches.saturating_sub(1);
        None
    }

    /// A heredoc that never ends swallows the lines down to the closing brace of its block.
    fn unclosed_heredoc_end(&self, first_line_end: usize) -> usize {
        let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
        let opening_line_start =
            self.text.get(..first_line_end).and_then(|t| t.rfind('\n')).map_or(0, |n| n + 1);
        let opening_indent = indent(self.text.get(opening_line_start..first_line_end).unwrap_or_default());
        let mut line_start = first_line_end + 1;
        while self.long_searches > 0 && line_start < self.bytes.len() {
            let end = self.line_end(line_start);
            let line = self.text.get(line_start..end).unwrap_or_default();
            if line.trim_start().starts_with('}') && indent(line) < opening_indent {
                return line_start.saturating_sub(1);
            }
            line_start = end + 1;
        }
        first_line_end
    }
}
