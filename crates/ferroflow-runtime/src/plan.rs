/// A piece of memory needed from one step to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetime {
    /// The step that writes it first.
    pub first: usize,
    /// The last step that touches it.
    pub last: usize,
    /// Bytes.
    pub bytes: usize,
}

const ALIGNMENT: usize = 64;

/// Places lifetimes in one arena so that no two that are live at the same step overlap: gives the offset of each, and
/// the size of the arena. Largest first, each into the smallest gap that holds it (greedy by size, after Pisarchyk
/// and Lee, "Efficient Memory Management for Deep Neural Net Inference", 2020).
pub fn plan(lifetimes: &[Lifetime]) -> (Vec<usize>, usize) {
    let mut order: Vec<usize> = (0..lifetimes.len()).collect();
    order.sort_by_key(|&i| (std::cmp::Reverse(lifetimes[i].bytes), lifetimes[i].first, i));
    let mut offsets = vec![0; lifetimes.len()];
    // Offset, end and lifetime of each, by offset.
    let mut placed: Vec<(usize, usize, Lifetime)> = Vec::new();
    let mut total = 0;
    for i in order {
        let wanted = lifetimes[i];
        if wanted.bytes == 0 {
            continue;
        }
        let size = wanted.bytes.next_multiple_of(ALIGNMENT);
        let neighbours = placed.iter().filter(|(.., l)| l.first <= wanted.last && wanted.first <= l.last);
        let mut end = 0;
        let mut best: Option<(usize, usize)> = None;
        for &(from, to, _) in neighbours {
            if from >= end + size && best.is_none_or(|(gap, _)| from - end < gap) {
                best = Some((from - end, end));
            }
            end = end.max(to);
        }
        offsets[i] = best.map_or(end, |(_, offset)| offset);
        total = total.max(offsets[i] + size);
        let at = placed.partition_point(|(offset, ..)| *offset <= offsets[i]);
        placed.insert(at, (offsets[i], offsets[i] + size, wanted));
    }
    (offsets, total)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_chain_reuses_two_slots() {
        let chain: Vec<Lifetime> = (0..10).map(|i| Lifetime { first: i, last: i + 1, bytes: 64 }).collect();
        assert_eq!(plan(&chain).1, 128);
    }

    #[test]
    fn a_small_slot_fits_into_the_gap_of_a_dead_one() {
        let l = |first, last, bytes| Lifetime { first, last, bytes };
        let (offsets, total) = plan(&[l(0, 1, 128), l(0, 3, 64), l(2, 3, 128)]);
        assert_eq!((offsets, total), (vec![0, 128, 0], 192));
    }

    proptest! {
        #[test]
        fn live_slots_never_overlap(raw in prop::collection::vec((0usize..20, 0usize..10, 0usize..500), 0..40)) {
            let all: Vec<Lifetime> =
                raw.iter().map(|&(first, span, bytes)| Lifetime { first, last: first + span, bytes }).collect();
            let (offsets, total) = plan(&all);
            for (i, a) in all.iter().enumerate() {
                prop_assert!(offsets[i] + a.bytes <= total);
                prop_assert_eq!(offsets[i] % ALIGNMENT, 0);
                for (j, b) in all.iter().enumerate().skip(i + 1) {
                    let together = a.first <= b.last && b.first <= a.last && a.bytes > 0 && b.bytes > 0;
                    let apart = offsets[i] + a.bytes <= offsets[j] || offsets[j] + b.bytes <= offsets[i];
                    prop_assert!(!together || apart);
                }
            }
        }
    }
}
