use crate::chain::{self, Chain, Kernels};
use crate::passes::Schedule;
use crate::plan::{Lifetime, plan};
use crate::{Error, Result};
use ferroflow_array::{Array, DType, Shape};
use ferroflow_graph::ops::{Arg, Assign, Const};
use ferroflow_graph::{Effect, Fact, NodeId, Outlet};
use ferroflow_kernels::{Access, Frame, Group, Kernel, Machine, Precision, Region, Span, Step};
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use std::panic::Location;
use std::sync::{Arc, Mutex, PoisonError};

/// About the bytes of a program that has no steps, and of a step.
const PROGRAM: usize = 16 << 10;
const STEP: usize = 2 << 10;

/// A request compiled: the machine, and what its regions are bound to in each run.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) machine: Machine,
    /// By argument: its region.
    pub(crate) args: Vec<Option<usize>>,
    /// The variables and random counters used, by the name of their node.
    pub(crate) states: Vec<StateUse>,
    /// Fetched values that get memory of their own in each run: region, dtype, shape.
    pub(crate) outputs: Vec<(usize, DType, Shape)>,
    pub(crate) fetches: Vec<(Source, Shape)>,
    /// By step: what it runs, for messages and profiles.
    pub(crate) labels: Vec<Label>,
    pub(crate) frames: Mutex<Vec<Frame>>,
    /// Bytes of the constants that were computed while compiling.
    folded: usize,
}

/// A variable or random counter that a program uses.
#[derive(Debug, Clone)]
pub(crate) struct StateUse {
    pub(crate) name: Arc<str>,
    pub(crate) region: usize,
    pub(crate) dtype: DType,
    pub(crate) shape: Shape,
    /// Whether the value from before the run is used.
    pub(crate) read: bool,
    pub(crate) written: bool,
    pub(crate) random: bool,
}

/// Where a fetched value is found after a run.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    Output(usize),
    Arg(usize),
    Constant(Array),
    State(usize),
}

/// What a step runs.
#[derive(Debug, Clone)]
pub(crate) struct Label {
    pub(crate) node: Arc<str>,
    /// The node of the graph that it was made from, and the line that asked for that.
    pub(crate) origin: Arc<str>,
    pub(crate) location: Option<&'static Location<'static>>,
    pub(crate) op: &'static str,
    pub(crate) fact: String,
}

