use crate::Tensor;
use crate::ops::{Index, StridedSlice};
use ferroflow_array::{Array, DType};

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
        match items.iter().any(|item| matches!(item, IndexBy::Range(..))) {
            true => self.slice_by(items),
            false => self.take_by(items),
        }
    }

    /// As one operation. How much it takes may be known only when the program runs.
    #[track_caller]
    fn slice_by(self, items: &[IndexBy<'g>]) -> Tensor<'g> {
        let graph = self.graph();
        let given = items.iter().flat_map(|item| match *item {
            IndexBy::Known(_) => [None, None],
            IndexBy::At(at) => [Some(at), None],
            IndexBy::Range(begin, end) => [begin, end],
        });
        let is_wide = given.flatten().any(|t| t.dtype() == DType::I64);
        let known = items.iter().map(|item| match item {
            IndexBy::Known(index) => *index,
            IndexBy::At(_) => Index::At(0),
            IndexBy::Range(begin, end) => Index::Range(begin.map(|_| 0), end.map(|_| 0), 1),
        });
        let (op, [begin, end, strides]) = StridedSlice::of(&known.collect::<Vec<_>>());
        let fits = begin.iter().chain(&end).chain(&strides).all(|&n| i32::try_from(n).is_ok());
        let dtype = if is_wide || !fits { DType::I64 } else { DType::I32 };
        let constant = |ints: &[i64]| {
            let ints = Array::from(ints.to_vec());
            graph.constant(ints.cast(dtype).unwrap_or(ints))
        };
        let bound = |known: &[i64], tensor: fn(&IndexBy<'g>) -> Option<Tensor<'g>>| {
            let parts = known.iter().zip(items).map(|(known, item)| match tensor(item) {
                Some(at) if at.dtype() == DType::I32 && dtype == DType::I64 => at.cast(dtype).reshape([1]),
                Some(at) => at.reshape([1]),
                None => constant(&[*known]),
            });
            match parts.collect::<Vec<_>>()[..] {
                [only] => only,
                ref parts => graph.concat(parts, 0),
            }
        };
        let begin = bound(&begin, |item| match *item {
            IndexBy::At(at) => Some(at),
            IndexBy::Range(begin, _) => begin,
            IndexBy::Known(_) => None,
        });
        let end = bound(&end, |item| if let IndexBy::Range(_, end) = *item { end } else { None });
        self.strided_slice(op, begin, end, constant(&strides))
    }

    /// With single elements of dimensions taken by their numbers, so that one program serves for all of them.
    #[track_caller]
    fn take_by(self, items: &[IndexBy<'g>]) -> Tensor<'g> {
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
            let IndexBy::At(at) = *item else { continue };
            left_out.push(axis(i));
            let size = part.shape_tensor_as(at.dtype()).index(&[Index::At(axis(i))]);
            part = part.gather_along(at.less(0).select(at + size, at).reshape([1]), axis(i));
        }
        if left_out.is_empty() { part } else { part.squeeze(&left_out) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Graph;
    use crate::ops::testing::{derivative, value};
    use ferroflow_array::PartialShape;

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
    fn bounds_that_are_tensors_are_those_of_one_slice() {
        let g = Graph::new();
        let x = g.placeholder(DType::F32, [None, Some(4), Some(5)]);
        let (i, j) = (hidden(&g, 1), g.placeholder(DType::I64, [] as [usize; 0]));
        let part = x.index_by(&[
            IndexBy::Range(Some(i), Some(i + 2)),
            IndexBy::Known(Index::from(1..3)),
            IndexBy::Known(Index::At(-1)),
        ]);
        assert_eq!(part.shape().to_string(), "[?,2]");
        let wide = x.index_by(&[IndexBy::At(i), IndexBy::Range(None, Some(j)), IndexBy::Known(Index::NewAxis)]);
        assert_eq!(wide.shape().to_string(), "[?,1,5]");
        g.check().unwrap();
        let of_x = |op: &str| {
            g.with_dag(|dag| {
                let takes = |n: &crate::Node| n.op.type_name() == op && n.inputs.first() == Some(&x.outlet());
                dag.nodes().filter(|(_, n)| takes(n)).count()
            })
        };
        assert_eq!((of_x("StridedSlice"), of_x("GatherV2")), (2, 0));
    }

    #[test]
    fn derivatives() {
        let of = derivative([1.0, 2.0, 3.0], |x| x.index_by(&[IndexBy::At(hidden(x.graph(), 1))]));
        assert_eq!(of, [0.0, 1.0, 0.0]);
        let of = derivative([1.0, 2.0, 3.0], |x| x.index_by(&[IndexBy::Range(Some(hidden(x.graph(), 1)), None)]));
        assert_eq!(of, [0.0, 1.0, 1.0]);
    }
}
