use crate::stage::Stage;
use crate::{Request, Result};
use rustc_hash::FxHashMap as HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// Programs that a session keeps whatever memory they take.
const KEPT: usize = 64;
/// Bytes up to which it keeps more.
const ROOM: usize = 256 << 20;

/// The programs that a session keeps, by request.
#[derive(Default)]
pub(crate) struct Programs {
    kept: RwLock<HashMap<Request, Kept>>,
    /// One at a time compiles.
    compiling: Mutex<()>,
    /// Requests so far, by which the program longest unused is known.
    clock: AtomicU64,
    /// How often all were dropped.
    dropped: AtomicU64,
}

struct Kept {
    stage: Arc<Stage>,
    /// When it was last asked for, by the clock.
    used: AtomicU64,
}

impl Programs {
    /// The program of a request, compiled if it is not kept.
    pub(crate) fn get(&self, request: &Request, compile: impl FnOnce() -> Result<Stage>) -> Result<Arc<Stage>> {
        match self.find(request) {
            Some(stage) => Ok(stage),
            None => self.make(request, compile),
        }
    }

    /// The program of a request that was not found: compiled, unless another thread has done so meanwhile.
    pub(crate) fn make(&self, request: &Request, compile: impl FnOnce() -> Result<Stage>) -> Result<Arc<Stage>> {
        let _one = self.compiling.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(stage) = self.find(request) {
            return Ok(stage);
        }
        let stage = Arc::new(compile()?);
        let used = self.clock.fetch_add(1, Ordering::Relaxed).into();
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        kept.insert(request.clone(), Kept { stage: stage.clone(), used });
        drop(kept);
        self.limit();
        Ok(stage)
    }

    pub(crate) fn find(&self, request: &Request) -> Option<Arc<Stage>> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        let found = kept.get(request)?;
        found.used.store(self.clock.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
        Some(found.stage.clone())
    }

    /// Drops the programs longest unused while there are too many: one was added, or takes more memory than before.
    pub(crate) fn limit(&self) {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if kept.len() <= KEPT {
            return;
        }
        let mut bytes: usize = kept.values().map(|k| k.stage.program.bytes()).sum();
        while kept.len() > KEPT && bytes > ROOM {
            let oldest = kept.iter().min_by_key(|(_, k)| k.used.load(Ordering::Relaxed));
            let Some(oldest) = oldest.map(|(request, _)| request.clone()) else { break };
            bytes -= kept.remove(&oldest).map_or(0, |k| k.stage.program.bytes()).min(bytes);
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.kept.read().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Drops every program: a variable has another shape than they were made for. Whoever calls it has the store to write.
    pub(crate) fn forget(&self) {
        self.kept.write().unwrap_or_else(PoisonError::into_inner).clear();
        // Last: who sees the new number finds none of the old programs.
        self.dropped.fetch_add(1, Ordering::Release);
    }

    /// How often all programs were dropped. A program found after this was asked is one for the store as it is, as long as
    /// the number is the same.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Acquire)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Session;
    use ferroflow_graph::Graph;

    #[test]
    fn frames_of_runs_at_once_count_as_memory_of_the_program() {
        let g = Graph::new();
        let session = Session::new(&g).unwrap();
        // Somewhat more than 3 MiB of working memory each.
        let stages: Vec<Arc<Stage>> = (0..65)
            .map(|n| {
                let mut request = Request::default();
                request.ask(&g, &g.random_uniform([3 << 18], 0.0, 1.0).gather([n]), []).unwrap();
                session.stage(&request).unwrap()
            })
            .collect();
        session.programs.limit();
        assert_eq!(session.programs.len(), 65);
        for Stage { program, .. } in stages.iter().take(30).map(|s| &**s) {
            let before = program.bytes();
            for _ in 0..2 {
                program.frames.lock().unwrap().push(program.machine.frame().unwrap());
            }
            assert!((3 << 20..4 << 20).contains(&(program.bytes() - before)));
        }
        session.programs.limit();
        assert_eq!(session.programs.len(), 64);
    }
}
