//! What a group may do with what smart rules find.

use serde_json::{Value, json};

use super::{Recorded, decode, spec};
use crate::apply::Permit;
use crate::model::address::RemoteId;
use crate::model::applying::{Applying, Created};
use crate::model::delivery::Shelf;
use crate::model::error::VendorError;
use crate::model::field::Fields;
use crate::model::kind::{Kind, Live, Look, Spec, Update};
use crate::model::reference::Links;
use crate::vendors::password_safe::group::{Group, GroupSpec};

const READ: &str = "GET /UserGroups/31/SmartRules?accessLevels=1";
const FULL: &str = "GET /UserGroups/31/SmartRules?accessLevels=3";
const ROLES_OF_5: &str = "GET /UserGroups/31/SmartRules/5/Roles";

fn rule(id: i64, title: &str) -> Value {
    json!({ "SmartRuleID": id, "Title": title, "Category": "Assets", "Status": 1 })
}

/// A server with three smart rules, three roles and two policies; the group reads rule 5 as an approver.
async fn world(others: &[(&str, u16, Value)]) -> Recorded {
    let rules = json!([
        rule(5, "All Assets"),
        rule(6, "Servers"),
        rule(7, "Laptops")
    ]);
    let roles = json!([
        { "RoleID": 1, "Name": "Requestor" }, { "RoleID": 2, "Name": "Approver" }, { "RoleID": 3, "Name": "ISA" }
    ]);
    let policies = json!([
        { "AccessPolicyID": 50, "Name": "Business hours" }, { "AccessPolicyID": 51, "Name": "Always" }
    ]);
    let levels = json!([
        { "AccessLevelID": 0, "Name": "None" }, { "AccessLevelID": 1, "Name": "Read" },
        { "AccessLevelID": 3, "Name": "Read/Write" }
    ]);
    let group = json!({ "GroupID": 31, "Name": "dba", "GroupType": "BeyondInsight" });
    let mut answers = others.to_vec();
    let usual = [
        ("GET /SmartRules", rules),
        ("GET /Roles", roles),
        ("GET /AccessPolicies", policies),
        ("GET /AccessLevels", levels),
        ("GET /Permissions", json!([])),
        ("GET /UserGroups/31", group),
        ("GET /UserGroups/31/Users", json!([])),
        ("GET /UserGroups/31/Permissions", json!([])),
        (READ, json!([rule(5, "All Assets")])),
        (FULL, json!([rule(7, "Laptops")])),
        (ROLES_OF_5, json!([{ "RoleID": 2, "Name": "Approver" }])),
    ];
    let is_other = |line: &str| others.iter().any(|(other, _, _)| *other == line);
    let usual = usual.into_iter().filter(|(line, _)| !is_other(line));
    answers.extend(usual.map(|(line, body)| (line, 200, body)));
    Recorded::of(&answers).await
}

fn wanted(rules: &str) -> GroupSpec {
    spec(&format!("{{ name: dba, smart_rules: {{ {rules} }} }}"))
}

async fn read(recorded: &Recorded, want: &GroupSpec) -> Result<GroupSpec, VendorError> {
    let id = RemoteId("31".to_owned());
    match Group::read_for(
        &recorded.client,
        &id,
        Look {
            want,
            values: false,
        },
    )
    .await?
    {
        Live::Active(spec) => Ok(spec),
        Live::Disabled | Live::Gone => panic!("the group is there"),
    }
}

/// The smart rules of a spec as a plan has them.
fn shown(spec: &GroupSpec) -> String {
    let links = Links::default();
    let mut fields = Fields::new(&links);
    spec.list(&mut fields);
    let listed = fields.into_list().into_iter();
    let mut found = listed.filter(|(field, _)| field.name == "smart_rules");
    found.next().map_or_else(String::new, |(_, value)| {
        let crate::model::field::Value::Access(access) = value else {
            panic!("{value:?} is no access");
        };
        let entries = access.iter().map(|(who, what)| format!("{who}: {what}"));
        entries.collect::<Vec<_>>().join("; ")
    })
}

