//! One step of a plan, with its fields before and after.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use similar::TextDiff;

use crate::ledger::origin::{Explained, Origin};
use crate::model::address::Address;
use crate::model::answer::Answer;
use crate::model::delivery::{Destination, SecretOutput};
use crate::model::field::{SecretField, Value};
use crate::model::kind::Removal;
use crate::model::place::Sources;
use crate::model::reference::Name;
use crate::model::risk::Risk;
use crate::model::verb::Terms;
use crate::plan::{Action, FieldView, Obstacle, Problem, StepView};
use crate::report::style::{Palette, clean, quoted};

/// One step: what happens to which object, where it is declared, what it waits for, and its fields.
pub(super) fn step(
    view: &StepView,
    sources: &Sources,
    explained: Option<&Explained>,
    palette: Palette,
) -> String {
    let (verb, sign) = match view.action {
        Action::Create => ("will be created", palette.green("+")),
        Action::Update => ("will be updated in-place", palette.yellow("~")),
        Action::Delete => ("will be destroyed", palette.red("-")),
    };
    let mut out = String::new();
    let title = palette.bold(format!("# {} {verb}", view.address));
    writeln!(out, "  {title}").ok();
    for remark in remarks(view, sources, explained) {
        writeln!(out, "  {}", palette.dim(format!("# ({remark})"))).ok();
    }
    writeln!(
        out,
        "  {sign} {} {}",
        view.address.kind,
        quoted(&view.label)
    )
    .ok();
    fields(&mut out, view, palette);
    out
}

/// Where it comes from, and what is special about it.
fn remarks(view: &StepView, sources: &Sources, explained: Option<&Explained>) -> Vec<String> {
    let place = view.place.map(|place| sources.position(place).to_string());
    let id = view.id.as_ref().map(|id| format!("id {}", clean(&id.0)));
    let origin = [place, id]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(", ");
    let mut remarks = vec![origin];
    if let Some(explained) = explained {
        let day = explained.applied.strftime("%Y-%m-%d");
        for (origin, what) in [
            (Origin::Drifted, "changed at the vendor since"),
            (Origin::Both, "changed here and at the vendor since"),
        ] {
            let fields = explained.of(origin).collect::<Vec<_>>();
            if !fields.is_empty() {
                remarks.push(format!("{what} {day}: {}", fields.join(", ")));
            }
        }
    }
    if view.action == Action::Delete && view.removal == Removal::Disable {
        let disabled = "this vendor deletes nothing: it is disabled, and can be enabled again";
        remarks.push(disabled.to_owned());
    }
    if view.enable {
        let unknown = "it is disabled; what it holds can be read only once it is enabled";
        remarks.push(unknown.to_owned());
    }
    if view.prevent_delete {
        remarks.push("its lifecycle says `prevent_delete`".to_owned());
    }
    let Terms { assumed, spends } = view.terms;
    if assumed {
        let vendor = view.address.kind.vendor;
        remarks.push(format!("assumed: no public page of {vendor} states how"));
    }
    remarks.extend(spends.map(|it| {
        let price = view.price.as_ref();
        let price = price.map(|price| format!("; the vendor's price: {}", clean(price)));
        format!("costs money: {}{}", it.what, price.unwrap_or_default())
    }));
    remarks.extend(view.remarks.iter().map(|it| clean(it)));
    for Risk { sort, field, why } in &view.risks {
        let field = field.map(|it| format!("{it}: ")).unwrap_or_default();
        remarks.push(format!("risk: {}, {field}{}", sort.code(), clean(why)));
    }
    if !view.waits_for.is_empty() {
        let names = view
            .waits_for
            .iter()
            .map(Address::short)
            .collect::<Vec<_>>();
        remarks.push(format!("after {}", names.join(", ")));
    }
    for Obstacle {
        field,
        problem,
        why,
        place: _,
    } in &view.obstacles
    {
        let problem = match problem {
            Problem::NoValue => "is needed and has no value",
            Problem::NoDelivery => "cannot be followed, so that the secret would be lost",
        };
        remarks.push(format!("{field} {problem}: {}", clean(why)));
    }
    remarks
}

