//! Looks at one host: one at a time, and none for somebody who has gone meanwhile. So a host that is
//! slow, or away for long, is not asked the same again and again when it answers.

use std::collections::VecDeque;

use tokio::sync::oneshot;

/// Looks that wait for the one under way, at most; one more takes the place of the oldest.
const WAITING_MAX: usize = 4;

/// Where an answer goes.
pub(super) type Reply = oneshot::Sender<Vec<String>>;

/// The looks at a host, on one connection.
#[derive(Default)]
pub(super) struct Looks {
    /// The number of the question.
    under_way: Option<u64>,
    waiting: VecDeque<(String, Reply)>,
}

impl Looks {
    /// One more is wanted.
    pub(super) fn want(&mut self, text: String, reply: Reply) {
        self.waiting.retain(|(_, reply)| !reply.is_closed());
        if self.waiting.len() >= WAITING_MAX {
            self.waiting.pop_front();
        }
        self.waiting.push_back((text, reply));
    }

    /// The one that may be asked now, if any.
    pub(super) fn next(&mut self) -> Option<(String, Reply)> {
        if self.under_way.is_some() {
            return None;
        }
        std::iter::from_fn(|| self.waiting.pop_front()).find(|(_, reply)| !reply.is_closed())
    }

    /// It was asked by that number.
    pub(super) fn begun(&mut self, number: u64) {
        self.under_way = Some(number);
    }

    /// That question was answered.
    pub(super) fn answered(&mut self, number: u64) {
        self.under_way.take_if(|under_way| *under_way == number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn want(looks: &mut Looks, text: &str) -> oneshot::Receiver<Vec<String>> {
        let (reply, answer) = oneshot::channel();
        looks.want(text.to_owned(), reply);
        answer
    }

    fn next(looks: &mut Looks) -> Option<String> {
        looks.next().map(|(text, _)| text)
    }

    #[test]
    fn one_is_asked_at_a_time() {
        let mut looks = Looks::default();
        let _answers = [want(&mut looks, "a"), want(&mut looks, "b")];
        assert_eq!(next(&mut looks).as_deref(), Some("a"));
        looks.begun(1);
        looks.answered(7);
        assert_eq!(next(&mut looks), None);
        looks.answered(1);
        assert_eq!(next(&mut looks).as_deref(), Some("b"));
        assert_eq!(next(&mut looks), None);
    }

    #[test]
    fn who_has_gone_is_not_asked_for() {
        let mut looks = Looks::default();
        let gone = [want(&mut looks, "a"), want(&mut looks, "b")];
        let _stays = want(&mut looks, "c");
        drop(gone);
        assert_eq!(next(&mut looks).as_deref(), Some("c"));
    }

    #[test]
    fn a_host_that_does_not_answer_is_not_asked_without_end() {
        let mut looks = Looks::default();
        looks.begun(1);
        let mut answers: Vec<_> = (0..100).map(|n| want(&mut looks, &n.to_string())).collect();
        assert_eq!(looks.waiting.len(), WAITING_MAX);
        assert!(answers[0].try_recv().is_err());
        looks.answered(1);
        assert_eq!(next(&mut looks).as_deref(), Some("96"));
    }
}
