//! What is answered of a secret, in every state of what is known of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::future::ready;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::compare::compare;
use crate::ledger::{FieldRecord, Ledger, Remembered};
use crate::model::address::{KindId, RemoteId};
use crate::model::answer::{Answer, Marker};
use crate::model::diagnostic::Diagnostics;
use crate::model::error::VendorError;
use crate::model::field::{Field, Fields, Form, SecretField};
use crate::model::fingerprint::WorkspaceKey;
use crate::model::kind::{Kind, Listing, Live, NaturalKey, Removal, Spec};
use crate::model::place::{FileId, Place};
use crate::model::reference::{Link, Links};
use crate::model::resource::{Content, Desired, Hold, Meta, Observed, Ownership};
use crate::model::secret::{Secret, SecretBytes};
use crate::plan::Compared;
use crate::read::{Pairs, Source};

/// A thing of which nothing is known but its secret.
#[derive(Clone, Debug)]
struct Chest(SecretField);

const VALUE: Field = Field::new("value").form(Form::Secret);

impl Spec for Chest {
    const FIELDS: &'static [Field] = &[VALUE];

    fn key(&self, _: &Links) -> NaturalKey {
        NaturalKey(Vec::new())
    }

    fn label(&self) -> &str {
        "chest"
    }

    fn list<'a>(&'a self, fields: &mut Fields<'a>) {
        let Self(value) = self;
        fields.secret(VALUE, Some(value));
    }

    fn links(&self) -> Vec<(Field, Link)> {
        Vec::new()
    }
}

impl Kind for Chest {
    const ID: KindId = KindId {
        vendor: "toy",
        name: "chest",
    };
    const TABLE: &'static str = "chests";
    const REMOVAL: Removal = Removal::Delete;
    type Spec = Self;
    type Client = Option<Marker>;

    fn list(_: &Option<Marker>) -> impl Future<Output = Result<Listing<Self>, VendorError>> + Send {
        ready(Ok(Listing {
            rows: Vec::new(),
            incomplete: None,
        }))
    }

    fn read(
        _: &Option<Marker>,
        _: &RemoteId,
    ) -> impl Future<Output = Result<Live<Self>, VendorError>> + Send {
        ready(Ok(Live::Gone))
    }

    fn markers(client: &Option<Marker>, _: &RemoteId) -> Vec<Marker> {
        client.iter().cloned().collect()
    }
}

/// The value that is wanted.
const WANTED: &str = "Silver-Bridge-40";
const OTHER: &str = "Blue-Kettle-71";
const THIRD: &str = "Amber-Wagon-33";
/// The mark when the last value had been applied.
const THEN: &str = "2026-01-01";
const ID: &str = "7";

fn key() -> WorkspaceKey {
    WorkspaceKey::new(&Secret::new("0123456789abcdef0123456789abcdef".to_owned())).unwrap()
}

fn known(value: &str) -> SecretField {
    SecretField::Known(Secret::new(value.to_owned()))
}

fn unknown() -> SecretField {
    SecretField::Unknown {
        why: "it is not told".to_owned(),
        place: None,
    }
}

/// A ledger that remembers this value, with the mark of then if the vendor marks changes.
fn ledger(last: Option<&str>, is_marked: bool) -> Ledger {
    let mut ledger = Ledger::of(Vec::new(), &[], Some(key()));
    if let Some(last) = last {
        let digest = key().fingerprint(&SecretBytes::new(last.as_bytes().to_vec()));
        let field = FieldRecord {
            digest: digest.to_string(),
            marker: is_marked.then(|| THEN.to_owned()),
            since: Timestamp::UNIX_EPOCH,
        };
        let remembered = Remembered {
            id: Some(RemoteId(ID.to_owned())),
            hold: Hold::Owned,
            at: Timestamp::UNIX_EPOCH,
            fields: BTreeMap::from([("value".to_owned(), field)]),
        };
        ledger.add(Chest::ID.address("a"), remembered);
    }
    ledger
}

fn marker(text: &str, is_exact: bool) -> Marker {
    Marker {
        field: "value",
        text: text.to_owned(),
        is_exact,
    }
}

