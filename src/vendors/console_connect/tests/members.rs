//! Members: how they are listed, and what is sent to change them.

use serde_json::{Value, json};

use super::{Recorded, Step, US, decode, spec};
use crate::model::address::RemoteId;
use crate::model::error::{Cause, VendorError};
use crate::model::field::Fields;
use crate::model::kind::{Kind, Live, Look, Spec, Update};
use crate::model::power::Power;
use crate::model::reference::Links;
use crate::vendors::console_connect::member::{Member, MemberSpec};

const MEMBERS: &str = "GET /v2/companies/64a000000000000000000001/members";

fn id(username: &str) -> RemoteId {
    RemoteId(username.to_owned())
}

fn role(name: &str) -> Value {
    let read_only = matches!(name, "USER" | "KEYHOLDER");
    json!({ "id": name, "name": name, "readOnly": read_only })
}

fn entry(username: &str, roles: &[&str]) -> Value {
    let roles = roles.iter().map(|it| role(it)).collect::<Vec<_>>();
    let email = format!("{username}@Example.org");
    json!({ "id": "1", "username": username, "email": email, "roles": roles })
}

/// Lists members, and then updates one of them.
async fn update(
    answers: &[(&str, u16, Value)],
    changed: &[&'static str],
    want: &str,
) -> (Vec<String>, Result<(), VendorError>) {
    let recorded = Recorded::of(answers).await;
    Member::list(&recorded.client).await.unwrap();
    let (want, step) = (spec::<MemberSpec>(want), Step::new());
    let update = Update {
        want: &want,
        changed,
        enable: false,
    };
    let done = Member::update(&recorded.client, &id("vera"), update, &step.applying()).await;
    (recorded.writes(), done)
}

#[tokio::test]
async fn members_are_listed_with_their_roles() {
    let members = json!([entry("vera", &["USER", "NETWORKVIEW"])]);
    let recorded = Recorded::of(&[(MEMBERS, 200, members)]).await;
    let rows = Member::list(&recorded.client).await.unwrap().rows;
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].id, id("vera"));
    assert_eq!(rows[0].key.to_string(), "email `vera@example.org`");
    let want = spec::<MemberSpec>("{ email: vera@example.org, roles: [NETWORKVIEW] }");
    let told = rows[0].spec.as_ref().unwrap().as_told(&want);
    assert_eq!(told.label(), "vera@example.org");
    assert!(format!("{told:?}").contains("NETWORKVIEW"), "{told:?}");
    assert_eq!(recorded.lines(), [format!("{MEMBERS}?pageSize=0")]);
}

#[tokio::test]
async fn roles_are_given_before_others_are_taken_and_fixed_ones_stay() {
    let members = json!([entry("vera", &["USER", "NETWORKVIEW"])]);
    let path = "/api/company/exampleco/memberships/vera/roles";
    let (give, take) = (
        format!("PUT {path}/NETWORKCONTROL"),
        format!("DELETE {path}/NETWORKVIEW"),
    );
    let answers = [
        (MEMBERS, 200, members),
        (give.as_str(), 200, Value::Null),
        (take.as_str(), 200, json!({})),
    ];
    let want = "{ email: vera@example.org, roles: [NETWORKCONTROL] }";
    let (writes, done) = update(&answers, &["roles"], want).await;
    done.unwrap();
    assert_eq!(writes, [give.clone(), take.clone()]);
}

#[tokio::test]
async fn a_role_that_is_held_already_is_done() {
    let give = "PUT /api/company/exampleco/memberships/vera/roles/NETWORKVIEW";
    let held = json!({ "error": { "message": "held", "status": 409 } });
    let answers = [
        (MEMBERS, 200, json!([entry("vera", &["USER"])])),
        (
            MEMBERS,
            200,
            json!([entry("vera", &["USER", "NETWORKVIEW"])]),
        ),
        (give, 409, held),
    ];
    let want = "{ email: vera@example.org, roles: [NETWORKVIEW] }";
    let (_, done) = update(&answers, &["roles"], want).await;
    done.unwrap();
}

#[tokio::test]
async fn a_conflict_over_anything_else_is_no_success() {
    let give = "PUT /api/company/exampleco/memberships/vera/roles/NETWORKVIEW";
    let inactive = json!({ "error": { "message": "not active", "status": 409 } });
    let answers = [
        (MEMBERS, 200, json!([entry("vera", &["USER"])])),
        (give, 409, inactive),
    ];
    let want = "{ email: vera@example.org, roles: [NETWORKVIEW] }";
    let (_, done) = update(&answers, &["roles"], want).await;
    assert_eq!(done.unwrap_err().cause, Cause::Refused);
}

