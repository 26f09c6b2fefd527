//! Secrets as a client sees them.

use serde_json::{Value, json};

use super::super::testing::Asker;

const FOLDER: &str = "00000000-0000-4000-8000-000000000002";
const SAFE: &str = "00000000-0000-4000-8000-000000000001";
const OTHER: &str = "00000000-0000-4000-8000-000000000003";

const WORLD: &str = "
groups: [{ name: ops }]
safes: [{ name: s, folders: [{ name: a }, { name: b }] }]
";

async fn asker() -> Asker {
    Asker::new(WORLD).await
}

fn credential() -> Value {
    json!({ "Title": "db", "Description": "d", "Username": "u", "Password": "p", "Notes": "n",
        "Urls": [{ "Id": "00000000-0000-0000-0000-000000000000", "Url": "https://db.example.org" }],
        "Owners": [{ "GroupId": 2 }, { "UserId": 1 }] })
}

/// The same with one member changed.
fn with(mut body: Value, name: &str, value: Value) -> Value {
    body[name] = value;
    body
}

async fn create(asker: &Asker, kind: &str, version: &str, sent: Value) -> (u16, Value) {
    let path = format!("Secrets-Safe/Folders/{FOLDER}/secrets{kind}?version={version}");
    asker.json("POST", &path, sent).await
}

fn path(made: &Value) -> String {
    format!("Secrets-Safe/Secrets/{}", made["Id"].as_str().unwrap())
}

#[tokio::test]
async fn each_version_shows_the_members_it_has() {
    let asker = asker().await;
    let (status, made) = create(&asker, "", "3.2", credential()).await;
    assert_eq!(status, 201, "{made}");
    assert_eq!(made["FolderPath"], "s/a");
    assert_eq!(made["Urls"][0]["CredentialId"], made["Id"]);
    let read = async |version: &str| {
        let path = format!("{}?version={version}", path(&made));
        asker.get(&path).await.1
    };
    assert_eq!(read("3.2").await, made);
    let group = json!({ "UserId": null, "GroupId": 2, "Name": "ops", "Email": null });
    assert_eq!(made["Owners"][0], group);
    let old = read("3.0").await;
    assert_eq!(
        old["Owners"][1],
        json!({ "OwnerId": 1, "Owner": "True Up", "Email": "trueup@example.org" })
    );
    assert_eq!(
        (&old["OwnerType"], &old["OwnerId"]),
        (&json!("Group"), &json!(2))
    );
    for (name, versions) in [
        ("IsFavorite", 2),
        ("SecretValueModifiedOn", 1),
        ("OwnerType", 0),
    ] {
        let newer = ["3.1", "3.2"];
        let mut seen = 0;
        for version in newer {
            seen += usize::from(read(version).await.get(name).is_some());
        }
        assert_eq!(seen, versions, "{name}");
    }
}

#[tokio::test]
async fn owners_are_sent_in_the_model_of_the_version() {
    let asker = asker().await;
    let old =
        json!({ "Title": "a", "Text": "x", "OwnerType": "User", "Owners": [{ "OwnerId": 1 }] });
    let group = json!({ "Title": "b", "Text": "x", "OwnerType": "group", "OwnerId": 2 });
    let new = json!({ "Title": "c", "Text": "x", "Owners": [{ "UserId": 1, "GroupId": 2 }] });
    let both = json!({ "Title": "d", "Text": "x", "OwnerType": "User", "Owners": [{ "OwnerId": 1, "UserId": 1 }] });
    let none = json!({ "Title": "e", "Text": "x" });
    let gone = json!({ "Title": "f", "Text": "x", "Owners": [{ "UserId": 99 }] });
    for (version, sent, status) in [
        ("3.1", &old, 400),
        ("3.0", &new, 400),
        ("3.0", &none, 400),
        ("3.1", &gone, 400),
        ("3.0", &old, 201),
        ("3.0", &group, 201),
        ("3.1", &new, 201),
        ("3.2", &both, 201),
        ("3.1", &none, 201),
    ] {
        let (seen, said) = create(&asker, "/text", version, sent.clone()).await;
        assert_eq!(seen, status, "{version} {sent}: {said}");
        if status == 400 && version == "3.1" && sent == &old {
            assert_eq!(said, json!({ "error": "Invalid OwnerType" }));
        }
    }
    let (_, found) = asker.get("Secrets-Safe/Secrets?version=3.1").await;
    let owners: Vec<_> = found
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (&it["Owners"][0]["UserId"], &it["Owners"][0]["GroupId"]))
        .collect();
    let (user, group) = ((&json!(1), &Value::Null), (&Value::Null, &json!(2)));
    assert_eq!(owners, [user, group, group, user, user]);
}

