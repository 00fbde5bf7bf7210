//! Sums of products over dimensions that are named.

use crate::ops::rules;
use crate::{Graph, IntoInput, Tensor};
use ferroflow_array::{Array, PartialShape};

/// A tensor with a label for each dimension.
#[derive(Clone)]
struct Labelled<'g> {
    tensor: Tensor<'g>,
    labels: Vec<char>,
}

impl Graph {
    /// Einstein's sums: `einsum("ij,jk->ik", &[a, b])` is the matrix product. A letter names a dimension of each operand that
    /// has it; products are summed over the letters that are not behind the arrow, or, without an arrow, over those that
    /// are there twice. Ranks must be known.
    #[track_caller]
    pub fn einsum<'g>(&'g self, equation: &str, operands: &[Tensor<'g>]) -> Tensor<'g> {
        match parse(equation, operands) {
            Ok((operands, result)) => contract_all(operands, &result),
            Err(message) => self.mistake("einsum", format!("'{equation}': {message}")),
        }
    }
}

impl<'g> Tensor<'g> {
    /// The sums of products over pairs of dimensions, `axes` of this tensor and `others` of the other one: the other
    /// dimensions of this one are followed by those of the other. Ranks must be known.
    #[track_caller]
    pub fn tensordot(self, other: impl IntoInput<'g>, axes: &[i64], others: &[i64]) -> Tensor<'g> {
        let other = self.graph().constant(other);
        let refuse = |message: String| self.graph().mistake("tensordot", message);
        let (Some(rank), Some(other_rank)) = (self.shape().rank(), other.shape().rank()) else {
            return refuse("the ranks must be known".into());
        };
        if axes.len() != others.len() {
            return refuse(format!("{} axes cannot be paired with {}", axes.len(), others.len()));
        }
        let label = |i: usize| char::from_u32(0x4e00 + i as u32).unwrap_or('?');
        let own: Vec<char> = (0..rank).map(label).collect();
        let mut its: Vec<char> = (rank..rank + other_rank).map(label).collect();
        for (&a, &b) in axes.iter().zip(others) {
            match (rules::axis(a, rank), rules::axis(b, other_rank)) {
                (Ok(a), Ok(b)) if its[b] == label(rank + b) && !its.contains(&own[a]) => its[b] = own[a],
                (Ok(_), Ok(_)) => return refuse("an axis is named twice".into()),
                (Err(e), _) | (_, Err(e)) => return refuse(e.message),
            }
        }
        let free = |labels: &[char], others: &[char]| -> Vec<char> {
            labels.iter().copied().filter(|l| !others.contains(l)).collect()
        };
        let result = [free(&own, &its), free(&its, &own)].concat();
        let pair = [(self, own), (other, its)].map(|(tensor, labels)| Labelled { tensor, labels });
        match sizes_agree(&pair) {
            Ok(()) => contract_all(pair.into(), &result),
            Err((_, message)) => refuse(message),
        }
    }
}

type Parsed<'g> = (Vec<Labelled<'g>>, Vec<char>);

fn parse<'g>(equation: &str, operands: &[Tensor<'g>]) -> Result<Parsed<'g>, String> {
    let text: String = equation.chars().filter(|c| !c.is_whitespace()).collect();
    let (inputs, result) = match text.split_once("->") {
        Some((inputs, result)) => (inputs, Some(result)),
        None => (text.as_str(), None),
    };
    let inputs: Vec<Vec<char>> = inputs.split(',').map(|part| part.chars().collect()).collect();
    if inputs.len() != operands.len() {
        return Err(format!("it has {} operands, and {} were given", inputs.len(), operands.len()));
    }
    let mut labelled = Vec::with_capacity(operands.len());
    for (labels, &tensor) in inputs.into_iter().zip(operands) {
        if let Some(odd) = labels.iter().find(|c| !c.is_ascii_alphabetic()) {
            return Err(format!("'{odd}' names no dimension"));
        }
        if let Some(twice) = labels.iter().find(|l| labels.iter().filter(|m| m == l).count() > 1) {
            return Err(format!("'{twice}' is there twice in one operand"));
        }
        if tensor.shape().rank() != Some(labels.len()) {
            return Err(format!("{} letters cannot name the dimensions of shape {}", labels.len(), tensor.shape()));
        }
        labelled.push(Labelled { tensor, labels });
    }
    let all: Vec<char> = labelled.iter().flat_map(|l| l.labels.iter().copied()).collect();
    let result = match result {
        Some(result) => result.chars().collect(),
        None => {
            let mut once: Vec<char> =
                all.iter().copied().filter(|l| all.iter().filter(|m| *m == l).count() == 1).collect();
            once.sort_unstable();
            once
        }
    };
    if let Some(odd) = result.iter().find(|l| !all.contains(l) || result.iter().filter(|m| m == l).count() > 1) {
        return Err(format!("'{odd}' cannot be a dimension of the result"));
    }
    sizes_agree(&labelled).map_err(|(label, message)| format!("'{label}': {message}"))?;
    Ok((labelled, result))
}

