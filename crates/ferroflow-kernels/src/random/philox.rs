//! The generator: ten rounds of a keyed bijection on a 128-bit counter.

/// One output of the generator: four words, in TensorFlow's order.
pub type Block = [u32; 4];

const MULTIPLIERS: [u64; 2] = [0xD251_1F53, 0xCD9E_8D57];
const KEY_STEPS: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];
const ROUNDS: usize = 10;
const LOW: u64 = 0xFFFF_FFFF;

/// A Philox4x32-10 stream at some position: block `i` is a function of the key and `counter + i` alone.
///
/// Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Philox {
    key: [u32; 2],
    counter: u128,
}

impl Philox {
    /// The stream that TensorFlow gives an op with these two seed attributes: `seed` is the key, `seed2` the
    /// upper half of the counter. TensorFlow reads `(0, 0)` as "choose at random"; here it is a stream like
    /// any other.
    pub fn new(seed: i64, seed2: i64) -> Self {
        let (seed, seed2) = (seed as u64, seed2 as u64);
        Self { key: [seed as u32, (seed >> 32) as u32], counter: u128::from(seed2) << 64 }
    }

    /// The same stream, `blocks` blocks further on.
    #[must_use]
    pub fn skip(self, blocks: u64) -> Self {
        Self { counter: self.counter.wrapping_add(u128::from(blocks)), ..self }
    }

    /// Block `index` of the stream.
    pub fn block(self, index: u64) -> Block {
        let [low, high] = halves(self.skip(index).counter);
        permute(low, high, self.key)
    }

    /// Writes blocks `first`, `first + stride`, `first + 2 * stride` and so on, as many as `out` holds.
    pub fn blocks(self, first: u64, stride: u64, out: &mut [Block]) {
        let [low, high] = halves(self.skip(first).counter);
        let reach = u128::from(stride) * out.len() as u128;
        if u128::from(low) + reach > u128::from(u64::MAX) {
            for (i, block) in out.iter_mut().enumerate() {
                *block = self.block(first.wrapping_add(stride.wrapping_mul(i as u64)));
            }
            return;
        }
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx512f") {
                // SAFETY: the processor has the one feature that the function enables.
                return unsafe { permute_all_avx512(low, high, stride, self.key, out) };
            }
            if is_x86_feature_detected!("avx2") {
                // SAFETY: the processor has the one feature that the function enables.
                return unsafe { permute_all_avx2(low, high, stride, self.key, out) };
            }
        }
        permute_all(low, high, stride, self.key, out);
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn permute_all_avx512(low: u64, high: u64, stride: u64, key: [u32; 2], out: &mut [Block]) {
    permute_all(low, high, stride, key, out);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn permute_all_avx2(low: u64, high: u64, stride: u64, key: [u32; 2], out: &mut [Block]) {
    permute_all(low, high, stride, key, out);
}

/// The blocks of counters that share their upper half and do not wrap: a loop without branches or carries,
/// which the compiler turns into one vector lane a block.
#[inline(always)]
fn permute_all(low: u64, high: u64, stride: u64, key: [u32; 2], out: &mut [Block]) {
    let mut at = low;
    for block in out {
        *block = permute(at, high, key);
        at = at.wrapping_add(stride);
    }
}

/// The ten rounds. Words live in the low halves of 64-bit lanes, which is the form that a vector unit
/// multiplies; the junk above them is cleared where it matters.
#[inline(always)]
fn permute(low: u64, high: u64, mut key: [u32; 2]) -> Block {
    let [mut c0, mut c1, mut c2, mut c3] = [low, low >> 32, high, high >> 32];
    for _ in 0..ROUNDS {
        let [k0, k1] = key.map(u64::from);
        let p0 = (c0 & LOW) * MULTIPLIERS[0];
        let p1 = (c2 & LOW) * MULTIPLIERS[1];
        [c0, c1, c2, c3] = [(p1 >> 32) ^ c1 ^ k0, p1, (p0 >> 32) ^ c3 ^ k1, p0];
        key = [key[0].wrapping_add(KEY_STEPS[0]), key[1].wrapping_add(KEY_STEPS[1])];
    }
    [c0 as u32, c1 as u32, c2 as u32, c3 as u32]
}

fn halves(counter: u128) -> [u64; 2] {
    [counter as u64, (counter >> 64) as u64]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_instruction_set_permutes_alike() {
        let (low, high, key) = (0xFFFF_FFF0, 0x1234_5678_9abc_def0, [7, 0xFFFF_FFFF]);
        let one_by_one: Vec<Block> = (0..77).map(|i| permute(low + 3 * i, high, key)).collect();
        let check = |name: &str, permute_all: &dyn Fn(&mut [Block])| {
            let mut out = vec![Block::default(); one_by_one.len()];
            permute_all(&mut out);
            assert_eq!(out, one_by_one, "{name}");
        };
        check("portable", &|out| permute_all(low, high, 3, key, out));
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx2") {
                // SAFETY: the processor has the one feature that the function enables.
                check("AVX2", &|out| unsafe { permute_all_avx2(low, high, 3, key, out) });
            }
            if is_x86_feature_detected!("avx512f") {
                // SAFETY: the processor has the one feature that the function enables.
                check("AVX-512", &|out| unsafe { permute_all_avx512(low, high, 3, key, out) });
            }
        }
    }
}
