//! String tensors: lengths as varints, a checksum of the lengths, and the strings one after the other.

use crate::checksum::mask;

/// What is stored, and its checksum, which counts the lengths as 32 or 64 bits rather than as varints.
pub(super) fn encode(strings: &[Vec<u8>]) -> (Vec<u8>, u32) {
    let mut out = Vec::new();
    strings.iter().for_each(|s| prost::encoding::encode_varint(s.len() as u64, &mut out));
    let lengths = mask(of_lengths(strings.iter().map(|s| s.len() as u64)));
    out.extend_from_slice(&lengths.to_le_bytes());
    let strings_at = out.len();
    strings.iter().for_each(|s| out.extend_from_slice(s));
    let crc = checksum(lengths, strings.iter().map(|s| s.len() as u64), &out[strings_at..]);
    (out, crc)
}

/// `count` strings, which these bytes are if `crc` is theirs.
pub(super) fn decode(mut bytes: &[u8], count: usize, crc: u32) -> Result<Vec<Vec<u8>>, &'static str> {
    // Each takes a byte of its length at the least.
    if bytes.len() < count {
        return Err("there are fewer bytes than strings");
    }
    let mut lengths = Vec::with_capacity(count);
    for _ in 0..count {
        lengths.push(prost::encoding::decode_varint(&mut bytes).map_err(|_| "the length of a string is damaged")?);
    }
    let (stored, rest) = bytes.split_first_chunk().ok_or("the lengths have no checksum")?;
    let stored = u32::from_le_bytes(*stored);
    if stored != mask(of_lengths(lengths.iter().copied())) || crc != checksum(stored, lengths.iter().copied(), rest) {
        return Err("the checksum is another than the one stored");
    }
    let mut rest = rest;
    let take = |length: u64| usize::try_from(length).ok().and_then(|n| rest.split_off(..n)).map(<[u8]>::to_vec);
    let strings = lengths.into_iter().map(take).collect::<Option<Vec<_>>>();
    strings.ok_or("the strings are longer than the bytes stored")
}

fn of_lengths(lengths: impl Iterator<Item = u64>) -> u32 {
    lengths.fold(0, |crc, length| match u32::try_from(length) {
        Ok(length) => crc32c::crc32c_append(crc, &length.to_le_bytes()),
        Err(_) => crc32c::crc32c_append(crc, &length.to_le_bytes()),
    })
}

fn checksum(lengths_crc: u32, lengths: impl Iterator<Item = u64>, strings: &[u8]) -> u32 {
    let crc = crc32c::crc32c_append(of_lengths(lengths), &lengths_crc.to_le_bytes());
    mask(crc32c::crc32c_append(crc, strings))
}
