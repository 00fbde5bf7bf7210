use crate::ops::LoopParts;
use crate::{Graph, Tensor};
use ferroflow_array::PartialShape;

impl Graph {
    /// Runs `body` over the slices of `over` by their first dimension, in which they agree: it takes the carried values,
    /// `initial` at first, and a slice of each, and gives the next carried values and what is stacked. Gives the last
    /// carried values, and the stacks.
    ///
    /// ```
    /// use ferroflow_graph::Graph;
    ///
    /// let g = Graph::new();
    /// let rows = g.constant([[1.0f32, 2.0], [3.0, 4.0]]);
    /// let start = g.constant([0.0f32, 0.0]);
    /// let ([total], [sums]) = g.scan([start], [rows], |[sum], [row]| ([sum + row], [sum + row]));
    /// assert_eq!((total.shape().to_string(), sums.shape().to_string()), ("[2]".into(), "[2,2]".into()));
    /// ```
    #[track_caller]
    pub fn scan<'g, const C: usize, const S: usize, const Y: usize>(
        &'g self,
        initial: [Tensor<'g>; C],
        over: [Tensor<'g>; S],
        body: impl FnOnce([Tensor<'g>; C], [Tensor<'g>; S]) -> ([Tensor<'g>; C], [Tensor<'g>; Y]),
    ) -> ([Tensor<'g>; C], [Tensor<'g>; Y]) {
        let _scope = self.name_scope("scan");
        let start = self.len();
        let carried = initial.map(|t| self.loop_variable(t.dtype(), t.shape()));
        let slices = over.map(|t| self.loop_variable(t.dtype(), slice_shape(t)));
        let (next, stacked) = body(carried, slices);
        let variables = [&carried[..], &slices[..]].concat();
        let (initial, scanned) = (initial.to_vec(), over.to_vec());
        let (next, stacked) = (next.to_vec(), stacked.to_vec());
        let parts = LoopParts { initial, scanned, variables, next, stacked, start, condition: None };
        let operation = self.build_loop(parts);
        (std::array::from_fn(|k| operation.output(k)), std::array::from_fn(|k| operation.output(C + k)))
    }
}

/// The known shape of a slice by the first dimension.
fn slice_shape(tensor: Tensor<'_>) -> PartialShape {
    tensor.shape().dims().map_or_else(PartialShape::unknown, |dims| dims.iter().skip(1).copied().collect())
}
