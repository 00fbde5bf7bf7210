//! The unit itself: blocks of up to 2 × 2 tiles of the result, held in its registers over the whole inner dimension.

use crate::Precision;
use crate::cpu::{amx, avx512_bf16};
use crate::gemm::prefetch;
use std::any::TypeId;

/// Rows and columns of a tile of the result.
pub(crate) const SIDE: usize = 16;
/// Steps of the inner dimension in a tile of an operand.
pub(crate) const DEPTH: usize = 32;
/// Bytes of a row of an operand's tile: 32 upper halves of elements in bf16, then their 32 lower halves.
pub(crate) const ROW: usize = 128;
/// Bytes of a tile of an operand.
pub(crate) const TILE: usize = SIDE * ROW;

/// Multiply-adds up to which splitting the operands is not worth it.
pub(super) const FEW: u64 = 1 << 18;

/// Whether products of `T` with this precision are for this module.
pub(super) fn serves<T: 'static>(precision: Precision) -> bool {
    let served = match precision {
        Precision::F32 => false,
        Precision::Bf16x3 => amx(),
        Precision::Bf16 => amx() || avx512_bf16(),
    };
    served && TypeId::of::<T>() == TypeId::of::<f32>()
}

/// A block of the result, and its operands: two tiles of rows of the left one by two of columns of the right one. Steps
/// and rows are in bytes.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub(crate) struct Block {
    /// The left operand: a row of the tile is a row of it, 32 steps of the inner dimension.
    pub(crate) a: [*const u8; 2],
    /// The right operand: a row of the tile is two steps of the inner dimension, which alternate, of 16 columns.
    pub(crate) b: [*const u8; 2],
    /// The first tile of the result, and bytes from there to that of the second columns, and of the second rows.
    pub(crate) c: *mut f32,
    pub(crate) c_right: usize,
    pub(crate) c_down: usize,
    pub(crate) a_row: usize,
    pub(crate) b_row: usize,
    pub(crate) c_row: usize,
    /// The inner dimension in tiles, as two loops, outermost first: both at least 1.
    pub(crate) counts: [usize; 2],
    /// The first element of what is likely the next block, to be fetched: an address, valid or not.
    pub(crate) next: *const f32,
    /// What is added after all trips of the inner loop, and after each of them.
    pub(crate) a_steps: [usize; 2],
    pub(crate) b_steps: [usize; 2],
    /// Whether the sums are added to what is there, instead of replacing it.
    pub(crate) accumulate: bool,
}

/// The shapes of the tiles, as the processor takes them.
#[repr(C, align(64))]
struct Config {
    palette: u8,
    start: u8,
    reserved: [u8; 14],
    row_bytes: [u16; 16],
    rows: [u8; 16],
}

/// The unit while a thread uses it, and the rows and columns that its tiles have, a byte each: to read arrays just written
/// would wait for the tiles before to be stored.
pub(crate) struct Unit {
    shape: usize,
}

impl Unit {
    pub(crate) fn new() -> Self {
        Unit { shape: 0 }
    }

    /// Computes a block of `rows` by `columns`, at most 16 in each tile; none of the second if it is not there. The lower
    /// halves of the operands count if `halves` says so.
    ///
    /// # Safety
    /// [`serves`] has said so; the operands' tiles can be read in whole rows, and the rows and columns of the result
    /// written.
    pub(crate) unsafe fn run(&mut self, block: &Block, rows: [usize; 2], columns: [usize; 2], halves: bool) {
        debug_assert!(rows[0] > 0 && columns[0] > 0 && rows.iter().chain(&columns).all(|n| *n <= SIDE));
        debug_assert!(block.counts.iter().all(|n| *n > 0));
        #[cfg(target_arch = "x86_64")]
        if !amx() {
            // SAFETY: by the contract: without a unit there are its instructions for vectors.
            return unsafe { super::dots::run(block, rows, columns) };
        }
        let shape = rows[0] | rows[1] << 8 | columns[0] << 16 | columns[1] << 24;
        if shape != self.shape {
            self.shape = shape;
            configure(rows, columns);
        }
        for (tile, rows) in rows.into_iter().enumerate() {
            let next = block.next.wrapping_byte_add(tile * block.c_down);
            for row in 0..rows {
                prefetch(next.wrapping_byte_add(row * block.c_row));
                prefetch(next.wrapping_byte_add(row * block.c_row + block.c_right));
            }
        }
        // SAFETY: by the contract.
        unsafe { run(block, (rows[1] > 0, columns[1] > 0), halves) };
    }
}

impl Drop for Unit {
    /// Threads that hold tiles are slower to switch.
    fn drop(&mut self) {
        #[cfg(target_arch = "x86_64")]
        if self.shape > 0 {
            // SAFETY: it was configured, so it is there.
            unsafe { std::arch::asm!("tilerelease", options(nostack, preserves_flags)) };
        }
    }
}

