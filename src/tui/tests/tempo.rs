//! What is usual, late and silent, and how long it may still take.

use jiff::SignedDuration;

use super::{Desk, NARROW, WIDE, settings, story};
use crate::{
    model::{HostId, Try},
    run::{Fact, LinkState, Mode, Run, Who},
    store::Pace,
    tui::{
        Settings, Told,
        state::tempo::Heard,
        update::{self, Msg},
    },
};

/// The pace of so many runs like the one that went well.
fn pace(runs: usize) -> Told {
    let run = Run::fold(&story::done_ok().events).unwrap();
    let mut pace = Pace::new("deploy");
    (0..runs).for_each(|_| pace.learn(&run));
    Told::Pace(pace)
}

impl Desk {
    /// So much later.
    fn later(mut self, seconds: i64) -> Self {
        self.model.now += SignedDuration::from_secs(seconds);
        self.take(Msg::Second);
        self
    }

    fn line(&self) -> &str {
        self.model.line.as_ref().map_or("", |line| line.text.as_str())
    }
}

/// The build runs since second 3; it is second 20.
fn running(settings: Settings, runs: usize) -> Desk {
    let mut desk = Desk::with(WIDE, settings, 40, super::chatter);
    desk.model.now = story::at(15);
    desk.tell(pace(runs)).tell(story::running().told()).later(2)
}

fn snapshot(name: &str, desk: Desk) {
    let mut desk = desk;
    for size in [WIDE, NARROW] {
        desk = desk.resize(size.width, size.height);
        insta::assert_snapshot!(format!("{name}_{}x{}", size.width, size.height), desk.screen());
    }
}

#[test]
fn what_is_usual_stands_beside_what_is() {
    snapshot("tempo_running", running(settings(), 6));
    let mut few = running(settings(), 2).keys("3z");
    assert!(few.screen().contains("running 16s  typ 12s (2 runs)  p95 15s"), "{}", few.screen());
    let mut none = running(settings(), 0);
    let screen = none.screen();
    assert!(!screen.contains("typ") && !screen.contains("eta"), "{screen}");
}

#[test]
fn what_takes_longer_is_late_once_and_says_so() {
    let desk = running(settings(), 6);
    assert_eq!(desk.line(), "web2 build ok after 12s");
    let desk = desk.later(7);
    assert_eq!(desk.line(), "web1 › build is late: 21s, typically 15s");
    let mut desk = desk.keys("<esc>").later(3);
    assert_eq!(desk.line(), "");
    let screen = desk.screen();
    for says in ["longer than usual", "late: typically 15s", "! late 2"] {
        assert!(screen.contains(says), "{says}\n{screen}");
    }
    snapshot("tempo_late", desk);
    // With few runs only twice the usual time is late.
    assert_eq!(running(settings(), 2).later(10).line(), "web2 build ok after 12s");
    assert!(running(settings(), 2).later(11).line().contains("late: 25s, typically 12s (2 runs)"));
    assert_eq!(running(settings(), 0).later(900).line(), "web2 build ok after 12s");
}

#[test]
fn what_ended_while_nobody_looked_is_not_called_slow() {
    let ends = |cut: bool| {
        let mut story = story::running().wait(60);
        if cut {
            for state in [LinkState::Down("cut".to_owned()), LinkState::Up] {
                story = story.then(Fact::Link(HostId(0), state));
            }
        }
        let mut desk = Desk::with(WIDE, settings(), 40, super::chatter);
        desk.model.now = story::at(80);
        desk.tell(pace(6)).tell(story.end("build", 0, 0).told()).keys("3z").screen()
    };
    let (seen, unseen) = (ends(false), ends(true));
    assert!(seen.contains("slow"), "{seen}");
    assert!(!unseen.contains("slow"), "{unseen}");
}

#[test]
fn what_may_have_ended_while_nobody_looked_is_not_called_late() {
    let taken = |facts: &[Fact], later| {
        let taken = story::running().wait(600).then(Fact::Taken(Who("li@desk 7".to_owned())));
        let taken = facts.iter().cloned().fold(taken, story::Story::then);
        let mut desk = Desk::with(WIDE, settings(), 40, super::chatter);
        desk.model.now = taken.events.last().unwrap().at;
        let desk = desk.tell(pace(6)).tell(taken.told()).later(later);
        desk.model.said.newest().filter(|line| line.text.contains("late")).count()
    };
    let up = [0, 1, 2].map(|host| Fact::Link(HostId(host), LinkState::Up));
    assert_eq!(taken(&[], 60), 0, "no host is reached yet");
    assert_eq!(taken(&up, 1), 0, "what it did meanwhile is under way");
    assert_eq!(taken(&up, 60), 1, "it goes on");
}

#[test]
fn what_prints_nothing_for_long_is_silent() {
    let at = |seconds| {
        let mut desk = running(settings(), 0);
        let story = story::running();
        let attempt = Try { node: story.node("build", 0), n: 1 };
        let heard = Heard::of(story::at(10), None, desk.model.now, SignedDuration::ZERO);
        desk.model.tempo.heard.insert(attempt, heard);
        desk.later(seconds)
    };
    let (mut before, mut after) = (at(23), at(24));
    assert!(!before.screen().contains("silent"), "{}", before.screen());
    assert!(after.screen().contains("silent 31s"), "{}", after.screen());
    snapshot("tempo_silent", at(40));
}

