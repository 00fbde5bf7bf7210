use super::slices::{slice, stack};
use super::{Iteration, Loop, Memory, Part};
use crate::turn::Turn;
use crate::{FeedValue, Result, Session, passes};
use ferroflow_array::Array;
use ferroflow_graph::ops::{While, WhileGradient, outlets_from};
use ferroflow_graph::{Node, NodeId, OpError, Outlet};

/// Derivatives so far, on the way from the last iteration to the first.
struct Derivatives {
    carried: Vec<Array>,
    /// Of the slices, the last first.
    slices: Vec<Vec<Array>>,
    captured: Vec<Array>,
}

impl Session {
    /// Runs backwards over what a loop went through; if it did not run, runs it first, its parts `given` these values.
    pub(crate) fn run_loop_backwards(
        &self,
        node: &Node,
        op: &WhileGradient,
        inputs: &[&Array],
        given: &[(Outlet, &Array)],
        memory: &mut Memory,
        turn: &mut Turn<'_>,
    ) -> Result<Vec<Array>> {
        let invalid = |message: &str| passes::invalid(node, OpError::value(message));
        let id = NodeId(op.forward as u32);
        let forward = self.graph.with_dag(|dag| (op.forward < dag.len()).then(|| dag.node(id).clone()));
        let forward = forward.ok_or_else(|| invalid("the graph does not have its loop"))?;
        let while_op = forward.op.downcast::<While>().ok_or_else(|| invalid("its forward node is no loop"))?;
        let outlets = |ints: &[i64]| self.graph.with_dag(|dag| outlets_from(dag, ints));
        let outlets_of = |ints: &[i64]| outlets(ints).map_err(|e| passes::invalid(node, e));
        let taken = outlets_of(&op.taken)?;
        let (inputs, values) = inputs.split_at(inputs.len().saturating_sub(taken.len()));
        let taken = taken.into_iter().zip(values.iter().copied());
        let seeds = op.carried.len() + op.stacked.len();
        let (inputs, seeds) = inputs.split_at(inputs.len().saturating_sub(seeds));
        let (initial, stacked) = seeds.split_at(op.carried.len());
        let history = match memory.loops.get(&id) {
            Some(history) => history.clone(),
            // The loop's results were fed: what it went through must be found again.
            None => {
                self.run_loop(id, &forward, inputs, given, Some(memory), turn)?;
                memory.loops.get(&id).cloned().unwrap_or_default()
            }
        };
        let given = history.given.iter().map(|(o, a)| (*o, a)).chain(taken);
        let l = Loop::new(self, &forward, while_op, inputs, given)?;
        let history = &history.iterations;
        let variables = outlets_of(&op.seeds)?;
        let found: Vec<Option<Outlet>> =
            op.results.chunks_exact(2).map(|pair| outlets(pair).ok()?.first().copied()).collect();
        let zeros = |a: &Array| Array::zeros(a.dtype(), a.shape());
        let varying: Vec<Outlet> = l.variables.iter().chain(&variables).copied().collect();
        let done: Vec<NodeId> = node.controls.iter().chain(&forward.controls).copied().collect();
        let fetches: Vec<Outlet> = found.iter().flatten().copied().collect();
        let total = while_op.carried + while_op.scanned;
        let in_range = op.carried.iter().all(|&j| j < while_op.carried)
            && op.scanned.iter().all(|j| (while_op.carried..total).contains(j))
            && op.captured.iter().all(|&j| j < inputs.len())
            && stacked.iter().all(|a| a.shape().dims().first() == Some(&history.len()));
        if !in_range || varying.len() != l.variables.len() + initial.len() + stacked.len() + op.captured.len() {
            return Err(invalid("its attributes contradict each other"));
        }
        let mut so_far = Derivatives {
            carried: initial.iter().map(|a| (*a).clone()).collect(),
            slices: vec![Vec::new(); op.scanned.len()],
            captured: op.captured.iter().map(|&j| zeros(inputs[j])).collect::<Result<_, _>>()?,
        };
        let mut part = Part::new(fetches, &varying, &l.captured, &done);
        for (t, iteration) in history.iter().enumerate().rev() {
            let slices = stacked.iter().map(|a| slice(a, t)).collect::<Result<Vec<_>>>()?;
            let mut values = l.values(&iteration.carried, t)?;
            values.extend(so_far.carried.iter().map(FeedValue::from));
            values.extend(slices);
            values.extend(so_far.captured.iter().map(FeedValue::from));
            let mut inner = Memory { recorded: Vec::new(), loops: iteration.loops.clone() };
            let results = part.run(self, values, &l.captured, &iteration.recorded, &mut inner, turn)?;
            so_far.take(op, &found, results.into_iter(), iteration, &l, t)?;
        }
        let Derivatives { carried, slices, captured } = so_far;
        let slices = slices.into_iter().zip(&op.scanned).map(|(mut slices, &j)| {
            slices.reverse();
            match slices.is_empty() {
                true => Ok(zeros(inputs[j])?),
                false => stack(&slices).map_err(|m| invalid(&m)),
            }
        });
        let slices = slices.collect::<Result<Vec<_>>>()?;
        Ok(carried.into_iter().chain(slices).chain(captured).collect())
    }
}

impl Derivatives {
    /// Takes what iteration `t` gave; where a value has no derivative, that is zero.
    fn take(
        &mut self,
        op: &WhileGradient,
        found: &[Option<Outlet>],
        mut results: impl Iterator<Item = Array>,
        iteration: &Iteration,
        l: &Loop<'_>,
        t: usize,
    ) -> Result<()> {
        let mut next = |k: usize| if found.get(k).copied().flatten().is_some() { results.next() } else { None };
        for (k, &j) in op.carried.iter().enumerate() {
            let like = &iteration.carried[j];
            self.carried[k] = match next(k) {
                Some(gradient) => gradient,
                None => Array::zeros(like.dtype(), like.shape())?,
            };
        }
        let n = op.carried.len();
        for (k, &j) in op.scanned.iter().enumerate() {
            let gradient = match next(n + k) {
                Some(gradient) => gradient,
                None => {
                    let value = slice(l.scanned[j - l.op.carried], t)?;
                    Array::zeros(value.dtype(), value.shape())?
                }
            };
            self.slices[k].push(gradient);
        }
        let n = n + op.scanned.len();
        for (k, sum) in self.captured.iter_mut().enumerate() {
            if let Some(total) = next(n + k) {
                *sum = total;
            }
        }
        Ok(())
    }
}
