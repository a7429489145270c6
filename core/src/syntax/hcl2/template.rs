//! Templates: quoted strings and heredocs with `${ … }` and `%{ … }` in them.

use super::expression::{Children, Kind, NO_NODE};
use super::lexer::TokenKind;
use super::reader::{Read, Reader};
use crate::syntax::problem::ProblemKind;
use crate::text::Span;

/// The template that is read.
struct Form<'t> {
    /// Its opening quote, or the heredoc's `<<NAME`.
    open: Span,
    /// The heredoc's marker; `None` in quotes.
    marker: Option<&'t str>,
    is_line_start: bool,
    /// Whether a `~}` comes directly before.
    trims_next: bool,
    /// The literal directly before.
    literal_before: u32,
    /// In a `<<-` heredoc: the literals line by line, and `NO_NODE` for what is none.
    lines: Option<Vec<u32>>,
}

/// What ends the parts of a template.
#[derive(PartialEq, Eq)]
enum Stop {
    Else(Span),
    EndFor(Span),
    EndIf(Span),
    Template,
}

impl<'t> Reader<'t> {
    /// A quoted string; `start` is its opening quote, which is taken.
    pub(super) fn quoted(&mut self, start: u32) -> Read<u32> {
        let open = Span::new(start, start + 1);
        let end = self.quoted_literal(start + 1, open)?;
        if self.byte(end) == Some(b'"') {
            self.go_to(end + 1);
            return Ok(self.leaf(Kind::String, Span::new(start, end + 1)));
        }
        self.enter(open)?;
        let mut form = Form {
            open,
            marker: None,
            is_line_start: false,
            trims_next: false,
            literal_before: NO_NODE,
            lines: None,
        };
        let parts = self.whole_template(&mut form)?;
        self.leave();
        Ok(self.add(Kind::Template, Span::new(start, self.position), parts))
    }

    /// The quoted label of a block, which holds no template; its opening quote is taken.
    pub(super) fn label(&mut self, quote: super::lexer::Token) -> Read {
        let start = quote.span.start;
        let end = self.quoted_literal(start + 1, quote.span)?;
        if self.byte(end) == Some(b'"') {
            self.go_to(end + 1);
            return Ok(());
        }
        let message = "a label holds no template: written twice, `$${` is the text `${`";
        Err(self.refuse(ProblemKind::Hcl2 { message }, Span::new(end, end + 2)))
    }

    /// A heredoc whose `<<NAME` and line break are taken.
    pub(super) fn heredoc(&mut self, header: Span) -> Read<u32> {
        let name = header.of(self.text).trim_end();
        let open = Span::new(header.start, header.start + name.len() as u32);
        let marker = name.trim_start_matches('<');
        let (marker, is_flush) = marker.strip_prefix('-').map_or((marker, false), |marker| (marker, true));
        self.enter(open)?;
        let mut form = Form {
            open,
            marker: Some(marker),
            is_line_start: true,
            trims_next: false,
            literal_before: NO_NODE,
            lines: is_flush.then(Vec::new),
        };
        let parts = self.whole_template(&mut form)?;
        if let Some(lines) = form.lines {
            self.take_indent(&lines);
        }
        self.leave();
        Ok(self.add(Kind::Template, Span::new(header.start, self.position), parts))
    }

    /// Whether a text is one `${ … }` and nothing else.
    pub(super) fn is_interpolation(text: &'t str) -> bool {
        let Some(inner) = text.strip_prefix("${") else { return false };
        let mut reader = Reader::new(text, text.len() as u32 - inner.trim_start_matches('~').len() as u32);
        reader.newlines(false);
        reader.expression().is_ok()
            && matches!(reader.next().kind, TokenKind::CloseBrace | TokenKind::SequenceEnd)
            && reader.position as usize == text.len()
    }

    fn whole_template(&mut self, form: &mut Form<'t>) -> Read<Children> {
        let mut parts = Children::NONE;
        let (place, word) = match self.parts(form, &mut parts)? {
            Stop::Template => return Ok(parts),
            Stop::Else(place) => (place, "there is no `if` for this `else`"),
            Stop::EndFor(place) => (place, "there is no `for` for this `endfor`"),
            Stop::EndIf(place) => (place, "there is no `if` for this `endif`"),
        };
        Err(self.refuse(ProblemKind::Hcl2 { message: word }, place))
    }

