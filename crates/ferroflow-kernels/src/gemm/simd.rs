//! Vectors of the widths that tiles are compiled for.

use crate::Float;
use crate::cpu::Level;

/// Asks for the line of any address, valid or not, ahead of its use.
#[inline(always)]
pub(crate) fn prefetch<T>(at: *const T) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a hint, which may be of any address.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(at.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = at;
}

/// As [`prefetch`], into the second-level cache.
#[inline(always)]
pub(crate) fn prefetch_far<T>(at: *const T) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a hint, which may be of any address.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T1>(at.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = at;
}

/// A vector of `LANES` elements.
pub(crate) trait Simd: Copy {
    type Element: Copy;
    /// The first lanes, as many as [`Simd::mask`] was told.
    type Mask: Copy;
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
    /// # Safety
    /// `count` is at most `LANES`.
    unsafe fn mask(count: usize) -> Self::Mask;
    /// The lanes of the mask; 0 in the others.
    /// # Safety
    /// The elements of the mask's lanes can be read.
    unsafe fn load_masked(from: *const Self::Element, mask: Self::Mask) -> Self;
    /// # Safety
    /// The elements of the mask's lanes can be written.
    unsafe fn store_masked(self, to: *mut Self::Element, mask: Self::Mask);
    /// The sum of all lanes.
    /// # Safety
    /// See [`Simd::splat`].
    unsafe fn sum(self) -> Self::Element;
    /// `self + a·b`.
    /// # Safety
    /// See [`Simd::splat`].
    unsafe fn add_product(self, a: Self, b: Self) -> Self;
    /// # Safety
    /// See [`Simd::splat`].
    unsafe fn add(self, other: Self) -> Self;
    /// # Safety
    /// See [`Simd::splat`].
    unsafe fn sub(self, other: Self) -> Self;
    /// # Safety
    /// See [`Simd::splat`].
    unsafe fn mul(self, other: Self) -> Self;
    /// The larger of each lane; NaN where either is.
    /// # Safety
    /// See [`Simd::splat`].
    unsafe fn maximum(self, other: Self) -> Self;
    /// `value` in the lanes where `self` equals `other`, or is NaN, and 0 elsewhere; and the other way round.
    /// # Safety
    /// See [`Simd::splat`].
    unsafe fn where_equal(self, other: Self, value: Self) -> (Self, Self);
}

/// `f32` and `f64`: what products and convolutions are fast for, with vectors for each level.
#[allow(private_bounds)]
pub trait TileElement: Float {
    /// Rows that `transpose` takes; steps are taken as many at a time.
    #[doc(hidden)]
    const TRANSPOSED: usize;
    /// Writes element `p` of `rows[j]` to `to[p·leading + j]`, for `p < steps` and `j` below `TRANSPOSED`, which divides
    /// `steps`.
    /// # Safety
    /// The processor has AVX2; the addresses can be read and written.
    #[doc(hidden)]
    unsafe fn transpose(rows: &[*const Self; 8], steps: usize, to: *mut Self, leading: usize);
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
            type Mask = usize;
            const LANES: usize = $n;

            #[inline(always)]
            unsafe fn splat(value: $t) -> Self {
                [value; $n]
            }

            #[inline(always)]
            unsafe fn mask(count: usize) -> usize {
                count
            }

            #[inline(always)]
            unsafe fn load_masked(from: *const $t, count: usize) -> Self {
                // SAFETY: the caller's promise.
                std::array::from_fn(|i| if i < count { unsafe { *from.add(i) } } else { 0.0 })
            }

            #[inline(always)]
            unsafe fn store_masked(self, to: *mut $t, count: usize) {
                for (i, value) in self.into_iter().enumerate().take(count) {
                    // SAFETY: the caller's promise.
                    unsafe { *to.add(i) = value };
                }
            }

            #[inline(always)]
            unsafe fn sum(self) -> $t {
                self.into_iter().sum()
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
            unsafe fn sub(self, other: Self) -> Self {
                std::array::from_fn(|i| self[i] - other[i])
            }

            #[inline(always)]
            unsafe fn mul(self, other: Self) -> Self {
                std::array::from_fn(|i| self[i] * other[i])
            }

            #[inline(always)]
            unsafe fn maximum(self, other: Self) -> Self {
                std::array::from_fn(|i| if self[i] > other[i] || self[i].is_nan() { self[i] } else { other[i] })
            }

            #[inline(always)]
            unsafe fn where_equal(self, other: Self, value: Self) -> (Self, Self) {
                let equal = |i: usize| self[i] == other[i] || self[i].is_nan();
                let among = |those: bool| std::array::from_fn(|i| if equal(i) == those { value[i] } else { 0.0 });
                (among(true), among(false))
            }
        }
    )*};
}

portable!(f32: 4, f64: 2);

#[cfg(target_arch = "x86_64")]
mod x86;

impl TileElement for f32 {
    const TRANSPOSED: usize = 8;

    #[inline(always)]
    unsafe fn transpose(rows: &[*const f32; 8], steps: usize, to: *mut f32, leading: usize) {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the caller's promise.
        unsafe {
            x86::transpose_f32(rows, steps, to, leading);
        }
        #[cfg(not(target_arch = "x86_64"))]
        let _ = (rows, steps, to, leading);
    }

    type Portable = [f32; 4];
    #[cfg(target_arch = "x86_64")]
    type Avx2 = std::arch::x86_64::__m256;
    #[cfg(target_arch = "x86_64")]
    type Avx512 = std::arch::x86_64::__m512;
}

impl TileElement for f64 {
    const TRANSPOSED: usize = 4;

    #[inline(always)]
    unsafe fn transpose(rows: &[*const f64; 8], steps: usize, to: *mut f64, leading: usize) {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the caller's promise.
        unsafe {
            x86::transpose_f64(rows, steps, to, leading);
        }
        #[cfg(not(target_arch = "x86_64"))]
        let _ = (rows, steps, to, leading);
    }

    type Portable = [f64; 2];
    #[cfg(target_arch = "x86_64")]
    type Avx2 = std::arch::x86_64::__m256d;
    #[cfg(target_arch = "x86_64")]
    type Avx512 = std::arch::x86_64::__m512d;
}

/// Work that is compiled for the vectors of every level.
pub(crate) trait Levelled<T: TileElement> {
    /// `#[inline(always)]`, or it is not compiled for the level.
    /// # Safety
    /// The processor has the instructions of `V`.
    unsafe fn run<V: Simd<Element = T>>(self);
}

/// Runs `work` as compiled for `level`.
///
/// # Safety
/// The processor has the level.
pub(crate) unsafe fn at_level<T: TileElement>(level: Level, work: impl Levelled<T>) {
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx512f,avx512vl,avx512bw,avx512dq")]
    unsafe fn avx512<T: TileElement>(work: impl Levelled<T>) {
        // SAFETY: by the contract.
        unsafe { work.run::<T::Avx512>() }
    }
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,fma")]
    unsafe fn avx2<T: TileElement>(work: impl Levelled<T>) {
        // SAFETY: by the contract.
        unsafe { work.run::<T::Avx2>() }
    }
    // SAFETY: by the contract.
    unsafe {
        match level {
            #[cfg(target_arch = "x86_64")]
            Level::Avx512 => avx512(work),
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 => avx2(work),
            _ => work.run::<T::Portable>(),
        }
    }
}
