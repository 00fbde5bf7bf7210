use crate::{ArrayError, Buffer, DType, Element, Result, Shape};
use std::sync::Arc;

/// A concrete value: dtype, shape, and row-major elements. Cloning shares the elements; writing to a
/// shared array copies it first.
#[derive(Clone)]
pub struct Array {
    dtype: DType,
    shape: Shape,
    data: Data,
}

#[derive(Clone)]
enum Data {
    Bytes(Arc<Buffer>),
    Strings(Arc<Vec<Vec<u8>>>),
}

impl Array {
    /// An array of `shape` with the given elements.
    ///
    /// # Errors
    /// [`ArrayError::Length`] if the count does not fit the shape.
    pub fn new<T: Element>(shape: impl Into<Shape>, values: &[T]) -> Result<Self> {
        let shape = shape.into();
        check_length(&shape, values.len())?;
        let mut array = Array::zeros(T::DTYPE, shape)?;
        array.bytes_mut().copy_from_slice(bytemuck::cast_slice(values));
        Ok(array)
    }

    /// An array of zeros (false, empty strings).
    ///
    /// # Errors
    /// [`ArrayError::TooLarge`] if the elements take more than [`Buffer::MAX_LEN`] bytes, or more than the system
    /// gives. A system that gives more than it has may still run out when the elements are written.
    pub fn zeros(dtype: DType, shape: impl Into<Shape>) -> Result<Self> {
        Array::allocated(dtype, shape.into(), Buffer::try_zeroed)
    }

    /// [`Array::zeros`] in memory for what is kept and used again and again, see [`Buffer::try_lasting`].
    ///
    /// # Errors
    /// As [`Array::zeros`].
    pub fn lasting_zeros(dtype: DType, shape: impl Into<Shape>) -> Result<Self> {
        Array::allocated(dtype, shape.into(), Buffer::try_lasting)
    }

    fn allocated(dtype: DType, shape: Shape, allocate: fn(usize) -> Option<Buffer>) -> Result<Self> {
        let size = if dtype == DType::String { size_of::<Vec<u8>>() } else { dtype.size() };
        let count = shape.checked_elements().filter(|n| n.checked_mul(size).is_some_and(|n| n <= Buffer::MAX_LEN));
        let data = count.and_then(|count| match dtype {
            DType::String => {
                let mut strings = Vec::new();
                strings.try_reserve_exact(count).ok()?;
                strings.resize(count, Vec::new());
                Some(Data::Strings(Arc::new(strings)))
            }
            _ => Some(Data::Bytes(Arc::new(allocate(count * size)?))),
        });
        match data {
            Some(data) => Ok(Array { dtype, shape, data }),
            None => Err(ArrayError::TooLarge { shape }),
        }
    }

    /// An array around the bytes of `buffer`, native-endian.
    ///
    /// # Errors
    /// [`ArrayError::Length`] if the buffer's size is not that of the shape, [`ArrayError::DType`] for strings,
    /// [`ArrayError::Format`] if a bool is neither 0 nor 1.
    pub fn from_buffer(dtype: DType, shape: impl Into<Shape>, buffer: Buffer) -> Result<Self> {
        let shape = shape.into();
        if dtype == DType::String {
            return Err(ArrayError::DType { expected: DType::U8, found: dtype });
        }
        let expected = shape.checked_elements().and_then(|n| n.checked_mul(dtype.size()));
        if expected != Some(buffer.len()) {
            let (expected, found) = (shape.num_elements(), buffer.len() / dtype.size());
            return Err(ArrayError::Length { shape, expected, found });
        }
        if dtype == DType::Bool && buffer.as_bytes().iter().any(|&b| b > 1) {
            return Err(ArrayError::Format { what: "bool array".into(), why: "a byte is neither 0 nor 1".into() });
        }
        Ok(Array { dtype, shape, data: Data::Bytes(Arc::new(buffer)) })
    }

    /// An array of byte strings.
    ///
    /// # Errors
    /// [`ArrayError::Length`] if the count does not fit the shape.
    pub fn from_strings<S: Into<Vec<u8>>>(
        shape: impl Into<Shape>,
        values: impl IntoIterator<Item = S>,
    ) -> Result<Self> {
        let shape = shape.into();
        let values: Vec<Vec<u8>> = values.into_iter().map(Into::into).collect();
        check_length(&shape, values.len())?;
        Ok(Array { dtype: DType::String, shape, data: Data::Strings(Arc::new(values)) })
    }

    /// A scalar.
    pub fn scalar<T: Element>(value: T) -> Self {
        let mut buffer = Buffer::zeroed(size_of::<T>());
        buffer.as_bytes_mut().copy_from_slice(bytemuck::bytes_of(&value));
        Array { dtype: T::DTYPE, shape: Shape::scalar(), data: Data::Bytes(Arc::new(buffer)) }
    }

    /// The element type.
    pub fn dtype(&self) -> DType {
        self.dtype
    }

    /// The shape.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// Number of dimensions.
    pub fn rank(&self) -> usize {
        self.shape.rank()
    }

    /// Number of elements.
    pub fn len(&self) -> usize {
        match &self.data {
            Data::Bytes(b) => b.len() / self.dtype.size(),
            Data::Strings(s) => s.len(),
        }
    }

    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The elements in row-major order.
    ///
    /// # Errors
    /// [`ArrayError::DType`] if the elements are not of type `T`.
    pub fn as_slice<T: Element>(&self) -> Result<&[T]> {
        if self.dtype != T::DTYPE {
            return Err(ArrayError::DType { expected: T::DTYPE, found: self.dtype });
        }
        Ok(bytemuck::checked::cast_slice(self.bytes()))
    }

