use smallvec::SmallVec;
use std::fmt;
use std::ops::Deref;

/// The sizes of an array's dimensions, outermost first. A scalar has none.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Shape(SmallVec<[usize; 4]>);

impl Shape {
    /// The shape of a scalar.
    pub fn scalar() -> Self {
        Shape::default()
    }

    /// Number of dimensions.
    pub fn rank(&self) -> usize {
        self.0.len()
    }

    /// Number of elements; 1 for a scalar. Saturates at `usize::MAX`.
    pub fn num_elements(&self) -> usize {
        self.checked_elements().unwrap_or(usize::MAX)
    }

    /// Number of elements, or `None` if the product overflows.
    pub fn checked_elements(&self) -> Option<usize> {
        if self.0.contains(&0) {
            return Some(0);
        }
        self.0.iter().try_fold(1usize, |n, &d| n.checked_mul(d))
    }

    /// The sizes as a slice.
    pub fn dims(&self) -> &[usize] {
        &self.0
    }

    /// Elements between neighbours along each dimension, in row-major order.
    pub fn strides(&self) -> SmallVec<[usize; 4]> {
        let mut strides: SmallVec<[usize; 4]> = SmallVec::from_elem(1, self.rank());
        for i in (1..self.rank()).rev() {
            strides[i - 1] = strides[i].saturating_mul(self.0[i].max(1));
        }
        strides
    }
}

impl Deref for Shape {
    type Target = [usize];

    fn deref(&self) -> &[usize] {
        &self.0
    }
}

impl From<&[usize]> for Shape {
    fn from(dims: &[usize]) -> Self {
        Shape(SmallVec::from_slice(dims))
    }
}

impl From<Vec<usize>> for Shape {
    fn from(dims: Vec<usize>) -> Self {
        Shape(SmallVec::from_vec(dims))
    }
}

impl<const N: usize> From<[usize; N]> for Shape {
    fn from(dims: [usize; N]) -> Self {
        Shape(SmallVec::from_slice(&dims))
    }
}

impl From<&Shape> for Shape {
    fn from(shape: &Shape) -> Self {
        shape.clone()
    }
}

impl From<()> for Shape {
    fn from(_: ()) -> Self {
        Shape::scalar()
    }
}

impl From<usize> for Shape {
    fn from(n: usize) -> Self {
        Shape::from([n])
    }
}

impl FromIterator<usize> for Shape {
    fn from_iter<I: IntoIterator<Item = usize>>(iter: I) -> Self {
        Shape(iter.into_iter().collect())
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[")?;
        for (i, d) in self.0.iter().enumerate() {
            let comma = if i > 0 { "," } else { "" };
            write!(f, "{comma}{d}")?;
        }
        f.write_str("]")
    }
}

impl fmt::Debug for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What is known of a shape before running: nothing, the rank, or some or all of the sizes.
///
/// Displayed as `[?,784]`; an unknown rank as `?`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PartialShape(Option<SmallVec<[Option<usize>; 4]>>);

impl PartialShape {
    /// Nothing is known, not even the rank.
    pub fn unknown() -> Self {
        PartialShape(None)
    }

    /// The rank is known, no size is.
    pub fn with_rank(rank: usize) -> Self {
        PartialShape(Some(SmallVec::from_elem(None, rank)))
    }

    /// The shape of a scalar.
    pub fn scalar() -> Self {
        PartialShape::with_rank(0)
    }

    /// The rank, if it is known.
    pub fn rank(&self) -> Option<usize> {
        self.0.as_ref().map(|d| d.len())
    }

    /// The sizes, if the rank is known.
    pub fn dims(&self) -> Option<&[Option<usize>]> {
        self.0.as_deref()
    }

    /// The size of dimension `i`, if it is known.
    pub fn dim(&self, i: usize) -> Option<usize> {
        self.0.as_ref().and_then(|d| d.get(i).copied().flatten())
    }

    /// The shape, if every size is known.
    pub fn to_shape(&self) -> Option<Shape> {
        self.0.as_ref()?.iter().copied().collect()
    }

    /// Whether every size is known.
    pub fn is_fully_known(&self) -> bool {
        self.0.as_ref().is_some_and(|d| d.iter().all(Option::is_some))
    }

    /// Number of elements, if every size is known (or one is known to be zero).
    pub fn num_elements(&self) -> Option<usize> {
        let dims = self.0.as_ref()?;
        if dims.contains(&Some(0)) {
            return Some(0);
        }
        dims.iter().try_fold(1usize, |n, d| n.checked_mul((*d)?))
    }

    /// Whether a value of shape `shape` fits.
    pub fn accepts(&self, shape: &Shape) -> bool {
        match &self.0 {
            None => true,
            Some(dims) => {
                dims.len() == shape.rank() && dims.iter().zip(shape.iter()).all(|(d, s)| d.is_none_or(|d| d == *s))
            }
        }
    }

