//! A console with the engine behind it, and hosts that do what they are told: what is said of commands
//! before anything is done can be held against what is then begun.

use std::collections::{BTreeMap, BTreeSet};

use ratatui::layout::Size;

use super::{Desk, story};
use crate::{
    engine::{BoxFact, Effect, Engine, Input, Policy},
    model::{Kind, NodeId, Part, Plan, Query, RunId, Try},
    plan::{Known, Request, build},
    recipe::Recipe,
    run::{Command, End, Event, LinkState, Lost, Run},
    tui::{HostState, Told, Wish, state::dialog::Need, styles::Tone, words},
};

/// Each as `host: command`.
pub(super) type Commands = BTreeSet<String>;

pub(super) struct Driven {
    engine: Option<Engine>,
    plan: Plan,
    pub(super) desk: Desk,
    taken: usize,
    /// What was begun, in that order.
    begun: Vec<String>,
    /// Commands that fail when they are begun next.
    pub(super) fails: Vec<String>,
    /// Commands whose outcome is lost when they are begun next.
    pub(super) loses: Vec<String>,
    /// Commands that are told to begin, and nothing is heard of them.
    pub(super) silent: Vec<String>,
    /// What lists still print, by their commands.
    pub(super) lists: BTreeMap<String, Vec<String>>,
}

/// The plan of a pipeline.
pub(super) fn plan(recipe: &str, known: Known) -> Plan {
    let no_file = |path: &str| Err(format!("there is no {path}"));
    let (recipe, _) = Recipe::parse("deploy.toml", recipe, &no_file).unwrap();
    let request = Request {
        run: RunId::new("20261122-140000", [7; 10]),
        stage: None,
        pipeline: "deploy".to_owned(),
        hosts: None,
        roles: None,
        skip: Vec::new(),
        from: None,
        vars: Vec::new(),
        local_state_dir: "/home/bob/.local/state/deployui".to_owned(),
        known,
    };
    build(&recipe, &request).unwrap().plan
}

impl Driven {
    /// The plan is shown, and all hosts are there.
    pub(super) fn new(plan: Plan) -> Self {
        let hosts: Vec<Told> =
            plan.host_ids().map(|(id, _)| Told::Host(id, HostState::Ready)).collect();
        let size = Size { width: 150, height: 90 };
        let desk = Desk::new(size).tell(Told::Plan(Box::new(plan.clone()))).tell_all(hosts);
        let (begun, lists) = (Vec::new(), BTreeMap::new());
        let (fails, loses) = (Vec::new(), Vec::new());
        let silent = Vec::new();
        Self { engine: None, plan, desk, taken: 0, begun, fails, loses, silent, lists }
    }

    pub(super) fn run(&self) -> &Run {
        self.engine.as_ref().unwrap().run()
    }

    /// Presses keys; what they wish for is not carried out yet.
    pub(super) fn keys(mut self, keys: &str) -> Self {
        self.desk = self.desk.keys(keys);
        self
    }

    /// What the chosen entry of the palette would run, which is left again.
    pub(super) fn palette(mut self, typed: &str) -> (Self, Commands) {
        self = self.keys(&format!(":{typed}"));
        let entry = words::chosen(&self.desk.model).unwrap();
        assert_eq!(entry.refused, None, "{typed}");
        let listed = listed(&words::would(&self.desk.model, &entry).all());
        (self.keys("<esc>"), listed)
    }

    /// What the open dialog lists under this button, or in all, up to what waits for an answer.
    pub(super) fn dialog(&self, button: &str) -> Commands {
        listed(&self.rows(button))
    }

    /// All rows of the open dialog under this button, or in all.
    pub(super) fn rows(&self, button: &str) -> Vec<(String, Tone)> {
        let dialog = self.desk.model.dialog.as_ref().expect("a dialog is open");
        let rows = words::dialog_would(&self.desk.model, dialog).unwrap_or_default().all();
        let heading = format!("[ {button} ]");
        let at = rows.iter().position(|(row, _)| *row == heading);
        match at {
            Some(at) => {
                let rest = rows.into_iter().skip(at + 1);
                rest.take_while(|(row, _)| !row.starts_with("[ ")).collect()
            }
            None => rows,
        }
    }

