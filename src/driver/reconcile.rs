//! What to order on this connection, given what is wanted and what was ordered on it already. Pure.

use std::collections::BTreeSet;

use super::wants::{Want, What};
use crate::{model::Try, run::Sig};

/// What was ordered on one connection. A new connection begins with nothing.
#[derive(Debug, Default)]
pub(super) struct Ordered {
    put: BTreeSet<Try>,
    fenced: BTreeSet<Try>,
    stopped: BTreeSet<(Try, Sig)>,
    /// By whether the line is known here: else it is only asked for, once.
    answered: BTreeSet<(Try, u16, bool)>,
    followed: BTreeSet<Try>,
}

/// What to do next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next<'a> {
    /// Give this order.
    Order(&'a Want),
    /// Begin the connection's shells anew: another box is wanted than the one that is followed, and
    /// bytes of the two must not be mixed up.
    Anew,
}

impl Ordered {
    /// The next thing to do, marked as done; `None` when everything wanted is under way.
    pub(super) fn next<'a>(
        &mut self,
        wants: &'a [Want],
        following: Option<Try>,
    ) -> Option<Next<'a>> {
        let still =
            following.is_none_or(|now| wants.iter().any(|w| w.attempt == now && w.follows()));
        for want in wants {
            let attempt = want.attempt;
            let fresh = match &want.what {
                What::Stage(_) => self.put.insert(attempt),
                What::Fence => self.fenced.insert(attempt),
                What::Stop(sig) => self.stopped.insert((attempt, *sig)),
                What::Answer(number, text) => {
                    self.answered.insert((attempt, *number, text.is_some()))
                }
                What::Start { .. } | What::Attach => match following {
                    Some(_) if still => false,
                    Some(_) => return Some(Next::Anew),
                    None => self.followed.insert(attempt),
                },
            };
            if fresh {
                return Some(Next::Order(want));
            }
        }
        None
    }

    /// A question must be delivered again, since its answer has changed. Whether another console
    /// delivered one is asked no more: by then it did, or never will.
    pub(super) fn forget_answer(&mut self, attempt: Try, number: u16) {
        self.answered.remove(&(attempt, number, true));
    }
}

impl Want {
    fn follows(&self) -> bool {
        match self.what {
            What::Start { .. } | What::Attach => true,
            What::Stage(_) | What::Fence | What::Stop(_) | What::Answer(..) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::NodeId;

    fn want(node: u32, what: What) -> Want {
        let attempt = Try { node: NodeId(node), n: 1 };
        Want { attempt, name: format!("s{node}.1"), secrets: Vec::new(), input: None, what }
    }

    /// Everything that is ordered until nothing more is, by node.
    fn drained(ordered: &mut Ordered, wants: &[Want], following: Option<Try>) -> Vec<u32> {
        let mut orders = Vec::new();
        while let Some(Next::Order(want)) = ordered.next(wants, following) {
            orders.push(want.attempt.node.0);
        }
        orders
    }

    #[test]
    fn each_order_is_given_once_on_a_connection() {
        let wants = [want(1, What::Attach), want(1, What::Stop(Sig::Term)), want(2, What::Fence)];
        let mut ordered = Ordered::default();
        assert_eq!(drained(&mut ordered, &wants, None), [1, 1, 2]);
        let following = Some(wants[0].attempt);
        assert_eq!(drained(&mut ordered, &wants, following), [0u32; 0]);
        let killed = [want(1, What::Attach), want(1, What::Stop(Sig::Kill))];
        assert_eq!(drained(&mut ordered, &killed, following), [1]);
    }

    #[test]
    fn an_answer_of_another_console_is_asked_for_once_and_then_given_anew() {
        let attach = want(1, What::Attach);
        let unknown = [attach.clone(), want(1, What::Answer(1, None))];
        let (mut ordered, following) = (Ordered::default(), Some(attach.attempt));
        assert_eq!(drained(&mut ordered, &unknown, None), [1, 1]);
        // It was not delivered; what is wanted has not changed yet.
        ordered.forget_answer(attach.attempt, 1);
        assert_eq!(drained(&mut ordered, &unknown, following), [0u32; 0]);
        let known = [attach.clone(), want(1, What::Answer(1, Some("y".to_owned())))];
        assert_eq!(drained(&mut ordered, &known, following), [1]);
        assert_eq!(drained(&mut ordered, &known, following), [0u32; 0]);
    }

    #[test]
    fn a_box_is_followed_only_when_the_one_before_is_over() {
        let both = [want(1, What::Attach), want(2, What::Start { inline: false })];
        let mut ordered = Ordered::default();
        assert_eq!(ordered.next(&both, Some(both[0].attempt)), None);
        assert_eq!(ordered.next(&both[1..], Some(both[0].attempt)), Some(Next::Anew));
    }
}
