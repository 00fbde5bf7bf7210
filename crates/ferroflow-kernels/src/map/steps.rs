//! The loops that evaluate a program.

use super::eval::evaluator;
use super::eval_float::Function;
use super::formula::{FORMULAS, Formula, Term};
use super::{Instruction, Program, Scalar};
use ferroflow_array::DType;

/// What one loop evaluates: an instruction of a program, with those before it that it is a formula of.
pub(super) struct Step {
    pub(super) run: Function,
    pub(super) op: Scalar,
    /// Of the last argument.
    pub(super) dtype: DType,
    /// Registers.
    pub(super) args: Vec<usize>,
    /// The register of the result.
    pub(super) result: usize,
}

/// The loops that evaluate a program, with the dtypes of its registers.
pub(super) fn steps(program: &Program, dtypes: &[DType]) -> Vec<Step> {
    let first = dtypes.len() - program.instructions.len();
    let mut uses = vec![0; dtypes.len()];
    let args = program.instructions.iter().flat_map(|code| &code.args);
    args.chain(&program.outputs).for_each(|&register| uses[register] += 1);
    let mut within = vec![false; dtypes.len()];
    let mut steps = Vec::new();
    for result in (first..dtypes.len()).rev() {
        if within[result] {
            continue;
        }
        let Instruction { op, args } = &program.instructions[result - first];
        let dtype = dtypes[*args.last().unwrap_or(&0)];
        let fits = |formula: &'static Formula| {
            let found = Search { program, uses: &uses, first, result }.find(&formula.term, result, Match::default())?;
            let named = |name: &&str| found.operands.iter().find(|o| o.0 == *name).map(|o| o.1);
            let operands: Vec<usize> = formula.operands.iter().filter_map(named).collect();
            operands.iter().all(|&o| dtypes[o] == dtype).then_some((formula, operands, found.within))
        };
        let found = match dtype {
            DType::F32 | DType::F64 => FORMULAS.iter().find_map(fits),
            _ => None,
        };
        steps.push(match found {
            Some((formula, args, inner)) => {
                inner.into_iter().for_each(|register| within[register] = true);
                let run = if dtype == DType::F32 { formula.f32 } else { formula.f64 };
                Step { run, op: *op, dtype, args, result }
            }
            None => Step { run: evaluator(*op, dtype), op: *op, dtype, args: args.clone(), result },
        });
    }
    steps.reverse();
    steps
}

/// What is known while a formula is looked for: the registers of its operands, and of its functions.
#[derive(Clone, Default)]
struct Match {
    operands: Vec<(&'static str, usize)>,
    within: Vec<usize>,
}

struct Search<'a> {
    program: &'a Program,
    uses: &'a [usize],
    first: usize,
    result: usize,
}

