//! Convolutions by transforms, with fewer multiplications than their definition has.

use super::{ConvGeometry, Filters, fourier, winograd};
use crate::Pool;
use crate::cpu::Level;
use crate::gemm::{TileElement, WIDEST};
use crate::io::Soon;

/// By what transforms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Transforms {
    Winograd,
    Fourier,
}

impl Transforms {
    /// The transforms that are worth while for a geometry, and its gradients, by an estimate of cycles.
    pub(super) fn of<T: TileElement>(g: &ConvGeometry) -> Option<Transforms> {
        let sizes = [g.batch, g.out_h, g.out_w, g.k_h, g.k_w, g.in_c, g.out_c];
        let direct = sizes.iter().map(|n| *n as f64).product::<f64>() / WIDEST as f64;
        let ways = [(Transforms::Winograd, winograd::cycles::<T>(g)), (Transforms::Fourier, fourier::cycles::<T>(g))];
        let possible = ways.into_iter().filter_map(|(transforms, cycles)| Some((transforms, cycles?)));
        let faster = possible.filter(|(_, cycles)| *cycles < direct);
        Some(faster.min_by(|(_, a), (_, b)| a.total_cmp(b))?.0)
    }

    /// Images that are worth a part.
    pub(super) fn grain(self, g: &ConvGeometry) -> usize {
        match self {
            Transforms::Winograd => winograd::grain(g),
            Transforms::Fourier => fourier::grain(),
        }
    }

    /// Bytes of the transformed filters, and of what transforming them needs.
    pub(super) fn scratch<T>(self, g: &ConvGeometry) -> usize {
        match self {
            Transforms::Winograd => winograd::scratch::<T>(g),
            Transforms::Fourier => fourier::scratch::<T>(g),
        }
    }

    /// Transforms the filters of geometry `g`.
    pub(super) fn prepare<T: TileElement>(
        self,
        level: Level,
        filters: (&[T], Filters),
        g: &ConvGeometry,
        scratch: &mut [u8],
        pool: &Pool,
    ) {
        match self {
            Transforms::Winograd => winograd::prepare(level, filters, g, scratch, pool),
            Transforms::Fourier => fourier::prepare(level, filters, g, scratch, pool),
        }
    }

