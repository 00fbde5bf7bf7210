use super::ConvGeometry;
use super::fewer::Transforms;
use super::geometry::{Filters, Frame};
use super::tiles::{self, Tiles};
use crate::bf16::Convolution;
use crate::cpu::level;
use crate::gemm::TileElement;
use crate::io::Soon;
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
    Transforms(Transforms, ConvGeometry),
    Tiles,
}

impl Task {
    fn forward<T: TileElement>(g: &ConvGeometry, precision: Option<Precision>) -> Task {
        Task::new::<T>(*g, g.frame(), Filters::Plain, *g, precision)
    }

    /// The convolution that the gradient of the images is: of the derivatives of the result, spread apart by the stride,
    /// with the filters turned around.
    fn input_gradient<T: TileElement>(g: &ConvGeometry, precision: Option<Precision>) -> Task {
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
        precision: Option<Precision>,
    ) -> Task {
        let unit = precision.and_then(|p| Convolution::of::<T>(&g, frame, p));
        let transforms = precision.and_then(|_| Transforms::of::<T>(&padded));
        let method = match (unit, transforms) {
            (Some(convolution), _) => Method::Unit(convolution),
            (None, Some(transforms)) => Method::Transforms(transforms, padded),
            (None, None) => Method::Tiles,
        };
        Task { g, frame, order, method }
    }

    /// The same for another number of images.
    fn with_batch(self, batch: usize) -> Task {
        let method = match self.method {
            Method::Unit(convolution) => Method::Unit(convolution.with_batch(batch)),
            Method::Transforms(by, g) => Method::Transforms(by, ConvGeometry { batch, ..g }),
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
            Method::Transforms(by, g) => by.scratch::<T>(&g),
            Method::Tiles => tiles::packed(&self.g) * size_of::<T>(),
        }
        .next_multiple_of(64)
    }

    /// Bytes of the frames that [`Task::run`] makes.
    fn frames(&self) -> usize {
        match self.method {
            Method::Unit(convolution) => convolution.frames(),
            Method::Transforms(..) | Method::Tiles => 0,
        }
    }

    fn scratch<T: TileElement>(&self) -> usize {
        self.prepared::<T>() + self.frames()
    }

    /// Packs or transforms the filters.
    fn prepare<T: TileElement>(&self, filter: &[T], to: &mut [u8], pool: &Pool) {
        assert_eq!(filter.len(), self.g.filter_len(), "filters of {:?}", self.g);
        match self.method {
            Method::Unit(convolution) => convolution.prepare(bytemuck::cast_slice(filter), self.order, to, pool),
            Method::Transforms(by, g) => by.prepare(level(), (filter, self.order), &g, to, pool),
            Method::Tiles => tiles::pack((filter, self.order), &self.g, bytemuck::cast_slice_mut(to)),
        }
    }

    /// The convolution with prepared filters. What is to be read soon is fetched meanwhile.
    #[allow(clippy::too_many_arguments)]
    fn run<T: TileElement>(
        &self,
        images: &[T],
        filter: &[T],
        prepared: &[u8],
        output: &mut [T],
        frames: &mut [u8],
        soon: &Soon<'_>,
        pool: &Pool,
    ) {
        match self.method {
            Method::Unit(convolution) => {
                let (from, to) = (bytemuck::cast_slice(images), bytemuck::cast_slice_mut(output));
                if !convolution.run(from, prepared, to, frames, pool) {
                    let task = Task { method: Method::Tiles, ..*self };
                    let mut memory = Buffer::zeroed(task.scratch::<T>());
                    task.prepare_and_run(images, filter, output, memory.as_bytes_mut(), pool);
                }
            }
            Method::Transforms(by, g) => {
                by.convolve(level(), images, bytemuck::cast_slice(prepared), output, &g, soon, pool);
            }
            Method::Tiles => {
                Tiles::of(&self.g, &self.frame).convolve(level(), images, bytemuck::cast_slice(prepared), output, pool);
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
        self.run(images, filter, prepared, output, frames, &Soon::NOTHING, pool);
    }

    /// The convolution as work that is cut by images, which are input `images`; the filters are input 1.
    fn rows<T: TileElement>(self, images: usize) -> Rows {
        let rows = Rows::new(self.g.batch, move |io, part| {
            let task = self.with_batch(part.units.len());
            let (images, filter) = (io.input::<T>(images), io.input::<T>(1));
            let (prepared, output) = (io.prepared(), io.output(0));
            let soon = io.soon();
            with_local(task.frames(), |frames: &mut [u8]| {
                task.run(images, filter, prepared, output, frames, &soon, io.pool());
            });
            Ok(())
        });
        let rows = match self.method {
            Method::Transforms(by, g) => rows.with_grain(by.grain(&g)).with_fetching(),
            _ => rows,
        };
        rows.with_whole(1).with_prepare(self.prepared::<T>(), move |io| {
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
pub fn conv2d_scratch<T: TileElement>(g: &ConvGeometry, precision: Option<Precision>) -> usize {
    Task::forward::<T>(g, precision).scratch::<T>()
}

/// The convolution of `input`, `[batch, in_h, in_w, in_c]`, with `filter`, `[k_h, k_w, in_c, out_c]`; without a precision
/// the sums of products that it is by definition, in `T`.
///
/// # Panics
/// If a slice is not of the size that the geometry says, or the scratch smaller than [`conv2d_scratch`].
pub fn conv2d<T: TileElement>(
    input: &[T],
    filter: &[T],
    output: &mut [T],
    g: &ConvGeometry,
    precision: Option<Precision>,
    scratch: &mut [u8],
    pool: &Pool,
) {
    Task::forward::<T>(g, precision).prepare_and_run(input, filter, output, scratch, pool);
}

/// The convolution as work that is cut by images; inputs are images and filters.
pub fn conv2d_rows<T: TileElement>(g: ConvGeometry, precision: Option<Precision>) -> Rows {
    Task::forward::<T>(&g, precision).rows::<T>(0)
}

/// Bytes of scratch that [`conv2d_input_gradient`] needs.
pub fn conv2d_input_gradient_scratch<T: TileElement>(g: &ConvGeometry, precision: Option<Precision>) -> usize {
    Task::input_gradient::<T>(g, precision).scratch::<T>()
}

/// The derivative of the images, from that of the result, `[batch, out_h, out_w, out_c]`, and the filters; see [`conv2d`]
/// for `precision`.
///
/// # Panics
/// If a slice is not of the size that the geometry says, or the scratch smaller than
/// [`conv2d_input_gradient_scratch`].
pub fn conv2d_input_gradient<T: TileElement>(
    grad: &[T],
    filter: &[T],
    input_grad: &mut [T],
    g: &ConvGeometry,
    precision: Option<Precision>,
    scratch: &mut [u8],
    pool: &Pool,
) {
    Task::input_gradient::<T>(g, precision).prepare_and_run(grad, filter, input_grad, scratch, pool);
}

/// The derivative of the images as work that is cut by images; inputs are the sizes of the images, the filters and the
/// derivative of the result.
pub fn conv2d_input_gradient_rows<T: TileElement>(g: ConvGeometry, precision: Option<Precision>) -> Rows {
    Task::input_gradient::<T>(&g, precision).rows::<T>(2).with_whole(0)
}

#[cfg(test)]
mod tests {
    use super::super::definition::{definition, geometries, small_geometries, values};
    use super::*;

    const F32: Option<Precision> = Some(Precision::F32);

    #[test]
    fn equals_the_definition() {
        for g in geometries().into_iter().chain(small_geometries()) {
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
        for g in geometries().into_iter().chain(small_geometries()) {
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
