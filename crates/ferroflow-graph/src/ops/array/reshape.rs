use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, Input, Op, OpError, OpResult, Sample, Tensor, Variable, op};
use ferroflow_array::{Array, PartialShape, Shape};
use ferroflow_kernels::Kernel;

op! {
    /// The elements of `x`, in row-major order, under the shape that input 1 gives; one dimension may be -1.
    pub struct Reshape("Reshape") {}
}

/// What can stand for a shape: integers such as `[-1, 28, 28, 1]`, a [`Shape`], or a tensor of integers.
pub trait IntoShapeInput<'g> {
    /// Converts.
    fn into_shape_input(self) -> Input<'g>;
}

impl<'g, const N: usize> IntoShapeInput<'g> for [i32; N] {
    fn into_shape_input(self) -> Input<'g> {
        Input::Array(self.into())
    }
}

impl<'g> IntoShapeInput<'g> for &[i32] {
    fn into_shape_input(self) -> Input<'g> {
        Input::Array(self.into())
    }
}

impl<'g> IntoShapeInput<'g> for &Shape {
    fn into_shape_input(self) -> Input<'g> {
        let narrow: Option<Vec<i32>> = self.iter().map(|&d| i32::try_from(d).ok()).collect();
        let wide = || self.iter().map(|&d| d as i64).collect::<Vec<i64>>();
        Input::Array(narrow.map_or_else(|| Array::from(wide()), Array::from))
    }
}

impl<'g> IntoShapeInput<'g> for Shape {
    fn into_shape_input(self) -> Input<'g> {
        (&self).into_shape_input()
    }
}

impl<'g> IntoShapeInput<'g> for () {
    fn into_shape_input(self) -> Input<'g> {
        Input::Array(Array::from([0i32; 0]))
    }
}

impl<'g> IntoShapeInput<'g> for Tensor<'g> {
    fn into_shape_input(self) -> Input<'g> {
        Input::Tensor(self)
    }
}

impl<'g> IntoShapeInput<'g> for Input<'g> {
    fn into_shape_input(self) -> Input<'g> {
        self
    }
}

impl<'g> Tensor<'g> {
    /// The same elements under `shape`, of which one dimension may be -1: `x.reshape([-1, 28, 28, 1])`.
    #[track_caller]
    pub fn reshape(self, shape: impl IntoShapeInput<'g>) -> Tensor<'g> {
        self.graph().build(Reshape {}).input("tensor", self).input("shape", shape.into_shape_input()).tensor()
    }
}

impl<'g> Variable<'g> {
    /// As [`Tensor::reshape`].
    #[track_caller]
    pub fn reshape(self, shape: impl IntoShapeInput<'g>) -> Tensor<'g> {
        self.value().reshape(shape)
    }
}

/// The shape that `wanted` asks for. A single size that is -1 or unknown is filled in as far as `from` is known.
fn resolve(from: &PartialShape, wanted: &[Option<i64>]) -> OpResult<PartialShape> {
    let shown = || {
        let sizes: Vec<String> = wanted.iter().map(|d| d.map_or_else(|| "?".into(), |d| d.to_string())).collect();
        format!("[{}]", sizes.join(", "))
    };
    let count = |d: Option<i64>| wanted.iter().filter(|&&w| w == d).count();
    let (free, unknown) = (count(Some(-1)), count(None));
    if free > 1 {
        return Err(OpError::argument(format!("only one dimension can be -1, found {}", shown())));
    }
    let fixed: Vec<i64> = wanted.iter().flatten().copied().filter(|&d| d != -1).collect();
    let known = rules::shape_of(&fixed)?.checked_elements();
    let known = known.ok_or_else(|| OpError::value(format!("shape {} is too large", shown())))?;
    let filled = match from.num_elements() {
        Some(n) => {
            let fits = match free + unknown {
                0 => n == known,
                // Of no elements any unknown size makes none, but -1 could be anything.
                _ if known == 0 => n == 0 && free == 0,
                1 => n % known == 0,
                _ => true,
            };
            if !fits {
                let message = format!("{n} elements of shape {from} cannot be reshaped to {}", shown());
                return Err(OpError::value(message));
            }
            (free + unknown == 1 && known > 0).then(|| n / known)
        }
        None => None,
    };
    Ok(wanted.iter().map(|d| d.and_then(|d| usize::try_from(d).ok()).or(filled)).collect())
}

impl Op for Reshape {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [x, shape] = rules::exactly(inputs)?;
        let wanted = rules::index_vector(shape)?;
        Ok(vec![x.reshaped(wanted.map_or_else(|| Ok(PartialShape::unknown()), |w| resolve(&x.shape, &w))?)])
    }

