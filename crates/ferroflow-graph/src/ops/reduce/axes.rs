use crate::ops::rules;
use crate::{Fact, Input, Op, OpResult, Tensor};
use ferroflow_array::{Array, DType, PartialShape};

/// The axes of a reduction, and whether they stay as dimensions of size 1.
#[derive(Debug, Clone)]
pub struct Axes<'g> {
    /// The axes, `i32` or `i64`, a scalar or a vector, counted from the end if negative; `None` for all.
    pub axes: Option<Input<'g>>,
    /// Whether reduced axes stay, with size 1.
    pub keep_dims: bool,
}

/// What can name the axes of a reduction: `1`, `[0, -1]`, `..` for all, a tensor, or any of these in [`keep`].
pub trait IntoAxes<'g> {
    /// Converts.
    fn into_axes(self) -> Axes<'g>;
}

/// The same axes, staying as dimensions of size 1: `x.reduce_max(keep(1))`.
pub fn keep<'g>(axes: impl IntoAxes<'g>) -> Axes<'g> {
    Axes { keep_dims: true, ..axes.into_axes() }
}

fn literal<'g>(values: Array) -> Axes<'g> {
    Axes { axes: Some(Input::Array(values)), keep_dims: false }
}

impl<'g> IntoAxes<'g> for Axes<'g> {
    fn into_axes(self) -> Axes<'g> {
        self
    }
}

impl<'g> IntoAxes<'g> for i32 {
    fn into_axes(self) -> Axes<'g> {
        literal(Array::scalar(self))
    }
}

impl<'g, const N: usize> IntoAxes<'g> for [i32; N] {
    fn into_axes(self) -> Axes<'g> {
        literal(Array::from(self))
    }
}

impl<'g> IntoAxes<'g> for &[i32] {
    fn into_axes(self) -> Axes<'g> {
        literal(Array::from(self))
    }
}

impl<'g> IntoAxes<'g> for std::ops::RangeFull {
    fn into_axes(self) -> Axes<'g> {
        Axes { axes: None, keep_dims: false }
    }
}

impl<'g> IntoAxes<'g> for Tensor<'g> {
    fn into_axes(self) -> Axes<'g> {
        Axes { axes: Some(Input::Tensor(self)), keep_dims: false }
    }
}

impl<'g> Axes<'g> {
    /// The axes as an input for a reduction of `x`.
    #[track_caller]
    pub(crate) fn input_for(self, x: Tensor<'g>) -> Input<'g> {
        self.axes.unwrap_or_else(|| match x.shape().rank() {
            Some(rank) => Input::Array((0..rank as i32).collect::<Vec<_>>().into()),
            None => Input::Tensor(x.all_axes()),
        })
    }

    /// Adds the reduction of `x` over the axes that `op` gives, told whether they stay.
    #[track_caller]
    pub(crate) fn reduce<O: Op>(self, x: Tensor<'g>, op: impl FnOnce(bool) -> O) -> Tensor<'g> {
        let leaves_none = self.axes.is_none() && !self.keep_dims;
        let builder = x.graph().build(op(self.keep_dims)).input("input", x);
        let reduced = builder.input("reduction_indices", self.input_for(x)).tensor();
        // Which axes an unknown rank has is not known either, but that none is left is.
        if leaves_none { reduced.set_shape(PartialShape::scalar()) } else { reduced }
    }
}

/// The type rule of a reduction of input 0 over the axes that input 1 names, giving `dtype`.
pub(crate) fn infer_reduction(inputs: &[&Fact], keep_dims: bool, dtype: DType) -> OpResult<Vec<Fact>> {
    let [x, axes] = rules::exactly(inputs)?;
    rules::index(axes)?;
    if axes.rank().is_some_and(|r| r > 1) {
        return Err(crate::OpError::value(format!("axes must be a scalar or a vector, found shape {}", axes.shape)));
    }
    let shape = match (x.shape.dims(), axes.ints()) {
        (Some(dims), Some(ints)) => {
            let mask = rules::axes_mask(&ints, dims.len())?;
            let kept = dims.iter().zip(mask);
            kept.filter_map(|(&d, reduced)| match (reduced, keep_dims) {
                (false, _) => Some(d),
                (true, true) => Some(Some(1)),
                (true, false) => None,
            })
            .collect()
        }
        (Some(dims), None) if keep_dims => PartialShape::with_rank(dims.len()),
        _ => PartialShape::unknown(),
    };
    Ok(vec![Fact::new(dtype, shape)])
}

/// Which dimensions of input 0 the value of input 1 names.
pub(crate) fn reduced_axes(inputs: &[Fact]) -> OpResult<Vec<bool>> {
    let (rank, axes) = (inputs[0].concrete()?.rank(), rules::known_ints(&inputs[1], "axes")?);
    let mask = rules::axes_mask(&axes, rank)?;
    match mask.iter().filter(|reduced| **reduced).count() == axes.len() {
        true => Ok(mask),
        false => Err(crate::OpError::value(format!("axes {axes:?} name one of {rank} dimensions twice"))),
    }
}

#[cfg(test)]
mod tests {
    use super::keep;
    use crate::Graph;
    use ferroflow_array::{DType, PartialShape};

    #[test]
    fn nothing_is_left_of_all_axes_of_an_unknown_rank() {
        let g = Graph::new();
        let x = g.placeholder(DType::F32, PartialShape::unknown());
        let shapes = [
            x.reduce_mean(..),
            x.reduce_max(..),
            x.greater(0.0).reduce_any(..),
            x.reduce_logsumexp(..),
            x.moments(..).1,
            x.reduce_sum(0),
            x.reduce_sum(keep(..)),
        ]
        .map(|t| t.shape());
        let (scalar, unknown) = (PartialShape::scalar, PartialShape::unknown);
        assert_eq!(shapes, [scalar(), scalar(), scalar(), scalar(), scalar(), unknown(), unknown()]);
        g.check().unwrap();
    }
}
