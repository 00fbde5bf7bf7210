use crate::{Graph, Tensor};

impl Graph {
    /// The coordinates of a grid: for each vector a tensor of the grid's shape in which it lies along its own dimension.
    /// With `swapped`, the first two dimensions change places, as where `x` runs along rows and `y` down columns.
    #[track_caller]
    pub fn meshgrid<'g>(&'g self, vectors: &[Tensor<'g>], swapped: bool) -> Vec<Tensor<'g>> {
        let rank = vectors.len();
        let axis = |i: usize| if swapped && rank > 1 && i < 2 { 1 - i } else { i };
        let vectors: Vec<Tensor<'g>> = vectors.iter().map(|v| v.reshape([-1])).collect();
        let size = |d: usize| vectors[axis(d)].shape_tensor();
        if rank == 0 {
            return Vec::new();
        }
        let shape = self.concat(&(0..rank).map(size).collect::<Vec<_>>(), 0);
        let placed = |(i, vector): (usize, &Tensor<'g>)| {
            let mut dims = vec![1i32; rank];
            dims[axis(i)] = -1;
            vector.reshape(dims.as_slice()).broadcast_to(shape)
        };
        vectors.iter().enumerate().map(placed).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::value;

    #[test]
    fn coordinates() {
        let g = Graph::new();
        let (x, y) = (g.constant([1.0f64, 2.0, 3.0]), g.constant([4.0f64, 5.0]));
        let grids = g.meshgrid(&[x, y], true);
        assert_eq!(value(grids[0]).to_f64s().unwrap(), [1.0, 2.0, 3.0, 1.0, 2.0, 3.0]);
        assert_eq!(value(grids[1]).to_f64s().unwrap(), [4.0, 4.0, 4.0, 5.0, 5.0, 5.0]);
        assert_eq!(grids[0].shape().to_string(), "[2,3]");
        let grids = g.meshgrid(&[x, y], false);
        assert_eq!(value(grids[0]).to_f64s().unwrap(), [1.0, 1.0, 2.0, 2.0, 3.0, 3.0]);
        assert_eq!(grids[1].shape().to_string(), "[3,2]");
    }
}
