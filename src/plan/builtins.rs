//! The built-in steps on one machine, and what proves a step: processes, health, its own words.

use std::time::Duration;

use super::commands::{Commands, plain};
use super::ground::Machine;
use super::releases::{Commit, Lies};
use crate::model::{self, Act, BoxMode, Changes, Command, Owner, Piece, Record, RecordEvent, Text};
use crate::recipe::{At, BuiltIn, Diagnostic, HealthAt, Step, Template, Upload, Via, Where};
use crate::script::builtin::{self, BadInput};

/// How long the processes of a restart may take to be others, in seconds.
const RESTART_SECS: u32 = 60;

impl Commands<'_> {
    /// A built-in step.
    pub(super) fn built_in(
        &mut self,
        step: &Step,
        built_in: BuiltIn,
        frame: &Command,
        machine: &Machine,
    ) -> Act {
        let Some(lies) = &machine.lies else {
            let host = &machine.host.name;
            let message =
                format!("`{}` would run on {host}, which carries no releases", step.name.value);
            self.fail(
                Diagnostic::error(&step.name.span, message)
                    .hint("say which hosts it is for: roles = [...], or [layout] roles"),
            );
            return plain(frame, Text::default(), BoxMode::Detached);
        };
        let Some(release) = lies.release.clone() else {
            let host = &machine.host.name;
            let message = format!("`{}` needs a release, and {host} serves none", step.name.value);
            let problem = Diagnostic::error(&step.name.span, message).hint("deploy first");
            self.fail(problem.lies_with_hosts());
            return plain(frame, Text::default(), BoxMode::Detached);
        };
        let text = self.text(step, built_in, lies, &release, machine);
        let run = self.scripted(&step.name.span, text);
        let undo = match built_in {
            BuiltIn::Release => Some(builtin::remove_release(&lies.layout, &release)),
            BuiltIn::Publish => {
                Some(builtin::unpublish(&lies.layout, &self.publishing(lies, &release)))
            }
            BuiltIn::Fetch | BuiltIn::Link | BuiltIn::Verify | BuiltIn::Prune => None,
        };
        let mode = match built_in {
            BuiltIn::Release | BuiltIn::Link | BuiltIn::Publish => BoxMode::Inline,
            BuiltIn::Fetch | BuiltIn::Verify | BuiltIn::Prune => BoxMode::Detached,
        };
        let mut act = limited(step, frame, run, mode);
        act.undo =
            undo.map(|undo| Command { run: self.scripted(&step.name.span, undo), ..frame.clone() });
        if let Some(own) = &step.undo {
            act.undo = Some(Command { run: self.command(own, &machine.context), ..frame.clone() });
        }
        if built_in == BuiltIn::Publish {
            act.changes = Changes::Served;
        }
        act.command.run = self.proven(step, act.command.run, machine);
        act
    }

    fn text(
        &mut self,
        step: &Step,
        built_in: BuiltIn,
        lies: &Lies,
        release: &str,
        machine: &Machine,
    ) -> Result<Text, BadInput> {
        let layout = &lies.layout;
        match built_in {
            BuiltIn::Release => {
                let owner = Owner {
                    app: self.ground.recipe.app.clone(),
                    stage: self.ground.stage.name.value.clone(),
                };
                builtin::release(layout, &owner, &self.note(lies, release, RecordEvent::Begun))
            }
            BuiltIn::Fetch => self.fetching(step, lies, release, machine),
            BuiltIn::Link => builtin::link(layout, release),
            BuiltIn::Publish => builtin::publish(layout, &self.publishing(lies, release)),
            BuiltIn::Verify => {
                let verify = self.verifying(lies, release, machine);
                builtin::verify(layout, &verify)
            }
            BuiltIn::Prune => {
                let doomed = builtin::doomed(layout, &lies.site, Some(release), &[]);
                let removed: Vec<Record> =
                    doomed.iter().map(|name| self.note(lies, name, RecordEvent::Removed)).collect();
                builtin::prune(layout, &removed)
            }
        }
    }

    /// What is written down of a release.
    fn note(&self, lies: &Lies, release: &str, event: RecordEvent) -> Record {
        let known = &self.ground.request.known;
        let Commit { revision, reference } = lies.commit(release, known);
        Record {
            release: release.to_owned(),
            event,
            at: known.at,
            by: known.by.clone(),
            run: self.ground.request.run.to_string(),
            revision,
            reference,
            reason: known.reason.clone(),
            schema: Vec::new(),
        }
    }

    fn publishing(&self, lies: &Lies, release: &str) -> builtin::Publish {
        builtin::Publish {
            release: release.to_owned(),
            before: lies.served.clone(),
            previous: lies.site.previous.clone(),
            record: self.note(lies, release, RecordEvent::Published),
            made: lies.seen(release).is_none(),
            bad: lies.rolls_back(release),
        }
    }

    fn fetching(
        &mut self,
        step: &Step,
        lies: &Lies,
        release: &str,
        machine: &Machine,
    ) -> Result<Text, BadInput> {
        let known = &self.ground.request.known;
        // A release that is gone on with holds its own commit, whatever the branch is by now.
        let begun = lies.seen(release).and_then(|it| it.revision.clone());
        let (Some(source), Some(revision)) =
            (&self.ground.stage.source, begun.or_else(|| known.revision.clone()))
        else {
            let message = "the commit to fetch is not known";
            self.fail(Diagnostic::error(&step.name.span, message).hint("add a [source]"));
            return Ok(Text::default());
        };
        let via = match source.via {
            Via::Host => {
                let repository = self.data(&source.repository, &machine.context).to_string();
                builtin::Via::Host { repository }
            }
            Via::Operator => {
                let run = &self.ground.request.run;
                let bundle = builtin::bundle_path(&lies.layout.state(), run.as_str());
                builtin::Via::Operator { bundle }
            }
        };
        let release = release.to_owned();
        builtin::fetch(&lies.layout, &builtin::Fetch { release, revision, via })
    }

    /// Everything that makes a release the served one on this machine: links, and what the steps that
    /// follow a publish say of processes and health.
    fn verifying(&mut self, lies: &Lies, release: &str, machine: &Machine) -> builtin::Verify {
        let revision = lies.commit(release, &self.ground.request.known).revision;
        let recipe = self.ground.recipe;
        let steps = recipe
            .steps
            .values()
            .filter(|step| step.follows.is_some() && !step.once() && fits(step, &machine.host));
        let (mut pids, mut health) = (Vec::new(), Vec::new());
        for step in steps {
            if let Some(command) = step.pids.as_ref().filter(|_| step.user.is_none()) {
                pids.push(self.command(command, &machine.context));
            }
            health.extend(self.health(step, machine));
        }
        builtin::Verify { release: release.to_owned(), revision, pids, health }
    }

    fn health(&mut self, step: &Step, machine: &Machine) -> Option<builtin::Health> {
        let health = step.health.as_ref()?;
        let context = &machine.context;
        let at = match &health.at {
            HealthAt::Url(url) => builtin::At::Url(self.data(url, context).to_string()),
            HealthAt::Socket { socket, path } => builtin::At::Socket {
                socket: self.data(socket, context).to_string(),
                path: match path {
                    Some(path) => self.data(path, context).to_string(),
                    None => "/".to_owned(),
                },
            },
        };
        let headers = self.headers(&health.headers, context);
        Some(builtin::Health {
            at,
            expect: health.expect,
            within_secs: secs(health.within),
            headers,
        })
    }

    /// A command with what proves that it did what it should.
    pub(super) fn proven(&mut self, step: &Step, run: Text, machine: &Machine) -> Text {
        let mut text = run;
        if let (Some(pids), Some(lies)) = (&step.pids, &machine.lies)
            && step.run().is_some()
        {
            let pids = self.command(pids, &machine.context);
            let proven = builtin::restart(&lies.layout, &text, &pids, RESTART_SECS);
            text = self.scripted(&step.name.span, proven);
        }
        if let Some(verify) = &step.verify {
            let verify = self.command(verify, &machine.context);
            text = joined(text, verify);
        }
        if let Some(health) = self.health(step, machine) {
            let health = self.scripted(&step.name.span, builtin::health(&health));
            text = joined(text, health);
        }
        text
    }

    /// A step that only asks.
    pub(super) fn asking(&mut self, step: &Step, frame: &Command, machine: &Machine) -> Act {
        let text = self.proven(step, Text::literal(":"), machine);
        limited(step, frame, text, BoxMode::Detached)
    }

    /// A file of the operator's machine.
    pub(super) fn upload(
        &mut self,
        step: &Step,
        upload: &Upload,
        frame: &Command,
        machine: &Machine,
    ) -> Act {
        let content = self.content(upload, machine);
        let file = builtin::Upload {
            id: format!("{}.{}", self.ground.request.run, step.name.value),
            path: self.data(&upload.to, &machine.context).to_string(),
            content,
            mode: upload.mode,
            owner: upload.owner.clone(),
        };
        let state = &machine.host.state_dir;
        let run = self.scripted(&step.name.span, builtin::upload(state, &file));
        let undo = self.scripted(&step.name.span, builtin::restore(state, &file));
        let mut act = limited(step, frame, run, BoxMode::Detached);
        act.undo = Some(Command { run: undo, ..frame.clone() });
        act.command.run = self.proven(step, act.command.run, machine);
        act
    }

    fn content(&mut self, upload: &Upload, machine: &Machine) -> String {
        let name = &upload.from.value;
        let Some(text) = self.ground.request.known.files.get(name) else {
            let message = format!("`{}` was not read", name.escape_debug());
            self.fail(Diagnostic::error(&upload.from.span, message));
            return String::new();
        };
        if name.strip_suffix(".j2").is_none() {
            return text.clone();
        }
        let template = Template::of_file(name, text);
        self.data(&template, &machine.context).to_string()
    }
}

/// The act of a step, with its limit and how often it is tried again.
fn limited(step: &Step, frame: &Command, run: Text, mode: BoxMode) -> Act {
    Act { limit: step.limit, retry: step.retry, ..plain(frame, run, mode) }
}

/// Whether a step is done on a host.
pub(super) fn fits(step: &Step, host: &model::Host) -> bool {
    match &step.place {
        Where::Local => host.is_local(),
        Where::Hosts { roles, names, once: _ } => {
            let has = |role: &At<String>| host.roles.contains(&role.value);
            let named = |name: &At<String>| name.value == host.name;
            !host.is_local()
                && (roles.is_empty() || roles.iter().any(has))
                && (names.is_empty() || names.iter().any(named))
        }
    }
}

fn joined(mut first: Text, then: Text) -> Text {
    first.0.push(Piece::Literal("\n".to_owned()));
    first.0.extend(then.0);
    first
}

fn secs(time: Duration) -> u32 {
    u32::try_from(time.as_secs()).unwrap_or(u32::MAX)
}