#[tokio::test]
async fn what_is_wrong_with_a_secret_is_told() {
    let asker = asker().await;
    assert_eq!(create(&asker, "", "3.1", credential()).await.0, 201);
    for (name, value, status) in [
        ("Title", json!("DB"), 409),
        ("Title", json!("x".repeat(257)), 400),
        ("Title", Value::Null, 400),
        ("Username", Value::Null, 400),
        ("Username", json!("x".repeat(1_001)), 400),
        ("Password", Value::Null, 400),
        ("Password", json!("x".repeat(257)), 400),
        ("Notes", json!("x".repeat(4_001)), 400),
        ("Urls", json!([{ "Url": "no url" }]), 400),
        ("Urls", json!("https://example.org"), 400),
    ] {
        let sent = with(credential(), name, value);
        let (seen, said) = create(&asker, "", "3.1", sent).await;
        assert_eq!(seen, status, "{name}");
        assert!(said["error"].is_string(), "{said}");
    }
    let long = json!({ "Title": "t", "Text": "x".repeat(4_097) });
    assert_eq!(create(&asker, "/text", "3.1", long).await.0, 400);
    let nowhere = format!("Secrets-Safe/Folders/{FOLDER}/secrets").replace("02/", "0f/");
    let said = asker.json("POST", &nowhere, credential()).await;
    assert_eq!(said, (404, json!({ "error": "Folder not found" })));
}

#[tokio::test]
async fn a_rule_makes_the_password_that_nobody_sent() {
    let asker = asker().await;
    let sent = with(
        with(credential(), "Password", json!("")),
        "PasswordRuleID",
        json!(0),
    );
    let (status, made) = create(&asker, "", "3.1", sent.clone()).await;
    assert_eq!(status, 201);
    assert_eq!(made["Password"].as_str().unwrap().len(), 12);
    assert!(made.get("PasswordRuleID").is_none());
    let unknown = with(sent, "PasswordRuleID", json!(7));
    assert_eq!(create(&asker, "", "3.1", unknown).await.0, 400);
}

#[tokio::test]
async fn an_update_replaces_the_whole_model() {
    let asker = asker().await;
    let (_, made) = create(&asker, "", "3.2", credential()).await;
    let sent = json!({ "Title": "DB", "Username": "u", "Password": "p" });
    let versioned = format!("{}?version=3.2", path(&made));
    let (status, changed) = asker.json("PUT", &versioned, sent.clone()).await;
    assert_eq!(status, 200);
    for name in ["Description", "Notes"] {
        assert_eq!(changed[name], Value::Null, "{name}");
    }
    assert_eq!(changed["Urls"], json!([]));
    assert_ne!(changed["ModifiedOn"], made["ModifiedOn"]);
    assert_eq!(
        changed["SecretValueModifiedOn"],
        made["SecretValueModifiedOn"]
    );
    let (_, again) = asker
        .json(
            "PUT",
            &versioned,
            with(sent.clone(), "Password", json!("q")),
        )
        .await;
    assert_eq!(again["SecretValueModifiedOn"], again["ModifiedOn"]);
    assert_eq!(
        asker
            .json("PUT", &versioned, json!({ "Title": "DB" }))
            .await
            .0,
        400
    );
    assert_eq!(
        asker
            .json("PUT", &format!("{}/text?version=3.2", path(&made)), sent)
            .await
            .0,
        400
    );
}

