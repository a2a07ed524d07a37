//! A TCP proxy before a host whose network can be cut, reset, stalled, delayed and narrowed while
//! it carries a connection.
//!
//! Each direction of a connection has a reader, which stamps what it reads with the moment it is
//! due, and a writer, which waits for that moment. Faults act between the two.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, Weak};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Pieces on their way in one direction, at most 64 KiB each; a full line holds the sender back.
const IN_FLIGHT_MAX: usize = 512;
/// A writer looks this often whether its connection was ended while the other side does not read.
const WRITE_CHECK: Duration = Duration::from_millis(50);

/// A way through to one host, listening on the loopback address.
pub(crate) struct Proxy {
    port: u16,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

/// Which way bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    ToHost,
    FromHost,
}

/// What can happen to the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Connections are closed in order (FIN), new ones at once.
    Cut,
    /// Connections end with RST, new ones are closed at once.
    Reset,
    /// Nothing passes, nothing is closed; new connections are taken and hear nothing.
    Stall,
}

struct Shared {
    network: Mutex<Network>,
    changed: Condvar,
}

#[derive(Default)]
struct Network {
    fault: Option<Fault>,
    planned: Option<(Direction, u64, Fault)>,
    delay: Duration,
    bytes_per_second: Option<u64>,
    links: Vec<Weak<Link>>,
    connections: u64,
    to_host: u64,
    from_host: u64,
    closing: bool,
}

/// One connection: closed when the last of its four threads lets go of it.
struct Link {
    client: TcpStream,
    host: TcpStream,
    /// Set under the lock of `network`, so that no waiter misses it.
    gone: AtomicBool,
}

/// No bytes are the end of the stream, which takes its time and its turn like any other piece.
struct Piece {
    due: Instant,
    bytes: Vec<u8>,
}

impl Proxy {
    /// Listens on a free port of 127.0.0.1 and passes every connection on to `port` there.
    pub(crate) fn to(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let own_port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared { network: Mutex::default(), changed: Condvar::new() });
        let theirs = Arc::clone(&shared);
        let accepting = thread::spawn(move || {
            for client in listener.incoming() {
                if theirs.network.lock().unwrap().closing {
                    return;
                }
                // A client that is already gone, and a host that refuses, look alike: no link.
                if let Ok((client, host)) = client.and_then(|client| connect(client, port)) {
                    theirs.link(client, host);
                }
            }
        });
        Self { port: own_port, shared, accepting: Some(accepting) }
    }

    /// Where it listens.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Ends all connections, and keeps new ones from being made, until [`Self::heal`].
    pub(crate) fn cut(&self) {
        self.shared.fail(Fault::Cut);
    }

    /// As [`Self::cut`], but both sides see "connection reset".
    pub(crate) fn reset(&self) {
        self.shared.fail(Fault::Reset);
    }

    /// Stops all bytes; after [`Self::heal`] they go on where they stopped.
    pub(crate) fn stall(&self) {
        self.shared.fail(Fault::Stall);
    }

    /// The network works again, as wide and as far as it was, and no fault is planned. Connections
    /// that ended stay ended.
    pub(crate) fn heal(&self) {
        let mut network = self.shared.network.lock().unwrap();
        network.fault = None;
        network.planned = None;
        self.shared.changed.notify_all();
    }

    /// Lets exactly `bytes` more pass in this direction, over all connections, then fails: a fault
    /// at an instant that another run can repeat. A later plan replaces an earlier one.
    pub(crate) fn fail_after(&self, direction: Direction, bytes: u64, fault: Fault) {
        assert!(bytes > 0, "for a fault at once call it");
        let mut network = self.shared.network.lock().unwrap();
        let at = network.passed(direction) + bytes;
        network.planned = Some((direction, at, fault));
    }

    /// Waits until the fault of [`Self::fail_after`] has struck; false when `polls` looks, one each
    /// time something passes or a second of silence, did not see it.
    pub(crate) fn wait_failed(&self, polls: u32) -> bool {
        let mut network = self.shared.network.lock().unwrap();
        for _ in 0..polls {
            if network.fault.is_some() {
                return true;
            }
            let second = Duration::from_secs(1);
            network = self.shared.changed.wait_timeout(network, second).unwrap().0;
        }
        network.fault.is_some()
    }

    /// Delays every byte by this much in each direction: a round trip takes twice as long.
    pub(crate) fn set_delay(&self, one_way: Duration) {
        self.shared.network.lock().unwrap().delay = one_way;
    }

    /// Lets at most this many bytes a second pass, per connection and direction; `None` for all.
    pub(crate) fn set_bandwidth(&self, bytes_per_second: Option<u64>) {
        self.shared.network.lock().unwrap().bytes_per_second = bytes_per_second;
    }

    /// Connections made so far through to the host.
    pub(crate) fn connections(&self) -> u64 {
        self.shared.network.lock().unwrap().connections
    }

    /// Bytes passed so far in this direction, over all connections; counted before they are
    /// written, so what has arrived has been counted.
    pub(crate) fn bytes(&self, direction: Direction) -> u64 {
        self.shared.network.lock().unwrap().passed(direction)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // A poisoned lock means that a proxy thread has panicked; that has already been printed.
        if let Ok(mut network) = self.shared.network.lock() {
            network.closing = true;
            network.fail(Fault::Cut);
            self.shared.changed.notify_all();
        }
        // Wakes the accepting thread, which then sees that it is over.
        drop(TcpStream::connect(("127.0.0.1", self.port)));
        drop(self.accepting.take().map(JoinHandle::join));
    }
}

