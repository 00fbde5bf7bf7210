//! What must hold of every op in the table, on every one of its samples.

use ferroflow_array::{Array, Buffer, DType};
use ferroflow_graph::ops::{self, Const};
use ferroflow_graph::{Dag, Effect, Fact, Graph, Node, Sample, Tensor};
use ferroflow_kernels::{Access, Group, Kernel, Machine, Pool, Region, Span, Step};
use ferroflow_runtime::{Feeds, Session, SessionOptions};
use std::sync::Arc;

fn each_sample(mut f: impl FnMut(&str, &Graph, Tensor<'_>)) {
    for spec in ops::TABLE {
        for (i, &sample) in spec.samples.iter().enumerate() {
            let sample: Sample = sample;
            let graph = Graph::new();
            graph.set_random_seed(7);
            let tensor = sample(&graph);
            let name = format!("{} sample {i}", spec.name);
            graph.check().unwrap_or_else(|e| panic!("{name}: {e}"));
            f(&name, &graph, tensor);
        }
    }
}

fn session(graph: &Graph, threads: usize, optimize: bool) -> Session {
    let session =
        Session::with_options(graph, &SessionOptions { threads, optimize, ..SessionOptions::default() }).unwrap();
    session.run(graph.global_variables_initializer()).unwrap();
    session
}

fn outputs<'g>(tensor: Tensor<'g>) -> Vec<Tensor<'g>> {
    let operation = tensor.operation();
    (0..operation.num_outputs()).map(|k| operation.output(k)).collect()
}

/// Values for the placeholders that a sample leaves open.
fn feeds<'g>(graph: &'g Graph) -> Feeds<'g> {
    let open: Vec<_> = graph.with_dag(|dag| {
        let loops = dag.nodes().any(|(_, n)| n.op.is::<ops::While>());
        let is_fed = |n: &Node| n.op.effect() == Effect::Feed && !(loops && n.op.is::<ops::LoopVariable>());
        let placeholders = dag.nodes().filter(|(_, n)| is_fed(n));
        placeholders.map(|(id, n)| (id.outlet(0), n.facts[0].clone())).collect()
    });
    open.into_iter().fold(Feeds::new(), |feeds, (outlet, fact)| {
        let shape: Vec<usize> = fact.shape.dims().unwrap_or(&[]).iter().map(|d| d.unwrap_or(2)).collect();
        feeds.with(graph.tensor_at(outlet), Array::zeros(fact.dtype, shape).unwrap())
    })
}

fn same_bits(a: &Array, b: &Array) -> bool {
    a.dtype() == b.dtype() && a.shape() == b.shape() && a.bytes() == b.bytes() && a.strings().ok() == b.strings().ok()
}

#[test]
fn names_are_unique_and_every_op_has_samples() {
    let mut names: Vec<&str> = ops::TABLE.iter().map(|s| s.name).collect();
    names.sort_unstable();
    assert!(names.windows(2).all(|w| w[0] != w[1]));
    let internal = ["Arg", "NoOp", "PyFunc"];
    for spec in ops::TABLE {
        assert!(!spec.samples.is_empty() || internal.contains(&spec.name), "{} has no sample", spec.name);
    }
}

#[test]
fn inferred_facts_are_true_of_the_results() {
    each_sample(|name, graph, tensor| {
        let fetched = outputs(tensor);
        let results =
            session(graph, 1, true).run_with(&fetched[..], feeds(graph)).unwrap_or_else(|e| panic!("{name}: {e}"));
        for (output, result) in fetched.iter().zip(&results) {
            let fact = output.fact();
            assert!(fact.accepts(result), "{name}: inferred {fact}, found {}{}", result.dtype(), result.shape());
            if let Some(value) = &fact.value {
                assert_eq!(value, result, "{name}: the value known while building");
            }
        }
    });
}

#[test]
fn moved_elements_are_those_of_the_inputs() {
    each_sample(|name, graph, tensor| {
        let operation = tensor.operation();
        let moved: Vec<Tensor<'_>> = graph.with_dag(|dag| {
            let node = dag.node(operation.id());
            (0..node.inputs.len()).filter(|&i| node.op.moves(i)).map(|i| graph.tensor_at(node.inputs[i])).collect()
        });
        if moved.is_empty() {
            return;
        }
        let fetched: Vec<Tensor<'_>> = moved.into_iter().chain([tensor]).collect();
        let mut results = session(graph, 1, true).run_with(fetched, feeds(graph)).unwrap();
        let found = results.pop().unwrap().to_f64s().unwrap();
        let given: Vec<f64> = results.iter().flat_map(|r| r.to_f64s().unwrap()).collect();
        assert!(found.iter().all(|x| given.contains(x)), "{name}: {found:?} of {given:?}");
    });
}