#[tokio::test]
async fn an_older_update_names_the_folder_and_moves_to_it() {
    let asker = asker().await;
    let (_, made) = create(&asker, "", "3.1", credential()).await;
    let put = |version: &str, sent: Value| {
        let path = format!("{}?version={version}", path(&made));
        let asker = &asker;
        async move { asker.json("PUT", &path, sent).await }
    };
    assert_eq!(put("3.1", credential()).await.0, 400);
    let elsewhere = with(credential(), "FolderId", json!(OTHER));
    assert_eq!(put("3.2", elsewhere.clone()).await.1["Folder"], "a");
    assert_eq!(put("3.1", elsewhere).await.1["Folder"], "b");
}

#[tokio::test]
async fn quirks_decide_where_the_sources_disagree() {
    let quirks = "quirks: { put_credential: 204, delete_secret: 204, post_secret_as_list: true, decrypt: false }";
    let asker = Asker::new(&format!("{quirks}{WORLD}")).await;
    let (_, made) = create(&asker, "", "3.2", credential()).await;
    let made = &made[0];
    let (_, found) = asker.get("Secrets-Safe/Secrets").await;
    assert_eq!(found[0]["Password"], Value::Null);
    let versioned = format!("{}?version=3.2", path(made));
    assert_eq!(
        asker.json("PUT", &versioned, credential()).await,
        (204, Value::Null)
    );
    assert_eq!(asker.delete(&path(made)).await, (204, Value::Null));
    let said = asker.get(&path(made)).await;
    assert_eq!(said, (404, json!({ "error": "Secret not found" })));
}

#[tokio::test]
async fn a_list_is_bare_or_a_page_by_version_and_shows_values_if_wanted() {
    let asker = asker().await;
    for title in ["c", "a", "b"] {
        let sent = json!({ "Title": title, "Text": "x" });
        assert_eq!(create(&asker, "/text", "3.1", sent).await.0, 201);
    }
    let titles = |rows: &Value| {
        let rows = rows.as_array().unwrap().iter();
        rows.map(|it| it["Title"].as_str().unwrap().to_owned())
            .collect::<String>()
    };
    for path in [
        "Secrets-Safe/Secrets".to_owned(),
        format!("Secrets-Safe/Folders/{FOLDER}/secrets"),
    ] {
        let (_, bare) = asker.get(&format!("{path}?version=3.1&limit=2")).await;
        assert_eq!(titles(&bare), "ab");
        let (_, page) = asker
            .get(&format!("{path}?version=3.2&limit=2&offset=2"))
            .await;
        assert_eq!(
            (&page["TotalCount"], titles(&page["Data"])),
            (&json!(3), "c".to_owned())
        );
        let (_, open) = asker.get(&format!("{path}?decrypt=True")).await;
        assert_eq!(
            (&open[0]["Password"], &open[0]["SecretType"]),
            (&json!("x"), &json!("Text"))
        );
        let (_, closed) = asker.get(&format!("{path}?decrypt=false")).await;
        assert_eq!(
            (&closed[0]["Password"], &closed[0]["Text"]),
            (&Value::Null, &Value::Null)
        );
    }
}

#[tokio::test]
async fn a_search_is_narrowed_by_what_it_names() {
    let asker = asker().await;
    let (_, made) = create(&asker, "", "3.1", credential()).await;
    let favorite = format!("{}/favorite", path(&made));
    assert_eq!(
        asker
            .json("PUT", &favorite, json!({ "Favorite": true }))
            .await
            .0,
        204
    );
    for (query, found) in [
        ("path=s/a&title=DB", 1),
        ("path=s|a&separator=|", 1),
        ("path=s", 0),
        ("path=s/b", 0),
        ("path=nowhere/a", 0),
        ("title=d", 0),
        ("favorite=true", 1),
        ("afterDate=2029-01-01T00:00:00Z", 1),
        ("afterDate=2031-01-01T00:00:00Z", 0),
        (&format!("folderId={FOLDER}"), 1),
        (&format!("folderId={OTHER}"), 0),
    ] {
        let (status, rows) = asker.get(&format!("Secrets-Safe/Secrets?{query}")).await;
        assert_eq!(
            (status, rows.as_array().unwrap().len()),
            (200, found),
            "{query}"
        );
    }
    assert_eq!(
        asker.get("Secrets-Safe/Secrets?afterDate=soon").await.0,
        400
    );
}

