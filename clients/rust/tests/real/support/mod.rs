//! What the tests share.

pub mod private_redis;
pub mod proxy;
pub mod running_peer;

use std::time::Duration;

use the_mule::{Command, MuleClient, MuleClientBuilder};
use tokio::time::{Instant, sleep, timeout};
use tokio_stream::StreamExt;

/// Far more than anything takes on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A builder for the peer `alice` at this Redis, which leaves the test's own process as it is: its signals and its subscriber.
pub fn alice(url: &str) -> MuleClientBuilder {
    MuleClientBuilder::new()
        .redis_url(url)
        .peer_name("alice")
        .handle_signals(false)
        .forward_tracing(false)
        .on_exit(|code| panic!("exit with {code}"))
        .on_notice(|_| {})
}

/// The next command, which must come.
pub async fn next(client: &mut MuleClient) -> Command {
    timeout(PATIENCE, client.next()).await.expect("no command came").expect("the commands have ended")
}

/// Waits until it holds, looking every 5 ms.
pub async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds().await {
        assert!(Instant::now() < deadline, "not in time: {what}");
        sleep(Duration::from_millis(5)).await;
    }
}
