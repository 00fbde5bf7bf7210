use crate::op::Sampled;
use crate::{
    AttrMap, AttrValue, Attrs, Fact, GradientCx, GradientResult, Graph, IntoInput, Op, OpAttrs, OpError, OpResult,
    Operation, Sample,
};
use ferroflow_array::{Array, DType, PartialShape};
use ferroflow_kernels::{Kernel, KernelError};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

type Body = dyn Fn(&[&Array]) -> Result<Vec<Array>, String> + Send + Sync;

/// What a function of the program gives of the values of its inputs. It has no derivative.
#[derive(Clone)]
pub struct HostCall {
    /// Tells one function from another.
    number: usize,
    outputs: Vec<DType>,
    body: Arc<Body>,
}

impl Graph {
    /// What `body` gives of the values of `inputs`, arrays of the dtypes `outputs`: called once in each run that needs it, on
    /// the thread that runs. Shapes are known when it has run; [`Tensor::set_shape`](crate::Tensor::set_shape) tells them
    /// before. A message in place of arrays ends the run.
    ///
    /// ```
    /// use ferroflow_array::{Array, DType};
    /// use ferroflow_graph::Graph;
    ///
    /// let g = Graph::new();
    /// let x = g.constant([3.0f32, 1.0, 2.0]);
    /// let sorted = g.host_call([x], [DType::F32], |arrays| {
    ///     let mut values = arrays[0].to_vec::<f32>().map_err(|e| e.to_string())?;
    ///     values.sort_by(f32::total_cmp);
    ///     Ok(vec![Array::from(values)])
    /// });
    /// assert_eq!(sorted.num_outputs(), 1);
    /// ```
    #[track_caller]
    pub fn host_call<'g>(
        &'g self,
        inputs: impl IntoIterator<Item = impl IntoInput<'g>>,
        outputs: impl Into<Vec<DType>>,
        body: impl Fn(&[&Array]) -> Result<Vec<Array>, String> + Send + Sync + 'static,
    ) -> Operation<'g> {
        static NUMBERS: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBERS.fetch_add(1, Ordering::Relaxed);
        self.build(HostCall { number, outputs: outputs.into(), body: Arc::new(body) }).inputs(inputs).finish()
    }
}

impl fmt::Debug for HostCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HostCall").field("number", &self.number).field("outputs", &self.outputs).finish_non_exhaustive()
    }
}

impl OpAttrs for HostCall {
    const TYPE: &'static str = "PyFunc";

    fn to_attrs(&self) -> Attrs {
        vec![("number", self.number.to_attr()), ("outputs", self.outputs.to_attr())]
    }

    fn from_attrs(_: &AttrMap) -> OpResult<Self> {
        Err(OpError::unimplemented("calls a function of the program that built it, which text does not hold"))
    }
}

impl Op for HostCall {
    fn infer(&self, _: &[&Fact]) -> OpResult<Vec<Fact>> {
        Ok(self.outputs.iter().map(|&dtype| Fact::new(dtype, PartialShape::unknown())).collect())
    }

    fn kernel(&self, _: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        let (body, expected) = (self.body.clone(), self.outputs.clone());
        Ok(Kernel::dynamic(move |arrays| {
            let found = body(arrays).map_err(KernelError::new)?;
            let dtypes: Vec<DType> = found.iter().map(Array::dtype).collect();
            let names = |dtypes: &[DType]| dtypes.iter().map(|d| d.name()).collect::<Vec<_>>().join(", ");
            match dtypes == expected {
                true => Ok(found),
                false => {
                    let (found, expected) = (names(&dtypes), names(&expected));
                    Err(KernelError::new(format!("the function gave {found}, not {expected}")))
                }
            }
        }))
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![None; cx.inputs().len()])
    }
}

impl Sampled for HostCall {
    const SAMPLES: &'static [Sample] = &[];
}
