use crate::{IntoInput, Tensor};
use ferroflow_array::DType;

impl<'g> Tensor<'g> {
    /// The first `lengths[b]` elements along `seq_axis` reversed, for each place `b` along `batch_axis`; those after them
    /// stay. The rank must be known.
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
        let lengths = graph.constant(lengths).cast(DType::I32);
        if lengths.shape().rank().is_some_and(|rank| rank != 1) {
            return refuse(format!("expected a vector of lengths, found shape {}", lengths.shape()));
        }
        let others = (0..rank).filter(|d| *d != seq && *d != batch);
        let order: Vec<usize> = [batch, seq].into_iter().chain(others).collect();
        let back: Vec<i32> = (0..rank).map(|d| order.iter().position(|&o| o == d).unwrap_or(d) as i32).collect();
        let order: Vec<i32> = order.into_iter().map(|d| d as i32).collect();
        let rows = self.transpose(order.as_slice());
        let size = |d: i64| rows.shape_tensor().index(&crate::ix![d]);
        let (step, length) = (graph.range(0, size(1), 1).expand_dims(0), lengths.expand_dims(1));
        let from = step.less(length).select(length - step - 1, step);
        let row = graph.range(0, size(0), 1).expand_dims(1) + from.zeros_like();
        rows.gather_nd(graph.stack(&[row, from], -1)).transpose(back.as_slice())
    }
}

#[cfg(test)]
mod tests {
    use crate::Graph;
    use crate::ops::testing::{derivative, value};

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
    fn one_axis_cannot_be_both() {
        let g = Graph::new();
        let _ = g.constant([[1.0f64]]).reverse_sequence([1i32], 0, 0);
        assert_eq!(g.check().unwrap_err().message, "batch_axis == seq_axis == 0");
    }
}
