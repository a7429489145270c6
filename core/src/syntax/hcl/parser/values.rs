//! Values: literals, and the expressions of HCL 2.

use super::{Parser, Step, Stop};
use crate::syntax::hcl::lexer::{Token, TokenKind};
use crate::syntax::problem::ProblemKind;
use crate::syntax::tree::NodeKind;
use crate::text::Span;

impl Parser<'_> {
    /// Reads the value after `=`, or an element of a list.
    pub(super) fn value(&mut self, assign: Span, in_list: bool) -> Step {
        let token = self.peek();
        if self.hcl2 {
            return self.hcl2_value(assign, in_list);
        }
        match token.kind {
            TokenKind::End => {
                self.missing_value();
                if self.is_exact() {
                    return Err(Stop::End);
                }
                self.problem(ProblemKind::MissingValue, assign)
            }
            TokenKind::RightBrace => {
                self.missing_value();
                self.problem(ProblemKind::MissingValue, assign)
            }
            TokenKind::Ident => self.bare_word(assign, token),
            TokenKind::String if !self.is_exact() && self.is_key_of_next_line(token) => {
                self.missing_value();
                self.problem(ProblemKind::MissingValue, assign)
            }
            _ => self.literal(token),
        }
    }

    /// Reads a literal, an object or a list.
    pub(super) fn literal(&mut self, token: Token) -> Step {
        let kind = match token.kind {
            TokenKind::Bool => NodeKind::Bool,
            TokenKind::Float => NodeKind::Float,
            TokenKind::Heredoc => NodeKind::Heredoc,
            TokenKind::Number => NodeKind::Number,
            TokenKind::String => NodeKind::String,
            TokenKind::LeftBrace => {
                self.next();
                return self.object(token);
            }
            TokenKind::LeftBracket => {
                self.next();
                return self.list(token);
            }
            _ => {
                self.missing_value();
                return self.misplaced(token);
            }
        };
        self.next();
        self.builder.leaf(kind, token.flags, token.span());
        Ok(())
    }

    /// A string on a new line that is itself followed by `=` or `{`, as in `name =` above `"key" = 1`.
    fn is_key_of_next_line(&mut self, token: Token) -> bool {
        token.first_on_line
            && matches!(self.kind_after_next(), TokenKind::Assign | TokenKind::Colon | TokenKind::LeftBrace)
    }

    /// A word where HCL 1 wants a value.
    fn bare_word(&mut self, assign: Span, token: Token) -> Step {
        if token.first_on_line {
            self.missing_value();
            return self.problem(ProblemKind::MissingValue, assign);
        }
        let span = self.expression(token.start, false);
        self.builder.leaf(NodeKind::Expression, 0, span);
        self.problem(ProblemKind::BareWord, span)
    }

    /// Takes an HCL 2 expression that starts with the next token.
    pub(super) fn expression(&mut self, start: u32, in_brackets: bool) -> Span {
        let token = self.next();
        let end = self.lexer.expression_end(start, in_brackets).max(token.end);
        self.lexer.skip_to(end);
        self.last_end = end;
        Span::new(start, end)
    }

    pub(super) fn hcl2_value(&mut self, assign: Span, in_list: bool) -> Step {
        let token = self.peek();
        if matches!(token.kind, TokenKind::End | TokenKind::RightBrace) || (token.first_on_line && !in_list) {
            self.missing_value();
            return self.problem(ProblemKind::MissingValue, assign);
        }
        let nodes = self.builder.len();
        let is_word = matches!(token.kind, TokenKind::Ident | TokenKind::LeftParen | TokenKind::Other);
        let is_null = token.kind == TokenKind::Ident && token.span().of(self.text) == "null";
        let is_for = matches!(token.kind, TokenKind::LeftBrace | TokenKind::LeftBracket) && {
            let rest = self.text.get(token.end as usize..).unwrap_or_default();
            rest.trim_start().strip_prefix("for").is_some_and(|rest| rest.starts_with([' ', '\t']))
        };
        if (!is_word && !is_for) || is_null {
            if is_null {
                self.next();
                self.builder.leaf(NodeKind::Null, 0, token.span());
            } else {
                self.literal(token)?;
            }
            if !self.goes_on(in_list) {
                return Ok(());
            }
            self.builder.truncate(nodes);
        }
        self.peeked = None;
        let from = self.last_end.max(token.start);
        let end = self.lexer.expression_end_from(token.start, from, in_list).max(token.end);
        self.lexer.skip_to(end);
        self.last_end = end;
        self.builder.leaf(NodeKind::Expression, 0, Span::new(token.start, end));
        Ok(())
    }

    /// Whether an operator, an index or the like follows a literal of HCL 2.
    fn goes_on(&self, in_list: bool) -> bool {
        if self.peeked.is_some() {
            return false;
        }
        let rest = self.text.get(self.last_end as usize..).unwrap_or_default();
        let blanks: &[char] = if in_list { &[' ', '\t', '\r', '\n'] } else { &[' ', '\t', '\r'] };
        let rest = rest.trim_start_matches(blanks);
        let ends = [',', '}', ']', ')', '\n', '#', '"', '='];
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        rest.starts_with("==")
            || !(rest.is_empty()
                || rest.starts_with(ends)
                || rest.starts_with("//")
                || rest.starts_with("/*")
                || rest.starts_with(is_word))
    }
}
