use ferroflow::data::idx;
use ferroflow::prelude::*;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// What a run left.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// The command with the words of `line`.
pub(crate) fn command(line: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ferroflow"));
    command.args(line.split_whitespace()).stdin(Stdio::null());
    command
}

pub(crate) fn run(line: &str) -> Ran {
    let output = command(line).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let ran = Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) };
    assert!(!ran.err.contains("panicked"), "{line}\n{}", ran.err);
    ran
}

/// What a run prints that must succeed, without a word of complaint.
pub(crate) fn ok(line: &str) -> String {
    let ran = run(line);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{line}");
    ran.out
}

/// Runs what must be refused before anything is done, with all of `words` in the message.
pub(crate) fn refused(line: &str, words: &[&str]) {
    let ran = run(line);
    assert!(matches!(ran.code, Some(1 | 2)) && ran.out.is_empty(), "{line}\n{:?} {}", ran.code, ran.out);
    for word in words {
        assert!(ran.err.contains(word), "{line}\n{}lacks {word}", ran.err);
    }
    // Nothing is said twice.
    assert!(!ran.err.contains("os error") || ran.err.matches("os error").count() == 1, "{}", ran.err);
}

pub(crate) fn read(path: impl AsRef<Path>) -> Vec<u8> {
    std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.as_ref().display()))
}

/// The names in a folder, sorted.
pub(crate) fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// MNIST as it is stored.
pub(crate) fn mnist() -> &'static DataSets {
    static MNIST: OnceLock<DataSets> = OnceLock::new();
    MNIST.get_or_init(|| {
        embedded_mnist(&DataSetOptions { pixels: ferroflow::data::Pixels::Bytes, ..Default::default() }).unwrap()
    })
}

/// The folder of a data set of 1,500 training images after the usual 5,000 for validation, and 12 for the test.
pub(crate) fn small() -> &'static str {
    static SMALL: OnceLock<String> = OnceLock::new();
    SMALL.get_or_init(|| {
        let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("mnist-small");
        write_set(&dir, 6500, 12);
        dir.to_str().unwrap().to_owned()
    })
}

/// Files of the first images of MNIST, without its validation set.
pub(crate) fn write_set(dir: &Path, train: usize, test: usize) {
    std::fs::create_dir_all(dir).unwrap();
    for (set, name, count) in [(&mnist().train, "train", train), (&mnist().test, "t10k", test)] {
        let batch = set.batches(count).unwrap().next().unwrap();
        let images = batch.images.reshape([count, 28, 28]).unwrap();
        idx::write_file(dir.join(format!("{name}-images-idx3-ubyte")), &images).unwrap();
        idx::write_file(dir.join(format!("{name}-labels-idx1-ubyte")), &batch.labels).unwrap();
    }
}
