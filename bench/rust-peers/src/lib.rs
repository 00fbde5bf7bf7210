//! The line protocol of `../src/protocol.rs`, for peers that know one workload: a training step of the tutorial's network.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::time::Instant;

/// What runs one step.
pub type Step = Box<dyn FnMut() -> Result<()>>;

/// Answers until the input ends; `prepare` builds the network for batches of a size.
pub fn serve(version: &str, prepare: impl Fn(usize) -> Result<Step>) -> Result<()> {
    println!("{}", json!({ "reply": "hello", "version": version }));
    let mut step: Step = Box::new(|| anyhow::bail!("nothing is prepared"));
    for line in std::io::stdin().lines() {
        let request: Value = serde_json::from_str(&line?)?;
        let reply = answer(&request, &mut step, &prepare);
        println!("{}", reply.unwrap_or_else(|e| json!({ "reply": "failed", "why": format!("{e:#}") })));
    }
    Ok(())
}

fn answer(request: &Value, step: &mut Step, prepare: impl Fn(usize) -> Result<Step>) -> Result<Value> {
    let number = |value: &Value| value.as_u64().context("no number").map(|n| n as usize);
    if request["ask"] == "run" {
        for _ in 0..number(&request["settle"])? {
            step()?;
        }
        let seconds = (0..number(&request["steps"])?).map(|_| seconds_of(step)).collect::<Result<Vec<f64>>>()?;
        return Ok(json!({ "reply": "times", "seconds": seconds }));
    }
    let workload = &request["workload"];
    if workload["model"] != "cnn" {
        return Ok(json!({ "reply": "unsupported", "why": "only the tutorial's network is written for it" }));
    }
    *step = prepare(number(&workload["batch"])?)?;
    Ok(json!({ "reply": "ready", "step_seconds": warm_up(step)? }))
}

/// Ten steps, or two seconds if they are slow; the seconds of the last.
fn warm_up(step: &mut Step) -> Result<f64> {
    let begin = Instant::now();
    let mut last = seconds_of(step)?;
    for i in 1..10 {
        if i >= 4 && begin.elapsed().as_secs() >= 2 {
            break;
        }
        last = seconds_of(step)?;
    }
    Ok(last)
}

fn seconds_of(step: &mut Step) -> Result<f64> {
    let start = Instant::now();
    step()?;
    Ok(start.elapsed().as_secs_f64())
}
