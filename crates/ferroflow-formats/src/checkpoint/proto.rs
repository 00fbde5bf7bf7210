//! The messages in checkpoints.

use super::DataType;
use crate::{Error, Result};
use ferroflow_array::Shape;
use std::path::Path;

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Versions {
    #[prost(int32, tag = "1")]
    pub(super) producer: i32,
    #[prost(int32, tag = "2")]
    pub(super) min_consumer: i32,
}

/// What stands under the empty key of a table of the second version.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Header {
    #[prost(int32, tag = "1")]
    pub(super) num_shards: i32,
    /// 0 for little-endian elements.
    #[prost(int32, tag = "2")]
    pub(super) endianness: i32,
    #[prost(message, optional, tag = "3")]
    pub(super) version: Option<Versions>,
}

/// Where a tensor lies, or of which slices it is made.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Entry {
    #[prost(int32, tag = "1")]
    pub(super) dtype: i32,
    #[prost(message, optional, tag = "2")]
    pub(super) shape: Option<TensorShape>,
    #[prost(int32, tag = "3")]
    pub(super) shard_id: i32,
    #[prost(int64, tag = "4")]
    pub(super) offset: i64,
    #[prost(int64, tag = "5")]
    pub(super) size: i64,
    #[prost(fixed32, tag = "6")]
    pub(super) crc32c: u32,
    #[prost(message, repeated, tag = "7")]
    pub(super) slices: Vec<TensorSlice>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct TensorShape {
    #[prost(message, repeated, tag = "2")]
    pub(super) dim: Vec<Dim>,
    #[prost(bool, tag = "3")]
    pub(super) unknown_rank: bool,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Dim {
    #[prost(int64, tag = "1")]
    pub(super) size: i64,
}

/// A part of a tensor: an extent for each of its dimensions.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct TensorSlice {
    #[prost(message, repeated, tag = "1")]
    pub(super) extent: Vec<Extent>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Extent {
    #[prost(int64, tag = "1")]
    pub(super) start: i64,
    /// `None` for all of the dimension.
    #[prost(int64, optional, tag = "2")]
    pub(super) length: Option<i64>,
}

/// A value of a table of the first version: what there is under the empty key, and slices under the others.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct SavedTensorSlices {
    #[prost(message, optional, tag = "1")]
    pub(super) meta: Option<SavedMeta>,
    #[prost(message, optional, tag = "2")]
    pub(super) data: Option<SavedSlice>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct SavedMeta {
    #[prost(message, repeated, tag = "1")]
    pub(super) tensor: Vec<SavedSliceMeta>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct SavedSliceMeta {
    #[prost(string, tag = "1")]
    pub(super) name: String,
    #[prost(message, optional, tag = "2")]
    pub(super) shape: Option<TensorShape>,
    #[prost(int32, tag = "3")]
    pub(super) dtype: i32,
    #[prost(message, repeated, tag = "4")]
    pub(super) slice: Vec<TensorSlice>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct SavedSlice {
    #[prost(message, optional, tag = "3")]
    pub(super) data: Option<TensorValues>,
}

/// The elements of a tensor, in the field of their kind.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct TensorValues {
    #[prost(bytes = "vec", tag = "4")]
    pub(super) content: Vec<u8>,
    #[prost(float, repeated, tag = "5")]
    pub(super) floats: Vec<f32>,
    #[prost(double, repeated, tag = "6")]
    pub(super) doubles: Vec<f64>,
    #[prost(int32, repeated, tag = "7")]
    pub(super) ints: Vec<i32>,
    #[prost(bytes = "vec", repeated, tag = "8")]
    pub(super) strings: Vec<Vec<u8>>,
    #[prost(int64, repeated, tag = "10")]
    pub(super) longs: Vec<i64>,
    #[prost(bool, repeated, tag = "11")]
    pub(super) bools: Vec<bool>,
    /// Bits of 16-bit floats.
    #[prost(int32, repeated, tag = "13")]
    pub(super) halves: Vec<i32>,
}

const MOST_DIMENSIONS: usize = 64;

impl TensorShape {
    pub(super) fn of(shape: &Shape) -> Self {
        let dim = shape.iter().map(|&d| Dim { size: d as i64 }).collect();
        TensorShape { dim, unknown_rank: false }
    }

    /// The shape, of which `path` tells, if an array can have it: of no more dimensions than NumPy's, and with bytes
    /// that can be counted even where a dimension of size 0 leaves none.
    pub(super) fn read(shape: Option<&Self>, path: &Path) -> Result<Shape> {
        let Some(shape) = shape else { return Ok(Shape::scalar()) };
        let dims = shape.dim.iter().map(|d| usize::try_from(d.size).ok()).collect::<Option<Shape>>();
        let bytes = |s: &Shape| s.iter().try_fold(8isize, |n, &d| n.checked_mul(isize::try_from(d.max(1)).ok()?));
        let counted = dims.filter(|s| s.rank() <= MOST_DIMENSIONS && bytes(s).is_some() && !shape.unknown_rank);
        counted.ok_or_else(|| Error::damaged(path, format!("{shape:?} is no shape")))
    }
}

/// The message in `bytes`.
pub(super) fn decode<M: prost::Message + Default>(bytes: &[u8], path: &Path) -> Result<M> {
    M::decode(bytes).map_err(|e| Error::damaged(path, format!("a message is damaged: {e}")))
}

/// The dtype of arrays that is the same as `number`.
pub(super) fn dtype(number: i32, path: &Path) -> Result<ferroflow_array::DType> {
    DataType(number).dtype().ok_or_else(|| Error::Unsupported {
        path: path.display().to_string(),
        why: format!("there are no arrays of {}", DataType(number)),
    })
}
