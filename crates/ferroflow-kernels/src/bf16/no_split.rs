//! What is never called where [`super::unit::serves`] nothing.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operand {
    Left,
    Right,
}

pub(crate) unsafe fn pack_steps(_: impl Fn(usize) -> *const f32, _: usize, _: *mut u8, _: Operand) -> bool {
    unreachable!("there are no instructions for bf16")
}

pub(crate) unsafe fn pack_lanes(_: impl Fn(usize) -> *const f32, _: usize, _: usize, _: *mut u8, _: Operand) -> bool {
    unreachable!("there are no instructions for bf16")
}

pub(crate) unsafe fn split_row(_: *const f32, _: usize, _: *mut u8) -> bool {
    unreachable!("there are no instructions for bf16")
}
