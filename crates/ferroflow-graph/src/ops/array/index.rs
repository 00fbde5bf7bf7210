//! Indices as NumPy's basic indexing has them.

/// One item of an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Index {
    /// One index, counted from the end if negative; its dimension is left out.
    At(i64),
    /// From `begin` to before `end` in steps of `step`, each as far as can be if `None`.
    Range(Option<i64>, Option<i64>, i64),
    /// All dimensions not named.
    Ellipsis,
    /// A new dimension of size 1.
    NewAxis,
}

impl Index {
    /// The same range in steps of `step`, which may be negative.
    pub fn step(self, step: i64) -> Index {
        match self {
            Index::Range(begin, end, _) => Index::Range(begin, end, step),
            other => other,
        }
    }
}

impl From<i64> for Index {
    fn from(at: i64) -> Self {
        Index::At(at)
    }
}

impl From<i32> for Index {
    fn from(at: i32) -> Self {
        Index::At(at.into())
    }
}

impl From<std::ops::RangeFull> for Index {
    fn from(_: std::ops::RangeFull) -> Self {
        Index::Range(None, None, 1)
    }
}

macro_rules! ranges {
    ($($t:ty),*) => {$(
        impl From<std::ops::Range<$t>> for Index {
            fn from(r: std::ops::Range<$t>) -> Self {
                Index::Range(Some(r.start.into()), Some(r.end.into()), 1)
            }
        }

        impl From<std::ops::RangeFrom<$t>> for Index {
            fn from(r: std::ops::RangeFrom<$t>) -> Self {
                Index::Range(Some(r.start.into()), None, 1)
            }
        }

        impl From<std::ops::RangeTo<$t>> for Index {
            fn from(r: std::ops::RangeTo<$t>) -> Self {
                Index::Range(None, Some(r.end.into()), 1)
            }
        }
    )*};
}

ranges!(i32, i64);

/// An index of several items: `x.index(&ix![1, .., 2..5, Index::NewAxis, Index::from(..).step(-1)])`.
#[macro_export]
macro_rules! ix {
    ($($item:expr),* $(,)?) => {
        [$($crate::ops::Index::from($item)),*]
    };
}
