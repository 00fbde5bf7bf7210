use crate::output;
use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;

/// A bar with steps per second and time left on a terminal; nothing but the lines themselves in a pipe.
pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    pub(crate) fn new(total: u64, done: u64) -> Self {
        if !std::io::stderr().is_terminal() {
            return Progress { bar: ProgressBar::hidden() };
        }
        let bar = ProgressBar::new(total).with_position(done);
        let template = "{wide_bar} {pos}/{len} steps, {per_sec}, {eta} left";
        bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.reset_eta();
        Progress { bar }
    }

    pub(crate) fn step(&self) {
        self.bar.inc(1);
    }

    /// Prints a line above the bar, to standard output.
    pub(crate) fn line(&self, text: &str) -> Result<()> {
        self.bar.suspend(|| output::print(format!("{text}\n")))
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
