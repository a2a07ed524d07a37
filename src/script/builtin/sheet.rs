//! Scripts in the making: values as quoted words first, then text of ours that uses them.

use serde::Serialize;

use super::{BadInput, Layout, layout::absolute};
use crate::{
    model::Text,
    script::quote::{HasNul, quote},
};

/// A script in the making.
#[derive(Default)]
pub(super) struct Sheet(String);

impl Sheet {
    /// Begins with what says errors and reads links.
    pub(super) fn new() -> Self {
        Self(include_str!("../sh/builtin/base.sh").to_owned())
    }

    /// A script about a layout; its paths and names are known to the text.
    pub(super) fn of(layout: &Layout) -> Result<Self, BadInput> {
        layout.validate()?;
        Self::new()
            .path("root", &layout.path("."))?
            .path("state", &layout.path(&layout.state_dir))?
            .path("releases", &layout.path(&layout.releases))?
            .path("current", &layout.path(&layout.current))?
            .path("shared", &layout.path(&layout.shared))?
            .optional("previous", layout.previous.as_deref().map(|path| layout.path(path)))?
            .word("code", if layout.code.is_empty() { "." } else { &layout.code })
    }

    /// Sets a variable to a value.
    pub(super) fn word(mut self, name: &str, value: &str) -> Result<Self, BadInput> {
        let value = quote(value)?;
        self.0.push_str(&format!("{name}={value}\n"));
        Ok(self)
    }

    /// Sets a variable to a path, absolute or beginning with `~/`.
    pub(super) fn path(mut self, name: &str, path: &str) -> Result<Self, BadInput> {
        absolute(path)?;
        let word = home(path.trim_end_matches('/'))?;
        self.0.push_str(&format!("{name}={word}\n"));
        Ok(self)
    }

    /// Sets a variable to a path, or to nothing.
    pub(super) fn optional(self, name: &str, path: Option<String>) -> Result<Self, BadInput> {
        match path {
            Some(path) => self.path(name, &path),
            None => self.word(name, ""),
        }
    }

    /// Sets the arguments.
    pub(super) fn words<'a>(
        mut self,
        words: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, BadInput> {
        self.0.push_str("set --");
        for word in words {
            self.0.push(' ');
            self.0.push_str(&quote(word)?);
        }
        self.0.push('\n');
        Ok(self)
    }

    /// Adds text of ours.
    pub(super) fn then(mut self, text: &str) -> Self {
        self.0.push_str(text);
        self
    }

    pub(super) fn text(self) -> Text {
        Text::literal(self.0)
    }

    pub(super) fn string(self) -> String {
        self.0
    }
}

/// A directory as one word; `~/` is the login user's home, as the operator means it.
pub(super) fn home(path: &str) -> Result<String, HasNul> {
    match path.strip_prefix("~/") {
        Some(rest) => Ok(format!("\"$HOME\"/{}", quote(rest)?)),
        None => quote(path),
    }
}

/// A value as JSON.
pub(super) fn json(value: &impl Serialize) -> Result<String, BadInput> {
    serde_json::to_string(value).map_err(|error| BadInput::Word(error.to_string()))
}

/// Whether this is one plain word: a user, or a file of ours.
pub(super) fn is_plain(word: &str) -> bool {
    let plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'_' | b'-');
    !word.is_empty() && !word.starts_with(['-', '.']) && word.bytes().all(plain)
}

/// # Errors
/// When this does not name a run, or a person: scripts look for it in JSON, unquoted.
pub(super) fn is_run(run: &str) -> Result<(), BadInput> {
    if is_plain(run) { Ok(()) } else { Err(BadInput::Word(run.to_owned())) }
}
