//! The stages of a vendor and of a kind with the types forgotten, so that the engine can hold many of them in a list.

use std::collections::{BTreeMap, HashSet};
use std::marker::PhantomData;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Value as Json, json};

use super::{Connecting, Vendor};
use crate::compare::compare;
use crate::emulate::Emulator;
use crate::load::reader::{Mapping, Reader};
use crate::load::section::{DecodeSpec, Table};
use crate::load::system::System;
use crate::load::verify;
use crate::model::address::{Address, KindId};
use crate::model::diagnostic::Diagnostics;
use crate::model::error::VendorError;
use crate::model::kind::{Capabilities, Kind, Spec};
use crate::model::pictured::KindPicture;
use crate::model::reference::{Link, Links};
use crate::model::resource::Ownership;
use crate::model::verb::Evidence;
use crate::plan::{BoxFuture, Compared, Incomplete};
use crate::read::{self, Keys, Pairs, Reading, Source};
use crate::resolve::Head;
use crate::schema;
use crate::yaml::Node;

/// A vendor of any type.
pub(crate) trait AnyVendor: Sync {
    fn name(&self) -> &'static str;
    /// What can be done with each of its kinds.
    fn kinds(&self) -> Vec<Capabilities>;
    /// Reads what `trueup.yaml` says of the system. None if it is too broken to go on with.
    fn system(&self, map: Mapping<'_, '_>) -> Option<Box<dyn AnySystem>>;
    /// Opens the vendor's emulator on a seed, keeping its world in a folder if one is given.
    fn emulator(
        &self,
        seed: Option<&str>,
        folder: Option<&Path>,
    ) -> Result<Arc<dyn Emulator>, String>;
    /// The schema of its tables in files that declare resources.
    fn tables(&self, generator: &mut SchemaGenerator) -> Schema;
    /// The schema of what `trueup.yaml` says of its system.
    fn system_schema(&self, generator: &mut SchemaGenerator) -> Schema;
}

/// A system of any vendor, with what the workspace declares for it.
pub(crate) trait AnySystem: Send {
    fn vendor(&self) -> &'static str;
    fn system(&self) -> &System;
    /// Adds what one file says under a table's key; false if the vendor has no such table.
    fn add_table(&mut self, key: &str, node: &Node, reader: &Reader<'_>) -> bool;
    /// What the resolver must know; `absent` is judged by the day given.
    fn heads(&self, today: Date, heads: &mut Vec<Head>);
    /// Adds every declared name, also of declarations with mistakes, and what those refer to.
    fn names(&self, names: &mut HashSet<Address>, loose_links: &mut Vec<Link>);
    /// The kinds whose strangers are deleted, and so must be read even if nothing is declared.
    fn exclusive_kinds(&self) -> Vec<KindId>;
    /// The kinds that can be listed.
    fn listable_kinds(&self) -> Vec<KindId>;
    fn connect(
        self: Box<Self>,
        connecting: &Connecting<'_>,
    ) -> Result<Box<dyn AnyConnected>, VendorError>;
    /// Reads pictures, where no vendor is asked.
    fn read_pictures<'a>(
        self: Box<Self>,
        pictures: &'a BTreeMap<KindId, Arc<KindPicture>>,
        reading: &'a Reading,
    ) -> BoxFuture<'a, Vec<Box<dyn AnyPairs>>>;
}

/// A system that can be read.
pub(crate) trait AnyConnected: Send {
    /// What whoever runs this should see to soon.
    fn cautions(&self, now: Timestamp) -> Vec<String>;
    /// What must be closed once nothing more is asked of the system, however the run ends.
    fn closing(&self) -> Box<dyn AnyClosing>;
    fn read<'a>(self: Box<Self>, reading: &'a Reading) -> BoxFuture<'a, Vec<Box<dyn AnyPairs>>>;
}

/// What a client holds open at its vendor, such as a session.
pub(crate) trait AnyClosing: Send + Sync {
    fn close(&self) -> BoxFuture<'_, ()>;
}

