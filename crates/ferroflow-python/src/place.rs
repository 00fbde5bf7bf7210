//! Where the program of Python's asked for the operations of a graph.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyString;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

/// The lines that added nodes, by the numbers of these.
#[derive(Default)]
pub(crate) struct Places(Mutex<Vec<Place>>);

struct Place {
    nodes: Range<u32>,
    code: Py<PyAny>,
    /// The instruction, of which the line is looked up when it is needed.
    instruction: Py<PyAny>,
}

/// What is looked up once.
struct Interpreter {
    get_frame: Py<PyAny>,
    /// The folder of the package, whose own lines are not the program's.
    package: Py<PyString>,
    /// The names of the package's files met so far, by address: each is kept here, so that none moves.
    own: Mutex<HashMap<usize, Py<PyAny>>>,
}

static INTERPRETER: PyOnceLock<Interpreter> = PyOnceLock::new();

impl Interpreter {
    fn get(py: Python<'_>) -> PyResult<&Interpreter> {
        INTERPRETER.get_or_try_init(py, || {
            let path = py.import("os.path")?;
            let folder = path.call_method1("dirname", (py.import("ferroflow")?.getattr("__file__")?,))?;
            let package = path.call_method1("join", (folder, ""))?.cast_into::<PyString>()?.unbind();
            let get_frame = py.import("sys")?.getattr("_getframe")?.unbind();
            Ok(Interpreter { get_frame, package, own: Mutex::default() })
        })
    }

    fn is_own(&self, py: Python<'_>, file: &Bound<'_, PyAny>) -> PyResult<bool> {
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        if own.contains_key(&(file.as_ptr() as usize)) {
            return Ok(true);
        }
        let is_own = file.call_method1(intern!(py, "startswith"), (&self.package,))?.extract()?;
        if is_own {
            own.insert(file.as_ptr() as usize, file.clone().unbind());
        }
        Ok(is_own)
    }
}

impl Places {
    /// Notes that the innermost line outside of the package added the nodes from `start` to before `end`.
    pub(crate) fn note(&self, py: Python<'_>, start: usize, end: usize) -> PyResult<()> {
        if start == end {
            return Ok(());
        }
        let interpreter = Interpreter::get(py)?;
        let mut frame = interpreter.get_frame.bind(py).call0()?;
        while !frame.is_none() {
            let code = frame.getattr(intern!(py, "f_code"))?;
            if !interpreter.is_own(py, &code.getattr(intern!(py, "co_filename"))?)? {
                let instruction = frame.getattr(intern!(py, "f_lasti"))?.unbind();
                let place = Place { nodes: start as u32..end as u32, code: code.unbind(), instruction };
                self.0.lock().unwrap_or_else(PoisonError::into_inner).push(place);
                return Ok(());
            }
            frame = frame.getattr(intern!(py, "f_back"))?;
        }
        Ok(())
    }

    /// The file and line that asked for a node, `file:line`.
    pub(crate) fn find(&self, py: Python<'_>, node: u32) -> Option<String> {
        let places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Of calls within a call, the innermost came first.
        let place = places.iter().find(|place| place.nodes.contains(&node))?;
        let (code, instruction) = (place.code.bind(py), place.instruction.extract::<i64>(py).ok()?);
        let starts = py.import("dis").ok()?.call_method1("findlinestarts", (code,)).ok()?;
        let starts = starts.try_iter().ok()?.filter_map(|start| start.ok()?.extract::<(i64, Option<i64>)>().ok());
        let line = starts.take_while(|(at, _)| *at <= instruction).filter_map(|(_, line)| line).last()?;
        Some(format!("{}:{line}", code.getattr("co_filename").ok()?.extract::<String>().ok()?))
    }
}
