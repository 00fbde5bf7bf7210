//! What a training run prints, logs and draws.

use crate::common::{names, ok, read, run, small};
use serde_json::Value;

#[test]
fn lines_log_and_curves() {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let (out, log, plot) = (file("model"), file("log"), file("curves.svg"));
    let common = format!("train softmax --data {} --batch 10", small());
    let text = ok(&format!("{common} --steps 201 --out {out} --log {log} --plot {plot}"));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 4, "{text}");
    let number = |line: &str, before: &str| {
        let number: f64 = line.strip_prefix(before).unwrap_or_else(|| panic!("{line}")).parse().unwrap();
        assert!((0.0..=1.0).contains(&number), "{line}");
        number
    };
    let steps = [0, 100, 200].map(|step| number(lines[step / 100], &format!("step {step}, training accuracy ")));
    let test = number(lines[3], "test accuracy ");
    assert!(test > 0.5, "{text}");

    let log = String::from_utf8(read(&log)).unwrap();
    let entries: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(log.ends_with('\n') && entries.len() == 4);
    let mut before = 0.0;
    for (entry, (step, accuracy)) in entries.iter().zip([0, 100, 200].into_iter().zip(steps)) {
        assert_eq!((entry["step"].as_u64(), entry["training_accuracy"].as_f64()), (Some(step), Some(accuracy)));
        assert!(entry["loss"].as_f64().unwrap() > 0.0 && entry["seconds"].as_f64().unwrap() >= before);
        before = entry["seconds"].as_f64().unwrap();
    }
    assert_eq!((entries[3]["step"].as_u64(), entries[3]["test_accuracy"].as_f64()), (Some(201), Some(test)));

    let svg = String::from_utf8(read(&plot)).unwrap();
    assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"));
    assert!(svg.contains("loss") && svg.contains("accuracy") && svg.matches("<polyline").count() >= 2);
    assert_eq!(names(dir.path()), ["curves.svg", "log", "model"]);

    // The same bits whatever is watched.
    let quiet = file("quiet");
    ok(&format!("{common} --steps 201 --out {quiet}"));
    assert!(read(&out) == read(&quiet));
}

#[test]
fn a_run_that_diverges_says_so_and_keeps_the_last_good_checkpoint() {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let (out, log, plot) = (file("model"), file("log"), file("curves.svg"));
    let common = format!("train softmax --data {} --batch 10 --learning-rate 3e38", small());
    ok(&format!("{common} --steps 0 --out {out}"));
    let good = read(&out);
    for (flags, word) in [("--save-every 5", "'Variable' is no longer finite"), ("--save-every 500", "the loss is")] {
        let ran = run(&format!("{common} --steps 101 {flags} --out {out} --log {log} --plot {plot}"));
        assert_eq!(ran.code, Some(1));
        assert!(
            ran.err.contains("step ") && ran.err.contains(word) && ran.err.contains("--learning-rate"),
            "{}",
            ran.err
        );
        assert!(!ran.out.contains("test accuracy"));
        assert!(read(&out) == good);
        let text = String::from_utf8(read(&log)).unwrap();
        let entries: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(entries[0]["step"], 0);
        assert!(entries.get(1).is_none_or(|e| e["loss"].is_null()), "{text}");
        assert!(String::from_utf8(read(&plot)).unwrap().contains("</svg>"));
    }
    // Without a file to keep, too.
    let ran = run(&format!("{common} --steps 20"));
    assert!(ran.code == Some(1) && ran.err.contains("diverged") && !ran.out.contains("test accuracy"));
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_ends_the_run_quietly() {
    use std::io::{BufRead, BufReader, Read};
    use std::process::Stdio;
    for line in ["graph cnn --program", "train softmax --batch 2 --steps 1000000", "bench --batch 2 --runs 1"] {
        let line =
            format!("{line}{}", if line.starts_with("train") { format!(" --data {}", small()) } else { "".into() });
        let mut child = crate::common::command(&line).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut first = String::new();
        let mut out = BufReader::with_capacity(16, child.stdout.take().unwrap());
        out.read_line(&mut first).unwrap();
        drop(out);
        let mut err = String::new();
        child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        assert_eq!(err, "", "{line}");
        let start = if line.starts_with("bench") { "softmax" } else { "step" };
        assert!(matches!(child.wait().unwrap().code(), Some(0 | 141)) && first.starts_with(start), "{line} {first}");
    }
}
