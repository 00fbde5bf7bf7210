use super::{TYPES, swap_to_native};
use crate::{Error, Result};
use ferroflow_array::{Array, WholeFile};
use flate2::{Compression, write::GzEncoder};
use std::io::Write;
use std::path::Path;

/// The bytes of an IDX file that holds `array`.
///
/// # Errors
/// [`Error::Unwritable`] for an element type, a rank or a size that the format has no room for.
pub fn encode(array: &Array) -> Result<Vec<u8>> {
    let mut bytes = header(array)?;
    let start = bytes.len();
    bytes.extend_from_slice(array.bytes());
    swap_to_native(&mut bytes[start..], array.dtype().size());
    Ok(bytes)
}

/// Writes `array` as an IDX file, gzip-compressed if the name ends in `.gz`. The file appears whole or not at all.
///
/// # Errors
/// [`Error::Io`], and those of [`encode`].
pub fn write_file(path: impl AsRef<Path>, array: &Array) -> Result<()> {
    let path = path.as_ref();
    let io = |e| Error::io(path.display().to_string(), e);
    let mut bytes = encode(array)?;
    if path.extension().is_some_and(|e| e == "gz") {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        let written = gzip.write_all(&bytes).and_then(|()| gzip.finish());
        bytes = written.map_err(io)?;
    }
    WholeFile::write(path, &bytes).map_err(io)
}

/// What stands before the elements of `array`.
pub(crate) fn header(array: &Array) -> Result<Vec<u8>> {
    let unwritable = |why: String| Error::Unwritable { why };
    let (code, _) = TYPES
        .into_iter()
        .find(|t| t.1 == array.dtype())
        .ok_or_else(|| unwritable(format!("elements of {}", array.dtype())))?;
    let rank = u8::try_from(array.rank()).map_err(|_| unwritable(format!("rank {}", array.rank())))?;
    let mut header = vec![0, 0, code, rank];
    for &dim in array.shape().iter() {
        let dim = u32::try_from(dim).map_err(|_| unwritable(format!("a dimension of {dim}")))?;
        header.extend_from_slice(&dim.to_be_bytes());
    }
    Ok(header)
}
