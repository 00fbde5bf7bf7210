use crate::{Graph, IntoInput, Tensor};
use ferroflow_array::{Array, DType};

impl<'g> Tensor<'g> {
    /// Row by row along `batch_axis`, the first elements along `seq_axis`, as many as `lengths` (one a row) says, in the
    /// opposite order; the rest stay.
    #[track_caller]
    pub fn reverse_sequence(self, lengths: impl IntoInput<'g>, seq_axis: i64, batch_axis: i64) -> Tensor<'g> {
        let graph: &'g Graph = self.graph();
        let lengths = graph.constant(lengths).cast(DType::I32);
        let Some(rank) = self.shape().rank() else {
            return graph.mistake("reverse_sequence", "the rank of the tensor must be known".into());
        };
        let axis = |a: i64| usize::try_from(if a < 0 { a + rank as i64 } else { a }).ok().filter(|&a| a < rank);
        let (Some(sequence), Some(batch)) = (axis(seq_axis), axis(batch_axis)) else {
            let message = format!("axes {seq_axis} and {batch_axis} are not both of {rank} dimensions");
            return graph.mistake("reverse_sequence", message);
        };
        if sequence == batch {
            return graph.mistake("reverse_sequence", format!("seq_axis and batch_axis are both {sequence}"));
        }
        let others = (0..rank).filter(|&a| a != sequence && a != batch);
        let order: Vec<i32> = [batch, sequence].into_iter().chain(others).map(|a| a as i32).collect();
        let back: Vec<i32> =
            (0..rank).map(|a| order.iter().position(|&o| o as usize == a).unwrap_or(a) as i32).collect();
        let rows = self.transpose(&order[..]);
        let shape = rows.shape_tensor();
        let (count, steps) = (shape.index(&crate::ix![0]), shape.index(&crate::ix![1]));
        let (zero, one) = (graph.constant(Array::from(0i32)), graph.constant(Array::from(1i32)));
        let row = graph.range(zero, count, one).reshape([-1, 1]);
        let step = graph.range(zero, steps, one).reshape([1, -1]);
        let lengths = lengths.reshape([-1, 1]);
        let both = row.zeros_like() + step;
        let turned = both.less(lengths).select(lengths - both - 1, both);
        let places = graph.stack(&[step.zeros_like() + row, turned], 2);
        rows.gather_nd(places).transpose(&back[..])
    }
}

#[cfg(test)]
mod tests {
    use crate::Graph;
    use crate::ops::testing::value;
    use ferroflow_array::Array;

    #[test]
    fn rows_turn_as_far_as_they_go() {
        let g = Graph::new();
        let x = g.constant([[1.0f32, 2.0, 3.0], [4.0, 5.0, 6.0]]);
        let y = x.reverse_sequence([2i32, 3], 1, 0);
        assert_eq!(value(y), Array::from([[2.0f32, 1.0, 3.0], [6.0, 5.0, 4.0]]));
        let _ = x.reverse_sequence([2i32, 3], 1, 1);
        assert_eq!(g.check().unwrap_err().message, "seq_axis and batch_axis are both 1");
    }
}
