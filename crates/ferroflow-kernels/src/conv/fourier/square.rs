//! Transforms of squares, along their rows, then their columns.

use super::line::{forward, inverse};
use super::{FREQUENCIES, SIDE};
use crate::Float;
use crate::gemm::{Simd, TileElement};

/// Values by column, then row: the transformed rows of a square.
pub(super) type Columns<V> = [[V; SIDE]; SIDE];

/// Which values of a line there are, and where: value `i` in place `i - origin`, modulo the side.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extent {
    pub(super) size: usize,
    pub(super) origin: usize,
}

impl Extent {
    /// The place of a value.
    #[inline(always)]
    fn place(&self, value: usize) -> usize {
        (value + SIDE - self.origin) % SIDE
    }

    /// The value in a place.
    #[inline(always)]
    fn at(&self, place: usize) -> Option<usize> {
        Some((place + self.origin) % SIDE).filter(|i| *i < self.size)
    }
}

/// The first of the frequencies of column `k` of the transformed rows: 9 of the first and the last column, which are real,
/// and 16 of the others.
fn first(k: usize) -> usize {
    match k {
        0 => 0,
        8 => 9,
        _ => 2 + SIDE * k,
    }
}

/// Transforms a square, of which `at(row, column)` gives the values that there are; `put` takes real part and negated
/// imaginary part of each frequency.
///
/// # Safety
/// The processor has the instructions of the vector type.
#[inline(always)]
pub(super) unsafe fn spread<V: Simd<Element: TileElement>>(
    [rows, across]: [Extent; 2],
    at: impl Fn(usize, usize) -> V,
    columns: &mut Columns<V>,
    mut put: impl FnMut(usize, [V; 2]),
) {
    // SAFETY: passed on.
    unsafe {
        let zero = V::splat(V::Element::ZERO);
        for y in 0..SIDE {
            let line = match rows.at(y) {
                None => [zero; SIDE],
                Some(i) => forward(std::array::from_fn(|x| across.at(x).map_or(zero, |j| at(i, j)))),
            };
            for (column, v) in columns.iter_mut().zip(line) {
                column[y] = v;
            }
        }
        for k in [0, 8] {
            let f = forward(columns[k]);
            for y in 0..=8 {
                put(first(k) + y, [f[y], if y % 8 == 0 { zero } else { f[8 + y] }]);
            }
        }
        for k in 1..8 {
            let (c, s) = (forward(columns[k]), forward(columns[8 + k]));
            put(first(k), [c[0], s[0]]);
            put(first(k) + 8, [c[8], s[8]]);
            for y in 1..8 {
                put(first(k) + y, [c[y].sub(s[8 + y]), c[8 + y].add(s[y])]);
                put(first(k) + SIDE - y, [c[y].add(s[8 + y]), s[y].sub(c[8 + y])]);
            }
        }
    }
}

/// 256 times the square of which `at` gives the frequencies: `put(row, column, value)` takes the values that are asked for.
///
/// # Safety
/// As [`spread`].
#[inline(always)]
pub(super) unsafe fn gather<V: Simd<Element: TileElement>>(
    [rows, across]: [Extent; 2],
    at: impl Fn(usize) -> [V; 2],
    columns: &mut Columns<V>,
    mut put: impl FnMut(usize, usize, V),
) {
    // SAFETY: passed on.
    unsafe {
        for k in [0, 8] {
            let f: [[V; 2]; 9] = std::array::from_fn(|y| at(first(k) + y));
            columns[k] = inverse::<V, false>(std::array::from_fn(|i| if i <= 8 { f[i][0] } else { f[i - 8][1] }));
        }
        for k in 1..8 {
            let ([c0, s0], [c8, s8]) = (at(first(k)), at(first(k) + 8));
            let (mut c, mut s) = ([c0; SIDE], [s0; SIDE]);
            (c[8], s[8]) = (c8, s8);
            for y in 1..8 {
                let ([real, imaginary], [mirrored, other]) = (at(first(k) + y), at(first(k) + SIDE - y));
                (c[y], s[8 + y]) = (real.add(mirrored), mirrored.sub(real));
                (s[y], c[8 + y]) = (imaginary.add(other), imaginary.sub(other));
            }
            columns[k] = inverse::<V, true>(c);
            columns[8 + k] = inverse::<V, true>(s);
        }
        for i in 0..rows.size {
            let y = rows.place(i);
            let line = inverse::<V, false>(std::array::from_fn(|k| columns[k][y]));
            for j in 0..across.size {
                put(i, j, line[across.place(j)]);
            }
        }
    }
}

const _: () = assert!(FREQUENCIES == 2 * 9 + 7 * SIDE);
