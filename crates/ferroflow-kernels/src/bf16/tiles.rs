//! The instructions of the unit for a block: loads of tiles, and products of them, in an order in which they overlap.

use super::unit::Block;
use std::mem::offset_of;

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
macro_rules! load {
    (upper $from:ident $to:literal) => {
        concat!("tileloadd tmm", $to, ", [{", stringify!($from), "} + {", row!($from), "}]\n")
    };
    (lower $from:ident $to:literal) => {
        concat!("tileloadd tmm", $to, ", [{", stringify!($from), "} + {", row!($from), "} + 64]\n")
    };
}

/// Fetches four rows of an operand's next tile.
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
macro_rules! body {
    ($($kind:ident $from:ident $to:literal $(=> $($c:literal $a:literal $b:literal $(($f:ident $part:tt))*),+)?;)*) => {
        concat!($(
            load!($kind $from $to),
            $($(concat!("tdpbf16ps tmm", $c, ", tmm", $a, ", tmm", $b, "\n"), $(fetch!($f $part),)*)+)?
        )*)
    };
}

/// The address of a tile of the result.
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
///
/// # Safety
/// See [`super::unit::Unit::run`], which has set the shapes.
pub(super) unsafe fn multiply(block: &Block, (second_rows, second_columns): (bool, bool), halves: bool) {
    // SAFETY: by the contract.
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
