//! Markdown, as far as test cases need it: headings and fenced blocks, with their places in the file.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::repository;

/// A Markdown file.
#[derive(Debug)]
pub struct Markdown {
    /// The file's path.
    pub path: PathBuf,
    /// The whole text.
    pub text: String,
    /// The parts between headings, in order; text before the first heading has no part.
    pub sections: Vec<Section>,
}

/// A heading and what follows it, up to the next heading of any level.
#[derive(Debug)]
pub struct Section {
    /// The headings from the file's title down to this one.
    pub headings: Vec<String>,
    /// The heading's place.
    pub place: Place,
    /// The fenced blocks under it.
    pub blocks: Vec<Block>,
}

/// A fenced block.
#[derive(Clone, Debug)]
pub struct Block {
    /// The words after the opening fence.
    pub info: Vec<String>,
    /// The lines between the fences, each with its line end.
    pub text: String,
    /// The place of the opening fence.
    pub place: Place,
    /// The bytes of the lines between the fences.
    pub inner: Range<usize>,
    /// The bytes of the whole block, fences included.
    pub outer: Range<usize>,
}

/// A line of a file; prints as `path:line`, which editors and terminals make clickable.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file.
    pub path: PathBuf,
    /// The line, from 1.
    pub line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let root = repository();
        write!(f, "{}:{}", self.path.strip_prefix(root).unwrap_or(&self.path).display(), self.line)
    }
}

impl Block {
    /// The language: the first word after the fence.
    pub fn language(&self) -> &str {
        self.info.first().map_or("", String::as_str)
    }

    /// The value of the word `name=value`.
    pub fn option(&self, name: &str) -> Option<&str> {
        self.info.iter().find_map(|word| word.strip_prefix(name)?.strip_prefix('='))
    }

    /// Whether the word stands after the language and the name.
    pub fn has_word(&self, word: &str) -> bool {
        self.info.iter().skip(2).any(|other| other == word)
    }
}

impl Markdown {
    /// Reads a text.
    ///
    /// # Errors
    /// When a fenced block is not closed; the message names file and line.
    pub fn parse(path: &Path, text: &str) -> Result<Self, String> {
        let mut sections: Vec<Section> = Vec::new();
        let mut titles: Vec<(usize, String)> = Vec::new();
        let mut open: Option<(Block, usize)> = None;
        let mut offset = 0;
        for (index, line) in text.split_inclusive('\n').enumerate() {
            let place = Place { path: path.to_owned(), line: index + 1 };
            let next = offset + line.len();
            let fence = line.bytes().take_while(|byte| *byte == b'`').count();
            if let Some((block, ticks)) = &mut open {
                if fence >= *ticks && line.get(fence..).unwrap_or_default().trim().is_empty() {
                    block.inner.end = offset;
                    block.outer.end = next;
                    block.text = text.get(block.inner.clone()).unwrap_or_default().to_owned();
                    if let (Some(section), Some((block, _))) = (sections.last_mut(), open.take()) {
                        section.blocks.push(block);
                    }
                    open = None;
                }
            } else if fence >= 3 {
                let info = line.get(fence..).unwrap_or_default();
                let info = info.split_whitespace().map(str::to_owned).collect();
                let (inner, outer) = (next..next, offset..next);
                open = Some((Block { info, text: String::new(), place, inner, outer }, fence));
            } else if let Some((level, title)) = heading(line) {
                titles.retain(|(other, _)| *other < level);
                titles.push((level, title.to_owned()));
                let headings = titles.iter().map(|(_, title)| title.clone()).collect();
                sections.push(Section { headings, place, blocks: Vec::new() });
            }
            offset = next;
        }
        if let Some((block, _)) = open {
            return Err(format!("{}: the fenced block is not closed", block.place));
        }
        Ok(Self { path: path.to_owned(), text: text.to_owned(), sections })
    }

    /// Reads a file.
    ///
    /// # Errors
    /// When the file cannot be read, or as [`Markdown::parse`].
    pub fn read(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        Self::parse(path, &text)
    }

    /// The section whose own heading is `title`.
    pub fn section(&self, title: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.headings.last().is_some_and(|last| last == title))
    }
}

fn heading(line: &str) -> Option<(usize, &str)> {
    let level = line.bytes().take_while(|byte| *byte == b'#').count();
    let title = line.get(level..)?.strip_prefix(' ')?;
    (1..=6).contains(&level).then(|| (level, title.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_and_blocks_keep_their_places() {
        let text = "# A\n\n## B\n\n```hcl x.hcl kind=policy\n# no heading\n```\n\n# C\n````text\n```\n````\n";
        let markdown = Markdown::parse(Path::new("x.md"), text).unwrap();
        let [_, b, c] = &markdown.sections[..] else { panic!("three sections") };
        assert_eq!(b.headings, ["A", "B"]);
        assert_eq!(b.blocks[0].text, "# no heading\n");
        assert_eq!((b.blocks[0].language(), b.blocks[0].option("kind")), ("hcl", Some("policy")));
        assert_eq!(b.blocks[0].place.to_string(), "x.md:5");
        assert_eq!((&c.headings[..], c.blocks[0].text.as_str()), (&["C".to_owned()][..], "```\n"));
    }

    #[test]
    fn an_open_fence_is_an_error_with_its_place() {
        let error = Markdown::parse(Path::new("x.md"), "# A\n```\n").unwrap_err();
        assert_eq!(error, "x.md:2: the fenced block is not closed");
    }
}
