//! A picture that has one of everything in it, also of what no plan has in earnest: texts that mean something to
//! terminals, to Markdown and to HTML.

use std::collections::BTreeSet;

use super::{
    Counts, Field, Forecast, Grant, Incomplete, Name, Note, Obstacle, Origin, Output, Picture,
    Position, Refusal, Risk, Step, Unverified, Value, Warning,
};
use crate::model::kind::Removal;
use crate::plan::Action;
use crate::report::access::{AccessChange, AccessSection};

/// What somebody could call a thing at a vendor, to deceive whoever reads of it.
pub(in crate::report) const NASTY: &str = "\u{1b}[2J\u{202e}<script>alert(1)</script> ```\n# | @maria #12 GH-3 ![x](https://evil.example/x.png) </details> &amp; \"quoted\" `code` ~~~ 日本語";

/// A step that changes nothing yet.
pub(in crate::report) fn step(action: Action, kind: &str, name: &str) -> Step {
    let vendor = kind.split('.').next().unwrap_or_default();
    Step {
        address: format!("{kind}.{name}"),
        vendor: vendor.to_owned(),
        kind: kind.to_owned(),
        name: name.to_owned(),
        action,
        label: format!("The {name}"),
        id: (action != Action::Create).then(|| format!("id-of-{name}")),
        declared_at: Some(at(name.len())),
        removal: Removal::Delete,
        enable: false,
        prevent_delete: false,
        fields: Vec::new(),
        risks: Vec::new(),
        remarks: Vec::new(),
        obstacles: Vec::new(),
        waits_for: Vec::new(),
        raises: false,
        origin: None,
        assumed: false,
        spends: None,
        price: None,
    }
}

pub(in crate::report) fn field(name: &str, before: Option<Value>, after: Option<Value>) -> Field {
    Field {
        name: name.to_owned(),
        before,
        after,
    }
}

pub(in crate::report) fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn at(line: usize) -> Position {
    Position {
        file: "vault/people.yaml".to_owned(),
        line,
        column: 5,
    }
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|it| (*it).to_owned()).collect()
}

fn names(names: &[&str]) -> Value {
    let declared = names.iter().map(|it| Name::Declared((*it).to_owned()));
    let live = Name::Live("Ana \"the other\" Reis".to_owned());
    Value::Names(declared.chain([live]).collect())
}

fn access(grants: &[(&str, &str)]) -> Value {
    let grants = grants.iter().map(|(who, what)| Grant {
        who: Name::Declared((*who).to_owned()),
        what: (*what).to_owned(),
    });
    Value::Access(grants.collect())
}

fn secret(is_at_hand: bool) -> Value {
    let fingerprint = is_at_hand.then(|| "hmac:6d269ad9:822818d6619e".to_owned());
    Value::Secret {
        is_at_hand,
        fingerprint,
    }
}

/// A long text, and the same with two lines changed.
fn long() -> [Value; 2] {
    let numbers = (1..=20).map(|it| format!("paragraph {it} of the procedure\n"));
    let before = numbers.collect::<String>();
    let after = before
        .replace("paragraph 9 of", "paragraph nine of")
        .replace("paragraph 17 of the procedure\n", "<b>two</b>\nlines\n");
    [before, after].map(Value::Text)
}

/// A creation with a value of every sort.
fn created() -> Step {
    let output = || Output::Command(vec!["vault-put".to_owned(), "ci/bot".to_owned()]);
    let number = Value::Number {
        number: 15,
        unit: "minutes".to_owned(),
    };
    let fields = [
        ("name", text("Office router")),
        ("password", secret(true)),
        ("pin", secret(false)),
        ("notes", Value::Sensitive),
        ("is_active", Value::Flag(true)),
        ("timeout", number),
        ("role", Value::Word("auditor".to_owned())),
        ("tags", Value::Set(set(&["network", NASTY]))),
        ("owner", Value::Name(Name::Declared("user.ana".to_owned()))),
        ("members", names(&["user.ana", "user.rui"])),
        ("groups_allowed", access(&[("group.network", "view")])),
        ("token", Value::Generated(None)),
        ("key", Value::Generated(Some(output()))),
        (
            "secret_output",
            Value::Output(Output::File("out/ci.json".to_owned())),
        ),
    ];
    let fields = fields.map(|(name, value)| field(name, None, Some(value)));
    Step {
        fields: fields.into(),
        waits_for: vec!["group.network".to_owned(), "user.ana".to_owned()],
        remarks: vec!["its path inherits a policy from Home".to_owned()],
        ..step(Action::Create, "senhasegura.password", "office-router")
    }
}

/// An update with a change of every sort.
fn updated() -> Step {
    let [before, after] = long();
    let changes = [
        ("full_name", text("Ana Reis"), text(NASTY)),
        ("procedure", before, after),
        (
            "tags",
            Value::Set(set(&["a", "b"])),
            Value::Set(set(&["b", "c"])),
        ),
        ("members", names(&["user.rui"]), names(&["user.ana"])),
        (
            "groups_allowed",
            access(&[
                ("group.a", "view"),
                ("group.b", "view"),
                ("group.c", "view"),
            ]),
            access(&[
                ("group.b", "edit"),
                ("group.c", "view"),
                ("group.d", "view"),
            ]),
        ),
        ("password", secret(true), secret(true)),
        ("notes", Value::Sensitive, Value::Sensitive),
        ("is_active", Value::Flag(false), Value::Flag(true)),
    ];
    let fields = changes.map(|(name, before, after)| field(name, Some(before), Some(after)));
    Step {
        label: NASTY.to_owned(),
        fields: fields.into(),
        origin: Some(Origin {
            applied: "2026-06-01T08:00:00Z".parse().expect("a moment"),
            edited: set(&["tags"]),
            drifted: set(&["full_name", "members"]),
            both: set(&["notes"]),
        }),
        ..step(Action::Update, "senhasegura.user", "ana")
    }
}