impl Shared {
    fn fail(&self, fault: Fault) {
        self.network.lock().unwrap().fail(fault);
        self.changed.notify_all();
    }

    fn end(&self, link: &Link) {
        let _network = self.network.lock().unwrap();
        link.end();
        self.changed.notify_all();
    }

    /// Carries what passes between a client and the host, unless the network is down.
    fn link(self: &Arc<Self>, client: TcpStream, host: TcpStream) {
        let mut network = self.network.lock().unwrap();
        if network.is_down() {
            return;
        }
        network.connections += 1;
        network.links.retain(|link| link.strong_count() > 0);
        let link = Arc::new(Link { client, host, gone: AtomicBool::new(false) });
        network.links.push(Arc::downgrade(&link));
        for direction in [Direction::ToHost, Direction::FromHost] {
            let (sender, receiver) = sync_channel(IN_FLIGHT_MAX);
            let (shared, of_reader) = (Arc::clone(self), Arc::clone(&link));
            thread::spawn(move || shared.read(&of_reader, direction, &sender));
            let (shared, of_writer) = (Arc::clone(self), Arc::clone(&link));
            thread::spawn(move || shared.write(&of_writer, direction, &receiver));
        }
    }

    fn read(&self, link: &Link, direction: Direction, line: &SyncSender<Piece>) {
        let mut from = match direction {
            Direction::ToHost => &link.client,
            Direction::FromHost => &link.host,
        };
        let mut buffer = vec![0; 64 * 1024];
        loop {
            // An error here is a reset by that side, which the other side sees as an end.
            let length = from.read(&mut buffer).unwrap_or(0);
            let due = now() + self.network.lock().unwrap().delay;
            let sent = line.send(Piece { due, bytes: buffer[..length].to_vec() });
            if length == 0 || sent.is_err() {
                return;
            }
        }
    }

    fn write(&self, link: &Link, direction: Direction, line: &Receiver<Piece>) {
        let to = match direction {
            Direction::ToHost => &link.host,
            Direction::FromHost => &link.client,
        };
        let mut free = now();
        for Piece { due, bytes } in line {
            let mut rest = &bytes[..];
            while !rest.is_empty() {
                let due = due.max(free);
                let Some(length) = self.admit(link, direction, due, rest.len()) else { return };
                if !write_all(link, to, &rest[..length]) {
                    self.end(link);
                    return;
                }
                free = now() + self.written(direction, length);
                rest = &rest[length..];
            }
            if bytes.is_empty() && self.admit(link, direction, due.max(free), 0).is_some() {
                // The other side may have closed first, and then there is nobody to tell.
                drop(to.shutdown(Shutdown::Write));
            }
        }
    }

    /// Waits until `due`, and as long as nothing passes; then counts as many of `wanted` bytes as
    /// may be written now, and says how many. `None` when the connection is gone.
    fn admit(&self, link: &Link, way: Direction, due: Instant, wanted: usize) -> Option<usize> {
        let mut network = self.network.lock().unwrap();
        loop {
            if link.is_gone() {
                return None;
            }
            let early = due.saturating_duration_since(now());
            network = if network.fault.is_some() || network.plan_is_due(way) {
                self.changed.wait(network).unwrap()
            } else if early > Duration::ZERO {
                // The delay line itself: the one place where time passing is the point.
                self.changed.wait_timeout(network, early).unwrap().0
            } else {
                let length = network.piece(way, wanted);
                *network.passed_mut(way) += length as u64;
                return Some(length);
            };
        }
    }