impl Program {
    /// About what it takes of memory beside variables and the graph's constants. Of frames, those that no run uses just now
    /// count, and one in any case.
    pub(crate) fn bytes(&self) -> usize {
        let arena = self.machine.regions().first().map_or(0, Region::len);
        let frames = self.frames.lock().unwrap_or_else(PoisonError::into_inner).len().max(1);
        arena * frames + self.folded + self.machine.steps().len() * STEP + PROGRAM
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    Region(usize),
    Slot(usize),
}

#[derive(Clone, Copy, Debug)]
struct Memory {
    place: Place,
    bytes: usize,
}

struct Lowering {
    regions: Vec<Region>,
    args: Vec<Option<usize>>,
    states: Vec<StateUse>,
    constants: HashMap<usize, Array>,
    memory: HashMap<Outlet, Memory>,
    slots: Vec<Lifetime>,
    steps: Vec<Planned>,
    labels: Vec<Label>,
    kernels: Kernels,
    chains: Vec<Chain>,
    /// By node: the index of its chain.
    chain_of: HashMap<NodeId, usize>,
}

struct Planned {
    kernel: Arc<Kernel>,
    time: usize,
    chain: Option<usize>,
    inputs: Vec<Memory>,
    outputs: Vec<Memory>,
    scratch: Option<usize>,
}

fn bytes_of(fact: &Fact) -> Result<usize> {
    let shape = fact.concrete().map_err(|e| Error::Internal(e.message))?;
    let bytes = shape.checked_elements().and_then(|n| n.checked_mul(fact.dtype.size()));
    // What no memory can be had for is refused here; a failed allocation would end the process.
    let can_be_had = |n: usize| n <= 1 << 30 || Vec::<u8>::new().try_reserve_exact(n).is_ok();
    bytes
        .filter(|&n| n <= isize::MAX as usize / 4 && can_be_had(n))
        .ok_or_else(|| Error::Array(ferroflow_array::ArrayError::TooLarge { shape }))
}

/// Gives every value of the schedule its memory and every node its kernel; runs chains of nodes part by part if `chained`.
/// `shared` are the places of constants that are not the program's own.
pub(crate) fn lower(
    mut schedule: Schedule,
    chained: bool,
    precision: Option<Precision>,
    shared: &HashSet<*const u8>,
) -> Result<Program> {
    let kernels = kernels(&schedule, precision)?;
    let mut chains = Vec::new();
    if chained {
        chain::bring_together(&mut schedule, &kernels);
        chains = chain::chains(&schedule, &kernels);
    }
    let schedule = &schedule;
    let dag = &schedule.draft.dag;
    let last_use = last_uses(schedule);
    let members = chains.iter().enumerate();
    let chain_of = members.flat_map(|(i, c)| c.members.iter().map(move |&m| (m, i))).collect();
    let mut l = Lowering {
        regions: vec![Region::Arena(0)],
        args: Vec::new(),
        states: Vec::new(),
        constants: HashMap::default(),
        memory: HashMap::default(),
        slots: Vec::new(),
        steps: Vec::new(),
        labels: Vec::new(),
        kernels,
        chains,
        chain_of,
    };
    // Where each variable's versions live, so that values computed straight into it find it.
    for &id in &schedule.order {
        let node = dag.node(id);
        if node.op.effect() == Effect::Variable {
            let region = l.state(node.name.clone(), &node.facts[0], false)?;
            l.memory.insert(id.outlet(0), Memory { place: Place::Region(region), bytes: bytes_of(&node.facts[0])? });
        }
    }
    for (time, &id) in schedule.order.iter().enumerate() {
        let node = dag.node(id);
        if let Some(arg) = node.op.downcast::<Arg>() {
            let bytes = bytes_of(&node.facts[0])?;
            l.regions.push(Region::Input(bytes));
            let region = l.regions.len() - 1;
            l.args.resize(l.args.len().max(arg.index + 1), None);
            l.args[arg.index] = Some(region);
            l.memory.insert(id.outlet(0), Memory { place: Place::Region(region), bytes });
            continue;
        }
        if let Some(constant) = node.op.downcast::<Const>() {
            l.regions.push(Region::Constant(constant.value.clone()));
            let region = l.regions.len() - 1;
            l.constants.insert(region, constant.value.clone());
            let place = Place::Region(region);
            l.memory.insert(id.outlet(0), Memory { place, bytes: constant.value.bytes().len() });
            continue;
        }
        if node.op.effect() == Effect::Variable {
            continue;
        }
        l.node(schedule, id, time, &last_use)?;
    }
    // A variable that only has to have a value.
    let asked: Vec<Memory> =
        schedule.draft.targets.iter().filter_map(|t| l.memory.get(&t.outlet(0)).copied()).collect();
    l.mark_read(&asked);
    let own = l.constants.values().map(Array::bytes).filter(|bytes| !shared.contains(&bytes.as_ptr()));
    let folded = own.map(<[u8]>::len).sum();
    Ok(Program { folded, ..l.finish(schedule)? })
}

/// The kernel of every node that is computed; without a precision by the formula of its op.
fn kernels(schedule: &Schedule, precision: Option<Precision>) -> Result<Kernels> {
    let dag = &schedule.draft.dag;
    let computed = |id: &&NodeId| {
        let op = &dag.node(**id).op;
        !op.is::<Arg>() && !op.is::<Const>() && op.effect() != Effect::Variable
    };
    let kernel = |&id: &NodeId| {
        let node = dag.node(id);
        let facts: Vec<Fact> = node.inputs.iter().map(|&o| dag.fact(o).clone()).collect();
        let kernel = match precision {
            Some(precision) => node.op.kernel_with(&facts, &node.facts, precision),
            None => node.op.kernel(&facts, &node.facts),
        };
        Ok((id, kernel.map_err(|e| crate::passes::invalid(node, e))?))
    };
    schedule.order.iter().filter(computed).map(kernel).collect()
}

/// The last time at which each outlet's memory is touched, views counted with what they view.
fn last_uses(schedule: &Schedule) -> HashMap<Outlet, usize> {
    let mut last = HashMap::default();
    for (time, &id) in schedule.order.iter().enumerate() {
        let node = schedule.draft.dag.node(id);
        for &input in &node.inputs {
            last.insert(input, time);
        }
        for k in 0..node.facts.len() {
            last.entry(id.outlet(k)).or_insert(time);
        }
    }
    for &fetch in &schedule.draft.fetches {
        last.insert(fetch, schedule.order.len());
    }
    last
}

impl Lowering {
    fn state(&mut self, name: Arc<str>, fact: &Fact, random: bool) -> Result<usize> {
        self.regions.push(Region::Input(bytes_of(fact)?));
        let region = self.regions.len() - 1;
        let shape = fact.concrete().map_err(|e| Error::Internal(e.message))?;
        let use_ = StateUse { name, region, dtype: fact.dtype, shape, read: false, written: false, random };
        self.states.push(use_);
        Ok(region)
    }

