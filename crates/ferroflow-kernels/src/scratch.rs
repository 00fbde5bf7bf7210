//! Typed views of scratch bytes.

use bytemuck::Pod;

/// Splits scratch bytes into parts of these lengths.
///
/// # Panics
/// If there are too few bytes, or they are not aligned to `T`.
pub(crate) fn parts<T: Pod, const N: usize>(scratch: &mut [u8], lens: [usize; N]) -> [&mut [T]; N] {
    let total: usize = lens.iter().sum();
    let bytes = &mut scratch[..total * size_of::<T>()];
    let mut rest: &mut [T] = if total == 0 { &mut [] } else { bytemuck::cast_slice_mut(bytes) };
    lens.map(|len| {
        let (part, after) = std::mem::take(&mut rest).split_at_mut(len);
        rest = after;
        part
    })
}
