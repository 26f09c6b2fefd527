//! Lists of secrets: the search over all safes and the list of a folder.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::super::call::Version;
use super::super::clock;
use super::super::desk::{Answer, Desk, Outcome};
use super::super::folder::{self, LONGEST_PATH};
use super::super::guid::Guid;
use super::super::refusal::Refusal;
use super::super::row::{Flag, Secret};
use super::show::{View, show};

/// What a search asks for.
struct Wanted {
    title: Option<String>,
    after: Option<String>,
    is_favorite: Option<bool>,
}

impl Wanted {
    /// Assumed: titles are compared without regard to case, and `afterDate` with the moment of the last change.
    fn read(desk: &Desk<'_>) -> Result<Self, Refusal> {
        let call = desk.call;
        let after = call.query("afterDate").map(|text| {
            let moment = clock::read(text);
            moment.ok_or_else(|| Refusal::bad("The parameter afterDate must be a date."))
        });
        Ok(Self {
            title: call.short("title", 256)?.map(str::to_lowercase),
            after: after.transpose()?,
            is_favorite: call.flag("favorite")?,
        })
    }

    fn has(&self, secret: &Secret, me: u64) -> bool {
        let title = self.title.as_ref();
        title.is_none_or(|title| *title == secret.title.to_lowercase())
            && self.after.as_ref().is_none_or(|it| secret.modified.on > *it)
            // Assumed: `favorite=false` is no filter.
            && (self.is_favorite != Some(true) || secret.favorites.contains(&me))
    }
}

/// Lists what the user may read in all safes, or in the folder at `path` or with `folderId`. Assumed: the folders in
/// that folder are not part of it, and a folder that is not there has no secrets.
pub(super) fn search(desk: &mut Desk<'_>, _: &[&str]) -> Outcome {
    desk.enter()?;
    let call = desk.call;
    let separator = folder::separator(desk)?;
    let path = call.short("path", LONGEST_PATH)?;
    let id = call.guid("folderId")?;
    let site = desk.site();
    let at_path = path.map(|path| site.tree.at(path, separator).map(|node| node.id));
    match (at_path, id) {
        (None, None) => page(desk, site.secrets.iter()),
        (Some(Some(at)), Some(id)) if at != id => page(desk, std::iter::empty()),
        (Some(Some(id)), _) | (None, Some(id)) => page(desk, site.secrets.of_folder(id)),
        (Some(None), _) => page(desk, std::iter::empty()),
    }
}

/// Lists the secrets of a folder.
pub(super) fn of_folder(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let folder = folder::find(desk, path[0])?.id;
    desk.demand(folder, Flag::Read)?;
    page(desk, desk.site().secrets.of_folder(folder))
}

/// Answers with one page. Assumed: `TotalCount` is the number before paging, and the list of a folder is wrapped
/// from the same version on as the search.
fn page<'a>(desk: &Desk<'_>, secrets: impl Iterator<Item = &'a Secret>) -> Outcome {
    let call = desk.call;
    let site = desk.site();
    let wanted = Wanted::read(desk)?;
    let (offset, limit) = call.page()?;
    let version = call.version();
    // The sources disagree on what happens without the parameter.
    let decrypt = call.flag("decrypt")?;
    let decrypt = decrypt.or(site.quirks.decrypt).unwrap_or(true);
    let view = View::List { decrypt };
    let mut folders: HashMap<Guid, Option<String>> = HashMap::new();
    let mut total = 0;
    let mut rows: Vec<Value> = Vec::new();
    for secret in secrets.filter(|secret| wanted.has(secret, desk.me)) {
        let path = folders.entry(secret.folder).or_insert_with(|| {
            let is_readable = site.may(desk.me, site.tree.root(secret.folder), Flag::Read);
            is_readable.then(|| site.tree.path(secret.folder))
        });
        let Some(path) = path else {
            continue;
        };
        if total >= offset && rows.len() < limit {
            rows.push(show(site, secret, path, view, version, desk.me));
        }
        total += 1;
    }
    if version >= Version::V32 {
        return Answer::ok(json!({ "TotalCount": total, "Data": rows }));
    }
    Answer::ok(Value::Array(rows))
}
