//! Sorting and numbering of names, through one compiled copy each.
//!
//! The standard library compiles its sort and its maps anew for every type; in a file that a web page downloads,
//! the dozens of small lists of this crate would cost more than all rules together.

use std::cmp::Ordering;
use std::collections::BTreeMap;

/// Sorts by a comparison; equal items keep their order.
pub(crate) fn sort_by<T>(items: &mut [T], compare: &dyn Fn(&T, &T) -> Ordering) {
    let places = sorted_places(items.len(), &|one, other| match (
        items.get(one as usize),
        items.get(other as usize),
    ) {
        (Some(one), Some(other)) => compare(one, other),
        _ => Ordering::Equal,
    });
    rearrange(items.len(), places, &mut |one, other| items.swap(one, other));
}

/// Sorts in the items' own order; equal items keep theirs.
pub(crate) fn sort<T: Ord>(items: &mut [T]) {
    sort_by(items, &T::cmp);
}

/// Which item belongs to each place.
fn sorted_places(length: usize, compare: &dyn Fn(u32, u32) -> Ordering) -> Vec<u32> {
    let length = u32::try_from(length).unwrap_or(u32::MAX);
    if (1..length).all(|place| compare(place - 1, place).is_le()) {
        return Vec::new();
    }
    let mut places: Vec<u32> = (0..length).collect();
    places.sort_unstable_by(|one, other| compare(*one, *other).then(one.cmp(other)));
    places
}

/// Walks every cycle of a permutation once; no places means that all is in order.
fn rearrange(length: usize, mut places: Vec<u32>, swap: &mut dyn FnMut(usize, usize)) {
    for start in 0..length {
        let mut place = start;
        while let Some(from) = places.get_mut(place) {
            let next = std::mem::replace(from, place as u32) as usize;
            if next == start {
                break;
            }
            swap(place, next);
            place = next;
        }
    }
}

/// Numbers different names in the order in which they are first met.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Names(BTreeMap<Box<str>, u32>);

impl Names {
    /// The number of a name, and whether it is new.
    pub(crate) fn insert(&mut self, name: &str) -> (usize, bool) {
        if let Some(number) = self.get(name) {
            return (number, false);
        }
        let number = self.0.len();
        self.0.insert(name.into(), u32::try_from(number).unwrap_or(u32::MAX));
        (number, true)
    }

    /// The number of a name that has one.
    pub(crate) fn get(&self, name: &str) -> Option<usize> {
        self.0.get(name).map(|number| *number as usize)
    }

    /// Whether no name is in both.
    pub(crate) fn is_disjoint(&self, other: &Self) -> bool {
        self.in_order().all(|name| other.get(name).is_none())
    }

    /// The names in the order of their bytes.
    pub(crate) fn in_order(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(AsRef::as_ref)
    }
}

/// Values by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NameMap<V> {
    names: Names,
    values: Vec<V>,
}

impl<V> Default for NameMap<V> {
    fn default() -> Self {
        Self { names: Names::default(), values: Vec::new() }
    }
}

impl<V> NameMap<V> {
    /// Gives a name a value, and what it had before.
    pub(crate) fn insert(&mut self, name: &str, value: V) -> Option<V> {
        let (number, is_new) = self.names.insert(name);
        if is_new {
            self.values.push(value);
            return None;
        }
        self.values.get_mut(number).map(|before| std::mem::replace(before, value))
    }

    /// The value of a name.
    pub(crate) fn get(&self, name: &str) -> Option<&V> {
        self.values.get(self.names.get(name)?)
    }

    /// The value of a name, to change.
    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut V> {
        self.values.get_mut(self.names.get(name)?)
    }

    /// How many names there are.
    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there is no name.
    pub(crate) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Names and values in the order of the names' bytes.
    pub(crate) fn in_order(&self) -> impl Iterator<Item = (&str, &V)> {
        self.names.0.iter().filter_map(|(name, number)| Some((&**name, self.values.get(*number as usize)?)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn sorts_as_the_standard_library_does(mut items in proptest::collection::vec((0_u8..9, any::<u16>()), 0..80)) {
            let mut expected = items.clone();
            expected.sort_by_key(|item| item.0);
            sort_by(&mut items, &|one, other| one.0.cmp(&other.0));
            prop_assert_eq!(&items, &expected);
            expected.sort();
            sort(&mut items);
            prop_assert_eq!(items, expected);
        }
    }

    #[test]
    fn names_have_the_numbers_of_their_first_place() {
        let mut names = Names::default();
        let numbers: Vec<_> = ["b", "a", "b", "c", "a"].map(|name| names.insert(name)).into();
        assert_eq!(numbers, [(0, true), (1, true), (0, false), (2, true), (1, false)]);
        assert_eq!((names.get("c"), names.get("d")), (Some(2), None));
    }
}
