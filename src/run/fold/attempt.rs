//! What attempts say on their way from armed to settled.

use jiff::{SignedDuration, Timestamp};

use super::{Cell, Run};
use crate::{
    model::{HostId, Kind, Node, NodeId, Origin, Query, Try},
    run::{Cause, End, Lost, Question, Reason, State},
};

/// What is heard of a host so soon after it was reached again may have happened before.
const CAUGHT_UP: SignedDuration = SignedDuration::from_secs(15);

impl Run {
    pub(super) fn armed(&mut self, attempt: Try) {
        self.with(attempt.node, |cell| {
            cell.tries = attempt.n;
            cell.state = State::Armed(attempt.n);
            cell.staged = false;
            cell.end = None;
            cell.refused = false;
            cell.started = None;
            cell.ended = None;
            cell.unseen = false;
            cell.stop = None;
            cell.bytes = None;
            cell.listed.clear();
            cell.asked = 0;
            (cell.question, cell.answering) = (None, None);
        });
    }

    /// Its box is there, and the host has seen to it that no attempt before it begins any more.
    pub(super) fn staged(&mut self, attempt: Try) {
        self.with_try(attempt, |cell, _| {
            cell.staged = true;
            cell.astray = false;
        });
    }

    /// The connections to these hosts are gone, and nobody will hear of a start sent over them.
    pub(super) fn go_astray(&mut self, of: impl Fn(HostId) -> bool) {
        let lost = |cell: &Cell| {
            cell.node.host.is_some_and(&of) && !cell.astray && self.may_have_started(cell)
        };
        let astray: Vec<NodeId> =
            self.ids().filter(|(_, cell)| lost(cell)).map(|(id, _)| id).collect();
        for id in astray {
            self.with(id, |cell| cell.astray = true);
        }
    }

    pub(super) fn started(&mut self, attempt: Try, at: Timestamp) {
        let seq = self.seq;
        self.with_try(attempt, |cell, n| {
            cell.staged = true;
            cell.astray = false;
            if matches!(cell.state, State::Armed(_)) {
                cell.state = State::Running(n);
                cell.started.get_or_insert(at);
                cell.began.get_or_insert(seq);
            }
        });
    }

    pub(super) fn refused(&mut self, attempt: Try, words: &str) {
        self.with_try(attempt, |cell, n| {
            // A list that was read well can still turn out to be of no use.
            let listed = matches!(cell.node.kind, Kind::Ask(_));
            if !cell.is_over() || (listed && matches!(cell.state, State::Ok(_))) {
                cell.state = State::Refused(n, words.to_owned());
                cell.refused = true;
            }
        });
        self.drop_stale_holds(attempt.node);
    }

    pub(super) fn asks(&mut self, attempt: Try, n: u16, question: &Question) {
        self.with_try(attempt, |cell, _| {
            cell.asked = cell.asked.max(n);
            cell.question = Some((n, question.clone()));
            cell.answering = None;
        });
        // An answer to the question before it would reach this one.
        self.drop_holds(|hold| {
            hold.on == attempt.node && matches!(hold.cause, Cause::Input(asked, _) if asked != n)
        });
    }

    pub(super) fn answered(&mut self, attempt: Try, n: u16) {
        self.with_try(attempt, |cell, _| {
            cell.answering = None;
            if cell.question.as_ref().is_some_and(|(asked, _)| *asked == n) {
                cell.question = None;
            }
        });
        self.drop_holds(|hold| {
            hold.on == attempt.node && matches!(hold.cause, Cause::Input(asked, _) if asked == n)
        });
    }

    /// Whether an end that is heard of now may be older.
    fn unseen(&self, attempt: Try, at: Timestamp) -> bool {
        self.cell(attempt.node).is_some_and(|cell| self.catches_up(cell, at))
    }

    /// Whether what is known of a step that has begun may be old: its host was reached again just before.
    #[must_use]
    pub fn catches_up(&self, cell: &Cell, at: Timestamp) -> bool {
        let link = cell.node.host.and_then(|host| self.world.links.get(&host));
        let Some(((_, since), started)) = link.zip(cell.started) else { return false };
        *since > started && at.duration_since(*since) <= CAUGHT_UP
    }

    pub(super) fn ended(&mut self, attempt: Try, end: End, bytes: u64, at: Timestamp) {
        let (seq, unseen) = (self.seq, self.unseen(attempt, at));
        self.with_try(attempt, |cell, n| {
            if cell.is_over() {
                return;
            }
            cell.astray = false;
            cell.state = State::Settling(n, end);
            cell.end = Some(end);
            cell.question = None;
            cell.answering = None;
            cell.bytes = Some(bytes);
            cell.ended = Some(at);
            cell.unseen = unseen;
            cell.started.get_or_insert(at);
            cell.began.get_or_insert(seq);
        });
        self.drop_stale_holds(attempt.node);
    }

    pub(super) fn settle(&mut self, attempt: Try, bytes: u64) {
        self.with_try(attempt, |cell, n| {
            if let State::Settling(_, end) = cell.state {
                cell.bytes = Some(bytes);
                cell.state = settled(&cell.node, n, end);
            }
        });
        self.drop_stale_holds(attempt.node);
        self.mark_reverted(attempt.node);
    }

    pub(super) fn fenced(&mut self, attempt: Try) {
        self.with_try(attempt, |cell, _| {
            cell.astray = false;
            if matches!(cell.state, State::Armed(_)) {
                cell.state = State::Never(Reason::Fenced);
            }
        });
    }

    pub(super) fn lost(&mut self, attempt: Try, lost: Lost) {
        let seq = self.seq;
        self.with_try(attempt, |cell, n| {
            if !cell.is_over() {
                cell.state = State::Unknown(n, lost);
                cell.began.get_or_insert(seq);
            }
        });
        self.drop_stale_holds(attempt.node);
    }

    /// Drops holds whose cause a newer fact has removed.
    pub(super) fn drop_stale_holds(&mut self, node: NodeId) {
        let Some(state) = self.cell(node).map(|cell| cell.state.clone()) else { return };
        self.drop_holds(|hold| hold.on == node && hold.cause.is_gone(&state));
    }

    /// A compensation that was done takes its action back.
    pub(super) fn mark_reverted(&mut self, undo: NodeId) {
        let Some(cell) = self.cell(undo) else { return };
        let (Origin::UndoOf(of), State::Ok(_)) = (cell.node.origin, &cell.state) else { return };
        self.with(of, |cell| cell.state = State::Reverted(cell.tries));
    }
}

/// The state of a node whose attempt has ended and left nothing behind. To an [`Ask`] exit
/// status 1 is an answer.
///
/// [`Ask`]: crate::model::Ask
pub(in crate::run) fn settled(node: &Node, n: u16, end: End) -> State {
    let answer = matches!(
        &node.kind,
        Kind::Ask(ask) if matches!(ask.query, Query::When(_)) && end == End::Exit(1)
    );
    if end.is_ok() || answer { State::Ok(n) } else { State::Failed(n, end) }
}
