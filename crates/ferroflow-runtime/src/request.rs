use crate::{Error, Fetch, Result};
use ferroflow_array::{DType, Shape};
use ferroflow_graph::{Effect, Fact, Graph, NodeId, Outlet, Tensor};
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
    /// Choices that an earlier stage of the same run has made.
    pub chosen: Vec<(NodeId, bool)>,
    /// Whether the random numbers drawn are wanted, to run backwards over them.
    pub record: bool,
}

/// What a value is fed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Given {
    /// An outlet, by whoever makes the request.
    Fed(Outlet),
    /// An outlet that an earlier stage of the same run has computed.
    Handed(Outlet),
    /// What a variable held after an earlier stage's write, or before the run.
    Version(NodeId, Option<NodeId>),
}

impl Given {
    /// The outlet, unless it is a version of a variable.
    pub fn outlet(self) -> Option<Outlet> {
        match self {
            Given::Fed(outlet) | Given::Handed(outlet) => Some(outlet),
            Given::Version(..) => None,
        }
    }
}

/// What is known of a fed value when the program is made.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FeedSpec {
    /// What it is fed for.
    pub given: Given,
    /// The dtype of the value.
    pub dtype: DType,
    /// The shape of the value.
    pub shape: Shape,
    /// The value itself, where shapes depend on it; of floats, the bits as `f64`.
    pub value: Option<Vec<i64>>,
}

impl Request {
    /// Asks for `fetches`, with values for `fed` that [`Request::set_feed`] tells of.
    pub(crate) fn ask<'g>(
        &mut self,
        graph: &Graph,
        fetches: &impl Fetch,
        fed: impl IntoIterator<Item = Tensor<'g>>,
    ) -> Result<()> {
        fetches.ask(graph, self)?;
        for tensor in fed {
            if tensor.is_inert() {
                graph.check()?;
            }
            if tensor.is_inert() || !tensor.graph().same(graph) {
                return Err(Error::NotInGraph(format!(
                    "'{}' is not an element of this session's graph",
                    tensor.name()
                )));
            }
            let outlet = tensor.outlet();
            let given = Given::Fed(outlet);
            if self.feeds.iter().any(|f| f.given == given) {
                return Err(Error::FedTwice(tensor.name()));
            }
            self.feeds.push(FeedSpec { given, dtype: DType::F32, shape: Shape::scalar(), value: None });
        }
        // A variable that is fetched and fed has the value fed.
        for fetch in self.fetches.iter_mut().filter(|_| !self.feeds.is_empty()) {
            let is_variable = graph.with_dag(|dag| dag.node(fetch.node).op.effect() == Effect::Variable);
            let variable = is_variable.then(|| graph.variable_of(graph.tensor_at(*fetch))).flatten();
            let read = variable.map(|v| v.value().outlet());
            if let Some(read) = read.filter(|read| self.feeds.iter().any(|f| f.given == Given::Fed(*read))) {
                *fetch = read;
            }
        }
        Ok(())
    }

    /// Tells of the value of feed `i`, which must fit its tensor.
    pub(crate) fn set_feed(&mut self, graph: &Graph, i: usize, dtype: DType, shape: &Shape) -> Result<()> {
        let feed = &mut self.feeds[i];
        let Some(outlet) = feed.given.outlet() else { return Ok(()) };
        let fits = |fact: &Fact| fact.dtype == dtype && fact.shape.accepts(shape);
        if !graph.with_dag(|dag| fits(dag.fact(outlet))) {
            let tensor = graph.tensor_at(outlet);
            Error::unfit(|| tensor.name(), tensor.fact(), dtype, shape).map_or(Ok(()), Err)?;
        }
        feed.dtype = dtype;
        feed.shape.clone_from(shape);
        Ok(())
    }
}
