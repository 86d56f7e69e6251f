//! One connection to Redis, made again for ever once it has stood.

use std::io;
use std::time::Duration;

use redis::{Pipeline, RedisError, RedisResult, Value};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use crate::backoff::backoff;
use crate::dial::{Driver, Session, dial, hung_up};
use crate::error::MuleError;
use crate::notices::Notices;
use crate::quiet::quietly;
use crate::redis_target::RedisTarget;
use crate::refusal::{is_answer, is_transient, reason};
use crate::wire::ANSWER_WITHIN;

/// How long one attempt to connect and log in may take.
const DIAL_WITHIN: Duration = Duration::from_secs(5);

/// A session that lived for so long was a good one: the pauses begin anew.
const SOUND_SESSION: Duration = Duration::from_secs(5);

/// To what, and as whom.
#[derive(Debug, Clone)]
pub(crate) struct Dialer {
    pub(crate) target: RedisTarget,
    pub(crate) client_name: String,
    /// What it is for, in notices.
    pub(crate) purpose: &'static str,
    pub(crate) notices: Notices,
}

#[derive(Debug, Clone)]
enum State {
    Up(Session),
    Down,
    Closed,
}

/// What its users want of the task that keeps it.
#[derive(Debug, Default)]
struct Orders {
    /// The last session that has not answered in time.
    give_up: u64,
    close: bool,
}

/// A handle to it. Commands are never queued or repeated in here: one that got no answer is an error, and its caller knows whether it may
/// be sent twice.
#[derive(Debug, Clone)]
pub(crate) struct Connection {
    state: watch::Receiver<State>,
    orders: watch::Sender<Orders>,
}

impl Connection {
    /// Tries until the deadline; gives up at once where waiting would not help (a wrong password, no such database). `tried_for` is the
    /// time that the caller grants, for the message.
    pub(crate) async fn open(dialer: Dialer, deadline: Instant, tried_for: Duration) -> Result<Self, MuleError> {
        let mut last = None;
        for attempt in 0.. {
            match timeout_at(deadline.min(Instant::now() + DIAL_WITHIN), dial(&dialer.target, &dialer.client_name, 1)).await {
                Ok(Ok((session, driver))) => {
                    let (state, states) = watch::channel(State::Up(session));
                    let (orders, wishes) = watch::channel(Orders::default());
                    let keeper = Keeper { dialer, state, orders: wishes };
                    tokio::spawn(quietly(keeper.keep(driver)));
                    return Ok(Self { state: states, orders });
                }
                Ok(Err(source)) if is_answer(&source) && !may_pass(&source) => {
                    return Err(MuleError::Refused { place: dialer.target.place(), source });
                }
                Ok(Err(error)) => last = Some(error),
                Err(_) => last = last.or_else(|| Some(no_answer(DIAL_WITHIN))),
            }
            if timeout_at(deadline, sleep(backoff(attempt))).await.is_err() {
                break;
            }
        }
        Err(MuleError::Unreachable { place: dialer.target.place(), tried_for, source: last })
    }

    /// Waits until commands can be sent; none when that will never be.
    pub(crate) async fn ready(&self) -> Option<Session> {
        let mut state = self.state.clone();
        let settled = state.wait_for(|state| !matches!(state, State::Down)).await;
        match settled.as_deref() {
            Ok(State::Up(session)) => Some(session.clone()),
            _ => None,
        }
    }

    /// The session that stands just now.
    pub(crate) fn current(&self) -> Option<Session> {
        match &*self.state.borrow() {
            State::Up(session) => Some(session.clone()),
            State::Down | State::Closed => None,
        }
    }

