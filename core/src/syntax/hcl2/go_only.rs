//! What Go's reader of HCL 2 refuses although hcl-edit accepts it.

use crate::syntax::problem::{Problem, ProblemKind};
use crate::text::Span;

/// What Go's reader refuses although hcl-edit accepts it: a line break in a quoted string, and a heredoc that
/// the end of the text ends. `text` is otherwise valid, and looked at from `start` on, the start of an item.
pub(super) fn refused_by_go_alone(text: &str, start: u32) -> Option<Problem> {
    let mut scanner = Scanner { bytes: text.as_bytes(), position: start as usize, modes: Vec::new() };
    scanner.scan().map(|(kind, span)| Problem { kind, span })
}

/// What the scanner is in.
enum Scan {
    /// `${ … }` or `%{ … }`, with the open braces in it.
    Interpolation(u32),
    /// A quoted string, from its opening quote.
    Quoted(usize),
    /// A heredoc: where its header and its marker lie.
    Heredoc { header: Span, marker: Span },
}

struct Scanner<'t> {
    bytes: &'t [u8],
    position: usize,
    modes: Vec<Scan>,
}

impl Scanner<'_> {
    fn scan(&mut self) -> Option<(ProblemKind, Span)> {
        while let Some(byte) = self.bytes.get(self.position).copied() {
            match self.modes.last() {
                Some(Scan::Quoted(start)) => {
                    let start = *start;
                    if byte == b'\n' {
                        let span = Span::new(start as u32, self.position as u32);
                        return Some((ProblemKind::UnclosedString, span));
                    }
                    self.quoted(byte);
                }
                Some(Scan::Heredoc { header, marker }) => {
                    let (header, marker) = (*header, *marker);
                    if self.heredoc(marker) {
                        return Some((ProblemKind::UnclosedHeredoc, header));
                    }
                }
                Some(Scan::Interpolation(_)) | None => self.code(byte),
            }
        }
        None
    }

    fn quoted(&mut self, byte: u8) {
        match byte {
            b'\\' => self.position += 2,
            b'"' => {
                self.modes.pop();
                self.position += 1;
            }
            _ => self.literal(),
        }
    }

    /// One step in a string's text, where `${` and `%{` open an interpolation and `$${` does not.
    fn literal(&mut self) {
        let rest = self.bytes.get(self.position..).unwrap_or_default();
        if rest.starts_with(b"$${") || rest.starts_with(b"%%{") {
            self.position += 3;
        } else if rest.starts_with(b"${") || rest.starts_with(b"%{") {
            self.modes.push(Scan::Interpolation(0));
            self.position += 2;
        } else {
            self.position += 1;
        }
    }

    /// One step in a heredoc; whether the text ends at its marker.
    fn heredoc(&mut self, marker: Span) -> bool {
        let is_line_start = self.position.checked_sub(1).and_then(|it| self.bytes.get(it)) == Some(&b'\n');
        if !is_line_start {
            self.literal();
            return false;
        }
        let line = self.line();
        if line.trim_ascii() == self.bytes.get(marker.range()).unwrap_or_default() {
            self.position += line.len();
            self.modes.pop();
            return self.position >= self.bytes.len();
        }
        self.literal();
        false
    }

    fn code(&mut self, byte: u8) {
        let rest = self.bytes.get(self.position..).unwrap_or_default();
        if byte == b'#' || rest.starts_with(b"//") {
            self.position += self.line().len();
        } else if rest.starts_with(b"/*") {
            let end = rest.windows(2).position(|pair| pair == b"*/").map_or(rest.len(), |it| it + 2);
            self.position += end;
        } else if !(rest.starts_with(b"<<") && self.opens_heredoc()) {
            self.brace(byte);
            self.position += 1;
        }
    }

    fn brace(&mut self, byte: u8) {
        match (byte, self.modes.last_mut()) {
            (b'"', _) => self.modes.push(Scan::Quoted(self.position)),
            (b'{', Some(Scan::Interpolation(depth))) => *depth += 1,
            (b'}', Some(Scan::Interpolation(0))) => {
                self.modes.pop();
            }
            (b'}', Some(Scan::Interpolation(depth))) => *depth -= 1,
            _ => {}
        }
    }

    fn opens_heredoc(&mut self) -> bool {
        let line = self.line();
        let length = line.len();
        let dash = usize::from(line.get(2) == Some(&b'-'));
        let marker = line.get(2 + dash..).unwrap_or_default().trim_ascii_end();
        if marker.is_empty() || self.bytes.get(self.position + length) != Some(&b'\n') {
            return false;
        }
        let start = self.position + 2 + dash;
        let marker = Span::new(start as u32, (start + marker.len()) as u32);
        self.modes.push(Scan::Heredoc { header: Span::new(self.position as u32, marker.end), marker });
        self.position += length + 1;
        true
    }

    /// From here to the end of the line.
    fn line(&self) -> &[u8] {
        let rest = self.bytes.get(self.position..).unwrap_or_default();
        let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        rest.get(..end).unwrap_or_default()
    }
}
