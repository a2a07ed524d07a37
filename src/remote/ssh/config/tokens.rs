//! The `~` and `%` of ssh_config(5), "TOKENS": `ssh -G` leaves them as they were written.

use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;

use crate::remote::Environment;

/// The values that tokens stand for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tokens<'a> {
    pub(super) environment: &'a Environment,
    /// `%h`, the host name after resolving.
    pub(super) host: &'a str,
    /// `%n`, the host as it was asked for.
    pub(super) asked: &'a str,
    /// `%r`, the login name there.
    pub(super) user: &'a str,
    /// `%p`.
    pub(super) port: u16,
    /// `%k`, the host key alias or else the name asked for.
    pub(super) alias: &'a str,
}

impl Tokens<'_> {
    /// The path that `text` means.
    ///
    /// # Errors
    /// The token that is not known, or `~user`, which needs the system's user list.
    pub(super) fn path(&self, text: &str) -> Result<PathBuf, String> {
        let expanded = self.percent(text)?;
        match expanded.strip_prefix('~') {
            None => Ok(PathBuf::from(expanded)),
            Some("") => Ok(self.environment.home.clone()),
            Some(rest) => match rest.strip_prefix('/') {
                Some(rest) => Ok(self.environment.home.join(rest)),
                None => Err(format!("`{text}`: the home of another user is not looked up")),
            },
        }
    }

    fn percent(&self, text: &str) -> Result<String, String> {
        let mut out = String::with_capacity(text.len());
        let mut rest = text.chars();
        while let Some(c) = rest.next() {
            if c != '%' {
                out.push(c);
                continue;
            }
            match rest.next() {
                Some('%') => out.push('%'),
                Some('d') => out.push_str(&self.environment.home.to_string_lossy()),
                Some('h') => out.push_str(self.host),
                Some('n') => out.push_str(self.asked),
                Some('k') => out.push_str(self.alias),
                Some('r') => out.push_str(self.user),
                Some('p') => out.push_str(&self.port.to_string()),
                Some('u') => out.push_str(&self.environment.user),
                Some('i') => out.push_str(&self.uid()?),
                Some(other) => return Err(format!("`{text}`: the token %{other} is not known")),
                None => return Err(format!("`{text}` ends in a lone %")),
            }
        }
        Ok(out)
    }

    /// The operator's user number: whoever owns the home directory.
    fn uid(&self) -> Result<String, String> {
        std::fs::metadata(&self.environment.home)
            .map(|home| home.uid().to_string())
            .map_err(|error| format!("%i: {}: {error}", self.environment.home.display()))
    }
}
