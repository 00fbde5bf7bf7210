use crate::History;
use ferroflow_array::DType;
use ferroflow_formats::checkpoint::{Reader, State, remove, write};
use ferroflow_graph::{Variable, keys};
use ferroflow_runtime::Session;
use std::path::{Path, PathBuf};

/// Why a `Saver` could not save or restore.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SaverError {
    /// A file could not be read or written.
    #[error(transparent)]
    File(#[from] ferroflow_formats::Error),
    /// The checkpoint has a tensor of another shape.
    #[error("Assign requires shapes of both tensors to match. lhs shape= {expected} rhs shape= {found} for '{name}'")]
    Shape {
        /// The variable.
        name: String,
        /// Its shape.
        expected: String,
        /// The shape in the checkpoint.
        found: String,
    },
    /// The checkpoint has a tensor of another dtype.
    #[error("tensor_name = {key}; expected dtype {} does not equal original dtype {}", .expected.tensorflow_name(), .found.tensorflow_name())]
    DType {
        /// The tensor's name in the checkpoint.
        key: String,
        /// The variable's dtype.
        expected: DType,
        /// The dtype in the checkpoint.
        found: DType,
    },
    /// The session refused a value, or has none.
    #[error(transparent)]
    Session(#[from] ferroflow_runtime::Error),
}

/// Writes the values that variables have in a session, between two runs, as TensorFlow's checkpoint, each under its name.
///
/// # Errors
/// If a variable has no value yet, or a file cannot be written.
pub fn save_variables(
    session: &Session,
    prefix: impl AsRef<Path>,
    variables: &[(String, Variable<'_>)],
) -> Result<(), SaverError> {
    let values = session.snapshot(variables.iter().map(|(_, v)| *v))?.variables;
    Ok(write(prefix, variables.iter().map(|(key, _)| key.as_str()).zip(&values))?)
}

/// Gives variables the values that TensorFlow's checkpoint has under their names: all of them or none. With `reshape` a
/// value may have any shape of as many elements.
///
/// # Errors
/// If a value is missing, damaged, or of another dtype or shape.
pub fn restore_variables(
    session: &Session,
    prefix: impl AsRef<Path>,
    variables: &[(String, Variable<'_>)],
    reshape: bool,
) -> Result<(), SaverError> {
    let reader = Reader::open(prefix)?;
    let mut values = Vec::with_capacity(variables.len());
    for (key, variable) in variables {
        let mut value = reader.read(key)?;
        if value.dtype() != variable.dtype() {
            let (key, expected, found) = (key.clone(), variable.dtype(), value.dtype());
            return Err(SaverError::DType { key, expected, found });
        }
        let expected = variable.shape();
        if reshape && let Some(shape) = expected.to_shape() {
            value = value.reshape(shape).unwrap_or(value);
        }
        if !expected.accepts(value.shape()) {
            let (name, found) = (variable.name(), value.shape().to_string());
            return Err(SaverError::Shape { name, expected: expected.to_string(), found });
        }
        values.push((*variable, value));
    }
    for (variable, value) in values {
        session.load(variable, value)?;
    }
    Ok(())
}

/// Saves variables now and then as TensorFlow's checkpoints, keeps the last of them, and restores one.
///
/// Beside the checkpoints it writes the file `checkpoint`, which names them: TensorFlow's
/// `tf.train.latest_checkpoint` reads it, and so does [`Saver::latest`].
#[derive(Debug)]
pub struct Saver<'g> {
    variables: Vec<(String, Variable<'g>)>,
    history: History,
}

impl<'g> Saver<'g> {
    /// Saves every global variable of the graph under its name, and keeps the last five checkpoints.
    pub fn new(graph: &'g ferroflow_graph::Graph) -> Self {
        let variables = graph.variables_in(keys::GLOBAL_VARIABLES).into_iter();
        Saver::of(variables.map(|v| (v.name(), v)), History::new(5, None))
    }

    /// Saves these variables under these names, and keeps the checkpoints that `history` says.
    pub fn of(variables: impl IntoIterator<Item = (String, Variable<'g>)>, history: History) -> Self {
        Saver { variables: variables.into_iter().collect(), history }
    }

    /// Writes a checkpoint, `path`, or `path-7` for step 7; removes those that need not be kept. Gives its name.
    ///
    /// # Errors
    /// If a variable has no value yet, or a file cannot be written.
    pub fn save(
        &mut self,
        session: &Session,
        path: impl AsRef<Path>,
        step: Option<i64>,
    ) -> Result<PathBuf, SaverError> {
        let path = path.as_ref();
        let prefix = match step {
            Some(step) => PathBuf::from(format!("{}-{step}", path.display())),
            None => path.to_owned(),
        };
        save_variables(session, &prefix, &self.variables)?;
        let superfluous = self.history.record(prefix.display().to_string());
        let (latest, all) = (prefix.display().to_string(), self.history.names());
        let state = State { latest, all, ..State::default() };
        state.write(path.parent().unwrap_or(Path::new("")), "checkpoint", false)?;
        superfluous.map_or(Ok(()), remove)?;
        Ok(prefix)
    }

    /// Gives the variables the values of the checkpoint called `prefix`: all of them or none.
    ///
    /// # Errors
    /// If a value is missing, damaged, or of another dtype or shape.
    pub fn restore(&self, session: &Session, prefix: impl AsRef<Path>) -> Result<(), SaverError> {
        restore_variables(session, prefix, &self.variables, false)
    }

    /// The newest checkpoint of a folder, as its file `checkpoint` tells; `None` if there is no such file.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn latest(folder: impl AsRef<Path>) -> Result<Option<PathBuf>, SaverError> {
        Ok(State::read(folder, "checkpoint")?.map(|state| state.latest.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ferroflow_array::Array;
    use ferroflow_graph::Graph;

    #[test]
    fn variables_are_restored_all_or_none() {
        let dir = tempfile::tempdir().unwrap();
        let graph = Graph::new();
        let (a, b) = (graph.variable(Array::from([1.0f32, 2.0])), graph.variable(Array::scalar(3i64)));
        let session = Session::new(&graph).unwrap();
        let mut saver = Saver::new(&graph);
        let path = dir.path().join("model");
        let error = saver.save(&session, &path, None).unwrap_err();
        assert_eq!(error.to_string(), "Attempting to use uninitialized value Variable");
        session.run(graph.global_variables_initializer()).unwrap();
        for step in 1..=7 {
            saver.save(&session, &path, Some(step)).unwrap();
        }
        let latest = Saver::latest(dir.path()).unwrap().unwrap();
        assert_eq!(latest, dir.path().join("model-7"));
        // Five checkpoints of two files, and the file that names them.
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 11);
        session.load(a, Array::from([0.0f32, 0.0])).unwrap();
        session.load(b, Array::scalar(0i64)).unwrap();
        let values = [Array::from([1.0f32, 2.0]), Array::scalar(3i32)];
        write(dir.path().join("other"), ["Variable", "Variable_1"].into_iter().zip(&values)).unwrap();
        let error = saver.restore(&session, dir.path().join("other")).unwrap_err().to_string();
        assert_eq!(error, "tensor_name = Variable_1; expected dtype int64 does not equal original dtype int32");
        assert_eq!(session.value(a).unwrap(), Array::from([0.0f32, 0.0]));
        saver.restore(&session, latest).unwrap();
        assert_eq!((session.value(a).unwrap(), session.value(b).unwrap()), (values[0].clone(), Array::scalar(3i64)));
        write(dir.path().join("short"), [("Variable", &Array::from([1.0f32]))]).unwrap();
        let error = saver.restore(&session, dir.path().join("short")).unwrap_err().to_string();
        assert!(error.contains("lhs shape= [2] rhs shape= [1]"), "{error}");
    }

    #[test]
    fn a_checkpoint_holds_the_values_of_one_moment() {
        let dir = tempfile::tempdir().unwrap();
        let graph = Graph::new();
        let (v, w) = (graph.variable(0.0f32), graph.variable(0.0f32));
        let step = graph.group([v.assign_add(1.0), w.assign_add(1.0)].map(|t| t.operation()));
        let session = Session::new(&graph).unwrap();
        session.run(graph.global_variables_initializer()).unwrap();
        let done = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !done.load(std::sync::atomic::Ordering::Relaxed) {
                    session.run(step).unwrap();
                }
            });
            let values = (0..50).map(|i| {
                let path = Saver::new(&graph).save(&session, dir.path().join("model"), Some(i)).unwrap();
                let reader = Reader::open(path).unwrap();
                (reader.read("Variable").unwrap(), reader.read("Variable_1").unwrap())
            });
            let mixed: Vec<(Array, Array)> = values.filter(|(v, w)| v != w).collect();
            done.store(true, std::sync::atomic::Ordering::Relaxed);
            assert_eq!(mixed, []);
        });
    }
}
