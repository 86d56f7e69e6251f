//! The peer of the examples in Rust: a small distributed program that tm can put through its paces. Peers find each other over UDP, and
//! pass messages on until they arrive. It shows how a peer speaks with tm; its commands are those of examples/peer/README.md.

mod datagram;
mod mesh;
mod multiaddr;
mod peer;
mod post;

use std::env;
use std::error::Error;
use std::net::UdpSocket;
use std::process::ExitCode;

use the_mule::{MuleClient, MuleClientBuilder};
use tracing::error;

use crate::mesh::Mesh;
use crate::multiaddr::Endpoint;
use crate::peer::Peer;

// One thread: `hang` stops all that this process does.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let mut client = MuleClientBuilder::new().build().await?;
    match listen(&client).await {
        Ok(mesh) => Ok(Peer::new(client, mesh).run().await?),
        Err(problem) => {
            error!("{problem}");
            client.close().await;
            Err(problem)
        }
    }
}

async fn listen(client: &MuleClient) -> Result<Mesh, Box<dyn Error>> {
    let multiaddr = client.listen_addr()?;
    let at =
        Endpoint::parse(multiaddr).ok_or_else(|| format!("cannot listen at {multiaddr}: expected /ip4/<address>/udp/<port>/…"))?;
    let reachable_at = env::var("HOST_ADDR").ok().filter(|address| !address.is_empty()).unwrap_or_else(own_address);
    Mesh::listen(client.name(), &at, &reachable_at).await.map_err(|error| format!("cannot listen at {multiaddr}: {error}").into())
}

/// The address with which this machine would speak to others.
fn own_address() -> String {
    // Connecting a UDP socket chooses the address, and sends nothing.
    let chosen = UdpSocket::bind("0.0.0.0:0").and_then(|socket| {
        socket.connect("192.0.2.1:9")?;
        socket.local_addr()
    });
    chosen.map_or_else(|_| "127.0.0.1".into(), |address| address.ip().to_string())
}
