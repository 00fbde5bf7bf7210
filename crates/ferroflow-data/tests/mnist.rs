//! The embedded MNIST.

use ferroflow_array::{Array, DType};
use ferroflow_data::{Batch, DataSetOptions, Error, Pixels, Provenance, embedded_mnist};

fn options() -> DataSetOptions {
    DataSetOptions::default()
}

fn pixel_sum(images: &Array) -> u64 {
    images.as_slice::<u8>().unwrap().iter().map(|&p| u64::from(p)).sum()
}

#[test]
fn facts() {
    let mnist = embedded_mnist(&DataSetOptions { pixels: Pixels::Bytes, ..options() }).unwrap();
    let (train, validation, test) = (&mnist.train, &mnist.validation, &mnist.test);
    assert_eq!([train, validation, test].map(|set| set.num_examples()), [55_000, 5_000, 10_000]);
    assert_eq!(validation.labels().as_slice::<u8>().unwrap()[..5], [5, 0, 4, 1, 9]);
    assert_eq!(train.labels().as_slice::<u8>().unwrap()[..6], [7, 3, 4, 6, 1, 8]);
    assert_eq!(test.labels().as_slice::<u8>().unwrap()[..4], [7, 2, 1, 0]);
    assert_eq!(train.images().shape().dims(), [55_000, 784]);
    assert_eq!(pixel_sum(&train.images()) + pixel_sum(&validation.images()), 1_567_298_545);
    assert_eq!(pixel_sum(&test.images()), 264_923_200);
    assert_eq!(pixel_sum(&train.batches(1).unwrap().next().unwrap().images), 30_871);
    let test_labels = test.labels();
    let count = |class| test_labels.as_slice::<u8>().unwrap().iter().filter(|&&c| c == class).count();
    assert_eq!([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(count), [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
    assert!(mnist.is_mnist());
    assert_eq!(mnist.provenance(), &Provenance::Embedded);
}

#[test]
fn unit_pixels_one_hot_labels_and_shapes() {
    let mut mnist = embedded_mnist(&DataSetOptions { one_hot: true, reshape: false, ..options() }).unwrap();
    mnist.test.set_shuffle(false);
    let Batch { images, labels } = mnist.test.next_batch(2).unwrap();
    assert_eq!((images.dtype(), images.shape().dims()), (DType::F32, &[2, 28, 28, 1][..]));
    let sum: f64 = images.as_slice::<f32>().unwrap()[..784].iter().map(|&p| f64::from(p)).sum();
    assert!((sum - 18_454.0 / 255.0).abs() < 1e-5);
    assert_eq!(
        labels,
        Array::from([[0f32, 0., 0., 0., 0., 0., 0., 1., 0., 0.], [0., 0., 1., 0., 0., 0., 0., 0., 0., 0.]])
    );
    assert_eq!(mnist.test.images().shape().dims(), [10_000, 28, 28, 1]);
}

#[test]
fn two_epochs_resume_from_any_batch() {
    let small = DataSetOptions { validation_size: 59_000, seed: 5, pixels: Pixels::Bytes, ..options() };
    let mut mnist = embedded_mnist(&small).unwrap();
    let mut positions = Vec::new();
    let mut batches = Vec::new();
    for _ in 0..7 {
        positions.push(mnist.train.position());
        batches.push(mnist.train.next_batch(300).unwrap());
    }
    assert_eq!((mnist.train.epochs_completed(), mnist.train.index_in_epoch()), (2, 100));
    let mut other = embedded_mnist(&DataSetOptions { seed: 8, ..small }).unwrap();
    assert_ne!(other.train.next_batch(300).unwrap(), batches[0]);
    for (i, &position) in positions.iter().enumerate() {
        other.train.seek(position).unwrap();
        for batch in &batches[i..] {
            assert_eq!(&other.train.next_batch(300).unwrap(), batch);
        }
    }
}

#[test]
fn images_stay_with_their_labels() {
    let mut mnist = embedded_mnist(&DataSetOptions { pixels: Pixels::Bytes, ..options() }).unwrap();
    let (all_images, all_labels) = (mnist.validation.images(), mnist.validation.labels());
    let labels_of: std::collections::HashMap<&[u8], u8> =
        all_images.bytes().chunks(784).zip(all_labels.bytes().iter().copied()).collect();
    let Batch { images, labels } = mnist.validation.next_batch(5000).unwrap();
    assert_ne!(labels, all_labels);
    for (image, label) in images.bytes().chunks(784).zip(labels.bytes()) {
        assert_eq!(labels_of[image], *label);
    }
}

#[test]
fn validation_size_limits() {
    let sizes = |validation_size| {
        let mnist = embedded_mnist(&DataSetOptions { validation_size, ..options() })?;
        Ok::<_, Error>((mnist.train.num_examples(), mnist.validation.num_examples()))
    };
    assert_eq!(sizes(0).unwrap(), (60_000, 0));
    assert_eq!(sizes(60_000).unwrap(), (0, 60_000));
    assert_eq!(
        sizes(60_001).unwrap_err().to_string(),
        "validation_size = 60001, but there are only 60000 train examples"
    );
}

#[test]
fn too_few_classes_are_refused() {
    let e = embedded_mnist(&DataSetOptions { num_classes: 9, ..options() }).unwrap_err();
    assert_eq!(e.to_string(), "embedded train-labels-idx1-ubyte.gz: label 9 at index 4 is not below num_classes = 9");
    let wide = embedded_mnist(&DataSetOptions { num_classes: 12, one_hot: true, ..options() }).unwrap();
    assert_eq!(wide.train.labels().shape().dims(), [55_000, 12]);
    assert!(embedded_mnist(&DataSetOptions { num_classes: 0, one_hot: true, ..options() }).is_err());
}
