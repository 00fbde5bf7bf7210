//! Vectors of the widths that tiles are compiled for.

use crate::Float;

/// A vector of `LANES` elements.
pub(crate) trait Simd: Copy {
    type Element: Copy;
    const LANES: usize;
    /// # Safety
    /// The processor has the instructions of this vector type; so for every method.
    unsafe fn splat(value: Self::Element) -> Self;
    /// # Safety
    /// `LANES` elements can be read.
    unsafe fn load(from: *const Self::Element) -> Self;
    /// # Safety
    /// `LANES` elements can be written.
    unsafe fn store(self, to: *mut Self::Element);
    /// `self + a·b`.
    /// # Safety
    /// See [`Simd::splat`].
    unsafe fn add_product(self, a: Self, b: Self) -> Self;
    /// # Safety
    /// See [`Simd::splat`].
    unsafe fn add(self, other: Self) -> Self;
    /// `max(self, 0)`, NaN of NaN.
    /// # Safety
    /// See [`Simd::splat`].
    unsafe fn relu(self) -> Self;
}

/// An element type with vectors for each level.
/// `f32` and `f64`: what products and convolutions are fast for.
#[allow(private_bounds)]
pub trait TileElement: Float {
    #[doc(hidden)]
    type Portable: Simd<Element = Self>;
    #[cfg(target_arch = "x86_64")]
    #[doc(hidden)]
    type Avx2: Simd<Element = Self>;
    #[cfg(target_arch = "x86_64")]
    #[doc(hidden)]
    type Avx512: Simd<Element = Self>;
}

macro_rules! portable {
    ($($t:ty: $n:literal),*) => {$(
        impl Simd for [$t; $n] {
            type Element = $t;
            const LANES: usize = $n;

            #[inline(always)]
            unsafe fn splat(value: $t) -> Self {
                [value; $n]
            }

            #[inline(always)]
            unsafe fn load(from: *const $t) -> Self {
                // SAFETY: the caller's promise; arrays are as aligned as their elements.
                unsafe { from.cast::<Self>().read() }
            }

            #[inline(always)]
            unsafe fn store(self, to: *mut $t) {
                // SAFETY: the caller's promise.
                unsafe { to.cast::<Self>().write(self) }
            }

            #[inline(always)]
            unsafe fn add_product(self, a: Self, b: Self) -> Self {
                std::array::from_fn(|i| self[i] + a[i] * b[i])
            }

            #[inline(always)]
            unsafe fn add(self, other: Self) -> Self {
                std::array::from_fn(|i| self[i] + other[i])
            }

            #[inline(always)]
            unsafe fn relu(self) -> Self {
                self.map(Float::relu)
            }
        }
    )*};
}

portable!(f32: 4, f64: 2);

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::Simd;
    use std::arch::x86_64::*;

    macro_rules! vectors {
        ($($v:ident $t:ty, $n:literal: $set1:ident $load:ident $store:ident $fma:ident $add:ident $max:ident $zero:ident;)*) => {$(
            impl Simd for $v {
                type Element = $t;
                const LANES: usize = $n;

                #[inline(always)]
                unsafe fn splat(value: $t) -> Self {
                    // SAFETY: the caller's promise.
                    unsafe { $set1(value) }
                }

                #[inline(always)]
                unsafe fn load(from: *const $t) -> Self {
                    // SAFETY: the caller's promise.
                    unsafe { $load(from) }
                }

                #[inline(always)]
                unsafe fn store(self, to: *mut $t) {
                    // SAFETY: the caller's promise.
                    unsafe { $store(to, self) }
                }

                #[inline(always)]
                unsafe fn add_product(self, a: Self, b: Self) -> Self {
                    // SAFETY: the caller's promise.
                    unsafe { $fma(a, b, self) }
                }

                #[inline(always)]
                unsafe fn add(self, other: Self) -> Self {
                    // SAFETY: the caller's promise.
                    unsafe { $add(self, other) }
                }

                #[inline(always)]
                unsafe fn relu(self) -> Self {
                    // The instruction gives its second operand if either is NaN.
                    // SAFETY: the caller's promise.
                    unsafe { $max($zero(), self) }
                }
            }
        )*};
    }

    vectors! {
        __m512 f32, 16: _mm512_set1_ps _mm512_loadu_ps _mm512_storeu_ps _mm512_fmadd_ps _mm512_add_ps _mm512_max_ps _mm512_setzero_ps;
        __m512d f64, 8: _mm512_set1_pd _mm512_loadu_pd _mm512_storeu_pd _mm512_fmadd_pd _mm512_add_pd _mm512_max_pd _mm512_setzero_pd;
        __m256 f32, 8: _mm256_set1_ps _mm256_loadu_ps _mm256_storeu_ps _mm256_fmadd_ps _mm256_add_ps _mm256_max_ps _mm256_setzero_ps;
        __m256d f64, 4: _mm256_set1_pd _mm256_loadu_pd _mm256_storeu_pd _mm256_fmadd_pd _mm256_add_pd _mm256_max_pd _mm256_setzero_pd;
    }
}

impl TileElement for f32 {
    type Portable = [f32; 4];
    #[cfg(target_arch = "x86_64")]
    type Avx2 = std::arch::x86_64::__m256;
    #[cfg(target_arch = "x86_64")]
    type Avx512 = std::arch::x86_64::__m512;
}

impl TileElement for f64 {
    type Portable = [f64; 2];
    #[cfg(target_arch = "x86_64")]
    type Avx2 = std::arch::x86_64::__m256d;
    #[cfg(target_arch = "x86_64")]
    type Avx512 = std::arch::x86_64::__m512d;
}
