//! Checkpoints as TensorFlow writes them: named tensors under a path's prefix.
//!
//! [`write()`] makes a checkpoint of the second version: `prefix.index`, a table of what there is, and
//! `prefix.data-00000-of-00001`, the elements. [`Reader`] reads that, of any number of data files and with tensors in
//! slices, and the first version too: one file, or several, in which tables hold the elements.
//! [`State`] is the file `checkpoint`, which tells of the checkpoints of a folder.

mod bundle;
mod data_type;
mod ordered_code;
mod pattern;
mod proto;
mod reader;
mod saved_slices;
mod slice;
mod state;
mod strings;
mod write;

pub use data_type::DataType;
pub use reader::{Reader, Stored, exists};
pub use state::State;
pub use write::{remove, write};

use std::path::{Path, PathBuf};

/// `prefix` with `suffix` after it.
fn suffixed(prefix: &Path, suffix: &str) -> PathBuf {
    let mut path = prefix.as_os_str().to_owned();
    path.push(suffix);
    path.into()
}

fn data_path(prefix: &Path, shard: u32, shards: u32) -> PathBuf {
    suffixed(prefix, &format!(".data-{shard:05}-of-{shards:05}"))
}

fn index_path(prefix: &Path) -> PathBuf {
    suffixed(prefix, ".index")
}
