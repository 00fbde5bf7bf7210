use bytemuck::allocation::try_zeroed_slice_box;
use memmap2::MmapMut;

/// Zero-initialised bytes, aligned to 64.
pub struct Buffer {
    block: Block,
    start: usize,
    len: usize,
}

enum Block {
    // The allocator clears memory lazily only at its own alignment, so the bytes start at the first multiple of
    // 64 within a slightly larger block.
    Allocated(Box<[u128]>),
    Mapped(MmapMut),
}

const ALIGNMENT: usize = 64;
const UNIT: usize = size_of::<u128>();
/// Bytes of a huge page.
const HUGE: usize = 2 << 20;

impl Block {
    fn allocated(len: usize) -> Option<Self> {
        let units = if len == 0 { 0 } else { len.div_ceil(UNIT) + (ALIGNMENT / UNIT - 1) };
        Some(Block::Allocated(try_zeroed_slice_box::<u128>(units).ok()?))
    }

    /// Memory of which the whole huge pages among `len` bytes from the start of one are such, where the system has them;
    /// and where they start.
    fn mapped(len: usize) -> Option<(Self, usize)> {
        let map = MmapMut::map_anon(len + HUGE).ok()?;
        let address = map.as_ptr() as usize;
        let start = address.next_multiple_of(HUGE) - address;
        // It is a wish: without such pages the memory is as good.
        #[cfg(target_os = "linux")]
        let _ = map.advise_range(memmap2::Advice::HugePage, start, len / HUGE * HUGE);
        Some((Block::Mapped(map), start))
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Block::Allocated(block) => bytemuck::cast_slice(block),
            Block::Mapped(map) => map,
        }
    }

    fn bytes_mut(&mut self) -> &mut [u8] {
        match self {
            Block::Allocated(block) => bytemuck::cast_slice_mut(block),
            Block::Mapped(map) => map,
        }
    }
}

impl Buffer {
    /// The most bytes that a buffer holds: 1 TiB, or half the address space where that is less.
    pub const MAX_LEN: usize = if usize::BITS > 41 { 1 << 40 } else { usize::MAX / 2 };
    /// `len` zero bytes, or `None` beyond [`Buffer::MAX_LEN`] or if the system has no room for them. Systems that
    /// promise more memory than they have, as Linux may, can still run out when the bytes are written.
    pub fn try_zeroed(len: usize) -> Option<Self> {
        if len > Self::MAX_LEN {
            return None;
        }
        let block = Block::allocated(len)?;
        let address = block.bytes().as_ptr() as usize;
        let start = if len == 0 { 0 } else { address.next_multiple_of(ALIGNMENT) - address };
        Some(Buffer { block, start, len })
    }

    /// As [`Buffer::try_zeroed`], for what is kept and used again and again: large ones are in huge pages, so that what
    /// walks through them misses fewer translations of addresses. To make them takes longer.
    pub fn try_lasting(len: usize) -> Option<Self> {
        if !(HUGE..=Self::MAX_LEN).contains(&len) {
            return Self::try_zeroed(len);
        }
        let (block, start) = Block::mapped(len)?;
        Some(Buffer { block, start, len })
    }

    /// `len` zero bytes.
    ///
    /// # Panics
    /// Where [`Buffer::try_zeroed`] is `None`.
    pub fn zeroed(len: usize) -> Self {
        Self::try_zeroed(len).unwrap_or_else(|| panic!("no room for {len} bytes"))
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.block.bytes()[self.start..self.start + self.len]
    }

    /// The bytes, to write.
    pub fn as_bytes_mut(&mut self) -> &mut [u8] {
        &mut self.block.bytes_mut()[self.start..self.start + self.len]
    }

    /// Number of bytes.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no bytes.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl Clone for Buffer {
    fn clone(&self) -> Self {
        let allocate = if matches!(self.block, Block::Mapped(_)) { Buffer::try_lasting } else { Buffer::try_zeroed };
        let mut copy = allocate(self.len).unwrap_or_else(|| panic!("no room for {} bytes", self.len));
        copy.as_bytes_mut().copy_from_slice(self.as_bytes());
        copy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_aligned_and_zero() {
        for len in [1, 15, 16, 17, 63, 64, 65, 1000, 1 << 20, HUGE, HUGE + 1] {
            for mut buffer in [Buffer::zeroed(len), Buffer::try_lasting(len).unwrap()] {
                assert_eq!(buffer.as_bytes().len(), len);
                assert_eq!(buffer.as_bytes().as_ptr() as usize % 64, 0);
                assert!(buffer.as_bytes().iter().all(|&b| b == 0));
                buffer.as_bytes_mut().fill(7);
                let copy = buffer.clone();
                assert_eq!(copy.as_bytes(), vec![7; len]);
                assert_eq!(copy.as_bytes().as_ptr() as usize % 64, 0);
            }
        }
        assert!(Buffer::zeroed(0).as_bytes().is_empty());
    }

    #[test]
    fn absurd_sizes_are_refused() {
        assert!(Buffer::try_zeroed(Buffer::MAX_LEN + 1).is_none());
        assert!(Buffer::try_zeroed(usize::MAX).is_none());
        assert!(Buffer::try_lasting(Buffer::MAX_LEN + 1).is_none());
        assert!(Buffer::try_lasting(usize::MAX).is_none());
    }
}
