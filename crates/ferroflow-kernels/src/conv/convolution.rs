use super::geometry::{Filters, Frame};
use super::{ConvGeometry, winograd};
use crate::bf16::Convolution;
use crate::cpu::{Level, level};
use crate::gemm::{Run, Target, TileElement, TileSize, WIDEST, even, run_tile, tile_size};
use crate::pool::Disjoint;
use crate::scratch::with_local;
use crate::{Pool, Precision, Rows};
use ferroflow_array::Buffer;

/// A convolution of images in frames: what the forward one is, and the gradient of the images.
#[derive(Debug, Clone, Copy)]
struct Task {
    g: ConvGeometry,
    frame: Frame,
    order: Filters,
    method: Method,
}

#[derive(Debug, Clone, Copy)]
enum Method {
    Unit(Convolution),
    /// With the geometry in which the images have their padding.
    Winograd(ConvGeometry),
    Tiles,
}

impl Task {
    fn forward<T: TileElement>(g: &ConvGeometry, precision: Precision) -> Task {
        Task::new::<T>(*g, g.frame(), Filters::Plain, *g, precision)
    }

    /// The convolution that the gradient of the images is: of the derivatives of the result, spread apart by the stride,
    /// with the filters turned around.
    fn input_gradient<T: TileElement>(g: &ConvGeometry, precision: Precision) -> Task {
        let reach = ((g.k_h.max(1) - 1) * g.dilation_h, (g.k_w.max(1) - 1) * g.dilation_w);
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
        Task::new::<T>(turned, frame, Filters::Turned, exchanged(g), precision)
    }

    fn new<T: TileElement>(
        g: ConvGeometry,
        frame: Frame,
        order: Filters,
        padded: ConvGeometry,
        precision: Precision,
    ) -> Task {
        let method = match Convolution::of::<T>(&g, frame, precision) {
            Some(convolution) => Method::Unit(convolution),
            None if winograd::applies::<T>(&padded) => Method::Winograd(padded),
            None => Method::Tiles,
        };
        Task { g, frame, order, method }
    }

    /// The same for another number of images.
    fn with_batch(self, batch: usize) -> Task {
        let method = match self.method {
            Method::Unit(convolution) => Method::Unit(convolution.with_batch(batch)),
            Method::Winograd(g) => Method::Winograd(ConvGeometry { batch, ..g }),
            Method::Tiles => Method::Tiles,
        };
        Task {
            g: ConvGeometry { batch, ..self.g },
            frame: Frame { images: batch, ..self.frame },
            order: self.order,
            method,
        }
    }

    /// Bytes of the filters as [`Task::prepare`] leaves them.
    fn prepared<T: TileElement>(&self) -> usize {
        match self.method {
            Method::Unit(convolution) => convolution.prepared(),
            Method::Winograd(g) => winograd::scratch::<T>(&g),
            Method::Tiles => self.field() * self.g.out_c.next_multiple_of(WIDEST) * size_of::<T>(),
        }
        .next_multiple_of(64)
    }

    /// Bytes of the frames that [`Task::run`] makes.
    fn frames<T: TileElement>(&self) -> usize {
        match self.method {
            Method::Unit(convolution) => convolution.frames(),
            Method::Winograd(_) => 0,
            Method::Tiles => self.frame.len() * size_of::<T>(),
        }
    }

    fn scratch<T: TileElement>(&self) -> usize {
        self.prepared::<T>() + self.frames::<T>()
    }

    /// Elements of a filter.
    fn field(&self) -> usize {
        self.g.k_h * self.g.k_w * self.g.in_c
    }

    /// Packs or transforms the filters.
    fn prepare<T: TileElement>(&self, filter: &[T], to: &mut [u8], pool: &Pool) {
        assert_eq!(filter.len(), self.g.filter_len(), "filters of {:?}", self.g);
        match self.method {
            Method::Unit(convolution) => convolution.prepare(bytemuck::cast_slice(filter), self.order, to, pool),
            Method::Winograd(g) => winograd::prepare(level(), (filter, self.order), &g, to, pool),
            Method::Tiles => self.pack(filter, bytemuck::cast_slice_mut(to)),
        }
    }

    /// Packs the filters in panels as wide as the tiles.
    fn pack<T: TileElement>(&self, filter: &[T], panels: &mut [T]) {
        let (c, o, field) = (self.g.in_c, self.g.out_c, self.field());
        let width = tile_size::<T>(level(), o).width;
        for (panel, to) in panels.chunks_exact_mut((field * width).max(1)).take(o.div_ceil(width)).enumerate() {
            let columns = width.min(o - panel * width);
            for (i, row) in to.chunks_exact_mut(width).enumerate() {
                let first = panel * width;
                match self.order {
                    Filters::Plain => row[..columns].copy_from_slice(&filter[i * o + first..][..columns]),
                    Filters::Turned => {
                        let from = &filter[(self.g.k_h * self.g.k_w - 1 - i / c) * c * o + i % c..];
                        row[..columns].iter_mut().enumerate().for_each(|(j, v)| *v = from[(first + j) * c]);
                    }
                }
                row[columns..].fill(T::ZERO);
            }
        }
    }

