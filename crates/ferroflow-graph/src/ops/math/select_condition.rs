use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, Op, OpError, OpResult, Sample, Tensor, op};
use ferroflow_array::{DType, PartialShape};
use ferroflow_kernels::Kernel;

op! {
    /// The condition of a choice between two tensors of the shapes that inputs 1 and 2 give, which must be one shape:
    /// broadcast against these, it chooses as in TensorFlow 1, whose condition is a scalar, of the shape of the tensors, or
    /// a vector that picks rows.
    pub struct SelectCondition("SelectCondition") {}
}

impl<'g> Tensor<'g> {
    /// `x` where this tensor of bools is true, else `y`, both of one shape. The condition is a scalar, of that shape, or a
    /// vector that picks rows.
    #[track_caller]
    pub fn select_alike(self, x: Tensor<'g>, y: Tensor<'g>) -> Tensor<'g> {
        let (shape, rank) = (x.shape(), self.shape().rank());
        let known = shape.is_fully_known() && shape == y.shape() && (rank == Some(0) || self.shape() == shape);
        let condition = match known {
            true => self,
            false => {
                let builder = self.graph().build(SelectCondition {}).input("condition", self);
                builder.input("x", x.shape_tensor()).input("y", y.shape_tensor()).tensor()
            }
        };
        let chosen = condition.select(x, y);
        shape.merge(&y.shape()).map_or(chosen, |shape| chosen.set_shape(shape))
    }
}

impl Op for SelectCondition {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [condition, x, y] = rules::exactly(inputs)?;
        if condition.dtype != DType::Bool {
            return Err(OpError::dtype(format!("expected a condition of bool, found {}", condition.dtype)));
        }
        let (x, y, of) = (rules::shape_input(x)?, rules::shape_input(y)?, &condition.shape);
        let Some(whole) = x.merge(&y) else {
            return Err(OpError::value(format!("shapes must be equal, found {x} and {y}")));
        };
        let aligned = match (of.dims(), whole.dims()) {
            (Some([]), _) => Some(PartialShape::scalar()),
            (None, _) | (Some([_]), None) => Some(PartialShape::unknown()),
            (Some([n]), Some([first, rest @ ..])) => {
                let rows = PartialShape::from_iter([*n]).merge(&PartialShape::from_iter([*first]));
                let ones = rest.iter().map(|_| Some(1));
                rows.map(|rows| rows.dims().unwrap_or_default().iter().copied().chain(ones).collect())
            }
            _ => of.merge(&whole),
        };
        let message = || format!("a condition of shape {of} chooses neither elements nor rows of shape {whole}");
        Ok(vec![condition.reshaped(aligned.ok_or_else(|| OpError::value(message()))?)])
    }

    fn value_inputs(&self) -> &'static [usize] {
        &[1, 2]
    }

    fn kernel(&self, _: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        Ok(Kernel::view())
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![None, None, None])
    }
}

/// Numbers of an unknown shape.
fn hidden(of: Tensor<'_>) -> Tensor<'_> {
    of.graph().build(crate::ops::PlaceholderWithDefault { shape: PartialShape::unknown() }).input("input", of).tensor()
}

impl Sampled for SelectCondition {
    const SAMPLES: &'static [Sample] = &[
        |g| {
            let x = hidden(g.constant([[1.5f64, 2.5], [3.5, 4.5]]));
            hidden(g.constant([true, false])).select_alike(x, -x)
        },
        |g| hidden(g.constant(false)).select_alike(g.constant([1.5f64]), g.constant([2.5f64])),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Graph;
    use crate::ops::testing::{f64s, refusal};

    #[test]
    fn elements_or_rows_are_chosen() {
        assert_eq!(f64s(SelectCondition::SAMPLES[0]), [1.5, 2.5, -3.5, -4.5]);
        assert_eq!(f64s(SelectCondition::SAMPLES[1]), [2.5]);
        let rows =
            |g: &Graph| g.constant([true, false]).select_alike(g.constant([[1.0], [2.0]]), g.constant([[3.0], [4.0]]));
        assert_eq!(f64s(|g| rows(g)), [1.0, 4.0]);
    }

    #[test]
    fn nothing_is_broadcast() {
        let refused = |condition: &[bool], x: Tensor<'_>, y: Tensor<'_>| {
            let shown = |t: Tensor<'_>| t.shape().to_string();
            let g = x.graph();
            assert!(g.constant(condition.to_vec()).select_alike(x, y).is_inert(), "{} {}", shown(x), shown(y));
            g.take_error().unwrap().message
        };
        let g = Graph::new();
        let (x, row) = (g.constant([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), g.constant([1.0, 2.0, 3.0]));
        assert_eq!(refused(&[true, false], x, row), "shapes must be equal, found [2,3] and [3]");
        let neither = |n: usize| format!("a condition of shape [{n}] chooses neither elements nor rows of shape [2,3]");
        assert_eq!(refused(&[true], x, x), neither(1));
        assert_eq!(refused(&[true, false, true], x, x), neither(3));
        let _ = hidden(g.constant([true, false, true])).select_alike(hidden(x), x);
        assert_eq!(refusal(&g), neither(3));
    }

    #[test]
    fn what_is_known_of_the_shape() {
        let g = Graph::new();
        let x = g.placeholder(DType::F32, [None, Some(3)]);
        let y = g.placeholder(DType::F32, [Some(2), None]);
        let condition = g.placeholder(DType::Bool, PartialShape::unknown());
        assert_eq!(condition.select_alike(x, y).shape().to_string(), "[2,3]");
        g.check().unwrap();
    }
}
