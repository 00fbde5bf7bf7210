//! Values between Python and Rust, without a copy where the layout allows.

use crate::error::words;
use ferroflow::array::{Array, DType, Shape, f16};
use ferroflow::runtime::FeedValue;
use numpy::{Element, PyArrayDescrMethods, PyArrayDyn, PyArrayMethods, PyReadonlyArrayDyn, PyUntypedArray};
use numpy::{PyArray1, PyUntypedArrayMethods};
use pyo3::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyBytes, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};

/// `numpy.name`, looked up once.
macro_rules! numpy_item {
    ($py:expr, $name:literal) => {{
        static ITEM: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        ITEM.get_or_try_init($py, || Ok::<_, PyErr>($py.import("numpy")?.getattr($name)?.unbind()))?.bind($py)
    }};
}

/// `for_dtype!(dtype, T => expression, else other)`: the expression with `T` the element type that NumPy and Rust share.
macro_rules! for_dtype {
    ($dtype:expr, $t:ident => $then:expr, else $other:expr) => {
        for_dtype!(@arms $dtype, $t, $then, $other, F16: f16, F32: f32, F64: f64, I8: i8, I16: i16, I32: i32, I64: i64,
            U8: u8, U16: u16, Bool: bool)
    };
    (@arms $dtype:expr, $t:ident, $then:expr, $other:expr, $($d:ident: $element:ty),*) => {
        match $dtype {
            $(DType::$d => {
                type $t = $element;
                $then
            })*
            _ => $other,
        }
    };
}

/// The dtype of a NumPy array; `None` for what has no counterpart.
fn dtype_of(array: &Bound<'_, PyUntypedArray>) -> Option<DType> {
    let dtype = array.dtype();
    match (dtype.kind(), dtype.itemsize()) {
        (b'f', 2) => Some(DType::F16),
        (b'f', 4) => Some(DType::F32),
        (b'f', 8) => Some(DType::F64),
        (b'i', 1) => Some(DType::I8),
        (b'i', 2) => Some(DType::I16),
        (b'i', 4) => Some(DType::I32),
        (b'i', 8) => Some(DType::I64),
        (b'u', 1) => Some(DType::U8),
        (b'u', 2) => Some(DType::U16),
        (b'b', _) => Some(DType::Bool),
        (b'O' | b'S' | b'U', _) => Some(DType::String),
        _ => None,
    }
}

/// NumPy's name of a dtype; bfloat16, which it lacks, travels as float32.
fn numpy_name(dtype: DType) -> &'static str {
    match dtype {
        DType::Bf16 => "float32",
        DType::String => "object",
        other => other.tensorflow_name(),
    }
}

/// An array of NumPy's that Rust reads in place.
pub(crate) trait Readable {
    fn bytes(&self) -> &[u8];
}

impl<T: Element + bytemuck::NoUninit> Readable for PyReadonlyArrayDyn<'_, T> {
    fn bytes(&self) -> &[u8] {
        self.as_slice().map_or(&[], bytemuck::cast_slice)
    }
}

/// A value to feed: memory of NumPy's that is held while Rust reads it, or an array of our own.
pub(crate) enum Held<'py> {
    Numpy { dtype: DType, shape: Shape, array: Box<dyn Readable + 'py> },
    Own(Array),
}

impl Held<'_> {
    pub(crate) fn feed_value(&self) -> PyResult<FeedValue<'_>> {
        match self {
            Held::Own(array) => Ok(array.into()),
            Held::Numpy { dtype, shape, array } => FeedValue::from_bytes(*dtype, shape.clone(), array.bytes())
                .map_err(|e| PyValueError::new_err(words(&e))),
        }
    }
}

/// Holds a C-contiguous array of `dtype` for reading.
fn hold<'py>(array: &Bound<'py, PyUntypedArray>, dtype: DType) -> PyResult<Held<'py>> {
    let shape = Shape::from(array.shape());
    for_dtype!(dtype, T => {
        let array = array.cast::<PyArrayDyn<T>>()?.try_readonly().map_err(|e| PyValueError::new_err(words(&e)))?;
        Ok(Held::Numpy { dtype, shape, array: Box::new(array) })
    }, else Err(PyTypeError::new_err(format!("no NumPy array holds {}", dtype.tensorflow_name()))))
}

