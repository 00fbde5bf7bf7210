//! Files from NumPy (see `fixtures/npy_cases.py`), and files that go there and back.

use ferroflow_array::{Array, ArrayError, DType, bf16, f16, load_npz, read_npz, save_npz, write_npz};
use proptest::prelude::*;
use std::collections::HashMap;
use std::io::{Cursor, Read};
use std::path::PathBuf;

fn data(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

fn written(array: &Array) -> Vec<u8> {
    let mut bytes = Vec::new();
    array.write_npy(&mut bytes).unwrap();
    bytes
}

#[test]
#[cfg(target_endian = "little")]
fn the_bytes_of_numpy_save() {
    let mut expected = b"\x93NUMPY\x01\x00v\x00{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }".to_vec();
    expected.resize(127, b' ');
    expected.push(b'\n');
    expected.extend(b"\0\0\x80?\0\0\0@\0\0@@\0\0\x80@\0\0\xa0@\0\0\xc0@");
    let array = Array::from([[1.0f32, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    assert_eq!(written(&array), expected);
    assert_eq!(Array::read_npy(&expected[..]).unwrap(), array);
}

fn native() -> Vec<(&'static str, Array)> {
    let floats = [[0.0, -1.5, 0.1], [f64::INFINITY, f64::NEG_INFINITY, 65504.0]];
    let strings: [&[u8]; 4] = [b"", b"ab", b"c\0d", b"\xff"];
    vec![
        ("f2", Array::from(floats.map(|row| row.map(f16::from_f64)))),
        ("f4", Array::from(floats.map(|row| row.map(|v| v as f32)))),
        ("f8", Array::from(floats)),
        ("i1", Array::from([i8::MIN, 0, 1, i8::MAX])),
        ("i2", Array::from([i16::MIN, 0, 1, i16::MAX])),
        ("i4", Array::from([i32::MIN, 0, 1, i32::MAX])),
        ("i8", Array::from([i64::MIN, 0, 1, i64::MAX])),
        ("u1", Array::from([0, 0, 1, u8::MAX])),
        ("u2", Array::from([0, 0, 1, u16::MAX])),
        ("b1", Array::from([[true], [false]])),
        ("S", Array::from_strings([4], strings).unwrap()),
        ("scalar", Array::from(0.86f32)),
        ("empty", Array::zeros(DType::I32, [2, 0, 3]).unwrap()),
        ("wide", Array::from((0..120).collect::<Vec<u8>>()).reshape([2, 3, 4, 5]).unwrap()),
    ]
}

#[test]
fn every_dtype_from_numpy() {
    let found = load_npz(data("numpy.npz")).unwrap();
    let found: Vec<(&str, Array)> = found.iter().map(|(name, array)| (name.as_str(), array.clone())).collect();
    assert_eq!(found, native());
}

#[test]
#[cfg(target_endian = "little")]
fn every_dtype_is_written_as_numpy_writes_it() {
    let mut archive = zip::ZipArchive::new(std::fs::File::open(data("numpy.npz")).unwrap()).unwrap();
    for (name, array) in native() {
        let mut expected = Vec::new();
        archive.by_name(&format!("{name}.npy")).unwrap().read_to_end(&mut expected).unwrap();
        assert_eq!(written(&array), expected, "{name}");
    }
}

#[test]
fn foreign_forms_are_read() {
    let found: HashMap<String, Array> = load_npz(data("foreign.npz")).unwrap().into_iter().collect();
    let rows = Array::from([[1i64, 2, 3], [4, 5, -6]]);
    let same = [
        ("big_f2", DType::F16),
        ("big_f4", DType::F32),
        ("big_f8", DType::F64),
        ("big_i2", DType::I16),
        ("big_i4", DType::I32),
        ("big_i8", DType::I64),
        ("columns", DType::F32),
        ("version_2", DType::I32),
        ("version_3", DType::I32),
    ];
    for (name, dtype) in same {
        assert_eq!(found[name], rows.cast(dtype).unwrap(), "{name}");
    }
    assert_eq!(found["big_u2"], Array::from([[1u16, 2, 3], [4, 5, 6]]));
    let count = Array::from((0..24).collect::<Vec<i16>>()).reshape([2, 3, 4]).unwrap();
    assert_eq!(found["columns_big"], count);
    assert_eq!(found["columns_S"], Array::from_strings([2, 2], ["a", "bc", "", "d"]).unwrap());
    assert_eq!(found["text"], Array::from(["", "hé", "🦀!"]));
    assert_eq!(found["text_big"], Array::from("hé").reshape([1, 1]).unwrap());
    assert_eq!(found.len(), 14);
}

#[test]
fn names_and_order_of_an_archive() {
    let found = load_npz(data("stored.npz")).unwrap();
    let expected = [("weights".to_owned(), Array::from([[3i32]])), ("arr_0".to_owned(), Array::from([1.0f64, 2.0]))];
    assert_eq!(found, expected);
}

#[test]
fn files_are_replaced_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.npy");
    Array::from([1i32, 2]).save_npy(&path).unwrap();
    assert_eq!(Array::load_npy(&path).unwrap(), Array::from([1i32, 2]));
    let error = Array::from(bf16::ONE).save_npy(&path).unwrap_err();
    assert_eq!(error.to_string(), format!("{}: npy has no dtype for bf16; cast to f32", path.display()));
    assert_eq!(Array::load_npy(&path).unwrap(), Array::from([1i32, 2]));

    let archive = folder.path().join("a.npz");
    let arrays = native();
    save_npz(&archive, arrays.iter().map(|(name, array)| (*name, array))).unwrap();
    let found = load_npz(&archive).unwrap();
    assert!(found.iter().map(|(name, array)| (name.as_str(), array)).eq(arrays.iter().map(|(n, a)| (*n, a))));
    let names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|f| f.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "{names:?}");

    assert!(matches!(Array::load_npy(folder.path().join("none.npy")), Err(ArrayError::Io { .. })));
    assert!(matches!(Array::from(1i8).save_npy(folder.path().join("none/a.npy")), Err(ArrayError::Io { .. })));
}

#[test]
fn strings_that_numpy_would_shorten_are_refused() {
    let error = Array::from("ab\0").write_npy(Vec::new()).unwrap_err();
    assert_eq!(error.to_string(), "npy: npy cannot hold a string that ends in a zero byte");
    let empty = Array::zeros(DType::String, [3]).unwrap();
    assert_eq!(Array::read_npy(&written(&empty)[..]).unwrap(), empty);
}

#[test]
fn equal_names_are_refused() {
    let a = Array::from(1i32);
    let found = write_npz(Cursor::new(Vec::new()), [("a", &a), ("a", &a)]);
    assert!(matches!(found, Err(ArrayError::Format { .. })));
}

#[test]
fn streams_hold_arrays_one_after_another() {
    let mut bytes = written(&Array::from([1u16, 2]));
    bytes.extend(written(&Array::from("x")));
    let mut stream = &bytes[..];
    assert_eq!(Array::read_npy(&mut stream).unwrap(), Array::from([1u16, 2]));
    assert_eq!(Array::read_npy(&mut stream).unwrap(), Array::from("x"));
    assert!(stream.is_empty());
}

#[test]
fn large_arrays_survive_a_stream_and_an_archive() {
    let large = Array::from((0..700_001).collect::<Vec<i32>>());
    assert_eq!(Array::read_npy(&written(&large)[..]).unwrap(), large);
    let mut file = Cursor::new(Vec::new());
    write_npz(&mut file, [("a/b", &large)]).unwrap();
    assert_eq!(read_npz(file).unwrap(), [("a/b".to_owned(), large)]);
}

fn any_array() -> impl Strategy<Value = Array> {
    let dtype = prop::sample::select(DType::ALL.into_iter().filter(|&d| d != DType::Bf16).collect::<Vec<_>>());
    let shape = prop::collection::vec(0usize..5, 0..4);
    (dtype, shape, any::<u64>()).prop_map(|(dtype, shape, seed)| {
        let count: usize = shape.iter().product();
        let step = |i: usize| (seed | 1).wrapping_mul(i as u64 + 1) as i64;
        if dtype == DType::String {
            let text = |i: usize| step(i).to_string()[..i % 3].to_owned();
            return Array::from_strings(shape, (0..count).map(text)).unwrap();
        }
        let values: Vec<i64> = (0..count).map(|i| step(i) >> (i % 64)).collect();
        Array::new(shape, &values).unwrap().cast(dtype).unwrap()
    })
}

proptest! {
    #[test]
    fn arrays_survive(arrays in prop::collection::vec(any_array(), 0..4)) {
        for array in &arrays {
            prop_assert_eq!(&Array::read_npy(&written(array)[..]).unwrap(), array);
        }
        let mut file = Cursor::new(Vec::new());
        write_npz(&mut file, arrays.iter().enumerate().map(|(i, a)| (i.to_string(), a))).unwrap();
        let found: Vec<Array> = read_npz(file).unwrap().into_iter().map(|(_, array)| array).collect();
        prop_assert_eq!(found, arrays);
    }
}
