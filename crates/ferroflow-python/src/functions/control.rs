//! Choices and loops, whose parts Python has built.

use super::Naming::Node;
use super::functions;
use ferroflow::array::{DType, PartialShape};
use ferroflow::graph::Tensor;
use ferroflow::graph::ops::LoopParts;

functions! { |g|
    choose(pred: Tensor<'g>, then: Tensor<'g>, then_nodes: [usize; 2], otherwise: Tensor<'g>, else_nodes: [usize; 2])
        Node("Cond") => {
        let ([a, b], [c, d]) = (then_nodes, else_nodes);
        g.choose(pred, (then, a..b), (otherwise, c..d))
    };
    loop_variable(dtype: DType, shape: PartialShape) Node("LoopVariable") => g.loop_variable(dtype, shape);
    while_loop(
        initial: Vec<Tensor<'g>>,
        scanned: Vec<Tensor<'g>>,
        variables: Vec<Tensor<'g>>,
        condition: Option<Tensor<'g>>,
        next: Vec<Tensor<'g>>,
        stacked: Vec<Tensor<'g>>,
        start: usize,
    ) Node("While") => {
        let operation = g.build_loop(LoopParts { initial, scanned, variables, condition, next, stacked, start });
        (0..operation.num_outputs()).map(|k| operation.output(k)).collect::<Vec<_>>()
    };
}
