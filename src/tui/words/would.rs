//! What would be run, host by host, before anything is done: by the chosen entry of the palette, and by
//! the buttons of a dialog.

use super::{
    Behind, ahead, alike, all_of, commands, consequence,
    entry::Entry,
    key_of,
    listing::{Listing, Row},
    preview, standing_of,
};
use crate::{
    model::{HoldId, Node, NodeId, Plan},
    run::{Abort, Begins, Cause, Choice, Event, Fact, Hold, Mode, Offer, Run},
    tui::{
        action::{Act, Action},
        state::{
            Model, Subject,
            dialog::{Deed, Dialog},
            palette::Goal,
            previews::{Of, Rows},
        },
        styles::Tone,
        told::Intent,
        update,
    },
};

/// All rows of what the chosen entry would run, worked out once.
pub(crate) fn entry_rows(model: &Model, entry: &Entry) -> Rows {
    let Entry { goal, about, refused, .. } = entry.clone();
    let of = Of::Entry(goal, about, refused);
    model.previews.of(of, || Some(would(model, entry).all())).unwrap_or_default()
}

/// What the chosen entry would run, host by host, before anything is done.
pub(crate) fn would(model: &Model, entry: &Entry) -> Listing {
    let text = |text: String| Listing::of(text, Tone::Text);
    let act = match &entry.goal {
        Goal::Key(Action::Act(act)) => *act,
        Goal::Key(Action::Look) => return text(format!("{} {LOOKS}", entry.about)),
        Goal::Key(_) => return text(format!("{} Runs nothing on any host.", entry.about)),
        Goal::Host(_) | Goal::Step(_) => return text("Goes there. Runs nothing.".to_owned()),
        Goal::Run(_) => {
            return text("Opens the run to be read. Nothing acts there.".to_owned());
        }
        Goal::Release(_) => Act::Rollback,
    };
    if let Some(why) = &entry.refused {
        let mut rows = text(entry.about.clone());
        rows.push(format!("Not now: {why}."), Tone::Warn);
        return rows;
    }
    if let (Act::Continue, Some(run), Some((id, hold))) = (act, model.open_run(), model.hold())
        && hold.cause != Cause::Break
        && hold.offers.contains(&Offer::Go)
    {
        return going_on(model, run, (id, hold));
    }
    let rows = match (act, model.open_run()) {
        (Act::Deploy, _) => planned(model, Mode::Run),
        (Act::Step, Some(run)) => let_go(model, run, Mode::Step),
        (Act::Step, None) => planned(model, Mode::Step),
        (Act::Continue, Some(run)) => let_go(model, run, Mode::Run),
        (Act::Undo, Some(run)) => commands::undoing(model, run),
        (Act::Abort, Some(run)) => aborted(model, run),
        (
            Act::Retry
            | Act::Edit
            | Act::Fixed
            | Act::Skip
            | Act::AssumeFailed
            | Act::Elsewhere
            | Act::TakeOver
            | Act::Input,
            Some(run),
        ) => answered(model, run, act),
        (Act::Exclude, Some(run)) => match answered(model, run, act) {
            rows if rows.is_empty() => excluded(model),
            rows => rows,
        },
        (Act::Maintenance | Act::Rollback | Act::TakeOver, _) => told(model),
        // These need an open run, without which they were refused above; or run nothing.
        (
            Act::Continue
            | Act::Undo
            | Act::Abort
            | Act::Retry
            | Act::Edit
            | Act::Fixed
            | Act::Skip
            | Act::AssumeFailed
            | Act::Elsewhere
            | Act::Input
            | Act::Exclude,
            None,
        )
        | (Act::Pause | Act::Break | Act::Stop | Act::Shell, _) => Listing::default(),
    };
    if !rows.is_empty() {
        return rows;
    }
    text(format!("{} Runs no command of the recipe.", entry.about))
}

