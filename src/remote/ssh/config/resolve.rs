//! Asking the installed ssh client.

use std::io;
use std::path::Path;
use std::process::Stdio;

use tokio::process::Command;
use tokio::time::timeout;

use super::parse::{parse, plain};
use super::{Settings, Target};
use crate::remote::limits::cut;
use crate::remote::{Environment, Limits, Problem};

/// A shell that does not exist. `Match exec` runs its command with `$SHELL`, so that ssh stops
/// with an error exactly when a configuration would have run something.
const NO_SHELL: &str = "/nonexistent/deployui-does-not-run-Match-exec";

/// The settings for `target`: `ssh -G`'s, or without an ssh client deploy.toml's and defaults.
///
/// # Errors
/// [`Problem::Config`] when ssh refuses its configuration, or when that asks for something that
/// changes the destination or the trust and is not supported.
pub(in crate::remote::ssh) async fn resolve(
    target: &Target,
    environment: &Environment,
    limits: &Limits,
) -> Result<Settings, Problem> {
    let Some(ssh) = &environment.ssh else { return plain(target, environment) };
    match ask(ssh, target, environment, limits).await? {
        Some(text) => parse(&text, target, environment),
        None => plain(target, environment),
    }
}

async fn ask(
    ssh: &Path,
    target: &Target,
    environment: &Environment,
    limits: &Limits,
) -> Result<Option<String>, Problem> {
    let mut command = Command::new(ssh);
    command.arg("-T").arg("-G");
    if let Some(file) = &target.config_file {
        command.arg("-F").arg(file);
    }
    if let Some(user) = &target.user {
        command.arg("-l").arg(user);
    }
    if let Some(port) = target.port {
        command.arg("-p").arg(port.to_string());
    }
    command
        .arg("--")
        .arg(&target.host)
        .env_clear()
        .envs(&environment.vars)
        .env("SHELL", NO_SHELL)
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let answer = match timeout(limits.config, command.output()).await {
        Err(_) => return Err(Problem::Config("`ssh -G` did not answer in time".to_owned())),
        Ok(Err(error)) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Ok(Err(error)) => return Err(Problem::Config(format!("cannot run `ssh -G`: {error}"))),
        Ok(Ok(answer)) => answer,
    };
    let said = String::from_utf8_lossy(&answer.stderr);
    if said.contains(NO_SHELL) {
        return Err(Problem::Config(
            "ssh_config asks for `Match exec` about this host, and no command is run to decide \
             where to connect"
                .to_owned(),
        ));
    }
    if !answer.status.success() {
        return Err(Problem::Config(format!("`ssh -G` refuses: {}", cut(said.trim()))));
    }
    Ok(Some(String::from_utf8_lossy(&answer.stdout).into_owned()))
}
