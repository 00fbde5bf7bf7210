//! Vectors of AVX2 and AVX-512.

use super::Simd;
use std::arch::x86_64::*;

macro_rules! vectors {
    ($($v:ident $t:ty, $n:literal: $set1:ident $load:ident $store:ident $fma:ident $add:ident $sub:ident $mul:ident
        $mask:ty, $first:ident $load_masked:ident $store_masked:ident $sum:ident $maximum:ident $where_equal:ident;)*) => {$(
        impl Simd for $v {
            type Element = $t;
            type Mask = $mask;
            const LANES: usize = $n;

            #[inline(always)]
            unsafe fn mask(count: usize) -> $mask {
                // SAFETY: the caller's promise.
                unsafe { $first(count) }
            }

            #[inline(always)]
            unsafe fn load_masked(from: *const $t, mask: $mask) -> Self {
                // SAFETY: the caller's promise.
                unsafe { $load_masked(from, mask) }
            }

            #[inline(always)]
            unsafe fn store_masked(self, to: *mut $t, mask: $mask) {
                // SAFETY: the caller's promise.
                unsafe { $store_masked(to, mask, self) }
            }

            #[inline(always)]
            unsafe fn sum(self) -> $t {
                // SAFETY: the caller's promise.
                unsafe { $sum(self) }
            }

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
            unsafe fn sub(self, other: Self) -> Self {
                // SAFETY: the caller's promise.
                unsafe { $sub(self, other) }
            }

            #[inline(always)]
            unsafe fn mul(self, other: Self) -> Self {
                // SAFETY: the caller's promise.
                unsafe { $mul(self, other) }
            }

            #[inline(always)]
            unsafe fn maximum(self, other: Self) -> Self {
                // SAFETY: the caller's promise.
                unsafe { $maximum(self, other) }
            }

            #[inline(always)]
            unsafe fn where_equal(self, other: Self, value: Self) -> (Self, Self) {
                // SAFETY: the caller's promise.
                unsafe { $where_equal(self, other, value) }
            }
        }
    )*};
}

/// The lowest `count` bits.
#[inline]
#[target_feature(enable = "avx512f")]
fn bits16(count: usize) -> __mmask16 {
    ((1u32 << count) - 1) as __mmask16
}

#[inline]
#[target_feature(enable = "avx512f")]
fn bits8(count: usize) -> __mmask8 {
    ((1u32 << count) - 1) as __mmask8
}

#[inline]
#[target_feature(enable = "avx2")]
fn lanes32(count: usize) -> __m256i {
    _mm256_cmpgt_epi32(_mm256_set1_epi32(count as i32), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7))
}

#[inline]
#[target_feature(enable = "avx2")]
fn lanes64(count: usize) -> __m256i {
    _mm256_cmpgt_epi64(_mm256_set1_epi64x(count as i64), _mm256_setr_epi64x(0, 1, 2, 3))
}

#[inline]
#[target_feature(enable = "avx512f")]
unsafe fn load16(from: *const f32, mask: __mmask16) -> __m512 {
    // SAFETY: the caller's promise.
    unsafe { _mm512_maskz_loadu_ps(mask, from) }
}

#[inline]
#[target_feature(enable = "avx512f")]
unsafe fn load8(from: *const f64, mask: __mmask8) -> __m512d {
    // SAFETY: the caller's promise.
    unsafe { _mm512_maskz_loadu_pd(mask, from) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn sum_ps(v: __m256) -> f32 {
    let four = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps::<1>(v));
    let two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps::<1>(two, two)))
}

#[inline]
#[target_feature(enable = "avx2")]
fn sum_pd(v: __m256d) -> f64 {
    let two = _mm_add_pd(_mm256_castpd256_pd128(v), _mm256_extractf128_pd::<1>(v));
    _mm_cvtsd_f64(_mm_add_sd(two, _mm_unpackhi_pd(two, two)))
}

