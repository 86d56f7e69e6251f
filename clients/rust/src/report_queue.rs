//! What a peer has to say, in the order in which it said it.

use std::collections::VecDeque;

use tokio::sync::oneshot;

use crate::error::MuleError;
use crate::wire::LOG_BATCH_LINES;

/// How much goes in one command, besides its number of lines.
const BATCH_BYTES: usize = 256 << 10;

/// As it is sent: `Lines` in one LPUSH, a `Status` in one transaction, a `Mark` not at all.
#[derive(Debug)]
pub(crate) enum Report {
    Lines {
        texts: Vec<String>,
        bytes: usize,
    },
    /// Lines that are missing here because the queue was full.
    Gap {
        count: u64,
    },
    Status {
        text: String,
        /// When it was reported, in milliseconds since 1970.
        at: u64,
        /// Its own among this queue's statuses.
        number: u64,
        done: oneshot::Sender<Result<(), MuleError>>,
    },
    /// Says when all before it has been sent.
    Mark {
        done: oneshot::Sender<()>,
    },
}

impl Report {
    /// How many lines and statuses it stands for.
    fn count(&self) -> u64 {
        match self {
            Self::Lines { texts, .. } => texts.len() as u64,
            Self::Gap { count } => *count,
            Self::Status { .. } => 1,
            Self::Mark { .. } => 0,
        }
    }

    fn size(&self) -> (usize, usize) {
        match self {
            Self::Lines { texts, bytes } => (texts.len(), *bytes),
            _ => (0, 0),
        }
    }
}

/// Holds a bounded number of lines, already in batches: those beyond are counted, and the count stands where they are missing. Statuses
/// are never dropped.
#[derive(Debug)]
pub(crate) struct ReportQueue {
    reports: VecDeque<Report>,
    line_limit: usize,
    byte_limit: usize,
    /// Of what waits and what is under way.
    lines: usize,
    bytes: usize,
    under_way: (usize, usize, u64),
    statuses: u64,
    closed: bool,
}

impl ReportQueue {
    pub(crate) fn new(line_limit: usize, byte_limit: usize) -> Self {
        let reports = VecDeque::new();
        Self { reports, line_limit, byte_limit, lines: 0, bytes: 0, under_way: (0, 0, 0), statuses: 0, closed: false }
    }

    /// Takes a `level|message` line; after `close` it is ignored.
    pub(crate) fn line(&mut self, text: String) {
        if self.closed {
            return;
        }
        if self.lines >= self.line_limit || self.bytes + text.len() > self.byte_limit {
            match self.reports.back_mut() {
                Some(Report::Gap { count }) => *count += 1,
                _ => self.reports.push_back(Report::Gap { count: 1 }),
            }
            return;
        }
        self.lines += 1;
        self.bytes += text.len();
        match self.reports.back_mut() {
            Some(Report::Lines { texts, bytes }) if texts.len() < LOG_BATCH_LINES && *bytes < BATCH_BYTES => {
                *bytes += text.len();
                texts.push(text);
            }
            _ => {
                let bytes = text.len();
                self.reports.push_back(Report::Lines { texts: vec![text], bytes });
            }
        }
    }

    /// Gives the end of the wait for it: an error at once where the queue is closed.
    pub(crate) fn status(&mut self, text: String, at: u64) -> oneshot::Receiver<Result<(), MuleError>> {
        let (done, outcome) = oneshot::channel();
        if !self.closed {
            self.statuses += 1;
            self.reports.push_back(Report::Status { text, at, number: self.statuses, done });
        }
        outcome
    }

    /// Resolves when all before it has been sent; an error when it never will be.
    pub(crate) fn mark(&mut self) -> oneshot::Receiver<()> {
        let (done, outcome) = oneshot::channel();
        if !self.closed {
            self.reports.push_back(Report::Mark { done });
        }
        outcome
    }

    /// The oldest report, which from now on is under way, until `sent`.
    pub(crate) fn next(&mut self) -> Option<Report> {
        let report = self.reports.pop_front()?;
        let (lines, bytes) = report.size();
        self.under_way = (lines, bytes, report.count());
        Some(report)
    }