async fn update(recorded: &Recorded, want: &GroupSpec) -> Result<(), VendorError> {
    let (links, created, permit) = (Links::default(), Created::default(), Permit::for_test());
    let applying = Applying {
        links: &links,
        created: &created,
        permit: &permit,
        door: &Shelf::default(),
    };
    let update = Update {
        want,
        changed: &["smart_rules"],
        enable: false,
    };
    Group::update(
        &recorded.client,
        &RemoteId("31".to_owned()),
        update,
        &applying,
    )
    .await
}

#[tokio::test]
async fn only_smart_rules_that_are_declared_are_told_of() {
    let recorded = world(&[]).await;
    let want = wanted("All Assets: { level: full }, servers: { level: none }");
    let live = read(&recorded, &want).await.unwrap();
    assert_eq!(shown(&live), "All Assets: read; servers: none");
    assert!(!recorded.lines().iter().any(|it| it.contains("/Roles")));
}

#[tokio::test]
async fn a_group_that_declares_no_smart_rules_costs_no_request_for_them() {
    for want in [spec("{ name: dba }"), wanted("")] {
        let recorded = world(&[]).await;
        read(&recorded, &want).await.unwrap();
        let asked = recorded.lines().into_iter();
        let asked = asked.filter(|it| it.contains("SmartRules") || it.contains("Roles"));
        assert_eq!(asked.collect::<Vec<_>>(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn lists_are_asked_for_once_a_run() {
    let recorded = world(&[]).await;
    let want = wanted(
        "All Assets: { level: read, roles: [requestor], access_policy: always }, Laptops: { level: full }",
    );
    for _ in 0..2 {
        read(&recorded, &want).await.unwrap();
    }
    for list in ["/SmartRules", "/Roles", "/AccessPolicies", "/AccessLevels"] {
        let asked = recorded.lines().into_iter();
        let asked = asked.filter(|it| *it == format!("GET {list}"));
        assert_eq!(asked.count(), 1, "{list}");
    }
}

#[tokio::test]
async fn roles_in_other_letters_are_the_same_and_their_policy_cannot_be_verified() {
    let recorded = world(&[]).await;
    let want = wanted("All Assets: { level: read, roles: [approver], access_policy: Always }");
    let live = read(&recorded, &want).await.unwrap();
    assert_eq!(shown(&live.as_told(&want)), shown(&want));
    let untold = live.untold(&want);
    assert_eq!(untold.len(), 1);
    assert!(untold[0].1.contains("access policy"), "{untold:?}");
}

#[tokio::test]
async fn what_differs_is_not_called_unverified() {
    let recorded = world(&[]).await;
    let want = wanted("All Assets: { level: read, roles: [ISA], access_policy: Always }");
    let live = read(&recorded, &want).await.unwrap();
    assert!(shown(&live.as_told(&want)).ends_with("read as Approver"));
    assert!(shown(&want).ends_with("read as ISA by policy Always"));
    assert!(live.untold(&want).is_empty());
}

#[tokio::test]
async fn a_server_that_lists_no_single_level_leaves_it_unverified() {
    let recorded = world(&[(FULL, 200, json!([rule(5, "All Assets")]))]).await;
    let want = wanted("All Assets: { level: full }");
    let live = read(&recorded, &want).await.unwrap();
    assert_eq!(shown(&live.as_told(&want)), shown(&want));
    assert!(live.untold(&want)[0].1.contains("read or full"));
    let want = wanted("All Assets: { level: none }");
    assert_ne!(shown(&live.as_told(&want)), shown(&want));
    assert!(live.untold(&want).is_empty());
}

#[tokio::test]
async fn only_what_differs_is_written_and_the_level_before_the_roles() {
    let ok = Value::Null;
    let recorded = world(&[
        (
            "POST /UserGroups/31/SmartRules/6/AccessLevels",
            200,
            ok.clone(),
        ),
        ("POST /UserGroups/31/SmartRules/6/Roles", 204, ok),
    ])
    .await;
    let want = wanted(
        "All Assets: { level: read, roles: [Approver] }, Laptops: { level: full }, \
         Servers: { level: read, roles: [ISA, Requestor], access_policy: Business hours }",
    );
    update(&recorded, &want).await.unwrap();
    let roles = json!({ "Roles": [{ "RoleID": 1 }, { "RoleID": 3 }], "AccessPolicyID": 50 });
    let line = |end: &str| format!("POST /UserGroups/31/SmartRules/6/{end}");
    assert_eq!(
        recorded.writes(),
        [
            (line("AccessLevels"), json!({ "AccessLevelID": 1 })),
            (line("Roles"), roles),
        ]
    );
}

#[tokio::test]
async fn access_goes_after_the_roles_that_need_it() {
    let recorded = world(&[
        ("DELETE /UserGroups/31/SmartRules/5/Roles", 200, Value::Null),
        (
            "POST /UserGroups/31/SmartRules/5/AccessLevels",
            200,
            Value::Null,
        ),
    ])
    .await;
    update(&recorded, &wanted("All Assets: { level: none }"))
        .await
        .unwrap();
    let writes = recorded.writes();
    assert_eq!(writes.len(), 2);
    assert!(writes[0].0.starts_with("DELETE"));
    assert_eq!(writes[1].1, json!({ "AccessLevelID": 0 }));
}

#[tokio::test]
async fn an_empty_list_takes_every_role_away_and_leaves_the_access() {
    let line = "DELETE /UserGroups/31/SmartRules/5/Roles";
    let recorded = world(&[(line, 200, Value::Null)]).await;
    update(&recorded, &wanted("All Assets: { level: read, roles: [] }"))
        .await
        .unwrap();
    assert_eq!(recorded.writes(), [(line.to_owned(), Value::Null)]);
}

#[tokio::test]
async fn a_new_group_has_its_levels_at_once_and_its_roles_after() {
    let recorded = world(&[
        ("POST /UserGroups", 201, json!({ "GroupID": 31 })),
        ("POST /UserGroups/31/SmartRules/5/Roles", 204, Value::Null),
    ])
    .await;
    let want = wanted("All Assets: { level: full, roles: [ISA] }, Servers: { level: none }");
    let (links, created, permit) = (Links::default(), Created::default(), Permit::for_test());
    let applying = Applying {
        links: &links,
        created: &created,
        permit: &permit,
        door: &Shelf::default(),
    };
    Group::create(&recorded.client, &want, &applying)
        .await
        .unwrap();
    let writes = recorded.writes();
    let levels = json!([{ "SmartRuleID": 5, "AccessLevelID": 3 }]);
    assert_eq!(writes[0].1["SmartRuleAccess"], levels);
    assert_eq!(writes[1].1, json!({ "Roles": [{ "RoleID": 3 }] }));
    assert_eq!(writes.len(), 2);
}

#[tokio::test]
async fn what_the_vendor_does_not_have_is_told_with_a_near_name() {
    for (rules, what, near) in [
        ("All Asets: { level: read }", "smart rule", "All Assets"),
        (
            "Servers: { level: read, roles: [Aprover] }",
            "role",
            "Approver",
        ),
        (
            "Servers: { level: read, roles: [ISA], access_policy: Busines hours }",
            "access policy",
            "Business hours",
        ),
    ] {
        let recorded = world(&[]).await;
        let error = read(&recorded, &wanted(rules)).await.unwrap_err();
        assert!(error.to_string().contains(what), "{error}");
        assert_eq!(error.help.unwrap(), format!("did you mean `{near}`?"));
    }
}

#[tokio::test]
async fn one_smart_rule_is_declared_once() {
    let recorded = world(&[]).await;
    let want = wanted("Servers: { level: read }, servers: { level: full }");
    let error = read(&recorded, &want).await.unwrap_err();
    assert!(error.to_string().contains("are one smart rule"), "{error}");
}

#[test]
fn mistakes_in_access_are_told_all_at_once() {
    let text = "{ name: dba, smart_rules: { A: { level: write }, B: { roles: [ISA] }, C: { level: none, roles: [ISA] }, \
                D: { level: read, roles: [Requestor] }, E: { level: read, access_policy: P }, F: read, \
                G: { level: read, rolls: [] } } }";
    let told = decode::<GroupSpec>(text).unwrap_err();
    for mistake in [
        "`write` is not a level of access",
        "access to a smart rule needs `level`",
        "roles need access to the smart rule",
        "requestors need an access policy",
        "an access policy goes with roles",
        "expected access to a smart rule (a mapping)",
        "access to a smart rule has no key `rolls`",
    ] {
        assert!(told.contains(mistake), "{mistake}: {told}");
    }
}
