//! Templates, evaluated: every inserted value becomes a token, and what comes out becomes a command
//! or plain data.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use minijinja::value::{Object, ObjectRepr, ValueKind};
use minijinja::{Environment, Error, ErrorKind, Output, Value};

use crate::model::{Hole, Text};
use crate::recipe::{
    Diagnostic, Span, Template, environment, line_of, locate_name, misplaced, names_in, plain_tags,
    site,
};
use crate::script::{Insert, Inserts, Problem, Site, has_mark};

/// Evaluates the templates of one plan.
pub(super) struct Renderer {
    environment: Environment<'static>,
    sink: Arc<Mutex<Sink>>,
}

/// Where the formatter puts the values of the rendering under way.
#[derive(Default)]
struct Sink {
    inserts: Inserts,
    /// Fail at the insertion of this number, to learn where in the template it is.
    stop_at: Option<usize>,
}

impl Renderer {
    pub(super) fn new() -> Self {
        let sink: Arc<Mutex<Sink>> = Arc::default();
        let mut environment = environment();
        let for_values = Arc::clone(&sink);
        environment
            .set_formatter(move |out, _state, value| insert(&mut lock(&for_values), out, value));
        environment.add_filter("raw", raw);
        Self { environment, sink }
    }

    /// The template as a command: every inserted value a quoted word.
    pub(super) fn command(
        &self,
        template: &Template,
        context: &Value,
    ) -> Result<Text, Vec<Diagnostic>> {
        self.made(template, context, Inserts::command)
    }

    /// The template as plain data.
    pub(super) fn data(
        &self,
        template: &Template,
        context: &Value,
    ) -> Result<Text, Vec<Diagnostic>> {
        self.made(template, context, Inserts::data)
    }

    fn made(
        &self,
        template: &Template,
        context: &Value,
        make: impl Fn(&Inserts, &str) -> Result<Text, Vec<Problem>>,
    ) -> Result<Text, Vec<Diagnostic>> {
        let (text, inserts) = self.evaluate(template, context)?;
        make(&inserts, &text)
            .map_err(|problems| self.shown(template, context, &problems, inserts.len()))
    }

    fn evaluate(
        &self,
        template: &Template,
        context: &Value,
    ) -> Result<(String, Inserts), Vec<Diagnostic>> {
        *lock(&self.sink) = Sink::default();
        let rendered = self.environment.render_str(&template.text, context);
        let inserts = std::mem::take(&mut lock(&self.sink).inserts);
        match rendered {
            Ok(text) => Ok((text, inserts)),
            Err(error) => Err(vec![self.failed(template, context, &error)]),
        }
    }

    fn failed(&self, template: &Template, context: &Value, error: &Error) -> Diagnostic {
        let line = line_of(template, error.line());
        if error.kind() == ErrorKind::UndefinedError
            && let Some(name) = self.undefined(template, context, &line)
        {
            let message = format!("`{name}` is not defined here");
            return Diagnostic::error(&locate_name(template, &name), message);
        }
        let message = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
        Diagnostic::error(&line, message)
    }

    /// The name that has no value, preferably one on the line that failed.
    fn undefined(&self, template: &Template, context: &Value, line: &Span) -> Option<String> {
        let names = names_in(&self.environment, template).ok()?;
        let missing: Vec<String> =
            names.into_iter().filter(|name| !is_defined(context, name)).collect();
        let on_line = |name: &&String| {
            let at = locate_name(template, name).range;
            line.range.start <= at.start && at.end <= line.range.end
        };
        missing.iter().find(on_line).or_else(|| missing.first()).cloned()
    }

    fn shown(
        &self,
        template: &Template,
        context: &Value,
        problems: &[Problem],
        inserted: usize,
    ) -> Vec<Diagnostic> {
        // Tags that insert raw text take no value, and blocks take as many as they like.
        let tags = plain_tags(template).filter(|tags| tags.len() == inserted);
        let at = |problem: &Problem| {
            let known = tags.as_ref().and_then(|tags| site(template, tags, &problem.site));
            known.unwrap_or_else(|| match problem.site {
                Site::Insert(index) => self.place(template, context, index),
                Site::Whole | Site::Text(..) => template.span.clone(),
            })
        };
        problems.iter().map(|problem| misplaced(&at(problem), problem.kind)).collect()
    }

