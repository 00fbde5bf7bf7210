//! Convolutions of `f32` by every method, with their gradients.

use super::definition::{definition, values};
use super::*;
use crate::{Pool, Precision};
use ferroflow_array::Buffer;

fn geometry(
    (batch, in_h, in_w, in_c): (usize, usize, usize, usize),
    (k_h, k_w, out_c): (usize, usize, usize),
    stride: usize,
    pad: (usize, usize),
) -> ConvGeometry {
    let size = |n: usize, k: usize, pad: usize| (n + 2 * pad - k) / stride + 1;
    let (pad_top, pad_left) = pad;
    ConvGeometry {
        batch,
        in_h,
        in_w,
        in_c,
        k_h,
        k_w,
        out_c,
        out_h: size(in_h, k_h, pad_top),
        out_w: size(in_w, k_w, pad_left),
        stride_h: stride,
        stride_w: stride,
        pad_top,
        pad_left,
        dilation_h: 1,
        dilation_w: 1,
    }
}

/// Channels and pixels that fill tiles, and such that do not; strides above, at and below the filters' sizes.
fn geometries() -> Vec<ConvGeometry> {
    vec![
        geometry((3, 14, 14, 32), (5, 5, 64), 1, (2, 2)),
        geometry((9, 7, 6, 16), (3, 3, 16), 1, (1, 1)),
        geometry((2, 17, 33, 24), (3, 3, 40), 2, (1, 0)),
        geometry((1, 9, 40, 33), (1, 1, 17), 1, (0, 0)),
        geometry((2, 20, 16, 48), (1, 1, 32), 2, (0, 0)),
        geometry((5, 12, 13, 20), (2, 3, 30), 3, (0, 1)),
        geometry((6, 5, 5, 64), (5, 5, 10), 1, (4, 4)),
    ]
}

/// Ways to compute, and of the largest result how much they may be off.
const PRECISIONS: [(Option<Precision>, f64); 4] =
    [(None, 4e-6), (Some(Precision::F32), 4e-5), (Some(Precision::Bf16x3), 4e-5), (Some(Precision::Bf16), 2e-2)];

fn singles(values: &[f64]) -> Vec<f32> {
    values.iter().map(|v| *v as f32).collect()
}

/// The convolution and both gradients.
fn all(
    g: &ConvGeometry,
    x: &[f32],
    w: &[f32],
    dy: &[f32],
    precision: Option<Precision>,
    threads: usize,
) -> [Vec<f32>; 3] {
    let pool = Pool::new(threads);
    let (mut y, mut dx, mut dw) = (vec![7.0; dy.len()], vec![7.0; x.len()], vec![7.0; w.len()]);
    let mut scratch = Buffer::zeroed(conv2d_scratch::<f32>(g, precision));
    conv2d(x, w, &mut y, g, precision, scratch.as_bytes_mut(), &pool);
    let mut scratch = Buffer::zeroed(conv2d_input_gradient_scratch::<f32>(g, precision));
    conv2d_input_gradient(dy, w, &mut dx, g, precision, scratch.as_bytes_mut(), &pool);
    let mut scratch = Buffer::zeroed(conv2d_filter_gradient_scratch::<f32>(g, precision));
    conv2d_filter_gradient(x, dy, &mut dw, g, precision, scratch.as_bytes_mut(), &pool);
    [y, dx, dw]
}

#[test]
fn equal_the_definition_in_every_precision() {
    for g in geometries() {
        let (x, w, dy) = (values(g.input_len(), 1), values(g.filter_len(), 2), values(g.output_len(), 3));
        let mut expected = [vec![0.0; dy.len()], vec![0.0; x.len()], vec![0.0; w.len()]];
        definition(&g, |i, k, o| {
            expected[0][o] += x[i] * w[k];
            expected[1][i] += dy[o] * w[k];
            expected[2][k] += dy[o] * x[i];
        });
        let (x, w, dy) = (singles(&x), singles(&w), singles(&dy));
        for (precision, tolerance) in PRECISIONS {
            let found = all(&g, &x, &w, &dy, precision, 2);
            for (what, (found, expected)) in ["result", "images", "filters"].iter().zip(found.iter().zip(&expected)) {
                let largest = expected.iter().fold(0.0, |m: f64, v| m.max(v.abs()));
                let error = found.iter().zip(expected).fold(0.0, |e: f64, (f, x)| e.max((f64::from(*f) - x).abs()));
                assert!(error <= tolerance * largest, "{what} of {g:?}, {precision:?}: {error} of {largest} off");
            }
            assert_eq!(all(&g, &x, &w, &dy, precision, 5), found, "threads change bits: {g:?}, {precision:?}");
        }
    }
}

