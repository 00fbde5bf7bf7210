use crate::program::Program;
use ferroflow_kernels::{Region, Span};
use std::fmt;

/// A compiled program, to read: its steps in order, and the memory they work in.
#[derive(Debug, Clone, PartialEq)]
pub struct ProgramTable {
    /// The steps.
    pub steps: Vec<StepRow>,
    /// Bytes of working memory.
    pub arena: usize,
}

/// A step of a compiled program.
#[derive(Debug, Clone, PartialEq)]
pub struct StepRow {
    /// The node that it runs.
    pub node: String,
    /// Its type.
    pub op: &'static str,
    /// Dtypes and shapes of its results.
    pub shape: String,
    /// Where its first result lies: `arena+offset`, `output k` or `variable`.
    pub slot: String,
    /// Bytes of its results.
    pub bytes: usize,
    /// Bytes of its scratch memory.
    pub scratch: usize,
    /// Floating-point operations, where its kernel tells them.
    pub flops: u64,
    /// The least bytes that it must read and write.
    pub traffic: u64,
    /// Threads that may share its work.
    pub threads: usize,
}

impl ProgramTable {
    pub(crate) fn of(program: &Program, threads: usize) -> Self {
        let regions = program.machine.regions();
        let place = |span: &Span| match regions[span.region] {
            _ if span.len == 0 => "-".to_owned(),
            Region::Arena(_) => format!("arena+{}", span.offset),
            Region::Constant(_) => "constant".to_owned(),
            Region::Input(_) => "input".to_owned(),
            Region::Output(_) => match program.states.iter().find(|s| s.region == span.region) {
                Some(state) => state.name.to_string(),
                None => "output".to_owned(),
            },
        };
        let rows = program.machine.steps().iter().zip(&program.labels).map(|(step, label)| StepRow {
            node: label.node.to_string(),
            op: label.op,
            shape: label.fact.clone(),
            slot: step.outputs.first().map_or_else(|| "-".to_owned(), place),
            bytes: step.outputs.iter().map(|s| s.len).sum(),
            scratch: step.scratch.len,
            flops: step.kernel.work().flops,
            traffic: match step.kernel.work().bytes {
                0 => step.inputs.iter().chain(&step.outputs).map(|s| s.len as u64).sum(),
                bytes => bytes,
            },
            threads,
        });
        let arena = regions.iter().map(|r| if let Region::Arena(n) = r { *n } else { 0 }).sum();
        ProgramTable { steps: rows.collect(), arena }
    }
}

/// As a table of aligned columns.
impl fmt::Display for ProgramTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let header = ["step", "op", "node", "shape", "slot", "bytes", "scratch", "threads"].map(str::to_owned);
        let rows = self.steps.iter().enumerate().map(|(i, r)| {
            let (bytes, scratch, threads) = (r.bytes.to_string(), r.scratch.to_string(), r.threads.to_string());
            [i.to_string(), r.op.to_owned(), r.node.clone(), r.shape.clone(), r.slot.clone(), bytes, scratch, threads]
        });
        let rows: Vec<[String; 8]> = std::iter::once(header).chain(rows).collect();
        let widths: Vec<usize> = (0..8).map(|c| rows.iter().map(|r| r[c].chars().count()).max().unwrap_or(0)).collect();
        for row in rows {
            for (c, (cell, &width)) in row.iter().zip(&widths).enumerate() {
                match c {
                    0 | 5.. => write!(f, "{cell:>width$}  ")?,
                    _ => write!(f, "{cell:<width$}  ")?,
                }
            }
            writeln!(f)?;
        }
        writeln!(f, "arena: {} bytes", self.arena)
    }
}