    /// Fills the fields of the open dialog, and presses that button of it; that is not carried out yet.
    pub(super) fn press(mut self, label: &str) -> Self {
        let dialog = self.desk.model.dialog.as_ref().expect("a dialog is open");
        let at = dialog.buttons.iter().position(|button| button.label == label);
        let at = at.unwrap_or_else(|| panic!("no {label}: {:?}", dialog.buttons));
        let texts: Vec<String> = dialog
            .fields
            .iter()
            .map(|field| match &field.need {
                Need::Exactly(word) => word.clone(),
                Need::Some(_) => "why".to_owned(),
                Need::Nothing | Need::Moment => String::new(),
            })
            .collect();
        let fills: String = texts.iter().map(|text| format!("<tab>{text}")).collect();
        let tabs = at + usize::from(!texts.is_empty());
        self = self.keys(&fills).keys(&"<tab>".repeat(tabs)).keys("<ret>");
        self
    }

    /// Carries out what was wished for, and lets the hosts do what is wanted of them, until the run stands.
    /// What was begun by that.
    pub(super) fn goes_on(mut self) -> (Self, Commands) {
        let before = self.begun.len();
        for wish in self.desk.wishes.split_off(self.taken) {
            if let Wish::Command(what) = wish {
                self = self.command(what);
            } else if let Wish::Start(mode) = wish {
                let (engine, events) =
                    Engine::start(self.plan.clone(), &story::bob(), Policy::Ask, story::at(0))
                        .unwrap();
                self.engine = Some(engine);
                self = self.told(events);
                for (id, _) in self.plan.clone().host_ids() {
                    self = self.input(&Input::Link(id, LinkState::Up));
                }
                self = self.command(Command::Mode(mode));
            }
        }
        self.taken = self.desk.wishes.len();
        loop {
            let inputs = self.news();
            if inputs.is_empty() {
                let begun = self.begun.iter().skip(before).cloned().collect();
                return (self, begun);
            }
            for input in &inputs {
                self = self.input(input);
            }
        }
    }

    pub(super) fn command(self, what: Command) -> Self {
        self.input(&Input::Command { by: story::bob(), what })
    }

    /// Another console takes the run up.
    pub(super) fn taken_up(self) -> Self {
        let hosts: Vec<_> = self.plan.host_ids().map(|(id, _)| id).collect();
        let taken = self.input(&Input::Taken(story::bob()));
        hosts.into_iter().fold(taken, |run, id| run.input(&Input::Link(id, LinkState::Up)))
    }

    fn input(mut self, input: &Input) -> Self {
        let now = self.desk.model.now;
        let events = self.engine.as_mut().unwrap().handle(input, now).unwrap();
        self.told(events)
    }

    /// A command of which only the first fact is written before the console dies.
    pub(super) fn torn(mut self, what: Command) -> Self {
        let (by, now) = (story::bob(), self.desk.model.now);
        let input = Input::Command { by, what };
        let mut events = self.engine.as_mut().unwrap().handle(&input, now).unwrap();
        events.truncate(1);
        self.told(events)
    }

    fn told(mut self, events: Vec<Event>) -> Self {
        self.desk = self.desk.tell(Told::Events(events));
        self
    }

    /// What the hosts say to what is wanted of them.
    fn news(&mut self) -> Vec<Input> {
        let mut inputs = Vec::new();
        for effect in self.engine.as_ref().unwrap().wanted() {
            let (attempt, facts) = match effect {
                Effect::Stage(_, attempt) => (attempt, vec![BoxFact::Staged]),
                Effect::Start(_, attempt) => (attempt, self.done(attempt)),
                Effect::Link(_)
                | Effect::Attach(..)
                | Effect::Fence(..)
                | Effect::Stop(..)
                | Effect::Answer(..)
                | Effect::Close(_) => continue,
            };
            inputs.extend(facts.into_iter().map(|fact| Input::Box(attempt, fact)));
        }
        inputs
    }

