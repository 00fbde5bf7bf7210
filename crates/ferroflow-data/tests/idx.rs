//! IDX: literal files, round trips, and files that lie.

use ferroflow_array::{Array, DType, Shape};
use ferroflow_data::idx;
use flate2::{Compression, write::GzEncoder};
use proptest::prelude::*;
use std::io::Write;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gz = GzEncoder::new(Vec::new(), Compression::default());
    gz.write_all(bytes).unwrap();
    gz.finish().unwrap()
}

fn refusal(bytes: &[u8]) -> String {
    idx::parse(bytes, "F").unwrap_err().to_string()
}

#[test]
fn literal_files() {
    let bytes = [0, 0, 0x0b, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0x01, 0x02, 0xff, 0xfe];
    let array = Array::from([[0x0102i16], [-2]]);
    assert_eq!(idx::parse(&bytes, "F").unwrap(), array);
    assert_eq!(idx::encode(&array).unwrap(), bytes);
    assert_eq!(idx::parse(&gzip(&bytes), "F").unwrap(), array);
    let scalar = [0, 0, 0x0d, 0, 0x3f, 0x80, 0, 0];
    assert_eq!(idx::parse(&scalar, "F").unwrap(), Array::scalar(1.0f32));
    let double = [0, 0, 0x0e, 1, 0, 0, 0, 1, 0xc0, 0, 0, 0, 0, 0, 0, 0];
    assert_eq!(idx::parse(&double, "F").unwrap(), Array::from([-2.0f64]));
    let bytes = [0, 0, 0x09, 1, 0, 0, 0, 2, 0x80, 0x7f];
    assert_eq!(idx::parse(&bytes, "F").unwrap(), Array::from([-128i8, 127]));
    let empty = [0, 0, 8, 2, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0];
    assert_eq!(idx::parse(&empty, "F").unwrap().shape().dims(), [0xffff_ffff, 0]);
}

#[test]
fn damaged_files_are_refused_by_name() {
    let good = [0, 0, 8, 1, 0, 0, 0, 3, 1, 2, 3];
    assert_eq!(refusal(&[]), "F: truncated within its magic number");
    assert_eq!(refusal(b"PK\x03\x04...."), "F: not IDX: begins with [50, 4b, 03, 04], not with two zeros");
    assert_eq!(refusal(&[0, 0, 0x0a, 1, 0, 0, 0, 0]), "F: unknown IDX element type 0x0a");
    assert_eq!(refusal(&good[..6]), "F: truncated within its dimensions");
    assert_eq!(refusal(&good[..9]), "F: truncated within its elements");
    assert_eq!(refusal(&[&good[..], &[0]].concat()), "F: more bytes than u8 elements of shape [3] take");
    assert_eq!(refusal(&gzip(&good[..10])), "F: truncated within its elements");
    assert_eq!(refusal(&gzip(&[&good[..], &[0]].concat())), "F: more bytes than u8 elements of shape [3] take");
    assert_eq!(refusal(&[]), "F: truncated within its magic number");
    assert!(refusal(&[&gzip(&good)[..], &[b'x'; 20]].concat()).starts_with("F: damaged gzip stream"));
}

#[test]
fn hostile_sizes_are_refused_before_memory_is_reserved() {
    let mut huge = vec![0, 0, 0x0e, 3];
    huge.extend([0xff; 12]);
    assert_eq!(
        refusal(&huge),
        "F: truncated: too short for f64 elements of shape [4294967295, 4294967295, 4294967295]"
    );
    // 2^40 bytes would fit an address space, but neither this file nor what it may inflate to.
    let large = [0, 0, 8, 2, 0, 0x10, 0, 0, 0, 0x10, 0, 0];
    let expected = "F: truncated: too short for u8 elements of shape [1048576, 1048576]";
    assert_eq!(refusal(&large), expected);
    assert_eq!(refusal(&gzip(&large)), expected);
    // What deflate could just reach, but this stream does not.
    let mut claimed = vec![0, 0, 8, 1, 0x02, 0, 0, 0];
    claimed.extend((0..1u64 << 16).map(|i| ((i * i * 0x9e37_79b9) >> 24) as u8));
    assert_eq!(refusal(&gzip(&claimed)), "F: truncated: too short for u8 elements of shape [33554432]");
    let deep: Vec<u8> = [0, 0, 8, 255].into_iter().chain([0, 0, 0, 2].repeat(255)).collect();
    assert!(refusal(&deep).starts_with("F: truncated: too short"));
}

