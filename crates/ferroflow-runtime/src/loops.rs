//! Loops: each iteration is a request of its own, so that its program is kept like any other.

mod backward;
mod slices;

use crate::execution::{Results, Values};
use crate::request::{FeedSpec, Given};
use crate::turn::Turn;
use crate::{Error, FeedValue, Request, Result, Session, passes};
use ferroflow_array::{Array, DType, Shape};
use ferroflow_graph::ops::{While, outlets_from};
use ferroflow_graph::{Node, NodeId, OpError, Outlet};
use rustc_hash::FxHashMap as HashMap;
use slices::{slice, stack};
use std::sync::Arc;

/// What a run remembers, to run backwards over it.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    /// Random numbers drawn, and what ran between stages, if the request records them.
    pub(crate) recorded: Vec<(Outlet, Array)>,
    loops: HashMap<NodeId, Arc<History>>,
}

/// What a loop went through.
#[derive(Debug, Default)]
struct History {
    iterations: Vec<Iteration>,
    /// What the parts were given besides the loop's inputs.
    given: Vec<(Outlet, Array)>,
}

/// What one iteration of a loop began with, and what it must not compute anew.
#[derive(Debug)]
struct Iteration {
    carried: Vec<Array>,
    recorded: Vec<(Outlet, Array)>,
    loops: HashMap<NodeId, Arc<History>>,
}

/// A request that each iteration makes, with other values.
struct Part {
    request: Request,
    /// Feeds that change from one iteration to the next; those after them do not.
    varying: usize,
}

impl Part {
    fn new(fetches: Vec<Outlet>, varying: &[Outlet], fixed: &[(Outlet, &Array)], done: &[NodeId]) -> Part {
        let spec = |outlet, dtype, shape| FeedSpec { given: Given::Fed(outlet), dtype, shape, value: None };
        let mut request = Request { fetches: fetches.into(), done: done.to_vec(), ..Request::default() };
        request.feeds.extend(varying.iter().map(|&o| spec(o, DType::F32, Shape::scalar())));
        request.feeds.extend(fixed.iter().map(|(o, a)| spec(*o, a.dtype(), a.shape().clone())));
        Part { request, varying: varying.len() }
    }

    /// The request for these values.
    fn request(&self, varying: &[FeedValue<'_>]) -> Request {
        let mut request = self.request.clone();
        for (feed, value) in request.feeds.iter_mut().zip(varying) {
            feed.dtype = value.dtype();
            feed.shape.clone_from(value.shape());
        }
        request
    }

    /// Runs it. `extra` are fed in this iteration only.
    fn run(
        &mut self,
        session: &Session,
        varying: Vec<FeedValue<'_>>,
        fixed: &[(Outlet, &Array)],
        extra: &[(Outlet, Array)],
        memory: &mut Memory,
        turn: &mut Turn<'_>,
    ) -> Result<Results> {
        let mut request = self.request(&varying);
        let mut values: Values<'_> = varying.into_iter().chain(fixed.iter().map(|(_, a)| (*a).into())).collect();
        for (outlet, array) in extra.iter().filter(|(o, _)| !fixed.iter().any(|(f, _)| f == o)) {
            let (given, dtype, shape) = (Given::Handed(*outlet), array.dtype(), array.shape().clone());
            request.feeds.push(FeedSpec { given, dtype, shape, value: None });
            values.push(array.into());
        }
        let mut results = Results::new();
        let stage = session.stage_of(&request, turn.read()?)?;
        session.run_stages(stage, &mut request, &mut values, &mut results, memory, turn)?;
        // The program of the next iteration may be made for the values of what does not change.
        for (kept, found) in self.request.feeds.iter_mut().zip(request.feeds).skip(self.varying) {
            kept.value = found.value;
        }
        Ok(results)
    }
}

/// A loop to run: its node, and what its inputs are in this run.
struct Loop<'a> {
    node: &'a Node,
    op: &'a While,
    variables: Vec<Outlet>,
    results: Vec<Outlet>,
    initial: &'a [&'a Array],
    scanned: &'a [&'a Array],
    /// What the parts take from outside.
    captured: Vec<(Outlet, &'a Array)>,
    /// Iterations, if the loop runs over something.
    length: Option<usize>,
}

