//! Free values and environments.

use std::collections::BTreeMap;

use super::super::source::Template;

/// Free values by name.
pub type Vars = BTreeMap<String, Var>;

/// Headers of a request, in the order of the file.
pub type Headers = Vec<(String, Template)>;

/// A free value.
#[derive(Clone, Debug, PartialEq)]
pub enum Var {
    /// A string; dates are strings too.
    Text(String),
    /// A whole number.
    Whole(i64),
    /// A number.
    Number(f64),
    /// True or false.
    Flag(bool),
    /// Values in order.
    List(Vec<Self>),
    /// Values by name.
    Table(BTreeMap<String, Self>),
}

/// Environment variables and the mask, as one table gives them.
#[derive(Clone, Debug, Default)]
pub struct Env {
    /// File mode mask.
    pub umask: Option<u16>,
    /// Variables, in the order of the file.
    pub variables: Vec<(String, Template)>,
}
