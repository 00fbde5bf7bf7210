//! Files that are damaged or lie are refused, and cost no memory.

use ferroflow_array::{Array, DType, load_npz, read_npz, write_npz};
use proptest::prelude::*;
use std::io::Cursor;

fn npy(dictionary: &str, elements: &[u8]) -> Vec<u8> {
    let length = (dictionary.len() as u16).to_le_bytes();
    [b"\x93NUMPY\x01\x00", &length[..], dictionary.as_bytes(), elements].concat()
}

fn of(descr: &str, shape: &str, elements: &[u8]) -> Vec<u8> {
    npy(&format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n"), elements)
}

fn why(bytes: &[u8]) -> String {
    let streamed = Array::read_npy(bytes).unwrap_err().to_string();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.npy");
    std::fs::write(&path, bytes).unwrap();
    let loaded = Array::load_npy(&path).unwrap_err().to_string();
    let why = streamed.strip_prefix("npy: ").unwrap();
    assert_eq!(loaded, format!("{}: {why}", path.display()));
    why.to_owned()
}

#[test]
fn lies_about_size() {
    let huge = "its header asks for an array of shape [1152921504606846976], which is too large";
    assert_eq!(why(&of("<f4", "(1152921504606846976,)", &[0; 100])), huge);
    let overflow = of("<f8", "(4294967296, 4294967296, 4)", &[0; 8]);
    assert_eq!(why(&overflow), "its header asks for an array of shape [4294967296,4294967296,4], which is too large");
    let much = of("<f4", "(200000000000,)", &[0; 100]);
    assert_eq!(why(&much), "its header asks for 800000000000 bytes of elements, but 100 are there");
    assert_eq!(why(&of("|S4611686018427387904", "(4,)", &[0; 8])).split(", ").last().unwrap(), "which is too large");
    assert_eq!(why(&of("<U4611686018427387904", "(1,)", &[0; 8])).split(", ").last().unwrap(), "which is too large");
    assert_eq!(why(&of("|S0", "(1152921504606846976,)", &[])), "its strings have no length");
    assert_eq!(Array::read_npy(&of("<f4", "(1152921504606846976, 0)", &[])[..]).unwrap().len(), 0);
}

#[test]
fn short_and_foreign_files() {
    assert_eq!(why(b""), "it ends too early");
    assert_eq!(why(b"\x93NUMPY\x01"), "it ends too early");
    assert_eq!(why(&npy("{", &[])[..10]), "it ends too early");
    assert_eq!(why(b"PK\x03\x04 an archive"), "it does not begin as npy does");
    assert_eq!(why(b"\x93NUMPY\x04\x00\x10\x00{}"), "npy version 4.0 is unknown");
    assert_eq!(why(b"\x93NUMPY\x02\x00\xff\xff\xff\xff{}"), "a header of 4294967295 bytes is too long");
    assert_eq!(why(&npy("\u{0}", &[])), "its header should have `{` at `\\0`");
}

#[test]
fn dtypes_without_counterpart() {
    for descr in ["<c8", "<u4", "<u8", "<f16", "<M8[ns]", "<i3", "", "é", "S", "S-1", "<"] {
        assert_eq!(why(&of(descr, "(1,)", &[0; 16])), format!("dtype '{descr}' has no counterpart here"));
    }
    assert!(why(&of("|O", "(1,)", &[0; 16])).contains("pickled Python objects"));
    assert!(why(&of("<V2", "(1,)", &[0; 16])).contains("bfloat16 has no NumPy dtype"));
}

#[test]
fn elements_that_are_none() {
    assert_eq!(why(&of("|b1", "(3,)", &[0, 1, 2])), "a byte is neither 0 nor 1");
    assert_eq!(why(&of("<U1", "(1,)", &[0, 0xd8, 0, 0])), "a string holds what is no code point");
}

#[test]
fn what_follows_the_array() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.npy");
    std::fs::write(&path, of("|u1", "(2,)", &[1, 2, 3])).unwrap();
    let error = Array::load_npy(&path).unwrap_err().to_string();
    assert!(error.ends_with("x.npy: it goes on after the array that its header tells of"), "{error}");
}

fn archive() -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    let (a, b) = (Array::from([[1.0f32, 2.0], [3.0, 4.0]]), Array::from(["x", "yz"]));
    write_npz(&mut file, [("a", &a), ("b", &b)]).unwrap();
    file.into_inner()
}

#[test]
fn archives() {
    assert!(read_npz(Cursor::new(b"no archive".to_vec())).unwrap_err().to_string().starts_with("npz: "));
    assert!(load_npz("no/such.npz").unwrap_err().to_string().starts_with("no/such.npz: "));
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("notes.txt", zip::write::SimpleFileOptions::default()).unwrap();
    std::io::Write::write_all(&mut writer, b"hello, this is no array").unwrap();
    let error = read_npz(writer.finish().unwrap()).unwrap_err();
    assert_eq!(error.to_string(), "npz: notes.txt: it does not begin as npy does");
}

#[test]
fn every_shortened_file_is_refused() {
    let whole = of("<i4", "(2, 2)", &[7; 16]);
    assert_eq!(Array::read_npy(&whole[..]).unwrap().dtype(), DType::I32);
    for length in 0..whole.len() {
        assert!(Array::read_npy(&whole[..length]).is_err(), "{length}");
    }
    let whole = archive();
    assert_eq!(read_npz(Cursor::new(&whole)).unwrap().len(), 2);
    for length in 0..whole.len() {
        assert!(read_npz(Cursor::new(&whole[..length])).is_err(), "{length}");
    }
}

proptest! {
    #[test]
    fn damage_never_panics(at in any::<prop::sample::Index>(), value in any::<u8>(), text in "[{}()':,a-z0-9<|TF ]{0,60}") {
        for whole in [of("<i4", "(2, 2)", &[7; 16]), of("<U2", "(2,)", &[65; 16]), archive()] {
            let mut damaged = whole;
            let at = at.index(damaged.len());
            damaged[at] = value;
            let _ = Array::read_npy(&damaged[..]);
            let _ = read_npz(Cursor::new(damaged));
        }
        let _ = Array::read_npy(&npy(&text, &[0; 64])[..]);
        let _ = Array::read_npy(&npy(&format!("{{'descr': '<f4', 'fortran_order': True, 'shape': ({text})}}"), &[0; 64])[..]);
    }
}
