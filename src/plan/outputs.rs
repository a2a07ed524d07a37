//! What a `once` step leaves for other hosts: the step packs it when it has ended well, and a step of its
//! own behind it takes it on every other host that carries releases.

use super::build::Site;
use super::commands::plain;
use super::commands::{Commands, Rendered};
use super::ground::Machine;
use super::layout::{Layout, Occurrence};
use crate::model::{BoxMode, HostId, StepName, Text};
use crate::recipe::{Diagnostic, Step, Work};
use crate::script::builtin;

impl Site<'_> {
    /// The hosts that need the outputs of a step, and do not make them.
    pub(super) fn sharing(&self, step: &Step) -> Vec<(HostId, &Machine)> {
        let made_on = self.reached(step).into_iter().next().map(|(id, _)| id);
        if step.outputs.is_empty() || made_on.is_none() {
            return Vec::new();
        }
        let needs = |(id, it): &(HostId, &Machine)| Some(*id) != made_on && it.lies.is_some();
        self.machines().filter(needs).collect()
    }

    /// The column of the step that takes the outputs of another, if any host needs them.
    pub(super) fn open_taking(
        &self,
        step: &Step,
        layout: &mut Layout,
        commands: &mut Commands<'_>,
    ) -> Option<Occurrence> {
        if self.sharing(step).is_empty() {
            return None;
        }
        match StepName::try_from(format!("{}-outputs", step.name.value)) {
            Ok(name) => Some(layout.open(
                &name,
                "What it made is brought to the other hosts",
                Some("outputs"),
            )),
            Err(_long) => {
                let message = "what brings its outputs to the other hosts cannot be named after it";
                let problem = Diagnostic::error(&step.name.span, message);
                commands.fail(problem.hint("choose a shorter name"));
                None
            }
        }
    }

    /// The step that takes the outputs of another.
    pub(super) fn taking(
        &self,
        step: &Step,
        commands: &mut Commands<'_>,
    ) -> Vec<(HostId, Rendered)> {
        let on = self.sharing(step).into_iter();
        on.map(|(id, machine)| (id, commands.taking(step, machine))).collect()
    }
}

impl Commands<'_> {
    /// A `once` step also packs what it made for the other hosts.
    pub(super) fn packing(&mut self, step: &Step, rendered: &mut Rendered, machine: &Machine) {
        let Some((layout, outputs)) = self.outputs(step, machine) else { return };
        let run = &mut rendered.act_mut().command.run;
        *run =
            self.scripted(&step.name.span, builtin::pack(&layout, &outputs, std::mem::take(run)));
    }

    fn taking(&mut self, step: &Step, machine: &Machine) -> Rendered {
        let frame = self.frame(Some(step), machine);
        let text = match self.outputs(step, machine) {
            Some((layout, outputs)) => {
                let unpacking = builtin::unpack(&layout, &outputs);
                self.scripted(&step.name.span, unpacking)
            }
            None => Text::default(),
        };
        let mut act = plain(&frame, text, BoxMode::Detached);
        // It only needs the user whose files they are.
        act.command.cwd = None;
        act.command.env.clear();
        act.command.secrets.clear();
        act.command.input = false;
        act.command.detaches = false;
        act.command.takes = Some(step.name.value.clone());
        Rendered::act(act)
    }

    fn outputs(
        &mut self,
        step: &Step,
        machine: &Machine,
    ) -> Option<(builtin::Layout, builtin::Outputs)> {
        let first = step.outputs.first()?;
        if let Work::Items(_) = step.work {
            let message =
                "the outputs of a step that only does items are not brought to other hosts";
            self.fail(Diagnostic::error(&first.span, message).hint("give it a `run`, too"));
            return None;
        }
        let (Some(lies), outputs) = (&machine.lies, &step.outputs) else {
            let host = &machine.host.name;
            let message =
                format!("`{}` has outputs, and {host} carries no releases", step.name.value);
            self.fail(Diagnostic::error(&first.span, message));
            return None;
        };
        let Some(release) = lies.release.clone() else {
            let message = format!("`{}` needs a release, and there is none yet", step.name.value);
            let problem = Diagnostic::error(&first.span, message).hint("deploy first");
            self.fail(problem.lies_with_hosts());
            return None;
        };
        let paths = outputs.iter().map(|path| self.data(path, &machine.context).to_string());
        let paths = paths.collect();
        let outputs = builtin::Outputs {
            run: self.ground.request.run.to_string(),
            step: step.name.value.to_string(),
            release,
            paths,
        };
        Some((lies.layout.clone(), outputs))
    }
}