/// What giving a run up runs, or what is not run where its undo is left.
fn aborted(model: &Model, run: &Run) -> Listing {
    if !run.undo_grown {
        let line = "Leaving it as it is runs nothing. Undoing it runs:";
        return commands::undoing(model, run).under(line, Tone::Text);
    }
    let rows = |perhaps: bool| {
        let parts = run.left_of_the_undo();
        let nodes: Vec<Node> = parts
            .filter(|(_, cell)| run.may_have_started(cell) == perhaps)
            .map(|(_, cell)| cell.node.clone())
            .collect();
        commands::of_undo(model, run, &nodes)
    };
    let (left, perhaps) = (rows(false), rows(true));
    let line = "Leaving the rest as it is runs nothing. It is what would not be run:";
    let mut all = left.under(line, Tone::Text);
    if !perhaps.is_empty() {
        let line = "This may have begun already, and then goes on to its end:";
        all.extend(perhaps.under(line, Tone::Dim));
    }
    all
}

/// What a run does that is let go on from where it is: the next step of it, or all.
fn let_go(model: &Model, run: &Run, mode: Mode) -> Listing {
    let after = run.in_mode(mode);
    if mode == Mode::Run && after.is_taken_back() {
        return commands::undoing(model, &after);
    }
    goes_on(model, &after, &after.begins(), &[])
}

/// What a run does from here on, as far as it may go.
fn goes_on(model: &Model, run: &Run, next: &Begins, but: &[NodeId]) -> Listing {
    if run.is_taken_back() {
        let cells = next.nodes.iter().filter(|id| !but.contains(id));
        let nodes = cells.filter_map(|id| Some(run.cell(*id)?.node.clone()));
        return commands::of_undo(model, run, &nodes.collect::<Vec<Node>>());
    }
    ahead::ahead(model, run, next, but)
}

/// What a run does that is begun.
fn planned(model: &Model, mode: Mode) -> Listing {
    match &model.subject {
        Subject::Plan(plan) => begun(model, plan, None, mode),
        Subject::Run(_) | Subject::Nothing => {
            let line = "The next run is planned first, and shown; then a dialog asks.";
            Listing::of(line, Tone::Text)
        }
    }
}

/// What a run of this plan does; its texts have the functions of another one, where they are too few to tell.
fn begun(model: &Model, plan: &Plan, other: Option<&Plan>, mode: Mode) -> Listing {
    let fact = Fact::Opened(Box::new(plan.clone()));
    let Ok(run) = Run::open(&Event { seq: 0, at: model.now, by: None, fact }) else {
        return Listing::default();
    };
    let run = run.in_mode(mode);
    ahead::of_plan(model, &run, &run.begins(), (&[], other))
}

/// What an answer to the open question would run: here, and on all hosts that it can be given to.
fn answered(model: &Model, run: &Run, act: Act) -> Listing {
    let Some((id, hold)) = model.hold() else { return Listing::default() };
    let mut offers = hold.offers.iter().filter(|offer| key_of(**offer) == act);
    let Some(offer) = offers.clone().next() else { return Listing::default() };
    if matches!(offer, Offer::Move(_)) {
        let choices = offers.by_ref().filter_map(|offer| choice_of(*offer));
        let each = choices.map(|choice| answer(model, run, &[id], &choice));
        return each.fold(Listing::default(), Listing::and);
    }
    let rows = Listing::of(super::capital(&consequence(model, hold, *offer)), Tone::Text);
    // What is edited is typed first: until then it is run as it was.
    match choice_of(*offer) {
        Some(choice) => rows.and(given(model, run, (id, hold), *offer, &choice)),
        None => rows,
    }
}

/// What an answer would run: given to that question alone, and to all that are alike.
fn given(
    model: &Model,
    run: &Run,
    (id, hold): (HoldId, &Hold),
    offer: Offer,
    choice: &Choice,
) -> Listing {
    let all = alike(run, hold, offer).these;
    if all.len() < 2 {
        return answer(model, run, &[id], choice);
    }
    let alone = answer(model, run, &[id], choice).under("That one alone", Tone::Strong);
    let heading = super::capital(&all_of(run, &all));
    alone.and(answer(model, run, &all, choice).under(heading, Tone::Strong))
}

