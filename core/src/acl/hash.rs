//! A fast hash of paths that also knows the hashes of all their beginnings.
//!
//! Its seeds are constants, so that the same rules always give the same structure. Texts that were made to
//! collide are met by another seed, see [`super::build`].

/// Odd numbers without pattern: the digits of π and e.
const MULTIPLIER: u64 = 0x243f_6a88_85a3_08d3;
const FINAL: u64 = 0xb7e1_5162_8aed_2a6b;

const BLOCK: usize = 8;

/// Blocks whose states need no allocation: paths of up to 135 bytes.
const SHORT_BLOCKS: usize = 16;

fn fold(one: u64, two: u64) -> u64 {
    let product = u128::from(one) * u128::from(two);
    (product as u64) ^ ((product >> 64) as u64)
}

fn word_at(bytes: &[u8], at: usize) -> u64 {
    let word = bytes.get(at..at + BLOCK).and_then(|word| <[u8; BLOCK]>::try_from(word).ok());
    u64::from_le_bytes(word.unwrap_or_default())
}

/// The bytes `at..at + count` as a number, `count` less than eight.
fn part_at(bytes: &[u8], at: usize, count: usize) -> u64 {
    let mask = (1_u64 << (count * 8)) - 1;
    if at + BLOCK <= bytes.len() {
        return word_at(bytes, at) & mask;
    }
    if let Some(last) = bytes.len().checked_sub(BLOCK) {
        return (word_at(bytes, last) >> ((at - last) * 8)) & mask;
    }
    let part = bytes.get(at..at + count).unwrap_or_default();
    part.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn finish(state: u64, part: u64, length: usize) -> u32 {
    let hash = fold(state ^ part, FINAL ^ (length as u64).wrapping_mul(MULTIPLIER));
    (hash ^ hash >> 32) as u32
}

fn next_state(state: u64, word: u64) -> u64 {
    // The rotation keeps a product of zero from forgetting what was before.
    fold(state ^ word, MULTIPLIER) ^ state.rotate_left(23)
}

/// The hash of a text alone.
pub(super) fn hash(bytes: &[u8], seed: u64) -> u32 {
    let whole = bytes.len() / BLOCK;
    let state = (0..whole).fold(seed, |state, block| next_state(state, word_at(bytes, block * BLOCK)));
    let rest = bytes.len() % BLOCK;
    let part = if rest == 0 { 0 } else { part_at(bytes, whole * BLOCK, rest) };
    finish(state, part, bytes.len())
}

/// A path, from which the hash of each beginning is had in constant time.
pub(super) struct HashedPath<'p> {
    bytes: &'p [u8],
    short: [u64; SHORT_BLOCKS + 1],
    long: Vec<u64>,
}

impl<'p> HashedPath<'p> {
    pub(super) fn new(bytes: &'p [u8], seed: u64) -> Self {
        let blocks = bytes.len() / BLOCK;
        let mut path = Self { bytes, short: [seed; SHORT_BLOCKS + 1], long: Vec::new() };
        let mut state = seed;
        for (block, slot) in path.short.iter_mut().skip(1).take(blocks).enumerate() {
            state = next_state(state, word_at(bytes, block * BLOCK));
            *slot = state;
        }
        if blocks > SHORT_BLOCKS {
            path.long.reserve_exact(blocks - SHORT_BLOCKS);
            for block in SHORT_BLOCKS..blocks {
                state = next_state(state, word_at(bytes, block * BLOCK));
                path.long.push(state);
            }
        }
        path
    }

    pub(super) fn bytes(&self) -> &'p [u8] {
        self.bytes
    }

    /// The hash of the first `length` bytes, which must be there.
    pub(super) fn prefix(&self, length: usize) -> u32 {
        let (block, rest) = (length / BLOCK, length % BLOCK);
        let state = match self.short.get(block) {
            Some(state) => *state,
            None => self.long.get(block - SHORT_BLOCKS - 1).copied().unwrap_or_default(),
        };
        let part = if rest == 0 { 0 } else { part_at(self.bytes, block * BLOCK, rest) };
        finish(state, part, length)
    }

    /// The hash of the whole path.
    pub(super) fn whole(&self) -> u32 {
        self.prefix(self.bytes.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_of_a_beginning_is_that_of_the_same_text_alone() {
        let text: Vec<u8> = (0..400_u32).map(|number| (number * 7 % 251) as u8).collect();
        let path = HashedPath::new(&text, 42);
        for length in 0..=text.len() {
            assert_eq!(path.prefix(length), hash(&text[..length], 42), "{length}");
        }
        let short = HashedPath::new(b"abcde", 1);
        assert_eq!(short.prefix(3), hash(b"abc", 1));
        assert_ne!(hash(b"abc", 1), hash(b"abc\0", 1));
    }
}
