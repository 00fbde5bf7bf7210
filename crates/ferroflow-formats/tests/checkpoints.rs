//! Checkpoints that TensorFlow wrote (`fixtures/checkpoint_cases.py`), and damaged ones.

use ferroflow_array::{Array, DType, bf16, f16};
use ferroflow_formats::Error;
use ferroflow_formats::checkpoint::{Reader, exists, remove, write};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/checkpoints").join(name)
}

/// What `values` of the script has.
fn expected() -> BTreeMap<String, Array> {
    let numbers = [0.0, 1.0, 2.0, 100.0];
    let mut all: Vec<(&str, Array)> = vec![
        ("all/float16", Array::from(numbers.map(f16::from_f64))),
        ("all/bfloat16", Array::from(numbers.map(bf16::from_f64))),
        ("all/float32", Array::from(numbers.map(|x| x as f32))),
        ("all/float64", Array::from(numbers)),
        ("all/int8", Array::from(numbers.map(|x| x as i8))),
        ("all/int16", Array::from(numbers.map(|x| x as i16))),
        ("all/int32", Array::from(numbers.map(|x| x as i32))),
        ("all/int64", Array::from(numbers.map(|x| x as i64))),
        ("all/uint8", Array::from(numbers.map(|x| x as u8))),
        ("all/uint16", Array::from(numbers.map(|x| x as u16))),
        ("all/bool", Array::from([false, true, true, false])),
        ("negative", Array::from([[-1.5f32, 2.25], [f32::INFINITY, -0.0]])),
        ("scalar", Array::scalar(3.5f32)),
        ("step", Array::scalar(-7i64)),
        ("empty", Array::zeros(DType::F32, [0, 3]).unwrap()),
    ];
    let long = "x".repeat(300);
    all.push(("text", Array::from_strings([2, 2], ["", "a", "é", &long]).unwrap()));
    all.into_iter().map(|(name, array)| (name.to_owned(), array)).collect()
}

#[test]
fn a_failure_at_the_index_leaves_the_data_alone() {
    let dir = tempfile::tempdir().unwrap();
    let prefix = dir.path().join("m");
    std::fs::create_dir(dir.path().join("m.index")).unwrap();
    std::fs::write(dir.path().join("m.data-00000-of-00001"), b"old").unwrap();
    assert!(write(&prefix, [("x", &Array::scalar(1i32))]).is_err());
    assert_eq!(std::fs::read(dir.path().join("m.data-00000-of-00001")).unwrap(), b"old");
}

fn read_all(prefix: impl AsRef<Path>) -> BTreeMap<String, Array> {
    let reader = Reader::open(prefix).unwrap();
    reader.tensors().keys().map(|name| (name.clone(), reader.read(name).unwrap())).collect()
}

#[test]
fn the_second_version() {
    assert_eq!(read_all(fixture("all")), expected());
    let reader = Reader::open(fixture("all")).unwrap();
    let stored = &reader.tensors()["empty"];
    assert_eq!((stored.dtype.to_string(), stored.shape.to_vec()), ("float32".into(), vec![0, 3]));
}

#[test]
fn the_first_version() {
    let mut expected = expected();
    expected.remove("all/bfloat16");
    expected.remove("empty");
    assert_eq!(read_all(fixture("first")), expected);
}

#[test]
fn what_is_written_is_what_tensorflow_writes() {
    let dir = tempfile::tempdir().unwrap();
    let prefix = dir.path().join("all");
    let tensors = expected();
    write(&prefix, tensors.iter().map(|(name, array)| (name.as_str(), array))).unwrap();
    for file in ["all.index", "all.data-00000-of-00001"] {
        assert!(std::fs::read(dir.path().join(file)).unwrap() == std::fs::read(fixture(file)).unwrap(), "{file}");
    }
    assert!(exists(&prefix));
    remove(&prefix).unwrap();
    assert!(!exists(&prefix) && std::fs::read_dir(dir.path()).unwrap().count() == 0);
}

#[test]
fn only_the_files_of_a_checkpoint_are_removed() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    let names = || {
        let mut names: Vec<String> =
            std::fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    let kept = ["m", "m-1", "m.data-00000-of-000011", "m.data-00000-of-0001", "m.data-0000x-of-00001", "ma"];
    for name in kept.iter().chain(&["m.meta", "m.data-00001-of-00002"]) {
        std::fs::write(path(name), b"mine").unwrap();
    }
    let one = Array::scalar(1i32);
    for name in ["m", "m?", "[a]"] {
        write(path(name), [("x", &one)]).unwrap();
    }
    for name in ["*", "??", "m*", "m.index"] {
        remove(path(name)).unwrap();
    }
    assert_eq!(names().len(), kept.len() + 2 + 6);
    for name in ["m", "m?", "[a]"] {
        remove(path(name)).unwrap();
    }
    assert_eq!(names(), kept);
    std::fs::copy(fixture("first"), path("m")).unwrap();
    remove(path("m")).unwrap();
    assert_eq!(names(), kept[1..]);
}

