use crate::op::Sampled;
use crate::{Fact, GradientCx, GradientResult, NotDifferentiable, Op, OpError, OpResult, Sample, op};
use ferroflow_array::PartialShape;
use ferroflow_kernels::{Kernel, KernelError};

op! {
    /// The derivatives of a loop, by running backwards over what it went through. Inputs: those of the loop, the
    /// derivatives of its outputs that `carried` and `stacked` name, and the values of `taken`. Outputs: the derivatives of its inputs that `carried`,
    /// `scanned` and `captured` name.
    pub struct WhileGradient("WhileGradient") {
        /// The node of the loop.
        forward: usize,
        /// Which of the carried values have derivatives.
        carried: Vec<usize>,
        /// Which of the inputs run over.
        scanned: Vec<usize>,
        /// Which of the inputs from outside.
        captured: Vec<usize>,
        /// Which of the stacked outputs.
        stacked: Vec<usize>,
        /// By iteration: what stands for the derivatives of the next carried values and of what is stacked, and for the sums
        /// so far of the derivatives of inputs from outside, as outlets.
        seeds: Vec<i64>,
        /// The outlets of the derivatives of the carried values and slices, and of the new sums; where there is none, `-1`
        /// twice.
        results: Vec<i64>,
        /// The outlets from outside that the derivatives take and the loop does not.
        taken: Vec<i64>,
    }
}

impl Op for WhileGradient {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let others = self.carried.len() + self.stacked.len() + self.taken.len() / 2;
        let loop_inputs = inputs.len().checked_sub(others).ok_or_else(|| OpError::value("has too few inputs"))?;
        let named = self.carried.iter().chain(&self.scanned).chain(&self.captured);
        let fact = |&i: &usize| match inputs[..loop_inputs].get(i) {
            // The value of an input is not that of its derivative.
            Some(f) => Ok(Fact::new(f.dtype, PartialShape::unknown())),
            None => Err(OpError::value(format!("names input {i} of a loop of {loop_inputs}"))),
        };
        named.map(fact).collect()
    }

    fn kernel(&self, _: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        Ok(Kernel::dynamic(|_| Err(KernelError::new("a loop is run by a session"))))
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Err(NotDifferentiable("Second-order gradient for while loops not supported.".into()))
    }
}

impl Sampled for WhileGradient {
    const SAMPLES: &'static [Sample] = &[|g| {
        let (x, w) = (g.constant([0.5f64, -0.25]), g.constant([0.75f64, 1.5]));
        let [_, y] = g.while_loop([g.constant(0i32), x], |[i, _]| i.less(3), |[i, y]| [i + 1, (y * w).sin()]);
        match g.gradients([y], [w]) {
            Ok(found) => found[0].unwrap_or(y),
            Err(_) => g.mistake("WhileGradient", "the sample has no derivative".into()),
        }
    }];
}
