use crate::{IntoInput, Tensor};

impl<'g> Tensor<'g> {
    /// `x · weights + biases`: `[n,k]` by `[k,m]`, with `biases` `[m]` added to every row.
    #[track_caller]
    pub fn xw_plus_b(self, weights: impl IntoInput<'g>, biases: impl IntoInput<'g>) -> Tensor<'g> {
        let _scope = self.graph().name_scope("xw_plus_b");
        self.matmul(weights) + biases.into_input()
    }
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, f64s};

    #[test]
    fn values() {
        let found = f64s(|g| g.constant([[1.0, 2.0]]).xw_plus_b([[3.0, 0.0, 1.0], [4.0, 1.0, 0.0]], [1.0, 2.0, 3.0]));
        assert_close(&found, &[12.0, 4.0, 4.0]);
    }
}