/// One kind of any type, read.
pub(crate) trait AnyPairs: Send {
    fn add_links(&self, links: &mut Links);
    /// Takes out what could not be read and what the declarations got wrong.
    fn take_problems(&mut self) -> (Vec<Incomplete>, Diagnostics);
    /// A picture of what was read, before any problems are taken out.
    fn picture(&self, links: &Links) -> (KindId, KindPicture);
    fn compare(self: Box<Self>, links: &Links) -> (KindId, Compared);
}

/// A kind of any type, of a vendor whose client is a `C`.
pub(crate) trait AnyKind<C>: Sync {
    fn capabilities(&self) -> Capabilities;
    fn table(&self, system: &System) -> Box<dyn AnyTable<C>>;
    /// The schema of one resource.
    fn schema(&self, generator: &mut SchemaGenerator) -> Schema;
}

/// Where a kind is read from that is forgotten.
pub(crate) enum Supply<C> {
    Vendor(Arc<C>),
    Snapshot(Arc<KindPicture>),
}

/// What the workspace declares of one kind.
pub(crate) trait AnyTable<C>: Send {
    fn id(&self) -> KindId;
    /// The kinds that the natural keys of this one speak of.
    fn keyed_by(&self) -> &'static [KindId];
    fn add(&mut self, node: &Node, reader: &Reader<'_>);
    fn heads(&self, today: Date, heads: &mut Vec<Head>);
    fn names(&self, names: &mut HashSet<Address>, loose_links: &mut Vec<Link>);
    /// Reads it from a client, or else from a picture.
    fn read<'a>(
        self: Box<Self>,
        from: Supply<C>,
        ownership: Ownership,
        reading: &'a Reading,
        keys: &'a Keys,
    ) -> BoxFuture<'a, Box<dyn AnyPairs>>;
}

/// Puts a kind into a vendor's list.
pub(crate) struct KindOf<K>(PhantomData<fn() -> K>);

impl<K> KindOf<K> {
    pub(crate) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<K: Kind> AnyKind<K::Client> for KindOf<K>
where
    K::Spec: DecodeSpec + JsonSchema,
{
    fn capabilities(&self) -> Capabilities {
        Capabilities::of::<K>()
    }

    fn table(&self, system: &System) -> Box<dyn AnyTable<K::Client>> {
        let verify = system.verify.of(K::ID.name);
        Box::new(Table::<K>::new(system.assumed_actions, verify))
    }

    fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        schema::resource::<K>(generator)
    }
}

impl<K: Kind> AnyTable<K::Client> for Table<K>
where
    K::Spec: DecodeSpec,
{
    fn id(&self) -> KindId {
        K::ID
    }

    fn keyed_by(&self) -> &'static [KindId] {
        K::KEYED_BY
    }

    fn add(&mut self, node: &Node, reader: &Reader<'_>) {
        Self::add(self, node, reader);
    }

    fn heads(&self, today: Date, heads: &mut Vec<Head>) {
        // Before anything is read, the keys of two speak of the same thing only if they say it alike.
        let nobody = Links::default();
        heads.extend(self.desired().iter().map(|desired| {
            Head {
                address: desired.address.clone(),
                place: desired.place,
                links: desired
                    .spec
                    .links()
                    .into_iter()
                    .map(|(_, link)| link)
                    .collect(),
                label: K::fold(desired.spec.label()),
                key: desired.spec.key(&nobody),
                has_id: desired.meta.id.is_some(),
                absent: desired.meta.presence.is_absent_on(today),
                was: desired.meta.was.clone(),
            }
        }));
    }

    fn names(&self, names: &mut HashSet<Address>, loose_links: &mut Vec<Link>) {
        names.extend(Self::names(self));
        loose_links.extend_from_slice(self.loose_links());
    }

    fn read<'a>(
        self: Box<Self>,
        from: Supply<K::Client>,
        ownership: Ownership,
        reading: &'a Reading,
        keys: &'a Keys,
    ) -> BoxFuture<'a, Box<dyn AnyPairs>> {
        let source = match from {
            Supply::Vendor(client) => Source::Vendor(client),
            Supply::Snapshot(picture) => Source::Snapshot(picture),
        };
        Box::pin(async move {
            let pairs =
                read::read::<K>(source, self.into_desired(), ownership, reading, keys).await;
            Box::new(pairs) as Box<dyn AnyPairs>
        })
    }
}

