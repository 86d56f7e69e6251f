//! Says every so often that this peer is alive.

use std::time::Duration;

use redis::pipe;
use tokio::sync::oneshot;
use tokio::time::{MissedTickBehavior, interval};

use crate::connection::Connection;
use crate::outbox::now;
use crate::wire::heartbeat_key;

/// Begins when the first status has been sent, and never ends by itself. A beat is neither queued nor repeated: what tm is to see is that
/// this runtime turns, now. So none is sent while Redis is away, and none fails anything.
pub(crate) async fn beat(connection: Connection, peer: String, every: Duration, began: oneshot::Receiver<()>) {
    if began.await.is_err() {
        return;
    }
    let mut beats = interval(every);
    beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut last = 0;
    loop {
        beats.tick().await;
        let Some(session) = connection.current() else { continue };
        // Another value each time, whatever the clock does.
        last = now().max(last + 1);
        let mut set = pipe();
        set.cmd("SET").arg(heartbeat_key(&peer)).arg(format!("{last}|{}", every.as_millis()));
        let _ = connection.ask(&session, &set).await;
    }
}
