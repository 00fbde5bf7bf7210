//! A steady run allocates only what it hands out.

use ferroflow_array::{Array, DType};
use ferroflow_graph::ops::Padding;
use ferroflow_graph::{Graph, Tensor};
use ferroflow_runtime::{Session, SessionOptions, feed};
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

struct Counting;

static COUNT: AtomicUsize = AtomicUsize::new(0);
static BYTES: AtomicUsize = AtomicUsize::new(0);

// SAFETY: passes every call on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.fetch_add(1, Ordering::Relaxed);
        BYTES.fetch_add(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Allocations, and their bytes, of one call of `f` once it has settled: the least of several rounds, since threads may
/// begin to take part late.
fn of_one(mut f: impl FnMut()) -> (usize, usize) {
    let mut round = || {
        let before = (COUNT.load(Ordering::Relaxed), BYTES.load(Ordering::Relaxed));
        (0..10).for_each(|_| f());
        (COUNT.load(Ordering::Relaxed) - before.0, BYTES.load(Ordering::Relaxed) - before.1)
    };
    let (count, bytes) = (0..20).map(|_| round()).min().unwrap_or_default();
    (count.div_ceil(10), bytes.div_ceil(10))
}

/// A small network with dropout, trained by momentum written out.
fn training<'g>(g: &'g Graph) -> (Tensor<'g>, Tensor<'g>) {
    let x = g.placeholder(DType::F32, [None, Some(64)]);
    let labels = g.placeholder(DType::F32, [None, Some(10)]);
    let filter = g.variable(g.truncated_normal([3, 3, 1, 8], 0.0, 0.1));
    let weights = g.variable(g.truncated_normal([128, 10], 0.0, 0.1));
    let hidden = x.reshape([-1, 8, 8, 1]).conv2d(filter, [1, 1], Padding::Same).relu();
    let flat = hidden.max_pool([2, 2], [2, 2], Padding::Same).reshape([-1, 128]).dropout(0.5);
    let loss = -(labels * flat.matmul(weights).softmax().log()).reduce_sum(1).reduce_mean(0);
    let found = g.gradients([loss], [filter, weights]).unwrap();
    for (variable, gradient) in [filter, weights].into_iter().zip(found) {
        let _ = variable.assign_sub(gradient.unwrap() * 0.1).named("step");
    }
    (x, labels)
}

#[test]
fn a_steady_run_allocates_only_what_it_hands_out() {
    let g = Graph::new();
    let (x, labels) = training(&g);
    let step = g.group([g.operation("step").unwrap(), g.operation("step_1").unwrap()]);
    let session =
        Session::with_options(&g, &SessionOptions { threads: 2, optimize: true, ..SessionOptions::default() }).unwrap();
    session.run(g.global_variables_initializer()).unwrap();
    let batch = |n: usize| {
        let mut classes = Array::zeros(DType::F32, [n, 10]).unwrap();
        classes.as_mut_slice::<f32>().unwrap().iter_mut().step_by(10).for_each(|v| *v = 1.0);
        (Array::new([n, 64], &vec![0.5f32; n * 64]).unwrap(), classes)
    };
    let callable = session.make_callable(step, &[x, labels]).unwrap();
    for n in [5, 50] {
        let (images, classes) = batch(n);
        assert_eq!(of_one(|| session.run_with(step, feed! { x: &images, labels: &classes }).unwrap()), (0, 0));
        assert_eq!(of_one(|| callable.call(&[&images, &classes]).unwrap()), (0, 0));
    }
    let doubled = x * 2.0;
    let callable = session.make_callable((doubled, step), &[x, labels]).unwrap();
    let (images, classes) = batch(5);
    let array = of_one(|| drop(Array::zeros(DType::F32, images.shape()).unwrap()));
    assert_eq!(of_one(|| drop(callable.call(&[&images, &classes]).unwrap())), array);
    assert_eq!(of_one(|| drop(session.run_with(doubled, feed! { x: &images }).unwrap())), array);
}
