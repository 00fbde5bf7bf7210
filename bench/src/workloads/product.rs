use super::Model;
use anyhow::Result;
use ferroflow::prelude::*;
use serde::{Deserialize, Serialize};

/// A matrix product alone, `[m, k]` by `[k, n]`, where a transposed operand lies in memory the other way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Product {
    m: usize,
    k: usize,
    n: usize,
    transpose_a: bool,
    transpose_b: bool,
}

impl Product {
    /// The product of a layer, its two gradients, and so on; all of the tutorial's network.
    pub(super) fn all() -> Vec<Product> {
        let product = |[m, k, n]: [usize; 3], transpose_a, transpose_b| Product { m, k, n, transpose_a, transpose_b };
        vec![
            product([50, 3136, 1024], false, false),
            product([50, 1024, 3136], false, true),
            product([3136, 50, 1024], true, false),
            product([50, 1024, 10], false, false),
            product([50, 10, 1024], false, true),
            product([1024, 50, 10], true, false),
            product([50, 784, 10], false, false),
            product([784, 50, 10], true, false),
            product([1024, 1024, 1024], false, false),
        ]
    }

    /// `50x1024x3136-nt`, which tells of each operand whether it is transposed.
    pub(super) fn name(&self) -> String {
        let mark = |transposed| if transposed { 't' } else { 'n' };
        let Product { m, k, n, transpose_a, transpose_b } = *self;
        format!("{m}x{k}x{n}-{}{}", mark(transpose_a), mark(transpose_b))
    }

    pub(super) fn build<'g>(&self, g: &'g Graph) -> Result<Model<'g>> {
        let matrix = |rows: usize, columns: usize, transposed| {
            let shape = if transposed { [columns, rows] } else { [rows, columns] };
            g.variable(g.random_uniform(shape.map(|n| n as i32), -1.0, 1.0)).value()
        };
        let (a, b) = (matrix(self.m, self.k, self.transpose_a), matrix(self.k, self.n, self.transpose_b));
        Model::alone(a.matmul_with(b, self.transpose_a, self.transpose_b))
    }
}
