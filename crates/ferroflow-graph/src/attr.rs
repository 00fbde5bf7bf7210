//! Attributes: what an op knows besides its inputs, in a form that can be printed, compared and read back.

use crate::{OpError, OpResult};
use ferroflow_array::{Array, DType, PartialShape, Shape};

/// The value of an attribute.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum Attr {
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(String),
    DType(DType),
    Shape(PartialShape),
    Ints(Vec<i64>),
    Strs(Vec<String>),
    DTypes(Vec<DType>),
    Array(Array),
}

/// Attributes by name, in the op's order.
pub type Attrs = Vec<(&'static str, Attr)>;

/// Attributes by name, as read from text or a file.
#[derive(Clone, Debug, Default)]
pub struct AttrMap(pub Vec<(String, Attr)>);

impl AttrMap {
    /// The attribute `name` as a `T`.
    ///
    /// # Errors
    /// If it is missing or of another type.
    pub fn get<T: AttrValue>(&self, name: &str) -> OpResult<T> {
        let found = self.0.iter().find(|(n, _)| n == name);
        let (_, attr) = found.ok_or_else(|| OpError::value(format!("missing attribute `{name}`")))?;
        T::from_attr(attr).ok_or_else(|| OpError::value(format!("attribute `{name}` cannot be {attr:?}")))
    }
}

/// A Rust type that stands in an op's struct and can be an attribute.
pub trait AttrValue: Sized {
    /// As an attribute.
    fn to_attr(&self) -> Attr;
    /// From an attribute, if it is of the right type.
    fn from_attr(attr: &Attr) -> Option<Self>;
}

macro_rules! attr_values {
    ($($t:ty => $v:ident),* $(,)?) => {$(
        impl AttrValue for $t {
            fn to_attr(&self) -> Attr {
                Attr::$v(self.clone())
            }

            fn from_attr(attr: &Attr) -> Option<Self> {
                match attr {
                    Attr::$v(v) => Some(v.clone()),
                    _ => None,
                }
            }
        }
    )*};
}

attr_values! {
    bool => Bool, i64 => Int, String => Str, DType => DType, PartialShape => Shape,
    Vec<i64> => Ints, Vec<String> => Strs, Vec<DType> => DTypes, Array => Array,
}

impl AttrValue for f64 {
    fn to_attr(&self) -> Attr {
        Attr::Float(*self)
    }

    fn from_attr(attr: &Attr) -> Option<Self> {
        match attr {
            Attr::Float(v) => Some(*v),
            Attr::Int(v) => Some(*v as f64),
            _ => None,
        }
    }
}

impl AttrValue for usize {
    fn to_attr(&self) -> Attr {
        Attr::Int(*self as i64)
    }

    fn from_attr(attr: &Attr) -> Option<Self> {
        match attr {
            Attr::Int(v) => usize::try_from(*v).ok(),
            _ => None,
        }
    }
}

impl AttrValue for Vec<usize> {
    fn to_attr(&self) -> Attr {
        Attr::Ints(self.iter().map(|&v| v as i64).collect())
    }

    fn from_attr(attr: &Attr) -> Option<Self> {
        match attr {
            Attr::Ints(v) => v.iter().map(|&v| usize::try_from(v).ok()).collect(),
            _ => None,
        }
    }
}

impl AttrValue for Shape {
    fn to_attr(&self) -> Attr {
        Attr::Shape(self.into())
    }

    fn from_attr(attr: &Attr) -> Option<Self> {
        match attr {
            Attr::Shape(v) => v.to_shape(),
            _ => None,
        }
    }
}

/// Declares an op's struct with its attributes: derives the conversions to and from [`Attrs`] and the type name.
///
/// `op! { /// doc  pub struct MatMul("MatMul") { transpose_a: bool, transpose_b: bool } }`
#[macro_export]
macro_rules! op {
    ($(#[$meta:meta])* $vis:vis struct $name:ident($type:literal) { $($(#[$fmeta:meta])* $field:ident: $t:ty),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        $vis struct $name {
            $($(#[$fmeta])* pub $field: $t,)*
        }

        impl $crate::OpAttrs for $name {
            const TYPE: &'static str = $type;

            fn to_attrs(&self) -> $crate::Attrs {
                vec![$((stringify!($field), $crate::AttrValue::to_attr(&self.$field)),)*]
            }

            fn from_attrs(_attrs: &$crate::AttrMap) -> $crate::OpResult<Self> {
                Ok($name { $($field: _attrs.get(stringify!($field))?,)* })
            }
        }
    };
}

/// The attribute half of an op, written by [`op!`](macro@crate::op).
pub trait OpAttrs: Sized {
    /// The op's type name, TensorFlow's where it has one.
    const TYPE: &'static str;
    /// The attributes.
    fn to_attrs(&self) -> Attrs;
    /// The op of these attributes.
    ///
    /// # Errors
    /// If an attribute is missing or of the wrong type.
    fn from_attrs(attrs: &AttrMap) -> OpResult<Self>;
}

/// A fieldless enum as a string attribute: `attr_enum! { Padding { Same = "SAME", Valid = "VALID" } }`.
#[macro_export]
macro_rules! attr_enum {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $text:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$vmeta])* $variant,)*
        }

        impl $crate::AttrValue for $name {
            fn to_attr(&self) -> $crate::Attr {
                $crate::Attr::Str(match self { $($name::$variant => $text,)* }.to_owned())
            }

            fn from_attr(attr: &$crate::Attr) -> Option<Self> {
                match attr {
                    $($crate::Attr::Str(s) if s == $text => Some($name::$variant),)*
                    _ => None,
                }
            }
        }
    };
}
