//! Bad flags and files are named before any work is done.

use crate::common::{names, ok, read, refused, run, small, write_set};
use ferroflow::prelude::*;

#[test]
fn numbers_out_of_range() {
    let small = small();
    let train = |flags: &str, words: &[&str]| refused(&format!("train softmax --data {small} {flags}"), words);
    train("--batch 1501", &["--batch 1501", "1500 training images"]);
    train("--batch 0", &["--batch", "0"]);
    train("--batch 99999999999999999999", &["--batch"]);
    train("--steps -1", &["-1"]);
    train("--steps few", &["--steps", "few"]);
    train("--save-every 0", &["--save-every"]);
    train("--threads 1000000", &["--threads", "1000000", "1024"]);
    train("--threads -1", &["-1"]);
    for rate in ["0", "inf", "nan", "1e300", "1e-300", "fast"] {
        train(&format!("--learning-rate {rate}"), &["--learning-rate", rate]);
    }
    train("--optimizer sgd", &["--optimizer", "sgd", "gradient-descent"]);
    train("--plot curves.bmp", &["--plot", "curves.bmp", ".svg"]);
    refused("eval model --threads 1000000", &["--threads", "1000000"]);
    for threads in [0, 1, 1024] {
        ok(&format!("train softmax --data {small} --steps 1 --threads {threads}"));
    }
    // Large, but finite: a result as plain as any.
    let out = ok(&format!("train softmax --data {small} --steps 3 --learning-rate 1e30"));
    assert!(out.contains("test accuracy"));
}

#[test]
fn instructions_that_there_are_not() {
    let with = |value: &str| {
        let mut command = crate::common::command(&format!("train softmax --data {} --steps 1", small()));
        let output = command.env("FERROFLOW_CPU", value).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    for value in ["portable", ""] {
        assert_eq!(with(value), (Some(0), String::new()));
    }
    let (code, told) = with("sse9");
    assert_eq!(code, Some(1));
    for word in ["FERROFLOW_CPU", "sse9", "portable", "avx2", "avx512", "amx"] {
        assert!(told.contains(word), "{told}lacks {word}");
    }
}

#[test]
fn targets_that_cannot_be_written() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(at("file"), "precious").unwrap();
    std::fs::create_dir(at("folder.svg")).unwrap();
    let train = |flags: &str, words: &[&str]| refused(&format!("train softmax --data {} {flags}", small()), words);
    for flag in ["--out", "--log", "--plot"] {
        train(&format!("{flag} {}", at("none/x.svg")), &[flag, "none/x.svg"]);
        train(&format!("{flag} {}", at("folder.svg")), &[flag, "folder.svg", "folder"]);
        train(&format!("{flag} {}", at("file/x.svg")), &[flag, "file/x.svg"]);
    }
    train(&format!("--out {0} --log {0}", at("file")), &["--out", "--log", "file"]);
    train(&format!("--out {0} --plot {1}", at("x.svg"), at("./x.svg")), &["--out", "--plot", "x.svg"]);
    train(&format!("--resume {0} --log {0}", at("file")), &["--resume", "--log", "file"]);
    // Another mistake: the log is not touched.
    train(&format!("--log {} --resume {}", at("file"), at("none")), &["none"]);
    train(&format!("--log {} --batch 1501", at("file")), &["--batch"]);
    assert_eq!(read(at("file")), b"precious");
    #[cfg(unix)]
    train("--out /dev/null", &["--out /dev/null", "regular file"]);
    assert_eq!(names(dir.path()), ["file", "folder.svg"]);
}

