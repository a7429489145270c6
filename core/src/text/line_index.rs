//! From byte offsets to lines and columns.

/// A place for people: both numbers count from 1, columns in Unicode scalar values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineColumn {
    /// Line, from 1. Lines end with `\n`, `\r\n` or a lone `\r`.
    pub line: u32,
    /// Column, from 1, in Unicode scalar values.
    pub column: u32,
}

/// The starts of a text's lines.
#[derive(Clone, Debug)]
pub struct LineIndex {
    starts: Box<[u32]>,
    /// The starts as Go counts them, if they are others: no line ends with a lone `\r`.
    go_starts: Option<Box<[u32]>>,
    is_ascii: bool,
}

impl LineIndex {
    /// Finds the lines of `text`.
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        let mut lone_returns = false;
        for (offset, byte) in bytes.iter().enumerate() {
            let ends_line = match byte {
                b'\n' => true,
                b'\r' => bytes.get(offset + 1) != Some(&b'\n'),
                _ => false,
            };
            if ends_line {
                starts.push(offset as u32 + 1);
                lone_returns |= *byte == b'\r';
            }
        }
        let is_go_start =
            |start: &u32| start.checked_sub(1).is_none_or(|end| bytes.get(end as usize) == Some(&b'\n'));
        let go_starts = lone_returns.then(|| starts.iter().copied().filter(is_go_start).collect());
        Self { starts: starts.into(), go_starts, is_ascii: text.is_ascii() }
    }

    /// The number of lines; a text that ends with a line end has an empty last line.
    pub fn line_count(&self) -> u32 {
        self.starts.len() as u32
    }

    /// The offset at which `line` (from 1) starts, if there is such a line.
    pub fn line_start(&self, line: u32) -> Option<u32> {
        self.starts.get(line.checked_sub(1)? as usize).copied()
    }

    /// The line and column of a byte offset of the same `text`.
    pub fn line_column(&self, text: &str, offset: u32) -> LineColumn {
        self.place(&self.starts, text, offset)
    }

    /// The line and column as Go's readers count: a lone `\r` ends no line.
    pub fn go_line_column(&self, text: &str, offset: u32) -> LineColumn {
        self.place(self.go_starts.as_deref().unwrap_or(&self.starts), text, offset)
    }

    fn place(&self, starts: &[u32], text: &str, offset: u32) -> LineColumn {
        let line = starts.partition_point(|start| *start <= offset);
        let start = line.checked_sub(1).and_then(|last| starts.get(last).copied()).unwrap_or_default();
        let column = if self.is_ascii {
            offset.saturating_sub(start)
        } else {
            text.get(start as usize..offset as usize).map_or(0, |before| before.chars().count() as u32)
        };
        LineColumn { line: line as u32, column: column + 1 }
    }

    /// The offset counted in UTF-16 code units, as JavaScript counts.
    pub fn utf16_offset(&self, text: &str, offset: u32) -> u32 {
        if self.is_ascii {
            return offset;
        }
        text.get(..offset as usize).map_or(offset, |before| before.encode_utf16().count() as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_with_lf_crlf_or_a_lone_cr() {
        let text = "a\nb\r\nc\rd";
        let index = LineIndex::new(text);
        assert_eq!(index.line_count(), 4);
        assert_eq!(index.line_column(text, 5), LineColumn { line: 3, column: 1 });
        assert_eq!(index.line_column(text, 7), LineColumn { line: 4, column: 1 });
        assert_eq!(index.go_line_column(text, 7), LineColumn { line: 3, column: 3 });
        let usual = LineIndex::new("a\nb");
        assert_eq!(usual.go_line_column("a\nb", 2), LineColumn { line: 2, column: 1 });
    }

    #[test]
    fn columns_count_characters_and_utf16_counts_units() {
        let text = "é𝄞x\ny";
        let index = LineIndex::new(text);
        assert_eq!(index.line_column(text, 6), LineColumn { line: 1, column: 3 });
        assert_eq!(index.utf16_offset(text, 6), 3);
    }
}
