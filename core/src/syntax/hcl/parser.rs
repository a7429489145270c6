//! From tokens to the tree.

mod lists;
mod values;

use super::lexer::{Lexer, LexerOptions, Token, TokenKind};
use crate::syntax::problem::ProblemKind;
use crate::syntax::tree::{ASSIGNED, COLON, NodeKind, QUOTED, TreeBuilder};
use crate::syntax::{Dialect, MAX_DEPTH};
use crate::text::Span;

/// How a text is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// As the reference parser reads it; ends at the first problem.
    Exact,
    /// Goes on after problems.
    Repair,
    /// Goes on after problems, and takes the indentation's word for which block a line belongs to.
    RepairByIndentation,
}

pub(super) struct Parser<'t> {
    text: &'t str,
    lexer: Lexer<'t>,
    builder: TreeBuilder,
    mode: Mode,
    hcl2: bool,
    peeked: Option<Token>,
    depth: u32,
    /// Where the last token that was taken ends.
    last_end: u32,
    /// Indentation of the line that is read.
    line_indent: u32,
    /// A string on this line has no end, so that brackets on it may be hidden in the string.
    unclosed_string_at: Option<u32>,
}

/// A reading ends early at a problem in exact mode.
type Step = Result<(), Stop>;

enum Stop {
    /// The text is over; at the top level this is no problem.
    End,
    /// There was a problem, and the mode is exact.
    Problem,
}

impl<'t> Parser<'t> {
    /// Reads a text; the builder holds nodes, comments and problems.
    pub(super) fn parse(text: &'t str, dialect: Dialect, mode: Mode) -> TreeBuilder {
        let hcl2 = dialect == Dialect::Hcl2;
        let options = LexerOptions {
            hcl2,
            one_line_strings: mode != Mode::Exact,
            multi_line_strings: mode == Mode::Exact && dialect == Dialect::Hcl1MultiLine,
        };
        let mut parser = Self {
            text,
            lexer: Lexer::new(text, options),
            builder: TreeBuilder::new(text.len()),
            mode,
            hcl2,
            peeked: None,
            depth: 0,
            last_end: 0,
            line_indent: 0,
            unclosed_string_at: None,
        };
        let _ = parser.items(None);
        let mut builder = parser.builder;
        builder.comments = parser.lexer.comments;
        builder.problems = parser.lexer.problems;
        builder
    }

    fn is_exact(&self) -> bool {
        self.mode == Mode::Exact
    }

    fn peek(&mut self) -> Token {
        if let Some(token) = self.peeked {
            return token;
        }
        let token = self.lexer.next();
        if token.first_on_line {
            self.line_indent = token.column;
        }
        if token.is_unclosed {
            self.unclosed_string_at = Some(token.start);
        }
        self.peeked = Some(token);
        token
    }

    fn next(&mut self) -> Token {
        let token = self.peek();
        self.peeked = None;
        self.last_end = self.last_end.max(token.end);
        token
    }

    /// The kind of the token after the next one.
    fn kind_after_next(&mut self) -> TokenKind {
        self.peek();
        let checkpoint = self.lexer.checkpoint();
        let kept = std::mem::take(&mut self.lexer.problems);
        let kind = self.lexer.next().kind;
        self.lexer.problems = kept;
        self.lexer.restore(checkpoint);
        kind
    }

    /// Notes a problem; in exact mode it ends the reading.
    fn problem(&mut self, kind: ProblemKind, span: Span) -> Step {
        self.lexer.problems.push(kind, span);
        if self.is_exact() { Err(Stop::Problem) } else { Ok(()) }
    }

    /// Reads items up to the end of the text or, with the opening brace given, to its partner.
    fn items(&mut self, open: Option<Open>) -> Step {
        loop {
            let token = self.peek();
            if self.is_exact() && !self.lexer.problems.is_empty() {
                return Err(Stop::Problem);
            }
            match token.kind {
                TokenKind::End => return self.end_of_text(open),
                TokenKind::RightBrace => {
                    if self.closes(open, token)? {
                        return Ok(());
                    }
                }
                TokenKind::Ident | TokenKind::String | TokenKind::LeftParen => {
                    if self.belongs_outside(open, token) {
                        return self.unclosed_object(open);
                    }
                    match self.item() {
                        Err(Stop::End) if open.is_none() => return Ok(()),
                        Err(Stop::End) => return self.unclosed_object(open),
                        other => other?,
                    }
                    if self.peek().kind == TokenKind::Comma {
                        self.next();
                    }
                }
                _ => self.misplaced(token)?,
            }
        }
    }

