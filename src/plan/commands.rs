//! What one step is on one machine.

use minijinja::Value;

use super::ground::{Ground, Machine};
use super::render::Renderer;
use crate::model::{Act, BoxMode, Changes, Command, Text};
use crate::recipe::{Condition, Diagnostic, Env, Headers, Items, Span, Step, Template, Work};
use crate::script::builtin::BadInput;
use crate::script::negated;

/// The mask of every step that has no other.
const UMASK: u16 = 0o022;

/// A step on a machine.
pub(super) struct Rendered {
    pub(super) body: Body,
    /// Asks whether it is wanted.
    pub(super) when: Option<Command>,
    /// Asks the operator when it has ended well.
    pub(super) confirm_after: Option<String>,
}

/// What is done.
pub(super) enum Body {
    /// One action.
    Act(Act),
    /// One action per line that is listed.
    Items {
        /// Lists.
        list: Command,
        /// Which lines count.
        pattern: Option<String>,
        /// Does one.
        each: Act,
    },
}

impl Rendered {
    /// An action without any question.
    pub(super) fn act(act: Act) -> Self {
        Self { body: Body::Act(act), when: None, confirm_after: None }
    }

    /// What acts: the step itself, or one of its items.
    pub(super) fn act_mut(&mut self) -> &mut Act {
        match &mut self.body {
            Body::Act(act) | Body::Items { each: act, .. } => act,
        }
    }
}

/// Makes commands of steps. What cannot be made is empty, and why is among `found`; then nothing of
/// the plan is used.
pub(super) struct Commands<'g> {
    pub(super) ground: &'g Ground<'g>,
    pub(super) renderer: &'g Renderer,
    pub(super) found: Vec<Diagnostic>,
}

