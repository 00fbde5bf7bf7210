use ferroflow_array::{DType, Shape};
use ferroflow_graph::{NodeId, Outlet};
use smallvec::SmallVec;

/// What a run asks for: the outlets to fetch, the operations to run, and what is fed, of which shapes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Request {
    /// Outlets whose values are handed out.
    pub fetches: SmallVec<[Outlet; 4]>,
    /// Operations that are run.
    pub targets: SmallVec<[NodeId; 2]>,
    /// Outlets whose values are given.
    pub feeds: SmallVec<[FeedSpec; 4]>,
    /// Operations with effects that an earlier stage of the same run has done.
    pub done: Vec<NodeId>,
}

/// What is known of a fed value when the program is made.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FeedSpec {
    /// The outlet fed.
    pub outlet: Outlet,
    /// The dtype of the value.
    pub dtype: DType,
    /// The shape of the value.
    pub shape: Shape,
    /// The value itself, where shapes depend on it; of floats, the bits as `f64`.
    pub value: Option<Vec<i64>>,
}
