use crate::passes::{self, Deferred};
use crate::program::{Program, Source};
use crate::request::FeedSpec;
use crate::store::Store;
use crate::{Error, Feeds, Fetch, Request, Result};
use ferroflow_array::{Array, DType};
use ferroflow_graph::{Effect, Graph, Member, NodeId, Variable, keys};
use ferroflow_kernels::{Limits, Pool, RunError};
use smallvec::SmallVec;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// How a session runs.
#[derive(Debug, Clone)]
pub struct SessionOptions {
    /// Threads that share the work of one run; 0 for as many as there are cores.
    pub threads: usize,
    /// Whether the optional passes of the compiler run. Without them every operation is computed as it was written: the
    /// reference that programs are tested against.
    pub optimize: bool,
}

impl Default for SessionOptions {
    fn default() -> Self {
        SessionOptions { threads: 0, optimize: true }
    }
}

/// Runs parts of a graph, and keeps the values of its variables.
///
/// A session may be used from several threads at once; runs that change variables take turns.
pub struct Session {
    graph: Graph,
    pool: Pool,
    optimize: bool,
    store: RwLock<Store>,
    programs: RwLock<HashMap<Request, Arc<Stage>>>,
    /// One at a time compiles.
    compiling: Mutex<()>,
    /// Requests so far, by which the program longest unused is known.
    clock: AtomicU64,
    entropy: u64,
}

/// Programs that a session keeps.
const KEPT: usize = 64;

/// A program, and what comes after it in the same run.
struct Stage {
    program: Program,
    /// By state of the program: its slot in the store.
    slots: Vec<usize>,
    /// By slot: the state of the program that uses it.
    uses: Vec<Option<usize>>,
    writes: bool,
    deferred: Option<Deferred>,
    /// When it was last asked for, by the session's clock.
    used: AtomicU64,
}

impl Session {
    /// A session on `graph` with as many threads as there are cores.
    ///
    /// # Errors
    /// The first mistake made while the graph was built.
    pub fn new(graph: &Graph) -> Result<Session> {
        Session::with_options(graph, &SessionOptions::default())
    }

    /// A session on `graph`.
    ///
    /// # Errors
    /// The first mistake made while the graph was built.
    pub fn with_options(graph: &Graph, options: &SessionOptions) -> Result<Session> {
        graph.check()?;
        let nanos =
            std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.as_nanos() as u64);
        Ok(Session {
            graph: graph.clone(),
            pool: Pool::new(options.threads),
            optimize: options.optimize,
            store: RwLock::default(),
            programs: RwLock::default(),
            compiling: Mutex::default(),
            clock: AtomicU64::new(0),
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
        let (request, values) = self.request(&fetches, feeds.into())?;
        let results = self.run_request(request, values)?;
        Ok(fetches.take(&mut results.into_iter()))
    }

    /// The program that [`Session::run_with`] would run, compiled if it is not yet, as a table. Of a request that needs
    /// several programs, the first.
    ///
    /// # Errors
    /// As [`Session::run_with`], but for what only running can tell.
    pub fn explain<'g, F: Fetch>(&self, fetches: F, feeds: impl Into<Feeds<'g>>) -> Result<crate::ProgramTable> {
        let (request, _) = self.request(&fetches, feeds.into())?;
        let stage = self.stage(&request)?;
        Ok(crate::ProgramTable::of(&stage.program, self.threads()))
    }

