//! How words of a block become one value of each dtype.

use half::{bf16, f16};

use super::philox::Block;

pub(super) const WORDS_PER_BLOCK: usize = size_of::<Block>() / size_of::<u32>();

/// A float that random normals are computed in.
pub trait WideFloat: Copy {
    /// Words of a block that one output takes.
    const WORDS: usize;

    /// Two independent standard normals from `2 * WORDS` words (Box and Muller, 1958). The logarithm's
    /// argument is kept at `1e-7` or more, so no value exceeds 5.68 in magnitude.
    fn box_muller(words: &[u32]) -> [Self; 2];

    /// Whether the value lies strictly within two standard deviations.
    fn is_within_two(self) -> bool;
}

/// A float dtype that can be drawn.
pub trait RandomFloat: Copy {
    /// The type its normals are computed in, which also says how many words an output takes.
    type Wide: WideFloat;

    /// Outputs made from one block: 4 for `f16`, `bf16` and `f32`, 2 for `f64`.
    const GROUP: usize = WORDS_PER_BLOCK / Self::Wide::WORDS;

    /// A value in `[0, 1)`: random mantissa bits under the exponent of one, less one.
    fn uniform(words: &[u32]) -> Self;

    /// Rounds to nearest.
    fn from_wide(value: Self::Wide) -> Self;
}

/// An integer dtype that can be drawn.
pub trait RandomInt: Copy {
    /// Words of a block that one output takes.
    const WORDS: usize;

    /// Outputs made from one block: 4 for `i32`, 2 for `i64`.
    const GROUP: usize = WORDS_PER_BLOCK / Self::WORDS;

    /// `low + word mod (high - low)`, the word as wide as the type. Where `low == high` there is nothing to
    /// choose from and the word is added whole.
    fn uniform(words: &[u32], low: Self, high: Self) -> Self;
}

impl WideFloat for f32 {
    const WORDS: usize = 1;

    #[inline]
    fn box_muller(words: &[u32]) -> [f32; 2] {
        let radius = (-2.0 * unit_f32(words[0]).max(1e-7).ln()).sqrt();
        let angle = (std::f64::consts::TAU * f64::from(unit_f32(words[1]))) as f32;
        let (sin, cos) = angle.sin_cos();
        [sin * radius, cos * radius]
    }

    #[inline]
    fn is_within_two(self) -> bool {
        self.abs() < 2.0
    }
}

impl WideFloat for f64 {
    const WORDS: usize = 2;

    #[inline]
    fn box_muller(words: &[u32]) -> [f64; 2] {
        let radius = (-2.0 * unit_f64(words).max(1e-7).ln()).sqrt();
        let (sin, cos) = (std::f64::consts::TAU * unit_f64(&words[2..])).sin_cos();
        [sin * radius, cos * radius]
    }

    #[inline]
    fn is_within_two(self) -> bool {
        self.abs() < 2.0
    }
}

impl RandomFloat for f32 {
    type Wide = f32;

    #[inline]
    fn uniform(words: &[u32]) -> f32 {
        unit_f32(words[0])
    }

    #[inline]
    fn from_wide(value: f32) -> f32 {
        value
    }
}

impl RandomFloat for f64 {
    type Wide = f64;

    #[inline]
    fn uniform(words: &[u32]) -> f64 {
        unit_f64(words)
    }

    #[inline]
    fn from_wide(value: f64) -> f64 {
        value
    }
}

impl RandomFloat for f16 {
    type Wide = f32;

    #[inline]
    fn uniform(words: &[u32]) -> f16 {
        f16::from_f32(f16::from_bits(0x3C00 | (words[0] & 0x3FF) as u16).to_f32() - 1.0)
    }

    #[inline]
    fn from_wide(value: f32) -> f16 {
        f16::from_f32(value)
    }
}

impl RandomFloat for bf16 {
    type Wide = f32;

    #[inline]
    fn uniform(words: &[u32]) -> bf16 {
        bf16::from_f32(bf16::from_bits(0x3F80 | (words[0] & 0x7F) as u16).to_f32() - 1.0)
    }

    #[inline]
    fn from_wide(value: f32) -> bf16 {
        bf16::from_f32(value)
    }
}

impl RandomInt for i32 {
    const WORDS: usize = 1;

    #[inline]
    fn uniform(words: &[u32], low: i32, high: i32) -> i32 {
        let word = words[0];
        let offset = word.checked_rem(high.wrapping_sub(low) as u32).unwrap_or(word);
        low.wrapping_add(offset as i32)
    }
}

impl RandomInt for i64 {
    const WORDS: usize = 2;

    #[inline]
    fn uniform(words: &[u32], low: i64, high: i64) -> i64 {
        let word = u64::from(words[0]) | u64::from(words[1]) << 32;
        let offset = word.checked_rem(high.wrapping_sub(low) as u64).unwrap_or(word);
        low.wrapping_add(offset as i64)
    }
}

#[inline]
fn unit_f32(word: u32) -> f32 {
    f32::from_bits(0x3F80_0000 | word & 0x7F_FFFF) - 1.0
}

/// The first word holds the upper 20 bits of the mantissa.
#[inline]
pub(super) fn unit_f64(words: &[u32]) -> f64 {
    let mantissa = u64::from(words[0] & 0xF_FFFF) << 32 | u64::from(words[1]);
    f64::from_bits(0x3FF0_0000_0000_0000 | mantissa) - 1.0
}