#[tokio::test]
async fn a_role_that_is_gone_already_is_taken() {
    let answers = [
        (
            MEMBERS,
            200,
            json!([entry("vera", &["USER", "NETWORKVIEW"])]),
        ),
        (MEMBERS, 200, json!([entry("vera", &["USER"])])),
    ];
    let want = "{ email: vera@example.org, roles: [] }";
    let (_, done) = update(&answers, &["roles"], want).await;
    done.unwrap();
}

#[tokio::test]
async fn whoever_asked_to_join_is_accepted_before_roles_are_given() {
    let path = "/api/company/exampleco/memberships/vera";
    let (accept, give) = (
        format!("POST {path}"),
        format!("PUT {path}/roles/NETWORKVIEW"),
    );
    let answers = [
        (MEMBERS, 200, json!([])),
        (accept.as_str(), 200, Value::Null),
        (give.as_str(), 200, Value::Null),
    ];
    let want = "{ email: vera@example.org, membership: active, roles: [NETWORKVIEW] }";
    let (writes, done) = update(&answers, &["membership", "roles"], want).await;
    done.unwrap();
    let wanted = [format!(r#"{accept} {{"state":"ACTIVE"}}"#), give.clone()];
    assert_eq!(writes, wanted);
}

#[tokio::test]
async fn a_request_to_join_is_found_by_its_username() {
    let user =
        |state: &str| json!({ "username": "vera", "linkUserCompany": { US: { "state": state } } });
    let want = spec::<MemberSpec>("{ email: vera@example.org, membership: active }");
    for (state, shown, is_there) in [
        ("INACTIVE", "requested", true),
        ("ACTIVE", "active", true),
        ("DENIED", "denied", false),
        ("CANCELLED", "cancelled", false),
        ("FROZEN", "unknown", true),
    ] {
        let recorded = Recorded::of(&[("GET /api/user/vera", 200, user(state))]).await;
        let live = Member::read_for(
            &recorded.client,
            &id("vera"),
            Look {
                want: &want,
                values: false,
            },
        )
        .await;
        let Live::Active(live) = live.unwrap() else {
            panic!("{state}");
        };
        let links = Links::default();
        let mut fields = Fields::new(&links);
        live.list(&mut fields);
        let fields = fields.into_list();
        assert!(format!("{fields:?}").contains(shown), "{state}: {fields:?}");
        assert_eq!(live.untold(&want).len(), 1);
        let gone = Member::read(&recorded.client, &id("vera")).await.unwrap();
        assert_eq!(matches!(gone, Live::Active(_)), is_there, "{state}");
    }
}

#[tokio::test]
async fn whoever_never_asked_is_gone() {
    let elsewhere = json!({ "username": "vera", "linkUserCompany": {} });
    let recorded = Recorded::of(&[("GET /api/user/vera", 200, elsewhere)]).await;
    for username in ["vera", "nobody"] {
        let live = Member::read(&recorded.client, &id(username)).await.unwrap();
        assert!(matches!(live, Live::Gone), "{username}");
    }
}

#[tokio::test]
async fn nobody_without_a_name_is_removed_since_that_would_be_ourselves() {
    let recorded = Recorded::of(&[]).await;
    let step = Step::new();
    let done = Member::delete(&recorded.client, &id(""), &step.applying()).await;
    assert_eq!(done.unwrap_err().message, "no username is empty");
    assert!(recorded.writes().is_empty());
}

#[test]
fn power_follows_from_roles_and_membership() {
    let power = |text: &str| spec::<MemberSpec>(text).power(None);
    assert_eq!(power("{ email: a, roles: [ADMIN] }"), Power::Administrator);
    assert_eq!(
        power("{ email: a, roles: [KEYHOLDER] }"),
        Power::Administrator
    );
    assert_eq!(power("{ email: a, roles: [NETWORKCONTROL] }"), Power::Plain);
    assert_eq!(
        power("{ email: a, roles: [ADMIN], membership: denied }"),
        Power::Shut
    );
    let was = spec::<MemberSpec>("{ email: a, roles: [ADMIN], membership: active }");
    let after = |text: &str| spec::<MemberSpec>(text).power(Some(&was));
    assert_eq!(after("{ email: a }"), Power::Administrator);
    assert_eq!(after("{ email: a, roles: [] }"), Power::Plain);
}

#[test]
fn a_membership_is_one_of_three_words() {
    let error = decode::<MemberSpec>("{ email: a, membership: inactive }").unwrap_err();
    assert!(error.contains("`inactive`"), "{error}");
}
