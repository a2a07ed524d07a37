//! More hosts and steps than fit: what is said of those that are hidden, and lists that are narrowed.

use ratatui::layout::Size;

use super::{Desk, NARROW, SMALL, WIDE, settings, story};
use crate::{
    model::{Column, Host, HostId, Key, Kind, Node, NodeId, Origin, Part, Plan, StepName},
    run::{Fact, LinkState},
    tui::{HostState, Told, state::narrow::List, tests::chatter},
};

/// Forty hosts and twelve steps.
fn plan() -> Plan {
    let mut plan = story::plan();
    let Kind::Act(act) = plan.nodes[1].kind.clone() else { panic!("an action") };
    let role = |n: u16| vec![if n.is_multiple_of(10) { "db".to_owned() } else { "web".to_owned() }];
    let host = |n: u16| Host { name: format!("h{n:02}"), roles: role(n), ..plan.hosts[0].clone() };
    plan.hosts = (1..=40).map(host).collect();
    (plan.nodes, plan.columns) = (Vec::new(), Vec::new());
    for step in 0..12u32 {
        let name = StepName::try_from(format!("step-{}", step + 1)).unwrap();
        for host in 0..40 {
            let key = Key { step: name.clone(), part: Part::Main };
            let (kind, origin) = (Kind::Act(act.clone()), Origin::Plan);
            plan.nodes.push(Node {
                key,
                host: Some(HostId(host)),
                needs: Vec::new(),
                kind,
                origin,
            });
        }
        let nodes = (step * 40..step * 40 + 40).map(NodeId).collect();
        let about = format!("Step number {}", step + 1);
        plan.columns.push(Column { step: name, about, built_in: None, gates: Vec::new(), nodes });
    }
    plan
}

/// All are there but three, and one that is on its way.
fn connected() -> Vec<Told> {
    let trouble = || HostState::Trouble {
        what: "cannot connect to 10.88.0.99:22: no route to host".to_owned(),
        hint: None,
    };
    let state = |n: u16| match n {
        12 | 26 | 32 => trouble(),
        39 => HostState::Connecting,
        _ => HostState::Ready,
    };
    let hosts = (0..40).map(|n| Told::Host(HostId(n), state(n)));
    std::iter::once(Told::Plan(Box::new(plan()))).chain(hosts).collect()
}

fn desk(size: Size) -> Desk {
    Desk::new(size).tell_all(connected())
}

#[test]
fn hosts_that_do_not_fit_are_summed_up_the_worst_first() {
    for (size, ascii) in [(WIDE, false), (NARROW, false), (SMALL, false), (NARROW, true)] {
        let settings = crate::tui::Settings { ascii, ..settings() };
        let mut desk = Desk::with(size, settings, 40, chatter).tell_all(connected());
        let name = format!("many_{}{}", size.width, if ascii { "_ascii" } else { "" });
        let screen = desk.screen();
        // Numbers go before names, where there is no room for both.
        let of = |all: u8, names: &str| match size == SMALL {
            true => format!("{all} cannot be reached"),
            false => format!("{all} cannot be reached ({names}"),
        };
        assert!(screen.contains(&of(3, "h13, h27")), "{screen}");
        insta::assert_snapshot!(name, screen);
        // The three are seen as such where they are shown, too.
        let screen = desk.keys("jjjjjjjjjjjj").screen();
        let trouble = if ascii { "x trouble" } else { "\u{2717} trouble" };
        assert!(screen.contains(trouble), "{screen}");
        assert!(screen.contains(&of(2, "h27")), "{screen}");
    }
}

#[test]
fn a_lost_link_is_summed_up_also_where_nothing_runs() {
    let down = Fact::Link(HostId(29), LinkState::Down("no answer for 15 s".to_owned()));
    let run = story::Story::of(plan()).then(down).wait(7);
    let screen = Desk::new(WIDE).tell(run.told()).screen();
    assert!(screen.contains("1 link lost (h30)"), "{screen}");
}

fn rows(screen: &str, of: &str) -> usize {
    screen.lines().filter(|line| line.contains(of)).count()
}

#[test]
fn hosts_are_listed_by_what_is_typed() {
    let mut desk = desk(WIDE).keys("/h2");
    insta::assert_snapshot!("many_typing", desk.screen());
    let mut desk = desk.keys("7<ret>");
    let screen = desk.screen();
    assert!(screen.contains("/h27: 1 of 40"), "{screen}");
    assert!(screen.contains("39 more: 2 cannot be reached (h13, h33)"), "{screen}");
    assert_eq!(desk.model.cursor.row, 26);
    // Nothing of the log was begun.
    assert!(desk.model.log.search.pattern.is_none() && !screen.contains("looking"), "{screen}");
    // Motions stay among those that are listed; Esc lists all, where one is.
    let mut desk = desk.keys("/<C-u>trouble<ret>gj");
    assert_eq!(desk.model.cursor.row, 26);
    assert!(desk.screen().contains("/trouble: 3 of 40"), "{}", desk.screen());
    let mut desk = desk.keys("j");
    assert_eq!(desk.model.cursor.row, 32);
    desk = desk.keys("jj");
    assert_eq!(desk.model.cursor.row, 32);
    let mut desk = desk.keys("<esc>");
    assert_eq!(desk.model.cursor.row, 32);
    assert!(!desk.screen().contains("of 40"), "{}", desk.screen());
}

