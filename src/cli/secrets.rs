//! The values of secrets, got on this machine before anything is changed.

use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsString,
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
    process::Stdio,
};

use secrecy::SecretString;
use tokio::{io::AsyncReadExt as _, process::Command};
use zeroize::Zeroize as _;

use super::{
    args::Global,
    environment::Surroundings,
    exit::{Exit, Stop},
    load, prompt,
    signals::Signals,
};
use crate::{
    driver::{Secrets, VALUE_BYTES_MAX},
    model::Plan,
    recipe::{Recipe, Secret, SecretFrom},
    text::escape,
};

/// Why there is no value, and what can be done about it.
struct Problem {
    what: String,
    hint: Option<String>,
}

impl Problem {
    fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), hint: None }
    }

    fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// The secrets that a plan needs, and no others. Everything that is wrong is told at once.
pub(super) async fn resolve(
    around: &Surroundings,
    recipe: &Recipe,
    plan: &Plan,
    signals: &mut Signals,
) -> Result<Secrets, Stop> {
    tokio::select! {
        got = all(around, recipe, &plan.stage, plan.secrets()) => got,
        number = signals.next() => Err(Stop::new(
            Exit::Signal(number),
            "left while secrets were got: nothing was begun, and nothing was changed",
        )),
    }
}

/// The secrets that a run needs which was begun before, from the project's file as it is now.
pub(super) async fn again(
    around: &Surroundings,
    global: &Global,
    plan: &Plan,
    signals: &mut Signals,
) -> Result<Secrets, Stop> {
    if plan.secrets().is_empty() {
        return Ok(Secrets::default());
    }
    let recipe = load::recipe(global).map_err(|stop| {
        let names = Vec::from_iter(plan.secrets()).join(", ");
        let hint = format!("the run needs the secrets {names}: resume it where its project is");
        Stop { exit: Exit::Refused, ..stop }.hint(hint)
    })?;
    resolve(around, &recipe, plan, signals).await
}

/// The secrets that any step of a stage may need, for a console that has no plan yet.
pub(super) async fn of_stage(
    around: &Surroundings,
    recipe: &Recipe,
    stage: &str,
    signals: &mut Signals,
) -> Result<Secrets, Stop> {
    let steps = recipe.steps.values().flat_map(|step| &step.secrets);
    let names = steps.map(|name| name.value.clone()).collect();
    tokio::select! {
        got = all(around, recipe, stage, names) => got,
        number = signals.next() => Err(Stop::new(
            Exit::Signal(number),
            "left while secrets were got: nothing was begun, and nothing was changed",
        )),
    }
}

async fn all(
    around: &Surroundings,
    recipe: &Recipe,
    stage_name: &str,
    names: BTreeSet<String>,
) -> Result<Secrets, Stop> {
    let mut stop = Stop { exit: Exit::Refused, errors: Vec::new(), hints: Vec::new() };
    let mut values = BTreeMap::new();
    let stage = recipe.stages.get(stage_name);
    for name in names {
        let Some(secret) = stage.and_then(|stage| stage.secrets.get(&name)) else {
            stop.errors.push(format!("stage {stage_name} has no secret {name} any more"));
            stop.hints.push(format!("the run needs it: say in [secrets] where {name} is got"));
            continue;
        };
        let got = value(around, secret).await.and_then(|value| match Secrets::fits(&value) {
            Ok(()) => Ok(value),
            Err(bad) => Err(Problem::new(bad.to_string())),
        });
        match got {
            Ok(value) => drop(values.insert(name, value)),
            Err(Problem { what, hint }) => {
                stop.errors.push(format!("{}: secret {name}: {what}", place(secret)));
                stop.hints.extend(hint);
            }
        }
    }
    if !stop.errors.is_empty() {
        return Err(stop);
    }
    Secrets::new(values).map_err(|bad| Stop::new(Exit::Refused, bad.to_string()))
}

fn place(secret: &Secret) -> String {
    let span = &secret.name.span;
    format!("{}:{}", span.source.shown, span.line_column().0)
}

async fn value(around: &Surroundings, secret: &Secret) -> Result<SecretString, Problem> {
    match &secret.from {
        SecretFrom::Command(text) => printed(&text.value).await,
        SecretFrom::Env(name) => {
            let value = around.environment.vars.get(&OsString::from(&name.value));
            let name = name.value.escape_debug();
            let value = value.ok_or_else(|| {
                Problem::new(format!("the environment variable {name} is not set"))
            })?;
            let text = value.to_str().ok_or_else(not_text)?;
            Ok(SecretString::from(text))
        }
        SecretFrom::File(file) => {
            let path = path(around, &file.value);
            let bytes = read(&path).map_err(|error| {
                Problem::new(format!("cannot read {}: {error}", path.display()))
            })?;
            text(bytes)
        }
        SecretFrom::Prompt(question) => {
            if !around.terminal {
                return Err(Problem::new("it is asked for, and there is no terminal to ask on")
                    .hint("without a terminal its value comes from command =, env = or file ="));
            }
            let name = &secret.name.value;
            let question = match question.as_str() {
                "" => format!("secret {name}: "),
                question => format!("{} ({name}): ", escape(question)),
            };
            let typed = prompt::value(question).await;
            typed.ok_or_else(|| Problem::new("it was not typed"))
        }
    }
}

/// What a command prints, which has the terminal meanwhile: it may ask for a passphrase.
async fn printed(command: &str) -> Result<SecretString, Problem> {
    let failed = |error: io::Error| Problem::new(format!("its command cannot be run: {error}"));
    let mut child = Command::new("sh")
        .args(["-c", command])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(failed)?;
    let mut bytes = Vec::with_capacity(ROOM);
    if let Some(printed) = child.stdout.take() {
        printed.take(ROOM as u64).read_to_end(&mut bytes).await.map_err(failed)?;
    }
    if bytes.len() == ROOM {
        return text(bytes);
    }
    let status = child.wait().await.map_err(failed)?;
    if !status.success() {
        bytes.zeroize();
        return Err(Problem::new(format!("its command failed: {status}")));
    }
    text(bytes)
}

/// As much as is read of a value, in bytes: one that fills it is too long.
const ROOM: usize = VALUE_BYTES_MAX + 2;

fn path(around: &Surroundings, file: &str) -> PathBuf {
    match file.strip_prefix("~/") {
        Some(rest) => around.environment.home.join(rest),
        None => PathBuf::from(file),
    }
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(ROOM);
    File::open(path)?.take(ROOM as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A value without its last newline.
fn text(bytes: Vec<u8>) -> Result<SecretString, Problem> {
    let mut text = String::from_utf8(bytes).map_err(|error| {
        error.into_bytes().zeroize();
        not_text()
    })?;
    if text.ends_with('\n') {
        text.pop();
    }
    let value = SecretString::from(text.as_str());
    text.zeroize();
    Ok(value)
}

fn not_text() -> Problem {
    Problem::new("it is not UTF-8 text")
}