    /// What was under way takes no room any more.
    pub(crate) fn sent(&mut self) {
        let (lines, bytes, _) = std::mem::take(&mut self.under_way);
        self.lines -= lines;
        self.bytes -= bytes;
    }

    /// Gives up what has not been sent: how many log lines and statuses that were. Who waits for them is told so.
    pub(crate) fn close(&mut self) -> u64 {
        self.closed = true;
        let waiting: u64 = self.reports.drain(..).map(|report| report.count()).sum();
        let (_, _, under_way) = std::mem::take(&mut self.under_way);
        (self.lines, self.bytes) = (0, 0);
        waiting + under_way
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(queue: &mut ReportQueue) -> Vec<String> {
        let mut told = Vec::new();
        while let Some(report) = queue.next() {
            told.push(match report {
                Report::Lines { texts, .. } => texts.join(","),
                Report::Gap { count } => format!("gap {count}"),
                Report::Status { text, at, number, .. } => format!("status {text} at {at} number {number}"),
                Report::Mark { .. } => "mark".into(),
            });
            queue.sent();
        }
        told
    }

    #[test]
    fn keeps_the_order_and_makes_batches() {
        let mut queue = ReportQueue::new(100, 1_000);
        for line in ["a", "b"] {
            queue.line(line.into());
        }
        let _status = queue.status("up".into(), 7);
        queue.line("c".into());
        let _mark = queue.mark();
        let _status = queue.status("down".into(), 8);
        assert_eq!(told(&mut queue), ["a,b", "status up at 7 number 1", "c", "mark", "status down at 8 number 2"]);
    }

    #[test]
    fn a_batch_has_its_limits() {
        let mut queue = ReportQueue::new(10_000, usize::MAX);
        for _ in 0..=LOG_BATCH_LINES {
            queue.line("x".into());
        }
        queue.line("y".repeat(BATCH_BYTES));
        queue.line("z".into());
        let sizes: Vec<_> = std::iter::from_fn(|| queue.next()).map(|report| report.count()).collect();
        assert_eq!(sizes, [LOG_BATCH_LINES as u64, 2, 1]);
    }

    #[test]
    fn counts_what_does_not_fit_where_it_is_missing() {
        let mut queue = ReportQueue::new(2, 1_000);
        for line in ["a", "b", "c", "d"] {
            queue.line(line.into());
        }
        let _status = queue.status("up".into(), 0);
        queue.line("e".into());
        assert_eq!(told(&mut queue), ["a,b", "gap 2", "status up at 0 number 1", "gap 1"]);
        queue.line("f".into());
        assert_eq!(told(&mut queue), ["f"]);
    }

    #[test]
    fn what_is_under_way_takes_room_and_does_not_change() {
        let mut queue = ReportQueue::new(2, 1_000);
        queue.line("a".into());
        let Some(Report::Lines { texts, .. }) = queue.next() else { panic!("no lines") };
        queue.line("b".into());
        queue.line("c".into());
        assert_eq!(texts, ["a"]);
        queue.sent();
        queue.line("d".into());
        assert_eq!(told(&mut queue), ["b", "gap 1", "d"]);
    }

    #[test]
    fn bytes_are_bounded_too() {
        let mut queue = ReportQueue::new(100, 5);
        for line in ["abc", "def", "gh"] {
            queue.line(line.into());
        }
        assert_eq!(told(&mut queue), ["abc", "gap 1", "gh"]);
    }

    #[test]
    fn closing_counts_what_is_left_and_tells_who_waits() {
        let mut queue = ReportQueue::new(2, 1_000);
        for line in ["a", "b", "c"] {
            queue.line(line.into());
        }
        let under_way = queue.next();
        let mut status = queue.status("up".into(), 0);
        let mut mark = queue.mark();
        assert_eq!(queue.close(), 4);
        drop(under_way);
        assert!(status.try_recv().is_err() && mark.try_recv().is_err());
        queue.line("d".into());
        assert!(queue.status("down".into(), 0).try_recv().is_err());
        assert_eq!((queue.close(), queue.next().is_none()), (0, true));
    }
}
