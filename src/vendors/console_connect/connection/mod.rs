//! Layer 2 connections between ports (vendor page, section 4.10).

mod live;
mod write;

use schemars::JsonSchema;

use super::client::{Client, Results};
use super::port::{Payment, Port};
use super::speed::{Speed, Term};
use super::{CONNECTION, PORT};
use crate::http::segment;
use crate::load::reader::{Decode, Mapping, Reader};
use crate::load::section::DecodeSpec;
use crate::model::address::{KindId, RemoteId};
use crate::model::applying::Applying;
use crate::model::error::VendorError;
use crate::model::field::{Field, Fields, Form};
use crate::model::kind::{self, Kind, Listing, NaturalKey, Removal, Spec, Update};
use crate::model::reference::{Link, Links, Ref};
use crate::model::verb::{Verb, Verbs};
use crate::yaml::Node;
use live::Entity;
pub(super) use live::Live;

/// A layer 2 connection of the company.
#[derive(Clone, Debug)]
pub(crate) enum Connection {}

const NAME: Field = Field::new("name");
const FROM: Field = Field::fixed("from").form(Form::Reference);
const TO: Field = Field::fixed("to").form(Form::Reference);
const SPEED: Field = Field::new("speed");
const CLASS: Field = Field::fixed("class_of_service");
const PAYMENT: Field = Field::fixed("payment");
const TERM: Field = Field::fixed("term");
const APPROVED: Field = Field::new("approved").form(Form::Flag);
const ENABLED: Field = Field::new("enabled").form(Form::Flag);

/// A layer 2 connection of the company. What is left out is not ours: it stays as it is. To create one, to speed one up,
/// to approve one and to switch one on costs money.
#[derive(Clone, Debug, JsonSchema)]
pub(crate) struct ConnectionSpec {
    /// The connection's name. Together with `from` it tells which live connection is meant, so that renaming one takes its
    /// `id`.
    #[schemars(example = &"hq-to-dc")]
    name: String,
    /// The port that it begins at: `port.NAME`, or `{ live: NAME }`. Needed to create it; it cannot be changed later. Left
    /// out where it begins at a port of another company, which takes the connection's `id`.
    from: Option<Ref<Port>>,
    /// The port of the company that it leads to. Needed to create it; it cannot be changed later.
    to: Option<Ref<Port>>,
    /// How fast it is, in Mbps. Needed to create it.
    #[schemars(with = "Option<u32>", range(min = 1), example = &100)]
    speed: Option<Speed>,
    /// How its traffic is treated. It cannot be changed later.
    class_of_service: Option<Class>,
    /// How it is paid. Needed to create it; it cannot be changed later.
    payment: Option<Payment>,
    /// For how long it is bought, such as `12m`. Needed with `payment: invoice`; it cannot be changed later.
    #[schemars(with = "Option<String>", regex(pattern = "^[0-9]+[dwmy]$|\\$\\{"), example = &"12m")]
    term: Option<Term>,
    /// Whether the company accepts it, where another company asked for it. `false` leaves the request as it is.
    approved: Option<bool>,
    /// Whether it is switched on.
    enabled: Option<bool>,
    /// What is going on with it. Known of live ones only.
    #[schemars(skip)]
    under_way: Option<String>,
}

/// How traffic is treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(inline, rename_all = "snake_case")]
enum Class {
    Gold,
    SilverPlus,
    Silver,
    Bronze,
}

/// The classes, as the YAML and as the vendor spell them.
const CLASSES: [(&str, &str, Class); 4] = [
    ("gold", "GOLD", Class::Gold),
    ("silver_plus", "SILVERPLUS", Class::SilverPlus),
    ("silver", "SILVER", Class::Silver),
    ("bronze", "BRONZE", Class::Bronze),
];

impl Class {
    fn of(word: &str) -> Option<Self> {
        let found = CLASSES.iter().find(|(_, wire, _)| *wire == word);
        found.map(|(_, _, class)| *class)
    }

    /// The class as the YAML and as the vendor spell it.
    fn spelled(self) -> (&'static str, &'static str) {
        let found = CLASSES.iter().find(|(_, _, class)| *class == self);
        found.map_or(("", ""), |(word, wire, _)| (word, wire))
    }
}

impl Decode for Class {
    fn decode(node: &Node, reader: &Reader<'_>) -> Option<Self> {
        let words = CLASSES.map(|(word, _, class)| (word, class));
        reader.word(node, "a class of service", &words)
    }
}

impl DecodeSpec for ConnectionSpec {
    fn decode(map: &mut Mapping<'_, '_>) -> Option<Self> {
        let name = map.required("name");
        let from = map.optional("from");
        let to = map.optional("to");
        let speed = map.optional("speed");
        let class_of_service = map.optional("class_of_service");
        let payment = map.optional("payment");
        let term = map.optional("term");
        let approved = map.optional("approved");
        let enabled = map.optional("enabled");
        Some(Self {
            name: name?,
            from,
            to,
            speed,
            class_of_service,
            payment,
            term,
            approved,
            enabled,
            under_way: None,
        })
    }
}

