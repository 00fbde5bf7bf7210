use super::bundle::Bundle;
use super::saved_slices::SavedSlices;
use super::{DataType, index_path, pattern};
use crate::{Error, Result};
use ferroflow_array::{Array, Shape};
use std::collections::BTreeMap;
use std::path::Path;

/// What is known of a tensor before it is read.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored {
    /// The element type, of which there may be no arrays.
    pub dtype: DataType,
    /// The shape.
    pub shape: Shape,
}

/// A checkpoint, open for reading. Tensors are read when they are asked for.
pub struct Reader {
    version: Version,
    tensors: BTreeMap<String, Stored>,
}

enum Version {
    First(SavedSlices),
    Second(Bundle),
}

impl Reader {
    /// Opens the checkpoint of that name: what a `Saver` was told to write, or the file of a checkpoint of the first
    /// version. The names of several such files may be given by `?` for any character and `*` for any number of them.
    ///
    /// # Errors
    /// [`Error::NoCheckpoint`] if there is none, or another if it cannot be read.
    pub fn open(prefix: impl AsRef<Path>) -> Result<Reader> {
        let prefix = prefix.as_ref();
        if index_path(prefix).is_file() {
            let bundle = Bundle::open(prefix)?;
            let tensors = bundle.tensors()?;
            return Ok(Reader { version: Version::Second(bundle), tensors });
        }
        let files = pattern::files(prefix);
        if files.is_empty() {
            return Err(Error::NoCheckpoint(prefix.display().to_string()));
        }
        let saved = SavedSlices::open(prefix, &files)?;
        let tensors = saved.tensors();
        Ok(Reader { version: Version::First(saved), tensors })
    }

    /// The tensors by their names.
    pub fn tensors(&self) -> &BTreeMap<String, Stored> {
        &self.tensors
    }

    /// Reads a tensor.
    ///
    /// # Errors
    /// [`Error::Missing`] if there is none of that name, [`Error::Damaged`] if its bytes are not those that were
    /// written, [`Error::Unsupported`] if there are no arrays of its dtype.
    pub fn read(&self, name: &str) -> Result<Array> {
        let read = match &self.version {
            Version::First(saved) => saved.read(name),
            Version::Second(bundle) => bundle.read(name),
        };
        read.map_err(|e| e.of(name))
    }
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").field("tensors", &self.tensors).finish_non_exhaustive()
    }
}

/// Whether there is a checkpoint of that name, of either version.
pub fn exists(prefix: impl AsRef<Path>) -> bool {
    index_path(prefix.as_ref()).is_file() || !pattern::files(prefix.as_ref()).is_empty()
}
