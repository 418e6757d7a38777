//! Certificates made for one test, and a client that shows one.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use alongside_media::siprec::{Tls, TlsError, TlsFiles};
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, date_time_ymd,
};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion, crypto};

pub const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// What the switch's certificate bears.
pub const SWITCH: &str = "sbc.example";

/// Who signs.
pub struct Authority {
    certificate: Certificate,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate and its key, as PEM.
pub struct Credential {
    pub certificate: String,
    pub key: String,
}

/// What is in a certificate.
#[derive(Clone)]
pub struct Bearer {
    pub name: &'static str,
    pub has_expired: bool,
    pub purpose: ExtendedKeyUsagePurpose,
}

/// A switch of ours.
pub const GOOD: Bearer = Bearer { name: SWITCH, has_expired: false, purpose: ExtendedKeyUsagePurpose::ClientAuth };

impl Authority {
    pub fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("a certificate");
        Self { certificate, issuer: Issuer::new(params, key) }
    }

    pub fn sign(&self, bearer: &Bearer) -> Credential {
        let mut params = CertificateParams::new(vec![bearer.name.to_owned()]).expect("a name");
        params.extended_key_usages.push(bearer.purpose.clone());
        if bearer.has_expired {
            (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
        }
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        Credential { certificate: certificate.pem(), key: key.serialize_pem() }
    }

    /// A port for switches that this authority vouches for, under the names.
    pub fn tls(&self, names: &[&str]) -> Result<Tls, TlsError> {
        let ours = self.sign(&Bearer { name: "127.0.0.1", purpose: ExtendedKeyUsagePurpose::ServerAuth, ..GOOD });
        let folder = tempfile::tempdir().expect("a folder");
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).expect("written");
            path
        };
        let files = TlsFiles {
            certificate: file("cert.pem", &ours.certificate),
            key: file("key.pem", &ours.key),
            ca: file("ca.pem", &self.certificate.pem()),
            names: names.iter().map(|name| (*name).to_owned()).collect(),
        };
        Tls::read(SocketAddr::new(HERE, 0), &files)
    }

    /// A client that trusts this authority and shows a credential, or none.
    pub fn client(
        &self,
        credential: Option<&Credential>,
        versions: &[&'static SupportedProtocolVersion],
    ) -> TlsConnector {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.der().clone()).expect("a root");
        let provider = Arc::new(crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .expect("versions")
            .with_root_certificates(roots);
        let config = match credential {
            Some(credential) => {
                let chain = vec![CertificateDer::from_pem_slice(credential.certificate.as_bytes()).expect("PEM")];
                let key = PrivateKeyDer::from_pem_slice(credential.key.as_bytes()).expect("PEM");
                config.with_client_auth_cert(chain, key).expect("a credential")
            }
            None => config.with_no_client_auth(),
        };
        TlsConnector::from(Arc::new(config))
    }
}
