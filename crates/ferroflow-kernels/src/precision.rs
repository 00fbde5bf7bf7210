/// How products and convolutions of `f32` are computed. Sums are in `f32` always; which of these a processor has decides
/// how fast they are, not what is allowed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Precision {
    /// In `f32`. Convolutions may go by transforms (Winograd's, Fourier's), which multiply less: up to 1e-5 of the largest
    /// result off the sums of products that a session computes which does not optimise; and what is not finite may reach
    /// results beside its own.
    F32,
    /// Where there is a matrix unit, with operands split into two numbers in bf16: some 1e-5 of the operands' magnitudes
    /// are lost, and more where an operand or a product is below 1e-33. Products, and sums of them, within 1/128 of the
    /// limit of `f32` (3.4e38) may become infinite or NaN where `f32` would just hold them; operands that are not finite, or
    /// so large themselves, are multiplied in `f32`. Elsewhere in `f32`.
    #[default]
    Bf16x3,
    /// With operands rounded to bf16 where the processor multiplies those faster: some 1e-2 of their magnitudes are lost.
    /// Elsewhere in `f32`.
    Bf16,
}
