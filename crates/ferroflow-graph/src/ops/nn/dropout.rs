use crate::{IntoInput, Tensor};

impl<'g> Tensor<'g> {
    /// Each element kept with probability `keep_prob` (a number or a scalar tensor in `(0, 1]`) and scaled by its inverse,
    /// or else zero: `x / keep_prob · ⌊keep_prob + u⌋` with `u` uniform in `[0, 1)` (Srivastava et al. 2014).
    #[track_caller]
    pub fn dropout(self, keep_prob: impl IntoInput<'g>) -> Tensor<'g> {
        let keep_prob = keep_prob.into_input();
        let noise = self.graph().random_uniform_like(self);
        let binary = (noise + keep_prob.clone()).floor();
        self / keep_prob * binary
    }
}