#[test]
fn results_do_not_depend_on_threads() {
    each_sample(|name, graph, tensor| {
        let fetched = outputs(tensor);
        let one = session(graph, 1, true).run_with(&fetched[..], feeds(graph)).unwrap();
        let three = session(graph, 3, true).run_with(&fetched[..], feeds(graph)).unwrap();
        assert!(one.iter().zip(&three).all(|(a, b)| same_bits(a, b)), "{name}");
    });
}

#[test]
fn the_compiler_changes_no_result() {
    each_sample(|name, graph, tensor| {
        let fetched = outputs(tensor);
        let plain = session(graph, 1, false).run_with(&fetched[..], feeds(graph)).unwrap();
        let compiled = session(graph, 1, true).run_with(&fetched[..], feeds(graph)).unwrap();
        for (a, b) in plain.iter().zip(&compiled) {
            let close = match (a.to_f64s(), b.to_f64s()) {
                (Some(a), Some(b)) => a
                    .iter()
                    .zip(&b)
                    .all(|(x, y)| x == y || (x - y).abs() <= 1e-12 * (1.0 + x.abs()) || x.is_nan() && y.is_nan()),
                _ => same_bits(a, b),
            };
            assert!(close && a.shape() == b.shape(), "{name}: {a:?} and {b:?}");
        }
    });
}

#[test]
fn printed_graphs_parse_and_print_the_same() {
    each_sample(|name, graph, _| {
        let text = graph.to_string();
        let parsed = Dag::parse(&text).unwrap_or_else(|e| panic!("{name}: {e}\n{text}"));
        assert_eq!(parsed.to_string(), text, "{name}");
        parsed.verify().unwrap_or_else(|e| panic!("{name}: {e}"));
    });
}

/// Numbers without pattern, of order one.
fn weights(shape: &[usize], salt: usize) -> Array {
    let n = shape.iter().product();
    let values: Vec<f64> = (0..n).map(|i: usize| (((i + salt) * 7919 % 211) as f64 / 105.0) - 1.0).collect();
    Array::new(shape, &values).unwrap()
}

/// `Σ outputs · weights` over the `f64` outputs.
fn weighed<'g>(tensors: &[Tensor<'g>], salt: usize) -> Option<Tensor<'g>> {
    let float = tensors.iter().filter(|t| t.dtype() == DType::F64 && t.shape().is_fully_known());
    let parts = float.enumerate().map(|(i, t)| {
        let shape = t.shape().to_shape().unwrap();
        let axes: Vec<i32> = (0..shape.rank() as i32).collect();
        (*t * weights(&shape, salt + 31 * i)).reduce_sum(&axes[..])
    });
    parts.reduce(|a, b| a + b)
}

/// The `f64` constants that a tensor depends on.
fn float_constants<'g>(graph: &'g Graph, tensor: Tensor<'g>) -> Vec<(Tensor<'g>, Array)> {
    graph.with_dag(|dag| {
        let order = dag.order([tensor.outlet().node], |_| false).unwrap();
        let constant = |id| {
            let value = &dag.node(id).op.downcast::<Const>()?.value;
            (value.dtype() == DType::F64 && !value.is_empty()).then(|| (id.outlet(0), value.clone()))
        };
        let found: Vec<_> = order.into_iter().filter_map(constant).collect();
        found.into_iter().map(|(o, v)| (graph.tensor_at(o), v)).collect()
    })
}

