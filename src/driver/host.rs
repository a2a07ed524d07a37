//! One host's task: keeps a connection, speaks the box protocol over it, and writes logs.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use futures::{StreamExt as _, future::BoxFuture, stream::FuturesUnordered};
use tokio::{
    sync::{mpsc, watch},
    time::timeout,
};

use super::{
    asker::Question,
    asking::Asking,
    chance,
    channel::{Ended, Unheard, heard, write},
    clock, http,
    looks::{Looks, Reply},
    means::{FleetSettings, HostNews, Means},
    parcel,
    reconcile::{Next, Ordered},
    secrets::{Ingest, Safe},
    shell,
    trouble::{ShellEnd, Trouble},
    wants::{Want, What},
};
use crate::{
    boxes::{Client, Fact, LogEnd, Order, Output},
    model::{HostId, RunId, Try},
    remote::{Link, Pipe, backoff},
    run::Sig,
    script::{Draft, Hello, Script},
    store::{DiskError, LogWriter},
};

/// What a host's task is for.
pub(super) struct Charge {
    pub(super) id: HostId,
    pub(super) name: String,
    pub(super) state_dir: String,
    pub(super) run: RunId,
    pub(super) wants: watch::Receiver<Vec<Want>>,
    pub(super) questions: mpsc::Receiver<Question>,
    pub(super) news: mpsc::Sender<(HostId, HostNews)>,
    pub(super) settings: Arc<FleetSettings>,
    /// The secrets of the run, as far as they are known.
    pub(super) secrets: Arc<Safe>,
    pub(super) means: Means,
    /// Whether the run has begun before: then every host is tried until it is there.
    pub(super) begun: bool,
}

/// The bytes after which a tail is compared on reattaching; the host does the same.
const TAIL_BYTES: u16 = 4096;

/// Probes and parcels under way through one connection.
const BESIDE_MAX: usize = 8;

/// How long the words of a shell that has ended are waited for.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// The command on both channels: whatever the login shell is, it can run this.
const SHELL: &str = "exec sh";

/// Keeps the host connected as long as anybody listens.
pub(super) async fn keep(mut charge: Charge) {
    let mut failures = 0;
    let mut was_up = charge.begun;
    loop {
        let trouble = match charge.means.connect(&charge.settings).await {
            Ok(link) => {
                let (ended, up) = charge.work(&link).await;
                was_up |= up;
                if up {
                    failures = 0;
                }
                match ended {
                    Ended::Unheard => return link.close().await,
                    Ended::Lost(trouble) => trouble,
                    Ended::Anew => continue,
                }
            }
            Err(error) => Trouble::Connect(error),
        };
        let wait = was_up && trouble.may_pass();
        if charge.tell(HostNews::Down(trouble)).await.is_err() || !wait {
            return;
        }
        failures += 1;
        let pause = backoff(failures, chance::jitter());
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = charge.unwanted() => return,
        }
    }
}

/// The two channels and the protocol on them.
struct Wire {
    client: Client,
    control: Pipe,
    agent: Pipe,
    ordered: Ordered,
    hello: Option<Hello>,
    logs: BTreeMap<Try, Ingest>,
    asking: Asking,
    /// Questions under way, by number. They are dropped with the connection.
    asked: BTreeMap<u64, Reply>,
    looks: Looks,
    next: u64,
}

impl Wire {
    /// Passes a question on; one that no shell can take is dropped, which its asker hears.
    fn ask(&mut self, text: String, reply: Reply) -> Option<u64> {
        self.next = self.next.wrapping_add(1);
        self.client.order(&Order::Ask { id: self.next, text }).ok()?;
        self.asked.insert(self.next, reply);
        Some(self.next)
    }

    /// Asks for the next look, if it may be.
    fn look(&mut self) {
        if let Some((text, reply)) = self.looks.next()
            && let Some(number) = self.ask(text, reply)
        {
            self.looks.begun(number);
        }
    }

    /// Passes an answer on. Whoever asked may have lost patience.
    fn said(&mut self, number: u64, lines: Vec<String>) {
        drop(self.asked.remove(&number).map(|reply| reply.send(lines)));
        self.looks.answered(number);
        self.look();
    }

