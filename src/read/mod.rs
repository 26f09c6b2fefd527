//! Reads live state: lists first, then one by one only what is declared and was not listed whole.

mod picture;
mod source;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::StreamExt;
use tokio::sync::{Semaphore, SetOnce};

use jiff::civil::Date;

use crate::ledger::Ledger;
use crate::model::address::{Address, KindId, RemoteId};
use crate::model::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::error::VendorError;
use crate::model::kind::{Kind, Live, Look, Row, Spec};
use crate::model::progress::{Progress, Watch};
use crate::model::reference::{Linked, Links};
use crate::model::resource::{Content, Desired, Hold, Manage, Observed, Ownership};
use crate::pair::{Pairing, pair};
use crate::plan::Incomplete;
pub(crate) use source::Source;

const ID_NOT_FOUND: Code = Code("id-not-found");

/// What reading is bounded by and whom it tells.
pub(crate) struct Reading {
    /// The day on which declarations are judged to have expired.
    pub today: Date,
    /// Requests under way at once at one vendor.
    pub parallelism: usize,
    pub slots: Semaphore,
    pub watch: Watch,
    /// What is remembered of the workspace's resources.
    pub ledger: Arc<Ledger>,
    /// Whether what is as declared is to be remembered, too.
    pub is_recorded: bool,
    /// What is read one by one, if not everything is that is declared.
    pub only: Option<Arc<BTreeSet<Address>>>,
    /// The kinds that anything needs to know about; others are not read.
    pub kinds: Arc<BTreeSet<KindId>>,
}

/// Who is who among the objects of one vendor that natural keys speak of, as far as they are paired.
pub(crate) struct Keys {
    /// The kinds that keys speak of, and whether they could be paired.
    kinds: BTreeMap<KindId, SetOnce<bool>>,
    links: Mutex<Links>,
}

impl Keys {
    /// Expects that each of these kinds is read and so comes to be [`Keys::settle`]d.
    pub(crate) fn of(kinds: impl Iterator<Item = KindId>) -> Self {
        Self {
            kinds: kinds.map(|kind| (kind, SetOnce::new())).collect(),
            links: Mutex::default(),
        }
    }

    /// Waits until what the keys of a kind speak of is paired. Its name, if it could not be.
    async fn wait<K: Kind>(&self) -> Result<(), KindId> {
        for kind in K::KEYED_BY.iter().filter(|kind| **kind != K::ID) {
            if let Some(paired) = self.kinds.get(kind)
                && !*paired.wait().await
            {
                return Err(*kind);
            }
        }
        Ok(())
    }

    /// Lets those go on that wait for this kind.
    fn settle(&self, kind: KindId, paired: bool) {
        if let Some(waited_for) = self.kinds.get(&kind) {
            waited_for.set(paired).ok();
        }
    }

