use ferroflow_array::{Array, Buffer, DType, Shape, WholeFile};
use ferroflow_graph::{Graph, keys};
use ferroflow_runtime::Session;
use safetensors::SafeTensorError;
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

/// Why a checkpoint could not be written, read or restored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// Reading or writing failed.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: String,
        /// The operating system's error.
        source: std::io::Error,
    },
    /// The file is no checkpoint.
    #[error("{path}: not a checkpoint: {why}")]
    Format {
        /// The file.
        path: String,
        /// What is wrong with it.
        why: String,
    },
    /// A variable of the graph is not in the checkpoint.
    #[error("the checkpoint has no value for variable '{0}'")]
    Missing(String),
    /// The session refused a value, or has none.
    #[error(transparent)]
    Session(#[from] ferroflow_runtime::Error),
    /// A dtype that the file format does not have.
    #[error("'{name}' is {dtype}, which a safetensors file cannot hold")]
    DType {
        /// The tensor.
        name: String,
        /// Its dtype.
        dtype: DType,
    },
}

/// Before the names of random operations; no variable's name can start with it.
const RANDOM: &str = "random:";

/// The values of a session's variables and the state of its random operations, with some text beside them; stored as
/// one [safetensors](https://huggingface.co/docs/safetensors) file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Checkpoint {
    /// Values by name.
    pub tensors: BTreeMap<String, Array>,
    /// What else is to be remembered, such as the step.
    pub metadata: BTreeMap<String, String>,
}

impl Checkpoint {
    /// The values of every global variable of the session's graph, and the state of its random operations, between two runs.
    ///
    /// # Errors
    /// If a variable has no value yet.
    pub fn capture(session: &Session) -> Result<Self, CheckpointError> {
        let variables = session.graph().variables_in(keys::GLOBAL_VARIABLES);
        let snapshot = session.snapshot(variables.iter().copied())?;
        let random = snapshot.random.into_iter().map(|(name, counter)| (format!("{RANDOM}{name}"), counter));
        let tensors = variables.iter().map(|v| v.name()).zip(snapshot.variables).chain(random).collect();
        Ok(Checkpoint { tensors, metadata: BTreeMap::new() })
    }

    /// Gives every global variable of the session's graph the value it has here, and random operations their state;
    /// those that have none here start anew. What the graph does not have is left out. Nothing is changed unless
    /// everything is there and fits.
    ///
    /// # Errors
    /// If a variable has no value here, or one of another dtype or shape.
    pub fn restore(&self, session: &Session) -> Result<(), CheckpointError> {
        let graph: &Graph = session.graph();
        let variables = graph.variables_in(keys::GLOBAL_VARIABLES);
        let mut found = Vec::with_capacity(variables.len());
        for variable in variables {
            let name = variable.name();
            let value = self.tensors.get(&name).ok_or_else(|| CheckpointError::Missing(name.clone()))?;
            if let Some(error) =
                ferroflow_runtime::Error::unfit(|| name, variable.reference().fact(), value.dtype(), value.shape())
            {
                return Err(error.into());
            }
            found.push((variable, value));
        }
        let anew = session.random_state().into_iter().map(|(name, counter)| {
            let seed = counter.to_ints().and_then(|ints| ints.get(1).copied()).unwrap_or_default();
            (name, Array::from([0i64, seed]))
        });
        let mut random: BTreeMap<String, Array> = anew.collect();
        for (key, counter) in &self.tensors {
            if let Some(name) = key.strip_prefix(RANDOM).filter(|name| graph.operation(name).is_ok()) {
                random.insert(name.to_owned(), counter.clone());
            }
        }
        session.set_random_state(random.iter().map(|(name, counter)| (name.as_str(), counter.clone())))?;
        for (variable, value) in found {
            session.load(variable, value)?;
        }
        Ok(())
    }

