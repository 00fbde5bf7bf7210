//! A run in pieces, on any number of threads, ends in the very bytes of one in a piece.

use crate::common::{names, ok, read, small};

/// Trains straight, and in pieces, and on several threads; compares the files.
fn pieces_make_the_whole(model: &str, flags: &str, stops: [u64; 2], steps: u64) {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let train = |more: &str| ok(&format!("train {model} --data {} {more}", small()));
    let straight = file("straight");
    train(&format!("{flags} --threads 1 --steps {steps} --out {straight}"));

    let parts = file("parts");
    train(&format!("{flags} --threads 2 --steps {} --out {parts}", stops[0]));
    train(&format!("--threads 3 --steps {} --resume {parts} --out {parts}", stops[1]));
    assert_ne!(read(&parts), read(&straight));
    train(&format!("--threads 1 --steps {steps} --resume {parts} --out {parts}"));
    assert!(read(&parts) == read(&straight), "{model} {flags}: resumed");

    for threads in [2, 3] {
        let other = file("threads");
        train(&format!("{flags} --threads {threads} --save-every 2 --steps {steps} --out {other}"));
        assert!(read(&other) == read(&straight), "{model} {flags}: {threads} threads");
    }
    assert_eq!(names(dir.path()), ["parts", "straight", "threads"]);
}

#[test]
fn softmax() {
    // 60 steps of 100 images: over the end of four epochs.
    pieces_make_the_whole("softmax", "--batch 100 --seed 7", [13, 31], 60);
}

#[test]
fn the_network_with_dropout_and_adam() {
    pieces_make_the_whole("cnn", "--batch 3", [1, 2], 4);
}

#[test]
fn the_precision_goes_on() {
    pieces_make_the_whole("cnn", "--batch 3 --precision bf16", [1, 2], 3);
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("model").to_str().unwrap().to_owned();
    let precision = || ferroflow::prelude::Checkpoint::load(&file).unwrap().metadata["precision"].clone();
    ok(&format!("train softmax --data {} --steps 1 --precision f32 --out {file}", small()));
    assert_eq!(precision(), "f32");
    ok(&format!("train softmax --data {} --steps 2 --resume {file} --out {file}", small()));
    assert_eq!(precision(), "f32");
    for precision in ["", "--precision f32", "--precision bf16"] {
        ok(&format!("eval {file} --data {} {precision}", small()));
    }
}

#[test]
fn every_optimizer_goes_on_with_its_slots() {
    let optimizers = ["momentum", "adagrad", "adagrad-da", "adadelta", "rms-prop", "adam", "ftrl"];
    let others = ["proximal-gradient-descent", "proximal-adagrad", "gradient-descent"];
    let dir = tempfile::tempdir().unwrap();
    for optimizer in optimizers.into_iter().chain(others) {
        let file = |name: &str| dir.path().join(format!("{name}-{optimizer}")).to_str().unwrap().to_owned();
        let train = |more: &str| ok(&format!("train softmax --data {} --threads 1 {more}", small()));
        train(&format!("--optimizer {optimizer} --batch 5 --steps 5 --out {}", file("straight")));
        train(&format!("--optimizer {optimizer} --batch 5 --steps 2 --out {}", file("first")));
        train(&format!("--resume {} --steps 5 --out {}", file("first"), file("second")));
        assert!(read(file("second")) == read(file("straight")), "{optimizer}");
    }
}

#[test]
fn seeds_differ_and_steps_may_be_none() {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let train = |more: &str| ok(&format!("train softmax --data {} {more}", small()));
    for (name, seed) in [("a", 0), ("b", 0), ("c", 1), ("d", u64::MAX)] {
        train(&format!("--steps 2 --seed {seed} --out {}", file(name)));
    }
    assert!(read(file("a")) == read(file("b")));
    assert!(read(file("a")) != read(file("c")) && read(file("a")) != read(file("d")));

    assert_eq!(train(&format!("--steps 0 --out {}", file("none"))).lines().count(), 1);
    train(&format!("--steps 2 --resume {} --out {}", file("none"), file("none")));
    assert!(read(file("none")) == read(file("a")));
    // Nothing left to do: the file stays, and is tested.
    let tested = train(&format!("--steps 2 --seed 0 --batch 50 --resume {0} --out {0}", file("none")));
    assert!(read(file("none")) == read(file("a")));
    assert_eq!(tested, ok(&format!("eval {} --data {}", file("a"), small())));
}
