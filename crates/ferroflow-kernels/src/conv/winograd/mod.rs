//! Convolutions of 3 × 3 and 5 × 5 pixels, and their gradients, with fewer multiplications: tiles of 4 × 4 results are
//! products of transformed images and filters (Winograd's minimal filtering, after Lavin and Gray, "Fast Algorithms for
//! Convolutional Neural Networks", 2016), which are matrix products over the channels for each of 6 × 6 or 8 × 8
//! frequencies.

mod filter_gradient;
mod forward;
mod tiling;
mod transform;

pub(super) use filter_gradient::{add_filters, filter_gradient, filter_gradient_scratch, finish_filters};
pub(super) use forward::{convolve, prepare, scratch};
pub(super) use tiling::{applies, frequencies, grain};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Pool;
    use crate::conv::definition::{definition, values};
    use crate::conv::{ConvGeometry, Filters};
    use crate::cpu::{Level, level};
    use crate::gemm::TileElement;
    use crate::io::Soon;
    use ferroflow_array::Buffer;

    /// Sizes that tiles do not divide, one pixel, no images, padding on either side, none, and uneven.
    fn geometries() -> Vec<ConvGeometry> {
        let cases = [
            (2, 14, 13, 32, 5, 64, 2, 2),
            (1, 5, 5, 16, 5, 16, 0, 0),
            (3, 1, 9, 16, 3, 48, 1, 1),
            (40, 8, 8, 16, 3, 16, 1, 1),
            (2, 6, 7, 48, 3, 16, 2, 0),
            (0, 8, 8, 16, 3, 16, 1, 1),
        ];
        let geometry = |(batch, in_h, in_w, in_c, k, out_c, pad_top, pad_left): (
            usize,
            usize,
            usize,
            usize,
            usize,
            usize,
            usize,
            usize,
        )| ConvGeometry {
            batch,
            in_h,
            in_w,
            in_c,
            k_h: k,
            k_w: k,
            out_c,
            out_h: (in_h + 2 * pad_top + 1 - k).max(1),
            out_w: in_w + 2 * pad_left + 1 - k,
            stride_h: 1,
            stride_w: 1,
            pad_top,
            pad_left,
            dilation_h: 1,
            dilation_w: 1,
        };
        cases.into_iter().map(geometry).collect()
    }

    fn of<T: TileElement>(values: &[f64]) -> Vec<T> {
        values.iter().map(|v| T::from_f64(*v)).collect()
    }

    fn close<T: TileElement>(found: &[T], expected: &[f64], tolerance: f64, what: &str) {
        let largest = expected.iter().fold(0.0, |m: f64, v| m.max(v.abs()));
        let error = found.iter().zip(expected).map(|(f, e)| (f.to_f64() - e).abs()).fold(0.0, f64::max);
        assert!(error <= tolerance * largest, "{what}: off by {error} of {largest}");
    }

    fn check<T: TileElement>(tolerance: f64) {
        let levels = [Level::Portable, Level::Avx2, Level::Avx512].into_iter().filter(|l| *l <= level());
        for (g, level) in geometries().into_iter().flat_map(|g| levels.clone().map(move |l| (g, l))) {
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
                let what = format!("{g:?} at {level:?}");
                let mut found = vec![T::ONE; g.output_len()];
                let mut memory = Buffer::zeroed(scratch::<T>(&g));
                prepare(level, (&w, Filters::Plain), &g, memory.as_bytes_mut(), &pool);
                convolve(level, &x, bytemuck::cast_slice(memory.as_bytes()), &mut found, &g, &Soon::NOTHING, &pool);
                close(&found, &y, tolerance, &what);
                let mut all = found;
                let turned = crate::conv::convolution::exchanged(&g);
                let mut found = vec![T::ONE; g.input_len()];
                let mut memory = Buffer::zeroed(scratch::<T>(&turned));
                prepare(level, (&w, Filters::Turned), &turned, memory.as_bytes_mut(), &pool);
                let prepared = bytemuck::cast_slice(memory.as_bytes());
                convolve(level, &dy, prepared, &mut found, &turned, &Soon::NOTHING, &pool);
                close(&found, &dx, tolerance, &what);
                all.extend(found);
                let mut found = vec![T::ONE; g.filter_len()];
                let mut memory = Buffer::zeroed(filter_gradient_scratch::<T>(&g));
                filter_gradient(level, &x, &dy, &mut found, &g, memory.as_bytes_mut(), &pool);
                close(&found, &dw, tolerance, &what);
                all.extend(found);
                assert!(bits.get_or_insert_with(|| all.clone()) == &all, "threads change bits: {what}");
            }
        }
    }

    #[test]
    fn equals_the_definition() {
        check::<f64>(1e-13);
        check::<f32>(4e-5);
    }
}