    /// Where in the template the value of that number is inserted.
    fn place(&self, template: &Template, context: &Value, index: usize) -> Span {
        *lock(&self.sink) = Sink { stop_at: Some(index), ..Sink::default() };
        match self.environment.render_str(&template.text, context) {
            Err(error) => line_of(template, error.line()),
            Ok(_) => template.span.clone(),
        }
    }
}

fn lock(sink: &Mutex<Sink>) -> MutexGuard<'_, Sink> {
    sink.lock().unwrap_or_else(PoisonError::into_inner)
}

fn is_defined(context: &Value, name: &str) -> bool {
    let mut value = context.clone();
    for part in name.split('.') {
        match value.get_attr(part) {
            Ok(inner) if !inner.is_undefined() => value = inner,
            Ok(_) | Err(_) => return false,
        }
    }
    true
}

/// Takes a value and writes its token.
fn insert(sink: &mut Sink, out: &mut Output<'_>, value: &Value) -> Result<(), Error> {
    if let Some(Raw(text)) = value.downcast_object_ref() {
        return out.write_str(text).map_err(Error::from);
    }
    if sink.stop_at == Some(sink.inserts.len()) {
        return Err(refuse("here"));
    }
    let insert = match value.downcast_object_ref::<Later>() {
        Some(Later(name)) => Insert::Hole(Hole(name.clone())),
        None => known(value)?,
    };
    let token = sink.inserts.push(insert);
    out.write_str(&token).map_err(Error::from)
}

fn known(value: &Value) -> Result<Insert, Error> {
    match value.kind() {
        ValueKind::Seq | ValueKind::Iterable => {
            let words: Result<_, _> = value.try_iter()?.map(|item| word(&item)).collect();
            Ok(Insert::Words(words?))
        }
        ValueKind::Undefined
        | ValueKind::None
        | ValueKind::Bool
        | ValueKind::Number
        | ValueKind::String
        | ValueKind::Bytes
        | ValueKind::Map
        | ValueKind::Plain
        | ValueKind::Invalid
        | _ => word(value).map(Insert::Word),
    }
}

/// A value that is one word.
fn word(value: &Value) -> Result<String, Error> {
    let text = match value.kind() {
        // Written as shells and configuration files write it, not as Python does.
        ValueKind::Bool => value.is_true().to_string(),
        ValueKind::String | ValueKind::Number => value.to_string(),
        ValueKind::None => return Err(refuse("the value is none; give it one, or a default")),
        ValueKind::Map => return Err(refuse("a table cannot be inserted; name one of its values")),
        ValueKind::Undefined
        | ValueKind::Bytes
        | ValueKind::Seq
        | ValueKind::Iterable
        | ValueKind::Plain
        | ValueKind::Invalid
        | _ => return Err(refuse("this value cannot be inserted")),
    };
    if has_mark(&text) {
        // Only a block that caught an insertion, or an item in a computation, makes such text.
        return Err(refuse("nothing can be computed with an item, or with what a block inserted"));
    }
    Ok(text)
}

fn refuse(why: &'static str) -> Error {
    Error::new(ErrorKind::InvalidOperation, why)
}

/// The filter `raw`: the value as shell text, not as a word.
fn raw(value: &Value) -> Result<Value, Error> {
    if value.downcast_object_ref::<Later>().is_some() {
        return Err(refuse("a value that is known only during the run cannot be inserted raw"));
    }
    Ok(Value::from_object(Raw(word(value)?)))
}

/// Text that is inserted as it is.
#[derive(Debug)]
struct Raw(String);

impl Object for Raw {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A value that is known only during the run, by its name.
#[derive(Debug)]
struct Later(String);

/// The value of that name, known only during the run.
pub(super) fn later(name: &str) -> Value {
    Value::from_object(Later(name.to_owned()))
}

impl Object for Later {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        Some(later(&format!("{}.{}", self.0, key.as_str()?)))
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Whatever is made of this text is refused where it would be inserted.
        let token = Inserts::default().push(Insert::Hole(Hole(self.0.clone())));
        f.write_str(&token)
    }
}
