use crate::execution::{Results, Values};
use crate::{Error, Fetch, Request, Result, Session};
use ferroflow_array::Array;
use std::fmt;

/// A run made ready by [`Session::make_callable`]: it looks up nothing in the graph, and borrows what it is fed.
pub struct Callable<'s, F> {
    session: &'s Session,
    fetches: F,
    request: Request,
}

impl<'s, F: Fetch> Callable<'s, F> {
    pub(crate) fn new(session: &'s Session, fetches: F, request: Request) -> Self {
        Callable { session, fetches, request }
    }

    /// Runs with these values for the tensors that it was made for, in their order, and gives the fetched values. Nothing
    /// is allocated but those, once a call with values of the same shapes has been made.
    ///
    /// # Errors
    /// As [`Session::run_with`], and for another number of values.
    pub fn call(&self, values: &[&Array]) -> Result<F::Output> {
        if values.len() != self.request.feeds.len() {
            return Err(Error::FeedCount { expected: self.request.feeds.len(), found: values.len() });
        }
        let mut request = self.request.clone();
        for (i, value) in values.iter().enumerate() {
            request.set_feed(self.session.graph(), i, value.dtype(), value.shape())?;
        }
        let mut values: Values<'_> = values.iter().map(|&v| v.into()).collect();
        let mut results = Results::new();
        self.session.run_request(&mut request, &mut values, &mut results)?;
        Ok(self.fetches.take(&mut results.drain(..)))
    }
}

impl<F> fmt::Debug for Callable<'_, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callable").field("request", &self.request).finish_non_exhaustive()
    }
}
