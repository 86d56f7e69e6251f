//! The delay of a restart, left for whoever runs the peer.

use std::path::Path;
use std::time::Duration;
use std::{fs, io};

/// Writes the seconds to sleep before the peer is run again: whole ones, rounded up.
pub(crate) fn write_delay(file: &Path, delay: Duration) -> io::Result<()> {
    fs::write(file, format!("{}\n", whole_seconds(delay)))
}

fn whole_seconds(delay: Duration) -> u64 {
    delay.as_secs().saturating_add(u64::from(delay.subsec_nanos() > 0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::vectors;

    #[test]
    fn writes_the_delays_that_all_libraries_share() {
        let vectors = vectors("delays");
        assert!(vectors.len() > 3);
        let file = std::env::temp_dir().join(format!("the-mule-delay-{}", crate::random::word()));
        for vector in vectors {
            let delay = Duration::from_secs_f64(vector["seconds"].as_f64().unwrap());
            write_delay(&file, delay).unwrap();
            assert_eq!(fs::read_to_string(&file).unwrap().trim_end(), vector["written"].as_str().unwrap());
        }
        fs::remove_file(file).unwrap();
    }
}