    /// Runs as [`Session::run_with`] would, `runs` times, and tells what each step took. Of a request that needs several
    /// programs, the first. Also measures the machine's limits, which takes a quarter of a second.
    ///
    /// # Errors
    /// As [`Session::run_with`].
    pub fn profile<'g, F: Fetch>(
        &self,
        fetches: F,
        feeds: impl Into<Feeds<'g>>,
        runs: usize,
    ) -> Result<crate::Profile> {
        let (request, values) = self.request(&fetches, feeds.into())?;
        let stage = self.stage(&request)?;
        let mut times = vec![vec![0.0; stage.program.machine.steps().len()]; runs];
        for run in &mut times {
            self.execute(&stage, &values, Some(&mut |step, seconds| run[step] = seconds))?;
        }
        let (program, limits) = (crate::ProgramTable::of(&stage.program, self.threads()), Limits::measure(&self.pool));
        Ok(crate::Profile::of(program, &times, limits))
    }

    /// What is asked for, and the values given, checked against the tensors they are for.
    fn request<F: Fetch>(&self, fetches: &F, feeds: Feeds<'_>) -> Result<(Request, SmallVec<[Array; 4]>)> {
        let mut request = Request::default();
        fetches.ask(&self.graph, &mut request)?;
        let mut values: SmallVec<[Array; 4]> = SmallVec::new();
        for (tensor, value) in feeds.values {
            if tensor.is_inert() {
                self.graph.check()?;
            }
            if tensor.is_inert() || !tensor.graph().same(&self.graph) {
                return Err(Error::NotInGraph(format!(
                    "'{}' is not an element of this session's graph",
                    tensor.name()
                )));
            }
            if let Some(error) = Error::unfit(|| tensor.name(), tensor.fact(), &value) {
                return Err(error);
            }
            if request.feeds.iter().any(|f| f.outlet == tensor.outlet()) {
                return Err(Error::FedTwice(tensor.name()));
            }
            let (outlet, dtype, shape) = (tensor.outlet(), value.dtype(), value.shape().clone());
            request.feeds.push(FeedSpec { outlet, dtype, shape, value: None });
            values.push(value);
        }
        // A variable that is fetched and fed has the value fed.
        for fetch in request.fetches.iter_mut().filter(|_| !request.feeds.is_empty()) {
            let is_variable = self.graph.with_dag(|dag| dag.node(fetch.node).op.effect() == Effect::Variable);
            let variable = is_variable.then(|| self.graph.variable_of(self.graph.tensor_at(*fetch))).flatten();
            let read = variable.map(|v| v.value().outlet());
            if let Some(fed) = request.feeds.iter().find(|f| Some(f.outlet) == read) {
                *fetch = fed.outlet;
            }
        }
        Ok((request, values))
    }

    /// Compiled programs that the session keeps; those longest unused are dropped for new ones.
    pub fn cached_programs(&self) -> usize {
        self.programs.read().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// The value of a variable.
    ///
    /// # Errors
    /// If it has none yet, or is of another graph.
    pub fn value(&self, variable: Variable<'_>) -> Result<Array> {
        self.own(variable)?;
        let store = self.store.read().unwrap_or_else(PoisonError::into_inner);
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
        if let Some(error) = Error::unfit(|| variable.name(), variable.reference().fact(), &value) {
            return Err(error);
        }
        let mut store = self.store.write().unwrap_or_else(PoisonError::into_inner);
        let id = variable.reference().outlet().node;
        if store.get(id).is_some_and(|old| old.shape() != value.shape()) {
            self.forget_programs();
        }
        store.set(id, value);
        Ok(())
    }

    /// Refuses a variable of another graph.
    fn own(&self, variable: Variable<'_>) -> Result<()> {
        match variable.graph().same(&self.graph) && !variable.reference().is_inert() {
            true => Ok(()),
            false => Err(Error::NotInGraph(format!("'{}' is not a variable of this session's graph", variable.name()))),
        }
    }

    /// Drops every program: a variable has another shape than they were made for.
    fn forget_programs(&self) {
        self.programs.write().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Whether a variable has a value.
    pub fn is_initialized(&self, variable: Variable<'_>) -> bool {
        self.value(variable).is_ok()
    }

    /// The names of the global variables that have no value yet.
    pub fn uninitialized_variables(&self) -> Vec<String> {
        let members = self.graph.collection(keys::GLOBAL_VARIABLES).into_iter();
        let ids = members.filter_map(|m| if let Member::Variable(id) = m { Some(id) } else { None });
        let store = self.store.read().unwrap_or_else(PoisonError::into_inner);
        let missing: Vec<NodeId> = ids.filter(|&id| store.get(id).is_none()).collect();
        self.graph.with_dag(|dag| missing.iter().map(|&id| dag.node(id).name.to_string()).collect())
    }

    /// The counters of the random operations run so far, by name: an `i64[2]` each, from which the next numbers follow.
    pub fn random_state(&self) -> Vec<(String, Array)> {
        let store = self.store.read().unwrap_or_else(PoisonError::into_inner);
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

    fn run_request(&self, mut request: Request, mut values: SmallVec<[Array; 4]>) -> Result<Vec<Array>> {
        loop {
            let stage = self.stage(&request)?;
            let results = self.execute(&stage, &values, None)?;
            let Some(deferred) = &stage.deferred else { return Ok(results) };
            let before = request.clone();
            self.advance(deferred, &mut request, &mut values, results)?;
            if request == before {
                return Err(Error::Internal("a stage of the program brought the next no nearer".into()));
            }
        }
    }

    /// Runs what must run between two stages, and makes the request for the next.
    fn advance(
        &self,
        deferred: &Deferred,
        request: &mut Request,
        values: &mut SmallVec<[Array; 4]>,
        results: Vec<Array>,
    ) -> Result<()> {
        let mut feed = |outlet, value: Array| {
            let bits = |value: &Array| Some(value.to_f64s()?.into_iter().map(|n| n.to_bits() as i64).collect());
            let ints = |value: &Array| if value.dtype().is_float() { bits(value) } else { value.to_ints() };
            let known = deferred.values.contains(&outlet).then(|| ints(&value)).flatten();
            let (dtype, shape) = (value.dtype(), value.shape().clone());
            let spec = FeedSpec { outlet, dtype, shape, value: known };
            match request.feeds.iter().position(|f| f.outlet == outlet) {
                // What is known of a value stays known.
                Some(i) if spec.value.is_some() => request.feeds[i] = spec,
                Some(_) => {}
                None => {
                    request.feeds.push(spec);
                    values.push(value);
                }
            }
        };
        for (id, inputs) in &deferred.dynamic {
            let node = self.graph.with_dag(|dag| dag.node(*id).clone());
            let arrays: Vec<&Array> = inputs.iter().map(|&i| &results[i]).collect();
            let facts: Vec<_> = arrays.iter().map(|a| ferroflow_graph::Fact::of(a)).collect();
            let invalid = |message: String| passes::invalid(&node, ferroflow_graph::OpError::value(message));
            let kernel = node.op.kernel(&facts, &node.facts).map_err(|e| passes::invalid(&node, e))?;
            let outputs = kernel.run_dynamic(&arrays).ok_or_else(|| invalid("has no dynamic kernel".into()))?;
            for (k, output) in outputs.map_err(|e| invalid(e.0))?.into_iter().enumerate() {
                feed(id.outlet(k), output);
            }
        }
        for (&outlet, value) in deferred.boundary.iter().zip(results) {
            feed(outlet, value);
        }
        request.done.extend(&deferred.done);
        Ok(())
    }

    fn stage(&self, request: &Request) -> Result<Arc<Stage>> {
        let now = self.clock.fetch_add(1, Ordering::Relaxed);
        let find = || {
            let programs = self.programs.read().unwrap_or_else(PoisonError::into_inner);
            programs.get(request).inspect(|stage| stage.used.store(now, Ordering::Relaxed)).cloned()
        };
        if let Some(stage) = find() {
            return Ok(stage);
        }
        let _one = self.compiling.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(stage) = find() {
            return Ok(stage);
        }
        self.graph.check()?;
        let stage = Arc::new(self.compile(request)?);
        stage.used.store(now, Ordering::Relaxed);
        let mut programs = self.programs.write().unwrap_or_else(PoisonError::into_inner);
        if programs.len() >= KEPT {
            let oldest = programs.iter().min_by_key(|(_, stage)| stage.used.load(Ordering::Relaxed));
            if let Some(oldest) = oldest.map(|(request, _)| request.clone()) {
                programs.remove(&oldest);
            }
        }
        programs.insert(request.clone(), stage.clone());
        Ok(stage)
    }

    fn compile(&self, request: &Request) -> Result<Stage> {
        let mut store = self.store.write().unwrap_or_else(PoisonError::into_inner);
        let shape = |id| store.get(id).map(|a| a.shape().clone());
        let pruned = self.graph.with_dag(|dag| passes::prune(dag, request, &shape))?;
        let internal = |e: ferroflow_graph::OpError| Error::Internal(e.message);
        let draft = passes::widen(pruned.draft).map_err(internal)?;
        let draft = if self.optimize { passes::optimize(draft).map_err(internal)? } else { draft };
        let schedule = passes::order(draft).map_err(internal)?;
        let program = crate::program::lower(schedule, self.optimize)?;
        let mut slots = Vec::with_capacity(program.states.len());
        for state in &program.states {
            let id = pruned.states.get(&state.name);
            let id = id.ok_or_else(|| Error::Internal(format!("no state for `{}`", state.name)))?;
            let slot = store.slot(*id);
            slots.push(slot);
            if state.random && store.values()[slot].is_none() {
                store.set(*id, Array::from([0i64, self.fresh_seed(*id)]));
            }
        }
        let mut uses = vec![None; slots.iter().max().map_or(0, |m| m + 1)];
        for (i, &slot) in slots.iter().enumerate() {
            uses[slot] = Some(i);
        }
        let writes = program.states.iter().any(|s| s.written);
        Ok(Stage { program, slots, uses, writes, deferred: pruned.deferred, used: AtomicU64::new(0) })
    }

    /// What seeds a random operation that has no seed of its own.
    fn fresh_seed(&self, id: NodeId) -> i64 {
        let mixed = (self.entropy ^ (u64::from(id.0) << 17)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (mixed ^ (mixed >> 29)) as i64
    }

    /// Runs a stage, calling `observe` with the index of each step and the seconds that it took.
    fn execute(
        &self,
        stage: &Stage,
        values: &[Array],
        observe: Option<&mut dyn FnMut(usize, f64)>,
    ) -> Result<Vec<Array>> {
        let program = &stage.program;
        let mut outputs = Vec::with_capacity(program.outputs.len());
        for (_, dtype, shape) in &program.outputs {
            outputs.push(Array::zeros(*dtype, shape)?);
        }
        let frame = program.frames.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let frame = frame.map_or_else(|| program.machine.frame(), Ok);
        let mut frame = frame.map_err(|e| self.run_error(program, e))?;
        let args = || program.args.iter().zip(values).filter_map(|(region, v)| Some(((*region)?, v)));
        let fetched = if stage.writes {
            let mut store = self.store.write().unwrap_or_else(PoisonError::into_inner);
            self.check_initialized(stage, &store)?;
            let mut fresh: SmallVec<[usize; 4]> = SmallVec::new();
            for (state, &slot) in program.states.iter().zip(&stage.slots).filter(|(s, _)| s.written) {
                let value = &mut store.values_mut()[slot];
                if value.as_ref().is_some_and(|v| *v.shape() != state.shape) {
                    self.forget_programs();
                    *value = None;
                }
                if value.is_none() {
                    *value = Some(Array::zeros(state.dtype, &state.shape)?);
                    fresh.push(slot);
                }
            }
            let run = program.machine.run_observed(
                &mut frame,
                &self.pool,
                |binder| {
                    for (region, value) in args() {
                        binder.input(region, value.bytes());
                    }
                    for ((region, ..), output) in program.outputs.iter().zip(&mut outputs) {
                        binder.output(*region, output.bytes_mut());
                    }
                    for (used, value) in stage.uses.iter().zip(store.values_mut()) {
                        if let (Some(i), Some(value)) = (used, value) {
                            match program.states[*i].written {
                                true => binder.output(program.states[*i].region, value.bytes_mut()),
                                false => binder.input(program.states[*i].region, value.bytes()),
                            }
                        }
                    }
                },
                observe,
            );
            if let Err(error) = run {
                // What had no value has none still.
                fresh.into_iter().for_each(|slot| store.values_mut()[slot] = None);
                return Err(self.run_error(program, error));
            }
            self.fetch(stage, values, &outputs, &store)
        } else {
            let store = self.store.read().unwrap_or_else(PoisonError::into_inner);
            self.check_initialized(stage, &store)?;
            let run = program.machine.run_observed(
                &mut frame,
                &self.pool,
                |binder| {
                    for (region, value) in args() {
                        binder.input(region, value.bytes());
                    }
                    for ((region, ..), output) in program.outputs.iter().zip(&mut outputs) {
                        binder.output(*region, output.bytes_mut());
                    }
                    for (state, &slot) in program.states.iter().zip(&stage.slots) {
                        if let Some(value) = &store.values()[slot] {
                            binder.input(state.region, value.bytes());
                        }
                    }
                },
                observe,
            );
            run.map_err(|e| self.run_error(program, e))?;
            self.fetch(stage, values, &outputs, &store)
        };
        program.frames.lock().unwrap_or_else(PoisonError::into_inner).push(frame);
        fetched
    }

    fn check_initialized(&self, stage: &Stage, store: &Store) -> Result<()> {
        for (state, &slot) in stage.program.states.iter().zip(&stage.slots) {
            if state.read && store.values()[slot].is_none() {
                return Err(Error::Uninitialized(state.name.to_string()));
            }
        }
        Ok(())
    }

    fn fetch(&self, stage: &Stage, values: &[Array], outputs: &[Array], store: &Store) -> Result<Vec<Array>> {
        let fetches = stage.program.fetches.iter();
        fetches
            .map(|(source, shape)| {
                let array = match source {
                    Source::Output(i) => &outputs[*i],
                    Source::Arg(i) => &values[*i],
                    Source::Constant(array) => array,
                    Source::State(i) => match &store.values()[stage.slots[*i]] {
                        Some(array) => array,
                        None => return Err(Error::Uninitialized(stage.program.states[*i].name.to_string())),
                    },
                };
                if array.shape() == shape { Ok(array.clone()) } else { Ok(array.reshape(shape)?) }
            })
            .collect()
    }

    fn run_error(&self, program: &Program, error: RunError) -> Error {
        match error {
            RunError::Kernel { step, error } => Error::Invalid {
                kind: ferroflow_graph::ErrorKind::Value,
                op: program.labels[step].op.to_owned(),
                node: program.labels[step].node.to_string(),
                message: error.0,
            },
            RunError::Memory(bytes) => Error::Memory(bytes),
            other => Error::Internal(other.to_string()),
        }
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Session({:?}, {} threads)", self.graph, self.threads())
    }
}
