//! What is only looked at: what the client makes of the vendor's samples, and which requests that takes.

use serde_json::{Value, json};

use super::{Client, Recorded, spec};
use crate::apply::Permit;
use crate::model::address::RemoteId;
use crate::model::applying::{Applying, Created};
use crate::model::delivery::Shelf;
use crate::model::field::{Fields, Value as Shown};
use crate::model::kind::{Kind, Listing, Live, Spec};
use crate::model::reference::Links;
use crate::vendors::password_safe::group::{Group, GroupSpec};
use crate::vendors::password_safe::observed::{
    AccessPolicy, PasswordRule, Platform, Role, SmartRule,
};
use crate::vendors::password_safe::secret::Secret;

/// What a list says of its only object.
async fn listed<K: Kind<Client = Client>>(recorded: &Recorded) -> String {
    let Listing { rows, incomplete } = K::list(&recorded.client).await.unwrap();
    assert_eq!(incomplete, None);
    let [row] = &rows[..] else {
        panic!("{} rows", rows.len());
    };
    format!("{} {}", row.id, shown(row.spec.as_ref().unwrap()))
}

fn shown(spec: &impl Spec) -> String {
    let links = Links::default();
    let mut fields = Fields::new(&links);
    spec.list(&mut fields);
    let fields = fields.into_list().into_iter();
    let fields = fields.map(|(field, value)| {
        let value = match value {
            Shown::Text(text) => text,
            Shown::Flag(flag) => flag.to_string(),
            Shown::Set(set) => set.into_iter().collect::<Vec<_>>().join("+"),
            Shown::Sensitive(_)
            | Shown::Number { .. }
            | Shown::Word(_)
            | Shown::Name(_)
            | Shown::Names(_)
            | Shown::Access(_)
            | Shown::Secret(_)
            | Shown::Generated(_)
            | Shown::Output(_) => {
                panic!("{} is of no form that these kinds have", field.name)
            }
        };
        format!("{}={value}", field.name)
    });
    fields.collect::<Vec<_>>().join(", ")
}

#[tokio::test]
async fn the_vendors_samples_are_understood() {
    let platform = json!({ "PlatformID": 2, "Name": "Linux", "ShortName": "Linux", "PortFlag": true, "DefaultPort": 22,
        "DefaultSessionType": "SSH", "RequiresSecret": false });
    let rule = json!({ "SmartRuleID": 120, "OrganizationID": "1c7e8a10", "Title": "Tagged", "Description": null,
        "Category": "Assets", "Status": 1, "IsReadOnly": false, "RuleType": "Asset" });
    let recorded = Recorded::of(&[
        ("GET /Platforms", 200, json!([platform])),
        ("GET /SmartRules", 200, json!([rule])),
        (
            "GET /Roles",
            200,
            json!([{ "RoleID": 1, "Name": "Requestor" }]),
        ),
    ])
    .await;
    assert_eq!(
        listed::<Platform>(&recorded).await,
        "2 name=Linux, short_name=Linux, default_port=22, session_type=SSH"
    );
    assert_eq!(
        listed::<SmartRule>(&recorded).await,
        "120 title=Tagged, description=, category=Assets, type=Asset, read_only=false"
    );
    assert_eq!(listed::<Role>(&recorded).await, "1 name=Requestor");
}

fn schedule(reason: bool, ticket: bool, types: &[(&str, u32)]) -> Value {
    let types = types.iter();
    let types =
        types.map(|(name, approvers)| json!({ "AccessType": name, "MinApprovers": approvers }));
    json!({ "ScheduleID": 1, "RequireReason": reason, "RequireTicketSystem": ticket, "TicketSystemID": null,
        "AccessTypes": types.collect::<Vec<_>>() })
}

#[tokio::test]
async fn of_a_policy_counts_what_its_weakest_schedule_demands() {
    let policies = [
        (
            json!([
                schedule(true, true, &[("View", 2), ("RDP", 3)]),
                schedule(true, false, &[("View", 1)])
            ]),
            "access_types=RDP+View, min_approvers=1, require_reason=true, require_ticket=false",
        ),
        (
            json!([]),
            "access_types=, min_approvers=0, require_reason=false, require_ticket=false",
        ),
        (
            Value::Null,
            "access_types=, min_approvers=0, require_reason=false, require_ticket=false",
        ),
    ];
    for (schedules, said) in policies {
        let policy = json!({ "AccessPolicyID": 5000, "Name": "Night", "Schedules": schedules });
        let recorded = Recorded::of(&[("GET /AccessPolicies", 200, json!([policy]))]).await;
        assert_eq!(
            listed::<AccessPolicy>(&recorded).await,
            format!("5000 name=Night, description=, {said}")
        );
    }
}

