//! Shapes and the movement of elements.

use super::Naming::{Inside, Node, Scope};
use super::functions;
use crate::argument::{Argument, Dims, settled};
use ferroflow::array::{DType, PartialShape};
use ferroflow::graph::ops::{Index, IndexBy, MirrorMode, Place, StridedSlice, Unique};
use ferroflow::graph::{Graph, Input, Tensor};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyEllipsis, PySlice, PyTuple};

/// One item of an index, where a bound may be a tensor.
impl<'g> Argument<'g> for IndexBy<'g> {
    fn from_python(graph: &'g Graph, value: &Bound<'_, PyAny>) -> PyResult<Self> {
        let bound = |name: &str| -> PyResult<Option<Place<'g>>> {
            let value = value.getattr(name)?;
            if value.is_none() { Ok(None) } else { place(graph, &value).map(Some) }
        };
        if value.is_none() {
            return Ok(IndexBy::Known(Index::NewAxis));
        }
        if value.is_instance_of::<PyEllipsis>() {
            return Ok(IndexBy::Known(Index::Ellipsis));
        }
        if !value.is_instance_of::<PySlice>() {
            return Ok(match place(graph, value)? {
                Place::Known(at) => IndexBy::Known(Index::At(at)),
                Place::Tensor(at) => IndexBy::At(at),
            });
        }
        let known = |place: &Option<Place<'g>>| match place {
            Some(Place::Known(at)) => Some(Some(*at)),
            Some(Place::Tensor(_)) => None,
            None => Some(None),
        };
        let (start, stop, step) = (bound("start")?, bound("stop")?, bound("step")?);
        Ok(match (known(&start), known(&stop), known(&step)) {
            (Some(start), Some(stop), Some(step)) => IndexBy::Known(Index::Range(start, stop, step.unwrap_or(1))),
            _ => IndexBy::Range(start, stop, step),
        })
    }
}

fn place<'g>(graph: &'g Graph, value: &Bound<'_, PyAny>) -> PyResult<Place<'g>> {
    if !value.is_instance_of::<PyBool>()
        && let Ok(integer) = value.extract()
    {
        return Ok(Place::Known(integer));
    }
    let refuse = || -> PyResult<PyErr> {
        Ok(PyTypeError::new_err(format!("{} is no index: expected an integer", value.repr()?)))
    };
    if crate::argument::handle(value).is_none() {
        return refuse().and_then(Err);
    }
    let tensor = Tensor::from_python(graph, value)?;
    if tensor.shape().rank().is_some_and(|rank| rank != 0) {
        let message = "Only integers, slices, ellipses, None and scalar tensors are valid indices, got";
        return Err(PyTypeError::new_err(format!("{message} {}", value.repr()?)));
    }
    match tensor.dtype() {
        DType::I32 | DType::I64 => Ok(Place::Tensor(tensor)),
        DType::I16 => Ok(Place::Tensor(tensor.cast(DType::I32))),
        _ => refuse().and_then(Err),
    }
}

/// What can index a tensor: one item or a tuple of them.
pub(super) struct Items<'g>(pub(super) Vec<IndexBy<'g>>);

impl<'g> Argument<'g> for Items<'g> {
    fn from_python(graph: &'g Graph, value: &Bound<'_, PyAny>) -> PyResult<Self> {
        match value.cast::<PyTuple>() {
            Ok(items) => items.iter().map(|i| IndexBy::from_python(graph, &i)).collect::<PyResult<_>>().map(Items),
            Err(_) => Ok(Items(vec![IndexBy::from_python(graph, value)?])),
        }
    }
}

/// Literals as arrays of their own dtype.
pub(super) fn own<'g>(input: Input<'g>) -> Input<'g> {
    settled(input, true)
}

