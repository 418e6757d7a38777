//! The running server: a node, the feed's door and the pages, on one address.

pub mod audio;
pub mod feeds;
mod health;
mod looks;
pub mod recordings;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use alongside_feeds::eido::EidoMap;
use alongside_feeds::http::{Feeds, router};
use alongside_node::Node;
use alongside_web::door::{Door, Gate};
use alongside_web::rooms::listening::{Ears, end_left_over};
use anyhow::{Context, Result};
use tokio::net::TcpListener;
use tokio::sync::watch;

/// What a server is made of.
pub struct Server {
    /// The node.
    pub node: Node,
    /// Who may come in.
    pub gate: Arc<Gate>,
    /// Where it listens.
    pub listener: TcpListener,
    /// The live audio.
    pub ears: Ears,
}

impl Server {
    /// Binds the address; port 0 takes any that is free.
    ///
    /// # Errors
    /// When it is taken.
    pub async fn bind(node: Node, gate: Gate, listen: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind(listen).await.with_context(|| format!("cannot listen on {listen}"))?;
        Ok(Self { node, gate: Arc::new(gate), listener, ears: Ears::none() })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn address(&self) -> Result<SocketAddr> {
        Ok(self.listener.local_addr()?)
    }

    /// Serves until told to stop, then lets the requests under way end.
    ///
    /// # Errors
    /// When the tokens cannot be read, or the listener fails.
    pub async fn run(self, folder: &Path, mut stop: watch::Receiver<bool>) -> Result<()> {
        end_left_over(&self.node).await;
        let clock = self.node.clock();
        let tokens = Arc::new(feeds::tokens(folder)?);
        let door = Feeds::new(Arc::new(self.node.clone()), tokens, Arc::new(move || clock.now()), EidoMap::default());
        let looks = Arc::new(looks::Looks::new(self.node.clone()));
        let pages =
            alongside_web::rooms::mount(Door::new(self.gate.clone()), self.node.clone(), looks, self.ears.clone());
        let app = health::router(self.node.clone()).merge(router(door)).merge(pages.open());
        let mut told = stop.clone();
        let serving = axum::serve(self.listener, app).with_graceful_shutdown(async move {
            let _ = stop.wait_for(|stop| *stop).await;
        });
        // A live page holds its stream open for good: after a short while the rest is cut off, and the pages connect again.
        tokio::select! {
            served = async { serving.await } => served?,
            () = async {
                let _ = told.wait_for(|stop| *stop).await;
                tokio::time::sleep(std::time::Duration::from_secs(2)).await;
            } => {}
        }
        Ok(())
    }
}