    /// The convolution with filters that [`Transforms::prepare`] transformed. What is to be read soon is fetched meanwhile.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn convolve<T: TileElement>(
        self,
        level: Level,
        input: &[T],
        prepared: &[T],
        output: &mut [T],
        g: &ConvGeometry,
        soon: &Soon<'_>,
        pool: &Pool,
    ) {
        match self {
            Transforms::Winograd => winograd::convolve(level, input, prepared, output, g, soon, pool),
            Transforms::Fourier => fourier::convolve(level, input, prepared, output, g, soon, pool),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conv::convolution::exchanged;
    use crate::conv::definition::{definition, values};
    use crate::cpu::level;
    use ferroflow_array::Buffer;

    /// A geometry of batch, height, width, channels, filters' height and width, channels, padding above and before, below
    /// and behind.
    fn geometry(
        (batch, in_h, in_w, in_c): (usize, usize, usize, usize),
        (k_h, k_w, out_c): (usize, usize, usize),
        (pad_top, pad_left): (usize, usize),
        (below, behind): (usize, usize),
    ) -> ConvGeometry {
        ConvGeometry {
            batch,
            in_h,
            in_w,
            in_c,
            k_h,
            k_w,
            out_c,
            out_h: in_h + pad_top + below + 1 - k_h,
            out_w: in_w + pad_left + behind + 1 - k_w,
            stride_h: 1,
            stride_w: 1,
            pad_top,
            pad_left,
            dilation_h: 1,
            dilation_w: 1,
        }
    }

    /// Sizes that tiles do not divide, one pixel, no images, padding on either side, none, and uneven.
    fn geometries(by: Transforms) -> Vec<ConvGeometry> {
        let both = [
            geometry((2, 14, 13, 32), (5, 5, 64), (2, 2), (2, 2)),
            geometry((1, 5, 5, 16), (5, 5, 16), (0, 0), (0, 0)),
            geometry((3, 1, 9, 16), (3, 3, 48), (1, 1), (1, 1)),
            geometry((40, 8, 8, 16), (3, 3, 16), (1, 1), (1, 1)),
            geometry((2, 6, 7, 48), (3, 3, 16), (2, 0), (2, 0)),
            geometry((0, 8, 8, 16), (3, 3, 16), (1, 1), (1, 1)),
        ];
        let large = [geometry((2, 21, 18, 16), (5, 5, 32), (2, 2), (2, 2))];
        let wide = [
            geometry((13, 16, 16, 16), (7, 3, 32), (0, 0), (0, 0)),
            geometry((2, 16, 12, 32), (1, 9, 16), (0, 4), (0, 4)),
            geometry((3, 10, 11, 16), (9, 6, 16), (6, 0), (2, 5)),
            geometry((1, 1, 1, 16), (2, 16, 48), (1, 15), (0, 15)),
        ];
        let more = if by == Transforms::Fourier { &wide[..] } else { &large };
        both.iter().chain(more).copied().collect()
    }

    fn of<T: TileElement>(values: &[f64]) -> Vec<T> {
        values.iter().map(|v| T::from_f64(*v)).collect()
    }

    fn close<T: TileElement>(found: &[T], expected: &[f64], tolerance: f64, what: &str) {
        let largest = expected.iter().fold(0.0, |m: f64, v| m.max(v.abs()));
        let error = found.iter().zip(expected).map(|(f, e)| (f.to_f64() - e).abs()).fold(0.0, f64::max);
        assert!(error <= tolerance * largest, "{what}: off by {error} of {largest}");
    }

    fn check<T: TileElement>(by: Transforms, tolerance: f64) {
        let levels = [Level::Portable, Level::Avx2, Level::Avx512].into_iter().filter(|l| *l <= level());
        for (g, level) in geometries(by).into_iter().flat_map(|g| levels.clone().map(move |l| (g, l))) {
            let (x, w, dy) = (values(g.input_len(), 1), values(g.filter_len(), 2), values(g.output_len(), 3));
            let (mut y, mut dx, mut dw) = (vec![0.0; dy.len()], vec![0.0; x.len()], vec![0.0; w.len()]);
            definition(&g, |i, k, o| {
                y[o] += x[i] * w[k];
                dx[i] += dy[o] * w[k];
                dw[k] += dy[o] * x[i];
            });
            let (x, w, dy) = (of::<T>(&x), of::<T>(&w), of::<T>(&dy));
            let mut bits: Option<Vec<T>> = None;
            for threads in [1, 3] {
                let pool = Pool::new(threads);
                let what = format!("{g:?} by {by:?} at {level:?}");
                let convolved = |filters: Filters, images: &[T], g: &ConvGeometry| {
                    let mut found = vec![T::ONE; g.output_len()];
                    let mut memory = Buffer::zeroed(by.scratch::<T>(g));
                    by.prepare(level, (&w, filters), g, memory.as_bytes_mut(), &pool);
                    let prepared = bytemuck::cast_slice(memory.as_bytes());
                    by.convolve(level, images, prepared, &mut found, g, &Soon::NOTHING, &pool);
                    found
                };
                let mut all = convolved(Filters::Plain, &x, &g);
                close(&all, &y, tolerance, &what);
                let found = convolved(Filters::Turned, &dy, &exchanged(&g));
                close(&found, &dx, tolerance, &what);
                all.extend(found);
                let mut found = vec![T::ONE; g.filter_len()];
                match by {
                    Transforms::Winograd => {
                        let mut memory = Buffer::zeroed(winograd::filter_gradient_scratch::<T>(&g));
                        winograd::filter_gradient(level, &x, &dy, &mut found, &g, memory.as_bytes_mut(), &pool);
                    }
                    Transforms::Fourier => {
                        let images = g.batch / 2;
                        let (x, more) = x.split_at(images * g.in_h * g.in_w * g.in_c);
                        let (dy, grads) = dy.split_at(images * g.out_h * g.out_w * g.out_c);
                        let rest = ConvGeometry { batch: g.batch - images, ..g };
                        found.fill(T::ZERO);
                        fourier::add_filters(level, x, dy, &mut found, &ConvGeometry { batch: images, ..g }, true);
                        fourier::add_filters(level, more, grads, &mut found, &rest, images == 0);
                    }
                }
                close(&found, &dw, tolerance, &what);
                all.extend(found);
                assert!(bits.get_or_insert_with(|| all.clone()) == &all, "threads change bits: {what}");
            }
        }
    }

    #[test]
    fn winograds_equal_the_definition() {
        check::<f64>(Transforms::Winograd, 1e-13);
        check::<f32>(Transforms::Winograd, 4e-5);
    }

    #[test]
    fn fouriers_equal_the_definition() {
        check::<f64>(Transforms::Fourier, 1e-14);
        check::<f32>(Transforms::Fourier, 2e-6);
    }

    #[test]
    fn fouriers_of_large_numbers_are_finite() {
        let g = geometry((13, 14, 14, 16), (5, 5, 16), (2, 2), (2, 2));
        let (x, w) = (vec![1e36f32; g.input_len()], vec![0.01f32; g.filter_len()]);
        let (mut y, pool) = (vec![0f32; g.output_len()], Pool::new(1));
        let mut memory = Buffer::zeroed(Transforms::Fourier.scratch::<f32>(&g));
        Transforms::Fourier.prepare(level(), (&w, Filters::Plain), &g, memory.as_bytes_mut(), &pool);
        let prepared = bytemuck::cast_slice(memory.as_bytes());
        Transforms::Fourier.convolve(level(), &x, prepared, &mut y, &g, &Soon::NOTHING, &pool);
        assert!(y.iter().all(|y| (0.9 * 1.44e36..4.1e36).contains(y)));
    }

    #[test]
    fn absurd_sizes_are_estimated() {
        let g = geometry((1 << 19, 1, 1, 1 << 30), (1, 1, 1 << 30), (0, 0), (0, 0));
        assert_eq!(Transforms::of::<f32>(&g), None);
        let vast = ConvGeometry { in_c: 1 << 62, ..g };
        assert_eq!(Transforms::of::<f32>(&vast), None);
    }
}
