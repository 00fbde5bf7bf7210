use super::proto::{Entry, Header, TensorShape, Versions};
use super::saved_slices::SavedSlices;
use super::{DataType, data_path, index_path, strings, suffixed};
use crate::table::TableWriter;
use crate::{Error, Result, checksum};
use ferroflow_array::{Array, DType, WholeFile};
use prost::Message;
use std::collections::BTreeMap;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// Writes a checkpoint of these tensors, of the second version. The two files are written beside their targets and
/// synced, then renamed one right after the other, the data before the index; equal tensors make equal files, those that TensorFlow writes.
///
/// # Errors
/// If a file cannot be written, or a name is empty or begins with a zero byte.
pub fn write<'a>(prefix: impl AsRef<Path>, tensors: impl IntoIterator<Item = (&'a str, &'a Array)>) -> Result<()> {
    let prefix = prefix.as_ref();
    let tensors: BTreeMap<&str, &Array> = tensors.into_iter().collect();
    if let Some(name) = tensors.keys().find(|name| name.is_empty() || name.starts_with('\0')) {
        return Err(Error::Invalid(format!("no tensor of a checkpoint can be called {name:?}")));
    }
    if cfg!(target_endian = "big") {
        return Err(Error::Invalid("checkpoints are written on little-endian machines".into()));
    }
    let path = data_path(prefix, 0, 1);
    let whole = WholeFile::create(&path).map_err(Error::io(&path))?;
    let mut out = BufWriter::new(whole.file());
    let mut table = TableWriter::new();
    let version = Some(Versions { producer: 1, min_consumer: 0 });
    table.add(&[], &Header { num_shards: 1, endianness: 0, version }.encode_to_vec());
    let mut offset = 0;
    for (name, array) in tensors {
        let encoded = match array.dtype() {
            DType::String => Some(strings::encode(array.strings().unwrap_or_default())),
            _ => None,
        };
        let (bytes, crc32c) = match &encoded {
            Some((bytes, crc)) => (bytes.as_slice(), *crc),
            None => (array.bytes(), checksum::masked(array.bytes())),
        };
        out.write_all(bytes).map_err(Error::io(&path))?;
        let (dtype, shape) = (DataType::from(array.dtype()).0, Some(TensorShape::of(array.shape())));
        let size = bytes.len() as i64;
        let entry = Entry { dtype, shape, shard_id: 0, offset, size, crc32c, slices: Vec::new() };
        table.add(name.as_bytes(), &entry.encode_to_vec());
        offset += size;
    }
    out.flush().map_err(Error::io(&path))?;
    drop(out);
    let index_path = index_path(prefix);
    let index = WholeFile::create(&index_path).map_err(Error::io(&index_path))?;
    index.file().write_all(&table.finish()).map_err(Error::io(&index_path))?;
    WholeFile::finish_all([whole, index]).map_err(Error::io(&index_path))
}

/// Removes the files of a checkpoint, of either version, and the graph that TensorFlow wrote beside it. The name is
/// taken as it is; a file of that name goes only if it is a checkpoint of the first version.
///
/// # Errors
/// If a file that is there cannot be removed.
pub fn remove(prefix: impl AsRef<Path>) -> Result<()> {
    let prefix = prefix.as_ref();
    // The index first: what is left when this is cut short is no checkpoint.
    let mut files = vec![index_path(prefix)];
    files.extend(data_files(prefix));
    files.push(suffixed(prefix, ".meta"));
    files.retain(|path| path.is_file());
    if prefix.is_file() && SavedSlices::open(prefix, &[prefix.to_owned()]).is_ok() {
        files.push(prefix.to_owned());
    }
    files.iter().try_for_each(|file| std::fs::remove_file(file).map_err(Error::io(file)))
}

/// The files `prefix.data-00000-of-00001`, of any numbers of five digits.
fn data_files(prefix: &Path) -> Vec<PathBuf> {
    let folder = prefix.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let start = suffixed(Path::new(prefix.file_name().unwrap_or_default()), ".data-");
    let number = |digits: &[u8]| digits.len() == 5 && digits.iter().all(u8::is_ascii_digit);
    let is_data = |name: &[u8]| {
        let numbers = name.strip_prefix(start.as_os_str().as_encoded_bytes());
        numbers.is_some_and(|n| n.len() == 14 && number(&n[..5]) && &n[5..9] == b"-of-" && number(&n[9..]))
    };
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter(|entry| is_data(entry.file_name().as_encoded_bytes())).map(|entry| entry.path()).collect()
}