    fn write_state(&mut self, region: usize) {
        self.regions[region] = Region::Output(self.regions[region].len());
        if let Some(state) = self.state_at(region) {
            state.written = true;
        }
    }

    /// The variable or counter that lies in a region. States come in the order of their regions.
    fn state_at(&mut self, region: usize) -> Option<&mut StateUse> {
        let found = self.states.binary_search_by_key(&region, |s| s.region).ok()?;
        self.states.get_mut(found)
    }

    fn slot(&mut self, time: usize, last: usize, bytes: usize) -> Memory {
        self.slots.push(Lifetime { first: time, last, bytes });
        Memory { place: Place::Slot(self.slots.len() - 1), bytes }
    }

    fn node(&mut self, schedule: &Schedule, id: NodeId, time: usize, last_use: &HashMap<Outlet, usize>) -> Result<()> {
        let dag = &schedule.draft.dag;
        let node = dag.node(id);
        let kernel =
            self.kernels.remove(&id).ok_or_else(|| Error::Internal(format!("`{}` has no kernel", node.name)))?;
        let chain = self.chain_of.get(&id).copied();
        let mut inputs: Vec<Memory> = node.inputs.iter().map(|o| self.memory[o]).collect();
        if kernel.is_view() {
            let memory = Memory { bytes: bytes_of(&node.facts[0])?, ..inputs[0] };
            if let Place::Slot(slot) = memory.place {
                self.slots[slot].last = self.slots[slot].last.max(last_use[&id.outlet(0)]);
            }
            self.memory.insert(id.outlet(0), memory);
            return Ok(());
        }
        if node.op.effect() == Effect::Write {
            let Place::Region(region) = inputs[0].place else {
                return Err(Error::Internal(format!("`{}` writes no variable", node.name)));
            };
            self.memory.insert(id.outlet(0), inputs[0]);
            if node.op.is::<Assign>() && schedule.direct.get(&node.inputs[1]) == Some(&id) {
                return Ok(());
            }
            // An assignment does not read what it overwrites.
            self.mark_read(&inputs[usize::from(node.op.is::<Assign>())..]);
            self.write_state(region);
            let outputs = vec![inputs[0]];
            return self.push(node, kernel, inputs, outputs, time, chain);
        }
        self.mark_read(&inputs);
        let mut outputs = Vec::with_capacity(node.facts.len());
        for (k, fact) in node.facts.iter().enumerate() {
            let (outlet, bytes) = (id.outlet(k), bytes_of(fact)?);
            let direct = schedule.direct.get(&outlet).map(|write| self.memory[&dag.node(*write).inputs[0]]);
            let memory = match direct {
                Some(memory) => {
                    if let Place::Region(region) = memory.place {
                        self.write_state(region);
                    }
                    memory
                }
                None => match self.reusable(&kernel, &inputs, &outputs, bytes, time, chain) {
                    Some(memory) => {
                        if let Place::Slot(slot) = memory.place {
                            self.slots[slot].last = self.slots[slot].last.max(last_use[&outlet]);
                        }
                        memory
                    }
                    None => self.slot(time, last_use[&outlet], bytes),
                },
            };
            self.memory.insert(outlet, memory);
            outputs.push(memory);
        }
        if node.op.effect() == Effect::Random {
            let fact = Fact::new(DType::I64, ferroflow_array::Shape::from([2]));
            let region = self.state(node.name.clone(), &fact, true)?;
            self.write_state(region);
            let counter = Memory { place: Place::Region(region), bytes: 16 };
            inputs.push(counter);
            outputs.push(counter);
        }
        self.push(node, kernel, inputs, outputs, time, chain)
    }

    fn mark_read(&mut self, inputs: &[Memory]) {
        for input in inputs {
            let Place::Region(region) = input.place else { continue };
            if let Some(state) = self.state_at(region).filter(|s| !s.written) {
                state.read = true;
            }
        }
    }