impl Spec for ConnectionSpec {
    const FIELDS: &'static [Field] = &[
        NAME, FROM, TO, SPEED, CLASS, PAYMENT, TERM, APPROVED, ENABLED,
    ];
    const BESIDE_WANT: &'static [&'static str] = &[APPROVED.name];

    fn key(&self, links: &Links) -> NaturalKey {
        let from = self.from.as_ref();
        let from = from.map(|from| links.identity(&from.link()));
        key(&self.name, from.unwrap_or_default())
    }

    fn label(&self) -> &str {
        &self.name
    }

    fn lacks(&self) -> Vec<Field> {
        let needs_term = self.payment == Some(Payment::Invoice) && self.term.is_none();
        let lacks = [
            (FROM, self.from.is_none()),
            (TO, self.to.is_none()),
            (SPEED, self.speed.is_none()),
            (PAYMENT, self.payment.is_none()),
            (TERM, needs_term),
        ];
        let lacks = lacks.into_iter().filter(|(_, is_lacking)| *is_lacking);
        lacks.map(|(field, _)| field).collect()
    }

    fn list<'a>(&'a self, fields: &mut Fields<'a>) {
        let Self {
            name,
            from,
            to,
            speed,
            class_of_service,
            payment,
            term,
            approved,
            enabled,
            under_way: _,
        } = self;
        fields.text(NAME, Some(name));
        fields.reference(FROM, from.as_ref());
        fields.reference(TO, to.as_ref());
        fields.text(SPEED, speed.map(|it| it.to_string()).as_ref());
        let class = class_of_service.map(|it| it.spelled().0.to_owned());
        fields.text(CLASS, class.as_ref());
        fields.text(PAYMENT, payment.map(|it| it.as_str().to_owned()).as_ref());
        fields.text(TERM, term.as_ref().map(ToString::to_string).as_ref());
        fields.flag(APPROVED, *approved);
        fields.flag(ENABLED, *enabled);
    }

    /// The vendor does not say of every connection how it is bought, and nobody takes an approval back.
    fn as_told(&self, want: &Self) -> Self {
        let mut told = self.clone();
        told.class_of_service = told.class_of_service.or(want.class_of_service);
        told.payment = told.payment.or(want.payment);
        told.term = told.term.or_else(|| want.term.clone());
        if want.approved == Some(false) {
            told.approved = want.approved;
        }
        told
    }

    fn under_way(&self) -> Option<String> {
        self.under_way.clone()
    }

    fn links(&self) -> Vec<(Field, Link)> {
        let from = self.from.iter().map(|port| (FROM, port.link().by_id()));
        let to = self.to.iter().map(|port| (TO, port.link().by_id()));
        from.chain(to).collect()
    }
}

/// No source says that names are unique, of one port or anywhere.
fn key(name: &str, from: String) -> NaturalKey {
    NaturalKey(vec![("name", name.to_owned()), ("from", from)])
}

impl Kind for Connection {
    const ID: KindId = CONNECTION;
    const TABLE: &'static str = "connections";
    const REMOVAL: Removal = Removal::Delete;
    const VERBS: Verbs = Verbs {
        create: Verb::SHOWN.spending("a connection is billed for its term"),
        update: Verb::SHOWN
            .spending("a connection that is faster, approved or switched on is billed"),
        delete: Verb::SHOWN,
    };
    const ASSUMED: &'static [&'static str] = &[
        "the older list of connections holds every connection of the company, on one page",
        "switching a connection on again costs money",
    ];
    const KEYED_BY: &'static [KindId] = &[PORT];
    type Spec = ConnectionSpec;
    type Client = Client;

    async fn list(client: &Client) -> Result<Listing<Self>, VendorError> {
        let path = client.path("connections").await?;
        let Results { results } = client.get::<Results<Entity>>(&path, &[]).await?;
        let company = &client.me().await?.company.id;
        let there = results.into_iter().filter(|it| !it.is_gone());
        let there = there.collect::<Vec<_>>();
        let live = there
            .iter()
            .map(|it| (RemoteId(it.id.clone()), it.live(company)));
        client.connections.remember(live);
        Ok(Listing {
            rows: there.into_iter().map(|it| it.into_row(company)).collect(),
            incomplete: None,
        })
    }

    async fn read(client: &Client, id: &RemoteId) -> Result<kind::Live<Self>, VendorError> {
        let company = &client.me().await?.company.id;
        let found = find(client, id).await?.filter(|it| !it.is_gone());
        let row = found.map(|it| it.into_row(company));
        Ok(row
            .and_then(|row| row.spec)
            .map_or(kind::Live::Gone, kind::Live::Active))
    }

    async fn create(
        client: &Client,
        want: &ConnectionSpec,
        applying: &Applying<'_>,
    ) -> Result<RemoteId, VendorError> {
        write::create(client, want, applying).await
    }

    async fn update(
        client: &Client,
        id: &RemoteId,
        update: Update<'_, Self>,
        applying: &Applying<'_>,
    ) -> Result<(), VendorError> {
        write::update(client, id, &update, applying.permit).await
    }

    async fn delete(
        client: &Client,
        id: &RemoteId,
        applying: &Applying<'_>,
    ) -> Result<(), VendorError> {
        write::delete(client, id, applying.permit).await
    }

    fn spends(have: Option<&ConnectionSpec>, update: &Update<'_, Self>) -> bool {
        let ConnectionSpec {
            speed,
            approved,
            enabled,
            ..
        } = update.want;
        let was = have.and_then(|have| have.speed);
        let is_faster = was.is_none_or(|was| speed.is_some_and(|speed| speed > was));
        (update.changes(SPEED) && is_faster)
            || (update.changes(APPROVED) && *approved == Some(true))
            || (update.changes(ENABLED) && *enabled == Some(true))
    }

    fn update_writes(update: &Update<'_, Self>) -> usize {
        usize::from(update.changes(APPROVED))
            + usize::from(update.changes(NAME) || update.changes(SPEED))
            + usize::from(update.changes(ENABLED))
    }

    async fn price(client: &Client, want: &ConnectionSpec, links: &Links) -> Option<String> {
        write::ask_price(client, want, links).await
    }
}

/// One connection.
async fn find(client: &Client, id: &RemoteId) -> Result<Option<Entity>, VendorError> {
    let path = client
        .path_v2(&format!("connections/{}", segment(&id.0)))
        .await?;
    client.find(&path).await
}