    /// The convolution with prepared filters.
    fn run<T: TileElement>(
        &self,
        images: &[T],
        filter: &[T],
        prepared: &[u8],
        output: &mut [T],
        frames: &mut [u8],
        pool: &Pool,
    ) {
        match self.method {
            Method::Unit(convolution) => {
                let (from, to) = (bytemuck::cast_slice(images), bytemuck::cast_slice_mut(output));
                if !convolution.run(from, prepared, to, frames, pool) {
                    let tiles = Task { method: Method::Tiles, ..*self };
                    let mut memory = Buffer::zeroed(tiles.scratch::<T>());
                    tiles.prepare_and_run(images, filter, output, memory.as_bytes_mut(), pool);
                }
            }
            Method::Winograd(g) => {
                winograd::convolve(level(), images, bytemuck::cast_slice(prepared), output, &g, pool);
            }
            Method::Tiles => {
                let frames = self.frame.of(images, bytemuck::cast_slice_mut(frames), pool);
                tiles(level(), frames, &self.frame, bytemuck::cast_slice(prepared), output, &self.g, pool);
            }
        }
    }

    fn prepare_and_run<T: TileElement>(
        &self,
        images: &[T],
        filter: &[T],
        output: &mut [T],
        scratch: &mut [u8],
        pool: &Pool,
    ) {
        assert_eq!(
            (images.len(), output.len()),
            (self.frame.source_len(), self.g.output_len()),
            "sizes of {:?}",
            self.g
        );
        if output.is_empty() {
            return;
        }
        let (prepared, frames) = scratch[..self.scratch::<T>()].split_at_mut(self.prepared::<T>());
        self.prepare(filter, prepared, pool);
        self.run(images, filter, prepared, output, frames, pool);
    }

    /// The convolution as work that is cut by images, which are input `images`; the filters are input 1.
    fn rows<T: TileElement>(self, images: usize) -> Rows {
        let rows = Rows::new(self.g.batch, move |io, part| {
            let task = self.with_batch(part.units.len());
            let (images, filter) = (io.input::<T>(images), io.input::<T>(1));
            let (prepared, output) = (io.prepared(), io.output(0));
            with_local(task.frames::<T>(), |frames| task.run(images, filter, prepared, output, frames, io.pool()));
            Ok(())
        });
        let grain = if let Method::Winograd(g) = self.method { winograd::grain(&g) } else { 1 };
        rows.with_grain(grain).with_whole(1).with_prepare(self.prepared::<T>(), move |io| {
            self.prepare::<T>(io.input(1), io.scratch(), io.pool());
            Ok(())
        })
    }
}

/// The geometry of the gradient of the images where strides and dilations are 1 and the padding is less than the filter: its
/// images are the derivatives as they are.
pub(super) fn exchanged(g: &ConvGeometry) -> ConvGeometry {
    ConvGeometry {
        in_h: g.out_h,
        in_w: g.out_w,
        in_c: g.out_c,
        out_h: g.in_h,
        out_w: g.in_w,
        out_c: g.in_c,
        pad_top: g.k_h.wrapping_sub(1 + g.pad_top),
        pad_left: g.k_w.wrapping_sub(1 + g.pad_left),
        ..*g
    }
}

/// Bytes of scratch that [`conv2d`] needs.
pub fn conv2d_scratch<T: TileElement>(g: &ConvGeometry, precision: Precision) -> usize {
    Task::forward::<T>(g, precision).scratch::<T>()
}

/// The convolution of `input`, `[batch, in_h, in_w, in_c]`, with `filter`, `[k_h, k_w, in_c, out_c]`.
///
/// # Panics
/// If a slice is not of the size that the geometry says, or the scratch smaller than [`conv2d_scratch`].
pub fn conv2d<T: TileElement>(
    input: &[T],
    filter: &[T],
    output: &mut [T],
    g: &ConvGeometry,
    precision: Precision,
    scratch: &mut [u8],
    pool: &Pool,
) {
    Task::forward::<T>(g, precision).prepare_and_run(input, filter, output, scratch, pool);
}

/// The convolution as work that is cut by images; inputs are images and filters.
pub fn conv2d_rows<T: TileElement>(g: ConvGeometry, precision: Precision) -> Rows {
    Task::forward::<T>(&g, precision).rows::<T>(0)
}

