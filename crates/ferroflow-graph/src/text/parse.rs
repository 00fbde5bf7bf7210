use crate::{Attr, AttrMap, Dag, Node, NodeId, Outlet};
use ferroflow_array::{Array, DType, PartialShape, Shape};
use smallvec::SmallVec;
use std::str::FromStr;
use std::sync::Arc;

/// Text that is no graph: the line at fault, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct ParseError {
    /// The line, counted from 1.
    pub line: usize,
    /// What was expected and what was found.
    pub message: String,
}

impl Dag {
    /// Reads what [`Display`](std::fmt::Display) prints. Nodes must come after the nodes they name; facts are
    /// inferred anew, and what the text says of shapes is added to them.
    ///
    /// # Errors
    /// [`ParseError`] names the line.
    pub fn parse(text: &str) -> Result<Dag, ParseError> {
        let mut dag = Dag::new();
        for (i, line) in text.lines().enumerate() {
            let line = line.trim();
            if !line.is_empty() && !line.starts_with('#') {
                let mut cursor = Cursor { rest: line };
                cursor.node(&mut dag).map_err(|message| ParseError { line: i + 1, message })?;
            }
        }
        Ok(dag)
    }
}

type Parsed<T> = Result<T, String>;

struct Cursor<'a> {
    rest: &'a str,
}

