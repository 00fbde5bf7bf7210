//! What convolutions are, for the tests.

use super::ConvGeometry;

pub(super) fn values(n: usize, seed: usize) -> Vec<f64> {
    (0..n).map(|i| ((i * 7919 + seed * 104_729) % 201) as f64 / 100.0 - 1.0).collect()
}

/// Geometries with odd sizes, strides, dilations, and padding on either side.
pub(super) fn geometries() -> Vec<ConvGeometry> {
    let mut all = Vec::new();
    let cases = [
        (2, 5, 7, 1, 3, 3, 4),
        (1, 14, 14, 3, 5, 5, 33),
        (3, 6, 5, 2, 1, 1, 3),
        (1, 4, 4, 1, 2, 3, 1),
        (2, 30, 17, 2, 5, 5, 32),
        (9, 3, 3, 2, 3, 3, 5),
        (0, 3, 3, 2, 3, 3, 5),
    ];
    for (batch, in_h, in_w, in_c, k_h, k_w, out_c) in cases {
        for (stride, dilation, same) in [(1, 1, true), (1, 1, false), (2, 1, true), (3, 1, false), (1, 2, true)] {
            let reach = |k: usize| (k - 1) * dilation + 1;
            let size = |n: usize, k: usize| match same {
                true => n.div_ceil(stride),
                false => (n + 1).saturating_sub(reach(k)).div_ceil(stride),
            };
            let pad = |n: usize, k: usize| match same {
                true => ((n.div_ceil(stride) - 1) * stride + reach(k)).saturating_sub(n) / 2,
                false => 0,
            };
            let (out_h, out_w) = (size(in_h, k_h), size(in_w, k_w));
            if out_h == 0 || out_w == 0 {
                continue;
            }
            all.push(ConvGeometry {
                batch,
                in_h,
                in_w,
                in_c,
                k_h,
                k_w,
                out_c,
                out_h,
                out_w,
                stride_h: stride,
                stride_w: stride,
                pad_top: pad(in_h, k_h),
                pad_left: pad(in_w, k_w),
                dilation_h: dilation,
                dilation_w: dilation,
            });
        }
    }
    all
}

/// Small geometries of all strides, dilations and paddings, beyond the images and beyond the results too.
pub(super) fn small_geometries() -> impl Iterator<Item = ConvGeometry> {
    let small = ConvGeometry {
        batch: 2,
        in_h: 3,
        in_w: 5,
        in_c: 2,
        k_h: 2,
        k_w: 3,
        out_c: 3,
        out_h: 3,
        out_w: 4,
        stride_h: 1,
        stride_w: 1,
        pad_top: 0,
        pad_left: 0,
        dilation_h: 1,
        dilation_w: 1,
    };
    (0..4 * 3 * 5 * 3).map(move |i| {
        let (stride, dilation, pad, far) = (i % 4, i / 4 % 3, i / 12 % 5, i / 60);
        ConvGeometry {
            stride_h: 1 + stride,
            stride_w: 4 - stride,
            dilation_h: 1 + dilation,
            dilation_w: 3 - dilation,
            pad_top: pad + 10 * (far % 2),
            pad_left: 4 - pad + 10 * (far / 2),
            ..small
        }
    })
}

/// Calls `f` with the indices of input, filter and output of every product of the definition.
pub(super) fn definition(g: &ConvGeometry, mut f: impl FnMut(usize, usize, usize)) {
    for n in 0..g.batch {
        for (y, x) in (0..g.out_h).flat_map(|y| (0..g.out_w).map(move |x| (y, x))) {
            for (i, j) in (0..g.k_h).flat_map(|i| (0..g.k_w).map(move |j| (i, j))) {
                let (v, u) = (y * g.stride_h + i * g.dilation_h, x * g.stride_w + j * g.dilation_w);
                if v < g.pad_top || u < g.pad_left || v - g.pad_top >= g.in_h || u - g.pad_left >= g.in_w {
                    continue;
                }
                for (c, o) in (0..g.in_c).flat_map(|c| (0..g.out_c).map(move |o| (c, o))) {
                    let input = ((n * g.in_h + v - g.pad_top) * g.in_w + u - g.pad_left) * g.in_c + c;
                    f(
                        input,
                        ((i * g.k_w + j) * g.in_c + c) * g.out_c + o,
                        ((n * g.out_h + y) * g.out_w + x) * g.out_c + o,
                    );
                }
            }
        }
    }
}
