use bytemuck::allocation::try_zeroed_slice_box;

/// Zero-initialised bytes, aligned to 64.
pub struct Buffer {
    // The allocator clears memory lazily only at its own alignment, so the bytes start at the first multiple of
    // 64 within a slightly larger block.
    block: Box<[u128]>,
    start: usize,
    len: usize,
}

const ALIGNMENT: usize = 64;
const UNIT: usize = size_of::<u128>();

impl Buffer {
    /// The most bytes that a buffer holds: 1 TiB, or half the address space where that is less.
    pub const MAX_LEN: usize = if usize::BITS > 41 { 1 << 40 } else { usize::MAX / 2 };

    /// `len` zero bytes, or `None` beyond [`Buffer::MAX_LEN`] or if the system has no room for them. Systems that
    /// promise more memory than they have, as Linux may, can still run out when the bytes are written.
    pub fn try_zeroed(len: usize) -> Option<Self> {
        if len > Self::MAX_LEN {
            return None;
        }
        let units = if len == 0 { 0 } else { len.div_ceil(UNIT) + (ALIGNMENT / UNIT - 1) };
        let block = try_zeroed_slice_box::<u128>(units).ok()?;
        let start = if len == 0 { 0 } else { (block.as_ptr() as usize).next_multiple_of(ALIGNMENT) };
        let start = start.saturating_sub(block.as_ptr() as usize);
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
        &bytemuck::cast_slice(&self.block)[self.start..self.start + self.len]
    }

    /// The bytes, to write.
    pub fn as_bytes_mut(&mut self) -> &mut [u8] {
        &mut bytemuck::cast_slice_mut(&mut self.block)[self.start..self.start + self.len]
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
        let mut copy = Buffer::zeroed(self.len);
        copy.as_bytes_mut().copy_from_slice(self.as_bytes());
        copy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_aligned_and_zero() {
        for len in [1, 15, 16, 17, 63, 64, 65, 1000, 1 << 20] {
            let mut buffer = Buffer::zeroed(len);
            assert_eq!(buffer.as_bytes().len(), len);
            assert_eq!(buffer.as_bytes().as_ptr() as usize % 64, 0);
            assert!(buffer.as_bytes().iter().all(|&b| b == 0));
            buffer.as_bytes_mut().fill(7);
            let copy = buffer.clone();
            assert_eq!(copy.as_bytes(), vec![7; len]);
            assert_eq!(copy.as_bytes().as_ptr() as usize % 64, 0);
        }
        assert!(Buffer::zeroed(0).as_bytes().is_empty());
    }

    #[test]
    fn absurd_sizes_are_refused() {
        assert!(Buffer::try_zeroed(Buffer::MAX_LEN + 1).is_none());
        assert!(Buffer::try_zeroed(usize::MAX).is_none());
    }
}
