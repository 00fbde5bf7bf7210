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
        self.lanes::<1>([low], high)[0]
    }

    /// Writes blocks `first`, `first + stride`, `first + 2 * stride` and so on, as many as `out` holds.
    pub fn blocks(self, first: u64, stride: u64, out: &mut [Block]) {
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx512f") {
                // SAFETY: the processor has the one feature that the function enables.
                return unsafe { self.blocks_avx512(first, stride, out) };
            }
            if is_x86_feature_detected!("avx2") {
                // SAFETY: the processor has the one feature that the function enables.
                return unsafe { self.blocks_avx2(first, stride, out) };
            }
        }
        self.blocks_in_lanes::<8>(first, stride, out);
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx512f")]
    fn blocks_avx512(self, first: u64, stride: u64, out: &mut [Block]) {
        self.blocks_in_lanes::<16>(first, stride, out);
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    fn blocks_avx2(self, first: u64, stride: u64, out: &mut [Block]) {
        self.blocks_in_lanes::<8>(first, stride, out);
    }

    #[inline(always)]
    fn blocks_in_lanes<const L: usize>(self, first: u64, stride: u64, out: &mut [Block]) {
        let (whole, rest) = out.as_chunks_mut::<L>();
        let rest_at = first.wrapping_add(stride.wrapping_mul((whole.len() * L) as u64));
        let mut at = first;
        for chunk in whole {
            let [low, high] = halves(self.skip(at).counter);
            let reach = u128::from(stride) * (L as u128 - 1);
            if u128::from(low) + reach <= u128::from(u64::MAX) {
                let lows = std::array::from_fn(|lane| low + stride * lane as u64);
                *chunk = self.lanes::<L>(lows, high);
            } else {
                self.blocks_one_by_one(at, stride, chunk);
            }
            at = at.wrapping_add(stride.wrapping_mul(L as u64));
        }
        self.blocks_one_by_one(rest_at, stride, rest);
    }

    fn blocks_one_by_one(self, first: u64, stride: u64, out: &mut [Block]) {
        let mut at = first;
        for block in out {
            *block = self.block(at);
            at = at.wrapping_add(stride);
        }
    }

    /// The blocks of `L` counters that share their upper half. Words live in the low halves of 64-bit lanes,
    /// which is the form that a vector unit multiplies; the junk above them is cleared where it matters.
    #[inline(always)]
    fn lanes<const L: usize>(self, lows: [u64; L], high: u64) -> [Block; L] {
        let mut c0 = lows;
        let mut c1 = lows.map(|low| low >> 32);
        let mut c2 = [high; L];
        let mut c3 = [high >> 32; L];
        let mut key = self.key;
        for _ in 0..ROUNDS {
            let [k0, k1] = key.map(u64::from);
            for lane in 0..L {
                let p0 = (c0[lane] & LOW) * MULTIPLIERS[0];
                let p1 = (c2[lane] & LOW) * MULTIPLIERS[1];
                c0[lane] = (p1 >> 32) ^ c1[lane] ^ k0;
                c2[lane] = (p0 >> 32) ^ c3[lane] ^ k1;
                c1[lane] = p1;
                c3[lane] = p0;
            }
            key = [key[0].wrapping_add(KEY_STEPS[0]), key[1].wrapping_add(KEY_STEPS[1])];
        }
        std::array::from_fn(|lane| [c0[lane] as u32, c1[lane] as u32, c2[lane] as u32, c3[lane] as u32])
    }
}

fn halves(counter: u128) -> [u64; 2] {
    [counter as u64, (counter >> 64) as u64]
}
