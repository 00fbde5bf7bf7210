use super::varint;

/// The entries of a block: keys, each told by what it does not share with the one before, and values.
pub(super) struct Block {
    bytes: Vec<u8>,
    end: usize,
}

impl Block {
    /// A block of these contents; `None` if its end is not as it should be.
    pub(super) fn new(bytes: Vec<u8>) -> Option<Block> {
        let count = u32::from_le_bytes(*bytes.last_chunk()?) as usize;
        let end = bytes.len().checked_sub(count.checked_mul(4)?.checked_add(4)?)?;
        Some(Block { bytes, end })
    }

    /// Calls `each` with every key and value until it breaks off with a result. `Err` if an entry is no entry.
    pub(super) fn walk<T>(&self, mut each: impl FnMut(&[u8], &[u8]) -> Option<T>) -> Result<Option<T>, ()> {
        let mut rest = &self.bytes[..self.end];
        let mut key = Vec::new();
        while !rest.is_empty() {
            let value = entry(&mut rest, &mut key).ok_or(())?;
            if let Some(found) = each(&key, value) {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }
}

fn entry<'a>(rest: &mut &'a [u8], key: &mut Vec<u8>) -> Option<&'a [u8]> {
    let mut length = || usize::try_from(varint(rest)?).ok();
    let (shared, own, size) = (length()?, length()?, length()?);
    if shared > key.len() {
        return None;
    }
    key.truncate(shared);
    key.extend_from_slice(rest.split_off(..own)?);
    rest.split_off(..size)
}

/// Makes the contents of a block.
pub(super) struct BlockBuilder {
    bytes: Vec<u8>,
    restarts: Vec<u32>,
    interval: usize,
    since: usize,
    last: Vec<u8>,
}

impl BlockBuilder {
    /// A block in which every `interval`-th key is written whole.
    pub(super) fn new(interval: usize) -> Self {
        BlockBuilder { bytes: Vec::new(), restarts: vec![0], interval, since: 0, last: Vec::new() }
    }

    pub(super) fn add(&mut self, key: &[u8], value: &[u8]) {
        let mut shared = 0;
        if self.since < self.interval {
            shared = self.last.iter().zip(key).take_while(|(a, b)| a == b).count();
        } else {
            self.restarts.push(self.bytes.len() as u32);
            self.since = 0;
        }
        for length in [shared, key.len() - shared, value.len()] {
            prost::encoding::encode_varint(length as u64, &mut self.bytes);
        }
        self.bytes.extend_from_slice(&key[shared..]);
        self.bytes.extend_from_slice(value);
        self.last = key.to_vec();
        self.since += 1;
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Bytes that the block takes.
    pub(super) fn size(&self) -> usize {
        self.bytes.len() + 4 * self.restarts.len() + 4
    }

    /// The contents; the next block begins.
    pub(super) fn take(&mut self) -> Vec<u8> {
        let mut done = std::mem::replace(self, BlockBuilder::new(self.interval));
        for word in done.restarts.iter().copied().chain([done.restarts.len() as u32]) {
            done.bytes.extend_from_slice(&word.to_le_bytes());
        }
        done.bytes
    }
}
