//! Typed views of scratch bytes, and memory that each thread has for itself.

use bytemuck::Pod;
use ferroflow_array::Buffer;
use std::cell::Cell;

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

/// Bytes from which a thread's memory is taken to need a page for nearly every line that is read, so that it is given a
/// huge one.
const MANY: usize = 512 << 10;
const HUGE: usize = 2 << 20;

fn lasting(bytes: usize) -> Buffer {
    let bytes = if bytes > MANY { bytes.next_multiple_of(HUGE) } else { bytes };
    Buffer::try_lasting(bytes).unwrap_or_else(|| panic!("no room for {bytes} bytes"))
}

/// Calls `f` with `len` elements of memory, of unspecified content, that this thread uses again and again, so that it
/// stays in the thread's own cache. Allocates when it needs more than ever before.
pub(crate) fn with_local<T: Pod, R>(len: usize, f: impl FnOnce(&mut [T]) -> R) -> R {
    thread_local! {
        static MEMORY: Cell<Option<Buffer>> = const { Cell::new(None) };
    }
    let bytes = len * size_of::<T>();
    if bytes == 0 {
        return f(bytemuck::cast_slice_mut(Buffer::zeroed(0).as_bytes_mut()));
    }
    // What is called from within `f` finds none, and makes its own.
    let kept = MEMORY.take().filter(|m| m.len() >= bytes);
    let mut memory = kept.unwrap_or_else(|| lasting(bytes));
    let result = f(bytemuck::cast_slice_mut(&mut memory.as_bytes_mut()[..bytes]));
    MEMORY.set(Some(memory));
    result
}
