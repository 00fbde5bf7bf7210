//! Shapes and the movement of elements.

use super::Naming::{Inside, Node, Scope};
use super::functions;
use crate::argument::{Argument, Dims, settled};
use ferroflow::array::DType;
use ferroflow::graph::ops::{Index, MirrorMode, Unique};
use ferroflow::graph::{Graph, Input, Tensor};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyEllipsis, PySlice, PyTuple};

/// One item of an index, where a bound may be a tensor whose value is known.
impl<'g> Argument<'g> for Index {
    fn from_python(graph: &'g Graph, value: &Bound<'_, PyAny>) -> PyResult<Self> {
        let bound = |name: &str| -> PyResult<Option<i64>> {
            let value = value.getattr(name)?;
            if value.is_none() { Ok(None) } else { integer(graph, &value).map(Some) }
        };
        if value.is_none() {
            return Ok(Index::NewAxis);
        }
        if value.is_instance_of::<PyEllipsis>() {
            return Ok(Index::Ellipsis);
        }
        if value.is_instance_of::<PySlice>() {
            return Ok(Index::Range(bound("start")?, bound("stop")?, bound("step")?.unwrap_or(1)));
        }
        integer(graph, value).map(Index::At)
    }
}

/// An integer, or a tensor of one that is known.
fn integer(graph: &Graph, value: &Bound<'_, PyAny>) -> PyResult<i64> {
    if let Ok(integer) = value.extract() {
        return Ok(integer);
    }
    let known = crate::argument::handle(value).map(|_| Tensor::from_python(graph, value)).transpose()?;
    let known = known.and_then(|t| t.fact().ints()).and_then(|ints| ints.first().copied());
    match known {
        Some(known) => Ok(known),
        None => Err(PyTypeError::new_err(format!("{} is no index: expected an integer that is known", value.repr()?))),
    }
}

/// What can index a tensor: one item or a tuple of them.
struct Items(Vec<Index>);

impl<'g> Argument<'g> for Items {
    fn from_python(graph: &'g Graph, value: &Bound<'_, PyAny>) -> PyResult<Self> {
        match value.cast::<PyTuple>() {
            Ok(items) => items.iter().map(|i| Index::from_python(graph, &i)).collect::<PyResult<_>>().map(Items),
            Err(_) => Ok(Items(vec![Index::from_python(graph, value)?])),
        }
    }
}

/// The parts along `axis`, of equal size or of these sizes, where one may be -1 for what is left.
fn split<'g>(x: Tensor<'g>, parts: &[i64], equal: bool, axis: i64) -> PyResult<Vec<Tensor<'g>>> {
    let size =
        |n: i64| usize::try_from(n).map_err(|_| PyValueError::new_err(format!("a part cannot have {n} elements")));
    if equal {
        return Ok(x.split(size(parts.first().copied().unwrap_or(0))?, axis));
    }
    let rank = x.shape().rank().unwrap_or(0) as i64;
    let at = if axis < 0 { axis + rank } else { axis };
    let whole = usize::try_from(at).ok().and_then(|at| x.shape().dim(at));
    let others: i64 = parts.iter().filter(|&&n| n != -1).sum();
    let sizes = parts.iter().map(|&n| match (n, whole) {
        (-1, Some(whole)) => size(whole as i64 - others),
        (n, _) => size(n),
    });
    Ok(x.split_sizes(&sizes.collect::<PyResult<Vec<_>>>()?, axis))
}

/// Literals as arrays of their own dtype.
fn own<'g>(input: Input<'g>) -> Input<'g> {
    settled(input, true)
}

