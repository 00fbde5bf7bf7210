use crate::{Error, Result, shuffle::shuffle};

/// Where a data set stands: all it takes to draw the very same batches again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct DataPosition {
    /// The seed of the shuffles.
    pub seed: u64,
    /// Epochs completed.
    pub epoch: u64,
    /// Examples drawn from the current epoch.
    pub index: u64,
    /// The order in force: 0 is the stored order, `k` is shuffle number `k`.
    pub order: u64,
}

/// Draws indices by TensorFlow 1's epoch rule.
#[derive(Clone, Debug)]
pub(crate) struct Sampler {
    position: DataPosition,
    pub(crate) shuffle: bool,
    order: Vec<usize>,
    /// Seed and number of the shuffle that `order` holds; number 0 holds none.
    held: (u64, u64),
}

impl Sampler {
    pub(crate) fn new(len: usize) -> Self {
        Sampler { position: DataPosition::default(), shuffle: true, order: (0..len).collect(), held: (0, 0) }
    }

    pub(crate) fn position(&self) -> DataPosition {
        self.position
    }

    pub(crate) fn seek(&mut self, position: DataPosition) -> Result<()> {
        if position.index > self.order.len() as u64 {
            return Err(Error::Position { index: position.index, examples: self.order.len() });
        }
        self.position = position;
        Ok(())
    }

    /// Hands the next `n` indices to `visit`, in one or two runs, each with the place of its first index within the
    /// batch.
    ///
    /// The set is shuffled before the first example, and again whenever a batch asks for more than the epoch has left:
    /// that batch takes what is left and completes itself from the new epoch.
    pub(crate) fn draw(&mut self, n: usize, mut visit: impl FnMut(usize, &[usize])) -> Result<()> {
        let len = self.order.len();
        if n > len {
            return Err(Error::BatchSize { batch: n, examples: len });
        }
        let DataPosition { epoch, index, .. } = self.position;
        let start = index as usize;
        if epoch == 0 && start == 0 && self.shuffle {
            self.position.order = 1;
        }
        let rest = n.min(len - start);
        self.refresh();
        visit(0, &self.order[start..start + rest]);
        if rest == n {
            self.position.index += n as u64;
            return Ok(());
        }
        self.position.epoch = epoch.saturating_add(1);
        self.position.index = (n - rest) as u64;
        if self.shuffle {
            self.position.order = self.position.epoch.saturating_add(1);
        }
        self.refresh();
        visit(rest, &self.order[..n - rest]);
        Ok(())
    }

    fn refresh(&mut self) {
        let DataPosition { seed, order, .. } = self.position;
        if order == self.held.1 && (order == 0 || seed == self.held.0) {
            return;
        }
        match order {
            0 => self.order.iter_mut().enumerate().for_each(|(i, o)| *o = i),
            number => shuffle(&mut self.order, seed, number),
        }
        self.held = (seed, order);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(sampler: &mut Sampler, n: usize) -> Vec<usize> {
        let mut drawn = Vec::new();
        sampler
            .draw(n, |at, indices| {
                assert_eq!(at, drawn.len());
                drawn.extend_from_slice(indices);
            })
            .unwrap();
        drawn
    }

    fn with_seed(len: usize, seed: u64) -> Sampler {
        let mut sampler = Sampler::new(len);
        sampler.seek(DataPosition { seed, ..Default::default() }).unwrap();
        sampler
    }

    #[test]
    fn unshuffled_epochs_wrap() {
        let mut s = Sampler::new(5);
        s.shuffle = false;
        assert_eq!(draw(&mut s, 3), [0, 1, 2]);
        assert_eq!(draw(&mut s, 2), [3, 4]);
        // An epoch that ends exactly is completed only by the next batch.
        assert_eq!((s.position().epoch, s.position().index), (0, 5));
        assert_eq!(draw(&mut s, 3), [0, 1, 2]);
        assert_eq!((s.position().epoch, s.position().index), (1, 3));
        assert_eq!(draw(&mut s, 4), [3, 4, 0, 1]);
        assert_eq!((s.position().epoch, s.position().index), (2, 2));
    }

    #[test]
    fn shuffled_epochs_take_the_rest_then_the_new_order() {
        let (first, second) = ([4, 2, 3, 1, 0], [2, 3, 1, 0, 4]);
        let mut s = with_seed(5, 7);
        assert_eq!(draw(&mut s, 3), first[..3]);
        assert_eq!(draw(&mut s, 4), [first[3], first[4], second[0], second[1]]);
        assert_eq!(s.position(), DataPosition { seed: 7, epoch: 1, index: 2, order: 2 });
    }

    #[test]
    fn a_new_epoch_without_shuffle_keeps_the_order() {
        let mut s = with_seed(5, 7);
        let first = draw(&mut s, 5);
        s.shuffle = false;
        assert_eq!(draw(&mut s, 5), first);
        assert_eq!(s.position(), DataPosition { seed: 7, epoch: 1, index: 5, order: 1 });
        s.shuffle = true;
        assert_ne!(draw(&mut s, 5), first);
        assert_eq!(s.position().order, 3);
    }

    #[test]
    fn every_epoch_holds_every_example_once() {
        let mut s = with_seed(17, 3);
        let drawn: Vec<usize> = (0..17).flat_map(|_| draw(&mut s, 5)).collect();
        for epoch in drawn.chunks(17) {
            let mut sorted = epoch.to_vec();
            sorted.sort_unstable();
            assert_eq!(sorted, (0..17).collect::<Vec<_>>());
        }
    }

    #[test]
    fn seek_resumes() {
        for steps in 0..12 {
            let mut a = with_seed(7, 9);
            for _ in 0..steps {
                draw(&mut a, 3);
            }
            let mut b = Sampler::new(7);
            draw(&mut b, 5);
            b.seek(a.position()).unwrap();
            for _ in 0..9 {
                assert_eq!(draw(&mut a, 4), draw(&mut b, 4));
            }
        }
    }

    #[test]
    fn refusals() {
        let mut s = Sampler::new(3);
        assert_eq!(s.draw(4, |_, _| {}).unwrap_err().to_string(), "a batch of 4 cannot be drawn from 3 examples");
        assert_eq!(s.position(), DataPosition::default());
        assert!(s.seek(DataPosition { index: 4, ..Default::default() }).is_err());
        assert!(s.seek(DataPosition { index: 3, epoch: u64::MAX, order: u64::MAX, seed: 1 }).is_ok());
        assert_eq!(draw(&mut s, 3).len(), 3);
        let mut empty = Sampler::new(0);
        assert!(draw(&mut empty, 0).is_empty());
        assert!(empty.draw(1, |_, _| {}).is_err());
    }
}
