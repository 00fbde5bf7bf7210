use crate::{Input, IntoInput, Tensor};

impl<'g> Tensor<'g> {
    /// Each element kept with probability `keep_prob` (a number or a scalar tensor in `(0, 1]`) and scaled by its inverse,
    /// or else zero: `x / keep_prob · ⌊keep_prob + u⌋` with `u` uniform in `[0, 1)` (Srivastava et al. 2014).
    #[track_caller]
    pub fn dropout(self, keep_prob: impl IntoInput<'g>) -> Tensor<'g> {
        let keep_prob = keep_prob.into_input();
        if let Input::Array(p) | Input::Literal(p) = &keep_prob {
            let fits = p.to_f64s().is_some_and(|p| p.iter().all(|&p| p > 0.0 && p <= 1.0));
            if !fits {
                return self.graph().mistake("dropout", "keep_prob must be in (0, 1]".into());
            }
        }
        let noise = self.graph().random_uniform_like(self);
        let binary = (noise + keep_prob.clone()).floor();
        self / keep_prob * binary
    }
}

#[cfg(test)]
mod tests {
    use crate::Graph;

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
}
