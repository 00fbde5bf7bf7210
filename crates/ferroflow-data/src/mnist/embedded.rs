use super::MnistFile;

/// The bytes of MNIST's compressed file.
pub(crate) fn bytes(file: MnistFile) -> &'static [u8] {
    match file {
        MnistFile::TrainImages => include_bytes!("../../mnist/train-images-idx3-ubyte.gz"),
        MnistFile::TrainLabels => include_bytes!("../../mnist/train-labels-idx1-ubyte.gz"),
        MnistFile::TestImages => include_bytes!("../../mnist/t10k-images-idx3-ubyte.gz"),
        MnistFile::TestLabels => include_bytes!("../../mnist/t10k-labels-idx1-ubyte.gz"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::idx;
    use crate::mnist::identity::{sha256, sha256_inflated};

    #[test]
    fn the_embedded_files_are_mnist() {
        for file in MnistFile::ALL {
            let gz = bytes(file);
            assert_eq!((gz.len() as u64, sha256(gz)), (file.size(), file.sha256().to_owned()));
            let array = idx::parse(gz, file.name()).unwrap();
            assert_eq!(array.shape().dims(), file.shape());
            assert_eq!(sha256_inflated(&array).unwrap(), file.inflated_sha256());
        }
    }
}
