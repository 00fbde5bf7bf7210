use anyhow::{Context, Result};
use std::fmt;
use std::io::{ErrorKind, Write};

/// Nobody reads the standard output any more: `ferroflow graph cnn | head`.
#[derive(Debug)]
pub(crate) struct Closed;

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the standard output is closed")
    }
}

impl std::error::Error for Closed {}

/// Prints to the standard output, at once.
///
/// # Errors
/// [`Closed`], or what else the system says.
pub(crate) fn print(text: impl fmt::Display) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match write!(out, "{text}").and_then(|()| out.flush()) {
        Err(e) if e.kind() == ErrorKind::BrokenPipe => Err(Closed.into()),
        other => other.context("the standard output"),
    }
}

/// An error and its causes in one line; a cause that the error above it tells already is left out.
pub(crate) fn describe(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if text.is_empty() {
            text = cause;
        } else if !text.ends_with(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cause_is_told_twice() {
        let io = || std::io::Error::other("broken");
        let twice = ferroflow::data::Error::Io { file: "a".into(), source: io() };
        assert_eq!(describe(&anyhow::Error::new(twice)), "a: broken");
        assert_eq!(describe(&anyhow::Error::new(io()).context("b")), "b: broken");
    }
}
