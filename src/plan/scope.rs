//! Groups during which the maintenance page is up.

use super::adopted::{Whose, whose_on};
use super::build::Site;
use super::commands::{Commands, Rendered, asked};
use super::groups::Group;
use super::layout::{Layout, Opening, Question};
use super::page::has_page;
use crate::model::{Act, BadId, HostId, MAINTENANCE_OFF, MAINTENANCE_ON, ScopeId, StepName};
use crate::recipe::{At, BuiltIn, Diagnostic, Maintenance};

/// A scope of maintenance.
pub(super) struct Scope<'m> {
    pub(super) id: ScopeId,
    pub(super) page: &'m Maintenance,
}

fn names() -> Result<(StepName, StepName), BadId> {
    let name = |name: &str| StepName::try_from(name.to_owned());
    Ok((name(MAINTENANCE_ON)?, name(MAINTENANCE_OFF)?))
}

impl Site<'_> {
    /// A group during which the page is up. What enters is registered with what leaves.
    pub(super) fn inside(
        &self,
        group: &Group<'_>,
        scope: &Scope<'_>,
        layout: &mut Layout,
        commands: &mut Commands<'_>,
        warnings: &mut Vec<Diagnostic>,
    ) {
        let pages: Vec<(HostId, Act, Act)> = self
            .machines()
            .filter(|(_, machine)| has_page(scope.page, machine))
            .filter_map(|(id, machine)| {
                let (up, down) = commands.page(scope.page, machine)?;
                Some((id, up, down))
            })
            .collect();
        let kept = |(id, ..): &(HostId, Act, Act)| {
            self.machines()
                .any(|(other, it)| other == *id && matches!(whose_on(it), Some(Whose::Hand(_))))
        };
        let about = match (pages.iter().any(kept), pages.iter().all(kept)) {
            (true, true) => "The page stays up: it was raised by hand",
            (true, false) => {
                "Visitors get the application again, but where the page was up by hand"
            }
            (false, _) => "Visitors get the application again",
        };
        let (on, off) = match names() {
            Ok(names) => names,
            Err(bad) => return commands.fail(Diagnostic::request(bad.to_string())),
        };
        let question = self.pending(group, commands);
        let from = layout.len();
        let up = pages.iter().map(|(id, up, _)| (*id, Rendered::act(up.clone()))).collect();
        let column = layout.open(&on, "Visitors get the maintenance page", Some("maintenance"));
        let question = layout.step(column, Opening::Enter(scope.id, question), up);
        self.beside(&scope.page.enter, Opening::Barrier, layout, commands);
        let mut decided = layout.since(from, None);
        self.steps(group, layout, commands, warnings);
        let from = layout.len();
        let rest = self.beside(&scope.page.leave, Opening::Leave(scope.id), layout, commands);
        let down = pages.into_iter().map(|(id, _, down)| (id, Rendered::act(down))).collect();
        let column = layout.open(&off, about, Some("maintenance"));
        layout.step(column, rest, down);
        decided.extend(layout.since(from, None));
        if let Some(question) = question {
            decided.retain(|id| *id != question);
            layout.wants(question, decided);
        }
    }

    /// Steps that enter or leave a scope; returns how the next of them begins.
    fn beside(
        &self,
        names: &[At<StepName>],
        mut opening: Opening,
        layout: &mut Layout,
        commands: &mut Commands<'_>,
    ) -> Opening {
        let all: Vec<HostId> = self.machines().map(|(id, _)| id).collect();
        let steps = names.iter().filter_map(|it| self.ground.recipe.steps.get(&it.value));
        for step in steps {
            let on = self.on(step, &all, commands);
            if on.is_empty() {
                continue;
            }
            let column =
                layout.open(&step.name.value, &step.about, step.built_in().map(BuiltIn::name));
            let leaves = matches!(opening, Opening::Leave(_));
            let next = if leaves { Opening::Join } else { opening.clone() };
            layout.step(column, std::mem::replace(&mut opening, next), on);
        }
        opening
    }

    /// Whether the step that a scope is for has something to do, asked where it is done first.
    fn pending(&self, group: &Group<'_>, commands: &mut Commands<'_>) -> Option<Question> {
        let step = group.when_pending?;
        let pending = step.pending.as_ref()?;
        let (host, machine) = self.reached(step).into_iter().next()?;
        let frame = commands.frame(Some(step), machine);
        let command = asked(&frame, commands.command(pending, &machine.context));
        Some(Question { step: step.name.value.clone(), host, command })
    }
}
