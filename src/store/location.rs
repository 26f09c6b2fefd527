//! Where a store is, from what `store:` of trueup.yaml says: a file of the workspace, or a PostgreSQL server.

use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use url::Url;

use crate::model::secret::Secret;

/// Where a store is.
#[derive(Clone, Debug)]
pub(crate) enum Location {
    File(PathBuf),
    Server(Server),
}

/// A database of a PostgreSQL server.
#[derive(Clone)]
pub(crate) struct Server {
    /// The whole URL, which may hold a password.
    pub(super) url: Secret,
    /// The URL as messages show it.
    pub(super) place: Arc<str>,
    pub(super) tls: Tls,
    /// The files that the URL names, from the workspace on.
    pub(super) root_certificate: Option<PathBuf>,
    pub(super) client_certificate: Option<PathBuf>,
    pub(super) client_key: Option<PathBuf>,
}

/// How far a server must prove who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tls {
    /// No TLS.
    Off,
    /// TLS where the server has it. Only for this machine itself, where nobody listens between the two.
    Local,
    /// A certificate of an authority that is trusted.
    Authority,
    /// Such a certificate, for this very name.
    Name,
}

/// Why a text is no location.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LocationError {
    /// One sentence without a full stop; never with a password.
    pub message: String,
    pub help: String,
}

impl LocationError {
    fn new(message: impl Into<String>, help: &str) -> Self {
        Self {
            message: message.into(),
            help: help.to_owned(),
        }
    }
}

/// Where the store is kept when nothing is said of it, from the workspace on.
const DEFAULT: &str = ".trueup/trueup.db";

const FORM: &str = "write a file, such as `.trueup/trueup.db`, or `postgres://USER@HOST/DATABASE`";

impl Location {
    /// Where the store of a workspace is when nothing is said of it.
    pub(crate) fn default_in(workspace: &Path) -> Self {
        Self::File(workspace.join(DEFAULT))
    }

    /// Whether it was told with a password in it.
    pub(crate) fn has_password(&self) -> bool {
        match self {
            Self::File(_) => false,
            Self::Server(server) => {
                Url::parse(server.url.reveal()).is_ok_and(|url| url.password().is_some())
            }
        }
    }

    /// Reads what `store:` says. Paths begin at the workspace's folder.
    pub(crate) fn parse(text: &Secret, workspace: &Path) -> Result<Self, LocationError> {
        match text.reveal() {
            "" => Err(LocationError::new("the store has no name", FORM)),
            url if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
                server(text, workspace).map(Self::Server)
            }
            // Not shown, for it may hold a password.
            url if url.contains("://") => Err(LocationError::new(
                "trueup keeps no store at a URL of this kind",
                FORM,
            )),
            path => Ok(Self::File(workspace.join(path))),
        }
    }
}

fn server(text: &Secret, workspace: &Path) -> Result<Server, LocationError> {
    let url = Url::parse(text.reveal()).map_err(|error| {
        let message = format!("the URL of the store is not sound: {error}");
        LocationError::new(
            message,
            "write `%` and two digits for signs such as `@`, `/` and `#` in a password",
        )
    })?;
    let (mut mode, mut socket) = (None, false);
    let (mut root_certificate, mut client_certificate, mut client_key) = (None, None, None);
    for (key, value) in url.query_pairs() {
        let file = || Some(workspace.join(&*value));
        match &*key {
            "sslmode" => mode = Some(tls(&value)?),
            "sslrootcert" => root_certificate = file(),
            "sslcert" => client_certificate = file(),
            "sslkey" => client_key = file(),
            "host" if value.starts_with('/') && url.host_str().is_none_or(str::is_empty) => {
                socket = true;
            }
            // The last word on where the URL leads would be at its end, where it is overlooked.
            "host" => {
                return Err(LocationError::new(
                    "the URL of the store says `host=` of a server",
                    "write the host before the database; `host=` is for the folder of a socket, and then alone",
                ));
            }
            "application_name" => {}
            // The value is not shown, for it may be a password.
            _ => {
                return Err(LocationError::new(
                    format!("the URL of the store says `{key}`, which trueup does not know"),
                    "it knows sslmode, sslrootcert, sslcert, sslkey, host and application_name",
                ));
            }
        }
    }
    let host = url.host_str().unwrap_or_default();
    let is_local = socket || host.is_empty() || is_this_machine(host);
    let default = if is_local { Tls::Local } else { Tls::Name };
    let mut shown = url.clone();
    shown.set_query(None);
    shown.set_fragment(None);
    // Fails for a URL without a host, which can hold no password.
    shown.set_password(None).ok();
    Ok(Server {
        url: text.clone(),
        place: shown.as_str().into(),
        tls: mode.unwrap_or(default),
        root_certificate,
        client_certificate,
        client_key,
    })
}

fn is_this_machine(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse();
    let is_socket = host
        .get(..3)
        .is_some_and(|it| it.eq_ignore_ascii_case("%2f"));
    host == "localhost" || is_socket || address.is_ok_and(|it: IpAddr| it.is_loopback())
}

