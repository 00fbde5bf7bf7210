use crate::ops::{Concat, Index, StridedSlice};
use crate::{Graph, OpError, OpResult, Tensor};
use ferroflow_array::{Array, DType};

/// A bound or a step of a range.
#[derive(Debug, Clone, Copy)]
pub enum Place<'g> {
    /// An integer.
    Known(i64),
    /// A scalar of `i32` or `i64`.
    Tensor(Tensor<'g>),
}

/// One item of an index, of which a part may be known only when the program runs.
#[derive(Debug, Clone, Copy)]
pub enum IndexBy<'g> {
    /// What is known.
    Known(Index),
    /// One index, a scalar, counted from the end if negative; its dimension is left out.
    At(Tensor<'g>),
    /// From the first to before the second, each as far as can be if `None`, in steps of the third, 1 if `None`.
    Range(Option<Place<'g>>, Option<Place<'g>>, Option<Place<'g>>),
}

impl<'g> Place<'g> {
    fn known(self) -> Option<i64> {
        if let Place::Known(at) = self { Some(at) } else { None }
    }

    fn tensor(self) -> Option<Tensor<'g>> {
        if let Place::Tensor(at) = self { Some(at) } else { None }
    }
}

impl<'g> IndexBy<'g> {
    /// Begin, end and step as far as they are tensors.
    fn tensors(&self) -> [Option<Tensor<'g>>; 3] {
        match *self {
            IndexBy::Known(_) => [None; 3],
            IndexBy::At(at) => [Some(at), None, None],
            IndexBy::Range(begin, end, step) => [begin, end, step].map(|place| place.and_then(Place::tensor)),
        }
    }

    /// The index with 0, or steps of 1, in the places of tensors.
    fn outline(&self) -> Index {
        match *self {
            IndexBy::Known(index) => index,
            IndexBy::At(_) => Index::At(0),
            IndexBy::Range(begin, end, step) => {
                let bound = |place: Option<Place<'g>>| place.map(|place| place.known().unwrap_or(0));
                Index::Range(bound(begin), bound(end), step.and_then(Place::known).unwrap_or(1))
            }
        }
    }

    /// That every tensor is an integer.
    fn check(&self) -> OpResult<()> {
        for tensor in self.tensors().into_iter().flatten().filter(|t| !t.is_inert()) {
            let fact = tensor.fact();
            if !matches!(fact.dtype, DType::I32 | DType::I64) {
                let message = format!("an index must be i32 or i64, found `{}` of {}", tensor.name(), fact.dtype);
                return Err(OpError::dtype(message));
            }
            if fact.rank().is_some_and(|rank| rank != 0) {
                let message = format!("an index must be a scalar, found `{}` of shape {}", tensor.name(), fact.shape);
                return Err(OpError::value(message));
            }
        }
        Ok(())
    }
}

