use crate::{Error, Result};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// A file that is read part by part, never beyond its length.
#[derive(Debug)]
pub(crate) struct Source {
    path: PathBuf,
    length: u64,
    file: Mutex<File>,
}

impl Source {
    pub(crate) fn open(path: &Path) -> Result<Source> {
        let file = File::open(path).map_err(Error::io(path))?;
        let length = file.metadata().map_err(Error::io(path))?.len();
        Ok(Source { path: path.to_owned(), length, file: Mutex::new(file) })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// Refuses what does not lie in the file.
    pub(crate) fn check(&self, offset: u64, size: u64) -> Result<()> {
        match offset.checked_add(size).is_some_and(|end| end <= self.length) {
            true => Ok(()),
            false => {
                let length = self.length;
                let why = format!("{size} bytes at {offset} do not lie in the file, which has {length}");
                Err(self.damaged(why))
            }
        }
    }

    /// Fills `bytes` with what lies at `offset`.
    pub(crate) fn read_into(&self, offset: u64, bytes: &mut [u8]) -> Result<()> {
        self.check(offset, bytes.len() as u64)?;
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let read = file.seek(SeekFrom::Start(offset)).and_then(|_| file.read_exact(bytes));
        read.map_err(Error::io(&self.path))
    }

    /// The bytes at `offset`.
    pub(crate) fn read(&self, offset: u64, size: u64) -> Result<Vec<u8>> {
        self.check(offset, size)?;
        let size = usize::try_from(size).map_err(|_| self.damaged(format!("{size} bytes are too many")))?;
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(size).map_err(|_| self.damaged(format!("there is no memory for {size} bytes")))?;
        bytes.resize(size, 0);
        self.read_into(offset, &mut bytes)?;
        Ok(bytes)
    }

    pub(crate) fn damaged(&self, why: impl Into<String>) -> Error {
        Error::damaged(&self.path, why)
    }
}
