//! What happens between keys: nothing is done later than it was asked for, and nothing old is shown as new.

use super::{
    Desk, WIDE,
    outside::{check, refused},
    settings,
    sites::Sites,
    story::{self, at},
};
use crate::{
    model::Maintenance,
    run::{Fact, Mode},
    tui::{Settings, Told},
};

#[test]
fn a_step_is_not_asked_for_ahead() {
    let failed = || vec![story::failed().told()];
    refused(failed(), "S", "first answer what is asked (");
    let running = || vec![story::running().then(Fact::Mode(Mode::Pause)).told()];
    refused(running(), "S", "a step is running");
    let stepping = || vec![story::running().then(Fact::Mode(Mode::Step)).told()];
    refused(stepping(), "S", "the next step begins already");
}

#[test]
fn the_next_run_asks_when_it_is_planned() {
    let over = || {
        let over = Told::Over("run a4dqob is over".to_owned());
        Sites::calm().with(story::done_ok()).into_iter().chain([over])
    };
    let planned = || Sites::calm().idle();
    let desk = Desk::new(WIDE).tell_all(over()).keys("D");
    assert!(desk.model.dialog.is_none());
    let mut desk = desk.tell_all(planned());
    assert!(desk.screen().contains("Start deploy of shop"), "{}", desk.screen());
    // Nothing was pressed in it.
    assert!(!desk.wishes.iter().any(|wish| matches!(wish, crate::tui::Wish::Start(_))));
    for keys in ["D<esc>", "DM<esc>"] {
        let desk = Desk::new(WIDE).tell_all(over()).keys(keys).tell_all(planned());
        assert!(desk.model.dialog.is_none(), "{keys}");
    }
}

#[test]
fn what_visitors_get_is_not_known_while_a_run_changes_it() {
    let mut plan = story::plan();
    let switch = plan.nodes.iter().position(|node| node.key.step.as_str() == "switch").unwrap();
    let shown = |name: &str| {
        let mut story = story::done_ok();
        for event in &mut story.events {
            if let Fact::Opened(plan) = &mut event.fact {
                for node in &mut plan.nodes[switch..] {
                    node.key.step = name.to_owned().try_into().unwrap();
                }
            }
        }
        let told = std::iter::once(story.told())
            .chain(Sites::calm().page(0, Maintenance::Off(200)).told(at(1)));
        Desk::new(WIDE).tell_all(told).screen()
    };
    plan.nodes.clear();
    assert!(shown("maintenance-off").contains("MAINT ? changing"));
    assert!(shown("other").contains("MAINT off"));
}

#[test]
fn what_is_not_kept_says_so_before_it_is_left() {
    let leaving = |lasting| {
        let settings = Settings { lasting, ..settings() };
        let desk = Desk::with(WIDE, settings, 1, super::chatter);
        desk.tell_all(vec![story::running().told()]).keys("q").screen()
    };
    assert!(leaving(true).contains("deployui resume") && leaving(true).contains("[ Detach ]"));
    let (gone, kept) = (leaving(false), "deployui resume");
    assert!(!gone.contains(kept) && gone.contains("hosts and folder are removed"), "{gone}");
    check(vec![story::running().told()], "q<ret>", &[]);
}

#[test]
fn that_the_site_is_closed_is_said_before_what_is_served() {
    let told = Sites::calm().raised("bob@laptop").with(story::failed());
    let screen = Desk::new(WIDE).resize(66, 24).tell_all(told).screen();
    let header = screen.lines().next().unwrap();
    assert!(header.contains("FAILED") && header.contains("MAINT on"), "{header}");
}