    fn links(&self) -> MutexGuard<'_, Links> {
        self.links.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One kind, read: who is who, and what is live.
pub(crate) struct Pairs<K: Kind> {
    pub source: Source<K>,
    pub ownership: Ownership,
    pub today: Date,
    pub matched: Vec<(Desired<K>, Observed<K>)>,
    pub missing: Vec<Desired<K>>,
    /// Ours, and no longer declared: by the address that each had.
    pub orphans: Vec<(Address, Hold, Observed<K>)>,
    pub strangers: Vec<Observed<K>>,
    /// What some of the missing start as once they are created, since their vendor makes them of something that is there.
    pub origins: BTreeMap<Address, K::Spec>,
    /// Declared, and nobody knows what is live, since the list could not be read.
    pub unread: Vec<Desired<K>>,
    /// Declared and known by id and label, though it could not be read what they are like.
    pub unopened: Vec<(Desired<K>, RemoteId, String)>,
    /// What was asked for by an id that no list shows, and is there.
    pub unlisted: BTreeSet<RemoteId>,
    /// What was asked for and is not there any more.
    pub gone: BTreeSet<RemoteId>,
    /// Whether the list was read to its end.
    pub is_listed: bool,
    /// How many objects the list held.
    pub live: usize,
    /// How many are remembered by an id, and how many of those the list does not show.
    pub remembered: usize,
    pub lost: usize,
    /// What is remembered of the workspace's resources.
    pub ledger: Arc<Ledger>,
    /// Whether what is as declared is to be remembered.
    pub is_recorded: bool,
    pub incomplete: Vec<Incomplete>,
    pub diagnostics: Diagnostics,
}

/// Reads one kind.
pub(crate) async fn read<K: Kind>(
    source: Source<K>,
    desired: Vec<Desired<K>>,
    ownership: Ownership,
    reading: &Reading,
    keys: &Keys,
) -> Pairs<K> {
    let mut pairs = Pairs {
        source,
        ownership,
        today: reading.today,
        matched: Vec::new(),
        missing: Vec::new(),
        orphans: Vec::new(),
        strangers: Vec::new(),
        origins: BTreeMap::new(),
        unread: Vec::new(),
        unopened: Vec::new(),
        unlisted: BTreeSet::new(),
        gone: BTreeSet::new(),
        is_listed: false,
        live: 0,
        remembered: 0,
        lost: 0,
        ledger: Arc::clone(&reading.ledger),
        is_recorded: reading.is_recorded,
        incomplete: Vec::new(),
        diagnostics: Diagnostics::default(),
    };
    if !reading.kinds.contains(&K::ID) {
        keys.settle(K::ID, true);
        return pairs;
    }
    let rows = match list::<K>(&pairs.source, &desired, keys).await {
        Ok(rows) => rows,
        Err(error) => {
            keys.settle(K::ID, false);
            pairs.incomplete.push(unread(K::ID.to_string(), error));
            pairs.unread = desired;
            return pairs;
        }
    };
    pairs.live = rows.len();
    let listed = rows.iter().map(|row| &row.id).collect::<HashSet<_>>();
    let remembered = reading.ledger.ids(K::ID).collect::<Vec<_>>();
    pairs.remembered = remembered.len();
    pairs.lost = remembered.iter().filter(|id| !listed.contains(*id)).count();
    pairs.is_listed = true;
    for desired in &desired {
        pairs.check(desired).await;
    }

    let Pairing {
        matched,
        unlisted,
        missing,
        orphans,
        strangers,
    } = pair(
        desired,
        rows,
        &reading.ledger,
        &mut keys.links(),
        keys.kinds.contains_key(&K::ID),
        &mut pairs.diagnostics,
    );
    keys.settle(K::ID, true);
    pairs.missing = missing;
    let known = |row| pairs.source.observed(not_read(row));
    let orphans = orphans
        .into_iter()
        .map(|(address, hold, row)| (address, hold, known(row)))
        .collect();
    let strangers = strangers.into_iter().map(known).collect();
    (pairs.orphans, pairs.strangers) = (orphans, strangers);

    let mut whole = Vec::new();
    let mut to_read = Vec::new();
    for (desired, row) in matched {
        let is_asked = reading.only.as_ref();
        let is_asked = is_asked.is_none_or(|only| only.contains(&desired.address));
        match row.spec {
            Some(_) if !desired.meta.reads_values => whole.push((desired, not_read(row))),
            Some(_) | None if !is_asked => whole.push((desired, not_read(row))),
            Some(_) | None => to_read.push((desired, Asked::Row(row))),
        }
    }
    to_read.extend(
        unlisted
            .into_iter()
            .map(|(desired, id)| (desired, Asked::Unlisted(id))),
    );
    pairs.matched = whole;
    let client = match &pairs.source {
        Source::Vendor(client) => Arc::clone(client),
        Source::Snapshot(picture) => {
            let picture = Arc::clone(picture);
            pairs.look_up(&picture, to_read, keys);
            return pairs;
        }
    };
    (reading.watch)(Progress::ToRead(to_read.len()));

    let client = &*client;
    let answers = futures_util::stream::iter(to_read)
        .map(|(desired, asked)| async move {
            let slot = reading.slots.acquire().await;
            let is_absent = desired.meta.presence.is_absent_on(reading.today);
            let look = Look {
                want: &desired.spec,
                values: desired.meta.reads_values && !is_absent,
            };
            let live = K::read_for(client, asked.id(), look).await;
            drop(slot);
            (reading.watch)(Progress::Read);
            (desired, asked, live)
        })
        .buffered(reading.parallelism)
        .collect::<Vec<_>>()
        .await;
    for (desired, asked, live) in answers {
        pairs.take(desired, asked, live, keys);
    }
    pairs.read_origins(keys).await;
    pairs
}

/// Lists a kind, and waits until it is known whom the keys of its objects speak of.
async fn list<K: Kind>(
    source: &Source<K>,
    desired: &[Desired<K>],
    keys: &Keys,
) -> Result<Vec<Row<K>>, VendorError> {
    let rows = match source {
        Source::Vendor(client) => {
            let wants = desired.iter().map(|it| &it.spec).collect::<Vec<_>>();
            K::list_for(client, &wants).await?.whole()?
        }
        Source::Snapshot(picture) => picture.rows()?,
    };
    keys.wait::<K>().await.map_err(|kind| {
        VendorError::unreachable(format!(
            "what lies in which {} is not known, since that could not be read",
            kind.name
        ))
    })?;
    Ok(rows)
}

/// What is read one by one: a listed object, or one that only a declaration names.
enum Asked<K: Kind> {
    Row(Row<K>),
    Unlisted(RemoteId),
}

impl<K: Kind> Asked<K> {
    fn id(&self) -> &RemoteId {
        match self {
            Self::Row(row) => &row.id,
            Self::Unlisted(id) => id,
        }
    }
}

impl<K: Kind> Pairs<K> {
    /// Finds out early what would be refused late.
    async fn check(&mut self, desired: &Desired<K>) {
        if desired.meta.presence.is_absent_on(self.today) {
            return;
        }
        let Source::Vendor(client) = &self.source else {
            return;
        };
        match K::check(client, &desired.spec).await {
            Ok(mistakes) => mistakes
                .into_iter()
                .for_each(|it| self.diagnostics.push(it)),
            Err(error) => self.unread(desired, error),
        }
    }

