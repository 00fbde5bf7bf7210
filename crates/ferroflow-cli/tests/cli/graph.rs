//! The graph in DOT, and the compiled program as a table.

use crate::common::{ok, refused};

#[test]
fn dot_is_well_formed() {
    for model in ["softmax", "cnn"] {
        let dot = ok(&format!("graph {model} --dot"));
        assert!(dot.starts_with("digraph ") && dot.ends_with("}\n"), "{dot}");
        let (mut depth, mut quoted, mut escaped) = (0i32, false, false);
        for c in dot.chars() {
            match c {
                _ if escaped => escaped = false,
                '\\' if quoted => escaped = true,
                '"' => quoted = !quoted,
                '{' if !quoted => depth += 1,
                '}' if !quoted => depth -= 1,
                _ => {}
            }
            assert!(depth >= 0);
        }
        assert!(depth == 0 && !quoted);
        let nodes: Vec<&str> = dot.lines().filter_map(|l| l.trim().split_once(" [label=")).map(|(n, _)| n).collect();
        for edge in dot.lines().filter_map(|l| l.trim().split_once(" -> ")) {
            let to = edge.1.split([' ', ';', ':']).next().unwrap();
            let from = edge.0.split(':').next().unwrap();
            assert!(nodes.contains(&from) && nodes.contains(&to), "{edge:?}");
        }
        assert!(dot.contains("MatMul") && (model == "softmax" || dot.contains("Conv2DBackpropFilter")));
    }
}

/// Cells by the columns of the header, where two spaces or more part them.
fn cells(line: &str) -> Vec<&str> {
    line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect()
}

#[test]
fn every_step_of_the_table_is_complete() {
    for (model, batch) in [("softmax", 50), ("cnn", 3)] {
        let table = ok(&format!("graph {model} --program --batch {batch}"));
        let (rows, arena) = table.trim_end().rsplit_once('\n').unwrap();
        assert!(arena.starts_with("arena: ") && arena.ends_with(" bytes"), "{arena}");
        let mut lines = rows.lines();
        let header = cells(lines.next().unwrap());
        let column = |name: &str| header.iter().position(|&c| c == name).unwrap_or_else(|| panic!("{header:?}"));
        let [step, op, shape, slot, bytes, threads] = ["step", "op", "shape", "slot", "bytes", "threads"].map(column);
        let mut ops = Vec::new();
        for (number, line) in lines.enumerate() {
            let row = cells(line);
            assert_eq!(row.len(), header.len(), "{line}");
            assert_eq!(row[step].parse(), Ok(number));
            assert!(row[shape].contains('[') && row[shape].ends_with(']'), "{line}");
            assert!(!row[slot].is_empty() && row[bytes].parse::<usize>().unwrap() > 0, "{line}");
            assert!(row[threads].parse::<usize>().unwrap() >= 1);
            ops.push(row[op]);
        }
        assert!(ops.contains(&"MatMul") && ops.contains(&"Fused"), "{ops:?}");
        assert!(model == "softmax" || rows.contains("f32[3,28,28,32]"));
    }
}

#[test]
fn both_come_in_one_unless_asked_otherwise() {
    let both = ok("graph softmax");
    assert!(both == ok("graph softmax --dot") + &ok("graph softmax --program"));
    refused("graph softmax --dot --program", &["--program"]);
    refused("graph mlp", &["mlp", "softmax", "cnn"]);
    refused("graph cnn --batch 0", &["--batch", "0"]);
    refused("graph cnn --batch 100000000", &["--batch", "100000000"]);
}
