//! Devices: created and updated by one call, and what becomes of what is on them.

use serde_json::{Value, json};

use super::super::super::testing::{Asker, column, refusal};
use super::{CREDENTIALS, DEVICES, KEYS, WORLD};

fn device(hostname: &str) -> Value {
    json!({
        "hostname": hostname, "ip": "192.0.2.9", "model": "m", "type": "t", "vendor": "v", "site": "s",
    })
}

#[tokio::test]
async fn a_known_hostname_is_updated_and_an_unknown_one_created() {
    let asker = Asker::new(WORLD);
    let (status, updated) = asker.json("POST", DEVICES, &device("db")).await;
    assert_eq!(status, 201);
    assert_eq!(updated["device"]["id"], "1");
    assert_eq!(updated["device"]["ip"], "192.0.2.9");
    // What was not sent stays.
    assert_eq!(updated["device"]["connectivities"], "RDP:3389, SSH:22");
    let (_, created) = asker.json("POST", DEVICES, &device("DB")).await;
    assert_eq!(created["device"]["id"], "3");
}

#[tokio::test]
async fn each_property_that_is_missing_has_a_number() {
    let asker = Asker::new(WORLD);
    let numbers = [
        ("hostname", 1004),
        ("ip", 1005),
        ("site", 1019),
        ("model", 1020),
        ("vendor", 1021),
        ("type", 1022),
    ];
    for (member, number) in numbers {
        let mut body = device("web");
        body[member] = "".into();
        let answer = asker.json("POST", DEVICES, &body).await;
        assert_eq!(refusal(&answer), (400, Some(number)), "{member}");
    }
}

#[tokio::test]
async fn a_domain_must_be_registered() {
    let asker = Asker::new(WORLD);
    let cases = [("corp,lab", None), ("corp,home", Some(1029)), ("", None)];
    for (domain, number) in cases {
        let mut body = device("web");
        body["device_domain"] = domain.into();
        let answer = asker.json("POST", DEVICES, &body).await;
        assert_eq!(refusal(&answer).1, number, "{domain}");
    }
}

#[tokio::test]
async fn a_device_is_found_by_id_or_hostname() {
    let asker = Asker::new(WORLD);
    for path in ["1", "db"] {
        let (_, body) = asker.get(&format!("{DEVICES}/{path}")).await;
        assert_eq!(body["device"]["hostname"], "db", "{path}");
    }
    let older = asker.get("/iso/pam/device/9").await;
    assert_eq!(refusal(&older), (400, Some(1011)));
}

#[tokio::test]
async fn a_disabled_device_takes_its_credentials_along_and_does_not_bring_them_back() {
    let asker = Asker::new(WORLD);
    let path = format!("{DEVICES}/1");
    let send = async |method| refusal(&asker.json(method, &path, &Value::Null).await);
    assert_eq!(send("DELETE").await, (200, None));
    assert_eq!(send("DELETE").await, (400, Some(1017)));
    assert_eq!(send("GET").await, (400, Some(1017)));
    let (_, listed) = asker.get(DEVICES).await;
    assert_eq!(column(&listed["devices"], "id"), [""; 0]);
    // Nothing is enabled while its device is not.
    let root = format!("{CREDENTIALS}/5");
    let early = asker.json("PUT", &root, &Value::Null).await;
    assert_eq!(refusal(&early), (400, Some(1011)));
    assert_eq!(send("PUT").await, (200, None));
    assert_eq!(send("PUT").await, (400, Some(1044)));
    let (_, listed) = asker.get(CREDENTIALS).await;
    assert_eq!(column(&listed["credentials"], "id"), [""; 0]);
    let key = asker.get(&format!("{KEYS}/8")).await;
    assert_eq!(refusal(&key), (400, Some(1017)));
    assert_eq!(asker.json("PUT", &root, &Value::Null).await.0, 200);
    let (_, listed) = asker.get(CREDENTIALS).await;
    assert_eq!(column(&listed["credentials"], "id"), ["5"]);
}

#[tokio::test]
async fn an_update_does_not_enable_a_device() {
    let asker = Asker::new(WORLD);
    let (status, body) = asker.json("POST", DEVICES, &device("off")).await;
    assert_eq!((status, &body["device"]["id"]), (201, &json!("2")));
    let read = asker.get(&format!("{DEVICES}/2")).await;
    assert_eq!(refusal(&read), (400, Some(1017)));
}
