use crate::{Error, Result};
use ferroflow_array::WholeFile;
use std::path::{Component, Path, PathBuf, absolute};

/// The file that tells of a folder's checkpoints, called `checkpoint` unless told otherwise: protobuf's text of
/// TensorFlow's `CheckpointState`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct State {
    /// The newest checkpoint.
    pub latest: String,
    /// Those that are kept, from the oldest to the newest.
    pub all: Vec<String>,
    /// When each was written, in seconds since 1970; or empty.
    pub timestamps: Vec<f64>,
    /// When the last one was written that is kept for good.
    pub last_preserved: Option<f64>,
}

impl State {
    /// Reads the file `name` of `folder`; `None` if there is none or it names no checkpoint. Relative names are made relative to where the program
    /// runs rather than to the folder.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn read(folder: impl AsRef<Path>, name: &str) -> Result<Option<State>> {
        let folder = folder.as_ref();
        let path = folder.join(name);
        if !path.is_file() {
            return Ok(None);
        }
        let text = std::fs::read(&path).map_err(Error::io(&path))?;
        let mut state = State::parse(&text).ok_or_else(|| Error::damaged(&path, "it is no state of checkpoints"))?;
        if state.latest.is_empty() {
            return Ok(None);
        }
        let place = |name: &mut String| *name = folder.join(&*name).display().to_string();
        place(&mut state.latest);
        state.all.iter_mut().for_each(place);
        Ok(Some(state))
    }

    /// Writes the file `name` of `folder`: beside its target, synced and renamed. Names are relative to the folder if the
    /// folder's own is, or if `relative`; the latest is the last of all of them.
    ///
    /// # Errors
    /// If it cannot be written, or is itself one of the checkpoints.
    pub fn write(&self, folder: impl AsRef<Path>, name: &str, relative: bool) -> Result<()> {
        let folder = folder.as_ref();
        let path = folder.join(name);
        if path == Path::new(&self.latest) {
            let latest = &self.latest;
            return Err(Error::Invalid(format!(
                "Save path '{latest}' conflicts with path used for checkpoint state. Please use a different save path."
            )));
        }
        let place = |name: &String| match Path::new(name).is_absolute() && !relative {
            true => name.clone(),
            false => relative_to(Path::new(name), folder),
        };
        let mut written =
            State { latest: place(&self.latest), all: self.all.iter().map(place).collect(), ..self.clone() };
        if written.all.last() != Some(&written.latest) {
            written.all.push(written.latest.clone());
        }
        WholeFile::write(&path, written.print().as_bytes()).map_err(Error::io(&path))
    }

    fn print(&self) -> String {
        let mut text = format!("model_checkpoint_path: {}\n", quoted(&self.latest));
        text.extend(self.all.iter().map(|n| format!("all_model_checkpoint_paths: {}\n", quoted(n))));
        text.extend(self.timestamps.iter().map(|t| format!("all_model_checkpoint_timestamps: {t:?}\n")));
        text.extend(self.last_preserved.iter().map(|t| format!("last_preserved_timestamp: {t:?}\n")));
        text
    }

    fn parse(text: &[u8]) -> Option<State> {
        let mut state = State::default();
        let mut rest = text;
        skip_space(&mut rest);
        while !rest.is_empty() {
            let end = rest.iter().position(|b| !b.is_ascii_alphanumeric() && *b != b'_')?;
            let key = rest.split_off(..end)?;
            skip_space(&mut rest);
            rest = rest.strip_prefix(b":")?;
            skip_space(&mut rest);
            match key {
                b"model_checkpoint_path" => state.latest = string(&mut rest)?,
                b"all_model_checkpoint_paths" => state.all.push(string(&mut rest)?),
                b"all_model_checkpoint_timestamps" => state.timestamps.push(number(&mut rest)?),
                b"last_preserved_timestamp" => state.last_preserved = Some(number(&mut rest)?),
                _ => return None,
            }
            skip_space(&mut rest);
            if let Some((b';' | b',', after)) = rest.split_first() {
                rest = after;
                skip_space(&mut rest);
            }
        }
        Some(state)
    }
}

/// Leaves out white space, and comments from `#` to the end of the line.
fn skip_space(rest: &mut &[u8]) {
    *rest = rest.trim_ascii_start();
    while rest.first() == Some(&b'#') {
        let end = rest.iter().position(|&b| b == b'\n').unwrap_or(rest.len());
        *rest = rest[end..].trim_ascii_start();
    }
}

/// `path` as seen from `folder`.
fn relative_to(path: &Path, folder: &Path) -> String {
    // The current folder, if the empty path is given.
    let whole = |p: &Path| absolute(if p.as_os_str().is_empty() { Path::new(".") } else { p }).ok();
    let Some((path, folder)) = whole(path).zip(whole(folder)) else { return path.display().to_string() };
    let shared = path.components().zip(folder.components()).take_while(|(a, b)| a == b).count();
    let up = folder.components().skip(shared).map(|_| Component::ParentDir);
    up.chain(path.components().skip(shared)).collect::<PathBuf>().display().to_string()
}

fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' | b'\'' => out.extend(['\\', byte as char]),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            0x20..0x7f => out.push(byte as char),
            _ => out += &format!("\\{byte:03o}"),
        }
    }
    out + "\""
}

/// A string in single or double quotes.
fn string(rest: &mut &[u8]) -> Option<String> {
    let quote = *rest.split_off_first().filter(|q| matches!(q, b'"' | b'\''))?;
    let mut out = Vec::new();
    loop {
        match *rest.split_off_first()? {
            b'\\' => out.push(escaped(rest)?),
            byte if byte == quote => return String::from_utf8(out).ok(),
            byte => out.push(byte),
        }
    }
}

/// What stands after a backslash.
fn escaped(rest: &mut &[u8]) -> Option<u8> {
    let (base, most) = match *rest.first()? {
        b'0'..=b'7' => (8, 3),
        b'x' | b'X' => (16, 2),
        other => {
            *rest = &rest[1..];
            return Some(match other {
                b'n' => b'\n',
                b'r' => b'\r',
                b't' => b'\t',
                b'"' | b'\'' | b'\\' | b'?' => other,
                _ => return None,
            });
        }
    };
    *rest = &rest[usize::from(base == 16)..];
    let digits = rest.iter().take(most).take_while(|b| (**b as char).is_digit(base)).count();
    let digits = std::str::from_utf8(rest.split_off(..digits)?).ok()?;
    u8::try_from(u32::from_str_radix(digits, base).ok()?).ok()
}

fn number(rest: &mut &[u8]) -> Option<f64> {
    let ends = |b: &u8| b.is_ascii_whitespace() || matches!(b, b';' | b',' | b'#');
    let end = rest.iter().position(ends).unwrap_or(rest.len());
    std::str::from_utf8(rest.split_off(..end)?).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text() {
        let state = State {
            latest: "a \"b\"\\é\n-2".into(),
            all: vec!["m-1".into(), "a \"b\"\\é\n-2".into()],
            timestamps: vec![1.5, 1_600_000_000.0],
            last_preserved: Some(2.0),
        };
        let text = state.print();
        assert!(text.starts_with("model_checkpoint_path: \"a \\\"b\\\"\\\\\\303\\251\\n-2\"\nall_model"), "{text}");
        assert_eq!(State::parse(text.as_bytes()), Some(state));
        let other = b"model_checkpoint_path : '\\x41'  all_model_checkpoint_paths:\"\\101\"";
        let found = State::parse(other).unwrap();
        assert_eq!((found.latest.as_str(), found.all.as_slice()), ("A", &["A".to_owned()][..]));
        let comments = b"# a: 1\n model_checkpoint_path: # b\n 'm' ; last_preserved_timestamp: 2.5;\n#c";
        let found = State::parse(comments).unwrap();
        assert_eq!((found.latest.as_str(), found.last_preserved), ("m", Some(2.5)));
        for damaged in
            ["model_checkpoint_path: \"a", "x: 1", "model_checkpoint_path", "model_checkpoint_path: \"\\777\"", ";"]
        {
            assert_eq!(State::parse(damaged.as_bytes()), None, "{damaged}");
        }
    }

    #[test]
    fn names_are_relative_to_the_folder_or_absolute() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name).display().to_string();
        let state = State { latest: path("m-2"), all: vec![path("m-1")], ..State::default() };
        state.write(dir.path(), "checkpoint", true).unwrap();
        let text = std::fs::read_to_string(dir.path().join("checkpoint")).unwrap();
        let all = "all_model_checkpoint_paths";
        assert_eq!(text, format!("model_checkpoint_path: \"m-2\"\n{all}: \"m-1\"\n{all}: \"m-2\"\n"));
        let read = State::read(dir.path(), "checkpoint").unwrap().unwrap();
        assert_eq!((read.latest, read.all), (path("m-2"), vec![path("m-1"), path("m-2")]));
        state.write(dir.path(), "checkpoint", false).unwrap();
        assert!(std::fs::read_to_string(dir.path().join("checkpoint")).unwrap().contains(&path("m-1")));
        assert_eq!(State::read(dir.path(), "other").unwrap(), None);
        for text in ["", "# nothing\n"] {
            std::fs::write(dir.path().join("other"), text).unwrap();
            assert_eq!(State::read(dir.path(), "other").unwrap(), None);
        }
        let conflict = State { latest: path("checkpoint"), ..State::default() };
        assert!(conflict.write(dir.path(), "checkpoint", false).unwrap_err().to_string().contains("conflicts"));
        assert_eq!(relative_to(Path::new("a/b/m"), Path::new("a/c")), "../b/m");
    }
}
