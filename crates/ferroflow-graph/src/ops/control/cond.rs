use crate::op::Sampled;
use crate::ops::{Inside, rules};
use crate::{
    Fact, GradientCx, GradientResult, Graph, IntoInput, NotDifferentiable, Op, OpError, OpResult, Sample, Tensor, op,
};
use ferroflow_array::DType;
use ferroflow_kernels::{Kernel, KernelError};
use std::ops::Range;

op! {
    /// Input 1 if the scalar `pred` is true, else input 2. Only the one that is chosen is computed.
    pub struct Cond("Cond") {
        /// The nodes of the first branch: where each range of their numbers begins, and before what it ends.
        then_nodes: Vec<i64>,
        /// The nodes of the second branch.
        else_nodes: Vec<i64>,
    }
}

impl Graph {
    /// What `then` builds if `pred`, a scalar bool, is true, else what `otherwise` builds. Both branches become part of the
    /// graph; a run computes the one that its `pred` chooses, with its assignments and random numbers, and does not touch
    /// the other. What was built outside of the branches and is needed by one alone is computed only with it, but for what has
    /// effects, such as assignments, random numbers, checks and calls of functions: as in TensorFlow, these are done
    /// whichever is chosen. While the branches are built no other thread may add to the graph.
    ///
    /// ```
    /// use ferroflow_graph::Graph;
    /// use ferroflow_array::DType;
    ///
    /// let g = Graph::new();
    /// let x = g.placeholder(DType::F32, [None]);
    /// let training = g.placeholder(DType::Bool, [] as [usize; 0]);
    /// let [y] = g.cond(training, || [x.dropout(0.5)], || [x]);
    /// assert_eq!(y.name(), "cond/Merge:0");
    /// ```
    #[track_caller]
    pub fn cond<'g, const N: usize>(
        &'g self,
        pred: impl IntoInput<'g>,
        then: impl FnOnce() -> [Tensor<'g>; N],
        otherwise: impl FnOnce() -> [Tensor<'g>; N],
    ) -> [Tensor<'g>; N] {
        let _scope = self.name_scope("cond");
        let pred = self.constant(pred);
        let start = self.len();
        let then = then();
        let middle = self.len();
        let otherwise = otherwise();
        let (then_nodes, else_nodes) = (start..middle, middle..self.len());
        let mut chosen = then;
        for (y, otherwise) in chosen.iter_mut().zip(otherwise) {
            *y = self.choose(pred, (*y, then_nodes.clone()), (otherwise, else_nodes.clone()));
        }
        chosen
    }

    /// One output of a [`Graph::cond`] whose branches have been built: what each gives, and the numbers of the nodes made
    /// for it.
    #[track_caller]
    pub fn choose<'g>(
        &'g self,
        pred: Tensor<'g>,
        (then, then_nodes): (Tensor<'g>, Range<usize>),
        (otherwise, else_nodes): (Tensor<'g>, Range<usize>),
    ) -> Tensor<'g> {
        self.choose_of(pred, (then, Inside::of(then_nodes)), (otherwise, Inside::of(else_nodes)))
    }

    #[track_caller]
    pub(crate) fn choose_of<'g>(
        &'g self,
        pred: Tensor<'g>,
        (then, then_nodes): (Tensor<'g>, Inside),
        (otherwise, else_nodes): (Tensor<'g>, Inside),
    ) -> Tensor<'g> {
        let op = Cond { then_nodes: then_nodes.into_attribute(), else_nodes: else_nodes.into_attribute() };
        let builder = self.build(op).name("Merge").input("pred", pred);
        builder.input("then", then).input("else", otherwise).tensor()
    }
}

impl Op for Cond {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [pred, then, otherwise] = rules::exactly(inputs)?;
        if pred.dtype != DType::Bool {
            return Err(OpError::dtype(format!("pred must be bool, found {}", pred.dtype)));
        }
        rules::rank(pred, 0)?;
        if then.dtype != otherwise.dtype {
            return Err(OpError::dtype(format!(
                "the branches must give the same dtype, found {} and {}",
                then.dtype, otherwise.dtype
            )));
        }
        let chosen = pred.ints().map(|p| if p == [0] { otherwise } else { then });
        Ok(vec![chosen.cloned().unwrap_or_else(|| Fact::new(then.dtype, then.shape.common(&otherwise.shape)))])
    }

    fn kernel(&self, _: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        Ok(Kernel::dynamic(|arrays| match arrays {
            [pred, then, otherwise] => {
                Ok(vec![if pred.to_ints().is_some_and(|p| p == [0]) { (*otherwise).clone() } else { (*then).clone() }])
            }
            _ => Err(KernelError::new("takes 3 inputs")),
        }))
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Err(NotDifferentiable("a choice is differentiated with its branches".into()))
    }
}

impl Sampled for Cond {
    const SAMPLES: &'static [Sample] = &[
        |g| {
            let x = g.constant([1.0f64, -2.0]);
            let [y] = g.cond(x.reduce_sum(..).less(0.0), || [x * x * x], || [x.exp()]);
            y
        },
        |g| {
            let (x, w) = (g.constant([1.0f64, -2.0]), g.constant([0.5f64, 3.0]));
            let [y] = g.cond(x.reduce_sum(..).greater(w.reduce_sum(..)), || [x.exp()], || [(x * w).sin() * w]);
            y
        },
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn branches_must_agree() {
        let g = Graph::new();
        let p = g.placeholder(DType::Bool, [] as [usize; 0]);
        let [y] = g.cond(p, || [g.constant([1.0f32, 2.0])], || [g.constant([1.0f32])]);
        assert_eq!(y.shape().to_string(), "[?]");
        let [_] = g.cond(p, || [g.constant(1.0f32)], || [g.constant(1i32)]);
        assert_eq!(g.check().unwrap_err().message, "the branches must give the same dtype, found f32 and i32");
        let g = Graph::new();
        let [_] = g.cond(1.0f32, || [g.constant(1.0f32)], || [g.constant(1.0f32)]);
        assert_eq!(g.check().unwrap_err().message, "pred must be bool, found f32");
    }
}
