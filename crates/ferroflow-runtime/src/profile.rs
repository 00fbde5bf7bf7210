use crate::ProgramTable;
use ferroflow_kernels::Limits;
use serde_json::json;
use std::fmt;

/// What each step of a compiled program took, over several runs of the whole program.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// The program.
    pub program: ProgramTable,
    /// Seconds of each step: the median over the runs.
    pub seconds: Vec<f64>,
    /// How many runs were measured.
    pub runs: usize,
    /// What the machine can do with the session's threads.
    pub limits: Limits,
}

impl Profile {
    /// From the seconds of every step in every run.
    pub(crate) fn of(program: ProgramTable, runs: &[Vec<f64>], limits: Limits) -> Self {
        let median = |step: usize| {
            let mut times: Vec<f64> = runs.iter().map(|run| run[step]).collect();
            times.sort_by(f64::total_cmp);
            times.get(times.len() / 2).copied().unwrap_or(0.0)
        };
        Profile { seconds: (0..program.steps.len()).map(median).collect(), program, runs: runs.len(), limits }
    }

    /// The seconds that a step takes at the limits: its bytes, or its operations as multiply-adds of vectors. A product on
    /// the matrix unit, or a convolution by transforms, which multiply less, may take fewer.
    pub fn floor(&self, step: usize) -> f64 {
        let step = &self.program.steps[step];
        self.limits.floor(step.flops, step.traffic)
    }

    /// Seconds of all steps together.
    pub fn total(&self) -> f64 {
        self.seconds.iter().sum()
    }

    /// One run in the trace event format, which the trace viewers of Chrome and Perfetto read.
    pub fn to_chrome_trace(&self) -> String {
        let mut start = 0.0;
        let events = self.program.steps.iter().zip(&self.seconds).map(|(step, &seconds)| {
            let event = json!({
                "name": step.op, "cat": "step", "ph": "X", "pid": 1, "tid": 1,
                "ts": start * 1e6, "dur": seconds * 1e6,
                "args": { "node": step.node, "shape": step.shape, "flops": step.flops, "bytes": step.traffic },
            });
            start += seconds;
            event
        });
        json!({ "traceEvents": events.collect::<Vec<_>>(), "displayTimeUnit": "ns" }).to_string()
    }
}

/// As a table, longest steps first.
impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = self.total();
        let mut order: Vec<usize> = (0..self.seconds.len()).collect();
        order.sort_by(|&a, &b| self.seconds[b].total_cmp(&self.seconds[a]));
        writeln!(f, "{:>10}  {:>5}  {:>8}  {:>7}  {:>7}  {:<20}  node", "us", "%", "GFLOP/s", "GB/s", "limit %", "op")?;
        for i in order {
            let (step, seconds) = (&self.program.steps[i], self.seconds[i]);
            let rate = |amount: f64| match amount > 0.0 && seconds > 0.0 {
                true => format!("{:.1}", amount / seconds * 1e-9),
                false => "-".to_owned(),
            };
            let (flops, bytes) = (rate(step.flops as f64), rate(step.traffic as f64));
            let (us, share) = (seconds * 1e6, 100.0 * seconds / total.max(f64::MIN_POSITIVE));
            let limit = 100.0 * self.floor(i) / seconds.max(f64::MIN_POSITIVE);
            writeln!(
                f,
                "{us:>10.1}  {share:>5.1}  {flops:>8}  {bytes:>7}  {limit:>7.0}  {:<20}  {}",
                step.op, step.node
            )?;
        }
        let floor: f64 = (0..self.seconds.len()).map(|i| self.floor(i)).sum();
        let (flops, bytes) = (self.limits.flops * 1e-9, self.limits.bytes * 1e-9);
        writeln!(
            f,
            "limits: {flops:.0} GFLOP/s by multiply-adds of f32, {bytes:.0} GB/s; all steps at them {:.1} us",
            floor * 1e6
        )?;
        writeln!(f, "(convolutions by transforms, and what the matrix unit does, may pass the limit)")?;
        writeln!(f, "{:>10.1}  all steps, medians of {} runs", total * 1e6, self.runs)
    }
}
