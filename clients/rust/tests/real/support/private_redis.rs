//! A Redis of a test's own.

use std::io::Write;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use redis::aio::MultiplexedConnection;
use redis::{FromRedisValue, cmd};
use tokio::time::sleep;

use super::{PATIENCE, until};

/// On a loopback port, empty and without persistence; killed when it is dropped.
pub struct PrivateRedis {
    pub port: u16,
    configuration: String,
    password: Option<String>,
    server: Child,
}

impl PrivateRedis {
    pub async fn start() -> Self {
        Self::with("", None).await
    }

    /// With lines of its configuration file besides, and the password of the default user.
    pub async fn with(configuration: &str, password: Option<&str>) -> Self {
        // Somebody may take the port before the server does.
        for _ in 0..10 {
            let port = free_port();
            let login = password.map(|password| format!("requirepass \"{password}\"\n")).unwrap_or_default();
            let configuration = format!("port {port}\nbind 127.0.0.1\nsave \"\"\nappendonly no\n{login}{configuration}\n");
            let mut redis = Self { port, server: serve(&configuration), configuration, password: password.map(String::from) };
            if redis.answers().await {
                return redis;
            }
        }
        panic!("redis-server does not start");
    }

    /// As a peer finds it in `REDIS_URL`.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// A command of the test's own.
    pub async fn ask<T: FromRedisValue>(&self, words: &[&str]) -> T {
        let mut admin = self.admin().await.expect("the test's own connection");
        cmd(words[0]).arg(&words[1..]).query_async(&mut admin).await.unwrap_or_else(|error| panic!("{words:?}: {error}"))
    }

    /// The log of alice as tm would drain it: oldest first.
    pub async fn log(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.ask(&["LRANGE", "alice_log", "0", "-1"]).await;
        lines.reverse();
        lines
    }

    /// What waits for alice.
    pub async fn queue(&self) -> Vec<String> {
        self.ask(&["LRANGE", "alice_command", "0", "-1"]).await
    }

    pub async fn status(&self) -> Option<String> {
        self.ask(&["GET", "alice_status"]).await
    }

    /// The statuses in the stream.
    pub async fn streamed(&self) -> Vec<Vec<(String, String)>> {
        let entries: Vec<(String, Vec<(String, String)>)> = self.ask(&["XRANGE", "alice_statuses", "-", "+"]).await;
        entries.into_iter().map(|(_, fields)| fields).collect()
    }

    /// The lines of CLIENT LIST that are a peer's.
    pub async fn peers(&self) -> Vec<String> {
        let list: String = self.ask(&["CLIENT", "LIST"]).await;
        list.lines().filter(|line| line.contains("name=peer:")).map(String::from).collect()
    }

    /// Waits until alice waits for a command.
    pub async fn waits(&self) {
        until("a BLPOP", async || self.peers().await.iter().any(|line| line.contains("cmd=blpop"))).await;
    }

    /// Ends it at once, with all it holds.
    pub fn stop(&mut self) {
        let _ = self.server.kill();
        self.server.wait().expect("the server was started here");
    }

    /// Starts it again, empty.
    pub async fn start_again(&mut self) {
        self.server = serve(&self.configuration);
        assert!(self.answers().await, "redis-server does not start again");
    }

    async fn answers(&mut self) -> bool {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while tokio::time::Instant::now() < deadline {
            if self.server.try_wait().expect("the server was started here").is_some() {
                return false;
            }
            if self.admin().await.is_ok() {
                return true;
            }
            sleep(std::time::Duration::from_millis(5)).await;
        }
        panic!("redis-server does not answer");
    }

    async fn admin(&self) -> redis::RedisResult<MultiplexedConnection> {
        let login = self.password.as_ref().map(|password| format!(":{password}@")).unwrap_or_default();
        let client = redis::Client::open(format!("redis://{login}127.0.0.1:{}", self.port))?;
        let patient =
            redis::AsyncConnectionConfig::new().set_connection_timeout(Some(PATIENCE)).set_response_timeout(Some(PATIENCE));
        let mut admin = client.get_multiplexed_async_connection_with_config(&patient).await?;
        cmd("PING").query_async::<()>(&mut admin).await?;
        Ok(admin)
    }
}

impl Drop for PrivateRedis {
    fn drop(&mut self) {
        self.stop();
    }
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a free port").port()
}

fn serve(configuration: &str) -> Child {
    let server = Command::new("redis-server").arg("-").stdin(Stdio::piped()).stdout(Stdio::null()).spawn();
    let mut server = server.expect("these tests need a real Redis: install redis-server");
    server.stdin.take().expect("it is piped").write_all(configuration.as_bytes()).expect("redis-server reads its configuration");
    server
}
