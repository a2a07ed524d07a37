//! Free values, environments and templates.

use toml::de::{DeInteger, DeTable, DeValue};

use super::fields::{in_order, mistyped};
use super::{Decoder, Value, names};
use crate::recipe::diagnostic::Diagnostic;
use crate::recipe::source::{At, Template};
use crate::recipe::value::{Env, Var, Vars};

/// A string as a template that knows where its text stands.
pub(super) fn template(decoder: &Decoder, value: &Value<'_>) -> Option<Template> {
    let text = value.get_ref().as_str()?;
    Some(Template::new(text, decoder.span(value.span())))
}

/// A whole number that fits, from 0.
pub(super) fn count(value: &DeValue<'_>) -> Option<u16> {
    whole(value.as_integer()?).and_then(|whole| u16::try_from(whole).ok())
}

fn whole(integer: &DeInteger<'_>) -> Option<i64> {
    i64::from_str_radix(integer.as_str(), integer.radix()).ok()
}

/// Free values by name.
pub(super) fn vars(decoder: &mut Decoder, table: &DeTable<'_>) -> Vars {
    let mut vars = Vars::new();
    for (name, value) in in_order(decoder, table) {
        names::identifier(decoder, "a variable", &name);
        if let Some(var) = var(decoder, &name, value) {
            vars.insert(name.value, var);
        }
    }
    vars
}

fn var(decoder: &mut Decoder, name: &At<String>, value: &Value<'_>) -> Option<Var> {
    Some(match value.get_ref() {
        DeValue::String(text) => Var::Text(text.to_string()),
        DeValue::Integer(integer) => match whole(integer) {
            Some(whole) => Var::Whole(whole),
            None => return too_large(decoder, name, value),
        },
        DeValue::Float(number) => match number.as_str().parse() {
            Ok(number) => Var::Number(number),
            Err(_) => return too_large(decoder, name, value),
        },
        DeValue::Boolean(flag) => Var::Flag(*flag),
        DeValue::Datetime(date) => Var::Text(date.to_string()),
        DeValue::Array(items) => {
            Var::List(items.iter().filter_map(|item| var(decoder, name, item)).collect())
        }
        DeValue::Table(table) => Var::Table(vars(decoder, table)),
    })
}

fn too_large(decoder: &mut Decoder, name: &At<String>, value: &Value<'_>) -> Option<Var> {
    let message = format!("the number of `{}` is too large", name.value);
    decoder.report(Diagnostic::error(&decoder.span(value.span()), message));
    None
}

/// Environment variables and the mask.
pub(super) fn env(decoder: &mut Decoder, table: &DeTable<'_>) -> Env {
    let mut env = Env::default();
    for (name, value) in in_order(decoder, table) {
        let span = decoder.span(value.span());
        if name.value == "umask" {
            env.umask = umask(value.get_ref());
            if env.umask.is_none() {
                decoder.report(
                    Diagnostic::error(&span, "`umask` must be a string of three octal digits")
                        .hint("for example umask = \"022\""),
                );
            }
            continue;
        }
        names::identifier(decoder, "an environment variable", &name);
        let text = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Integer(number) => number.to_string(),
            DeValue::Float(number) => number.to_string(),
            DeValue::Boolean(flag) => flag.to_string(),
            other @ (DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_)) => {
                decoder.report(mistyped(&span, &name.value, "a string or a number", other));
                continue;
            }
        };
        env.variables.push((name.value, Template::new(&text, span)));
    }
    env
}

fn umask(value: &DeValue<'_>) -> Option<u16> {
    const MASK_MAX: u16 = 0o777;
    let digits = value.as_str()?;
    let plain = (3..=4).contains(&digits.len()) && digits.bytes().all(|c| c.is_ascii_digit());
    let mask = plain.then(|| u16::from_str_radix(digits, 8).ok()).flatten()?;
    (mask <= MASK_MAX).then_some(mask)
}
