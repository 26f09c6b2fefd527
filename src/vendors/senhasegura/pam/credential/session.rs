//! What sessions may be opened with a credential (page 46).

use std::collections::BTreeSet;

use schemars::JsonSchema;

use super::login::Login;
use super::members::{Members, Sending};
use crate::load::reader::{Decode, Mapping, Reader};
use crate::model::error::VendorError;
use crate::model::field::{Field, Fields, Form};
use crate::model::reference::Link;
use crate::yaml::Node;

pub(super) const SESSIONS: Field = Field::new("sessions").form(Form::Set).untold();
pub(super) const ONLY_REMOTE_APPS: Field = Field::new("only_remote_apps").form(Form::Flag).untold();
pub(super) const REMOTE_APPS: Field = Field::new("remote_apps").form(Form::Set).untold();
pub(super) const SESSION_AS: Field = Field::new("session_as").form(Form::Reference).untold();

/// What sessions may be opened.
#[derive(Clone, Debug, Default, JsonSchema)]
pub(super) struct Session {
    /// All protocols by which a session may be opened with it. Those that are not listed are switched off.
    sessions: Option<BTreeSet<Protocol>>,
    /// Whether sessions may open nothing but remote applications.
    only_remote_apps: Option<bool>,
    /// All remote applications that sessions may open, in any order.
    remote_apps: Option<BTreeSet<RemoteApp>>,
    /// As whom the vault opens a session: `own` for the account itself, or another credential.
    session_as: Option<Login>,
}

/// A protocol, in the vendor's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, JsonSchema)]
#[schemars(inline)]
enum Protocol {
    #[schemars(rename = "SSH")]
    Ssh,
    Telnet,
    #[schemars(rename = "MySQL")]
    MySql,
    #[schemars(rename = "SQL Server")]
    SqlServer,
    #[schemars(rename = "HTTP")]
    Http,
    #[schemars(rename = "HTTPS")]
    Https,
    #[schemars(rename = "RDP")]
    Rdp,
    #[schemars(rename = "X11 Forward")]
    X11Forward,
    #[schemars(rename = "VNC")]
    Vnc,
}

const PROTOCOLS: [(&str, Protocol); 9] = [
    ("SSH", Protocol::Ssh),
    ("Telnet", Protocol::Telnet),
    ("MySQL", Protocol::MySql),
    ("SQL Server", Protocol::SqlServer),
    ("HTTP", Protocol::Http),
    ("HTTPS", Protocol::Https),
    ("RDP", Protocol::Rdp),
    ("X11 Forward", Protocol::X11Forward),
    ("VNC", Protocol::Vnc),
];

impl Decode for Protocol {
    fn decode(node: &Node, reader: &Reader<'_>) -> Option<Self> {
        reader.word(node, "a protocol", &PROTOCOLS)
    }
}

/// A remote application, and by what it is reached.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, JsonSchema)]
#[schemars(inline, deny_unknown_fields)]
struct RemoteApp {
    /// The automation that opens it, as the vault calls it.
    #[schemars(example = &"MySQL")]
    app: String,
    /// The protocol that it goes over, as the vault calls it.
    #[schemars(example = &"SSH")]
    over: String,
}

impl Decode for RemoteApp {
    fn decode(node: &Node, reader: &Reader<'_>) -> Option<Self> {
        let mut map = reader.mapping(node, "a remote application")?;
        let app = map.required("app");
        let over = map.required("over");
        map.finish();
        Some(Self {
            app: app?,
            over: over?,
        })
    }
}

impl Session {
    pub(super) fn decode(map: &mut Mapping<'_, '_>) -> Self {
        Self {
            sessions: map.optional("sessions"),
            only_remote_apps: map.optional("only_remote_apps"),
            remote_apps: map.optional("remote_apps"),
            session_as: map.optional("session_as"),
        }
    }

    pub(super) fn list(&self, fields: &mut Fields<'_>) {
        let Self {
            sessions,
            only_remote_apps,
            remote_apps,
            session_as,
        } = self;
        let may = |sessions: &BTreeSet<Protocol>| {
            let all = PROTOCOLS.iter();
            let open = all.filter(|(_, it)| sessions.contains(it));
            open.map(|(name, _)| (*name).to_owned()).collect::<Vec<_>>()
        };
        fields.set(SESSIONS, sessions.as_ref().map(|it| may(it).into_iter()));
        fields.flag(ONLY_REMOTE_APPS, *only_remote_apps);
        let named = |RemoteApp { app, over }: &RemoteApp| format!("{app} over {over}");
        let apps = remote_apps.as_ref().map(|it| it.iter().map(named));
        fields.set(REMOTE_APPS, apps);
        Login::list(session_as.as_ref(), SESSION_AS, fields);
    }

    pub(super) fn links(&self) -> impl Iterator<Item = (Field, Link)> {
        let login = self.session_as.as_ref().and_then(Login::link);
        login.map(|link| (SESSION_AS, link)).into_iter()
    }

    /// What of it is sent.
    pub(super) fn members<'a>(
        &'a self,
        sending: &Sending<'_, '_>,
    ) -> Result<Members<'a>, VendorError> {
        let Self {
            sessions,
            only_remote_apps,
            remote_apps,
            session_as,
        } = self;
        let sends = sending.sends;
        let mut members = Members::default();
        if let Some(sessions) = sessions.as_ref().filter(|_| sends(SESSIONS)) {
            for (name, protocol) in PROTOCOLS {
                members.say(name, sessions.contains(&protocol));
            }
        }
        let only = only_remote_apps.filter(|_| sends(ONLY_REMOTE_APPS));
        members.flag("restrict_access_to_remote_application", only);
        if let Some(apps) = remote_apps.as_ref().filter(|_| sends(REMOTE_APPS)) {
            let entry = |RemoteApp { app, over }: &'a RemoteApp| {
                let mut entry = Members::default();
                entry.write("remote_app", app.as_str());
                entry.write("connectivity", over.as_str());
                entry
            };
            members.list("macros", apps.iter().map(entry).collect());
        }
        members.login(session_as.as_ref().filter(|_| sends(SESSION_AS)), sending)?;
        Ok(members)
    }
}
