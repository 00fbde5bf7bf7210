use super::proto::{self, SavedTensorSlices, TensorShape, TensorValues};
use super::reader::Stored;
use super::slice::{self, Slice};
use super::{DataType, ordered_code};
use crate::table::Table;
use crate::{Error, Result};
use ferroflow_array::{Array, ArrayError, Buffer, DType, Element, Shape, bf16, f16};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A checkpoint of the first version: tables of slices of tensors.
pub(super) struct SavedSlices {
    prefix: PathBuf,
    tables: Vec<Table>,
    tensors: BTreeMap<String, Saved>,
}

struct Saved {
    stored: Stored,
    /// Each with the table that it is in.
    slices: Vec<(usize, proto::TensorSlice)>,
}

impl SavedSlices {
    /// The checkpoint that lies in `files`.
    pub(super) fn open(prefix: &Path, files: &[PathBuf]) -> Result<SavedSlices> {
        let tables = files.iter().map(|f| Table::open(f)).collect::<Result<Vec<_>>>()?;
        let mut tensors = BTreeMap::<String, Saved>::new();
        for (at, table) in tables.iter().enumerate() {
            let path = table.source().path();
            let value = table.get(&[])?.ok_or_else(|| Error::damaged(path, "it does not tell what it holds"))?;
            let meta = proto::decode::<SavedTensorSlices>(&value, path)?.meta.unwrap_or_default();
            for tensor in meta.tensor {
                let shape = TensorShape::read(tensor.shape.as_ref(), path).map_err(|e| e.of(&tensor.name))?;
                let stored = Stored { dtype: DataType(tensor.dtype), shape };
                let slices = tensor.slice.into_iter().map(|slice| (at, slice));
                let known = tensors
                    .entry(tensor.name.clone())
                    .or_insert_with(|| Saved { stored: stored.clone(), slices: Vec::new() });
                if known.stored != stored {
                    return Err(Error::damaged(path, "its shape is another in another file").of(&tensor.name));
                }
                known.slices.extend(slices);
            }
        }
        Ok(SavedSlices { prefix: prefix.to_owned(), tables, tensors })
    }

    pub(super) fn tensors(&self) -> BTreeMap<String, Stored> {
        self.tensors.iter().map(|(name, saved)| (name.clone(), saved.stored.clone())).collect()
    }

    pub(super) fn read(&self, name: &str) -> Result<Array> {
        let missing = || Error::Missing { name: name.to_owned(), prefix: self.prefix.display().to_string() };
        let saved = self.tensors.get(name).ok_or_else(missing)?;
        let path = &self.prefix;
        let dtype = proto::dtype(saved.stored.dtype.0, path)?;
        let shape = &saved.stored.shape;
        let (homes, slices): (Vec<_>, Vec<_>) = saved.slices.iter().cloned().unzip();
        let slices = slice::read_all(&slices, shape, path)?;
        slice::assemble(dtype, shape, &slices, path, |i, slice| self.part(name, dtype, slice, &self.tables[homes[i]]))
    }

    fn part(&self, name: &str, dtype: DType, slice: &Slice, table: &Table) -> Result<Array> {
        let path = table.source().path();
        let value = table.get(&ordered_code::slice_key(name, slice))?;
        let value = value.ok_or_else(|| Error::damaged(path, "one of its slices is not there"))?;
        let data = proto::decode::<SavedTensorSlices>(&value, path)?.data.and_then(|slice| slice.data);
        let data = data.ok_or_else(|| Error::damaged(path, "one of its slices has no values"))?;
        array(dtype, slice.shape().clone(), data).map_err(|e| Error::damaged(path, e.to_string()))
    }
}

/// The elements, which stand in the field of their kind or all in `content`.
fn array(dtype: DType, shape: Shape, values: TensorValues) -> Result<Array, ArrayError> {
    fn of<T: Element, S: Copy>(shape: Shape, stored: &[S], convert: impl Fn(S) -> T) -> Result<Array, ArrayError> {
        Array::new(shape, &stored.iter().map(|v| convert(*v)).collect::<Vec<T>>())
    }
    if !values.content.is_empty() && dtype != DType::String {
        // The file held these bytes already.
        let mut buffer = Buffer::zeroed(values.content.len());
        buffer.as_bytes_mut().copy_from_slice(&values.content);
        return Array::from_buffer(dtype, shape, buffer);
    }
    match dtype {
        DType::F16 => of(shape, &values.halves, |v| f16::from_bits(v as u16)),
        DType::Bf16 => of(shape, &values.halves, |v| bf16::from_bits(v as u16)),
        DType::F32 => Array::new(shape, &values.floats),
        DType::F64 => Array::new(shape, &values.doubles),
        DType::I8 => of(shape, &values.ints, |v| v as i8),
        DType::I16 => of(shape, &values.ints, |v| v as i16),
        DType::I32 => Array::new(shape, &values.ints),
        DType::I64 => Array::new(shape, &values.longs),
        DType::U8 => of(shape, &values.ints, |v| v as u8),
        DType::U16 => of(shape, &values.ints, |v| v as u16),
        DType::Bool => Array::new(shape, &values.bools),
        _ => Array::from_strings(shape, values.strings),
    }
}
