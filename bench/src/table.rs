use crate::contestant::{Absence, Contestant};
use crate::machine;
use crate::peers::Peer;
use crate::statistics::{Summary, digits};
use std::fmt;

/// The times of every workload, as Markdown.
pub(crate) struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
    versions: Vec<String>,
    notes: Vec<String>,
}

impl Table {
    pub(crate) fn new(peers: &[Peer]) -> Table {
        let header = ["workload", "threads", "Ferroflow"].into_iter().chain(peers.iter().map(|p| p.title()));
        let header = header.chain(["ratio", "floor"]).map(str::to_owned).collect();
        Table { header, rows: Vec::new(), versions: Vec::new(), notes: Vec::new() }
    }

    /// Notes what takes part, or why it does not.
    pub(crate) fn introduce(&mut self, contestant: &Contestant) {
        let title = contestant.title;
        let (list, line) = match &contestant.absence {
            None => (&mut self.versions, format!("{title}: {}", contestant.version)),
            Some(absence) => (&mut self.notes, format!("{title} {}", tell(absence))),
        };
        if !list.contains(&line) {
            list.push(line);
        }
    }

    /// Adds what the contestants, Ferroflow first, have measured.
    pub(crate) fn add(&mut self, workload: &str, threads: usize, contestants: &[Contestant]) {
        let summaries: Vec<Option<Summary>> = contestants.iter().map(Contestant::summary).collect();
        let medians = summaries.iter().map(|s| s.as_ref().map_or(f64::INFINITY, |s| s.median));
        let medians: Vec<f64> = medians.collect();
        let fastest = medians.iter().skip(1).copied().fold(f64::INFINITY, f64::min);
        let mut row = vec![workload.to_owned(), threads.to_string()];
        for (i, (contestant, summary)) in contestants.iter().zip(&summaries).enumerate() {
            row.push(match (summary, &contestant.absence) {
                (Some(s), _) if i > 0 && s.median == fastest => format!("**{s}**"),
                (Some(s), _) => s.to_string(),
                (None, Some(Absence::Failed(_))) => "failed".to_owned(),
                (None, _) => "–".to_owned(),
            });
            if let Some(absence @ (Absence::Failed(_) | Absence::LeftOut(_))) = &contestant.absence {
                let line = match absence {
                    Absence::Failed(_) => format!("{} {} on {workload}", contestant.title, tell(absence)),
                    _ => format!("{} {}", contestant.title, tell(absence)),
                };
                if !self.notes.contains(&line) {
                    self.notes.push(line);
                }
            }
        }
        let ratio = medians[0] / fastest;
        row.push(if ratio.is_finite() && fastest.is_finite() { digits(ratio) } else { "–".to_owned() });
        let floor = contestants.iter().find_map(|c| c.floor).filter(|_| medians[0].is_finite());
        row.push(floor.map_or_else(|| "–".to_owned(), |f| format!("{:.0} %", 100.0 * f / medians[0])));
        eprintln!("  {}", row[2..].join(" | "));
        self.rows.push(row);
    }
}

fn tell(absence: &Absence) -> String {
    match absence {
        Absence::LeftOut(why) => format!("is left out: {why}"),
        Absence::Unsupported => "has nothing new to show".to_owned(),
        Absence::Failed(why) => format!("failed: {why}"),
    }
}

/// A Markdown table whose columns are aligned for readers of the text too.
pub(crate) fn markdown(f: &mut fmt::Formatter<'_>, header: &[String], rows: &[Vec<String>]) -> fmt::Result {
    let lines = || std::iter::once(header).chain(rows.iter().map(Vec::as_slice));
    let width = |column: usize| lines().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..header.len()).map(width).collect();
    for (i, row) in lines().enumerate() {
        for (cell, &width) in row.iter().zip(&widths) {
            write!(f, "| {cell:<width$} ")?;
        }
        writeln!(f, "|")?;
        if i == 0 {
            widths.iter().try_for_each(|&width| write!(f, "|{}", "-".repeat(width + 2)))?;
            writeln!(f, "|")?;
        }
    }
    Ok(())
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n", machine::describe())?;
        writeln!(f, "{}\n", self.versions.join("; "))?;
        markdown(f, &self.header, &self.rows)?;
        if !self.notes.is_empty() {
            writeln!(f)?;
        }
        self.notes.iter().try_for_each(|note| writeln!(f, "- {note}"))
    }
}
