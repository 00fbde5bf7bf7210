use super::IntoShapeInput;
use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, Graph, IntoInput, Op, OpError, OpResult, Sample, Tensor, op};
use ferroflow_array::{Array, DType, PartialShape};
use ferroflow_kernels::{Io, Kernel, KernelError, Number};

op! {
    /// `y[i…] = x[indices[i…, 0], …, indices[i…, k-1]]`: elements or slices, each named by `k` indices.
    pub struct GatherNd("GatherNd") {}
}

op! {
    /// Zeros of the shape that input 2 gives, to which each of the updates, input 1, is added at the place that the row of
    /// indices, input 0, names.
    pub struct ScatterNd("ScatterNd") {}
}

impl<'g> Tensor<'g> {
    /// The elements, or slices, that the rows of `indices`, `[…, k]`, name: `indices.shape[..-1] + shape[k..]`.
    #[track_caller]
    pub fn gather_nd(self, indices: impl IntoInput<'g>) -> Tensor<'g> {
        let builder = self.graph().build(GatherNd {}).input("params", self).literal_dtype(DType::I32);
        builder.input("indices", indices).tensor()
    }
}

impl Graph {
    /// Zeros of `shape`, to which each of `updates`, `indices.shape[..-1] + shape[k..]`, is added at the place that the
    /// row of `indices`, `[…, k]`, names.
    #[track_caller]
    pub fn scatter_nd<'g>(
        &'g self,
        indices: impl IntoInput<'g>,
        updates: impl IntoInput<'g>,
        shape: impl IntoShapeInput<'g>,
    ) -> Tensor<'g> {
        let builder = self.build(ScatterNd {}).input("indices", crate::ops::reduce::own_dtype(indices));
        builder
            .input("updates", crate::ops::reduce::own_dtype(updates))
            .input("shape", shape.into_shape_input())
            .tensor()
    }
}

/// The shape of what rows of `indices` name in a tensor of shape `dims`.
fn named(indices: &PartialShape, dims: &PartialShape) -> OpResult<PartialShape> {
    let Some(ids) = indices.dims() else { return Ok(PartialShape::unknown()) };
    let [outer @ .., k] = ids else { return Err(OpError::value("indices must have at least one dimension")) };
    match (k, dims.dims()) {
        (Some(k), Some(dims)) if *k > dims.len() => {
            Err(OpError::value(format!("{k} indices are too many for {} dimensions", dims.len())))
        }
        (Some(k), Some(dims)) => Ok(outer.iter().chain(&dims[*k..]).copied().collect()),
        _ => Ok(PartialShape::unknown()),
    }
}

/// Where the row of indices points, in slices.
fn place<I: Copy + Into<i64>>(row: &[I], dims: &[usize]) -> Result<usize, KernelError> {
    row.iter().zip(dims).try_fold(0, |at, (&i, &size)| {
        let i: i64 = i.into();
        let inside = usize::try_from(i).ok().filter(|&i| i < size);
        let inside = inside.ok_or_else(|| KernelError::new(format!("index {i} is not in 0..{size}")))?;
        Ok(at * size + inside)
    })
}

fn gather<I: bytemuck::Pod + Into<i64>>(io: &mut Io<'_>, dims: &[usize], inner: usize) -> Result<(), KernelError> {
    let (from, indices, to) = (io.input::<u8>(0), io.input::<I>(1), io.output::<u8>(0));
    let rows = to.len().checked_div(inner).unwrap_or(0);
    for row in 0..rows {
        let at = place(&indices[row * dims.len()..][..dims.len()], dims)?;
        to[row * inner..][..inner].copy_from_slice(&from[at * inner..][..inner]);
    }
    Ok(())
}

fn scatter<T: Number, I: bytemuck::Pod + Into<i64>>(
    io: &mut Io<'_>,
    dims: &[usize],
    inner: usize,
) -> Result<(), KernelError> {
    let (indices, from, to) = (io.input::<I>(0), io.input::<T>(1), io.output::<T>(0));
    to.fill(T::ZERO);
    for (row, from) in from.chunks_exact(inner.max(1)).enumerate() {
        let at = place(&indices[row * dims.len()..][..dims.len()], dims)?;
        to[at * inner..][..inner].iter_mut().zip(from).for_each(|(sum, &v)| *sum = sum.plus(v));
    }
    Ok(())
}

