use super::MatMul;
use bytemuck::Pod;
use num_traits::AsPrimitive;

/// The product by its definition, for dtypes without a tile: each element summed in order in `A`.
///
/// # Panics
/// If a slice is not of the size that `dims` says.
pub fn matmul_plain<T: Pod + AsPrimitive<A>, A: Copy + 'static + Accumulate + AsPrimitive<T>>(
    a: &[T],
    b: &[T],
    c: &mut [T],
    dims: MatMul,
) {
    dims.check(a.len(), b.len(), c.len());
    let (left, right) = (dims.a_strides(), dims.b_strides());
    for i in 0..dims.m {
        for j in 0..dims.n {
            let mut sum = A::NOTHING;
            for p in 0..dims.k {
                sum = sum.add_product(a[i * left.lane + p * left.step].as_(), b[j * right.lane + p * right.step].as_());
            }
            c[i * dims.n + j] = sum.as_();
        }
    }
}

/// A type that products are summed in.
pub trait Accumulate {
    /// Zero.
    const NOTHING: Self;
    /// `self + a·b`; integers wrap.
    fn add_product(self, a: Self, b: Self) -> Self;
}

impl Accumulate for f32 {
    const NOTHING: f32 = 0.0;

    fn add_product(self, a: f32, b: f32) -> f32 {
        self + a * b
    }
}

impl Accumulate for f64 {
    const NOTHING: f64 = 0.0;

    fn add_product(self, a: f64, b: f64) -> f64 {
        self + a * b
    }
}

impl Accumulate for i64 {
    const NOTHING: i64 = 0;

    fn add_product(self, a: i64, b: i64) -> i64 {
        self.wrapping_add(a.wrapping_mul(b))
    }
}