#[test]
fn a_log_is_heard_when_it_grows_however_the_clock_is_set() {
    let [none, hour] = [SignedDuration::ZERO, SignedDuration::from_hours(1)];
    let first = Heard::of(story::at(10), None, story::at(12), none);
    assert_eq!(first.at, story::at(10));
    assert_eq!(Heard::of(story::at(10), Some(first), story::at(13), none), first);
    // Set forward, then it grows, and no more.
    let grown = Heard::of(story::at(20) + hour, Some(first), story::at(21), hour);
    assert_eq!(grown.at, story::at(21));
    assert_eq!(Heard::of(story::at(20) + hour, Some(grown), story::at(90), hour).at, story::at(21));
    // First seen when it had been set.
    assert_eq!(Heard::of(story::at(20) - hour, None, story::at(21), -hour).at, story::at(20));
    assert_eq!(Heard::of(story::at(20) + hour, None, story::at(21), none).at, story::at(21));
}

#[test]
fn a_clock_that_is_set_changes_nothing_that_is_measured() {
    let mut desk = running(settings(), 6);
    let before = desk.screen();
    let clock = |desk: &mut Desk, by: SignedDuration| {
        let wall = desk.model.now + by;
        update::clock(&mut desk.model, wall);
    };
    clock(&mut desk, SignedDuration::from_millis(900));
    assert_eq!(desk.screen(), before, "it was read a moment later");
    for (by, says) in [(3600, "forward by 1h00m"), (-60, "back by 1h01m")] {
        clock(&mut desk, SignedDuration::from_secs(by));
        let line = format!("this machine's clock was set {says}; what is measured goes on evenly");
        assert_eq!(desk.line(), line);
    }
    let after = desk.screen();
    let last = |screen: &str| screen.lines().next().unwrap().trim_end().to_owned();
    let (before, after) = (last(&before), last(&after));
    let (before, shown) = before.rsplit_once(' ').unwrap();
    assert!(after.starts_with(before.trim_end()) && !after.ends_with(shown), "{after}");
    // Where the next run begins the time is right again, and nothing is said.
    let said = desk.model.said.newest().count();
    clock(&mut desk, SignedDuration::ZERO);
    assert_eq!((desk.model.set, desk.model.said.newest().count()), (SignedDuration::ZERO, said));
}

#[test]
fn a_run_whose_facts_lie_in_the_future_or_a_day_behind_is_shown_sanely() {
    let day = SignedDuration::from_hours(24);
    let at = |by: SignedDuration| {
        let mut desk = Desk::with(WIDE, settings(), 40, super::chatter);
        desk.model.now = story::at(19) + by;
        desk.tell(pace(6)).tell(story::running().told()).later(1)
    };
    // Facts from a day ahead: nothing has taken any time yet, and nothing is late or silent.
    let mut ahead = at(-day);
    let screen = ahead.screen();
    for never in ["late", "silent", "longer", "-0", "-1", "-2", "23:59"] {
        assert!(!screen.contains(never), "{never}\n{screen}");
    }
    assert!(screen.contains("00:00"), "{screen}");
    // A day behind: it may be that long, and that is what is said, in words that fit.
    let mut behind = at(day);
    let screen = behind.screen();
    assert!(screen.contains("24:00:20") && screen.contains("longer than usual"), "{screen}");
    assert!(!screen.contains("-1"), "{screen}");
}

#[test]
fn the_rest_is_the_longest_way_through_what_is_ahead() {
    let eta = |desk: Desk| desk.model.tempo.left.map(|left| (left.time.as_secs(), left.more));
    // 15 s build of which 14 are over, 9 s migrate, 1 s switch, 4 s restart.
    assert_eq!(eta(running(settings(), 6)), Some((1 + 9 + 1 + 4, false)));
    assert_eq!(eta(running(settings(), 6).later(100)), Some((9 + 1 + 4, false)));
    assert_eq!(eta(running(settings(), 0)), None);
    let mut desk = running(settings(), 6).tell(story::running().mode(Mode::Pause).told());
    assert!(!desk.screen().contains("eta"), "a run that is paused ends when its operator says");
}

#[test]
fn without_colour_and_in_ascii_it_is_said_too() {
    let settings = Settings { ascii: true, colour: false, ..settings() };
    let screen = running(settings, 6).later(9).resize(80, 24).screen();
    assert!(screen.is_ascii() && screen.contains("late"), "{screen}");
}

#[test]
fn the_right_of_the_header_keeps_its_place() {
    let head = |told: Told| {
        let mut desk = Desk::new(WIDE).tell(pace(6)).tell(told);
        let first = desk.screen().lines().next().unwrap().to_owned();
        first.chars().collect::<Vec<_>>()
    };
    let place = |row: &[char], what: &str| {
        let row: String = row.iter().collect();
        row.find(what).map(|at| row[..at].chars().count())
    };
    let one = head(story::Story::opened().wait(2).pass("release").start("release", 0).told());
    for told in [story::running().told(), story::running().mode(Mode::Step).told()] {
        let other = head(told);
        for what in ["hosts 3/3", "run "] {
            assert_eq!(place(&one, what), place(&other, what), "{what}");
            assert!(place(&one, what).is_some());
        }
    }
}

#[test]
fn times_are_read_again_for_what_says_how_long_a_run_takes() {
    let asked =
        |desk: &Desk| desk.wishes.iter().filter(|wish| **wish == crate::tui::Wish::Times).count();
    let mut desk = Desk::new(WIDE).tell_all(story::ready());
    assert_eq!(asked(&desk), 0);
    desk = desk.keys("D");
    assert!(desk.screen().contains("not known yet: no deploy has ended well"), "{}", desk.screen());
    // Once for each dialog; what is told then is in the dialog that is open.
    let mut desk = desk.later(1).later(1).tell(pace(3));
    assert_eq!(asked(&desk), 1);
    assert!(desk.screen().contains("Time   typically"), "{}", desk.screen());
    assert_eq!(asked(&desk.keys("<esc>D")), 2);
}
