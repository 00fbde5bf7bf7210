use crate::cache::Programs;
use crate::execution::{Results, Values};
use crate::store::Store;
use crate::{Callable, Error, FeedValue, Feeds, Fetch, Request, Result};
use ferroflow_array::{Array, DType};
use ferroflow_graph::{Effect, Graph, Member, NodeId, Tensor, Variable, keys};
use ferroflow_kernels::{Limits, Pool, Precision};
use smallvec::SmallVec;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

/// How a session runs.
#[derive(Debug, Clone)]
pub struct SessionOptions {
    /// Threads that share the work of one run; 0 for as many as there are cores.
    pub threads: usize,
    /// Whether the optional passes of the compiler run. Without them every operation is computed as it was written: the
    /// reference that programs are tested against.
    pub optimize: bool,
    /// How products and convolutions of `f32` are computed; where `optimize` is not set, as the sums of products that they
    /// are, in `f32`.
    pub precision: Precision,
}

impl Default for SessionOptions {
    fn default() -> Self {
        SessionOptions { threads: 0, optimize: true, precision: Precision::default() }
    }
}

/// Runs parts of a graph, and keeps the values of its variables.
///
/// A session may be used from several threads at once. A run that may change variables has them for itself from its
/// beginning to its end, so that every run sees those of one moment. Only while it calls a function of the program
/// ([`Graph::host_call`]), which may run the session too, others pass.
pub struct Session {
    pub(crate) graph: Graph,
    pub(crate) pool: Pool,
    pub(crate) optimize: bool,
    /// None without optional passes.
    pub(crate) precision: Option<Precision>,
    pub(crate) store: RwLock<Store>,
    pub(crate) programs: Programs,
    pub(crate) entropy: u64,
}

impl Session {
    /// A session on `graph` with as many threads as there are cores.
    ///
    /// # Errors
    /// The first mistake made while the graph was built, or a value of `FERROFLOW_CPU` that cannot be followed.
    pub fn new(graph: &Graph) -> Result<Session> {
        Session::with_options(graph, &SessionOptions::default())
    }