fn rule(id: i64, products: &[&str]) -> Value {
    json!({ "PasswordRuleID": id, "Name": format!("Rule {id}"), "Description": null, "MinimumLength": 12,
        "MaximumLength": 20, "SymbolRequirement": "P", "ValidSymbols": ["!"], "EnabledProducts": products })
}

#[tokio::test]
async fn rules_of_every_product_are_asked_for() {
    let of = |product: &str| format!("GET /PasswordRules?enabledproducts={product}");
    let lines = ["PasswordSafe", "SecretsSafe", "TeamPasswords"].map(of);
    let both = rule(0, &["PasswordSafe", "SecretsSafe"]);
    let recorded = Recorded::of(&[
        (&lines[0], 200, json!([both])),
        (&lines[1], 200, json!([both, rule(4, &["SecretsSafe"])])),
        (&lines[2], 200, json!([])),
    ])
    .await;
    let listing = PasswordRule::list(&recorded.client).await.unwrap();
    let rows = listing.rows.iter();
    let rows = rows.map(|row| format!("{} {}", row.id, shown(row.spec.as_ref().unwrap())));
    assert_eq!(
        rows.collect::<Vec<_>>(),
        [
            "0 name=Rule 0, description=, minimum_length=12, maximum_length=20, products=PasswordSafe+SecretsSafe",
            "4 name=Rule 4, description=, minimum_length=12, maximum_length=20, products=SecretsSafe",
        ]
    );
    let mut asked = recorded.lines();
    asked.sort();
    assert_eq!(asked, lines);
}

#[tokio::test]
async fn a_list_that_several_need_is_asked_for_once() {
    let recorded = Recorded::of(&[
        (
            "GET /Roles",
            200,
            json!([{ "RoleID": 5, "Name": "Auditor" }]),
        ),
        (
            "GET /SmartRules",
            200,
            json!([{ "SmartRuleID": 5, "Title": "All Assets" }]),
        ),
    ])
    .await;
    let group = "{ name: dba, smart_rules: { All Assets: { level: read, roles: [Auditor] } } }";
    let said = Group::check(&recorded.client, &spec::<GroupSpec>(group)).await;
    assert!(said.unwrap().is_empty());
    Role::list(&recorded.client).await.unwrap();
    SmartRule::list(&recorded.client).await.unwrap();
    let id = RemoteId("6".to_owned());
    let found = Role::read(&recorded.client, &id).await.unwrap();
    assert!(matches!(found, Live::Gone));
    assert_eq!(recorded.lines(), ["GET /SmartRules", "GET /Roles"]);
}

#[tokio::test]
async fn a_rule_is_named_in_the_place_of_a_password() {
    let folder = RemoteId("f1".to_owned());
    let recorded = Recorded::of(&[(
        "POST /Secrets-Safe/Folders/f1/secrets",
        201,
        json!({ "Id": "s1", "Title": "reports", "Password": "Blue-Kettle-71" }),
    )])
    .await;
    let want = "{ title: reports, folder: folder.reports, username: reports, password_rule: password_rule.long }";
    let (links, created, permit) = (Links::default(), Created::default(), Permit::for_test());
    for (kind, name, id) in [
        (super::super::FOLDER, "reports", folder),
        (PasswordRule::ID, "long", RemoteId("0".to_owned())),
    ] {
        created.add(kind.address(name), id);
    }
    let applying = Applying {
        links: &links,
        created: &created,
        permit: &permit,
        door: &Shelf::default(),
    };
    Secret::create(&recorded.client, &spec(want), &applying)
        .await
        .unwrap();
    let (line, body) = recorded.writes().remove(0);
    assert_eq!(line, "POST /Secrets-Safe/Folders/f1/secrets");
    let sent = json!({ "Title": "reports", "Username": "reports", "PasswordRuleID": 0 });
    assert_eq!(body, sent);
}
