use crate::{Fact, Op};
use smallvec::SmallVec;
use std::fmt;
use std::panic::Location;
use std::sync::Arc;

/// Index of a node in its graph.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub u32);

impl NodeId {
    /// The index, to look up in a slice.
    pub fn index(self) -> usize {
        self.0 as usize
    }

    /// Output `k` of this node.
    pub fn outlet(self, k: usize) -> Outlet {
        Outlet { node: self, output: k as u32 }
    }
}

impl fmt::Debug for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// An output of a node: `node:k`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Outlet {
    /// The node.
    pub node: NodeId,
    /// Which of its outputs.
    pub output: u32,
}

impl fmt::Debug for Outlet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}:{}", self.node.0, self.output)
    }
}

/// An operation in a graph.
#[derive(Clone, Debug)]
pub struct Node {
    /// The name, unique in the graph.
    pub name: Arc<str>,
    /// The name of the node of a program's graph from which a pass made this one; none in such a graph.
    pub origin: Option<Arc<str>>,
    /// What it computes.
    pub op: Arc<dyn Op>,
    /// Where its inputs come from.
    pub inputs: SmallVec<[Outlet; 4]>,
    /// Nodes that must run before it, without giving it a value.
    pub controls: SmallVec<[NodeId; 2]>,
    /// What is known of its outputs.
    pub facts: SmallVec<[Fact; 1]>,
    /// The device asked for, as TensorFlow writes it; empty if none.
    pub device: Arc<str>,
    /// The line that asked for it, if it came from a program.
    pub location: Option<&'static Location<'static>>,
}

impl Node {
    /// Says of this node, which a pass made, that it stands for `other`, or for the one that `other` was made from.
    pub fn made_from(&mut self, other: &Node) {
        self.origin = Some(other.origin.as_ref().unwrap_or(&other.name).clone());
        self.location = other.location;
    }
}
