//! What the product brings along and the API only shows: permissions, roles, and the lists that a seed may replace.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::guid::Guid;

/// Feature permissions by id. Assumed: the ids, which are data of an installation.
pub(crate) const PERMISSIONS: &[(u64, &str)] = &[
    (2, "Asset Management"),
    (4, "Attribute Management"),
    (10, "User Accounts Management"),
    (24, "Smart Rule Management - Asset"),
    (28, "API Registration Management"),
    (30, "Password Safe Account Management"),
    (31, "Password Safe Configuration Management"),
    (32, "Password Safe Domain Management"),
    (33, "Password Safe Policy Management"),
    (34, "Password Safe Role Management"),
    (35, "Password Safe System Management"),
    (36, "Smart Rule Management - Managed Account"),
    (37, "Smart Rule Management - Managed System"),
    (52, SECRETS_SAFE),
    (76, WORKFORCE_PASSWORDS),
];

/// The permission of Secrets Safe.
pub(crate) const SECRETS_SAFE: &str = "Secrets Safe";

/// The permission that opens folders and secrets as well.
pub(crate) const WORKFORCE_PASSWORDS: &str = "Workforce Passwords";

/// Access levels by id. Assumed: that none is 0.
pub(crate) const LEVELS: &[(u64, &str)] = &[(0, "None"), (READ, "Read"), (WRITE, "Read/Write")];

/// The access level that lets read.
pub(crate) const READ: u64 = 1;

/// The access level that lets do everything.
pub(crate) const WRITE: u64 = 3;

/// Roles by id.
pub(crate) const ROLES: &[(u64, &str)] = &[
    (1, "Requestor"),
    (2, "Approver"),
    (3, "Requestor/Approver"),
    (4, "Information Systems Administrator (ISA)"),
    (5, "Auditor"),
    (7, "Credentials Manager"),
    (8, "Recorded Session Reviewer"),
    (9, "Active Session Reviewer"),
];

/// The roles that need an access policy.
pub(crate) const REQUESTORS: [u64; 2] = [1, 3];

/// The name that goes with an id.
pub(crate) fn name_of(table: &[(u64, &'static str)], id: u64) -> Option<&'static str> {
    table.iter().find(|(known, _)| *known == id).map(|it| it.1)
}

/// The id that goes with a name.
pub(crate) fn id_of(table: &[(u64, &str)], name: &str) -> Option<u64> {
    let is = |it: &&(u64, &str)| it.1.eq_ignore_ascii_case(name);
    table.iter().find(is).map(|it| it.0)
}

/// The lists that a seed may replace.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Catalog {
    pub organizations: Vec<Organization>,
    pub workgroups: Vec<Workgroup>,
    pub platforms: Vec<Platform>,
    pub password_rules: Vec<PasswordRule>,
    pub access_policies: Vec<AccessPolicy>,
    pub smart_rules: Vec<SmartRule>,
}

/// An organization.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Organization {
    pub id: Guid,
    pub name: String,
}

/// A workgroup of the first organization.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Workgroup {
    pub id: u64,
    pub name: String,
}

/// A platform.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Platform {
    pub id: u64,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u64>,
    /// The default kind of session, such as `SSH`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
}

/// A rule by which passwords are made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordRule {
    pub id: u64,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    pub shortest: u64,
    pub longest: u64,
    pub products: Vec<String>,
}

/// A policy under which access is requested, and what its schedules demand. Without any it has one that demands nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccessPolicy {
    pub id: u64,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schedules: Vec<Schedule>,
}

/// What a policy demands at certain times.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Schedule {
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reason: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ticket: bool,
    /// How many must approve, by type of access. Assumed: `View`, if nothing is said, the type that the pages show.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub approvers: BTreeMap<String, u64>,
}

/// A smart rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SmartRule {
    pub id: u64,
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    pub category: String,
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub read_only: bool,
}

impl Default for Catalog {
    fn default() -> Self {
        let platform = |id, name: &str, port, session: Option<&str>| Platform {
            id,
            name: name.to_owned(),
            port,
            session: session.map(str::to_owned),
        };
        let rule = |id, title: &str, category: &str, kind: &str| SmartRule {
            id,
            title: title.to_owned(),
            description: None,
            category: category.to_owned(),
            kind: kind.to_owned(),
            read_only: true,
        };
        Self {
            organizations: vec![Organization {
                id: Guid::counted(0),
                name: "Default Organization".to_owned(),
            }],
            workgroups: vec![Workgroup {
                id: 1,
                name: "BeyondTrust Workgroup".to_owned(),
            }],
            platforms: vec![
                platform(1, "Windows", None, Some("RDP")),
                platform(2, "Linux", Some(22), Some("SSH")),
                platform(8, "Oracle", Some(1521), None),
                platform(10, "MySQL", Some(3306), None),
                platform(11, "MS SQL Server", Some(1433), None),
                platform(25, "Active Directory", None, Some("RDP")),
                platform(79, "PostgreSQL", Some(5432), None),
            ],
            password_rules: vec![PasswordRule {
                id: 0,
                name: "Default Password Policy".to_owned(),
                description: None,
                shortest: 12,
                longest: 20,
                products: vec!["PasswordSafe".to_owned(), "SecretsSafe".to_owned()],
            }],
            access_policies: vec![AccessPolicy {
                id: 5000,
                name: "Default Auto-Approve Access Policy".to_owned(),
                description: None,
                schedules: Vec::new(),
            }],
            smart_rules: vec![
                rule(1, "All Assets", "Assets", "Asset"),
                rule(2, "All Managed Systems", "Systems", "ManagedSystem"),
                rule(
                    3,
                    "All Managed Accounts",
                    "Managed Accounts",
                    "ManagedAccount",
                ),
            ],
        }
    }
}

impl Catalog {
    /// The smart rule with an id.
    pub(crate) fn smart_rule(&self, id: u64) -> Option<&SmartRule> {
        self.smart_rules.iter().find(|rule| rule.id == id)
    }

    /// The smart rule with a title.
    pub(crate) fn smart_rule_titled(&self, title: &str) -> Option<&SmartRule> {
        let mut rules = self.smart_rules.iter();
        rules.find(|rule| rule.title.eq_ignore_ascii_case(title))
    }

    /// The access policy with an id.
    pub(crate) fn access_policy(&self, id: u64) -> Option<&AccessPolicy> {
        self.access_policies.iter().find(|policy| policy.id == id)
    }

    /// The password rule with an id.
    pub(crate) fn password_rule(&self, id: u64) -> Option<&PasswordRule> {
        self.password_rules.iter().find(|rule| rule.id == id)
    }
}
