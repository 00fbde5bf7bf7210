//! How often integers occur.

use crate::{Graph, IntoInput, Tensor};
use ferroflow_array::{Array, DType};

impl<'g> Tensor<'g> {
    /// How often each integer from 0 occurs among the elements, or the sum of `weights`, of this shape, where it does: a
    /// vector of `i32`, or of the weights' dtype, as long as the largest integer needs, at least `least` and at most
    /// `most`. What is too large is not counted.
    #[track_caller]
    pub fn bincount(self, weights: Option<Tensor<'g>>, least: Option<i32>, most: Option<i32>) -> Tensor<'g> {
        let graph = self.graph();
        let numbers = self.cast(DType::I32).reshape([-1]);
        let weights = match weights {
            Some(weights) => weights.reshape([-1]),
            None => graph.fill_of(DType::I32, numbers.shape_tensor(), 1.0),
        };
        // One number more, lest there be none.
        let some = graph.concat(&[numbers, graph.constant(Array::from([-1i32]))], 0);
        let mut size = some.reduce_max(..) + 1;
        if let Some(least) = least {
            size = size.maximum(least);
        }
        if let Some(most) = most {
            size = size.minimum(most);
        }
        let counted = numbers.less(size).select(numbers, -1i32);
        weights.unsorted_segment_sum(counted, size)
    }
}

impl Graph {
    /// How often each class is predicted as each other: element `[l, p]` counts the places at which the label is `l` and
    /// the prediction `p`, vectors of integers, or sums `weights` there. `classes` is the number of classes; that which the
    /// largest integer needs if it is not given. A run in which one is out of range fails.
    #[track_caller]
    pub fn confusion_matrix<'g>(
        &'g self,
        labels: impl IntoInput<'g>,
        predictions: impl IntoInput<'g>,
        classes: Option<i32>,
        weights: Option<Tensor<'g>>,
        dtype: DType,
    ) -> Tensor<'g> {
        let class = |x: Tensor<'g>| x.reshape([-1]).cast(DType::I32);
        let (labels, predictions) = (class(self.constant(labels)), class(self.constant(predictions)));
        let most = |x: Tensor<'g>| x.reduce_max(..);
        let number = match classes {
            Some(n) => self.constant(n),
            None => most(labels).maximum(most(predictions)) + 1,
        };
        let checks = [("labels", labels), ("predictions", predictions)].map(|(what, x)| {
            let inside = x.greater_equal(0).logical_and(x.less(number));
            (inside, self.assert(inside, &format!("`{what}` out of bound")))
        });
        let inside = checks[0].0.logical_and(checks[1].0);
        let _checked = self.control_dependencies(checks.map(|(_, check)| check));
        // What is out of bound is counted nowhere, lest the sums fail before the check.
        let place = inside.select(labels * number + predictions, -1i32);
        let weights = match weights {
            Some(weights) => weights.reshape([-1]).cast(dtype),
            None => self.fill_of(dtype, place.shape_tensor(), 1.0),
        };
        let shape = self.stack(&[number, number], 0);
        weights.unsorted_segment_sum(place, number * number).reshape(shape)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::value;

    #[test]
    fn counts() {
        let g = Graph::new();
        let x = g.constant([1i32, 3, 1, 0]);
        let of = |y: Tensor<'_>| value(y).to_f64s().unwrap();
        assert_eq!(of(x.bincount(None, None, None)), [1.0, 2.0, 0.0, 1.0]);
        assert_eq!(of(x.bincount(None, Some(6), None)), [1.0, 2.0, 0.0, 1.0, 0.0, 0.0]);
        assert_eq!(of(x.bincount(None, None, Some(2))), [1.0, 2.0]);
        let weights = g.constant([0.5f64, 1.0, 2.0, 4.0]);
        assert_eq!(of(x.bincount(Some(weights), None, None)), [4.0, 2.5, 0.0, 1.0]);
    }
}
