//! Takes the picture of a plan.

use std::collections::HashSet;

use super::{
    Counts, Field, Forecast, Incomplete, Note, Obstacle, Origin, Picture, Position, Refusal, Risk,
    Step, Unverified, Value, Warning,
};
use crate::forecast::{self, Bounds};
use crate::guard;
use crate::ledger::origin::{self, Explained};
use crate::model::address::Address;
use crate::model::diagnostic::Diagnostic;
use crate::model::fingerprint::WorkspaceKey;
use crate::model::place::{Place, Sources};
use crate::model::risk;
use crate::model::verb::Terms;
use crate::plan::access::impact;
use crate::plan::{self, Action, FieldView, Problem, StepView, Tally};
use crate::report::{Shown, access};

impl Picture {
    /// All of a plan that may be shown.
    pub(crate) fn new(shown: &Shown<'_>) -> Self {
        let Shown {
            workspace,
            plan,
            forecasts,
            sources,
            origins,
            refusals,
            warnings,
            key,
            against,
        } = shown;
        let access = access::sections(&impact(plan));
        let changes = access.iter().flat_map(|it| &it.changes);
        let rises = changes
            .filter(|it| it.is_rise())
            .map(|it| it.address.clone());
        let rises = rises.collect::<HashSet<_>>();
        let steps = plan.views().map(|view| {
            let origin = origins.get(&view.address).map(Origin::of);
            Step {
                origin,
                raises: rises.contains(&view.address.to_string()),
                ..step(view, sources, *key)
            }
        });
        let kinds = plan.tallies.iter();
        Self {
            workspace: (*workspace).to_owned(),
            steps: steps.collect(),
            access,
            kinds: kinds
                .map(|(kind, tally)| (kind.to_string(), Counts::of(tally)))
                .collect(),
            unverified: plan.unverified.iter().map(Unverified::of).collect(),
            incomplete: plan.incomplete.iter().map(Incomplete::of).collect(),
            notes: plan.notes.iter().map(|it| note(it, sources)).collect(),
            refusals: refusals.iter().map(Refusal::of).collect(),
            forecasts: forecasts.iter().map(Forecast::of).collect(),
            warnings: warnings.to_vec(),
            caution: against.map(crate::report::against::caution),
        }
    }
}

fn step(view: &StepView, sources: &Sources, key: Option<&WorkspaceKey>) -> Step {
    let Terms { assumed, spends } = view.terms;
    let fields = view.fields.iter().filter(|it| is_shown(it, view.action));
    let value = |value: &Option<_>| value.as_ref().map(|it| Value::of(it, key));
    let fields = fields.map(|field| Field {
        name: field.name.to_owned(),
        before: value(&field.before),
        after: value(&field.after),
    });
    Step {
        address: view.address.to_string(),
        vendor: view.address.kind.vendor.to_owned(),
        kind: view.address.kind.to_string(),
        name: view.address.name.to_string(),
        action: view.action,
        label: view.label.clone(),
        id: view.id.as_ref().map(|id| id.0.clone()),
        declared_at: view.place.map(|place| Position::of(place, sources)),
        removal: view.removal,
        enable: view.enable,
        prevent_delete: view.prevent_delete,
        fields: fields.collect(),
        risks: view.risks.iter().map(Risk::of).collect(),
        remarks: view.remarks.clone(),
        obstacles: view.obstacles.iter().map(Obstacle::of).collect(),
        waits_for: view.waits_for.iter().map(Address::short).collect(),
        raises: false,
        origin: None,
        assumed,
        spends: spends.map(|it| it.what.to_owned()),
        price: view.price.clone(),
    }
}

/// Of what is removed, fields that say nothing are left out.
fn is_shown(field: &FieldView, action: Action) -> bool {
    let is_empty = || field.before.as_ref().is_some_and(Value::is_empty);
    field.changed() && (action != Action::Delete || !is_empty())
}

fn note(note: &plan::Note, sources: &Sources) -> Note {
    let plan::Note {
        address,
        place,
        differs: _,
        message,
    } = note;
    Note {
        address: address.to_string(),
        message: message.clone(),
        declared_at: place.map(|place| Position::of(place, sources)),
    }
}

impl Position {
    fn of(place: Place, sources: &Sources) -> Self {
        let position = sources.position(place);
        Self {
            file: position.file,
            line: position.line,
            column: position.column,
        }
    }
}

impl Warning {
    /// A warning about what people wrote.
    pub(crate) fn of(diagnostic: &Diagnostic, sources: &Sources) -> Self {
        Self {
            code: Some(diagnostic.code.0.to_owned()),
            message: diagnostic.message.clone(),
            help: diagnostic.help.clone(),
            declared_at: diagnostic.place.map(|place| Position::of(place, sources)),
        }
    }
}

impl Risk {
    fn of(risk::Risk { sort, field, why }: &risk::Risk) -> Self {
        Self {
            code: sort.code().to_owned(),
            field: field.map(str::to_owned),
            why: why.clone(),
        }
    }
}

impl Obstacle {
    fn of(obstacle: &plan::Obstacle) -> Self {
        let plan::Obstacle {
            field,
            problem,
            why,
            place: _,
        } = obstacle;
        let problem = match problem {
            Problem::NoValue => "is needed and has no value",
            Problem::NoDelivery => "cannot be followed, so that the secret would be lost",
        };
        Self {
            field: (*field).to_owned(),
            message: format!("{problem}: {why}"),
        }
    }
}

impl Origin {
    fn of(explained: &Explained) -> Self {
        let fields = |of| explained.of(of).map(str::to_owned).collect();
        Self {
            applied: explained.applied,
            edited: fields(origin::Origin::Edited),
            drifted: fields(origin::Origin::Drifted),
            both: fields(origin::Origin::Both),
        }
    }
}

impl Counts {
    fn of(tally: &Tally) -> Self {
        let Tally {
            live,
            unchanged,
            unverified,
            strangers,
            administrators: _,
            remembered: _,
            lost: _,
        } = tally;
        Self {
            live: *live,
            unchanged: *unchanged,
            unverified: *unverified,
            strangers: *strangers,
        }
    }
}

impl Unverified {
    fn of(unverified: &plan::Unverified) -> Self {
        let plan::Unverified {
            address,
            field,
            why,
        } = unverified;
        Self {
            address: address.to_string(),
            field: (*field).to_owned(),
            why: why.clone(),
        }
    }
}

impl Incomplete {
    fn of(incomplete: &plan::Incomplete) -> Self {
        let plan::Incomplete {
            what,
            why,
            help,
            cause: _,
        } = incomplete;
        Self {
            what: what.clone(),
            why: why.clone(),
            help: help.clone(),
        }
    }
}

impl Refusal {
    fn of(refusal: &guard::Refusal) -> Self {
        Self {
            code: refusal.code().to_owned(),
            message: refusal.to_string(),
            help: refusal.help(),
        }
    }
}

impl Forecast {
    pub(in crate::report) fn of(forecast: &forecast::Forecast) -> Self {
        let forecast::Forecast {
            vendor,
            bounds: Bounds {
                parallelism: _,
                rate,
            },
            reads,
            writes,
            in_turn,
        } = forecast;
        Self {
            vendor: (*vendor).to_owned(),
            reads: *reads,
            writes: *writes,
            in_turn: *in_turn,
            rate: rate.map(|rate| rate.to_string()),
            least_seconds: forecast.least().as_secs(),
        }
    }
}
