//! The hashes of bytes by which TensorFlow deals strings out among buckets. They are kept in no file, but rows of tables in
//! checkpoints go by them.

use siphasher::sip::SipHasher24;

const K0: u64 = 0xc3a5_c85c_97cb_3127;
const K1: u64 = 0xb492_b66f_be98_f273;
const K2: u64 = 0x9ae1_6a3b_2f90_404f;

fn word(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().expect("8 bytes"))
}

fn half_word(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32::from_le_bytes(bytes[at..at + 4].try_into().expect("4 bytes")))
}

fn shift_mix(v: u64) -> u64 {
    v ^ (v >> 47)
}

fn mix(u: u64, v: u64, by: u64) -> u64 {
    let a = shift_mix((u ^ v).wrapping_mul(by));
    shift_mix((v ^ a).wrapping_mul(by)).wrapping_mul(by)
}

/// FarmHash's 64-bit fingerprint, of Geoff Pike, in its form for little-endian machines.
#[must_use]
pub fn fingerprint(bytes: &[u8]) -> u64 {
    match bytes.len() {
        0 => K2,
        1..=3 => tiny(bytes),
        4..=7 => {
            let (n, by) = (bytes.len(), factor(bytes));
            mix((n as u64).wrapping_add(half_word(bytes, 0) << 3), half_word(bytes, n - 4), by)
        }
        8..=16 => {
            let (n, by) = (bytes.len(), factor(bytes));
            let (a, b) = (word(bytes, 0).wrapping_add(K2), word(bytes, n - 8));
            let c = b.rotate_right(37).wrapping_mul(by).wrapping_add(a);
            let d = a.rotate_right(25).wrapping_add(b).wrapping_mul(by);
            mix(c, d, by)
        }
        17..=32 => {
            let (u, v) = halves(bytes, factor(bytes), K1);
            mix(u, v, factor(bytes))
        }
        33..=64 => medium(bytes),
        _ => long(bytes),
    }
}

/// What longer products are multiplied by goes by the length.
fn factor(bytes: &[u8]) -> u64 {
    K2.wrapping_add(2 * bytes.len() as u64)
}

fn tiny(bytes: &[u8]) -> u64 {
    let n = bytes.len();
    let y = u64::from(bytes[0]) + (u64::from(bytes[n / 2]) << 8);
    let z = n as u64 + (u64::from(bytes[n - 1]) << 2);
    shift_mix(y.wrapping_mul(K2) ^ z.wrapping_mul(K0)).wrapping_mul(K2)
}

/// The first and the last 16 bytes as two words.
fn halves(bytes: &[u8], by: u64, first: u64) -> (u64, u64) {
    let n = bytes.len();
    let (a, b) = (word(bytes, 0).wrapping_mul(first), word(bytes, 8));
    let (c, d) = (word(bytes, n - 8).wrapping_mul(by), word(bytes, n - 16).wrapping_mul(K2));
    let u = a.wrapping_add(b).rotate_right(43).wrapping_add(c.rotate_right(30)).wrapping_add(d);
    let v = b.wrapping_add(K2).rotate_right(18).wrapping_add(a).wrapping_add(c);
    (u, v)
}

fn medium(bytes: &[u8]) -> u64 {
    let (n, by) = (bytes.len(), factor(bytes));
    let (y, v) = halves(bytes, by, K2);
    let z = mix(y, v, by);
    let a = word(bytes, 0).wrapping_mul(K2);
    let (e, f) = (word(bytes, 16).wrapping_mul(by), word(bytes, 24));
    let g = y.wrapping_add(word(bytes, n - 32)).wrapping_mul(by);
    let h = z.wrapping_add(word(bytes, n - 24)).wrapping_mul(by);
    let u = e.wrapping_add(f).rotate_right(43).wrapping_add(g.rotate_right(30)).wrapping_add(h);
    let v = f.wrapping_add(a).rotate_right(18).wrapping_add(e).wrapping_add(g);
    mix(u, v, by)
}

/// The state of a hash of many bytes.
struct State {
    x: u64,
    y: u64,
    z: u64,
    v: (u64, u64),
    w: (u64, u64),
}

impl State {
    /// Takes 64 bytes in; the last ones, `weight` 9, count otherwise.
    fn take(&mut self, bytes: &[u8], by: u64, weight: u64) {
        let State { x, y, z, v, w } = self;
        let sum = x.wrapping_add(*y).wrapping_add(v.0).wrapping_add(word(bytes, 8));
        *x = sum.rotate_right(37).wrapping_mul(by);
        *y = y.wrapping_add(v.1).wrapping_add(word(bytes, 48)).rotate_right(42).wrapping_mul(by);
        *x ^= w.1.wrapping_mul(weight);
        *y = y.wrapping_add(v.0.wrapping_mul(weight)).wrapping_add(word(bytes, 40));
        *z = z.wrapping_add(w.0).rotate_right(33).wrapping_mul(by);
        *v = weak(bytes, v.1.wrapping_mul(by), x.wrapping_add(w.0));
        *w = weak(&bytes[32..], z.wrapping_add(w.1), y.wrapping_add(word(bytes, 16)));
        std::mem::swap(z, x);
    }
}

