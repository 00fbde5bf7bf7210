use crate::ops::IntoAxes;
use crate::{Graph, IntoInput, Tensor, ops};

impl<'g> Tensor<'g> {
    /// `min(max(x, low), high)`, elementwise: what is below `low` becomes `low`, what is above `high` becomes `high`.
    #[track_caller]
    pub fn clip_by_value(self, low: impl IntoInput<'g>, high: impl IntoInput<'g>) -> Tensor<'g> {
        let _scope = self.graph().name_scope("clip_by_value");
        self.minimum(high).maximum(low)
    }

    /// Scaled so that the Euclidean norm over `axes` is at most `clip_norm`; what is within it stays as it is.
    #[track_caller]
    pub fn clip_by_norm(self, clip_norm: impl IntoInput<'g>, axes: impl IntoAxes<'g>) -> Tensor<'g> {
        let graph = self.graph();
        let _scope = graph.name_scope("clip_by_norm");
        let limit = graph.build(ops::Identity {}).literal_dtype(self.dtype()).input("clip_norm", clip_norm).tensor();
        let sum = self.square().reduce_sum(ops::keep(axes));
        // The derivative of a root is infinite at 0, where the norm is 0 whatever the derivative.
        let positive = sum.greater(0.0);
        let norm = positive.select(positive.select(sum, 1.0).sqrt(), sum);
        self * limit / norm.maximum(limit)
    }
}

impl Graph {
    /// `√(Σ Σ t²)`: the Euclidean norm of all the elements of `tensors` together; 0 of none.
    #[track_caller]
    pub fn global_norm<'g>(&'g self, tensors: &[Tensor<'g>]) -> Tensor<'g> {
        let _scope = self.name_scope("global_norm");
        let sums: Vec<_> = tensors.iter().map(|t| t.square().reduce_sum(..)).collect();
        match sums.split_first() {
            Some((&first, rest)) => rest.iter().fold(first, |sum, &next| sum + next).sqrt(),
            None => self.constant(0.0f32),
        }
    }

    /// All of `tensors` scaled by one factor, so that their [`Graph::global_norm`] is at most `clip_norm`; and that norm
    /// as it was. If the norm is not finite, everything becomes NaN.
    #[track_caller]
    pub fn clip_by_global_norm<'g>(
        &'g self,
        tensors: &[Tensor<'g>],
        clip_norm: impl IntoInput<'g>,
    ) -> (Vec<Tensor<'g>>, Tensor<'g>) {
        let _scope = self.name_scope("clip_by_global_norm");
        let norm = self.global_norm(tensors);
        let limit = self.build(ops::Identity {}).literal_dtype(norm.dtype()).input("clip_norm", clip_norm).tensor();
        let scale = limit * norm.reciprocal().minimum(limit.reciprocal());
        let scale = norm.is_finite().select(scale, f64::NAN);
        (tensors.iter().map(|&t| t * scale).collect(), norm)
    }
}

#[cfg(test)]
mod tests {
    use crate::Graph;
    use crate::ops::testing::{assert_close, derivative, f64s, value};

    #[test]
    fn by_value() {
        assert_close(&f64s(|g| g.constant([-2.0, 0.5, 3.0]).clip_by_value(-1.0, 1.0)), &[-1.0, 0.5, 1.0]);
        assert_close(&derivative([-2.0, 0.5, 3.0], |x| x.clip_by_value(-1.0, 1.0)), &[0.0, 1.0, 0.0]);
    }

    #[test]
    fn by_norm() {
        assert_close(&f64s(|g| g.constant([3.0, 4.0]).clip_by_norm(1.0, ..)), &[0.6, 0.8]);
        assert_close(&f64s(|g| g.constant([[3.0, 4.0], [0.3, 0.4]]).clip_by_norm(1, 1)), &[0.6, 0.8, 0.3, 0.4]);
        assert_close(&derivative([0.0, 0.0], |x| x.clip_by_norm(1.0, ..)), &[1.0, 1.0]);
    }

    #[test]
    fn by_global_norm() {
        let clip = |x: f64, limit: f64| {
            let g = Graph::new();
            let (clipped, norm) = g.clip_by_global_norm(&[g.constant([x, 0.0]), g.constant([[4.0]])], limit);
            let all = [clipped[0], clipped[1], norm].map(|t| value(t).to_f64s().unwrap());
            all.concat()
        };
        assert_close(&clip(3.0, 1.0), &[0.6, 0.0, 0.8, 5.0]);
        assert_close(&clip(3.0, 10.0), &[3.0, 0.0, 4.0, 5.0]);
        assert_close(&clip(f64::INFINITY, 1.0), &[f64::NAN, f64::NAN, f64::NAN, f64::INFINITY]);
    }

    #[test]
    fn the_norm_of_nothing() {
        let g = Graph::new();
        assert_close(&value(g.global_norm(&[])).to_f64s().unwrap(), &[0.0]);
    }
}
