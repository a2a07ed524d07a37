//! The open dialog: said as a text, then answered one by one. What is not an answer cancels it; what has
//! become other is said again, and answered again from the beginning.

use jiff::{SignedDuration, Timestamp};

use super::{Linear, asked::Offered, out::flat};
use crate::tui::{
    feed::Source,
    state::{
        Model,
        dialog::{Deed, Dialog, Field, Need, Subject},
        palette::Goal,
    },
    told::{Guest, Intent, Lines, Wish},
    update::Spoken,
    words,
};

/// So long it is waited for what something would do, before the question is said without it.
const PREVIEW: SignedDuration = SignedDuration::from_secs(4);

/// The word that confirms.
const YES: &str = "yes";

/// Words that mean no, whatever is asked.
const NO: [&str; 4] = ["no", "n", "cancel", "nothing"];

/// The word that opens the editor.
const EDITOR: &str = "editor";

/// The word that lists what would be run.
pub(super) const COMMANDS: &str = "commands";

/// What is asked of a dialog now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// Nothing yet: what it would do is being asked.
    Waits,
    /// Which button.
    Button,
    /// The text of a field.
    Field(usize),
    /// Whether the button is meant.
    Yes,
}

/// How far the open dialog is read and answered.
#[derive(Debug)]
pub(super) struct Reading {
    /// What was said of it: another text is another dialog.
    said: Said,
    step: Step,
    button: usize,
    since: Timestamp,
}

/// What makes a dialog the one that was said.
#[derive(Debug, PartialEq, Eq)]
struct Said {
    title: String,
    subject: Subject,
    buttons: Vec<(String, String)>,
    changed: Option<String>,
}

impl Said {
    fn of(dialog: &Dialog) -> Self {
        let buttons = dialog.buttons.iter();
        Self {
            title: dialog.title.clone(),
            subject: dialog.subject.clone(),
            buttons: buttons.map(|it| (it.label.clone(), it.about.clone())).collect(),
            changed: dialog.changed.clone(),
        }
    }
}

impl Reading {
    /// Whether it is waited for an answer of the hosts.
    pub(super) fn waits(&self) -> bool {
        self.step == Step::Waits
    }

    /// Whether what is typed now must not be seen.
    pub(super) fn hides(&self, model: &Model) -> bool {
        let field = self.field(model);
        field.is_some_and(Field::is_hidden)
    }

    fn field<'a>(&self, model: &'a Model) -> Option<&'a Field> {
        let Step::Field(at) = self.step else { return None };
        model.dialog.as_ref()?.fields.get(at)
    }

    /// The wish to leave, where that is what is asked.
    pub(super) fn detach(&self, model: &Model) -> Option<Wish> {
        let dialog = model.dialog.as_ref()?;
        let leaves = dialog.buttons.iter().any(|button| button.deed == Deed::Detach);
        (dialog.subject == Subject::Quit && leaves).then_some(Wish::Quit)
    }

    /// What is asked, without an end of the line.
    pub(super) fn prompt(&self, model: &Model) -> Option<String> {
        let dialog = model.dialog.as_ref()?;
        Some(match self.step {
            Step::Waits => return None,
            Step::Button => "Type its number; anything else cancels: ".to_owned(),
            Step::Field(at) if dialog.fields.get(at)?.tall => {
                let number = if is_numbered(dialog) { "its number, editor" } else { "editor" };
                format!("Type {number}, or the whole command in one line; an empty line cancels: ")
            }
            Step::Field(at) => of_field(dialog.fields.get(at)?),
            Step::Yes => {
                let button = dialog.buttons.get(self.button)?;
                let stays = dialog.buttons.first().map_or("Cancel", |it| it.label.as_str());
                let stays = if stays == "Cancel" { "cancels" } else { "means: " };
                let no = dialog.buttons.first().filter(|_| stays != "cancels");
                let no = no.map_or("", |it| it.label.as_str());
                format!("Type {YES} for: {}; anything else {stays}{no}: ", button.label)
            }
        })
    }
}

/// Whether any text is a good one, and no program waits for it, to which every word is an answer.
fn is_free(field: &Field) -> bool {
    !field.veiled && matches!(field.need, Need::Nothing | Need::Some(_))
}

/// Whether one of several buttons is chosen by its number.
fn is_numbered(dialog: &Dialog) -> bool {
    dialog.buttons.len() > 2
}

fn of_field(field: &Field) -> String {
    let typed = field.typed();
    let label = field.label.trim_end_matches(':');
    match &field.need {
        Need::Exactly(_) => format!("{label}; anything else cancels: "),
        _ if field.is_hidden() => format!("{label}: "),
        _ if !typed.is_empty() => format!("{label}; Enter keeps {typed}: "),
        Need::Some(_) => format!("{label}; an empty line cancels: "),
        Need::Nothing | Need::Moment if label.contains("optional") => format!("{label}: "),
        Need::Nothing | Need::Moment => format!("{label}; may be left empty: "),
    }
}

