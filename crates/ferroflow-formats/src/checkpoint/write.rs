use super::proto::{Entry, Header, TensorShape, Versions};
use super::{DataType, data_path, index_path, pattern, strings, suffixed};
use crate::table::TableWriter;
use crate::{Error, Result, checksum};
use ferroflow_array::{Array, DType, WholeFile};
use prost::Message;
use std::collections::BTreeMap;
use std::io::{BufWriter, Write};
use std::path::Path;

/// Writes a checkpoint of these tensors, of the second version. The two files are written beside their targets,
/// synced and renamed, the data before the index; equal tensors make equal files, those that TensorFlow writes.
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
    whole.finish().map_err(Error::io(&path))?;
    let index = index_path(prefix);
    WholeFile::write(&index, &table.finish()).map_err(Error::io(&index))
}

/// Removes the files of a checkpoint, of either version, and the graph that TensorFlow wrote beside it.
///
/// # Errors
/// If a file that is there cannot be removed.
pub fn remove(prefix: impl AsRef<Path>) -> Result<()> {
    let prefix = prefix.as_ref();
    let index = index_path(prefix);
    let mut files = match index.is_file() {
        true => pattern::files(&suffixed(prefix, ".data-?????-of-?????")),
        false => pattern::files(prefix),
    };
    files.extend([index, suffixed(prefix, ".meta")].into_iter().filter(|path| path.is_file()));
    files.iter().try_for_each(|file| std::fs::remove_file(file).map_err(Error::io(file)))
}
