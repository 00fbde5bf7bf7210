use super::MnistFile;
use super::identity::sha256;
use crate::{Error, Result};
use ferroflow_array::WholeFile;
use std::io::Read;
use std::path::Path;
use std::time::Duration;
use ureq::Agent;

/// Where MNIST is kept: addresses to which a file's name is appended.
pub const MIRRORS: [&str; 2] =
    ["https://storage.googleapis.com/cvdf-datasets/mnist/", "https://ossci-datasets.s3.amazonaws.com/mnist/"];

/// How far the download of one file has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The file.
    pub file: MnistFile,
    /// Bytes received; falls back to 0 when the next mirror is tried.
    pub received: u64,
    /// Bytes of the whole file.
    pub total: u64,
}

/// Downloads those of MNIST's four files that `dir` lacks, from the first of `mirrors` that delivers each.
///
/// `dir` is created if need be. A file's length and SHA-256 are checked before it appears, whole, under its name.
///
/// # Errors
/// [`Error::Download`] if no mirror delivers a file: it tells why for each. [`Error::Io`] if one cannot be written.
pub fn download_mnist(dir: impl AsRef<Path>, mirrors: &[&str], mut progress: impl FnMut(Progress)) -> Result<()> {
    let dir = dir.as_ref();
    std::fs::create_dir_all(dir).map_err(|e| Error::io(dir.display().to_string(), e))?;
    let config = Agent::config_builder()
        .timeout_resolve(Some(Duration::from_secs(10)))
        .timeout_connect(Some(Duration::from_secs(10)))
        .timeout_recv_response(Some(Duration::from_secs(30)))
        .timeout_recv_body(Some(Duration::from_secs(600)));
    let agent = Agent::new_with_config(config.build());
    for file in MnistFile::ALL {
        if file.find_in(dir).is_none() {
            let bytes = fetch_from_any(&agent, mirrors, file, &mut progress)?;
            let path = dir.join(file.name());
            WholeFile::write(&path, &bytes).map_err(|e| Error::io(path.display().to_string(), e))?;
        }
    }
    Ok(())
}

fn fetch_from_any(
    agent: &Agent,
    mirrors: &[&str],
    file: MnistFile,
    progress: &mut impl FnMut(Progress),
) -> Result<Vec<u8>> {
    let mut attempts = Vec::new();
    for mirror in mirrors {
        let url = format!("{}/{}", mirror.trim_end_matches('/'), file.name());
        match fetch(agent, &url, file, progress) {
            Ok(bytes) => return Ok(bytes),
            Err(why) => attempts.push(format!("{url}: {why}")),
        }
    }
    Err(Error::Download { file, attempts })
}

/// The file at `url`, or why it is not `file`.
fn fetch(
    agent: &Agent,
    url: &str,
    file: MnistFile,
    progress: &mut impl FnMut(Progress),
) -> std::result::Result<Vec<u8>, String> {
    let total = file.size();
    let mut response = agent.get(url).call().map_err(|e| e.to_string())?;
    // One byte more than expected shows a body that is too long, without reading it all.
    let mut body = response.body_mut().as_reader().take(total + 1);
    let mut bytes = Vec::with_capacity(total as usize);
    let mut chunk = vec![0; 1 << 16];
    loop {
        progress(Progress { file, received: bytes.len() as u64, total });
        match body.read(&mut chunk) {
            Ok(0) => break,
            Ok(n) => bytes.extend_from_slice(&chunk[..n]),
            Err(e) => return Err(format!("after {} of {total} bytes: {e}", bytes.len())),
        }
    }
    match bytes.len() as u64 {
        n if n < total => return Err(format!("truncated after {n} of {total} bytes")),
        n if n > total => return Err(format!("longer than {total} bytes")),
        _ => {}
    }
    let found = sha256(&bytes);
    if found != file.sha256() {
        return Err(format!("SHA-256 is {found}, not {}", file.sha256()));
    }
    Ok(bytes)
}
