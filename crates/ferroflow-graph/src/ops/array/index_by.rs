use crate::ops::Index;
use crate::{Graph, Tensor};
use ferroflow_array::DType;

/// One item of an index, of which a part may be known only when the program runs.
#[derive(Debug, Clone, Copy)]
pub enum IndexBy<'g> {
    /// What is known.
    Known(Index),
    /// One index, a scalar, counted from the end if negative; its dimension is left out.
    At(Tensor<'g>),
    /// From the first scalar to before the second, each as far as can be if `None`.
    Range(Option<Tensor<'g>>, Option<Tensor<'g>>),
}

impl<'g> Tensor<'g> {
    /// The part of this tensor that NumPy's basic indexing names, where indices may be tensors.
    #[track_caller]
    pub fn index_by(self, items: &[IndexBy<'g>]) -> Tensor<'g> {
        let known = items.iter().map(|item| match item {
            IndexBy::Known(index) => *index,
            _ => Index::Range(None, None, 1),
        });
        let known: Vec<Index> = known.collect();
        let mut part = self.index(&known);
        // The dimension of each item, from the end behind an ellipsis.
        let taken = |item: &Index| i64::from(!matches!(item, Index::At(_)));
        let ellipsis = known.iter().position(|item| *item == Index::Ellipsis).unwrap_or(known.len());
        let axis = |i: usize| match i < ellipsis {
            true => known[..i].iter().map(taken).sum::<i64>(),
            false => -known[i..].iter().map(taken).sum::<i64>(),
        };
        let mut left_out = Vec::new();
        for (i, item) in items.iter().enumerate() {
            part = match *item {
                IndexBy::Known(_) => continue,
                IndexBy::At(at) => {
                    left_out.push(axis(i));
                    let size = part.size_along(axis(i), at.dtype());
                    part.gather_along(at.less(0).select(at + size, at).reshape([1]), axis(i))
                }
                IndexBy::Range(begin, end) => {
                    let dtype = begin.or(end).map_or(DType::I32, Tensor::dtype);
                    let size = part.size_along(axis(i), dtype);
                    let within = |at: Tensor<'g>| at.less(0).select(at + size, at).maximum(0).minimum(size);
                    let graph = self.graph();
                    let begin = begin.map_or_else(|| graph.zero(dtype), within);
                    let end = end.map_or(size, within).maximum(begin);
                    part.gather_along(graph.range(begin, end, graph.zero(dtype) + 1), axis(i))
                }
            };
        }
        if left_out.is_empty() { part } else { part.squeeze(&left_out) }
    }

    #[track_caller]
    fn size_along(self, axis: i64, dtype: DType) -> Tensor<'g> {
        self.shape_tensor_as(dtype).index(&[Index::At(axis)])
    }
}

impl Graph {
    #[track_caller]
    fn zero(&self, dtype: DType) -> Tensor<'_> {
        self.fill_of(dtype, (), 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{derivative, value};
    use ferroflow_array::{Array, PartialShape};

    /// A scalar that is not known while building.
    fn hidden(g: &Graph, at: i32) -> Tensor<'_> {
        g.placeholder_with_default(Array::scalar(at), PartialShape::scalar())
    }

    #[test]
    fn parts() {
        let g = Graph::new();
        let x = g.constant([[1.0f64, 2.0, 3.0], [4.0, 5.0, 6.0]]);
        let of = |items: &[IndexBy<'_>]| {
            (value(x.index_by(items)).shape().to_vec(), value(x.index_by(items)).to_f64s().unwrap())
        };
        assert_eq!(of(&[IndexBy::At(hidden(&g, 1))]), (vec![3], vec![4.0, 5.0, 6.0]));
        assert_eq!(of(&[IndexBy::At(hidden(&g, -2))]), (vec![3], vec![1.0, 2.0, 3.0]));
        let last = IndexBy::At(hidden(&g, -1));
        assert_eq!(of(&[IndexBy::Known(Index::Ellipsis), last]), (vec![2], vec![3.0, 6.0]));
        assert_eq!(of(&[IndexBy::Known(Index::At(1)), last]), (vec![], vec![6.0]));
        assert_eq!(of(&[IndexBy::Known(Index::NewAxis), last, last]), (vec![1], vec![6.0]));
        let part = IndexBy::Range(Some(hidden(&g, 1)), None);
        assert_eq!(of(&[IndexBy::Known(Index::from(..)), part]), (vec![2, 2], vec![2.0, 3.0, 5.0, 6.0]));
        assert_eq!(of(&[last, IndexBy::Range(None, Some(hidden(&g, -1)))]), (vec![2], vec![4.0, 5.0]));
        assert_eq!(of(&[IndexBy::Range(Some(hidden(&g, 5)), Some(hidden(&g, 1)))]), (vec![0, 3], vec![]));
    }

    #[test]
    fn derivatives() {
        let of = derivative([1.0, 2.0, 3.0], |x| x.index_by(&[IndexBy::At(hidden(x.graph(), 1))]));
        assert_eq!(of, [0.0, 1.0, 0.0]);
    }
}
