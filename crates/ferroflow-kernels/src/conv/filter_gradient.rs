use super::fewer::Transforms;
use super::{ConvGeometry, filter_tiles, fourier, winograd};
use crate::bf16::FilterGradient;
use crate::cpu::level;
use crate::gemm::{TileElement, even};
use crate::scratch::parts;
use crate::{Pool, Precision, Rows};

/// The most lanes of sums, see [`conv2d_filter_gradient_rows`], and elements of the sums of all lanes.
const LANES: usize = 16;
const SUMS: usize = 1 << 19;

/// The gradient of the filters of a convolution.
#[derive(Debug, Clone, Copy)]
struct Task {
    g: ConvGeometry,
    method: Method,
}

// There is one for each kernel.
#[allow(clippy::large_enum_variant)]
#[derive(Debug, Clone, Copy)]
enum Method {
    Unit(FilterGradient),
    Winograd,
    Fourier,
    Tiles,
}

impl Task {
    fn new<T: TileElement>(g: &ConvGeometry, precision: Option<Precision>) -> Task {
        let fewer = precision.and_then(|_| Transforms::of::<T>(g));
        // Three products for one take longer than transforms.
        let faster = precision.filter(|p| *p == Precision::Bf16 || fewer.is_none());
        let method = match (faster.and_then(|p| FilterGradient::of::<T>(g, p)), fewer) {
            (Some(gradient), _) => Method::Unit(gradient),
            (None, Some(Transforms::Winograd)) => Method::Winograd,
            (None, Some(Transforms::Fourier)) => Method::Fourier,
            (None, None) => Method::Tiles,
        };
        Task { g: *g, method }
    }

    /// Elements of the sums of a lane.
    fn sums(&self) -> usize {
        match self.method {
            Method::Winograd => winograd::frequencies(&self.g) * self.g.in_c * self.g.out_c,
            _ => self.g.filter_len(),
        }
    }

    /// The most lanes.
    fn lanes(&self) -> usize {
        (SUMS / self.sums().max(1)).clamp(4, LANES)
    }

    /// Lanes of all images at once; none if the derivative itself is cut among the threads.
    fn whole_lanes<T: TileElement>(&self) -> usize {
        match self.method {
            Method::Tiles if self.g.batch == 1 || filter_tiles::has_tasks::<T>(&self.g) => 0,
            _ => self.lanes().min(self.g.batch.div_ceil(self.grain())),
        }
    }

    /// Images that are worth a part.
    fn grain(&self) -> usize {
        match self.method {
            Method::Unit(_) => FilterGradient::GRAIN,
            Method::Winograd => Transforms::Winograd.grain(&self.g),
            Method::Fourier => Transforms::Fourier.grain(&self.g),
            Method::Tiles => 1,
        }
    }

    /// Bytes of scratch that [`Task::run`] needs.
    fn scratch<T: TileElement>(&self) -> usize {
        match self.method {
            Method::Winograd => winograd::filter_gradient_scratch::<T>(&self.g),
            _ => self.whole_lanes::<T>() * self.sums() * size_of::<T>(),
        }
    }

    fn run<T: TileElement>(&self, input: &[T], grad: &[T], filter_grad: &mut [T], scratch: &mut [u8], pool: &Pool) {
        let g = &self.g;
        let lanes = self.whole_lanes::<T>();
        match self.method {
            Method::Winograd => winograd::filter_gradient(level(), input, grad, filter_grad, g, scratch, pool),
            _ if lanes == 0 => self.add(g.batch, input, grad, filter_grad, true, pool),
            _ => {
                let [sums] = parts(scratch, [lanes * self.sums()]);
                let (image, result) = (input.len() / g.batch, grad.len() / g.batch);
                pool.for_each_chunk_mut(sums, self.sums(), |lane, sums| {
                    let (first, count) = even(g.batch, lanes, lane);
                    let (input, grad) = (&input[first * image..], &grad[first * result..]);
                    self.add(count, &input[..count * image], &grad[..count * result], sums, true, pool);
                });
                self.finish(sums, filter_grad, pool);
            }
        }
    }