/// `value`, anything that NumPy makes an array of, as a value of `dtype` to feed.
pub(crate) fn to_feed<'py>(value: &Bound<'py, PyAny>, dtype: DType) -> PyResult<Held<'py>> {
    if let Ok(array) = value.cast::<PyUntypedArray>()
        && array.is_c_contiguous()
        && array.dtype().is_native_byteorder() != Some(false)
        && dtype_of(array) == Some(dtype)
        && dtype != DType::String
    {
        return hold(array, dtype);
    }
    if let Some(number) = number(value) {
        let cast = number.cast(dtype).ok().filter(|c| dtype.is_float() || c.to_f64s() == number.to_f64s());
        if let Some(array) = cast {
            return Ok(Held::Own(array));
        }
        if number.dtype() == DType::I64 && dtype != DType::String {
            return Err(too_large(value, dtype)?);
        }
    }
    match dtype {
        DType::String | DType::Bf16 => Ok(Held::Own(from_python(value, Some(dtype))?)),
        _ => match as_array(value, Some(dtype)) {
            Err(e) if e.is_instance_of::<PyOverflowError>(value.py()) => Err(too_large(value, dtype)?),
            array => hold(&array?, dtype),
        },
    }
}

/// The error for integers fed to a tensor whose dtype does not hold them.
fn too_large(value: &Bound<'_, PyAny>, dtype: DType) -> PyResult<PyErr> {
    let (class, dtype) = (value.get_type().name()?, dtype.tensorflow_name());
    Ok(PyTypeError::new_err(format!(
        "Type of feed value {} with type {class} is not compatible with Tensor type {dtype}. Try explicitly setting the type \
         of the feed tensor to a larger type (e.g. int64).",
        value.str()?
    )))
}

/// `numpy.asarray(value, dtype)`, C-contiguous.
fn as_array<'py>(value: &Bound<'py, PyAny>, dtype: Option<DType>) -> PyResult<Bound<'py, PyUntypedArray>> {
    let py = value.py();
    let dtype = dtype.map(numpy_name);
    let array = numpy_item!(py, "asarray").call1((value, dtype, "C"))?;
    Ok(array.cast_into::<PyUntypedArray>()?)
}

/// An array of Python's objects: NumPy's own strings would lose zeros at the end.
fn as_objects<'py>(value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyUntypedArray>> {
    Ok(numpy_item!(value.py(), "asarray").call1((value, "O"))?.cast_into::<PyUntypedArray>()?)
}

/// A Python number (no NumPy scalar) as a scalar of its widest type.
fn number(value: &Bound<'_, PyAny>) -> Option<Array> {
    if value.is_exact_instance_of::<PyBool>() {
        return value.extract::<bool>().ok().map(Array::scalar);
    }
    if value.is_exact_instance_of::<PyInt>() {
        return value.extract::<i64>().ok().map(Array::scalar);
    }
    if value.is_exact_instance_of::<PyFloat>() { value.extract::<f64>().ok().map(Array::scalar) } else { None }
}

/// A constant from Python: of `dtype`, or of the dtype that TensorFlow infers, `float32` and `int32` for what Python
/// wrote out, NumPy's own for its arrays and scalars.
pub(crate) fn from_python(value: &Bound<'_, PyAny>, dtype: Option<DType>) -> PyResult<Array> {
    let error = |e: ferroflow::array::ArrayError| PyTypeError::new_err(words(&e));
    if value.is_none() {
        return Err(PyValueError::new_err("None values not supported."));
    }
    if let Some(number) = number(value) {
        return match dtype {
            Some(dtype) => exactly(&number, dtype),
            None => Ok(narrow(number)),
        };
    }
    let numpys = is_numpy(value)?;
    if dtype == Some(DType::String) {
        return strings(&if numpys { as_array(value, None)? } else { as_objects(value)? });
    }
    // NumPy would make one kind of text of texts and bytes, and cannot always.
    let objects = if !numpys && is_text(value) { Some(as_objects(value)?).filter(|a| a.len() > 0) } else { None };
    let text = objects.is_some();
    let array = objects.map_or_else(|| as_array(value, None), Ok)?;
    let found = if text { Some(DType::String) } else { dtype_of(&array) };
    let Some(found) = found.filter(|d| *d != DType::String || array.len() > 0) else {
        let name = array.dtype().to_string();
        return Err(PyTypeError::new_err(format!("Failed to convert a value of NumPy's dtype {name} to a tensor")));
    };
    if found == DType::String {
        if !numpys && !text {
            let why = if holds_none(value) { "one is None" } else { "some are text, and some are not" };
            let message = format!("Failed to convert elements of {} to Tensor: {why}", value.repr()?);
            return Err(PyTypeError::new_err(message));
        }
        let array = strings(&array)?;
        return match dtype {
            Some(wanted) => Err(PyTypeError::new_err(format!("Expected {}, got strings", wanted.tensorflow_name()))),
            None => Ok(array),
        };
    }
    // In the machine's order of bytes.
    let array = if array.dtype().is_native_byteorder() == Some(false) { as_array(value, Some(found))? } else { array };
    let array = own(&hold(&array, found)?)?;
    match dtype {
        Some(dtype) if numpys => array.cast(dtype).map_err(error),
        // An empty list is of whatever dtype is asked for.
        Some(dtype) if array.is_empty() => array.cast(dtype).map_err(error),
        Some(dtype) => exactly(&array, dtype),
        None if numpys => Ok(array),
        None => Ok(narrow(array)),
    }
}

