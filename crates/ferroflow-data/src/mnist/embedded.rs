use super::MnistFile;

/// The bytes of MNIST's compressed file; `None` if they were left out of the program.
#[cfg(not(feature = "embedded"))]
pub(crate) fn bytes(_: MnistFile) -> Option<&'static [u8]> {
    None
}

/// The bytes of MNIST's compressed file; `None` if they were left out of the program.
#[cfg(feature = "embedded")]
pub(crate) fn bytes(file: MnistFile) -> Option<&'static [u8]> {
    Some(match file {
        MnistFile::TrainImages => include_bytes!("../../mnist/train-images-idx3-ubyte.gz"),
        MnistFile::TrainLabels => include_bytes!("../../mnist/train-labels-idx1-ubyte.gz"),
        MnistFile::TestImages => include_bytes!("../../mnist/t10k-images-idx3-ubyte.gz"),
        MnistFile::TestLabels => include_bytes!("../../mnist/t10k-labels-idx1-ubyte.gz"),
    })
}

#[cfg(all(test, feature = "embedded"))]
mod tests {
    use super::*;
    use crate::idx;
    use crate::mnist::identity::{sha256, sha256_inflated};

    #[test]
    fn the_embedded_files_are_mnist() {
        for file in MnistFile::ALL {
            let gz = bytes(file).unwrap();
            assert_eq!((gz.len() as u64, sha256(gz)), (file.size(), file.sha256().to_owned()));
            let array = idx::parse(gz, file.name()).unwrap();
            assert_eq!(array.shape().dims(), file.shape());
            assert_eq!(sha256_inflated(&array).unwrap(), file.inflated_sha256());
        }
    }
}
