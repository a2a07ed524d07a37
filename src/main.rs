//! The program: see the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    deployui::cli::main(std::env::args_os())
}
