mod lowering;

use crate::chain::{self, Chain, Kernels};
use crate::passes::Schedule;
use crate::plan::Lifetime;
use crate::{Error, Result};
use ferroflow_array::{Array, DType, Shape};
use ferroflow_graph::ops::{Arg, Const};
use ferroflow_graph::{Effect, Fact, NodeId, Outlet};
use ferroflow_kernels::{Frame, Kernel, Machine, Precision, Region};
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
        // What is too large for memory is refused before a kernel is made ready for it.
        node.facts.iter().try_for_each(|fact| bytes_of(fact).map(drop))?;
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
