use crate::op::Sampled;
use crate::ops::{Frontier, Inside, outlets_to, rules};
use crate::{
    Effect, ErrorKind, Fact, GradientCx, GradientResult, Graph, GraphError, NodeId, NotDifferentiable, Op, OpError,
    OpResult, Operation, Outlet, Sample, Tensor, op,
};
use ferroflow_array::{DType, PartialShape};
use ferroflow_kernels::{Kernel, KernelError};
use std::panic::Location;

op! {
    /// What a loop gives its parts in each iteration: a value carried over, a slice of what it runs over, or a derivative.
    pub struct LoopVariable("LoopVariable") {
        /// The element type.
        dtype: DType,
        /// The shape in every iteration, as far as it is fixed.
        shape: PartialShape,
    }
}

op! {
    /// A loop over values that are carried from one iteration to the next. Inputs: what they start as, what is run over by
    /// its first dimension, and what the parts take from outside. Outputs: what is carried in the end, and what each
    /// iteration gave beside it, stacked.
    pub struct While("While") {
        /// Values carried.
        carried: usize,
        /// Inputs run over.
        scanned: usize,
        /// The [`LoopVariable`]s of both, as outlets.
        variables: Vec<i64>,
        /// The outlet that tells whether to go on; empty for a loop that runs over all there is.
        condition: Vec<i64>,
        /// The outlets of the next values, and of those to stack.
        results: Vec<i64>,
        /// The dtypes of what is stacked.
        stacked: Vec<DType>,
        /// The nodes of the parts: where each range of their numbers begins, and before what it ends.
        inside: Vec<i64>,
    }
}

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

impl While {
    /// The outlets of condition and results.
    pub(crate) fn part_outlets(&self) -> Vec<Outlet> {
        let outlet = |pair: &[i64]| {
            Some(Outlet { node: NodeId(u32::try_from(pair[0]).ok()?), output: u32::try_from(pair[1]).ok()? })
        };
        self.condition.chunks_exact(2).chain(self.results.chunks_exact(2)).filter_map(outlet).collect()
    }
}

impl Graph {
    /// Runs `body` on `initial`, and on what it gives, as long as `condition` holds of it; gives the last. Both are built
    /// once. Dtypes and the known parts of shapes stay the same; [`Graph::build_loop`] makes loops in which shapes change.
    /// While the parts are built no other thread may add to the graph.
    ///
    /// ```
    /// use ferroflow_graph::Graph;
    ///
    /// let g = Graph::new();
    /// let start = [g.constant(0i32), g.constant(1.0f32)];
    /// let [_, power] = g.while_loop(start, |[i, _]| i.less(10), |[i, x]| [i + 1, x * 2.0]);
    /// assert_eq!(power.name(), "while/Exit:1");
    /// ```
    #[track_caller]
    pub fn while_loop<'g, const N: usize>(
        &'g self,
        initial: [Tensor<'g>; N],
        condition: impl FnOnce([Tensor<'g>; N]) -> Tensor<'g>,
        body: impl FnOnce([Tensor<'g>; N]) -> [Tensor<'g>; N],
    ) -> [Tensor<'g>; N] {
        let _scope = self.name_scope("while");
        let start = self.len();
        let variables = initial.map(|t| self.loop_variable(t.dtype(), t.shape()));
        let condition = Some(condition(variables));
        let next = body(variables).to_vec();
        let (initial, variables) = (initial.to_vec(), variables.to_vec());
        let parts = LoopParts { initial, variables, condition, next, start, ..LoopParts::default() };
        let operation = self.build_loop(parts);
        std::array::from_fn(|k| operation.output(k))
    }

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

impl Op for LoopVariable {
    fn effect(&self) -> Effect {
        Effect::Feed
    }

    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [] = rules::exactly(inputs)?;
        Ok(vec![Fact::new(self.dtype, self.shape.clone())])
    }

    fn kernel(&self, _: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        Err(OpError::unimplemented("what a loop gives its parts has no value outside of it"))
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![])
    }
}

impl Op for While {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        if inputs.len() < self.carried + self.scanned {
            let expected = self.carried + self.scanned;
            return Err(OpError::value(format!("takes at least {expected} inputs, found {}", inputs.len())));
        }
        let carried = inputs[..self.carried].iter().map(|f| f.dtype);
        let outputs = carried.chain(self.stacked.iter().copied());
        Ok(outputs.map(|dtype| Fact::new(dtype, PartialShape::unknown())).collect())
    }

    fn kernel(&self, _: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        Ok(Kernel::dynamic(|_| Err(KernelError::new("a loop is run by a session"))))
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Err(NotDifferentiable("a loop is differentiated with its parts".into()))
    }
}

impl Sampled for LoopVariable {
    const SAMPLES: &'static [Sample] = &[|g| g.loop_variable(DType::F64, PartialShape::with_rank(1))];
}

impl Sampled for While {
    const SAMPLES: &'static [Sample] = &[
        |g| {
            let (x, w) = (g.constant([0.5f64, -0.25]), g.constant([0.75f64, 1.5]));
            let [_, y] = g.while_loop([g.constant(0i32), x], |[i, _]| i.less(3), |[i, y]| [i + 1, (y * w).sin()]);
            y
        },
        |g| {
            let (xs, w) = (g.constant([[0.5f64, -0.25], [0.75, 1.5], [-1.0, 0.125]]), g.constant([0.5f64, 0.25]));
            let start = g.constant([0.1f64, 0.2]);
            let ([last], [all]) = g.scan([start], [xs], |[h], [x]| {
                let next = (h * w + x).tanh();
                ([next], [next * x])
            });
            all.reduce_sum(0) * last
        },
    ];
}
