//! Making control characters visible, so that a document cannot command a terminal.

use std::borrow::Cow;

/// `text` with every control character, and every one that reorders text, replaced by something visible.
/// Line ends become `␊`: the result is one line.
pub fn visible(text: &str) -> Cow<'_, str> {
    if text.chars().any(is_unsafe) { text.chars().map(shown).collect::<String>().into() } else { text.into() }
}

/// As [`visible`], but keeps line ends and tabs, and every character at its place, counted in characters.
pub fn visible_lines(text: &str) -> Cow<'_, str> {
    let is_unsafe = |character| is_unsafe(character) && !matches!(character, '\n' | '\t');
    if text.chars().any(is_unsafe) {
        let shown = |character| if is_unsafe(character) { shown(character) } else { character };
        text.chars().map(shown).collect::<String>().into()
    } else {
        text.into()
    }
}

fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn shown(character: char) -> char {
    match character {
        // The pictures of the C0 characters stand in the same order.
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(character)).unwrap_or('\u{fffd}'),
        '\u{7f}' => '␡',
        character if is_unsafe(character) => '\u{fffd}',
        character => character,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_shown_not_sent() {
        assert_eq!(visible("a\u{1b}[31m\u{7f}\n\u{9b}\u{202e}é"), "a␛[31m␡␊\u{fffd}\u{fffd}é");
        assert_eq!(visible_lines("a\n\tb\u{7}\r\n"), "a\n\tb␇␍\n");
        assert!(matches!(visible("plain"), Cow::Borrowed(_)));
    }
}
