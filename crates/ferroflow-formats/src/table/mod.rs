//! Sorted tables of keys and values: LevelDB's table format, as TensorFlow has it.
//!
//! Blocks of entries, each with a byte that tells its compression and a masked CRC-32C; a block of their last keys and
//! places; and a footer that tells where that block is.

mod block;
mod read;
mod write;

pub(crate) use read::Table;
pub(crate) use write::TableWriter;

/// The last eight bytes of every table.
const MAGIC: u64 = 0xdb47_7524_8b80_fb57;
/// Bytes of the footer.
const FOOTER: usize = 48;
/// Bytes after each block.
const TRAILER: u64 = 5;

/// Where a block lies, without its trailer.
#[derive(Debug, Clone, Copy)]
struct Handle {
    offset: u64,
    size: u64,
}

impl Handle {
    fn decode(bytes: &mut &[u8]) -> Option<Handle> {
        Some(Handle { offset: varint(bytes)?, size: varint(bytes)? })
    }

    fn encode(self, out: &mut Vec<u8>) {
        prost::encoding::encode_varint(self.offset, out);
        prost::encoding::encode_varint(self.size, out);
    }
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    prost::encoding::decode_varint(bytes).ok()
}
