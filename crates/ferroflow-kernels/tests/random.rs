//! The random fills against what TensorFlow's CPU ops draw, and the properties that splitting relies on.

use ferroflow_kernels::random::*;
use half::{bf16, f16};
use serde_json::Value;

fn cases(name: &str) -> Vec<Value> {
    let path = format!("{}/../../fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let file: Value = serde_json::from_str(&text).unwrap();
    file["cases"].as_array().unwrap().clone()
}

fn integers(list: &Value) -> Vec<i64> {
    list.as_array().unwrap().iter().map(|x| x.as_i64().unwrap()).collect()
}

fn floats(list: &Value) -> Vec<f64> {
    let read = |x: &Value| x.as_f64().unwrap_or_else(|| x.as_str().unwrap().parse().unwrap());
    list.as_array().unwrap().iter().map(read).collect()
}

/// A drawn element: its value, its bits, and the bits that a recorded decimal stands for.
trait Element: Copy {
    fn value(self) -> f64;
    fn bits(self) -> u64;
    fn nearest_bits(recorded: &Value) -> u64;
}

macro_rules! float_element {
    ($($t:ty, $from:expr);*) => {$(
        impl Element for $t {
            fn value(self) -> f64 { f64::from(self) }
            fn bits(self) -> u64 { u64::from(self.to_bits()) }
            fn nearest_bits(recorded: &Value) -> u64 { u64::from($from(recorded.as_f64().unwrap()).to_bits()) }
        }
    )*};
}
float_element!(f16, f16::from_f64; bf16, bf16::from_f64; f32, |x: f64| x as f32; f64, |x: f64| x);

macro_rules! int_element {
    ($($t:ty, $unsigned:ty);*) => {$(
        impl Element for $t {
            fn value(self) -> f64 { self as f64 }
            fn bits(self) -> u64 { self as $unsigned as u64 }
            fn nearest_bits(recorded: &Value) -> u64 { recorded.as_i64().unwrap() as $unsigned as u64 }
        }
    )*};
}
int_element!(i32, u32; i64, u64);

/// How near a run must come to the record.
#[derive(Clone, Copy, PartialEq)]
enum Match {
    /// Bit for bit.
    Exact,
    /// Within this relative error: the platform's logarithm and sine may differ in the last place.
    Relative(f64),
}

fn check_run<T: Element>(label: &str, drawn: &[T], run: &Value, how: Match) {
    let recorded = run["values"].as_array().unwrap();
    let indices = match run.get("indices") {
        Some(indices) => integers(indices).iter().map(|&i| i as usize).collect(),
        None => (0..drawn.len()).collect::<Vec<_>>(),
    };
    assert_eq!(indices.len(), recorded.len(), "{label}");
    for (&i, recorded) in indices.iter().zip(recorded) {
        match how {
            Match::Exact => assert_eq!(drawn[i].bits(), T::nearest_bits(recorded), "{label} [{i}]"),
            Match::Relative(bound) => {
                let (got, want) = (drawn[i].value(), recorded.as_f64().unwrap());
                assert!((got - want).abs() <= bound * want.abs(), "{label} [{i}]: {got} for {want}");
            }
        }
    }
    let Some(count) = run.get("count") else { return };
    assert_eq!(drawn.len() as u64, count.as_u64().unwrap(), "{label}");
    match how {
        Match::Exact => {
            let weighted = drawn.iter().enumerate().map(|(i, x)| (i as u64 + 1).wrapping_mul(x.bits()));
            let bit_sum = weighted.fold(0, u64::wrapping_add);
            assert_eq!(bit_sum.to_string(), run["bit_sum"].as_str().unwrap(), "{label}");
        }
        Match::Relative(bound) => {
            let sum: f64 = drawn.iter().map(|x| x.value()).sum();
            let error = (sum - run["sum"].as_f64().unwrap()).abs();
            assert!(error <= bound * drawn.len() as f64, "{label}: sum off by {error}");
        }
    }
}

fn check_float_case<T: RandomFloat + Element + Default>(case: &Value, transcendental: Match) {
    let (fill, how): (fn(&mut [T], Philox, u64), _) = match case["op"].as_str().unwrap() {
        "RandomUniform" => (fill_uniform, Match::Exact),
        "RandomStandardNormal" => (fill_normal, transcendental),
        "TruncatedNormal" => (fill_truncated_normal, transcendental),
        other => panic!("{other} draws no floats"),
    };
    check_runs(case, how, |out, stream| fill(out, stream, 0));
}

fn check_int_case<T: RandomInt + Element + Default + TryFrom<i64>>(case: &Value) {
    let bound = |name: &str| T::try_from(case["args"][name].as_i64().unwrap()).ok().unwrap();
    let (low, high) = (bound("minval"), bound("maxval"));
    check_runs(case, Match::Exact, |out: &mut [T], stream| fill_uniform_int(out, low, high, stream, 0));
}

fn check_runs<T: Element + Default>(case: &Value, how: Match, fill: impl Fn(&mut [T], Philox)) {
    let count = integers(&case["shape"]).iter().product::<i64>() as usize;
    let mut reserved = 0;
    for run in case["runs"].as_array().unwrap() {
        let mut out = vec![T::default(); count];
        fill(&mut out, stream_of(case).skip(reserved));
        let label = format!("{} {} {} {}", case["op"], case["dtype"], case["seed"], case["shape"]);
        check_run(&label, &out, run, how);
        reserved += reserved_by_fill(count);
    }
}

fn stream_of(case: &Value) -> Philox {
    Philox::new(case["seed"].as_i64().unwrap(), case["seed2"].as_i64().unwrap())
}

#[test]
fn fills_equal_tensorflow_run_after_run() {
    let mut checked = 0;
    for case in cases("random.json") {
        match (case["op"].as_str().unwrap(), case["dtype"].as_str().unwrap()) {
            ("RandomShuffle" | "Multinomial", _) => continue,
            (_, "f16") => check_float_case::<f16>(&case, Match::Relative(1e-3)),
            (_, "bf16") => check_float_case::<bf16>(&case, Match::Relative(1e-2)),
            (_, "f32") => check_float_case::<f32>(&case, Match::Relative(1e-6)),
            (_, "f64") => check_float_case::<f64>(&case, Match::Relative(1e-12)),
            (_, "i32") => check_int_case::<i32>(&case),
            (_, "i64") => check_int_case::<i64>(&case),
            other => panic!("no such case: {other:?}"),
        }
        checked += 1;
    }
    assert!(checked > 100);
}

#[test]
fn shuffles_equal_tensorflow_run_after_run() {
    for case in cases("random.json").iter().filter(|case| case["op"] == "RandomShuffle") {
        let rows = case["shape"][0].as_u64().unwrap() as usize;
        let mut reserved = 0;
        for run in case["runs"].as_array().unwrap() {
            let indices = shuffled_indices(rows, stream_of(case).skip(reserved));
            let drawn: Vec<i32> = indices.iter().map(|&i| i as i32).collect();
            check_run(&format!("shuffle of {rows}"), &drawn, run, Match::Exact);
            reserved += reserved_by_shuffle(rows);
        }
    }
}

#[test]
fn multinomials_equal_tensorflow_run_after_run() {
    for case in cases("random.json").iter().filter(|case| case["op"] == "Multinomial") {
        let [rows, classes] = integers(&case["shape"])[..] else { panic!("logits are a matrix") };
        let (rows, classes) = (rows as usize, classes as usize);
        let samples = case["args"]["num_samples"].as_u64().unwrap() as usize;
        let logits = floats(&case["args"]["logits"]);
        let mut reserved = 0;
        for run in case["runs"].as_array().unwrap() {
            let stream = stream_of(case).skip(reserved);
            let mut drawn = vec![0; rows * samples];
            fill_multinomial(&mut drawn, samples, &logits, classes, stream, 0);
            check_run(&format!("multinomial {logits:?}"), &drawn, run, Match::Exact);
            let mut last = vec![0; samples];
            let last_logits = &logits[(rows - 1) * classes..];
            fill_multinomial(&mut last, samples, last_logits, classes, stream, rows as u64 - 1);
            assert_eq!(last, drawn[(rows - 1) * samples..]);
            reserved += reserved_by_multinomial(rows, samples);
        }
    }
}

#[test]
fn seeds_equal_tensorflow() {
    for case in cases("seeds.json") {
        let seeds = resolve_seeds(
            case["graph_seed"].as_i64(),
            case["op_seed"].as_i64(),
            case["earlier_calls"].as_i64().unwrap(),
        );
        let recorded = case["seeds"].as_array().map(|pair| (pair[0].as_i64().unwrap(), pair[1].as_i64().unwrap()));
        assert_eq!(seeds, recorded, "{case}");
    }
}

/// The answers published with the paper's reference implementation.
#[test]
fn blocks_equal_the_reference_vectors() {
    assert_eq!(Philox::new(0, 0).block(0), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
    assert_eq!(Philox::new(-1, -1).block(u64::MAX), [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]);
    let (key, high) = (0x299f_31d0_a409_3822_u64, 0x0370_7344_1319_8a2e_u64);
    let block = Philox::new(key as i64, high as i64).block(0x85a3_08d3_243f_6a88);
    assert_eq!(block, [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]);
}

#[test]
fn many_blocks_equal_single_ones_even_where_the_counter_carries() {
    let stream = Philox::new(0x1234_5678_9abc_def0, -3);
    for skip in [0, 1, u64::MAX - 20, u64::MAX - 9000, (1 << 32) - 7] {
        let stream = stream.skip(skip);
        for stride in [0, 1, 3, 256, 1 << 40, u64::MAX] {
            for count in [0, 1, 7, 8, 15, 16, 17, 50] {
                let mut blocks = vec![[0; 4]; count];
                stream.blocks(5, stride, &mut blocks);
                for (i, &block) in blocks.iter().enumerate() {
                    let index = 5_u64.wrapping_add(stride.wrapping_mul(i as u64));
                    assert_eq!(block, stream.block(index), "skip {skip}, stride {stride}, block {i} of {count}");
                }
            }
        }
    }
}

#[test]
fn skipping_is_reading_further_on() {
    let stream = Philox::new(9, 4);
    assert_eq!(stream.skip(1000).block(7), stream.block(1007));
    assert_eq!(stream.skip(u64::MAX).skip(1).block(0), Philox::new(9, 5).block(0));
}

fn check_split<T: Copy + Default + PartialEq + std::fmt::Debug>(group: usize, fill: impl Fn(&mut [T], u64)) {
    let mut whole = vec![T::default(); 1003];
    fill(&mut whole, 0);
    for groups in [1, 3, 64, 65, 200] {
        let mut parts = vec![T::default(); whole.len()];
        for (i, part) in parts.chunks_mut(groups * group).enumerate() {
            fill(part, (i * groups) as u64);
        }
        assert_eq!(parts, whole, "in parts of {groups} groups");
    }
}

#[test]
fn an_output_filled_in_parts_is_the_output_filled_whole() {
    let stream = Philox::new(77, 1).skip(123);
    assert_eq!((f16::GROUP, bf16::GROUP, f32::GROUP, f64::GROUP), (4, 4, 4, 2));
    assert_eq!((<i32 as RandomInt>::GROUP, <i64 as RandomInt>::GROUP), (4, 2));
    check_split::<f32>(4, |out, first| fill_uniform(out, stream, first));
    check_split::<f64>(2, |out, first| fill_uniform(out, stream, first));
    check_split::<f32>(4, |out, first| fill_normal(out, stream, first));
    check_split::<f64>(2, |out, first| fill_normal(out, stream, first));
    check_split::<f32>(4, |out, first| fill_truncated_normal(out, stream, first));
    check_split::<f64>(2, |out, first| fill_truncated_normal(out, stream, first));
    check_split::<i32>(4, |out, first| fill_uniform_int(out, -3, 9, stream, first));
    check_split::<i64>(2, |out, first| fill_uniform_int(out, -3, 9, stream, first));
}

#[test]
fn distributions_have_their_bounds_and_moments() {
    let stream = Philox::new(5, 6);
    let mut drawn = vec![0.0_f32; 100_000];
    let moments = |drawn: &[f32]| {
        let mean = drawn.iter().map(|&x| f64::from(x)).sum::<f64>() / drawn.len() as f64;
        let variance = drawn.iter().map(|&x| (f64::from(x) - mean).powi(2)).sum::<f64>() / drawn.len() as f64;
        (mean, variance)
    };
    let near = |got: (f64, f64), want: (f64, f64)| {
        assert!((got.0 - want.0).abs() < 0.01 && (got.1 - want.1).abs() < 0.02, "{got:?} for {want:?}");
    };
    fill_uniform(&mut drawn, stream, 0);
    assert!(drawn.iter().all(|x| (0.0..1.0).contains(x)));
    near(moments(&drawn), (0.5, 1.0 / 12.0));
    fill_normal(&mut drawn, stream, 0);
    assert!(drawn.iter().all(|x| x.abs() < 5.69) && drawn.iter().any(|x| x.abs() > 3.5));
    near(moments(&drawn), (0.0, 1.0));
    fill_truncated_normal(&mut drawn, stream, 0);
    assert!(drawn.iter().all(|x| x.abs() < 2.0) && drawn.iter().any(|x| x.abs() > 1.99));
    near(moments(&drawn), (0.0, 0.7737));
}

#[test]
fn degenerate_draws_write_what_is_documented() {
    let stream = Philox::new(1, 2);
    fill_uniform::<f32>(&mut [], stream, 0);
    fill_truncated_normal::<f64>(&mut [], stream, u64::MAX);
    let mut same = [0_i32; 4];
    fill_uniform_int(&mut same, 5, 5, stream, 0);
    assert_eq!(same.map(|x| x.wrapping_sub(5) as u32), stream.block(0));
    assert_eq!((shuffled_indices(0, stream), reserved_by_shuffle(0)), (vec![], 0));
    assert_eq!((shuffled_indices(1, stream), reserved_by_shuffle(1)), (vec![0], 0));
    let mut none = [7_i64; 2];
    fill_multinomial(&mut none, 0, &[], 0, stream, 0);
    assert_eq!(none, [7, 7]);
    fill_multinomial(&mut none, 2, &[f64::NAN, f64::INFINITY, f64::NEG_INFINITY], 3, stream, 0);
    assert_eq!(none, [3, 3]);
}
