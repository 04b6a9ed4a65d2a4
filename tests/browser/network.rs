//! A network between a browser and the service that fails as real ones do: it is gone, or an answer is lost on its way.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// How the network is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weather {
    /// Everything comes through.
    Fair,
    /// Nothing does.
    Gone,
    /// What is asked comes through, what is answered does not.
    OneWay,
}

/// A network to one address.
pub(crate) struct Network {
    weather: Arc<Mutex<Weather>>,
    changed: watch::Sender<u64>,
    pub(crate) address: SocketAddr,
}

impl Network {
    pub(crate) async fn to(service: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let weather = Arc::new(Mutex::new(Weather::Fair));
        let (changed, watched) = watch::channel(0);
        let now = Arc::clone(&weather);
        tokio::spawn(async move {
            while let Ok((browser, _)) = listener.accept().await {
                // A connection that is dropped here is one that was never made.
                if read(&now) != Weather::Gone {
                    tokio::spawn(carry(browser, service, Arc::clone(&now), watched.clone()));
                }
            }
        });
        Self {
            weather,
            changed,
            address,
        }
    }

    /// Changes the weather; connections of before it break.
    pub(crate) fn turn(&self, weather: Weather) {
        *self.weather.lock().expect("nobody panics in it") = weather;
        self.changed.send_modify(|count| *count += 1);
    }
}

fn read(weather: &Mutex<Weather>) -> Weather {
    *weather.lock().expect("nobody panics in it")
}

async fn carry(
    browser: TcpStream,
    service: SocketAddr,
    weather: Arc<Mutex<Weather>>,
    mut changed: watch::Receiver<u64>,
) {
    let Ok(server) = TcpStream::connect(service).await else {
        return;
    };
    changed.mark_unchanged();
    let (from_browser, to_browser) = browser.into_split();
    let (from_server, to_server) = server.into_split();
    tokio::select! {
        () = copy(from_browser, to_server, None) => (),
        () = copy(from_server, to_browser, Some(weather)) => (),
        _ = changed.changed() => (),
    }
}

/// Copies until one side ends; what comes through one way only is taken and lost.
async fn copy(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, weather: Option<Arc<Mutex<Weather>>>) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(count) = from.read(&mut buffer).await {
        let is_lost = weather
            .as_ref()
            .is_some_and(|weather| read(weather) == Weather::OneWay);
        if count == 0 || is_lost || to.write_all(&buffer[..count]).await.is_err() {
            return;
        }
    }
}
