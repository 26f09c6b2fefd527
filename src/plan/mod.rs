//! The plan: steps as plain data to show, order and guard, with the typed work behind each.

pub(crate) mod access;
mod doubt;
mod made;
mod work;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::model::access::{Acquaintance, Touched};
use crate::model::address::{Address, KindId, RemoteId};
use crate::model::answer::{Answer, Marker};
use crate::model::applying::Applying;
use crate::model::delivery::{Deliver, Destination, SecretOutput};
use crate::model::error::{Cause, VendorError};
use crate::model::field::Value;
use crate::model::kind::{Kind, Removal};
use crate::model::place::Place;
use crate::model::power::Account;
use crate::model::reference::Links;
use crate::model::resource::Hold;
use crate::model::risk::Risk;
use crate::model::verb::Terms;
use crate::order::{Cycle, order};
pub(crate) use work::{Change, Done};
use work::{NoWork, TypedWork, Work};

/// What would be done, and what is known beside it.
pub(crate) struct Plan {
    steps: Vec<Step>,
    pub tallies: BTreeMap<KindId, Tally>,
    pub unverified: Vec<Unverified>,
    pub notes: Vec<Note>,
    pub incomplete: Vec<Incomplete>,
    pub links: Links,
    /// What is as declared, if it is to be remembered.
    pub settled: Vec<Settled>,
    /// What is live and not declared, and left alone.
    pub strangers: Vec<Stranger>,
    /// The kinds of which everything was listed that the vendor shows us.
    pub listed: BTreeSet<KindId>,
    /// What is known of who is who among those who may do something.
    pub known: Acquaintance,
}

/// How many objects of a kind there are, counted in every plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// All live objects that the caller can see.
    pub live: usize,
    /// Declared and already as declared.
    pub unchanged: usize,
    /// Declared, with nothing to change that could be seen, and with fields that nobody can verify.
    pub unverified: usize,
    /// Live, not declared, and left alone.
    pub strangers: usize,
    /// Live administrators, as far as they were read.
    pub administrators: usize,
    /// How many the ledger remembers by an id.
    pub remembered: usize,
    /// How many of those no list shows any more.
    pub lost: usize,
}

/// A field of which nobody can say whether it is in sync.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unverified {
    pub address: Address,
    pub field: &'static str,
    pub why: String,
}

/// Something the reader of a plan should know that is not a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Note {
    pub address: Address,
    pub place: Option<Place>,
    /// Whether it tells of a difference that no step makes good.
    pub differs: bool,
    pub message: String,
}

/// A live object that nothing declares.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Stranger {
    pub kind: KindId,
    /// The name that people know it by at the vendor.
    pub label: String,
    pub id: RemoteId,
    pub is_administrator: bool,
}

/// A declared resource with nothing to change.
#[derive(Clone, Debug)]
pub(crate) struct Settled {
    pub address: Address,
    pub id: RemoteId,
    /// How it is held if it is ours.
    pub hold: Hold,
    pub fields: Vec<FieldView>,
    /// What the vendor says of when its secrets were changed.
    pub markers: Vec<Marker>,
}

/// Something that could not be read. Nothing of it is created or deleted.
#[derive(Clone, Debug)]
pub(crate) struct Incomplete {
    /// The vendor, kind or address, as `--exclude` takes it.
    pub what: String,
    pub why: String,
    pub help: Option<String>,
    pub cause: Cause,
}

/// What a step does to its object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Action {
    Create,
    Update,
    Delete,
}

