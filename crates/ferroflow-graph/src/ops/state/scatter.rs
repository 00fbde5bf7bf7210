use crate::op::Sampled;
use crate::ops::{Identity, Index, IndexBy, rules};
use crate::{
    Effect, Fact, GradientCx, GradientResult, IntoInput, NotDifferentiable, Op, OpError, OpResult, Sample, Tensor,
    Variable, op,
};
use bytemuck::Pod;
use ferroflow_array::{DType, PartialShape};
use ferroflow_kernels::{Io, Kernel, KernelError, Number};

macro_rules! scatter_ops {
    ($($(#[$doc:meta])* $name:ident($type:literal) $method:ident: $does:literal;)*) => {
        $(op! {
            $(#[$doc])*
            pub struct $name($type) {
                /// Whether indices count the elements of the variable, instead of its rows.
                elements: bool,
            }
        })*

        impl<'g> Variable<'g> {
            $(
                #[doc = $does]
                /// `updates`, `indices.shape + shape[1..]`; indices may repeat. Gives the new value.
                #[track_caller]
                pub fn $method(self, indices: impl IntoInput<'g>, updates: impl IntoInput<'g>) -> Tensor<'g> {
                    self.scatter($name { elements: false }, indices, updates)
                }
            )*
        }
    };
}

scatter_ops! {
    /// `variable[indices[i…], …] = updates[i…, …]`; of several updates of one row the last one stays. Gives the new value.
    ScatterUpdate("ScatterUpdate") scatter_update: "Replaces the rows that `indices` name by";
    /// `variable[indices[i…], …] += updates[i…, …]`; gives the new value.
    ScatterAdd("ScatterAdd") scatter_add: "Adds to the rows that `indices` name";
    /// `variable[indices[i…], …] -= updates[i…, …]`; gives the new value.
    ScatterSub("ScatterSub") scatter_sub: "Subtracts from the rows that `indices` name";
    /// `variable[indices[i…], …] *= updates[i…, …]`; gives the new value.
    ScatterMul("ScatterMul") scatter_mul: "Multiplies the rows that `indices` name by";
    /// `variable[indices[i…], …] /= updates[i…, …]`; gives the new value.
    ScatterDiv("ScatterDiv") scatter_div: "Divides the rows that `indices` name by";
    /// `variable[indices[i…], …] = min(variable[indices[i…], …], updates[i…, …])`; gives the new value.
    ScatterMin("ScatterMin") scatter_min: "Takes for the rows that `indices` name the lesser of them and";
    /// `variable[indices[i…], …] = max(variable[indices[i…], …], updates[i…, …])`; gives the new value.
    ScatterMax("ScatterMax") scatter_max: "Takes for the rows that `indices` name the greater of them and";
}

impl<'g> Variable<'g> {
    #[track_caller]
    fn scatter(self, op: impl Op, indices: impl IntoInput<'g>, updates: impl IntoInput<'g>) -> Tensor<'g> {
        let builder = self.graph().build(op).input("ref", self.reference());
        builder.input("indices", crate::ops::reduce::own_dtype(indices)).input("updates", updates).tensor()
    }

    /// Makes `value`, which is broadcast, the part of the variable that an index names; gives the whole new value.
    #[track_caller]
    pub fn assign_part(self, items: &[IndexBy<'g>], value: impl IntoInput<'g>) -> Tensor<'g> {
        let places = self.places().index_by(items);
        let value = self.graph().build(Identity {}).name("value").literal_dtype(self.dtype()).input("value", value);
        let value = value.tensor().broadcast_to(places.shape_tensor());
        self.scatter(ScatterUpdate { elements: true }, places, value)
    }

    /// Replaces the elements or slices that the rows of `indices`, `[…, k]`, name by `updates`,
    /// `indices.shape[..-1] + shape[k..]`; gives the new value.
    #[track_caller]
    pub fn scatter_nd_update(self, indices: impl IntoInput<'g>, updates: impl IntoInput<'g>) -> Tensor<'g> {
        self.scatter(ScatterUpdate { elements: true }, self.places().gather_nd(indices), updates)
    }

    /// Adds `updates` to the elements or slices that the rows of `indices` name; gives the new value.
    #[track_caller]
    pub fn scatter_nd_add(self, indices: impl IntoInput<'g>, updates: impl IntoInput<'g>) -> Tensor<'g> {
        self.scatter(ScatterAdd { elements: true }, self.places().gather_nd(indices), updates)
    }

    /// Subtracts `updates` from the elements or slices that the rows of `indices` name; gives the new value.
    #[track_caller]
    pub fn scatter_nd_sub(self, indices: impl IntoInput<'g>, updates: impl IntoInput<'g>) -> Tensor<'g> {
        self.scatter(ScatterSub { elements: true }, self.places().gather_nd(indices), updates)
    }

    /// The number of each element, in the variable's shape.
    #[track_caller]
    fn places(self) -> Tensor<'g> {
        let value = self.value();
        self.graph().range(0, value.size(), 1).reshape(value.shape_tensor())
    }
}

