//! A certificate authority that lives as long as the server: its certificate is written for clients, its key never.

use std::fs;
use std::io::Write;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::pki_types::PrivatePkcs8KeyDer;
use tokio_rustls::TlsAcceptor;

use super::Error;

/// What a server needs to speak TLS, and the file that its clients must trust.
pub(crate) struct Tls {
    pub acceptor: TlsAcceptor,
    pub ca_file: PathBuf,
}

/// Makes an authority and a certificate for `localhost`, 127.0.0.1 and the given address, and writes `ca.pem`.
pub(crate) fn prepare(dir: &Path, listen: IpAddr) -> Result<Tls, Error> {
    let (config, ca_pem) = certify(listen).map_err(Error::Tls)?;
    let ca_file = dir.join("ca.pem");
    write(dir, &ca_file, &ca_pem).map_err(|source| Error::Io {
        file: ca_file.clone(),
        source,
    })?;
    Ok(Tls {
        acceptor: TlsAcceptor::from(Arc::new(config)),
        ca_file,
    })
}

fn certify(listen: IpAddr) -> Result<(ServerConfig, String), String> {
    let said = |error: rcgen::Error| error.to_string();
    let mut ca = CertificateParams::new(Vec::new()).map_err(said)?;
    ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    ca.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    ca.distinguished_name
        .push(DnType::CommonName, "trueup emulators");
    let ca_key = KeyPair::generate().map_err(said)?;
    let ca_certificate = ca.self_signed(&ca_key).map_err(said)?;
    let issuer = Issuer::new(ca, ca_key);

    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    if !listen.is_unspecified() && listen.to_string() != "127.0.0.1" {
        names.push(listen.to_string());
    }
    let mut leaf = CertificateParams::new(names).map_err(said)?;
    leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    leaf.use_authority_key_identifier_extension = true;
    let leaf_key = KeyPair::generate().map_err(said)?;
    let certificate = leaf.signed_by(&leaf_key, &issuer).map_err(said)?;

    // The provider is named here, so that it does not matter what the process installed as its default.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let key = PrivatePkcs8KeyDer::from(leaf_key.serialize_der());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| {
            builder
                .with_no_client_auth()
                .with_single_cert(vec![certificate.der().clone()], key.into())
        })
        .map_err(|error| error.to_string())?;
    Ok((config, ca_certificate.pem()))
}

fn write(dir: &Path, file: &Path, pem: &str) -> std::io::Result<()> {
    fs::create_dir_all(dir)?;
    let mut temporary = tempfile::NamedTempFile::new_in(dir)?;
    temporary.write_all(pem.as_bytes())?;
    temporary.persist(file)?;
    Ok(())
}