/// Whether dimensions of one label have one size.
fn sizes_agree(operands: &[Labelled<'_>]) -> Result<(), (char, String)> {
    let mut known: Vec<(char, usize)> = Vec::new();
    for operand in operands {
        for (i, &label) in operand.labels.iter().enumerate() {
            let Some(size) = operand.tensor.shape().dim(i) else { continue };
            match known.iter().find(|(l, _)| *l == label) {
                Some(&(_, other)) if other != size => {
                    return Err((label, format!("Dimensions must be equal, but are {other} and {size}")));
                }
                Some(_) => {}
                None => known.push((label, size)),
            }
        }
    }
    Ok(())
}

/// The sum of the products of all operands, of which there is one at least.
#[track_caller]
fn contract_all<'g>(mut operands: Vec<Labelled<'g>>, result: &[char]) -> Tensor<'g> {
    let mut product = operands.remove(0);
    while !operands.is_empty() {
        let next = operands.remove(0);
        let kept = |label: char| result.contains(&label) || operands.iter().any(|o| o.labels.contains(&label));
        product = contract(product, next, kept);
    }
    product.summed_to(|label| result.contains(&label)).arranged(result)
}

/// The products of two operands, summed over what is not kept: a product of matrices, for each place of the dimensions
/// that both have and that are kept.
#[track_caller]
fn contract<'g>(a: Labelled<'g>, b: Labelled<'g>, kept: impl Fn(char) -> bool) -> Labelled<'g> {
    let a = a.clone().summed_to(|l| kept(l) || b.labels.contains(&l));
    let b = b.summed_to(|l| kept(l) || a.labels.contains(&l));
    let of = |x: &Labelled<'g>, in_other: bool, other: &Labelled<'g>, keep: bool| -> Vec<char> {
        let wanted = |l: &char| other.labels.contains(l) == in_other && (!in_other || kept(*l) == keep);
        x.labels.iter().copied().filter(wanted).collect()
    };
    let (stack, inner) = (of(&a, true, &b, true), of(&a, true, &b, false));
    let (rows, columns) = (of(&a, false, &b, true), of(&b, false, &a, true));
    let left = a.grouped(&stack, &[&rows, &inner]);
    let right = b.grouped(&stack, &[&inner, &columns]);
    let product = left.matmul(right);
    let labels = [stack, rows.clone(), columns.clone()].concat();
    if rows.len() == 1 && columns.len() == 1 {
        return Labelled { tensor: product, labels };
    }
    let parts: Vec<(Labelled<'g>, usize)> = labels.iter().filter_map(|&l| a.place(l).or_else(|| b.place(l))).collect();
    Labelled { tensor: reshaped(product, &parts.iter().map(|p| vec![p.clone()]).collect::<Vec<_>>()), labels }
}

impl<'g> Labelled<'g> {
    /// This operand and which of its dimensions has the label.
    fn place(&self, label: char) -> Option<(Labelled<'g>, usize)> {
        self.labels.iter().position(|&l| l == label).map(|i| (self.clone(), i))
    }

    /// Summed over the dimensions that are not to stay.
    #[track_caller]
    fn summed_to(self, stays: impl Fn(char) -> bool) -> Labelled<'g> {
        let gone: Vec<i32> = (0..self.labels.len()).filter(|&i| !stays(self.labels[i])).map(|i| i as i32).collect();
        if gone.is_empty() {
            return self;
        }
        let labels = self.labels.iter().copied().filter(|&l| stays(l)).collect();
        Labelled { tensor: self.tensor.reduce_sum(gone.as_slice()), labels }
    }

    /// With the dimensions in this order.
    #[track_caller]
    fn arranged(&self, labels: &[char]) -> Tensor<'g> {
        let order: Vec<i32> = labels.iter().filter_map(|&l| self.place(l)).map(|(_, i)| i as i32).collect();
        match order.is_sorted() {
            true => self.tensor,
            false => self.tensor.transpose(order.as_slice()),
        }
    }

    /// With the dimensions of `stack` first, and each of the groups as one dimension after them.
    #[track_caller]
    fn grouped(&self, stack: &[char], groups: &[&[char]; 2]) -> Tensor<'g> {
        let arranged = self.arranged(&[stack, groups[0], groups[1]].concat());
        if groups.iter().all(|group| group.len() == 1) {
            return arranged;
        }
        let places = |labels: &[char]| labels.iter().filter_map(|&l| self.place(l)).collect::<Vec<_>>();
        let mut dims: Vec<_> = stack.iter().map(|&l| places(&[l])).collect();
        dims.extend(groups.iter().map(|group| places(group)));
        reshaped(arranged, &dims)
    }
}