/// Whether a nest of lists holds nothing but text.
fn is_text(value: &Bound<'_, PyAny>) -> bool {
    match (value.cast::<PyList>(), value.cast::<PyTuple>()) {
        (Ok(items), _) => items.iter().all(|item| is_text(&item)),
        (_, Ok(items)) => items.iter().all(|item| is_text(&item)),
        _ => value.is_instance_of::<PyString>() || value.is_instance_of::<PyBytes>(),
    }
}

fn holds_none(value: &Bound<'_, PyAny>) -> bool {
    match (value.cast::<PyList>(), value.cast::<PyTuple>()) {
        (Ok(items), _) => items.iter().any(|item| holds_none(&item)),
        (_, Ok(items)) => items.iter().any(|item| holds_none(&item)),
        _ => value.is_none(),
    }
}

/// What Python wrote out, as `dtype`: a fraction is no integer, and a bool no number.
fn exactly(array: &Array, dtype: DType) -> PyResult<Array> {
    let found = array.dtype();
    let bools = (found == DType::Bool) != (dtype == DType::Bool);
    let floats = found.is_float() && !dtype.is_float();
    let refuse = || {
        let kind = if found.is_float() {
            "float"
        } else if found == DType::Bool {
            "bool"
        } else {
            "int"
        };
        PyTypeError::new_err(format!("Expected {}, got {array} of type '{kind}' instead", dtype.tensorflow_name()))
    };
    match array.cast(dtype) {
        Ok(cast) if !bools && !floats && (!dtype.is_integer() || cast.to_ints() == array.to_ints()) => Ok(cast),
        _ => Err(refuse()),
    }
}

/// Python's doubles as `f32`, and its integers as `i32` where they fit.
pub(crate) fn narrow(array: Array) -> Array {
    match array.dtype() {
        DType::F64 => array.cast(DType::F32).unwrap_or(array),
        DType::I64 => match array.cast(DType::I32) {
            Ok(small) if small.to_ints() == array.to_ints() => small,
            _ => array,
        },
        _ => array,
    }
}

/// Whether NumPy made it, so that its dtype is meant.
pub(crate) fn is_numpy(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    Ok(value.is_instance_of::<PyUntypedArray>() || value.is_instance(numpy_item!(value.py(), "generic"))?)
}

fn own(held: &Held<'_>) -> PyResult<Array> {
    match held {
        Held::Own(array) => Ok(array.clone()),
        Held::Numpy { dtype, shape, array } => {
            let mut own = Array::zeros(*dtype, shape).map_err(|e| PyValueError::new_err(words(&e)))?;
            own.bytes_mut().copy_from_slice(array.bytes());
            if *dtype == DType::Bool {
                // NumPy may see any byte as a truth value.
                own.bytes_mut().iter_mut().for_each(|b| *b = u8::from(*b != 0));
            }
            Ok(own)
        }
    }
}

/// Strings as bytes, text in UTF-8.
fn strings(array: &Bound<'_, PyUntypedArray>) -> PyResult<Array> {
    let shape = Shape::from(array.shape());
    let items = array.call_method0("ravel")?.call_method0("tolist")?;
    let bytes = |item: Bound<'_, PyAny>| -> PyResult<Vec<u8>> {
        if let Ok(text) = item.cast::<PyString>() {
            return Ok(text.to_cow()?.as_bytes().to_vec());
        }
        let bytes = item.cast::<PyBytes>();
        bytes.map(|b| b.as_bytes().to_vec()).map_err(|_| {
            let found = item.get_type().name().map_or_else(|_| "something else".to_owned(), |n| n.to_string());
            PyTypeError::new_err(format!("Expected strings, or numbers in rows of one length, got {found}"))
        })
    };
    let items = items.try_iter()?.map(|item| bytes(item?)).collect::<PyResult<Vec<_>>>()?;
    Array::from_strings(shape, items).map_err(|e| PyValueError::new_err(words(&e)))
}

/// An array's memory, which NumPy uses through `__array_interface__`.
#[pyclass(frozen)]
pub(crate) struct Memory {
    #[expect(dead_code, reason = "keeps the memory that the interface names")]
    array: Array,
    interface: Py<PyDict>,
}

#[pymethods]
impl Memory {
    /// NumPy's description of the memory.
    #[getter]
    fn __array_interface__(&self, py: Python<'_>) -> Py<PyDict> {
        self.interface.clone_ref(py)
    }
}

