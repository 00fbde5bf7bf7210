use super::forward::tiles;
use super::geometry::Frame;
use super::{ConvGeometry, winograd};
use crate::Pool;
use crate::cpu::level;
use crate::gemm::{Epilogue, TileElement, WIDEST, tile_size};
use crate::scratch::parts;

/// The convolution that the gradient is: of the derivatives of the result, spread apart by the stride, with the filters
/// turned around.
fn transposed(g: &ConvGeometry) -> (ConvGeometry, Frame) {
    let reach = ((g.k_h - 1) * g.dilation_h, (g.k_w - 1) * g.dilation_w);
    let frame = Frame {
        images: g.batch,
        from: (g.out_h, g.out_w),
        channels: g.out_c,
        pad: (reach.0 as isize - g.pad_top as isize, reach.1 as isize - g.pad_left as isize),
        spread: (g.stride_h, g.stride_w),
        to: (g.in_h + reach.0, g.in_w + reach.1),
    };
    let turned = ConvGeometry {
        in_h: frame.to.0,
        in_w: frame.to.1,
        in_c: g.out_c,
        out_c: g.in_c,
        out_h: g.in_h,
        out_w: g.in_w,
        stride_h: 1,
        stride_w: 1,
        pad_top: 0,
        pad_left: 0,
        ..*g
    };
    (turned, frame)
}

/// The same convolution where strides and dilations are 1 and the padding is less than the filter: its images are the
/// derivatives as they are.
pub(super) fn exchanged(g: &ConvGeometry) -> ConvGeometry {
    ConvGeometry {
        in_h: g.out_h,
        in_w: g.out_w,
        in_c: g.out_c,
        out_h: g.in_h,
        out_w: g.in_w,
        out_c: g.in_c,
        pad_top: g.k_h - 1 - g.pad_top,
        pad_left: g.k_w - 1 - g.pad_left,
        ..*g
    }
}

/// Bytes of scratch that [`conv2d_input_gradient`] needs.
pub fn conv2d_input_gradient_scratch<T: TileElement>(g: &ConvGeometry) -> usize {
    if winograd::applies::<T>(g) {
        return winograd::scratch::<T>(&exchanged(g));
    }
    let (_, frame) = transposed(g);
    (frame.len() + g.k_h * g.k_w * g.out_c * g.in_c.next_multiple_of(WIDEST)) * size_of::<T>()
}

/// The derivative of the images, from that of the result, `[batch, out_h, out_w, out_c]`, and the filters.
///
/// # Panics
/// If a slice is not of the size that the geometry says, or the scratch smaller than
/// [`conv2d_input_gradient_scratch`].
pub fn conv2d_input_gradient<T: TileElement>(
    grad: &[T],
    filter: &[T],
    input_grad: &mut [T],
    g: &ConvGeometry,
    scratch: &mut [u8],
    pool: &Pool,
) {
    let sizes = (input_grad.len(), filter.len(), grad.len());
    assert_eq!(sizes, (g.input_len(), g.filter_len(), g.output_len()), "sizes of {g:?}");
    if input_grad.is_empty() {
        return;
    }
    let level = level();
    if winograd::applies::<T>(g) {
        let filters = (filter, winograd::Filters::Turned);
        return winograd::convolve(level, grad, filters, input_grad, &exchanged(g), Epilogue::NONE, scratch, pool);
    }
    let (turned, frame) = transposed(g);
    let width = tile_size::<T>(level, g.in_c).width;
    let field = g.k_h * g.k_w;
    let k = field * g.out_c;
    let [frames, panels] = parts(scratch, [frame.len(), k * g.in_c.next_multiple_of(width)]);
    let frames = frame.of(grad, frames, pool);
    for (panel, to) in panels.chunks_exact_mut((k * width).max(1)).enumerate() {
        let columns = width.min(g.in_c - panel * width);
        for (position, to) in to.chunks_exact_mut(g.out_c * width).enumerate() {
            let from = &filter[(field - 1 - position) * g.in_c * g.out_c..];
            for (o, row) in to.chunks_exact_mut(width).enumerate() {
                for (c, v) in row[..columns].iter_mut().enumerate() {
                    *v = from[(panel * width + c) * g.out_c + o];
                }
                row[columns..].fill(T::ZERO);
            }
        }
    }
    tiles(level, frames, &frame, panels, input_grad, &turned, Epilogue::NONE, pool);
}

#[cfg(test)]
mod tests {
    use super::super::forward::tests::{definition, geometries, values};
    use super::*;

    #[test]
    fn equals_the_definition() {
        for g in geometries() {
            let (dy, w) = (values(g.output_len(), 1), values(g.filter_len(), 2));
            let mut expected = vec![0.0; g.input_len()];
            definition(&g, |i, k, o| expected[i] += dy[o] * w[k]);
            let mut found = vec![7.0; g.input_len()];
            let mut scratch = ferroflow_array::Buffer::zeroed(conv2d_input_gradient_scratch::<f64>(&g));
            conv2d_input_gradient(&dy, &w, &mut found, &g, scratch.as_bytes_mut(), &Pool::new(2));
            assert!(found.iter().zip(&expected).all(|(f, e)| (f - e).abs() < 1e-12), "{g:?}");
        }
    }
}
