//! Files made to mislead are refused by name, without a panic and without great allocations.

use ferroflow_array::Array;
use ferroflow_train::{Checkpoint, CheckpointError};

/// What becomes of a file of these bytes.
fn load(bytes: &[u8]) -> Result<Checkpoint, CheckpointError> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("file.safetensors");
    std::fs::write(&path, bytes).unwrap();
    Checkpoint::load(&path)
}

/// A file of this header, with the length that belongs to it.
fn file(header: &[u8], data: &[u8]) -> Vec<u8> {
    [&(header.len() as u64).to_le_bytes(), header, data].concat()
}

fn refused(bytes: &[u8]) {
    let error = load(bytes).map(|c| c.tensors).unwrap_err();
    assert!(matches!(error, CheckpointError::Format { .. }), "{error}");
    assert!(error.to_string().contains("file.safetensors: not a checkpoint: "), "{error}");
}

#[test]
fn a_good_file_is_read() {
    let header = br#"{"__metadata__":{"step":"NaN"},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#;
    let checkpoint = load(&file(header, &[0, 0, 128, 63, 0, 0, 0, 64])).unwrap();
    assert_eq!(checkpoint.tensors["w"], Array::from([1.0f32, 2.0]));
    assert_eq!(checkpoint.metadata["step"], "NaN");
}

#[test]
fn header_lengths_are_checked() {
    for length in [u64::MAX, u64::MAX - 7, 1 << 63, 1 << 40, 3, 0] {
        refused(&[&length.to_le_bytes()[..], b"{}", &[0; 16]].concat());
    }
    refused(b"");
    refused(&[0xff; 8]);
}

#[test]
fn headers_are_checked() {
    let headers: [&[u8]; 12] = [
        b"",
        b"[]",
        b"{",
        b"\xff\xfe{}",
        br#"{"w":1}"#,
        br#"{"__metadata__":{"step":NaN}}"#,
        br#"{"__metadata__":{"step":1}}"#,
        br#"{"__metadata__":NaN}"#,
        br#"{"w":{"dtype":"F32","shape":[2]}}"#,
        br#"{"w":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#,
        br#"{"w":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}"#,
        br#"{"w":{"dtype":"COMPLEX","shape":[2],"data_offsets":[0,8]}}"#,
    ];
    headers.iter().for_each(|header| refused(&file(header, &[0; 8])));
    refused(&file(&[b'['; 100_000], &[0; 8]));
    refused(&file(&br#"{"w":"#.repeat(20_000), &[0; 8]));
}

#[test]
fn offsets_and_shapes_are_checked() {
    let one = |shape: &str, offsets: &str| {
        file(format!(r#"{{"w":{{"dtype":"F32","shape":{shape},"data_offsets":{offsets}}}}}"#).as_bytes(), &[0; 16])
    };
    let two = |first: &str, second: &str| {
        let entry = |name, offsets| format!(r#""{name}":{{"dtype":"F32","shape":[2],"data_offsets":{offsets}}}"#);
        file(format!("{{{},{}}}", entry("a", first), entry("b", second)).as_bytes(), &[0; 16])
    };
    assert!(load(&one("[4]", "[0,16]")).is_ok() && load(&two("[0,8]", "[8,16]")).is_ok());
    // Overlapping, reversed, past the end, with a gap, not of the shape's size.
    refused(&two("[0,8]", "[0,8]"));
    refused(&two("[0,8]", "[4,12]"));
    refused(&two("[8,0]", "[8,16]"));
    refused(&two("[0,8]", "[16,24]"));
    refused(&one("[4]", "[16,0]"));
    refused(&one("[4]", "[4,20]"));
    refused(&one("[2]", "[8,16]"));
    refused(&one("[3]", "[0,16]"));
    refused(&one("[4]", "[0,18446744073709551615]"));
    refused(&one("[4]", "[18446744073709551615,15]"));
    for shape in
        ["[4611686018427387904,4]", "[18446744073709551615]", "[9223372036854775808,2]", "[4294967296,4294967296]"]
    {
        refused(&one(shape, "[0,16]"));
        refused(&one(shape, "[0,0]"));
    }
    // The elements that the first dimensions promise are not there, but then there are none: no panic either way.
    let _ = load(&one("[0,9223372036854775808,4]", "[0,0]"));
    let empty = file(br#"{"w":{"dtype":"F32","shape":[0,9223372036854775808,4],"data_offsets":[0,0]}}"#, b"");
    if let Ok(checkpoint) = load(&empty) {
        assert!(checkpoint.tensors["w"].is_empty());
    }
}

#[test]
fn values_are_checked() {
    let of = |dtype: &str, data: &[u8]| {
        let header = format!(r#"{{"w":{{"dtype":"{dtype}","shape":[{0}],"data_offsets":[0,{0}]}}}}"#, data.len());
        file(header.as_bytes(), data)
    };
    assert_eq!(load(&of("BOOL", &[0, 1])).unwrap().tensors["w"], Array::from([false, true]));
    refused(&of("BOOL", &[0, 2]));
    refused(&of("F8_E4M3", &[0, 1]));
}
