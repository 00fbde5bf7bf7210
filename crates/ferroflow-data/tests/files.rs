//! Sets read from a directory: other sets under MNIST's names, and what can be wrong with them.

use ferroflow_array::Array;
use ferroflow_data::{DataSetOptions, DataSets, Error, MnistFile, Pixels, Provenance, idx, read_data_sets};
use std::path::Path;
use tempfile::TempDir;

fn options() -> DataSetOptions {
    DataSetOptions { validation_size: 2, pixels: Pixels::Bytes, num_classes: 3, ..Default::default() }
}

fn images(count: usize) -> Array {
    let pixels: Vec<u8> = (0..count * 6).map(|i| i as u8).collect();
    Array::new([count, 2, 3], &pixels).unwrap()
}

fn labels(count: usize) -> Array {
    Array::from((0..count).map(|i| (i % 3) as u8).collect::<Vec<_>>())
}

fn write(dir: &TempDir, name: &str, array: &Array) {
    idx::write_file(dir.path().join(name), array).unwrap();
}

/// Seven train and four test images of 2x3, in three classes.
fn small_set() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    write(&dir, "train-images-idx3-ubyte.gz", &images(7));
    write(&dir, "train-labels-idx1-ubyte.gz", &labels(7));
    write(&dir, "t10k-images-idx3-ubyte.gz", &images(4));
    write(&dir, "t10k-labels-idx1-ubyte.gz", &labels(4));
    dir
}

fn read(dir: &TempDir) -> Result<DataSets, Error> {
    read_data_sets(dir.path(), &options())
}

fn refusal(dir: &TempDir) -> String {
    read(dir).unwrap_err().to_string().replace(&format!("{}/", dir.path().display()), "DIR/")
}

fn embedded_file(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("mnist").join(name)).unwrap()
}

fn mnist_files() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for file in MnistFile::ALL {
        std::fs::write(dir.path().join(file.name()), embedded_file(file.name())).unwrap();
    }
    dir
}

fn read_as_mnist(dir: &TempDir) -> Result<DataSets, Error> {
    read_data_sets(dir.path(), &DataSetOptions { pixels: Pixels::Bytes, ..Default::default() })
}

#[test]
fn other_sets_of_other_counts_are_read() {
    let dir = small_set();
    let sets = read(&dir).unwrap();
    assert_eq!([&sets.train, &sets.validation, &sets.test].map(|s| s.num_examples()), [5, 2, 4]);
    assert_eq!(sets.validation.labels(), Array::from([0u8, 1]));
    assert_eq!(sets.train.labels(), Array::from([2u8, 0, 1, 2, 0]));
    assert_eq!(sets.test.images(), images(4).reshape([4, 6]).unwrap());
    assert_eq!(sets.train.images().as_slice::<u8>().unwrap()[..3], [12, 13, 14]);
    assert_eq!(sets.provenance(), &Provenance::Other);
    let all = DataSetOptions { one_hot: true, reshape: false, ..options() };
    let sets = read_data_sets(dir.path(), &all).unwrap();
    assert_eq!(sets.validation.labels(), Array::from([[1f32, 0., 0.], [0., 1., 0.]]));
    assert_eq!(sets.train.images().shape().dims(), [5, 2, 3, 1]);
}

#[test]
fn validation_may_take_all_but_no_more() {
    let dir = small_set();
    let sizes = |validation_size| {
        let sets = read_data_sets(dir.path(), &DataSetOptions { validation_size, ..options() })?;
        Ok::<_, Error>((sets.train.num_examples(), sets.validation.num_examples()))
    };
    assert_eq!(sizes(7).unwrap(), (0, 7));
    assert!(matches!(sizes(8), Err(Error::ValidationSize { validation_size: 8, train: 7 })));
}

