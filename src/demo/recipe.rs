//! The demo's deploy.toml, with the places of this fleet filled in.

use std::{
    env::split_paths,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

use super::{DemoError, Host, sandbox::place};
use crate::remote::Environment;

/// The text; `"@...@"` is filled in.
const TEXT: &str = include_str!("assets/deploy.toml");

/// Goes into it where the machine has a program that can ask by HTTP.
const HEALTH: &str = include_str!("assets/health.toml");

/// Either of them can ask for a page.
const ASKERS: [&str; 2] = ["curl", "wget"];

pub(super) fn file(dir: &Path) -> PathBuf {
    dir.join("deploy.toml")
}

pub(super) fn write(
    dir: &Path,
    hosts: &[Host],
    environment: &Environment,
) -> Result<(), DemoError> {
    let can_ask = ASKERS.iter().any(|program| installed(environment, program));
    let mut text = TEXT.replace("@HEALTH@\n", if can_ask { HEALTH } else { "" });
    // The sandbox's path is plain, so it needs no escaping.
    text = text.replace("@REPOSITORY@", &dir.join("shop").display().to_string());
    for host in hosts {
        let name = &host.name;
        let port = host.site.address().port();
        text = text
            .replace(&format!("@ADDRESS {name}@"), &host.ssh().to_string())
            .replace(&format!("@ROOT {name}@"), &host.root.display().to_string())
            .replace(&format!("@PORT {name}@"), &port.to_string());
    }
    let file = file(dir);
    fs::write(&file, text).map_err(place(&file))
}

fn installed(environment: &Environment, program: &str) -> bool {
    let path = environment.vars.get(&OsString::from("PATH"));
    path.is_some_and(|path| split_paths(path).any(|dir| dir.join(program).is_file()))
}