    /// Passes a question on to the shell, or begins what has a channel of its own. Whoever asked may
    /// have lost patience when the answer is there.
    fn take<'l>(
        &mut self,
        question: Question,
        (link, http, secrets): (&'l Link, &Arc<http::Client>, &'l Safe),
        beside: &FuturesUnordered<BoxFuture<'l, ()>>,
    ) {
        match question {
            Question::Text(text, reply) => {
                self.ask(text, reply);
            }
            Question::Look(text, reply) => {
                self.looks.want(text, reply);
                self.look();
            }
            Question::Probe(..)
            | Question::RoundTrip(_)
            | Question::Send(..)
            | Question::Fetch(..)
            | Question::Shell(..)
                if beside.len() >= BESIDE_MAX =>
            {
                tracing::warn!("too many questions at once: one is left out");
            }
            Question::Probe(get, reply) => {
                let http = Arc::clone(http);
                beside.push(Box::pin(async move {
                    drop(reply.send(http.probe(link, &get).await));
                }));
            }
            Question::RoundTrip(reply) => beside.push(Box::pin(async move {
                // Of a lost connection the loss is told elsewhere.
                drop(link.round_trip().await.map(|took| reply.send(took)));
            })),
            Question::Send(parcel, reply) => beside.push(Box::pin(async move {
                drop(reply.send(parcel::send(link, parcel).await));
            })),
            Question::Fetch(errand, reply) => beside.push(Box::pin(async move {
                drop(reply.send(parcel::fetch(link, errand).await));
            })),
            Question::Shell(wanted, reply) => beside.push(Box::pin(async move {
                let secrets = secrets.now();
                drop(reply.send(shell::open(link, &wanted, &secrets).await));
            })),
        }
    }

    /// A shell that leaves before the host is ready says why, perhaps on the other channel and a moment
    /// later: both are read to their end. Where it only takes nothing more, its end says more than the
    /// broken pipe.
    async fn last_words(&mut self, ended: Ended) -> Ended {
        let (Ended::Lost(Trouble::Shell { how, .. }), None) = (&ended, &self.hello) else {
            return ended;
        };
        let Self { client, control, agent, .. } = self;
        let mut end = None;
        let rest = async {
            loop {
                let heard = tokio::select! {
                    Some(chunk) = agent.output.recv() => heard(client, Some(chunk), true),
                    Some(chunk) = control.output.recv() => heard(client, Some(chunk), false),
                    else => return,
                };
                if let Err(trouble) = heard {
                    end.get_or_insert(trouble);
                }
            }
        };
        drop(timeout(LAST_WORDS, rest).await);
        Ended::Lost(match (how, end) {
            (ShellEnd::Deaf(_), Some(Trouble::Shell { how, .. })) => {
                Trouble::ended(how, &self.client.noise())
            }
            (ShellEnd::Deaf(_), Some(trouble)) => trouble,
            (how, _) => Trouble::ended(how.clone(), &self.client.noise()),
        })
    }
}

impl Charge {
    async fn tell(&self, news: HostNews) -> Result<(), Unheard> {
        let news = news.scrubbed(&self.secrets.now());
        self.news.send((self.id, news)).await.map_err(|_gone| Unheard)
    }

    /// Resolves when nothing will be wanted any more.
    async fn unwanted(&mut self) {
        while self.wants.changed().await.is_ok() {}
    }

    /// Works on one connection until it ends; whether the host was ready on it.
    async fn work(&mut self, link: &Link) -> (Ended, bool) {
        let mut up = false;
        loop {
            match self.shells(link, &mut up).await {
                Ended::Anew => {}
                ended @ (Ended::Unheard | Ended::Lost(_)) => return (ended, up),
            }
        }
    }

    async fn shells(&mut self, link: &Link, up: &mut bool) -> Ended {
        let mut wire = match self.open(link).await {
            Ok(wire) => wire,
            Err(trouble) => return Ended::Lost(trouble),
        };
        self.wants.mark_changed();
        let secrets = Arc::clone(&self.secrets);
        let mut beside: FuturesUnordered<BoxFuture<'_, ()>> = FuturesUnordered::new();
        loop {
            if let Err(ended) = self.flush(&mut wire, up).await {
                return wire.last_words(ended).await;
            }
            tokio::select! {
                chunk = wire.agent.output.recv() => {
                    if let Err(trouble) = heard(&mut wire.client, chunk, true) {
                        return wire.last_words(Ended::Lost(trouble)).await;
                    }
                }
                chunk = wire.control.output.recv() => {
                    if let Err(trouble) = heard(&mut wire.client, chunk, false) {
                        return wire.last_words(Ended::Lost(trouble)).await;
                    }
                }
                changed = self.wants.changed(), if wire.hello.is_some() => {
                    if changed.is_err() {
                        return Ended::Unheard;
                    }
                    if let Err(ended) = self.order(&mut wire).await {
                        return ended;
                    }
                }
                Some(question) = self.questions.recv(), if wire.hello.is_some() => {
                    wire.take(question, (link, &self.settings.http, &secrets), &beside);
                }
                () = stirs(&mut beside, &wire.asking) => {}
                lost = link.lost() => return Ended::Lost(Trouble::Lost(lost)),
            }
        }
    }