/// Compares derivatives of `loss` with central differences.
fn check_gradients<'g>(
    name: &str,
    graph: &'g Graph,
    loss: Tensor<'g>,
    grads: &[Option<Tensor<'g>>],
    xs: &[(Tensor<'g>, Array)],
) {
    const STEP: f64 = 1e-5;
    let session = session(graph, 1, true);
    let at = |x: &Tensor<'g>, value: Array| {
        session.run_with(loss, Feeds::new().with(*x, value)).unwrap().to_scalar::<f64>().unwrap()
    };
    for ((x, value), grad) in xs.iter().zip(grads) {
        let analytic = match grad {
            Some(grad) => session.run(*grad).unwrap_or_else(|e| panic!("{name}: {e}")),
            None => Array::zeros(DType::F64, value.shape()).unwrap(),
        };
        assert_eq!(analytic.shape(), value.shape(), "{name}: shape of the derivative of {}", x.name());
        for i in 0..value.len() {
            let moved = |by: f64| {
                let mut moved = value.clone();
                moved.as_mut_slice::<f64>().unwrap()[i] += by;
                moved
            };
            let numeric = (at(x, moved(STEP)) - at(x, moved(-STEP))) / (2.0 * STEP);
            let found = analytic.as_slice::<f64>().unwrap()[i];
            let close = (found - numeric).abs() <= 1e-6 * (1.0 + found.abs().max(numeric.abs()));
            assert!(close, "{name}: derivative of {}[{i}] is {found}, differences give {numeric}", x.name());
        }
    }
}

#[test]
fn gradients_equal_central_differences_to_second_order() {
    let mut checked = Vec::new();
    each_sample(|name, graph, tensor| {
        let random = graph.with_dag(|d| d.nodes().any(|(_, n)| n.op.effect() != Effect::None));
        let Some(loss) = weighed(&outputs(tensor), 1).filter(|_| !random) else { return };
        let xs = float_constants(graph, tensor);
        let handles: Vec<Tensor<'_>> = xs.iter().map(|(x, _)| *x).collect();
        let Ok(grads) = graph.gradients([loss], handles.iter().copied()) else { return };
        if grads.iter().all(Option::is_none) {
            return;
        }
        check_gradients(name, graph, loss, &grads, &xs);
        checked.push(name.to_owned());
        let found: Vec<Tensor<'_>> = grads.iter().flatten().copied().collect();
        let Some(second_loss) = weighed(&found, 5) else { return };
        let Ok(second) = graph.gradients([second_loss], handles.iter().copied()) else { return };
        check_gradients(&format!("{name}, second order"), graph, second_loss, &second, &xs);
    });
    assert!(checked.len() >= 20, "only {} samples have gradients", checked.len());
}

/// Runs a kernel with output `k` in the memory of input `i`, which is copied there first.
fn in_place(kernel: Arc<Kernel>, inputs: &[&Array], outputs: &[Fact], (i, k): (usize, usize)) -> Vec<Buffer> {
    let copy = Arc::new(Kernel::new(|io| {
        io.output::<u8>(0).copy_from_slice(io.input(0));
        Ok(())
    }));
    let bytes = |f: &Fact| f.shape.num_elements().unwrap() * f.dtype.size();
    let mut results: Vec<Buffer> = outputs.iter().map(|f| Buffer::zeroed(bytes(f))).collect();
    let mut regions: Vec<Region> = inputs.iter().map(|a| Region::Input(a.bytes().len())).collect();
    regions.extend(results.iter().map(|b| Region::Output(b.len())));
    regions.push(Region::Arena(kernel.scratch()));
    let span = |region: usize| Span { region, offset: 0, len: regions[region].len() };
    let n = inputs.len();
    let shared = span(n + k);
    let mut operands: Vec<Span> = (0..n).map(span).collect();
    let first = Step { kernel: copy, inputs: vec![operands[i]], outputs: vec![shared], scratch: Span::EMPTY };
    operands[i] = shared;
    let outs = (n..n + results.len()).map(span).collect();
    let second = Step { kernel, inputs: operands, outputs: outs, scratch: span(n + results.len()) };
    let machine = Machine::new(regions, vec![first, second]).unwrap();
    let run = machine.run(&mut machine.frame().unwrap(), &Pool::new(1), |binder| {
        inputs.iter().enumerate().for_each(|(i, a)| binder.input(i, a.bytes()));
        results.iter_mut().enumerate().for_each(|(k, b)| binder.output(n + k, b.as_bytes_mut()));
    });
    run.unwrap();
    results
}

/// Calls `f` with the kernel of every sample that has one, its inputs, and what it gives.
fn each_kernel(mut f: impl FnMut(&str, &Arc<Kernel>, &[&Array], &[Fact], &[Array])) {
    each_sample(|name, graph, tensor| {
        let operation = tensor.operation();
        let node = graph.with_dag(|d| d.node(operation.id()).clone());
        if matches!(node.op.effect(), Effect::Feed | Effect::Variable | Effect::Random) || node.op.is::<Const>() {
            return;
        }
        let session = session(graph, 1, true);
        let values = session.run_with(operation.inputs(), feeds(graph)).unwrap();
        let facts: Vec<Fact> = values.iter().map(Fact::of).collect();
        let references: Vec<&Fact> = facts.iter().collect();
        let outputs = node.op.infer(&references).unwrap();
        let kernel = node.op.kernel(&facts, &outputs).unwrap_or_else(|e| panic!("{name}: {e}"));
        if kernel.is_view() || kernel.is_dynamic() {
            return;
        }
        let kernel = Arc::new(kernel);
        let arrays: Vec<&Array> = values.iter().collect();
        let shapes: Vec<_> = outputs.iter().map(|f| (f.dtype, f.concrete().unwrap())).collect();
        let apart = ferroflow_kernels::evaluate(kernel.clone(), &arrays, &shapes, &Pool::new(1)).unwrap();
        f(name, &kernel, &arrays, &outputs, &apart);
    });
}

#[test]
fn in_place_equals_out_of_place() {
    let mut checked = 0;
    each_kernel(|name, kernel, arrays, outputs, apart| {
        for &(i, k) in kernel.in_place() {
            if arrays.get(i).is_none_or(|a| a.bytes().len() != apart[k].bytes().len() || a.is_empty()) {
                continue;
            }
            let together = in_place(kernel.clone(), arrays, outputs, (i, k));
            let same = apart.iter().zip(&together).all(|(a, b)| a.bytes() == b.as_bytes());
            assert!(same, "{name}: input {i}, output {k}");
            checked += 1;
        }
    });
    assert!(checked >= 10, "only {checked} pairs checked");
}

/// Runs a kernel part by part.
fn in_parts(kernel: Arc<Kernel>, inputs: &[&Array], outputs: &[Array], rows: usize, chunk: usize) -> Vec<Buffer> {
    let by_rows = kernel.rows().unwrap();
    let lanes = by_rows.lanes().min(2);
    let mut results: Vec<Buffer> = outputs.iter().map(|a| Buffer::zeroed(a.bytes().len())).collect();
    let mut regions: Vec<Region> = inputs.iter().map(|a| Region::Input(a.bytes().len())).collect();
    regions.extend(results.iter().map(|b| Region::Output(b.len())));
    regions.push(Region::Arena(by_rows.scratch(lanes)));
    let span = |region: usize| Span { region, offset: 0, len: regions[region].len() };
    let n = inputs.len();
    let access = |whole: bool| if whole { Access::Whole } else { Access::Rows };
    let reached = (0..n).map(|i| access(by_rows.is_whole(i)));
    let access = reached.chain(results.iter().map(|_| access(by_rows.reduces()))).collect();
    let group = Group { steps: 0..1, rows, chunk, lanes, access: vec![access] };
    let step = Step {
        inputs: (0..n).map(span).collect(),
        outputs: (n..n + results.len()).map(span).collect(),
        scratch: span(n + results.len()),
        kernel,
    };
    let machine = Machine::with_groups(regions, vec![step], vec![group]).unwrap();
    let run = machine.run(&mut machine.frame().unwrap(), &Pool::new(2), |binder| {
        inputs.iter().enumerate().for_each(|(i, a)| binder.input(i, a.bytes()));
        results.iter_mut().enumerate().for_each(|(k, b)| binder.output(n + k, b.as_bytes_mut()));
    });
    run.unwrap();
    results
}

#[test]
fn parts_equal_the_whole() {
    let mut checked = Vec::new();
    each_kernel(|name, kernel, arrays, _, whole| {
        let Some(by_rows) = kernel.rows().filter(|r| r.units() > 0) else { return };
        let units = by_rows.units();
        for rows in (1..=units).filter(|r| units.is_multiple_of(*r)) {
            for chunk in [1, 2] {
                let parts = in_parts(kernel.clone(), arrays, whole, rows, chunk);
                for (part, whole) in parts.iter().zip(whole) {
                    // Sums in another order differ in their last bits.
                    let same = match whole.as_slice::<f64>() {
                        Ok(whole) if by_rows.reduces() => {
                            let part =
                                part.as_bytes().chunks_exact(8).map(|b| f64::from_ne_bytes(b.try_into().unwrap()));
                            part.zip(whole).all(|(a, b)| (a - b).abs() <= 1e-12 * (1.0 + b.abs()))
                        }
                        _ => part.as_bytes() == whole.bytes(),
                    };
                    assert!(same, "{name}: {rows} rows, {chunk} a part");
                }
            }
        }
        checked.push(name.to_owned());
    });
    assert!(checked.len() >= 100, "only {checked:?} run in parts");
}
