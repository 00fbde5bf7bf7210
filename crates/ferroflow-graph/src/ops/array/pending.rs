use crate::{Graph, Tensor};
impl<'g> Tensor<'g> {
    pub(crate) fn slice_axis0(self, _: i32, _: i32) -> Tensor<'g> {
        self
    }
    pub(crate) fn unsorted_segment_sum(self, _: Tensor<'g>, _: Tensor<'g>) -> Tensor<'g> {
        self
    }
    pub(crate) fn all_axes(self) -> Tensor<'g> {
        self
    }
}
impl Graph {
    pub(crate) fn concat<'g>(&'g self, t: &[Tensor<'g>], _: i32) -> Tensor<'g> {
        t[0]
    }
}
impl<'g> Tensor<'g> {
    pub(crate) fn transpose(self, _: [i32; 4]) -> Tensor<'g> {
        self
    }
}
impl<'g> Tensor<'g> {
    /// x
    pub fn sum_duplicates(self, _: Tensor<'g>) -> Tensor<'g> {
        self
    }
    /// x
    pub fn gather(self, _: Tensor<'g>) -> Tensor<'g> {
        self
    }
}
impl<'g> crate::Variable<'g> {
    /// x
    pub fn scatter_update(self, _: Tensor<'g>, v: Tensor<'g>) -> Tensor<'g> {
        v
    }
}
