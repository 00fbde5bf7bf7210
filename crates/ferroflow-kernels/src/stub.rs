#![allow(missing_docs)]
use crate::Kernel;
use ferroflow_array::DType;
#[derive(Clone, Copy, Debug)]
pub enum Reduction {
    Sum,
    Mean,
    Prod,
    Max,
    Min,
    All,
    Any,
}
pub struct Reduce;
impl Reduce {
    pub fn new(_: Reduction, _: DType, _: &[usize], _: &[bool]) -> Reduce {
        Reduce
    }
}
impl Kernel {
    pub fn reduce(_: Reduce) -> Kernel {
        Kernel::new(|_| unreachable!())
    }
}
