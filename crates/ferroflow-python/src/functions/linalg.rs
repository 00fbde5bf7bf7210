//! Matrices and sums of products.

use super::Naming::{Node, Scope};
use super::functions;
use ferroflow::graph::{Input, Tensor};

functions! { |g|
    einsum(equation: String, operands: Vec<Tensor<'g>>) Scope => g.einsum(&equation, &operands);
    tensordot(a: Tensor<'g>, b: Input<'g>, axes: Vec<i64>, others: Vec<i64>) Scope => a.tensordot(b, &axes, &others);
    matrix_band_part(x: Tensor<'g>, num_lower: i64, num_upper: i64) Scope => x.matrix_band_part(num_lower, num_upper);
    matrix_diag(x: Tensor<'g>) Scope => x.matrix_diag();
    matrix_diag_part(x: Tensor<'g>) Scope => x.matrix_diag_part();
    matrix_set_diag(x: Tensor<'g>, diagonal: Input<'g>) Scope => x.matrix_set_diag(diagonal);
    trace(x: Tensor<'g>) Scope => x.trace();
    matrix_inverse(x: Tensor<'g>) Scope => x.matrix_inverse();
    log_matrix_determinant(x: Tensor<'g>) Node("LogMatrixDeterminant") => x.log_matrix_determinant();
}
