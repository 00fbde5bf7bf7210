use crate::{ArrayError, Result};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Puts a file at `path` whole or not at all: written beside it, synced, renamed over it.
pub(super) fn replace(path: &Path, write: impl FnOnce(&mut BufWriter<&File>, &str) -> Result<()>) -> Result<()> {
    let what = path.display().to_string();
    let error = |source: io::Error| ArrayError::Io { what: what.clone(), source };
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".ferroflow-").suffix(".part");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Without this the file would stay private to its owner; the umask still applies.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let file = builder.tempfile_in(folder).map_err(error)?;
    let mut writer = BufWriter::new(file.as_file());
    write(&mut writer, &what)?;
    writer.flush().map_err(error)?;
    drop(writer);
    file.as_file().sync_all().map_err(error)?;
    file.persist(path).map_err(|e| error(e.error))?;
    Ok(())
}