impl<'a> Cursor<'a> {
    fn space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn eat(&mut self, token: &str) -> bool {
        self.space();
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn expect(&mut self, token: &str) -> Parsed<()> {
        if self.eat(token) { Ok(()) } else { Err(format!("expected `{token}` at `{}`", self.start())) }
    }

    fn start(&self) -> String {
        self.rest.chars().take(20).collect()
    }

    fn take(&mut self, belongs: impl Fn(char) -> bool) -> &'a str {
        self.space();
        let end = self.rest.find(|c| !belongs(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    fn word(&mut self) -> Parsed<&'a str> {
        let word = self.take(|c| c.is_ascii_alphanumeric() || "_./\\>-".contains(c));
        if word.is_empty() { Err(format!("expected a name at `{}`", self.start())) } else { Ok(word) }
    }

    fn number<T: FromStr>(&mut self) -> Parsed<T> {
        let word = self.take(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
        word.parse().map_err(|_| format!("`{word}` is no number of its type"))
    }

    /// Items until `close`, separated by commas; the opening bracket is already taken.
    fn list<T>(&mut self, close: &str, mut item: impl FnMut(&mut Self) -> Parsed<T>) -> Parsed<Vec<T>> {
        let mut items = Vec::new();
        while !self.eat(close) {
            if !items.is_empty() {
                self.expect(",")?;
            }
            items.push(item(self)?);
        }
        Ok(items)
    }

    fn string(&mut self) -> Parsed<Vec<u8>> {
        self.expect("\"")?;
        let mut bytes = Vec::new();
        let mut chars = self.rest.char_indices();
        let bad = || "bad escape in string".to_owned();
        while let Some((i, c)) = chars.next() {
            match c {
                '"' => {
                    self.rest = &self.rest[i + 1..];
                    return Ok(bytes);
                }
                '\\' => match chars.next().ok_or_else(bad)?.1 {
                    'n' => bytes.push(b'\n'),
                    't' => bytes.push(b'\t'),
                    'r' => bytes.push(b'\r'),
                    '0' => bytes.push(0),
                    'x' => {
                        let (Some((_, a)), Some((_, b))) = (chars.next(), chars.next()) else { return Err(bad()) };
                        bytes.push(u8::from_str_radix(&format!("{a}{b}"), 16).map_err(|_| bad())?);
                    }
                    'u' => {
                        let hex: String = chars.by_ref().map(|(_, c)| c).skip(1).take_while(|&c| c != '}').collect();
                        let code = u32::from_str_radix(&hex, 16).ok().and_then(char::from_u32).ok_or_else(bad)?;
                        bytes.extend(code.to_string().bytes());
                    }
                    c => bytes.extend(c.to_string().bytes()),
                },
                c => bytes.extend(c.to_string().bytes()),
            }
        }
        Err("unterminated string".into())
    }

    fn text(&mut self) -> Parsed<String> {
        String::from_utf8(self.string()?).map_err(|_| "string is not UTF-8".to_owned())
    }

    fn dtype(&mut self) -> Parsed<DType> {
        self.take(|c| c.is_ascii_alphanumeric()).parse().map_err(|e| format!("{e}"))
    }

    fn shape(&mut self) -> Parsed<PartialShape> {
        if self.eat("?") {
            return Ok(PartialShape::unknown());
        }
        self.expect("[")?;
        let dims = self.list("]", |c| if c.eat("?") { Ok(None) } else { c.number().map(Some) })?;
        Ok(dims.into_iter().collect())
    }

    fn node(&mut self, dag: &mut Dag) -> Parsed<()> {
        let name = self.word()?;
        self.expect("=")?;
        let op_type = self.word()?;
        let spec = crate::ops::find(op_type).ok_or_else(|| format!("unknown op `{op_type}`"))?;
        let inputs = if self.eat("(") { self.list(")", |c| c.outlet(dag))? } else { Vec::new() };
        let mut controls: SmallVec<[NodeId; 2]> = SmallVec::new();
        while self.eat("^") {
            controls.push(find(dag, self.word()?)?);
        }
        let mut attrs = AttrMap::default();
        if self.eat("{") {
            attrs.0 = self.list("}", |c| {
                let name = c.word()?.to_owned();
                c.expect(":")?;
                Ok((name, c.attr()?))
            })?;
        }
        let device = if self.eat("@") { self.text()? } else { String::new() };
        let op: Arc<dyn crate::Op> = (spec.from_attrs)(&attrs).map_err(|e| format!("{op_type}: {e}"))?.into();
        let mut facts = dag.infer(&*op, &inputs).map_err(|e| format!("{op_type} `{name}`: {e}"))?;
        if self.eat(":") {
            for (k, fact) in facts.iter_mut().enumerate() {
                if k > 0 {
                    self.expect(",")?;
                }
                let (dtype, shape) = (self.dtype()?, self.shape()?);
                let merged = fact.shape.merge(&shape).filter(|_| dtype == fact.dtype);
                fact.shape = merged.ok_or_else(|| format!("`{name}` is inferred as {fact}, not {dtype}{shape}"))?;
            }
        }
        self.space();
        if !self.rest.is_empty() {
            return Err(format!("unexpected `{}`", self.start()));
        }
        let node = Node {
            name: name.into(),
            origin: None,
            op,
            inputs: inputs.into(),
            controls,
            facts: facts.into(),
            device: device.into(),
            location: None,
        };
        dag.insert_node(node).map(drop).map_err(|e| e.message)
    }

    fn outlet(&mut self, dag: &Dag) -> Parsed<Outlet> {
        let id = find(dag, self.word()?)?;
        let k: usize = if self.rest.starts_with(':') && self.eat(":") { self.number()? } else { 0 };
        if k >= dag.node(id).facts.len() {
            return Err(format!("`{}` has no output {k}", dag.node(id).name));
        }
        Ok(id.outlet(k))
    }

    fn attr(&mut self) -> Parsed<Attr> {
        self.space();
        if self.eat("[") {
            return Ok(Attr::Ints(self.list("]", Cursor::number)?));
        }
        if self.rest.starts_with('"') {
            return Ok(Attr::Str(self.text()?));
        }
        for (prefix, is_word) in [("shape", false), ("strs[", false), ("dtypes[", false), ("array ", true)] {
            if !self.eat(prefix) {
                continue;
            }
            return match (prefix, is_word) {
                ("shape", _) => self.shape().map(Attr::Shape),
                ("strs[", _) => self.list("]", Cursor::text).map(Attr::Strs),
                ("dtypes[", _) => self.list("]", Cursor::dtype).map(Attr::DTypes),
                _ => self.array().map(Attr::Array),
            };
        }
        let word = self.take(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
        if let Ok(v) = word.parse::<bool>() {
            return Ok(Attr::Bool(v));
        }
        if let Ok(v) = word.parse::<i64>() {
            return Ok(Attr::Int(v));
        }
        if let Ok(v) = word.parse::<f64>() {
            return Ok(Attr::Float(v));
        }
        word.parse().map(Attr::DType).map_err(|_| format!("`{word}` is no attribute value"))
    }

    fn array(&mut self) -> Parsed<Array> {
        let dtype = self.dtype()?;
        let shape = self.shape()?.to_shape().ok_or("an array's shape is fully known")?;
        self.expect("{")?;
        if dtype == DType::String {
            let strings = self.list("}", Cursor::string)?;
            return Array::from_strings(shape, strings).map_err(|e| e.to_string());
        }
        fn of<T: ferroflow_array::Element + FromStr>(c: &mut Cursor<'_>, shape: Shape) -> Parsed<Array> {
            let values: Vec<T> = c.list("}", Cursor::number)?;
            Array::new(shape, &values).map_err(|e| e.to_string())
        }
        match dtype {
            DType::F32 => of::<f32>(self, shape),
            DType::F64 => of::<f64>(self, shape),
            DType::Bool => of::<bool>(self, shape),
            DType::F16 | DType::Bf16 => of::<f64>(self, shape)?.cast(dtype).map_err(|e| e.to_string()),
            _ => of::<i64>(self, shape)?.cast(dtype).map_err(|e| e.to_string()),
        }
    }
}

fn find(dag: &Dag, name: &str) -> Parsed<NodeId> {
    dag.find(name).ok_or_else(|| format!("no node `{name}` before this line"))
}