impl<K: Kind> AnyPairs for Pairs<K> {
    fn add_links(&self, links: &mut Links) {
        Self::add_links(self, links);
    }

    fn take_problems(&mut self) -> (Vec<Incomplete>, Diagnostics) {
        (
            std::mem::take(&mut self.incomplete),
            std::mem::take(&mut self.diagnostics),
        )
    }

    fn picture(&self, links: &Links) -> (KindId, KindPicture) {
        (K::ID, Self::picture(self, links))
    }

    fn compare(self: Box<Self>, links: &Links) -> (KindId, Compared) {
        (K::ID, compare(*self, links))
    }
}

impl<V: Vendor> AnyVendor for V {
    fn name(&self) -> &'static str {
        V::NAME
    }

    fn kinds(&self) -> Vec<Capabilities> {
        V::KINDS.iter().map(|kind| kind.capabilities()).collect()
    }

    fn system(&self, mut map: Mapping<'_, '_>) -> Option<Box<dyn AnySystem>> {
        let system = System::decode(&mut map, &self.kinds());
        let settings = V::settings(&mut map);
        map.finish();
        let system = system?;
        let tables = V::KINDS.iter().map(|kind| {
            let table = kind.table(&system);
            (kind.capabilities().table, table)
        });
        Some(Box::new(SystemOf::<V> {
            tables: tables.collect(),
            system,
            settings: settings?,
        }))
    }

    fn emulator(
        &self,
        seed: Option<&str>,
        folder: Option<&Path>,
    ) -> Result<Arc<dyn Emulator>, String> {
        V::emulator(seed, folder)
    }

    fn tables(&self, generator: &mut SchemaGenerator) -> Schema {
        let tables = V::KINDS.iter().map(|kind| {
            let table = schema::table(kind.capabilities().id.name, kind.schema(generator));
            (kind.capabilities().table.to_owned(), table.to_value())
        });
        schema::described(
            schema::closed(tables.collect()),
            &format!("What should be there at {}.", V::NAME),
        )
    }

    fn system_schema(&self, generator: &mut SchemaGenerator) -> Schema {
        let mut system = System::json_schema(generator);
        let mut settings = V::Settings::json_schema(generator);
        let manage = V::KINDS.iter().map(|kind| {
            let mut ownership = generator.subschema_for::<Ownership>();
            if kind.capabilities().verbs.delete.never().is_some()
                && let Some(words) = ownership.get_mut("oneOf").and_then(Json::as_array_mut)
            {
                words.retain(|word| word["const"] != "exclusive");
            }
            let description = format!(
                "Whose the {} are that nothing declares.",
                kind.capabilities().table
            );
            let ownership = schema::described(ownership, &description);
            (kind.capabilities().id.name.to_owned(), ownership.to_value())
        });
        let manage = schema::described(
            schema::closed(manage.collect()),
            "Whose the live objects are that nothing declares, by kind. Decides what may be deleted.",
        );
        let keys = schema::properties(&mut system);
        keys.insert("manage".to_owned(), manage.to_value());
        let kinds = V::KINDS.iter().map(|kind| kind.capabilities());
        let verify = verify::system_schema(kinds, generator);
        keys.insert(verify::KEY.to_owned(), verify.to_value());
        keys.append(schema::properties(&mut settings));
        system.insert("additionalProperties".to_owned(), json!(false));
        system.insert(
            "description".to_owned(),
            json!(format!(
                "The system of {}: where it is and how to reach it.",
                V::NAME
            )),
        );
        system
    }
}

struct SystemOf<V: Vendor> {
    system: System,
    settings: V::Settings,
    tables: BTreeMap<&'static str, Box<dyn AnyTable<V::Client>>>,
}