#[cold]
fn configure(rows: [usize; 2], columns: [usize; 2]) {
    let mut config = Config { palette: 1, start: 0, reserved: [0; 14], row_bytes: [0; 16], rows: [0; 16] };
    // The registers of a second tile that is not there are free for the first one's halves.
    let [r, c] = [rows, columns].map(|n| if n[1] > 0 { n } else { [n[0]; 2] });
    for tile in 0..4 {
        (config.rows[tile], config.row_bytes[tile]) = (r[tile / 2] as u8, 4 * c[tile % 2] as u16);
    }
    for i in 0..2 {
        (config.rows[4 + i], config.row_bytes[4 + i]) = (r[i] as u8, 64);
        (config.rows[6 + i], config.row_bytes[6 + i]) = (SIDE as u8, 4 * c[i] as u16);
    }
    #[cfg(target_arch = "x86_64")]
    // SAFETY: whoever makes blocks run has promised that there is a unit; the shapes are within its limits.
    unsafe {
        std::arch::asm!("ldtilecfg [{}]", in(reg) &raw const config, options(nostack, preserves_flags));
    }
}

#[cfg(target_arch = "x86_64")]
macro_rules! row {
    (a0) => {
        "a_row"
    };
    (a1) => {
        "a_row"
    };
    (b0) => {
        "b_row"
    };
    (b1) => {
        "b_row"
    };
}

/// The upper or lower halves of an operand's tile into register `$to`.
#[cfg(target_arch = "x86_64")]
macro_rules! load {
    (upper $from:ident $to:literal) => {
        concat!("tileloadd tmm", $to, ", [{", stringify!($from), "} + {", row!($from), "}]\n")
    };
    (lower $from:ident $to:literal) => {
        concat!("tileloadd tmm", $to, ", [{", stringify!($from), "} + {", row!($from), "} + 64]\n")
    };
}

/// Fetches four rows of an operand's next tile.
#[cfg(target_arch = "x86_64")]
macro_rules! fetch {
    ($from:ident 0) => { fetch!(@ $from 2048 2112 2176 2240 2304 2368 2432 2496) };
    ($from:ident 1) => { fetch!(@ $from 2560 2624 2688 2752 2816 2880 2944 3008) };
    ($from:ident 2) => { fetch!(@ $from 3072 3136 3200 3264 3328 3392 3456 3520) };
    ($from:ident 3) => { fetch!(@ $from 3584 3648 3712 3776 3840 3904 3968 4032) };
    (@ $from:ident $($at:literal)*) => {
        concat!($("prefetcht0 [{", stringify!($from), "} + ", $at, "]\n",)*)
    };
}

/// One step of the inner loop. Registers 0 to 3 are the tiles of the result, 4 and 5 are for those of the left operand, 6
/// and 7 for those of the right one: `load` and `multiply` alternate, so that loads are under way meanwhile.
#[cfg(target_arch = "x86_64")]
macro_rules! body {
    ($($kind:ident $from:ident $to:literal $(=> $($c:literal $a:literal $b:literal $(($f:ident $part:tt))*),+)?;)*) => {
        concat!($(
            load!($kind $from $to),
            $($(concat!("tdpbf16ps tmm", $c, ", tmm", $a, ", tmm", $b, "\n"), $(fetch!($f $part),)*)+)?
        )*)
    };
}

/// The address of a tile of the result.
#[cfg(target_arch = "x86_64")]
macro_rules! result {
    (0) => {
        "mov {outer}, [{block} + {at_c}]\n"
    };
    (1) => {
        concat!(result!(0), "add {outer}, [{block} + {at_c_right}]\n")
    };
    (2) => {
        concat!(result!(0), "add {outer}, [{block} + {at_c_down}]\n")
    };
    (3) => {
        concat!(result!(2), "add {outer}, [{block} + {at_c_right}]\n")
    };
}

