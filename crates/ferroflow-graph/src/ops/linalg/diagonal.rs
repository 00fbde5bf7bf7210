//! Bands and diagonals of the matrices that are the last two dimensions.

use crate::ops::Index;
use crate::{IntoInput, Tensor, ix};
use ferroflow_array::{Array, PartialShape};

impl<'g> Tensor<'g> {
    /// How far each place of a matrix like this one's is right of the diagonal: `[rows, columns]`.
    #[track_caller]
    fn right_of_diagonal(self) -> Tensor<'g> {
        let count = |axis: i64| self.graph().range(0, self.shape_tensor().index(&[Index::At(axis)]), 1);
        count(-1).expand_dims(0) - count(-2).expand_dims(1)
    }

    /// The matrices with zeros but for `lower` diagonals below the main one and `upper` above it; all where negative.
    #[track_caller]
    pub fn matrix_band_part(self, lower: i64, upper: i64) -> Tensor<'g> {
        let right = self.right_of_diagonal();
        // No matrix has as many diagonals as an i32 counts.
        let most = |n: i64| i32::try_from(n).unwrap_or(i32::MAX);
        let kept = match (lower >= 0, upper >= 0) {
            (false, false) => return self.identity(),
            (true, false) => right.greater_equal(-most(lower)),
            (false, true) => right.less_equal(most(upper)),
            (true, true) => right.greater_equal(-most(lower)).logical_and(right.less_equal(most(upper))),
        };
        kept.select(self, self.zeros_like())
    }

    /// Matrices with the last dimension on their diagonals and zeros elsewhere: `[…, n]` becomes `[…, n, n]`.
    #[track_caller]
    pub fn matrix_diag(self) -> Tensor<'g> {
        let size = self.shape_tensor().index(&[Index::At(-1)]);
        let places = self.graph().range(0, size, 1);
        let column = self.expand_dims(-1);
        places.expand_dims(1).equal(places.expand_dims(0)).select(column, column.zeros_like())
    }

    /// The diagonals of the matrices: `[…, m, n]` becomes `[…, min(m, n)]`. The rank must be known.
    #[track_caller]
    pub fn matrix_diag_part(self) -> Tensor<'g> {
        let rank = match self.matrix_rank("MatrixDiagPart") {
            Ok(rank) => rank,
            Err(inert) => return inert,
        };
        let shape = self.shape_tensor();
        let size = |axis: i64| shape.index(&[Index::At(axis)]);
        let (rows, columns) = (size(-2), size(-1));
        let flat = self.graph().concat(&[shape.index(&ix![..-2]), (rows * columns).reshape([1])], 0);
        let places = self.graph().range(0, rows.minimum(columns), 1) * (columns + 1);
        self.reshape(flat).gather_along(places, -1).set_shape(self.diagonal_shape(rank))
    }

    /// What is known of the shape of the diagonals: `[…, min(m, n)]`.
    fn diagonal_shape(self, rank: usize) -> PartialShape {
        let shape = self.shape();
        let dim = |axis: usize| shape.dim(axis);
        let least = dim(rank - 2).zip(dim(rank - 1)).map(|(rows, columns)| rows.min(columns));
        (0..rank - 2).map(dim).chain([least]).collect()
    }

    /// The matrices with `diagonal`, `[…, min(m, n)]`, in place of their own. The rank must be known.
    #[track_caller]
    pub fn matrix_set_diag(self, diagonal: impl IntoInput<'g>) -> Tensor<'g> {
        let rank = match self.matrix_rank("MatrixSetDiag") {
            Ok(rank) => rank,
            Err(inert) => return inert,
        };
        let (graph, shape) = (self.graph(), self.shape_tensor());
        let mut diagonal = graph.constant(diagonal);
        let (known, found) = (self.diagonal_shape(rank), diagonal.shape());
        if known.merge(&found).is_none() {
            let message = format!("a diagonal of shape {found} does not fit matrices of shape {}", self.shape());
            return graph.mistake("MatrixSetDiag", message);
        }
        let least = shape.index(&[Index::At(-2)]).minimum(shape.index(&[Index::At(-1)]));
        let size = graph.concat(&[shape.index(&ix![..-2]), least.reshape([1])], 0);
        if known != found || known.to_shape().is_none() {
            let same = diagonal.shape_tensor().equal(size);
            let check =
                graph.assert(same, "matrix_set_diag: the diagonal must have the shape of the matrices' diagonals");
            let _checked = graph.control_dependencies([check]);
            diagonal = diagonal.reshape(size);
        }
        if !self.is_wide() {
            // A place for every row.
            let length = diagonal.shape_tensor().index(&[Index::At(-1)]);
            let missing = (shape.index(&[Index::At(-2)]) - length).reshape([1, 1]);
            let zeros = self.graph().constant(Array::from(vec![0i32; 2 * rank - 3]));
            let flat = self.graph().concat(&[zeros, missing.reshape([1])], 0);
            diagonal = diagonal.pad(flat.reshape([rank as i32 - 1, 2]));
        }
        self.right_of_diagonal().equal(0).select(diagonal.expand_dims(-1), self)
    }

    /// The sums of the diagonals of the matrices: `[…, m, n]` becomes `[…]`. The rank must be known.
    #[track_caller]
    pub fn trace(self) -> Tensor<'g> {
        self.matrix_diag_part().reduce_sum([-1])
    }

    /// Whether matrices are known to have no more rows than columns.
    fn is_wide(self) -> bool {
        let shape = self.shape();
        matches!(shape.dims(), Some([.., Some(rows), Some(columns)]) if rows <= columns)
    }

    #[track_caller]
    fn matrix_rank(self, op: &str) -> Result<usize, Tensor<'g>> {
        let shape = self.shape();
        let refuse = || format!("matrices must be of a known rank of at least 2, found shape {shape}");
        shape.rank().filter(|&rank| rank >= 2).ok_or_else(|| self.graph().mistake(op, refuse()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Graph;
    use crate::ops::testing::{derivative, value};

    fn numbers(g: &Graph, rows: i32, columns: i32) -> Tensor<'_> {
        let count = g.range(1.0f64, f64::from(rows * columns) + 1.0, 1.0f64);
        count.reshape([rows, columns])
    }

    #[test]
    fn bands() {
        let g = Graph::new();
        let x = numbers(&g, 2, 3);
        let of = |lower, upper| value(x.matrix_band_part(lower, upper)).to_f64s().unwrap();
        assert_eq!(of(0, -1), [1.0, 2.0, 3.0, 0.0, 5.0, 6.0]);
        assert_eq!(of(-1, 0), [1.0, 0.0, 0.0, 4.0, 5.0, 0.0]);
        assert_eq!(of(0, 1), [1.0, 2.0, 0.0, 0.0, 5.0, 6.0]);
        assert_eq!(of(-1, -1), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    }

    #[test]
    fn diagonals() {
        let g = Graph::new();
        let of = |x: Tensor<'_>| value(x).to_f64s().unwrap();
        assert_eq!(of(g.constant([1.0f64, f64::NAN]).matrix_diag())[..3], [1.0, 0.0, 0.0]);
        assert_eq!(value(g.ones([2, 3]).matrix_diag()).shape().dims(), [2, 3, 3]);
        assert_eq!(of(numbers(&g, 2, 3).matrix_diag_part()), [1.0, 5.0]);
        assert_eq!(of(numbers(&g, 3, 2).matrix_diag_part()), [1.0, 4.0]);
        assert_eq!(of(numbers(&g, 2, 3).trace()), [6.0]);
        assert_eq!(of(numbers(&g, 2, 2).matrix_set_diag([7.0, 8.0])), [7.0, 2.0, 3.0, 8.0]);
        assert_eq!(of(numbers(&g, 3, 2).matrix_set_diag([7.0, 8.0])), [7.0, 2.0, 3.0, 8.0, 5.0, 6.0]);
        let zeros = value(g.constant([[-0.0f64, 1.0], [1.0, 0.0]]).matrix_diag_part()).to_f64s().unwrap();
        assert_eq!(zeros.iter().map(|x| x.is_sign_negative()).collect::<Vec<_>>(), [true, false]);
        assert!(of(g.zeros([2, 0, 3]).matrix_diag_part()).is_empty());
        let shape = numbers(&g, 3, 2).matrix_diag_part().shape();
        assert_eq!(shape.dims(), Some(&[Some(2)][..]));
    }

    #[test]
    fn derivatives() {
        assert_eq!(derivative([[1.0, 2.0], [3.0, 4.0]], |x| x.trace()), [1.0, 0.0, 0.0, 1.0]);
        assert_eq!(
            derivative([1.0, 2.0], |x| x.matrix_diag() * x.graph().constant([[5.0f64, 1.0], [1.0, 7.0]])),
            [5.0, 7.0]
        );
    }

    #[test]
    fn a_diagonal_of_another_size_is_refused() {
        for diagonal in [Array::from([1.0f64]), Array::from([[1.0f64, 2.0]]), Array::scalar(1.0f64)] {
            let g = Graph::new();
            let _ = numbers(&g, 2, 3).matrix_set_diag(diagonal);
            let message = g.check().unwrap_err().message.clone();
            assert!(message.ends_with("does not fit matrices of shape [2,3]"), "{message}");
        }
    }

    #[test]
    fn vectors_are_no_matrices() {
        let g = Graph::new();
        let _ = g.constant([1.0f32]).trace();
        let message = g.check().unwrap_err().message.clone();
        assert_eq!(message, "matrices must be of a known rank of at least 2, found shape [1]");
    }
}
