//! Ports and ASNs: seen by everybody, changed by few.

use serde_json::{Value, json};

use super::super::testing::{Asker, port};

const PORTS: &str = "/api/company/exampleco/ports";

fn path(number: u8) -> String {
    format!("{PORTS}/{}", port(number))
}

/// Disables a port and waits until it is.
async fn disabled(asker: &Asker, number: u8) {
    let (status, seen) = asker
        .post(&format!("{}/disable", path(number)), Value::Null)
        .await;
    assert_eq!((status, &seen["status"]), (200, &json!("DISABLING")));
    asker.settle();
    assert_eq!(asker.get(&path(number)).await.1["status"], "DISABLED");
}

#[tokio::test]
async fn ports_are_seen_by_everybody_in_whatever_company() {
    let asker = Asker::new();
    for user in ["newcomer", "otto"] {
        let (status, list) = asker.by(user, "GET", PORTS, Value::Null).await;
        assert_eq!(status, 200, "{user}");
        assert_eq!(list["results"][0]["name"], "edge-1", "{user}");
        assert_eq!(asker.by(user, "GET", &path(1), Value::Null).await.0, 200);
    }
}

#[tokio::test]
async fn a_speed_comes_out_as_an_object() {
    let (_, seen) = Asker::new().get(&path(1)).await;
    assert_eq!(seen["speed"], json!({ "value": 1000, "name": "1000 Mbps" }));
    let capacity = json!({ "total": 1000, "utilised": 0, "remaining": 1000 });
    assert_eq!(seen["capacity"], capacity);
}

#[tokio::test]
async fn a_port_is_renamed_by_a_body_with_nothing_but_its_name() {
    let asker = Asker::new();
    let (status, seen) = asker.post(&path(1), json!({ "name": "edge-one" })).await;
    assert_eq!((status, &seen["name"]), (200, &json!("edge-one")));
    assert_eq!(seen["updatedAt"], "2030-05-02T09:30:01.000Z");
    assert_eq!(asker.post(&path(1), json!({ "name": "" })).await.0, 400);
}

#[tokio::test]
async fn names_of_ports_need_not_differ() {
    let asker = Asker::new();
    assert_eq!(
        asker.post(&path(1), json!({ "name": "edge-2" })).await.0,
        200
    );
}

#[tokio::test]
async fn an_asn_is_set_in_both_forms_and_taken_away_by_null() {
    let asker = Asker::new();
    for asn in [json!("64501"), json!({ "asn": "64501" }), json!(64501)] {
        let (status, seen) = asker.post(&path(1), json!({ "asn": asn })).await;
        assert_eq!((status, &seen["asn"]["asn"]), (200, &json!("64501")));
        let (_, seen) = asker.post(&path(1), json!({ "asn": null })).await;
        assert_eq!(seen["asn"], Value::Null);
    }
}

#[tokio::test]
async fn an_asn_must_be_the_company_s_and_verified() {
    let asker = Asker::new();
    let set = async |asn: &str| asker.post(&path(1), json!({ "asn": asn })).await.0;
    assert_eq!(set("64999").await, 400);
    assert_eq!(set("none").await, 400);
    assert_eq!(set("64502").await, 409);
    let verify = json!({ "company": "exampleco", "asn": 64502 });
    asker.command("verify_asn", verify).unwrap();
    assert_eq!(set("64502").await, 200);
}

#[tokio::test]
async fn a_port_must_be_disabled_before_it_is_deleted() {
    let asker = Asker::new();
    let (status, said) = asker.delete(&path(1)).await;
    assert_eq!((status, &said["error"]["statusCode"]), (409, &json!(409)));
    disabled(&asker, 1).await;
    assert_eq!(asker.delete(&path(1)).await, (200, Value::Null));
    assert_eq!(asker.get(&path(1)).await.1["status"], "DELETING");
    asker.settle();
    let (status, gone) = asker.get(&path(1)).await;
    assert_eq!(
        (status, &gone["status"], &gone["deleted"]),
        (200, &json!("DELETED"), &json!(true))
    );
    assert_eq!(asker.post(&path(1), json!({ "name": "n" })).await.0, 409);
}

#[tokio::test]
async fn deleted_ports_are_listed_unless_they_are_not_wanted() {
    let asker = Asker::new();
    disabled(&asker, 1).await;
    asker.delete(&path(1)).await;
    asker.settle();
    let count = async |query: &str| {
        let (_, list) = asker.get(&format!("{PORTS}{query}")).await;
        list["results"].as_array().unwrap().len()
    };
    assert_eq!(count("").await, 2);
    assert_eq!(count("?deleted=true").await, 2);
    assert_eq!(count("?deleted=false").await, 1);
}

