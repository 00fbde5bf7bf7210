use crate::{DType, Shape};

/// The dictionary at the head of an npy file.
#[derive(Debug, PartialEq)]
pub(super) struct Header {
    pub(super) item: Item,
    pub(super) big_endian: bool,
    /// Whether the first index runs fastest.
    pub(super) column_major: bool,
    pub(super) shape: Shape,
}

/// What an element is in the file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Item {
    Number(DType),
    /// So many bytes, filled up with zeros.
    Bytes(usize),
    /// So many code points of 4 bytes each, filled up with zeros.
    Chars(usize),
}

const NUMBERS: [(&str, DType); 10] = [
    ("f2", DType::F16),
    ("f4", DType::F32),
    ("f8", DType::F64),
    ("i1", DType::I8),
    ("i2", DType::I16),
    ("i4", DType::I32),
    ("i8", DType::I64),
    ("u1", DType::U8),
    ("u2", DType::U16),
    ("b1", DType::Bool),
];

impl Item {
    /// Bytes of one element, or `None` if they overflow.
    pub(super) fn size(self) -> Option<usize> {
        match self {
            Item::Number(dtype) => Some(dtype.size()),
            Item::Bytes(n) => Some(n),
            Item::Chars(n) => n.checked_mul(4),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        if let Some(&(_, dtype)) = NUMBERS.iter().find(|(name, _)| *name == text) {
            return Some(Item::Number(dtype));
        }
        let bytes = text.strip_prefix('S').or(text.strip_prefix('a')).and_then(|n| n.parse().ok());
        let chars = || text.strip_prefix('U').and_then(|n| n.parse().ok());
        bytes.map(Item::Bytes).or_else(|| chars().map(Item::Chars))
    }
}

/// NumPy's name of a dtype, in this machine's byte order; `None` for bf16 and for strings, whose name has their length.
pub(super) fn descr(dtype: DType) -> Option<String> {
    let name = NUMBERS.iter().find(|(_, d)| *d == dtype)?.0;
    let order = match (dtype.size(), cfg!(target_endian = "big")) {
        (1, _) => '|',
        (_, true) => '>',
        (_, false) => '<',
    };
    Some(format!("{order}{name}"))
}

/// The preamble of a version 1 file up to its elements, byte for byte as NumPy writes it; `None` if the shape has too
/// many dimensions for it.
pub(super) fn preamble(descr: &str, shape: &Shape) -> Option<Vec<u8>> {
    let sizes: Vec<String> = shape.iter().map(usize::to_string).collect();
    let comma = if sizes.len() == 1 { "," } else { "" };
    let mut text = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({}{comma}), }}", sizes.join(", "));
    // Room for the first size to grow in place.
    let room = sizes.first().map_or(0, |first| 21usize.saturating_sub(first.len()));
    let end = (10 + text.len() + room + 1).next_multiple_of(64);
    text.extend(std::iter::repeat_n(' ', end - 10 - text.len() - 1));
    text.push('\n');
    let length = u16::try_from(text.len()).ok()?;
    Some([b"\x93NUMPY\x01\x00", &length.to_le_bytes()[..], text.as_bytes()].concat())
}

/// Reads the dictionary: a Python literal with the keys `descr`, `fortran_order` and `shape`, in any order.
pub(super) fn parse(text: &str) -> Result<Header, String> {
    let (mut descr, mut column_major, mut shape) = (None, None, None);
    let mut rest = Literal(text);
    rest.expect("{")?;
    while !rest.accept("}") {
        let key = rest.string()?;
        rest.expect(":")?;
        match key {
            "descr" => descr = Some(rest.descr()?),
            "fortran_order" => column_major = Some(rest.boolean()?),
            "shape" => shape = Some(rest.shape()?),
            other => return Err(format!("its header has an unknown key '{}'", other.escape_debug())),
        }
        if !rest.accept(",") {
            rest.expect("}")?;
            break;
        }
    }
    if !rest.0.trim().is_empty() {
        return Err(format!("its header goes on after the dictionary: {}", rest.near()));
    }
    let missing = |key: &str| format!("its header has no '{key}'");
    let (item, big_endian) = descr.ok_or_else(|| missing("descr"))?;
    let column_major = column_major.ok_or_else(|| missing("fortran_order"))?;
    Ok(Header { item, big_endian, column_major, shape: shape.ok_or_else(|| missing("shape"))? })
}

/// What is left of a Python literal.
struct Literal<'a>(&'a str);

