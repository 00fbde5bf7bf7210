//! Arrays from Rust literals: scalars, nested arrays, slices and vectors.

use crate::{Array, Element, Shape, bf16, f16};

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

impl From<&str> for Array {
    fn from(value: &str) -> Self {
        Array::from_strings((), [value]).expect("one string fits a scalar")
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
}
