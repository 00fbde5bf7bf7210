use super::fill;
use crate::op::Sampled;
use crate::ops::rules;
use crate::{Effect, Fact, GradientCx, GradientResult, Op, OpResult, Sample, Tensor, op};
use ferroflow_kernels::Kernel;
use ferroflow_kernels::random::{reserved_by_shuffle, shuffled_indices};

op! {
    /// `x` with its slices along the first dimension in a random order.
    pub struct RandomShuffle("RandomShuffle") {
        /// Both zero for a seed of the session's own.
        seed: i64,
        /// The second half of the seed.
        seed2: i64,
    }
}

impl<'g> Tensor<'g> {
    /// The slices along the first dimension in a random order, by the operation's own seed if one is given.
    #[track_caller]
    pub fn random_shuffle(self, seed: Option<i64>) -> Tensor<'g> {
        let (seed, seed2) = self.graph().seeds(seed);
        self.graph().build(RandomShuffle { seed, seed2 }).input("value", self).tensor()
    }
}

impl Op for RandomShuffle {
    fn effect(&self) -> Effect {
        Effect::Random
    }

    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [x] = rules::exactly(inputs)?;
        Ok(vec![Fact::new(x.dtype, x.shape.clone())])
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        let shape = inputs[0].concrete()?;
        let (rows, row) = match shape.split_first() {
            Some((&rows, rest)) => (rows, rest.iter().product::<usize>() * rules::element_size(&inputs[0])?),
            None => (1, rules::element_size(&inputs[0])?),
        };
        let seeds = (self.seed, self.seed2);
        Ok(Kernel::new(move |io| {
            let stream = fill::draw(io, seeds, reserved_by_shuffle(rows));
            let (from, to) = (io.input::<u8>(0), io.output::<u8>(0));
            for (i, p) in shuffled_indices(rows, stream).into_iter().enumerate() {
                to[i * row..][..row].copy_from_slice(&from[p * row..][..row]);
            }
            Ok(())
        })
        .with_in_place([(1, 1)]))
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![None])
    }
}

impl Sampled for RandomShuffle {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant([[1i32, 2], [3, 4], [5, 6]]).random_shuffle(Some(7)),
        |g| g.constant(1.5f64).random_shuffle(Some(7)),
    ];
}
