use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

const PREFIX: &str = ".ferroflow-";
const SUFFIX: &str = ".part";

/// A file that comes to be at its path whole or not at all: written beside it, synced, renamed over it. A writer that is
/// killed leaves a part, `.ferroflow-*.part`, which the next one in the same folder removes, so that they never pile up.
#[derive(Debug)]
pub struct WholeFile {
    part: NamedTempFile,
    path: PathBuf,
}

impl WholeFile {
    /// Begins to write the file.
    ///
    /// # Errors
    /// If the folder is not there or not to be written to, or the path names something else than a regular file.
    pub fn create(path: impl AsRef<Path>) -> io::Result<WholeFile> {
        let path = path.as_ref();
        // A link's target is replaced, not the link.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        match fs::metadata(&path) {
            Ok(found) if found.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            // Renaming over a device would put a file in its place.
            Ok(found) if !found.is_file() => return Err(io::Error::other("not a regular file")),
            _ => {}
        }
        let folder = folder(&path);
        fs::metadata(folder)?;
        remove_leftovers(folder);
        Ok(WholeFile { part: part(folder)?, path })
    }

    /// Writes a file of these bytes.
    ///
    /// # Errors
    /// As [`WholeFile::create`], or if writing fails; the path is then as it was.
    pub fn write(path: impl AsRef<Path>, bytes: &[u8]) -> io::Result<()> {
        let whole = WholeFile::create(path)?;
        whole.file().write_all(bytes)?;
        whole.finish()
    }

    /// The part, to write to.
    pub fn file(&self) -> &File {
        self.part.as_file()
    }

    /// Puts the file in its place. Without this nothing is.
    ///
    /// # Errors
    /// If it cannot be made durable; the path is then as it was.
    pub fn finish(self) -> io::Result<()> {
        WholeFile::finish_all([self])
    }

    /// Puts files in their places one right after the other, in this order, once all of them are durable.
    ///
    /// # Errors
    /// If one cannot be made durable, all paths are as they were; if one cannot be renamed, those before it are new.
    pub fn finish_all(files: impl IntoIterator<Item = WholeFile>) -> io::Result<()> {
        let files: Vec<WholeFile> = files.into_iter().collect();
        files.iter().try_for_each(|file| file.part.as_file().sync_all())?;
        let mut folders: Vec<PathBuf> = files.iter().map(|file| folder(&file.path).to_owned()).collect();
        folders.dedup();
        files.into_iter().try_for_each(|file| file.part.persist(&file.path).map(drop).map_err(|e| e.error))?;
        // The renames themselves are made durable by syncing the folders, where the system lets one.
        for folder in folders.iter().filter_map(|folder| File::open(folder).ok()) {
            let _ = folder.sync_all();
        }
        Ok(())
    }
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A new file, locked for as long as its writer lives.
fn part(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX).suffix(SUFFIX);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Without this the file would stay private to its owner; the umask still applies.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    loop {
        let file = builder.tempfile_in(folder)?;
        // Where there are no locks, leftovers cannot be told from files being written, and stay.
        let _ = file.as_file().lock();
        // Another writer may have taken it for a leftover before it was locked.
        if file.path().exists() {
            return Ok(file);
        }
    }
}

fn remove_leftovers(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        if name.to_str().is_some_and(|n| n.starts_with(PREFIX) && n.ends_with(SUFFIX))
            && let Ok(file) = File::open(entry.path())
            && file.try_lock().is_ok()
        {
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leftovers_go_and_files_being_written_stay() {
        let dir = tempfile::tempdir().unwrap();
        let leftover = dir.path().join(format!("{PREFIX}abc{SUFFIX}"));
        let other = dir.path().join(".other.part");
        fs::write(&leftover, b"half").unwrap();
        fs::write(&other, b"not ours").unwrap();
        let busy = part(dir.path()).unwrap();
        drop(WholeFile::create(dir.path().join("model")).unwrap());
        assert!(!dir.path().join("model").exists());
        WholeFile::write(dir.path().join("model"), b"whole").unwrap();
        assert!(!leftover.exists() && other.exists() && busy.path().exists());
        assert_eq!(fs::read(dir.path().join("model")).unwrap(), b"whole");
    }

    #[test]
    fn files_come_to_be_together() {
        let dir = tempfile::tempdir().unwrap();
        let paths = ["a", "b"].map(|name| dir.path().join(name));
        paths.iter().for_each(|path| fs::write(path, b"old").unwrap());
        let begin = || {
            paths.iter().map(|path| {
                let whole = WholeFile::create(path).unwrap();
                whole.file().write_all(b"new").unwrap();
                whole
            })
        };
        let files: Vec<WholeFile> = begin().collect();
        assert!(paths.iter().all(|path| fs::read(path).unwrap() == b"old"));
        drop(files);
        WholeFile::finish_all(begin()).unwrap();
        assert!(paths.iter().all(|path| fs::read(path).unwrap() == b"new"));
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
    }

    #[test]
    fn only_regular_files_are_replaced() {
        let dir = tempfile::tempdir().unwrap();
        assert!(WholeFile::write(dir.path(), b"whole").is_err());
        #[cfg(unix)]
        {
            assert!(WholeFile::write("/dev/null", b"whole").is_err());
            let (target, link) = (dir.path().join("target"), dir.path().join("link"));
            fs::write(&target, b"old").unwrap();
            std::os::unix::fs::symlink(&target, &link).unwrap();
            WholeFile::write(&link, b"new").unwrap();
            assert_eq!(fs::read(&target).unwrap(), b"new");
            assert!(link.is_symlink());
        }
    }
}
