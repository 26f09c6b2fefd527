//! What can be read and not changed: roles, companies, metros, facilities, prices; and the search.

use serde_json::{Value, json};

use super::super::testing::Asker;

fn filtered(path: &str, filter: &Value) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("filter", &filter.to_string())
        .finish();
    format!("{path}?{query}")
}

fn names(list: &Value) -> Vec<&str> {
    let rows = list.as_array().unwrap().iter();
    rows.map(|it| it["username"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn roles_say_what_they_allow() {
    let asker =
        Asker::with("roles: [{ name: VORTEX_ADMIN, display: Portal, flags: [ports-read] }]");
    let (status, list) = asker.get("/v2/admin/roles").await;
    assert_eq!(status, 200);
    let roles = list.as_array().unwrap();
    let role = |name: &str| roles.iter().find(|it| it["name"] == name).unwrap();
    assert_eq!(role("VORTEX_ADMIN")["permissions"]["ports-read"], true);
    assert_eq!(role("VORTEX_ADMIN")["id"], "64d000000000000000000006");
    assert_eq!(role("USER")["readOnly"], true);
    assert_eq!(role("NETWORKCONTROL")["displayOrder"], -299);
    assert_eq!(roles.len(), 6);
}

#[tokio::test]
async fn cloud_providers_are_found_by_a_filter_and_show_their_ports() {
    let asker = Asker::new();
    let filter = json!({ "where": { "isCloudProvider": true } });
    let (_, list) = asker.get(&filtered("/v2/companies", &filter)).await;
    assert_eq!(names(&list), ["cloudy"]);
    let ports = "/v2/companies/cloud-providers/64a000000000000000000004/ports";
    assert_eq!(asker.get(ports).await.1[0]["name"], "cloud-1");
    let regions = "/api/directConnectPartner/cloudy/regions";
    assert_eq!(asker.get(regions).await.1["results"][0]["name"], "cloud-1");
    let none = "/api/directConnectPartner/otherco/regions";
    assert_eq!(asker.get(none).await.0, 404);
}

#[tokio::test]
async fn a_filter_that_cannot_be_read_is_refused_in_the_shape_of_its_family() {
    let (status, said) = Asker::new().get("/v2/companies?filter={").await;
    assert_eq!((status, &said["error"]["name"]), (400, &json!("Error")));
}

#[tokio::test]
async fn a_new_company_has_a_user_name_made_of_its_name_and_is_not_verified() {
    let asker = Asker::new();
    let body =
        json!({ "name": "Ports & More, Ltd.", "company": { "businessType": "Data Center" } });
    let (status, made) = asker.put("/api/company", body.clone()).await;
    assert_eq!((status, &made["username"]), (200, &json!("ports-more-ltd")));
    assert_eq!(made["company"]["businessType"], "Data Center");
    assert_eq!(made["verified"], false);
    assert_eq!(asker.put("/api/company", body).await.0, 409);
    assert_eq!(asker.put("/api/company", json!({})).await.0, 400);
    let (_, me) = asker.get("/api/auth/token").await;
    assert_eq!(me["companies"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn facilities_are_listed_filtered_and_read() {
    let asker = Asker::new();
    let path = "/v2/data-center-facility";
    let filter = json!({ "where": { "name": { "like": "dc2", "options": "i" } } });
    let (_, list) = asker.get(&filtered(path, &filter)).await;
    assert_eq!(names(&list), ["example-dc2"]);
    let (_, one) = asker.get(&format!("{path}/64f000000000000000000001")).await;
    assert_eq!(
        one["dataCenterFacility"]["metroId"],
        "64f100000000000000000001"
    );
    assert_eq!(one["dataCenterFacility"]["ready"], true);
    let (status, said) = asker.get(&format!("{path}/64f000000000000000000009")).await;
    assert_eq!((status, &said["error"]["name"]), (404, &json!("Error")));
    let (_, places) = asker.get(&format!("{path}/locations")).await;
    assert_eq!(places, json!([{ "country": "PT", "city": "Example City" }]));
    let search = format!("{path}/search?criteria=%7B%22name%22:%22dc%22%7D&page=2&pageSize=1");
    assert_eq!(names(&asker.get(&search).await.1), ["example-dc2"]);
}

#[tokio::test]
async fn metros_are_read_by_id_and_counted_by_company() {
    let asker = Asker::new();
    let (_, metro) = asker.get("/api/metro/64f100000000000000000001").await;
    assert_eq!(metro["metro"]["code"], "EXC");
    let (status, said) = asker.get("/api/metro/64f100000000000000000009").await;
    assert_eq!((status, &said["error"]["status"]), (404, &json!(404)));
    let metros = |company: &str| format!("/api/company/{company}/metro?hasPort=true");
    let (_, present) = asker.get(&metros("exampleco")).await;
    let expected =
        json!([{ "city": "Example City", "count": 2, "country": "PT", "name": "Example City" }]);
    assert_eq!(present["results"], expected);
    assert_eq!(asker.get(&metros("newco")).await.1["results"], json!([]));
    let (_, capable) = asker.get("/api/company/exampleco/metro/capabilities").await;
    assert_eq!(
        capable["results"][0]["firstDataCenterFacilityId"],
        "64f000000000000000000001"
    );
}

#[tokio::test]
async fn a_price_is_told_where_there_is_one() {
    let asker = Asker::with("prices: { ports: { 1000: 250 }, connections: { GOLD: 1.5 } }");
    let path = "/api/pricing/calculate";
    let port = json!({ "dcf": "example-dc1", "speed": 1000 });
    let link = json!({ "bandwidth": 100, "classOfService": "GOLD", "duration": 1,
        "srcDcf": "example-dc1", "destDcf": "example-dc2" });
    let asked = json!({ "ports": [port], "connections": [link] });
    let (status, told) = asker.post(path, asked).await;
    let expected = json!({ "results": [
        { "type": "PORT", "entity": port, "price": 250.0 },
        { "type": "CONNECTION", "entity": link, "price": 150.0 },
    ] });
    assert_eq!((status, told), (200, expected));
    let none = json!({ "ports": [{ "dcf": "example-dc1", "speed": 10000 }] });
    assert_eq!(asker.post(path, none).await, (204, Value::Null));
    for wrong in [
        json!({ "ports": [{ "dcf": "nowhere", "speed": 1000 }] }),
        json!({ "ports": [{ "dcf": "example-dc1" }] }),
        json!({ "connections": "all" }),
    ] {
        let (status, said) = asker.post(path, wrong).await;
        assert_eq!((status, &said["code"]), (400, &json!(400)));
    }
}

#[tokio::test]
async fn the_search_finds_records_of_each_sort() {
    let asker = Asker::new();
    let find = async |query: &str| asker.get(&format!("/api/search?{query}")).await;
    let (_, found) = find("q=EXAMPLE&type=everything&page=1&count=9").await;
    assert_eq!(
        names(&found["results"]),
        ["exampleco", "example-dc1", "example-dc2"]
    );
    assert_eq!(found["items"]["companies"][0]["username"], "exampleco");
    let (_, found) = find("q=o&type=people&page=2&count=2").await;
    assert_eq!(names(&found["results"]), ["otto"]);
    assert!(found["results"][0].get("email").is_none());
    assert_eq!(find("q=o&type=people").await.0, 400);
    assert_eq!(find("q=o&type=things&page=1&count=2").await.0, 400);
}
