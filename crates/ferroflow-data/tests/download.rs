//! Downloads, from servers on this machine.
#![cfg(feature = "download")]

use ferroflow_data::{DataSetOptions, Error, MnistFile, Pixels, Progress, Provenance, download_mnist, read_data_sets};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use tempfile::TempDir;

fn file(name: &str) -> Option<Vec<u8>> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("mnist").join(name)).ok()
}

/// A response with `content`, whose header promises `length` bytes.
fn ok(content: &[u8], length: usize) -> Vec<u8> {
    let mut response = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n").into_bytes();
    response.extend_from_slice(content);
    response
}

fn not_found() -> Vec<u8> {
    b"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\nConnection: close\r\n\r\nnone".to_vec()
}

/// Serves `respond(name)` for each `GET /mnist/name` until the test ends; returns its address.
fn serve(respond: impl Fn(&str) -> Vec<u8> + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/mnist/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream: TcpStream = stream.unwrap();
            let mut request = Vec::new();
            let mut chunk = [0; 1024];
            while !request.windows(4).any(|w| w == b"\r\n\r\n") {
                match stream.read(&mut chunk) {
                    // What begins otherwise, TLS say, never ends as HTTP does.
                    Ok(n) if n > 0 && (!request.is_empty() || chunk[0] == b'G') => {
                        request.extend_from_slice(&chunk[..n]);
                    }
                    _ => break,
                }
            }
            let request = String::from_utf8_lossy(&request).into_owned();
            let name = request.strip_prefix("GET /mnist/").and_then(|r| r.split(' ').next()).unwrap_or("");
            // A client that has seen enough hangs up.
            let _ = stream.write_all(&respond(name));
        }
    });
    address
}

fn good() -> String {
    serve(|name| file(name).map_or_else(not_found, |bytes| ok(&bytes, bytes.len())))
}

fn names_in(dir: &TempDir) -> Vec<String> {
    let mut names: Vec<String> =
        std::fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Why a server that answers `respond` delivered nothing.
fn refusal(respond: impl Fn(&str) -> Vec<u8> + Send + 'static) -> String {
    let dir = tempfile::tempdir().unwrap();
    let error = download_mnist(dir.path(), &[&serve(respond)], |_| {}).unwrap_err();
    assert!(names_in(&dir).is_empty());
    match error {
        Error::Download { file: MnistFile::TrainImages, attempts } if attempts.len() == 1 => {
            let (url, why) = attempts[0].split_once(".gz: ").unwrap();
            assert!(url.ends_with("/mnist/train-images-idx3-ubyte"), "{url}");
            why.to_owned()
        }
        e => panic!("{e}"),
    }
}

#[test]
fn a_good_mirror_fills_the_directory() {
    let dir = tempfile::tempdir().unwrap();
    let target = dir.path().join("a/b");
    let mut seen = Vec::new();
    download_mnist(&target, &[&good()], |p| seen.push(p)).unwrap();
    for f in MnistFile::ALL {
        assert_eq!(std::fs::read(target.join(f.name())).unwrap(), file(f.name()).unwrap());
        assert!(seen.contains(&Progress { file: f, received: 0, total: f.size() }));
        assert!(seen.contains(&Progress { file: f, received: f.size(), total: f.size() }));
    }
    let options = DataSetOptions { pixels: Pixels::Bytes, download: true, ..Default::default() };
    assert_eq!(read_data_sets(&target, &options).unwrap().provenance(), &Provenance::Mnist);
}

#[test]
fn files_that_are_there_are_not_fetched() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("train-images-idx3-ubyte"), "mine").unwrap();
    let mut fetched = Vec::new();
    download_mnist(dir.path(), &[&good()], |p| fetched.push(p.file)).unwrap();
    assert!(!fetched.contains(&MnistFile::TrainImages));
    assert_eq!(
        names_in(&dir),
        [
            "t10k-images-idx3-ubyte.gz",
            "t10k-labels-idx1-ubyte.gz",
            "train-images-idx3-ubyte",
            "train-labels-idx1-ubyte.gz"
        ]
    );
    // Nothing is missing now, so no mirror is needed.
    download_mnist(dir.path(), &[], |_| {}).unwrap();
}

#[test]
fn each_failure_is_told_and_leaves_no_file() {
    assert!(refusal(|_| not_found()).contains("404"));
    assert!(refusal(|name| ok(&file(name).unwrap()[..5000], 9_912_422)).contains("5000 of 9912422 bytes"));
    assert_eq!(refusal(|_| ok(&[1; 5000], 5000)), "truncated after 5000 of 9912422 bytes");
    assert_eq!(refusal(|_| ok(&vec![1; 10_000_000], 10_000_000)), "longer than 9912422 bytes");
    let damaged = |name: &str| {
        let mut bytes = file(name).unwrap();
        bytes[4_000_000] ^= 1;
        ok(&bytes, bytes.len())
    };
    assert!(refusal(damaged).starts_with("SHA-256 is "));
    assert!(!refusal(|_| b"rubbish\r\n\r\n".to_vec()).is_empty());
    assert!(!refusal(|_| Vec::new()).is_empty());
}

#[test]
fn a_mirror_that_does_not_speak_tls_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let secure = good().replace("http:", "https:");
    assert!(matches!(download_mnist(dir.path(), &[&secure], |_| {}), Err(Error::Download { .. })));
    assert!(names_in(&dir).is_empty());
}

#[test]
fn the_next_mirror_is_tried() {
    let dir = tempfile::tempdir().unwrap();
    // Nothing listens on the port of a listener that is gone.
    let closed = format!("http://{}/", TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap());
    let wrong = serve(|name| {
        let length = file(name).unwrap().len();
        ok(&vec![7; length], length)
    });
    download_mnist(dir.path(), &[&closed, &serve(|_| not_found()), &wrong, &good()], |_| {}).unwrap();
    assert_eq!(names_in(&dir).len(), 4);
    let empty = tempfile::tempdir().unwrap();
    match download_mnist(empty.path(), &[&closed, &wrong], |_| {}).unwrap_err() {
        Error::Download { attempts, .. } => assert_eq!(attempts.len(), 2),
        e => panic!("{e}"),
    }
    assert!(names_in(&empty).is_empty());
}

#[test]
fn files_that_came_before_a_failure_stay() {
    let dir = tempfile::tempdir().unwrap();
    let only_train = serve(|name| match file(name) {
        Some(bytes) if name.starts_with("train") => ok(&bytes, bytes.len()),
        _ => not_found(),
    });
    assert!(download_mnist(dir.path(), &[&only_train], |_| {}).is_err());
    assert_eq!(names_in(&dir), ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"]);
    download_mnist(dir.path(), &[&good()], |_| {}).unwrap();
    assert_eq!(names_in(&dir).len(), 4);
}