fn infer(inputs: &[&Fact], elements: bool) -> OpResult<Vec<Fact>> {
    let [variable, indices, updates] = rules::exactly(inputs)?;
    rules::same_dtype(&[variable, updates])?;
    rules::index(indices)?;
    if let (Some(dims), Some(ids)) = (variable.shape.dims(), indices.shape.dims()) {
        let rest = match dims {
            _ if elements => &[],
            [_, rest @ ..] => rest,
            [] => return Err(OpError::value("a scalar variable has no rows")),
        };
        let expected: PartialShape = ids.iter().chain(rest).copied().collect();
        rules::merge(&updates.shape, &expected)?;
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
    if let Some((at, i)) = indices.iter().map(|&i| i.into()).enumerate().find(|(_, i)| outside(*i)) {
        return Err(KernelError::new(format!("indices[{at}] = {i} is not in [0, {rows})")));
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
                infer(inputs, self.elements)
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
scatter_op!(ScatterDiv, |inputs| by_dtype!(float inputs[0].dtype, T => Ok(kernel::<T>(&inputs[1], |a, b| a / b))));
scatter_op!(
    ScatterMin,
    |inputs| by_dtype!(numeric inputs[0].dtype, T => Ok(kernel::<T>(&inputs[1], |a, b| if b < a { b } else { a })))
);
scatter_op!(
    ScatterMax,
    |inputs| by_dtype!(numeric inputs[0].dtype, T => Ok(kernel::<T>(&inputs[1], |a, b| if b > a { b } else { a })))
);

impl Sampled for ScatterUpdate {
    const SAMPLES: &'static [Sample] = &[
        |g| g.variable([[1.0f64, 2.0], [3.0, 4.0]]).scatter_update([1], [[7.0, 8.0]]),
        |g| g.variable([[1.0f64, 2.0], [3.0, 4.0]]).assign_part(&[IndexBy::Known(Index::At(-1))], 7.0),
        |g| g.variable([[1.0f64, 2.0], [3.0, 4.0]]).scatter_nd_update([[1, 0]], [7.0]),
    ];
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

impl Sampled for ScatterDiv {
    const SAMPLES: &'static [Sample] = &[|g| g.variable([1.0f64, 2.0, 3.0]).scatter_div([2, 2], [10.0, 2.0])];
}

impl Sampled for ScatterMin {
    const SAMPLES: &'static [Sample] = &[|g| g.variable([1.0f64, 2.0, 3.0]).scatter_min([2, 0], [2.5, 2.0])];
}

impl Sampled for ScatterMax {
    const SAMPLES: &'static [Sample] = &[|g| g.variable([1i32, 2, 3]).scatter_max([2, 0], [2, 2])];
}
