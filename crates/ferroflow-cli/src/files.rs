//! The files that a training run writes, besides checkpoints.

use crate::args::TrainArgs;
use anyhow::{Context, Result, bail};
use ferroflow::array::WholeFile;
use std::collections::HashMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Refuses before training what could not be written after it, and one file for two purposes.
pub(crate) fn check_targets(args: &TrainArgs) -> Result<()> {
    let mut uses = HashMap::new();
    if let Some(path) = &args.resume {
        uses.insert(identity(path), "--resume");
    }
    for (flag, path) in [("--log", &args.log), ("--plot", &args.plot), ("--out", &args.out)] {
        let Some(path) = path else { continue };
        check(flag, path).with_context(|| format!("{flag} {}", path.display()))?;
        match uses.insert(identity(path), flag) {
            None => {}
            // The usual way to go on: the file is replaced only by a later checkpoint of the same run.
            Some("--resume") if flag == "--out" => {}
            Some(other) => bail!("{flag} {}: that is the file of {other}", path.display()),
        }
    }
    Ok(())
}

fn check(flag: &str, path: &Path) -> Result<()> {
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => bail!("is a folder"),
        Ok(found) if !found.is_file() && flag != "--log" => bail!("is not a regular file"),
        Err(e) if e.kind() != ErrorKind::NotFound => return Err(e.into()),
        _ => {}
    }
    if path.file_name().is_none() {
        bail!("is not the name of a file");
    }
    let folder = folder(path);
    if !fs::metadata(folder)?.is_dir() {
        bail!("{} is not a folder", folder.display());
    }
    if flag != "--log" {
        // What replaces a file is first written beside it.
        drop(WholeFile::create(path)?);
    }
    Ok(())
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Equal for two ways to write one path, whether or not there is such a file yet.
fn identity(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| {
        let folder = fs::canonicalize(folder(path)).unwrap_or_else(|_| folder(path).to_owned());
        path.file_name().map_or(folder.clone(), |name| folder.join(name))
    })
}
