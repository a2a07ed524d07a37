//! The runs that there were: their list, and one of them opened to be read.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Asked, Cursor, Grid, LogPane, Model, Pane, Sight, Subject, palette::Goal};
use crate::{
    model::HostId,
    run::Run,
    tui::{
        styles::Tone,
        told::{HostState, PastRun},
    },
};

/// The list of runs. It is kept while it is closed: its rows are asked for anew when it opens.
#[derive(Debug, Default)]
pub(crate) struct History {
    pub(crate) open: bool,
    /// Runs of all applications and stages.
    pub(crate) all: bool,
    pub(crate) filter: String,
    /// The filter has the keys.
    pub(crate) typing: bool,
    /// Newest first, as far as they were told.
    pub(crate) rows: Vec<PastRun>,
    /// Older ones are there that were not read.
    pub(crate) more: bool,
    /// The question that is under way; answers to others are let go.
    pub(crate) asked: Option<u64>,
    /// Questions asked so far.
    pub(crate) count: u64,
    /// The run that is chosen, by its id: rows come while one looks.
    pub(crate) chosen: Option<String>,
    /// Why it cannot be read.
    pub(crate) trouble: Option<String>,
    /// The run that is being opened.
    pub(crate) opening: Option<String>,
}

impl History {
    /// The rows that fit the filter, of this application and stage or of all.
    pub(crate) fn shown(&self, app: &str, stage: &str) -> Vec<&PastRun> {
        let filter = self.filter.to_lowercase();
        let fits = |run: &&PastRun| {
            let ours = self.all || (run.app == app && run.stage == stage) || run.app.is_empty();
            ours && (filter.is_empty() || run.words().to_lowercase().contains(&filter))
        };
        self.rows.iter().filter(fits).collect()
    }

    /// The goals of the palette that lead to runs.
    pub(crate) fn goals(&self) -> impl Iterator<Item = (&PastRun, Goal)> {
        self.rows.iter().map(|run| (run, Goal::Run(run.id.clone())))
    }
}

/// A run that is open to be read, while the present goes on behind it.
#[derive(Debug)]
pub(crate) struct Past {
    pub(crate) about: PastRun,
    /// The panes of the present, laid aside.
    aside: Panes,
    /// How the present goes, in a few words.
    pub(crate) now: (String, Tone),
    /// A run is open in the present.
    pub(crate) goes_on: bool,
}

/// What the panes show, and where in it the operator is.
#[derive(Debug)]
struct Panes {
    subject: Subject,
    hosts: BTreeMap<HostId, HostState>,
    grid: Grid,
    cursor: Cursor,
    focus: Pane,
    zoom: bool,
    log: LogPane,
    detail: usize,
    asked: Asked,
    sight: Sight,
    refused: Vec<String>,
    guide: Vec<String>,
    starting: bool,
    over: Option<String>,
}

impl Panes {
    fn swap(&mut self, model: &mut Model) {
        use std::mem::swap;
        swap(&mut self.subject, &mut model.subject);
        swap(&mut self.hosts, &mut model.hosts);
        swap(&mut self.grid, &mut model.grid);
        swap(&mut self.cursor, &mut model.cursor);
        swap(&mut self.focus, &mut model.focus);
        swap(&mut self.zoom, &mut model.zoom);
        swap(&mut self.log, &mut model.log);
        swap(&mut self.detail, &mut model.detail);
        swap(&mut self.asked, &mut model.asked);
        swap(&mut self.sight, &mut model.sight);
        swap(&mut self.refused, &mut model.refused);
        swap(&mut self.guide, &mut model.guide);
        swap(&mut self.starting, &mut model.starting);
        swap(&mut self.over, &mut model.over);
    }
}

impl Past {
    /// That run, with its own panes: the first failure is chosen, where there is one.
    pub(crate) fn new(run: Run, about: PastRun) -> Self {
        let grid = Grid::of_run(&run);
        let failed = run.ids().find(|(_, cell)| cell.state.is_failure() && cell.tries > 0);
        let found = failed.and_then(|(id, _)| grid.find(id));
        let row = found.and_then(|(_, host)| host).and_then(|host| grid.row(host));
        let cursor = Cursor {
            column: found.map_or(0, |(column, _)| column),
            row: row.unwrap_or(0),
            moved: true,
        };
        let aside = Panes {
            subject: Subject::Run(Box::new(run)),
            hosts: BTreeMap::new(),
            grid,
            cursor,
            focus: Pane::Hosts,
            zoom: false,
            log: LogPane::default(),
            detail: 0,
            asked: Asked::default(),
            sight: Sight::default(),
            refused: Vec::new(),
            guide: Vec::new(),
            starting: false,
            over: Some("this run is only read".to_owned()),
        };
        Self { about, aside, now: (String::new(), Tone::Dim), goes_on: false }
    }

    /// The present on the panes, and what was there laid aside; or the other way round.
    pub(crate) fn swap(&mut self, model: &mut Model) {
        self.aside.swap(model);
    }
}

impl PastRun {
    /// All words by which it can be found.
    pub(crate) fn words(&self) -> String {
        let texts = [&self.app, &self.stage, &self.pipeline, &self.by, &self.release, &self.commit];
        let mut words = format!("{} {}", self.id, self.ended());
        for text in texts {
            words.push(' ');
            words.push_str(text);
        }
        words
    }

    /// How long it took, from its opening to its last fact.
    pub(crate) fn span(&self) -> Option<(Timestamp, Timestamp)> {
        Some((self.opened?, self.last?))
    }
}