    /// A token that starts no item.
    fn misplaced(&mut self, token: Token) -> Step {
        self.next();
        match token.kind {
            // The lexer has already said what is wrong with it.
            TokenKind::Other | TokenKind::Colon if !self.hcl2 && !self.lexer.problems.is_empty() => {
                if self.is_exact() { Err(Stop::Problem) } else { Ok(()) }
            }
            TokenKind::RightBracket => self.problem(ProblemKind::UnexpectedClosing, token.span()),
            TokenKind::Assign => {
                // A run of them is taken at once: one by one each would be the value of the one before.
                let mut span = token.span();
                while self.peek().kind == TokenKind::Assign && !self.peek().first_on_line {
                    span = span.to(self.next().span());
                }
                self.problem(ProblemKind::MissingKey, span)?;
                self.skipped_value()
            }
            TokenKind::LeftBrace => {
                self.problem(ProblemKind::MissingKey, token.span())?;
                let item = self.builder.open(NodeKind::Item, 0, token.start);
                let result = self.object(token);
                self.builder.close(item, self.last_end);
                result
            }
            _ => {
                let span = self.run_of_others(token.span());
                self.problem(ProblemKind::UnexpectedToken, span)
            }
        }
    }

    /// Takes the tokens without meaning that follow at once, as in `...`.
    fn run_of_others(&mut self, mut span: Span) -> Span {
        while self.peek().kind == TokenKind::Other && self.peek().start == span.end {
            span = span.to(self.next().span());
        }
        span
    }

    /// Reads a value that belongs to no key.
    fn skipped_value(&mut self) -> Step {
        let token = self.peek();
        let item = self.builder.open(NodeKind::Item, ASSIGNED, self.last_end);
        // A further `=` is left to the caller's loop: a row of them must not go deeper with each.
        let result = if token.first_on_line || token.kind == TokenKind::Assign {
            self.missing_value();
            Ok(())
        } else {
            self.value(token.span(), false)
        };
        self.builder.close(item, self.last_end);
        result
    }

    /// Whether a `}` closes the open object. One that does not is a problem of its own.
    fn closes(&mut self, open: Option<Open>, token: Token) -> Result<bool, Stop> {
        let Some(open) = open else {
            self.next();
            self.problem(ProblemKind::UnexpectedClosing, token.span())?;
            return Ok(false);
        };
        if self.mode == Mode::RepairByIndentation && token.first_on_line {
            if token.column < open.indent && self.depth > 1 {
                self.lexer.problems.push(ProblemKind::UnclosedObject, open.brace);
                return Ok(true);
            }
            if token.column > open.indent {
                self.next();
                self.lexer.problems.push(ProblemKind::UnexpectedClosing, token.span());
                return Ok(false);
            }
        }
        self.next();
        Ok(true)
    }

    /// Whether the indentation says that an item stands outside of the open object.
    fn belongs_outside(&self, open: Option<Open>, token: Token) -> bool {
        self.mode == Mode::RepairByIndentation
            && token.first_on_line
            && open.is_some_and(|open| token.column <= open.indent)
    }

    fn end_of_text(&mut self, open: Option<Open>) -> Step {
        match open {
            None => Ok(()),
            Some(_) => self.unclosed_object(open),
        }
    }

    fn unclosed_object(&mut self, open: Option<Open>) -> Step {
        match open {
            None => Ok(()),
            Some(open) => self.problem(ProblemKind::UnclosedObject, open.brace),
        }
    }