    /// Resolves when another session than this one stands.
    pub(crate) async fn session_after(&self, number: u64) {
        let mut state = self.state.clone();
        if state.wait_for(|state| matches!(state, State::Up(session) if session.number != number)).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// For commands that Redis answers at once: a session that does not is given up. Refusals are among the replies.
    pub(crate) async fn ask(&self, session: &Session, commands: &Pipeline) -> RedisResult<Vec<Value>> {
        let mut redis = session.redis.clone();
        if let Ok(replies) = timeout(ANSWER_WITHIN, redis.send_packed_commands(commands, 0, commands.len())).await {
            return replies;
        }
        self.orders.send_modify(|orders| orders.give_up = orders.give_up.max(session.number));
        Err(no_answer(ANSWER_WITHIN))
    }

    /// Hangs up; what is in flight fails.
    pub(crate) fn close(&self) {
        self.orders.send_modify(|orders| orders.close = true);
    }

    /// Resolves when it has been hung up.
    pub(crate) async fn closed(&self) {
        let mut state = self.state.clone();
        let _ = state.wait_for(|state| matches!(state, State::Closed)).await;
    }
}

/// The task behind a connection.
///
/// ```text
///   up ──the driver ends, or a command got no answer──► down
///    ▲                                                   │ tries, with pauses
///    └────────────────────── logged in ──────────────────┘
///   from both: close ──► closed
/// ```
struct Keeper {
    dialer: Dialer,
    state: watch::Sender<State>,
    orders: watch::Receiver<Orders>,
}

impl Keeper {
    async fn keep(self, driver: Driver) {
        self.keep_up(driver).await;
        // Only now that the socket is closed.
        self.state.send_replace(State::Closed);
    }

    async fn keep_up(&self, mut driver: Driver) {
        let place = self.dialer.target.place();
        let Dialer { purpose, notices, .. } = &self.dialer;
        let mut attempt = 0;
        for session in 1.. {
            let since = Instant::now();
            let because = tokio::select! {
                () = &mut driver => hung_up(),
                () = given_up(&self.orders, session) => no_answer(ANSWER_WITHIN),
                () = closing(&self.orders) => return,
            };
            // Its socket is closed before there is another one.
            drop(driver);
            self.state.send_replace(State::Down);
            notices.tell(&format!("lost Redis at {place} ({purpose}): {because}; connecting again"));
            if since.elapsed() >= SOUND_SESSION {
                attempt = 0;
            }
            let (next, its_driver) = tokio::select! {
                next = self.redial(session + 1, &mut attempt) => next,
                () = closing(&self.orders) => return,
            };
            driver = its_driver;
            self.state.send_replace(State::Up(next));
            notices.tell(&format!("connected to Redis at {place} again ({purpose})"));
        }
    }

    async fn redial(&self, number: u64, attempt: &mut u32) -> (Session, Driver) {
        let mut refused = false;
        loop {
            sleep(backoff(*attempt)).await;
            *attempt = attempt.saturating_add(1);
            match timeout(DIAL_WITHIN, dial(&self.dialer.target, &self.dialer.client_name, number)).await {
                Ok(Ok(connected)) => return connected,
                // Said once: it stays so until somebody changes the server.
                Ok(Err(error)) if is_answer(&error) && !is_transient(&error) && !refused => {
                    refused = true;
                    let place = self.dialer.target.place();
                    self.dialer
                        .notices
                        .tell(&format!("Redis at {place} refuses this peer, and is asked again: {}", reason(&error)));
                }
                Ok(Err(_)) | Err(_) => {}
            }
        }
    }
}

/// Resolves when this session has not answered in time.
async fn given_up(orders: &watch::Receiver<Orders>, session: u64) {
    if orders.clone().wait_for(|orders| orders.give_up >= session).await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Resolves when the connection is to be closed, and when nobody is left who could use it.
async fn closing(orders: &watch::Receiver<Orders>) {
    let _ = orders.clone().wait_for(|orders| orders.close).await;
}

/// Whether who asks again later may be let in.
fn may_pass(error: &RedisError) -> bool {
    is_transient(error) || error.detail().is_some_and(|detail| detail.starts_with("max number of clients"))
}

fn no_answer(within: Duration) -> RedisError {
    io::Error::new(io::ErrorKind::TimedOut, format!("no answer for {} s", within.as_secs())).into()
}
