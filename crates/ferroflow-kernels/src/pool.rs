//! A sequential stand-in.

/// Threads that share the tasks of a kernel.
#[derive(Debug)]
pub struct Pool {
    threads: usize,
}

impl Pool {
    /// A pool of `threads`.
    pub fn new(threads: usize) -> Pool {
        Pool { threads: threads.max(1) }
    }

    /// Number of threads.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// Calls `f` with each of `0..tasks`.
    pub fn for_each(&self, tasks: usize, f: impl Fn(usize) + Sync) {
        (0..tasks).for_each(f)
    }
}
