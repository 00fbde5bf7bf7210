//! Summaries: values with tags, as TensorBoard shows them.

use crate::checkpoint::DataType;
use crate::{Error, Result};
use ferroflow_array::{Array, DType};
use prost::Message;

/// Values of one step.
#[derive(Clone, PartialEq, Message)]
pub struct Summary {
    /// The values.
    #[prost(message, repeated, tag = "1")]
    pub value: Vec<Value>,
}

/// A value.
#[derive(Clone, PartialEq, Message)]
pub struct Value {
    /// The name under which it is shown.
    #[prost(string, tag = "1")]
    pub tag: String,
    /// The operation that it is of, if one is named.
    #[prost(string, tag = "7")]
    pub node_name: String,
    /// Who is to show it.
    #[prost(message, optional, tag = "9")]
    pub metadata: Option<Metadata>,
    /// The value itself.
    #[prost(oneof = "Content", tags = "2, 3, 4, 5, 6, 8")]
    pub content: Option<Content>,
}

/// The kinds of values.
#[derive(Clone, PartialEq, prost::Oneof)]
pub enum Content {
    /// A number.
    #[prost(float, tag = "2")]
    SimpleValue(f32),
    /// A histogram in a form of old.
    #[prost(bytes, tag = "3")]
    Obsolete(Vec<u8>),
    /// An image.
    #[prost(message, tag = "4")]
    Image(Image),
    /// A histogram.
    #[prost(message, tag = "5")]
    Histogram(HistogramProto),
    /// A sound.
    #[prost(message, tag = "6")]
    Audio(Audio),
    /// A tensor: a `TensorProto`, encoded.
    #[prost(message, tag = "8")]
    Tensor(TensorProto),
}

/// Which part of TensorBoard is to show a value.
#[derive(Clone, PartialEq, Message)]
pub struct Metadata {
    /// The part, and what it is told.
    #[prost(message, optional, tag = "1")]
    pub plugin: Option<Plugin>,
    /// What stands above it.
    #[prost(string, tag = "2")]
    pub display_name: String,
    /// What it is.
    #[prost(string, tag = "3")]
    pub description: String,
}

/// A part of TensorBoard.
#[derive(Clone, PartialEq, Message)]
pub struct Plugin {
    /// Its name.
    #[prost(string, tag = "1")]
    pub name: String,
    /// What it is told.
    #[prost(bytes = "vec", tag = "2")]
    pub content: Vec<u8>,
}

/// An image.
#[derive(Clone, PartialEq, Message)]
pub struct Image {
    /// Rows.
    #[prost(int32, tag = "1")]
    pub height: i32,
    /// Columns.
    #[prost(int32, tag = "2")]
    pub width: i32,
    /// 1 for shades, 3 for colours, 4 for colours with transparency.
    #[prost(int32, tag = "3")]
    pub colorspace: i32,
    /// The image as a file, PNG for one.
    #[prost(bytes = "vec", tag = "4")]
    pub encoded: Vec<u8>,
}

/// How values are distributed.
#[derive(Clone, PartialEq, Message)]
pub struct HistogramProto {
    /// The least.
    #[prost(double, tag = "1")]
    pub min: f64,
    /// The largest.
    #[prost(double, tag = "2")]
    pub max: f64,
    /// How many there are.
    #[prost(double, tag = "3")]
    pub num: f64,
    /// Their sum.
    #[prost(double, tag = "4")]
    pub sum: f64,
    /// The sum of their squares.
    #[prost(double, tag = "5")]
    pub sum_squares: f64,
    /// The end of each bucket, where the next one begins.
    #[prost(double, repeated, tag = "6")]
    pub bucket_limit: Vec<f64>,
    /// How many values are in each.
    #[prost(double, repeated, tag = "7")]
    pub bucket: Vec<f64>,
}

/// A sound.
#[derive(Clone, PartialEq, Message)]
pub struct Audio {
    /// Samples a second.
    #[prost(float, tag = "1")]
    pub sample_rate: f32,
    /// Channels.
    #[prost(int64, tag = "2")]
    pub channels: i64,
    /// Samples of each channel.
    #[prost(int64, tag = "3")]
    pub length: i64,
    /// The sound as a file.
    #[prost(bytes = "vec", tag = "4")]
    pub encoded: Vec<u8>,
    /// The kind of the file.
    #[prost(string, tag = "5")]
    pub content_type: String,
}

