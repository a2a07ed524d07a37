//! Everything that the screen shows, and nothing else: the run is a fold of its facts, the rest is
//! where the operator is looking. Changed by `update` alone, drawn by `view`.

pub(crate) mod as_seen;
pub(crate) mod attention;
pub(crate) mod dialog;
pub(crate) mod differences;
pub(crate) mod face;
pub(crate) mod facts;
pub(crate) mod failure;
pub(crate) mod grid;
pub(crate) mod hand;
pub(crate) mod help;
pub(crate) mod history;
pub(crate) mod host;
pub(crate) mod log;
pub(crate) mod looks;
pub(crate) mod meant;
pub(crate) mod moment;
pub(crate) mod narrow;
pub(crate) mod palette;
pub(crate) mod picker;
pub(crate) mod previews;
pub(crate) mod said;
pub(crate) mod sight;
pub(crate) mod stages;
pub(crate) mod tempo;

use std::collections::{BTreeMap, VecDeque};

use jiff::{SignedDuration, Timestamp};
use ratatui::layout::Size;

pub(crate) use self::said::{Came, Line, Part};
use self::{
    attention::Attention,
    dialog::Dialog,
    face::Face,
    failure::Failure,
    grid::Grid,
    hand::Hand,
    help::Help,
    history::{History, Past},
    host::{HostView, Met},
    log::LogPane,
    looks::Looks,
    narrow::Narrow,
    palette::{Palette, Recent},
    picker::Picker,
    previews::Previews,
    said::{COVERED_AFTER, Said, Sheet},
    sight::Sight,
    stages::Stages,
    tempo::Tempo,
};
use super::{
    errand::Errands,
    glyphs::Glyphs,
    settings::Settings,
    styles::{Styles, Tone},
    told::{HostState, Prompt},
};
use crate::{
    model::{
        Changes, HoldId, HostId, Kind, Lock, MAINTENANCE_OFF, MAINTENANCE_ON, Node, NodeId, Plan,
        Try,
    },
    run::{Cell, Hold, Mode, Run},
};

/// What the console is for, so far.
#[derive(Debug)]
pub(crate) enum Subject {
    /// Nothing has been told yet.
    Nothing,
    /// The run that would be started.
    Plan(Box<Plan>),
    /// A run.
    Run(Box<Run>),
}

/// The panes, by their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pane {
    /// 1: hosts × steps.
    Hosts,
    /// 2: the releases of the hosts.
    Releases,
    /// 3: the steps with their full names.
    Steps,
    /// 4: the log of the chosen cell, or what would be run.
    Log,
    /// 5: the open question.
    Choices,
}

/// Where the operator is in the matrix.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cursor {
    pub(crate) column: usize,
    pub(crate) row: usize,
    /// The operator has not moved it: it goes with the run.
    pub(crate) moved: bool,
}

/// Which question, and which of its choices.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Asked {
    pub(crate) hold: Option<HoldId>,
    pub(crate) choice: usize,
}