/// What one of the answers to the open question would run; `None`: nothing that is known before.
pub(crate) fn offered(model: &Model, offer: Offer) -> Option<Listing> {
    let (run, (id, hold)) = (model.open_run()?, model.hold()?);
    let choice = choice_of(offer)?;
    Some(match offer {
        Offer::Edit => {
            Listing::of("Runs what is typed in its question, which lists it.", Tone::Text)
        }
        Offer::Undo => commands::undoing(model, run),
        Offer::Abort => aborted(model, run),
        Offer::Go if hold.cause == Cause::Break => let_go(model, run, Mode::Run),
        Offer::Go
        | Offer::Retry
        | Offer::Skip
        | Offer::Fixed
        | Offer::AssumeOk
        | Offer::AssumeFailed
        | Offer::Exclude
        | Offer::Answer
        | Offer::Move(_)
        | Offer::TakeOver => given(model, run, (id, hold), offer, &choice),
    })
}

/// What leaving out a host does that nothing is asked about: what its dialog says, and lists.
fn excluded(model: &Model) -> Listing {
    let Some(dialog) = update::exclusion(model) else { return Listing::default() };
    let what = dialog.facts.iter().map(|facts| format!("{}.", facts.what));
    let lines = what.chain(dialog.text.iter().cloned());
    let rows: Vec<Row> = lines.map(|line| (line, Tone::Text)).collect();
    Listing::from(rows).and(dialog_would(model, &dialog).unwrap_or_default())
}

/// The answer to an offer that needs nothing more to be known.
fn choice_of(offer: Offer) -> Option<Choice> {
    Some(match offer {
        Offer::Go => Choice::Go,
        Offer::Retry | Offer::Edit => Choice::Retry,
        Offer::Skip => Choice::Skip,
        Offer::Fixed => Choice::Fixed,
        Offer::AssumeOk => Choice::Assume(true),
        Offer::AssumeFailed => Choice::Assume(false),
        Offer::Exclude => Choice::Exclude,
        Offer::Undo => Choice::Undo,
        Offer::Abort => Choice::Abort,
        Offer::Move(host) => Choice::Move(host),
        Offer::TakeOver => Choice::TakeOver,
        Offer::Answer => return None,
    })
}

/// What an answered question is about, and what is undone then.
fn going_on(model: &Model, run: &Run, (id, hold): (HoldId, &Hold)) -> Listing {
    let lines = super::cause(model, run, hold).into_iter();
    let rows: Vec<Row> = lines.map(|line| (line, Tone::Text)).collect();
    Listing::from(rows).and(answer(model, run, &[id], &Choice::Go))
}

/// What an answer to these questions would run.
fn answer(model: &Model, run: &Run, ids: &[HoldId], choice: &Choice) -> Listing {
    let asked = || ids.iter().filter_map(|id| run.holds.get(id));
    let after = run.with_answer(ids, choice);
    let follows = Follows { model, run: &after, but: Vec::new() };
    match choice {
        Choice::Retry | Choice::Edit(_) => {
            let again: Vec<NodeId> = asked().map(|hold| hold.on).collect();
            let mut rows = commands::of_nodes(model, &after, &again);
            rows.extend(Follows { but: again, ..follows }.if_any());
            rows
        }
        Choice::Move(host) => {
            let on = asked().map(|hold| hold.on);
            let each = on.map(|on| commands::elsewhere(run, on, *host));
            each.fold(Listing::default(), Listing::and).and(follows.if_any())
        }
        Choice::Go => match asked().next().and_then(|hold| Behind::of(run, hold)) {
            Some(behind) => undone_next(model, run, &behind),
            None => follows.rows(),
        },
        Choice::Exclude | Choice::Skip | Choice::Fixed | Choice::Assume(true) => follows.rows(),
        // What is taken as failed is asked about again, and the others have lists of their own.
        Choice::Assume(false)
        | Choice::Undo
        | Choice::Abort
        | Choice::Answer(_)
        | Choice::TakeOver => Listing::of("Runs no command by itself.", Tone::Dim),
    }
}

