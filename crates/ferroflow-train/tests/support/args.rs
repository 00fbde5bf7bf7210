use serde_json::Value;
use std::cell::RefCell;
use std::collections::BTreeSet;

/// Keywords of a call in TensorFlow, each of which must be used.
pub(crate) struct Args<'a> {
    args: &'a Value,
    used: RefCell<BTreeSet<&'static str>>,
}

impl<'a> Args<'a> {
    pub(crate) fn of(case: &'a Value) -> Self {
        Args { args: &case["args"], used: RefCell::default() }
    }

    pub(crate) fn get(&self, name: &'static str) -> Option<&'a Value> {
        self.used.borrow_mut().insert(name);
        self.args.get(name)
    }

    pub(crate) fn number(&self, name: &'static str) -> Option<f64> {
        self.get(name).map(|v| v.as_f64().unwrap())
    }

    pub(crate) fn or(&self, name: &'static str, default: f64) -> f64 {
        self.number(name).unwrap_or(default)
    }

    pub(crate) fn flag(&self, name: &'static str) -> bool {
        self.get(name).is_some_and(|v| v.as_bool().unwrap())
    }

    pub(crate) fn check_all_used(&self) {
        let unused: Vec<&String> =
            self.args.as_object().unwrap().keys().filter(|k| !self.used.borrow().contains(k.as_str())).collect();
        assert!(unused.is_empty(), "{unused:?} of {} not used", self.args);
    }
}