impl Commands<'_> {
    /// The step as it will be done on the machine.
    pub(super) fn render(&mut self, step: &Step, machine: &Machine) -> Rendered {
        let context = &machine.context;
        let frame = self.frame(Some(step), machine);
        let body = match &step.work {
            Work::Run(run) | Work::Both(run, _) => {
                let mut act = self.act(step, &frame, (run, step.undo.as_ref()), context);
                act.command.run = self.proven(step, act.command.run, machine);
                Body::Act(act)
            }
            Work::Items(items) => self.items(step, &frame, items, machine),
            Work::BuiltIn(built_in) => Body::Act(self.built_in(step, *built_in, &frame, machine)),
            Work::Upload(upload) => Body::Act(self.upload(step, upload, &frame, machine)),
            Work::Ask => Body::Act(self.asking(step, &frame, machine)),
        };
        let when = step.condition.as_ref().map(|condition| match condition {
            Condition::When(command) => self.command(command, context),
            Condition::Unless(command) => negated(&self.command(command, context)),
        });
        let after = step.confirm.after.as_ref();
        let confirm_after = after.map(|text| self.data(text, context).to_string());
        Rendered { body, when: when.map(|run| asked(&frame, run)), confirm_after }
    }

    /// A command as it was typed, without templates, in the environment of every step.
    pub(super) fn literal(&mut self, run: Text, machine: &Machine) -> Rendered {
        let frame = self.frame(None, machine);
        Rendered::act(plain(&frame, run, BoxMode::Detached))
    }

    fn items(&mut self, step: &Step, frame: &Command, items: &Items, machine: &Machine) -> Body {
        let list = self.command(&items.list, &machine.context);
        let both = (&items.run, items.undo.as_ref());
        Body::Items {
            list: asked(frame, list),
            pattern: items.pattern.as_ref().map(|pattern| pattern.value.clone()),
            each: self.act(step, frame, both, &machine.item_context),
        }
    }

    fn act(
        &mut self,
        step: &Step,
        frame: &Command,
        (run, undo): (&Template, Option<&Template>),
        context: &Value,
    ) -> Act {
        let run = self.command(run, context);
        let undo = undo.map(|undo| self.command(undo, context));
        Act {
            undo: undo.map(|run| Command { run, detaches: false, ..frame.clone() }),
            changes: if step.schema { Changes::Schema } else { Changes::Nothing },
            limit: step.limit,
            retry: step.retry,
            ..plain(frame, run, BoxMode::Detached)
        }
    }

    /// A command of the step without its text.
    pub(super) fn frame(&mut self, step: Option<&Step>, machine: &Machine) -> Command {
        let mut frame = Command { umask: UMASK, ..Command::new(Text::default()) };
        let layers = [Some(&self.ground.recipe.env), Some(&self.ground.stage.env)];
        for env in layers.into_iter().chain([step.map(|step| &step.env)]).flatten() {
            self.environment(&mut frame, env, &machine.context);
        }
        if let Some(step) = step {
            frame.cwd = step.cwd.as_ref().map(|cwd| self.data(cwd, &machine.context));
            frame.user.clone_from(&step.user);
            frame.input = step.input;
            frame.detaches = step.detaches;
            frame.inspect =
                step.inspect.iter().map(|it| self.command(it, &machine.context)).collect();
            frame.secrets = step.secrets.iter().map(|name| name.value.clone()).collect();
        }
        frame
    }

    /// Puts the variables of one table over those that are there.
    fn environment(&mut self, frame: &mut Command, env: &Env, context: &Value) {
        frame.umask = env.umask.unwrap_or(frame.umask);
        for (name, template) in &env.variables {
            let text = self.data(template, context);
            match frame.env.iter_mut().find(|(known, _)| known == name) {
                Some((_, value)) => *value = text,
                None => frame.env.push((name.clone(), text)),
            }
        }
    }

    pub(super) fn command(&mut self, template: &Template, context: &Value) -> Text {
        let made = self.renderer.command(template, context);
        self.made(made)
    }

    pub(super) fn data(&mut self, template: &Template, context: &Value) -> Text {
        let made = self.renderer.data(template, context);
        self.made(made)
    }

    /// The values of a request's headers.
    pub(super) fn headers(&mut self, headers: &Headers, context: &Value) -> Vec<(String, String)> {
        let one = |(name, value): &(String, Template)| {
            (name.clone(), self.data(value, context).to_string())
        };
        headers.iter().map(one).collect()
    }

    /// What `script` made for something that stands there in the recipe.
    pub(super) fn scripted(&mut self, at: &Span, made: Result<Text, BadInput>) -> Text {
        made.unwrap_or_else(|bad| {
            let problem = Diagnostic::error(at, bad.to_string());
            self.fail(problem.maybe_hint(bad.hint().map(str::to_owned)));
            Text::default()
        })
    }

    pub(super) fn fail(&mut self, problem: Diagnostic) {
        add(&mut self.found, vec![problem]);
    }

    fn made(&mut self, made: Result<Text, Vec<Diagnostic>>) -> Text {
        made.unwrap_or_else(|problems| {
            add(&mut self.found, problems);
            Text::default()
        })
    }
}

/// A command and nothing else: no undo, no limit, tried once.
pub(super) fn plain(frame: &Command, run: Text, mode: BoxMode) -> Act {
    Act {
        command: Command { run, ..frame.clone() },
        undo: None,
        changes: Changes::Nothing,
        mode,
        limit: None,
        retry: 0,
        elsewhere: Vec::new(),
    }
}

/// A question: it neither waits for input nor leaves anything running.
pub(super) fn asked(frame: &Command, run: Text) -> Command {
    Command { run, input: false, detaches: false, inspect: Vec::new(), ..frame.clone() }
}

/// Adds problems that are not there yet: many hosts have the same ones.
pub(super) fn add(found: &mut Vec<Diagnostic>, problems: Vec<Diagnostic>) {
    for problem in problems {
        if !found.contains(&problem) {
            found.push(problem);
        }
    }
}
