//! How often integers occur.

use crate::{Graph, IntoInput, Tensor};
use ferroflow_array::{Array, DType};

impl<'g> Tensor<'g> {
    /// How often each integer from 0 occurs among the elements, or the sum of `weights`, of this shape, where it does: a
    /// vector of `i32`, or of the weights' dtype, as long as the largest integer needs, at least `least` and at most
    /// `most`. What is too large is not counted; a run with a negative one fails.
    #[track_caller]
    pub fn bincount(
        self,
        weights: Option<Tensor<'g>>,
        least: Option<impl IntoInput<'g>>,
        most: Option<impl IntoInput<'g>>,
    ) -> Tensor<'g> {
        let graph = self.graph();
        let numbers = self.in_range_or(i32::MAX, "arr", "Input arr must be non-negative!").reshape([-1]);
        let weights = match weights {
            Some(weights) => weights.reshape(numbers.shape_tensor()),
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

/// The square of one more is no `i32`.
const MOST_CLASSES: i32 = 46_340;

impl Graph {
    /// How often each class is predicted as each other: element `[l, p]` counts the places at which the label is `l` and
    /// the prediction `p`, vectors of integers, or sums `weights` there. `classes` is the number of classes; that which the
    /// largest integer needs if it is not given. A run in which one is out of range fails, as there can be no more than
    /// 46340 classes.
    #[track_caller]
    pub fn confusion_matrix<'g>(
        &'g self,
        labels: impl IntoInput<'g>,
        predictions: impl IntoInput<'g>,
        classes: Option<impl IntoInput<'g>>,
        weights: Option<Tensor<'g>>,
        dtype: DType,
    ) -> Tensor<'g> {
        let classes = classes.map(|n| self.constant(n).in_range(MOST_CLASSES + 1, "num_classes"));
        let (labels, predictions) = (self.constant(labels).reshape([-1]), self.constant(predictions).reshape([-1]));
        let counts = (labels.shape().dim(0), predictions.shape().dim(0));
        if let (Some(labels), Some(predictions)) = counts
            && labels != predictions
        {
            let message = format!("{labels} labels do not fit {predictions} predictions");
            return self.mistake("confusion_matrix", message);
        }
        let class = |x: Tensor<'g>, what: &str| {
            let negative = format!("`{what}` contains negative values;");
            let limit = classes.unwrap_or_else(|| self.constant(MOST_CLASSES));
            x.in_range_or(limit, &format!("`{what}` out of bound: {what}"), &negative)
        };
        let (labels, predictions) = (class(labels, "labels"), class(predictions, "predictions"));
        let predictions = predictions.reshape(labels.shape_tensor());
        let most = |x: Tensor<'g>| x.reduce_max(..);
        let number = classes.unwrap_or_else(|| most(labels).maximum(most(predictions)) + 1);
        let place = labels * number + predictions;
        let weights = match weights {
            Some(weights) => weights.reshape(place.shape_tensor()).cast(dtype),
            None => self.fill_of(dtype, place.shape_tensor(), 1.0),
        };
        let shape = self.stack(&[number, number], 0);
        weights.unsorted_segment_sum(place, number * number).reshape(shape)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{refusal, value};

    const NONE: Option<i32> = None;

    #[test]
    fn counts() {
        let g = Graph::new();
        let x = g.constant([1i32, 3, 1, 0]);
        let of = |y: Tensor<'_>| value(y).to_f64s().unwrap();
        assert_eq!(of(x.bincount(None, NONE, NONE)), [1.0, 2.0, 0.0, 1.0]);
        assert_eq!(of(x.bincount(None, Some(6), NONE)), [1.0, 2.0, 0.0, 1.0, 0.0, 0.0]);
        assert_eq!(of(x.bincount(None, NONE, Some(2))), [1.0, 2.0]);
        let weights = g.constant([0.5f64, 1.0, 2.0, 4.0]);
        assert_eq!(of(x.bincount(Some(weights), NONE, NONE)), [4.0, 2.5, 0.0, 1.0]);
        let matrix = g.confusion_matrix([0i64, 1, 1], [1i64, 1, 1], NONE, None, DType::I64);
        assert_eq!(of(matrix), [0.0, 1.0, 0.0, 2.0]);
    }

    #[test]
    fn what_cannot_be_counted_is_named() {
        let error = |f: &dyn Fn(&Graph)| {
            let g = Graph::new();
            f(&g);
            refusal(&g)
        };
        let bincount = |x: [i64; 2]| error(&|g| _ = g.constant(x).bincount(None, NONE, NONE));
        assert_eq!(bincount([0, -3]), "Input arr must be non-negative! arr[1] = -3");
        assert_eq!(bincount([1 << 32, 0]), "arr[0] = 4294967296 is not in [0, 2147483647)");
        let matrix = |labels: &[i64], classes| {
            let labels = Array::from(labels.to_vec());
            error(&|g| _ = g.confusion_matrix(labels.clone(), [0i64, 1], classes, None, DType::I32))
        };
        assert_eq!(matrix(&[0, 1 << 32], None), "`labels` out of bound: labels[1] = 4294967296 is not in [0, 46340)");
        assert_eq!(matrix(&[2, 0], Some(2)), "`labels` out of bound: labels[0] = 2 is not in [0, 2)");
        assert!(matrix(&[0, -1], Some(2)).starts_with("`labels` contains negative values;"));
        assert_eq!(matrix(&[0], None), "1 labels do not fit 2 predictions");
        assert_eq!(matrix(&[0, 1], Some(50_000)), "num_classes = 50000 is not in [0, 46341)");
    }
}
