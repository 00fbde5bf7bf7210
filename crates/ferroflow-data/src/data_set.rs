use crate::{Batch, Batches, DataPosition, Error, Result, position::Sampler, rows::Rows};
use ferroflow_array::{Array, DType, Shape};
use std::ops::Range;

/// Examples with labels, drawn in batches.
///
/// Images of bytes stay bytes in memory and become f32 only in the arrays handed out.
#[derive(Clone, Debug)]
pub struct DataSet {
    images: Rows,
    labels: Rows,
    sampler: Sampler,
}

impl DataSet {
    /// A set of the examples along the first dimension of `images` and `labels`, of any dtype but strings, which
    /// keep their dtypes and shapes. It shuffles, with seed 0.
    ///
    /// # Errors
    /// [`Error::Examples`] for scalars and strings, [`Error::Counts`] if the first dimensions differ.
    pub fn from_arrays(images: Array, labels: Array) -> Result<Self> {
        DataSet::from_rows(Rows::new("images", images)?, Rows::new("labels", labels)?)
    }

    pub(crate) fn from_rows(images: Rows, labels: Rows) -> Result<Self> {
        if images.len() != labels.len() {
            return Err(Error::Counts {
                images: "the image array".into(),
                labels: "the label array".into(),
                image_count: images.len(),
                label_count: labels.len(),
            });
        }
        let sampler = Sampler::new(images.len());
        Ok(DataSet { images, labels, sampler })
    }

    /// The same set, whose u8 images are handed out as f32 from 0 to 1.
    ///
    /// # Errors
    /// [`Error::Examples`] if the images are not u8.
    pub fn with_unit_pixels(self) -> Result<Self> {
        Ok(DataSet { images: self.images.scaled_to_unit()?, ..self })
    }

    /// The same set at the start of its first epoch, its shuffles drawn from `seed`.
    pub fn with_seed(mut self, seed: u64) -> Self {
        let start = DataPosition { seed, ..DataPosition::default() };
        self.sampler.seek(start).expect("every set has a start");
        self
    }

    /// Number of examples.
    pub fn num_examples(&self) -> usize {
        self.images.len()
    }

    /// Shape of `n` images: `[n, ...]`.
    pub fn image_shape(&self, n: usize) -> Shape {
        self.images.shape(n)
    }

    /// Dtype of the images handed out.
    pub fn image_dtype(&self) -> DType {
        self.images.dtype()
    }

    /// Shape of `n` labels: `[n, ...]`.
    pub fn label_shape(&self, n: usize) -> Shape {
        self.labels.shape(n)
    }

    /// Dtype of the labels handed out.
    pub fn label_dtype(&self) -> DType {
        self.labels.dtype()
    }

    /// Every image, in stored order whatever was drawn. Scaled images are converted on each call.
    pub fn images(&self) -> Array {
        self.images.all()
    }

    /// Every label, in stored order whatever was drawn.
    pub fn labels(&self) -> Array {
        self.labels.all()
    }

    /// The next `n` examples by TensorFlow 1's rule.
    ///
    /// The set is shuffled before the first example. A batch that asks for more than its epoch has left takes what
    /// is left, completes the epoch, shuffles anew, and takes the missing ones from the new epoch. So a batch may
    /// hold an example twice, and an epoch that ends exactly with a batch is completed by the next one.
    ///
    /// # Errors
    /// [`Error::BatchSize`] if `n` is larger than the set; nothing is drawn then.
    pub fn next_batch(&mut self, n: usize) -> Result<Batch> {
        if n > self.num_examples() {
            return Err(Error::BatchSize { batch: n, examples: self.num_examples() });
        }
        let mut batch = Batch { images: self.images.zeros(n)?, labels: self.labels.zeros(n)? };
        self.next_batch_into(&mut batch.images, &mut batch.labels)?;
        Ok(batch)
    }

    /// Draws as [`next_batch`](Self::next_batch) does, as many examples as the arrays hold, into the arrays.
    /// Nothing is allocated if no other array shares their elements.
    ///
    /// # Errors
    /// [`Error::Destination`] if their dtypes or shapes are not those of a batch, [`Error::Counts`] if they differ in
    /// length, [`Error::BatchSize`] if they are longer than the set; nothing is drawn then.
    pub fn next_batch_into(&mut self, images: &mut Array, labels: &mut Array) -> Result<()> {
        let n = self.images.count_in(images)?;
        let label_count = self.labels.count_in(labels)?;
        if n != label_count {
            return Err(Error::Counts {
                images: "the batch".into(),
                labels: "the batch".into(),
                image_count: n,
                label_count,
            });
        }
        self.sampler.draw(n, |at, indices| {
            self.images.gather(indices.iter().copied(), images, at);
            self.labels.gather(indices.iter().copied(), labels, at);
        })
    }

    /// Whether epochs that begin from now on are shuffled, as they are unless told otherwise. An epoch that is not
    /// keeps the order of the one before it; the first is in stored order.
    pub fn set_shuffle(&mut self, shuffle: bool) {
        self.sampler.shuffle = shuffle;
    }

    /// Epochs completed.
    pub fn epochs_completed(&self) -> u64 {
        self.sampler.position().epoch
    }

    /// Examples drawn from the current epoch.
    pub fn index_in_epoch(&self) -> usize {
        self.sampler.position().index as usize
    }

    /// Where the set stands, to be kept with a checkpoint.
    pub fn position(&self) -> DataPosition {
        self.sampler.position()
    }

    /// Goes to a position taken from a set of as many examples; the batches from here on are those that followed it.
    ///
    /// # Errors
    /// [`Error::Position`] if it lies past the end of the set.
    pub fn seek(&mut self, position: DataPosition) -> Result<()> {
        self.sampler.seek(position)
    }

    /// Every example once, in stored order, `n` at a time, the last batch perhaps smaller. For evaluation in bounded
    /// memory; the set's position stays as it is.
    ///
    /// # Errors
    /// [`Error::BatchSize`] if `n` is 0.
    pub fn batches(&self, n: usize) -> Result<Batches<'_>> {
        match n {
            0 => Err(Error::BatchSize { batch: 0, examples: self.num_examples() }),
            size => Ok(Batches { set: self, size, next: 0 }),
        }
    }

    pub(crate) fn range(&self, range: Range<usize>) -> Batch {
        Batch { images: self.images.slice(range.clone()).all(), labels: self.labels.slice(range).all() }
    }
}
