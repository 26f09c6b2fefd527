//! Connections between two companies, who must agree.

use serde_json::{Value, json};

use super::super::testing::{Asker, port};

const MINE: &str = "/api/v2/company/exampleco/connections";

/// A connection to the other company that was asked for.
struct Pair {
    asker: Asker,
    id: String,
}

impl Pair {
    async fn asked(destination: Value) -> Self {
        let asker = Asker::new();
        let body = json!({ "type": "LAYER2", "name": "to-other", "portId": port(1), "speed": 100,
            "destCompany": "otherco", "destPortId": destination });
        let (status, made) = asker.put(&format!("{MINE}/layer2"), body).await;
        assert_eq!((status, &made["status"]), (200, &json!("PENDING")));
        let id = made["id"].as_str().unwrap().to_owned();
        Self { asker, id }
    }

    /// One that both have agreed to.
    async fn agreed() -> Self {
        let pair = Self::asked(json!(port(3))).await;
        let (_, seen) = pair.theirs("PUT", "approve", Value::Null).await;
        assert_eq!(seen["status"], "ACCEPTED");
        pair.asker.settle();
        pair
    }

    fn path(&self, company: &str, action: &str) -> String {
        let version = match action {
            "" | "approve" | "reject" => "v2/",
            _ => "",
        };
        let path = format!("/api/{version}company/{company}/connections/{}", self.id);
        format!("{path}/{action}").trim_end_matches('/').to_owned()
    }

    /// What the company does that asked.
    async fn ours(&self, method: &str, action: &str, body: Value) -> (u16, Value) {
        let path = self.path("exampleco", action);
        self.asker.by("ops", method, &path, body).await
    }

    /// What the other company does.
    async fn theirs(&self, method: &str, action: &str, body: Value) -> (u16, Value) {
        let path = self.path("otherco", action);
        self.asker.by("otto", method, &path, body).await
    }
}

#[tokio::test]
async fn a_connection_to_another_company_waits_for_it() {
    let pair = Pair::asked(json!(port(3))).await;
    pair.asker.settle();
    let (_, seen) = pair.theirs("GET", "", Value::Null).await;
    let request = &seen["request"];
    assert_eq!(seen["status"], "PENDING");
    assert_eq!(
        (&request["srcApproval"], &request["destApproval"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(
        (&seen["isCreator"], &seen["isReceiver"]),
        (&json!(false), &json!(true))
    );
}

#[tokio::test]
async fn an_accepted_connection_comes_up_when_both_ports_are() {
    let pair = Pair::agreed().await;
    assert_eq!(
        pair.ours("GET", "", Value::Null).await.1["status"],
        "ACTIVE"
    );
}

#[tokio::test]
async fn a_connection_is_denied_by_the_other_and_cancelled_by_who_asked() {
    let denied = Pair::asked(json!(port(3))).await;
    assert_eq!(
        denied.theirs("PUT", "reject", Value::Null).await.1["status"],
        "DENIED"
    );
    assert_eq!(denied.theirs("PUT", "approve", Value::Null).await.0, 409);
    let cancelled = Pair::asked(json!(port(3))).await;
    assert_eq!(
        cancelled.ours("DELETE", "", Value::Null).await.1["status"],
        "CANCELLED"
    );
}

#[tokio::test]
async fn the_other_company_chooses_its_port_and_has_agreed_thereby() {
    let pair = Pair::asked(Value::Null).await;
    assert_eq!(pair.theirs("PUT", "approve", Value::Null).await.0, 409);
    let wrong = json!({ "destPortId": port(2) });
    assert_eq!(pair.theirs("POST", "", wrong).await.0, 400);
    let (_, seen) = pair
        .theirs("POST", "", json!({ "destPortId": port(3) }))
        .await;
    assert_eq!(seen["status"], "ACCEPTED");
}

#[tokio::test]
async fn another_speed_voids_the_approval_of_who_asked() {
    let pair = Pair::asked(json!(port(3))).await;
    let (_, seen) = pair.theirs("POST", "", json!({ "speed": 50 })).await;
    assert_eq!(
        (&seen["status"], &seen["speed"]["value"]),
        (&json!("PENDING"), &json!(50))
    );
    assert_eq!(seen["request"]["srcApproval"], false);
    assert_eq!(
        pair.ours("PUT", "approve", Value::Null).await.1["status"],
        "ACCEPTED"
    );
}

#[tokio::test]
async fn a_lower_speed_is_free_and_a_higher_one_needs_the_other() {
    let pair = Pair::agreed().await;
    assert_eq!(pair.ours("POST", "", json!({ "speed": 200 })).await.0, 409);
    assert_eq!(pair.ours("POST", "", json!({ "speed": 50 })).await.0, 200);
    pair.asker.settle();
    assert_eq!(
        pair.ours("GET", "", Value::Null).await.1["speed"]["value"],
        50
    );
}

#[tokio::test]
async fn a_change_request_is_carried_out_when_both_agree() {
    let pair = Pair::agreed().await;
    let (_, seen) = pair.ours("PUT", "change", json!({ "speed": 400 })).await;
    assert_eq!(seen["request"]["destApproval"], false);
    pair.asker.settle();
    let (_, seen) = pair.theirs("GET", "", Value::Null).await;
    assert_eq!(seen["speed"]["value"], 100);
    let (_, seen) = pair.theirs("PUT", "change/read", Value::Null).await;
    assert_eq!(seen["request"]["read"], true);
    assert_eq!(
        pair.theirs("PUT", "change/approve", Value::Null).await.0,
        200
    );
    pair.asker.settle();
    let (_, seen) = pair.ours("GET", "", Value::Null).await;
    assert_eq!(
        (&seen["speed"]["value"], &seen["request"]),
        (&json!(400), &Value::Null)
    );
}

#[tokio::test]
async fn a_modified_change_request_is_to_be_approved_anew() {
    let pair = Pair::agreed().await;
    pair.ours("PUT", "change", json!({ "speed": 400 })).await;
    let (_, seen) = pair.theirs("PUT", "change", json!({ "speed": 300 })).await;
    let request = &seen["request"];
    assert_eq!(
        (&request["srcApproval"], &request["destApproval"]),
        (&json!(false), &json!(true))
    );
}

#[tokio::test]
async fn a_change_request_is_withdrawn_by_who_asked_and_rejected_by_the_other() {
    for (is_ours, status) in [(true, "WITHDRAWN"), (false, "REJECTED")] {
        let pair = Pair::agreed().await;
        pair.ours("PUT", "change", json!({ "speed": 400 })).await;
        let (_, seen) = if is_ours {
            pair.ours("DELETE", "change", Value::Null).await
        } else {
            pair.theirs("DELETE", "change", Value::Null).await
        };
        assert_eq!(seen["request"]["status"], status);
        assert_eq!(pair.ours("DELETE", "change", Value::Null).await.0, 409);
        pair.asker.settle();
        assert_eq!(
            pair.ours("GET", "", Value::Null).await.1["speed"]["value"],
            100
        );
    }
}

#[tokio::test]
async fn a_group_keeps_its_speed() {
    let asker = Asker::with(&format!(
        "connections: [{{ company: exampleco, name: g, type: LAYER2_GROUP, speed: 10, port: {}, other_port: {} }}]",
        port(1),
        port(2)
    ));
    let path = format!("{MINE}/650000000000000000000001");
    assert_eq!(asker.post(&path, json!({ "speed": 5 })).await.0, 409);
    assert_eq!(asker.post(&path, json!({ "name": "h" })).await.0, 200);
}