#[test]
fn slices_are_put_together() {
    let table = Array::new([6, 4], &(0..24).map(|i| i as f32).collect::<Vec<_>>()).unwrap();
    for name in ["partitioned", "partitioned_first"] {
        let found = read_all(fixture(name));
        assert_eq!(found.keys().collect::<Vec<_>>(), ["table0", "table1"]);
        assert!(found.values().all(|array| *array == table), "{name}");
    }
}

#[test]
fn tensors_of_several_files() {
    let (a, b) = (Array::from([1.0f32, 2.0]), Array::from([[3.0f32]]));
    let found = read_all(fixture("sharded"));
    let text = Array::from_strings([2], ["x", "yz"]).unwrap();
    assert_eq!((&found["a"], &found["b"], &found["text"]), (&a, &b, &text));
    let found = read_all(fixture("sharded_first-?????-of-00002"));
    assert_eq!((&found["a"], &found["b"]), (&a, &b));
}

#[test]
fn what_is_missing_is_named() {
    let error = Reader::open(fixture("none")).unwrap_err();
    assert!(error.to_string().contains("Failed to find any matching files for "), "{error}");
    assert!(!exists(fixture("none")));
    for name in ["all", "first"] {
        let error = Reader::open(fixture(name)).unwrap().read("w").unwrap_err().to_string();
        assert!(error.starts_with("Key w not found in checkpoint "), "{error}");
    }
    let dir = tempfile::tempdir().unwrap();
    std::fs::copy(fixture("all.index"), dir.path().join("all.index")).unwrap();
    let error = Reader::open(dir.path().join("all")).unwrap().read("scalar").unwrap_err().to_string();
    assert!(error.contains("all.data-00000-of-00001: "), "{error}");
    let error = write(dir.path().join("none/model"), []).unwrap_err();
    assert!(matches!(error, Error::Io { .. }));
    assert!(write(dir.path().join("model"), [("", &Array::scalar(1i32))]).is_err());
}

/// Reads all that can be read of a copy of a checkpoint in which `damage` changed the file `name`.
fn damaged(files: &[&str], name: &str, damage: impl FnOnce(&mut Vec<u8>)) -> Result<(), Error> {
    let dir = tempfile::tempdir().unwrap();
    for file in files {
        std::fs::copy(fixture(file), dir.path().join(file)).unwrap();
    }
    let mut bytes = std::fs::read(fixture(name)).unwrap();
    damage(&mut bytes);
    std::fs::write(dir.path().join(name), bytes).unwrap();
    let prefix = dir.path().join(files[0].trim_end_matches(".index"));
    let reader = Reader::open(prefix)?;
    reader.tensors().keys().try_for_each(|name| reader.read(name).map(drop))
}

const ALL: [&str; 2] = ["all.index", "all.data-00000-of-00001"];
const PARTITIONED: [&str; 2] = ["partitioned.index", "partitioned.data-00000-of-00001"];

#[test]
fn a_damaged_tensor_is_named() {
    let error = damaged(&ALL, ALL[1], |bytes| bytes[0] ^= 1).unwrap_err().to_string();
    assert!(error.contains("data-00000-of-00001: tensor 'all/bfloat16': the checksum"), "{error}");
    let error = damaged(&ALL, ALL[1], |bytes| bytes.truncate(100)).unwrap_err().to_string();
    assert!(error.contains("tensor '") && error.contains("do not lie in the file, which has 100"), "{error}");
    assert!(damaged(&ALL, ALL[1], |_| ()).is_ok());
}

#[test]
fn every_damaged_byte_of_a_table_is_noticed() {
    // But for the padding of the footer, which nothing reads.
    for files in [&ALL[..], &PARTITIONED, &["first"], &["partitioned_first"]] {
        let length = std::fs::read(fixture(files[0])).unwrap().len();
        for at in (0..length - 48).chain(length - 8..length) {
            let error = damaged(files, files[0], |bytes| bytes[at] ^= 0x41);
            assert!(matches!(error, Err(Error::Damaged { .. })), "{files:?}, byte {at}: {error:?}");
        }
        for cut in [0, 1, 47, 48, length / 2, length - 1] {
            assert!(damaged(files, files[0], |bytes| bytes.truncate(cut)).is_err(), "{files:?}, cut at {cut}");
        }
    }
}

proptest! {
    #[test]
    fn footers_of_any_bytes_are_no_panic(footer in prop::collection::vec(any::<u8>(), 40)) {
        let put = |bytes: &mut Vec<u8>| {
            let at = bytes.len() - 48;
            bytes[at..at + 40].copy_from_slice(&footer);
        };
        prop_assert!(damaged(&ALL, ALL[0], put).is_err());
    }
}
