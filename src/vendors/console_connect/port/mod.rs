//! Ports: ordered, then made by the vendor, then switched on and off (vendor page, sections 4.7 and 4.8).

mod live;
mod write;

use std::collections::HashSet;

use schemars::JsonSchema;

use super::asn::Asn;
use super::client::{Client, Results};
use super::data_centre::DataCentre;
use super::speed::Speed;
use super::{DATA_CENTRE, PORT};
use crate::load::reader::{Decode, Mapping, Reader};
use crate::load::section::DecodeSpec;
use crate::model::address::{KindId, RemoteId};
use crate::model::applying::Applying;
use crate::model::error::VendorError;
use crate::model::field::{Field, Fields, Form};
use crate::model::kind::{Kind, Listing, Live, NaturalKey, Removal, Spec, Update};
use crate::model::reference::{Link, Links, Ref};
use crate::model::verb::{Verb, Verbs};
use crate::yaml::Node;
use live::{Entity, Order, Status};

/// A port of the company. One that is ordered and not made yet goes by the id of its order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Port {}

const NAME: Field = Field::new("name");
const DATA_CENTRE_FIELD: Field = Field::fixed("data_centre").form(Form::Reference);
const SPEED: Field = Field::fixed("speed");
const PAYMENT: Field = Field::fixed("payment");
const SUBSCRIPTION: Field = Field::fixed("subscription");
const ASN_FIELD: Field = Field::new("asn").form(Form::Reference);
const ENABLED: Field = Field::new("enabled").form(Form::Flag);

/// A port of the company. What is left out is not ours: it stays as it is. A port is ordered, which costs money and takes
/// the vendor's staff; until it is made, plans say so.
#[derive(Clone, Debug, JsonSchema)]
pub(crate) struct PortSpec {
    /// The port's name. Together with the data centre it tells which live port is meant, so that renaming one takes its
    /// `id`.
    #[schemars(example = &"edge-1")]
    name: String,
    /// Where it is: `data_centre.NAME`, or `{ live: USERNAME }` for one that the workspace does not declare. It cannot be
    /// changed later.
    data_centre: Ref<DataCentre>,
    /// How fast it is, in Mbps; 1000 and 10000 are what is sold. Needed to order it; it cannot be changed later.
    #[schemars(with = "Option<u32>", range(min = 1), example = &1000)]
    speed: Option<Speed>,
    /// How it is paid. Needed to order it; it cannot be changed later.
    payment: Option<Payment>,
    /// The id of the plan subscription that pays for it. Goes with `payment: plan`. Read at the moment of ordering only.
    subscription: Option<String>,
    /// The ASN that it speaks for: `asn.NAME`, or `{ live: \"64500\" }`.
    asn: Option<Ref<Asn>>,
    /// Whether it is switched on.
    enabled: Option<bool>,
    /// How far the vendor is with it. Known of live ones only.
    #[schemars(skip)]
    status: Status,
}

/// How something is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(inline, rename_all = "snake_case")]
pub(super) enum Payment {
    /// By invoice.
    Invoice,
    /// Out of a plan subscription.
    Plan,
}

impl Payment {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Invoice => "invoice",
            Self::Plan => "plan",
        }
    }

    /// What the vendor calls it, unless that is a way that no request can choose.
    pub(super) fn of(word: &str) -> Option<Self> {
        [Self::Invoice, Self::Plan]
            .into_iter()
            .find(|it| it.as_str() == word)
    }
}

impl Decode for Payment {
    fn decode(node: &Node, reader: &Reader<'_>) -> Option<Self> {
        let words = [Self::Invoice, Self::Plan].map(|it| (it.as_str(), it));
        reader.word(node, "a way to pay", &words)
    }
}

impl DecodeSpec for PortSpec {
    fn decode(map: &mut Mapping<'_, '_>) -> Option<Self> {
        let name = map.required("name");
        let data_centre = map.required("data_centre");
        let speed = map.optional("speed");
        let payment = map.optional("payment");
        let subscription = map.optional("subscription");
        let asn = map.optional("asn");
        let enabled = map.optional("enabled");
        Some(Self {
            name: name?,
            data_centre: data_centre?,
            speed,
            payment,
            subscription,
            asn,
            enabled,
            status: Status::default(),
        })
    }
}

