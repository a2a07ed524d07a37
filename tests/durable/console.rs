//! The console killed while it carries a run out, and the run taken up again: by the next console, or
//! without one.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::effects::{EFFECTS, once_each, opened};
use super::instants::{Fell, now, pause, took};
use super::recipes::{Project, figure, rounds};
use super::support::console::{Console, on_deed};
use super::support::random::Random;

const HOSTS: usize = 3;

/// How the operator carries a run out.
#[derive(Clone, Copy, Debug)]
enum Way {
    /// To its end in one go.
    Straight,
    /// One step after the other.
    Stepping,
    /// In one go, paused and continued at random instants.
    Pausing,
}

const WAYS: [Way; 3] = [Way::Straight, Way::Stepping, Way::Pausing];

// What the screen says of a run that can be begun, one that goes on, one that waits between two
// steps, one that is paused at all, and one that has ended.
const READY: &str = "READY";
const RUNS: &str = " RUN ";
const BETWEEN: &str = "PAUSED before";
const PAUSED: &str = "PAUSED";
const OVER: &str = "is over";

/// Who operates a console: to the end of its run, or until an instant at which it is killed. Whatever
/// the operator does gives `None` from that instant on.
struct Operator {
    console: Console,
    killed_at: Option<Instant>,
}

impl Operator {
    /// Waits until the screen shows one of these; gives its place among them.
    fn sees(&self, texts: &[&str]) -> Option<usize> {
        self.console.wait_before(self.killed_at, |screen| {
            let screen = screen.contents();
            texts.iter().position(|text| screen.contains(text))
        })
    }

    /// Confirms the dialog that starts a run, and carries that out. `pauses` are times to wait before
    /// a pause, in microseconds.
    fn carry_out(&self, way: Way, pauses: &[u64]) -> Option<()> {
        self.confirm()?;
        match way {
            Way::Straight => {}
            Way::Stepping => {
                while self.sees(&[OVER, BETWEEN])? == 1 {
                    self.step()?;
                }
            }
            Way::Pausing => {
                for time in pauses {
                    self.wait(Duration::from_micros(*time))?;
                    if self.sees(&[OVER, RUNS])? == 0 {
                        break;
                    }
                    self.console.send("P");
                    if self.sees(&[OVER, PAUSED])? == 0 {
                        break;
                    }
                    self.go_on()?;
                }
            }
        }
        self.sees(&[OVER]).map(drop)
    }

    /// Takes a run that was left open up, and carries it out.
    fn take_up(&self) -> Option<()> {
        if self.sees(&[OVER, PAUSED])? == 1 {
            self.go_on()?;
        }
        self.sees(&[OVER]).map(drop)
    }

    /// One step. Two pauses may look the same, but not the whole screens.
    fn step(&self) -> Option<()> {
        let before = self.console.screen();
        self.console.send("S");
        self.console
            .wait_before(self.killed_at, |screen| (screen.contents() != before).then_some(()))
    }

    /// Continues a paused run, which may end meanwhile.
    fn go_on(&self) -> Option<()> {
        self.console.send("C");
        self.sees(&["Continue to the end?", OVER])?;
        self.confirm()?;
        self.console.wait_before(self.killed_at, |screen| {
            let screen = screen.contents();
            (!screen.contains(PAUSED) || screen.contains(OVER)).then_some(())
        })
    }

    /// Presses the first button of the open dialog that is not Cancel, unless the run ends meanwhile.
    fn confirm(&self) -> Option<()> {
        self.console.send("\t");
        let confirms = self.console.wait_before(self.killed_at, |screen| {
            let screen = screen.contents();
            let there = on_deed(&screen);
            (there || screen.contains(OVER)).then_some(there)
        });
        if confirms? {
            self.console.rest();
            self.console.send("\r");
        }
        Some(())
    }

    fn wait(&self, time: Duration) -> Option<()> {
        let left = self.killed_at.map(|end| end.saturating_duration_since(now()));
        pause(left.map_or(time, |left| left.min(time)));
        left.is_none_or(|left| left > time).then_some(())
    }

    /// Kills it at its instant.
    fn kill(self) {
        let end = self.killed_at.unwrap();
        pause(end.saturating_duration_since(now()));
        self.console.signal("KILL");
        assert_eq!(self.console.wait_exit().0, None);
    }