#[test]
fn checkpoints_that_are_none_or_others() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let good = at("good");
    let flags = format!("--data {}", small());
    ok(&format!("train softmax {flags} --steps 7 --batch 10 --seed 3 --out {good}"));
    let whole = read(&good);
    let write = |name: &str, bytes: &[u8]| std::fs::write(at(name), bytes).unwrap();
    for (name, length) in [("empty", 0), ("start", 7), ("header", 100), ("most", whole.len() - 1)] {
        write(name, &whole[..length]);
    }
    write("long", &[&whole[..], b"x"].concat());
    write("text", b"dear reader");
    write("page", &b"<p>What is this?</p>\n".repeat(100));
    let foreign = Checkpoint { tensors: [("w".into(), Array::from([1.0f32]))].into(), metadata: [].into() };
    foreign.save(at("foreign")).unwrap();
    let changed = |name: &str, change: &dyn Fn(&mut Checkpoint)| {
        let mut checkpoint = Checkpoint::load(&good).unwrap();
        change(&mut checkpoint);
        checkpoint.save(at(name)).unwrap();
    };
    changed("shape", &|c| drop(c.tensors.insert("Variable".into(), Array::from([1.0f32]))));
    changed("lacks", &|c| drop(c.tensors.remove("Variable_1")));
    changed("nan", &|c| drop(c.tensors.insert("Variable_1".into(), Array::from([f32::NAN; 10]))));
    changed("model", &|c| drop(c.metadata.insert("model".into(), "mlp".into())));
    changed("position", &|c| drop(c.metadata.insert("data_index".into(), "1501".into())));
    for name in ["empty", "start", "header", "most", "long", "text", "page"] {
        refused(&format!("eval {}", at(name)), &[&at(name), "not a checkpoint", "no safetensors file"]);
        refused(&format!("train softmax {flags} --resume {}", at(name)), &[&at(name), "not a checkpoint"]);
    }
    for (name, word) in [
        ("foreign", "model"),
        ("shape", "Variable"),
        ("lacks", "Variable_1"),
        ("nan", "not finite"),
        ("model", "mlp"),
        ("missing", "No such file"),
    ] {
        refused(&format!("eval {} {flags}", at(name)), &[&at(name), word]);
        refused(&format!("train softmax {flags} --resume {}", at(name)), &[&at(name), word]);
    }
    refused(&format!("train softmax {flags} --resume {}", at("position")), &["1501"]);

    let resume = |more: &str, words: &[&str]| refused(&format!("train {more} --resume {good}"), words);
    resume(&format!("cnn {flags}"), &["good", "softmax", "cnn"]);
    resume(&format!("softmax {flags} --steps 6"), &["good", "step 7", "--steps 6"]);
    resume(&format!("softmax {flags} --seed 4"), &["good", "--seed 3"]);
    resume(&format!("softmax {flags} --batch 50"), &["good", "--batch 10"]);
    resume(&format!("softmax {flags} --learning-rate 0.1"), &["good", "--learning-rate 0.5"]);
    resume(&format!("softmax {flags} --optimizer adam"), &["good", "--optimizer gradient-descent"]);
    resume(&format!("softmax {flags} --precision f32"), &["good", "--precision bf16x3"]);
    resume("softmax", &["good", "1500", "55000", "--data"]);
    assert!(read(&good) == whole);
}

#[test]
fn folders_that_hold_no_data() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    std::fs::create_dir(at("empty")).unwrap();
    std::fs::write(at("file"), "").unwrap();
    write_set(&dir.path().join("few"), 100, 1);
    write_set(&dir.path().join("part"), 1, 1);
    std::fs::remove_file(at("part/t10k-labels-idx1-ubyte")).unwrap();
    write_set(&dir.path().join("cut"), 5001, 1);
    std::fs::write(at("cut/train-images-idx3-ubyte"), &read(at("cut/train-images-idx3-ubyte"))[..5000]).unwrap();
    for (name, word) in [
        ("none", "no such folder"),
        ("file", "no such folder"),
        ("empty", "none of the four files"),
        ("part", "t10k-labels"),
        ("few", "100 train examples"),
        ("cut", "train-images-idx3-ubyte"),
    ] {
        refused(&format!("train softmax --data {}", at(name)), &["--data", name, word]);
    }
    write_set(&dir.path().join("least"), 5001, 1);
    let ran = run(&format!("train softmax --steps 3 --batch 1 --data {}", at("least")));
    assert!(ran.code == Some(0) && ran.out.contains("test accuracy"), "{}", ran.err);
}
