//! A hash table of indices, with the texts kept elsewhere.

#[derive(Clone, Copy, Debug)]
struct Slot {
    hash: u32,
    index: u32,
}

const EMPTY: u32 = u32::MAX;

/// A run of taken slots longer than this is no chance: the texts were made to collide.
const LONGEST_RUN: u32 = 96;

/// Open addressing, at most half full, so that a search ends after one or two slots.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    slots: Vec<Slot>,
    count: usize,
    is_crowded: bool,
}

impl Table {
    /// The index whose text has this hash and is the one that `is_equal` knows.
    pub(super) fn find(&self, hash: u32, mut is_equal: impl FnMut(u32) -> bool) -> Option<u32> {
        let mask = self.slots.len().wrapping_sub(1);
        let mut place = hash as usize & mask;
        loop {
            let slot = self.slots.get(place)?;
            if slot.index == EMPTY {
                return None;
            }
            if slot.hash == hash && is_equal(slot.index) {
                return Some(slot.index);
            }
            place = (place + 1) & mask;
        }
    }

    /// An empty table that takes this many indices without growing.
    pub(super) fn with_capacity(count: usize) -> Self {
        let size = if count == 0 { 0 } else { (count * 2).next_power_of_two().max(8) };
        Self { slots: vec![Slot { hash: 0, index: EMPTY }; size], ..Self::default() }
    }

    /// Adds an index that is not in the table.
    pub(super) fn insert(&mut self, hash: u32, index: u32) {
        if (self.count + 1) * 2 > self.slots.len() {
            self.grow();
        }
        self.count += 1;
        self.put(Slot { hash, index });
    }

    fn put(&mut self, slot: Slot) {
        let mask = self.slots.len().wrapping_sub(1);
        let mut place = slot.hash as usize & mask;
        let mut run = 0;
        while let Some(taken) = self.slots.get_mut(place) {
            if taken.index == EMPTY {
                *taken = slot;
                break;
            }
            run += 1;
            place = (place + 1) & mask;
        }
        self.is_crowded |= run > LONGEST_RUN;
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(8);
        let old = std::mem::replace(&mut self.slots, vec![Slot { hash: 0, index: EMPTY }; size]);
        self.is_crowded = false;
        old.into_iter().filter(|slot| slot.index != EMPTY).for_each(|slot| self.put(slot));
    }

    /// Whether the texts seem to be made to collide.
    pub(super) fn is_crowded(&self) -> bool {
        self.is_crowded
    }

    /// The bytes taken.
    pub(super) fn bytes(&self) -> usize {
        self.slots.capacity() * size_of::<Slot>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_in_is_found() {
        let mut table = Table::default();
        assert_eq!(table.find(1, |_| true), None);
        for index in 0..1_000_u32 {
            table.insert(index.wrapping_mul(0x9e37_79b9), index);
        }
        for index in 0..1_000_u32 {
            assert_eq!(table.find(index.wrapping_mul(0x9e37_79b9), |found| found == index), Some(index));
        }
        assert!(!table.is_crowded());
        (0..1_000).for_each(|index| table.insert(7, index));
        assert!(table.is_crowded());
    }
}
