use super::Model;
use anyhow::{Context, Result};
use ferroflow::prelude::*;
use serde::{Deserialize, Serialize};

/// A convolution or one of its gradients alone, of square images with square filters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Convolution {
    batch: usize,
    /// Of the images, in pixels.
    size: usize,
    inputs: usize,
    outputs: usize,
    /// Of the filters, in pixels.
    window: usize,
    stride: usize,
    pass: Pass,
}

/// What is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Pass {
    Forward,
    InputGradient,
    FilterGradient,
}

impl Convolution {
    /// The layers of the tutorial's network and of ResNet-20; the gradient of the tutorial's images is of no use.
    pub(super) fn all() -> Vec<Convolution> {
        let layers = [
            (50, 28, 1, 32, 5, 1),
            (50, 14, 32, 64, 5, 1),
            (64, 32, 16, 16, 3, 1),
            (64, 32, 16, 32, 3, 2),
            (64, 16, 32, 32, 3, 1),
            (64, 8, 64, 64, 3, 1),
        ];
        let of = |(batch, size, inputs, outputs, window, stride)| {
            let passes = [Pass::Forward, Pass::InputGradient, Pass::FilterGradient].into_iter();
            let passes = passes.filter(move |&pass| inputs > 1 || pass != Pass::InputGradient);
            passes.map(move |pass| Convolution { batch, size, inputs, outputs, window, stride, pass })
        };
        layers.into_iter().flat_map(of).collect()
    }

    /// `14x14x32-64-5x5-forward`.
    pub(super) fn name(&self) -> String {
        let Convolution { size, inputs, outputs, window, .. } = self;
        let stride = if self.stride == 1 { String::new() } else { format!("-by{}", self.stride) };
        let pass = match self.pass {
            Pass::Forward => "forward",
            Pass::InputGradient => "input-gradient",
            Pass::FilterGradient => "filter-gradient",
        };
        format!("{size}x{size}x{inputs}-{outputs}-{window}x{window}{stride}-{pass}")
    }

    pub(super) fn build<'g>(&self, g: &'g Graph) -> Result<Model<'g>> {
        let variable = |shape: [usize; 4]| g.variable(g.random_uniform(shape.map(|n| n as i32), -1.0, 1.0)).value();
        let images = variable([self.batch, self.size, self.size, self.inputs]);
        let filter = variable([self.window, self.window, self.inputs, self.outputs]);
        let result = images.conv2d(filter, [self.stride; 2], Padding::Same);
        let by = match self.pass {
            Pass::Forward => return Model::alone(result),
            Pass::InputGradient => images,
            Pass::FilterGradient => filter,
        };
        let size = self.size.div_ceil(self.stride);
        let seeds = variable([self.batch, size, size, self.outputs]);
        let gradient = g.gradients_of(&[(result, Some(seeds))], &[by])?.remove(0);
        Model::alone(gradient.context("no gradient")?.to_tensor())
    }
}
