//! Arrays of the crate `ndarray`, copied or borrowed.

use crate::{Array, ArrayError, Element, Result, Shape};
use ::ndarray::{ArrayBase, ArrayD, ArrayViewD, Data, Dimension, IxDyn};

/// The elements are copied in row-major order, whatever the layout of `array`.
///
/// # Panics
/// If a view repeats its elements (a broadcast one) beyond what an [`Array`] can hold.
impl<T: Element, S: Data<Elem = T>, D: Dimension> From<&ArrayBase<S, D>> for Array {
    fn from(array: &ArrayBase<S, D>) -> Self {
        let shape = Shape::from(array.shape());
        let converted = match array.as_slice() {
            Some(values) => Array::new(shape, values),
            None => Array::zeros(T::DTYPE, shape).and_then(|mut to| {
                to.as_mut_slice::<T>()?.iter_mut().zip(array).for_each(|(to, from)| *to = *from);
                Ok(to)
            }),
        };
        converted.expect("an array in memory fits once more")
    }
}

/// The elements are copied in row-major order, whatever the layout of `array`.
///
/// # Panics
/// If a view repeats its elements (a broadcast one) beyond what an [`Array`] can hold.
impl<T: Element, S: Data<Elem = T>, D: Dimension> From<ArrayBase<S, D>> for Array {
    fn from(array: ArrayBase<S, D>) -> Self {
        Array::from(&array)
    }
}

impl Array {
    /// A copy as an `ndarray` of the same shape, row-major.
    ///
    /// # Errors
    /// [`ArrayError::DType`] if the elements are not of type `T`; [`ArrayError::TooLarge`] for an empty shape whose
    /// other sizes are beyond what `ndarray` takes.
    pub fn to_ndarray<T: Element>(&self) -> Result<ArrayD<T>> {
        self.view().map(|view| view.to_owned())
    }

    /// The elements as a borrowed `ndarray` of the same shape.
    ///
    /// # Errors
    /// Those of [`Array::to_ndarray`].
    pub fn view<T: Element>(&self) -> Result<ArrayViewD<'_, T>> {
        ArrayViewD::from_shape(IxDyn(self.shape()), self.as_slice()?)
            .map_err(|_| ArrayError::TooLarge { shape: self.shape().clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::ndarray::{ArcArray, Axis, arr0, array};

    #[test]
    fn any_layout_becomes_row_major() {
        let a = array![[1i32, 2, 3], [4, 5, 6]];
        assert_eq!(Array::from(&a), Array::from([[1, 2, 3], [4, 5, 6]]));
        assert_eq!(Array::from(a.t()), Array::from([[1, 4], [2, 5], [3, 6]]));
        let mut backwards = a.view();
        backwards.invert_axis(Axis(1));
        assert_eq!(Array::from(backwards), Array::from([[3, 2, 1], [6, 5, 4]]));
        assert_eq!(Array::from(a.clone().reversed_axes()), Array::from([[1, 4], [2, 5], [3, 6]]));
        assert_eq!(Array::from(array![7u8].broadcast((2, 2)).unwrap()), Array::from([[7u8, 7], [7, 7]]));
        assert_eq!(Array::from(ArcArray::from(vec![true, false])), Array::from([true, false]));
    }

    #[test]
    fn scalars_and_nothing() {
        assert_eq!(Array::from(arr0(2.5f64)), Array::from(2.5f64));
        assert_eq!(Array::from(2.5f64).view::<f64>().unwrap(), arr0(2.5).into_dyn());
        let none = ::ndarray::Array3::<f32>::zeros((2, 0, 3));
        assert_eq!(Array::from(&none).shape().dims(), [2, 0, 3]);
        assert_eq!(Array::from(&none).to_ndarray::<f32>().unwrap(), none.into_dyn());
    }

    #[test]
    fn views_and_copies() {
        let a = Array::from([[1.0f32, 2.0, 3.0], [4.0, 5.0, 6.0]]);
        let view = a.view::<f32>().unwrap();
        assert_eq!(view[[1, 2]], 6.0);
        assert_eq!(view.as_ptr(), a.as_slice::<f32>().unwrap().as_ptr());
        assert_eq!(a.to_ndarray::<f32>().unwrap(), array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]].into_dyn());
        assert_eq!(Array::from(a.to_ndarray::<f32>().unwrap().reversed_axes()).shape().dims(), [3, 2]);
        assert_eq!(a.view::<i8>().unwrap_err().to_string(), "expected an array of i8, found f32");
        assert!(Array::from("s").view::<u8>().is_err());
        let empty = Array::zeros(crate::DType::F32, [usize::MAX, 2, 0]).unwrap();
        assert!(matches!(empty.view::<f32>(), Err(ArrayError::TooLarge { .. })));
    }
}
