use crate::ops::{IntoShapeInput, RandomOptions};
use crate::{IntoInput, Tensor};
use ferroflow_array::DType;

impl<'g> Tensor<'g> {
    /// A block of `size` at a random place of this tensor, whose rank must be known. A run in which it does not fit fails.
    #[track_caller]
    pub fn random_crop(self, size: impl IntoShapeInput<'g>, seed: Option<i64>) -> Tensor<'g> {
        let graph = self.graph();
        let Some(rank) = self.shape().rank() else {
            return graph.mistake("random_crop", "the rank must be known".into());
        };
        let size = graph.constant(size.into_shape_input().into_input()).cast(DType::I32);
        let shape = self.shape_tensor();
        let fits = graph.assert(shape.greater_equal(size), "Need value.shape >= size");
        let _checked = graph.control_dependencies([fits]);
        let options = RandomOptions { dtype: Some(DType::I32), seed };
        let number = graph.random_uniform_int([rank as i32], 0, i32::MAX, options);
        // Where it does not fit, the division comes before the check.
        self.slice(number.floormod((shape - size + 1).maximum(1)), size)
    }
}
