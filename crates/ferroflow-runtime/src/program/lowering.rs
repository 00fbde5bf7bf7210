//! One node after another to steps, and all of them to a program.

use super::{Label, Lowering, Memory, Place, Planned, Program, Source, StateUse, bytes_of};
use crate::chain::Chain;
use crate::passes::Schedule;
use crate::plan::{Lifetime, plan};
use crate::{Error, Result};
use ferroflow_array::{DType, Shape};
use ferroflow_graph::ops::Assign;
use ferroflow_graph::{Effect, Fact, NodeId, Outlet};
use ferroflow_kernels::{Access, Group, Kernel, Machine, Region, Span, Step};
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use std::sync::{Arc, Mutex};

impl Lowering {
    pub(super) fn state(&mut self, name: Arc<str>, fact: &Fact, random: bool) -> Result<usize> {
        self.regions.push(Region::Input(bytes_of(fact)?));
        let region = self.regions.len() - 1;
        let shape = fact.concrete().map_err(|e| Error::Internal(e.message))?;
        let use_ = StateUse { name, region, dtype: fact.dtype, shape, read: false, written: false, random };
        self.states.push(use_);
        Ok(region)
    }

    pub(super) fn write_state(&mut self, region: usize) {
        self.regions[region] = Region::Output(self.regions[region].len());
        if let Some(state) = self.state_at(region) {
            state.written = true;
        }
    }

    /// The variable or counter that lies in a region. States come in the order of their regions.
    pub(super) fn state_at(&mut self, region: usize) -> Option<&mut StateUse> {
        let found = self.states.binary_search_by_key(&region, |s| s.region).ok()?;
        self.states.get_mut(found)
    }

    pub(super) fn slot(&mut self, time: usize, last: usize, bytes: usize) -> Memory {
        self.slots.push(Lifetime { first: time, last, bytes });
        Memory { place: Place::Slot(self.slots.len() - 1), bytes }
    }

    pub(super) fn node(
        &mut self,
        schedule: &Schedule,
        id: NodeId,
        time: usize,
        last_use: &HashMap<Outlet, usize>,
    ) -> Result<()> {
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
            let fact = Fact::new(DType::I64, Shape::from([2]));
            let region = self.state(node.name.clone(), &fact, true)?;
            self.write_state(region);
            let counter = Memory { place: Place::Region(region), bytes: 16 };
            inputs.push(counter);
            outputs.push(counter);
        }
        self.push(node, kernel, inputs, outputs, time, chain)
    }

    pub(super) fn mark_read(&mut self, inputs: &[Memory]) {
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

    pub(super) fn finish(mut self, schedule: &Schedule) -> Result<Program> {
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
