//! What every drawing of a plan says in the same words.

use super::picture::{Counts, Obstacle, Picture, Position, Risk, Step};
use super::style::clean;
use crate::model::kind::Removal;
use crate::plan::Action;

/// The line that other tools look for.
pub(super) fn headline(picture: &Picture) -> String {
    if picture.steps.is_empty() && picture.incomplete.is_empty() {
        return "No changes.".to_owned();
    }
    let [create, update, delete] =
        [Action::Create, Action::Update, Action::Delete].map(|it| picture.count(it));
    format!("Plan: {create} to add, {update} to change, {delete} to destroy.")
}

/// The counts of what is not touched.
pub(super) fn untouched(picture: &Picture) -> String {
    let Counts {
        live: _,
        unchanged,
        unverified,
        strangers,
    } = picture.total();
    let unverified = match unverified {
        0 => String::new(),
        some => format!("{some} not verifiable, "),
    };
    format!("{unchanged} unchanged, {unverified}{strangers} live and not declared.")
}

/// What happens to an object, in Terraform's words.
pub(super) fn verb(action: Action) -> &'static str {
    match action {
        Action::Create => "will be created",
        Action::Update => "will be updated in-place",
        Action::Delete => "will be destroyed",
    }
}

/// What is to be done to so many objects, in Terraform's words.
pub(super) fn infinitive(action: Action) -> &'static str {
    match action {
        Action::Create => "to add",
        Action::Update => "to change",
        Action::Delete => "to destroy",
    }
}

/// A number of things, such as `1 field` or `2 fields`.
pub(super) fn counted(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}

/// A place as people say it.
pub(super) fn position(Position { file, line, column }: &Position) -> String {
    format!("{}:{line}:{column}", clean(file))
}

/// Where a step's object is: in which declaration, and under which id at the vendor.
pub(super) fn whereabouts(step: &Step) -> String {
    let place = step.declared_at.as_ref().map(position);
    let id = step.id.as_ref().map(|id| format!("id {}", clean(id)));
    let parts = [place, id].into_iter().flatten().collect::<Vec<_>>();
    parts.join(", ")
}

/// A risk in a clause.
pub(super) fn risk(Risk { code, field, why }: &Risk) -> String {
    let field = field.as_ref().map(|it| format!("{}: ", clean(it)));
    let (code, field) = (clean(code), field.unwrap_or_default());
    format!("risk: {code}, {field}{}", clean(why))
}

/// What is special about a step.
pub(super) struct Remark {
    pub text: String,
    /// Whether nobody should pass over it.
    pub is_loud: bool,
}

/// What is special about a step, a clause each.
pub(super) fn remarks(step: &Step) -> Vec<Remark> {
    let aside = |text: String| Remark {
        text,
        is_loud: false,
    };
    let loud = |text: String| Remark {
        text,
        is_loud: true,
    };
    let mut remarks = Vec::new();
    if let Some(origin) = &step.origin {
        let day = origin.applied.strftime("%Y-%m-%d");
        for (fields, what) in [
            (&origin.drifted, "changed at the vendor since"),
            (&origin.both, "changed here and at the vendor since"),
        ] {
            let fields = fields.iter().map(|it| clean(it)).collect::<Vec<_>>();
            if !fields.is_empty() {
                remarks.push(aside(format!("{what} {day}: {}", fields.join(", "))));
            }
        }
    }
    if step.action == Action::Delete && step.removal == Removal::Disable {
        let disabled = "this vendor deletes nothing: it is disabled, and can be enabled again";
        remarks.push(aside(disabled.to_owned()));
    }
    if step.enable {
        let unknown = "it is disabled; what it holds can be read only once it is enabled";
        remarks.push(aside(unknown.to_owned()));
    }
    if step.prevent_delete {
        let prevented = "its lifecycle says `prevent_delete`";
        remarks.push(loud(prevented.to_owned()));
    }
    if step.assumed {
        let vendor = clean(&step.vendor);
        let assumed = format!("assumed: no public page of {vendor} states how");
        remarks.push(aside(assumed));
    }
    remarks.extend(step.spends.as_ref().map(|what| {
        let price = step.price.as_ref();
        let price = price.map(|price| format!("; the vendor's price: {}", clean(price)));
        let price = price.unwrap_or_default();
        loud(format!("costs money: {}{price}", clean(what)))
    }));
    remarks.extend(step.remarks.iter().map(|it| aside(clean(it))));
    remarks.extend(step.risks.iter().map(|it| loud(risk(it))));
    if !step.waits_for.is_empty() {
        let names = step.waits_for.iter().map(|it| clean(it));
        let names = names.collect::<Vec<_>>();
        remarks.push(aside(format!("after {}", names.join(", "))));
    }
    remarks.extend(step.obstacles.iter().map(|it| loud(obstacle(it))));
    remarks
}

/// What stands in the way of a step, in a clause.
pub(super) fn obstacle(Obstacle { field, message }: &Obstacle) -> String {
    format!("{} {}", clean(field), clean(message))
}