/// The tensor with dimensions each of which is the product of these dimensions of operands.
#[track_caller]
fn reshaped<'g>(tensor: Tensor<'g>, dims: &[Vec<(Labelled<'g>, usize)>]) -> Tensor<'g> {
    let size = |dim: &Vec<(Labelled<'g>, usize)>| {
        dim.iter().try_fold(1usize, |product, (of, i)| product.checked_mul(of.tensor.shape().dim(*i)?))
    };
    let known: Vec<i64> = dims.iter().map(|dim| size(dim).map_or(-1, |n| n as i64)).collect();
    if known.iter().filter(|&&n| n == -1).count() <= 1 && !known.contains(&0) {
        return tensor.reshape(crate::Input::Array(Array::from(known)));
    }
    let graph = tensor.graph();
    let product = |dim: &Vec<(Labelled<'g>, usize)>| {
        let sizes = dim.iter().map(|(of, i)| of.tensor.shape_tensor().index(&[crate::ops::Index::At(*i as i64)]));
        sizes.reduce(|a, b| a * b).unwrap_or_else(|| graph.constant(1i32)).reshape([1])
    };
    let reshaped = tensor.reshape(graph.concat(&dims.iter().map(product).collect::<Vec<_>>(), 0));
    reshaped.set_shape(dims.iter().map(size).collect::<PartialShape>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{derivative, value};

    fn numbers<const N: usize>(g: &Graph, shape: [i32; N]) -> Tensor<'_> {
        let count = f64::from(shape.iter().product::<i32>());
        g.range(1.0f64, count + 1.0, 1.0f64).reshape(shape)
    }

    #[test]
    fn sums() {
        let g = Graph::new();
        let (a, b) = (numbers(&g, [2, 3]), numbers(&g, [3, 2]));
        let of = |equation: &str, operands: &[Tensor<'_>]| value(g.einsum(equation, operands)).to_f64s().unwrap();
        assert_eq!(of("ij,jk->ik", &[a, b]), [22.0, 28.0, 49.0, 64.0]);
        assert_eq!(of("ij,jk", &[a, b]), [22.0, 28.0, 49.0, 64.0]);
        assert_eq!(of("ij, jk -> ki", &[a, b]), [22.0, 49.0, 28.0, 64.0]);
        assert_eq!(of("ij->ji", &[a]), [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
        assert_eq!(of("ij->", &[a]), [21.0]);
        assert_eq!(of("ij,ij->i", &[a, a]), [14.0, 77.0]);
        assert_eq!(of("i,j->ij", &[g.constant([1.0f64, 2.0]), g.constant([3.0f64, 4.0])]), [3.0, 4.0, 6.0, 8.0]);
        assert_eq!(of("ij,jk,k->i", &[a, b, g.constant([1.0f64, 10.0])]), [302.0, 689.0]);
        let (x, y) = (numbers(&g, [2, 2, 3]), numbers(&g, [2, 3, 1]));
        assert_eq!(of("bij,bjk->bik", &[x, y]), [14.0, 32.0, 122.0, 167.0]);
        // A dimension of one operand alone is summed before.
        assert_eq!(of("bij,b->b", &[x, g.constant([1.0f64, 2.0])]), [21.0, 114.0]);
        assert_eq!(g.einsum("bij,bjk->bik", &[x, y]).shape().to_string(), "[2,2,1]");
    }

    #[test]
    fn dots() {
        let g = Graph::new();
        let (a, b) = (numbers(&g, [2, 3]), numbers(&g, [3, 2, 2]));
        let of = |x: Tensor<'_>| (value(x).shape().to_vec(), value(x).to_f64s().unwrap());
        assert_eq!(
            of(a.tensordot(b, &[1], &[0])),
            (vec![2, 2, 2], vec![38.0, 44.0, 50.0, 56.0, 83.0, 98.0, 113.0, 128.0])
        );
        assert_eq!(of(a.tensordot(b, &[0, 1], &[1, 0])), (vec![2], vec![151.0, 172.0]));
        assert_eq!(of(a.tensordot(g.constant([1.0f64, 2.0]), &[], &[])).0, [2, 3, 2]);
    }

    #[test]
    fn unknown_sizes_are_those_of_the_run() {
        let g = Graph::new();
        let x = g.placeholder_with_default(numbers(&g, [2, 3, 2]), PartialShape::with_rank(3));
        let y = g.einsum("abc,cd->abd", &[x, numbers(&g, [2, 2])]);
        assert_eq!(y.shape().to_string(), "[?,?,2]");
        let z = g.placeholder_with_default(numbers(&g, [2, 3]), PartialShape::with_rank(2));
        assert_eq!(z.tensordot(z, &[0, 1], &[0, 1]).shape().rank(), Some(0));
    }

    #[test]
    fn derivatives() {
        let of = derivative([[1.0, 2.0], [3.0, 4.0]], |x| {
            x.graph().einsum("ij,j->i", &[x, x.graph().constant([5.0f64, 7.0])])
        });
        assert_eq!(of, [5.0, 7.0, 5.0, 7.0]);
    }

    #[test]
    fn mistakes_are_named() {
        let message = |equation: &str| {
            let g = Graph::new();
            let x = numbers(&g, [2, 3]);
            let _ = g.einsum(equation, &[x, x]);
            g.check().unwrap_err().message.clone()
        };
        assert_eq!(message("ij,jk->ik"), "'ij,jk->ik': 'j': Dimensions must be equal, but are 3 and 2");
        assert_eq!(message("ij->i"), "'ij->i': it has 1 operands, and 2 were given");
        assert_eq!(message("ii,ij->i"), "'ii,ij->i': 'i' is there twice in one operand");
        assert_eq!(message("ijk,ij->i"), "'ijk,ij->i': 3 letters cannot name the dimensions of shape [2,3]");
        assert_eq!(message("ij,ij->k"), "'ij,ij->k': 'k' cannot be a dimension of the result");
        assert_eq!(message("i.,ij->i"), "'i.,ij->i': '.' names no dimension");
    }
}
