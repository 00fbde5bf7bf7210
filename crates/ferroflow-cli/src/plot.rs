use anyhow::{Context, Result, anyhow};
use ferroflow::array::WholeFile;
use plotters::prelude::*;
use std::path::Path;

/// What is drawn of one step.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Point {
    pub(crate) step: u64,
    pub(crate) loss: f64,
    pub(crate) accuracy: f64,
}

/// Draws loss and accuracy over the steps, as SVG.
pub(crate) fn draw(path: &Path, points: &[Point]) -> Result<()> {
    let fail = |e: &dyn std::fmt::Display| anyhow!("{}: {e}", path.display());
    let mut text = String::new();
    {
        let area = SVGBackend::with_string(&mut text, (960, 400)).into_drawing_area();
        area.fill(&WHITE).map_err(|e| fail(&e))?;
        let (left, right) = area.split_horizontally(480);
        let last = points.last().map_or(1, |p| p.step.max(1));
        let highest = points.iter().map(|p| p.loss).filter(|l| l.is_finite()).fold(0.1, f64::max);
        let curves = [(left, "loss", highest, BLUE, 0), (right, "accuracy", 1.0, RED, 1)];
        for (area, name, top, color, which) in curves {
            let mut chart = ChartBuilder::on(&area)
                .caption(name, ("sans-serif", 20))
                .margin(12)
                .x_label_area_size(32)
                .y_label_area_size(48)
                .build_cartesian_2d(0..last, 0.0..top)
                .map_err(|e| fail(&e))?;
            chart.configure_mesh().x_desc("step").light_line_style(TRANSPARENT).draw().map_err(|e| fail(&e))?;
            let value = |p: &Point| if which == 0 { p.loss } else { p.accuracy };
            let line = points.iter().filter(|p| value(p).is_finite()).map(|p| (p.step, value(p)));
            chart.draw_series(LineSeries::new(line, &color)).map_err(|e| fail(&e))?;
        }
        area.present().map_err(|e| fail(&e))?;
    }
    WholeFile::write(path, text.as_bytes()).with_context(|| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curves_are_drawn_whatever_the_values() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("curve.svg");
        let point = |step, loss| Point { step, loss, accuracy: 0.5 };
        for points in
            [vec![], vec![point(0, 2.3)], vec![point(0, f64::NAN), point(100, 1.0), point(200, f64::INFINITY)]]
        {
            draw(&path, &points).unwrap();
            assert!(std::fs::read_to_string(&path).unwrap().contains("accuracy"));
        }
        assert!(draw(Path::new("/nonexistent/x.svg"), &[]).unwrap_err().to_string().starts_with("/nonexistent/x.svg"));
    }
}
