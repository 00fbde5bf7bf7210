use crate::op::Sampled;
use crate::ops::{elementwise, rules};
use crate::{Fact, GradientCx, GradientResult, NotDifferentiable, Op, OpError, OpResult, Sample, op};
use ferroflow_array::DType;
use ferroflow_kernels::{Kernel, Program};

op! {
    /// A chain of elementwise operations as one: every input is broadcast to the shape that they have together.
    pub struct Fused("Fused") {
        /// The dtypes of the inputs.
        inputs: Vec<DType>,
        /// The program, as [`Program`] prints it.
        program: String,
    }
}

impl Fused {
    /// The op that runs `program`.
    pub fn new(program: &Program) -> Self {
        Fused { inputs: program.inputs.clone(), program: program.to_string() }
    }

    fn program(&self) -> OpResult<Program> {
        Program::parse(&self.program, &self.inputs).map_err(|e| OpError::value(e.to_string()))
    }
}

impl Op for Fused {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let dtypes: Vec<DType> = inputs.iter().map(|f| f.dtype).collect();
        if dtypes != self.inputs {
            return Err(OpError::dtype(format!("expected inputs of {:?}, found {dtypes:?}", self.inputs)));
        }
        let mut shape = ferroflow_array::PartialShape::scalar();
        for input in inputs {
            shape = rules::broadcast(&shape, &input.shape)?;
        }
        let outputs = self.program()?.output_dtypes().map_err(|e| OpError::value(e.to_string()))?;
        Ok(outputs.into_iter().map(|dtype| Fact::new(dtype, shape.clone())).collect())
    }

    fn kernel(&self, inputs: &[Fact], outputs: &[Fact]) -> OpResult<Kernel> {
        elementwise::map(self.program()?, inputs, outputs)
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Err(NotDifferentiable("the compiler fuses after gradients are made".into()))
    }
}

impl Sampled for Fused {
    const SAMPLES: &'static [Sample] = &[|g| {
        let op = Fused {
            inputs: vec![DType::F64; 2],
            program: "r2 = f64 0.5; r3 = Mul r0 r1; r4 = Add r3 r2; out r4".into(),
        };
        g.build(op).input("x", g.constant([1.0f64, 2.0])).input("y", g.constant([[3.0f64], [4.0]])).tensor()
    }];
}
