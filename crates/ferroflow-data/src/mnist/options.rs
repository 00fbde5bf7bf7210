/// What [`read_data_sets`](crate::read_data_sets) makes of the files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataSetOptions {
    /// Labels as rows of `num_classes` f32, 1 at the class and 0 elsewhere, instead of u8 classes. Default false.
    pub one_hot: bool,
    /// How many of the first train examples become the validation set. Default 5000.
    pub validation_size: usize,
    /// Seed of the shuffles. Default 0.
    pub seed: u64,
    /// What pixels are handed out as. Default [`Pixels::Unit`].
    pub pixels: Pixels,
    /// Images as rows of height x width (784) instead of height x width x 1. Default true.
    pub reshape: bool,
    /// Number of classes; every label is below it. Default 10.
    pub num_classes: usize,
    /// Fetch files that the directory lacks, checked to be MNIST's. Default false.
    pub download: bool,
}

impl Default for DataSetOptions {
    fn default() -> Self {
        DataSetOptions {
            one_hot: false,
            validation_size: 5000,
            seed: 0,
            pixels: Pixels::Unit,
            reshape: true,
            num_classes: 10,
            download: false,
        }
    }
}

/// What pixels are handed out as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pixels {
    /// f32 from 0 to 1: the byte times 1/255, as in TensorFlow.
    #[default]
    Unit,
    /// u8 from 0 to 255.
    Bytes,
}
