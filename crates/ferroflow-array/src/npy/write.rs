use super::header;
use crate::{Array, ArrayError, DType, Result, WholeFile};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

impl Array {
    /// Writes the array as npy, version 1, in this machine's byte order: the bytes that `numpy.save` would write.
    /// Strings become `S` of the longest one's length.
    ///
    /// # Errors
    /// [`ArrayError::Format`] for what the format cannot hold: bf16, and strings that end in a zero byte, which NumPy
    /// takes for filling; [`ArrayError::Io`] if writing fails.
    pub fn write_npy(&self, mut writer: impl Write) -> Result<()> {
        write(self, &mut writer, "npy")
    }

    /// Writes the array to the npy file at `path`, as [`Array::write_npy`] does. The file is written beside its
    /// target, synced, then renamed over it, so that at every moment the target is whole.
    ///
    /// # Errors
    /// Those of [`Array::write_npy`].
    pub fn save_npy(&self, path: impl AsRef<Path>) -> Result<()> {
        save(path.as_ref(), |writer, what| write(self, writer, what))
    }
}

/// Writes a whole file by `write`, which is told what to call it in errors.
pub(super) fn save(path: &Path, write: impl FnOnce(&mut BufWriter<&File>, &str) -> Result<()>) -> Result<()> {
    let what = path.display().to_string();
    let error = |source: io::Error| ArrayError::Io { what: what.clone(), source };
    let whole = WholeFile::create(path).map_err(error)?;
    let mut writer = BufWriter::new(whole.file());
    write(&mut writer, &what)?;
    writer.flush().map_err(error)?;
    drop(writer);
    whole.finish().map_err(error)
}

pub(super) fn write(array: &Array, writer: &mut dyn Write, what: &str) -> Result<()> {
    let refuse = |why: String| ArrayError::Format { what: what.into(), why };
    let io = |source: io::Error| ArrayError::Io { what: what.into(), source };
    let strings = array.strings().unwrap_or_default();
    if strings.iter().any(|s| s.last() == Some(&0)) {
        return Err(refuse("npy cannot hold a string that ends in a zero byte".into()));
    }
    let longest = strings.iter().map(Vec::len).max().unwrap_or(0).max(1);
    let descr = match array.dtype() {
        DType::String => format!("|S{longest}"),
        other => header::descr(other).ok_or_else(|| refuse(format!("npy has no dtype for {other}; cast to f32")))?,
    };
    let preamble = header::preamble(&descr, array.shape())
        .ok_or_else(|| refuse(format!("npy has no room for {} dimensions", array.rank())))?;
    writer.write_all(&preamble).map_err(io)?;
    writer.write_all(array.bytes()).map_err(io)?;
    for string in strings {
        writer.write_all(string).map_err(io)?;
        let filling = (longest - string.len()) as u64;
        io::copy(&mut io::Read::take(io::repeat(0), filling), writer).map_err(io)?;
    }
    Ok(())
}