    /// A session on `graph`.
    ///
    /// # Errors
    /// The first mistake made while the graph was built, or a value of `FERROFLOW_CPU` that cannot be followed.
    pub fn with_options(graph: &Graph, options: &SessionOptions) -> Result<Session> {
        graph.check()?;
        ferroflow_kernels::cpu::check()?;
        let nanos =
            std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.as_nanos() as u64);
        Ok(Session {
            graph: graph.clone(),
            pool: Pool::new(options.threads),
            optimize: options.optimize,
            precision: options.optimize.then_some(options.precision),
            store: RwLock::default(),
            programs: Programs::default(),
            entropy: nanos ^ (u64::from(std::process::id()) << 32),
        })
    }

    /// The graph.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// Threads that share the work of one run.
    pub fn threads(&self) -> usize {
        self.pool.threads()
    }

    /// Runs what `fetches` needs, and gives the fetched values in the same form.
    ///
    /// # Errors
    /// A mistake in the graph, a placeholder without a value, a variable without one, or what an operation reports.
    pub fn run<F: Fetch>(&self, fetches: F) -> Result<F::Output> {
        self.run_with(fetches, Feeds::new())
    }

    /// Runs what `fetches` needs, given values for some tensors; see [`feed!`](macro@crate::feed).
    ///
    /// # Errors
    /// As [`Session::run`], and a value that does not fit its tensor.
    pub fn run_with<'g, F: Fetch>(&self, fetches: F, feeds: impl Into<Feeds<'g>>) -> Result<F::Output> {
        let (mut request, mut values, mut results) = (Request::default(), Values::new(), Results::new());
        self.ask(&fetches, feeds, &mut request, &mut values)?;
        self.run_request(&mut request, &mut values, &mut results)?;
        Ok(fetches.take(&mut results.drain(..)))
    }

    /// As [`Session::run_with`], reading the values where they lie.
    ///
    /// # Errors
    /// As [`Session::run_with`].
    pub fn run_fed<'g, 'v, F: Fetch>(
        &self,
        fetches: F,
        feeds: impl IntoIterator<Item = (Tensor<'g>, FeedValue<'v>)>,
    ) -> Result<F::Output> {
        let (mut request, mut results) = (Request::default(), Results::new());
        let (tensors, mut values): (SmallVec<[Tensor<'g>; 4]>, Values<'v>) = feeds.into_iter().unzip();
        request.ask(&self.graph, &fetches, tensors)?;
        for (i, value) in values.iter().enumerate() {
            request.set_feed(&self.graph, i, value.dtype(), value.shape())?;
        }
        self.run_request(&mut request, &mut values, &mut results)?;
        Ok(fetches.take(&mut results.drain(..)))
    }

    /// Makes a run ready that is given values for `feeds`, to be called many times: what it costs beside its steps is a
    /// fraction of what [`Session::run_with`] costs. TensorFlow's `make_callable`.
    ///
    /// # Errors
    /// If something is not in the graph, or fed twice.
    pub fn make_callable<F: Fetch>(&self, fetches: F, feeds: &[Tensor<'_>]) -> Result<Callable<'_, F>> {
        let mut request = Request::default();
        request.ask(&self.graph, &fetches, feeds.iter().copied())?;
        Ok(Callable::new(self, fetches, request))
    }

    /// The program that [`Session::run_with`] would run, compiled if it is not yet, as a table. Of a request that needs
    /// several programs, the first.
    ///
    /// # Errors
    /// As [`Session::run_with`], but for what only running can tell.
    pub fn explain<'g, F: Fetch>(&self, fetches: F, feeds: impl Into<Feeds<'g>>) -> Result<crate::ProgramTable> {
        let mut request = Request::default();
        self.ask(&fetches, feeds, &mut request, &mut Values::new())?;
        let stage = self.stage(&request)?;
        Ok(crate::ProgramTable::of(&stage.program, self.threads()))
    }

    /// Runs as [`Session::run_with`] would, `runs` times, and tells what each step took. Of a request that needs several
    /// programs, the first. Other runs that write variables, or read those that this one writes, wait until it has ended.
    /// Also measures the machine's limits, which takes a quarter of a second.
    ///
    /// # Errors
    /// As [`Session::run_with`].
    pub fn profile<'g, F: Fetch>(
        &self,
        fetches: F,
        feeds: impl Into<Feeds<'g>>,
        runs: usize,
    ) -> Result<crate::Profile> {
        let (mut request, mut values) = (Request::default(), Values::new());
        self.ask(&fetches, feeds, &mut request, &mut values)?;
        let (stage, mut turn) = self.begin(&request)?;
        let mut times = vec![vec![0.0; stage.program.machine.steps().len()]; runs];
        for run in &mut times {
            self.execute(
                &stage,
                &values,
                &mut Results::new(),
                &mut turn,
                Some(&mut |step, seconds| run[step] = seconds),
            )?;
        }
        drop(turn);
        let (program, limits) = (crate::ProgramTable::of(&stage.program, self.threads()), Limits::measure(&self.pool));
        Ok(crate::Profile::of(program, &times, limits))
    }

    /// Adds what is asked for, and the values given.
    fn ask<'g>(
        &self,
        fetches: &impl Fetch,
        feeds: impl Into<Feeds<'g>>,
        request: &mut Request,
        values: &mut Values<'_>,
    ) -> Result<()> {
        let mut feeds = feeds.into();
        request.ask(&self.graph, fetches, feeds.values.iter().map(|(tensor, _)| *tensor))?;
        for (i, (_, value)) in feeds.values.drain(..).enumerate() {
            request.set_feed(&self.graph, i, value.dtype(), value.shape())?;
            values.push(value.into());
        }
        Ok(())
    }

    /// Compiled programs that the session keeps; those longest unused are dropped for new ones.
    pub fn cached_programs(&self) -> usize {
        self.programs.len()
    }

    /// The value of a variable.
    ///
    /// # Errors
    /// If it has none yet, or is of another graph.
    pub fn value(&self, variable: Variable<'_>) -> Result<Array> {
        self.own(variable)?;
        self.value_in(&self.read(), variable)
    }

    /// The values of variables, and the counters of random operations, between two runs.
    ///
    /// # Errors
    /// As [`Session::value`].
    pub fn snapshot<'g>(&self, variables: impl IntoIterator<Item = Variable<'g>>) -> Result<Snapshot> {
        let store = self.read();
        let value = |variable| {
            self.own(variable)?;
            self.value_in(&store, variable)
        };
        let variables = variables.into_iter().map(value).collect::<Result<_>>()?;
        Ok(Snapshot { variables, random: self.random_state_in(&store) })
    }

    pub(crate) fn read(&self) -> RwLockReadGuard<'_, Store> {
        self.store.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn value_in(&self, store: &Store, variable: Variable<'_>) -> Result<Array> {
        let value = store.get(variable.reference().outlet().node).cloned();
        value.ok_or_else(|| Error::Uninitialized(variable.name()))
    }

    /// Gives a variable a value, as if its initialiser had.
    ///
    /// # Errors
    /// If dtype or shape do not fit, or the variable is of another graph.
    pub fn load(&self, variable: Variable<'_>, value: impl Into<Array>) -> Result<()> {
        let value = value.into();
        self.own(variable)?;
        if let Some(error) = Error::unfit(|| variable.name(), variable.reference().fact(), value.dtype(), value.shape())
        {
            return Err(error);
        }
        let mut store = self.store.write().unwrap_or_else(PoisonError::into_inner);
        self.set(&mut store, variable.reference().outlet().node, value);
        Ok(())
    }

    /// Gives a variable a value, and drops the programs for its shape if that is another.
    pub(crate) fn set(&self, store: &mut Store, variable: NodeId, value: Array) {
        if store.get(variable).is_some_and(|old| old.shape() != value.shape()) {
            self.programs.forget();
        }
        store.set(variable, value);
    }

    /// Refuses a variable of another graph.
    fn own(&self, variable: Variable<'_>) -> Result<()> {
        match variable.graph().same(&self.graph) && !variable.reference().is_inert() {
            true => Ok(()),
            false => Err(Error::NotInGraph(format!("'{}' is not a variable of this session's graph", variable.name()))),
        }
    }

    /// Whether a variable has a value.
    pub fn is_initialized(&self, variable: Variable<'_>) -> bool {
        self.value(variable).is_ok()
    }

    /// The names of the global variables that have no value yet.
    pub fn uninitialized_variables(&self) -> Vec<String> {
        let members = self.graph.collection(keys::GLOBAL_VARIABLES).into_iter();
        let ids = members.filter_map(|m| if let Member::Variable(id) = m { Some(id) } else { None });
        let store = self.read();
        let missing: Vec<NodeId> = ids.filter(|&id| store.get(id).is_none()).collect();
        self.graph.with_dag(|dag| missing.iter().map(|&id| dag.node(id).name.to_string()).collect())
    }

    /// The counters of the random operations run so far, by name: an `i64[2]` each, from which the next numbers follow.
    pub fn random_state(&self) -> Vec<(String, Array)> {
        self.random_state_in(&self.read())
    }

    fn random_state_in(&self, store: &Store) -> Vec<(String, Array)> {
        self.graph.with_dag(|dag| {
            let random = dag.nodes().filter(|(_, n)| n.op.effect() == Effect::Random);
            random.filter_map(|(id, n)| Some((n.name.to_string(), store.get(id)?.clone()))).collect()
        })
    }

    /// Puts the counters of random operations back, as [`Session::random_state`] gave them: all of them or none.
    ///
    /// # Errors
    /// If a name is no random operation, or a counter not `i64[2]`.
    pub fn set_random_state<'a>(&self, state: impl IntoIterator<Item = (&'a str, Array)>) -> Result<()> {
        let mut counters = Vec::new();
        for (name, counter) in state {
            let id = self.graph.operation(name)?.id();
            let is_random = self.graph.with_dag(|d| d.node(id).op.effect() == Effect::Random);
            if !is_random || counter.dtype() != DType::I64 || counter.shape().dims() != [2] {
                return Err(Error::NotInGraph(format!("'{name}' is no random operation with an i64[2] counter")));
            }
            counters.push((id, counter));
        }
        let mut store = self.store.write().unwrap_or_else(PoisonError::into_inner);
        counters.into_iter().for_each(|(id, counter)| store.set(id, counter));
        Ok(())
    }
}

/// What a session kept at one moment; see [`Session::snapshot`].
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// The values of the variables asked for, in their order.
    pub variables: Vec<Array>,
    /// As [`Session::random_state`] gives it.
    pub random: Vec<(String, Array)>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Session({:?}, {} threads)", self.graph, self.threads())
    }
}