    async fn open(&self, link: &Link) -> Result<Wire, Trouble> {
        let nonce = chance::nonce().map_err(|error| Trouble::Here(error.to_string()))?;
        let begin = if self.settings.looks { Client::looking } else { Client::new };
        let client =
            begin(&nonce, &self.state_dir).map_err(|error| Trouble::Here(error.to_string()))?;
        let (control, agent) = tokio::join!(link.open(SHELL), link.open(SHELL));
        Ok(Wire {
            client,
            control: control.map_err(Trouble::Open)?,
            agent: agent.map_err(Trouble::Open)?,
            ordered: Ordered::default(),
            hello: None,
            logs: BTreeMap::new(),
            asking: Asking::default(),
            asked: BTreeMap::new(),
            looks: Looks::default(),
            next: 0,
        })
    }

    /// Carries out what the protocol has put out, and says what is asked by now.
    async fn flush(&mut self, wire: &mut Wire, up: &mut bool) -> Result<(), Ended> {
        self.ask(wire).await?;
        while let Some(output) = wire.client.poll() {
            match output {
                Output::Control(text) => write(&mut wire.control, &text).await?,
                Output::Agent(text) => write(&mut wire.agent, &text).await?,
                Output::Log(attempt, bytes) => {
                    let written = match wire.logs.get_mut(&attempt) {
                        Some(log) => log
                            .know(&self.secrets.now(), clock::now())
                            .and_then(|()| log.append(&bytes, clock::now())),
                        None => Ok(()),
                    };
                    self.disk(written).await?;
                    if let Some(news) = wire.asking.printed(attempt, &bytes) {
                        self.tell(news).await?;
                    }
                }
                Output::SetAside(attempt) => {
                    if let Some(log) = wire.logs.remove(&attempt) {
                        let anew = self.disk(log.set_aside(clock::now())).await?;
                        wire.logs.insert(attempt, anew);
                    }
                }
                Output::Said(id, lines) => wire.said(id, lines),
                Output::Fact(attempt, fact) => self.fact(wire, attempt, fact).await?,
                Output::Ready(hello) => {
                    *up = true;
                    wire.hello = Some((*hello).clone());
                    self.tell(HostNews::Up(hello)).await?;
                }
                Output::Unfit(bad) => return Err(Ended::Lost(Trouble::Unfit(bad))),
                Output::NoAgent(why) => return Err(Ended::Lost(Trouble::NoAgent(why))),
            }
        }
        Ok(())
    }

    async fn fact(&mut self, wire: &mut Wire, attempt: Try, fact: Fact) -> Result<(), Ended> {
        // Whoever hears of an end finds all of the log.
        if matches!(fact, Fact::Ended(..) | Fact::Settled(_) | Fact::Lost(_))
            && let Some(log) = wire.logs.get_mut(&attempt)
        {
            let flushed = log.flush(clock::now());
            self.disk(flushed).await?;
        }
        if matches!(fact, Fact::Settled(_) | Fact::Lost(_)) {
            wire.logs.remove(&attempt);
        }
        match &fact {
            Fact::Ended(..) | Fact::Settled(_) | Fact::Lost(_) => wire.asking.over(attempt),
            Fact::Given(number) => wire.asking.given(attempt, *number),
            Fact::NotGiven(number, _) => {
                wire.ordered.forget_answer(attempt, *number);
                self.tell(wire.asking.gone(attempt, *number)).await?;
            }
            Fact::Staged
            | Fact::Absent
            | Fact::Unstarted
            | Fact::Running
            | Fact::Refused(_)
            | Fact::Never
            | Fact::Fenced
            | Fact::Claimed
            | Fact::LogReplaced(..)
            | Fact::Signalled(_)
            | Fact::Cleaned
            | Fact::Unable(_)
            | Fact::State(_) => {}
        }
        self.tell(HostNews::Fact(attempt, fact)).await?;
        if wire.client.following().is_none() {
            self.wants.mark_changed();
        }
        Ok(())
    }

    /// A disk error here ends everything: what cannot be kept must not be read.
    async fn disk<T>(&self, result: Result<T, DiskError>) -> Result<T, Ended> {
        match result {
            Ok(value) => Ok(value),
            Err(error) => {
                self.tell(HostNews::Disk(error)).await?;
                Err(Ended::Unheard)
            }
        }
    }

