//! What the vendors' worlds look like from outside: what lies where, what tells two objects apart, which requests a plan
//! may need.

/// The shape of a vendor's worlds.
#[derive(Debug)]
pub(crate) struct Shape {
    pub vendor: &'static str,
    pub tables: &'static [Table],
    /// Whether names in other letters are the same.
    pub folds: bool,
    /// Members that the vendor gives: ids, and moments and credentials of which nobody decides.
    pub given: &'static [&'static str],
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
pub(crate) static SHAPES: [Shape; 3] = [
    Shape {
        vendor: "senhasegura",
        tables: &[
            table("users", &[("user_name", "user_name")]),
            table("groups", &[("display_name", "display_name")]),
            table("passwords", &[("name", "name"), ("username", "username")]),
        ],
        folds: false,
        given: &["id"],
        probes: &[probe("passwords", "url", "url", "moved.example.com")],
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
        // Two tokens and three lists, each of one page.
        at_once: 5,
        read: &[("passwords", "/api/mysafe/password/", 1)],
        logs_in: true,
        moves: false,
        asks: &[],
        never: &["/Users/", "/Groups/"],
        pages_differ_by_query: false,
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
    },
];
