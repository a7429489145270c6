//! Expressions: operators, terms, traversals, calls.

use super::expression::{Children, Kind, Operator};
use super::lexer::{TokenKind, is_number};
use super::reader::{Read, Reader};
use crate::syntax::problem::ProblemKind;
use crate::text::Span;

/// The operators' precedence, from 1.
fn operator(token: TokenKind) -> Option<(Operator, u8)> {
    Some(match token {
        TokenKind::Or => (Operator::Or, 1),
        TokenKind::And => (Operator::And, 2),
        TokenKind::Equal => (Operator::Equal, 3),
        TokenKind::NotEqual => (Operator::NotEqual, 3),
        TokenKind::Greater => (Operator::Greater, 4),
        TokenKind::GreaterEqual => (Operator::GreaterOrEqual, 4),
        TokenKind::Less => (Operator::Less, 4),
        TokenKind::LessEqual => (Operator::LessOrEqual, 4),
        TokenKind::Plus => (Operator::Add, 5),
        TokenKind::Minus => (Operator::Subtract, 5),
        TokenKind::Star => (Operator::Multiply, 6),
        TokenKind::Slash => (Operator::Divide, 6),
        TokenKind::Percent => (Operator::Modulo, 6),
        _ => return None,
    })
}

impl Reader<'_> {
    /// An expression, as far as it goes.
    pub(super) fn expression(&mut self) -> Read<u32> {
        let start = self.peek().span.start;
        let condition = self.operation(1)?;
        if self.peek().kind != TokenKind::Question {
            return Ok(condition);
        }
        let question = self.next();
        self.enter(question.span)?;
        let if_true = self.expression()?;
        self.expect(TokenKind::Colon, "a `? … : …` needs its `:` here")?;
        let if_false = self.expression()?;
        self.leave();
        Ok(self.parent(Kind::Conditional, start, &[condition, if_true, if_false]))
    }

    /// Operands of operators of at least this precedence; equal ones bind to the left.
    fn operation(&mut self, lowest: u8) -> Read<u32> {
        let start = self.peek().span.start;
        let mut left = self.operand()?;
        while let Some((operator, precedence)) = operator(self.peek().kind)
            && precedence >= lowest
        {
            self.next();
            let right = self.operation(precedence + 1)?;
            left = self.parent(Kind::Binary(operator), start, &[left, right]);
        }
        Ok(left)
    }

    /// A term with the traversals that follow it.
    fn operand(&mut self) -> Read<u32> {
        let token = self.peek();
        if !matches!(token.kind, TokenKind::Minus | TokenKind::Bang) {
            let term = self.term()?;
            return self.traversal(term, token.span.start);
        }
        self.next();
        self.enter(token.span)?;
        let operand = self.operand()?;
        self.leave();
        let kind = Kind::Unary { is_not: token.kind == TokenKind::Bang };
        Ok(self.parent(kind, token.span.start, &[operand]))
    }

    fn term(&mut self) -> Read<u32> {
        let token = self.next();
        match token.kind {
            TokenKind::Ident => self.word(token.span),
            TokenKind::Number => {
                if !is_number(token.span.of(self.text)) {
                    return Err(self.refuse(ProblemKind::BadNumber, token.span));
                }
                Ok(self.leaf(Kind::Number, token.span))
            }
            TokenKind::Quote => self.quoted(token.span.start),
            TokenKind::Heredoc => self.heredoc(token.span),
            TokenKind::OpenBracket | TokenKind::OpenBrace | TokenKind::OpenParen => {
                self.enter(token.span)?;
                let node = match token.kind {
                    TokenKind::OpenBracket => self.list(token.span),
                    TokenKind::OpenBrace => self.object(token.span),
                    _ => self.parenthesis(token.span),
                }?;
                self.leave();
                Ok(node)
            }
            TokenKind::Less if self.text.as_bytes().get(token.span.end as usize) == Some(&b'<') => {
                Err(self.refuse(ProblemKind::BadHeredoc, Span::new(token.span.start, token.span.end + 1)))
            }
            _ => Err(self.unexpected(token, "an expression is missing here")),
        }
    }

    fn parenthesis(&mut self, open: Span) -> Read<u32> {
        let newlines = self.newlines(false);
        let inner = self.expression()?;
        self.expect(TokenKind::CloseParen, "the `)` that closes the parenthesis is missing here")?;
        self.newlines(newlines);
        Ok(self.parent(Kind::Parenthesis, open.start, &[inner]))
    }

    /// A word that is a literal, a variable, or the name of a function.
    fn word(&mut self, span: Span) -> Read<u32> {
        if matches!(self.peek().kind, TokenKind::OpenParen | TokenKind::DoubleColon) {
            return self.call(span);
        }
        let kind = match span.of(self.text) {
            "true" | "false" => Kind::Bool,
            "null" => Kind::Null,
            _ => Kind::Variable,
        };
        Ok(self.leaf(kind, span))
    }

    fn call(&mut self, first: Span) -> Read<u32> {
        let mut name = first;
        while self.take(TokenKind::DoubleColon) {
            name =
                name.to(self.expect(TokenKind::Ident, "the name of a function must follow the `::`")?.span);
        }
        let open = self.expect(TokenKind::OpenParen, "the `(` of a function's arguments is missing here")?;
        self.enter(open.span)?;
        let newlines = self.newlines(false);
        let name = self.leaf(Kind::Name, name);
        let mut children = Children::of(&mut self.nodes, &[name]);
        let mut expands = false;
        while !self.take(TokenKind::CloseParen) {
            let argument = self.expression()?;
            children.add(&mut self.nodes, argument);
            let token = self.next();
            match token.kind {
                TokenKind::CloseParen => break,
                TokenKind::Comma => {}
                TokenKind::Ellipsis => {
                    expands = true;
                    self.expect(TokenKind::CloseParen, "only `)` may follow the `...` of the last argument")?;
                    break;
                }
                _ => return Err(self.unexpected(token, "a comma or the `)` of the call is missing here")),
            }
        }
        self.newlines(newlines);
        self.leave();
        let span = Span::new(first.start, self.position);
        Ok(self.add(Kind::Call { expands }, span, children))
    }

    /// Names, indexes and splats after a term.
    fn traversal(&mut self, source: u32, start: u32) -> Read<u32> {
        if !matches!(self.peek().kind, TokenKind::Dot | TokenKind::OpenBracket) {
            return Ok(source);
        }
        let mut children = Children::of(&mut self.nodes, &[source]);
        // A `.*` reaches up to the next bracket.
        let mut is_in_splat = false;
        loop {
            let step = match self.peek().kind {
                TokenKind::Dot => self.attribute_step(is_in_splat)?,
                TokenKind::OpenBracket => self.index_step()?,
                _ => break,
            };
            match self.nodes.get(step as usize).map(|node| node.kind) {
                Some(Kind::AttributeSplat) => is_in_splat = true,
                Some(Kind::Index | Kind::FullSplat) => is_in_splat = false,
                _ => {}
            }
            children.add(&mut self.nodes, step);
        }
        let span = Span::new(start, self.position);
        Ok(self.add(Kind::Traversal, span, children))
    }

    /// `.name`, `.0` or `.*`
    fn attribute_step(&mut self, is_in_splat: bool) -> Read<u32> {
        self.next();
        let token = self.next();
        match token.kind {
            TokenKind::Ident => Ok(self.leaf(Kind::Attribute, token.span)),
            TokenKind::Number => {
                let raw = token.span.of(self.text);
                if raw.contains('.') || !is_number(raw) {
                    let message = "two indexes in a row are written in brackets: `[0][1]`";
                    return Err(self.refuse(ProblemKind::Hcl2 { message }, token.span));
                }
                Ok(self.leaf(Kind::LegacyIndex, token.span))
            }
            TokenKind::Star if !is_in_splat => Ok(self.leaf(Kind::AttributeSplat, token.span)),
            TokenKind::Star => Err(self.unexpected(token, "a `.*` cannot stand inside of another `.*`")),
            _ => Err(self.unexpected(token, "the name of an attribute must follow the dot")),
        }
    }

    /// `[ … ]` or `[*]`
    fn index_step(&mut self) -> Read<u32> {
        let open = self.next();
        if self.peek().kind == TokenKind::Star {
            self.next();
            self.expect(TokenKind::CloseBracket, "the `]` must follow the `*` of a splat at once")?;
            return Ok(self.parent(Kind::FullSplat, open.span.start, &[]));
        }
        self.enter(open.span)?;
        let newlines = self.newlines(false);
        let index = self.expression()?;
        self.expect(TokenKind::CloseBracket, "the `]` of the index is missing here")?;
        self.newlines(newlines);
        self.leave();
        Ok(self.parent(Kind::Index, open.span.start, &[index]))
    }
}
