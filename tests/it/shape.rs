//! What the vendors' worlds look like from outside: what lies where, what tells two objects apart, which requests a plan
//! may need.

use serde_json::Value;
use trueup::Exit;

/// The shape of a vendor's worlds.
#[derive(Debug)]
pub(crate) struct Shape {
    pub vendor: &'static str,
    pub tables: &'static [Table],
    /// Whether names in other letters are the same.
    pub folds: bool,
    /// Members that the vendor gives: ids, and moments and credentials of which nobody decides.
    pub given: &'static [&'static str],
    /// Members in which the vendor notes what changes of others mean, wherever they stand.
    pub follows: &'static [&'static str],
    /// Changes behind our back.
    pub probes: &'static [Probe],
    /// `trueup.yaml` of a case without one of its own. Faults would cost pauses if requests were repeated.
    pub settings: &'static str,
    /// The most requests that a plan makes beside those for single objects: logins, pages of lists, vocabulary.
    pub at_once: usize,
    /// Tables of which single objects are read, how their paths begin, and how many requests read one.
    pub read: &'static [(&'static str, &'static str, usize)],
    /// Whether every run logs in. Elsewhere a key goes with every request, and only the cases whose settings name a
    /// password do.
    pub logs_in: bool,
    /// Whether what is under way goes on whenever it is looked at, so that a world comes to rest only by being read.
    pub moves: bool,
    /// Parts of paths that are asked by POST and change nothing.
    pub asks: &'static [&'static str],
    /// Parts of paths that no plan asks for.
    pub never: &'static [&'static str],
    /// Whether a page is told from another by the query.
    pub pages_differ_by_query: bool,
    /// The method by which is read.
    pub reads_by: &'static str,
    /// How what is asked for begins of which the body tells which one is meant, so that it may be asked for again.
    pub told_by_body: &'static [&'static str],
    /// How a run ends that is answered with a web page.
    pub page: Exit,
    /// Tables whose objects are members of others.
    pub parts: &'static [Part],
}

/// A table whose objects a world shows as a member of what they hang on.
#[derive(Debug)]
pub(crate) struct Part {
    pub table: &'static str,
    /// The field of a declaration that says what it hangs on, the table of that, and the member.
    pub by: &'static str,
    pub of: &'static str,
    pub member: &'static str,
}

/// A list of a world.
#[derive(Debug)]
pub(crate) struct Table {
    pub name: &'static str,
    /// The table of declarations.
    pub declared: &'static str,
    /// The member of the world that holds the id.
    pub id: &'static str,
    /// The members that tell two of its objects apart, as declarations and as worlds spell them.
    pub keys: &'static [(&'static str, &'static str)],
    /// The field of a declaration that says what the object lies in.
    pub container: Option<&'static str>,
}

/// A change that somebody makes at the vendor.
#[derive(Debug)]
pub(crate) struct Probe {
    pub table: &'static str,
    /// The member of the world, and the field of the declaration.
    pub live: &'static str,
    pub declared: &'static str,
    /// YAML.
    pub value: &'static str,
}

impl Shape {
    pub(crate) fn of(vendor: &str) -> &'static Self {
        let mut shapes = SHAPES.iter();
        shapes.find(|it| it.vendor == vendor).unwrap()
    }

    /// Whether an entry of a journal reads, be it by a method that else writes.
    pub(crate) fn is_read(&self, entry: &Value) -> bool {
        entry["method"] == self.reads_by && entry["write"] == false
    }
}

const fn table(name: &'static str, keys: &'static [(&'static str, &'static str)]) -> Table {
    Table {
        name,
        declared: name,
        id: "id",
        keys,
        container: None,
    }
}

const fn within(
    name: &'static str,
    keys: &'static [(&'static str, &'static str)],
    container: &'static str,
) -> Table {
    Table {
        container: Some(container),
        ..table(name, keys)
    }
}

const fn probe(
    table: &'static str,
    live: &'static str,
    declared: &'static str,
    value: &'static str,
) -> Probe {
    Probe {
        table,
        live,
        declared,
        value,
    }
}