    /// The parts up to the end of the template, or to a directive that closes one.
    fn parts(&mut self, form: &mut Form<'t>, parts: &mut Children) -> Read<Stop> {
        loop {
            if self.literal(form, parts)? {
                return Ok(Stop::Template);
            }
            let opener = self.position;
            self.trim_before(form, opener);
            let is_directive = self.byte(opener) == Some(b'%');
            let tilde = u32::from(self.byte(opener + 2) == Some(b'~'));
            self.go_to(opener + 2 + tilde);
            form.is_line_start = false;
            form.literal_before = NO_NODE;
            form.trims_next = false;
            if let Some(lines) = &mut form.lines {
                lines.push(NO_NODE);
            }
            let newlines = self.newlines(false);
            let part = if is_directive {
                match self.directive(form, opener, newlines)? {
                    Ok(part) => part,
                    Err(stop) => return Ok(stop),
                }
            } else {
                let expression = self.expression()?;
                self.end_of_sequence(form, newlines)?;
                self.parent(Kind::Interpolation, opener, &[expression])
            };
            parts.add(&mut self.nodes, part);
        }
    }

    /// `%{ if … }` or `%{ for … }` up to its end; or the directive that ends another.
    fn directive(&mut self, form: &mut Form<'t>, opener: u32, newlines: bool) -> Read<Result<u32, Stop>> {
        let word = self.peek();
        let place = Span::new(opener, word.span.end);
        let name = if word.kind == TokenKind::Ident { word.span.of(self.text) } else { "" };
        match name {
            "if" => {
                self.enter(place)?;
                let part = self.if_directive(form, opener, newlines)?;
                self.leave();
                return Ok(Ok(part));
            }
            "for" => {
                self.enter(place)?;
                let part = self.for_directive(form, opener, newlines)?;
                self.leave();
                return Ok(Ok(part));
            }
            _ => {}
        }
        let stop = match name {
            "else" => Stop::Else(place),
            "endif" => Stop::EndIf(place),
            "endfor" => Stop::EndFor(place),
            _ => {
                return Err(
                    self.unexpected(word, "`if`, `else`, `endif`, `for` or `endfor` must follow the `%{`")
                );
            }
        };
        self.next();
        self.end_of_sequence(form, newlines)?;
        Ok(Err(stop))
    }

    fn if_directive(&mut self, form: &mut Form<'t>, opener: u32, newlines: bool) -> Read<u32> {
        let place = Span::new(opener, self.next().span.end);
        let condition = self.expression()?;
        self.end_of_sequence(form, newlines)?;
        let mut parts = Children::NONE;
        let mut stop = self.parts(form, &mut parts)?;
        let body = self.add(Kind::Template, Span::at(self.position), parts);
        let mut children = Children::of(&mut self.nodes, &[condition, body]);
        if matches!(stop, Stop::Else(_)) {
            let mut parts = Children::NONE;
            stop = self.parts(form, &mut parts)?;
            let body = self.add(Kind::Template, Span::at(self.position), parts);
            children.add(&mut self.nodes, body);
        }
        let (place, message) = match stop {
            Stop::EndIf(_) => {
                return Ok(self.add(Kind::TemplateIf, Span::new(opener, self.position), children));
            }
            Stop::Template => (place, "this `if` has no `%{ endif }`"),
            Stop::Else(place) => (place, "an `if` has one `else`"),
            Stop::EndFor(place) => (place, "the `if` before it must be closed by `endif` first"),
        };
        Err(self.refuse(ProblemKind::Hcl2 { message }, place))
    }

    fn for_directive(&mut self, form: &mut Form<'t>, opener: u32, newlines: bool) -> Read<u32> {
        let place = Span::new(opener, self.peek().span.end);
        let mut children = self.for_intro()?;
        self.end_of_sequence(form, newlines)?;
        let mut parts = Children::NONE;
        let (place, message) = match self.parts(form, &mut parts)? {
            Stop::EndFor(_) => {
                let body = self.add(Kind::Template, Span::at(self.position), parts);
                children.add(&mut self.nodes, body);
                return Ok(self.add(Kind::TemplateFor, Span::new(opener, self.position), children));
            }
            Stop::Template => (place, "this `for` has no `%{ endfor }`"),
            Stop::Else(place) => (place, "a `for` has no `else`"),
            Stop::EndIf(place) => (place, "the `for` before it must be closed by `endfor` first"),
        };
        Err(self.refuse(ProblemKind::Hcl2 { message }, place))
    }

