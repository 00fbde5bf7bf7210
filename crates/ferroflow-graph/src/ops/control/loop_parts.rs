use crate::ops::{Frontier, Inside, LoopVariable, While, outlets_to};
use crate::{ErrorKind, Fact, Graph, GraphError, OpError, OpResult, Operation, Outlet, Tensor};
use ferroflow_array::{DType, PartialShape};
use std::panic::Location;

/// The parts of a loop, built in the graph; see [`Graph::build_loop`].
#[derive(Debug, Clone, Default)]
pub struct LoopParts<'g> {
    /// What the carried values start as.
    pub initial: Vec<Tensor<'g>>,
    /// What is run over by its first dimension.
    pub scanned: Vec<Tensor<'g>>,
    /// What stands in the parts for the carried values, and for slices of `scanned`: of [`Graph::loop_variable`].
    pub variables: Vec<Tensor<'g>>,
    /// Whether to go on.
    pub condition: Option<Tensor<'g>>,
    /// The next values.
    pub next: Vec<Tensor<'g>>,
    /// What is stacked.
    pub stacked: Vec<Tensor<'g>>,
    /// Nodes that the graph had before the first of `variables` was made.
    pub start: usize,
}

impl Graph {
    /// What stands in a loop's parts for a value of this dtype, and of this shape in every iteration.
    #[track_caller]
    pub fn loop_variable(&self, dtype: DType, shape: PartialShape) -> Tensor<'_> {
        self.build(LoopVariable { dtype, shape }).tensor()
    }

    /// The loop whose parts have been built. Its outputs are the carried values, then what is stacked.
    #[track_caller]
    pub fn build_loop<'g>(&'g self, parts: LoopParts<'g>) -> Operation<'g> {
        let location = Location::caller();
        let given = parts.initial.iter().chain(&parts.scanned).chain(&parts.variables);
        let given = given.chain(&parts.condition).chain(&parts.next).chain(&parts.stacked);
        let inert = || Tensor::new(self, crate::graph::POISON.outlet(0)).operation();
        if given.clone().any(|t| t.is_inert()) {
            return inert();
        }
        if let Err(error) = parts.check(self) {
            let mut found = GraphError::new(error.kind, error.message).at(location);
            (found.op, found.node) = ("While".into(), "while".into());
            self.fail(found);
            return inert();
        }
        let outlets = |tensors: &[Tensor<'g>]| tensors.iter().map(|t| t.outlet()).collect::<Vec<_>>();
        let results = [outlets(&parts.next), outlets(&parts.stacked)].concat();
        let condition = parts.condition.map(Tensor::outlet);
        let needed: Vec<Outlet> = results.iter().copied().chain(condition).collect();
        let inside = Inside::of(parts.start..self.len());
        let frontier = self.with_dag(|dag| Frontier::of(dag, &needed, &inside));
        let facts: Vec<Fact> = parts.stacked.iter().map(|t| t.fact()).collect();
        let op = While {
            carried: parts.initial.len(),
            scanned: parts.scanned.len(),
            variables: outlets_to(outlets(&parts.variables)),
            condition: outlets_to(condition),
            results: outlets_to(results),
            stacked: facts.iter().map(|f| f.dtype).collect(),
            inside: inside.into_attribute(),
        };
        let captures = frontier.captures.iter().map(|&o| Tensor::new(self, o));
        let mut builder = self.build(op).name("Exit").inputs(parts.initial.iter().chain(&parts.scanned).copied());
        builder = builder.inputs(captures);
        for &control in &frontier.controls {
            builder = builder.control(Operation::new(self, control));
        }
        let operation = builder.finish();
        if !operation.is_inert() {
            for (k, variable) in parts.variables[..parts.initial.len()].iter().enumerate() {
                operation.output(k).set_shape(variable.shape());
            }
            let length = parts.scanned.first().and_then(|t| t.shape().dim(0));
            for (k, fact) in facts.iter().enumerate() {
                let Some(dims) = fact.shape.dims() else { continue };
                let shape: PartialShape = std::iter::once(length).chain(dims.iter().copied()).collect();
                operation.output(parts.initial.len() + k).set_shape(shape);
            }
        }
        operation
    }
}

impl LoopParts<'_> {
    fn check(&self, graph: &Graph) -> OpResult<()> {
        let (n, total) = (self.initial.len(), self.initial.len() + self.scanned.len());
        if self.variables.len() != total || self.next.len() != n {
            return Err(OpError::value(format!(
                "a loop that carries {n} values and runs over {} has as many variables and next values, found {} and {}",
                self.scanned.len(),
                self.variables.len(),
                self.next.len()
            )));
        }
        if let Some(stranger) = self.next.iter().chain(&self.stacked).find(|t| !t.graph().same(graph)) {
            return Err(OpError::value(format!("`{}` is of another graph", stranger.name())));
        }
        match self.condition.map(Tensor::fact) {
            Some(fact) if fact.dtype != DType::Bool || fact.rank().is_some_and(|r| r != 0) => {
                return Err(OpError {
                    kind: ErrorKind::Type,
                    message: format!("the condition must be a scalar bool, found {fact}"),
                });
            }
            None if self.scanned.is_empty() => {
                return Err(OpError::value("a loop needs a condition, or what to run over"));
            }
            _ => {}
        }
        for (k, ((initial, variable), next)) in self.initial.iter().zip(&self.variables).zip(&self.next).enumerate() {
            let (from, kept, to) = (initial.fact(), variable.fact(), next.fact());
            if from.dtype != kept.dtype || to.dtype != kept.dtype {
                return Err(OpError::dtype(format!(
                    "loop variable {k} enters the loop as {}, but is {} after one iteration",
                    from.dtype, to.dtype
                )));
            }
            if kept.shape.common(&from.shape) != kept.shape {
                return Err(OpError::value(format!(
                    "loop variable {k} enters the loop with shape {}, which its invariant {} does not allow",
                    from.shape, kept.shape
                )));
            }
            if kept.shape.common(&to.shape) != kept.shape {
                return Err(OpError::value(format!(
                    "the shape of loop variable {k} is not an invariant of the loop: it enters with shape {}, but has \
                     shape {} after one iteration; give a shape invariant that both satisfy",
                    kept.shape, to.shape
                )));
            }
        }
        match self.scanned.iter().find(|t| t.fact().rank() == Some(0)) {
            Some(t) => Err(OpError::value(format!("`{}` is a scalar: a loop runs over the first dimension", t.name()))),
            None => Ok(()),
        }
    }
}
