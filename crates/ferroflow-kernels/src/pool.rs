//! Threads that share the tasks of one kernel.

use crate::denormals::FlushDenormals;
use std::any::Any;
use std::marker::PhantomData;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

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

/// How long a worker looks for work before it sleeps.
const SPIN: Duration = Duration::from_micros(40);

type Task = dyn Fn(usize) + Sync;

/// What the threads of a pool share.
struct Shared {
    state: Mutex<State>,
    /// Raised with each job, and at the end, while `state` is locked.
    generation: AtomicUsize,
    /// The next task of the job.
    next: AtomicUsize,
    /// Workers that have taken up the job and not yet finished with it.
    active: AtomicUsize,
    wake: Condvar,
}

#[derive(Default)]
struct State {
    /// The job, while workers may still take it up.
    job: Option<Job>,
    asleep: usize,
    stop: bool,
    panic: Option<Box<dyn Any + Send>>,
}

#[derive(Clone, Copy)]
struct Job {
    task: *const Task,
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
            state: Mutex::default(),
            generation: AtomicUsize::new(0),
            next: AtomicUsize::new(0),
            active: AtomicUsize::new(0),
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
    /// With the panic of a task, after those that had begun are done.
    pub fn for_each(&self, tasks: usize, f: impl Fn(usize) + Sync) {
        let alone = tasks <= 1 || self.workers.is_empty() || self.busy.swap(true, Ordering::Acquire);
        if alone {
            (0..tasks).for_each(f);
            return;
        }
        let task: &(dyn Fn(usize) + Sync + '_) = &f;
        // SAFETY: only the lifetime is erased; the workers' use of it ends before this function returns.
        let task: *const Task = unsafe { std::mem::transmute::<&(dyn Fn(usize) + Sync + '_), &'static Task>(task) };
        let shared = &*self.shared;
        shared.next.store(0, Ordering::Relaxed);
        let asleep = {
            let mut state = shared.lock();
            state.job = Some(Job { task, tasks });
            shared.generation.fetch_add(1, Ordering::Release);
            state.asleep
        };
        if asleep > 0 {
            shared.wake.notify_all();
        }
        shared.drain(tasks, &f);
        // Workers that have not come by now find nothing, and are not waited for.
        shared.lock().job = None;
        let mut spins = 0u32;
        while shared.active.load(Ordering::Acquire) > 0 {
            spins += 1;
            if spins.is_multiple_of(1024) { std::thread::yield_now() } else { std::hint::spin_loop() }
        }
        let panic = shared.lock().panic.take();
        self.busy.store(false, Ordering::Release);
        if let Some(panic) = panic {
            std::panic::resume_unwind(panic);
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
            // SAFETY: one chunk a task, and chunks do not overlap.
            f(i, unsafe { out.slice(i * chunk, chunk.min(len - i * chunk)) });
        });
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|e| e.into_inner())
    }

    /// Runs tasks until none is left. The first panic is kept, and the tasks not yet begun are dropped.
    fn drain(&self, tasks: usize, f: &(dyn Fn(usize) + Sync)) {
        let run = || {
            loop {
                let task = self.next.fetch_add(1, Ordering::Relaxed);
                if task >= tasks {
                    return;
                }
                f(task);
            }
        };
        if let Err(panic) = std::panic::catch_unwind(AssertUnwindSafe(run)) {
            self.next.store(tasks, Ordering::Relaxed);
            self.lock().panic.get_or_insert(panic);
        }
    }

    fn work(&self) {
        let _flush = FlushDenormals::new();
        let mut seen = 0;
        loop {
            let mut spinning = Spinning::begin();
            while self.generation.load(Ordering::Acquire) == seen && spinning.goes_on() {}
            let mut state = self.lock();
            while self.generation.load(Ordering::Acquire) == seen {
                state.asleep += 1;
                state = self.wake.wait(state).unwrap_or_else(|e| e.into_inner());
                state.asleep -= 1;
            }
            seen = self.generation.load(Ordering::Acquire);
            if state.stop {
                return;
            }
            let Some(job) = state.job else { continue };
            self.active.fetch_add(1, Ordering::Relaxed);
            drop(state);
            // SAFETY: the job was there while the state was locked, and `for_each`, which then took it away, waits for
            // `active` to fall to 0 before the task goes.
            self.drain(job.tasks, unsafe { &*job.task });
            self.active.fetch_sub(1, Ordering::Release);
        }
    }
}

/// A wait of at most [`SPIN`].
struct Spinning {
    since: Instant,
    turns: u32,
}

impl Spinning {
    fn begin() -> Self {
        Spinning { since: Instant::now(), turns: 0 }
    }

    fn goes_on(&mut self) -> bool {
        std::hint::spin_loop();
        self.turns += 1;
        !self.turns.is_multiple_of(64) || self.since.elapsed() < SPIN
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        {
            let mut state = self.shared.lock();
            state.stop = true;
            self.shared.generation.fetch_add(1, Ordering::Release);
        }
        self.shared.wake.notify_all();
        for worker in self.workers.drain(..) {
            // A worker catches the panics of tasks.
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
    fn chunks_cover_the_slice() {
        let mut out = [0; 10];
        Pool::new(3).for_each_chunk_mut(&mut out, 4, |i, chunk| chunk.fill(i * 10 + chunk.len()));
        assert_eq!(out, [4, 4, 4, 4, 14, 14, 14, 14, 22, 22]);
        Pool::new(2).for_each_chunk_mut(&mut [0u8; 0], 4, |_, _| panic!("no chunk"));
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
            let panic = result.unwrap_err();
            assert_eq!(panic.downcast_ref::<&str>(), Some(&"task 25"));
        }
        let sum = AtomicUsize::new(0);
        pool.for_each(10, |i| {
            sum.fetch_add(i, Ordering::Relaxed);
        });
        assert_eq!(sum.into_inner(), 45);
    }
}