#[cfg(target_arch = "x86_64")]
macro_rules! block {
    ($block:expr, $body:expr, $($tile:tt)*) => {
        std::arch::asm!(
            concat!(
                "/* {at_c_right} {at_c_down} */\n", // Not every block has them.
                "mov {a0}, [{block} + {at_a}]\n",
                "mov {a1}, [{block} + {at_a} + 8]\n",
                "mov {b0}, [{block} + {at_b}]\n",
                "mov {b1}, [{block} + {at_b} + 8]\n",
                "mov {inner}, [{block} + {at_c_row}]\n",
                "cmp byte ptr [{block} + {at_accumulate}], 0\n",
                "je 2f\n",
                $(result!($tile), "tileloadd tmm", $tile, ", [{outer} + {inner}]\n",)*
                "jmp 3f\n",
                "2:\n",
                $("tilezero tmm", $tile, "\n",)*
                "3:\n",
                "mov {a_row}, [{block} + {at_a_row}]\n",
                "mov {b_row}, [{block} + {at_b_row}]\n",
                "mov {outer}, [{block} + {at_counts}]\n",
                "4:\n",
                "mov {inner}, [{block} + {at_counts} + 8]\n",
                "5:\n",
                $body,
                "add {a0}, [{block} + {at_a_steps} + 8]\n",
                "add {a1}, [{block} + {at_a_steps} + 8]\n",
                "add {b0}, [{block} + {at_b_steps} + 8]\n",
                "add {b1}, [{block} + {at_b_steps} + 8]\n",
                "dec {inner}\n",
                "jnz 5b\n",
                "add {a0}, [{block} + {at_a_steps}]\n",
                "add {a1}, [{block} + {at_a_steps}]\n",
                "add {b0}, [{block} + {at_b_steps}]\n",
                "add {b1}, [{block} + {at_b_steps}]\n",
                "dec {outer}\n",
                "jnz 4b\n",
                "mov {inner}, [{block} + {at_c_row}]\n",
                $(result!($tile), "tilestored [{outer} + {inner}], tmm", $tile, "\n",)*
            ),
            block = in(reg) $block,
            a0 = out(reg) _,
            a1 = out(reg) _,
            b0 = out(reg) _,
            b1 = out(reg) _,
            a_row = out(reg) _,
            b_row = out(reg) _,
            inner = out(reg) _,
            outer = out(reg) _,
            at_a = const offset_of!(Block, a),
            at_b = const offset_of!(Block, b),
            at_c = const offset_of!(Block, c),
            at_c_right = const offset_of!(Block, c_right),
            at_c_down = const offset_of!(Block, c_down),
            at_a_row = const offset_of!(Block, a_row),
            at_b_row = const offset_of!(Block, b_row),
            at_c_row = const offset_of!(Block, c_row),
            at_counts = const offset_of!(Block, counts),
            at_a_steps = const offset_of!(Block, a_steps),
            at_b_steps = const offset_of!(Block, b_steps),
            at_accumulate = const offset_of!(Block, accumulate),
            out("tmm0") _, out("tmm1") _, out("tmm2") _, out("tmm3") _,
            out("tmm4") _, out("tmm5") _, out("tmm6") _, out("tmm7") _,
            options(nostack)
        )
    };
}

/// Products of split operands are those of the upper halves, and of the upper ones with the lower; the lower ones with each
/// other would add less than the rounding of the lower halves.
#[cfg(target_arch = "x86_64")]
unsafe fn run(block: &Block, (second_rows, second_columns): (bool, bool), halves: bool) {
    use std::mem::offset_of;

    // SAFETY: by the contract of `Unit::run`, which has set the shapes.
    unsafe {
        match (halves, second_rows, second_columns) {
            (true, true, true) => block!(
                block,
                body!(
                    upper a0 4; upper b0 6 => 0 4 6 (a0 0) (a0 1); upper b1 7 => 1 4 7 (b0 0) (b0 1);
                    upper a1 5 => 2 5 6 (b1 0) (b1 1), 3 5 7 (a1 0);
                    lower a0 4 => 0 4 6 (a1 1), 1 4 7 (a0 2); lower a1 5 => 2 5 6 (a0 3), 3 5 7 (b0 2);
                    lower b0 6; upper a0 4 => 0 4 6 (b0 3); lower b1 7 => 1 4 7 (b1 2);
                    upper a1 5 => 2 5 6 (b1 3), 3 5 7 (a1 2) (a1 3);
                ),
                0 1 2 3
            ),
            (true, true, false) => block!(
                block,
                body!(
                    upper a0 4; upper b0 6 => 0 4 6; upper a1 5 => 2 5 6; lower b0 7 => 0 4 7, 2 5 7;
                    lower a0 4 => 0 4 6; lower a1 5 => 2 5 6;
                ),
                0 2
            ),
            (true, false, true) => block!(
                block,
                body!(
                    upper a0 4; upper b0 6 => 0 4 6; upper b1 7 => 1 4 7; lower a0 5 => 0 5 6, 1 5 7;
                    lower b0 6 => 0 4 6; lower b1 7 => 1 4 7;
                ),
                0 1
            ),
            (true, false, false) => {
                block!(block, body!(upper a0 4; upper b0 6 => 0 4 6; lower b0 7 => 0 4 7; lower a0 5 => 0 5 6;), 0)
            }
            (false, true, true) => block!(
                block,
                body!(upper a0 4; upper b0 6 => 0 4 6; upper b1 7 => 1 4 7; upper a1 5 => 2 5 6, 3 5 7;),
                0 1 2 3
            ),
            (false, true, false) => {
                block!(block, body!(upper a0 4; upper b0 6 => 0 4 6; upper a1 5 => 2 5 6;), 0 2)
            }
            (false, false, true) => {
                block!(block, body!(upper a0 4; upper b0 6 => 0 4 6; upper b1 7 => 1 4 7;), 0 1)
            }
            (false, false, false) => block!(block, body!(upper a0 4; upper b0 6 => 0 4 6;), 0),
        }
    }
}

#[cfg(not(target_arch = "x86_64"))]
unsafe fn run(_: &Block, _: (bool, bool), _: bool) {
    unreachable!("there is no unit")
}
