//! Unique names as TensorFlow makes them.

use rustc_hash::FxHashMap as HashMap;
use std::collections::hash_map::Entry;

/// The names in use, by their lower-case form, and from which number to look for a free one.
#[derive(Debug, Default)]
pub(crate) struct Names {
    in_use: HashMap<String, usize>,
}

impl Names {
    /// `name` if it is free, else the first free of `name_1`, `name_2`, …; taken from now on.
    pub(crate) fn unique(&mut self, name: &str) -> String {
        let base = name.to_lowercase();
        let seen = self.in_use.get(&base).copied().unwrap_or(0);
        self.in_use.insert(base.clone(), seen + 1);
        if seen == 0 {
            return name.to_owned();
        }
        let mut i = seen;
        loop {
            if let Entry::Vacant(free) = self.in_use.entry(format!("{base}_{i}")) {
                free.insert(1);
                // TensorFlow leaves the counter of the base where the search started; names stay unique either way.
                return format!("{name}_{i}");
            }
            i += 1;
        }
    }

    /// Frees a name that no node has any more.
    pub(crate) fn release(&mut self, name: &str) {
        self.in_use.remove(&name.to_lowercase());
    }
}

/// Whether TensorFlow would take `name` for a node: `[A-Za-z0-9.][A-Za-z0-9_.\\/>-]*`.
pub(crate) fn is_valid(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphanumeric() || c == '.')
        && chars.all(|c| c.is_ascii_alphanumeric() || "_.\\/>-".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_skip_explicit_names() {
        let mut n = Names::default();
        let names: Vec<String> = ["foo", "foo", "foo_2", "foo", "foo", "Foo"].iter().map(|s| n.unique(s)).collect();
        assert_eq!(names, ["foo", "foo_1", "foo_2", "foo_3", "foo_4", "Foo_5"]);
    }

    #[test]
    fn validity() {
        assert!(is_valid("a/b_c.d-1"));
        assert!(!is_valid("_a"));
        assert!(!is_valid(""));
        assert!(!is_valid("a b"));
    }
}
