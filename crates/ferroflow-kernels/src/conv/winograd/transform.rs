//! The transforms, for the points 0, ±1, ±2, (±1/2,) ∞ in this order.

use crate::Float;
use crate::gemm::{Simd, TileElement};

/// The points ±p between 0 and ∞ for `frequencies` of a line: p, and the factor of its filter transform.
const fn pairs(frequencies: usize) -> &'static [(f64, f64)] {
    match frequencies {
        6 => &[(1.0, -1.0 / 6.0), (2.0, 1.0 / 24.0)],
        _ => &[(1.0, -2.0 / 9.0), (2.0, 1.0 / 90.0), (0.5, 32.0 / 45.0)],
    }
}

/// A transform of a line of `I` values into one of `O`.
pub(super) trait Line<const I: usize, const O: usize> {
    /// # Safety
    /// The processor has the instructions of the vector type.
    unsafe fn of<V: Simd<Element: TileElement>>(line: [V; I]) -> [V; O];
}

/// `Bᵀd`: pixels to frequencies.
pub(super) struct Pixels;
/// `Gg`: filter taps to frequencies.
pub(super) struct Taps;
/// `Aᵀm`: frequencies to results.
pub(super) struct Results;

/// `a·x`, `a` a constant.
///
/// # Safety
/// The processor has the instructions of the vector type.
#[inline(always)]
pub(in crate::conv) unsafe fn times<V: Simd>(x: V, a: f64) -> V
where
    V::Element: TileElement,
{
    // SAFETY: passed on.
    unsafe { x.mul(V::splat(V::Element::from_f64(a))) }
}

/// `sum + a·x`.
///
/// # Safety
/// The processor has the instructions of the vector type.
#[inline(always)]
pub(in crate::conv) unsafe fn plus<V: Simd>(sum: V, x: V, a: f64) -> V
where
    V::Element: TileElement,
{
    // SAFETY: passed on.
    unsafe { sum.add_product(x, V::splat(V::Element::from_f64(a))) }
}

impl<const A: usize> Line<A, A> for Pixels {
    #[inline(always)]
    unsafe fn of<V: Simd<Element: TileElement>>(d: [V; A]) -> [V; A] {
        let mut out = d;
        // SAFETY: passed on.
        unsafe {
            let mut pair = |i: usize, even: V, odd: V| (out[i], out[i + 1]) = (even.add(odd), even.sub(odd));
            if A == 6 {
                pair(1, plus(d[4], d[2], -4.0), plus(d[3], d[1], -4.0));
                pair(3, d[4].sub(d[2]), times(d[3].sub(d[1]), 2.0));
                out[0] = plus(plus(d[4], d[0], 4.0), d[2], -5.0);
                out[5] = plus(plus(d[5], d[1], 4.0), d[3], -5.0);
            } else {
                pair(1, plus(d[2].add(d[6]), d[4], -4.25), plus(d[1].add(d[5]), d[3], -4.25));
                let odd = plus(plus(times(d[1], 0.5), d[3], -2.5), d[5], 2.0);
                pair(3, plus(plus(d[6], d[2], 0.25), d[4], -1.25), odd);
                let odd = plus(plus(times(d[1], 2.0), d[3], -2.5), d[5], 0.5);
                pair(5, plus(plus(d[6], d[2], 4.0), d[4], -5.0), odd);
                out[0] = plus(d[0].sub(d[6]), d[4].sub(d[2]), 5.25);
                out[7] = plus(d[7].sub(d[1]), d[3].sub(d[5]), 5.25);
            }
        }
        out
    }
}

impl<const I: usize, const O: usize> Line<I, O> for Taps {
    #[inline(always)]
    unsafe fn of<V: Simd<Element: TileElement>>(taps: [V; I]) -> [V; O] {
        // SAFETY: passed on.
        unsafe {
            let mut out = [taps[I - 1]; O];
            out[0] = if O == 6 { times(taps[0], 0.25) } else { taps[0] };
            for (i, &(p, factor)) in pairs(O).iter().enumerate() {
                let (mut even, mut odd) = (times(taps[0], factor), times(taps[1], factor * p));
                let mut power = factor * p;
                for (j, &tap) in taps.iter().enumerate().skip(2) {
                    power *= p;
                    match j % 2 {
                        0 => even = plus(even, tap, power),
                        _ => odd = plus(odd, tap, power),
                    }
                }
                (out[2 * i + 1], out[2 * i + 2]) = (even.add(odd), even.sub(odd));
            }
            out
        }
    }
}

