//! What the vendor keeps and no client changes: roles and their flags, metros, facilities, plans and prices.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::id::Id;
use super::seed::{is_default, is_true, yes};

/// What a role allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Flag {
    CompanyActions,
    CompanyUpdate,
    ConnectionCreate,
    ConnectionDelete,
    ConnectionModify,
    ConnectionRead,
    OrderCreate,
    OrderDelete,
    OrderModify,
    OrderQuery,
    PortsEdit,
    PortsRead,
    UserModeration,
}

impl Flag {
    /// All of them.
    pub(crate) const ALL: [Self; 13] = [
        Self::CompanyActions,
        Self::CompanyUpdate,
        Self::ConnectionCreate,
        Self::ConnectionDelete,
        Self::ConnectionModify,
        Self::ConnectionRead,
        Self::OrderCreate,
        Self::OrderDelete,
        Self::OrderModify,
        Self::OrderQuery,
        Self::PortsEdit,
        Self::PortsRead,
        Self::UserModeration,
    ];

    /// The action and the kind of resource that a refusal names. Documented is `network:ReadPort` on `Port` \[3\];
    /// assumed: the others, which are made like it.
    pub(crate) fn action(self) -> (&'static str, &'static str) {
        match self {
            Self::CompanyActions => ("account:ActOnCompany", "Company"),
            Self::CompanyUpdate => ("account:UpdateCompany", "Company"),
            Self::ConnectionCreate => ("network:CreateConnection", "Connection"),
            Self::ConnectionDelete => ("network:DeleteConnection", "Connection"),
            Self::ConnectionModify => ("network:UpdateConnection", "Connection"),
            Self::ConnectionRead => ("network:ReadConnection", "Connection"),
            Self::OrderCreate => ("network:CreateOrder", "Order"),
            Self::OrderDelete => ("network:DeleteOrder", "Order"),
            Self::OrderModify => ("network:UpdateOrder", "Order"),
            Self::OrderQuery => ("network:ReadOrder", "Order"),
            Self::PortsEdit => ("network:UpdatePort", "Port"),
            Self::PortsRead => ("network:ReadPort", "Port"),
            Self::UserModeration => ("account:ModerateUser", "Membership"),
        }
    }
}

/// A role. A seed's role stands in for the built-in one of its name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Role {
    #[serde(default, skip_serializing_if = "Id::is_none")]
    pub id: Id,
    /// As paths spell it.
    pub name: String,
    pub display: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    #[serde(default, skip_serializing_if = "is_default")]
    pub display_order: i64,
    /// Whether it is the role of a company's one custodian.
    #[serde(default, skip_serializing_if = "is_default")]
    pub keyholder: bool,
    /// Whether it cannot be taken away.
    #[serde(default, skip_serializing_if = "is_default")]
    pub read_only: bool,
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub queryable: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    pub system_default: bool,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub flags: BTreeSet<Flag>,
}

/// The role of every member.
pub(crate) const MEMBER: &str = "USER";

/// The roles of which public sources tell \[3\]\[23\].
pub(crate) fn roles() -> Vec<Role> {
    let view = [Flag::ConnectionRead, Flag::OrderQuery, Flag::PortsRead];
    let every = BTreeSet::from(Flag::ALL);
    let over_people = [
        Flag::CompanyActions,
        Flag::CompanyUpdate,
        Flag::UserModeration,
    ];
    let control = every.iter().filter(|flag| !over_people.contains(flag));
    let role = |number: u128, name: &str, display: &str, order, flags: BTreeSet<Flag>| Role {
        id: Id::parse(&format!("64d0{number:020x}")).unwrap_or_default(),
        name: name.to_owned(),
        display: display.to_owned(),
        description: String::new(),
        display_order: order,
        keyholder: false,
        read_only: false,
        queryable: true,
        system_default: false,
        flags,
    };
    let fixed = |role: Role| Role {
        keyholder: role.name != MEMBER,
        read_only: true,
        queryable: false,
        ..role
    };
    vec![
        // Assumed: it may do everything.
        fixed(role(1, "KEYHOLDER", "Account Admin", -400, every.clone())),
        role(
            2,
            "NETWORKCONTROL",
            "Network Admin",
            -299,
            control.copied().collect(),
        ),
        fixed(role(3, MEMBER, "Company Member", 300, BTreeSet::new())),
        role(4, "NETWORKVIEW", "Network Viewer", -298, view.into()),
        // Assumed: what it is called.
        role(5, "ADMIN", "User Admin", -300, every),
    ]
}

/// A place with facilities.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Metro {
    #[serde(default, skip_serializing_if = "Id::is_none")]
    pub id: Id,
    pub code: String,
    pub name: String,
    /// Two letters.
    pub country: String,
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub ready: bool,
}

/// A data centre facility.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Facility {
    #[serde(default, skip_serializing_if = "Id::is_none")]
    pub id: Id,
    pub username: String,
    pub name: String,
    /// The code of its metro.
    pub metro: String,
    pub city: String,
    /// Whether ports can be ordered there.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub ready: bool,
    /// The speeds of its ports, in Mbps.
    #[serde(default = "speeds", skip_serializing_if = "is_usual_speeds")]
    pub speeds: Vec<u64>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub can_bundle_cross_connect: bool,
    /// Without it nothing is bundled, whatever can be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bundle_cross_connect_charge_id: Option<String>,
}

/// A subscription that pays for ports.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Plan {
    #[serde(default, skip_serializing_if = "Id::is_none")]
    pub id: Id,
    pub company: String,
    /// How many ports it pays for.
    pub ports: usize,
}

/// How well a connection is treated, the least first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Class {
    #[default]
    Bronze,
    Silver,
    SilverPlus,
    Gold,
}

/// What things cost in a month. What is not listed has no price.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Prices {
    /// By speed in Mbps.
    #[serde(default)]
    pub ports: BTreeMap<u64, f64>,
    /// For each Mbps.
    #[serde(default)]
    pub connections: BTreeMap<Class, f64>,
}

impl Default for Prices {
    fn default() -> Self {
        Self {
            ports: [(1_000, 250.0), (10_000, 900.0)].into(),
            connections: [
                (Class::Bronze, 0.5),
                (Class::Silver, 0.75),
                (Class::SilverPlus, 1.0),
                (Class::Gold, 1.5),
            ]
            .into(),
        }
    }
}

/// A metro for worlds that list none.
pub(crate) fn metros() -> Vec<Metro> {
    vec![Metro {
        id: Id::default(),
        code: "EXC".to_owned(),
        name: "Example City".to_owned(),
        country: "PT".to_owned(),
        ready: true,
    }]
}

/// Facilities for worlds that list none.
pub(crate) fn facilities() -> Vec<Facility> {
    let facility = |username: &str, name: &str| Facility {
        id: Id::default(),
        username: username.to_owned(),
        name: name.to_owned(),
        metro: "EXC".to_owned(),
        city: "Example City".to_owned(),
        ready: true,
        speeds: speeds(),
        can_bundle_cross_connect: false,
        bundle_cross_connect_charge_id: None,
    };
    vec![
        facility("example-dc1", "Example DC1"),
        facility("example-dc2", "Example DC2"),
    ]
}

/// What is sold \[6\].
fn speeds() -> Vec<u64> {
    vec![1_000, 10_000]
}

fn is_usual_speeds(given: &[u64]) -> bool {
    given == speeds()
}