/// 32 bytes and two seeds.
fn weak(bytes: &[u8], a: u64, b: u64) -> (u64, u64) {
    let a = a.wrapping_add(word(bytes, 0));
    let b = b.wrapping_add(a).wrapping_add(word(bytes, 24)).rotate_right(21);
    let sum = a.wrapping_add(word(bytes, 8)).wrapping_add(word(bytes, 16));
    (sum.wrapping_add(word(bytes, 24)), b.wrapping_add(sum.rotate_right(44)).wrapping_add(a))
}

fn long(bytes: &[u8]) -> u64 {
    const SEED: u64 = 81;
    let y = SEED.wrapping_mul(K1).wrapping_add(113);
    let z = shift_mix(y.wrapping_mul(K2).wrapping_add(113)).wrapping_mul(K2);
    let x = SEED.wrapping_mul(K2).wrapping_add(word(bytes, 0));
    let mut state = State { x, y, z, v: (0, 0), w: (0, 0) };
    let rest = (bytes.len() - 1) % 64;
    for block in bytes[..bytes.len() - 1 - rest].chunks_exact(64) {
        state.take(block, K1, 1);
    }
    let by = K1.wrapping_add((state.z & 0xff) << 1);
    state.w.0 = state.w.0.wrapping_add(rest as u64);
    state.v.0 = state.v.0.wrapping_add(state.w.0);
    state.w.0 = state.w.0.wrapping_add(state.v.0);
    state.take(&bytes[bytes.len() - 64..], by, 9);
    let State { x, y, z, v, w } = state;
    let u = mix(v.0, w.0, by).wrapping_add(shift_mix(y).wrapping_mul(K0)).wrapping_add(z);
    mix(u, mix(v.1, w.1, by).wrapping_add(x), by)
}

/// The hash of TensorFlow's older buckets: MurmurHash64A of Austin Appleby, with TensorFlow's seed.
#[must_use]
pub fn hash(bytes: &[u8]) -> u64 {
    const BY: u64 = 0xc6a4_a793_5bd1_e995;
    let mut h = 0x00DE_CAFC_AFFE_u64 ^ (bytes.len() as u64).wrapping_mul(BY);
    let words = bytes.chunks_exact(8);
    let tail = words.remainder();
    for chunk in words {
        let k = word(chunk, 0).wrapping_mul(BY);
        h = (h ^ (k ^ (k >> 47)).wrapping_mul(BY)).wrapping_mul(BY);
    }
    if !tail.is_empty() {
        let rest = tail.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
        h = (h ^ rest).wrapping_mul(BY);
    }
    h = shift_mix(h).wrapping_mul(BY);
    shift_mix(h)
}

/// SipHash-2-4 of Aumasson and Bernstein (2012), by a key of two words.
#[must_use]
pub fn keyed(bytes: &[u8], key: [u64; 2]) -> u64 {
    SipHasher24::new_with_keys(key[0], key[1]).hash(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_and_hashes_are_those_of_tensorflow() {
        let long: Vec<u8> = (0..130).collect();
        let texts: [&[u8]; 7] = [b"", b"ab", b"hello", b"hello, world", &[b'x'; 20], &long[..50], &long];
        let expected: [u64; 7] = [
            0x9ae1_6a3b_2f90_404f,
            0xaa8d_6e52_42ad_a51e,
            0xb48b_e5a9_3138_0ce8,
            0x0bdd_b946_46e7_5817,
            0x7241_ce1f_8ef7_4dc4,
            0xab2b_921f_f69c_c9f4,
            0xe9e1_885e_5fe0_570d,
        ];
        assert_eq!(texts.map(fingerprint), expected);
        let expected: [u64; 3] = [0x8176_9421_199f_9e3b, 0x71ab_e33d_ed10_7c23, 0x527b_b8b9_ebaa_7d4a];
        assert_eq!([texts[0], texts[1], texts[2]].map(hash), expected);
    }

    #[test]
    fn the_published_vector_of_siphash() {
        let bytes: Vec<u8> = (0..15).collect();
        assert_eq!(keyed(&bytes, [0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908]), 0xa129_ca61_49be_45e5);
    }
}