    /// The `}` or `~}` of an interpolation or directive.
    fn end_of_sequence(&mut self, form: &mut Form<'t>, newlines: bool) -> Read {
        let token = self.next();
        match token.kind {
            TokenKind::CloseBrace => {}
            TokenKind::SequenceEnd => form.trims_next = true,
            TokenKind::Colon => {
                let message = "a `:` cannot stand here: text of another language is written `$${ … }`";
                return Err(self.unexpected(token, message));
            }
            _ => return Err(self.unexpected(token, "the `}` of the template is missing here")),
        }
        self.newlines(newlines);
        Ok(())
    }

    /// Text up to the next opener, or to the end of the template, which is taken: then it says true.
    fn literal(&mut self, form: &mut Form<'t>, parts: &mut Children) -> Read<bool> {
        if form.marker.is_some() {
            return self.heredoc_lines(form, parts);
        }
        let start = self.position;
        let end = self.quoted_literal(start, form.open)?;
        if end > start {
            let kind = Kind::Literal { is_quoted: true, trims_start: form.trims_next, trims_end: false };
            form.literal_before = self.leaf(kind, Span::new(start, end));
            parts.add(&mut self.nodes, form.literal_before);
        }
        let is_end = self.byte(end) == Some(b'"');
        self.go_to(end + u32::from(is_end));
        Ok(is_end)
    }

    /// Where the text of a quoted string ends: at its closing quote or at an opener. Escapes are checked.
    fn quoted_literal(&mut self, start: u32, open: Span) -> Read<u32> {
        let mut position = start;
        loop {
            let rest = self.rest(position);
            let plain = rest.iter().position(|it| matches!(it, b'"' | b'\\' | b'$' | b'%' | b'\n' | b'\r'));
            let plain = plain.unwrap_or(rest.len());
            position += plain as u32;
            match rest.get(plain..).unwrap_or_default() {
                [b'"', ..] | [b'$' | b'%', b'{', ..] => return Ok(position),
                [b'\\', ..] => position += self.escape(position)?,
                [one @ (b'$' | b'%'), two, b'{', ..] if one == two => position += 3,
                [b'$' | b'%', ..] => position += 1,
                _ => {
                    return Err(self.refuse(ProblemKind::UnclosedString, Span::new(open.start, position)));
                }
            }
        }
    }

    /// The length of the escape at a `\`.
    fn escape(&mut self, start: u32) -> Read<u32> {
        let digits: u32 = match self.byte(start + 1) {
            Some(b'n' | b'r' | b't' | b'"' | b'\\') => return Ok(2),
            Some(b'u') => 4,
            Some(b'U') => 8,
            _ => 0,
        };
        let number = Span::new(start + 2, start + 2 + digits).of(self.text);
        let is_hexadecimal = digits > 0 && number.bytes().all(|it| it.is_ascii_hexdigit());
        let character = u32::from_str_radix(number, 16).ok().and_then(char::from_u32);
        if is_hexadecimal && character.is_some() {
            return Ok(2 + digits);
        }
        let after = self.text.get(start as usize + 1..).and_then(|rest| rest.chars().next());
        let end = start + 1 + after.filter(|it| *it != '\n').map_or(0, char::len_utf8) as u32;
        Err(self.refuse(ProblemKind::BadEscape, Span::new(start, end)))
    }

    /// Lines of a heredoc up to an opener, or to the line of the marker, which is taken without its end.
    fn heredoc_lines(&mut self, form: &mut Form<'t>, parts: &mut Children) -> Read<bool> {
        let marker = form.marker.unwrap_or_default();
        let mut start = self.position;
        loop {
            let (end, is_line_end) = self.heredoc_line(start, form.open)?;
            let line = Span::new(start, end);
            if form.is_line_start && is_line_end && line.of(self.text).trim() == marker {
                let line_end = line.of(self.text).trim_end_matches(['\r', '\n']).len() as u32;
                self.go_to(start + line_end);
                return Ok(true);
            }
            self.heredoc_text(form, parts, line);
            form.is_line_start = is_line_end;
            start = end;
            if !is_line_end {
                self.go_to(end);
                return Ok(false);
            }
        }
    }

