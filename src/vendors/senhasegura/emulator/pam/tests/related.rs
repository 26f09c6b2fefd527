//! Related users: no key of their own, no way back from being disabled.

use serde_json::{Value, json};

use super::super::super::testing::{Asker, column, refusal};
use crate::emulate::Emulator;

const RELATED: &str = "/api/user/related";

const WORLD: &str = "
users: [{ id: 2, user_name: ines }]
related_users:
  - { id: 3, username: ines, name: ines-adm }
  - { id: 4, username: ines, name: ines-old, disabled: true }
";

#[tokio::test]
async fn one_user_may_have_the_same_other_name_twice() {
    let asker = Asker::new(WORLD);
    let body = json!({ "username": "ines", "name": "ines-adm" });
    let (status, made) = asker.json("POST", RELATED, &body).await;
    assert_eq!((status, &made["relatedUsers"]["id"]), (200, &json!("5")));
    let (_, listed) = asker.get(RELATED).await;
    let names = column(&listed["relatedUsers"], "name");
    assert_eq!(names, ["ines-adm", "ines-adm"]);
}

#[tokio::test]
async fn an_update_wants_everything() {
    let asker = Asker::new(WORLD);
    let cases = [
        (json!({ "username": "ines", "name": "x" }), Some(1001)),
        (json!({ "id": 3, "name": "x" }), Some(1001)),
        (json!({ "id": 3, "username": "ines" }), Some(1001)),
        (
            json!({ "id": 3, "username": "nobody", "name": "x" }),
            Some(1005),
        ),
        (
            json!({ "id": 4, "username": "ines", "name": "x" }),
            Some(1005),
        ),
        (json!({ "id": 3, "username": "ines", "name": "x" }), None),
    ];
    for (body, number) in cases {
        let answer = asker.json("PUT", RELATED, &body).await;
        assert_eq!(refusal(&answer).1, number, "{body}");
    }
    let older = json!({ "username": "ines", "name": "y" });
    let (_, body) = asker.json("PUT", "/iso/user/related/3", &older).await;
    assert_eq!(body["relatedUsers"]["name"], "y");
}

#[tokio::test]
async fn a_disabled_one_is_gone_for_good() {
    let asker = Asker::new(WORLD);
    let path = format!("{RELATED}/3");
    let disable = async || refusal(&asker.json("DELETE", &path, &Value::Null).await);
    assert_eq!(disable().await, (200, None));
    assert_eq!(disable().await, (400, Some(1005)));
    assert_eq!(refusal(&asker.get(&path).await), (400, Some(1005)));
    let (_, listed) = asker.get(RELATED).await;
    assert_eq!(listed["relatedUsers"], json!([]));
}

#[tokio::test]
async fn it_follows_its_user() {
    let asker = Asker::new(WORLD);
    let user = "/iso/scim/v2/Users/2";
    let renamed = json!({ "userName": "ines.c" });
    asker.json("PATCH", user, &renamed).await;
    let (_, read) = asker.get(&format!("{RELATED}/3")).await;
    assert_eq!(read["relatedUsers"]["username"], "ines.c");
    asker.json("DELETE", user, &Value::Null).await;
    assert!(!asker.emulator.world_yaml().contains("related_users:"));
}
