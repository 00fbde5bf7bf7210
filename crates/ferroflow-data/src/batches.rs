use crate::DataSet;
use ferroflow_array::Array;

/// Examples with their labels; `let Batch { images, labels } = ...` or `let (xs, ys) = batch.into();`.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// The examples, along the first dimension.
    pub images: Array,
    /// Their labels, along the first dimension.
    pub labels: Array,
}

impl From<Batch> for (Array, Array) {
    fn from(batch: Batch) -> Self {
        (batch.images, batch.labels)
    }
}

/// Every example once, in stored order, a batch at a time. See [`DataSet::batches`].
#[derive(Clone, Debug)]
pub struct Batches<'a> {
    pub(crate) set: &'a DataSet,
    pub(crate) size: usize,
    pub(crate) next: usize,
}

impl Iterator for Batches<'_> {
    type Item = Batch;

    fn next(&mut self) -> Option<Batch> {
        let end = self.next.saturating_add(self.size).min(self.set.num_examples());
        if self.next == end {
            return None;
        }
        let batch = self.set.range(self.next..end);
        self.next = end;
        Some(batch)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = (self.set.num_examples() - self.next).div_ceil(self.size);
        (left, Some(left))
    }
}

impl ExactSizeIterator for Batches<'_> {}