/// What is undone once the question before it is answered.
fn undone_next(model: &Model, run: &Run, behind: &Behind) -> Listing {
    let rows = commands::of_undo(model, run, &behind.acts);
    match run.mode != Mode::Run && !rows.is_empty() {
        true => rows.under("The run pauses before each of these:", Tone::Dim),
        false => rows,
    }
}

/// What follows an answer.
struct Follows<'a> {
    model: &'a Model,
    /// The run as it is with that answer.
    run: &'a Run,
    /// What is listed already.
    but: Vec<NodeId>,
}

impl Follows<'_> {
    /// What follows, or that nothing does.
    fn rows(&self) -> Listing {
        let rows = self.if_any();
        let none = match (rows.is_empty(), self.run.is_taken_back(), self.run.mode) {
            (false, ..) => return rows,
            (true, true, _) => "Nothing is left to undo after it.",
            (true, false, Mode::Run) => "No step is left after it.",
            (true, false, Mode::Step | Mode::Pause) => {
                "Runs no command: the run does not go on by itself now."
            }
        };
        Listing::of(none, Tone::Dim)
    }

    /// Whether nothing begins before something else is asked.
    fn waits(&self, next: &Begins) -> bool {
        let begins = next.nodes.iter().any(|id| !self.but.contains(id)) || !next.lists.is_empty();
        !begins && !next.waits.is_empty()
    }

    /// What follows, with what is said above it.
    fn if_any(&self) -> Listing {
        let (model, run) = (self.model, self.run);
        let (goes_on, back) = (run.mode == Mode::Run, run.is_taken_back());
        let next = run.begins();
        let rows = match goes_on && back {
            true => commands::undoing(model, run),
            false => self::goes_on(model, run, &next, &self.but),
        };
        if rows.is_empty() {
            return rows;
        }
        // What is asked at gates is said where it is.
        let on_host = |hold: &Hold| run.cell(hold.on).is_some_and(|it| it.node.host.is_some());
        let asked = run.holds.iter().filter(|(_, hold)| on_host(hold)).map(|(id, _)| *id);
        let asked: Vec<HoldId> = asked.collect();
        let heading = match (goes_on, back) {
            (true, _) if !asked.is_empty() => {
                let which = standing_of(model, run, &asked);
                format!("First what else is open is asked about ({which}); then the run goes on:")
            }
            (true, false) if self.waits(&next) => {
                "Then the run goes on to its next question:".to_owned()
            }
            (true, false) => "Then the run goes on, to the end or to the next question:".to_owned(),
            (true, true) => "Then the undo goes on:".to_owned(),
            (false, _) => "Then the run goes on, and pauses before its next step:".to_owned(),
        };
        rows.under(heading, Tone::Dim)
    }
}

/// What looking at hosts runs there.
const LOOKS: &str =
    "It runs looks on the hosts, which change nothing there, and no step of the recipe.";

/// What was told of something that is done outside of the run.
fn told(model: &Model) -> Listing {
    update::palette_intent(model).map_or_else(Listing::default, |intent| intended(model, &intent))
}

pub(super) fn intended(model: &Model, intent: &Intent) -> Listing {
    let lines = preview(model, intent);
    let rows: Vec<Row> = lines.into_iter().map(|line| (line, Tone::Text)).collect();
    let mut rows = Listing::from(rows);
    let plan = model.sight.preview.of(intent).and_then(|told| told.plan.as_ref());
    if let Some(plan) = plan {
        rows.extend(begun(model, plan, model.plan(), Mode::Run));
    }
    rows
}

