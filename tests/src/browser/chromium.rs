//! Where Chromium is, and how it comes there when it is not.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What the programs are called that will do.
const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];
/// What a person is told when all else has failed.
const ADVICE: &str = "The tests of the pages need Chromium: install it (Debian: `apt-get install chromium`), or name a \
     Chromium or Chrome of yours in the environment variable CHROMIUM.";

/// The program: the one that `CHROMIUM` names, or the one that is installed, or one that is installed for it.
///
/// # Panics
/// When there is none, with a sentence that says what to do.
pub(super) fn find_or_install() -> PathBuf {
    if let Some(named) = std::env::var_os("CHROMIUM") {
        let named = PathBuf::from(named);
        assert!(named.exists(), "CHROMIUM names {}, which is not there. {ADVICE}", named.display());
        return named;
    }
    find().unwrap_or_else(|| {
        // Tests run at the same time, in several processes: one of them installs.
        let lock = File::create(std::env::temp_dir().join("hobnob-chromium.lock")).expect("a lock can be made");
        lock.lock().expect("a file can be locked");
        find().unwrap_or_else(install)
    })
}

/// Looks along the path.
fn find() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).flat_map(|folder| NAMES.map(|name| folder.join(name))).find(|at| at.is_file())
}

/// Installs it with Debian's tool, as root or with a sudo that asks nothing.
fn install() -> PathBuf {
    let root = Command::new("id").arg("-u").output().is_ok_and(|out| out.stdout.trim_ascii() == b"0");
    eprintln!("Chromium is missing: installing it.");
    let apt = |arguments: &[&str]| {
        let mut command = if root { Command::new("apt-get") } else { Command::new("sudo") };
        if !root {
            command.args(["-n", "apt-get"]);
        }
        command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null()).stdout(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    let wanted = ["install", "-y", "--no-install-recommends", "chromium"];
    let installed = Path::new("/etc/debian_version").exists() && (apt(&wanted) || (apt(&["update"]) && apt(&wanted)));
    assert!(installed, "{ADVICE}");
    find().expect("what was installed is on the path")
}
