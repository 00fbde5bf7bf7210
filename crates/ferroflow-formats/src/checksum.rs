//! CRC-32C, masked as TensorFlow stores it: the checksum of data in which checksums lie would be weak.

/// The checksum of `bytes` as it is stored.
pub(crate) fn masked(bytes: &[u8]) -> u32 {
    mask(crc32c::crc32c(bytes))
}

/// A checksum as it is stored.
pub(crate) fn mask(crc: u32) -> u32 {
    crc.rotate_right(15).wrapping_add(0xa282_ead8)
}

#[cfg(test)]
mod tests {
    #[test]
    fn values() {
        // RFC 3720, B.4: 32 bytes of zeros.
        assert_eq!(crc32c::crc32c(&[0; 32]), 0x8a91_36aa);
        assert_eq!(super::mask(0), 0xa282_ead8);
        assert_eq!(super::mask(0x8000), 0xa282_ead9);
    }
}