#[test]
fn uncompressed_and_dotted_names_are_found() {
    let dir = tempfile::tempdir().unwrap();
    write(&dir, "train-images-idx3-ubyte", &images(7));
    write(&dir, "train-labels.idx1-ubyte", &labels(7));
    write(&dir, "t10k-images.idx3-ubyte.gz", &images(4));
    write(&dir, "t10k-labels-idx1-ubyte", &labels(4));
    assert_eq!(read(&dir).unwrap().train.num_examples(), 5);
    // Where both forms exist, the one with a checksum counts.
    write(&dir, "t10k-labels-idx1-ubyte.gz", &Array::from([2u8, 2, 2, 2]));
    assert_eq!(read(&dir).unwrap().test.labels(), Array::from([2u8, 2, 2, 2]));
}

#[test]
fn without_files_the_embedded_mnist_is_read() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("notes.txt"), "nothing").unwrap();
    for path in [dir.path().to_owned(), dir.path().join("absent")] {
        let sets = read_data_sets(path, &DataSetOptions { pixels: Pixels::Bytes, ..Default::default() }).unwrap();
        assert_eq!(sets.provenance(), &Provenance::Embedded);
        assert_eq!(sets.test.num_examples(), 10_000);
    }
}

#[test]
fn a_file_is_no_directory() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let e = read_data_sets(file.path(), &options()).unwrap_err();
    assert!(matches!(e, Error::Io { .. }), "{e}");
}

#[test]
fn one_missing_file_is_named() {
    for file in MnistFile::ALL {
        let dir = small_set();
        std::fs::remove_file(dir.path().join(file.name())).unwrap();
        match read(&dir).unwrap_err() {
            Error::Missing { file: missing, .. } => assert_eq!(missing, file),
            e => panic!("{e}"),
        }
    }
    let dir = small_set();
    std::fs::remove_file(dir.path().join("t10k-labels-idx1-ubyte.gz")).unwrap();
    assert!(refusal(&dir).contains("t10k-labels-idx1-ubyte.gz is missing"));
}

#[test]
fn a_foreign_set_is_not_completed_by_downloading() {
    let dir = small_set();
    std::fs::remove_file(dir.path().join("t10k-labels-idx1-ubyte.gz")).unwrap();
    let e = read_data_sets(dir.path(), &DataSetOptions { download: true, ..options() }).unwrap_err();
    if cfg!(feature = "download") {
        assert!(matches!(e, Error::Foreign { .. }), "{e}");
    } else {
        assert!(matches!(e, Error::NoDownload { file: MnistFile::TestLabels }), "{e}");
    }
}

#[test]
fn labels_where_images_should_be() {
    let dir = small_set();
    write(&dir, "train-images-idx3-ubyte.gz", &labels(7));
    assert_eq!(
        refusal(&dir),
        "DIR/train-images-idx3-ubyte.gz: expected u8 images of shape [count,height,width], found u8 of shape [7]"
    );
    let dir = small_set();
    write(&dir, "t10k-labels-idx1-ubyte.gz", &images(4));
    assert_eq!(
        refusal(&dir),
        "DIR/t10k-labels-idx1-ubyte.gz: expected u8 labels of shape [count], found u8 of shape [4,2,3]"
    );
    write(&dir, "t10k-labels-idx1-ubyte.gz", &Array::from([0i32, 1, 2, 0]));
    assert!(refusal(&dir).ends_with("expected u8 labels of shape [count], found i32 of shape [4]"));
    write(&dir, "t10k-labels-idx1-ubyte.gz", &labels(4));
    write(&dir, "t10k-images-idx3-ubyte.gz", &Array::from([[[0f32]], [[1.]], [[1.]], [[1.]]]));
    assert!(refusal(&dir).contains("found f32 of shape [4,1,1]"));
}

#[test]
fn swapped_train_and_test_counts() {
    let dir = small_set();
    write(&dir, "train-images-idx3-ubyte.gz", &images(4));
    assert_eq!(
        refusal(&dir),
        "DIR/train-images-idx3-ubyte.gz holds 4 images, but DIR/train-labels-idx1-ubyte.gz holds 7 labels"
    );
}

#[test]
fn images_of_two_sizes() {
    let dir = small_set();
    write(&dir, "t10k-images-idx3-ubyte.gz", &images(4).reshape([4, 3, 2]).unwrap());
    assert_eq!(refusal(&dir), "train images are [2,3], but test images are [3,2]");
}

