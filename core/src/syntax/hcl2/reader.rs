//! The reader of HCL 2: bodies. It stops at the first thing that Go's reader refuses.

use super::expression::{Children, Kind, NO_NODE, Node};
use super::lexer::{Token, TokenKind, scan};
use crate::syntax::MAX_DEPTH;
use crate::syntax::problem::{Problem, ProblemKind};
use crate::text::{Span, order::Names};

/// From so many attributes on a body's names are kept in order.
const MANY_NAMES: usize = 16;

/// The text is refused; [`Reader::problem`] says why.
#[derive(Debug)]
pub(super) struct Refused;

pub(super) type Read<T = ()> = Result<T, Refused>;

/// Reads a text from front to back.
pub(super) struct Reader<'t> {
    pub(super) text: &'t str,
    /// Where the next token is looked for.
    pub(super) position: u32,
    peeked: Option<Token>,
    /// The last token that was taken.
    previous: Span,
    newlines_count: bool,
    depth: u32,
    /// The nodes of the attribute that is read.
    pub(super) nodes: Vec<Node>,
    /// The attributes of the open bodies.
    names: Vec<Span>,
    pub(super) problem: Option<Problem>,
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str, position: u32) -> Self {
        Self {
            text,
            position,
            peeked: None,
            previous: Span::at(position),
            newlines_count: true,
            depth: 0,
            nodes: Vec::new(),
            names: Vec::new(),
            problem: None,
        }
    }

    /// Reads the whole text as a body.
    pub(super) fn document(&mut self) -> Read {
        self.body(None)
    }

    /// Reads one expression up to the end of the text.
    pub(super) fn whole_expression(&mut self) -> Read<u32> {
        self.newlines_count = false;
        let root = self.expression()?;
        self.expect(TokenKind::End, "something follows the expression")?;
        Ok(root)
    }

    /// Attributes and blocks up to the `}` of `brace`, or to the end of the text.
    fn body(&mut self, brace: Option<Span>) -> Read {
        let outer = self.names.len();
        let mut many = Names::default();
        loop {
            let token = self.next();
            match token.kind {
                TokenKind::Newline => {}
                TokenKind::Ident => match self.peek().kind {
                    TokenKind::Assign => {
                        self.declare(token.span, outer, &mut many)?;
                        self.attribute()?;
                        self.end_of_item("an attribute ends with its line, and something follows it here")?;
                    }
                    TokenKind::Quote | TokenKind::OpenBrace | TokenKind::Ident => {
                        self.block()?;
                        self.end_of_item("a block ends with its line, and something follows it here")?;
                    }
                    _ => {
                        let message =
                            "a name is followed by `=` for an attribute, by labels and `{` for a block";
                        return Err(self.refuse(ProblemKind::Hcl2 { message }, token.span));
                    }
                },
                TokenKind::CloseBrace if brace.is_some() => break,
                TokenKind::End => match brace {
                    Some(brace) => return Err(self.refuse(ProblemKind::UnclosedObject, brace)),
                    None => break,
                },
                TokenKind::Quote => {
                    return Err(self.unexpected(token, "a name in a block is written without quotes"));
                }
                _ => return Err(self.unexpected(token, "an attribute or a block must stand here")),
            }
        }
        self.names.truncate(outer);
        Ok(())
    }

    /// An attribute may be set only once in a body.
    fn declare(&mut self, name: Span, outer: usize, many: &mut Names) -> Read {
        let text = self.text;
        let own = self.names.get(outer..).unwrap_or_default();
        let is_new = if own.len() < MANY_NAMES {
            own.iter().all(|it| it.of(text) != name.of(text))
        } else {
            if own.len() == MANY_NAMES {
                for it in own {
                    many.insert(it.of(text));
                }
            }
            many.insert(name.of(text)).1
        };
        self.names.push(name);
        if is_new {
            return Ok(());
        }
        let message = "this attribute is set a second time in its block";
        Err(self.refuse(ProblemKind::Hcl2 { message }, name))
    }

    /// `= value`; its tree is of no use once it is read.
    fn attribute(&mut self) -> Read {
        self.next();
        self.nodes.clear();
        self.expression()?;
        Ok(())
    }

    fn end_of_item(&mut self, message: &'static str) -> Read {
        let token = self.next();
        match token.kind {
            TokenKind::Newline | TokenKind::End => Ok(()),
            TokenKind::Comma => Err(self.unexpected(token, "no comma may follow here: a new line separates")),
            _ => Err(self.unexpected(token, message)),
        }
    }

    /// Labels, and a body in braces.
    fn block(&mut self) -> Read {
        let brace = loop {
            let token = self.next();
            match token.kind {
                TokenKind::OpenBrace => break token.span,
                TokenKind::Quote => self.label(token)?,
                TokenKind::Ident => {}
                TokenKind::Assign => {
                    return Err(self.unexpected(token, "a block with labels takes no `=`"));
                }
                _ => {
                    return Err(
                        self.unexpected(token, "the `{` of a block must stand on the line of its name")
                    );
                }
            }
        };
        self.enter(brace)?;
        match self.peek().kind {
            TokenKind::Newline | TokenKind::End | TokenKind::CloseBrace => self.body(Some(brace))?,
            _ => self.one_line_body(brace)?,
        }
        self.depth -= 1;
        Ok(())
    }

    /// `{ name = value }`: one attribute, and nothing but it.
    fn one_line_body(&mut self, brace: Span) -> Read {
        let name = self.next();
        if name.kind != TokenKind::Ident {
            return Err(self.unexpected(name, "an attribute must stand here"));
        }
        let message = "a block on one line holds one attribute, and no block";
        if self.peek().kind != TokenKind::Assign {
            let token = self.next();
            return Err(self.unexpected(token, message));
        }
        self.attribute()?;
        let token = self.next();
        match token.kind {
            TokenKind::CloseBrace => Ok(()),
            TokenKind::End => Err(self.refuse(ProblemKind::UnclosedObject, brace)),
            _ => Err(self.unexpected(token, message)),
        }
    }

    /// Goes one level deeper; the caller comes back up.
    pub(super) fn enter(&mut self, place: Span) -> Read {
        if self.depth >= MAX_DEPTH {
            return Err(self.refuse(ProblemKind::TooDeep, place));
        }
        self.depth += 1;
        Ok(())
    }

    pub(super) fn leave(&mut self) {
        self.depth -= 1;
    }

    /// The next token, which stays.
    pub(super) fn peek(&mut self) -> Token {
        match self.peeked {
            Some(token) => token,
            None => {
                let token = scan(self.text, self.position, self.newlines_count);
                self.peeked = Some(token);
                token
            }
        }
    }

    /// Takes the next token.
    pub(super) fn next(&mut self) -> Token {
        let token = self.peek();
        self.peeked = None;
        self.position = token.span.end;
        if !matches!(token.kind, TokenKind::Newline | TokenKind::End) {
            self.previous = token.span;
        }
        token
    }

    /// Takes the next token if it is of this kind.
    pub(super) fn take(&mut self, kind: TokenKind) -> bool {
        let is_there = self.peek().kind == kind;
        if is_there {
            self.next();
        }
        is_there
    }

    pub(super) fn expect(&mut self, kind: TokenKind, message: &'static str) -> Read<Token> {
        let token = self.next();
        if token.kind == kind { Ok(token) } else { Err(self.unexpected(token, message)) }
    }

    /// Whether the next token is this word.
    pub(super) fn is_word(&mut self, word: &str) -> bool {
        let token = self.peek();
        token.kind == TokenKind::Ident && token.span.of(self.text) == word
    }

    /// Makes line breaks count or not; gives what was before.
    pub(super) fn newlines(&mut self, count: bool) -> bool {
        if self.newlines_count != count {
            self.peeked = None;
        }
        std::mem::replace(&mut self.newlines_count, count)
    }

    /// Continues at a place that a template reached.
    pub(super) fn go_to(&mut self, position: u32) {
        self.peeked = None;
        self.position = position;
    }

    pub(super) fn add(&mut self, kind: Kind, span: Span, children: Children) -> u32 {
        self.nodes.push(Node { kind, span, first: children.first, next: NO_NODE });
        self.nodes.len() as u32 - 1
    }

    pub(super) fn leaf(&mut self, kind: Kind, span: Span) -> u32 {
        self.add(kind, span, Children::NONE)
    }

    /// A node from `start` to the last token, with these children.
    pub(super) fn parent(&mut self, kind: Kind, start: u32, children: &[u32]) -> u32 {
        let children = Children::of(&mut self.nodes, children);
        self.add(kind, Span::new(start, self.position), children)
    }

    /// Refuses a token; one that is wrong in itself says so.
    pub(super) fn unexpected(&mut self, token: Token, message: &'static str) -> Refused {
        let kind = match token.kind {
            TokenKind::Invalid => ProblemKind::IllegalCharacter,
            TokenKind::UnclosedComment => ProblemKind::UnclosedComment,
            _ => ProblemKind::Hcl2 { message },
        };
        // The end of a line shows nothing: what stands before it does.
        let is_visible = !matches!(token.kind, TokenKind::Newline | TokenKind::End);
        self.refuse(kind, if is_visible { token.span } else { self.previous })
    }

    pub(super) fn refuse(&mut self, kind: ProblemKind, span: Span) -> Refused {
        self.problem.get_or_insert(Problem { kind, span });
        Refused
    }
}
