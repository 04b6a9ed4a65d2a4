//! A TLS listener on loopback for the stand-in services.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use openssl::ssl::{AlpnError, Ssl, SslAcceptor, SslMethod, SslVerifyMode};
use openssl::x509::X509;
use openssl::x509::store::X509StoreBuilder;
use tokio::net::{TcpListener, TcpStream};
use tokio_openssl::SslStream;

use super::authority::Issued;

/// Listens on a loopback address and speaks TLS 1.2 or later.
#[derive(Clone)]
pub struct TlsListener {
    tcp: Arc<TcpListener>,
    acceptor: Arc<SslAcceptor>,
}

impl TlsListener {
    /// Binds `127.0.0.1:port` (0 picks a free port). `protocols` are offered by ALPN, best first.
    /// With `client_authorities`, a client may show a certificate that one of them signed, through
    /// the given intermediates; one signed by anybody else ends the handshake.
    pub async fn bind(
        port: u16,
        identity: &Issued,
        protocols: &'static [&'static [u8]],
        client_authorities: &[&X509],
    ) -> io::Result<Self> {
        let tcp = TcpListener::bind(("127.0.0.1", port)).await?;
        let mut builder = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server())?;
        builder.set_certificate(&identity.certificate)?;
        builder.set_private_key(&identity.key)?;
        builder.set_alpn_select_callback(move |_, offered| {
            select(protocols, offered).ok_or(AlpnError::ALERT_FATAL)
        });
        if !client_authorities.is_empty() {
            let mut store = X509StoreBuilder::new()?;
            for authority in client_authorities {
                store.add_cert((*authority).clone())?;
            }
            builder.set_cert_store(store.build());
            builder.set_verify(SslVerifyMode::PEER);
            // Without a session id context every resumed handshake with a client certificate fails.
            builder.set_session_id_context(b"billfold")?;
        }
        Ok(Self {
            tcp: Arc::new(tcp),
            acceptor: Arc::new(builder.build()),
        })
    }

    /// Where it listens.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.tcp.local_addr()
    }

    /// Waits for the next connection; the handshake is still to do, with [`Self::handshake`].
    pub async fn accept(&self) -> io::Result<TcpStream> {
        let (stream, _) = self.tcp.accept().await?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }

    /// Shakes hands on a connection that [`Self::accept`] gave.
    pub async fn handshake(&self, tcp: TcpStream) -> io::Result<SslStream<TcpStream>> {
        let ssl = Ssl::new(self.acceptor.context())?;
        let mut stream = SslStream::new(ssl, tcp)?;
        Pin::new(&mut stream).accept().await.map_err(io::Error::other)?;
        Ok(stream)
    }
}

/// The first of ours that the client offers, as a slice of what it sent.
fn select<'a>(ours: &[&[u8]], offered: &'a [u8]) -> Option<&'a [u8]> {
    ours.iter().find_map(|wanted| {
        let mut rest = offered;
        while let Some((len, tail)) = rest.split_first() {
            let (name, next) = tail.split_at_checked(usize::from(*len))?;
            if name == *wanted {
                return Some(name);
            }
            rest = next;
        }
        None
    })
}