#[test]
fn labels_that_are_no_class() {
    let dir = small_set();
    write(&dir, "t10k-labels-idx1-ubyte.gz", &Array::from([0u8, 1, 3, 200]));
    assert_eq!(refusal(&dir), "DIR/t10k-labels-idx1-ubyte.gz: label 3 at index 2 is not below num_classes = 3");
}

#[test]
fn empty_sets_and_empty_images() {
    let dir = small_set();
    write(&dir, "t10k-images-idx3-ubyte.gz", &images(0));
    write(&dir, "t10k-labels-idx1-ubyte.gz", &labels(0));
    assert_eq!(read(&dir).unwrap().test.images().shape().dims(), [0, 6]);
    for (name, count) in [("train-images-idx3-ubyte.gz", 7), ("t10k-images-idx3-ubyte.gz", 0)] {
        write(&dir, name, &Array::new([count, 0, 3], &[0u8; 0]).unwrap());
    }
    assert_eq!(read(&dir).unwrap().train.images().shape().dims(), [5, 0]);
}

#[test]
fn damaged_files_are_named() {
    let dir = small_set();
    let path = dir.path().join("train-images-idx3-ubyte.gz");
    let mut bytes = std::fs::read(&path).unwrap();
    let crc = bytes.len() - 8;
    bytes[crc] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    assert!(refusal(&dir).starts_with("DIR/train-images-idx3-ubyte.gz: damaged gzip stream"));
    std::fs::write(&path, &bytes[..20]).unwrap();
    assert!(refusal(&dir).starts_with("DIR/train-images-idx3-ubyte.gz: truncated"));
    std::fs::write(&path, "<html>404</html>").unwrap();
    assert!(refusal(&dir).starts_with("DIR/train-images-idx3-ubyte.gz: not IDX"));
}

#[test]
fn mnist_is_recognised_compressed_or_not() {
    let dir = mnist_files();
    assert_eq!(read_as_mnist(&dir).unwrap().provenance(), &Provenance::Mnist);
    let gz = dir.path().join("t10k-images-idx3-ubyte.gz");
    let images = idx::read_file(&gz).unwrap();
    std::fs::remove_file(gz).unwrap();
    write(&dir, "t10k-images-idx3-ubyte", &images);
    let sets = read_as_mnist(&dir).unwrap();
    assert!(sets.is_mnist());
    assert_eq!(sets.provenance(), &Provenance::Mnist);
}

#[test]
fn one_changed_pixel_of_an_uncompressed_file_is_reported() {
    let dir = mnist_files();
    let gz = dir.path().join("t10k-images-idx3-ubyte.gz");
    let mut images = idx::read_file(&gz).unwrap();
    images.bytes_mut()[1_000_000] ^= 4;
    std::fs::remove_file(gz).unwrap();
    write(&dir, "t10k-images-idx3-ubyte", &images);
    let sets = read_as_mnist(&dir).unwrap();
    assert!(!sets.is_mnist());
    assert_eq!(sets.provenance(), &Provenance::Mixed(vec![MnistFile::TestImages]));
}

#[test]
fn a_damaged_mnist_file_of_the_right_size_is_refused() {
    let dir = mnist_files();
    let path = dir.path().join("t10k-images-idx3-ubyte.gz");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[800_000] ^= 0x10;
    std::fs::write(&path, bytes).unwrap();
    let e = read_as_mnist(&dir).unwrap_err().to_string();
    assert!(e.contains("t10k-images-idx3-ubyte.gz: "), "{e}");
}

#[test]
fn mnist_files_under_each_others_names() {
    let dir = mnist_files();
    for kind in ["images-idx3-ubyte.gz", "labels-idx1-ubyte.gz"] {
        let [train, test] = ["train", "t10k"].map(|set| format!("{set}-{kind}"));
        std::fs::write(dir.path().join(&train), embedded_file(&test)).unwrap();
        std::fs::write(dir.path().join(&test), embedded_file(&train)).unwrap();
    }
    match read_as_mnist(&dir).unwrap_err() {
        Error::Misnamed { expected, found, .. } => {
            assert_eq!((expected, found), (MnistFile::TrainImages, MnistFile::TestImages));
        }
        e => panic!("{e}"),
    }
}