impl Action {
    /// The word by which programs know it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

/// One planned action: plain data to show, save and order, and the typed work behind it.
pub(crate) struct Step {
    pub view: StepView,
    /// How many requests it sends at least to change what it changes.
    writes: usize,
    work: Box<dyn Work>,
}

/// What a step shows of itself.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct StepView {
    pub address: Address,
    pub action: Action,
    /// Where it is declared; none for a stranger.
    pub place: Option<Place>,
    pub id: Option<RemoteId>,
    /// The name that people know it by at the vendor.
    pub label: String,
    /// What removing means for its kind.
    pub removal: Removal,
    /// Whether it is disabled at the vendor and would be enabled.
    pub enable: bool,
    /// Whether its declaration forbids deleting it.
    pub prevent_delete: bool,
    /// How it is held from then on if it is ours.
    pub hold: Hold,
    /// All that is known of the live object, in the order in which its kind lists fields.
    pub live: Vec<(&'static str, Value)>,
    /// What it asks of its user beside their yes.
    pub terms: Terms,
    /// What the vendor says that it costs, if it costs and the vendor says so.
    pub price: Option<String>,
    /// What it does to an account.
    pub account: Account,
    pub fields: Vec<FieldView>,
    /// What of it deserves a second look.
    pub risks: Vec<Risk>,
    /// In what the live object protects less than it is declared to.
    pub laxer: Vec<Risk>,
    /// What else its reader should know, a clause each.
    pub remarks: Vec<String>,
    /// What it does to who may do what.
    pub access: Touched,
    /// Why it cannot be done as it is declared.
    pub obstacles: Vec<Obstacle>,
    /// What must exist before this step.
    pub needs: Vec<Address>,
    /// What this step lets go of, and so may be deleted after it.
    pub releases: Vec<Address>,
    /// The steps it waits for, filled in by `order`.
    pub waits_for: Vec<Address>,
}

/// What stands in the way of a step. Applying a plan that has any is refused.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Obstacle {
    pub field: &'static str,
    pub problem: Problem,
    pub why: String,
    /// Where the YAML says what is wrong.
    pub place: Option<Place>,
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// It is needed, and has no value.
    NoValue,
    /// The secret that it says where to put could not be put there.
    NoDelivery,
}

impl StepView {
    /// Where secrets go that the vendor shows when the step is done, or that are made up for it, and never again.
    pub(crate) fn outputs(&self) -> impl Iterator<Item = (&'static str, &SecretOutput)> {
        self.fields.iter().filter_map(|field| match &field.after {
            Some(Value::Output(output)) => Some((field.name, output)),
            Some(Value::Generated(generated)) => {
                let output = generated.output.as_ref()?;
                Some((field.name, output))
            }
            Some(_) | None => None,
        })
    }
}

/// One field of a step: what it is and what it would be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FieldView {
    pub name: &'static str,
    pub before: Option<Value>,
    pub after: Option<Value>,
    pub answer: Answer,
}

impl FieldView {
    /// Whether the step writes it.
    pub(crate) fn changed(&self) -> bool {
        self.answer.is_change()
    }
}

pub(crate) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

impl Step {
    /// Forgets the type of a change: from here on a step is its view, with the work sealed behind it. Without a client
    /// there is none.
    pub(crate) fn new<K: Kind>(
        view: StepView,
        client: Option<Arc<K::Client>>,
        change: Change<K>,
    ) -> Self {
        Self {
            view,
            writes: change.writes(),
            work: match client {
                Some(client) => Box::new(TypedWork { client, change }),
                None => Box::new(NoWork),
            },
        }
    }

    /// Asks the vendor what it costs.
    fn price<'a>(&'a self, links: &'a Links) -> BoxFuture<'a, Option<String>> {
        self.work.price(links)
    }

    /// Does it. What is left in doubt by a lost answer is looked at again before anything is sent again, which happens
    /// at most `repeats` times.
    pub(crate) async fn run(
        &self,
        applying: &Applying<'_>,
        repeats: u32,
    ) -> Result<Done, VendorError> {
        self.work.run(applying, repeats).await
    }
}

/// What comparing one kind gave.
#[derive(Default)]
pub(crate) struct Compared {
    pub steps: Vec<Step>,
    pub settled: Vec<Settled>,
    pub strangers: Vec<Stranger>,
    pub is_listed: bool,
    pub tally: Tally,
    pub unverified: Vec<Unverified>,
    pub notes: Vec<Note>,
    pub known: Acquaintance,
}