#[test]
fn what_leaves_nothing_lists_all_and_says_so() {
    let mut desk = desk(WIDE).keys("jj/boom");
    assert!(desk.screen().contains("0 hosts"), "{}", desk.screen());
    assert_eq!(desk.model.cursor.row, 2);
    let mut desk = desk.keys("<ret>");
    let screen = desk.screen();
    assert!(screen.contains("none of the hosts has boom in its words"), "{screen}");
    assert!(rows(&screen, "ready") > 4, "{screen}");
    // Esc while it is typed lists all, too, and is the only thing it does.
    let desk = desk.keys("z/h3<esc>");
    assert!(desk.model.zoom && desk.model.narrow.text(List::Hosts).is_empty());
}

#[test]
fn what_is_gone_to_otherwise_is_listed() {
    let mut desk = desk(WIDE).keys("/h1<ret>").keys(":host h33<ret>");
    assert_eq!(desk.model.cursor.row, 32);
    assert!(desk.screen().contains("\u{25b8} h33"), "{}", desk.screen());
    assert!(!desk.screen().contains("/h1"), "{}", desk.screen());
    // A list by state changes with the state; what is chosen stays or is the next.
    let desk = self::desk(WIDE).keys("/trouble<ret>j");
    assert_eq!(desk.model.cursor.row, 26);
    let desk = desk.tell(Told::Host(HostId(26), HostState::Ready));
    assert_eq!(desk.model.cursor.row, 32);
    let desk = desk.tell(Told::Host(HostId(32), HostState::Ready));
    assert_eq!(desk.model.cursor.row, 12);
    let mut desk = desk.tell(Told::Host(HostId(12), HostState::Ready));
    assert!(desk.screen().contains("h40") || !desk.screen().contains("/trouble"));
}

#[test]
fn steps_are_listed_by_what_is_typed() {
    let mut desk = desk(WIDE).keys("3/number 1");
    insta::assert_snapshot!("many_steps", desk.screen());
    desk = desk.keys("<ret>G");
    assert_eq!(desk.model.cursor.column, 11);
    let desk = desk.keys("k");
    assert_eq!(desk.model.cursor.column, 10);
    let desk = desk.keys("kk1h<esc>");
    assert_eq!(desk.model.cursor.column, 0);
    // Following the run shows all again.
    let desk = desk.keys("3/number 12<ret>f");
    assert!(!desk.model.cursor.moved);
    assert_eq!(desk.model.narrow.text(List::Steps), "");
}

#[test]
fn where_there_is_no_log_nothing_is_searched() {
    let mut desk = desk(WIDE).keys("4/");
    let screen = desk.screen();
    assert!(screen.contains("/ not now: there is no log here yet"), "{screen}");
    assert!(!screen.contains("looking"), "{screen}");
    // In a run, too, before the step has begun.
    let mut desk = Desk::new(WIDE).tell(story::running().told()).keys("llll4/");
    assert!(!desk.screen().contains("looking"), "{}", desk.screen());
}

#[test]
fn one_host_that_is_away_keeps_none_from_beginning() {
    let mut desk = desk(WIDE).keys("D");
    let screen = desk.screen();
    assert!(screen.contains("h13 cannot be reached; r tries again, X leaves it out"), "{screen}");
    let mut desk = desk.keys("X");
    insta::assert_snapshot!("many_leave_out", desk.screen());
    let all = "Without([\"h13\", \"h27\", \"h33\"])";
    assert_eq!(desk.keys("<tab><tab><ret>").wishes(), [all]);
    // The chosen host, where it is one of them.
    let desk = self::desk(WIDE).keys("/h27<ret>X<tab><ret>");
    assert_eq!(desk.wishes(), ["Without([\"h27\"])"]);
    // Enter alone leaves out nothing, and where all are there nothing can be.
    assert!(self::desk(WIDE).keys("X<ret>").wishes().is_empty());
    let mut desk = Desk::new(WIDE).tell_all(story::ready()).keys("X");
    assert!(desk.screen().contains("nothing has been started"), "{}", desk.screen());
    // What is left out is said where it is asked whether to begin, and r takes it in again.
    let told = story::ready().into_iter().chain([Told::Without(vec!["h13".to_owned()])]);
    let mut desk = Desk::new(WIDE).tell_all(told).keys("D");
    assert!(desk.screen().contains("Left out: h13."), "{}", desk.screen());
    assert_eq!(desk.keys("<esc>r").wishes(), ["Connect"]);
}