    fn done(&mut self, attempt: Try) -> Vec<BoxFact> {
        let command = self.begins(attempt.node);
        if self.silent.contains(&command) {
            return Vec::new();
        }
        let cell = self.run().cell(attempt.node).unwrap();
        if let Some(at) = self.loses.iter().position(|it| *it == command) {
            self.loses.remove(at);
            self.begun.push(command);
            return vec![BoxFact::Running, BoxFact::Lost(Lost::Died)];
        }
        let listing =
            matches!(&cell.node.kind, Kind::Ask(ask) if matches!(ask.query, Query::Items(_)));
        let item = match &cell.node.key.part {
            Part::Item { line, .. } => Some(line.clone()),
            Part::Main
            | Part::Again(_)
            | Part::Gate(_)
            | Part::List(_)
            | Part::When(_)
            | Part::Undo(_)
            | Part::Follow(_)
            | Part::Leave(_) => None,
        };
        let failed = self.fails.iter().position(|it| *it == command);
        let status = u8::from(failed.map(|at| self.fails.remove(at)).is_some());
        if let (Some(item), 0) = (item, status) {
            self.lists.values_mut().for_each(|lines| lines.retain(|line| *line != item));
        }
        let mut facts = vec![BoxFact::Running];
        if listing {
            facts.push(BoxFact::Lines(self.lists.get(&command).cloned().unwrap_or_default()));
        }
        facts.extend([BoxFact::Ended(End::Exit(status), 0), BoxFact::Settled(0)]);
        self.begun.push(command);
        facts
    }

    /// `host: command` of what begins.
    fn begins(&self, node: NodeId) -> String {
        let run = self.run();
        let cell = run.cell(node).unwrap();
        let text = cell.edited.as_ref().unwrap_or(&cell.node.kind.command().unwrap().run);
        let quote = self.desk.model.settings.quote;
        let text = text.fill(|hole| run.value(cell, hole).and_then(|it| quote(&it))).unwrap();
        let host = run.plan.host(cell.node.host.unwrap()).unwrap();
        format!("{}: {text}", host.name)
    }
}

/// The commands in rows that list them, but for those that wait for an answer on the way.
fn listed(rows: &[(String, Tone)]) -> Commands {
    let on_the_way = |row: &str| {
        ["When what is asked", "The run asks", "The run stops", "asks: "]
            .iter()
            .any(|it| row.starts_with(it))
    };
    let rows: Vec<(String, Tone)> =
        rows.iter().take_while(|(row, _)| !on_the_way(row)).cloned().collect();
    all_listed(&rows)
}

/// All commands in rows that list them.
pub(super) fn all_listed(rows: &[(String, Tone)]) -> Commands {
    let mut all = Commands::new();
    // What the last batch that is listed in full does.
    let mut batch: Vec<&str> = Vec::new();
    for (row, _) in rows {
        if let Some((_, of)) = row.split_once("Batch").filter(|(before, _)| before.is_empty()) {
            match of.split_once("the same as batch ") {
                Some((of, _)) => {
                    let hosts = of.split(": ").nth(1).unwrap();
                    let hosts = hosts.split([' ', ',']).filter(|host| !host.is_empty());
                    all.extend(hosts.flat_map(|host| {
                        batch.iter().map(move |command| format!("{host}: {command}"))
                    }));
                }
                None => batch.clear(),
            }
        }
        let Some((hosts, command)) = row.strip_prefix("  ").and_then(|row| row.split_once(": "))
        else {
            continue;
        };
        let hosts = hosts.split(" (").next().unwrap();
        if hosts.starts_with(' ') {
            continue;
        }
        batch.push(command);
        all.extend(hosts.split(' ').map(|host| format!("{host}: {command}")));
    }
    all
}
