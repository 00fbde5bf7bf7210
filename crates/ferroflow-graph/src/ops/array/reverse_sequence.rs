use crate::{IntoInput, Tensor};

impl<'g> Tensor<'g> {
    /// The first `lengths[b]` elements along `seq_axis` reversed, for each place `b` along `batch_axis`; those after them
    /// stay. The rank must be known. A run with a length that is negative or larger than the size fails.
    #[track_caller]
    pub fn reverse_sequence(self, lengths: impl IntoInput<'g>, seq_axis: i64, batch_axis: i64) -> Tensor<'g> {
        let graph = self.graph();
        let refuse = |message: String| graph.mistake("ReverseSequence", message);
        let Some(rank) = self.shape().rank() else { return refuse("the rank must be known".into()) };
        let axis = |axis: i64| crate::ops::rules::axis(axis, rank);
        let (seq, batch) = match (axis(seq_axis), axis(batch_axis)) {
            (Ok(seq), Ok(batch)) if seq != batch => (seq, batch),
            (Err(e), _) | (_, Err(e)) => return refuse(e.message),
            _ => return refuse(format!("batch_axis == seq_axis == {seq_axis}")),
        };
        let lengths = graph.constant(lengths);
        if lengths.shape().rank().is_some_and(|rank| rank != 1) {
            return refuse(format!("expected a vector of lengths, found shape {}", lengths.shape()));
        }
        let (found, rows) = (lengths.shape().dim(0), self.shape().dim(batch));
        if let (Some(found), Some(rows)) = (found, rows)
            && found != rows
        {
            return refuse(format!("{found} lengths do not fit {rows} rows"));
        }
        let others = (0..rank).filter(|d| *d != seq && *d != batch);
        let order: Vec<usize> = [batch, seq].into_iter().chain(others).collect();
        let back: Vec<i32> = (0..rank).map(|d| order.iter().position(|&o| o == d).unwrap_or(d) as i32).collect();
        let order: Vec<i32> = order.into_iter().map(|d| d as i32).collect();
        let rows = self.transpose(order.as_slice());
        let size = |d: i64| rows.shape_tensor().index(&crate::ix![d]);
        // As many as there are rows: broadcast, one would do for all.
        let lengths = lengths.in_range(size(1) + 1, "seq_lengths").reshape(size(0).reshape([1]));
        let (step, length) = (graph.range(0, size(1), 1).expand_dims(0), lengths.expand_dims(1));
        let from = step.less(length).select(length - step - 1, step);
        let row = graph.range(0, size(0), 1).expand_dims(1) + from.zeros_like();
        rows.gather_nd(graph.stack(&[row, from], -1)).transpose(back.as_slice())
    }
}

#[cfg(test)]
mod tests {
    use crate::Graph;
    use crate::ops::testing::{derivative, refusal, value};
    use ferroflow_array::Array;

    #[test]
    fn sequences() {
        let g = Graph::new();
        let x = g.constant([[1.0f64, 2.0, 3.0], [4.0, 5.0, 6.0]]);
        let of = |y| value(y).to_f64s().unwrap();
        assert_eq!(of(x.reverse_sequence([2i32, 3], 1, 0)), [2.0, 1.0, 3.0, 6.0, 5.0, 4.0]);
        assert_eq!(of(x.reverse_sequence([2i64, 1, 0], 0, 1)), [4.0, 2.0, 3.0, 1.0, 5.0, 6.0]);
        let deep = x.expand_dims(2).reverse_sequence([3i32, 1], 1, 0);
        assert_eq!(deep.shape().to_string(), "[2,3,1]");
        assert_eq!(of(deep), [3.0, 2.0, 1.0, 4.0, 5.0, 6.0]);
    }

    #[test]
    fn derivatives() {
        let of = derivative([[1.0, 2.0, 3.0]], |x| {
            x.reverse_sequence([2i32], 1, 0) * x.graph().constant([[1.0f64, 5.0, 7.0]])
        });
        assert_eq!(of, [5.0, 1.0, 7.0]);
    }

    #[test]
    fn lengths_that_do_not_fit_are_named() {
        let error = |lengths: &[i64]| {
            let g = Graph::new();
            let _ = g.zeros([2, 3]).reverse_sequence(Array::from(lengths.to_vec()), 1, 0);
            refusal(&g)
        };
        assert_eq!(error(&[2]), "1 lengths do not fit 2 rows");
        assert_eq!(error(&[3, 4]), "seq_lengths[1] = 4 is not in [0, 4)");
        assert_eq!(error(&[-1, 3]), "seq_lengths[0] = -1 is not in [0, 4)");
        assert_eq!(error(&[3, (1 << 32) + 2]), "seq_lengths[1] = 4294967298 is not in [0, 4)");
    }

    #[test]
    fn one_axis_cannot_be_both() {
        let g = Graph::new();
        let _ = g.constant([[1.0f64]]).reverse_sequence([1i32], 0, 0);
        assert_eq!(refusal(&g), "batch_axis == seq_axis == 0");
    }
}
