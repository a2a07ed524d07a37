//! An answer to a question that is asked of the same step on several hosts: for this one, or for all
//! that it can be given to.

use crate::{
    model::HoldId,
    run::{Choice, Hold, Offer, Run},
    tui::{
        action::Act,
        keymap::letter,
        state::{
            Model,
            dialog::{Deed, Dialog},
        },
        words,
    },
};

/// An answer, as its buttons say it.
pub(super) struct Answer {
    pub(super) offer: Offer,
    pub(super) act: Act,
    pub(super) label: &'static str,
    pub(super) choice: Choice,
    /// Why it is not given on all hosts at once.
    pub(super) apart: Option<String>,
}

impl Answer {
    pub(super) fn new(offer: Offer, act: Act, label: &'static str, choice: Choice) -> Self {
        Self { offer, act, label, choice, apart: None }
    }

    /// Its buttons. Where it can be given together, each names its hosts, and the dialog says what
    /// happened on which, and where it is no answer.
    pub(super) fn buttons(
        self,
        model: &Model,
        run: &Run,
        (id, hold): (HoldId, &Hold),
        dialog: Dialog,
    ) -> Dialog {
        let alike = words::alike(run, hold, self.offer);
        let key = letter(model, self.act);
        let one = Deed::Choose(vec![id], self.choice.clone());
        let all = words::all_of(run, &alike.these);
        if let (Some(why), true) = (&self.apart, alike.these.len() > 1) {
            let dialog = dialog.line(format!("Not on {all} at once: {why}."));
            return dialog.button(self.label, key, "on this host", one);
        }
        if alike.these.len() < 2 {
            let about = words::consequence(model, hold, self.offer);
            return others(model, run, &alike, dialog).button(self.label, key, about, one);
        }
        let names = |ids: &[HoldId]| {
            let hosts = words::hosts_asked(run, ids);
            let names: Vec<&str> = hosts.iter().map(|host| model.host_name(*host)).collect();
            words::hosts(&names)
        };
        let (here, hosts) = (names(&[id]), names(&alike.these));
        let mut dialog = dialog.line(format!("{}.", words::standing_of(model, run, &alike.these)));
        if let Some(facts) = &mut dialog.facts {
            facts.place = format!("{}; or {all}: {hosts}", facts.place);
        }
        let on = if self.offer == Offer::Exclude { "" } else { "on " };
        others(model, run, &alike, dialog)
            .button(format!("{} {on}{here}", self.label), key, "that one alone", one)
            .button(
                format!("{} {on}{all}", self.label),
                Some('A'),
                hosts,
                Deed::Choose(alike.these, self.choice),
            )
    }
}

fn others(model: &Model, run: &Run, alike: &words::Alike, dialog: Dialog) -> Dialog {
    match alike.others.as_slice() {
        [] => dialog,
        others => {
            let which = words::standing_of(model, run, others);
            dialog.line(format!("It is no answer to what is open elsewhere. {which}."))
        }
    }
}
