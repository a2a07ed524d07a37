//! What is done outside of the planned run: going back to a release, maintenance. Their dialogs,
//! and what they would do, asked before.

use std::collections::BTreeMap;

use crate::{
    model::Served,
    tui::{
        state::{
            Model,
            as_seen::{AsSeen, served_since},
            dialog::{Deed, Dialog, Focus, Need, Role, Subject},
            moment,
            sight::Pages,
        },
        styles::Tone,
        told::{Intent, Wish},
        words,
    },
};

/// What the last row of a dialog says until a difference was read.
pub(super) const UNREAD: &str = "changed while you looked: read it again";

/// The question whether to go back to a release.
pub(super) fn rollback(model: &mut Model, release: &str) {
    let Some(plan) = model.plan() else { return };
    let title = format!("Roll back {} on {}?", plan.app, plan.stage);
    let hosts = words::count(model.sight.sites.len(), "host");
    let intent = Intent::rollback(release);
    let subject = Subject::Rollback(release.to_owned(), served(model));
    let about = format!("serves {release} on {hosts}");
    let dialog = Dialog::new(title, subject, model.now)
        .button("Roll back", None, about, Deed::Do(intent))
        .confirmed_by(release)
        .field("Reason (optional)", Vec::new(), Need::Nothing, false);
    let dialog = match words::left_out(model) {
        Some(line) => dialog.line(line),
        None => dialog,
    };
    model.sight.preview.forget();
    model.dialog = Some(dialog);
}

/// The question whether to turn maintenance on or off.
pub(super) fn maintenance(model: &mut Model) {
    let Some(plan) = model.plan() else { return };
    let title = format!("Maintenance of {} on {}", plan.app, plan.stage);
    let care = words::care(model);
    let mut dialog = Dialog::new(title, Subject::Maintenance(care.clone()), model.now);
    dialog = with_switches(model, dialog, &care);
    if plan.protected {
        dialog = dialog.confirmed_by(&plan.stage);
    }
    // Turned on anew it says what it said, unless that is changed.
    let before = model.sight.raised();
    let line = |text: Option<String>| text.into_iter().collect::<Vec<_>>();
    let reason = line(before.and_then(|it| it.reason.clone()));
    let until = before.and_then(|it| it.until).filter(|at| *at > model.wall());
    let until = line(until.map(|at| moment::written(at, model.wall(), &model.settings.zone)));
    let dialog = dialog.field("Reason (visitors read it)", reason, Need::Nothing, false).field(
        "Until (14:30 or +20m)",
        until,
        Need::Moment,
        false,
    );
    model.sight.preview.forget();
    model.dialog = Some(dialog);
}

/// The question whether to end the lock of whoever has the stage.
pub(super) fn unlock(model: &mut Model) {
    let Some(plan) = model.plan() else { return };
    let Some((_, lock)) = model.foreign_lock() else { return };
    let title = format!("End the lock on {} of {}?", plan.stage, plan.app);
    let about = format!("{} loses it, on every host", lock.by);
    let intent = Intent::Unlock { reason: String::new() };
    let subject = Subject::Lock(lock.run.clone());
    let mut dialog =
        Dialog::new(title, subject, model.now).button("End it", None, about, Deed::Do(intent));
    if plan.protected {
        dialog = dialog.confirmed_by(&plan.stage);
    }
    model.sight.preview.forget();
    model.dialog = Some(dialog.with_reason());
}

/// Why the question of ending a lock is gone.
pub(super) fn lock_gone(model: &Model, run: &str) -> Option<&'static str> {
    if model.open_run().is_some() {
        return Some("a run has begun; nothing was sent");
    }
    let same = model.foreign_lock().is_some_and(|(_, lock)| lock.run == run);
    (!same).then_some("that lock is gone; nothing was sent")
}

