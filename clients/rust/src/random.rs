//! Randomness out of the standard library, whose hash maps are keyed with it: enough for names and pauses, and no secret depends on it.

use std::hash::{BuildHasher, RandomState};

/// Twelve hexadecimal digits.
pub(crate) fn word() -> String {
    format!("{:012x}", number() & 0xffff_ffff_ffff)
}

/// A number from 0 up to but not including 1.
pub(crate) fn fraction() -> f64 {
    f64::from(u32::try_from(number() >> 32).unwrap_or(0)) / (f64::from(u32::MAX) + 1.0)
}

fn number() -> u64 {
    RandomState::new().hash_one(std::time::SystemTime::now())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn words_are_twelve_digits_and_differ() {
        let words: HashSet<_> = (0..1_000).map(|_| word()).collect();
        assert_eq!(words.len(), 1_000);
        assert!(words.iter().all(|word| word.len() == 12 && word.bytes().all(|digit| digit.is_ascii_hexdigit())));
    }

    #[test]
    fn fractions_are_spread_over_their_range() {
        let fractions: Vec<_> = (0..1_000).map(|_| fraction()).collect();
        assert!(fractions.iter().all(|fraction| (0.0..1.0).contains(fraction)));
        assert!(fractions.iter().any(|fraction| *fraction < 0.1) && fractions.iter().any(|fraction| *fraction > 0.9));
    }
}
