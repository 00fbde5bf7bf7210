use ferroflow_array::DType;
use std::fmt;

/// An element type, by TensorFlow's number of it; there are more than arrays have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DataType(pub i32);

const KNOWN: [(i32, DType); 12] = [
    (1, DType::F32),
    (2, DType::F64),
    (3, DType::I32),
    (4, DType::U8),
    (5, DType::I16),
    (6, DType::I8),
    (7, DType::String),
    (9, DType::I64),
    (10, DType::Bool),
    (14, DType::Bf16),
    (17, DType::U16),
    (19, DType::F16),
];

const OTHERS: [(i32, &str); 9] = [
    (8, "complex64"),
    (11, "qint8"),
    (12, "quint8"),
    (13, "qint32"),
    (15, "qint16"),
    (16, "quint16"),
    (18, "complex128"),
    (22, "uint32"),
    (23, "uint64"),
];

impl DataType {
    /// The dtype of arrays that is the same; `None` if there is none.
    pub fn dtype(self) -> Option<DType> {
        KNOWN.iter().find(|(number, _)| *number == self.0).map(|(_, dtype)| *dtype)
    }
}

impl From<DType> for DataType {
    fn from(dtype: DType) -> Self {
        DataType(KNOWN.iter().find(|(_, known)| *known == dtype).map_or(0, |(number, _)| *number))
    }
}

/// TensorFlow's name, such as `float32`.
impl fmt::Display for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let other = || OTHERS.iter().find(|(number, _)| *number == self.0).map(|(_, name)| *name);
        match self.dtype().map(DType::tensorflow_name).or_else(other) {
            Some(name) => f.pad(name),
            None => write!(f, "dtype {}", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dtype_has_a_number() {
        for dtype in DType::ALL {
            assert_eq!(DataType::from(dtype).dtype(), Some(dtype));
        }
        assert_eq!(DataType(8).to_string(), "complex64");
        assert_eq!(DataType(99).to_string(), "dtype 99");
    }
}
