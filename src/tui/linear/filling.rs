//! The open dialog, answered one by one: its button, its fields, and last whether it is meant. What is not an
//! answer cancels it.

use super::{
    Linear,
    asked::Offered,
    commands,
    out::flat,
    reading::{EDITOR, NONE, Step, YES},
};
use crate::tui::{
    feed::Source,
    state::{
        dialog::{Deed, Dialog, Field, Need, Subject},
        palette::Goal,
    },
    told::{Guest, Intent, Lines},
    update::Spoken,
    words,
};

/// Words that mean no, whatever is asked.
const NO: [&str; 4] = ["no", "n", "cancel", "nothing"];

/// Whether any text is a good one, and no program waits for it, to which every word is an answer.
fn is_free(field: &Field) -> bool {
    !field.veiled && matches!(field.need, Need::Nothing | Need::Some(_))
}

impl<S: Source> Linear<S> {
    /// Asks for the next field from there on that the button needs, or whether it is meant.
    pub(super) fn next_field(&mut self, from: usize) {
        let (Some(dialog), Some(reading)) = (&self.model.dialog, &mut self.reading) else { return };
        let button = dialog.buttons.get(reading.button);
        let off = button
            .is_some_and(|it| matches!(it.deed, Deed::Do(Intent::Maintenance { on: false, .. })));
        let wanted = |field: &Field| match field.need {
            Need::Exactly(_) | Need::Some(_) => true,
            // The words are for visitors of the page.
            Need::Nothing | Need::Moment => !off,
        };
        let mut fields = dialog.fields.iter().enumerate().skip(from);
        reading.step = match fields.find(|(_, field)| wanted(field)) {
            Some((at, _)) => Step::Field(at),
            None => Step::Yes,
        };
    }

    /// An answer to the open dialog.
    pub(super) fn answer(&mut self, text: &str) {
        let Some(reading) = &self.reading else { return };
        let (step, button) = (reading.step, reading.button);
        if let Some(asked) = commands::asked(text)
            && self.is_for_us(step, &asked)
        {
            self.commands(asked);
            if step == Step::Button {
                self.buttons();
            }
            return;
        }
        match step {
            Step::Waits | Step::Weighs => self.cancel("cancelled"),
            Step::Button => self.chosen(text.trim()),
            Step::Field(at) => self.filled(at, text),
            Step::Yes if text.trim() == YES => self.spoken(Spoken::Press(button)),
            Step::Yes => self.cancel("cancelled"),
        }
    }

    /// Whether a line that begins with the word for commands asks for them, and is no text for a field.
    fn is_for_us(&self, step: Step, asked: &commands::Asked) -> bool {
        let Step::Field(at) = step else { return matches!(step, Step::Button | Step::Yes) };
        let Some(field) = self.model.dialog.as_ref().and_then(|it| it.fields.get(at)) else {
            return false;
        };
        let words = match asked {
            commands::Asked::Of(called) => self.has_text(called),
            commands::Asked::Rows | commands::Asked::More | commands::Asked::All => true,
        };
        matches!(field.need, Need::Exactly(_)) || is_free(field) && words
    }

    fn chosen(&mut self, text: &str) {
        let Some(at) = self.button(text) else {
            self.cancel("cancelled");
            return;
        };
        if let Some(reading) = &mut self.reading {
            (reading.button, reading.step, reading.since) = (at, Step::Weighs, self.model.now);
        }
        self.spoken(Spoken::Point(at));
    }

    /// What the chosen button would do, where that was not said right before; then its fields.
    pub(super) fn weighed(&mut self) {
        let at = self.reading.as_ref().map_or(1, |reading| reading.button);
        let button = self.model.dialog.as_ref().and_then(|dialog| dialog.buttons.get(at));
        if let Some(Deed::Do(intent)) = button.map(|button| &button.deed).filter(|_| at > 1) {
            let preview = words::preview(&self.model, intent);
            self.out.lines(preview.iter().map(|line| flat(line)));
        }
        self.next_field(0);
    }

    /// The button of that number.
    fn button(&self, text: &str) -> Option<usize> {
        let Offered::Button(at) = self.numbered_as(text.parse().ok()?)? else { return None };
        Some(*at)
    }