    /// Orders what is wanted and not under way.
    async fn order(&mut self, wire: &mut Wire) -> Result<(), Ended> {
        let Some(base) = wire.hello.as_ref().map(|hello| hello.base.clone()) else { return Ok(()) };
        let wants = self.wants.borrow_and_update().clone();
        for want in &wants {
            if let Some(before) = want.input {
                wire.asking.known(want.attempt, before);
            }
        }
        loop {
            let want = match wire.ordered.next(&wants, wire.client.following()) {
                None => return Ok(()),
                Some(Next::Anew) => return Err(Ended::Anew),
                Some(Next::Order(want)) => want,
            };
            let dir = format!("{base}/runs/{}/{}", self.run, want.name);
            let Some(order) = self.make(wire, want, dir).await? else { continue };
            if wire.client.order(&order).is_err() {
                let fact = Fact::Refused("a NUL byte cannot be passed to a shell".to_owned());
                self.tell(HostNews::Fact(want.attempt, fact)).await?;
            }
        }
    }

    async fn make(
        &self,
        wire: &mut Wire,
        want: &Want,
        dir: String,
    ) -> Result<Option<Order>, Ended> {
        let attempt = want.attempt;
        Ok(Some(match &want.what {
            What::Stage(draft) => match self.script(draft) {
                Ok(Script { text, flags }) => Order::Put { attempt, dir, text, flags },
                Err(why) => {
                    self.tell(HostNews::Fact(attempt, Fact::Refused(why))).await?;
                    return Ok(None);
                }
            },
            What::Start { inline } => {
                let log = self.log(wire, want).await?;
                Order::Go { attempt, dir, inline: *inline, log }
            }
            What::Attach => {
                let log = self.log(wire, want).await?;
                Order::Attach { attempt, dir, log }
            }
            What::Fence => Order::Fence { attempt, dir },
            What::Stop(Sig::Term) => Order::Cancel { attempt, dir, signal: "TERM" },
            What::Stop(Sig::Kill) => Order::Cancel { attempt, dir, signal: "KILL" },
            What::Answer(number, Some(text)) if wire.asking.send(attempt, *number) => {
                Order::Input { attempt, dir, number: *number, text: text.clone() }
            }
            // It has gone on since, and a line would reach something else.
            What::Answer(number, Some(_)) => {
                self.tell(HostNews::WentOn(attempt, *number)).await?;
                return Ok(None);
            }
            // Another console sent it, or was about to: the host knows.
            What::Answer(number, None) => Order::Taken { attempt, dir, number: *number },
        }))
    }

    /// Says what steps seem to ask by now. What they printed is to be seen beside it.
    async fn ask(&self, wire: &mut Wire) -> Result<(), Ended> {
        for (attempt, number, question) in wire.asking.look() {
            if let Some(log) = wire.logs.get_mut(&attempt) {
                let flushed = log.flush(clock::now());
                self.disk(flushed).await?;
            }
            self.tell(HostNews::Asks(attempt, number, question)).await?;
        }
        Ok(())
    }

    /// The script with its secrets, which are nowhere else together.
    fn script(&self, draft: &Result<Draft, String>) -> Result<Script, String> {
        let draft = draft.as_ref().map_err(Clone::clone)?;
        let secrets = self.secrets.now();
        draft.script(|name| secrets.value(name)).map_err(|error| error.to_string())
    }

    /// Opens the attempt's log here, and says where it ends.
    async fn log(&self, wire: &mut Wire, want: &Want) -> Result<LogEnd, Ended> {
        let FleetSettings { store, dirty, .. } = &*self.settings;
        let opened = LogWriter::open(store, &self.run, &self.name, &want.name, dirty.clone());
        let mut log = self.disk(opened).await?;
        if !log.is_empty() {
            log.resume(u64::MAX);
        }
        let (len, tail) = self.disk(log.tail_sum(TAIL_BYTES)).await?;
        if let Some(before) = want.input {
            let tail = self.disk(log.tail(TAIL_BYTES.into())).await?;
            wire.asking.begin(want.attempt, before, &tail);
        }
        let log = self.disk(Ingest::new(log, &self.secrets.now(), &want.secrets)).await?;
        wire.logs.insert(want.attempt, log);
        Ok(LogEnd { len, tail })
    }
}

/// Resolves when something beside the shells has come to its end, or a step that takes input is silent.
async fn stirs(beside: &mut FuturesUnordered<BoxFuture<'_, ()>>, asking: &Asking) {
    tokio::select! {
        Some(()) = beside.next() => {}
        () = asking.silent() => {}
    }
}