impl<const I: usize, const O: usize> Line<I, O> for Results {
    #[inline(always)]
    unsafe fn of<V: Simd<Element: TileElement>>(line: [V; I]) -> [V; O] {
        // SAFETY: passed on.
        unsafe {
            let mut out = [line[0]; O];
            for (i, &(p, _)) in pairs(I).iter().enumerate() {
                let (plus_p, minus_p) = (line[2 * i + 1], line[2 * i + 2]);
                let (even, odd) = (plus_p.add(minus_p), plus_p.sub(minus_p));
                let mut power = 1.0;
                for (j, out) in out.iter_mut().enumerate() {
                    let part = if j % 2 == 0 { even } else { odd };
                    *out = match (i, j) {
                        (_, 0) => out.add(part),
                        (0, _) => part,
                        _ => plus(*out, part, power),
                    };
                    power *= p;
                }
            }
            out[O - 1] = out[O - 1].add(line[I - 1]);
            out
        }
    }
}

/// Transforms the columns of a square, then its rows: `at(y, x)` gives its values, `put` takes the results. Two rows of the
/// transformed columns are made at a time, those that share most, so that they stay in registers: to store and load them
/// takes longer than to read all values for each pair again.
///
/// # Safety
/// As [`Line::of`].
#[inline(always)]
pub(super) unsafe fn square<V: Simd<Element: TileElement>, L: Line<I, O>, const I: usize, const O: usize>(
    at: impl Fn(usize, usize) -> V,
    mut put: impl FnMut(usize, usize, V),
) {
    // SAFETY: passed on.
    unsafe {
        two_rows::<V, L, I, O, 0>(&at, &mut put);
        two_rows::<V, L, I, O, 1>(&at, &mut put);
        if O > 4 {
            two_rows::<V, L, I, O, 2>(&at, &mut put);
        }
        if O > 6 {
            two_rows::<V, L, I, O, 3>(&at, &mut put);
        }
    }
}

/// Rows of the points ±p; of 0 and, of an even number, ∞.
///
/// # Safety
/// As [`Line::of`].
#[inline(always)]
unsafe fn two_rows<V: Simd<Element: TileElement>, L: Line<I, O>, const I: usize, const O: usize, const PAIR: usize>(
    at: &impl Fn(usize, usize) -> V,
    put: &mut impl FnMut(usize, usize, V),
) {
    let (first, second) = match PAIR {
        0 => (0, (O - 1) * (1 - O % 2)),
        _ => (2 * PAIR - 1, 2 * PAIR),
    };
    // SAFETY: passed on.
    unsafe {
        let (mut one, mut other) = ([V::splat(V::Element::ZERO); I], [V::splat(V::Element::ZERO); I]);
        for (x, (one, other)) in one.iter_mut().zip(&mut other).enumerate() {
            let column = L::of::<V>(std::array::from_fn(|y| at(y, x)));
            (*one, *other) = (column[first], column[second]);
        }
        for (x, v) in L::of::<V>(one).into_iter().enumerate() {
            put(first, x, v);
        }
        if second != first {
            for (x, v) in L::of::<V>(other).into_iter().enumerate() {
                put(second, x, v);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `Σⱼ d[i + j]·g[j]` through the transforms, of one line.
    fn filtered<const R: usize, const M: usize, const A: usize>(d: [f64; A], g: [f64; R]) -> [f64; M] {
        let pair = |x: f64| [x, -x];
        // SAFETY: the portable vectors run everywhere.
        unsafe {
            let d = Pixels::of(d.map(pair));
            let g: [[f64; 2]; A] = Taps::of(g.map(|x| [x; 2]));
            let m: [[f64; 2]; A] = std::array::from_fn(|i| [d[i][0] * g[i][0], d[i][1] * g[i][1]]);
            let y: [[f64; 2]; M] = Results::of(m);
            y.map(|[a, b]| {
                assert_eq!(a, -b);
                a
            })
        }
    }

    #[test]
    fn lines_are_filtered() {
        let d = [3.0, -1.0, 4.0, 1.5, -5.0, 9.0, 2.5, 6.0];
        let g = [0.5, -2.0, 1.0, 3.0, -0.25];
        fn close<const M: usize>(found: [f64; M], d: &[f64], g: &[f64]) {
            for (i, found) in found.into_iter().enumerate() {
                let expected: f64 = g.iter().enumerate().map(|(j, g)| d[i + j] * g).sum();
                assert!((found - expected).abs() < 1e-12, "{found} {expected}");
            }
        }
        close(filtered::<5, 4, 8>(d, g), &d, &g);
        close(filtered::<4, 5, 8>(d, [g[0], g[1], g[2], g[3]]), &d, &g[..4]);
        let (short, three) = ([d[0], d[1], d[2], d[3], d[4], d[5]], [g[0], g[1], g[2]]);
        close(filtered::<3, 4, 6>(short, three), &d, &three);
        close(filtered::<4, 3, 6>(short, [g[0], g[1], g[2], g[3]]), &d, &g[..4]);
    }
}