#[inline]
#[target_feature(enable = "avx512f")]
fn max16(a: __m512, b: __m512) -> __m512 {
    // The instruction gives `b` where either is NaN.
    _mm512_mask_mov_ps(_mm512_max_ps(a, b), _mm512_cmp_ps_mask::<_CMP_UNORD_Q>(a, a), a)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn equal16(a: __m512, b: __m512, x: __m512) -> (__m512, __m512) {
    let equal = _mm512_cmp_ps_mask::<_CMP_EQ_OQ>(a, b) | _mm512_cmp_ps_mask::<_CMP_UNORD_Q>(a, a);
    (_mm512_maskz_mov_ps(equal, x), _mm512_maskz_mov_ps(!equal, x))
}

#[inline]
#[target_feature(enable = "avx512f")]
fn max8(a: __m512d, b: __m512d) -> __m512d {
    // The instruction gives `b` where either is NaN.
    _mm512_mask_mov_pd(_mm512_max_pd(a, b), _mm512_cmp_pd_mask::<_CMP_UNORD_Q>(a, a), a)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn equal8(a: __m512d, b: __m512d, x: __m512d) -> (__m512d, __m512d) {
    let equal = _mm512_cmp_pd_mask::<_CMP_EQ_OQ>(a, b) | _mm512_cmp_pd_mask::<_CMP_UNORD_Q>(a, a);
    (_mm512_maskz_mov_pd(equal, x), _mm512_maskz_mov_pd(!equal, x))
}

#[inline]
#[target_feature(enable = "avx2")]
fn max_ps(a: __m256, b: __m256) -> __m256 {
    _mm256_blendv_ps(_mm256_max_ps(a, b), a, _mm256_cmp_ps::<_CMP_UNORD_Q>(a, a))
}

#[inline]
#[target_feature(enable = "avx2")]
fn equal_ps(a: __m256, b: __m256, x: __m256) -> (__m256, __m256) {
    let equal = _mm256_or_ps(_mm256_cmp_ps::<_CMP_EQ_OQ>(a, b), _mm256_cmp_ps::<_CMP_UNORD_Q>(a, a));
    (_mm256_and_ps(equal, x), _mm256_andnot_ps(equal, x))
}

#[inline]
#[target_feature(enable = "avx2")]
fn max_pd(a: __m256d, b: __m256d) -> __m256d {
    _mm256_blendv_pd(_mm256_max_pd(a, b), a, _mm256_cmp_pd::<_CMP_UNORD_Q>(a, a))
}

#[inline]
#[target_feature(enable = "avx2")]
fn equal_pd(a: __m256d, b: __m256d, x: __m256d) -> (__m256d, __m256d) {
    let equal = _mm256_or_pd(_mm256_cmp_pd::<_CMP_EQ_OQ>(a, b), _mm256_cmp_pd::<_CMP_UNORD_Q>(a, a));
    (_mm256_and_pd(equal, x), _mm256_andnot_pd(equal, x))
}

vectors! {
    __m512 f32, 16: _mm512_set1_ps _mm512_loadu_ps _mm512_storeu_ps _mm512_fmadd_ps _mm512_add_ps _mm512_sub_ps _mm512_mul_ps
        __mmask16, bits16 load16 _mm512_mask_storeu_ps _mm512_reduce_add_ps max16 equal16;
    __m512d f64, 8: _mm512_set1_pd _mm512_loadu_pd _mm512_storeu_pd _mm512_fmadd_pd _mm512_add_pd _mm512_sub_pd _mm512_mul_pd
        __mmask8, bits8 load8 _mm512_mask_storeu_pd _mm512_reduce_add_pd max8 equal8;
    __m256 f32, 8: _mm256_set1_ps _mm256_loadu_ps _mm256_storeu_ps _mm256_fmadd_ps _mm256_add_ps _mm256_sub_ps _mm256_mul_ps
        __m256i, lanes32 _mm256_maskload_ps _mm256_maskstore_ps sum_ps max_ps equal_ps;
    __m256d f64, 4: _mm256_set1_pd _mm256_loadu_pd _mm256_storeu_pd _mm256_fmadd_pd _mm256_add_pd _mm256_sub_pd _mm256_mul_pd
        __m256i, lanes64 _mm256_maskload_pd _mm256_maskstore_pd sum_pd max_pd equal_pd;
}

/// Blocks of 8 × 8: pairs of rows are interleaved, then pairs of those, then halves exchanged.
#[target_feature(enable = "avx2")]
pub(super) unsafe fn transpose_f32(rows: &[*const f32; 8], steps: usize, to: *mut f32, leading: usize) {
    for p in (0..steps).step_by(8) {
        // SAFETY: the caller's promise.
        unsafe {
            let r: [__m256; 8] = std::array::from_fn(|j| _mm256_loadu_ps(rows[j].add(p)));
            let pair = |i: usize| (_mm256_unpacklo_ps(r[i], r[i + 1]), _mm256_unpackhi_ps(r[i], r[i + 1]));
            let ((a0, a1), (a2, a3), (a4, a5), (a6, a7)) = (pair(0), pair(2), pair(4), pair(6));
            let quad = |x, y| (_mm256_shuffle_ps::<0x44>(x, y), _mm256_shuffle_ps::<0xee>(x, y));
            let ((b0, b1), (b2, b3), (b4, b5), (b6, b7)) = (quad(a0, a2), quad(a1, a3), quad(a4, a6), quad(a5, a7));
            for (i, (low, high)) in [(b0, b4), (b1, b5), (b2, b6), (b3, b7)].into_iter().enumerate() {
                _mm256_storeu_ps(to.add((p + i) * leading), _mm256_permute2f128_ps::<0x20>(low, high));
                _mm256_storeu_ps(to.add((p + i + 4) * leading), _mm256_permute2f128_ps::<0x31>(low, high));
            }
        }
    }
}

/// Blocks of 4 × 4.
#[target_feature(enable = "avx2")]
pub(super) unsafe fn transpose_f64(rows: &[*const f64; 8], steps: usize, to: *mut f64, leading: usize) {
    for p in (0..steps).step_by(4) {
        // SAFETY: the caller's promise.
        unsafe {
            let r: [__m256d; 4] = std::array::from_fn(|j| _mm256_loadu_pd(rows[j].add(p)));
            let (a0, a1) = (_mm256_unpacklo_pd(r[0], r[1]), _mm256_unpackhi_pd(r[0], r[1]));
            let (a2, a3) = (_mm256_unpacklo_pd(r[2], r[3]), _mm256_unpackhi_pd(r[2], r[3]));
            for (i, (low, high)) in [(a0, a2), (a1, a3)].into_iter().enumerate() {
                _mm256_storeu_pd(to.add((p + i) * leading), _mm256_permute2f128_pd::<0x20>(low, high));
                _mm256_storeu_pd(to.add((p + i + 2) * leading), _mm256_permute2f128_pd::<0x31>(low, high));
            }
        }
    }
}
