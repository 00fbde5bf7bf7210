use crate::{Error, Request, Result};
use ferroflow_array::Array;
use ferroflow_graph::{Graph, Operation, Tensor, Variable};

/// What can be fetched: a tensor or variable (its value), an operation (which is run), a name of either, or tuples,
/// arrays and vectors of these, nested as deep as you like; the result has the same form.
pub trait Fetch {
    /// The form of the result.
    type Output;

    /// Adds what is asked for to the request.
    ///
    /// # Errors
    /// If it is not in the graph.
    fn ask(&self, graph: &Graph, request: &mut Request) -> Result<()>;

    /// Takes the result from the fetched values, in the order asked for.
    fn take(&self, values: &mut dyn Iterator<Item = Array>) -> Self::Output;
}

fn own(graph: &Graph, other: &Graph, inert: bool, name: impl FnOnce() -> String) -> Result<()> {
    if inert {
        graph.check()?;
        return Err(Error::NotInGraph("what was fetched could not be built".into()));
    }
    if !graph.same(other) {
        return Err(Error::NotInGraph(format!("'{}' is not an element of this session's graph", name())));
    }
    Ok(())
}

fn missing() -> Array {
    Array::from("")
}

impl Fetch for Tensor<'_> {
    type Output = Array;

    fn ask(&self, graph: &Graph, request: &mut Request) -> Result<()> {
        own(graph, self.graph(), self.is_inert(), || self.name())?;
        request.fetches.push(self.outlet());
        Ok(())
    }

    fn take(&self, values: &mut dyn Iterator<Item = Array>) -> Array {
        values.next().unwrap_or_else(missing)
    }
}

impl Fetch for Variable<'_> {
    type Output = Array;

    fn ask(&self, graph: &Graph, request: &mut Request) -> Result<()> {
        self.reference().ask(graph, request)
    }

    fn take(&self, values: &mut dyn Iterator<Item = Array>) -> Array {
        values.next().unwrap_or_else(missing)
    }
}

impl Fetch for Operation<'_> {
    type Output = ();

    fn ask(&self, graph: &Graph, request: &mut Request) -> Result<()> {
        own(graph, self.graph(), self.is_inert(), || self.name())?;
        request.targets.push(self.id());
        Ok(())
    }

    fn take(&self, _: &mut dyn Iterator<Item = Array>) {}
}

/// By name: `"y:0"` is a tensor; a name without an output is an operation, and gives `None`.
impl Fetch for &str {
    type Output = Option<Array>;

    fn ask(&self, graph: &Graph, request: &mut Request) -> Result<()> {
        match self.contains(':') {
            true => request.fetches.push(graph.tensor(self)?.outlet()),
            false => request.targets.push(graph.operation(self)?.id()),
        }
        Ok(())
    }

    fn take(&self, values: &mut dyn Iterator<Item = Array>) -> Option<Array> {
        if self.contains(':') { values.next() } else { None }
    }
}

impl<F: Fetch> Fetch for &F {
    type Output = F::Output;

    fn ask(&self, graph: &Graph, request: &mut Request) -> Result<()> {
        (**self).ask(graph, request)
    }

    fn take(&self, values: &mut dyn Iterator<Item = Array>) -> F::Output {
        (**self).take(values)
    }
}

impl<F: Fetch> Fetch for [F] {
    type Output = Vec<F::Output>;

    fn ask(&self, graph: &Graph, request: &mut Request) -> Result<()> {
        self.iter().try_for_each(|f| f.ask(graph, request))
    }

    fn take(&self, values: &mut dyn Iterator<Item = Array>) -> Vec<F::Output> {
        self.iter().map(|f| f.take(values)).collect()
    }
}

impl<F: Fetch> Fetch for &[F] {
    type Output = Vec<F::Output>;

    fn ask(&self, graph: &Graph, request: &mut Request) -> Result<()> {
        (**self).ask(graph, request)
    }

    fn take(&self, values: &mut dyn Iterator<Item = Array>) -> Vec<F::Output> {
        (**self).take(values)
    }
}

impl<F: Fetch> Fetch for Vec<F> {
    type Output = Vec<F::Output>;

    fn ask(&self, graph: &Graph, request: &mut Request) -> Result<()> {
        self.as_slice().ask(graph, request)
    }

    fn take(&self, values: &mut dyn Iterator<Item = Array>) -> Vec<F::Output> {
        self.as_slice().take(values)
    }
}

impl<F: Fetch, const N: usize> Fetch for [F; N] {
    type Output = [F::Output; N];

    fn ask(&self, graph: &Graph, request: &mut Request) -> Result<()> {
        self.as_slice().ask(graph, request)
    }

    fn take(&self, values: &mut dyn Iterator<Item = Array>) -> [F::Output; N] {
        self.each_ref().map(|f| f.take(values))
    }
}

macro_rules! tuples {
    ($(($($f:ident $i:tt),+)),*) => {$(
        impl<$($f: Fetch),+> Fetch for ($($f,)+) {
            type Output = ($($f::Output,)+);

            fn ask(&self, graph: &Graph, request: &mut Request) -> Result<()> {
                $(self.$i.ask(graph, request)?;)+
                Ok(())
            }

            fn take(&self, values: &mut dyn Iterator<Item = Array>) -> Self::Output {
                ($(self.$i.take(values),)+)
            }
        }
    )*};
}

tuples!((A 0), (A 0, B 1), (A 0, B 1, C 2), (A 0, B 1, C 2, D 3), (A 0, B 1, C 2, D 3, E 4), (A 0, B 1, C 2, D 3, E 4, F 5));