impl<V: Vendor> SystemOf<V> {
    /// Reads all its kinds side by side, each from where it is read.
    async fn read(
        mut self,
        from: impl Fn(KindId) -> Supply<V::Client>,
        reading: &Reading,
    ) -> Vec<Box<dyn AnyPairs>> {
        let tables = std::mem::take(&mut self.tables);
        let keys = Keys::of(
            tables
                .values()
                .flat_map(|table| table.keyed_by().iter().copied()),
        );
        let reads = tables.into_values().map(|table| {
            let kind = table.id();
            table.read(from(kind), self.ownership(kind), reading, &keys)
        });
        futures_util::future::join_all(reads).await
    }

    fn ownership(&self, kind: KindId) -> Ownership {
        self.system
            .manage
            .get(kind.name)
            .copied()
            .unwrap_or_default()
    }
}

impl<V: Vendor> AnySystem for SystemOf<V> {
    fn vendor(&self) -> &'static str {
        V::NAME
    }

    fn system(&self) -> &System {
        &self.system
    }

    fn add_table(&mut self, key: &str, node: &Node, reader: &Reader<'_>) -> bool {
        let table = self.tables.get_mut(key);
        let found = table.is_some();
        if let Some(table) = table {
            table.add(node, reader);
        }
        found
    }

    fn heads(&self, today: Date, heads: &mut Vec<Head>) {
        self.tables
            .values()
            .for_each(|table| table.heads(today, heads));
    }

    fn names(&self, names: &mut HashSet<Address>, loose_links: &mut Vec<Link>) {
        let tables = self.tables.values();
        tables.for_each(|table| table.names(names, loose_links));
    }

    fn exclusive_kinds(&self) -> Vec<KindId> {
        let ids = self.tables.values().map(|table| table.id());
        ids.filter(|id| self.ownership(*id) == Ownership::Exclusive)
            .collect()
    }

    fn listable_kinds(&self) -> Vec<KindId> {
        let kinds = V::KINDS.iter().map(|kind| kind.capabilities());
        let listable =
            kinds.filter(|it| self.system.assumed_actions || it.read != Evidence::Assumed);
        listable.map(|it| it.id).collect()
    }

    fn read_pictures<'a>(
        self: Box<Self>,
        pictures: &'a BTreeMap<KindId, Arc<KindPicture>>,
        reading: &'a Reading,
    ) -> BoxFuture<'a, Vec<Box<dyn AnyPairs>>> {
        let from = |kind| {
            Supply::Snapshot(pictures.get(&kind).map_or_else(
                || {
                    Arc::new(KindPicture {
                        unread: Some("the snapshot does not tell of it".to_owned()),
                        ..KindPicture::default()
                    })
                },
                Arc::clone,
            ))
        };
        Box::pin(async move { (*self).read(from, reading).await })
    }

    fn connect(
        self: Box<Self>,
        connecting: &Connecting<'_>,
    ) -> Result<Box<dyn AnyConnected>, VendorError> {
        let client = Arc::new(V::connect(&self.settings, connecting)?);
        Ok(Box::new(ConnectedTo {
            client,
            system: *self,
        }))
    }
}

struct ConnectedTo<V: Vendor> {
    client: Arc<V::Client>,
    system: SystemOf<V>,
}

struct ClosingOf<V: Vendor>(Arc<V::Client>);

impl<V: Vendor> AnyClosing for ClosingOf<V> {
    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(V::close(&self.0))
    }
}

impl<V: Vendor> AnyConnected for ConnectedTo<V> {
    fn cautions(&self, now: Timestamp) -> Vec<String> {
        V::cautions(&self.client, now)
    }

    fn closing(&self) -> Box<dyn AnyClosing> {
        Box::new(ClosingOf::<V>(Arc::clone(&self.client)))
    }

    fn read<'a>(self: Box<Self>, reading: &'a Reading) -> BoxFuture<'a, Vec<Box<dyn AnyPairs>>> {
        let Self { client, system } = *self;
        let from = move |_| Supply::Vendor(Arc::clone(&client));
        Box::pin(async move { system.read(from, reading).await })
    }
}
