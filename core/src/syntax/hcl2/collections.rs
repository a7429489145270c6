//! Lists, objects, and the `for` that builds either.

use super::expression::{Children, Kind};
use super::lexer::TokenKind;
use super::reader::{Read, Reader};
use crate::syntax::problem::ProblemKind;
use crate::text::Span;

impl Reader<'_> {
    /// A list from its `[`, which is taken.
    pub(super) fn list(&mut self, open: Span) -> Read<u32> {
        let newlines = self.newlines(false);
        let node = if self.is_word("for") { self.for_list(open) } else { self.elements(open) }?;
        self.newlines(newlines);
        Ok(node)
    }

    fn elements(&mut self, open: Span) -> Read<u32> {
        let mut children = Children::NONE;
        while !self.take(TokenKind::CloseBracket) {
            let element = self.expression()?;
            children.add(&mut self.nodes, element);
            let token = self.next();
            match token.kind {
                TokenKind::CloseBracket => break,
                TokenKind::Comma => {}
                TokenKind::End => return Err(self.refuse(ProblemKind::UnclosedList, open)),
                _ => return Err(self.unexpected(token, "a comma or the `]` of the list is missing here")),
            }
        }
        Ok(self.add(Kind::List, Span::new(open.start, self.position), children))
    }

    /// An object from its `{`, which is taken.
    pub(super) fn object(&mut self, open: Span) -> Read<u32> {
        let newlines = self.newlines(false);
        let node = if self.is_word("for") {
            self.for_object(open)
        } else {
            self.newlines(true);
            self.members(open)
        }?;
        self.newlines(newlines);
        Ok(node)
    }

    fn members(&mut self, open: Span) -> Read<u32> {
        let mut children = Children::NONE;
        loop {
            while self.take(TokenKind::Newline) {}
            if self.take(TokenKind::CloseBrace) {
                break;
            }
            if self.peek().kind == TokenKind::End {
                return Err(self.refuse(ProblemKind::UnclosedObject, open));
            }
            let key = self.expression()?;
            children.add(&mut self.nodes, key);
            let token = self.next();
            if !matches!(token.kind, TokenKind::Assign | TokenKind::Colon) {
                return Err(self.unexpected(token, "the `=` between key and value is missing here"));
            }
            let value = self.expression()?;
            children.add(&mut self.nodes, value);
            let token = self.next();
            match token.kind {
                TokenKind::CloseBrace => break,
                TokenKind::Comma | TokenKind::Newline => {}
                TokenKind::End => return Err(self.refuse(ProblemKind::UnclosedObject, open)),
                _ => {
                    let message = "a comma, a new line or the `}` of the object is missing here";
                    return Err(self.unexpected(token, message));
                }
            }
        }
        Ok(self.add(Kind::Object, Span::new(open.start, self.position), children))
    }

    fn for_list(&mut self, open: Span) -> Read<u32> {
        let mut children = self.for_intro()?;
        self.expect(TokenKind::Colon, "a `for` needs `:` after its collection")?;
        let value = self.expression()?;
        children.add(&mut self.nodes, value);
        self.for_condition(&mut children)?;
        let message = "only a condition and `]` may follow here, no key, no `...`";
        self.expect(TokenKind::CloseBracket, message)?;
        Ok(self.add(Kind::ForList, Span::new(open.start, self.position), children))
    }

    fn for_object(&mut self, open: Span) -> Read<u32> {
        let mut children = self.for_intro()?;
        self.expect(TokenKind::Colon, "a `for` needs `:` after its collection")?;
        let key = self.expression()?;
        self.expect(TokenKind::Arrow, "a `for` that builds an object needs `key => value`")?;
        let value = self.expression()?;
        children.add(&mut self.nodes, key);
        children.add(&mut self.nodes, value);
        let groups = self.take(TokenKind::Ellipsis);
        self.for_condition(&mut children)?;
        self.expect(TokenKind::CloseBrace, "only a condition and `}` may follow here")?;
        Ok(self.add(Kind::ForObject { groups }, Span::new(open.start, self.position), children))
    }

    fn for_condition(&mut self, children: &mut Children) -> Read {
        if self.is_word("if") {
            self.next();
            let condition = self.expression()?;
            children.add(&mut self.nodes, condition);
        }
        Ok(())
    }

    /// `for value in collection` or `for key, value in collection`.
    pub(super) fn for_intro(&mut self) -> Read<Children> {
        let start = self.next().span;
        let message = "a name must follow the `for`";
        let mut value = self.expect(TokenKind::Ident, message)?.span;
        let mut key = Span::at(start.end);
        if self.take(TokenKind::Comma) {
            key = value;
            value = self.expect(TokenKind::Ident, "the name of the value must follow the comma")?.span;
        }
        if !self.is_word("in") {
            let token = self.next();
            return Err(self.unexpected(token, "a `for` needs `in` after its names"));
        }
        self.next();
        let collection = self.expression()?;
        let key = self.leaf(Kind::Name, key);
        let value = self.leaf(Kind::Name, value);
        Ok(Children::of(&mut self.nodes, &[key, value, collection]))
    }
}
