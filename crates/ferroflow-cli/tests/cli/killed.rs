//! A run that is killed loses no more than the steps since its last checkpoint.

use crate::common::{command, names, ok, read, small};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

/// Starts a run of many steps, waits until it has saved, a little more, and kills it.
fn train_and_kill(line: &str, out: &Path, more: Duration) {
    let mut child = command(line).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    while !out.exists() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(2));
    }
    std::thread::sleep(more);
    child.kill().unwrap();
    assert!(!child.wait().unwrap().success(), "it was to be killed, but had ended");
}

/// The step in the header of a checkpoint.
fn step(out: &Path) -> u64 {
    let checkpoint = ferroflow::prelude::Checkpoint::load(out).unwrap();
    checkpoint.metadata["step"].parse().unwrap()
}

#[test]
fn the_last_checkpoint_is_whole_and_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("model");
    let straight = dir.path().join("straight");
    let common = format!("train softmax --data {} --threads 1", small());
    let saving = format!("--save-every 1 --out {}", out.display());
    let mut killed = 0;
    for pause in [0, 3, 7, 11, 20, 40, 75] {
        if killed == 0 {
            let line = format!("{common} --batch 4 --steps 1000000 {saving}");
            train_and_kill(&line, &out, Duration::from_millis(pause));
        } else {
            let line = format!("{common} --steps 1000000 --resume {} {saving}", out.display());
            train_and_kill(&line, &out, Duration::from_millis(300 + pause));
        }
        let now = step(&out);
        assert!(now >= killed, "{now} after {killed}");
        killed = now;
        ok(&format!("eval {} --data {}", out.display(), small()));
        // A part that was being written is no checkpoint, and there is one at most.
        let parts = names(dir.path()).into_iter().filter(|n| n != "model").collect::<Vec<_>>();
        assert!(parts.len() <= 1 && parts.iter().all(|n| n.starts_with('.') && n.ends_with(".part")), "{parts:?}");
    }
    std::fs::write(dir.path().join(".ferroflow-x.part"), b"half a checkpoint").unwrap();
    let steps = killed + 5;
    ok(&format!("{common} --steps {steps} --resume {0} --out {0}", out.display()));
    assert_eq!(names(dir.path()), ["model"]);
    ok(&format!("{common} --batch 4 --steps {steps} --out {}", straight.display()));
    assert!(read(&out) == read(&straight));
}

#[test]
fn a_killed_log_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let (out, log) = (dir.path().join("model"), dir.path().join("log"));
    let common = format!("train softmax --data {} --batch 2 --log {}", small(), log.display());
    let out = out.display();
    ok(&format!("{common} --steps 120 --out {out}"));
    // As if it had been killed at step 201, while writing: two lines more than the checkpoint knows of.
    let mut text = String::from_utf8(read(&log)).unwrap();
    text.truncate(text.trim_end().rfind('\n').unwrap() + 1);
    let before = text.clone();
    text.push_str("{\"step\":200,\"loss\":null,\"training_accuracy\":0.0,\"seconds\":1.0}\n{\"ste");
    std::fs::write(&log, text).unwrap();
    ok(&format!("{common} --steps 210 --resume {out}"));
    let text = String::from_utf8(read(&log)).unwrap();
    assert!(text.starts_with(&before));
    let steps = text.lines().map(|l| serde_json::from_str::<serde_json::Value>(l).unwrap()["step"].as_u64().unwrap());
    assert_eq!(steps.collect::<Vec<_>>(), [0, 100, 200, 210]);
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_saves_first() {
    use std::io::{BufRead, BufReader, Read};
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("model");
    let straight = dir.path().join("straight");
    let common = format!("train softmax --data {} --batch 4", small());
    let line = format!("{common} --steps 1000000 --save-every 1000000 --out {}", out.display());
    for signal in ["-INT", "-TERM"] {
        let mut child = command(&line).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut String::new()).unwrap();
        let signalled = std::process::Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
        assert!(signalled.success());
        let mut err = String::new();
        stdout.read_to_string(&mut String::new()).unwrap();
        child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(1));
        let step = step(&out);
        assert!(err.contains(&format!("interrupted at step {step}; go on with --resume")), "{err}");
        ok(&format!("{common} --steps {0} --resume {1} --out {1}", step + 3, out.display()));
        ok(&format!("{common} --steps {} --out {}", step + 3, straight.display()));
        assert!(read(&out) == read(&straight));
    }
}
