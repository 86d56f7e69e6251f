//! An encrypted connection, to a server whose certificate is trusted by name.

use std::process::Command;

use crate::support::private_redis::{PrivateRedis, free_port};
use crate::support::running_peer::RunningPeer;
use crate::support::until;

#[tokio::test]
async fn a_peer_speaks_with_a_redis_behind_tls() {
    let directory = std::env::temp_dir().join(format!("the-mule-tls-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let path = |file: &str| directory.join(file).to_str().unwrap().to_string();
    let (key, certificate) = (path("key.pem"), path("certificate.pem"));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"])
        .args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE", "-keyout", &key, "-out", &certificate])
        .output()
        .expect("this test needs openssl to make a certificate");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));

    let port = free_port();
    let tls = format!("tls-port {port}\ntls-cert-file {certificate}\ntls-key-file {key}\ntls-auth-clients no");
    let redis = PrivateRedis::with(&tls, None).await;
    let url = format!("rediss://127.0.0.1:{port}");
    let peer = RunningPeer::start(&redis, "alice", &[("REDIS_URL", &url), ("SSL_CERT_FILE", &certificate)]);
    until("started", async || redis.status().await.is_some_and(|status| status.starts_with("started|"))).await;
    assert_eq!(redis.peers().await.iter().filter(|line| line.contains(&format!("laddr=127.0.0.1:{port} "))).count(), 2);
    redis.ask::<()>(&["RPUSH", "alice_command", "shutdown"]).await;
    let ended = peer.ended().await;
    assert!(ended.status.success(), "{ended:?}");
    assert_eq!(redis.status().await.as_deref(), Some("stopped"));
    std::fs::remove_dir_all(directory).unwrap();
}