#[test]
fn what_is_not_finite_stays_where_it_belongs() {
    // Transforms spread it.
    for g in geometries().into_iter().filter(|g| fewer::Transforms::of::<f32>(g).is_none()) {
        let (x, w, dy) = (values(g.input_len(), 1), values(g.filter_len(), 2), values(g.output_len(), 3));
        // Without zeros, which make NaN of infinities.
        let [mut x, w, mut dy] = [x, w, dy].map(|v| singles(&v).iter().map(|v| v + 0.001).collect::<Vec<_>>());
        let exact = all(&g, &x, &w, &dy, Some(Precision::F32), 1);
        (x[g.in_c + 1], dy[g.out_c]) = (f32::INFINITY, f32::NAN);
        let [y, dx, dw] = all(&g, &x, &w, &dy, Some(Precision::Bf16x3), 2);
        let mut reached = [vec![false; dy.len()], vec![false; dx.len()], vec![false; dw.len()]];
        definition(&g, |i, k, o| {
            reached[0][o] |= i == g.in_c + 1;
            reached[1][i] |= o == g.out_c;
            reached[2][k] |= i == g.in_c + 1 || o == g.out_c;
        });
        // Neither do the padding's zeros stop what is not finite.
        let by_padding = |what: usize, k: usize| what == 2 && (k / g.out_c % g.in_c == 1 || k.is_multiple_of(g.out_c));
        for (what, (found, exact)) in [y, dx, dw].iter().zip(&exact).enumerate() {
            let largest = exact.iter().fold(0.0, |m: f32, v| m.max(v.abs()));
            for (i, (f, e)) in found.iter().zip(exact).enumerate() {
                match reached[what][i] {
                    true => assert!(!f.is_finite(), "{g:?}: {f} though it is reached"),
                    false if by_padding(what, i) => {}
                    false => assert!((f - e).abs() <= 4e-5 * largest, "{g:?}: {f} instead of {e}"),
                }
            }
        }
    }
}

#[test]
fn without_a_precision_they_are_sums_of_products() {
    // Sums of small whole numbers are exact, but not through transforms.
    for g in geometries() {
        let whole = |n, salt| values(n, salt).iter().map(|v| (v * 8.0).round()).collect::<Vec<f64>>();
        let (x, w, dy) = (whole(g.input_len(), 1), whole(g.filter_len(), 2), whole(g.output_len(), 3));
        let mut expected = [vec![0.0; dy.len()], vec![0.0; x.len()], vec![0.0; w.len()]];
        definition(&g, |i, k, o| {
            expected[0][o] += x[i] * w[k];
            expected[1][i] += dy[o] * w[k];
            expected[2][k] += dy[o] * x[i];
        });
        let found = all(&g, &singles(&x), &singles(&w), &singles(&dy), None, 2);
        assert!(found == expected.map(|v| singles(&v)), "{g:?}");
    }
}

#[test]
fn images_without_pixels_or_outside_their_frames_give_zeros() {
    // Nothing but padding is reached.
    let of = |batch, in_h, in_w, k, out, (pad_top, pad_left)| ConvGeometry {
        batch,
        in_h,
        in_w,
        in_c: 16,
        k_h: k,
        k_w: k,
        out_c: 16,
        out_h: out,
        out_w: out,
        stride_h: 1,
        stride_w: 1,
        pad_top,
        pad_left,
        dilation_h: 1,
        dilation_w: 1,
    };
    let geometries = [
        of(40, 0, 0, 5, 4, (4, 4)),
        of(40, 0, 3, 3, 8, (2, 2)),
        of(40, 3, 0, 3, 8, (2, 2)),
        of(40, 0, 0, 1, 32, (0, 0)),
        of(40, 3, 3, 1, 8, (0, 9)),
        of(40, 3, 3, 1, 8, (9, 0)),
        of(40, 3, 3, 3, 8, (0, 12)),
    ];
    for (g, (precision, _)) in geometries.iter().flat_map(|g| PRECISIONS.map(|p| (g, p))) {
        let (x, w, dy) = (vec![1.0; g.input_len()], vec![2.0; g.filter_len()], vec![3.0; g.output_len()]);
        let found = all(g, &x, &w, &dy, precision, 2);
        assert!(found.iter().flatten().all(|v| *v == 0.0), "{g:?}, {precision:?}");
    }
}

#[test]
fn filters_without_rows_or_columns_give_zeros() {
    let g = geometry((2, 6, 5, 16), (1, 3, 16), 2, (0, 1));
    let cases = [(0, 3), (3, 0), (0, 0)].map(|(k_h, k_w)| ConvGeometry { k_h, k_w, ..g });
    for (g, (precision, _)) in cases.iter().flat_map(|g| PRECISIONS.map(|p| (g, p))) {
        let found = all(g, &vec![1.0; g.input_len()], &[], &vec![3.0; g.output_len()], precision, 2);
        assert!(found.iter().flatten().all(|v| *v == 0.0), "{g:?}, {precision:?}");
    }
}