impl<'g> Tensor<'g> {
    /// The part of this tensor that NumPy's basic indexing names, where indices may be tensors.
    #[track_caller]
    pub fn index_by(self, items: &[IndexBy<'g>]) -> Tensor<'g> {
        if let Err(error) = items.iter().try_for_each(IndexBy::check) {
            return self.graph().refuse("StridedSlice", error);
        }
        let varies = |item: &IndexBy<'g>| item.tensors().into_iter().flatten().any(|t| t.fact().value.is_none());
        let has_range = items.iter().any(|item| matches!(item, IndexBy::Range(..)));
        match has_range || !items.iter().any(varies) {
            true => self.slice_by(items),
            false => self.take_by(items),
        }
    }

    /// As one operation. How much it takes may be known only when the program runs.
    #[track_caller]
    fn slice_by(self, items: &[IndexBy<'g>]) -> Tensor<'g> {
        let outline: Vec<Index> = items.iter().map(IndexBy::outline).collect();
        let (op, known) = StridedSlice::of(&outline);
        let wide = items.iter().flat_map(IndexBy::tensors).flatten().any(|t| t.dtype() == DType::I64);
        let fits = known.iter().flatten().all(|&n| i32::try_from(n).is_ok());
        let dtype = if wide || !fits { DType::I64 } else { DType::I32 };
        let [begin, end, strides] = {
            let _scope = self.graph().enter_scope_of("strided_slice");
            let vector = |k: usize| {
                let tensors: Vec<Option<Tensor<'g>>> = items.iter().map(|item| item.tensors()[k]).collect();
                self.graph().vector_of(&known[k], &tensors, dtype)
            };
            [vector(0), vector(1), vector(2)]
        };
        self.strided_slice(op, begin, end, strides)
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

impl Graph {
    /// Integers of `dtype` as a vector, with tensors in place of some.
    #[track_caller]
    fn vector_of<'g>(&'g self, known: &[i64], tensors: &[Option<Tensor<'g>>], dtype: DType) -> Tensor<'g> {
        let constant = |ints: &[i64]| {
            let ints = Array::from(ints.to_vec());
            self.constant(ints.cast(dtype).unwrap_or(ints))
        };
        if tensors.iter().all(Option::is_none) {
            return constant(known);
        }
        let element = |(n, tensor): (&i64, &Option<Tensor<'g>>)| match tensor {
            Some(t) if t.dtype() != dtype => t.cast(dtype).reshape([1]),
            Some(t) => t.reshape([1]),
            None => constant(&[*n]),
        };
        let elements: Vec<Tensor<'g>> = known.iter().zip(tensors).map(element).collect();
        match elements[..] {
            [only] => only,
            _ => self.build(Concat { axis: 0 }).name("stack").inputs(&elements).tensor(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;
    use crate::ops::testing::{derivative, value};
    use ferroflow_array::PartialShape;

    /// A scalar that is not known while building.
    fn hidden(g: &Graph, at: i32) -> Tensor<'_> {
        g.placeholder_with_default(Array::scalar(at), PartialShape::scalar())
    }

    /// A range between tensors.
    fn between<'g>(begin: Option<Tensor<'g>>, end: Option<Tensor<'g>>) -> IndexBy<'g> {
        IndexBy::Range(begin.map(Place::Tensor), end.map(Place::Tensor), None)
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
        let part = between(Some(hidden(&g, 1)), None);
        assert_eq!(of(&[IndexBy::Known(Index::from(..)), part]), (vec![2, 2], vec![2.0, 3.0, 5.0, 6.0]));
        assert_eq!(of(&[last, between(None, Some(hidden(&g, -1)))]), (vec![2], vec![4.0, 5.0]));
        assert_eq!(of(&[between(Some(hidden(&g, 5)), Some(hidden(&g, 1)))]), (vec![0, 3], vec![]));
    }

    #[test]
    fn bounds_that_are_tensors_are_those_of_one_slice() {
        let g = Graph::new();
        let x = g.placeholder(DType::F32, [None, Some(4), Some(5)]);
        let (i, j) = (hidden(&g, 1), g.placeholder(DType::I64, [] as [usize; 0]));
        let part = x.index_by(&[
            between(Some(i), Some(i + 2)),
            IndexBy::Known(Index::from(1..3)),
            IndexBy::Known(Index::At(-1)),
        ]);
        assert_eq!(part.shape().to_string(), "[?,2]");
        let wide = x.index_by(&[IndexBy::At(i), between(None, Some(j)), IndexBy::Known(Index::NewAxis)]);
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
        let of = derivative([1.0, 2.0, 3.0], |x| x.index_by(&[between(Some(hidden(x.graph(), 1)), None)]));
        assert_eq!(of, [0.0, 1.0, 1.0]);
    }

    #[test]
    fn steps_may_be_tensors() {
        let g = Graph::new();
        let x = g.constant([0.0f64, 1.0, 2.0, 3.0, 4.0, 5.0]);
        let of = |begin, end, step: i32| {
            let step = Some(Place::Tensor(hidden(&g, step)));
            value(x.index_by(&[IndexBy::Range(begin, end, step)])).to_f64s().unwrap()
        };
        assert_eq!(of(None, None, 2), [0.0, 2.0, 4.0]);
        assert_eq!(of(None, None, -2), [5.0, 3.0, 1.0]);
        assert_eq!(of(Some(Place::Known(4)), None, -3), [4.0, 1.0]);
        assert_eq!(of(Some(Place::Known(4)), Some(Place::Known(1)), -1), [4.0, 3.0, 2.0]);
        let known = Some(Place::Known(2));
        let part = IndexBy::Range(Some(Place::Tensor(hidden(&g, 1))), None, known);
        assert_eq!(value(x.index_by(&[part])).to_f64s().unwrap(), [1.0, 3.0, 5.0]);
        let weights = [1.0, 10.0];
        let backwards = derivative([1.0, 2.0, 3.0], |x| {
            let step = Some(Place::Tensor(hidden(x.graph(), -2)));
            x.index_by(&[IndexBy::Range(None, None, step)]) * x.graph().constant(weights)
        });
        assert_eq!(backwards, [10.0, 0.0, 1.0]);
    }

    #[test]
    fn what_is_known_stays_known() {
        let g = Graph::new();
        let x = g.placeholder(DType::F32, [None, Some(6)]);
        let (one, two) = (g.constant(1i32), g.constant(2i32));
        let rows = IndexBy::Known(Index::from(..));
        assert_eq!(x.index_by(&[rows, between(Some(one), None)]).shape().to_string(), "[?,5]");
        let steps = IndexBy::Range(None, None, Some(Place::Tensor(two)));
        assert_eq!(x.index_by(&[rows, steps]).shape().to_string(), "[?,3]");
        let taken = x.index_by(&[IndexBy::At(one), IndexBy::At(two)]);
        assert_eq!((taken.operation().op_type(), taken.shape().to_string()), ("StridedSlice", "[]".into()));
        assert_eq!(taken.operation().name(), "strided_slice_2");
        assert_eq!(g.constant(0i32).operation().name(), "Const_2");
    }

    #[test]
    fn what_is_no_integer_is_refused_where_it_is_used() {
        let error = |at: fn(&Graph) -> Tensor<'_>| {
            let g = Graph::new();
            let x = g.constant([1.0f32, 2.0]);
            let parts = [between(Some(at(&g)), None), between(None, Some(at(&g))), IndexBy::At(at(&g))];
            let errors = parts.map(|part| {
                let line = line!() + 1;
                assert!(x.index_by(&[part]).is_inert());
                let error = g.take_error().unwrap();
                assert_eq!(error.location.map(|at| (at.file(), at.line())), Some((file!(), line)));
                (error.kind, error.message.split(" `").next().unwrap_or_default().to_owned())
            });
            assert!(errors.windows(2).all(|e| e[0] == e[1]), "{errors:?}");
            errors[0].clone()
        };
        let (value, dtype) = (ErrorKind::Value, ErrorKind::Type);
        assert_eq!(error(|g| g.constant(1.0f32)), (dtype, "an index must be i32 or i64, found".into()));
        assert_eq!(error(|g| g.constant(1i32).cast(DType::I16)), (dtype, "an index must be i32 or i64, found".into()));
        assert_eq!(error(|g| g.constant([1i32])), (value, "an index must be a scalar, found".into()));
    }
}