/// With the buttons that there is a reason for, the likelier one first.
fn with_switches(model: &Model, dialog: Dialog, care: &[String]) -> Dialog {
    let intent = |on| Deed::Do(Intent::maintenance(on));
    let pages = model.sight.pages();
    let (is_on, lies) = (matches!(pages, Pages::On { .. }), model.sight.page_lies());
    let on = if is_on || lies { "Turn on anew" } else { "Turn on" };
    let off = if care.is_empty() { "Turn off" } else { "Turn off anyway" };
    let of = match model.sight.pages.len() {
        0 => String::new(),
        hosts => format!(" of {}", words::count(hosts, "host")),
    };
    let get = |what: &str| format!("visitors{of} get the {what}");
    let about = match care {
        [] => get("application"),
        [first, ..] => format!("careful: {first}"),
    };
    let on = |dialog: Dialog| dialog.button(on, None, get("page"), intent(true));
    let off = |dialog: Dialog| dialog.button(off, None, about, intent(false));
    match pages {
        Pages::Off if !lies => on(dialog),
        Pages::On { .. } => on(off(dialog)),
        // Nobody asks what visitors get, or there is no answer: what lies there is all that is known.
        Pages::NotAsked | Pages::Unknown(..) if lies => on(off(dialog)),
        Pages::Off | Pages::NotAsked | Pages::Mixed(..) | Pages::Unknown(..) => off(on(dialog)),
    }
}

fn served(model: &Model) -> Vec<(Served, Vec<String>)> {
    let owned = |(served, hosts): (&Served, Vec<&str>)| {
        (served.clone(), hosts.into_iter().map(str::to_owned).collect())
    };
    model.sight.served().into_iter().map(owned).collect()
}

/// What each host serves.
fn by_host(served: &[(Served, Vec<String>)]) -> BTreeMap<String, Served> {
    let each = |(served, hosts): &(Served, Vec<String>)| {
        hosts.iter().map(|host| (host.clone(), served.clone())).collect::<Vec<_>>()
    };
    served.iter().flat_map(each).collect()
}

/// Why the question of going back to a release is gone.
pub(super) fn gone(
    model: &Model,
    release: &str,
    before: &[(Served, Vec<String>)],
) -> Option<String> {
    let offered = |release| model.sight.candidate(release).is_some_and(|it| it.refused.is_none());
    if model.open_run().is_some() {
        Some("a run has begun; nothing was sent".to_owned())
    } else if served(model) != before {
        let what = served_since(&by_host(before), &by_host(&served(model)));
        let what = what.unwrap_or_else(|| "other hosts are seen than before".to_owned());
        Some(format!("nothing was sent: {what}"))
    } else if !offered(release) {
        Some("that release is no longer offered; nothing was sent".to_owned())
    } else {
        None
    }
}

/// Brings what is open in line with what was told: the picker is for when no run is open, and a
/// button of the maintenance dialog says what it does now. The dialog stays open: what is being
/// typed must not fall on the keys behind it.
pub(super) fn keep_true(model: &mut Model) {
    let gone = if model.open_run().is_some() {
        Some("a run has begun: no release can be chosen now")
    } else if model.sight.candidates.is_empty() {
        Some("there is no release any more to go back to")
    } else {
        None
    };
    if let Some(gone) = gone.filter(|_| model.picker.take().is_some()) {
        model.say(gone, Tone::Warn);
    }
    keep_dialog_true(model);
}

/// A difference is told in the open dialog, and stays there. What is typed into a field goes on; the keys
/// on a button go to Cancel.
fn keep_dialog_true(model: &mut Model) {
    let now = as_seen(model);
    let Some(mut dialog) = model.dialog.take() else { return };
    let other = other(&dialog, &now).map(|it| format!("changed while you looked: {it}"));
    let again = other.is_none() && dialog.as_seen.is_some() && dialog.meant.is_unread();
    if !again && (other.is_none() || dialog.changed == other) {
        model.dialog = Some(dialog);
        return;
    }
    if matches!(dialog.subject, Subject::Maintenance(_)) {
        dialog.buttons.truncate(1);
        dialog = with_switches(model, dialog, &now.care);
        dialog.subject = Subject::Maintenance(now.care);
    }
    if matches!(dialog.focus, Focus::Button(_)) {
        dialog.focus = Focus::Button(0);
    }
    dialog.scroll = 0;
    // A letter that was meant for what was there before confirms nothing.
    if again {
        dialog.meant.as_before(model.now);
        dialog.says = Some("it is again as it was when you looked".to_owned());
    } else {
        dialog.meant.anew(model.now);
        dialog.says = Some(UNREAD.to_owned());
    }
    dialog.changed = other;
    model.dialog = Some(dialog);
}

