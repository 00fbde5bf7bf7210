use crate::op::Sampled;
use crate::ops::rules;
use crate::{
    Effect, Fact, GradientCx, GradientResult, IntoInput, NotDifferentiable, Op, OpError, OpResult, Sample, Tensor,
    Variable, op,
};
use bytemuck::Pod;
use ferroflow_array::{DType, PartialShape};
use ferroflow_kernels::{Io, Kernel, KernelError, Number};

op! {
    /// `variable[indices[i…], …] = updates[i…, …]`; of several updates of one row the last one stays. Gives the new value.
    pub struct ScatterUpdate("ScatterUpdate") {}
}

op! {
    /// `variable[indices[i…], …] += updates[i…, …]`; gives the new value.
    pub struct ScatterAdd("ScatterAdd") {}
}

op! {
    /// `variable[indices[i…], …] -= updates[i…, …]`; gives the new value.
    pub struct ScatterSub("ScatterSub") {}
}

op! {
    /// `variable[indices[i…], …] *= updates[i…, …]`; gives the new value.
    pub struct ScatterMul("ScatterMul") {}
}

impl<'g> Variable<'g> {
    #[track_caller]
    fn scatter(self, op: impl Op, indices: impl IntoInput<'g>, updates: impl IntoInput<'g>) -> Tensor<'g> {
        let builder = self.graph().build(op).input("ref", self.reference());
        builder.input("indices", crate::ops::reduce::own_dtype(indices)).input("updates", updates).tensor()
    }

    /// Replaces the rows that `indices` name by `updates`, `indices.shape + shape[1..]`; gives the new value.
    #[track_caller]
    pub fn scatter_update(self, indices: impl IntoInput<'g>, updates: impl IntoInput<'g>) -> Tensor<'g> {
        self.scatter(ScatterUpdate {}, indices, updates)
    }

    /// Adds `updates` to the rows that `indices` name, which may repeat; gives the new value.
    #[track_caller]
    pub fn scatter_add(self, indices: impl IntoInput<'g>, updates: impl IntoInput<'g>) -> Tensor<'g> {
        self.scatter(ScatterAdd {}, indices, updates)
    }

    /// Subtracts `updates` from the rows that `indices` name, which may repeat; gives the new value.
    #[track_caller]
    pub fn scatter_sub(self, indices: impl IntoInput<'g>, updates: impl IntoInput<'g>) -> Tensor<'g> {
        self.scatter(ScatterSub {}, indices, updates)
    }

    /// Multiplies the rows that `indices` name, which may repeat, by `updates`; gives the new value.
    #[track_caller]
    pub fn scatter_mul(self, indices: impl IntoInput<'g>, updates: impl IntoInput<'g>) -> Tensor<'g> {
        self.scatter(ScatterMul {}, indices, updates)
    }
}

fn infer(inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
    let [variable, indices, updates] = rules::exactly(inputs)?;
    rules::same_dtype(&[variable, updates])?;
    rules::index(indices)?;
    if let (Some(dims), Some(ids)) = (variable.shape.dims(), indices.shape.dims()) {
        let [_, rest @ ..] = dims else {
            return Err(OpError::value("a scalar variable has no rows"));
        };
        let expected: PartialShape = ids.iter().chain(rest).copied().collect();
        if expected.merge(&updates.shape).is_none() {
            return Err(OpError::value(format!("expected updates of shape {expected}, found {}", updates.shape)));
        }
    }
    Ok(vec![Fact::new(variable.dtype, variable.shape.clone())])
}

/// Combines each row of updates with the row of `to` that its index names. Nothing is changed if an index is bad.
fn scatter<T: Pod, I: Pod + Into<i64>>(io: &mut Io<'_>, combine: fn(T, T) -> T) -> Result<(), KernelError> {
    let (indices, updates, to) = (io.input::<I>(1), io.input::<T>(2), io.update::<T>(0, 0));
    let width = updates.len().checked_div(indices.len()).unwrap_or(0);
    if width == 0 {
        return Ok(());
    }
    let rows = to.len() / width;
    let outside = |i: i64| !usize::try_from(i).is_ok_and(|i| i < rows);
    if let Some(i) = indices.iter().map(|&i| i.into()).find(|&i| outside(i)) {
        return Err(KernelError::new(format!("index {i} is not in 0..{rows}")));
    }
    for (&i, row) in indices.iter().zip(updates.chunks_exact(width)) {
        let i: i64 = i.into();
        to[i as usize * width..][..width].iter_mut().zip(row).for_each(|(t, &v)| *t = combine(*t, v));
    }
    Ok(())
}

fn kernel<T: Pod>(indices: &Fact, combine: fn(T, T) -> T) -> Kernel {
    match indices.dtype {
        DType::I64 => Kernel::new(move |io| scatter::<T, i64>(io, combine)),
        _ => Kernel::new(move |io| scatter::<T, i32>(io, combine)),
    }
    .with_in_place([(0, 0)])
}

macro_rules! scatter_op {
    ($t:ident, |$inputs:ident| $kernel:expr) => {
        impl Op for $t {
            fn effect(&self) -> Effect {
                Effect::Write
            }

            fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
                infer(inputs)
            }

            fn kernel(&self, $inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
                $kernel
            }

            fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
                Err(NotDifferentiable("an assignment is not differentiable".into()))
            }
        }
    };
}

scatter_op!(ScatterUpdate, |inputs| Ok(match rules::element_size(&inputs[0])? {
    1 => kernel::<u8>(&inputs[1], |_, b| b),
    2 => kernel::<u16>(&inputs[1], |_, b| b),
    4 => kernel::<u32>(&inputs[1], |_, b| b),
    _ => kernel::<u64>(&inputs[1], |_, b| b),
}));
scatter_op!(
    ScatterAdd,
    |inputs| by_dtype!(numeric inputs[0].dtype, T => Ok(kernel::<T>(&inputs[1], |a, b| a.plus(b))))
);
scatter_op!(
    ScatterSub,
    |inputs| by_dtype!(numeric inputs[0].dtype, T => Ok(kernel::<T>(&inputs[1], |a, b| a.minus(b))))
);
scatter_op!(
    ScatterMul,
    |inputs| by_dtype!(numeric inputs[0].dtype, T => Ok(kernel::<T>(&inputs[1], |a, b| a.times(b))))
);

impl Sampled for ScatterUpdate {
    const SAMPLES: &'static [Sample] = &[|g| g.variable([[1.0f64, 2.0], [3.0, 4.0]]).scatter_update([1], [[7.0, 8.0]])];
}

impl Sampled for ScatterAdd {
    const SAMPLES: &'static [Sample] = &[|g| g.variable([1.0f64, 2.0, 3.0]).scatter_add([2, 0, 2], [10.0, 20.0, 30.0])];
}

impl Sampled for ScatterSub {
    const SAMPLES: &'static [Sample] = &[|g| g.variable([1i32, 2, 3]).scatter_sub([1, 1], [10, 20])];
}

impl Sampled for ScatterMul {
    const SAMPLES: &'static [Sample] = &[|g| g.variable([1.0f64, 2.0, 3.0]).scatter_mul([2, 2], [10.0, 2.0])];
}