/// The last size of the indices' shape.
fn depth(indices: &Fact) -> OpResult<usize> {
    indices.concrete()?.last().copied().ok_or_else(|| OpError::value("indices must have at least one dimension"))
}

impl Op for GatherNd {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [x, indices] = rules::exactly(inputs)?;
        rules::index(indices)?;
        Ok(vec![Fact::new(x.dtype, named(&indices.shape, &x.shape)?)])
    }

    fn moves(&self, i: usize) -> bool {
        i == 0
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        let shape = inputs[0].concrete()?;
        let k = depth(&inputs[1])?;
        let inner = shape[k..].iter().product::<usize>() * rules::element_size(&inputs[0])?;
        let dims = shape[..k].to_vec();
        Ok(match inputs[1].dtype {
            DType::I64 => Kernel::new(move |io| gather::<i64>(io, &dims, inner)),
            _ => Kernel::new(move |io| gather::<i32>(io, &dims, inner)),
        })
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let indices = cx.input(1);
        let shape = cx.input(0).shape_tensor_as(indices.dtype());
        Ok(vec![Some(cx.graph().scatter_nd(indices, cx.grad(0), shape).into()), None])
    }
}

impl Op for ScatterNd {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [indices, updates, shape] = rules::exactly(inputs)?;
        rules::index(indices)?;
        rules::numeric(updates)?;
        let shape = rules::shape_input(shape)?;
        let expected = named(&indices.shape, &shape)?;
        match expected.merge(&updates.shape) {
            Some(_) => Ok(vec![Fact::new(updates.dtype, shape)]),
            None => Err(OpError::value(format!("the indices name {expected}, but updates are {}", updates.shape))),
        }
    }

    fn value_inputs(&self) -> &'static [usize] {
        &[2]
    }

    fn kernel(&self, inputs: &[Fact], outputs: &[Fact]) -> OpResult<Kernel> {
        let shape = outputs[0].concrete()?;
        let k = depth(&inputs[0])?;
        let inner: usize = shape[k..].iter().product();
        let dims = shape[..k].to_vec();
        by_dtype!(numeric outputs[0].dtype, T => Ok(match inputs[0].dtype {
            DType::I64 => Kernel::new(move |io| scatter::<T, i64>(io, &dims, inner)),
            _ => Kernel::new(move |io| scatter::<T, i32>(io, &dims, inner)),
        }))
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![None, Some(cx.grad(0).gather_nd(cx.input(0)).into()), None])
    }
}

impl Sampled for GatherNd {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant([[1.0f64, 2.0], [3.0, 4.0]]).gather_nd([[0, 1], [1, 0], [0, 1]]),
        |g| g.constant([[1.0f64, 2.0], [3.0, 4.0]]).gather_nd(Array::from([[1i64], [1]])),
    ];
}

impl Sampled for ScatterNd {
    const SAMPLES: &'static [Sample] = &[
        |g| g.scatter_nd([[1], [3], [1]], g.constant([1.0f64, 2.0, 4.0]), [5]),
        |g| g.scatter_nd([[0], [2]], g.constant([[1.0f64, 2.0], [3.0, 4.0]]), [3, 2]),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::f64s;

    #[test]
    fn values() {
        assert_eq!(f64s(GatherNd::SAMPLES[0]), [2.0, 3.0, 2.0]);
        assert_eq!(f64s(GatherNd::SAMPLES[1]), [3.0, 4.0, 3.0, 4.0]);
        assert_eq!(f64s(ScatterNd::SAMPLES[0]), [0.0, 5.0, 0.0, 2.0, 0.0]);
        assert_eq!(f64s(ScatterNd::SAMPLES[1]), [1.0, 2.0, 0.0, 0.0, 3.0, 4.0]);
    }

    #[test]
    fn mistakes_are_named() {
        let g = Graph::new();
        let _ = g.constant([1.0f64, 2.0]).gather_nd([[0, 1]]);
        assert_eq!(g.check().unwrap_err().message, "2 indices are too many for 1 dimensions");
        assert_eq!(place(&[0i32, 5], &[2, 5]).unwrap_err().to_string(), "index 5 is not in 0..5");
    }
}