/// The words of libpq, but for those under which a server need not prove who it is.
fn tls(mode: &str) -> Result<Tls, LocationError> {
    match mode {
        "disable" => Ok(Tls::Off),
        "verify-ca" => Ok(Tls::Authority),
        "verify-full" => Ok(Tls::Name),
        "allow" | "prefer" | "require" => Err(LocationError::new(
            format!("`sslmode={mode}` does not ask the server who it is"),
            "write `verify-full`, with `sslrootcert=FILE` where its authority is not one that this machine trusts",
        )),
        other => Err(LocationError::new(
            format!("there is no sslmode `{other}`"),
            "the modes are verify-full, verify-ca and disable",
        )),
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.place)
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::{Location, LocationError, Server, Tls};
    use crate::model::secret::Secret;

    fn parse(text: &str) -> Result<Location, LocationError> {
        Location::parse(&Secret::new(text.to_owned()), Path::new("/w"))
    }

    fn server(url: &str) -> Server {
        match parse(url) {
            Ok(Location::Server(server)) => server,
            other => panic!("{other:?}"),
        }
    }

    fn refusal(text: &str) -> String {
        let LocationError { message, help } = parse(text).err().unwrap();
        format!("{message}: {help}")
    }

    #[test]
    fn a_path_begins_at_the_workspace() {
        let file = |text: &str| match parse(text) {
            Ok(Location::File(file)) => file,
            other => panic!("{other:?}"),
        };
        assert_eq!(file("state/x.db"), PathBuf::from("/w/state/x.db"));
        assert_eq!(file("/var/x.db"), PathBuf::from("/var/x.db"));
        let default = Location::default_in(Path::new("/w"));
        assert!(matches!(default, Location::File(it) if it == Path::new("/w/.trueup/trueup.db")));
    }

    #[test]
    fn the_password_of_a_url_is_never_shown() {
        let url = "postgresql://ops:Blue-Kettle-71@db.example.org/vault?sslmode=verify-full";
        let shown = format!("{:?}", parse(url).unwrap());
        assert_eq!(shown, "Server(postgresql://ops@db.example.org/vault)");
        for broken in [
            "postgres://ops:Blue-Kettle-71@[db/vault",
            "postgres://ops:Blue-Kettle-71@db:port/vault",
            "postgres://db/vault?passwort=Blue-Kettle-71",
            "postgres://ops:Blue-Kettle-71@db/vault?sslmode=require",
            "mysql://ops:Blue-Kettle-71@db/vault",
        ] {
            let said = refusal(broken);
            assert!(!said.contains("Kettle"), "{said}");
        }
    }

    #[test]
    fn a_server_elsewhere_must_prove_its_name() {
        let tls = |url: &str| server(url).tls;
        assert_eq!(tls("postgres://db.example.org/vault"), Tls::Name);
        assert_eq!(tls("postgres://10.0.0.7:5433/vault"), Tls::Name);
        assert_eq!(tls("postgres://db/vault?sslmode=verify-ca"), Tls::Authority);
        assert_eq!(tls("postgres://db/vault?sslmode=disable"), Tls::Off);
        for here in [
            "postgres://localhost/vault",
            "postgres://127.0.0.1:5433/vault",
            "postgres://[::1]/vault",
            "postgres://%2Frun%2Fpostgresql/vault",
            "postgres:///vault?host=/run/postgresql",
        ] {
            assert_eq!(tls(here), Tls::Local, "{here}");
        }
    }

    #[test]
    fn another_host_in_the_query_must_prove_its_name_too() {
        let url = "postgres://localhost/vault?host=db.example.org";
        assert!(refusal(url).contains("write the host before the database"));
        let url = "postgres:///vault?host=db.example.org";
        assert!(refusal(url).contains("write the host before the database"));
    }

    #[test]
    fn the_files_of_a_url_begin_at_the_workspace() {
        let url = "postgres://db/v?sslrootcert=pki/root.pem&sslcert=/c.pem&sslkey=k.pem";
        let server = server(url);
        let path = |text: &str| Some(PathBuf::from(text));
        assert_eq!(server.root_certificate, path("/w/pki/root.pem"));
        assert_eq!(server.client_certificate, path("/c.pem"));
        assert_eq!(server.client_key, path("/w/k.pem"));
    }

    #[test]
    fn what_is_no_location_is_told_with_what_to_write() {
        assert!(refusal("").starts_with("the store has no name: write a file"));
        let said = refusal("mysql://db/vault");
        assert!(
            said.starts_with("trueup keeps no store at a URL of this kind"),
            "{said}"
        );
        let said = refusal("postgres://db/vault?sslmode=prefer");
        assert!(
            said.starts_with(
                "`sslmode=prefer` does not ask the server who it is: write `verify-full`"
            ),
            "{said}"
        );
        let said = refusal("postgres://db/vault?sslmode=verify");
        assert!(said.starts_with("there is no sslmode `verify`"), "{said}");
        let said = refusal("postgres://db/vault?user=ops");
        assert!(
            said.starts_with("the URL of the store says `user`, which trueup does not know"),
            "{said}"
        );
    }
}