fn fields(out: &mut String, view: &StepView, palette: Palette) {
    let is_shown = |field: &&FieldView| {
        let says_something =
            view.action != Action::Delete || !field.before.as_ref().is_some_and(is_empty);
        field.changed() && says_something
    };
    let shown = view.fields.iter().filter(is_shown).collect::<Vec<_>>();
    let state = "state";
    let names = shown
        .iter()
        .map(|field| field.name)
        .chain(view.enable.then_some(state));
    let width = names.map(str::len).max().unwrap_or(0);
    if view.enable {
        let sign = palette.yellow("~");
        writeln!(out, "      {sign} {state:width$} = disabled -> enabled").ok();
    }
    for field in shown {
        let sign = match (&field.before, &field.after) {
            (None, _) if view.enable => palette.yellow("~"),
            (None, _) => palette.green("+"),
            (Some(_), Some(_)) => palette.yellow("~"),
            (Some(_), None) => palette.red("-"),
        };
        let change = match (&field.before, &field.after) {
            (None, Some(after)) if view.enable => format!("(unknown) -> {}", one(after)),
            _ => change(field, palette, width),
        };
        writeln!(out, "      {sign} {:width$} = {change}", field.name).ok();
    }
}

/// Whether a value says nothing, as most fields of most objects do.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Text(text) | Value::Sensitive(text) => text.is_empty(),
        Value::Set(set) => set.is_empty(),
        Value::Names(names) => names.is_empty(),
        Value::Access(access) => access.is_empty(),
        Value::Flag(_)
        | Value::Number { .. }
        | Value::Word(_)
        | Value::Name(_)
        | Value::Secret(_)
        | Value::Generated(_)
        | Value::Output(_) => false,
    }
}

/// A difference in one line: what is there, and what should be.
pub(in crate::report) fn difference(there: Option<&Value>, declared: Option<&Value>) -> String {
    if let (Some(there @ Value::Text(_)), Some(declared @ Value::Text(_))) = (there, declared) {
        return format!("{} -> {}", one(there), one(declared));
    }
    let field = FieldView {
        name: "",
        before: there.cloned(),
        after: declared.cloned(),
        answer: Answer::Differs,
    };
    change(&field, Palette { color: false }, 0)
}

/// The right side of a field's line.
fn change(field: &FieldView, palette: Palette, width: usize) -> String {
    let FieldView {
        name: _,
        before,
        after,
        answer: _,
    } = field;
    match (before, after) {
        (None, Some(value)) | (Some(value), None) => one(value),
        (Some(Value::Text(before)), Some(Value::Text(after)))
            if before.contains('\n') || after.contains('\n') =>
        {
            lines(before, after, palette, width)
        }
        (Some(Value::Set(before)), Some(Value::Set(after))) => {
            set(before, after, |it| quoted(it), palette)
        }
        (Some(Value::Names(before)), Some(Value::Names(after))) => {
            set(before, after, |it| clean(&it.to_string()), palette)
        }
        (Some(Value::Access(before)), Some(Value::Access(after))) => access(before, after, palette),
        (Some(Value::Secret(_)), Some(Value::Secret(_))) => {
            "(secret value) -> (another secret value)".to_owned()
        }
        (Some(Value::Secret(_)), Some(Value::Generated(_))) => {
            "(secret value) -> (another secret value, made when it is applied)".to_owned()
        }
        (Some(Value::Sensitive(_)), Some(Value::Sensitive(_))) => {
            "(sensitive value) -> (another sensitive value)".to_owned()
        }
        (Some(before), Some(after)) => format!("{} -> {}", one(before), one(after)),
        (None, None) => String::new(),
    }
}

