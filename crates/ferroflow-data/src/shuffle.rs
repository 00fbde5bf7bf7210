//! The order of a shuffled epoch, the same on every machine and in every version.
//!
//! Shuffle number `k` of seed `s` is the Fisher-Yates shuffle (Durstenfeld's form, from the last index
//! down) of `0..n`, driven by SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number
//! generators", 2014) started at `mix(s + γ) + k`, γ being its increment. Indices are drawn without bias by Lemire's method
//! ("Fast random integer generation in an interval", 2019).

const GOLDEN_GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

struct SplitMix64(u64);

impl SplitMix64 {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN_GAMMA);
        mix(self.0)
    }

    /// Uniform in `0..bound`.
    fn below(&mut self, bound: u64) -> u64 {
        let mut product = u128::from(self.next()) * u128::from(bound);
        if (product as u64) < bound {
            let rejected = bound.wrapping_neg() % bound;
            while (product as u64) < rejected {
                product = u128::from(self.next()) * u128::from(bound);
            }
        }
        (product >> 64) as u64
    }
}

/// Fills `order` with shuffle `number` of `seed`.
pub(crate) fn shuffle(order: &mut [usize], seed: u64, number: u64) {
    order.iter_mut().enumerate().for_each(|(i, o)| *o = i);
    let mut random = SplitMix64(mix(seed.wrapping_add(GOLDEN_GAMMA)).wrapping_add(number));
    for i in (1..order.len()).rev() {
        order.swap(i, random.below(i as u64 + 1) as usize);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splitmix64_known_answers() {
        let mut random = SplitMix64(1234567);
        let found: [u64; 3] = std::array::from_fn(|_| random.next());
        assert_eq!(found, [6457827717110365317, 3203168211198807973, 9817491932198370423]);
    }

    #[test]
    fn orders_never_change() {
        let order = |seed, number| {
            let mut order = [0; 10];
            shuffle(&mut order, seed, number);
            order
        };
        assert_eq!(order(0, 1), [2, 5, 6, 9, 0, 4, 7, 3, 8, 1]);
        assert_eq!(order(0, 2), [9, 3, 8, 7, 6, 4, 0, 1, 2, 5]);
        assert_eq!(order(u64::MAX, 1), [7, 9, 6, 5, 0, 1, 8, 2, 3, 4]);
    }

    #[test]
    fn every_order_of_three_is_equally_likely() {
        let mut counts = std::collections::BTreeMap::new();
        for number in 0..6000 {
            let mut order = [0; 3];
            shuffle(&mut order, 42, number);
            *counts.entry(order).or_insert(0) += 1;
        }
        assert_eq!(counts.len(), 6);
        // Mean 1000, standard deviation 29.
        assert!(counts.values().all(|&c| (850..1150).contains(&c)), "{counts:?}");
    }

    #[test]
    fn empty_and_single() {
        shuffle(&mut [], 1, 1);
        let mut one = [7];
        shuffle(&mut one, 1, 1);
        assert_eq!(one, [0]);
    }
}