/// Bytes of scratch that [`conv2d_input_gradient`] needs.
pub fn conv2d_input_gradient_scratch<T: TileElement>(g: &ConvGeometry, precision: Precision) -> usize {
    Task::input_gradient::<T>(g, precision).scratch::<T>()
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
    precision: Precision,
    scratch: &mut [u8],
    pool: &Pool,
) {
    Task::input_gradient::<T>(g, precision).prepare_and_run(grad, filter, input_grad, scratch, pool);
}

/// The derivative of the images as work that is cut by images; inputs are the sizes of the images, the filters and the
/// derivative of the result.
pub fn conv2d_input_gradient_rows<T: TileElement>(g: ConvGeometry, precision: Precision) -> Rows {
    Task::input_gradient::<T>(&g, precision).rows::<T>(2).with_whole(0)
}

/// The convolution over frames and packed filters.
#[allow(clippy::too_many_arguments)]
fn tiles<T: TileElement>(
    level: Level,
    frames: &[T],
    frame: &Frame,
    panels: &[T],
    output: &mut [T],
    g: &ConvGeometry,
    pool: &Pool,
) {
    let TileSize { rows: tile_rows, vectors, width } = tile_size::<T>(level, g.out_c);
    let (k, c, columns) = (g.k_h * g.k_w * g.in_c, g.in_c, frame.to.1);
    let panel_count = g.out_c.div_ceil(width);
    let row_tiles = g.out_w.div_ceil(tile_rows);
    // A filter row without gaps is one run of the image.
    let merged = g.dilation_w == 1;
    let counts = if merged { [1, g.k_h, g.k_w * c] } else { [g.k_h, g.k_w, c] };
    let down = g.dilation_h * columns * c;
    let a_steps = if merged { [0, down, 1] } else { [down, g.dilation_w * c, 1] };
    let b_steps = if merged { [0, g.k_w * c * width, width] } else { [g.k_w * c * width, c * width, width] };
    // Tasks are bands of output rows.
    let bands = if g.batch >= 8 { 1 } else { g.out_h.min(8) };
    let out = Disjoint::new(output);
    pool.for_each(g.batch * bands, |task| {
        let (n, band) = (task / bands, task % bands);
        let (first, rows_of_band) = even(g.out_h, bands, band);
        for panel in 0..panel_count {
            let columns_of_panel = width.min(g.out_c - panel * width);
            for y in first..first + rows_of_band {
                for t in 0..row_tiles {
                    let (x, rows) = even(g.out_w, row_tiles, t);
                    let at = n * frame.image_len() + (y * g.stride_h * columns + x * g.stride_w) * c;
                    let run = Run {
                        a: frames[at..].as_ptr(),
                        a_row: g.stride_w * c,
                        counts,
                        a_steps,
                        b: panels[panel * k * width..].as_ptr(),
                        b_steps,
                        ahead: (panels[panel * k * width..].as_ptr(), [0; 3]),
                    };
                    let to = ((n * g.out_h + y) * g.out_w + x) * g.out_c + panel * width;
                    let target =
                        Target { c: out.address(to), row: g.out_c, columns: columns_of_panel, accumulate: false };
                    // SAFETY: the frame holds every pixel that the filter reaches from these rows; panels are padded to
                    // the tile's width; the tile's results belong to this task alone.
                    unsafe { run_tile(level, (vectors, rows), &run, &target) };
                }
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::super::definition::{definition, geometries, values};
    use super::*;

    const F32: Precision = Precision::F32;

    #[test]
    fn equals_the_definition() {
        for g in geometries() {
            let (x, w) = (values(g.input_len(), 1), values(g.filter_len(), 2));
            let mut expected = vec![0.0; g.output_len()];
            definition(&g, |i, k, o| expected[o] += x[i] * w[k]);
            let mut scratch = Buffer::zeroed(conv2d_scratch::<f64>(&g, F32));
            for threads in [1, 3] {
                let mut found = vec![7.0; g.output_len()];
                conv2d(&x, &w, &mut found, &g, F32, scratch.as_bytes_mut(), &Pool::new(threads));
                assert!(found.iter().zip(&expected).all(|(f, e)| (f - e).abs() < 1e-12), "{g:?}");
            }
        }
    }

    #[test]
    fn the_gradient_of_the_images_equals_the_definition() {
        for g in geometries() {
            let (dy, w) = (values(g.output_len(), 1), values(g.filter_len(), 2));
            let mut expected = vec![0.0; g.input_len()];
            definition(&g, |i, k, o| expected[i] += dy[o] * w[k]);
            let mut found = vec![7.0; g.input_len()];
            let mut scratch = Buffer::zeroed(conv2d_input_gradient_scratch::<f64>(&g, F32));
            conv2d_input_gradient(&dy, &w, &mut found, &g, F32, scratch.as_bytes_mut(), &Pool::new(2));
            assert!(found.iter().zip(&expected).all(|(f, e)| (f - e).abs() < 1e-12), "{g:?}");
        }
    }
}
