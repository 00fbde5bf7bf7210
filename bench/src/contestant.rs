use crate::args::Args;
use crate::child::{Server, Started};
use crate::peers::{Peer, python};
use crate::protocol::{Reply, Request};
use crate::statistics::Summary;
use crate::workloads::Workload;
use anyhow::{Result, anyhow, bail};
use std::process::Command;
use std::time::Duration;

/// What the weights and inputs of every workload are drawn from.
const SEED: u64 = 1;

/// Before a turn, so that threads that spin for a while after the last one's work are asleep.
const PAUSE: Duration = Duration::from_millis(20);

/// One that takes part: Ferroflow, or a peer.
pub(crate) struct Contestant {
    pub(crate) title: &'static str,
    /// What it is; empty if it is left out.
    pub(crate) version: String,
    server: Option<Server>,
    step_seconds: f64,
    seconds: Vec<f64>,
    /// What the workload takes at least, if this one knows.
    pub(crate) floor: Option<f64>,
    /// Why it has no times.
    pub(crate) absence: Option<Absence>,
}

/// Why there are no times.
#[derive(Debug, Clone)]
pub(crate) enum Absence {
    /// It does not take part at all.
    LeftOut(String),
    /// The workload is not for it.
    Unsupported,
    /// It failed.
    Failed(String),
}

impl Contestant {
    pub(crate) fn ferroflow(threads: usize) -> Result<Contestant> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("serve").arg(threads.to_string());
        match Server::start(command)? {
            Started::Server(server) => Ok(Contestant::new("Ferroflow", Ok(Started::Server(server)))),
            Started::Missing(why) => bail!(why),
        }
    }

    pub(crate) fn peer(peer: Peer, args: &Args, threads: usize) -> Contestant {
        Contestant::new(peer.title(), peer.start(&python(args.python.as_ref()), threads))
    }

    fn new(title: &'static str, started: Result<Started>) -> Contestant {
        let (server, absence) = match started {
            Ok(Started::Server(server)) => (Some(server), None),
            Ok(Started::Missing(why)) => (None, Some(Absence::LeftOut(why))),
            Err(error) => (None, Some(Absence::LeftOut(format!("{error:#}")))),
        };
        let version = server.as_ref().map_or_else(String::new, |s| s.version.clone());
        Contestant { title, version, server, step_seconds: 0.0, seconds: Vec::new(), floor: None, absence }
    }

    /// Forgets the last workload, and has this one prepared.
    pub(crate) fn prepare(&mut self, workload: &Workload) {
        self.seconds.clear();
        self.floor = None;
        let Some(server) = &mut self.server else { return };
        let reply = server.ask(&Request::Prepare { workload: workload.clone(), seed: SEED });
        self.absence = None;
        match reply {
            Ok(Reply::Ready { step_seconds, floor }) => (self.step_seconds, self.floor) = (step_seconds, floor),
            Ok(Reply::Unsupported { .. }) => self.absence = Some(Absence::Unsupported),
            Ok(other) => self.absence = Some(Absence::Failed(why(other))),
            Err(error) => self.lose(&error),
        }
    }

    /// Runs steps for about so many seconds.
    pub(crate) fn turn(&mut self, seconds: f64) {
        let Some(server) = &mut self.server else { return };
        if self.absence.is_some() {
            return;
        }
        std::thread::sleep(PAUSE);
        let steps = (seconds / self.step_seconds).clamp(2.0, 20_000.0) as usize;
        match server.ask(&Request::Run { settle: (steps / 10).clamp(1, 100), steps }) {
            Ok(Reply::Times { seconds }) => self.seconds.extend(seconds),
            Ok(other) => self.absence = Some(Absence::Failed(why(other))),
            Err(error) => self.lose(&error),
        }
    }

    /// The times of all turns.
    pub(crate) fn summary(&self) -> Option<Summary> {
        if self.absence.is_some() { None } else { Summary::of(self.seconds.clone()) }
    }

    /// The process has died: later workloads go on without it.
    fn lose(&mut self, error: &anyhow::Error) {
        self.server = None;
        self.absence = Some(Absence::LeftOut(format!("{error:#}")));
    }
}

fn why(reply: Reply) -> String {
    match reply {
        Reply::Failed { why } => why,
        other => anyhow!("{other:?} is no reply to this").to_string(),
    }
}
