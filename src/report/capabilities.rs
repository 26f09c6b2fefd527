//! What can be done with each kind and each field, from the same table that the diff goes by.

use std::fmt::Write;

use serde::Serialize;

use super::style::Palette;
use crate::model::field::{Field, Form};
use crate::model::kind::{Capabilities, Removal};

/// The kinds for people: a table each, and what is assumed of them.
pub(crate) fn text(kinds: &[Capabilities], palette: Palette) -> String {
    let sections = kinds.iter().map(|kind| one(kind, palette));
    sections.collect::<Vec<_>>().join("\n")
}

fn one(kind: &Capabilities, palette: Palette) -> String {
    let Capabilities {
        id,
        table,
        removal,
        fields,
        assumed,
    } = kind;
    let mut out = String::new();
    let title = palette.bold(id);
    writeln!(
        out,
        "{title}  (table `{table}`; removing one {})",
        removed(*removal)
    )
    .ok();
    let names = fields.iter().map(|field| field.name.len());
    let width = names.max().unwrap_or(0).max("field".len());
    let head = format!(
        "  {:width$}  {:10}  read  change  documented",
        "field", "form"
    );
    writeln!(out, "{}", palette.dim(head)).ok();
    for Field {
        name,
        form,
        fixed,
        readable,
        assumed,
        generated: _,
    } in *fields
    {
        let (form, read) = (word(*form), if *readable { "yes" } else { "no" });
        let change = if *fixed { "no" } else { "yes" };
        let documented = if *assumed { "assumed" } else { "yes" };
        writeln!(
            out,
            "  {name:width$}  {form:10}  {read:4}  {change:6}  {documented}"
        )
        .ok();
    }
    for sentence in *assumed {
        writeln!(out, "  Assumed: {sentence}.").ok();
    }
    out
}

fn removed(removal: Removal) -> &'static str {
    match removal {
        Removal::Delete => "deletes it",
        Removal::Disable => "disables it",
    }
}

fn word(form: Form) -> &'static str {
    match form {
        Form::Text => "text",
        Form::Flag => "flag",
        Form::Set => "set",
        Form::Reference => "reference",
        Form::References => "references",
        Form::Access => "access",
        Form::Sensitive => "sensitive",
        Form::Secret => "secret",
        Form::Output => "output",
    }
}

#[derive(Serialize)]
struct Listing {
    format_version: &'static str,
    kinds: Vec<KindJson>,
}

#[derive(Serialize)]
struct KindJson {
    vendor: &'static str,
    kind: &'static str,
    table: &'static str,
    /// `delete`, or `disable` where the vendor deletes nothing.
    removal: &'static str,
    fields: Vec<FieldJson>,
    assumed: &'static [&'static str],
}

#[derive(Serialize)]
struct FieldJson {
    name: &'static str,
    form: &'static str,
    readable: bool,
    /// False for what can be said at creation only.
    changeable: bool,
    secret: bool,
    /// Whether `generate` may make its value up.
    generated: bool,
    evidence: &'static str,
}

/// The kinds for programs.
pub(crate) fn json(kinds: &[Capabilities]) -> String {
    let field = |field: &Field| FieldJson {
        name: field.name,
        form: word(field.form),
        readable: field.readable,
        changeable: !field.fixed,
        secret: field.form == Form::Secret,
        generated: field.form == Form::Secret && field.generated,
        evidence: if field.assumed {
            "assumed"
        } else {
            "documented"
        },
    };
    let kind = |kind: &Capabilities| KindJson {
        vendor: kind.id.vendor,
        kind: kind.id.name,
        table: kind.table,
        removal: match kind.removal {
            Removal::Delete => "delete",
            Removal::Disable => "disable",
        },
        fields: kind.fields.iter().map(field).collect(),
        assumed: kind.assumed,
    };
    let listing = Listing {
        format_version: "1.0",
        kinds: kinds.iter().map(kind).collect(),
    };
    super::diagnostics::written(&listing)
}
