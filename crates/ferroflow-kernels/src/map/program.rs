use super::Scalar;
use ferroflow_array::{Array, DType};
use std::fmt;

/// One step of a program: a function of registers.
///
/// Registers are numbered: first the inputs, then the constants, then the results of the instructions, in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Instruction {
    /// The function.
    pub op: Scalar,
    /// The registers of its arguments.
    pub args: Vec<usize>,
}

/// An elementwise function of several inputs with several results, as straight-line code over registers.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Program {
    /// The dtypes of the inputs.
    pub inputs: Vec<DType>,
    /// Scalars.
    pub constants: Vec<Array>,
    /// The code.
    pub instructions: Vec<Instruction>,
    /// The registers that are results.
    pub outputs: Vec<usize>,
}

/// A program that reads a register before it is written, or applies a function to dtypes it is not defined for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("elementwise program: {0}")]
pub struct ProgramError(pub String);

impl Program {
    /// The program that applies one function; `None` if it is not defined for these dtypes.
    pub fn single(op: Scalar, inputs: &[DType]) -> Option<Program> {
        op.result_dtype(inputs)?;
        let instruction = Instruction { op, args: (0..inputs.len()).collect() };
        let outputs = vec![inputs.len()];
        Some(Program { inputs: inputs.to_vec(), constants: vec![], instructions: vec![instruction], outputs })
    }

    /// The dtype of every register.
    ///
    /// # Errors
    /// If the program is not well-formed.
    pub fn registers(&self) -> Result<Vec<DType>, ProgramError> {
        let mut dtypes = self.inputs.clone();
        dtypes.extend(self.constants.iter().map(Array::dtype));
        for (i, instruction) in self.instructions.iter().enumerate() {
            let args: Option<Vec<DType>> = instruction.args.iter().map(|&a| dtypes.get(a).copied()).collect();
            let args = args.ok_or_else(|| ProgramError(format!("instruction {i} reads a register not yet written")))?;
            let result = instruction.op.result_dtype(&args);
            dtypes.push(
                result.ok_or_else(|| ProgramError(format!("{} is not defined for {args:?}", instruction.op.name())))?,
            );
        }
        match self.outputs.iter().find(|&&o| o >= dtypes.len()) {
            Some(o) => Err(ProgramError(format!("output register {o} does not exist"))),
            None => Ok(dtypes),
        }
    }

    /// The dtypes of the outputs.
    ///
    /// # Errors
    /// If the program is not well-formed.
    pub fn output_dtypes(&self) -> Result<Vec<DType>, ProgramError> {
        let registers = self.registers()?;
        Ok(self.outputs.iter().map(|&o| registers[o]).collect())
    }
}

/// `r2 = Mul r0 r1; r3 = Exp r2; out r3`, constants as `f32 0.5`.
impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = self.inputs.len() + self.constants.len();
        for (i, constant) in self.constants.iter().enumerate() {
            write!(f, "r{} = {} ", self.inputs.len() + i, constant.dtype())?;
            match constant.to_ints() {
                Some(values) => write!(f, "{}; ", values.first().unwrap_or(&0))?,
                None => write!(f, "{:?}; ", constant.to_f64s().and_then(|v| v.first().copied()).unwrap_or_default())?,
            }
        }
        for (i, instruction) in self.instructions.iter().enumerate() {
            write!(f, "r{} = {}", first + i, instruction.op.name())?;
            for arg in &instruction.args {
                write!(f, " r{arg}")?;
            }
            f.write_str("; ")?;
        }
        let outputs: Vec<String> = self.outputs.iter().map(|o| format!("r{o}")).collect();
        write!(f, "out {}", outputs.join(" "))
    }
}

impl Program {
    /// Reads what [`Display`](fmt::Display) prints, for inputs of these dtypes.
    ///
    /// # Errors
    /// If the text is no well-formed program.
    pub fn parse(text: &str, inputs: &[DType]) -> Result<Program, ProgramError> {
        let bad = |part: &str| ProgramError(format!("cannot read `{part}`"));
        let register = |word: &str| word.strip_prefix('r').and_then(|n| n.parse::<usize>().ok());
        let mut program = Program { inputs: inputs.to_vec(), ..Program::default() };
        for part in text.split(';').map(str::trim).filter(|p| !p.is_empty()) {
            if let Some(outputs) = part.strip_prefix("out ") {
                let outputs: Option<Vec<usize>> = outputs.split_whitespace().map(register).collect();
                program.outputs = outputs.ok_or_else(|| bad(part))?;
                continue;
            }
            let (_, code) = part.split_once('=').ok_or_else(|| bad(part))?;
            let mut words = code.split_whitespace();
            let head = words.next().ok_or_else(|| bad(part))?;
            if let Ok(dtype) = head.parse::<DType>() {
                let word = words.next().ok_or_else(|| bad(part))?;
                let value = match dtype.is_float() {
                    true => word.parse().ok().map(Array::scalar::<f64>),
                    false => word.parse().ok().map(Array::scalar::<i64>),
                };
                let value = value.and_then(|v| if v.dtype() == dtype { Some(v) } else { v.cast(dtype).ok() });
                program.constants.push(value.ok_or_else(|| bad(part))?);
                continue;
            }
            let op = Scalar::from_name(head).ok_or_else(|| bad(part))?;
            let args: Option<Vec<usize>> = words.map(register).collect();
            program.instructions.push(Instruction { op, args: args.ok_or_else(|| bad(part))? });
        }
        program.registers()?;
        Ok(program)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_round_trips() {
        let text = "r2 = f32 0.5; r3 = Mul r0 r1; r4 = Add r3 r2; out r3 r4";
        let program = Program::parse(text, &[DType::F32, DType::F32]).unwrap();
        assert_eq!(program.to_string(), text);
        assert_eq!(program.output_dtypes().unwrap(), [DType::F32, DType::F32]);
        let text = "r1 = i64 9007199254740993; r2 = bool 1; r3 = f64 inf; r4 = Add r0 r1; out r4";
        assert_eq!(Program::parse(text, &[DType::I64]).unwrap().to_string(), text);
    }

    #[test]
    fn ill_formed_programs_are_refused() {
        let parse = |text: &str| Program::parse(text, &[DType::F32]).unwrap_err().to_string();
        assert_eq!(
            parse("r1 = Add r0 r7; out r1"),
            "elementwise program: instruction 0 reads a register not yet written"
        );
        assert_eq!(parse("r1 = Not r0; out r1"), "elementwise program: Not is not defined for [F32]");
        assert_eq!(parse("r1 = Neg r0; out r9"), "elementwise program: output register 9 does not exist");
    }
}
