//! Lists.

use super::{Parser, Step, Stop};
use crate::syntax::MAX_DEPTH;
use crate::syntax::hcl::lexer::{Token, TokenKind};
use crate::syntax::problem::ProblemKind;
use crate::syntax::tree::NodeKind;

impl Parser<'_> {
    /// Reads a list from its `[`, which is already taken.
    pub(super) fn list(&mut self, bracket: Token) -> Step {
        if self.depth >= MAX_DEPTH {
            return self.too_deep(bracket);
        }
        self.depth += 1;
        let list = self.builder.open(NodeKind::List, 0, bracket.start);
        let result = self.elements(bracket);
        self.builder.close(list, self.last_end);
        self.depth -= 1;
        result
    }

    fn elements(&mut self, bracket: Token) -> Step {
        let mut needs_comma = false;
        loop {
            let token = self.peek();
            if self.is_exact() && !self.lexer.problems.is_empty() {
                return Err(Stop::Problem);
            }
            match token.kind {
                TokenKind::RightBracket => {
                    self.next();
                    return Ok(());
                }
                TokenKind::Comma => {
                    self.next();
                    needs_comma = false;
                    continue;
                }
                TokenKind::End => return self.unclosed_list(bracket),
                TokenKind::RightBrace => return self.unclosed_list(bracket),
                TokenKind::Ident | TokenKind::String if !self.is_exact() && self.leaves_list(token) => {
                    return self.unclosed_list(bracket);
                }
                TokenKind::Ident if !self.hcl2 => {
                    let span = self.expression(token.start, true);
                    self.builder.leaf(NodeKind::Expression, 0, span);
                    self.problem(ProblemKind::BareWord, span)?;
                    needs_comma = true;
                    continue;
                }
                TokenKind::Assign | TokenKind::Colon => {
                    self.misplaced_in_list(token)?;
                    continue;
                }
                _ => {}
            }
            if needs_comma {
                self.problem(ProblemKind::MissingComma, token.span())?;
            }
            if self.hcl2 {
                self.hcl2_value(bracket.span(), true)?;
            } else {
                self.element(token)?;
            }
            // The reference parser wants no comma after a list in a list.
            needs_comma = token.kind != TokenKind::LeftBracket || self.hcl2;
        }
    }

    fn element(&mut self, token: Token) -> Step {
        match token.kind {
            TokenKind::Other | TokenKind::LeftParen => self.misplaced_in_list(token),
            _ => self.literal(token),
        }
    }

    fn misplaced_in_list(&mut self, token: Token) -> Step {
        self.next();
        if !self.lexer.problems.is_empty() && token.kind != TokenKind::Assign {
            return if self.is_exact() { Err(Stop::Problem) } else { Ok(()) };
        }
        self.problem(ProblemKind::UnexpectedToken, token.span())
    }

    /// Whether a word or string on a new line is the next item rather than an element.
    fn leaves_list(&mut self, token: Token) -> bool {
        let follows = |kind| matches!(kind, TokenKind::Assign | TokenKind::LeftBrace | TokenKind::String);
        token.first_on_line
            && match token.kind {
                TokenKind::Ident => follows(self.kind_after_next()),
                _ => self.kind_after_next() == TokenKind::Assign,
            }
    }

    fn unclosed_list(&mut self, bracket: Token) -> Step {
        if self.unclosed_string_at.is_some_and(|start| start > bracket.start) {
            return Ok(());
        }
        self.problem(ProblemKind::UnclosedList, bracket.span())
    }
}
