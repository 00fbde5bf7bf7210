//! Data sets from arrays, and the batches drawn from them.

use ferroflow_array::{Array, DType};
use ferroflow_data::{Batch, DataPosition, DataSet, Error};

fn set(n: u8) -> DataSet {
    let images: Vec<u8> = (0..n).flat_map(|i| [i, i]).collect();
    let labels: Vec<i64> = (0..n).map(|i| i64::from(i) * 10).collect();
    let images = Array::new([usize::from(n), 2], &images).unwrap();
    DataSet::from_arrays(images, Array::from(labels)).unwrap()
}

fn firsts(batch: &Batch) -> Vec<u8> {
    let firsts: Vec<u8> = batch.images.as_slice::<u8>().unwrap().chunks(2).map(|row| row[0]).collect();
    let labels: Vec<i64> = firsts.iter().map(|&i| i64::from(i) * 10).collect();
    assert_eq!(batch.labels, Array::from(labels));
    firsts
}

#[test]
fn any_dtype_and_shape_passes_through() {
    let mut set = set(4);
    set.set_shuffle(false);
    assert_eq!(set.next_batch(3).unwrap().images, Array::from([[0u8, 0], [1, 1], [2, 2]]));
    assert_eq!(set.next_batch(3).unwrap().labels, Array::from([30i64, 0, 10]));
    assert_eq!((set.image_dtype(), set.label_dtype()), (DType::U8, DType::I64));
    assert_eq!((set.image_shape(7).dims(), set.label_shape(7).dims()), (&[7, 2][..], &[7][..]));
    let mut scaled = set.with_unit_pixels().unwrap().with_seed(3);
    assert_eq!(scaled.position(), DataPosition { seed: 3, ..Default::default() });
    assert_eq!(scaled.next_batch(2).unwrap().images.dtype(), DType::F32);
}

#[test]
fn literal_shuffle() {
    let mut set = set(5).with_seed(7);
    assert_eq!(firsts(&set.next_batch(3).unwrap()), [4, 2, 3]);
    assert_eq!(firsts(&set.next_batch(3).unwrap()), [1, 0, 2]);
    assert_eq!(set.position(), DataPosition { seed: 7, epoch: 1, index: 1, order: 2 });
    assert_eq!(firsts(&set.next_batch(4).unwrap()), [3, 1, 0, 4]);
    assert_eq!((set.epochs_completed(), set.index_in_epoch()), (1, 5));
}

#[test]
fn drawing_into_arrays_equals_drawing_and_keeps_their_memory() {
    let mut a = set(9).with_unit_pixels().unwrap();
    let mut b = a.clone();
    let mut images = Array::zeros(DType::F32, [4, 2]).unwrap();
    let mut labels = Array::zeros(DType::I64, [4]).unwrap();
    let memory = (images.bytes().as_ptr(), labels.bytes().as_ptr());
    for _ in 0..10 {
        a.next_batch_into(&mut images, &mut labels).unwrap();
        assert_eq!(b.next_batch(4).unwrap(), Batch { images: images.clone(), labels: labels.clone() });
    }
    assert_eq!((images.bytes().as_ptr(), labels.bytes().as_ptr()), memory);
    assert_eq!(a.position(), b.position());
}

#[test]
fn refusals_draw_nothing() {
    let mut set = set(3);
    assert_eq!(set.next_batch(4).unwrap_err().to_string(), "a batch of 4 cannot be drawn from 3 examples");
    assert!(set.next_batch(usize::MAX).is_err());
    let zeros = |dtype, shape: &[usize]| Array::zeros(dtype, shape).unwrap();
    let (u8s, i64s) = (DType::U8, DType::I64);
    let e = set.next_batch_into(&mut zeros(DType::F32, &[2, 2]), &mut zeros(i64s, &[2])).unwrap_err();
    assert_eq!(e.to_string(), "images: expected u8[2,2], found f32[2,2]");
    assert!(set.next_batch_into(&mut zeros(u8s, &[2, 3]), &mut zeros(i64s, &[2])).is_err());
    assert!(set.next_batch_into(&mut zeros(u8s, &[2, 2]), &mut zeros(i64s, &[3])).is_err());
    assert!(set.next_batch_into(&mut zeros(u8s, &[4, 2]), &mut zeros(i64s, &[4])).is_err());
    assert!(set.batches(0).is_err());
    assert_eq!(set.position(), DataPosition::default());
    let e = set.seek(DataPosition { index: 4, ..Default::default() }).unwrap_err();
    assert_eq!(e.to_string(), "position at index 4 of an epoch, but an epoch has 3 examples");
}

#[test]
fn counts_must_agree() {
    let e = DataSet::from_arrays(Array::from([1u8, 2]), Array::from([1u8])).unwrap_err();
    assert!(matches!(e, Error::Counts { image_count: 2, label_count: 1, .. }));
    assert!(DataSet::from_arrays(Array::scalar(1u8), Array::scalar(1u8)).is_err());
}

#[test]
fn evaluation_sees_every_example_once_in_order() {
    let mut set = set(7);
    set.next_batch(5).unwrap();
    let position = set.position();
    let batches = set.batches(3).unwrap();
    assert_eq!(batches.len(), 3);
    let seen: Vec<Vec<u8>> = batches.map(|b| firsts(&b)).collect();
    assert_eq!(seen, [vec![0, 1, 2], vec![3, 4, 5], vec![6]]);
    assert_eq!(set.batches(usize::MAX).unwrap().map(|b| firsts(&b).len()).collect::<Vec<_>>(), [7]);
    assert_eq!(set.position(), position);
}

#[test]
fn empty_sets() {
    let mut set = set(0);
    assert_eq!(set.next_batch(0).unwrap().images.shape().dims(), [0, 2]);
    assert!(set.next_batch(1).is_err());
    assert_eq!(set.batches(3).unwrap().count(), 0);
    assert_eq!(set.images().shape().dims(), [0, 2]);
}

#[test]
fn batches_become_tuples() {
    let (images, labels): (Array, Array) = set(3).next_batch(2).unwrap().into();
    assert_eq!((images.shape().dims(), labels.shape().dims()), (&[2, 2][..], &[2][..]));
}
