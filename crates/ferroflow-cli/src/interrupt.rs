//! Signals that ask the command to end.

use anyhow::{Context, Result};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag::{register, register_conditional_shutdown};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Becomes true when the command is interrupted or terminated, which then no longer ends it; a second time does.
pub(crate) fn asked() -> Result<Arc<AtomicBool>> {
    let asked = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        // In this order: the first signal must not find what it sets.
        register_conditional_shutdown(signal, 128 + signal, asked.clone())
            .and_then(|_| register(signal, asked.clone()))
            .context("signals")?;
    }
    Ok(asked)
}
