use crate::ops::RandomUniform;
use crate::{Input, IntoInput, Tensor};

impl<'g> Tensor<'g> {
    /// Each element kept with probability `keep_prob` (a number or a scalar tensor in `(0, 1]`) and scaled by its inverse,
    /// or else zero: `x / keep_prob · ⌊keep_prob + u⌋` with `u` uniform in `[0, 1)` (Srivastava et al. 2014).
    #[track_caller]
    pub fn dropout(self, keep_prob: impl IntoInput<'g>) -> Tensor<'g> {
        self.dropout_with(keep_prob, None, None)
    }

    /// As [`Tensor::dropout`], where elements along dimensions that are 1 in `noise_shape` are kept or not together, and
    /// with a seed of its own.
    #[track_caller]
    pub fn dropout_with(
        self,
        keep_prob: impl IntoInput<'g>,
        noise_shape: Option<Input<'g>>,
        seed: Option<i64>,
    ) -> Tensor<'g> {
        let keep_prob = keep_prob.into_input();
        if let Input::Array(p) | Input::Literal(p) = &keep_prob {
            let fits = p.to_f64s().is_some_and(|p| p.iter().all(|&p| p > 0.0 && p <= 1.0));
            if !fits {
                return self.graph().mistake("dropout", "keep_prob must be in (0, 1]".into());
            }
        }
        let shape = noise_shape.unwrap_or_else(|| Input::Tensor(self.shape_tensor()));
        let (seed, seed2) = self.graph().seeds(seed);
        let op = RandomUniform { dtype: self.dtype(), seed, seed2 };
        let noise = self.graph().build(op).input("shape", shape).tensor();
        let binary = (noise + keep_prob.clone()).floor();
        (self / keep_prob * binary).set_shape(self.shape())
    }
}

#[cfg(test)]
mod tests {
    use crate::Graph;
    use ferroflow_array::{DType::F32, PartialShape};

    #[test]
    fn keep_prob_is_a_probability_and_not_zero() {
        for (keep_prob, fits) in
            [(1.0, true), (0.5, true), (0.0, false), (-1.0, false), (2.0, false), (f64::NAN, false)]
        {
            let g = Graph::new();
            g.constant([1.0f32]).dropout(keep_prob);
            assert_eq!(g.check().is_ok(), fits, "{keep_prob}");
        }
    }

    #[test]
    fn the_shape_is_that_of_the_tensor() {
        let g = Graph::new();
        let (x, keep_prob) = (g.placeholder(F32, [None, Some(4)]), g.placeholder(F32, PartialShape::unknown()));
        assert_eq!(x.dropout(keep_prob).shape().to_string(), "[?,4]");
    }

    #[test]
    fn elements_are_kept_together_along_dimensions_of_noise_of_size_1() {
        let g = Graph::new();
        let noise = crate::Input::Array(ferroflow_array::Array::from([1i32, 3]));
        let y = g.placeholder(ferroflow_array::DType::F32, [None, Some(3)]).dropout_with(0.5, Some(noise), Some(7));
        assert_eq!(y.shape().to_string(), "[?,3]");
        let random = g.operation("RandomUniform").unwrap();
        assert_eq!(random.output(0).shape().to_string(), "[1,3]");
        assert!(g.to_string().contains("seed2: 7"));
    }
}
