//! Wiring: the only module that uses all the parts.

use crate::ambient::{SystemBytes, SystemClock};
use crate::config::{Config, Env, Given};
use crate::data_dir::{DataDir, announced};
use crate::hook::LocalRepositories;
use crate::{housekeeping, keys, log};
use anyhow::{Context, Result, bail};
use catalogue::MailSite;
use engine::{Engine, Metrics};
use model::{Clock, Random, Secret};
use outbound::{Limits, Outbound};
use server::{App, Parts};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use store::{Sqlite, Store, StoreError, instance};
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tracing::Level;
use url::Url;

/// How long a stopping server waits for running requests.
const GRACE: Duration = Duration::from_secs(10);
/// How long a client may take to send a request's headers.
const HEADER_TIMEOUT: Duration = Duration::from_secs(30);

/// Runs the server until Ctrl-C or SIGTERM.
pub(crate) async fn run(config: Config) -> Result<()> {
    log::start(config.log_format, Level::INFO);
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|error| match error.kind() {
            std::io::ErrorKind::AddrInUse => {
                anyhow::anyhow!(
                    "{} is in use by another program: choose another address with --listen",
                    config.listen
                )
            }
            _ => anyhow::anyhow!("cannot listen on {}: {error}", config.listen),
        })?;
    let mut signals = Signals::listen()?;
    let running = start(&config, listener).await?;
    tracing::info!(address = %running.address, external_url = running.external_url, "ready");
    signals.next().await;
    tracing::info!(
        "stopping: nothing new is taken, what is under way is ended; a second signal ends it at once"
    );
    tokio::select! {
        () = running.stop() => {
            tracing::info!("stopped");
            Ok(())
        }
        () = signals.next() => bail!("stopped at once, by a second signal; what was under way is made again at the next start"),
    }
}

