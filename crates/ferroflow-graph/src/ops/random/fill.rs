//! What random operations have in common: the shape input, and the counter that the session keeps.

use crate::ops::rules;
use crate::{Fact, OpError, OpResult};
use bytemuck::Pod;
use ferroflow_array::DType;
use ferroflow_kernels::random::{Philox, reserved_by_fill};
use ferroflow_kernels::{Io, Kernel};

/// Outputs of one task: a multiple of every group of the generators.
const CHUNK: usize = 8192;

pub(super) fn infer(inputs: &[&Fact], dtype: DType) -> OpResult<Vec<Fact>> {
    let [shape] = rules::exactly(inputs)?;
    if !dtype.is_float() {
        return Err(OpError::dtype(format!("expected a floating-point dtype, found {dtype}")));
    }
    Ok(vec![Fact::new(dtype, rules::shape_input(shape)?)])
}

/// The generator as this run finds it, and the counter moved on by `blocks`. Both seeds zero ask for the session's own.
pub(super) fn draw(io: &mut Io<'_>, (seed, seed2): (i64, i64), blocks: u64) -> Philox {
    let inputs = io.num_inputs();
    let counter = io.update::<i64>(inputs - 1, 1);
    let (seed, seed2) = if (seed, seed2) == (0, 0) {
        (counter[1], counter[1] >> 32)
    } else {
        // Unused, it would only make the checkpoints of equal runs differ.
        counter[1] = 0;
        (seed, seed2)
    };
    let stream = Philox::new(seed, seed2).skip(counter[0] as u64);
    counter[0] = counter[0].wrapping_add(blocks as i64);
    stream
}

/// The kernel that fills its output in chunks, each from its first group on.
pub(super) fn kernel<T: Pod + Send + Sync>(seeds: (i64, i64), group: usize, fill: fn(&mut [T], Philox, u64)) -> Kernel {
    Kernel::new(move |io| {
        let out = io.output::<T>(0);
        let stream = draw(io, seeds, reserved_by_fill(out.len()));
        io.pool().for_each_chunk_mut(out, CHUNK, |i, chunk| fill(chunk, stream, (i * CHUNK / group) as u64));
        Ok(())
    })
    .with_in_place([(1, 1)])
}
