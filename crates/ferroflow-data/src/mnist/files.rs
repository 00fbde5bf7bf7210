use std::path::{Path, PathBuf};

/// One of the four files of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MnistFile {
    /// `train-images-idx3-ubyte.gz`
    TrainImages,
    /// `train-labels-idx1-ubyte.gz`
    TrainLabels,
    /// `t10k-images-idx3-ubyte.gz`
    TestImages,
    /// `t10k-labels-idx1-ubyte.gz`
    TestLabels,
}

impl MnistFile {
    /// The four files.
    pub const ALL: [MnistFile; 4] =
        [MnistFile::TrainImages, MnistFile::TrainLabels, MnistFile::TestImages, MnistFile::TestLabels];

    /// The name on the mirrors.
    pub const fn name(self) -> &'static str {
        match self {
            MnistFile::TrainImages => "train-images-idx3-ubyte.gz",
            MnistFile::TrainLabels => "train-labels-idx1-ubyte.gz",
            MnistFile::TestImages => "t10k-images-idx3-ubyte.gz",
            MnistFile::TestLabels => "t10k-labels-idx1-ubyte.gz",
        }
    }

    /// Length in bytes of MNIST's compressed file.
    pub const fn size(self) -> u64 {
        match self {
            MnistFile::TrainImages => 9_912_422,
            MnistFile::TrainLabels => 28_881,
            MnistFile::TestImages => 1_648_877,
            MnistFile::TestLabels => 4_542,
        }
    }

    /// SHA-256 of MNIST's compressed file, in hexadecimal.
    pub const fn sha256(self) -> &'static str {
        match self {
            MnistFile::TrainImages => "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
            MnistFile::TrainLabels => "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
            MnistFile::TestImages => "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
            MnistFile::TestLabels => "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        }
    }

    /// SHA-256 of MNIST's file once inflated, in hexadecimal.
    pub const fn inflated_sha256(self) -> &'static str {
        match self {
            MnistFile::TrainImages => "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            MnistFile::TrainLabels => "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            MnistFile::TestImages => "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            MnistFile::TestLabels => "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        }
    }

    /// Shape of MNIST's array.
    pub(crate) const fn shape(self) -> &'static [usize] {
        match self {
            MnistFile::TrainImages => &[60_000, 28, 28],
            MnistFile::TrainLabels => &[60_000],
            MnistFile::TestImages => &[10_000, 28, 28],
            MnistFile::TestLabels => &[10_000],
        }
    }

    /// Where the file lies in `dir`. The compressed form, which carries a checksum, comes first; the last two names
    /// are those that some archives use.
    pub(crate) fn find_in(self, dir: &Path) -> Option<PathBuf> {
        let plain = self.name().trim_end_matches(".gz");
        let dotted = plain.replacen("-idx", ".idx", 1);
        let names = [self.name().to_owned(), plain.to_owned(), format!("{dotted}.gz"), dotted];
        names.into_iter().map(|name| dir.join(name)).find(|path| path.is_file())
    }
}