    /// Finds out what those start as that are to be created.
    async fn read_origins(&mut self, keys: &Keys) {
        let Some(client) = self.source.client() else {
            return;
        };
        let links = if K::KEYED_BY.is_empty() {
            Links::default()
        } else {
            keys.links().clone()
        };
        let missing = std::mem::take(&mut self.missing);
        for desired in &missing {
            let is_absent = desired.meta.presence.is_absent_on(self.today);
            if is_absent || desired.meta.lifecycle.manage == Manage::Observe {
                continue;
            }
            match K::origin(&client, &desired.spec, &links).await {
                Ok(origin) => {
                    let origin = origin.map(|origin| (desired.address.clone(), origin));
                    self.origins.extend(origin);
                }
                Err(error) => self.unread(desired, error),
            }
        }
        self.missing = missing;
    }

    /// What one request says of why something cannot be read is enough.
    fn unread(&mut self, desired: &Desired<K>, error: VendorError) {
        let what = desired.address.to_string();
        if self.incomplete.iter().all(|it| it.what != what) {
            self.incomplete.push(unread(what, error));
        }
    }

    fn take(
        &mut self,
        desired: Desired<K>,
        asked: Asked<K>,
        live: Result<Live<K>, VendorError>,
        keys: &Keys,
    ) {
        let content = match live {
            Ok(Live::Active(spec)) => Content::Read(spec),
            Ok(Live::Disabled) => Content::Disabled,
            Ok(Live::Gone) => {
                self.gone.insert(asked.id().clone());
                return self.gone(desired, &asked);
            }
            Err(error) => {
                self.unread(&desired, error);
                let (id, label) = match asked {
                    Asked::Row(row) => (row.id, row.label),
                    Asked::Unlisted(id) => {
                        self.unlisted.insert(id.clone());
                        (id, desired.spec.label().to_owned())
                    }
                };
                return self.unopened.push((desired, id, label));
            }
        };
        let observed = match asked {
            Asked::Row(row) => Observed {
                content,
                ..not_read(row)
            },
            Asked::Unlisted(id) => {
                let said = match &content {
                    Content::Read(spec) => spec,
                    Content::NotRead | Content::Disabled | Content::Pictured(_) => &desired.spec,
                };
                let (key, label) = (said.key(&keys.links()), said.label().to_owned());
                self.unlisted.insert(id.clone());
                Observed {
                    id,
                    key,
                    label,
                    writable: true,
                    content,
                }
            }
        };
        self.matched.push((desired, observed));
    }