/// What a dialog rests on, as it is known now.
pub(super) fn as_seen(model: &Model) -> AsSeen {
    AsSeen::of(&model.sight, words::care(model))
}

/// What has become other of what a dialog is about, since it was read last.
fn other(dialog: &Dialog, now: &AsSeen) -> Option<String> {
    let before = dialog.as_seen.as_ref();
    match &dialog.subject {
        Subject::Start => before?.since(now),
        Subject::Maintenance(care) => {
            let care = before.map_or(care, |it| &it.care);
            let cared = || (*care != now.care).then(|| "what to be careful of".to_owned());
            before.and_then(|it| it.pages_since(now)).or_else(cared)
        }
        Subject::Without
        | Subject::Holds(_)
        | Subject::Run
        | Subject::Rollback(..)
        | Subject::Lock(_)
        | Subject::Shell(_)
        | Subject::Prompt(_)
        | Subject::Save
        | Subject::Quit => None,
    }
}

/// What a dialog about hosts says of them may be half a minute old: they are looked at again once it is
/// open, and what it was opened on is kept, so that no difference is passed over.
pub(super) fn glance(model: &mut Model) -> Option<Wish> {
    let now = as_seen(model);
    let dialog = model.dialog.as_mut().filter(|dialog| dialog.as_seen.is_none())?;
    let about = match dialog.subject {
        Subject::Start | Subject::Rollback(..) | Subject::Maintenance(_) | Subject::Lock(_) => true,
        Subject::Without
        | Subject::Holds(_)
        | Subject::Run
        | Subject::Shell(_)
        | Subject::Prompt(_)
        | Subject::Save
        | Subject::Quit => false,
    };
    let known = model.sight.seen_at().or(model.sight.probed_at()).is_some();
    if !about || !known {
        return None;
    }
    dialog.as_seen = Some(now);
    if model.alone {
        return None;
    }
    model.sight.glancing = Some(model.now);
    Some(Wish::Glance)
}

/// Begins what a button stands for.
pub(super) fn begin(model: &mut Model, dialog: &Dialog, intent: Intent) -> Wish {
    let some = |text: String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let reason = some(dialog.typed(Role::Main));
    let typed = dialog.typed(Role::Until);
    let until = moment::read(&typed, model.wall(), &model.settings.zone).ok().flatten();
    // What has changed was said, and read.
    let raising = as_seen(model).raising;
    let intent = match intent {
        Intent::Rollback { release, .. } => {
            let told = if let Subject::Rollback(_, served) = &dialog.subject {
                served
            } else {
                &Vec::new()
            };
            Intent::Rollback { release, reason, from: told.clone() }
        }
        Intent::Maintenance { on: true, .. } => {
            let until = until.map(|at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
            Intent::Maintenance { on: true, reason, until, from: raising }
        }
        // The words are for visitors of the page.
        Intent::Maintenance { on: false, .. } => {
            Intent::Maintenance { on: false, reason: None, until: None, from: raising }
        }
        Intent::Unlock { .. } => Intent::Unlock { reason: reason.unwrap_or_default() },
    };
    let doing = words::doing(&intent);
    model.say(format!("{doing}: asked for"), Tone::Text);
    model.sight.doing = Some(doing);
    model.picker = None;
    Wish::Do(intent)
}

/// Asks what the thing in question would do, once; one question is under way at a time.
pub(super) fn ask(model: &mut Model) -> Option<Wish> {
    let chosen = || {
        let candidate = model.picker.as_ref()?.candidate(&model.sight)?;
        candidate.refused.is_none().then(|| Intent::rollback(&candidate.name))
    };
    let wanted = match &model.dialog {
        Some(dialog) => dialog.intents().map(|(_, intent)| intent.clone()).collect(),
        None => super::palette::intent(model).or_else(chosen).into_iter().collect::<Vec<_>>(),
    };
    let preview = &mut model.sight.preview;
    let wanted = wanted.into_iter().find(|intent| preview.of(intent).is_none())?;
    if preview.asked.is_some() || model.alone {
        return None;
    }
    preview.asked = Some(wanted.clone());
    Some(Wish::Preview(wanted))
}
