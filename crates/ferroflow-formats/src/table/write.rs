use super::block::BlockBuilder;
use super::{FOOTER, Handle, MAGIC};
use crate::checksum;

/// TensorFlow's sizes, so that equal tables are equal files.
const BLOCK: usize = 1 << 18;
const RESTART: usize = 16;

/// Makes a table, uncompressed.
pub(crate) struct TableWriter {
    out: Vec<u8>,
    block: BlockBuilder,
    index: BlockBuilder,
    last: Vec<u8>,
    /// The block whose last key is not in the index yet.
    pending: Option<Handle>,
}

impl TableWriter {
    pub(crate) fn new() -> Self {
        let (block, index) = (BlockBuilder::new(RESTART), BlockBuilder::new(1));
        TableWriter { out: Vec::new(), block, index, last: Vec::new(), pending: None }
    }

    /// Adds an entry; keys come in order.
    pub(crate) fn add(&mut self, key: &[u8], value: &[u8]) {
        if let Some(handle) = self.pending.take() {
            let separator = separator(&self.last, key);
            self.index_block(&separator, handle);
        }
        self.last = key.to_vec();
        self.block.add(key, value);
        if self.block.size() >= BLOCK {
            self.flush();
        }
    }

    /// The bytes of the table.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        self.flush();
        let meta = write(&mut self.out, BlockBuilder::new(RESTART).take());
        if let Some(handle) = self.pending.take() {
            let successor = successor(&self.last);
            self.index_block(&successor, handle);
        }
        let index = write(&mut self.out, self.index.take());
        let mut footer = Vec::with_capacity(FOOTER);
        meta.encode(&mut footer);
        index.encode(&mut footer);
        footer.resize(FOOTER - 8, 0);
        footer.extend_from_slice(&MAGIC.to_le_bytes());
        self.out.extend_from_slice(&footer);
        self.out
    }

    fn flush(&mut self) {
        if !self.block.is_empty() {
            self.pending = Some(write(&mut self.out, self.block.take()));
        }
    }

    fn index_block(&mut self, key: &[u8], handle: Handle) {
        let mut value = Vec::new();
        handle.encode(&mut value);
        self.index.add(key, &value);
    }
}

fn write(out: &mut Vec<u8>, mut block: Vec<u8>) -> Handle {
    let handle = Handle { offset: out.len() as u64, size: block.len() as u64 };
    block.push(0);
    let crc = checksum::masked(&block);
    out.extend_from_slice(&block);
    out.extend_from_slice(&crc.to_le_bytes());
    handle
}

/// A short key that is at least `last` and less than `next`.
fn separator(last: &[u8], next: &[u8]) -> Vec<u8> {
    let shared = last.iter().zip(next).take_while(|(a, b)| a == b).count();
    match (last.get(shared), next.get(shared)) {
        (Some(&a), Some(&b)) if a < 0xff && a + 1 < b => [&last[..shared], &[a + 1]].concat(),
        _ => last.to_vec(),
    }
}

/// A short key that is at least `last`.
fn successor(last: &[u8]) -> Vec<u8> {
    match last.iter().position(|&b| b != 0xff) {
        Some(at) => [&last[..at], &[last[at] + 1]].concat(),
        None => last.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Table;
    use super::*;

    #[test]
    fn a_table_of_many_blocks_gives_back_its_entries() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("table");
        let value = vec![7; 40_000];
        let mut writer = TableWriter::new();
        (100..130).for_each(|i| writer.add(format!("key {i}").as_bytes(), &value[i..]));
        std::fs::write(&path, writer.finish()).unwrap();
        let table = Table::open(&path).unwrap();
        let mut next = 100;
        let walked = table.walk(|key, found| {
            assert_eq!((key, found), (format!("key {next}").as_bytes(), &value[next..]));
            next += 1;
            Ok(())
        });
        walked.unwrap();
        assert_eq!(next, 130);
        assert_eq!(table.get(b"key 117").unwrap().unwrap(), value[117..]);
        assert!(table.get(b"key 1170").unwrap().is_none() && table.get(b"z").unwrap().is_none());
    }

    #[test]
    fn keys_between() {
        assert_eq!(separator(b"abcd", b"abzz"), b"abd");
        assert_eq!(separator(b"abc", b"abd"), b"abc");
        assert_eq!(separator(b"ab", b"abc"), b"ab");
        assert_eq!(successor(b"\xffab"), b"\xffb");
        assert_eq!(successor(b"\xff"), b"\xff");
    }
}