fn risky() -> Step {
    let gone = field(
        "remote_wipe",
        Some(Value::Flag(true)),
        Some(Value::Flag(false)),
    );
    Step {
        fields: vec![gone],
        risks: vec![Risk {
            code: "policy-weakened".to_owned(),
            field: Some("remote_wipe".to_owned()),
            why: "lost drives are no longer wiped".to_owned(),
        }],
        assumed: true,
        ..step(Action::Update, "safeconsole.policy", "home")
    }
}

fn costly() -> Step {
    Step {
        fields: vec![field("speed", Some(text("1G")), Some(text("10G")))],
        spends: Some("a faster connection is billed by the month".to_owned()),
        price: Some("1,200 USD a month".to_owned()),
        ..step(Action::Update, "console_connect.connection", "lisbon-porto")
    }
}

fn blocked() -> Step {
    Step {
        fields: vec![field("password", None, Some(secret(false)))],
        obstacles: vec![Obstacle {
            field: "password".to_owned(),
            message: "is needed and has no value: VAULT_X is not set".to_owned(),
        }],
        ..step(Action::Create, "senhasegura.password", "printer")
    }
}

fn disabled() -> Step {
    Step {
        enable: true,
        fields: vec![field("username", None, Some(text("admin")))],
        ..step(Action::Update, "senhasegura.password", "old-router")
    }
}

fn deleted() -> [Step; 2] {
    let stranger = Step {
        address: "senhasegura.user.[17]".to_owned(),
        declared_at: None,
        label: NASTY.to_owned(),
        fields: vec![field("email", Some(text("rui@example.org")), None)],
        ..step(Action::Delete, "senhasegura.user", "[17]")
    };
    let kept = Step {
        removal: Removal::Disable,
        prevent_delete: true,
        ..step(Action::Delete, "senhasegura.password", "visitor-wifi")
    };
    [stranger, kept]
}

/// Many users, each of whom gets the same role.
fn many() -> impl Iterator<Item = Step> {
    (1..=7).map(|number| Step {
        fields: vec![field("role", Some(text("viewer")), Some(text("auditor")))],
        declared_at: Some(at(10 + number)),
        ..step(
            Action::Update,
            "password_safe.user",
            &format!("person-{number}"),
        )
    })
}

/// Somebody who gains and somebody who loses.
fn impact() -> Vec<AccessSection> {
    let change = |direction: &str, what: &str, after: Option<&str>| AccessChange {
        direction: direction.to_owned(),
        vendor: "senhasegura".to_owned(),
        what: what.to_owned(),
        before: (direction == "fall").then(|| "view".to_owned()),
        after: after.map(str::to_owned),
        address: "senhasegura.password.office-router".to_owned(),
    };
    let section = |who: &str, sort: &str, changes| AccessSection {
        who: who.to_owned(),
        sort: sort.to_owned(),
        accounts: Vec::new(),
        members: Vec::new(),
        changes,
    };
    let rise = change("rise", "the password Office router", Some("edit"));
    let fall = change("fall", NASTY, None);
    vec![
        section("maria@example.org", "person", vec![rise]),
        section(NASTY, "group", vec![fall]),
    ]
}

/// The steps, and what stands beside them.
pub(in crate::report) fn rich() -> Picture {
    let kinds = [
        ("password_safe.user", [9, 2, 0, 0]),
        ("senhasegura.password", [20, 12, 1, 5]),
        ("senhasegura.user", [40, 36, 2, 1]),
    ];
    let kinds = kinds.map(|(kind, [live, unchanged, unverified, strangers])| {
        let counts = Counts {
            live,
            unchanged,
            unverified,
            strangers,
        };
        (kind.to_owned(), counts)
    });
    let unverified = ["notes", "tags", "owner", "parent", "domain"].map(|field| Unverified {
        address: "senhasegura.credential.root".to_owned(),
        field: field.to_owned(),
        why: "no list of the vendor tells it".to_owned(),
    });
    let alone = Unverified {
        address: "senhasegura.credential.root".to_owned(),
        field: "content".to_owned(),
        why: "reading it would take custody of the credential".to_owned(),
    };
    let steps = [
        created(),
        updated(),
        risky(),
        costly(),
        blocked(),
        disabled(),
    ];
    Picture {
        workspace: "acme".to_owned(),
        steps: steps.into_iter().chain(many()).chain(deleted()).collect(),
        access: impact(),
        kinds: kinds.into(),
        unverified: unverified.into_iter().chain([alone]).collect(),
        incomplete: vec![Incomplete {
            what: "safeconsole.drive".to_owned(),
            why: format!("the vendor says: {NASTY}"),
            help: Some("try again".to_owned()),
        }],
        notes: vec![Note {
            address: "senhasegura.group.old".to_owned(),
            message: "is declared absent, and is not there".to_owned(),
            declared_at: Some(at(3)),
        }],
        refusals: vec![Refusal {
            code: "max-deletes".to_owned(),
            message: "the plan deletes 11 of senhasegura.user; the limit is 10".to_owned(),
            help: "if all of them are meant, pass `--max-deletes 11`".to_owned(),
        }],
        forecasts: vec![Forecast {
            vendor: "senhasegura".to_owned(),
            reads: 7,
            writes: 300,
            in_turn: 3,
            rate: Some("10/s".to_owned()),
            least_seconds: 29,
        }],
        warnings: vec![Warning {
            code: Some("unused-variable".to_owned()),
            message: "the variable `site` is used nowhere".to_owned(),
            help: Some("take it out".to_owned()),
            declared_at: Some(at(2)),
        }],
        caution: None,
    }
}
