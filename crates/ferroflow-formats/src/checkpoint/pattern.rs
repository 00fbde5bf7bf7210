use std::path::{Path, PathBuf};

/// The files whose path is `pattern`, in whose last part `?` stands for any character and `*` for any number, in order.
pub(super) fn files(pattern: &Path) -> Vec<PathBuf> {
    let name = pattern.file_name().and_then(|n| n.to_str()).unwrap_or_default();
    if !name.contains(['?', '*']) {
        return if pattern.is_file() { vec![pattern.to_owned()] } else { Vec::new() };
    }
    let folder = pattern.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let found = entries.filter(|e| e.file_name().to_str().is_some_and(|n| fits(name.as_bytes(), n.as_bytes())));
    let mut files: Vec<PathBuf> = found.map(|e| e.path()).filter(|p| p.is_file()).collect();
    files.sort();
    files
}

fn fits(pattern: &[u8], name: &[u8]) -> bool {
    let (mut p, mut n) = (0, 0);
    // Where the last star is, and how far it has come.
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        if pattern.get(p) == Some(&b'*') {
            star = Some((p + 1, n));
            p += 1;
        } else if pattern.get(p).is_some_and(|&c| c == b'?' || c == name[n]) {
            (p, n) = (p + 1, n + 1);
        } else if let Some((after, at)) = star {
            star = Some((after, at + 1));
            (p, n) = (after, at + 1);
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|&c| c == b'*')
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn names() {
        let is = |pattern: &str, name: &str| fits(pattern.as_bytes(), name.as_bytes());
        assert!(is("model-?????-of-00002", "model-00001-of-00002"));
        assert!(!is("model-?????-of-00002", "model-0001-of-00002"));
        assert!(is("*.index", "a.index") && is("a*b*c", "aXbbXc") && is("*", ""));
        assert!(!is("a*b", "abc"));
    }
}
