//! Keys of slices, in an encoding that is ordered as what it encodes.

use super::slice::Slice;

/// The key under which a slice of `name` is stored.
pub(super) fn slice_key(name: &str, slice: &Slice) -> Vec<u8> {
    let mut key = Vec::new();
    number(&mut key, 0);
    string(&mut key, name.as_bytes());
    number(&mut key, slice.extents().len() as u64);
    for extent in slice.extents() {
        let (start, length) = extent.map_or((0, -1), |(start, length)| (start as i64, length as i64));
        signed(&mut key, start);
        signed(&mut key, length);
    }
    key
}

/// How many bytes follow, and these.
fn number(out: &mut Vec<u8>, value: u64) {
    let length = (64 - value.leading_zeros()).div_ceil(8);
    out.push(length as u8);
    out.extend_from_slice(&value.to_be_bytes()[8 - length as usize..]);
}

fn string(out: &mut Vec<u8>, bytes: &[u8]) {
    for &byte in bytes {
        match byte {
            0 => out.extend_from_slice(&[0, 0xff]),
            0xff => out.extend_from_slice(&[0xff, 0]),
            _ => out.push(byte),
        }
    }
    out.extend_from_slice(&[0, 1]);
}

/// As many bytes as seven bits each need, the first with a one for each byte and a zero, all inverted if negative.
fn signed(out: &mut Vec<u8>, value: i64) {
    let magnitude = if value < 0 { !value } else { value };
    let length = ((64 - magnitude.leading_zeros()) / 7 + 1) as usize;
    let mut bytes = [if value < 0 { 0xff } else { 0 }; 10];
    bytes[2..].copy_from_slice(&value.to_be_bytes());
    let ones = (u16::MAX << (16 - length)).to_be_bytes();
    let own = &mut bytes[10 - length..];
    own.iter_mut().zip(ones).for_each(|(byte, ones)| *byte ^= ones);
    out.extend_from_slice(own);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(value: i64) -> Vec<u8> {
        let mut out = Vec::new();
        signed(&mut out, value);
        out
    }

    #[test]
    fn numbers() {
        assert_eq!((code(0), code(-1), code(63), code(-64)), (vec![0x80], vec![0x7f], vec![0xbf], vec![0x40]));
        assert_eq!((code(64), code(-65)), (vec![0xc0, 0x40], vec![0x3f, 0xbf]));
        assert_eq!(code(8192), [0xe0, 0x20, 0]);
        assert_eq!(code(i64::MAX)[..3], [0xff, 0xc0, 0x7f]);
        let mut out = Vec::new();
        [0, 7, 256].into_iter().for_each(|n| number(&mut out, n));
        assert_eq!(out, [0, 1, 7, 2, 1, 0]);
    }

    #[test]
    fn codes_are_ordered_as_numbers() {
        let powers = (0..63).flat_map(|k| [-1i64, 0, 1].map(|d| (1i64 << k) + d));
        let mut numbers: Vec<i64> = powers.flat_map(|n| [n, -n, !n]).chain([i64::MIN, i64::MAX]).collect();
        numbers.sort_unstable();
        numbers.dedup();
        assert!(numbers.windows(2).all(|pair| code(pair[0]) < code(pair[1])));
    }
}
