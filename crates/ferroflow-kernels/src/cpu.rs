//! What the processor can do.

use std::sync::OnceLock;

/// A set of instructions that kernels are compiled for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// What every processor of the target has.
    Portable,
    /// AVX2 and FMA.
    Avx2,
    /// AVX-512 F, BW, DQ and VL.
    Avx512,
}

/// Why `FERROFLOW_CPU` cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CpuError {
    /// It is none of its values.
    #[error("FERROFLOW_CPU={0}: expected portable, avx2, avx512 or amx")]
    Unknown(String),
    /// It asks for more than there is.
    #[error("FERROFLOW_CPU={0}: this processor does not have it, or the system does not let it be used")]
    Absent(&'static str),
}

/// A level, and whether products may use the matrix unit too.
type Choice = (Level, bool);

/// The values of `FERROFLOW_CPU`, each of which includes those before it.
const CHOICES: [(&str, Choice); 4] = [
    ("portable", (Level::Portable, false)),
    ("avx2", (Level::Avx2, false)),
    ("avx512", (Level::Avx512, false)),
    ("amx", (Level::Avx512, true)),
];

/// What is `asked` for, or the most that is `available` if that is empty.
fn choose(asked: &str, available: impl Fn(Choice) -> bool) -> Result<Choice, CpuError> {
    if asked.is_empty() {
        let most = CHOICES.iter().rev().find(|(_, choice)| available(*choice));
        return Ok(most.map_or((Level::Portable, false), |(_, choice)| *choice));
    }
    let found = CHOICES.iter().find(|(name, _)| *name == asked);
    let (name, choice) = found.ok_or_else(|| CpuError::Unknown(asked.to_owned()))?;
    available(*choice).then_some(*choice).ok_or(CpuError::Absent(name))
}

/// Found out once: what `FERROFLOW_CPU` asks for, and what is used.
fn chosen() -> &'static (Result<(), CpuError>, Choice) {
    static CHOSEN: OnceLock<(Result<(), CpuError>, Choice)> = OnceLock::new();
    CHOSEN.get_or_init(|| {
        let asked = std::env::var_os("FERROFLOW_CPU").unwrap_or_default();
        let available = |(level, amx): Choice| level <= highest() && (!amx || has_amx());
        match choose(&asked.to_string_lossy(), available) {
            Ok(choice) => (Ok(()), choice),
            Err(error) => (Err(error), (highest(), false)),
        }
    })
}

/// Whether `FERROFLOW_CPU` is empty, not set, or asks for instructions (`portable`, `avx2`, `avx512`, `amx`) that there
/// are.
///
/// # Errors
/// If it does not; the highest level is used then.
pub fn check() -> Result<(), CpuError> {
    chosen().0.clone()
}

/// The level that `FERROFLOW_CPU` asks for, by default the highest that this processor has; see [`check`].
pub fn level() -> Level {
    chosen().1.0
}

#[cfg(target_arch = "x86_64")]
fn highest() -> Level {
    let avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
    let avx512 = is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl");
    match (avx2, avx512) {
        (true, true) => Level::Avx512,
        (true, false) => Level::Avx2,
        _ => Level::Portable,
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn highest() -> Level {
    Level::Portable
}

/// Whether products may use the matrix unit for bf16 (AMX): it is there, and `FERROFLOW_CPU` asks for no less.
pub(crate) fn amx() -> bool {
    chosen().1.1
}

/// Whether the processor has the unit, and the system lets this process use it: it is asked for permission, which all later
/// threads have too. The unit counts as absent where the system refuses: before Linux 5.16, under a filter of system calls
/// (seccomp) that knows the request not, or if a thread's alternate signal stack has no room for the tiles.
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
fn has_amx() -> bool {
    use std::arch::{asm, x86_64::__cpuid_count};
    const BF16_AND_TILES: u32 = 1 << 22 | 1 << 24;
    if __cpuid_count(0, 0).eax < 7 || __cpuid_count(7, 0).edx & BF16_AND_TILES != BF16_AND_TILES {
        return false;
    }
    // arch_prctl(ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA): without it, the first tile is an illegal instruction.
    let mut result: i64 = 158;
    // SAFETY: the system call changes nothing but what the threads of this process may use.
    unsafe {
        asm!("syscall", inlateout("rax") result, in("rdi") 0x1023, in("rsi") 18, lateout("rcx") _, lateout("r11") _,
            options(nostack));
    }
    result == 0
}

#[cfg(not(all(target_arch = "x86_64", target_os = "linux")))]
fn has_amx() -> bool {
    false
}

/// Whether the processor multiplies vectors of bf16 (AVX512-BF16), and the level is AVX-512; found out once.
pub(crate) fn avx512_bf16() -> bool {
    #[cfg(target_arch = "x86_64")]
    {
        static FOUND: OnceLock<bool> = OnceLock::new();
        *FOUND.get_or_init(|| level() == Level::Avx512 && is_x86_feature_detected!("avx512bf16"))
    }
    #[cfg(not(target_arch = "x86_64"))]
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_is_followed_or_refused() {
        let avx2 = |(level, amx): Choice| level <= Level::Avx2 && !amx;
        assert_eq!(choose("", avx2), Ok((Level::Avx2, false)));
        assert_eq!(choose("", |_| true), Ok((Level::Avx512, true)));
        assert_eq!(choose("", |_| false), Ok((Level::Portable, false)));
        assert_eq!(choose("portable", avx2), Ok((Level::Portable, false)));
        assert_eq!(choose("avx512", |_| true), Ok((Level::Avx512, false)));
        assert_eq!(choose("amx", |(_, amx)| !amx), Err(CpuError::Absent("amx")));
        assert_eq!(choose("avx512", avx2), Err(CpuError::Absent("avx512")));
        let unknown = choose("AVX2", avx2).unwrap_err().to_string();
        assert_eq!(unknown, "FERROFLOW_CPU=AVX2: expected portable, avx2, avx512 or amx");
    }
}