impl<'a> Literal<'a> {
    fn near(&self) -> String {
        format!("`{}`", self.0.trim().chars().take(20).collect::<String>().escape_debug())
    }

    fn accept(&mut self, token: &str) -> bool {
        match self.0.trim_start().strip_prefix(token) {
            Some(rest) => {
                self.0 = rest;
                true
            }
            None => false,
        }
    }

    fn expect(&mut self, token: &str) -> Result<(), String> {
        if self.accept(token) { Ok(()) } else { Err(format!("its header should have `{token}` at {}", self.near())) }
    }

    fn string(&mut self) -> Result<&'a str, String> {
        let quote = if self.accept("'") { '\'' } else { '"' };
        if quote == '"' {
            self.expect("\"")?;
        }
        let (text, rest) = self.0.split_once(quote).ok_or("its header has a string without end")?;
        self.0 = rest;
        Ok(text)
    }

    fn boolean(&mut self) -> Result<bool, String> {
        if self.accept("True") {
            return Ok(true);
        }
        self.expect("False").map(|()| false)
    }

    fn shape(&mut self) -> Result<Shape, String> {
        self.expect("(")?;
        let mut sizes = Vec::new();
        while !self.accept(")") {
            self.0 = self.0.trim_start();
            let digits = self.0.len() - self.0.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let size =
                self.0[..digits].parse().map_err(|_| format!("its header should have a size at {}", self.near()))?;
            sizes.push(size);
            self.0 = &self.0[digits..];
            // Python 2 marks long integers.
            self.accept("L");
            if !self.accept(",") {
                self.expect(")")?;
                break;
            }
        }
        Ok(Shape::from(sizes))
    }

    fn descr(&mut self) -> Result<(Item, bool), String> {
        if self.0.trim_start().starts_with('[') {
            return Err("structured dtypes have no counterpart here".into());
        }
        let text = self.string()?;
        let (order, name) = match text.chars().next() {
            Some(order @ ('<' | '>' | '|' | '=')) => (order, &text[1..]),
            _ => ('=', text),
        };
        let item = Item::parse(name).ok_or_else(|| match name.as_bytes() {
            [b'O', ..] => format!("dtype '{text}' holds pickled Python objects, which are not read"),
            [b'V', ..] => format!("dtype '{text}' says nothing of its elements (bfloat16 has no NumPy dtype)"),
            _ => format!("dtype '{}' has no counterpart here", text.escape_debug()),
        })?;
        Ok((item, order == '>' || order == '=' && cfg!(target_endian = "big")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_literal_is_read_in_any_form() {
        let expected = Header {
            item: Item::Number(DType::F32),
            big_endian: true,
            column_major: false,
            shape: Shape::from([2, 3]),
        };
        for text in [
            "{'descr': '>f4', 'fortran_order': False, 'shape': (2, 3), }   \n",
            "{\"shape\":(2L,3L,),\"fortran_order\":False,\"descr\":\">f4\"}",
        ] {
            assert_eq!(parse(text).unwrap(), expected);
        }
        let scalar = parse("{'descr': '|S7', 'fortran_order': True, 'shape': ()}").unwrap();
        assert_eq!((scalar.item, scalar.shape.rank()), (Item::Bytes(7), 0));
    }

    #[test]
    fn mistakes_are_told() {
        let cases = [
            ("", "its header should have `{` at ``"),
            ("{'descr': '<f4', 'fortran_order': False}", "its header has no 'shape'"),
            ("{'shape': (-1,)}", "its header should have a size at `-1,)}`"),
            ("{'shape': (99999999999999999999,)}", "its header should have a size at `99999999999999999999`"),
            ("{'shape': (1 2)}", "its header should have `)` at `2)}`"),
            ("{'descr': '<c8'}", "dtype '<c8' has no counterpart here"),
            ("{'descr': '<u4'}", "dtype '<u4' has no counterpart here"),
            ("{'descr': '|O'}", "dtype '|O' holds pickled Python objects, which are not read"),
            ("{'descr': [('a', '<f4')]}", "structured dtypes have no counterpart here"),
            ("{'descr': 'f4", "its header has a string without end"),
            ("{'axes': 3}", "its header has an unknown key 'axes'"),
            ("{'fortran_order': 1}", "its header should have `False` at `1}`"),
            ("{'descr': '\u{e9}'}", "dtype '\u{e9}' has no counterpart here"),
        ];
        for (text, why) in cases {
            assert_eq!(parse(text).unwrap_err(), why);
        }
    }
}
