//! Free values, environments and headers.

use super::{Decoder, names};
use crate::recipe::diagnostic::Diagnostic;
use crate::recipe::shape::mistyped;
use crate::recipe::source::{At, Template};
use crate::recipe::tree::{Node, Table, Value, in_order};
use crate::recipe::value::{Env, Headers, Share, Var, Vars};

/// Free values by name.
pub(super) fn vars(decoder: &mut Decoder, table: &Table) -> Vars {
    let mut vars = Vars::new();
    for (name, node) in in_order(table) {
        names::identifier(decoder, "a variable", &name);
        if let Some(var) = var(decoder, &name, node) {
            vars.insert(name.value, var);
        }
    }
    vars
}

/// One free value.
pub(super) fn var(decoder: &mut Decoder, name: &At<String>, node: &Node) -> Option<Var> {
    Some(match &node.value {
        Value::Text(text) | Value::Date(text) => Var::Text(text.clone()),
        Value::Whole(_, Some(whole)) => Var::Whole(*whole),
        Value::Whole(_, None) => return too_large(decoder, name, node),
        Value::Number(number) => match number.replace('_', "").parse() {
            Ok(number) => Var::Number(number),
            Err(_) => return too_large(decoder, name, node),
        },
        Value::Flag(flag) => Var::Flag(*flag),
        Value::List(items) => {
            Var::List(items.iter().filter_map(|item| var(decoder, name, item)).collect())
        }
        Value::Table(table) => Var::Table(vars(decoder, table)),
        Value::Bad => return None,
    })
}

fn too_large(decoder: &mut Decoder, name: &At<String>, node: &Node) -> Option<Var> {
    let message = format!("the number of `{}` is too large", name.value);
    decoder.report(Diagnostic::error(&node.span, message));
    None
}

/// Environment variables and the mask.
pub(super) fn env(decoder: &mut Decoder, table: &Table) -> Env {
    let mut env = Env::default();
    for (name, node) in in_order(table) {
        if name.value == "umask" {
            env.umask = umask(node);
            if env.umask.is_none() {
                decoder.report(
                    Diagnostic::error(&node.span, "`umask` must be a string of three octal digits")
                        .hint("for example umask = \"022\""),
                );
            }
            continue;
        }
        names::identifier(decoder, "an environment variable", &name);
        env.variables.extend(plain(decoder, &name, node).map(|value| (name.value, value)));
    }
    env
}

/// Headers of a request.
pub(super) fn headers(decoder: &mut Decoder, table: &Table) -> Headers {
    let mut headers = Headers::new();
    for (name, node) in in_order(table) {
        let token = |c: u8| c.is_ascii_alphanumeric() || c == b'-' || c == b'_';
        if name.value.is_empty() || !name.value.bytes().all(token) {
            let message = format!("`{}` cannot name a header", name.value.escape_debug());
            decoder.report(Diagnostic::error(&name.span, message).hint("letters, digits and `-`"));
        }
        headers.extend(plain(decoder, &name, node).map(|value| (name.value, value)));
    }
    headers
}

fn plain(decoder: &mut Decoder, name: &At<String>, node: &Node) -> Option<Template> {
    let text = match &node.value {
        Value::Text(text) | Value::Whole(text, _) | Value::Number(text) => text.clone(),
        Value::Flag(flag) => flag.to_string(),
        Value::Bad => return None,
        other @ (Value::Date(_) | Value::List(_) | Value::Table(_)) => {
            let problem = mistyped(&node.span, &name.value, "a string or a number", other);
            decoder.report(problem);
            return None;
        }
    };
    Some(Template::new(&text, node.span.clone()))
}

fn umask(node: &Node) -> Option<u16> {
    const MASK_MAX: u16 = 0o777;
    octal(node.text()?).filter(|mask| *mask <= MASK_MAX)
}

/// A file mode as it is written: three or four octal digits.
pub(super) fn octal(digits: &str) -> Option<u16> {
    let plain = (3..=4).contains(&digits.len()) && digits.bytes().all(|c| c.is_ascii_digit());
    plain.then(|| u16::from_str_radix(digits, 8).ok()).flatten()
}

/// How many hosts at a time.
pub(super) fn share(decoder: &mut Decoder, node: &Node) -> Option<At<Share>> {
    const PERCENT_MAX: u16 = 100;
    let percent = node.text().map(|text| {
        let digits = text.strip_suffix('%')?;
        let plain = digits.bytes().all(|c| c.is_ascii_digit());
        plain.then(|| digits.parse::<u16>().ok()).flatten()
    });
    let share = match percent {
        Some(percent) => percent.filter(|n| (1..=PERCENT_MAX).contains(n)).map(Share::Percent),
        None => node.count().filter(|n| *n > 0).map(Share::Count),
    };
    if share.is_none() {
        let problem = Diagnostic::error(&node.span, "this is not a size of a batch");
        decoder.report(problem.hint("a whole number from 1, or \"1%\" to \"100%\""));
    }
    share.map(|value| At { value, span: node.span.clone() })
}
