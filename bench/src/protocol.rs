//! What the harness and its children say to each other: one JSON object a line, requests on the child's standard input,
//! replies on its standard output. `peers/protocol.py` is the same in Python.

use crate::workloads::Workload;
use serde::{Deserialize, Serialize};

/// What the harness asks.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "kebab-case")]
pub(crate) enum Request {
    /// Build a workload in place of the last one, and warm up.
    Prepare { workload: Workload, seed: u64 },
    /// Run `settle` steps, then `steps` more that are timed.
    Run { settle: usize, steps: usize },
}

/// What a child replies.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "reply", rename_all = "kebab-case")]
pub(crate) enum Reply {
    /// The first line: what runs.
    Hello { version: String },
    /// The first and last line of a child whose framework is not installed.
    Missing { why: String },
    /// A workload is prepared.
    Ready {
        /// About what a step takes.
        step_seconds: f64,
        /// What a step takes at least on this machine; Ferroflow alone tells.
        #[serde(default)]
        floor: Option<f64>,
    },
    /// The seconds of each step.
    Times { seconds: Vec<f64> },
    /// This workload says nothing new about this peer.
    Unsupported { why: String },
    /// What was asked for went wrong.
    Failed { why: String },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_what_the_scripts_read() {
        let request = Request::Prepare { workload: Workload::Cnn { batch: 50 }, seed: 1 };
        let line = r#"{"ask":"prepare","workload":{"model":"cnn","batch":50},"seed":1}"#;
        assert_eq!(serde_json::to_string(&request).unwrap(), line);
        let reply: Reply = serde_json::from_str(r#"{"reply":"ready","step_seconds":0.5}"#).unwrap();
        assert!(matches!(reply, Reply::Ready { step_seconds: 0.5, floor: None }));
    }
}
