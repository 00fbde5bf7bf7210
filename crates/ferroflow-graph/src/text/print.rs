use crate::{Attr, Dag, Node};
use ferroflow_array::{Array, DType};
use std::fmt::{self, Display, Formatter};

impl Display for Dag {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (_, node) in self.nodes() {
            self.print_node(node, f)?;
            f.write_str("\n")?;
        }
        Ok(())
    }
}

impl Dag {
    fn print_node(&self, node: &Node, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {}", node.name, node.op.type_name())?;
        if !node.inputs.is_empty() {
            let inputs: Vec<String> = node.inputs.iter().map(|&o| self.outlet_name(o)).collect();
            write!(f, "({})", inputs.join(", "))?;
        }
        for &control in &node.controls {
            write!(f, " ^{}", self.node(control).name)?;
        }
        let attrs = node.op.attrs();
        if !attrs.is_empty() {
            let attrs: Vec<String> = attrs.iter().map(|(name, value)| format!("{name}: {value}")).collect();
            write!(f, " {{{}}}", attrs.join(", "))?;
        }
        if !node.device.is_empty() {
            write!(f, " @{:?}", node.device)?;
        }
        if !node.facts.is_empty() {
            let facts: Vec<String> = node.facts.iter().map(ToString::to_string).collect();
            write!(f, " : {}", facts.join(", "))?;
        }
        Ok(())
    }
}

impl Display for Attr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Attr::Bool(v) => write!(f, "{v}"),
            Attr::Int(v) => write!(f, "{v}"),
            Attr::Float(v) => write!(f, "{v:?}"),
            Attr::Str(v) => write!(f, "{v:?}"),
            Attr::DType(v) => write!(f, "{v}"),
            Attr::Shape(v) => write!(f, "shape{v}"),
            Attr::Ints(v) => write!(f, "{v:?}"),
            Attr::Strs(v) => write!(f, "strs{v:?}"),
            Attr::DTypes(v) => {
                let names: Vec<_> = v.iter().map(|d| d.name()).collect();
                write!(f, "dtypes[{}]", names.join(", "))
            }
            Attr::Array(v) => write!(f, "array {}{}{{{}}}", v.dtype(), v.shape(), elements(v).join(", ")),
        }
    }
}

/// The elements so that they can be read back exactly.
fn elements(array: &Array) -> Vec<String> {
    fn of<T: fmt::Debug>(values: &[T]) -> Vec<String> {
        values.iter().map(|v| format!("{v:?}")).collect()
    }
    match array.dtype() {
        DType::String => {
            array.strings().map(|s| s.iter().map(|bytes| format!("\"{}\"", bytes.escape_ascii())).collect())
        }
        DType::F32 => array.as_slice::<f32>().map(of),
        DType::F16 | DType::Bf16 | DType::F64 => Ok(of(&array.to_f64s().unwrap_or_default())),
        DType::Bool => array.as_slice::<bool>().map(of),
        _ => Ok(of(&array.to_ints().unwrap_or_default())),
    }
    .unwrap_or_default()
}
