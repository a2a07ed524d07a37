//! The rules, each as a story.

mod bench;
mod going;
mod stopping;

use bench::{check, check_as};
