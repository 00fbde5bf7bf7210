//! Threads that share the tasks of one kernel.

use std::marker::PhantomData;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;

/// A slice that tasks write to at disjoint places.
pub(crate) struct Disjoint<'a, T> {
    pointer: *mut T,
    len: usize,
    slice: PhantomData<&'a mut [T]>,
}

// SAFETY: access goes through `slice`, whose callers keep to disjoint ranges.
unsafe impl<T: Send> Sync for Disjoint<'_, T> {}

impl<'a, T> Disjoint<'a, T> {
    pub(crate) fn new(slice: &'a mut [T]) -> Self {
        Disjoint { pointer: slice.as_mut_ptr(), len: slice.len(), slice: PhantomData }
    }

    /// The address of an element, or of the end.
    ///
    /// # Panics
    /// If out of bounds.
    pub(crate) fn address(&self, at: usize) -> *mut T {
        assert!(at <= self.len, "out of bounds");
        // SAFETY: in bounds.
        unsafe { self.pointer.add(at) }
    }

    /// # Safety
    /// No other reference to an element of the range is alive.
    ///
    /// # Panics
    /// If the range is out of bounds.
    #[allow(clippy::mut_from_ref)]
    pub(crate) unsafe fn slice(&self, start: usize, len: usize) -> &'a mut [T] {
        assert!(start <= self.len && len <= self.len - start, "range out of bounds");
        // SAFETY: in bounds; exclusive by the contract.
        unsafe { std::slice::from_raw_parts_mut(self.pointer.add(start), len) }
    }
}

/// How often a worker looks for work before it sleeps.
const SPINS: usize = 4_000;

type Task<'a> = &'a (dyn Fn(usize) + Sync);

/// The job that workers share: an erased task and how far it has got.
struct Shared {
    /// Raised for each job, and for the end.
    generation: AtomicUsize,
    /// The job; valid from the raising of `generation` until `running` falls to 0.
    job: Mutex<Option<Job>>,
    next: AtomicUsize,
    /// Workers that have not yet finished the job.
    running: AtomicUsize,
    panicked: AtomicBool,
    stop: AtomicBool,
    wake: Condvar,
}

#[derive(Clone, Copy)]
struct Job {
    task: *const (dyn Fn(usize) + Sync),
    tasks: usize,
}

// SAFETY: the task is `Sync`, and `for_each` keeps it alive until every worker is done with it.
unsafe impl Send for Job {}

/// Threads that share the tasks of one kernel. The thread that calls takes part.
pub struct Pool {
    shared: Arc<Shared>,
    workers: Vec<JoinHandle<()>>,
    busy: AtomicBool,
}

impl Pool {
    /// A pool of `threads` (0 for as many as there are cores), one of which is the caller's.
    pub fn new(threads: usize) -> Pool {
        let threads = match threads {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            n => n,
        };
        let shared = Arc::new(Shared {
            generation: AtomicUsize::new(0),
            job: Mutex::new(None),
            next: AtomicUsize::new(0),
            running: AtomicUsize::new(0),
            panicked: AtomicBool::new(false),
            stop: AtomicBool::new(false),
            wake: Condvar::new(),
        });
        let spawn = |i| {
            let shared = shared.clone();
            std::thread::Builder::new().name(format!("ferroflow-{i}")).spawn(move || shared.work())
        };
        // With fewer threads than asked for, everything still runs, only slower.
        let workers = (1..threads).map_while(|i| spawn(i).ok()).collect();
        Pool { shared, workers, busy: AtomicBool::new(false) }
    }

    /// Number of threads, the caller's included.
    pub fn threads(&self) -> usize {
        self.workers.len() + 1
    }

    /// Calls `f` with each of `0..tasks`, on all threads, and returns when all are done. A call from within a task, or
    /// while another thread's call goes on, runs on the caller's thread alone.
    ///
    /// # Panics
    /// If a task does, after all others are done.
    pub fn for_each(&self, tasks: usize, f: impl Fn(usize) + Sync) {
        let alone = tasks <= 1 || self.workers.is_empty() || self.busy.swap(true, Ordering::Acquire);
        if alone {
            (0..tasks).for_each(f);
            return;
        }
        let task: Task<'_> = &f;
        // SAFETY: only the lifetime is erased; the workers' use of it ends before this function returns.
        let task: *const (dyn Fn(usize) + Sync) = unsafe { std::mem::transmute::<Task<'_>, Task<'static>>(task) };
        let shared = &*self.shared;
        shared.next.store(0, Ordering::Relaxed);
        shared.running.store(self.workers.len(), Ordering::Relaxed);
        {
            let mut job = shared.job.lock().unwrap_or_else(|e| e.into_inner());
            *job = Some(Job { task, tasks });
            shared.generation.fetch_add(1, Ordering::Release);
        }
        shared.wake.notify_all();
        let own = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| shared.drain(tasks, &f)));
        if own.is_err() {
            // The tasks that are left are not begun.
            shared.next.store(tasks, Ordering::Relaxed);
        }
        let mut spins = 0;
        while shared.running.load(Ordering::Acquire) > 0 {
            spins += 1;
            if spins % 1024 == 0 { std::thread::yield_now() } else { std::hint::spin_loop() }
        }
        let panicked = shared.panicked.swap(false, Ordering::Relaxed);
        self.busy.store(false, Ordering::Release);
        match own {
            Err(payload) => std::panic::resume_unwind(payload),
            Ok(()) if panicked => panic!("a task of a kernel panicked"),
            Ok(()) => {}
        }
    }

    /// Calls `f` with the index and the elements of each chunk of `out`; all are `chunk` long but perhaps the last.
    ///
    /// # Panics
    /// If `chunk` is 0, or as [`Pool::for_each`].
    pub fn for_each_chunk_mut<T: Send>(&self, out: &mut [T], chunk: usize, f: impl Fn(usize, &mut [T]) + Sync) {
        let len = out.len();
        let out = Disjoint::new(out);
        self.for_each(len.div_ceil(chunk), |i| {
            // SAFETY: one chunk a task.
            f(i, unsafe { out.slice(i * chunk, chunk.min(len - i * chunk)) });
        });
    }
}

