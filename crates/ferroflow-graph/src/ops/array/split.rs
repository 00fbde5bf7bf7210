use super::{Index, IntoShapeInput};
use crate::ops::{Identity, keep, rules};
use crate::{Input, Tensor};
use ferroflow_array::Array;

impl<'g> Tensor<'g> {
    /// `n` parts of equal size along `axis`. A run in which its size is no multiple of `n` fails.
    #[track_caller]
    pub fn split(self, n: usize, axis: i64) -> Vec<Tensor<'g>> {
        let (at, size) = match self.dimension("Split", axis) {
            Ok(found) => found,
            Err(inert) => return vec![inert; n],
        };
        match size {
            Some(size) if n > 0 && size % n == 0 => self.parts(at, &vec![(size / n) as i64; n]),
            None if n > 0 => {
                let count = self.graph().constant([n as i32]);
                let size = self.shape_tensor().slice([at as i32], [1]).floordiv(count);
                let parts = self.with_dimension(at, self.graph().concat(&[count, size], 0));
                parts.unstack(at as i64)
            }
            _ => {
                let size = size.map_or_else(|| "?".into(), |size| size.to_string());
                vec![self.graph().mistake("Split", format!("{size} elements cannot be split evenly into {n} parts"))]
            }
        }
    }

    /// Parts of these sizes along `axis`, of which one may be -1 for what is left. A run in which they are not together all
    /// of it fails.
    #[track_caller]
    pub fn split_sizes(self, sizes: impl IntoShapeInput<'g>, axis: i64) -> Vec<Tensor<'g>> {
        let graph = self.graph();
        let sizes = sizes.into_shape_input();
        // A run may give a tensor another value.
        let written = match &sizes {
            Input::Array(array) | Input::Literal(array) => array.to_ints(),
            Input::Tensor(_) => None,
        };
        let sizes = graph.constant(sizes);
        let Some(count) = sizes.shape().dim(0) else {
            let message = format!("the number of parts must be known, found sizes of shape {}", sizes.shape());
            return vec![graph.mistake("SplitV", message)];
        };
        let (at, size) = match self.dimension("SplitV", axis) {
            Ok(found) => found,
            Err(inert) => return vec![inert; count],
        };
        if let (Some(size), Some(given)) = (size, written) {
            let rest = size as i64 - given.iter().filter(|&&n| n != -1).sum::<i64>();
            let parts: Vec<i64> = given.iter().map(|&n| if n == -1 { rest } else { n }).collect();
            if parts.iter().any(|&n| n < 0) || parts.iter().sum::<i64>() != size as i64 {
                let message = format!("the parts {given:?} are not the {size} elements of axis {axis}");
                return vec![graph.mistake("SplitV", message); count];
            }
            return self.parts(at, &parts);
        }
        let dtype = sizes.dtype();
        let whole = self.shape_tensor_as(dtype).index(&[Index::At(at as i64)]);
        let rest = whole - sizes.reduce_sum(..) - 1;
        let all = sizes.equal(-1).select(rest, sizes).sizes_of_parts(whole);
        let x = self.with_dimension(at, all.reduce_sum(keep(0)));
        let begins = all.cumsum_with(0, true, false);
        let known = sizes.fact().partial_ints().unwrap_or_default();
        let rank = self.shape().rank().unwrap_or(0);
        let part = |i: usize| {
            let place = |of: Tensor<'g>, elsewhere: f64| {
                graph.fill_of(dtype, [rank as i32], elsewhere).with_element(at, of.slice([i as i32], [1]))
            };
            let size = if known.get(i).is_some_and(|n| n.is_some_and(|n| n != -1)) { sizes } else { all };
            x.slice(place(begins, 0.0), place(size, -1.0))
        };
        (0..count).map(part).collect()
    }

    /// These sizes. A run in which one is negative, or they are not together `whole`, fails.
    #[track_caller]
    pub(super) fn sizes_of_parts(self, whole: Tensor<'g>) -> Tensor<'g> {
        let graph = self.graph();
        let fits = self.reduce_sum(..).equal(whole).logical_and(self.greater_equal(0).reduce_all(..));
        let message = "Determined shape must match input shape along split_dim exactly. Got sizes:";
        let text = |text: &str| graph.constant(Array::from(text));
        let check = graph.assert_showing(fits, &[text(message), self, text("of"), whole], -1);
        graph.build(Identity {}).input("input", self).control(check).tensor()
    }

    /// The blocks of these sizes, one after the other along dimension `at`.
    #[track_caller]
    fn parts(self, at: usize, sizes: &[i64]) -> Vec<Tensor<'g>> {
        let rank = self.shape().rank().unwrap_or(0);
        let mut start = 0;
        let part = |&size: &i64| {
            let (mut begin, mut extent) = (vec![0i64; rank], vec![-1i64; rank]);
            (begin[at], extent[at]) = (start, size);
            start += size;
            self.slice(Input::Array(begin.into()), Input::Array(extent.into()))
        };
        sizes.iter().map(part).collect()
    }

    /// The same elements, with dimensions of these sizes in place of dimension `at`.
    #[track_caller]
    fn with_dimension(self, at: usize, sizes: Tensor<'g>) -> Tensor<'g> {
        self.reshape(self.shape_tensor_as(sizes.dtype()).with_element(at, sizes))
    }

    /// This vector, with the elements of another in place of element `at`.
    #[track_caller]
    fn with_element(self, at: usize, elements: Tensor<'g>) -> Tensor<'g> {
        let (before, after) = (self.index(&[(..at as i64).into()]), self.index(&[(at as i64 + 1..).into()]));
        self.graph().concat(&[before, elements, after], 0)
    }

    /// The dimension that `axis` names, and its size; else a mistake that the graph keeps.
    #[track_caller]
    pub(super) fn dimension(self, op: &'static str, axis: i64) -> Result<(usize, Option<usize>), Tensor<'g>> {
        let Some(rank) = self.shape().rank() else {
            return Err(self.graph().mistake(op, "the rank must be known".into()));
        };
        match rules::axis(axis, rank) {
            Ok(at) => Ok((at, self.shape().dim(at))),
            Err(e) => Err(self.graph().mistake(op, e.message)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Graph;
    use crate::ops::testing::{derivative, f64s, value};
    use ferroflow_array::{DType, PartialShape};

    /// A 2 × 4 matrix of which only the rank is known while building.
    fn matrix(g: &Graph) -> Tensor<'_> {
        let x = Array::from([[1.0f64, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]]);
        g.placeholder_with_default(x, PartialShape::with_rank(2))
    }

    fn shapes(parts: &[Tensor<'_>]) -> Vec<String> {
        parts.iter().map(|p| p.shape().to_string()).collect()
    }

    #[test]
    fn values() {
        let g = Graph::new();
        let parts = g.constant([[1i32, 2, 3, 4], [5, 6, 7, 8]]).split_sizes([1, -1], -1);
        assert_eq!(value(parts[0]).to_vec::<i32>().unwrap(), [1, 5]);
        assert_eq!(value(parts[1]).to_vec::<i32>().unwrap(), [2, 3, 4, 6, 7, 8]);
        assert_eq!(f64s(|g| matrix(g).split(2, 1)[1]), [3.0, 4.0, 7.0, 8.0]);
        assert_eq!(f64s(|g| matrix(g).split(2, 0)[0]), [1.0, 2.0, 3.0, 4.0]);
        assert_eq!(f64s(|g| matrix(g).split_sizes([1, -1], 1)[1]), [2.0, 3.0, 4.0, 6.0, 7.0, 8.0]);
        let sizes = g.placeholder_with_default(Array::from([3i64, 1]), [2]);
        assert_eq!(value(matrix(&g).split_sizes(sizes, 1)[1]).to_f64s().unwrap(), [4.0, 8.0]);
        assert_eq!(f64s(|g| matrix(g).split_sizes(g.constant([3i32, 1]), -1)[1]), [4.0, 8.0]);
    }

    #[test]
    fn derivatives() {
        assert_eq!(derivative([1.0, 2.0, 3.0, 4.0], |x| x.split(2, 0)[1] * 2.0), [0.0, 0.0, 2.0, 2.0]);
        assert_eq!(derivative([1.0, 2.0, 3.0], |x| x.split_sizes([1, -1], 0)[0] * 2.0), [2.0, 0.0, 0.0]);
    }

    #[test]
    fn what_is_known_before_running() {
        let g = Graph::new();
        let x = g.placeholder(DType::F32, [None, Some(12)]);
        let n = g.placeholder(DType::I32, [1]);
        assert_eq!(shapes(&x.split(2, 0)), ["[?,12]", "[?,12]"]);
        assert_eq!(shapes(&x.split(3, 1)), ["[?,4]", "[?,4]", "[?,4]"]);
        assert_eq!(shapes(&x.split_sizes([3, -1], 0)), ["[3,12]", "[?,12]"]);
        assert_eq!(shapes(&x.split_sizes(g.concat(&[n, g.constant([5i32])], 0), 1)), ["[?,?]", "[?,5]"]);
        assert_eq!(shapes(&x.split_sizes(g.constant([5i64, 7]), 1)), ["[?,5]", "[?,7]"]);
        g.check().unwrap();
    }

    #[test]
    fn mistakes_are_named() {
        let error = |f: &dyn Fn(&Graph)| {
            let g = Graph::new();
            f(&g);
            g.check().unwrap_err().message
        };
        assert_eq!(
            error(&|g| _ = g.constant([1.0f64; 3]).split(2, 0)),
            "3 elements cannot be split evenly into 2 parts"
        );
        assert_eq!(error(&|g| _ = g.constant([1.0f64; 3]).split(2, 1)), "axis 1 is out of range for rank 1");
        let unknown = |g: &Graph| _ = g.placeholder(DType::F32, PartialShape::unknown()).split(2, 0);
        assert_eq!(error(&unknown), "the rank must be known");
        let sizes = |g: &Graph| _ = g.constant([1.0f64; 3]).split_sizes([2, 2], 0);
        assert_eq!(error(&sizes), "the parts [2, 2] are not the 3 elements of axis 0");
        let sizes = |g: &Graph| _ = g.constant([1.0f64; 3]).split_sizes(g.placeholder(DType::I32, [None]), 0);
        assert_eq!(error(&sizes), "the number of parts must be known, found sizes of shape [?]");
    }
}
