//! Fills: uniform, normal and truncated normal floats, and uniform integers.
//!
//! Each takes the stream of the whole output and the group at which `out` starts. A group is the outputs
//! made from one block, `GROUP` of them; only the last group of an output may be cut short.

use super::element::{RandomFloat, RandomInt, WORDS_PER_BLOCK, WideFloat};
use super::philox::{Block, Philox};

/// Blocks made at a time: enough to keep a vector unit busy, few enough to stay in the first cache.
const BATCH: usize = 64;
/// Blocks kept for each output, so that rejection sampling in one group never reads another group's.
pub(super) const RESERVED_PER_OUTPUT: u64 = 256;

/// Blocks that one run of a uniform, normal, truncated normal or uniform integer op reserves.
pub fn reserved_by_fill(outputs: usize) -> u64 {
    (outputs as u64).wrapping_mul(RESERVED_PER_OUTPUT)
}

/// Fills `out` with values uniform in `[0, 1)`.
pub fn fill_uniform<T: RandomFloat>(out: &mut [T], stream: Philox, first_group: u64) {
    fill_from_words(out, T::Wide::WORDS, stream, first_group, |words, out| {
        for (value, words) in out.iter_mut().zip(words.chunks_exact(T::Wide::WORDS)) {
            *value = T::uniform(words);
        }
    });
}

/// Fills `out` with standard normals.
pub fn fill_normal<T: RandomFloat>(out: &mut [T], stream: Philox, first_group: u64) {
    fill_from_words(out, T::Wide::WORDS, stream, first_group, |words, out| {
        for (pair, words) in out.chunks_mut(2).zip(words.chunks_exact(2 * T::Wide::WORDS)) {
            for (value, normal) in pair.iter_mut().zip(T::Wide::box_muller(words)) {
                *value = T::from_wide(normal);
            }
        }
    });
}

/// Fills `out` with integers in `low..high`, which must not be empty.
pub fn fill_uniform_int<T: RandomInt>(out: &mut [T], low: T, high: T, stream: Philox, first_group: u64) {
    fill_from_words(out, T::WORDS, stream, first_group, |words, out| {
        for (value, words) in out.iter_mut().zip(words.chunks_exact(T::WORDS)) {
            *value = T::uniform(words, low, high);
        }
    });
}

/// Fills `out` with standard normals of magnitude below two: each group reads a sub-stream of its own, pair
/// after pair, and keeps what lies within the bounds.
pub fn fill_truncated_normal<T: RandomFloat>(out: &mut [T], stream: Philox, first_group: u64) {
    let stride = T::GROUP as u64 * RESERVED_PER_OUTPUT / WORDS_PER_BLOCK as u64;
    let mut first = first_group.wrapping_mul(stride);
    let mut starts = [Block::default(); BATCH];
    for out in out.chunks_mut(BATCH * T::GROUP) {
        let starts = &mut starts[..out.len().div_ceil(T::GROUP)];
        stream.blocks(first, stride, starts);
        for (out, &start) in out.chunks_mut(T::GROUP).zip(&*starts) {
            fill_truncated_group(out, stream, first, start);
            first = first.wrapping_add(stride);
        }
    }
}

/// Fills one group, whose sub-stream begins with `block` at index `at`.
fn fill_truncated_group<T: RandomFloat>(out: &mut [T], stream: Philox, mut at: u64, mut block: Block) {
    let mut slots = out.iter_mut();
    loop {
        for words in block.chunks_exact(2 * T::Wide::WORDS) {
            for normal in T::Wide::box_muller(words) {
                if normal.is_within_two() {
                    match slots.next() {
                        Some(slot) => *slot = T::from_wide(normal),
                        None => return,
                    }
                }
            }
        }
        if slots.as_slice().is_empty() {
            return;
        }
        at = at.wrapping_add(1);
        block = stream.block(at);
    }
}

/// Hands `convert` the words and the outputs they make, a batch of blocks at a time.
#[inline]
fn fill_from_words<T>(
    out: &mut [T],
    words_per_output: usize,
    stream: Philox,
    first_group: u64,
    convert: impl Fn(&[u32], &mut [T]),
) {
    let group = WORDS_PER_BLOCK / words_per_output;
    let mut blocks = [Block::default(); BATCH];
    let mut first = first_group;
    for out in out.chunks_mut(BATCH * group) {
        let blocks = &mut blocks[..out.len().div_ceil(group)];
        stream.blocks(first, 1, blocks);
        convert(blocks.as_flattened(), out);
        first = first.wrapping_add(blocks.len() as u64);
    }
}
