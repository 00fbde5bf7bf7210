use super::block::Block;
use super::{FOOTER, Handle, MAGIC, TRAILER};
use crate::source::Source;
use crate::{Result, checksum};
use std::path::Path;

/// Snappy makes at most 64 bytes of 3.
const MOST_OF_SNAPPY: usize = 22;

/// A table that is read block by block.
pub(crate) struct Table {
    source: Source,
    index: Block,
}

impl Table {
    pub(crate) fn open(path: &Path) -> Result<Table> {
        let source = Source::open(path)?;
        let refuse = |why: &str| source.damaged(why);
        let start = source.length().checked_sub(FOOTER as u64).ok_or_else(|| refuse("too short for a table"))?;
        let footer = source.read(start, FOOTER as u64)?;
        let (mut handles, magic) = footer.split_at(FOOTER - 8);
        if magic != MAGIC.to_le_bytes() {
            return Err(refuse("not a table: its last bytes are others"));
        }
        let meta = Handle::decode(&mut handles);
        let index = Handle::decode(&mut handles);
        let (meta, index) = meta.zip(index).ok_or_else(|| refuse("its footer is damaged"))?;
        block(&source, meta)?;
        let index = block(&source, index)?;
        Ok(Table { source, index })
    }

    pub(crate) fn source(&self) -> &Source {
        &self.source
    }

    /// Calls `each` with every key and value, in order of the keys.
    pub(crate) fn walk(&self, mut each: impl FnMut(&[u8], &[u8]) -> Result<()>) -> Result<()> {
        let mut last: Option<Vec<u8>> = None;
        let mut visit = |key: &[u8], value: &[u8]| {
            if last.as_deref().is_some_and(|last| last >= key) {
                return Some(self.source.damaged("its keys are not in order"));
            }
            let last = last.get_or_insert_default();
            last.clear();
            last.extend_from_slice(key);
            each(key, value).err()
        };
        let failed = self.index.walk(|_, handle| match self.block_at(handle) {
            Ok(block) => block.walk(&mut visit).unwrap_or_else(|()| Some(self.no_entry())),
            Err(error) => Some(error),
        });
        failed.unwrap_or_else(|()| Some(self.no_entry())).map_or(Ok(()), Err)
    }

    /// The value of `key`, if it has one.
    pub(crate) fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        let handle = self.index.walk(|last, handle| (last >= key).then(|| handle.to_vec()));
        let Some(handle) = handle.map_err(|()| self.no_entry())? else { return Ok(None) };
        let found = self.block_at(&handle)?.walk(|k, value| (k >= key).then(|| (k == key).then(|| value.to_vec())));
        Ok(found.map_err(|()| self.no_entry())?.flatten())
    }

    fn block_at(&self, mut handle: &[u8]) -> Result<Block> {
        let handle = Handle::decode(&mut handle).ok_or_else(|| self.no_entry())?;
        block(&self.source, handle)
    }

    fn no_entry(&self) -> crate::Error {
        self.source.damaged("an entry of the table is damaged")
    }
}

fn block(source: &Source, Handle { offset, size }: Handle) -> Result<Block> {
    let stored = size.checked_add(TRAILER).ok_or_else(|| source.damaged("a block of it is too large"))?;
    let mut bytes = source.read(offset, stored)?;
    let (content, crc) = bytes.split_at(bytes.len() - 4);
    if checksum::masked(content).to_le_bytes() != crc {
        return Err(source.damaged(format!("the block at {offset} has not the checksum that is stored with it")));
    }
    let kind = content.last().copied();
    bytes.truncate(bytes.len() - TRAILER as usize);
    let bytes = match kind {
        Some(0) => bytes,
        Some(1) => {
            let length = snap::raw::decompress_len(&bytes).unwrap_or(usize::MAX);
            let plausible = length <= bytes.len().saturating_mul(MOST_OF_SNAPPY);
            let decompressed = plausible.then(|| snap::raw::Decoder::new().decompress_vec(&bytes).ok()).flatten();
            decompressed.ok_or_else(|| source.damaged(format!("the block at {offset} is compressed wrongly")))?
        }
        _ => return Err(source.damaged(format!("the block at {offset} is compressed in an unknown way"))),
    };
    Block::new(bytes).ok_or_else(|| source.damaged(format!("the block at {offset} is damaged")))
}
