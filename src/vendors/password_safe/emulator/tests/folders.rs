//! Safes and folders: made, found, moved and deleted.

use serde_json::{Value, json};

use super::super::testing::Asker;

/// Two safes, of which one has folders.
const WORLD: &str = "
safes:
- name: ops
  folders:
  - name: db
    folders: [{ name: prod }]
    secrets: [{ title: t, text: x }]
  - { name: web }
- name: lab
  folders: [{ name: DB }]
";

async fn id(asker: &Asker, path: &str) -> String {
    let path = format!("Secrets-Safe/Folders?FolderPath={path}&includesubfolders=False");
    let (_, body) = asker.get(&path).await;
    body[0]["Id"].as_str().unwrap().to_owned()
}

fn names(body: &Value) -> Vec<&str> {
    let rows = body.as_array().unwrap().iter();
    rows.map(|row| row["Name"].as_str().unwrap()).collect()
}

async fn listed(asker: &Asker, query: &str) -> String {
    let (status, body) = asker.get(&format!("Secrets-Safe/Folders?{query}")).await;
    assert_eq!(status, 200, "{query}: {body}");
    names(&body).join(" ")
}

#[tokio::test]
async fn a_safe_is_made_read_renamed_and_deleted() {
    let asker = Asker::new(WORLD).await;
    let safes = "Secrets-Safe/Safes";
    let sent = json!({ "Name": "new", "Description": "d", "FolderType": "SAFE" });
    let (status, made) = asker.json("POST", safes, sent).await;
    assert_eq!(status, 201);
    let path = format!("{safes}/{}", made["Id"].as_str().unwrap());
    assert_eq!(asker.get(&path).await, (200, made));
    let (status, said) = asker.json("PUT", &path, json!({ "Name": "OPS" })).await;
    assert_eq!(
        (status, said),
        (409, json!({ "error": "Safe name already exists" }))
    );
    let renamed = asker.json("PUT", &path, json!({ "Name": "New" })).await;
    assert_eq!(renamed, (204, Value::Null));
    let (_, read) = asker.get(&path).await;
    assert_eq!(
        (&read["Name"], &read["Description"]),
        (&json!("New"), &Value::Null)
    );
    assert_eq!(names(&asker.get(safes).await.1), ["lab", "New", "ops"]);
    assert_eq!(asker.delete(&path).await.0, 204);
    let gone = json!({ "error": "Safe not found" });
    assert_eq!(asker.get(&path).await, (404, gone));
}

#[tokio::test]
async fn what_is_not_empty_is_not_deleted() {
    let asker = Asker::new(WORLD).await;
    let ops = id(&asker, "ops").await;
    assert_eq!(
        asker.delete(&format!("Secrets-Safe/Safes/{ops}")).await.0,
        409
    );
    for path in ["ops/db", "OPS/DB"] {
        let path = format!("Secrets-Safe/Folders/{}", id(&asker, path).await);
        assert_eq!(asker.delete(&path).await.0, 409);
    }
    let empty = id(&asker, "ops/web").await;
    assert_eq!(
        asker
            .delete(&format!("Secrets-Safe/Folders/{empty}"))
            .await
            .0,
        200
    );
    assert_eq!(listed(&asker, "FolderName=web").await, "");
}

#[tokio::test]
async fn filters_and_pages_narrow_the_list_of_folders() {
    let asker = Asker::new(WORLD).await;
    for (query, expected) in [
        ("", "db DB lab ops prod web"),
        ("foldername=D", "db DB prod"),
        ("FolderPath=ops", "db ops prod web"),
        ("FolderPath=ops|db&Separator=|", "db prod"),
        ("FolderPath=ops/db&IncludeSubfolders=False", "db"),
        ("FolderPath=nowhere", ""),
        ("RootOnly=true", "lab ops"),
        ("limit=2&offset=1", "DB lab"),
        ("offset=5", "web"),
    ] {
        assert_eq!(listed(&asker, query).await, expected, "{query}");
    }
    for query in ["limit=0", "offset=-1", "RootOnly=maybe", "Separator=ab"] {
        let (status, _) = asker.get(&format!("Secrets-Safe/Folders?{query}")).await;
        assert_eq!(status, 400, "{query}");
    }
}

#[tokio::test]
async fn a_folder_needs_a_name_that_its_parent_has_not() {
    let asker = Asker::new(WORLD).await;
    let ops = id(&asker, "ops").await;
    let zero = "00000000-0000-0000-0000-000000000000";
    let nobody = "00000000-0000-4000-8000-00000000ffff";
    for (sent, status) in [
        (json!({ "Name": "Web", "ParentId": ops }), 409),
        (json!({ "Name": "x", "ParentId": zero }), 400),
        (json!({ "Name": "x", "ParentId": nobody }), 404),
        (json!({ "Name": " ", "ParentId": ops }), 400),
        (json!({ "Name": "x".repeat(257), "ParentId": ops }), 400),
        (
            json!({ "name": "x", "parentid": ops, "UserGroupId": null }),
            201,
        ),
    ] {
        let said = asker
            .json("POST", "secrets-safe/folders/", sent.clone())
            .await;
        assert_eq!(said.0, status, "{sent}: {}", said.1);
    }
}