/// The console.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) settings: Settings,
    pub(crate) looks: Looks,
    pub(crate) now: Timestamp,
    /// So far the clock of this machine was set forward since that time began to go on evenly.
    pub(crate) set: SignedDuration,
    pub(crate) size: Size,
    pub(crate) subject: Subject,
    pub(crate) hosts: BTreeMap<HostId, HostState>,
    pub(crate) grid: Grid,
    pub(crate) cursor: Cursor,
    pub(crate) focus: Pane,
    pub(crate) zoom: bool,
    pub(crate) log: LogPane,
    /// First row shown of what would be run.
    pub(crate) detail: usize,
    pub(crate) asked: Asked,
    pub(crate) failure: Failure,
    pub(crate) sight: Sight,
    pub(crate) tempo: Tempo,
    pub(crate) attention: Attention,
    pub(crate) narrow: Narrow,
    /// Hosts that the next run leaves out, by their names.
    pub(crate) without: Vec<String>,
    /// The choice of a stage: nothing else is there then.
    pub(crate) stages: Option<Stages>,
    pub(crate) picker: Option<Picker>,
    pub(crate) dialog: Option<Dialog>,
    pub(crate) help: Option<Help>,
    pub(crate) palette: Option<Palette>,
    pub(crate) recent: Recent,
    /// What would be run by what is open.
    pub(crate) previews: Previews,
    pub(crate) history: History,
    /// A run that is read, in the place of the present.
    pub(crate) past: Option<Box<Past>>,
    pub(crate) host_view: Option<HostView>,
    /// How hosts are reached, by their names.
    pub(crate) ways: BTreeMap<String, Met>,
    /// A text over the panes.
    pub(crate) sheet: Option<Sheet>,
    /// Cells that the panes on the left are wider than they are by themselves.
    pub(crate) wider: i16,
    pub(crate) prompts: VecDeque<Prompt>,
    pub(crate) line: Option<Line>,
    /// The operator has done something since that line was said.
    pub(crate) read: bool,
    /// What was said last and is not to cover the line yet.
    pub(crate) later: Option<Line>,
    pub(crate) said: Said,
    /// Why what was asked for last was not done, all lines.
    pub(crate) refused: Vec<String>,
    /// Lines for a newcomer.
    pub(crate) guide: Vec<String>,
    /// The run that is begun next is asked about as soon as it is planned.
    pub(crate) next: Option<Mode>,
    /// The start was asked for.
    pub(crate) starting: bool,
    /// The run is only watched, and this is who drives it.
    pub(crate) watched: Option<Option<String>>,
    /// The run is being taken up, and not driven yet.
    pub(crate) untaken: bool,
    /// The run ended, or cannot be driven on.
    pub(crate) over: Option<String>,
    /// Nobody hears wishes any more.
    pub(crate) alone: bool,
    /// How the key came that is taken.
    pub(crate) hand: Hand,
    /// The screen is to be drawn from nothing.
    pub(crate) redraw: bool,
    pub(crate) quit: bool,
    /// What the loop is to do with the terminal, beside drawing.
    pub(crate) errands: Errands,
}

/// Less than this cannot show a run; more than that shows all panes.
pub(crate) const SIZE_MIN: Size = Size { width: 60, height: 16 };

impl Model {
    pub(crate) fn new(settings: Settings, size: Size, now: Timestamp) -> Self {
        Self {
            looks: Looks::new(&settings),
            settings,
            now,
            set: SignedDuration::ZERO,
            size,
            subject: Subject::Nothing,
            hosts: BTreeMap::new(),
            grid: Grid::default(),
            cursor: Cursor::default(),
            focus: Pane::Hosts,
            zoom: false,
            log: LogPane::default(),
            detail: 0,
            asked: Asked::default(),
            failure: Failure::default(),
            sight: Sight::default(),
            tempo: Tempo::default(),
            attention: Attention::default(),
            narrow: Narrow::default(),
            without: Vec::new(),
            stages: None,
            picker: None,
            dialog: None,
            help: None,
            palette: None,
            recent: Recent::default(),
            previews: Previews::default(),
            history: History::default(),
            past: None,
            host_view: None,
            ways: BTreeMap::new(),
            sheet: None,
            wider: 0,
            prompts: VecDeque::new(),
            line: None,
            read: true,
            later: None,
            said: Said::default(),
            refused: Vec::new(),
            guide: Vec::new(),
            next: None,
            starting: false,
            watched: None,
            untaken: false,
            over: None,
            alone: false,
            hand: Hand::default(),
            redraw: false,
            quit: false,
            errands: Errands::default(),
        }
    }

