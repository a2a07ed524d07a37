//! SSH to a host, as a client.
//!
//! A [`Connector`] makes connections: it resolves the host's name, checks its key, logs in, and
//! shares jump hosts. A [`Connection`] runs commands. The traps of the SSH library that shape
//! this module are told where they are avoided: unread channels in [`channel`] and [`forward`], callbacks on the
//! session's own task in [`handler`], logins that cannot be cancelled in [`auth`].

mod algorithms;
mod auth;
mod channel;
mod config;
mod connect;
mod connection;
mod forward;
mod handler;
mod jump;
mod known_hosts;
mod stream;

pub use config::Target;
pub use connect::{Connector, Route};
pub use connection::Connection;

pub(super) use channel::Input;
pub(super) use forward::Forwarded;
