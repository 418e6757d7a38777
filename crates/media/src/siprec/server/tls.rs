//! TLS with switches (RFC 3261, section 26.3): both sides show a certificate, or nothing is said.

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::client::danger::HandshakeSignatureValid;
use tokio_rustls::rustls::client::verify_server_name;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use tokio_rustls::rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use tokio_rustls::rustls::server::{
    NoServerSessionStorage, ParsedCertificate, VerifierBuilderError, WebPkiClientVerifier,
};
use tokio_rustls::rustls::{
    self, CertificateError, DigitallySignedStruct, DistinguishedName, RootCertStore, ServerConfig, SignatureScheme,
};

/// What a port for TLS needs, as PEM files. They are read once: a new certificate is taken with the next start.
#[derive(Clone, Debug)]
pub struct TlsFiles {
    /// Our certificate, and those between it and one that switches trust.
    pub certificate: PathBuf,
    /// Its private key: PKCS #8, PKCS #1 or SEC 1.
    pub key: PathBuf,
    /// Who signs the switches' certificates.
    pub ca: PathBuf,
    /// Names that a switch's certificate may bear: host names or addresses, one of them at least among its alternative names.
    pub names: Vec<String>,
}

/// A port at which TLS is spoken, 1.2 or 1.3.
#[derive(Clone)]
pub struct Tls {
    /// One of this machine's addresses. Port 0 takes any that is free.
    pub address: SocketAddr,
    pub(super) acceptor: TlsAcceptor,
}

/// Why no TLS can be spoken.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file.
    #[error("{path} cannot be read as PEM")]
    File {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: pem::Error,
    },
    /// A file without a certificate.
    #[error("{0} holds no certificate")]
    Empty(PathBuf),
    /// Whose certificates would be taken?
    #[error("no name is given that a switch's certificate may bear")]
    NoName,
    /// A name.
    #[error("{0:?} is neither a host name nor an address")]
    Name(String),
    /// The authority.
    #[error("the authority of the switches' certificates cannot be used")]
    Authority(#[source] VerifierBuilderError),
    /// Our own certificate and key, or one of the authority's.
    #[error("a certificate or its key cannot be used")]
    Certificate(#[from] rustls::Error),
}

impl fmt::Debug for Tls {
    /// Without the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Tls {
    /// Reads the files.
    ///
    /// # Errors
    /// When one cannot be read, when the key is not the certificate's, or when no name is given.
    pub fn read(address: SocketAddr, files: &TlsFiles) -> Result<Self, TlsError> {
        if files.names.is_empty() {
            return Err(TlsError::NoName);
        }
        let name = |name: &String| ServerName::try_from(name.clone()).map_err(|_| TlsError::Name(name.clone()));
        let names = files.names.iter().map(name).collect::<Result<Vec<_>, _>>()?;
        let mut roots = RootCertStore::empty();
        for authority in certificates(&files.ca)? {
            roots.add(authority)?;
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let authority = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
            .build()
            .map_err(TlsError::Authority)?;
        let refused = |source| TlsError::File { path: files.key.clone(), source };
        let key = PrivateKeyDer::from_pem_file(&files.key).map_err(refused)?;
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_client_cert_verifier(Arc::new(Named { authority, names }))
            .with_single_cert(certificates(&files.certificate)?, key)?;
        // A session that is resumed shows no certificate again: each connection is verified anew.
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        Ok(Self { address, acceptor: TlsAcceptor::from(Arc::new(config)) })
    }
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let refused = |source| TlsError::File { path: path.to_owned(), source };
    let read = CertificateDer::pem_file_iter(path).map_err(refused)?.collect::<Result<Vec<_>, _>>().map_err(refused)?;
    if read.is_empty() { Err(TlsError::Empty(path.to_owned())) } else { Ok(read) }
}

/// Takes a certificate that the authority has signed, that is in force, and that bears one of our names.
#[derive(Debug)]
struct Named {
    authority: Arc<dyn ClientCertVerifier>,
    names: Vec<ServerName<'static>>,
}

impl ClientCertVerifier for Named {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.authority.root_hint_subjects()
    }

    fn verify_client_cert(
        &self,
        certificate: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        let verified = self.authority.verify_client_cert(certificate, between, now)?;
        let parsed = ParsedCertificate::try_from(certificate)?;
        if self.names.iter().any(|name| verify_server_name(&parsed, name).is_ok()) {
            Ok(verified)
        } else {
            Err(CertificateError::NotValidForName.into())
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.authority.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.authority.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.authority.supported_verify_schemes()
    }
}
