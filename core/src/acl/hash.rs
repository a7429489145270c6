//! A fast hash of paths that also knows the hashes of all their beginnings.
//!
//! Its seeds are constants, so that the same rules always give the same structure. Texts that were made to
//! collide are met by another seed, see [`super::build`].

/// Odd numbers without pattern: the digits of π and e.
const MULTIPLIER: u64 = 0x243f_6a88_85a3_08d3;
const FINAL: u64 = 0xb7e1_5162_8aed_2a6b;

/// From the key of a block to that of the next.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

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

/// The products of the blocks do not wait for each other: each block has a key of its own.
fn next_state(state: u64, word: u64, key: &mut u64) -> u64 {
    *key = key.wrapping_add(STEP);
    state.wrapping_add(fold(word ^ *key, MULTIPLIER))
}

/// The hash of a text alone.
pub(super) fn hash(bytes: &[u8], seed: u64) -> u32 {
    let (blocks, rest) = bytes.as_chunks::<BLOCK>();
    let mut key = seed;
    let states = |state, block: &[u8; BLOCK]| next_state(state, u64::from_le_bytes(*block), &mut key);
    let state = blocks.iter().fold(seed, states);
    let part = if rest.is_empty() { 0 } else { part_at(bytes, blocks.len() * BLOCK, rest.len()) };
    finish(state, part, bytes.len())
}

/// Room for the states of a path's blocks. It lies with the caller, so that it is never moved.
#[derive(Default)]
pub(super) struct States {
    short: [u64; SHORT_BLOCKS + 1],
    long: Vec<u64>,
}

/// A path, from which the hash of each beginning is had in constant time.
pub(super) struct HashedPath<'p> {
    bytes: &'p [u8],
    short: &'p [u64; SHORT_BLOCKS + 1],
    long: &'p [u64],
}

impl States {
    #[inline]
    pub(super) fn of<'p>(&'p mut self, bytes: &'p [u8], seed: u64) -> HashedPath<'p> {
        let (mut state, mut key) = (seed, seed);
        let (blocks, _) = bytes.as_chunks::<BLOCK>();
        let [first, rest @ ..] = &mut self.short;
        *first = seed;
        for (block, slot) in blocks.iter().zip(rest) {
            state = next_state(state, u64::from_le_bytes(*block), &mut key);
            *slot = state;
        }
        for block in blocks.get(SHORT_BLOCKS..).unwrap_or_default() {
            state = next_state(state, u64::from_le_bytes(*block), &mut key);
            self.long.push(state);
        }
        HashedPath { bytes, short: &self.short, long: &self.long }
    }
}

impl<'p> HashedPath<'p> {
    pub(super) fn bytes(&self) -> &'p [u8] {
        self.bytes
    }

    /// The hash of the first `length` bytes, which must be there.
    #[inline]
    pub(super) fn prefix(&self, length: usize) -> u32 {
        let (block, rest) = (length / BLOCK, length % BLOCK);
        let state = match self.short.get(block) {
            Some(state) => *state,
            None => self.long.get(block - SHORT_BLOCKS - 1).copied().unwrap_or_default(),
        };
        let part = if rest == 0 { 0 } else { part_at(self.bytes, block * BLOCK, rest) };
        finish(state, part, length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_of_a_beginning_is_that_of_the_same_text_alone() {
        let text: Vec<u8> = (0..400_u32).map(|number| (number * 7 % 251) as u8).collect();
        let mut states = States::default();
        let path = states.of(&text, 42);
        for length in 0..=text.len() {
            assert_eq!(path.prefix(length), hash(&text[..length], 42), "{length}");
        }
        let mut states = States::default();
        let short = states.of(b"abcde", 1);
        assert_eq!(short.prefix(3), hash(b"abc", 1));
        assert_ne!(hash(b"abc", 1), hash(b"abc\0", 1));
    }
}