functions! { |g|
    shape(x: Tensor<'g>, dtype: DType) Node("Shape") => x.shape_tensor_as(dtype);
    size(x: Tensor<'g>) Node("Size") => x.size();
    rank(x: Tensor<'g>) Node("Rank") => x.rank_tensor();
    reshape(x: Tensor<'g>, shape: Dims<'g>) Node("Reshape") => x.reshape(shape);
    expand_dims(x: Tensor<'g>, axis: i64) Node("ExpandDims") => x.expand_dims(axis);
    expand_dims_by(x: Tensor<'g>, axis: Tensor<'g>) Scope => x.expand_dims_by(axis);
    squeeze(x: Tensor<'g>, axes: Vec<i64>) Node("Squeeze") => x.squeeze(&axes);
    transpose(x: Tensor<'g>, perm: Option<Dims<'g>>) Node("Transpose") => match perm {
        Some(Dims(perm)) => x.transpose(g.constant(perm)),
        None => x.transpose(..),
    };
    decode_image(file: Tensor<'g>, channels: i64) Node("DecodeImage") => file.decode_image(channels);
    encode_png(image: Tensor<'g>) Node("EncodePng") => image.encode_png();
    encode_jpeg(image: Tensor<'g>, quality: i64) Node("EncodeJpeg") => image.encode_jpeg(quality);
    matrix_transpose(x: Tensor<'g>) Node("Transpose") => x.matrix_transpose();
    broadcast_to(x: Tensor<'g>, shape: Dims<'g>) Node("BroadcastTo") => x.broadcast_to(shape);
    fill(dims: Dims<'g>, value: Tensor<'g>) Node("Fill") => g.fill(dims, value);
    fill_of(dims: Dims<'g>, value: f64, dtype: DType) Node("Fill") => g.fill_of(dtype, dims, value);
    range(start: Tensor<'g>, limit: Input<'g>, delta: Input<'g>) Node("Range") => g.range(start, limit, delta);
    linspace(start: Tensor<'g>, stop: Input<'g>, number: Input<'g>) Scope => g.linspace(start, stop, own(number));
    eye(rows: Input<'g>, columns: Input<'g>, dtype: DType) Scope => {
        let eye = g.eye(own(rows), own(columns));
        if dtype == eye.dtype() { eye } else { eye.cast(dtype) }
    };
    one_hot(indices: Tensor<'g>, depth: Input<'g>, on: Tensor<'g>, off: Tensor<'g>, axis: i64) Scope =>
        indices.one_hot_with(own(depth), on, off, axis);
    concat(tensors: Vec<Tensor<'g>>, axis: i64) Node("ConcatV2") => g.concat(&tensors, axis);
    concat_by(tensors: Vec<Tensor<'g>>, axis: Tensor<'g>) Node("Concat") => g.concat_by(&tensors, axis);
    stack(tensors: Vec<Tensor<'g>>, axis: i64) Node("ConcatV2") => g.stack(&tensors, axis);
    unstack(x: Tensor<'g>, axis: i64) Scope => x.unstack(axis);
    split(x: Tensor<'g>, parts: i64, axis: i64) Scope => {
        let refuse = |_| PyValueError::new_err(format!("nothing can be split into {parts} parts"));
        x.split(usize::try_from(parts).map_err(refuse)?, axis)
    };
    split_by(x: Tensor<'g>, parts: i64, axis: Tensor<'g>) Scope => {
        let refuse = |_| PyValueError::new_err(format!("nothing can be split into {parts} parts"));
        x.split_by(usize::try_from(parts).map_err(refuse)?, axis)
    };
    split_sizes(x: Tensor<'g>, sizes: Dims<'g>, axis: i64) Scope => x.split_sizes(sizes, axis);
    split_sizes_by(x: Tensor<'g>, sizes: Dims<'g>, axis: Tensor<'g>) Scope => x.split_sizes_by(g.constant(sizes.0), axis);
    slice(x: Tensor<'g>, begin: Dims<'g>, size: Dims<'g>) Node("Slice") => x.slice(begin, size);
    strided_slice(x: Tensor<'g>, begin: Dims<'g>, end: Dims<'g>, strides: Option<Dims<'g>>, masks: [i64; 5])
        Node("StridedSlice") => {
        let [begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask] = masks;
        let op = StridedSlice { begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask };
        let begin = g.constant(begin.0);
        let ones = || g.fill_of(begin.dtype(), begin.shape_tensor(), 1.0);
        let strides = strides.map_or_else(ones, |Dims(strides)| g.constant(strides));
        x.strided_slice(op, begin, end, strides)
    };
    index(x: Tensor<'g>, items: Items<'g>) Node("StridedSlice") => x.index_by(&items.0);
    reverse(x: Tensor<'g>, axes: Vec<i64>) Node("StridedSlice") => x.reverse(&axes);
    reverse_by(x: Tensor<'g>, axes: Tensor<'g>) Scope => x.reverse_by(axes);
    tile(x: Tensor<'g>, multiples: Dims<'g>) Node("Tile") => x.tile(multiples);
    pad(x: Tensor<'g>, paddings: Input<'g>, value: Input<'g>) Node("PadV2") => x.pad_with(own(paddings), value);
    mirror_pad(x: Tensor<'g>, paddings: Vec<[i32; 2]>, mode: MirrorMode) Scope => x.mirror_pad(&paddings, mode);
    mirror_pad_by(x: Tensor<'g>, paddings: Tensor<'g>, mode: MirrorMode) Scope => x.mirror_pad_by(paddings, mode);
    gather(x: Tensor<'g>, indices: Input<'g>, axis: i64) Node("GatherV2") => x.gather_along(own(indices), axis);
    gather_by(x: Tensor<'g>, indices: Input<'g>, axis: Tensor<'g>) Scope => x.gather_along_by(own(indices), axis);
    gather_nd(x: Tensor<'g>, indices: Input<'g>) Node("GatherNd") => x.gather_nd(own(indices));
    scatter_nd(indices: Tensor<'g>, updates: Tensor<'g>, shape: Dims<'g>) Node("ScatterNd") =>
        g.scatter_nd(indices, updates, shape);
    rows(values: Tensor<'g>, indices: Tensor<'g>, shape: Tensor<'g>) Scope => {
        let sums = values.unsorted_segment_sum(indices, shape.index(&[Index::At(0)]));
        let sizes = shape.fact().partial_ints().into_iter().flatten();
        let known: PartialShape = sizes.map(|n| n.and_then(|n| usize::try_from(n).ok())).collect();
        if known.merge(&sums.shape()).is_some() { sums.set_shape(known) } else { sums }
    };
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
    embedding_lookup_div(params: Vec<Tensor<'g>>, ids: Tensor<'g>) Inside => g.embedding_lookup_div(&params, ids);
}