#[tokio::test]
async fn a_file_is_kept_byte_for_byte() {
    let asker = asker().await;
    let folder = format!("Secrets-Safe/Folders/{FOLDER}/secrets/file?version=3.2");
    let bytes = b"\x00\r\n--\xff";
    let metadata = json!({ "Title": "f", "FileName": "a.bin" });
    let made = asker.file("POST", &folder, &metadata, bytes).await;
    assert_eq!(made.status, 201);
    let made = made.body();
    assert_eq!(made["FileName"], "a.bin");
    assert!(made.get("Password").is_none());
    let path = path(&made);
    let loaded = async || {
        asker
            .typed("GET", &format!("{path}/file/download"), "", Vec::new())
            .await
    };
    let first = loaded().await;
    assert_eq!(first.bytes, bytes);
    assert_eq!(first.headers["content-type"], "application/octet-stream");
    assert_eq!(
        asker.get(&format!("{path}/file?version=3.2")).await,
        (200, made.clone())
    );
    let update = format!("{path}/file?version=3.2");
    let unnamed = json!({ "Title": "f" });
    assert_eq!(
        asker.file("PUT", &update, &unnamed, b"new").await.status,
        204
    );
    assert_eq!(loaded().await.bytes, b"new");
    let (_, changed) = asker.get(&format!("{path}/file?version=3.2")).await;
    assert_eq!(changed["FileName"], "part.bin");
    assert_ne!(changed["FileHash"], made["FileHash"]);
    assert_eq!(asker.file("PUT", &update, &unnamed, b"").await.status, 400);
    assert_eq!(asker.json("POST", &folder, metadata).await.0, 415);
}

#[tokio::test]
async fn a_file_without_its_metadata_names_the_parts_that_came() {
    let asker = asker().await;
    let folder = format!("Secrets-Safe/Folders/{FOLDER}/secrets/file");
    let body = b"--b\r\nContent-Disposition: form-data; name=\"files\"\r\n\r\nx\r\n--b--\r\n";
    let kind = "multipart/form-data; boundary=b";
    let answered = asker.typed("POST", &folder, kind, body.into()).await;
    assert_eq!(answered.status, 400);
    let said = answered.body()["error"].to_string();
    assert!(
        said.contains("secretmetadata") && said.contains("files"),
        "{said}"
    );
}

#[tokio::test]
async fn a_text_is_read_by_its_own_view_and_as_a_password() {
    let asker = asker().await;
    let (_, made) = create(&asker, "/text", "3.1", json!({ "Title": "t", "Text": "x" })).await;
    assert_eq!(made["Text"], "x");
    assert_eq!(asker.get(&path(&made)).await.1["Password"], "x");
    assert_eq!(asker.get(&format!("{}/file", path(&made))).await.0, 400);
}

#[tokio::test]
async fn a_retitled_secret_is_listed_once_and_leaves_its_title_free() {
    let asker = asker().await;
    let (_, made) = create(&asker, "", "3.2", credential()).await;
    let renamed = with(credential(), "Title", json!("other"));
    let versioned = format!("{}?version=3.2", path(&made));
    assert_eq!(asker.json("PUT", &versioned, renamed).await.0, 200);
    let (_, rows) = asker.get("Secrets-Safe/Secrets").await;
    assert_eq!(rows.as_array().unwrap().len(), 1);
    assert_eq!(create(&asker, "", "3.2", credential()).await.0, 201);
}

