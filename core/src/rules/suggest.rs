//! "Did you mean": the known name that a mistyped one is closest to.

/// The longest name that is compared; a longer one is no typing mistake of ours.
const MAX_NAME_LENGTH: usize = 64;

/// The known name that `name` is most likely meant to be: the same but for case and for `-` instead of `_`,
/// or at most a third of its letters away. The first of several equally close ones.
pub fn did_you_mean<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    closest(name, &mut known.into_iter())
}

fn closest<'k>(name: &str, known: &mut dyn Iterator<Item = &'k str>) -> Option<&'k str> {
    if name.is_empty() || name.len() > MAX_NAME_LENGTH {
        return None;
    }
    let folded = fold(name);
    let limit = (folded.len() / 3).clamp(1, 3);
    let distances = known.map(|known| (distance(&folded, &fold(known)), known));
    let closest = distances.filter(|(distance, _)| *distance <= limit).min_by_key(|(distance, _)| *distance);
    closest.map(|(_, known)| known)
}

fn fold(name: &str) -> Vec<char> {
    name.chars().map(|each| if each == '-' { '_' } else { each.to_ascii_lowercase() }).collect()
}

/// How many insertions, removals, replacements and swaps of neighbours lead from one name to the other.
fn distance(from: &[char], to: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=to.len()).collect();
    let mut previous = None;
    for (row, letter) in from.iter().enumerate() {
        let mut current = Vec::with_capacity(to.len() + 1);
        current.push(row + 1);
        let mut left_letter = None;
        for (column, other) in to.iter().enumerate() {
            let at = |row: &[usize], index: usize| row.get(index).copied().unwrap_or(usize::MAX / 2);
            let replaced = at(&above, column) + usize::from(letter != other);
            let mut best = replaced.min(at(&above, column + 1) + 1).min(at(&current, column) + 1);
            if previous == Some(other) && left_letter == Some(letter) && column > 0 {
                best = best.min(at(&before, column - 1) + 1);
            }
            current.push(best);
            left_letter = Some(other);
        }
        before = std::mem::replace(&mut above, current);
        previous = Some(letter);
    }
    above.last().copied().unwrap_or(from.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closest_known_name_is_suggested() {
        let known = ["address", "allow_unauthenticated", "ca_file", "ca_path", "env", "token"];
        for (name, expected) in [
            ("adress", Some("address")),
            ("addrses", Some("address")),
            ("allow_unauthenticatd", Some("allow_unauthenticated")),
            ("allow-unauthenticated", Some("allow_unauthenticated")),
            ("CA_File", Some("ca_file")),
            ("tokne", Some("token")),
            ("evn", Some("env")),
            ("retry", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(did_you_mean(name, known), expected, "{name}");
        }
    }
}
