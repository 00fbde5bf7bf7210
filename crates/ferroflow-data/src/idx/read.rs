use super::{TYPES, swap_to_native};
use crate::{Error, Result};
use ferroflow_array::{Array, Buffer, Shape};
use flate2::bufread::MultiGzDecoder;
use std::io::{ErrorKind, Read};
use std::path::Path;

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// The most that one byte of a deflate stream can become: 258 bytes for two bits.
const DEFLATE_RATIO: u64 = 1032;

/// What a byte becomes at most in the files of images that people share; MNIST's labels reach 2, its images 5.
const USUAL_RATIO: u64 = 32;

/// Reads an IDX file, gzip-compressed or not (told by its first bytes, not by its name).
///
/// # Errors
/// [`Error::Io`], and those of [`parse`].
pub fn read_file(path: impl AsRef<Path>) -> Result<Array> {
    let name = path.as_ref().display().to_string();
    let bytes = std::fs::read(path).map_err(|e| Error::io(&name, e))?;
    parse(&bytes, &name)
}

/// Reads the bytes of an IDX file, gzip-compressed or not. `name` is the file's, for error messages.
///
/// Memory is reserved only for what the file holds: the sizes in the header are held against the length of the file,
/// or, where a compressed file claims to inflate unusually far, against what it does inflate to. Inflating stops where
/// the header says.
///
/// # Errors
/// [`Error::Format`] if the bytes are not IDX, are truncated, are followed by others, or fail gzip's checksum.
pub fn parse(bytes: &[u8], name: &str) -> Result<Array> {
    let len = bytes.len() as u64;
    if !bytes.starts_with(&GZIP_MAGIC) {
        return parse_from(bytes, |needed| needed <= len, name);
    }
    let inflates_to = |needed| {
        let counted = || std::io::copy(&mut MultiGzDecoder::new(bytes).take(needed), &mut std::io::sink());
        needed <= len * USUAL_RATIO || (needed <= len * DEFLATE_RATIO && counted().is_ok_and(|n| n == needed))
    };
    parse_from(MultiGzDecoder::new(bytes), inflates_to, name)
}

/// `gives` tells whether `source` can give that many bytes.
fn parse_from(mut source: impl Read, gives: impl Fn(u64) -> bool, name: &str) -> Result<Array> {
    let mut magic = [0; 4];
    fill(&mut source, &mut magic, "magic number", name)?;
    let [0, 0, code, rank] = magic else {
        return Err(Error::format(name, format!("not IDX: begins with {magic:02x?}, not with two zeros")));
    };
    let Some((_, dtype)) = TYPES.into_iter().find(|t| t.0 == code) else {
        return Err(Error::format(name, format!("unknown IDX element type {code:#04x}")));
    };
    let mut sizes = [0; 4 * u8::MAX as usize];
    let sizes = &mut sizes[..4 * usize::from(rank)];
    fill(&mut source, sizes, "dimensions", name)?;
    let (sizes, _) = sizes.as_chunks();
    let shape = sizes.iter().map(|&size| usize::try_from(u32::from_be_bytes(size)));
    let shape: Option<Shape> = shape.map(Result::ok).collect();
    let bytes = shape.as_ref().and_then(Shape::checked_elements).and_then(|n| n.checked_mul(dtype.size()));
    let (Some(shape), Some(bytes)) = (shape, bytes.filter(|&b| gives(b as u64))) else {
        let dims: Vec<u32> = sizes.iter().map(|&size| u32::from_be_bytes(size)).collect();
        return Err(Error::format(name, format!("truncated: too short for {dtype} elements of shape {dims:?}")));
    };
    let mut buffer = Buffer::zeroed(bytes);
    fill(&mut source, buffer.as_bytes_mut(), "elements", name)?;
    match source.read(&mut [0]) {
        Ok(0) => {}
        Ok(_) => return Err(Error::format(name, format!("more bytes than {dtype} elements of shape {shape} take"))),
        Err(e) => return Err(damaged(e, name)),
    }
    swap_to_native(buffer.as_bytes_mut(), dtype.size());
    Ok(Array::from_buffer(dtype, shape, buffer)?)
}

fn fill(source: &mut impl Read, to: &mut [u8], what: &str, name: &str) -> Result<()> {
    source.read_exact(to).map_err(|e| match e.kind() {
        ErrorKind::UnexpectedEof => Error::format(name, format!("truncated within its {what}")),
        _ => damaged(e, name),
    })
}

fn damaged(e: std::io::Error, name: &str) -> Error {
    match e.kind() {
        ErrorKind::UnexpectedEof => Error::format(name, "truncated gzip stream"),
        _ => Error::format(name, format!("damaged gzip stream: {e}")),
    }
}
