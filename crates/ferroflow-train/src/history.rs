use ferroflow_formats::event::now;
use std::time::Duration;

/// The checkpoints that were written: which are kept, and which go.
#[derive(Debug, Clone)]
pub struct History {
    /// From the oldest to the newest, with the time of each in seconds since 1970.
    written: Vec<(String, f64)>,
    most: usize,
    every: Option<Duration>,
    /// From when on the next one is kept for good.
    preserve_from: f64,
}

impl History {
    /// Keeps the last `most` checkpoints, all if it is 0, and beside them one for each span of `every`.
    pub fn new(most: usize, every: Option<Duration>) -> Self {
        let preserve_from = every.map_or(f64::INFINITY, |every| now() + every.as_secs_f64());
        History { written: Vec::new(), most, every, preserve_from }
    }

    /// Adds a checkpoint that was written now, and gives the one to remove.
    pub fn record(&mut self, name: String) -> Option<String> {
        if self.most == 0 {
            return None;
        }
        self.written.retain(|(known, _)| *known != name);
        self.written.push((name, now()));
        if self.written.len() <= self.most {
            return None;
        }
        let (oldest, time) = self.written.remove(0);
        if time > self.preserve_from {
            self.preserve_from += self.every.unwrap_or_default().as_secs_f64();
            return None;
        }
        Some(oldest)
    }

    /// The names of those kept, from the oldest to the newest.
    pub fn names(&self) -> Vec<String> {
        self.written.iter().map(|(name, _)| name.clone()).collect()
    }

    /// Those kept, with their times in seconds since 1970.
    pub fn times(&self) -> &[(String, f64)] {
        &self.written
    }

    /// Goes on from checkpoints that were written before.
    pub fn set_times(&mut self, written: Vec<(String, f64)>) {
        self.written = written;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_are_kept() {
        let mut history = History::new(2, None);
        assert_eq!(["a", "b", "b"].map(|n| history.record(n.into())), [None, None, None]);
        assert_eq!(history.record("c".into()), Some("a".into()));
        assert_eq!(history.names(), ["b", "c"]);
        let mut all = History::new(0, None);
        assert!(all.record("a".into()).is_none() && all.names().is_empty());
    }

    #[test]
    fn one_of_each_span_is_kept_for_good() {
        let mut history = History::new(1, Some(Duration::from_secs(100)));
        let begun = now();
        history.set_times(vec![("old".into(), begun + 101.0)]);
        assert_eq!(history.record("a".into()), None);
        assert_eq!(history.record("b".into()), Some("a".into()));
        history.set_times(vec![("later".into(), begun + 150.0)]);
        assert_eq!(history.record("c".into()), Some("later".into()));
    }
}
