//! Jump hosts: one connection each, shared by all hosts behind it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use tokio::sync::Mutex;

use super::connection::Connection;
use crate::remote::ConnectError;

/// The jump hosts in use, by who logs in where.
#[derive(Debug, Default)]
pub(super) struct Hops(Mutex<BTreeMap<String, Arc<Hop>>>);

#[derive(Debug, Default)]
struct Hop {
    /// Attempts that have ended.
    tried: AtomicU64,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Held by the connections through it; when the last of them goes, it goes.
    connection: Weak<Connection>,
    error: Option<ConnectError>,
}

impl Hops {
    /// The open connection under `key`, or what `connect` makes. Those who wait while somebody
    /// else tries share the failure, so that a dead jump host costs one timeout and not fifty.
    pub(super) async fn get(
        &self,
        key: String,
        connect: impl Future<Output = Result<Connection, ConnectError>>,
    ) -> Result<Arc<Connection>, ConnectError> {
        let hop = Arc::clone(self.0.lock().await.entry(key).or_default());
        let tried_before = hop.tried.load(Ordering::Acquire);
        let mut state = hop.state.lock().await;
        if let Some(open) = state.connection.upgrade().filter(|open| !open.is_lost()) {
            return Ok(open);
        }
        let tried_meanwhile = hop.tried.load(Ordering::Acquire) != tried_before;
        if let Some(error) = state.error.clone().filter(|_| tried_meanwhile) {
            return Err(error);
        }
        let connected = connect.await;
        hop.tried.fetch_add(1, Ordering::AcqRel);
        match connected {
            Ok(connection) => {
                let connection = Arc::new(connection);
                state.connection = Arc::downgrade(&connection);
                state.error = None;
                Ok(connection)
            }
            Err(error) => {
                state.error = Some(error.clone());
                Err(error)
            }
        }
    }
}
