use crate::{Error, Result};
use ferroflow_array::{Array, DType, Shape};
use std::ops::Range;

/// What a pixel becomes, as in TensorFlow: 0 to 1, in steps of the f32 nearest to 1/255.
const UNIT: f32 = 1.0 / 255.0;

/// Examples along the first dimension of a shared array, bytes perhaps scaled on the way out.
#[derive(Clone, Debug)]
pub(crate) struct Rows {
    what: &'static str,
    array: Array,
    range: Range<usize>,
    row_shape: Shape,
    to_unit: bool,
}

impl Rows {
    pub(crate) fn new(what: &'static str, array: Array) -> Result<Self> {
        let (dtype, shape) = (array.dtype(), array.shape().clone());
        let refuse = |why| Err(Error::Examples { what, dtype, shape: array.shape().clone(), why });
        if dtype == DType::String {
            return refuse("strings are not supported");
        }
        let Some((&count, row_shape)) = shape.split_first() else {
            return refuse("the first dimension must be that of the examples");
        };
        let row_shape = Shape::from(row_shape);
        Ok(Rows { what, array, range: 0..count, row_shape, to_unit: false })
    }

    /// Bytes handed out as f32 from 0 to 1.
    pub(crate) fn scaled_to_unit(mut self) -> Result<Self> {
        if self.array.dtype() != DType::U8 {
            return Err(Error::Examples {
                what: self.what,
                dtype: self.array.dtype(),
                shape: self.array.shape().clone(),
                why: "only u8 pixels can be scaled to 0..1",
            });
        }
        // All rows must be possible as f32, for `all` to return them.
        let shape = Shape::from([self.array.len(), size_of::<f32>()]);
        if shape.checked_elements().is_none_or(|n| n > isize::MAX as usize / 2) {
            return Err(ferroflow_array::ArrayError::TooLarge { shape: self.array.shape().clone() }.into());
        }
        self.to_unit = true;
        Ok(self)
    }

    /// Rows `range` of these, over the same memory.
    pub(crate) fn slice(&self, range: Range<usize>) -> Self {
        let first = self.range.start;
        Rows { range: first + range.start..first + range.end, ..self.clone() }
    }

    pub(crate) fn len(&self) -> usize {
        self.range.len()
    }

    pub(crate) fn dtype(&self) -> DType {
        if self.to_unit { DType::F32 } else { self.array.dtype() }
    }

    /// The shape of `n` rows.
    pub(crate) fn shape(&self, n: usize) -> Shape {
        std::iter::once(n).chain(self.row_shape.iter().copied()).collect()
    }

    /// An array of zeros for `n` rows, `n` not above `len`.
    pub(crate) fn zeros(&self, n: usize) -> Result<Array> {
        Ok(Array::zeros(self.dtype(), self.shape(n))?)
    }

    /// The number of rows that `array` takes.
    ///
    /// # Errors
    /// [`Error::Destination`] if it is not an array of such rows.
    pub(crate) fn count_in(&self, array: &Array) -> Result<usize> {
        let n = array.shape().first().copied().unwrap_or(0);
        if array.dtype() != self.dtype() || array.shape().get(1..) != Some(self.row_shape.dims()) {
            return Err(Error::Destination {
                what: self.what,
                expected_dtype: self.dtype(),
                expected: self.shape(n),
                found_dtype: array.dtype(),
                found: array.shape().clone(),
            });
        }
        Ok(n)
    }

    /// Writes the rows `indices` to `out`, an array that `count_in` accepts, from its row `at` on.
    pub(crate) fn gather(&self, indices: impl IntoIterator<Item = usize>, out: &mut Array, at: usize) {
        if self.array.is_empty() || self.range.is_empty() {
            return;
        }
        let row = self.row_shape.num_elements() * self.array.dtype().size();
        let source = &self.array.bytes()[self.range.start * row..self.range.end * row];
        let rows = indices.into_iter().map(|i| &source[i * row..(i + 1) * row]);
        if self.to_unit {
            let out = out.as_mut_slice::<f32>().expect("scaled rows are f32");
            scale_to_unit(rows, row, &mut out[at * row..]);
        } else {
            for (to, from) in out.bytes_mut()[at * row..].chunks_exact_mut(row).zip(rows) {
                to.copy_from_slice(from);
            }
        }
    }

    /// Every row, in stored order; shared where no row is left out or scaled.
    pub(crate) fn all(&self) -> Array {
        if !self.to_unit && self.range == (0..self.array.shape()[0]) {
            return self.array.clone();
        }
        let mut out = self.zeros(self.len()).expect("the size was checked when the rows were made");
        self.gather(0..self.len(), &mut out, 0);
        out
    }
}