    fn value_inputs(&self) -> &'static [usize] {
        &[1]
    }

    fn kernel(&self, _: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        Ok(Kernel::view())
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let shape = cx.input(0).shape_tensor();
        Ok(vec![Some(cx.grad(0).reshape(shape).into()), None])
    }
}

impl Sampled for Reshape {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant([[1.0f64, 2.0, 3.0], [4.0, 5.0, 6.0]]).reshape([3, -1]),
        |g| g.constant([[1.0f64]]).reshape(()),
        |g| g.constant([1.0f64, 2.0]).reshape(g.constant([2i32, 1])),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape_of(from: &[Option<usize>], wanted: &[i64]) -> Result<String, String> {
        let from: PartialShape = from.iter().copied().collect();
        // 99 stands for what is not known.
        let wanted: Vec<Option<i64>> = wanted.iter().map(|&d| Some(d).filter(|d| *d != 99)).collect();
        resolve(&from, &wanted).map(|s| s.to_string()).map_err(|e| e.message)
    }

    #[test]
    fn minus_one_is_filled_in() {
        assert_eq!(shape_of(&[Some(6)], &[2, -1]), Ok("[2,3]".into()));
        assert_eq!(shape_of(&[None, Some(784)], &[-1, 28, 28, 1]), Ok("[?,28,28,1]".into()));
        assert_eq!(shape_of(&[Some(0), Some(3)], &[-1, 3]), Ok("[0,3]".into()));
    }

    #[test]
    fn what_is_not_known_is_filled_in_where_it_is_alone() {
        assert_eq!(shape_of(&[Some(12)], &[99, 6]), Ok("[2,6]".into()));
        assert_eq!(shape_of(&[None, Some(6)], &[99, 3]), Ok("[?,3]".into()));
        assert_eq!(shape_of(&[Some(12)], &[99, 6, -1]), Ok("[?,6,?]".into()));
        assert_eq!(shape_of(&[Some(12)], &[99, 5, 99]), Ok("[?,5,?]".into()));
        assert_eq!(shape_of(&[Some(0)], &[99, 0]), Ok("[?,0]".into()));
        assert_eq!(shape_of(&[Some(0)], &[99, 3]), Ok("[0,3]".into()));
        assert_eq!(shape_of(&[Some(6)], &[99, 4]), Err("6 elements of shape [6] cannot be reshaped to [?, 4]".into()));
        assert_eq!(shape_of(&[Some(6)], &[99, 0]), Err("6 elements of shape [6] cannot be reshaped to [?, 0]".into()));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert_eq!(shape_of(&[Some(6)], &[4]), Err("6 elements of shape [6] cannot be reshaped to [4]".into()));
        assert_eq!(shape_of(&[Some(6)], &[4, -1]), Err("6 elements of shape [6] cannot be reshaped to [4, -1]".into()));
        assert_eq!(shape_of(&[Some(6)], &[-1, -1]), Err("only one dimension can be -1, found [-1, -1]".into()));
        assert_eq!(shape_of(&[Some(6)], &[-2]), Err("a dimension cannot be -2".into()));
    }
}