    pub(crate) fn glyphs(&self) -> &'static Glyphs {
        Glyphs::of(self.settings.ascii)
    }

    pub(crate) fn styles(&self) -> Styles {
        self.looks.styles
    }

    /// The time by the clock of this machine, which others have as well.
    pub(crate) fn wall(&self) -> Timestamp {
        self.now.saturating_add(self.set).unwrap_or(self.now)
    }

    /// Whether the screen is too small to show a run.
    pub(crate) fn is_tiny(&self) -> bool {
        self.size.width < SIZE_MIN.width || self.size.height < SIZE_MIN.height
    }

    /// Whether a text or a screen lies over the panes.
    pub(crate) fn is_covered(&self) -> bool {
        let texts = self.help.is_some() || self.palette.is_some() || self.sheet.is_some();
        let screens = self.host_view.is_some() || self.history.open || self.picker.is_some();
        texts || screens || self.dialog.is_some()
    }

    /// Whether nothing lies over the panes, waits to, or is being typed: what opens by itself may do so.
    pub(crate) fn is_free(&self) -> bool {
        let typing = self.log.typing.is_some() || self.narrow.typing.is_some();
        !self.is_covered() && !typing && self.prompts.is_empty() && !self.is_tiny()
    }

    /// Another cell is chosen: what was chosen in the one before has no meaning in it.
    pub(crate) fn at_another_cell(&mut self) {
        (self.log.pinned, self.asked.hold, self.detail) = (None, None, 0);
        self.log.stays = false;
    }

    /// The run, once there is one.
    pub(crate) fn run(&self) -> Option<&Run> {
        match &self.subject {
            Subject::Run(run) => Some(run),
            Subject::Nothing | Subject::Plan(_) => None,
        }
    }

    /// The run while it is open and driven.
    pub(crate) fn open_run(&self) -> Option<&Run> {
        self.run().filter(|run| run.closed.is_none() && self.over.is_none())
    }

    /// The lock of somebody else, and a host that has it.
    pub(crate) fn foreign_lock(&self) -> Option<(&str, &Lock)> {
        self.sight.foreign_lock(self.run().map(|run| run.plan.run.as_str()))
    }

    /// The plan of what is, or would be, run.
    pub(crate) fn plan(&self) -> Option<&Plan> {
        match &self.subject {
            Subject::Run(run) => Some(&run.plan),
            Subject::Plan(plan) => Some(plan),
            Subject::Nothing => None,
        }
    }

    /// A node of what is, or would be, run.
    pub(crate) fn node(&self, id: NodeId) -> Option<&Node> {
        match self.run() {
            Some(run) => run.cell(id).map(|cell| &cell.node),
            None => self.plan()?.nodes.get(usize::try_from(id.0).ok()?),
        }
    }

    /// The name of a host; raw.
    pub(crate) fn host_name(&self, host: HostId) -> &str {
        self.plan().and_then(|plan| plan.host(host)).map_or("?", |host| host.name.as_str())
    }

    /// The chosen host.
    pub(crate) fn host(&self) -> Option<HostId> {
        self.grid.hosts.get(self.cursor.row).copied()
    }

    /// The chosen column.
    pub(crate) fn column(&self) -> Option<&grid::Column> {
        self.grid.columns.get(self.cursor.column)
    }

    /// The nodes of the chosen cell.
    pub(crate) fn nodes(&self) -> &[NodeId] {
        match (self.column(), self.host()) {
            (Some(column), Some(host)) => column.nodes(host),
            (Some(_) | None, _) => &[],
        }
    }

    /// The state of a cell.
    pub(crate) fn face(&self, column: &grid::Column, host: HostId) -> Face {
        match self.run() {
            Some(run) => face::face(run, column, host),
            None if column.nodes(host).is_empty() => Face::Absent,
            None => Face::Waiting,
        }
    }

    /// The attempts of the chosen cell.
    pub(crate) fn attempts(&self) -> Vec<Try> {
        self.run().map_or_else(Vec::new, |run| grid::attempts(run, self.nodes()))
    }

    /// The attempt whose log is to be shown.
    pub(crate) fn attempt(&self) -> Option<Try> {
        let attempts = self.attempts();
        self.log.pinned.filter(|pinned| attempts.contains(pinned)).or(attempts.last().copied())
    }

    /// Where the run is: the step that began last among those that run, else of all.
    pub(crate) fn newest_step(&self) -> Option<(usize, HostId)> {
        let begun = |cell: &&Cell| cell.tries > 0;
        let cells = self.run()?.ids().filter(|(_, cell)| begun(cell));
        let (id, _) = cells.max_by_key(|(id, cell)| (cell.in_flight(), cell.started, *id))?;
        let (column, host) = self.grid.find(id)?;
        Some((column, host?))
    }

    /// The newest attempt of each host in the chosen column.
    pub(crate) fn newest_attempts(&self) -> Vec<Try> {
        let (Some(run), Some(column)) = (self.run(), self.column()) else { return Vec::new() };
        let newest = |host| grid::attempts(run, column.nodes(host)).last().copied();
        column.hosts().filter_map(newest).collect()
    }

    /// The question that is shown: the one chosen, else one of the chosen cell, else the oldest.
    pub(crate) fn hold(&self) -> Option<(HoldId, &Hold)> {
        let run = self.open_run()?;
        let chosen = self.asked.hold.and_then(|id| run.holds.get_key_value(&id));
        let nodes = self.nodes();
        let here = || run.holds.iter().find(|(_, hold)| nodes.contains(&hold.on));
        chosen.or_else(here).or_else(|| run.holds.iter().next()).map(|(id, hold)| (*id, hold))
    }

    /// The first question that must be answered before the run goes on by itself.
    pub(crate) fn failure(&self) -> Option<(HoldId, &Hold)> {
        let run = self.open_run()?;
        run.holds.iter().find(|(_, hold)| hold.cause.is_trouble()).map(|(id, hold)| (*id, hold))
    }

    /// Columns in which all that was to be done is done, and the first that is not over.
    pub(crate) fn progress(&self) -> (usize, Option<usize>) {
        let over =
            |column: &grid::Column| column.hosts().all(|host| self.face(column, host).is_over());
        let good =
            |column: &grid::Column| column.hosts().all(|host| self.face(column, host).is_done());
        let done = self.grid.columns.iter().filter(|column| good(column)).count();
        (done, self.grid.columns.iter().position(|column| !over(column)))
    }

    /// Steps that run now, on each host for itself.
    pub(crate) fn steps_running(&self) -> usize {
        let Some(run) = self.run() else { return 0 };
        let cells = self.grid.columns.iter().flat_map(|column| {
            column.hosts().filter(move |host| face::running(run, column.nodes(*host)).is_some())
        });
        cells.count()
    }

    /// Whether a run is open that nobody drives, as far as is known here.
    pub(crate) fn is_undriven(&self) -> bool {
        let open = self.run().is_some_and(|run| run.closed.is_none());
        open && (self.untaken || self.over.is_some() || self.watched == Some(None))
    }

    /// Whether a step runs that an abort could stop: what takes back is let end.
    pub(crate) fn abort_stops(&self) -> bool {
        let stopped = |cell: &Cell| cell.in_flight() && !cell.node.origin.takes_back();
        self.run().is_some_and(|run| run.cells.iter().any(stopped))
    }

    /// Whether a time on the screen grows.
    pub(crate) fn ticks(&self) -> bool {
        let asks = self.dialog.as_ref().is_some_and(|dialog| dialog.as_seen.is_some());
        let ages = !self.sight.sites.is_empty() || !self.sight.pages.is_empty() || asks;
        let waits = self.attention.waits();
        let behind = self.past.as_ref().is_some_and(|past| past.goes_on);
        let going = self.open_run().is_some() || behind || self.sight.doing.is_some();
        let shows = going || ages || self.host_view.is_some() || self.later.is_some();
        (shows && !self.is_tiny()) || waits
    }

    /// Whether the run has begun to change what a host serves after it was looked at.
    pub(crate) fn is_outdated(&self, host: &str) -> bool {
        let (Some(run), Some((_, seen))) = (self.run(), self.sight.sites.get(host)) else {
            return false;
        };
        let id = run.plan.host_ids().find(|(_, other)| other.name == host).map(|(id, _)| id);
        let serves = |kind: &Kind| matches!(kind, Kind::Act(act) if act.changes == Changes::Served);
        run.ids().any(|(_, cell)| {
            let since = cell.started.is_some_and(|started| started >= *seen);
            since && cell.node.host == id && serves(&cell.node.kind)
        })
    }

    /// Whether the run has begun to change what visitors get after that was asked.
    pub(crate) fn is_page_outdated(&self) -> bool {
        let (Some(run), Some(asked)) = (self.run(), self.sight.probed_at()) else { return false };
        let switches = |name: &str| name == MAINTENANCE_ON || name == MAINTENANCE_OFF;
        run.cells.iter().any(|cell| {
            switches(cell.node.key.step.as_str())
                && cell.started.is_some_and(|started| started >= asked)
        })
    }

    /// Shows a line, unless it would cover a worse one that nobody can have read yet: then it is only kept.
    pub(crate) fn put(&mut self, line: Line) {
        let stays = |shown: &Line| {
            let young = self.now.duration_since(shown.at) < COVERED_AFTER;
            !self.read && young && shown.matters() && !line.matters()
        };
        let covered = self.line.as_ref().is_some_and(stays);
        self.said.keep(line.clone());
        match covered {
            true => self.later = Some(line),
            false => (self.line, self.read, self.later) = (Some(line), false, None),
        }
    }

    /// Shows the newest line that was not to cover another, once that one can have been read.
    pub(crate) fn uncover(&mut self) {
        let young = |shown: &Line| self.now.duration_since(shown.at) < COVERED_AFTER;
        let unread = !self.read && self.line.as_ref().is_some_and(young);
        if self.later.is_some() && !unread {
            (self.line, self.read) = (self.later.take(), false);
        }
    }

    /// Says something in the line above the keys.
    pub(crate) fn say(&mut self, text: impl Into<String>, tone: Tone) {
        self.put(Line { at: self.now, text: text.into(), tone, part: None });
    }
}
