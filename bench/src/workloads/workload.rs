use super::{Convolution, Model, Product, cnn, lstm, mlp, mlp_tiny, resnet, softmax};
use crate::machine::cores;
use anyhow::Result;
use ferroflow::prelude::*;
use serde::{Deserialize, Serialize};

/// What is timed, by Ferroflow and by each peer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "model", rename_all = "kebab-case")]
pub(crate) enum Workload {
    /// A training step of softmax regression.
    Softmax { batch: usize },
    /// A training step of a 1-64-1 network.
    MlpTiny { batch: usize },
    /// A training step of the tutorial's network.
    Cnn { batch: usize },
    /// The tutorial's network's probabilities.
    CnnInference { batch: usize },
    /// A training step of a 784-512-512-10 network.
    Mlp { batch: usize },
    /// A training step of ResNet-20.
    Resnet { batch: usize },
    /// A training step of an LSTM unrolled 28 times.
    Lstm { batch: usize },
    /// A matrix product.
    Product(Product),
    /// A convolution or a gradient of one.
    Convolution(Convolution),
}

impl Workload {
    pub(crate) fn all() -> Vec<Workload> {
        use Workload::*;
        let models = [
            Softmax { batch: 50 },
            MlpTiny { batch: 32 },
            Cnn { batch: 8 },
            Cnn { batch: 50 },
            Cnn { batch: 256 },
            Cnn { batch: 1024 },
            CnnInference { batch: 1 },
            CnnInference { batch: 1000 },
            Mlp { batch: 128 },
            Resnet { batch: 64 },
            Lstm { batch: 128 },
        ];
        let products = self::Product::all().into_iter().map(Product);
        models.into_iter().chain(products).chain(self::Convolution::all().into_iter().map(Convolution)).collect()
    }

    /// As the command line and the table call it.
    pub(crate) fn name(&self) -> String {
        match self {
            Workload::Softmax { batch } => format!("softmax-{batch}"),
            Workload::MlpTiny { batch } => format!("mlp-tiny-{batch}"),
            Workload::Cnn { batch } => format!("cnn-{batch}"),
            Workload::CnnInference { batch } => format!("cnn-inference-{batch}"),
            Workload::Mlp { batch } => format!("mlp-{batch}"),
            Workload::Resnet { batch } => format!("resnet-{batch}"),
            Workload::Lstm { batch } => format!("lstm-{batch}"),
            Workload::Product(product) => format!("product-{}", product.name()),
            Workload::Convolution(convolution) => format!("convolution-{}", convolution.name()),
        }
    }

    /// The thread counts that it is timed with where none are asked for.
    pub(crate) fn default_threads(&self) -> Vec<usize> {
        let alone = matches!(self, Workload::Cnn { batch: 50 } | Workload::Product(_) | Workload::Convolution(_));
        match cores() {
            1 => vec![1],
            cores if alone => vec![1, cores],
            cores => vec![cores],
        }
    }

    /// Its graph.
    ///
    /// # Errors
    /// A mistake in the graph.
    pub(crate) fn build<'g>(&self, g: &'g Graph) -> Result<Model<'g>> {
        match self {
            Workload::Softmax { batch } => softmax::build(g, *batch),
            Workload::MlpTiny { batch } => mlp_tiny::build(g, *batch),
            Workload::Cnn { batch } => cnn::build(g, *batch),
            Workload::CnnInference { batch } => cnn::inference(g, *batch),
            Workload::Mlp { batch } => mlp::build(g, *batch),
            Workload::Resnet { batch } => resnet::build(g, *batch),
            Workload::Lstm { batch } => lstm::build(g, *batch),
            Workload::Product(product) => product.build(g),
            Workload::Convolution(convolution) => convolution.build(g),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn names_are_unique_and_workloads_survive_the_protocol() {
        let all = Workload::all();
        let names: HashSet<String> = all.iter().map(Workload::name).collect();
        assert_eq!(names.len(), all.len());
        for workload in all {
            let line = serde_json::to_string(&workload).unwrap();
            assert_eq!(serde_json::from_str::<Workload>(&line).unwrap(), workload);
        }
    }

    #[test]
    fn every_graph_is_sound() {
        for workload in Workload::all() {
            let g = Graph::new();
            let model = workload.build(&g);
            assert!(model.is_ok() && g.check().is_ok(), "{}", workload.name());
        }
    }
}
