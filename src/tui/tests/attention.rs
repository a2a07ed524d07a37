//! Who is called, when, and how; the title of the terminal and its indicator.

use jiff::SignedDuration;

use super::{Desk, WIDE, settings, story};
use crate::{
    run::{Mode, Run},
    store::Pace,
    tui::{
        Notices, Notify, Prompt, PromptKind, Settings, Told, errand::Errand, notice::Progress,
        update::Msg, view, words,
    },
};

fn calls(desk: &mut Desk) -> Vec<(Notices, String)> {
    let errands = std::iter::from_fn(|| desk.model.errands.next());
    let call = |errand| match errand {
        Errand::Alert(how, text) => Some((how, text)),
        Errand::Copy(_) | Errand::Lend(_) | Errand::Stream | Errand::Ground | Errand::Mouse(_) => {
            None
        }
    };
    errands.filter_map(call).collect()
}

fn with(notify: Notify, focused: Option<bool>) -> Desk {
    let mut desk = Desk::with(WIDE, Settings { notify, ..settings() }, 40, super::chatter);
    focused.into_iter().for_each(|focused| desk.take(Msg::Focus(focused)));
    desk.tell(story::running().told())
}

#[test]
fn the_operator_is_called_where_nobody_looks_and_nowhere_else() {
    let check = |notify, focused, wanted: Option<Notices>| {
        let mut desk = with(notify, focused);
        assert_eq!(calls(&mut desk), [], "a run that goes on is no news");
        let mut desk = desk.tell(story::failed().told());
        let text = "shop production: FAILED migrate on db1, exit 1".to_owned();
        let wanted: Vec<_> = wanted.into_iter().map(|how| (how, text.clone())).collect();
        assert_eq!(calls(&mut desk), wanted, "{notify:?}, {focused:?}");
    };
    check(Notify::Auto, Some(false), Some(Notices::Osc9));
    check(Notify::Auto, None, Some(Notices::Bell));
    check(Notify::Auto, Some(true), None);
    check(Notify::Bell, Some(false), Some(Notices::Bell));
    // Where it is not known whether anybody looks, what was chosen holds all the same.
    for (chosen, how) in [
        (Notify::Osc9, Notices::Osc9),
        (Notify::Osc777, Notices::Osc777),
        (Notify::Osc99, Notices::Osc99),
    ] {
        check(chosen, Some(false), Some(how));
        check(chosen, None, Some(how));
        check(chosen, Some(true), None);
    }
    check(Notify::Off, Some(false), None);
    check(Notify::Off, None, None);
}

#[test]
fn it_is_called_once_for_each_and_not_too_often() {
    let mut desk = with(Notify::Auto, Some(false)).tell(story::asking().told());
    assert_eq!(calls(&mut desk).len(), 1);
    // The same again is no news.
    let mut desk = desk.tell(story::asking().told());
    desk.model.now += SignedDuration::from_secs(9);
    desk.take(Msg::Second);
    assert_eq!(calls(&mut desk), []);
    // Later, or when the clock was set back.
    for later in [SignedDuration::from_secs(6), -SignedDuration::from_mins(61)] {
        let mut desk = with(Notify::Auto, Some(false)).tell(story::failed().told());
        assert_eq!(calls(&mut desk).len(), 1);
        let mut desk = desk.tell(story::done_failed().told());
        assert_eq!(calls(&mut desk), [], "too soon");
        assert!(desk.model.ticks(), "it still waits");
        desk.model.now += later;
        desk.take(Msg::Second);
        let over = "shop production: deploy ended, something left out";
        assert_eq!(calls(&mut desk), [(Notices::Osc9, over.to_owned())]);
    }
}

#[test]
fn who_comes_back_is_not_called_any_more() {
    let mut desk = with(Notify::Auto, Some(false)).tell(story::failed().told());
    calls(&mut desk);
    let mut desk = desk.tell(story::done_failed().told());
    desk.take(Msg::Focus(true));
    desk.take(Msg::Focus(false));
    desk.model.now += SignedDuration::from_secs(6);
    desk.take(Msg::Second);
    assert_eq!(calls(&mut desk), []);
}

#[test]
fn a_question_while_connecting_calls_too_and_cannot_break_out() {
    let title = "Password of bob\x1b]52;c;x\x07".to_owned();
    let prompt = Prompt { id: 1, title, lines: Vec::new(), kind: PromptKind::Secret };
    let mut desk = Desk::new(WIDE).tell(Told::Prompt(prompt));
    let called = calls(&mut desk);
    let [(Notices::Bell, text)] = called.as_slice() else { panic!("{called:?}") };
    assert!(
        text.starts_with("asks: Password of bob") && !text.contains(char::is_control),
        "{text:?}"
    );
}

#[test]
fn title_and_indicator_say_how_it_goes() {
    let check = |told: Vec<Told>, title: &str, progress: Progress| {
        let desk = Desk::new(WIDE).tell_all(told);
        assert_eq!(view::title(&desk.model), title);
        assert_eq!(words::progress(&desk.model), progress, "{title}");
    };
    let run = Run::fold(&story::done_ok().events).unwrap();
    let mut pace = Pace::new("deploy");
    pace.learn(&run);
    let known = |story: story::Story| vec![Told::Pace(pace.clone()), story.told()];
    check(Vec::new(), "deployui", Progress::Off);
    check(story::ready(), "deploy – shop production", Progress::Off);
    check(vec![story::running().told()], "◐ 2/5 build – shop production", Progress::Busy);
    // The build has outlasted all that is known of it.
    check(known(story::running()), "◐ 2/5 build – shop production", Progress::Busy);
    // How long it takes is not known: so many of its steps are done.
    check(vec![story::failed().told()], "✗ migrate db1 – shop production", Progress::Failed(40));
    check(vec![story::asking().told()], "‖ migrate db1 – shop production", Progress::Waiting(40));
    check(known(story::failed()), "✗ migrate db1 – shop production", Progress::Failed(90));
    check(known(story::asking()), "‖ migrate db1 – shop production", Progress::Waiting(90));
    let paused = || story::running().mode(Mode::Pause);
    check(known(paused()), "‖ 2/5 build – shop production", Progress::Waiting(20));
    check(known(story::done_ok()), "✓ deploy done – shop production", Progress::Off);
    check(
        vec![story::done_failed().told()],
        "✗ deploy ended, something left out – shop production",
        Progress::Failed(100),
    );
}

#[test]
fn the_indicator_is_never_nearly_full_while_a_step_is_left() {
    let mut pace = Pace::new("deploy");
    pace.learn(&Run::fold(&story::done_ok().events).unwrap());
    let at = |seconds: i64, pace: &Pace| {
        let mut desk = Desk::new(WIDE).tell(Told::Pace(pace.clone()));
        desk.model.now = story::at(seconds);
        words::progress(&desk.tell(story::running().told()).model)
    };
    // The build runs since second 3 and takes 12; what comes after it takes 14.
    assert_eq!(at(9, &pace), Progress::Going(31));
    assert_eq!(at(18, &pace), Progress::Going(56));
    assert_eq!(at(60, &pace), Progress::Busy, "it is late");
    assert_eq!(at(18, &Pace::new("deploy")), Progress::Busy);
    // Nothing that is known of is left, and it goes on.
    let mut last = story::done_ok();
    last.events.pop();
    let told = || vec![Told::Pace(pace.clone()), last.told()];
    let desk = Desk::new(WIDE).tell_all(told());
    assert!(
        !matches!(words::progress(&desk.model), Progress::Going(91..)),
        "{:?}",
        desk.model.tempo.left
    );
}