    /// The elements in row-major order, to write; copied first if shared.
    ///
    /// # Errors
    /// [`ArrayError::DType`] if the elements are not of type `T`.
    pub fn as_mut_slice<T: Element>(&mut self) -> Result<&mut [T]> {
        if self.dtype != T::DTYPE {
            return Err(ArrayError::DType { expected: T::DTYPE, found: self.dtype });
        }
        Ok(bytemuck::checked::cast_slice_mut(self.bytes_mut()))
    }

    /// The elements in row-major order, copied.
    ///
    /// # Errors
    /// [`ArrayError::DType`] if the elements are not of type `T`.
    pub fn to_vec<T: Element>(&self) -> Result<Vec<T>> {
        self.as_slice().map(<[T]>::to_vec)
    }

    /// The value of a scalar or of any array of one element.
    ///
    /// # Errors
    /// [`ArrayError::DType`] for another dtype, [`ArrayError::Shape`] for another count.
    pub fn to_scalar<T: Element>(&self) -> Result<T> {
        match self.as_slice()? {
            [value] => Ok(*value),
            _ => Err(ArrayError::Shape { expected: "one element".into(), found: self.shape.clone() }),
        }
    }

    /// The byte strings.
    ///
    /// # Errors
    /// [`ArrayError::DType`] if the array holds no strings.
    pub fn strings(&self) -> Result<&[Vec<u8>]> {
        match &self.data {
            Data::Strings(s) => Ok(s),
            Data::Bytes(_) => Err(ArrayError::DType { expected: DType::String, found: self.dtype }),
        }
    }

    /// The elements as native-endian bytes; empty for strings.
    pub fn bytes(&self) -> &[u8] {
        match &self.data {
            Data::Bytes(b) => b.as_bytes(),
            Data::Strings(_) => &[],
        }
    }

    /// The elements as bytes, to write; copied first if shared. Empty for strings. A bool must be left 0 or 1.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        match &mut self.data {
            Data::Bytes(b) => Arc::make_mut(b).as_bytes_mut(),
            Data::Strings(_) => &mut [],
        }
    }

    /// The same elements under another shape, shared.
    ///
    /// # Errors
    /// [`ArrayError::Length`] if the number of elements differs.
    pub fn reshape(&self, shape: impl Into<Shape>) -> Result<Array> {
        let shape = shape.into();
        check_length(&shape, self.len())?;
        Ok(Array { dtype: self.dtype, shape, data: self.data.clone() })
    }
}

/// Arrays are equal if dtype, shape and every element are; NaN equals nothing.
impl PartialEq for Array {
    fn eq(&self, other: &Self) -> bool {
        if self.dtype != other.dtype || self.shape != other.shape {
            return false;
        }
        match (&self.data, &other.data) {
            (Data::Strings(a), Data::Strings(b)) => a == b,
            _ if self.dtype.is_float() => self.to_f64s() == other.to_f64s(),
            _ => self.bytes() == other.bytes(),
        }
    }
}

fn check_length(shape: &Shape, found: usize) -> Result<()> {
    match shape.checked_elements() {
        Some(n) if n == found => Ok(()),
        Some(expected) => Err(ArrayError::Length { shape: shape.clone(), expected, found }),
        None => Err(ArrayError::TooLarge { shape: shape.clone() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_is_checked() {
        let e = Array::new([2, 3], &[1.0f32; 5]).unwrap_err();
        assert_eq!(e.to_string(), "shape [2,3] holds 6 elements, but 5 were given");
    }

    #[test]
    fn absurd_sizes_are_refused() {
        for shape in [vec![usize::MAX, 2], vec![1 << 62], vec![1 << 40], vec![1 << 20, 1 << 20]] {
            for dtype in [DType::F32, DType::F64, DType::String] {
                assert!(matches!(Array::zeros(dtype, shape.clone()), Err(ArrayError::TooLarge { .. })));
            }
        }
        let error = Array::zeros(DType::F32, [1 << 40]).unwrap_err();
        assert_eq!(error.to_string(), "an array of shape [1099511627776] is too large");
        assert_eq!(Array::zeros(DType::F32, [1 << 40, 0]).unwrap().len(), 0);
    }

    #[test]
    fn dtype_is_checked() {
        let a = Array::scalar(1i32);
        assert_eq!(a.as_slice::<f32>().unwrap_err().to_string(), "expected an array of f32, found i32");
    }

    #[test]
    fn clones_share_until_written() {
        let a = Array::new([2], &[1.0f32, 2.0]).unwrap();
        let mut b = a.clone();
        b.as_mut_slice::<f32>().unwrap()[0] = 5.0;
        assert_eq!(a.as_slice::<f32>().unwrap(), [1.0, 2.0]);
        assert_eq!(b.as_slice::<f32>().unwrap(), [5.0, 2.0]);
    }

    #[test]
    fn hostile_bools_are_refused() {
        let mut buffer = Buffer::zeroed(2);
        buffer.as_bytes_mut()[1] = 7;
        assert!(Array::from_buffer(DType::Bool, [2], buffer).is_err());
    }

    #[test]
    fn nan_differs_from_itself() {
        assert_ne!(Array::scalar(f32::NAN), Array::scalar(f32::NAN));
        assert_eq!(Array::scalar(0.0f32), Array::scalar(-0.0f32));
    }
}