/// The two signals that stop a program.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> Result<Self> {
        let listen = |kind| signal(kind).context("signals cannot be listened for");
        Ok(Self {
            terminate: listen(SignalKind::terminate())?,
            interrupt: listen(SignalKind::interrupt())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// A server that runs.
pub(crate) struct Running {
    /// where it listens
    pub address: SocketAddr,
    /// the address others reach it under
    pub external_url: String,
    stop: watch::Sender<bool>,
    http: JoinHandle<()>,
    queue: JoinHandle<()>,
    _data: DataDir,
}

impl Running {
    /// Stops accepting requests, finishes running attempts within a limit, and releases the other claims.
    pub(crate) async fn stop(self) {
        // Fails only when both tasks are gone already.
        let _ = self.stop.send(true);
        if tokio::time::timeout(GRACE, self.http).await.is_err() {
            tracing::warn!("connections that are still open are broken off");
        }
        if let Err(error) = self.queue.await {
            tracing::error!(%error, "the queue ended badly");
        }
    }
}

/// Opens the data folder, brings the database up to date, and starts to serve and deliver.
pub(crate) async fn start(config: &Config, listener: TcpListener) -> Result<Running> {
    let address = listener
        .local_addr()
        .context("the address listened on is unknown")?;
    let external_url = config
        .external_url
        .clone()
        .unwrap_or_else(|| format!("http://{address}"));
    let data = DataDir::open(&config.data)?;
    let random: Arc<dyn Random> = Arc::new(SystemBytes::new());
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let database = Sqlite::open(&data.database()).context("the database cannot be opened")?;
    let store = Store::new(Arc::new(database));
    let present = keys::present(&store, &data, &config.given, &*random).await?;
    let keyring = Arc::new(present.keyring);
    first_administrator(&store, &data, &config.given, &*clock, &*random).await?;
    let hook_secret = match &config.given.hook_secret {
        Some(secret) => secret.clone(),
        None => announced(
            data.read_or_make("hook_secret", "", 32, &*random)?,
            "the secret of the system-wide hook",
        ),
    };
    let fresh = model::ambient::token_text(&*random, 16);
    let node = store
        .log(move |sql| instance::node_id(sql, &fresh))
        .await
        .context("the id of this node")?;
    let engine = Engine::new(engine::Parts {
        store: store.clone(),
        node: node.into(),
        keyring: Arc::clone(&keyring),
        outbound: outbound(config),
        clock: Arc::clone(&clock),
        random: Arc::clone(&random),
        schedule: config.schedule.clone(),
        external_url: external_url.clone(),
        mail: mail_site(config, &external_url),
        repositories: Some(Arc::new(LocalRepositories)),
        metrics: Metrics::new().context("metrics")?,
        for_development: config.env == Env::Development,
    });
    let housekeeping = housekeeping::run(store.clone(), Arc::clone(&clock), config.audit_days);
    let app = App::new(Parts {
        store,
        keyring,
        clock,
        random,
        engine: Arc::clone(&engine),
        hook_secret: Secret::new(hook_secret),
        external_url: external_url.clone(),
        rates: config.rates,
    });
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(ending(housekeeping, stopped.clone()));
    let http = server::listen::serve(
        listener,
        server::router(app),
        HEADER_TIMEOUT,
        until(stopped.clone()),
    );
    Ok(Running {
        address,
        external_url,
        stop,
        http: tokio::spawn(http),
        queue: tokio::spawn(engine.run(until(stopped))),
        _data: data,
    })
}

fn limits(config: &Config) -> Limits {
    let defaults = Limits::default();
    Limits {
        timeout: config.outbound_timeout,
        connect_timeout: defaults.connect_timeout.min(config.outbound_timeout),
        ..defaults
    }
}

fn outbound(config: &Config) -> Outbound {
    let mut outbound = Outbound::new(config.outbound_allow.clone(), limits(config))
        .with_authorities(config.outbound_authorities.clone());
    if let Some(proxy) = &config.outbound_proxy {
        outbound = outbound.with_proxy(proxy.clone());
    }
    match &config.mail {
        Some(mail) => outbound.with_relay(mail.relay.clone()),
        None => outbound,
    }
}

/// How mail leaves; its sender is at the server's own host unless another was named.
fn mail_site(config: &Config, external_url: &str) -> Option<MailSite> {
    let mail = config.mail.as_ref()?;
    let from = mail.from.clone().unwrap_or_else(|| {
        let url = Url::parse(external_url).ok();
        // Mail servers take names; an address in brackets is refused by many.
        let name = url.as_ref().and_then(Url::domain).unwrap_or("localhost");
        format!("crosstie@{name}")
    });
    Some(MailSite {
        from,
        relay: mail.relay.url(),
    })
}

/// Works until the program is going down.
async fn ending(work: impl Future<Output = ()>, stopped: watch::Receiver<bool>) {
    tokio::select! {
        () = work => {}
        () = until(stopped) => {}
    }
}

async fn until(mut stopped: watch::Receiver<bool>) {
    // The sender's end means the same: the program is going down.
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

/// Makes `root` with a token and a password at the first start.
async fn first_administrator(
    store: &Store,
    data: &DataDir,
    given: &Given,
    clock: &dyn Clock,
    random: &dyn Random,
) -> Result<()> {
    if store.read(|sql| server::bootstrap::is_done(sql)).await? {
        return Ok(());
    }
    let token = match &given.root_token {
        Some(token) => token.clone(),
        None => announced(
            data.read_or_make("root_token", "glpat-", 20, random)?,
            "the administrator's API token",
        ),
    };
    let password = match &given.root_password {
        Some(password) => password.clone(),
        None => announced(
            data.read_or_make("root_password", "", 20, random)?,
            "the password of the web user root",
        ),
    };
    let hash = server::password::hash(random, Secret::new(password)).await?;
    let now = clock.now();
    let made = store.write(move |sql| server::bootstrap::run(sql, &token, &hash, now));
    match made.await {
        Err(StoreError::Conflict) => bail!("CROSSTIE_ROOT_TOKEN is in use by another user's token"),
        result => Ok(result?),
    }
}