/// Arrays of fewer bytes are copied into NumPy's own memory, which is faster than sharing it.
const SHARED_FROM: usize = 1 << 15;

/// A value as NumPy has it: a scalar of NumPy's for a scalar, `bytes` for a string.
pub(crate) fn to_numpy(py: Python<'_>, array: Array) -> PyResult<Bound<'_, PyAny>> {
    let error = |e: ferroflow::array::ArrayError| PyValueError::new_err(words(&e));
    let array = if array.dtype() == DType::Bf16 { array.cast(DType::F32).map_err(error)? } else { array };
    if array.dtype() == DType::String {
        let strings = array.strings().map_err(error)?;
        let items = strings.iter().map(|s| PyBytes::new(py, s)).collect::<Vec<_>>();
        if array.rank() == 0 {
            return Ok(items[0].clone().into_any());
        }
        // Filled in item by item: NumPy would make something else of the list.
        let empty = numpy_item!(py, "empty").call1((items.len(), "object"))?;
        empty.set_item(pyo3::types::PySlice::full(py), PyList::new(py, items)?)?;
        return empty.call_method1("reshape", (PyTuple::new(py, array.shape().iter())?,));
    }
    if array.rank() == 0 {
        return scalar(py, &array);
    }
    if array.bytes().len() >= SHARED_FROM {
        return share(py, array);
    }
    let dims = array.shape().to_vec();
    for_dtype!(array.dtype(), T => {
        let flat = PyArray1::<T>::from_slice(py, array.as_slice().map_err(error)?);
        if dims.len() == 1 { Ok(flat.into_any()) } else { Ok(flat.reshape(dims)?.into_any()) }
    }, else Err(PyTypeError::new_err("no NumPy array holds this dtype")))
}

fn scalar<'py>(py: Python<'py>, array: &Array) -> PyResult<Bound<'py, PyAny>> {
    static TYPES: PyOnceLock<Vec<(DType, Py<PyAny>)>> = PyOnceLock::new();
    let types = TYPES.get_or_try_init(py, || {
        let numpy = py.import("numpy")?;
        let kinds = DType::ALL.into_iter().filter(|d| !matches!(d, DType::String | DType::Bf16));
        let of = |d: DType| Ok((d, numpy.getattr(if d == DType::Bool { "bool_" } else { numpy_name(d) })?.unbind()));
        kinds.map(of).collect::<PyResult<Vec<_>>>()
    })?;
    let class = types.iter().find(|(d, _)| *d == array.dtype()).map(|(_, class)| class.bind(py));
    let class = class.ok_or_else(|| PyTypeError::new_err("no NumPy scalar holds this dtype"))?;
    match (array.dtype().is_float(), array.to_f64s(), array.to_ints()) {
        (true, Some(value), _) => class.call1((value[0],)),
        (false, _, Some(value)) => class.call1((value[0],)),
        _ => class.call1((array.as_slice::<bool>().is_ok_and(|b| b[0]),)),
    }
}

/// NumPy's view of the array's own memory.
fn share(py: Python<'_>, mut array: Array) -> PyResult<Bound<'_, PyAny>> {
    let kind = match array.dtype() {
        DType::Bool => 'b',
        d if d.is_float() => 'f',
        DType::U8 | DType::U16 => 'u',
        _ => 'i',
    };
    let order = if cfg!(target_endian = "little") { '<' } else { '>' };
    let interface = PyDict::new(py);
    interface.set_item("version", 3)?;
    interface.set_item("typestr", format!("{order}{kind}{}", array.dtype().size()))?;
    interface.set_item("shape", PyTuple::new(py, array.shape().iter())?)?;
    // Writable, so that no other array may share it.
    interface.set_item("data", (array.bytes_mut().as_mut_ptr() as usize, false))?;
    let memory = Bound::new(py, Memory { array, interface: interface.unbind() })?;
    numpy_item!(py, "asarray").call1((memory,))
}

/// The array that TensorFlow makes of a value, of `dtype` if one is named: how constants are read.
#[pyfunction]
#[pyo3(signature = (value, dtype=None))]
pub(crate) fn convert<'py>(value: &Bound<'py, PyAny>, dtype: Option<&str>) -> PyResult<Bound<'py, PyAny>> {
    let dtype = dtype.map(str::parse).transpose().map_err(|_| PyTypeError::new_err("unknown dtype"))?;
    to_numpy(value.py(), from_python(value, dtype)?)
}

/// The value of a tensor where it does not depend on feeds, variables or chance, else `None`.
#[pyfunction]
pub(crate) fn constant_value(tensor: &crate::handles::Tensor, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
    let value = tensor.get().fact().value;
    value.map(|value| to_numpy(py, value).map(Bound::unbind)).transpose()
}