    /// One line of text; it continues the literal before it unless the lines are needed one by one.
    fn heredoc_text(&mut self, form: &mut Form<'t>, parts: &mut Children, line: Span) {
        if line.is_empty() {
            return;
        }
        let trims = std::mem::take(&mut form.trims_next);
        if form.lines.is_none()
            && let Some(before) = self.nodes.get_mut(form.literal_before as usize)
        {
            before.span.end = line.end;
            return;
        }
        let blank = if trims { line.len() - line.of(self.text).trim_start().len() as u32 } else { 0 };
        let kind = Kind::Literal { is_quoted: false, trims_start: false, trims_end: false };
        form.literal_before = self.leaf(kind, Span::new(line.start + blank, line.end));
        parts.add(&mut self.nodes, form.literal_before);
        if let Some(lines) = &mut form.lines {
            lines.push(form.literal_before);
        }
    }

    /// Where the text ends that starts at a place of a line: after the line break, or at an opener.
    fn heredoc_line(&mut self, start: u32, open: Span) -> Read<(u32, bool)> {
        let mut position = start;
        loop {
            let rest = self.rest(position);
            let plain = rest.iter().position(|it| matches!(it, b'$' | b'%' | b'\n' | b'\r'));
            let plain = plain.unwrap_or(rest.len());
            position += plain as u32;
            match rest.get(plain..).unwrap_or_default() {
                [b'\n', ..] => return Ok((position + 1, true)),
                [b'\r', b'\n', ..] => return Ok((position + 2, true)),
                [b'\r', ..] => {
                    return Err(self.refuse(ProblemKind::IllegalCharacter, Span::new(position, position + 1)));
                }
                [b'$' | b'%', b'{', ..] => return Ok((position, false)),
                [one @ (b'$' | b'%'), two, b'{', ..] if one == two => position += 3,
                [b'$' | b'%', ..] => position += 1,
                _ => return Err(self.refuse(ProblemKind::UnclosedHeredoc, open)),
            }
        }
    }

    /// A `${~` or `%{~` takes the blanks at the end of the text directly before, in a heredoc those of its last
    /// line (with its line break) only.
    fn trim_before(&mut self, form: &Form<'t>, opener: u32) {
        let text = self.text;
        if self.byte(opener + 2) != Some(b'~') {
            return;
        }
        let Some(before) = self.nodes.get_mut(form.literal_before as usize) else { return };
        if let Kind::Literal { is_quoted: true, trims_end, .. } = &mut before.kind {
            *trims_end = true;
            return;
        }
        let literal = before.span.of(text);
        let without_break = literal.strip_suffix('\n').unwrap_or(literal);
        let line = without_break.rfind('\n').map_or(0, |at| at + 1);
        let kept = literal.get(line..).unwrap_or_default().trim_end().len();
        before.span.end = before.span.start + (line + kept) as u32;
    }

    /// Takes the indentation that all lines of a `<<-` heredoc have from each of them.
    fn take_indent(&mut self, lines: &[u32]) {
        let text = self.text;
        let mut smallest = usize::MAX;
        let mut indented = Vec::new();
        let mut is_line_start = true;
        for line in lines {
            let literal = self.nodes.get(*line as usize).map(|node| node.span.of(text));
            if is_line_start {
                let blanks = literal.map_or(0, |it| it.len() - it.trim_start().len());
                match literal {
                    Some(literal) if blanks == literal.len() && literal.ends_with('\n') => {}
                    Some(literal) => {
                        smallest = smallest.min(literal.chars().take_while(|it| it.is_whitespace()).count());
                        indented.push(*line);
                    }
                    None => smallest = 0,
                }
            }
            is_line_start = literal.is_some_and(|it| it.ends_with('\n'));
        }
        for line in indented {
            if let Some(node) = self.nodes.get_mut(line as usize) {
                let literal = node.span.of(text).chars();
                node.span.start += literal.take(smallest).map(char::len_utf8).sum::<usize>() as u32;
            }
        }
    }

    fn rest(&self, position: u32) -> &'t [u8] {
        self.text.as_bytes().get(position as usize..).unwrap_or_default()
    }

    fn byte(&self, position: u32) -> Option<u8> {
        self.text.as_bytes().get(position as usize).copied()
    }
}