    /// A declared id that leads nowhere is a mistake, not a reason to create: the id would not be the one declared.
    fn gone(&mut self, desired: Desired<K>, asked: &Asked<K>) {
        let Some((id, place)) = &desired.meta.id else {
            // It was listed a moment ago and has been removed since.
            return self.missing.push(desired);
        };
        if desired.meta.presence.is_absent_on(self.today) {
            return self.missing.push(desired);
        }
        debug_assert_eq!(
            id,
            asked.id(),
            "an object is asked for by the id that declares it"
        );
        self.diagnostics.push(
            Diagnostic::error(
                ID_NOT_FOUND,
                *place,
                format!(
                    "the vendor has no {} with id {id}, or does not show it to us",
                    K::ID.name
                ),
            )
            .help("correct the id, or take it out to have a new one created"),
        );
    }

    /// Adds what was found to the index of who is who.
    pub(crate) fn add_links(&self, links: &mut Links) {
        if self.is_listed {
            links.is_whole(K::ID);
        }
        let matched = self.matched.iter();
        let matched = matched.map(|(desired, it)| (desired, &it.id, &it.label));
        let unopened = self.unopened.iter();
        let unopened = unopened.map(|(desired, id, label)| (desired, id, label));
        for (desired, id, label) in matched.chain(unopened) {
            let linked = Linked {
                kind: K::ID,
                address: Some(desired.address.clone()),
                label: desired.spec.label().to_owned(),
                id: Some(id.clone()),
            };
            let wanted = K::fold(desired.spec.label());
            links.add(linked, wanted, Some(K::fold(label)));
        }
        // What others say of the unread by its label is still said of it.
        for desired in self.missing.iter().chain(&self.unread) {
            let linked = Linked {
                kind: K::ID,
                address: Some(desired.address.clone()),
                label: desired.spec.label().to_owned(),
                id: None,
            };
            links.add(linked, K::fold(desired.spec.label()), None);
        }
        let orphans = self.orphans.iter();
        let orphans = orphans.map(|(address, _, observed)| (Some(address), observed));
        let strangers = self.strangers.iter().map(|observed| (None, observed));
        for (address, observed) in orphans.chain(strangers) {
            let linked = Linked {
                kind: K::ID,
                address: address.cloned(),
                label: observed.label.clone(),
                id: Some(observed.id.clone()),
            };
            let folded = K::fold(&observed.label);
            links.add(linked, folded.clone(), Some(folded));
        }
    }
}

fn not_read<K: Kind>(row: Row<K>) -> Observed<K> {
    let Row {
        id,
        key,
        label,
        spec,
        writable,
    } = row;
    let content = spec.map_or(Content::NotRead, Content::Read);
    Observed {
        id,
        key,
        label,
        writable,
        content,
    }
}

fn unread(what: String, error: VendorError) -> Incomplete {
    Incomplete {
        what,
        why: error.to_string(),
        help: error.help,
        cause: error.cause,
    }
}
