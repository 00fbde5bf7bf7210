//! Operands of the unit: every element as the sum of two numbers in bf16, its upper and its lower half, which leaves an
//! error of 2⁻¹⁶ of it at most.

use super::unit::{ROW, SIDE};
use std::arch::x86_64::*;

/// Which operand of a product a tile is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operand {
    /// A row for each lane, steps along it.
    Left,
    /// A row for each two steps, which alternate, lanes along it.
    Right,
}

/// The upper and the lower halves of the elements, each in the upper bits of its lane. `unsplit` becomes NaN where an element
/// is not finite, or so large that its upper half is not.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn split(x: __m512, unsplit: &mut __m512) -> (__m512i, __m512i) {
    let (half, mask) = (_mm512_set1_epi32(0x8000), _mm512_set1_epi32(0xffff_0000u32 as i32));
    let upper = _mm512_and_si512(_mm512_add_epi32(_mm512_castps_si512(x), half), mask);
    let rest = _mm512_sub_ps(x, _mm512_castsi512_ps(upper));
    *unsplit = _mm512_fmadd_ps(rest, _mm512_setzero_ps(), *unsplit);
    (upper, _mm512_add_epi32(_mm512_castps_si512(rest), half))
}

/// `first` in the lower 16 bits of each lane, `second` in the upper ones.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn pair(first: __m512i, second: __m512i) -> __m512i {
    const SECOND: __mmask32 = 0xaaaa_aaaa;
    _mm512_mask_blend_epi16(SECOND, _mm512_srli_epi32::<16>(first), second)
}

/// The upper 16 bits of each lane of `first`, then of `second`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn join(first: __m512i, second: __m512i) -> __m512i {
    const WORDS: [u16; 32] = {
        let (mut words, mut i) = ([0; 32], 0);
        while i < 32 {
            words[i] = 2 * i as u16 + 1;
            i += 1;
        }
        words
    };
    // SAFETY: a vector of words.
    let words = unsafe { _mm512_loadu_si512(WORDS.as_ptr().cast()) };
    _mm512_permutex2var_epi16(first, words, second)
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn is_unsplit(unsplit: __m512) -> bool {
    _mm512_cmp_ps_mask::<_CMP_UNORD_Q>(unsplit, unsplit) != 0
}

fn first(count: usize) -> __mmask16 {
    if count >= SIDE { u16::MAX } else { (1 << count) - 1 }
}

/// # Safety
/// The lanes of the mask can be read, or the address is null, for zeros.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
unsafe fn load(from: *const f32, mask: __mmask16) -> __m512 {
    // SAFETY: by the contract; masked lanes are not touched.
    if from.is_null() { _mm512_setzero_ps() } else { unsafe { _mm512_maskz_loadu_ps(mask, from) } }
}

/// Packs a tile of 32 steps whose lanes are contiguous: those of step `i` at `step(i)`, zeros if that is null. Whether
/// an element was not finite, or too large to split.
///
/// # Safety
/// The processor has AVX-512; `lanes` elements, at most 16, can be read at each address, and the tile written.
#[target_feature(enable = "avx512f,avx512bw")]
pub(crate) unsafe fn pack_steps(
    step: impl Fn(usize) -> *const f32,
    lanes: usize,
    to: *mut u8,
    operand: Operand,
) -> bool {
    let (mask, mut unsplit) = (first(lanes), _mm512_setzero_ps());
    let tile = |p: usize| {
        // SAFETY: by the contract; masked lanes are not touched.
        let (x, y) = unsafe { (load(step(2 * p), mask), load(step(2 * p + 1), mask)) };
        let ((x, x_rest), (y, y_rest)) = (split(x, &mut unsplit), split(y, &mut unsplit));
        (pair(x, y), pair(x_rest, y_rest))
    };
    // SAFETY: by the contract.
    unsafe { store(tile, to, operand == Operand::Left) };
    is_unsplit(unsplit)
}

/// Packs a tile of lanes whose steps are contiguous: those of lane `i` at `lane(i)`, `steps` of them, then zeros to 32.
/// Whether an element was not finite, or too large to split.
///
/// # Safety
/// The processor has AVX-512; `steps` elements can be read for each of at most 16 lanes, and the tile written.
#[target_feature(enable = "avx512f,avx512bw")]
pub(crate) unsafe fn pack_lanes(
    lane: impl Fn(usize) -> *const f32,
    lanes: usize,
    steps: usize,
    to: *mut u8,
    operand: Operand,
) -> bool {
    let mut unsplit = _mm512_setzero_ps();
    let masks = (first(steps), first(steps.saturating_sub(SIDE)));
    let tile = |l: usize| {
        if l >= lanes {
            return (_mm512_setzero_si512(), _mm512_setzero_si512());
        }
        let from = lane(l);
        // SAFETY: by the contract; masked lanes are not touched.
        let (x, y) = unsafe { (load(from, masks.0), load(from.wrapping_add(SIDE), masks.1)) };
        let ((x, x_rest), (y, y_rest)) = (split(x, &mut unsplit), split(y, &mut unsplit));
        (join(x, y), join(x_rest, y_rest))
    };
    // SAFETY: by the contract.
    unsafe { store(tile, to, operand == Operand::Right) };
    is_unsplit(unsplit)
}