/// A tensor.
#[derive(Clone, PartialEq, Message)]
pub struct TensorProto {
    /// TensorFlow's number of the dtype.
    #[prost(int32, tag = "1")]
    pub dtype: i32,
    /// The shape.
    #[prost(message, optional, tag = "2")]
    pub shape: Option<Dims>,
    /// The elements, but for strings.
    #[prost(bytes = "vec", tag = "4")]
    pub content: Vec<u8>,
    /// The elements of a tensor of strings.
    #[prost(bytes = "vec", repeated, tag = "8")]
    pub strings: Vec<Vec<u8>>,
}

/// The shape of a tensor.
#[derive(Clone, PartialEq, Message)]
pub struct Dims {
    /// The dimensions.
    #[prost(message, repeated, tag = "2")]
    pub dim: Vec<Dim>,
}

/// A dimension.
#[derive(Clone, PartialEq, Message)]
pub struct Dim {
    /// Its size.
    #[prost(int64, tag = "1")]
    pub size: i64,
}

impl Summary {
    /// A summary of one value.
    pub fn of(tag: impl Into<String>, content: Content) -> Self {
        let value = Value { tag: tag.into(), content: Some(content), ..Value::default() };
        Summary { value: vec![value] }
    }

    /// Reads a summary.
    ///
    /// # Errors
    /// If the bytes are none.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        Summary::decode(bytes).map_err(|e| Error::Invalid(format!("no summary: {e}")))
    }

    /// The summary, encoded.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.encode_to_vec()
    }

    /// One summary of the values of all of these.
    ///
    /// # Errors
    /// If one is no summary, or a tag is there twice.
    pub fn merge<'a>(summaries: impl IntoIterator<Item = &'a [u8]>) -> Result<Self> {
        let mut merged = Summary::default();
        for bytes in summaries {
            merged.value.extend(Summary::parse(bytes)?.value);
        }
        let mut tags: Vec<&str> = merged.value.iter().map(|v| v.tag.as_str()).filter(|t| !t.is_empty()).collect();
        tags.sort_unstable();
        match tags.windows(2).find(|pair| pair[0] == pair[1]) {
            Some([tag, _]) => Err(Error::Invalid(format!("duplicate tag {tag} found in summary inputs"))),
            _ => Ok(merged),
        }
    }
}

impl Metadata {
    /// Reads metadata.
    ///
    /// # Errors
    /// If the bytes are none.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        Metadata::decode(bytes).map_err(|e| Error::Invalid(format!("no metadata of a summary: {e}")))
    }

    /// The metadata, encoded.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.encode_to_vec()
    }
}

impl From<&Array> for TensorProto {
    fn from(array: &Array) -> Self {
        let dim = array.shape().iter().map(|&d| Dim { size: d as i64 }).collect();
        let (content, strings) = match array.dtype() {
            DType::String => (Vec::new(), array.strings().unwrap_or_default().to_vec()),
            _ => (array.bytes().to_vec(), Vec::new()),
        };
        TensorProto { dtype: DataType::from(array.dtype()).0, shape: Some(Dims { dim }), content, strings }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_are_merged_unless_a_tag_is_there_twice() {
        let of = |tag: &str| Summary::of(tag, Content::SimpleValue(0.0)).encode_to_vec();
        let (a, b) = (of("a"), of("b"));
        // Field 1, of 8 bytes: the tag, and the number though it is 0.
        assert_eq!(a, [10, 8, 10, 1, b'a', 21, 0, 0, 0, 0]);
        let merged = Summary::merge([&a[..], &b]).unwrap();
        assert_eq!(merged.encode_to_vec(), [a.clone(), b].concat());
        assert_eq!(Summary::merge([&a[..], &a]).unwrap_err().to_string(), "duplicate tag a found in summary inputs");
        assert!(Summary::merge([&[255u8][..]]).is_err());
    }
}