/// All rows of what the open dialog would run, worked out once.
pub(crate) fn dialog_rows(model: &Model, dialog: &Dialog) -> Option<Rows> {
    let buttons = dialog.buttons.iter().map(|it| (it.label.clone(), it.deed.clone())).collect();
    model.previews.of(Of::Dialog(buttons), || dialog_would(model, dialog).map(Listing::all))
}

/// What the open dialog would run on hosts, if that is known; `None`: it runs nothing there.
pub(crate) fn dialog_would(model: &Model, dialog: &Dialog) -> Option<Listing> {
    let mut each: Vec<(Vec<&str>, Option<Listing>)> = Vec::new();
    for button in dialog.buttons.iter().filter(|button| button.deed != Deed::Nothing) {
        let runs = pressed(model, &button.deed);
        match each.iter_mut().find(|(_, others)| *others == runs) {
            Some((labels, _)) => labels.push(&button.label),
            None => each.push((vec![&button.label], runs)),
        }
    }
    each.iter().any(|(_, runs)| runs.is_some()).then(|| {
        let alone = each.len() == 1;
        let said = |(labels, runs)| if alone { or_nothing(runs) } else { headed((labels, runs)) };
        each.into_iter().map(said).fold(Listing::default(), Listing::and)
    })
}

/// Whether the open dialog has commands to be listed.
pub(crate) fn has_commands(model: &Model, dialog: &Dialog) -> bool {
    dialog_rows(model, dialog).is_some()
}

/// What a button runs under its label.
fn headed((labels, runs): (Vec<&str>, Option<Listing>)) -> Listing {
    let labels: Vec<String> = labels.into_iter().map(|label| format!("[ {label} ]")).collect();
    or_nothing(runs).under(labels.join(" "), Tone::Strong)
}

fn or_nothing(runs: Option<Listing>) -> Listing {
    match runs.filter(|rows| !rows.is_empty()) {
        Some(rows) => rows,
        None => Listing::of("Runs no command of the recipe.", Tone::Text),
    }
}

/// What is said of a dialog whose commands are not listed.
pub(crate) fn unlisted(dialog: &Dialog) -> &'static str {
    let any = |of: fn(&Deed) -> bool| dialog.buttons.iter().any(|button| of(&button.deed));
    if any(|deed| matches!(deed, Deed::Compare(_) | Deed::Drop(_) | Deed::Amend(..))) {
        "it would run what you type: the dialog that compares it lists that"
    } else if any(|deed| matches!(deed, Deed::Prompted(..))) {
        "what goes on with your answer is not known here"
    } else if any(|deed| matches!(deed, Deed::Lend(_))) {
        "this runs what you type there, and no command of the recipe"
    } else {
        "this runs no command of the recipe"
    }
}

/// What a button would run; `None`: nothing on any host, or nothing that is known.
fn pressed(model: &Model, deed: &Deed) -> Option<Listing> {
    match (deed, model.open_run()) {
        (Deed::Do(intent), _) => Some(intended(model, intent)),
        (Deed::Start(mode), _) => Some(planned(model, *mode)),
        (Deed::Mode(mode @ (Mode::Run | Mode::Step)), Some(run)) => Some(let_go(model, run, *mode)),
        (
            Deed::Choose(
                ids,
                choice @ (Choice::Retry
                | Choice::Edit(_)
                | Choice::Skip
                | Choice::Fixed
                | Choice::Assume(true)
                | Choice::Exclude
                | Choice::Move(_)
                | Choice::Go),
            ),
            Some(run),
        ) => Some(answer(model, run, ids, choice)),
        (Deed::Exclude(host), Some(run)) => {
            let after = run.without(&[*host]);
            Some(Follows { model, run: &after, but: Vec::new() }.rows())
        }
        (Deed::Abort(Abort { undo: true, .. }), Some(run)) => Some(commands::undoing(model, run)),
        (_, _) => None,
    }
}