impl Search<'_> {
    /// The match, if the register is the term: a function that nothing else needs, or an operand.
    fn find(&self, term: &Term, register: usize, mut so_far: Match) -> Option<Match> {
        let (op, terms) = match term {
            Term::Operand(name) => {
                return match so_far.operands.iter().find(|o| o.0 == *name) {
                    Some(&(_, bound)) => (bound == register).then_some(so_far),
                    None => {
                        so_far.operands.push((name, register));
                        Some(so_far)
                    }
                };
            }
            Term::Of(op, terms) => (op, terms),
        };
        let code = &self.program.instructions[register.checked_sub(self.first)?];
        if code.op != *op || (register != self.result && self.uses[register] != 1) {
            return None;
        }
        so_far.within.push(register);
        let in_order = |mut args: std::slice::Iter<'_, usize>| {
            let next = |m, term| self.find(term, *args.next()?, m);
            terms.iter().try_fold(so_far.clone(), next)
        };
        let swapped = || match (op, &code.args[..]) {
            (Scalar::Add | Scalar::Mul, &[x, y]) => in_order([y, x].iter()),
            _ => None,
        };
        in_order(code.args.iter()).or_else(swapped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Kernel, Map, Pool, evaluate};
    use ferroflow_array::Array;
    use std::sync::Arc;

    const N: usize = 1100;

    /// Instructions for a term, operands being the first registers; `swap` exchanges the arguments of each sum and product.
    fn write(term: &Term, operands: &[&str], swap: bool, code: &mut Vec<Instruction>) -> usize {
        match term {
            Term::Operand(name) => operands.iter().position(|o| o == name).unwrap(),
            Term::Of(op, terms) => {
                let mut args: Vec<usize> = terms.iter().map(|t| write(t, operands, swap, code)).collect();
                if swap && matches!(op, Scalar::Add | Scalar::Mul) {
                    args.reverse();
                }
                code.push(Instruction { op: *op, args });
                operands.len() + code.len() - 1
            }
        }
    }

    fn programs(dtype: DType) -> impl Iterator<Item = (&'static Formula, Program)> {
        let both = FORMULAS.iter().flat_map(|f| [(f, false), (f, true)]);
        both.map(move |(formula, swap)| {
            let mut instructions = Vec::new();
            let result = write(&formula.term, formula.operands, swap, &mut instructions);
            let inputs = vec![dtype; formula.operands.len()];
            (formula, Program { inputs, constants: vec![], instructions, outputs: vec![result] })
        })
    }

    fn run(program: &Program, inputs: &[&Array]) -> Array {
        let shapes: Vec<&[usize]> = inputs.iter().map(|a| &a.shape()[..]).collect();
        let map = Map::new(program, &shapes, &[N]).unwrap();
        let outputs = [(program.output_dtypes().unwrap()[0], [N].into())];
        evaluate(Arc::new(Kernel::map(map)), inputs, &outputs, &Pool::new(1)).unwrap().remove(0)
    }

    /// Equal bits, where not both are NaN.
    fn same(a: &Array, b: &Array) -> bool {
        let (a, b) = (a.to_f64s().unwrap(), b.to_f64s().unwrap());
        a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan()))
    }

    #[test]
    fn every_formula_is_what_its_functions_are_one_by_one() {
        const SPECIAL: [f64; 12] =
            [0.0, -0.0, 1.0, -1.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 1e-40, -1e-320, 3e38, -3e38, 1e-20];
        for dtype in [DType::F32, DType::F64] {
            for (formula, program) in programs(dtype) {
                let count = formula.operands.len();
                let inputs: Vec<Array> = (0..count)
                    .map(|k| {
                        // Every third element is a special value, of another period in each operand.
                        let value = |i: usize| match i % 3 {
                            0 => SPECIAL[i / 3 % [12, 11, 7, 5, 13, 9][k] % 12],
                            _ => ((i * 37 + k * 59) % 101) as f64 / 16.0 - 2.0,
                        };
                        Array::new([N], &(0..N).map(value).collect::<Vec<_>>()).unwrap().cast(dtype).unwrap()
                    })
                    .collect();
                let mut registers = inputs.clone();
                for Instruction { op, args } in &program.instructions {
                    let args: Vec<&Array> = args.iter().map(|&a| &registers[a]).collect();
                    let dtypes: Vec<DType> = args.iter().map(|a| a.dtype()).collect();
                    let result = run(&Program::single(*op, &dtypes).unwrap(), &args);
                    registers.push(result);
                }
                let found = run(&program, &inputs.iter().collect::<Vec<_>>());
                assert!(same(&found, registers.last().unwrap()), "{program} {dtype}");
            }
        }
    }

    #[test]
    fn every_formula_is_found_whole() {
        for (formula, program) in programs(DType::F32) {
            let found = steps(&program, &program.registers().unwrap());
            assert!(found.len() == 1 && found[0].args.len() == formula.operands.len(), "{program}");
        }
    }

    #[test]
    fn what_others_need_and_other_dtypes_stay_apart() {
        let count = |text: &str, dtypes: &[DType]| {
            let program = Program::parse(text, dtypes).unwrap();
            steps(&program, &program.registers().unwrap()).len()
        };
        let f32s = [DType::F32; 3];
        assert_eq!(count("r3 = Mul r0 r1; r4 = Add r3 r2; out r4", &f32s), 1);
        assert_eq!(count("r3 = Mul r0 r1; r4 = Add r3 r2; out r3 r4", &f32s), 2);
        assert_eq!(count("r3 = Mul r0 r1; r4 = Add r3 r3; out r4", &f32s), 2);
        assert_eq!(count("r3 = Mul r0 r1; r4 = Add r3 r2; out r4", &[DType::I32; 3]), 2);
        let mixed = [DType::I32, DType::I32, DType::F32];
        assert_eq!(count("r3 = Greater r0 r1; r4 = Select r3 r2 r2; out r4", &mixed), 2);
    }
}