    /// Lets a planned fault strike, and says how long what was written keeps the line busy.
    fn written(&self, way: Direction, length: usize) -> Duration {
        let mut network = self.network.lock().unwrap();
        if network.plan_is_due(way)
            && let Some((_, _, fault)) = network.planned.take()
        {
            network.fail(fault);
        }
        self.changed.notify_all();
        let bytes_per_second = network.bytes_per_second.unwrap_or(u64::MAX);
        Duration::from_secs(1).mul_f64(length as f64 / bytes_per_second as f64)
    }
}

impl Network {
    fn fail(&mut self, fault: Fault) {
        self.fault = Some(fault);
        if fault == Fault::Stall {
            return;
        }
        for link in self.links.drain(..).filter_map(|link| link.upgrade()) {
            if fault == Fault::Reset {
                link.reset();
            } else {
                link.end();
            }
        }
    }

    /// Whether a new connection cannot be made.
    fn is_down(&self) -> bool {
        matches!(self.fault, Some(Fault::Cut | Fault::Reset))
    }

    fn passed(&self, direction: Direction) -> u64 {
        match direction {
            Direction::ToHost => self.to_host,
            Direction::FromHost => self.from_host,
        }
    }

    fn passed_mut(&mut self, direction: Direction) -> &mut u64 {
        match direction {
            Direction::ToHost => &mut self.to_host,
            Direction::FromHost => &mut self.from_host,
        }
    }

    /// The last byte that a planned fault lets pass has been counted; the fault is to come.
    fn plan_is_due(&self, direction: Direction) -> bool {
        self.planned.is_some_and(|(way, at, _)| way == direction && self.passed(way) >= at)
    }

    /// As many of `wanted` bytes as the width and a planned fault let pass at once, at least one.
    fn piece(&self, direction: Direction, wanted: usize) -> usize {
        // A twentieth of a second's worth, so that a narrow line trickles instead of bursting.
        let width = self.bytes_per_second.map_or(u64::MAX, |bytes| bytes / 20).max(1);
        let planned = match self.planned {
            Some((planned, at, _)) if planned == direction => at - self.passed(direction),
            Some(_) | None => u64::MAX,
        };
        usize::try_from(width.min(planned)).map_or(wanted, |most| most.min(wanted))
    }
}

impl Link {
    fn is_gone(&self) -> bool {
        self.gone.load(Ordering::Acquire)
    }

    /// Both sides see the end of the stream.
    fn end(&self) {
        self.gone.store(true, Ordering::Release);
        for stream in [&self.client, &self.host] {
            // Fails when that side has already closed, which is what is wanted.
            drop(stream.shutdown(Shutdown::Both));
        }
    }

    /// Both sides see a reset, as soon as the threads have let go.
    fn reset(&self) {
        self.gone.store(true, Ordering::Release);
        for stream in [&self.client, &self.host] {
            if let Ok(same) = stream.try_clone() {
                drop(tokio::net::TcpSocket::from_std_stream(same).set_zero_linger());
            }
            // Wakes the reader and sends nothing, where a shutdown for writing would send FIN.
            drop(stream.shutdown(Shutdown::Read));
        }
    }
}

fn connect(client: TcpStream, port: u16) -> std::io::Result<(TcpStream, TcpStream)> {
    let host = TcpStream::connect(("127.0.0.1", port))?;
    for stream in [&client, &host] {
        stream.set_nodelay(true)?;
        stream.set_write_timeout(Some(WRITE_CHECK))?;
    }
    Ok((client, host))
}

/// False when the connection has ended, from whichever side.
fn write_all(link: &Link, mut to: &TcpStream, mut bytes: &[u8]) -> bool {
    while !bytes.is_empty() {
        match to.write(bytes) {
            Ok(0) => return false,
            Ok(length) => bytes = &bytes[length..],
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            // Where the system says "would block", the time for one look is over.
            Err(error) if error.kind() == ErrorKind::WouldBlock && !link.is_gone() => {}
            Err(_) => return false,
        }
    }
    true
}

#[expect(clippy::disallowed_methods, reason = "a delay line needs the clock it delays by")]
fn now() -> Instant {
    Instant::now()
}