    fn filled(&mut self, at: usize, text: &str) {
        let Some(field) = self.model.dialog.as_ref().and_then(|it| it.fields.get(at)) else {
            return;
        };
        if field.tall && text.trim() == EDITOR {
            self.guest = Some(Guest::Text(Lines {
                name: "command".to_owned(),
                lines: field.area.lines().to_vec(),
                program: self.model.settings.editor.clone(),
                colours: false,
            }));
            return;
        }
        if field.tall
            && let Some(at) = self.button(text.trim())
        {
            self.spoken(Spoken::Press(at));
            return;
        }
        let may_be_empty = matches!(field.need, Need::Nothing | Need::Moment) && !field.veiled;
        if may_be_empty && text.trim() == NONE {
            self.spoken(Spoken::Fill(at, String::new()));
            self.out.line("Taken as: nothing; it is empty.");
            self.behind_field(at);
            return;
        }
        if is_free(field) && self.is_no_text(text.trim()) {
            let label = field.label.trim_end_matches(':');
            self.cancel(&format!("cancelled: {} alone is not taken as {label}", text.trim()));
            return;
        }
        let kept =
            text.is_empty() && !field.typed().is_empty() && !field.is_hidden() && !field.tall;
        if let Need::Some(what) = field.need
            && text.trim().is_empty()
            && !kept
        {
            self.cancel(&format!("cancelled: {what} is needed"));
            return;
        }
        let text = if matches!(field.need, Need::Exactly(_)) { text.trim() } else { text };
        if !kept {
            self.spoken(Spoken::Fill(at, text.to_owned()));
        }
        let (now, zone) = (self.model.wall(), self.model.settings.zone.clone());
        let Some(dialog) = &self.model.dialog else { return };
        let lacks =
            dialog.fields.get(at).map(|field| (field.need.clone(), field.lacks(now, &zone)));
        match lacks {
            Some((Need::Moment, Some(why))) => self.out.line(format!("{}.", words::capital(&why))),
            Some((Need::Exactly(name), Some(_))) if text != name => {
                self.cancel(&format!("cancelled: that is not {name}"));
            }
            Some((_, Some(why))) => self.cancel(&format!("cancelled: {why}")),
            Some((_, None)) | None => self.behind_field(at),
        }
    }

    /// Whether a line means this console, and is no reason or name that is typed into it.
    fn is_no_text(&self, text: &str) -> bool {
        let no = NO.contains(&text.to_lowercase().as_str());
        no || matches!(self.exactly(text), Some(Goal::Key(_)))
    }

    /// An editor has changed the text: it is compared.
    pub(super) fn edited(&mut self) {
        let tall = |dialog: &Dialog| dialog.fields.iter().position(|field| field.tall);
        if let Some(at) = self.model.dialog.as_ref().and_then(tall) {
            self.behind_field(at);
        }
    }

    /// A field is filled: the next one; a prompt is answered.
    fn behind_field(&mut self, at: usize) {
        let Some(dialog) = &self.model.dialog else { return };
        let typed = dialog.fields.get(at).map(Field::typed).unwrap_or_default();
        if matches!(dialog.subject, Subject::Prompt(_)) {
            // Nothing is sent by an Enter that was meant for something else.
            if typed.is_empty() {
                self.cancel("nothing was typed, and nothing is sent");
            } else {
                self.spoken(Spoken::Press(1));
            }
            return;
        }
        let compares = matches!(dialog.buttons.get(1).map(|it| &it.deed), Some(Deed::Compare(_)));
        if compares {
            self.spoken(Spoken::Press(1));
            return;
        }
        self.next_field(at + 1);
    }

    fn cancel(&mut self, why: &str) {
        let leaving = self.model.dialog.as_ref().is_some_and(|it| it.subject == Subject::Quit);
        let said =
            if leaving { "you stay here".to_owned() } else { format!("{why}; nothing was done") };
        self.out.line(format!("{}.", words::capital(&said)));
        self.spoken(Spoken::Leave);
        // A prompt that has waited behind it was read out by then.
        if self.model.dialog.is_none() {
            self.again();
        }
    }
}
