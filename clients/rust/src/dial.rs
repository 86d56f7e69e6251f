//! Makes one connection to Redis and logs in.

use std::io;
use std::pin::Pin;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::io::tcp::socket2::{SockRef, TcpKeepalive};
use redis::{AsyncConnectionConfig, Pipeline, RedisConnectionInfo, RedisError, RedisResult, Value, pipe};
use tokio::net::TcpStream;

use crate::redis_target::RedisTarget;
use crate::refusal::refusal;

/// Silence after which the kernel asks whether the other side is still there: it finds a lost machine in about twice this time.
const KEEP_ALIVE: Duration = Duration::from_secs(10);

/// What keeps a connection going; it ends when the connection does.
pub(crate) type Driver = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A connection that is logged in.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    /// Counts the sessions of one connection from 1: another number tells that the server has forgotten the one before.
    pub(crate) number: u64,
    pub(crate) redis: MultiplexedConnection,
    /// The server's number for it; none where Redis does not tell.
    pub(crate) client_id: Option<i64>,
}

/// Connects, logs in, chooses the database and says its name. `client_name` is shown by CLIENT LIST and has no spaces.
pub(crate) async fn dial(target: &RedisTarget, client_name: &str, number: u64) -> RedisResult<(Session, Driver)> {
    let stream = TcpStream::connect((target.host.as_str(), target.port)).await?;
    stream.set_nodelay(true)?;
    let keep_alive = TcpKeepalive::new().with_time(KEEP_ALIVE).with_interval(Duration::from_secs(1)).with_retries(10);
    SockRef::from(&stream).set_tcp_keepalive(&keep_alive)?;

    // No login by the redis crate, which keeps the server's reason to itself, and no time limit, which would end a BLPOP.
    let settings = RedisConnectionInfo::default().set_skip_set_lib_name();
    let limits = AsyncConnectionConfig::new().set_response_timeout(None);
    #[cfg(feature = "tls")]
    if target.tls {
        let stream = crate::tls::secure(stream, &target.host).await?;
        let (redis, driver) = MultiplexedConnection::new_with_config(&settings, stream, limits).await?;
        return log_in(redis, Box::pin(driver), target, client_name, number).await;
    }
    let (redis, driver) = MultiplexedConnection::new_with_config(&settings, stream, limits).await?;
    log_in(redis, Box::pin(driver), target, client_name, number).await
}

async fn log_in(
    mut redis: MultiplexedConnection,
    mut driver: Driver,
    target: &RedisTarget,
    client_name: &str,
    number: u64,
) -> RedisResult<(Session, Driver)> {
    let hello = greeting(target, client_name);
    let replies = tokio::select! {
        replies = redis.send_packed_commands(&hello, 0, hello.len()) => replies?,
        () = &mut driver => return Err(hung_up()),
    };
    let Some((login, [ping, id, _name])) = replies.split_last_chunk() else { return Err(hung_up()) };
    if let Some(error) = login.iter().find_map(refusal) {
        return Err(error);
    }
    // Without a password the server says only here that it wants one, and that it is loading. A user need not be allowed to PING.
    if let Some(error) = refusal(ping).filter(|error| error.code() != Some("NOPERM")) {
        return Err(error);
    }
    let client_id = if let Value::Int(id) = id { Some(*id) } else { None };
    Ok((Session { number, redis, client_id }, driver))
}

/// What is said first, in one go: the login, which must succeed, and three commands.
fn greeting(target: &RedisTarget, client_name: &str) -> Pipeline {
    let mut hello = pipe();
    match (target.username.as_deref(), target.password.as_deref()) {
        (_, None) => {}
        // `default` is who a password alone stands for, and a Redis before 6.0 knows no users.
        (None | Some("default"), Some(password)) => _ = hello.cmd("AUTH").arg(password),
        (Some(user), Some(password)) => _ = hello.cmd("AUTH").arg(user).arg(password),
    }
    if target.database != 0 {
        hello.cmd("SELECT").arg(target.database);
    }
    hello.cmd("PING").cmd("CLIENT").arg("ID").cmd("CLIENT").arg("SETNAME").arg(client_name);
    hello
}

/// The error of a connection that ended without one.
pub(crate) fn hung_up() -> RedisError {
    io::Error::new(io::ErrorKind::ConnectionAborted, "closed by the server").into()
}
