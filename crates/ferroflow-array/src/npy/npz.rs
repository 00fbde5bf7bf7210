use super::read::Source;
use super::write::{save, write};
use crate::{Array, ArrayError, Result};
use std::fs::File;
use std::io::{BufReader, Read, Seek, Write};
use std::path::Path;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// Reads the npz file at `path`: its arrays and their names, in the file's order.
///
/// # Errors
/// [`ArrayError::Format`] if the file is no zip archive, or an entry is not one that [`Array::read_npy`] reads, or has
/// more than its array; [`ArrayError::Io`] if reading fails.
pub fn load_npz(path: impl AsRef<Path>) -> Result<Vec<(String, Array)>> {
    let what = path.as_ref().display().to_string();
    let file = File::open(&path).map_err(|source| ArrayError::Io { what: what.clone(), source })?;
    read(BufReader::new(file), &what)
}

/// Reads npz from memory or any other source, as [`load_npz`] does.
///
/// # Errors
/// Those of [`load_npz`].
pub fn read_npz(reader: impl Read + Seek) -> Result<Vec<(String, Array)>> {
    read(reader, "npz")
}

/// Writes arrays under names to the npz file at `path`, deflated as `numpy.savez_compressed` does. The file is written
/// beside its target, synced, then renamed over it.
///
/// # Errors
/// [`ArrayError::Format`] if two names are equal or [`Array::write_npy`] refuses an array; [`ArrayError::Io`] if
/// writing fails.
pub fn save_npz<'a, N: AsRef<str>>(
    path: impl AsRef<Path>,
    arrays: impl IntoIterator<Item = (N, &'a Array)>,
) -> Result<()> {
    save(path.as_ref(), |writer, what| pack(writer, arrays, what))
}

/// Writes npz to memory or any other target, as [`save_npz`] does.
///
/// # Errors
/// Those of [`save_npz`].
pub fn write_npz<'a, N: AsRef<str>>(
    writer: impl Write + Seek,
    arrays: impl IntoIterator<Item = (N, &'a Array)>,
) -> Result<()> {
    pack(writer, arrays, "npz")
}

fn error(what: &str) -> impl Fn(ZipError) -> ArrayError {
    move |e| match e {
        ZipError::Io(source) => ArrayError::Io { what: what.into(), source },
        other => ArrayError::Format { what: what.into(), why: other.to_string() },
    }
}

fn read(reader: impl Read + Seek, what: &str) -> Result<Vec<(String, Array)>> {
    let mut archive = ZipArchive::new(reader).map_err(error(what))?;
    let mut arrays = Vec::new();
    for i in 0..archive.len() {
        let mut entry = archive.by_index(i).map_err(error(what))?;
        let name = entry.name().map_err(error(what))?.into_owned();
        let what = format!("{what}: {}", name.escape_debug());
        let mut source = Source::unmeasured(&mut entry, &what);
        let array = source.array()?;
        source.end()?;
        arrays.push((name.strip_suffix(".npy").unwrap_or(&name).to_owned(), array));
    }
    Ok(arrays)
}

fn pack<'a, N: AsRef<str>>(
    writer: impl Write + Seek,
    arrays: impl IntoIterator<Item = (N, &'a Array)>,
    what: &str,
) -> Result<()> {
    let mut archive = ZipWriter::new(writer);
    // Sizes of 8 bytes, as NumPy has them: an entry's size is not known before it is written.
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).large_file(true);
    for (name, array) in arrays {
        let name = name.as_ref();
        archive.start_file(format!("{name}.npy"), options).map_err(error(what))?;
        write(array, &mut archive, &format!("{what}: {name}"))?;
    }
    archive.finish().map_err(error(what))?.flush().map_err(|source| ArrayError::Io { what: what.into(), source })
}
