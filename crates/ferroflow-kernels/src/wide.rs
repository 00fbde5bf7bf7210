/// Floating-point numbers computed in the precision of `f64`.
pub trait Wide {
    /// The numbers as `f64`.
    fn to_f64s(&self) -> Vec<f64>;
    /// Rounds `values` to these.
    fn set_f64s(&mut self, values: &[f64]);
}

impl<T: num_traits::Float> Wide for [T] {
    fn to_f64s(&self) -> Vec<f64> {
        self.iter().map(|x| x.to_f64().unwrap_or(f64::NAN)).collect()
    }

    fn set_f64s(&mut self, values: &[f64]) {
        self.iter_mut().zip(values).for_each(|(to, &x)| *to = T::from(x).unwrap_or_else(T::nan));
    }
}