#[tokio::test]
async fn a_secret_that_moves_to_where_it_is_shared_is_there_itself() {
    let asker = asker().await;
    let (_, made) = create(&asker, "", "3.1", credential()).await;
    let shares = format!("{}/shares", path(&made));
    for folder in [OTHER, SAFE] {
        let share = format!("{shares}/{folder}");
        assert_eq!(asker.json("POST", &share, Value::Null).await.0, 201);
    }
    let elsewhere = with(credential(), "FolderId", json!(OTHER));
    let versioned = format!("{}?version=3.1", path(&made));
    assert_eq!(asker.json("PUT", &versioned, elsewhere).await.0, 200);
    assert_eq!(asker.get(&shares).await.1[0]["FolderId"], SAFE);
    let sent = json!({ "SecretIds": [made["Id"]], "DestinationFolderId": SAFE, "DuplicateNameAction": "Stop" });
    assert_eq!(
        asker.json("PUT", "Secrets-Safe/Secrets/move", sent).await.0,
        200
    );
    assert_eq!(asker.get(&shares).await.1, json!([]));
}

#[tokio::test]
async fn several_secrets_move_together() {
    let asker = asker().await;
    let (_, first) = create(&asker, "", "3.1", credential()).await;
    let (_, second) = create(&asker, "/text", "3.1", json!({ "Title": "t", "Text": "x" })).await;
    let there = format!("Secrets-Safe/Folders/{OTHER}/secrets/text?version=3.1");
    asker
        .json("POST", &there, json!({ "Title": "T", "Text": "y" }))
        .await;
    let nobody = "00000000-0000-4000-8000-00000000ffff";
    let sent = |action: &str| {
        json!({ "secretids": [first["Id"], second["Id"], nobody], "ShareIds": [],
        "DestinationFolderId": OTHER, "DuplicateNameAction": action })
    };
    let before = asker.world();
    assert_eq!(
        asker
            .json("PUT", "Secrets-Safe/Secrets/move", sent("Stop"))
            .await
            .0,
        409
    );
    assert_eq!(asker.world(), before);
    let (status, moved) = asker
        .json("PUT", "Secrets-Safe/Secrets/move", sent("rename"))
        .await;
    assert_eq!((status, &moved["SecretsMovedCount"]), (200, &json!(2)));
    assert_eq!(moved["SecretsNotFound"], json!([nobody]));
    let (_, rows) = asker.get("Secrets-Safe/Secrets?path=s/b").await;
    let titles: Vec<_> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["Title"])
        .collect();
    assert_eq!(titles, ["db", "T", "t (1)"]);
}

#[tokio::test]
async fn a_share_shows_a_secret_elsewhere_until_it_ends() {
    let asker = asker().await;
    let (_, made) = create(&asker, "", "3.1", credential()).await;
    let shares = format!("{}/shares", path(&made));
    let other = format!("{shares}/{OTHER}");
    let (status, share) = asker.json("POST", &other, Value::Null).await;
    let expected = json!({ "SecretId": made["Id"], "FolderId": OTHER, "FolderPath": "s/b", "SecretName": "db" });
    assert_eq!((status, &share), (201, &expected));
    assert_eq!(asker.get(&shares).await.1, json!([share]));
    assert_eq!(asker.json("POST", &other, Value::Null).await.0, 409);
    assert_eq!(
        asker
            .json("POST", &format!("{shares}/{FOLDER}"), Value::Null)
            .await
            .0,
        400
    );
    assert_eq!(asker.delete(&other).await.0, 204);
    assert_eq!(asker.delete(&other).await.0, 404);
    asker.json("POST", &other, Value::Null).await;
    assert_eq!(
        asker
            .delete(&format!("Secrets-Safe/Folders/{OTHER}"))
            .await
            .0,
        200
    );
    assert_eq!(asker.get(&shares).await.1, json!([]));
    assert_eq!(asker.delete(&shares).await.0, 204);
}
