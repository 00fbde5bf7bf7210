//! A random permutation, as `random_shuffle` applies to the first dimension.

use super::philox::Philox;

/// Blocks that shuffling `n` rows reserves: one word for each row but the last.
pub fn reserved_by_shuffle(n: usize) -> u64 {
    (n.saturating_sub(1) as u64).div_ceil(4)
}

/// The permutation `p` of `0..n` for which row `i` of the shuffled array is row `p[i]` of the input
/// (Fisher and Yates, from the front; the choice is a word modulo the rows left).
pub fn shuffled_indices(n: usize, stream: Philox) -> Vec<usize> {
    let mut indices: Vec<usize> = (0..n).collect();
    let mut block = [0; 4];
    for i in 0..n.saturating_sub(1) {
        if i % 4 == 0 {
            block = stream.block(i as u64 / 4);
        }
        let left = (n - i) as u64;
        indices.swap(i, i + (u64::from(block[i % 4]) % left) as usize);
    }
    indices
}