    /// Writes the file: beside its target, synced, then renamed over it, so that at every moment the target is whole.
    /// Equal checkpoints make equal files. A save that is killed may leave a `.ferroflow-*.part`, which the
    /// next save into the folder removes.
    ///
    /// # Errors
    /// If writing fails, or a tensor has a dtype that the format lacks.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), CheckpointError> {
        let path = path.as_ref();
        let io = |source| CheckpointError::Io { path: path.display().to_string(), source };
        let mut views = Vec::with_capacity(self.tensors.len());
        for (name, array) in &self.tensors {
            let unfit = || CheckpointError::DType { name: name.clone(), dtype: array.dtype() };
            let dtype = to_safetensors(array.dtype()).ok_or_else(unfit)?;
            let view = TensorView::new(dtype, array.shape().to_vec(), array.bytes()).map_err(|_| unfit())?;
            views.push((name.clone(), view));
        }
        let metadata: HashMap<String, String> = self.metadata.clone().into_iter().collect();
        let mut bytes = safetensors::serialize(views, Some(metadata))
            .map_err(|e| CheckpointError::Format { path: path.display().to_string(), why: e.to_string() })?;
        sort_header(&mut bytes);
        WholeFile::write(path, &bytes).map_err(io)
    }

    /// Reads a file that [`Checkpoint::save`] wrote, or any safetensors file of dtypes that arrays have.
    ///
    /// # Errors
    /// If reading fails or the file is damaged.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, CheckpointError> {
        let name = path.as_ref().display().to_string();
        let bytes = std::fs::read(&path).map_err(|source| CheckpointError::Io { path: name.clone(), source })?;
        let format = |why: String| CheckpointError::Format { path: name.clone(), why };
        let foreign = |e: SafeTensorError| format(format!("no safetensors file, or a damaged one ({e})"));
        let (_, header) = SafeTensors::read_metadata(&bytes).map_err(foreign)?;
        let file = SafeTensors::deserialize(&bytes).map_err(foreign)?;
        let mut tensors = BTreeMap::new();
        for (key, view) in file.tensors() {
            let dtype = from_safetensors(view.dtype());
            let dtype = dtype.ok_or_else(|| format(format!("'{key}' has dtype {:?}", view.dtype())))?;
            let mut buffer = Buffer::zeroed(view.data().len());
            buffer.as_bytes_mut().copy_from_slice(view.data());
            let array = Array::from_buffer(dtype, Shape::from(view.shape()), buffer);
            tensors.insert(key.clone(), array.map_err(|e| format(format!("'{key}': {e}")))?);
        }
        let metadata = header.metadata().clone().unwrap_or_default().into_iter().collect();
        Ok(Checkpoint { tensors, metadata })
    }
}

/// Sorts the JSON of the header, whose metadata safetensors writes in an order that differs from run to run.
fn sort_header(bytes: &mut [u8]) {
    let Some((length, rest)) = bytes.split_first_chunk_mut::<8>() else { return };
    let length = usize::try_from(u64::from_le_bytes(*length)).unwrap_or(usize::MAX);
    let Some(header) = rest.get_mut(..length) else { return };
    type Header = BTreeMap<String, BTreeMap<String, serde_json::Value>>;
    let sorted = serde_json::from_slice::<Header>(header).and_then(|h| serde_json::to_vec(&h));
    if let Some(sorted) = sorted.ok().filter(|s| s.len() <= length) {
        header.fill(b' ');
        header[..sorted.len()].copy_from_slice(&sorted);
    }
}

const DTYPES: [(DType, Dtype); 11] = [
    (DType::F16, Dtype::F16),
    (DType::Bf16, Dtype::BF16),
    (DType::F32, Dtype::F32),
    (DType::F64, Dtype::F64),
    (DType::I8, Dtype::I8),
    (DType::I16, Dtype::I16),
    (DType::I32, Dtype::I32),
    (DType::I64, Dtype::I64),
    (DType::U8, Dtype::U8),
    (DType::U16, Dtype::U16),
    (DType::Bool, Dtype::BOOL),
];

fn to_safetensors(dtype: DType) -> Option<Dtype> {
    DTYPES.iter().find(|(d, _)| *d == dtype).map(|(_, s)| *s)
}

fn from_safetensors(dtype: Dtype) -> Option<DType> {
    DTYPES.iter().find(|(_, s)| *s == dtype).map(|(d, _)| *d)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Checkpoint {
        let tensors = [("w", Array::from([[1.0f32, -2.5], [f32::INFINITY, 0.0]])), ("n", Array::scalar(7i64))];
        let tensors = tensors.into_iter().map(|(n, a)| (n.to_owned(), a)).collect();
        Checkpoint { tensors, metadata: [("step".to_owned(), "12".to_owned())].into() }
    }

    #[test]
    fn a_file_gives_back_what_was_saved() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("model.safetensors");
        sample().save(&path).unwrap();
        assert_eq!(Checkpoint::load(&path).unwrap(), sample());
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn equal_checkpoints_make_equal_files() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("model.safetensors");
        let mut checkpoint = sample();
        checkpoint.metadata.extend((0..20).map(|i| (format!("key {i}"), format!("\"é\\{i}"))));
        let file = || {
            checkpoint.save(&path).unwrap();
            std::fs::read(&path).unwrap()
        };
        let first = file();
        assert!((0..5).all(|_| file() == first));
        assert_eq!(Checkpoint::load(&path).unwrap(), checkpoint);
    }

    #[test]
    fn damaged_files_are_named() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("model.safetensors");
        sample().save(&path).unwrap();
        let whole = std::fs::read(&path).unwrap();
        for cut in [0, 4, 8, 20, whole.len() - 1] {
            std::fs::write(&path, &whole[..cut]).unwrap();
            let error = Checkpoint::load(&path).unwrap_err().to_string();
            assert!(error.contains("model.safetensors: not a checkpoint"), "{error}");
        }
        let missing = Checkpoint::load(dir.path().join("none")).unwrap_err();
        assert!(matches!(missing, CheckpointError::Io { .. }));
    }

    #[test]
    fn an_unwritable_target_is_named() {
        let error = sample().save("/nonexistent/dir/model").unwrap_err().to_string();
        assert!(error.starts_with("/nonexistent/dir/model: "), "{error}");
    }
}