impl<'a> Loop<'a> {
    fn new(
        session: &Session,
        node: &'a Node,
        op: &'a While,
        inputs: &'a [&'a Array],
        given: impl IntoIterator<Item = (Outlet, &'a Array)>,
    ) -> Result<Loop<'a>> {
        let invalid = |e: OpError| passes::invalid(node, e);
        let outlets = |ints: &[i64]| session.graph.with_dag(|dag| outlets_from(dag, ints)).map_err(invalid);
        let (variables, results) = (outlets(&op.variables)?, outlets(&op.results)?);
        let total = op.carried + op.scanned;
        if variables.len() != total || results.len() != op.carried + op.stacked.len() || inputs.len() < total {
            return Err(invalid(OpError::value("its attributes contradict each other")));
        }
        let (initial, rest) = inputs.split_at(op.carried);
        let (scanned, captured) = rest.split_at(op.scanned);
        let length = match scanned.iter().map(|a| a.shape().dims().first().copied()).collect::<Option<Vec<usize>>>() {
            Some(lengths) if lengths.windows(2).all(|w| w[0] == w[1]) => lengths.first().copied(),
            _ => {
                let shapes: Vec<String> = scanned.iter().map(|a| a.shape().to_string()).collect();
                let message = format!("runs over what differs in the first dimension: {}", shapes.join(", "));
                return Err(invalid(OpError::value(message)));
            }
        };
        if length.is_none() && op.condition.is_empty() {
            return Err(invalid(OpError::value("has neither a condition nor what to run over")));
        }
        let captured = node.inputs[total..].iter().copied().zip(captured.iter().copied()).chain(given).collect();
        Ok(Loop { node, op, variables, results, initial, scanned, captured, length })
    }

    fn invalid(&self, message: String) -> Error {
        passes::invalid(self.node, OpError::value(message))
    }

    /// What the parts are given in iteration `t`.
    fn values<'b>(&self, carried: &'b [Array], t: usize) -> Result<Vec<FeedValue<'b>>>
    where
        'a: 'b,
    {
        let slices = self.scanned.iter().map(|a| slice(a, t));
        carried.iter().map(|a| Ok(a.into())).chain(slices).collect()
    }

    /// Refuses values that their invariants do not allow.
    fn check(&self, session: &Session, carried: &[Array], t: usize) -> Result<()> {
        session.graph.with_dag(|dag| {
            for (k, (value, variable)) in carried.iter().zip(&self.variables).enumerate() {
                let fact = dag.fact(*variable);
                if !fact.accepts(value) {
                    let found = format!("{}{}", value.dtype(), value.shape());
                    return Err(self.invalid(format!("loop variable {k} is {found} after {t} iterations, not {fact}")));
                }
            }
            Ok(())
        })
    }

    /// Stacks of nothing, of the shapes that an iteration would give.
    fn empty_stacks(&self, session: &Session, body: &Part, turn: &Turn<'_>) -> Result<Vec<Array>> {
        let sample = self
            .scanned
            .iter()
            .map(|a| Array::zeros(a.dtype(), &a.shape().dims()[1..]))
            .collect::<Result<Vec<_>, _>>()?;
        let values = self.initial.iter().map(|a| FeedValue::from(*a)).chain(sample.iter().map(FeedValue::from));
        let stage = session.stage_of(&body.request(&values.collect::<Vec<_>>()), turn.read()?)?;
        let shapes = stage.deferred.is_none().then(|| stage.fetched_shapes());
        let stacked = self.results[self.op.carried..].iter().enumerate();
        let stacks = stacked.map(|(k, outlet)| {
            let known = shapes.as_ref().and_then(|s| s.get(self.op.carried + k).cloned());
            let shape = known.or_else(|| session.graph.with_dag(|dag| dag.fact(*outlet).shape.to_shape()));
            let shape = shape
                .ok_or_else(|| self.invalid(format!("runs over nothing, and the shape of result {k} is not known")))?;
            let dims: Vec<usize> = std::iter::once(0).chain(shape.iter().copied()).collect();
            Ok(Array::zeros(self.op.stacked[k], dims)?)
        });
        stacks.collect()
    }
}

impl Session {
    /// Runs a loop, whose parts are also `given` values from outside that are not its inputs; keeps what it went through in
    /// `memory`, if that is given.
    pub(crate) fn run_loop(
        &self,
        id: NodeId,
        node: &Node,
        inputs: &[&Array],
        given: &[(Outlet, &Array)],
        memory: Option<&mut Memory>,
        turn: &mut Turn<'_>,
    ) -> Result<Vec<Array>> {
        let op = node.op.downcast::<While>();
        let op = op.ok_or_else(|| passes::invalid(node, OpError::value("is no loop")))?;
        let l = Loop::new(self, node, op, inputs, given.iter().copied())?;
        let condition = self.graph.with_dag(|dag| outlets_from(dag, &op.condition));
        let condition = condition.map_err(|e| passes::invalid(node, e))?;
        let mut condition =
            (!condition.is_empty()).then(|| Part::new(condition, &l.variables, &l.captured, &node.controls));
        let mut body = Part::new(l.results.clone(), &l.variables, &l.captured, &node.controls);
        body.request.record = memory.is_some();
        let mut history: Vec<Iteration> = Vec::new();
        let mut carried: Vec<Array> = l.initial.iter().map(|a| (*a).clone()).collect();
        let mut stacks: Vec<Vec<Array>> = vec![Vec::new(); op.stacked.len()];
        for t in 0.. {
            l.check(self, &carried, t)?;
            if l.length == Some(t) {
                break;
            }
            if let Some(condition) = &mut condition {
                let values = l.values(&carried, t)?;
                let go_on = condition.run(self, values, &l.captured, &[], &mut Memory::default(), turn)?;
                match go_on.first().and_then(|a| a.to_ints()).as_deref() {
                    Some([0]) => break,
                    Some([_]) => {}
                    _ => return Err(l.invalid("its condition must be a scalar bool".into())),
                }
            }
            let mut inner = Memory::default();
            let mut results = body.run(self, l.values(&carried, t)?, &l.captured, &[], &mut inner, turn)?;
            for (stack, result) in stacks.iter_mut().zip(results.drain(op.carried..)) {
                stack.push(result);
            }
            let before = std::mem::replace(&mut carried, results.into_vec());
            if memory.is_some() {
                history.push(Iteration { carried: before, recorded: inner.recorded, loops: inner.loops });
            }
        }
        if let Some(memory) = memory {
            let given = given.iter().map(|(o, a)| (*o, (*a).clone())).collect();
            memory.loops.insert(id, Arc::new(History { iterations: history, given }));
        }
        let stacks = match stacks.iter().any(Vec::is_empty) {
            true => l.empty_stacks(self, &body, turn)?,
            false => stacks
                .into_iter()
                .enumerate()
                .map(|(k, s)| stack(&s).map_err(|m| l.invalid(format!("result {k}: {m}"))))
                .collect::<Result<_>>()?,
        };
        Ok(carried.into_iter().chain(stacks).collect())
    }
}