/// Splits elements that follow each other: 32 upper halves, then their lower ones, and so on, the last with zeros. Whether an
/// element was not finite, or too large to split.
///
/// # Safety
/// The processor has AVX-512; `len` elements can be read, and 128 bytes for every 32 of them written.
#[target_feature(enable = "avx512f,avx512bw")]
pub(crate) unsafe fn split_row(from: *const f32, len: usize, to: *mut u8) -> bool {
    let mut unsplit = _mm512_setzero_ps();
    for block in 0..len.div_ceil(2 * SIDE) {
        let (from, left) = (from.wrapping_add(2 * SIDE * block), len - 2 * SIDE * block);
        // SAFETY: by the contract; masked lanes are not touched.
        unsafe {
            let x = load(from, first(left));
            let y = load(from.wrapping_add(SIDE), first(left.saturating_sub(SIDE)));
            let ((x, x_rest), (y, y_rest)) = (split(x, &mut unsplit), split(y, &mut unsplit));
            _mm512_storeu_si512(to.add(block * ROW).cast(), join(x, y));
            _mm512_storeu_si512(to.add(block * ROW + ROW / 2).cast(), join(x_rest, y_rest));
        }
    }
    is_unsplit(unsplit)
}

/// Writes a tile of 16 vectors of upper halves, and 16 of lower ones, or its transpose.
///
/// # Safety
/// The tile can be written.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
unsafe fn store(mut rows: impl FnMut(usize) -> (__m512i, __m512i), to: *mut u8, turned: bool) {
    let put = |row: usize, upper, lower| {
        // SAFETY: within the tile.
        unsafe {
            _mm512_storeu_si512(to.add(row * ROW).cast(), upper);
            _mm512_storeu_si512(to.add(row * ROW + ROW / 2).cast(), lower);
        }
    };
    if !turned {
        for row in 0..SIDE {
            let (upper, lower) = rows(row);
            put(row, upper, lower);
        }
        return;
    }
    let (mut upper, mut lower) = ([_mm512_setzero_si512(); SIDE], [_mm512_setzero_si512(); SIDE]);
    for row in 0..SIDE {
        (upper[row], lower[row]) = rows(row);
    }
    let (upper, lower) = (transpose(upper), transpose(lower));
    for row in 0..SIDE {
        put(row, upper[row], lower[row]);
    }
}

/// The transpose of 16 × 16 lanes.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn transpose(rows: [__m512i; SIDE]) -> [__m512i; SIDE] {
    let mut a = rows;
    for i in (0..SIDE).step_by(2) {
        a[i] = _mm512_unpacklo_epi32(rows[i], rows[i + 1]);
        a[i + 1] = _mm512_unpackhi_epi32(rows[i], rows[i + 1]);
    }
    let mut b = a;
    for i in (0..SIDE).step_by(4) {
        for j in 0..2 {
            b[i + 2 * j] = _mm512_unpacklo_epi64(a[i + j], a[i + j + 2]);
            b[i + 2 * j + 1] = _mm512_unpackhi_epi64(a[i + j], a[i + j + 2]);
        }
    }
    // Lane 4·q + j of the transpose is quarter q of the vectors j of each four.
    let mut c = b;
    for j in 0..4 {
        let (x, y, z, w) = (b[j], b[j + 4], b[j + 8], b[j + 12]);
        let (xy, zw) = (_mm512_shuffle_i32x4::<0x88>(x, y), _mm512_shuffle_i32x4::<0x88>(z, w));
        (c[j], c[j + 8]) = (_mm512_shuffle_i32x4::<0x88>(xy, zw), _mm512_shuffle_i32x4::<0xdd>(xy, zw));
        let (xy, zw) = (_mm512_shuffle_i32x4::<0xdd>(x, y), _mm512_shuffle_i32x4::<0xdd>(z, w));
        (c[j + 4], c[j + 12]) = (_mm512_shuffle_i32x4::<0x88>(xy, zw), _mm512_shuffle_i32x4::<0xdd>(xy, zw));
    }
    c
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cpu::{Level, level};

    /// The two halves of an element, if it can be split.
    fn halves(x: f32) -> Option<(f32, f32)> {
        let mut to = [0; ROW];
        // SAFETY: the test runs with AVX-512 only; there are one element and 128 bytes.
        let unsplit = unsafe { split_row(&x, 1, to.as_mut_ptr()) };
        let half = |at: usize| f32::from_bits(u32::from_le_bytes([0, 0, to[at], to[at + 1]]));
        (!unsplit).then(|| (half(0), half(ROW / 2)))
    }

    #[test]
    fn halves_sum_to_the_element_and_the_limits_are_as_said() {
        if level() < Level::Avx512 {
            return;
        }
        let largest = f32::from_bits(0x7f7f_7fff);
        let values = (0..4000).map(|i| (1.0 + i as f32 / 4001.0) * 2f32.powi(i % 230 - 110));
        for x in values.flat_map(|x| [x, -x]).chain([0.0, -0.0, largest, -largest]) {
            let (upper, lower) = halves(x).unwrap();
            assert!((x - upper - lower).abs() <= x.abs() * 2f32.powi(-16), "{x} as {upper} and {lower}");
        }
        for x in [f32::from_bits(0x7f7f_8000), f32::MAX, f32::INFINITY, f32::NAN] {
            assert_eq!((halves(x), halves(-x)), (None, None), "{x}");
        }
        assert_eq!(f64::from(f32::from_bits(0x7f7f_8000)), 2f64.powi(128) * (1.0 - 1.0 / 512.0));
    }
}