fn one(value: &Value) -> String {
    let listed = |items: Vec<String>| format!("[{}]", items.join(", "));
    match value {
        Value::Text(text) => quoted(text),
        Value::Flag(flag) => flag.to_string(),
        Value::Number { number, unit } => format!("{number} {unit}"),
        Value::Word(word) => clean(word),
        Value::Sensitive(_) => "(sensitive value)".to_owned(),
        Value::Set(set) => listed(set.iter().map(|it| quoted(it)).collect()),
        Value::Name(name) => clean(&name.to_string()),
        Value::Names(names) => listed(names.iter().map(|it| clean(&it.to_string())).collect()),
        Value::Access(access) => {
            let entry = |(who, what): (_, &Cow<'static, str>)| {
                format!("{}: {}", clean(&format!("{who}")), clean(what))
            };
            format!(
                "{{{}}}",
                access.iter().map(entry).collect::<Vec<_>>().join(", ")
            )
        }
        Value::Output(output) => destination(output),
        Value::Secret(SecretField::Known(_)) => "(secret value)".to_owned(),
        Value::Secret(SecretField::Unknown { .. } | SecretField::Generated(_)) => {
            "(secret value, not at hand)".to_owned()
        }
        Value::Generated(generated) => match &generated.output {
            Some(output) => format!(
                "(secret value, made when it is created, also for {})",
                destination(output)
            ),
            None => "(secret value, made when it is created)".to_owned(),
        },
    }
}

fn destination(SecretOutput { to, place: _ }: &SecretOutput) -> String {
    match to {
        Destination::File(path) => format!("{{file: {}}}", quoted(path)),
        Destination::Command { program, args } => {
            let words = std::iter::once(program).chain(args);
            let words = words.map(|it| quoted(it)).collect::<Vec<_>>();
            format!("{{command: [{}]}}", words.join(", "))
        }
    }
}

/// What leaves a set and what joins it; what stays is only counted.
fn set<T: Ord>(
    before: &BTreeSet<T>,
    after: &BTreeSet<T>,
    show: impl Fn(&T) -> String,
    palette: Palette,
) -> String {
    let gone = before
        .difference(after)
        .map(|it| palette.red(format!("- {}", show(it))));
    let new = after
        .difference(before)
        .map(|it| palette.green(format!("+ {}", show(it))));
    let kept = unchanged(before.intersection(after).count());
    format!(
        "[{}]",
        gone.chain(new).chain(kept).collect::<Vec<_>>().join(", ")
    )
}

/// Who loses access, whose access changes and who gains it; who keeps it is only counted.
fn access(
    before: &BTreeMap<Name, Cow<'static, str>>,
    after: &BTreeMap<Name, Cow<'static, str>>,
    palette: Palette,
) -> String {
    let show = |who: &Name| clean(&who.to_string());
    let gone = before.iter().filter(|(who, _)| !after.contains_key(who));
    let gone = gone.map(|(who, what)| palette.red(format!("- {}: {}", show(who), clean(what))));
    let moved = after.iter().filter_map(|(who, what)| {
        let had = before.get(who).filter(|had| *had != what)?;
        Some(palette.yellow(format!(
            "~ {}: {} -> {}",
            show(who),
            clean(had),
            clean(what)
        )))
    });
    let new = after.iter().filter(|(who, _)| !before.contains_key(who));
    let new = new.map(|(who, what)| palette.green(format!("+ {}: {}", show(who), clean(what))));
    let kept = after
        .iter()
        .filter(|(who, what)| before.get(who) == Some(what))
        .count();
    let parts = gone.chain(moved).chain(new).chain(unchanged(kept));
    format!("{{{}}}", parts.collect::<Vec<_>>().join(", "))
}

fn unchanged(count: usize) -> Option<String> {
    (count > 0).then(|| format!("{count} unchanged"))
}

/// A text of several lines, as the lines that differ.
fn lines(before: &str, after: &str, palette: Palette, width: usize) -> String {
    let mut out = String::new();
    let indent = " ".repeat(8 + width);
    for change in TextDiff::from_lines(before, after).iter_all_changes() {
        let line = clean(change.value().trim_end_matches('\n'));
        let line = match change.tag() {
            similar::ChangeTag::Equal => format!("  {line}"),
            similar::ChangeTag::Delete => palette.red(format!("- {line}")),
            similar::ChangeTag::Insert => palette.green(format!("+ {line}")),
        };
        write!(out, "\n{indent}{line}").ok();
    }
    out
}