/// Compares what is wanted with what is there.
fn compared(
    want: SecretField,
    have: SecretField,
    ledger: Ledger,
    marker: Option<Marker>,
) -> Compared {
    let desired = Desired::<Chest> {
        address: Chest::ID.address("a"),
        place: Place {
            file: FileId(0),
            start: 0,
            end: 0,
        },
        meta: Meta::default(),
        spec: Chest(want),
    };
    let observed = Observed {
        id: RemoteId(ID.to_owned()),
        key: NaturalKey(Vec::new()),
        label: "chest".to_owned(),
        writable: true,
        content: Content::Read(Chest(have)),
    };
    let pairs = Pairs {
        ledger: Arc::new(ledger),
        source: Source::Vendor(Arc::new(marker)),
        ownership: Ownership::Marked,
        today: Date::constant(2026, 1, 1),
        matched: vec![(desired, observed)],
        missing: Vec::new(),
        orphans: Vec::new(),
        is_recorded: true,
        strangers: Vec::new(),
        origins: BTreeMap::new(),
        unread: Vec::new(),
        unopened: Vec::new(),
        unlisted: BTreeSet::new(),
        gone: BTreeSet::new(),
        is_listed: true,
        live: 1,
        remembered: 1,
        lost: 0,
        incomplete: Vec::new(),
        diagnostics: Diagnostics::default(),
    };
    compare(pairs, &Links::default())
}

/// What is answered of the one field, which is either in a step or settled.
fn answer(compared: &Compared) -> String {
    let steps = compared.steps.iter().flat_map(|it| &it.view.fields);
    let settled = compared.settled.iter().flat_map(|it| &it.fields);
    let mut answers = steps.chain(settled).map(|field| field.answer);
    let answer = match answers.next().unwrap() {
        Answer::Differs => "differs",
        Answer::InSync => "in sync",
        Answer::WantedChanged => "wanted changed",
        Answer::ChangedOutside => "changed outside",
        Answer::CannotVerify => "cannot verify",
    };
    assert_eq!(answers.next(), None);
    match compared.unverified.last() {
        Some(field) => format!("cannot verify: {}", field.why),
        None => answer.to_owned(),
    }
}

#[test]
fn every_state_of_what_is_known_has_its_answer() {
    let mut table = String::new();
    let there = [
        ("not told", unknown()),
        ("the wanted value", known(WANTED)),
        ("another value", known(OTHER)),
    ];
    let last = [
        ("nothing", None),
        ("the wanted value", Some(WANTED)),
        ("another value", Some(OTHER)),
        ("a third value", Some(THIRD)),
    ];
    let marks = [
        ("no mark", None),
        ("the mark of then", Some(marker(THEN, true))),
        ("another mark", Some(marker("2026-02-02", true))),
        (
            "another mark of the object",
            Some(marker("2026-02-02", false)),
        ),
    ];
    for (is, have) in &there {
        for (was, last) in last {
            for (mark, marker) in &marks {
                let ledger = ledger(last, marker.is_some());
                let compared = compared(known(WANTED), have.clone(), ledger, marker.clone());
                let answer = answer(&compared);
                let is_step = !compared.steps.is_empty();
                let verb = if is_step { "writes it" } else { "leaves it" };
                writeln!(
                    table,
                    "{is:16} | applied: {was:16} | {mark:26} | {verb}, {answer}"
                )
                .unwrap();
            }
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn a_value_that_is_not_at_hand_proves_nothing() {
    let ledger = ledger(Some(WANTED), true);
    let compared = compared(unknown(), unknown(), ledger, Some(marker(THEN, true)));
    assert_eq!(answer(&compared), "cannot verify: it is not told");
}

#[test]
fn what_is_remembered_of_another_object_proves_nothing() {
    let mut ledger = Ledger::of(Vec::new(), &[], Some(key()));
    let of_another = self::ledger(Some(OTHER), false);
    let (address, remembered) = of_another.iter().next().unwrap();
    let remembered = Remembered {
        id: Some(RemoteId("8".to_owned())),
        ..remembered.clone()
    };
    ledger.add(address.clone(), remembered);
    let compared = compared(known(WANTED), unknown(), ledger, None);
    assert_eq!(answer(&compared), "cannot verify: it is not told");
}

#[test]
fn a_fingerprint_of_another_key_proves_nothing() {
    let mut ledger = ledger(Some(OTHER), false);
    let other = "f123456789abcdef0123456789abcdef".to_owned();
    let entries = ledger
        .iter()
        .map(|(address, it)| (address.clone(), it.clone()));
    let entries = entries.collect::<Vec<_>>();
    ledger = Ledger::of(Vec::new(), &[], WorkspaceKey::new(&Secret::new(other)));
    for (address, it) in entries {
        ledger.add(address, it);
    }
    let compared = compared(known(WANTED), unknown(), ledger, None);
    assert_eq!(answer(&compared), "cannot verify: it is not told");
}
