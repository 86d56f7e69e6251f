//! The reference peer as a process, as tm runs it.

use std::path::PathBuf;
use std::process::{Output, Stdio};

use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::PATIENCE;
use super::private_redis::PrivateRedis;

/// Killed when it is dropped.
pub struct RunningPeer {
    child: Child,
}

impl RunningPeer {
    /// `environment` comes besides what tm sets, without `TM_RUN_ID`.
    pub fn start(redis: &PrivateRedis, name: &str, environment: &[(&str, &str)]) -> Self {
        // `cargo test` builds the examples beside the tests.
        let tests = std::env::current_exe().expect("the path of this test");
        let program: PathBuf = tests.ancestors().nth(2).expect("target/<profile>/deps").join("examples/reference-peer");
        let mut command = Command::new(&program);
        command.env_clear().env("REDIS_URL", redis.url()).env("PEER_NAME", name);
        command.env("LISTEN_ADDR", "/ip4/127.0.0.1/udp/0/quic-v1").env("HOST_ADDR", "127.0.0.1").envs(environment.iter().copied());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let child = command.spawn().unwrap_or_else(|error| panic!("{}: {error}", program.display()));
        Self { child }
    }

    /// Sends SIGTERM or the like.
    pub async fn signal(&self, name: &str) {
        let id = self.child.id().expect("it has not ended").to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status().await.expect("kill is everywhere");
        assert!(sent.success(), "{name} to {id}");
    }

    /// Closes the pipe that its stderr goes to.
    pub fn deafen(&mut self) {
        drop(self.child.stderr.take());
    }

    /// How it ended, with what it wrote.
    pub async fn ended(self) -> Output {
        timeout(PATIENCE, self.child.wait_with_output()).await.expect("it does not end").expect("it was started here")
    }
}
