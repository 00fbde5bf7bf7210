use super::forward::tiles;
use super::geometry::Frame;
use super::{ConvGeometry, winograd};
use crate::cpu::level;
use crate::gemm::{TileElement, WIDEST, tile_size};
use crate::scratch::{parts, with_local};
use crate::{Pool, Rows};

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
    let fast = winograd::applies::<T>(g);
    (prepared_len::<T>(g, fast) + frames_len(g, fast)) * size_of::<T>()
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
    assert_eq!((input_grad.len(), grad.len()), (g.input_len(), g.output_len()), "sizes of {g:?}");
    if input_grad.is_empty() {
        return;
    }
    let fast = winograd::applies::<T>(g);
    let [prepared, frames] = parts(scratch, [prepared_len::<T>(g, fast), frames_len(g, fast)]);
    prepare(fast, filter, bytemuck::cast_slice_mut(prepared), g, pool);
    convolve(fast, grad, prepared, input_grad, g, frames, pool);
}

/// The derivative of the images as work that is cut by images; inputs are the sizes of the images, the filters and the
/// derivative of the result.
pub fn conv2d_input_gradient_rows<T: TileElement>(g: ConvGeometry) -> Rows {
    let fast = winograd::applies::<T>(&g);
    Rows::new(g.batch, move |io, part| {
        let g = ConvGeometry { batch: part.units.len(), ..g };
        let (grad, prepared, input_grad) = (io.input(2), io.prepared::<T>(), io.output(0));
        with_local(frames_len(&g, fast), |frames| convolve(fast, grad, prepared, input_grad, &g, frames, io.pool()));
        Ok(())
    })
    .with_grain(if fast { winograd::grain(&exchanged(&g)) } else { 1 })
    .with_whole(0)
    .with_whole(1)
    .with_prepare(prepared_len::<T>(&g, fast) * size_of::<T>(), move |io| {
        prepare::<T>(fast, io.input(1), io.scratch(), &g, io.pool());
        Ok(())
    })
}

/// Elements of the filters as [`prepare`] leaves them.
fn prepared_len<T: TileElement>(g: &ConvGeometry, fast: bool) -> usize {
    match fast {
        true => winograd::scratch::<T>(&exchanged(g)) / size_of::<T>(),
        false => g.k_h * g.k_w * g.out_c * g.in_c.next_multiple_of(WIDEST),
    }
}

/// Elements of the frames that [`convolve`] makes.
fn frames_len(g: &ConvGeometry, fast: bool) -> usize {
    if fast { 0 } else { transposed(g).1.len() }
}

/// Packs or transforms the filters, turned around.
fn prepare<T: TileElement>(fast: bool, filter: &[T], to: &mut [u8], g: &ConvGeometry, pool: &Pool) {
    assert_eq!(filter.len(), g.filter_len(), "filters of {g:?}");
    let level = level();
    if fast {
        return winograd::prepare(level, (filter, winograd::Filters::Turned), &exchanged(g), to, pool);
    }
    let width = tile_size::<T>(level, g.in_c).width;
    let field = g.k_h * g.k_w;
    let [panels] = parts(to, [field * g.out_c * g.in_c.next_multiple_of(width)]);
    for (panel, to) in panels.chunks_exact_mut((field * g.out_c * width).max(1)).enumerate() {
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
}

/// The convolution of the derivative with prepared filters.
fn convolve<T: TileElement>(
    fast: bool,
    grad: &[T],
    prepared: &[T],
    input_grad: &mut [T],
    g: &ConvGeometry,
    frames: &mut [T],
    pool: &Pool,
) {
    if fast {
        return winograd::convolve(level(), grad, prepared, input_grad, &exchanged(g), pool);
    }
    let (turned, frame) = transposed(g);
    let frames = frame.of(grad, frames, pool);
    tiles(level(), frames, &frame, prepared, input_grad, &turned, pool);
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