    /// Reads keys and a value.
    fn item(&mut self) -> Step {
        let mut keys = Keys::starting_with(self.peek());
        let mut item = self.builder.open(NodeKind::Item, 0, keys.span.start);
        let result = loop {
            let token = self.peek();
            match token.kind {
                TokenKind::Ident | TokenKind::String | TokenKind::LeftParen => {
                    if keys.count > 0 && self.starts_another_item(token) {
                        if !self.is_exact() {
                            break self.incomplete(&keys);
                        }
                        // The reference parser takes the lines' keys together, and only minds if `=` follows.
                        self.missing_value();
                        self.builder.close(item, self.last_end);
                        item = self.builder.open(NodeKind::Item, 0, token.start);
                        keys.earlier += keys.count;
                        keys.count = 0;
                    }
                    self.next();
                    self.key(token);
                    keys.add(token);
                }
                TokenKind::Assign | TokenKind::Colon if keys.count > 0 => {
                    self.next();
                    let is_assign = token.kind == TokenKind::Assign;
                    self.builder.flag(item, if is_assign { ASSIGNED } else { COLON });
                    break self.assigned_value(&keys, token);
                }
                TokenKind::LeftBrace => {
                    self.next();
                    break self.object(token);
                }
                _ => break self.incomplete(&keys),
            }
        };
        self.builder.close(item, self.last_end);
        result
    }

    fn key(&mut self, token: Token) {
        let span = match token.kind {
            TokenKind::LeftParen => self.expression(token.start, true),
            _ => token.span(),
        };
        let flags = if token.kind == TokenKind::String { token.flags | QUOTED } else { token.flags };
        self.builder.leaf(NodeKind::Key, flags, span);
        if token.is_bare_path {
            self.lexer.problems.push(ProblemKind::BareWord, span);
        }
    }

    /// Whether a key on a new line looks like the start of the next item rather than like a label.
    fn starts_another_item(&mut self, token: Token) -> bool {
        token.first_on_line
            && match token.kind {
                TokenKind::String => matches!(self.kind_after_next(), TokenKind::Assign | TokenKind::Colon),
                _ => true,
            }
    }

    /// Keys without `=` or `{`.
    fn incomplete(&mut self, keys: &Keys) -> Step {
        self.missing_value();
        if keys.has_unclosed_string {
            return Ok(());
        }
        self.problem(ProblemKind::IncompleteItem, keys.span)
    }

    fn missing_value(&mut self) {
        self.builder.leaf(NodeKind::Missing, 0, Span::at(self.last_end));
    }

    fn assigned_value(&mut self, keys: &Keys, assign: Token) -> Step {
        let is_block = keys.count > 1 && self.peek().kind == TokenKind::LeftBrace;
        if is_block {
            self.problem(ProblemKind::BlockWithEquals, assign.span())?;
        } else if keys.count + keys.earlier > 1 {
            self.problem(ProblemKind::UnexpectedToken, assign.span())?;
        }
        self.value(assign.span(), false)
    }

    /// Reads an object from its `{`, which is already taken.
    fn object(&mut self, brace: Token) -> Step {
        if self.depth >= MAX_DEPTH {
            return self.too_deep(brace);
        }
        self.depth += 1;
        let open = Open { brace: brace.span(), indent: self.line_indent };
        let object = self.builder.open(NodeKind::Object, 0, brace.start);
        let result = self.items(Some(open));
        self.builder.close(object, self.last_end);
        self.depth -= 1;
        result
    }

    fn too_deep(&mut self, token: Token) -> Step {
        self.missing_value();
        self.lexer.problems.push(ProblemKind::TooDeep, token.span());
        self.lexer.stop();
        self.peeked = None;
        Err(Stop::Problem)
    }
}

/// The keys of the item that is read.
struct Keys {
    count: u32,
    /// Keys of half-typed items on the lines before.
    earlier: u32,
    span: Span,
    has_unclosed_string: bool,
}

impl Keys {
    fn starting_with(token: Token) -> Self {
        Self { count: 0, earlier: 0, span: token.span(), has_unclosed_string: false }
    }

    fn add(&mut self, token: Token) {
        self.span = if self.count == 0 { token.span() } else { self.span.to(token.span()) };
        self.count += 1;
        self.has_unclosed_string |= token.is_unclosed;
    }
}

/// An open object.
#[derive(Clone, Copy)]
struct Open {
    brace: Span,
    /// The indentation of the line that its brace stands on.
    indent: u32,
}
