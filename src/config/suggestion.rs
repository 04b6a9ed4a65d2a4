//! "Did you mean": the known name that is nearest to an unknown one.

/// The nearest of the known names; `None` if none is near.
pub(super) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let tail = last_part(name);
    known
        .map(|candidate| {
            let whole = distance(name, candidate);
            // The right word in the wrong section is as near as a slip of one letter.
            let same_word = if last_part(candidate) == tail {
                1
            } else {
                usize::MAX
            };
            (whole.min(same_word), whole, candidate)
        })
        .filter(|(near, _, candidate)| *near <= candidate.len().div_ceil(4).clamp(2, 4))
        .min()
        .map(|(_, _, candidate)| candidate)
}

fn last_part(name: &str) -> &str {
    name.rsplit(['.', '=']).next().unwrap_or(name)
}

/// How many letters were left out, added, changed or swapped with their neighbour.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    let mut previous = None;
    for (row, letter) in left.chars().enumerate() {
        let mut line = vec![row + 1];
        for (column, other) in right.iter().enumerate() {
            let at = |line: &[usize], column: usize| line.get(column).copied().unwrap_or(usize::MAX - 1);
            let changed = at(&last, column) + usize::from(letter != *other);
            let mut best = changed.min(at(&last, column + 1) + 1).min(at(&line, column) + 1);
            let is_swap = previous == Some(*other)
                && column.checked_sub(1).and_then(|before| right.get(before)) == Some(&letter);
            if is_swap && !before_last.is_empty() {
                best = best.min(at(&before_last, column - 1) + 1);
            }
            line.push(best);
        }
        before_last = std::mem::replace(&mut last, line);
        previous = Some(letter);
    }
    last.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_hand_are_counted() {
        for (left, right, expected) in [
            ("", "", 0),
            ("listen", "listen", 0),
            ("lsiten", "listen", 1),
            ("listne", "listen", 1),
            ("lisen", "listen", 1),
            ("listenn", "listen", 1),
            ("abc", "xyz", 3),
            ("", "abc", 3),
        ] {
            assert_eq!(distance(left, right), expected, "{left} {right}");
        }
    }

    #[test]
    fn only_near_names_are_suggested() {
        let known = ["listen", "apple.wwdr", "apple.apns_url", "google.api_url"];
        let near = |name| nearest(name, known.into_iter());
        assert_eq!(near("lissten"), Some("listen"));
        assert_eq!(near("wwdr"), Some("apple.wwdr"));
        assert_eq!(near("apple.api_url"), Some("google.api_url"));
        assert_eq!(near("colour"), None);
    }
}
