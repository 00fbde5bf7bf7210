use crate::protocol::{Reply, Request};
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A process that stays alive and answers the line protocol.
pub(crate) struct Server {
    process: Child,
    requests: ChildStdin,
    replies: BufReader<ChildStdout>,
    /// What it said it is.
    pub(crate) version: String,
}

/// What became of starting one.
pub(crate) enum Started {
    Server(Server),
    /// Its framework is not installed.
    Missing(String),
}

impl Server {
    /// Starts a process, and waits for its first line.
    ///
    /// # Errors
    /// If it cannot be started, or its first line is none of the protocol's.
    pub(crate) fn start(mut command: Command) -> Result<Started> {
        let name = format!("{command:?}");
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("{name} could not be started"))?;
        let (Some(requests), Some(replies)) = (process.stdin.take(), process.stdout.take()) else {
            bail!("{name} has no pipes");
        };
        let mut server = Server { process, requests, replies: BufReader::new(replies), version: String::new() };
        match server.reply().context(name)? {
            Reply::Hello { version } => {
                server.version = version;
                Ok(Started::Server(server))
            }
            Reply::Missing { why } => Ok(Started::Missing(why)),
            other => bail!("{other:?} is no first line"),
        }
    }

    /// Asks, and waits for the reply.
    ///
    /// # Errors
    /// If the process ends, or its reply is none of the protocol's.
    pub(crate) fn ask(&mut self, request: &Request) -> Result<Reply> {
        let line = serde_json::to_string(request)?;
        writeln!(self.requests, "{line}").and_then(|()| self.requests.flush()).context("the process has ended")?;
        self.reply()
    }

    fn reply(&mut self) -> Result<Reply> {
        let mut line = String::new();
        if self.replies.read_line(&mut line)? == 0 {
            bail!("the process has ended, {}", self.process.wait()?);
        }
        serde_json::from_str(&line).with_context(|| format!("`{}` is no reply", line.trim_end()))
    }
}

/// The process ends with its handle.
impl Drop for Server {
    fn drop(&mut self) {
        // Either fails only if the process has ended already.
        _ = self.process.kill();
        _ = self.process.wait();
    }
}
