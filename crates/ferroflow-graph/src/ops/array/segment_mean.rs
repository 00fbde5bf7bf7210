use crate::Tensor;

impl<'g> Tensor<'g> {
    /// The means of the slices along the first dimension that `ids`, `[n]`, ascending from 0, puts together, zeros where
    /// there are none: `[last id + 1, …]`. The rank must be known.
    #[track_caller]
    pub fn segment_mean(self, ids: Tensor<'g>) -> Tensor<'g> {
        let Some(rank) = self.shape().rank() else {
            return self.graph().mistake("SegmentMean", "the rank must be known".into());
        };
        let ones = self.graph().fill_of(self.dtype(), ids.shape_tensor(), 1.0);
        let counts = (1..rank).fold(ones.segment_sum(ids).maximum(1), |counts, _| counts.expand_dims(-1));
        self.segment_sum(ids) / counts
    }
}

#[cfg(test)]
mod tests {
    use crate::Graph;
    use crate::ops::testing::{derivative, value};

    #[test]
    fn means() {
        let g = Graph::new();
        let found = g.constant([[1.0f64, 2.0], [3.0, 4.0], [5.0, 6.0]]).segment_mean(g.constant([0i32, 0, 2]));
        assert_eq!(value(found).to_f64s().unwrap(), [2.0, 3.0, 0.0, 0.0, 5.0, 6.0]);
        let of = derivative([1.0, 2.0, 3.0], |x| x.segment_mean(x.graph().constant([0i32, 0, 1])));
        assert_eq!(of, [0.5, 0.5, 1.0]);
    }
}
