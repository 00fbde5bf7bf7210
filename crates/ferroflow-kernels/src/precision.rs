/// How products and convolutions of `f32` are computed. Sums are in `f32` always; which of these a processor has decides
/// how fast they are, not what is allowed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Precision {
    /// In `f32`.
    F32,
    /// Where there is a matrix unit, with operands split into two numbers in bf16: some 1e-5 of the operands' magnitudes
    /// are lost; more of magnitudes below 1e-33, and products of magnitudes near the limit of `f32` overflow. Elsewhere in
    /// `f32`.
    #[default]
    Bf16x3,
    /// With operands rounded to bf16 where the processor multiplies those faster: some 1e-2 of their magnitudes are lost.
    /// Elsewhere in `f32`.
    Bf16,
}