    /// Adds what some images give to the sums of a lane, or begins them.
    fn add<T: TileElement>(&self, batch: usize, input: &[T], grad: &[T], sums: &mut [T], first: bool, pool: &Pool) {
        let g = ConvGeometry { batch, ..self.g };
        match self.method {
            Method::Unit(gradient) => {
                let (input, grad) = (bytemuck::cast_slice(input), bytemuck::cast_slice(grad));
                gradient.with_batch(batch).add(input, grad, bytemuck::cast_slice_mut(sums), first);
            }
            Method::Winograd => winograd::add_filters(level(), input, grad, sums, &g, first),
            Method::Fourier => fourier::add_filters(level(), input, grad, sums, &g, first),
            Method::Tiles => filter_tiles::add_filters_by_tiles(input, grad, sums, &g, first, pool),
        }
    }

    /// The derivative of the filters from the sums of all lanes.
    fn finish<T: TileElement>(&self, all: &mut [T], filter_grad: &mut [T], pool: &Pool) {
        let sums = self.sums();
        match self.method {
            Method::Unit(gradient) => {
                gradient.finish(bytemuck::cast_slice(all), bytemuck::cast_slice_mut(filter_grad), pool);
            }
            Method::Winograd => {
                let lanes = all.len() / sums;
                winograd::finish_filters(level(), all, lanes, filter_grad, &self.g, pool);
            }
            Method::Fourier | Method::Tiles => {
                filter_grad.copy_from_slice(&all[..sums]);
                for lane in all[sums..].chunks_exact(sums) {
                    filter_grad.iter_mut().zip(lane).for_each(|(to, v)| *to += *v);
                }
            }
        }
    }
}

/// Bytes of scratch that [`conv2d_filter_gradient`] needs.
pub fn conv2d_filter_gradient_scratch<T: TileElement>(g: &ConvGeometry, precision: Option<Precision>) -> usize {
    Task::new::<T>(g, precision).scratch::<T>()
}

/// The derivative of the filters, from the images and the derivative of the result; see [`conv2d`](super::conv2d) for
/// `precision`. Every element is summed over the batch in one order, whatever the number of threads.
///
/// # Panics
/// If a slice is not of the size that the geometry says, or the scratch smaller than
/// [`conv2d_filter_gradient_scratch`].
pub fn conv2d_filter_gradient<T: TileElement>(
    input: &[T],
    grad: &[T],
    filter_grad: &mut [T],
    g: &ConvGeometry,
    precision: Option<Precision>,
    scratch: &mut [u8],
    pool: &Pool,
) {
    let sizes = (input.len(), filter_grad.len(), grad.len());
    assert_eq!(sizes, (g.input_len(), g.filter_len(), g.output_len()), "sizes of {g:?}");
    if filter_grad.is_empty() || grad.is_empty() {
        filter_grad.fill(T::ZERO);
        return;
    }
    Task::new::<T>(g, precision).run(input, grad, filter_grad, scratch, pool);
}

/// The derivative of the filters as work that is cut by images; inputs are the images, the sizes of the filters, and the
/// derivative of the result.
pub fn conv2d_filter_gradient_rows<T: TileElement>(g: ConvGeometry, precision: Option<Precision>) -> Rows {
    let task = Task::new::<T>(&g, precision);
    let sums = task.sums();
    Rows::new(g.batch, move |io, part| {
        let [to] = parts(io.scratch(), [sums]);
        task.add::<T>(part.units.len(), io.input(0), io.input(2), to, part.first, io.pool());
        Ok(())
    })
    .with_grain(task.grain())
    .with_whole(1)
    .with_finish(task.lanes(), sums * size_of::<T>(), move |io, lanes| {
        let [all] = parts::<T, 1>(io.scratch(), [sums * lanes]);
        task.finish(all, io.output(0), io.pool());
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::super::definition::{definition, geometries, small_geometries, values};
    use super::*;

    #[test]
    fn equals_the_definition() {
        for g in geometries().into_iter().chain(small_geometries()) {
            let (x, dy) = (values(g.input_len(), 1), values(g.output_len(), 2));
            let mut expected = vec![0.0; g.filter_len()];
            definition(&g, |i, k, o| expected[k] += x[i] * dy[o]);
            let mut scratch =
                ferroflow_array::Buffer::zeroed(conv2d_filter_gradient_scratch::<f64>(&g, Some(Precision::F32)));
            for threads in [1, 3] {
                let mut found = vec![7.0; g.filter_len()];
                conv2d_filter_gradient(
                    &x,
                    &dy,
                    &mut found,
                    &g,
                    Some(Precision::F32),
                    scratch.as_bytes_mut(),
                    &Pool::new(threads),
                );
                assert!(found.iter().zip(&expected).all(|(f, e)| (f - e).abs() < 1e-11), "{g:?}");
            }
        }
    }
}
