//! A run by a part of its id.

use std::fmt;

use super::Summary;
use crate::{
    model::RunId,
    store::{DiskError, Store},
};

/// How like an id must be to be suggested, from 0 to 1.
const LIKENESS_MIN: f64 = 0.75;

/// Why no run was found.
#[derive(Debug)]
pub enum FindError {
    /// The disk.
    Disk(DiskError),
    /// No run has this id, or one that begins or ends so.
    NoSuchRun {
        /// What was given.
        given: String,
        /// The id that is most like it.
        suggestion: Option<RunId>,
    },
    /// Several ids begin or end so.
    Ambiguous {
        /// What was given.
        given: String,
        /// The runs, newest first.
        runs: Vec<RunId>,
    },
    /// No id was given, and no run is open.
    NothingOpen,
}

impl FindError {
    /// What can be done about it, where that is known.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Disk(error) => error.hint().map(str::to_owned),
            Self::NoSuchRun { suggestion: Some(run), .. } => Some(format!("is it `{run}`?")),
            Self::NoSuchRun { suggestion: None, .. } | Self::NothingOpen => {
                Some("`deployui runs` lists them".to_owned())
            }
            Self::Ambiguous { .. } => Some("give more of its id".to_owned()),
        }
    }
}

impl fmt::Display for FindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Disk(error) => write!(f, "{error}"),
            Self::NoSuchRun { given, .. } => write!(f, "no run `{}`", given.escape_debug()),
            Self::Ambiguous { given, runs } => {
                write!(f, "{} runs begin or end with `{}`:", runs.len(), given.escape_debug())?;
                runs.iter().try_for_each(|run| write!(f, " {run}"))
            }
            Self::NothingOpen => f.write_str("no run is open"),
        }
    }
}

impl std::error::Error for FindError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Disk(error) => Some(error),
            Self::NoSuchRun { .. } | Self::Ambiguous { .. } | Self::NothingOpen => None,
        }
    }
}

impl From<DiskError> for FindError {
    fn from(error: DiskError) -> Self {
        Self::Disk(error)
    }
}

impl Store {
    /// The run with that id, or the only one whose id, or its last part, begins or ends so. Without an
    /// id: the newest that is not known to be closed.
    ///
    /// # Errors
    /// When there is no such run, or several, or the disk refuses.
    pub fn find(&self, given: Option<&str>) -> Result<RunId, FindError> {
        let Some(given) = given else {
            let open = self.runs()?.into_iter().find(Summary::may_be_open);
            return open.map(|summary| summary.run).ok_or(FindError::NothingOpen);
        };
        let ids = self.ids()?;
        if let Some(run) = ids.iter().find(|run| run.as_str() == given) {
            return Ok(run.clone());
        }
        // Screens show the beginning of its last part.
        let last =
            |run: &RunId| run.as_str().rsplit('-').next().is_some_and(|it| it.starts_with(given));
        let fits = |run: &&RunId| {
            run.as_str().starts_with(given) || run.as_str().ends_with(given) || last(run)
        };
        let mut runs: Vec<RunId> =
            ids.iter().filter(|_| !given.is_empty()).filter(fits).cloned().collect();
        let given = given.to_owned();
        match (runs.pop(), runs.is_empty()) {
            (Some(run), true) => Ok(run),
            (Some(run), false) => {
                runs.push(run);
                runs.reverse();
                Err(FindError::Ambiguous { given, runs })
            }
            (None, _) => {
                let suggestion = most_like(&given, ids);
                Err(FindError::NoSuchRun { given, suggestion })
            }
        }
    }
}

fn most_like(given: &str, ids: Vec<RunId>) -> Option<RunId> {
    let likeness = |run: &RunId| {
        let id = run.as_str();
        let start = id.get(..given.len()).unwrap_or(id);
        let end = id.len().checked_sub(given.len()).and_then(|from| id.get(from..)).unwrap_or(id);
        let like = |part| strsim::normalized_damerau_levenshtein(given, part);
        like(start).max(like(end)).max(like(id))
    };
    let rated = ids.into_iter().map(|run| (likeness(&run), run));
    let best = rated.max_by(|(one, _), (other, _)| one.total_cmp(other));
    best.filter(|(likeness, _)| !given.is_empty() && *likeness >= LIKENESS_MIN).map(|(_, run)| run)
}