/// Every vendor's.
pub(crate) static SHAPES: [Shape; 4] = [
    Shape {
        vendor: "senhasegura",
        tables: &[
            table("users", &[("user_name", "user_name")]),
            table("groups", &[("display_name", "display_name")]),
            table("passwords", &[("name", "name"), ("username", "username")]),
            table("notes", &[("name", "name")]),
            table(
                "api_secrets",
                &[("name", "name"), ("identifier_code", "identifier_code")],
            ),
            table("devices", &[("hostname", "hostname")]),
            table("credentials", &[("identifier", "identifier")]),
            table("ssh_keys", &[("identifier", "identifier")]),
            table("related_users", &[("name", "name")]),
        ],
        folds: false,
        given: &["id", "changed"],
        follows: &[],
        probes: &[
            probe("passwords", "url", "url", "moved.example.com"),
            probe("notes", "tags", "tags", "moved"),
            probe("api_secrets", "url", "url", "moved.example.com"),
            probe("devices", "site", "site", "Elsewhere"),
            probe("credentials", "username", "username", "moved"),
            probe("ssh_keys", "key_name", "key_name", "Moved"),
        ],
        settings: "\
workspace: case
include: [desired.yaml, \"desired/*.yaml\"]
systems:
  senhasegura:
    endpoint: emulator
    seed: live.yaml
    retries: 0
secrets: { allow_plaintext: true, env_allow: [\"CASE_*\"] }
",
        // Three tokens and eight lists, each of one page: credentials and keys are in one.
        at_once: 11,
        read: &[
            ("passwords", "/api/mysafe/password/", 1),
            ("notes", "/api/mysafe/note/", 1),
            ("api_secrets", "/api/mysafe/secretapi/", 1),
            // Who has its code, which no list tells.
            ("api_secrets", "/api/mysafe/secretapi?identifier_code=", 1),
            ("devices", "/api/pam/device/", 1),
            ("ssh_keys", "/api/pam/key/", 1),
        ],
        // The last would take custody.
        never: &["/Users/", "/Groups/", "/api/pam/credential/"],
        pages_differ_by_query: true,
        reads_by: "GET",
        told_by_body: &[],
        logs_in: true,
        page: Exit::Error,
        parts: &[],
        moves: false,
        asks: &[],
    },
    Shape {
        vendor: "password_safe",
        tables: &[
            table("users", &[("user_name", "name")]),
            table("groups", &[("name", "name")]),
            table("safes", &[("name", "name")]),
            within("folders", &[("name", "name")], "parent"),
            within("secrets", &[("title", "title")], "folder"),
        ],
        folds: true,
        given: &[
            "id",
            "created_on",
            "modified_on",
            "value_modified_on",
            "client_id",
            "client_secret",
        ],
        follows: &[],
        probes: &[
            probe("users", "last_name", "last_name", "Elsewhere"),
            probe("groups", "members", "members", "[trueup]"),
            probe("safes", "description", "description", "Moved elsewhere"),
            probe("folders", "description", "description", "Moved elsewhere"),
            probe("secrets", "description", "description", "Moved elsewhere"),
            probe(
                "secrets",
                "urls",
                "urls",
                "[{ url: https://moved.example.com }]",
            ),
        ],
        settings: "\
workspace: case
include: [desired.yaml, \"desired/*.yaml\"]
systems:
  password_safe:
    endpoint: emulator
    seed: live.yaml
    retries: 0
secrets: { allow_plaintext: true, env_allow: [\"CASE_*\"] }
",
        // A token, a session and its end; five lists; the names of features and levels; the empty page behind a list of
        // folders, and behind one of secrets where the version of its model has no total; smart rules, roles and access policies.
        at_once: 15,
        read: &[
            // Members and permissions; what has a smart rule declared, also its smart rules by level, and the roles on two.
            ("groups", "/BeyondTrust/api/public/v3/UserGroups/", 6),
            ("safes", "/BeyondTrust/api/public/v3/Secrets-Safe/Safes/", 1),
            // The value; what has shares declared, also those.
            (
                "secrets",
                "/BeyondTrust/api/public/v3/Secrets-Safe/Secrets/",
                2,
            ),
        ],
        logs_in: true,
        moves: false,
        asks: &[],
        never: &[
            "/BeyondTrust/api/public/v3/Users/",
            "/BeyondTrust/api/public/v3/Secrets-Safe/Folders/",
        ],
        pages_differ_by_query: true,
        reads_by: "GET",
        told_by_body: &[],
        page: Exit::Error,
        parts: &[],
    },
    Shape {
        vendor: "safeconsole",
        tables: &[
            table("paths", &[("path", "path")]),
            table("users", &[("email", "email")]),
        ],
        folds: true,
        given: &["id", "token", "acquired"],
        follows: &["updated"],
        probes: &[probe("users", "name", "name", "Somebody Else")],
        settings: "\
workspace: case
include: [desired.yaml, \"desired/*.yaml\"]
systems:
  safeconsole:
    endpoint: emulator
    seed: live.yaml
    retries: 0
    assumed_actions: true
",
        // Four lists, each of one page.
        at_once: 4,
        // What a policy is, or what it starts as.
        read: &[("policies", "/safeconsole/admin?action=get_policy", 1)],
        never: &["action=manage_", "action=set_"],
        pages_differ_by_query: true,
        reads_by: "POST",
        told_by_body: &["POST /safeconsole/admin?action=get_policy"],
        logs_in: false,
        page: Exit::Login,
        parts: &[Part {
            table: "policies",
            by: "path",
            of: "paths",
            member: "policy",
        }],
        moves: false,
        asks: &[],
    },
    Shape {
        vendor: "console_connect",
        tables: &[
            // People are declared by their addresses, whose first part is the username in the cases.
            Table {
                declared: "members",
                id: "user",
                ..table("memberships", &[("email", "user")])
            },
            Table {
                id: "asn",
                ..table("asns", &[("number", "asn")])
            },
            table("ports", &[("name", "name")]),
            table("connections", &[("name", "name")]),
        ],
        folds: true,
        given: &["id", "times", "order", "vlan", "other_vlan"],
        probes: &[
            probe(
                "memberships",
                "roles",
                "roles",
                "[ADMIN, NETWORKCONTROL, NETWORKVIEW, USER]",
            ),
            probe("connections", "speed", "speed", "77"),
        ],
        settings: "\
workspace: case
include: [desired.yaml, \"desired/*.yaml\"]
systems:
  console_connect:
    endpoint: emulator
    seed: live.yaml
    retries: 0
secrets: { allow_plaintext: true, env_allow: [\"CASE_*\"] }
",
        // A login; who we are, roles, members, ASNs, ports, orders, connections, data centres; two prices.
        at_once: 11,
        read: &[("members", "/api/user/", 1)],
        logs_in: false,
        moves: true,
        asks: &["/api/pricing/"],
        never: &["/v2/data-center-facility/", "/api/v2/company/"],
        pages_differ_by_query: true,
        follows: &[],
        reads_by: "GET",
        told_by_body: &[],
        page: Exit::Error,
        parts: &[],
    },
];
