use crate::{Error, Result};
use std::io::Write;
use std::path::Path;

/// Puts `bytes` at `path` whole or not at all: written beside it, synced, renamed over it.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let error = |e| Error::io(path.display().to_string(), e);
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".ferroflow-").suffix(".part");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Without this the file would stay private to its owner; the umask still applies.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder).map_err(error)?;
    file.write_all(bytes).map_err(error)?;
    file.as_file().sync_all().map_err(error)?;
    file.persist(path).map_err(|e| error(e.error))?;
    Ok(())
}
