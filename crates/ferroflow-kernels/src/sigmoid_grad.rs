use num_traits::Float;

/// `dx = dy · y · (1 - y)`, elementwise.
pub fn sigmoid_grad<T: Float>(y: &[T], dy: &[T], dx: &mut [T]) {
    for ((&y, &dy), dx) in y.iter().zip(dy).zip(dx) {
        *dx = dy * y * (T::one() - y);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        let mut dx = [9.0f32; 3];
        sigmoid_grad(&[0.5, 0.25, 1.0], &[2.0, -4.0, 3.0], &mut dx);
        assert_eq!(dx, [0.5, -0.75, 0.0]);
    }
}
