//! JSON of RFC 8259, read to the end whatever stands there.

mod tokens;

use super::super::MAX_DEPTH;
use super::super::problem::ProblemKind;
use super::super::tree::{COLON, HAS_ESCAPE, NodeKind, QUOTED, TreeBuilder};
use super::keys::Keys;
use crate::text::Span;
use tokens::{starts_key, starts_value, starts_word};

/// Reads a whole document.
pub(super) fn read(text: &str) -> TreeBuilder {
    let mut reader = Reader::new(text);
    reader.document();
    reader.builder
}

struct Reader<'t> {
    text: &'t str,
    bytes: &'t [u8],
    position: usize,
    builder: TreeBuilder,
    open_objects: u32,
    open_lists: u32,
    /// The keys of the objects that are open, outermost first.
    keys: Keys,
    /// The last string swallowed the rest of its line: a missing comma there is no second problem.
    after_unclosed_string: bool,
    /// Text was skipped up to the end: what is open then is no second problem.
    cut_off: bool,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            position: 0,
            builder: TreeBuilder::new(text.len()),
            open_objects: 0,
            open_lists: 0,
            keys: Keys::default(),
            after_unclosed_string: false,
            cut_off: false,
        }
    }

    /// The root object's members become the root's items; another value leaves the root empty.
    fn document(&mut self) {
        if self.text.starts_with('\u{feff}') {
            self.position = 3;
            self.problem(ProblemKind::ByteOrderMark, Span::new(0, 3));
        }
        self.skip_blanks();
        match self.peek() {
            None => {
                self.problem(ProblemKind::Empty, Span::at(0));
                return;
            }
            Some(b'{') => {
                let open = self.take_byte();
                self.members(open);
            }
            Some(_) => {
                let colon = Span::at(self.offset());
                self.value(colon);
                self.builder.truncate(1);
            }
        }
        self.skip_blanks();
        if self.peek().is_some() {
            let (kind, span) = self.take_unexpected();
            self.problem(kind, span);
        }
    }

    /// Members up to and with the closing brace; the opening one is taken.
    fn members(&mut self, open: Span) {
        self.open_objects += 1;
        let first_key = self.keys.len();
        let mut comma = None;
        loop {
            self.skip_blanks();
            match self.peek() {
                None => {
                    self.unclosed(ProblemKind::UnclosedObject, open);
                    break;
                }
                Some(b'}') => {
                    self.position += 1;
                    if let Some(comma) = comma {
                        self.problem(ProblemKind::TrailingComma, comma);
                    }
                    break;
                }
                Some(b']') if self.open_lists > 0 => {
                    self.unclosed(ProblemKind::UnclosedObject, open);
                    break;
                }
                Some(b',') => {
                    let extra = self.take_byte();
                    self.problem(ProblemKind::Json { expected: "a member before the comma" }, extra);
                }
                Some(byte) if starts_key(byte) => {
                    self.member();
                    comma = self.comma();
                }
                Some(_) => {
                    let (kind, span) = self.take_unexpected();
                    self.problem(kind, span);
                }
            }
        }
        self.keys.close(first_key, self.text, &mut self.builder.problems);
        self.open_objects -= 1;
    }

    fn member(&mut self) {
        let item = self.builder.open(NodeKind::Item, 0, self.offset());
        let key = self.key();
        self.skip_blanks();
        match self.peek() {
            Some(b':') => {
                let colon = self.take_byte();
                self.member_value(item, colon);
            }
            Some(b'=') => {
                let equals = self.take_byte();
                self.problem(ProblemKind::Json { expected: "`:` between name and value" }, equals);
                self.member_value(item, equals);
            }
            Some(byte) if starts_value(byte) && !self.after_unclosed_string => {
                let here = Span::new(self.offset(), self.offset() + 1);
                self.problem(ProblemKind::Json { expected: "`:` between name and value" }, here);
                self.member_value(item, here);
            }
            _ => {
                if !self.after_unclosed_string {
                    self.problem(ProblemKind::IncompleteItem, key);
                }
                self.builder.leaf(NodeKind::Missing, 0, Span::at(key.end));
                self.builder.close(item, key.end);
            }
        }
    }

    fn member_value(&mut self, item: usize, colon: Span) {
        self.builder.flag(item, COLON);
        self.skip_blanks();
        let end = self.value(colon);
        self.builder.close(item, end);
    }

    /// Reads a key, in quotes or not, and remembers it for the search for repeated ones.
    fn key(&mut self) -> Span {
        let (span, inner, flags) = match self.peek() {
            Some(b'"') => {
                let (span, inner, flags) = self.string();
                (span, inner, flags | QUOTED)
            }
            Some(b'\'') => {
                let (_, inner) = self.single_quoted();
                (inner, inner, 0)
            }
            _ => {
                let word = self.take_word();
                self.problem(ProblemKind::BareWord, word);
                (word, word, 0)
            }
        };
        self.keys.push(inner.of(self.text), inner, span, flags & HAS_ESCAPE != 0);
        self.builder.leaf(NodeKind::Key, flags, span);
        span
    }

    /// The comma after a member or element, or the problem that there is none.
    fn comma(&mut self) -> Option<Span> {
        let broken = std::mem::take(&mut self.after_unclosed_string);
        self.skip_blanks();
        match self.peek() {
            Some(b',') => Some(self.take_byte()),
            Some(byte) if (starts_key(byte) || starts_value(byte)) && !broken => {
                let next = self.width_of_token();
                self.problem(ProblemKind::MissingComma, next);
                None
            }
            _ => None,
        }
    }

    /// Reads a value, or adds a missing one; `colon` is what asks for it. Gives its end.
    fn value(&mut self, colon: Span) -> u32 {
        match self.peek() {
            Some(b'{' | b'[') => self.nested(),
            Some(b'"') => {
                let (span, _, flags) = self.string();
                self.builder.leaf(NodeKind::String, flags, span);
            }
            Some(b'\'') => {
                let (span, inner) = self.single_quoted();
                self.builder.leaf(NodeKind::String, 0, inner);
                return span.end;
            }
            Some(b'-' | b'+' | b'.' | b'0'..=b'9') => self.number(),
            Some(byte) if starts_word(byte) => {
                let word = self.take_word();
                let kind = match word.of(self.text) {
                    "true" | "false" => NodeKind::Bool,
                    "null" => NodeKind::Null,
                    _ => {
                        self.problem(ProblemKind::BareWord, word);
                        NodeKind::Missing
                    }
                };
                self.builder.leaf(kind, 0, word);
            }
            None | Some(b',' | b'}' | b']') => {
                self.problem(ProblemKind::MissingValue, colon);
                self.builder.leaf(NodeKind::Missing, 0, Span::at(colon.end));
                return colon.end;
            }
            Some(_) => {
                // A typographic quote, for instance: what follows on the line belongs to it.
                let (kind, span) = self.take_unexpected();
                self.problem(kind, span);
                let rest = self.take_while(|byte| !matches!(byte, b',' | b'}' | b']' | b'\n' | b'\r'));
                self.builder.leaf(NodeKind::Missing, 0, span.to(rest));
            }
        }
        self.offset()
    }

    fn nested(&mut self) {
        if self.open_objects + self.open_lists >= MAX_DEPTH {
            let start = self.offset();
            self.problem(ProblemKind::TooDeep, Span::new(start, start + 1));
            self.skip_nested();
            self.builder.leaf(NodeKind::Missing, 0, Span::new(start, self.offset()));
            return;
        }
        let is_object = self.peek() == Some(b'{');
        let open = self.take_byte();
        let kind = if is_object { NodeKind::Object } else { NodeKind::List };
        let node = self.builder.open(kind, 0, open.start);
        if is_object {
            self.members(open);
        } else {
            self.elements(open);
        }
        self.builder.close(node, self.offset());
    }

    /// Elements up to and with the closing bracket; the opening one is taken.
    fn elements(&mut self, open: Span) {
        self.open_lists += 1;
        let mut comma = None;
        loop {
            self.skip_blanks();
            match self.peek() {
                None => {
                    self.unclosed(ProblemKind::UnclosedList, open);
                    break;
                }
                Some(b']') => {
                    self.position += 1;
                    if let Some(comma) = comma {
                        self.problem(ProblemKind::TrailingComma, comma);
                    }
                    break;
                }
                Some(b'}') if self.open_objects > 0 => {
                    self.unclosed(ProblemKind::UnclosedList, open);
                    break;
                }
                Some(b',') => {
                    let extra = self.take_byte();
                    self.problem(ProblemKind::Json { expected: "a value before the comma" }, extra);
                }
                Some(byte) if starts_value(byte) => {
                    self.value(open);
                    comma = self.comma();
                }
                Some(_) => {
                    let (kind, span) = self.take_unexpected();
                    self.problem(kind, span);
                }
            }
        }
        self.open_lists -= 1;
    }

    fn unclosed(&mut self, kind: ProblemKind, open: Span) {
        if !self.cut_off {
            self.problem(kind, open);
        }
    }

    fn problem(&mut self, kind: ProblemKind, span: Span) {
        self.builder.problems.push(kind, span);
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.position).copied()
    }

    fn offset(&self) -> u32 {
        self.position as u32
    }
}