    /// The memory of an input that ends here and may hold the next output, after `outputs`.
    fn reusable(
        &self,
        kernel: &Kernel,
        inputs: &[Memory],
        outputs: &[Memory],
        bytes: usize,
        time: usize,
        chain: Option<usize>,
    ) -> Option<Memory> {
        let k = outputs.len();
        // Of a chain, another part may still be at an earlier member, and read all of it.
        let members = self.steps.iter().rev().take_while(|s| chain.is_some() && s.chain == chain);
        let read_whole = |place: Place| {
            members.clone().any(|step| {
                let whole = |i: usize| step.kernel.rows().is_none_or(|r| r.is_whole(i));
                step.inputs.iter().enumerate().any(|(i, m)| m.place == place && whole(i))
            })
        };
        let free = |&(i, out): &(usize, usize)| {
            let Place::Slot(slot) = inputs.get(i)?.place else { return None };
            let same = out == k && inputs[i].bytes == bytes && bytes > 0;
            let ends = self.slots[slot].last == time && self.slots[slot].bytes == bytes;
            let taken = outputs.iter().any(|o| o.place == inputs[i].place);
            // Another operand in the same memory must be allowed in place as well.
            let others = (0..inputs.len()).filter(|&j| inputs[j].place == inputs[i].place);
            let allowed = others.into_iter().all(|j| kernel.in_place().contains(&(j, k)));
            (same && ends && !taken && allowed && !read_whole(inputs[i].place)).then_some(inputs[i])
        };
        kernel.in_place().iter().find_map(free)
    }

    fn push(
        &mut self,
        node: &ferroflow_graph::Node,
        kernel: Kernel,
        inputs: Vec<Memory>,
        outputs: Vec<Memory>,
        time: usize,
        chain: Option<usize>,
    ) -> Result<()> {
        let bytes = match (chain.map(|c| self.chains[c].lanes), kernel.rows()) {
            (Some(lanes), Some(rows)) => rows.scratch(lanes),
            _ => kernel.scratch(),
        };
        let scratch = (bytes > 0).then(|| {
            self.slots.push(Lifetime { first: time, last: time, bytes });
            self.slots.len() - 1
        });
        let fact: Vec<String> = node.facts.iter().map(ToString::to_string).collect();
        self.labels.push(Label {
            node: node.name.clone(),
            origin: node.origin.as_ref().unwrap_or(&node.name).clone(),
            location: node.location,
            op: node.op.type_name(),
            fact: fact.join(", "),
        });
        self.steps.push(Planned { kernel: Arc::new(kernel), time, chain, inputs, outputs, scratch });
        Ok(())
    }

    fn finish(mut self, schedule: &Schedule) -> Result<Program> {
        let dag = &schedule.draft.dag;
        let mut moved: HashMap<usize, usize> = HashMap::default();
        let mut outputs = Vec::new();
        let mut fetches = Vec::new();
        for &fetch in &schedule.draft.fetches {
            let fact = dag.fact(fetch);
            let shape = fact.concrete().map_err(|e| Error::Internal(e.message))?;
            let memory = self.memory[&fetch];
            let source = match memory.place {
                Place::Slot(slot) => {
                    let index = *moved.entry(slot).or_insert_with(|| {
                        self.regions.push(Region::Output(self.slots[slot].bytes));
                        outputs.push((self.regions.len() - 1, fact.dtype, shape.clone()));
                        outputs.len() - 1
                    });
                    Source::Output(index)
                }
                Place::Region(region) => self.source_of(region)?,
            };
            fetches.push((source, shape));
        }
        let local = self.localize(&moved);
        // All members of a chain run at one time.
        let mut spans: Vec<(usize, usize)> = vec![(usize::MAX, 0); self.chains.len()];
        for step in &self.steps {
            if let Some(chain) = step.chain {
                let (first, last) = &mut spans[chain];
                (*first, *last) = ((*first).min(step.time), (*last).max(step.time));
            }
        }
        let together = |time: usize| {
            let chain = spans.iter().copied().find(|(first, last)| (*first..=*last).contains(&time));
            chain.unwrap_or((time, time))
        };
        let lifetime = |(i, s): (usize, &Lifetime)| {
            let bytes = if moved.contains_key(&i) { 0 } else { s.bytes };
            Lifetime { first: together(s.first).0, last: together(s.last).1, bytes }
        };
        let lifetimes: Vec<Lifetime> = self.slots.iter().enumerate().map(lifetime).collect();
        let (offsets, total) = plan(&lifetimes);
        self.regions[0] = Region::Arena(total);
        let span = |m: &Memory| match m.place {
            Place::Region(region) => Span { region, offset: 0, len: m.bytes },
            Place::Slot(slot) => match moved.get(&slot) {
                Some(&output) => Span { region: outputs[output].0, offset: 0, len: m.bytes },
                None if local.contains(&slot) => Span { region: 0, offset: offsets[slot], len: self.slots[slot].bytes },
                None => Span { region: 0, offset: offsets[slot], len: m.bytes },
            },
        };
        let groups = self.groups(&local);
        let steps = self.steps.iter().map(|step| Step {
            kernel: step.kernel.clone(),
            inputs: step.inputs.iter().map(span).collect(),
            outputs: step.outputs.iter().map(span).collect(),
            scratch: step.scratch.map_or(Span::EMPTY, |slot| Span {
                region: 0,
                offset: offsets[slot],
                len: self.slots[slot].bytes,
            }),
        });
        let steps: Vec<Step> = steps.collect();
        let machine = Machine::with_groups(self.regions, steps, groups)
            .map_err(|e| Error::Internal(format!("{} ({})", e, self.labels[e.step].node)))?;
        let (states, labels, args) = (self.states, self.labels, self.args);
        Ok(Program { machine, args, states, outputs, fetches, labels, frames: Mutex::new(Vec::new()), folded: 0 })
    }