    /// Leaves a console whose run is over.
    fn leave(self, story: &str) {
        self.console.wait_for(OVER);
        self.console.send("q");
        let (code, screen) = self.console.wait_exit();
        assert_eq!(code, Some(0), "{story}: {}", screen.contents());
    }
}

/// The console, before the key that confirms the start of a run.
fn asked(project: &Project, way: Way) -> Console {
    let console = project.console(36, 120);
    console.wait_for(READY);
    console.send(if matches!(way, Way::Stepping) { "S" } else { "D" });
    console.wait_for("Start deploy");
    console
}

fn after(micros: u64) -> Option<Instant> {
    Some(now() + Duration::from_micros(micros))
}

/// How many barriers the run has passed, by its journal. Other gates are passed by a paused run, too:
/// nothing begins behind them.
fn passed(project: &Project, run: &str) -> usize {
    let journal = fs::read_to_string(project.journal(run)).unwrap();
    let (mut nodes, mut passed) = (Vec::new(), 0);
    for line in journal.split_inclusive('\n').filter(|line| line.ends_with('\n')) {
        let line: Value = serde_json::from_str(line).unwrap();
        let fact = &line["fact"];
        let new = fact["opened"]["nodes"].as_array().or_else(|| fact["grew"][0].as_array());
        nodes.extend(new.into_iter().flatten().map(|node| node["kind"]["gate"] == "barrier"));
        let gate = fact["passed"].as_u64().map(|gate| usize::try_from(gate).unwrap());
        passed += usize::from(gate.is_some_and(|gate| nodes[gate]));
    }
    passed
}

/// Takes a run that is open up with the console, to its end. Nothing begins before it is told to.
fn end_with_console(project: &Project, run: &str, story: &str) {
    let before = passed(project, run);
    let operator = Operator { console: project.console(36, 120), killed_at: None };
    assert!(operator.sees(&[PAUSED, OVER]).is_some(), "{story}: {}", operator.console.screen());
    assert_eq!(passed(project, run), before, "{story}: it went on by itself");
    operator.take_up();
    operator.leave(story);
}

fn is_over(project: &Project) -> bool {
    !project.runs()[0]["outcome"].is_null()
}

#[test]
fn a_console_killed_at_any_instant_and_taken_up_again() {
    let project = Project::up(HOSTS, &[], EFFECTS);
    let mut random = Random::new(4);
    let whole = WAYS.map(|way| {
        let operator = Operator { console: asked(&project, way), killed_at: None };
        let whole = took(|| {
            let over = operator.carry_out(way, &[150_000, 250_000]);
            assert!(over.is_some(), "{way:?}: {}", operator.console.screen());
        });
        operator.leave("undisturbed");
        whole
    });
    let mut known = opened(&project);
    known.iter().for_each(|run| once_each(&project, HOSTS, run));

    let mut fell = Fell::default();
    for round in 0..rounds(6) {
        let at = usize::try_from(round % 3).unwrap();
        let (way, whole) = (WAYS[at], whole[at]);
        // Most is at stake while the run is being opened, which does not take long.
        let reach = if random.chance(25) { whole / 20 } else { whole * 11 / 10 };
        let (time, by_console) = (random.below(reach), round % 2 == 0);
        let mut story = format!("round {round}: {way:?}, killed after {time} of {whole} us");
        let pauses = [(); 3].map(|()| random.below(whole / 3));
        let console = asked(&project, way);
        let operator = Operator { console, killed_at: after(time) };
        operator.carry_out(way, &pauses);
        operator.kill();
        let Some((run, _)) = fell.on(&project, HOSTS, &mut known) else { continue };
        while random.below(3) == 0 && !is_over(&project) {
            let time = random.below(whole);
            story = format!("{story}, again after {time}");
            if by_console {
                let operator =
                    Operator { console: project.console(36, 120), killed_at: after(time) };
                operator.take_up();
                operator.kill();
            } else {
                let again = project.spawn(&["resume", &run]);
                pause(Duration::from_micros(time));
                again.kill();
            }
        }
        if by_console && !is_over(&project) {
            end_with_console(&project, &run, &story);
        } else {
            let ran = project.run(&["resume", &run]);
            assert_eq!(ran.code, Some(0), "{story}: {}\n{}", ran.stdout, ran.stderr);
        }
        assert_eq!(opened(&project), known, "{story}");
        once_each(&project, HOSTS, &run);
    }
    figure(&format!("console {}", fell.words()));
}
