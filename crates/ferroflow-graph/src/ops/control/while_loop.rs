use crate::op::Sampled;
use crate::ops::{LoopParts, rules};
use crate::{
    Effect, Fact, GradientCx, GradientResult, Graph, NodeId, NotDifferentiable, Op, OpError, OpResult, Outlet, Sample,
    Tensor, op,
};
use ferroflow_array::{DType, PartialShape};
use ferroflow_kernels::{Kernel, KernelError};

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

impl While {
    /// The outlets of condition and results.
    pub fn part_outlets(&self) -> Vec<Outlet> {
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