impl Pool {
    /// Calls `f` with each chunk of `slice` and its number, on all threads.
    pub fn for_each_chunk<T: Send>(&self, slice: &mut [T], chunk: usize, f: impl Fn(usize, &mut [T]) + Sync) {
        let len = slice.len();
        let parts = Disjoint::new(slice);
        self.for_each(len.div_ceil(chunk.max(1)), |i| {
            let start = i * chunk;
            // SAFETY: chunks do not overlap.
            f(i, unsafe { parts.slice(start, chunk.min(len - start)) });
        });
    }
}

impl Shared {
    fn drain(&self, tasks: usize, f: &(dyn Fn(usize) + Sync)) {
        loop {
            let task = self.next.fetch_add(1, Ordering::Relaxed);
            if task >= tasks {
                return;
            }
            f(task);
        }
    }

    fn work(&self) {
        let mut seen = 0;
        loop {
            let mut spins = 0;
            while self.generation.load(Ordering::Acquire) == seen && spins < SPINS {
                spins += 1;
                std::hint::spin_loop();
            }
            let job = {
                let mut job = self.job.lock().unwrap_or_else(|e| e.into_inner());
                while self.generation.load(Ordering::Acquire) == seen {
                    job = self.wake.wait(job).unwrap_or_else(|e| e.into_inner());
                }
                seen = self.generation.load(Ordering::Acquire);
                *job
            };
            if self.stop.load(Ordering::Acquire) {
                return;
            }
            if let Some(job) = job {
                // SAFETY: `for_each` waits for `running` to fall to 0 before the task goes away.
                let f = unsafe { &*job.task };
                let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.drain(job.tasks, f)));
                if result.is_err() {
                    self.next.store(job.tasks, Ordering::Relaxed);
                    self.panicked.store(true, Ordering::Relaxed);
                }
            }
            self.running.fetch_sub(1, Ordering::Release);
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Release);
        {
            let _job = self.shared.job.lock().unwrap_or_else(|e| e.into_inner());
            self.shared.generation.fetch_add(1, Ordering::Release);
        }
        self.shared.wake.notify_all();
        for worker in self.workers.drain(..) {
            let _ = worker.join();
        }
    }
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pool({} threads)", self.threads())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_task_runs_once() {
        for threads in [1, 2, 3, 8] {
            let pool = Pool::new(threads);
            for tasks in [0, 1, 2, 7, 1000] {
                let counts: Vec<AtomicUsize> = (0..tasks).map(|_| AtomicUsize::new(0)).collect();
                pool.for_each(tasks, |i| {
                    counts[i].fetch_add(1, Ordering::Relaxed);
                });
                assert!(counts.iter().all(|c| c.load(Ordering::Relaxed) == 1));
            }
        }
    }

    #[test]
    fn nested_and_concurrent_calls_finish() {
        let pool = Pool::new(3);
        let total = AtomicUsize::new(0);
        std::thread::scope(|s| {
            for _ in 0..4 {
                s.spawn(|| {
                    for _ in 0..200 {
                        pool.for_each(4, |_| {
                            pool.for_each(2, |_| {
                                total.fetch_add(1, Ordering::Relaxed);
                            });
                        });
                    }
                });
            }
        });
        assert_eq!(total.into_inner(), 4 * 200 * 4 * 2);
    }

    #[test]
    fn a_panic_reaches_the_caller_and_the_pool_lives_on() {
        let pool = Pool::new(2);
        for _ in 0..20 {
            let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                pool.for_each(50, |i| assert!(i != 25, "task 25"));
            }));
            assert!(result.is_err());
        }
        let sum = AtomicUsize::new(0);
        pool.for_each(10, |i| {
            sum.fetch_add(i, Ordering::Relaxed);
        });
        assert_eq!(sum.into_inner(), 45);
    }
}
