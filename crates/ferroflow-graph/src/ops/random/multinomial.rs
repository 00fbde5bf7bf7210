use super::fill;
use crate::op::Sampled;
use crate::ops::{reduce, rules};
use crate::{Effect, Fact, GradientCx, GradientResult, IntoInput, Op, OpError, OpResult, Sample, Tensor, op};
use ferroflow_array::{DType, PartialShape};
use ferroflow_kernels::Kernel;
use ferroflow_kernels::random::{fill_multinomial, reserved_by_multinomial};

op! {
    /// Classes drawn by the logarithms of their probabilities, not normalised: from `[rows, classes]`, as many for each row
    /// as input 1 says, `i64`.
    pub struct Multinomial("Multinomial") {
        /// Both zero for a seed of the session's own.
        seed: i64,
        /// The second half of the seed.
        seed2: i64,
    }
}

impl<'g> Tensor<'g> {
    /// `num_samples` classes for each row of these log-probabilities, `[rows, classes]`: `[rows, num_samples]`, `i64`.
    #[track_caller]
    pub fn multinomial(self, num_samples: impl IntoInput<'g>, seed: Option<i64>) -> Tensor<'g> {
        let (seed, seed2) = self.graph().seeds(seed);
        let builder = self.graph().build(Multinomial { seed, seed2 }).input("logits", self);
        builder.input("num_samples", reduce::own_dtype(num_samples)).tensor()
    }
}

impl Op for Multinomial {
    fn effect(&self) -> Effect {
        Effect::Random
    }

    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [logits, count] = rules::exactly(inputs)?;
        rules::float(logits)?;
        rules::index(count)?;
        rules::rank(count, 0)?;
        let shape = rules::rank(logits, 2)?;
        if shape.dim(1) == Some(0) {
            return Err(OpError::value("there must be at least one class"));
        }
        let count = match count.ints().as_deref() {
            Some(&[n]) => Some(usize::try_from(n).map_err(|_| OpError::value(format!("cannot draw {n} samples")))?),
            _ => None,
        };
        Ok(vec![Fact::new(DType::I64, [shape.dim(0), count].into_iter().collect::<PartialShape>())])
    }

    fn value_inputs(&self) -> &'static [usize] {
        &[1]
    }

    fn kernel(&self, inputs: &[Fact], outputs: &[Fact]) -> OpResult<Kernel> {
        let shape = outputs[0].concrete()?;
        let (rows, samples) = (shape[0], shape[1]);
        let classes = inputs[0].concrete()?[1];
        let seeds = (self.seed, self.seed2);
        by_dtype!(float inputs[0].dtype, T => Ok(Kernel::new(move |io| {
            let stream = fill::draw(io, seeds, reserved_by_multinomial(rows, samples));
            let logits: Vec<f64> = io.input::<T>(0).iter().map(|&x| Into::<f64>::into(x)).collect();
            fill_multinomial(io.output(0), samples, &logits, classes, stream, 0);
            Ok(())
        })
        .with_in_place([(2, 1)])))
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![None, None])
    }
}

impl Sampled for Multinomial {
    const SAMPLES: &'static [Sample] =
        &[|g| g.constant([[0.0f64, 1.0, -1.0], [f64::NEG_INFINITY, 0.0, 0.0]]).multinomial(20, Some(5))];
}