    /// The slots whose values live only within the parts of a chain; they get memory for a part in each lane.
    fn localize(&mut self, moved: &HashMap<usize, usize>) -> HashSet<usize> {
        let mut used: HashMap<usize, Option<usize>> = HashMap::default();
        for step in &self.steps {
            let rows = step.kernel.rows();
            let input = |i: usize| rows.is_some_and(|r| !r.is_whole(i));
            let inputs = step.inputs.iter().enumerate().map(|(i, m)| (m, input(i)));
            let outputs = step.outputs.iter().map(|m| (m, rows.is_some_and(|r| !r.reduces())));
            for (memory, in_rows) in inputs.chain(outputs) {
                let Place::Slot(slot) = memory.place else { continue };
                let chain = step.chain.filter(|_| in_rows);
                used.entry(slot).and_modify(|c| *c = c.filter(|_| *c == chain)).or_insert(chain);
            }
        }
        let last = |slot: usize| self.slots[slot].last;
        let ends =
            |slot: usize, chain: usize| self.steps.iter().any(|s| s.chain == Some(chain) && s.time >= last(slot));
        let local: HashMap<usize, usize> = used
            .iter()
            .filter_map(|(&slot, &chain)| Some((slot, chain?)))
            .filter(|&(slot, chain)| !moved.contains_key(&slot) && ends(slot, chain))
            .collect();
        for (&slot, &chain) in &local {
            let Chain { rows, chunk, lanes, .. } = self.chains[chain];
            self.slots[slot].bytes = self.slots[slot].bytes / rows * chunk * lanes;
        }
        local.into_keys().collect()
    }

    /// The chains as groups of steps.
    fn groups(&self, local: &HashSet<usize>) -> Vec<Group> {
        let access = |step: &Planned| {
            let rows = step.kernel.rows();
            let whole = |i: usize| match i.checked_sub(step.inputs.len()) {
                None => rows.is_none_or(|r| r.is_whole(i)),
                Some(_) => rows.is_none_or(|r| r.reduces()),
            };
            let operands = step.inputs.iter().chain(&step.outputs).enumerate();
            let access = operands.map(|(i, m)| match m.place {
                _ if whole(i) => Access::Whole,
                Place::Slot(slot) if local.contains(&slot) => Access::Local,
                _ => Access::Rows,
            });
            access.collect()
        };
        let chains = self.chains.iter().enumerate().filter_map(|(i, chain)| {
            let first = self.steps.iter().position(|s| s.chain == Some(i))?;
            let steps = first..first + chain.members.len();
            let access = self.steps[steps.clone()].iter().map(access).collect();
            Some(Group { steps, rows: chain.rows, chunk: chain.chunk, lanes: chain.lanes, access })
        });
        chains.collect()
    }

    fn source_of(&mut self, region: usize) -> Result<Source> {
        if let Some(index) = self.args.iter().position(|a| *a == Some(region)) {
            return Ok(Source::Arg(index));
        }
        if let Some(constant) = self.constants.get(&region) {
            return Ok(Source::Constant(constant.clone()));
        }
        let state = self.states.iter_mut().position(|s| s.region == region);
        let state = state.ok_or_else(|| Error::Internal("a fetch lies nowhere".into()))?;
        if !self.states[state].written {
            self.states[state].read = true;
        }
        Ok(Source::State(state))
    }
}