/// Scales `rows`, each of `row` bytes, to the front of `out`.
///
/// Shuffled rows lie far apart, and a scaling loop waits for the memory of each. A plain copy has many rows
/// under way at once, so a few rows at a time are copied first, then scaled.
fn scale_to_unit<'a>(mut rows: impl Iterator<Item = &'a [u8]>, row: usize, out: &mut [f32]) {
    let scale = |to: &mut [f32], from: &[u8]| {
        to.iter_mut().zip(from).for_each(|(to, &pixel)| *to = f32::from(pixel) * UNIT);
    };
    let mut stage = [0; 8 << 10];
    let group = (stage.len() / row).max(1);
    for out in out.chunks_mut(group * row) {
        if row > stage.len() {
            rows.next().into_iter().for_each(|from| scale(out, from));
            continue;
        }
        let mut staged = 0;
        for (to, from) in stage.chunks_exact_mut(row).zip(rows.by_ref().take(out.len() / row)) {
            to.copy_from_slice(from);
            staged += row;
        }
        scale(out, &stage[..staged]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_become_zero_to_one() {
        let bytes: Vec<u8> = (0..=255).collect();
        let rows = Rows::new("images", Array::new([256, 1], &bytes).unwrap()).unwrap().scaled_to_unit().unwrap();
        let floats = rows.all();
        let floats = floats.as_slice::<f32>().unwrap();
        assert_eq!((floats[0], floats[1], floats[128], floats[255]), (0.0, 0.003_921_569, 0.501_960_8, 1.0));
        assert!(floats.windows(2).all(|w| w[0] < w[1]));
    }

    #[test]
    fn rows_of_any_size_are_scaled_in_any_order() {
        for (count, row) in [(50, 784), (7, 5000), (3, 8192), (3, 20_000), (9000, 1)] {
            let bytes: Vec<u8> = (0..count * row).map(|i| (i / row * 31 + i) as u8).collect();
            let rows = Rows::new("images", Array::new([count, row], &bytes).unwrap()).unwrap();
            let rows = rows.scaled_to_unit().unwrap();
            let mut out = rows.zeros(count).unwrap();
            rows.gather((0..count - 2).rev(), &mut out, 0);
            rows.gather([count - 1, count - 2], &mut out, count - 2);
            let order = (0..count - 2).rev().chain([count - 1, count - 2]);
            let expected: Vec<f32> =
                order.flat_map(|i| &bytes[i * row..][..row]).map(|&b| f32::from(b) * (1.0 / 255.0)).collect();
            assert_eq!(out.as_slice::<f32>().unwrap(), expected);
        }
    }

    #[test]
    fn slices_share_and_gather_within_their_range() {
        let rows =
            Rows::new("labels", Array::from([[1i16, 2], [3, 4], [5, 6], [7, 8]])).unwrap().slice(1..4).slice(1..3);
        assert_eq!(rows.all(), Array::from([[5i16, 6], [7, 8]]));
        let mut out = rows.zeros(2).unwrap();
        rows.gather([1], &mut out, 0);
        rows.gather([0], &mut out, 1);
        assert_eq!(out, Array::from([[7i16, 8], [5, 6]]));
    }

    #[test]
    fn scalars_strings_and_floats_are_refused() {
        assert!(Rows::new("images", Array::scalar(1.0f32)).is_err());
        assert!(Rows::new("images", Array::from_strings([1], ["a"]).unwrap()).is_err());
        assert!(Rows::new("images", Array::from([1.0f32])).unwrap().scaled_to_unit().is_err());
    }

    #[test]
    fn destinations_are_checked() {
        let rows = Rows::new("images", Array::zeros(DType::U8, [4, 2, 3]).unwrap()).unwrap();
        assert_eq!(rows.count_in(&Array::zeros(DType::U8, [9, 2, 3]).unwrap()).unwrap(), 9);
        for (dtype, shape) in [(DType::F32, vec![9, 2, 3]), (DType::U8, vec![9, 6]), (DType::U8, vec![])] {
            assert!(rows.count_in(&Array::zeros(dtype, shape).unwrap()).is_err());
        }
    }

    #[test]
    fn empty_rows() {
        let rows = Rows::new("images", Array::zeros(DType::U8, [3, 0]).unwrap()).unwrap();
        assert_eq!(rows.all().shape().dims(), [3, 0]);
        assert_eq!(rows.slice(1..3).all().shape().dims(), [2, 0]);
        let rows = Rows::new("images", Array::zeros(DType::I64, [0, usize::MAX]).unwrap()).unwrap();
        let mut none = rows.zeros(0).unwrap();
        rows.gather([], &mut none, 0);
        assert_eq!(none.shape().dims(), [0, usize::MAX]);
    }
}
