use crate::execution::Stage;
use crate::{Request, Result};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// Programs that a session keeps whatever memory they take.
const KEPT: usize = 64;
/// Bytes up to which it keeps more.
const ROOM: usize = 256 << 20;

/// The programs that a session keeps, by request. A run asks for them in the order in which another did, so that one is
/// found by comparing, beginning at the last.
#[derive(Default)]
pub(crate) struct Programs {
    kept: RwLock<Vec<Kept>>,
    /// Where the last one was found.
    last: AtomicUsize,
    /// One at a time compiles.
    compiling: Mutex<()>,
    /// Requests so far, by which the program longest unused is known.
    clock: AtomicU64,
}

struct Kept {
    request: Request,
    stage: Arc<Stage>,
    bytes: usize,
    /// When it was last asked for, by the clock.
    used: AtomicU64,
}

impl Programs {
    /// The program of a request, compiled if it is not kept.
    pub(crate) fn get(&self, request: &Request, compile: impl FnOnce() -> Result<Stage>) -> Result<Arc<Stage>> {
        if let Some(stage) = self.find(request) {
            return Ok(stage);
        }
        let _one = self.compiling.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(stage) = self.find(request) {
            return Ok(stage);
        }
        let stage = Arc::new(compile()?);
        let used = self.clock.fetch_add(1, Ordering::Relaxed).into();
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        kept.push(Kept { request: request.clone(), stage: stage.clone(), bytes: stage.program.bytes(), used });
        let mut bytes: usize = kept.iter().map(|k| k.bytes).sum();
        while kept.len() > KEPT && bytes > ROOM {
            let Some(oldest) = (0..kept.len()).min_by_key(|&i| kept[i].used.load(Ordering::Relaxed)) else { break };
            bytes -= kept.remove(oldest).bytes;
        }
        Ok(stage)
    }

    pub(crate) fn find(&self, request: &Request) -> Option<Arc<Stage>> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        let last = self.last.load(Ordering::Relaxed).min(kept.len());
        let at = (last..kept.len()).chain(0..last).find(|&i| kept[i].request == *request)?;
        self.last.store(at, Ordering::Relaxed);
        kept[at].used.store(self.clock.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
        Some(kept[at].stage.clone())
    }

    pub(crate) fn len(&self) -> usize {
        self.kept.read().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Drops every program: a variable has another shape than they were made for.
    pub(crate) fn forget(&self) {
        self.kept.write().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