#[tokio::test]
async fn a_port_is_disabled_and_enabled_and_doing_so_twice_changes_nothing() {
    let asker = Asker::new();
    let act = async |action: &str| {
        let path = format!("{}/{action}", path(1));
        asker.post(&path, Value::Null).await.1["status"].clone()
    };
    assert_eq!(act("active").await, "ACTIVE");
    assert_eq!(act("disable").await, "DISABLING");
    asker.settle();
    assert_eq!(act("disable").await, "DISABLED");
    assert_eq!(act("active").await, "ACTIVATING");
    assert_eq!(act("active").await, "ACTIVATING");
    let refused = asker
        .post(&format!("{}/disable", path(1)), Value::Null)
        .await;
    assert_eq!(refused.0, 409);
    asker.command("advance", json!({ "id": port(1) })).unwrap();
    assert_eq!(asker.get(&path(1)).await.1["status"], "ACTIVE");
    assert_eq!(
        asker
            .post(&format!("{}/sleep", path(1)), Value::Null)
            .await
            .0,
        404
    );
}

#[tokio::test]
async fn a_port_moves_while_it_is_watched() {
    let asker = Asker::with("settles_after: 1");
    asker
        .post(&format!("{}/disable", path(1)), Value::Null)
        .await;
    let mut seen = Vec::new();
    for _ in 0..3 {
        // A list shows the port as well.
        let (_, list) = asker.get(PORTS).await;
        seen.push(list["results"][0]["status"].clone());
    }
    assert_eq!(seen, ["DISABLING", "DISABLED", "DISABLED"]);
}

#[tokio::test]
async fn a_frozen_world_does_not_move_until_it_is_thawed() {
    let asker = Asker::with("settles_after: 0");
    asker.command("pace", json!({})).unwrap();
    asker
        .post(&format!("{}/disable", path(1)), Value::Null)
        .await;
    assert_eq!(asker.get(&path(1)).await.1["status"], "DISABLING");
    assert_eq!(asker.get(&path(1)).await.1["status"], "DISABLING");
    asker
        .command("pace", json!({ "settles_after": 0 }))
        .unwrap();
    assert_eq!(asker.get(&path(1)).await.1["status"], "DISABLED");
}

#[tokio::test]
async fn the_port_of_another_company_is_refused_and_an_unknown_one_is_not_found() {
    let asker = Asker::new();
    let (status, said) = asker.post(&path(3), json!({ "name": "mine" })).await;
    assert_eq!(status, 401);
    assert!(said["error"]["accessRequests"].is_array());
    assert_eq!(asker.post(&path(9), json!({ "name": "n" })).await.0, 404);
    assert_eq!(asker.get(&format!("{PORTS}/edge-1")).await.0, 404);
    assert_eq!(asker.get(&path(3)).await.0, 404);
    let viewer = asker
        .by("vera", "POST", &path(1), json!({ "name": "n" }))
        .await;
    assert_eq!(viewer.0, 401);
}

#[tokio::test]
async fn a_port_with_connections_can_be_disabled_and_not_deleted() {
    let asker = Asker::with(&format!(
        "connections: [{{ company: exampleco, name: c, speed: 10, port: {}, other_port: {} }}]",
        port(1),
        port(2)
    ));
    disabled(&asker, 1).await;
    assert_eq!(asker.delete(&path(1)).await.0, 409);
    let (_, list) = asker.get(&format!("{}/connections", path(1))).await;
    let connection = &list["results"][0];
    assert_eq!(connection["status"], "ACTIVE");
    let id = connection["id"].as_str().unwrap();
    let gone = format!("/api/v2/company/exampleco/connections/{id}");
    assert_eq!(asker.delete(&gone).await.0, 200);
    asker.settle();
    assert_eq!(asker.delete(&path(1)).await.0, 200);
}

#[tokio::test]
async fn a_number_waits_for_its_verification_unless_it_is_private() {
    let asker = Asker::new();
    let put = async |number: &str| {
        let path = format!("/api/company/exampleco/asns/{number}");
        let (status, seen) = asker.put(&path, Value::Null).await;
        (status, seen["status"].clone())
    };
    assert_eq!(put("64500").await, (200, json!("UNVERIFIED")));
    assert_eq!(put("64500").await.0, 409);
    assert_eq!(put("4200000000").await, (200, json!("PRIVATE")));
    for number in ["65515", "65520", "0", "4294967296", "AS1"] {
        assert_eq!(put(number).await.0, 400, "{number}");
    }
}

#[tokio::test]
async fn a_number_in_use_is_not_deleted() {
    let asker = Asker::new();
    let asn = "/api/company/exampleco/asns/64501";
    asker.post(&path(1), json!({ "asn": "64501" })).await;
    let (status, said) = asker.delete(asn).await;
    assert_eq!((status, &said["error"]["statusCode"]), (403, &json!(403)));
    asker.post(&path(1), json!({ "asn": null })).await;
    assert_eq!(asker.delete(asn).await, (200, json!({})));
    assert_eq!(asker.get(asn).await.0, 404);
    assert_eq!(asker.delete(asn).await.0, 404);
}

#[tokio::test]
async fn numbers_are_seen_by_everybody_and_changed_by_network_administrators() {
    let asker = Asker::new();
    let path = "/api/company/exampleco/asns";
    let (_, list) = asker.by("otto", "GET", path, Value::Null).await;
    assert_eq!(list["results"].as_array().unwrap().len(), 2);
    let refused = asker
        .by("vera", "PUT", &format!("{path}/64500"), Value::Null)
        .await;
    assert_eq!(refused.0, 401);
}