#[tokio::test]
async fn there_are_seven_levels() {
    let asker = Asker::new(WORLD).await;
    let mut parent = id(&asker, "ops").await;
    for level in 2..=8 {
        let sent = json!({ "Name": "l", "ParentId": parent });
        let (status, made) = asker.json("POST", "Secrets-Safe/Folders", sent).await;
        assert_eq!(status, if level > 7 { 400 } else { 201 }, "level {level}");
        parent = made["Id"].as_str().unwrap_or_default().to_owned();
    }
}

#[tokio::test]
async fn a_move_makes_no_more_levels_than_there_are() {
    let deep = "safes: [{ name: a, folders: [{ name: b, folders: [{ name: c, folders: [{ name: d }] }] }] },
        { name: s, folders: [{ name: t, folders: [{ name: u, folders: [{ name: v }] }] }] }]";
    let asker = Asker::new(deep).await;
    assert_eq!(move_folder(&asker, "a/b", "s/t/u/v", "Stop").await.0, 200);
    let asker = Asker::new(&deep.replace("name: d", "name: d, folders: [{ name: e }]")).await;
    assert_eq!(move_folder(&asker, "a/b", "s/t/u/v", "Stop").await.0, 400);
}

#[tokio::test]
async fn a_folder_update_clears_the_description_and_leaves_the_parent() {
    let asker =
        Asker::new("safes: [{ name: s, folders: [{ name: f, description: d }] }, { name: t }]")
            .await;
    let (folder, other) = (id(&asker, "s/f").await, id(&asker, "t").await);
    let sent = json!({ "Name": "g", "ParentId": other });
    let (status, body) = asker
        .json("PUT", &format!("Secrets-Safe/Folders/{folder}"), sent)
        .await;
    assert_eq!(status, 200);
    assert_eq!(body["Description"], Value::Null);
    assert_eq!(body["ParentId"], json!(id(&asker, "s").await));
    assert_eq!(id(&asker, "s/g").await, folder);
}

async fn move_folder(asker: &Asker, from: &str, to: &str, action: &str) -> (u16, Value) {
    let path = format!("Secrets-Safe/Folders/{}/Move", id(asker, from).await);
    let to = id(asker, to).await;
    let sent = json!({ "DestinationFolderId": to, "DuplicateNameAction": action });
    asker.json("PUT", &path, sent).await
}

#[tokio::test]
async fn a_moved_folder_takes_along_what_is_in_it() {
    let asker = Asker::new(WORLD).await;
    let (status, moved) = move_folder(&asker, "ops/db", "ops/web", "stop").await;
    assert_eq!(status, 200, "{moved}");
    let counts = ["FolderCount", "SecretCount", "ShareCount"].map(|it| moved[it].clone());
    assert_eq!(counts, [json!(2), json!(1), json!(0)]);
    assert_eq!(listed(&asker, "FolderPath=ops/web").await, "db prod web");
    let path = "Secrets-Safe/Secrets?path=ops/web/db";
    assert_eq!(asker.get(path).await.1[0]["FolderPath"], "ops/web/db");
}

#[tokio::test]
async fn a_taken_name_stops_renames_or_skips_a_move() {
    let asker = Asker::new(WORLD).await;
    let before = asker.world();
    assert_eq!(move_folder(&asker, "ops/db", "lab", "Stop").await.0, 409);
    let (status, skipped) = move_folder(&asker, "ops/db", "lab", "SKIP").await;
    assert_eq!((status, &skipped["FolderCount"]), (200, &json!(0)));
    assert_eq!(asker.world(), before);
    let (_, renamed) = move_folder(&asker, "ops/db", "lab", "Rename").await;
    assert_eq!(renamed["NewFolderName"], "db (1)");
    assert_eq!(
        listed(&asker, "FolderPath=lab/db%20(1)").await,
        "db (1) prod"
    );
}

#[tokio::test]
async fn a_folder_is_never_moved_into_itself() {
    let asker = Asker::new(WORLD).await;
    assert_eq!(
        move_folder(&asker, "ops/db", "ops/db/prod", "Stop").await.0,
        400
    );
    assert_eq!(move_folder(&asker, "ops/db", "ops/db", "Stop").await.0, 400);
    assert_eq!(move_folder(&asker, "ops/db", "lab", "Guess").await.0, 400);
}

#[tokio::test]
async fn favourites_are_of_whom_they_are() {
    let asker = Asker::new(WORLD).await;
    let folder = id(&asker, "ops/web").await;
    let path = format!("Secrets-Safe/Folders/{folder}");
    let sent = json!({ "Favorite": true });
    assert_eq!(
        asker.json("PUT", &format!("{path}/favorite"), sent).await.0,
        204
    );
    assert_eq!(asker.get(&path).await.1["IsFavorite"], true);
    let mut other = asker;
    other.sign_in(&other.key("trueup-app")).await;
    assert_eq!(other.get(&path).await.1["IsFavorite"], false);
}
