//! How a client comes to be, or why not.

use std::error::Error;
use std::time::{Duration, Instant};

use the_mule::{MuleClientBuilder, MuleError};

use crate::support::alice;
use crate::support::private_redis::{PrivateRedis, free_port};

#[tokio::test]
async fn what_is_missing_is_told() {
    let error = MuleClientBuilder::new().redis_url("http://u:s3cret@h").peer_name("").build().await.unwrap_err();
    let MuleError::MissingConfig(text) = &error else { panic!("{error}") };
    assert!(text.contains("REDIS_URL has the scheme \"http\"") && text.contains("PEER_NAME is not set"), "{text}");
    assert!(!format!("{error:?}").contains("s3cret"));
    let builder = MuleClientBuilder::new().redis_url("redis://u:s3cret@h");
    assert!(!format!("{builder:?}").contains("s3cret"));
}

#[tokio::test]
async fn the_listen_address_may_be_missing_until_it_is_asked_for() {
    let redis = PrivateRedis::start().await;
    let client = alice(&redis.url()).build().await.unwrap();
    assert_eq!(client.name(), "alice");
    assert!(client.listen_addr().unwrap_err().to_string().contains("LISTEN_ADDR"));
    let client = alice(&redis.url()).listen_addr("/ip4/0.0.0.0/udp/7").build().await.unwrap();
    assert_eq!(client.listen_addr().unwrap(), "/ip4/0.0.0.0/udp/7");
}

#[tokio::test]
async fn user_password_and_database_are_used() {
    let redis = PrivateRedis::with("user carol on >p@ss:/w?rd#% ~* &* +@all", Some("s3cret")).await;
    let port = redis.port;
    for login in ["default:s3cret", ":s3cret", "carol:p%40ss%3A%2Fw%3Frd%23%25"] {
        let mut client = alice(&format!("redis://{login}@127.0.0.1:{port}/3")).build().await.unwrap();
        client.send_status("started").await.unwrap();
        client.close().await;
        assert_eq!(redis.ask::<Vec<String>>(&["CONFIG", "GET", "port"]).await[1], port.to_string());
        assert_eq!(redis.status().await, None, "it is not in database 0");
        let dump: String = redis.ask(&["INFO", "keyspace"]).await;
        assert!(dump.contains("db3:keys=2"), "{dump}");
        redis.ask::<()>(&["FLUSHALL"]).await;
    }
}

#[tokio::test]
async fn it_gives_up_at_once_where_waiting_does_not_help() {
    let redis = PrivateRedis::with("", Some("s3cret")).await;
    let at = format!("127.0.0.1:{}", redis.port);
    let logins = [("u:wr0ng@", "", "WRONGPASS"), (":wr0ng@", "", "WRONGPASS"), ("", "", "NOAUTH"), (":s3cret@", "/99", "DB index")];
    for (login, database, reason) in logins {
        let began = Instant::now();
        let error = alice(&format!("redis://{login}{at}{database}")).build().await.unwrap_err();
        assert!(matches!(error, MuleError::Refused { .. }), "{error:?}");
        let text = error.to_string();
        assert!(text.contains(reason) && text.contains(&at) && !text.contains("wr0ng"), "{text}");
        assert!(error.source().is_some());
        assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
    }
}

#[tokio::test]
async fn it_waits_for_a_redis_that_comes_up_later() {
    let mut redis = PrivateRedis::start().await;
    redis.stop();
    let url = redis.url();
    let (client, ()) = tokio::join!(alice(&url).build(), async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        redis.start_again().await;
    });
    client.unwrap().close().await;
}

#[tokio::test]
async fn without_a_redis_it_is_unreachable() {
    let port = free_port();
    let patience = Duration::from_millis(200);
    let error = alice(&format!("redis://u:s3cret@127.0.0.1:{port}")).connect_timeout(patience).build().await.unwrap_err();
    assert!(matches!(error, MuleError::Unreachable { .. }), "{error:?}");
    let text = error.to_string();
    assert!(text.contains(&format!("127.0.0.1:{port}")) && text.contains("0.2 s") && !text.contains("s3cret"), "{text}");
    assert!(text.to_lowercase().contains("refused"), "{text}");
}