impl Plan {
    /// Joins what all kinds gave into one order.
    pub(crate) fn new(
        compared: Vec<(KindId, Compared)>,
        incomplete: Vec<Incomplete>,
        links: Links,
    ) -> Result<Self, Cycle> {
        let mut steps = Vec::new();
        let mut tallies = BTreeMap::new();
        let (mut unverified, mut notes) = (Vec::new(), Vec::new());
        let (mut settled, mut strangers) = (Vec::new(), Vec::new());
        let mut listed = BTreeSet::new();
        let mut acquaintance = Acquaintance::default();
        for (kind, compared) in compared {
            let Compared {
                steps: some,
                settled: as_declared,
                strangers: unknown_to_us,
                is_listed,
                tally,
                unverified: unknown,
                notes: said,
                known,
            } = compared;
            acquaintance.extend(known);
            steps.extend(some);
            settled.extend(as_declared);
            strangers.extend(unknown_to_us);
            listed.extend(is_listed.then_some(kind));
            tallies.insert(kind, tally);
            unverified.extend(unknown);
            notes.extend(said);
        }
        unverified.sort_by(|a, b| (&a.address, a.field).cmp(&(&b.address, b.field)));
        strangers.sort();
        notes.sort_by(|a, b| (&a.address, &a.message).cmp(&(&b.address, &b.message)));
        Ok(Self {
            steps: order(steps)?,
            tallies,
            unverified,
            notes,
            incomplete,
            links,
            settled,
            strangers,
            listed,
            known: acquaintance,
        })
    }

    pub(crate) fn views(&self) -> impl Iterator<Item = &StepView> {
        self.steps.iter().map(|step| &step.view)
    }

    /// The steps, each with the writes that it needs at least.
    pub(crate) fn writes(&self) -> impl Iterator<Item = (&StepView, usize)> {
        self.steps.iter().map(|step| (&step.view, step.writes))
    }

    /// Asks vendors what the steps cost that cost money, each with the address of the step.
    pub(crate) fn prices(&self) -> impl Iterator<Item = (Address, BoxFuture<'_, Option<String>>)> {
        let costly = self
            .steps
            .iter()
            .filter(|it| it.view.terms.spends.is_some());
        costly.map(|step| (step.view.address.clone(), step.price(&self.links)))
    }

    /// Says at the steps what they cost.
    pub(crate) fn set_prices(&mut self, prices: &BTreeMap<Address, String>) {
        for step in &mut self.steps {
            step.view.price = prices.get(&step.view.address).cloned();
        }
    }

    pub(crate) fn count(&self, action: Action) -> usize {
        self.views().filter(|view| view.action == action).count()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.incomplete.is_empty()
    }

    /// Keeps the steps at which `keep` says so, and what could not be read likewise by its name.
    pub(crate) fn retain(
        &mut self,
        mut keep: impl FnMut(&StepView) -> bool,
        keep_incomplete: impl FnMut(&Incomplete) -> bool,
    ) {
        self.steps.retain(|step| keep(&step.view));
        self.incomplete.retain(keep_incomplete);
        let left = self
            .views()
            .map(|view| view.address.clone())
            .collect::<std::collections::HashSet<_>>();
        for step in &mut self.steps {
            step.view.waits_for.retain(|address| left.contains(address));
        }
    }

    /// Looks at where secrets would go that vendors show once, and says at each step that makes one why it could not be
    /// kept.
    pub(crate) fn check_outputs(&mut self, door: &dyn Deliver) {
        let mut taken = HashMap::new();
        for Step {
            view,
            writes: _,
            work: _,
        } in &mut self.steps
        {
            let outputs = view.outputs().map(|(field, it)| (field, it.clone()));
            let outputs = outputs.collect::<Vec<_>>();
            for (field, SecretOutput { to, place }) in outputs {
                let why = match (&to, taken.get(&to)) {
                    (Destination::File(_), Some(other)) => Err(format!("{to} is for {other}")),
                    (Destination::File(_) | Destination::Command { .. }, _) => door.check(&to),
                };
                taken.entry(to).or_insert_with(|| view.address.clone());
                view.obstacles.extend(why.err().map(|why| Obstacle {
                    field,
                    problem: Problem::NoDelivery,
                    why,
                    place: Some(place),
                }));
            }
        }
    }

    /// Takes out the steps of resources that could not be read or compared.
    pub(crate) fn leave_out_unread(&mut self) {
        let unread = self.incomplete.iter().map(|it| it.what.clone());
        let unread = unread.collect::<std::collections::HashSet<_>>();
        self.retain(|step| !unread.contains(&step.address.to_string()), |_| true);
    }

    pub(crate) fn into_steps(self) -> (Vec<Step>, Links) {
        (self.steps, self.links)
    }
}