functions! { |g|
    shape(x: Tensor<'g>, dtype: DType) Node("Shape") => x.shape_tensor_as(dtype);
    size(x: Tensor<'g>) Node("Size") => x.size();
    rank(x: Tensor<'g>) Node("Rank") => x.rank_tensor();
    reshape(x: Tensor<'g>, shape: Dims<'g>) Node("Reshape") => x.reshape(shape);
    expand_dims(x: Tensor<'g>, axis: i64) Node("ExpandDims") => x.expand_dims(axis);
    squeeze(x: Tensor<'g>, axes: Vec<i64>) Node("Squeeze") => x.squeeze(&axes);
    transpose(x: Tensor<'g>, perm: Option<Dims<'g>>) Node("Transpose") => match perm {
        Some(Dims(perm)) => x.transpose(g.constant(perm)),
        None => x.transpose(..),
    };
    matrix_transpose(x: Tensor<'g>) Node("Transpose") => x.matrix_transpose();
    broadcast_to(x: Tensor<'g>, shape: Dims<'g>) Node("BroadcastTo") => x.broadcast_to(shape);
    fill(dims: Dims<'g>, value: Tensor<'g>) Node("Fill") => g.fill(dims, value);
    fill_of(dims: Dims<'g>, value: f64, dtype: DType) Node("Fill") => g.fill_of(dtype, dims, value);
    range(start: Tensor<'g>, limit: Input<'g>, delta: Input<'g>) Node("Range") => g.range(start, limit, delta);
    linspace(start: Tensor<'g>, stop: Input<'g>, number: i32) Scope => g.linspace(start, stop, number);
    eye(rows: i32, columns: i32, dtype: DType) Scope => {
        let eye = g.eye(rows, columns);
        if dtype == eye.dtype() { eye } else { eye.cast(dtype) }
    };
    one_hot(indices: Tensor<'g>, depth: i32, on: Tensor<'g>, off: Tensor<'g>, axis: i64) Scope =>
        indices.one_hot_with(depth, on, off, axis);
    concat(tensors: Vec<Tensor<'g>>, axis: i64) Node("ConcatV2") => g.concat(&tensors, axis);
    stack(tensors: Vec<Tensor<'g>>, axis: i64) Node("ConcatV2") => g.stack(&tensors, axis);
    unstack(x: Tensor<'g>, axis: i64) Scope => x.unstack(axis);
    split(x: Tensor<'g>, parts: Vec<i64>, equal: bool, axis: i64) Scope => split(x, &parts, equal, axis)?;
    slice(x: Tensor<'g>, begin: Dims<'g>, size: Dims<'g>) Node("Slice") => x.slice(begin, size);
    index(x: Tensor<'g>, items: Items) Node("StridedSlice") => x.index(&items.0);
    reverse(x: Tensor<'g>, axes: Vec<i64>) Node("StridedSlice") => x.reverse(&axes);
    tile(x: Tensor<'g>, multiples: Dims<'g>) Node("Tile") => x.tile(multiples);
    pad(x: Tensor<'g>, paddings: Input<'g>, value: Input<'g>) Node("PadV2") => x.pad_with(own(paddings), value);
    mirror_pad(x: Tensor<'g>, paddings: Vec<[i32; 2]>, mode: MirrorMode) Scope => x.mirror_pad(&paddings, mode);
    gather(x: Tensor<'g>, indices: Input<'g>, axis: i64) Node("GatherV2") => x.gather_along(own(indices), axis);
    gather_nd(x: Tensor<'g>, indices: Input<'g>) Node("GatherNd") => x.gather_nd(own(indices));
    scatter_nd(indices: Tensor<'g>, updates: Tensor<'g>, shape: Dims<'g>) Node("ScatterNd") =>
        g.scatter_nd(indices, updates, shape);
    rows(values: Tensor<'g>, indices: Tensor<'g>, number: Tensor<'g>) Scope => values.unsorted_segment_sum(indices, number);
    where_true(x: Tensor<'g>) Node("Where") => x.where_true();
    unique(x: Tensor<'g>, out_idx: DType) Node("UniqueWithCounts") => {
        let op = g.build(Unique { out_idx }).name("Unique").input("x", x).finish();
        vec![op.output(0), op.output(1), op.output(2)]
    };
    boolean_mask(x: Tensor<'g>, mask: Input<'g>) Inside => x.boolean_mask(mask);
    space_to_depth(x: Tensor<'g>, block_size: usize) Node("SpaceToDepth") => x.space_to_depth(block_size);
    depth_to_space(x: Tensor<'g>, block_size: usize) Node("DepthToSpace") => x.depth_to_space(block_size);
    invert_permutation(x: Tensor<'g>) Node("InvertPermutation") => {
        g.build(ferroflow::graph::ops::InvertPermutation {}).input("x", x).tensor()
    };
    embedding_lookup(params: Vec<Tensor<'g>>, ids: Tensor<'g>) Inside => g.embedding_lookup(&params, ids);
}