    /// What both shapes know together, or `None` if they contradict each other.
    pub fn merge(&self, other: &PartialShape) -> Option<PartialShape> {
        let (Some(a), Some(b)) = (&self.0, &other.0) else {
            return Some(if self.0.is_some() { self.clone() } else { other.clone() });
        };
        if a.len() != b.len() {
            return None;
        }
        let dims = a.iter().zip(b).map(|(a, b)| match (a, b) {
            (Some(a), Some(b)) if a != b => Err(()),
            (a, b) => Ok(a.or(*b)),
        });
        dims.collect::<Result<_, _>>().ok().map(|d| PartialShape(Some(d)))
    }

    /// The part that is true of both shapes.
    pub fn common(&self, other: &PartialShape) -> PartialShape {
        match (&self.0, &other.0) {
            (Some(a), Some(b)) if a.len() == b.len() => {
                a.iter().zip(b).map(|(a, b)| if a == b { *a } else { None }).collect()
            }
            _ => PartialShape::unknown(),
        }
    }
}

impl FromIterator<Option<usize>> for PartialShape {
    fn from_iter<I: IntoIterator<Item = Option<usize>>>(iter: I) -> Self {
        PartialShape(Some(iter.into_iter().collect()))
    }
}

impl From<&Shape> for PartialShape {
    fn from(shape: &Shape) -> Self {
        shape.iter().map(|&d| Some(d)).collect()
    }
}

impl From<Shape> for PartialShape {
    fn from(shape: Shape) -> Self {
        PartialShape::from(&shape)
    }
}

impl fmt::Display for PartialShape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(dims) = &self.0 else { return f.write_str("?") };
        f.write_str("[")?;
        for (i, d) in dims.iter().enumerate() {
            let comma = if i > 0 { "," } else { "" };
            match d {
                Some(d) => write!(f, "{comma}{d}")?,
                None => write!(f, "{comma}?")?,
            }
        }
        f.write_str("]")
    }
}

impl fmt::Debug for PartialShape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What can stand where a partial shape is asked for: `[2, 3]`, `[None, Some(784)]`, a [`Shape`], or
/// `()` for an unknown rank.
pub trait IntoPartialShape {
    /// Converts.
    fn into_partial_shape(self) -> PartialShape;
}

impl IntoPartialShape for PartialShape {
    fn into_partial_shape(self) -> PartialShape {
        self
    }
}

impl IntoPartialShape for &PartialShape {
    fn into_partial_shape(self) -> PartialShape {
        self.clone()
    }
}

impl IntoPartialShape for Shape {
    fn into_partial_shape(self) -> PartialShape {
        self.into()
    }
}

impl IntoPartialShape for &Shape {
    fn into_partial_shape(self) -> PartialShape {
        self.into()
    }
}

impl IntoPartialShape for () {
    fn into_partial_shape(self) -> PartialShape {
        PartialShape::unknown()
    }
}

impl<const N: usize> IntoPartialShape for [usize; N] {
    fn into_partial_shape(self) -> PartialShape {
        self.into_iter().map(Some).collect()
    }
}

impl IntoPartialShape for &[usize] {
    fn into_partial_shape(self) -> PartialShape {
        self.iter().map(|&d| Some(d)).collect()
    }
}

impl<const N: usize> IntoPartialShape for [Option<usize>; N] {
    fn into_partial_shape(self) -> PartialShape {
        self.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn p(dims: &[Option<usize>]) -> PartialShape {
        dims.iter().copied().collect()
    }

    #[test]
    fn strides_are_row_major() {
        assert_eq!(Shape::from([2, 3, 4]).strides().as_slice(), [12, 4, 1]);
        assert_eq!(Shape::scalar().strides().as_slice(), [0usize; 0]);
    }

    #[test]
    fn element_counts() {
        assert_eq!(Shape::scalar().num_elements(), 1);
        assert_eq!(Shape::from([usize::MAX, 0, 2]).checked_elements(), Some(0));
        assert_eq!(Shape::from([usize::MAX, 2]).checked_elements(), None);
    }

    #[test]
    fn merge_keeps_what_is_known() {
        let a = p(&[None, Some(3)]);
        assert_eq!(a.merge(&p(&[Some(2), None])), Some(p(&[Some(2), Some(3)])));
        assert_eq!(a.merge(&p(&[Some(2), Some(4)])), None);
        assert_eq!(a.merge(&p(&[None])), None);
        assert_eq!(a.merge(&PartialShape::unknown()), Some(a.clone()));
    }

    #[test]
    fn accepts_by_known_sizes() {
        let a = p(&[None, Some(784)]);
        assert!(a.accepts(&Shape::from([50, 784])));
        assert!(!a.accepts(&Shape::from([50, 783])));
        assert!(!a.accepts(&Shape::from([784])));
        assert!(PartialShape::unknown().accepts(&Shape::from([1, 2, 3])));
    }

    #[test]
    fn display() {
        assert_eq!(p(&[None, Some(784)]).to_string(), "[?,784]");
        assert_eq!(PartialShape::unknown().to_string(), "?");
        assert_eq!(Shape::from([2, 3]).to_string(), "[2,3]");
    }
}