impl Spec for PortSpec {
    const FIELDS: &'static [Field] = &[
        NAME,
        DATA_CENTRE_FIELD,
        SPEED,
        PAYMENT,
        SUBSCRIPTION,
        ASN_FIELD,
        ENABLED,
    ];
    const BESIDE_WANT: &'static [&'static str] = &[ASN_FIELD.name, ENABLED.name, SUBSCRIPTION.name];

    fn key(&self, links: &Links) -> NaturalKey {
        key(&self.name, links.identity(&self.data_centre.link()))
    }

    fn label(&self) -> &str {
        &self.name
    }

    fn lacks(&self) -> Vec<Field> {
        let needs_plan = self.payment == Some(Payment::Plan) && self.subscription.is_none();
        let lacks = [
            (SPEED, self.speed.is_none()),
            (PAYMENT, self.payment.is_none()),
            (SUBSCRIPTION, needs_plan),
        ];
        let lacks = lacks.into_iter().filter(|(_, is_lacking)| *is_lacking);
        lacks.map(|(field, _)| field).collect()
    }

    fn list<'a>(&'a self, fields: &mut Fields<'a>) {
        let Self {
            name,
            data_centre,
            speed,
            payment,
            subscription,
            asn,
            enabled,
            status: _,
        } = self;
        fields.text(NAME, Some(name));
        fields.reference(DATA_CENTRE_FIELD, Some(data_centre));
        fields.text(SPEED, speed.map(|it| it.to_string()).as_ref());
        fields.text(PAYMENT, payment.map(|it| it.as_str().to_owned()).as_ref());
        fields.text(SUBSCRIPTION, subscription.as_ref());
        fields.reference(ASN_FIELD, asn.as_ref());
        fields.flag(ENABLED, *enabled);
    }

    /// The vendor does not say of every port how it is paid, and of one that is not made yet neither its ASN nor whether
    /// it is on.
    fn as_told(&self, want: &Self) -> Self {
        let mut told = self.clone();
        told.payment = told.payment.or(want.payment);
        told.subscription.clone_from(&want.subscription);
        if self.status.is_ordered() {
            told.asn.clone_from(&want.asn);
            told.enabled = want.enabled;
        }
        told
    }

    fn under_way(&self) -> Option<String> {
        self.status.under_way()
    }

    fn links(&self) -> Vec<(Field, Link)> {
        let asn = self.asn.iter().map(|asn| (ASN_FIELD, asn.link()));
        let place = (DATA_CENTRE_FIELD, self.data_centre.link().by_id());
        std::iter::once(place).chain(asn).collect()
    }
}

/// No source says that names are unique, in one data centre or anywhere.
fn key(name: &str, data_centre: String) -> NaturalKey {
    NaturalKey(vec![
        ("name", name.to_owned()),
        ("data_centre", data_centre),
    ])
}

impl Kind for Port {
    const ID: KindId = PORT;
    const TABLE: &'static str = "ports";
    const REMOVAL: Removal = Removal::Delete;
    const VERBS: Verbs = Verbs {
        create: Verb::SHOWN.spending("a port is billed from when it is ordered, for its term"),
        update: Verb::SHOWN.spending("a port that is switched on again may be billed again"),
        delete: Verb::SHOWN,
    };
    const ASSUMED: &'static [&'static str] = &[
        "the list of port orders, which the vendor's own software reads, holds every order",
        "switching a port on again costs money",
    ];
    const KEYED_BY: &'static [KindId] = &[DATA_CENTRE];
    type Spec = PortSpec;
    type Client = Client;

    /// Those that are there, and those that are ordered. Ports of other companies are visible, too.
    async fn list(client: &Client) -> Result<Listing<Self>, VendorError> {
        let (ports, orders) = (
            client.path("ports").await?,
            client.path("ports/orders").await?,
        );
        let Results { results: ports } = client
            .get::<Results<Entity>>(&ports, &[("deleted", "false")])
            .await?;
        let Results { results: orders } = client.get::<Results<Order>>(&orders, &[]).await?;
        let company = &client.me().await?.company.id;
        let made = ports.iter().map(|it| it.id.clone()).collect::<HashSet<_>>();
        let ports = ports.into_iter().filter(|it| it.is_there_for(company));
        let ports = ports.collect::<Vec<_>>();
        let orders = orders.into_iter().filter(|it| it.is_pending(&made));
        let orders = orders.collect::<Vec<_>>();
        let places = ports
            .iter()
            .filter_map(|it| Some((RemoteId(it.id.clone()), it.place()?)));
        client.ports.remember(places);
        let pending = orders.iter().map(|it| (RemoteId(it.id.clone()), ()));
        client.orders.remember(pending);
        let rows = ports.into_iter().map(Entity::into_row);
        let rows = rows.chain(orders.into_iter().map(Order::into_row));
        Ok(Listing {
            rows: rows.collect(),
            incomplete: None,
        })
    }

    /// What is remembered of an order leads to the port that came of it.
    async fn read(client: &Client, id: &RemoteId) -> Result<Live<Self>, VendorError> {
        live::read(client, id).await
    }

    async fn create(
        client: &Client,
        want: &PortSpec,
        applying: &Applying<'_>,
    ) -> Result<RemoteId, VendorError> {
        write::order(client, want, applying).await
    }

    async fn update(
        client: &Client,
        id: &RemoteId,
        update: Update<'_, Self>,
        applying: &Applying<'_>,
    ) -> Result<(), VendorError> {
        write::update(client, id, &update, applying).await
    }

    async fn delete(
        client: &Client,
        id: &RemoteId,
        applying: &Applying<'_>,
    ) -> Result<(), VendorError> {
        write::delete(client, id, applying.permit).await
    }

    fn spends(_: Option<&PortSpec>, update: &Update<'_, Self>) -> bool {
        update.changes(ENABLED) && update.want.enabled == Some(true)
    }

    fn update_writes(update: &Update<'_, Self>) -> usize {
        usize::from(update.changes(NAME) || update.changes(ASN_FIELD))
            + usize::from(update.changes(ENABLED))
    }

    async fn price(client: &Client, want: &PortSpec, links: &Links) -> Option<String> {
        write::ask_price(client, want, links).await
    }
}