#[test]
fn arrays_that_compress_far_are_read() {
    let zeros = Array::zeros(DType::F64, [1 << 18]).unwrap();
    let gz = gzip(&idx::encode(&zeros).unwrap());
    assert!(gz.len() * 500 < 8 << 18);
    assert_eq!(idx::parse(&gz, "F").unwrap(), zeros);
}

#[test]
fn inflating_stops_where_the_header_says() {
    let mut bomb = vec![0, 0, 8, 1, 0, 0, 0, 3];
    bomb.resize(64 << 20, 0);
    assert_eq!(refusal(&gzip(&bomb)), "F: more bytes than u8 elements of shape [3] take");
}

#[test]
fn no_flipped_bit_of_a_compressed_file_changes_what_is_read() {
    let bytes: Vec<u8> = [0, 0, 8, 1, 0, 0, 0, 200].into_iter().chain((0..200u8).map(|i| i.wrapping_mul(7))).collect();
    let good = idx::parse(&bytes, "F").unwrap();
    let gz = gzip(&bytes);
    let mut harmless = 0;
    for bit in 0..gz.len() * 8 {
        let mut gz = gz.clone();
        gz[bit / 8] ^= 1 << (bit % 8);
        match idx::parse(&gz, "F") {
            Ok(array) => {
                assert_eq!(array, good, "bit {bit}");
                harmless += 1;
            }
            Err(e) => assert!(e.to_string().starts_with("F: ")),
        }
    }
    // Time, system and compression level in gzip's header, its hint of text, and what pads the last byte.
    assert!(harmless <= 6 * 8 + 1 + 7, "{harmless}");
    for len in 0..gz.len() {
        assert!(idx::parse(&gz[..len], "F").is_err(), "{len} bytes");
    }
}

#[test]
fn what_idx_cannot_hold() {
    assert_eq!(idx::encode(&Array::from([1i64])).unwrap_err().to_string(), "IDX cannot hold elements of i64");
    assert!(idx::encode(&Array::zeros(DType::U8, vec![1; 256]).unwrap()).is_err());
    let long = Array::zeros(DType::U8, [1 << 32, 0]).unwrap();
    assert_eq!(idx::encode(&long).unwrap_err().to_string(), "IDX cannot hold a dimension of 4294967296");
}

#[test]
fn files_round_trip_and_missing_ones_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let array = Array::from([[1.5f32, f32::INFINITY], [-0.0, 3.0]]);
    for name in ["a.idx", "a.gz"] {
        let path = dir.path().join(name);
        idx::write_file(&path, &array).unwrap();
        assert_eq!(std::fs::read(&path).unwrap().starts_with(&[0x1f, 0x8b]), name == "a.gz");
        assert_eq!(idx::read_file(&path).unwrap(), array);
    }
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 2);
    let e = idx::read_file(dir.path().join("absent")).unwrap_err().to_string();
    assert!(e.contains("absent: "), "{e}");
    assert!(idx::write_file(dir.path().join("no/folder"), &array).is_err());
}

fn arrays() -> impl Strategy<Value = Array> {
    let dtypes = [DType::U8, DType::I8, DType::I16, DType::I32, DType::F32, DType::F64];
    let shapes = prop::collection::vec(0usize..5, 0..6);
    (prop::sample::select(dtypes.to_vec()), shapes).prop_flat_map(|(dtype, dims)| {
        let shape = Shape::from(dims);
        let bytes = shape.num_elements() * dtype.size();
        prop::collection::vec(any::<u8>(), bytes).prop_map(move |bytes| {
            let mut array = Array::zeros(dtype, &shape).unwrap();
            array.bytes_mut().copy_from_slice(&bytes);
            array
        })
    })
}

proptest! {
    #[test]
    fn every_array_round_trips_bit_for_bit(array in arrays()) {
        let bytes = idx::encode(&array).unwrap();
        for bytes in [gzip(&bytes), bytes] {
            let back = idx::parse(&bytes, "F").unwrap();
            prop_assert_eq!((back.dtype(), back.shape()), (array.dtype(), array.shape()));
            prop_assert_eq!(back.bytes(), array.bytes());
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(mut bytes in prop::collection::vec(any::<u8>(), 0..64), rank in 0u8..4) {
        let _ = idx::parse(&bytes, "F");
        if let [a, b, _, r, ..] = &mut bytes[..] {
            (*a, *b, *r) = (0, 0, rank);
        }
        if let Ok(array) = idx::parse(&bytes, "F") {
            prop_assert_eq!(idx::encode(&array).unwrap(), bytes);
        }
    }
}
