//! Pauses between attempts.

use std::time::Duration;

use crate::random::fraction;
use crate::wire::{BACKOFF_FIRST, BACKOFF_LONGEST};

/// How long to wait before the `attempt`-th try (from 0): doubling up to 2 s, of which a random half is taken off, so that a thousand
/// peers that lost the same Redis do not come back in step.
pub(crate) fn backoff(attempt: u32) -> Duration {
    ceiling(attempt).mul_f64(1.0 - fraction() / 2.0)
}

fn ceiling(attempt: u32) -> Duration {
    BACKOFF_LONGEST.min(BACKOFF_FIRST * 2_u32.pow(attempt.min(16)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_up_to_the_longest() {
        let pauses: Vec<_> = (0..9).map(|attempt| ceiling(attempt).as_millis()).collect();
        assert_eq!(pauses, [25, 50, 100, 200, 400, 800, 1_600, 2_000, 2_000]);
        assert_eq!(ceiling(u32::MAX), BACKOFF_LONGEST);
    }

    #[test]
    fn takes_off_a_random_half() {
        let pauses: Vec<_> = (0..1_000).map(|_| backoff(7)).collect();
        assert!(pauses.iter().all(|pause| (BACKOFF_LONGEST / 2..=BACKOFF_LONGEST).contains(pause)));
        assert!(pauses.iter().max().unwrap().abs_diff(*pauses.iter().min().unwrap()) > BACKOFF_LONGEST / 4);
    }
}
