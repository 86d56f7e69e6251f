//! The wire between tm and its peers, in one place: keys, words and numbers. `schemas/protocol.json` says the same.

use std::time::Duration;

/// List that tm pushes commands to, oldest at the left.
pub(crate) fn command_key(peer: &str) -> String {
    format!("{peer}_command")
}

/// String that the peer sets to its status.
pub(crate) fn status_key(peer: &str) -> String {
    format!("{peer}_status")
}

/// Stream to which each status is appended too, so that none hides behind the next one.
pub(crate) fn status_stream_key(peer: &str) -> String {
    format!("{peer}_statuses")
}

/// List that the peer pushes `level|message` to, oldest at the right.
pub(crate) fn log_key(peer: &str) -> String {
    format!("{peer}_log")
}

/// String that the peer sets to `at|interval` for as long as it is alive.
pub(crate) fn heartbeat_key(peer: &str) -> String {
    format!("{peer}_heartbeat")
}

/// Entries that are kept in a status stream, about.
pub(crate) const STATUS_STREAM_LENGTH: u32 = 1_000;

/// Exit code by which a peer asks to be started again.
pub(crate) const RESTART_EXIT_CODE: i32 = 42;
/// Where a restarting peer leaves its delay, unless `TM_DELAY_FILE` says otherwise.
pub(crate) const DELAY_FILE: &str = "/tmp/delay";

/// After so long a status that was only set has been read, but on a very busy machine.
pub(crate) const STATUS_GAP: Duration = Duration::from_millis(20);
pub(crate) const BACKOFF_FIRST: Duration = Duration::from_millis(25);
pub(crate) const BACKOFF_LONGEST: Duration = Duration::from_secs(2);
/// How long the first connection may take.
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(20);
/// How long closing waits for what is still to be sent.
pub(crate) const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);
/// A connection that does not answer for so long counts as lost.
pub(crate) const ANSWER_WITHIN: Duration = Duration::from_secs(20);
/// The time between two heartbeats.
pub(crate) const HEARTBEAT: Duration = Duration::from_secs(2);
/// Log lines that wait for Redis at the most, and the bytes of all of them together.
pub(crate) const LOG_BUFFER_LINES: usize = 50_000;
pub(crate) const LOG_BUFFER_BYTES: usize = 32 << 20;
/// Log lines in one command.
pub(crate) const LOG_BATCH_LINES: usize = 1_000;

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn protocol() -> Value {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas/protocol.json");
        serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
    }

    #[test]
    fn keys_are_those_of_the_protocol() {
        let ours = [command_key, status_key, log_key, status_stream_key, heartbeat_key];
        let theirs = protocol();
        let theirs = theirs["keys"].as_array().unwrap().iter();
        let theirs: Vec<_> = theirs.map(|key| key["name"].as_str().unwrap().replace("{peer}", "alice")).collect();
        assert_eq!(ours.map(|key| key("alice")).to_vec(), theirs);
    }

    #[test]
    fn numbers_are_those_of_the_protocol() {
        let protocol = protocol();
        let timing = &protocol["timing"];
        let milliseconds = |duration: Duration| u64::try_from(duration.as_millis()).unwrap();
        assert_eq!(timing["statusGapMs"], milliseconds(STATUS_GAP));
        assert_eq!(timing["backoffFirstMs"], milliseconds(BACKOFF_FIRST));
        assert_eq!(timing["backoffLongestMs"], milliseconds(BACKOFF_LONGEST));
        assert_eq!(timing["connectTimeoutMs"], milliseconds(CONNECT_TIMEOUT));
        assert_eq!(timing["closeTimeoutMs"], milliseconds(CLOSE_TIMEOUT));
        assert_eq!(timing["answerWithinMs"], milliseconds(ANSWER_WITHIN));
        assert_eq!(timing["logBufferLines"], LOG_BUFFER_LINES);
        assert_eq!(timing["logBufferCharacters"], LOG_BUFFER_BYTES);
        assert_eq!(timing["logBatchLines"], LOG_BATCH_LINES);
        assert_eq!(protocol["heartbeat"]["intervalMs"], milliseconds(HEARTBEAT));
        assert_eq!(protocol["statusStream"]["maxLength"], STATUS_STREAM_LENGTH);
        assert_eq!(protocol["restart"]["exitCode"], RESTART_EXIT_CODE);
        assert_eq!(protocol["restart"]["delayFile"], DELAY_FILE);
    }
}
