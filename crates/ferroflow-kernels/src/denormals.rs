//! Numbers too small to be normal.

/// While it lives, this thread takes denormal numbers for 0, as TensorFlow's threads do: processors are many times slower
/// with them, and training makes them, where what is decayed never reaches 0.
pub(crate) struct FlushDenormals {
    #[cfg(target_arch = "x86_64")]
    before: u32,
}

/// Results to zero, and operands as zero.
#[cfg(target_arch = "x86_64")]
const FLUSH: u32 = 1 << 15 | 1 << 6;

impl FlushDenormals {
    pub(crate) fn new() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            let before = read();
            if before & FLUSH != FLUSH {
                write(before | FLUSH);
            }
            FlushDenormals { before }
        }
        #[cfg(not(target_arch = "x86_64"))]
        FlushDenormals {}
    }
}

impl Drop for FlushDenormals {
    fn drop(&mut self) {
        #[cfg(target_arch = "x86_64")]
        if self.before & FLUSH != FLUSH {
            write(self.before);
        }
    }
}

#[cfg(target_arch = "x86_64")]
fn read() -> u32 {
    let mut control = 0u32;
    // SAFETY: stores the control word at the address.
    unsafe { std::arch::asm!("stmxcsr [{}]", in(reg) &raw mut control, options(nostack, preserves_flags)) };
    control
}

#[cfg(target_arch = "x86_64")]
fn write(control: u32) {
    // SAFETY: loads the control word from the address; only the treatment of denormal numbers changes.
    unsafe { std::arch::asm!("ldmxcsr [{}]", in(reg) &raw const control, options(nostack, preserves_flags)) };
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hint::black_box;

    #[test]
    fn denormals_are_zero_only_meanwhile() {
        let half = |x: f32| black_box(x) * black_box(0.5);
        assert!(half(f32::MIN_POSITIVE) > 0.0);
        {
            let _flush = FlushDenormals::new();
            let inner = FlushDenormals::new();
            drop(inner);
            #[cfg(target_arch = "x86_64")]
            assert_eq!(half(f32::MIN_POSITIVE), 0.0);
        }
        assert!(half(f32::MIN_POSITIVE) > 0.0);
    }
}
