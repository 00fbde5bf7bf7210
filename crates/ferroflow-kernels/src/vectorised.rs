//! Loops compiled for every set of instructions, of which the processor's is run.

use crate::cpu::{Level, level};

/// A loop that the compiler is to vectorise.
pub(crate) trait Vectorised {
    /// What the loop gives.
    type Output;

    /// Runs the loop; `#[inline(always)]`, or it is compiled for the portable level alone.
    fn run(self) -> Self::Output;
}

/// Runs `v` as compiled for [`level`]. No level fuses a multiplication with an addition, so all give the same bits.
#[cfg(target_arch = "x86_64")]
pub(crate) fn vectorised<V: Vectorised>(v: V) -> V::Output {
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
    fn avx512<V: Vectorised>(v: V) -> V::Output {
        v.run()
    }
    #[target_feature(enable = "avx2")]
    fn avx2<V: Vectorised>(v: V) -> V::Output {
        v.run()
    }
    match level() {
        // SAFETY: the level is one that this processor has.
        Level::Avx512 => unsafe { avx512(v) },
        // SAFETY: the level is one that this processor has.
        Level::Avx2 => unsafe { avx2(v) },
        Level::Portable => v.run(),
    }
}

/// Runs `v`.
#[cfg(not(target_arch = "x86_64"))]
pub(crate) fn vectorised<V: Vectorised>(v: V) -> V::Output {
    v.run()
}
