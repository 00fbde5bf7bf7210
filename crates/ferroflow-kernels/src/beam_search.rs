use std::collections::{HashMap, HashSet};

/// Logarithms of the probabilities of a prefix.
#[derive(Debug, Clone, Copy)]
struct Mass {
    /// With a blank at the end.
    blank: f64,
    /// With its last label at the end.
    label: f64,
}

impl Mass {
    const NONE: Mass = Mass { blank: f64::NEG_INFINITY, label: f64::NEG_INFINITY };

    fn total(self) -> f64 {
        log_add(self.blank, self.label)
    }
}

/// `ln(eᵃ + eᵇ)`.
fn log_add(a: f64, b: f64) -> f64 {
    let (most, least) = if a > b { (a, b) } else { (b, a) };
    if least == f64::NEG_INFINITY { most } else { most + (least - most).exp().ln_1p() }
}

/// A sequence of labels: that of another node and one more.
struct Prefix {
    parent: Option<usize>,
    label: usize,
    before: Mass,
    now: Mass,
}

/// The likeliest sequences of labels of one sequence of `logits`, `steps × classes`, of which the last class is a
/// blank, and the logarithms of their probabilities: the `width` likeliest prefixes are followed (Graves, "Supervised
/// sequence labelling with recurrent neural networks", 2012, 7.5.3). The likeliest comes first.
pub fn ctc_beam_search(logits: &[f64], classes: usize, width: usize) -> Vec<(Vec<usize>, f64)> {
    let blank = classes.saturating_sub(1);
    let start = Mass { blank: 0.0, label: f64::NEG_INFINITY };
    let mut tree = vec![Prefix { parent: None, label: blank, before: Mass::NONE, now: start }];
    let mut children: HashMap<(usize, usize), usize> = HashMap::new();
    let mut beam = vec![0];
    for step in logits.chunks_exact(classes.max(1)) {
        let most = step.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let offset = most + step.iter().map(|x| (x - most).exp()).sum::<f64>().ln();
        let log = |class: usize| step[class] - offset;
        for &at in &beam {
            tree[at].before = tree[at].now;
        }
        let within: HashSet<usize> = beam.iter().copied().collect();
        for &at in &beam {
            let own = tree[at].before;
            let label = match tree[at].parent.filter(|p| within.contains(p)) {
                Some(parent) => log_add(own.label, extension(&tree, parent, tree[at].label)),
                None => own.label,
            };
            let label = if at == 0 { f64::NEG_INFINITY } else { label + log(tree[at].label) };
            tree[at].now = Mass { blank: own.total() + log(blank), label };
        }
        // Those that go on as they are, then those that a label makes longer.
        let mut found: Vec<_> = beam.iter().map(|&at| (tree[at].now.total(), at, None)).collect();
        for &at in &beam {
            for label in 0..blank {
                let mass = extension(&tree, at, label) + log(label);
                let goes_on = children.get(&(at, label)).is_some_and(|next| within.contains(next));
                if !goes_on && mass > f64::NEG_INFINITY {
                    found.push((mass, at, Some(label)));
                }
            }
        }
        found.sort_by(|a, b| b.0.total_cmp(&a.0));
        found.truncate(width);
        let mut follow = |(mass, at, label)| {
            let Some(label) = label else { return at };
            let next = *children.entry((at, label)).or_insert_with(|| {
                tree.push(Prefix { parent: Some(at), label, before: Mass::NONE, now: Mass::NONE });
                tree.len() - 1
            });
            tree[next].now = Mass { blank: f64::NEG_INFINITY, label: mass };
            next
        };
        beam = found.into_iter().map(&mut follow).collect();
    }
    beam.into_iter().map(|at| (labels(&tree, at), tree[at].now.total())).collect()
}

/// The logarithm of the probability, before this step, of what `label` makes longer: after the same label that ends
/// with a blank.
fn extension(tree: &[Prefix], at: usize, label: usize) -> f64 {
    let before = tree[at].before;
    if at != 0 && tree[at].label == label { before.blank } else { before.total() }
}

fn labels(tree: &[Prefix], mut at: usize) -> Vec<usize> {
    let mut found = Vec::new();
    while let Some(parent) = tree[at].parent {
        found.push(tree[at].label);
        at = parent;
    }
    found.reverse();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_of_two_steps() {
        // Of the labels a and b and a blank: p(aa) + p(a-) + p(-a) = 0.16 + 0.16 + 0.16.
        let logits: Vec<f64> = [0.4, 0.2, 0.4, 0.4, 0.2, 0.4].iter().map(|p: &f64| p.ln()).collect();
        let found = ctc_beam_search(&logits, 3, 100);
        let expected: [(&[usize], f64); 5] = [(&[0], 0.48), (&[1], 0.2), (&[], 0.16), (&[0, 1], 0.08), (&[1, 0], 0.08)];
        assert_eq!(found.len(), 5);
        for ((labels, log), (wanted, p)) in found.iter().zip(expected) {
            assert_eq!(labels, wanted);
            assert!((log.exp() - p).abs() < 1e-12, "{labels:?}: {}", log.exp());
        }
        assert!(ctc_beam_search(&logits, 3, 1)[0].0.is_empty());
    }

    #[test]
    fn nothing_is_said_in_no_time() {
        assert_eq!(ctc_beam_search(&[], 3, 2), [(vec![], 0.0)]);
    }
}