impl<S: Source> Linear<S> {
    /// Says the open dialog, once it is all there, and again when it says something else.
    pub(super) fn keep_reading(&mut self) {
        let Some(dialog) = &mut self.model.dialog else {
            self.reading = None;
            return;
        };
        let said = Said::of(dialog);
        let says = dialog.says.take();
        let known = self.reading.as_ref().filter(|reading| reading.said == said);
        let now = self.model.now;
        match known {
            Some(reading) if reading.step != Step::Waits => {
                self.out.lines(says.map(|says| format!("{}.", words::capital(&says))));
            }
            Some(reading) if now.duration_since(reading.since) < PREVIEW && self.is_previewed() => {
            }
            Some(_) => self.read_out(),
            None => {
                let anew = self.reading.as_ref().is_some_and(|it| it.said.title == said.title);
                if anew {
                    self.out.line("It says something else now:");
                }
                self.unasked |= !self.hearing;
                self.reading = Some(Reading { said, step: Step::Waits, button: 1, since: now });
                if self.is_previewed() {
                    self.out.line("Asking the hosts what this would do.");
                } else {
                    self.read_out();
                }
            }
        }
    }

    /// Whether it is still asked what the dialog would do.
    fn is_previewed(&self) -> bool {
        let untold = |(_, intent): (&str, &Intent)| self.model.sight.preview.of(intent).is_none();
        let dialog = self.model.dialog.as_ref();
        dialog.is_some_and(|dialog| dialog.intents().any(untold)) && !self.model.alone
    }

    /// Says the open dialog again.
    pub(super) fn read_out(&mut self) {
        let Some(dialog) = &self.model.dialog else { return };
        self.out.line(&dialog.title);
        let lines = words::dialog(&self.model);
        let diff = dialog.diff;
        let differs = |line: &str| diff && (line.starts_with("+ ") || line.starts_with("- "));
        for line in lines {
            self.out.line(if differs(&line) { line } else { flat(&line) });
        }
        if let Some(field) = dialog.fields.iter().find(|field| field.tall) {
            self.out.line(format!("{}:", field.label));
            self.out.lines(field.area.lines());
        }
        let numbered = is_numbered(dialog);
        let tall = dialog.fields.iter().position(|field| field.tall);
        self.buttons();
        let Some(reading) = &mut self.reading else { return };
        reading.button = 1;
        match tall {
            // A text is typed, or what is there is gone on with.
            Some(at) => reading.step = Step::Field(at),
            None if numbered => reading.step = Step::Button,
            None => self.next_field(0),
        }
    }

    /// The buttons that do something: of several, each with its number.
    fn buttons(&mut self) {
        let Some(dialog) = &self.model.dialog else { return };
        let numbered = is_numbered(dialog);
        self.offered.clear();
        for (at, button) in dialog.buttons.iter().enumerate().skip(1) {
            let about =
                if button.about.is_empty() { String::new() } else { format!(": {}", button.about) };
            if numbered {
                self.offered.push(Offered::Button(at));
                self.out.line(format!("{at}. {}{about}", button.label));
            } else if !about.is_empty() {
                self.out.line(format!("{}{about}", button.label));
            }
        }
    }

    /// Asks for the next field from there on that the button needs, or whether it is meant.
    fn next_field(&mut self, from: usize) {
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
        let reads = match step {
            Step::Button | Step::Yes => true,
            Step::Field(_) => {
                let field = reading.field(&self.model);
                let exact = |field: &Field| matches!(field.need, Need::Exactly(_));
                field.is_some_and(|field| exact(field) || is_free(field))
            }
            Step::Waits => false,
        };
        if reads && text.trim() == COMMANDS {
            self.commands();
            if step == Step::Button {
                self.buttons();
            }
            return;
        }
        match step {
            Step::Waits => self.cancel("cancelled"),
            Step::Button => self.chosen(text.trim()),
            Step::Field(at) => self.filled(at, text),
            Step::Yes if text.trim() == YES => self.spoken(Spoken::Press(button)),
            Step::Yes => self.cancel("cancelled"),
        }
    }

    fn chosen(&mut self, text: &str) {
        let Some(at) = self.button(text) else {
            self.cancel("cancelled");
            return;
        };
        if let Some(reading) = &mut self.reading {
            reading.button = at;
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
        self.spoken(Spoken::Leave);
        let said =
            if leaving { "you stay here".to_owned() } else { format!("{why}; nothing was done") };
        self.out.line(format!("{}.", words::capital(&said)));
        self.again();
    }

    /// What the open dialog would run.
    fn commands(&mut self) {
        let Some(dialog) = &self.model.dialog else { return };
        match words::dialog_would(&self.model, dialog) {
            Some(rows) => self.out.lines(rows.iter().map(|(text, _)| text)),
            None => self.out.line("This runs no command of the recipe."),
        }
    }
}
