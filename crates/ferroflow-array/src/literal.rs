//! Arrays from Rust literals: scalars, nested arrays, slices and vectors.

use crate::{Array, ArrayError, Element, Result, Shape, bf16, f16};

macro_rules! scalars {
    ($($t:ty),*) => {$(
        impl From<$t> for Array {
            fn from(value: $t) -> Self {
                Array::scalar(value)
            }
        }
    )*};
}

scalars!(f16, bf16, f32, f64, i8, i16, i32, i64, u8, u16, bool);

fn of_length<T: Element>(shape: Shape, values: &[T]) -> Array {
    Array::new(shape, values).expect("a literal's shape is counted from its values")
}

impl<T: Element> From<Vec<T>> for Array {
    fn from(values: Vec<T>) -> Self {
        of_length(Shape::from([values.len()]), &values)
    }
}

impl<T: Element> From<&[T]> for Array {
    fn from(values: &[T]) -> Self {
        of_length(Shape::from([values.len()]), values)
    }
}

impl<T: Element, const N: usize> From<[T; N]> for Array {
    fn from(values: [T; N]) -> Self {
        of_length(Shape::from([N]), &values)
    }
}

impl<T: Element, const N: usize, const M: usize> From<[[T; M]; N]> for Array {
    fn from(values: [[T; M]; N]) -> Self {
        of_length(Shape::from([N, M]), values.as_flattened())
    }
}

impl<T: Element, const N: usize, const M: usize, const K: usize> From<[[[T; K]; M]; N]> for Array {
    fn from(values: [[[T; K]; M]; N]) -> Self {
        of_length(Shape::from([N, M, K]), values.as_flattened().as_flattened())
    }
}

impl<T: Element, const N: usize, const M: usize, const K: usize, const L: usize> From<[[[[T; L]; K]; M]; N]> for Array {
    fn from(values: [[[[T; L]; K]; M]; N]) -> Self {
        of_length(Shape::from([N, M, K, L]), values.as_flattened().as_flattened().as_flattened())
    }
}

impl<T: Element, const N: usize> From<&[T; N]> for Array {
    fn from(values: &[T; N]) -> Self {
        Array::from(values.as_slice())
    }
}

impl<T: Element, const M: usize> From<&[[T; M]]> for Array {
    fn from(values: &[[T; M]]) -> Self {
        of_length(Shape::from([values.len(), M]), values.as_flattened())
    }
}

impl<T: Element, const M: usize> From<Vec<[T; M]>> for Array {
    fn from(values: Vec<[T; M]>) -> Self {
        Array::from(values.as_slice())
    }
}

/// Rows of one length; [`ArrayError::Ragged`] if they differ. No rows make the shape `[0,0]`.
impl<T: Element> TryFrom<&[Vec<T>]> for Array {
    type Error = ArrayError;

    fn try_from(rows: &[Vec<T>]) -> Result<Self> {
        let expected = rows.first().map_or(0, Vec::len);
        match rows.iter().find(|row| row.len() != expected) {
            Some(row) => Err(ArrayError::Ragged { expected, found: row.len() }),
            None => Array::new([rows.len(), expected], &rows.concat()),
        }
    }
}

/// Rows of one length; [`ArrayError::Ragged`] if they differ. No rows make the shape `[0,0]`.
impl<T: Element> TryFrom<Vec<Vec<T>>> for Array {
    type Error = ArrayError;

    fn try_from(rows: Vec<Vec<T>>) -> Result<Self> {
        Array::try_from(rows.as_slice())
    }
}

fn of_strings<S: Into<Vec<u8>>>(count: usize, values: impl IntoIterator<Item = S>) -> Array {
    Array::from_strings([count], values).expect("the shape is counted from the strings")
}

impl From<&[&str]> for Array {
    fn from(values: &[&str]) -> Self {
        of_strings(values.len(), values.iter().copied())
    }
}

impl<const N: usize> From<[&str; N]> for Array {
    fn from(values: [&str; N]) -> Self {
        Array::from(values.as_slice())
    }
}

impl From<Vec<&str>> for Array {
    fn from(values: Vec<&str>) -> Self {
        Array::from(values.as_slice())
    }
}

impl From<Vec<String>> for Array {
    fn from(values: Vec<String>) -> Self {
        of_strings(values.len(), values)
    }
}

impl From<&str> for Array {
    fn from(value: &str) -> Self {
        Array::from_strings((), [value]).expect("one string fits a scalar")
    }
}

impl From<String> for Array {
    fn from(value: String) -> Self {
        Array::from(value.as_str())
    }
}

impl From<&Array> for Array {
    fn from(array: &Array) -> Self {
        array.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DType;

    #[test]
    fn nested_literals_count_their_shape() {
        let a = Array::from([[1.0f32, 2.0, 3.0], [4.0, 5.0, 6.0]]);
        assert_eq!(a.shape().dims(), [2, 3]);
        assert_eq!(a.as_slice::<f32>().unwrap(), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        assert_eq!(Array::from(true).dtype(), DType::Bool);
        assert_eq!(Array::from([[[0u8; 0]; 2]; 3]).shape().dims(), [3, 2, 0]);
        assert_eq!(Array::from("hi").strings().unwrap(), [b"hi".to_vec()]);
    }

    #[test]
    fn slices_and_rows() {
        let rows = vec![[1i32, 2], [3, 4], [5, 6]];
        assert_eq!(Array::from(&rows[1..]), Array::from([[3, 4], [5, 6]]));
        assert_eq!(Array::from(rows), Array::from([[1, 2], [3, 4], [5, 6]]));
        assert_eq!(Array::from(&[1.5f64, 2.5]), Array::from([1.5f64, 2.5]));
        let rows = vec![vec![1u8, 2, 3], vec![4, 5, 6]];
        assert_eq!(Array::try_from(rows).unwrap(), Array::from([[1u8, 2, 3], [4, 5, 6]]));
        assert_eq!(Array::try_from(Vec::<Vec<f32>>::new()).unwrap().shape().dims(), [0, 0]);
        let ragged = Array::try_from(vec![vec![1.0f32, 2.0], vec![3.0]]).unwrap_err();
        assert_eq!(ragged.to_string(), "ragged literal: a row of 1 elements among rows of 2");
    }

    #[test]
    fn strings() {
        let expected = Array::from_strings([2], ["a", "bc"]).unwrap();
        assert_eq!(Array::from(["a", "bc"]), expected);
        assert_eq!(Array::from(["a", "bc"].as_slice()), expected);
        assert_eq!(Array::from(vec!["a".to_owned(), "bc".to_owned()]), expected);
        assert_eq!(Array::from("a".to_owned()), Array::from("a"));
    }
}
