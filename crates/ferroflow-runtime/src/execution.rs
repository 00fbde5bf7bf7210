//! How a session runs a request: in stages, each a program, over the store.

use crate::loops::Memory;
use crate::passes::{self, Deferred, Dynamic};
use crate::program::{Program, StateUse};
use crate::request::{FeedSpec, Given};
use crate::stage::Stage;
use crate::store::Store;
use crate::turn::Turn;
use crate::{Error, FeedValue, Request, Result, Session};
use ferroflow_array::{Array, DType};
use ferroflow_graph::ops::{Assign, HostCall, IsVariableInitialized, While, WhileGradient};
use ferroflow_graph::{Fact, OpError, Outlet, kernel_of};
use ferroflow_kernels::RunError;
use smallvec::SmallVec;
use std::sync::{Arc, PoisonError};

/// Values in a row, such as those that are fed.
pub(crate) type Values<'a> = SmallVec<[FeedValue<'a>; 4]>;
/// Values that a run gives.
pub(crate) type Results = SmallVec<[Array; 4]>;

/// Values of states before a run, by slot.
type Before = SmallVec<[(usize, Option<Array>); 4]>;

/// The value of a state during a run.
enum Value<'a> {
    Read(&'a Array),
    Written(&'a mut Array),
}

impl Session {
    /// Runs a request in a turn of its own, and adds what it fetches to `results`. `request` and `values` become those of its
    /// last stage.
    pub(crate) fn run_request(
        &self,
        request: &mut Request,
        values: &mut Values<'_>,
        results: &mut Results,
    ) -> Result<()> {
        let (stage, mut turn) = self.begin(request)?;
        self.run_stages(stage, request, values, results, &mut Memory::default(), &mut turn)
    }

    /// The first stage of a request, and a turn for it and those after it.
    pub(crate) fn begin(&self, request: &Request) -> Result<(Arc<Stage>, Turn<'_>)> {
        let dropped = self.programs.dropped();
        let mut stage = self.stage(request)?;
        loop {
            let writes = stage.may_write();
            let turn = Turn::take(&self.store, writes);
            if self.programs.dropped() == dropped {
                return Ok((stage, turn));
            }
            // Another run changed a variable's shape before this one had its turn.
            stage = self.stage_of(request, turn.read()?)?;
            if writes || !stage.may_write() {
                return Ok((stage, turn));
            }
        }
    }

    /// Runs a request from its first stage on. `memory` holds what loops went through, for derivatives.
    pub(crate) fn run_stages(
        &self,
        mut stage: Arc<Stage>,
        request: &mut Request,
        values: &mut Values<'_>,
        results: &mut Results,
        memory: &mut Memory,
        turn: &mut Turn<'_>,
    ) -> Result<()> {
        loop {
            self.execute(&stage, values, results, turn, None)?;
            let drawn = results.len() - stage.recorded.len();
            memory.recorded.extend(stage.recorded.iter().copied().zip(results.drain(drawn..)));
            let Some(deferred) = &stage.deferred else { return Ok(()) };
            let before = request.clone();
            self.advance(deferred, request, values, std::mem::take(results), memory, turn)?;
            if *request == before {
                return Err(Error::Internal("a stage of the program brought the next no nearer".into()));
            }
            stage = self.stage_of(request, turn.read()?)?;
        }
    }

    /// Runs what must run between two stages, and makes the request for the next.
    fn advance(
        &self,
        deferred: &Deferred,
        request: &mut Request,
        values: &mut Values<'_>,
        results: Results,
        memory: &mut Memory,
        turn: &mut Turn<'_>,
    ) -> Result<()> {
        let mut feed = |given: Given, value: Array| {
            let bits = |value: &Array| Some(value.to_f64s()?.into_iter().map(|n| n.to_bits() as i64).collect());
            let ints = |value: &Array| if value.dtype().is_float() { bits(value) } else { value.to_ints() };
            let known = deferred.values.contains(&given).then(|| ints(&value)).flatten();
            let (dtype, shape) = (value.dtype(), value.shape().clone());
            let is_same =
                |f: &FeedSpec| f.given == given || given.outlet().is_some_and(|o| f.given.outlet() == Some(o));
            match request.feeds.iter().position(is_same) {
                // What is known of a value stays known.
                Some(i) if known.is_some() => request.feeds[i].value = known,
                Some(_) => {}
                None => {
                    request.feeds.push(FeedSpec { given, dtype, shape, value: known });
                    values.push(value.into());
                }
            }
        };
        request.done.extend(&deferred.done);
        for dynamic in &deferred.dynamic {
            let id = &dynamic.node;
            let arrays: Vec<&Array> = dynamic.inputs.iter().map(|&i| &results[i]).collect();
            let outputs = self.run_dynamic(dynamic, &arrays, deferred.remembered.contains(id), memory, turn)?;
            for (k, output) in outputs.into_iter().enumerate() {
                let k = dynamic.part.as_ref().map_or(k, |part| part.outputs[k]);
                if request.record {
                    memory.recorded.push((id.outlet(k), output.clone()));
                }
                feed(Given::Handed(id.outlet(k)), output);
            }
            request.done.push(*id);
        }
        for (id, i) in &deferred.choices {
            let pred = results[*i].to_ints().unwrap_or_default();
            let [pred] = pred[..] else {
                let message = format!("pred must be a scalar, found {} elements", pred.len());
                let node = self.graph.with_dag(|dag| dag.node(*id).clone());
                return Err(passes::invalid(&node, ferroflow_graph::OpError::value(message)));
            };
            request.chosen.push((*id, pred != 0));
        }
        for (given, value) in deferred.boundary.iter().zip(results) {
            if let Some(given) = given {
                feed(*given, value);
            }
        }
        Ok(())
    }

    /// Runs an operation whose results have shapes known only after it ran.
    fn run_dynamic(
        &self,
        dynamic: &Dynamic,
        inputs: &[&Array],
        remember: bool,
        memory: &mut Memory,
        turn: &mut Turn<'_>,
    ) -> Result<Vec<Array>> {
        let Dynamic { node: id, extra, part, .. } = dynamic;
        let whole = || self.graph.with_dag(|dag| dag.node(*id).clone());
        let node = part.as_ref().map_or_else(whole, |part| part.node.clone());
        let (inputs, given) = inputs.split_at(inputs.len().saturating_sub(extra.len()));
        let given: Vec<(Outlet, &Array)> = extra.iter().copied().zip(given.iter().copied()).collect();
        if node.op.is::<While>() {
            return self.run_loop(*id, &node, inputs, &given, remember.then_some(memory), turn);
        }
        if let Some(op) = node.op.downcast::<WhileGradient>() {
            return self.run_loop_backwards(&node, op, inputs, &given, memory, turn);
        }
        if node.op.is::<IsVariableInitialized>() {
            return Ok(vec![Array::scalar(turn.read()?.get(node.inputs[0].node).is_some())]);
        }
        if let (Some(variable), &[value]) = (node.op.is::<Assign>().then(|| node.inputs[0].node), inputs) {
            self.set(turn.write()?, variable, value.clone());
            return Ok(vec![value.clone()]);
        }
        // Text stays unknown: a kernel that runs here is one that was chosen without it.
        let fact = |array: &&Array| match Fact::of(array) {
            text if text.dtype == DType::String => Fact::new(text.dtype, text.shape),
            fact => fact,
        };
        let facts: Vec<Fact> = inputs.iter().map(fact).collect();
        let invalid = |e: OpError| passes::invalid(&node, e);
        let outputs = match node.op.values_vary() {
            true => node.op.infer(&facts.iter().collect::<Vec<_>>()).map_err(invalid)?,
            false => node.facts.to_vec(),
        };
        let kernel = kernel_of(&*node.op, &facts, &outputs).map_err(invalid)?;
        let shapes: Vec<_> = outputs.iter().filter_map(|f| Some((f.dtype, f.shape.to_shape()?))).collect();
        if !kernel.is_dynamic() && shapes.len() < outputs.len() {
            return Err(invalid(OpError::value("the shape of its result is not known")));
        }
        let run = || ferroflow_kernels::evaluate(Arc::new(kernel), inputs, &shapes, &self.pool);
        let outputs = if node.op.is::<HostCall>() { turn.while_others_pass(run) } else { run() };
        outputs.map_err(|e| invalid(OpError::value(e.0)))
    }

    /// The first stage of a request.
    pub(crate) fn stage(&self, request: &Request) -> Result<Arc<Stage>> {
        match self.programs.find(request) {
            Some(stage) => Ok(stage),
            None => {
                let store = self.read();
                self.programs.make(request, || self.compile(request, &store))
            }
        }
    }

    /// The same, in a turn: who compiles holds the store already.
    pub(crate) fn stage_of(&self, request: &Request, store: &Store) -> Result<Arc<Stage>> {
        self.programs.get(request, || self.compile(request, store))
    }

    fn compile(&self, request: &Request, store: &Store) -> Result<Stage> {
        self.graph.check()?;
        let shape = |id| store.get(id).map(|a| a.shape().clone());
        let pruned = self.graph.with_dag(|dag| passes::prune(dag, request, &shape))?;
        let internal = |e: ferroflow_graph::OpError| Error::Internal(e.message);
        let shared = pruned.draft.constants().map(|value| value.bytes().as_ptr()).collect();
        let draft = passes::widen(pruned.draft).map_err(internal)?;
        let draft = if self.optimize { passes::optimize(draft).map_err(internal)? } else { draft };
        let schedule = passes::order(draft).map_err(internal)?;
        let program = crate::program::lower(schedule, self.optimize, self.precision, &shared)?;
        let mut slots = Vec::with_capacity(program.states.len());
        for state in &program.states {
            let id = pruned.states.get(&state.name);
            let id = id.ok_or_else(|| Error::Internal(format!("no state for `{}`", state.name)))?;
            slots.push(store.slot(*id));
        }
        let mut by_slot: Vec<usize> = (0..slots.len()).collect();
        by_slot.sort_unstable_by_key(|&i| slots[i]);
        let writes = program.states.iter().any(|s| s.written);
        Ok(Stage { program, slots, by_slot, writes, deferred: pruned.deferred, recorded: pruned.recorded })
    }

    /// What seeds a random operation that has no seed of its own.
    fn fresh_seed(&self, slot: usize) -> i64 {
        let mixed = (self.entropy ^ ((slot as u64) << 17)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (mixed ^ (mixed >> 29)) as i64
    }

    /// Runs a stage in a turn, calling `observe` with the index of each step and the seconds that it took.
    pub(crate) fn execute(
        &self,
        stage: &Stage,
        values: &[FeedValue<'_>],
        results: &mut Results,
        turn: &mut Turn<'_>,
        observe: Option<&mut dyn FnMut(usize, f64)>,
    ) -> Result<()> {
        let mut outputs = Results::new();
        for (_, dtype, shape) in &stage.program.outputs {
            outputs.push(Array::zeros(*dtype, shape)?);
        }
        if !stage.writes {
            let store = turn.read()?;
            stage.check_initialized(store)?;
            let states = stage.program.states.iter().zip(&stage.slots);
            let states = states.filter_map(|(s, &slot)| Some((s, Value::Read(store.value(slot)?))));
            self.run_program(&stage.program, values, &mut outputs, states, observe)?;
            return stage.fetch(values, &outputs, store, results);
        }
        let store = turn.write()?;
        stage.check_initialized(store)?;
        let before = self.make_room(stage, store)?;
        let (mut rest, mut next) = (store.values_mut().iter_mut(), 0);
        let states = stage.by_slot.iter().filter_map(|&i| {
            let (state, slot) = (&stage.program.states[i], stage.slots[i]);
            let value = rest.nth(slot - std::mem::replace(&mut next, slot + 1))?.as_mut()?;
            Some((state, if state.written { Value::Written(value) } else { Value::Read(value) }))
        });
        if let Err(error) = self.run_program(&stage.program, values, &mut outputs, states, observe) {
            before.into_iter().for_each(|(slot, value)| store.values_mut()[slot] = value);
            return Err(error);
        }
        stage.fetch(values, &outputs, store, results)
    }

    /// Gives written states that have no value, or one of another shape, memory; tells what they had before, by slot.
    fn make_room(&self, stage: &Stage, store: &mut Store) -> Result<Before> {
        let mut rooms = Before::new();
        for (state, &slot) in stage.program.states.iter().zip(&stage.slots).filter(|(s, _)| s.written) {
            if store.value(slot).is_some_and(|v| *v.shape() == state.shape) {
                continue;
            }
            let room = match state.random {
                true => Array::from([0i64, self.fresh_seed(slot)]),
                false => Array::lasting_zeros(state.dtype, &state.shape)?,
            };
            rooms.push((slot, Some(room)));
        }
        for (slot, value) in &mut rooms {
            std::mem::swap(&mut store.values_mut()[*slot], value);
        }
        if rooms.iter().any(|(_, before)| before.is_some()) {
            self.programs.forget();
        }
        Ok(rooms)
    }

    fn run_program<'a>(
        &self,
        program: &'a Program,
        values: &'a [FeedValue<'_>],
        outputs: &'a mut [Array],
        states: impl Iterator<Item = (&'a StateUse, Value<'a>)>,
        observe: Option<&mut dyn FnMut(usize, f64)>,
    ) -> Result<()> {
        let kept = program.frames.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let is_new = kept.is_none();
        let frame = kept.map_or_else(|| program.machine.frame(), Ok);
        let mut frame = frame.map_err(|e| run_error(program, e))?;
        let run = program.machine.run_observed(
            &mut frame,
            &self.pool,
            |binder| {
                for (region, value) in program.args.iter().zip(values) {
                    if let Some(region) = region {
                        binder.input(*region, value.bytes());
                    }
                }
                for ((region, ..), output) in program.outputs.iter().zip(outputs) {
                    binder.output(*region, output.bytes_mut());
                }
                for (state, value) in states {
                    match value {
                        Value::Read(value) => binder.input(state.region, value.bytes()),
                        Value::Written(value) => binder.output(state.region, value.bytes_mut()),
                    }
                }
            },
            observe,
        );
        run.map_err(|e| run_error(program, e))?;
        let frames = {
            let mut frames = program.frames.lock().unwrap_or_else(PoisonError::into_inner);
            frames.push(frame);
            frames.len()
        };
        if is_new && frames > 1 {
            self.programs.limit();
        }
        Ok(())
    }
}

fn run_error(program: &Program, error: RunError) -> Error {
    match error {
        RunError::Kernel { step, error } => Error::Invalid {
            kind: ferroflow_graph::ErrorKind::Value,
            op: program.labels[step].op.to_owned(),
            node: program.labels[step].origin.to_string(),
            message: error.0,
            location: program.labels[step].location,
        },
        RunError::Memory(bytes) => Error::Memory(bytes),
        other => Error::Internal(other.to_string()),
    }
}
