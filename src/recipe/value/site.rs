//! What a stage has around its steps: code, the maintenance page, secrets, webhooks.

use super::super::source::{At, Span, Template};
use super::Headers;
use crate::model::StepName;

/// Where the code comes from.
#[derive(Clone, Debug)]
pub struct CodeSource {
    /// The repository, for git.
    pub repository: Template,
    /// The branch, tag or commit; the repository's HEAD without it.
    pub reference: Option<Template>,
    /// Who fetches.
    pub via: Via,
}

/// Who fetches the code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Via {
    /// Each host, into a mirror there.
    #[default]
    Host,
    /// The operator's machine; hosts are sent what they lack.
    Operator,
}

/// The page that visitors see while the application cannot serve them.
#[derive(Clone, Debug)]
pub struct Maintenance {
    /// Where its path stands.
    pub span: Span,
    /// The template of the page: a file on the operator's machine, from where deployui runs. The
    /// built-in page without it.
    pub page: Option<At<String>>,
    /// Where the page is put, on the hosts.
    pub path: Template,
    /// Hosts with one of these roles have the page; all when empty.
    pub roles: Vec<At<String>>,
    /// How a visitor is imitated; nothing is probed without it.
    pub probe: Option<Probe>,
    /// Prints how many visitors were turned away.
    pub hits: Option<Template>,
    /// Steps done after the page is up.
    pub enter: Vec<At<StepName>>,
    /// Steps done before the page is taken down.
    pub leave: Vec<At<StepName>>,
    /// What a request carries to be let past the page.
    pub bypass: Option<Template>,
}

/// A request as a visitor would make it, through the connection to the host.
#[derive(Clone, Debug)]
pub struct Probe {
    /// What is asked for.
    pub url: Template,
    /// The Host header; the one of the URL without it.
    pub host: Option<Template>,
    /// More headers.
    pub headers: Headers,
}

/// A value that reaches steps as environment only.
#[derive(Clone, Debug)]
pub struct Secret {
    /// Where its name stands; the environment variable has this name.
    pub name: At<String>,
    /// Where its value is got.
    pub from: SecretFrom,
}

/// Where the value of a secret is got, on the operator's machine, before the first change.
#[derive(Clone, Debug)]
pub enum SecretFrom {
    /// What a command of sh prints, without its last newline.
    Command(At<String>),
    /// An environment variable.
    Env(At<String>),
    /// What a file holds, without its last newline; from where deployui runs, or below `~/`.
    File(At<String>),
    /// The operator is asked, with this text if it is not empty.
    Prompt(String),
}

/// A webhook.
#[derive(Clone, Debug)]
pub struct Notify {
    /// When it is called; at least one.
    pub on: Vec<NotifyOn>,
    /// What is called, by POST.
    pub url: Template,
    /// What is sent; a small JSON document without it.
    pub body: Option<Template>,
}

/// When a webhook is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NotifyOn {
    /// A run has begun.
    Started,
    /// A step has failed, and the operator is asked.
    Failed,
    /// A run has ended, in whatever way.
    Finished,
}
