//! What can be done with each kind and each field, from the same table that the diff goes by.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Serialize;

use super::style::Palette;
use crate::model::field::{Field, Form};
use crate::model::kind::{Capabilities, Removal};
use crate::model::verb::{Evidence, Verb, Verbs};

const ASSUMED: &str = "assumed, and only with `assumed_actions: true`";

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
        read,
        verbs,
        fields,
        assumed,
    } = kind;
    let mut out = String::new();
    let title = palette.bold(id);
    writeln!(
        out,
        "{title}  (table `{table}`; {})",
        removed(*removal, verbs.delete)
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
        gated,
        generated: _,
        traced,
    } in *fields
    {
        let read = match (traced, readable) {
            (true, _) => "verify",
            (false, true) => "yes",
            (false, false) => "no",
        };
        let form = word(*form);
        let change = if changeable(kind, *fixed) {
            "yes"
        } else {
            "no"
        };
        let documented = match (assumed, gated) {
            (_, true) => ASSUMED,
            (true, false) => "assumed",
            (false, false) => "yes",
        };
        writeln!(
            out,
            "  {name:width$}  {form:10}  {read:4}  {change:6}  {documented}"
        )
        .ok();
    }
    for sentence in *assumed {
        writeln!(out, "  Assumed: {sentence}.").ok();
    }
    if *read == Evidence::Assumed {
        writeln!(out, "  To read one: {ASSUMED}.").ok();
    }
    let Verbs {
        create,
        update,
        delete,
    } = verbs;
    if let Some(why) = create.never()
        && create == update
        && create == delete
    {
        writeln!(out, "  Only observed, since {why}.").ok();
        return out;
    }
    for (doing, verb) in named(*verbs) {
        for sentence in terms(verb) {
            writeln!(out, "  To {doing} one: {sentence}.").ok();
        }
    }
    out
}

/// Whether a field can be changed of what exists.
fn changeable(kind: &Capabilities, fixed: bool) -> bool {
    !fixed && kind.verbs.update.never().is_none()
}

fn removed(removal: Removal, delete: Verb) -> &'static str {
    match (delete, removal) {
        (Verb::Never(_), _) => "nothing removes one",
        (Verb::Can { .. }, Removal::Delete) => "removing one deletes it",
        (Verb::Can { .. }, Removal::Disable) => "removing one disables it",
    }
}

fn named(verbs: Verbs) -> [(&'static str, Verb); 3] {
    let Verbs {
        create,
        update,
        delete,
    } = verbs;
    [("create", create), ("update", update), ("delete", delete)]
}

/// What must be known before a verb is counted on. Of most there is nothing to say.
fn terms(verb: Verb) -> Vec<String> {
    match verb {
        Verb::Never(why) => vec![format!("never, since {why}")],
        Verb::Can { evidence, spends } => {
            let assumed = match evidence {
                Evidence::Shown => None,
                Evidence::Assumed => Some(ASSUMED.to_owned()),
            };
            let spends = spends.map(|what| {
                format!("{what}, so only with `allow_spend: true` and `--allow-spend`")
            });
            assumed.into_iter().chain(spends).collect()
        }
    }
}

fn evidence(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::Shown => "documented",
        Evidence::Assumed => "assumed",
    }
}

fn word(form: Form) -> &'static str {
    match form {
        Form::Text => "text",
        Form::Flag => "flag",
        Form::Number(_) => "number",
        Form::Word => "word",
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
    /// `documented`, or `assumed` for what is read only with `assumed_actions: true`.
    read: &'static str,
    /// By `create`, `update` and `delete`.
    verbs: BTreeMap<&'static str, VerbJson>,
    fields: Vec<FieldJson>,
    assumed: &'static [&'static str],
}

#[derive(Serialize)]
struct VerbJson {
    /// `documented`, `assumed`, or `never` if nobody can do it.
    evidence: &'static str,
    /// Why nobody can.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'static str>,
    /// What of it costs money.
    #[serde(skip_serializing_if = "Option::is_none")]
    spends: Option<&'static str>,
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
    /// Present and true for what is written only with `assumed_actions: true`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    gated: bool,
}

/// The kinds for programs.
pub(crate) fn json(kinds: &[Capabilities]) -> String {
    let field = |kind: &Capabilities, field: &Field| FieldJson {
        name: field.name,
        form: word(field.form),
        readable: field.readable,
        changeable: changeable(kind, field.fixed),
        secret: field.form == Form::Secret,
        generated: field.form == Form::Secret && field.generated,
        evidence: if field.assumed {
            "assumed"
        } else {
            "documented"
        },
        gated: field.gated,
    };
    let verb = |verb: Verb| VerbJson {
        evidence: match verb {
            Verb::Can {
                evidence: how,
                spends: _,
            } => evidence(how),
            Verb::Never(_) => "never",
        },
        why: verb.never(),
        spends: verb.spends(),
    };
    let kind = |kind: &Capabilities| KindJson {
        vendor: kind.id.vendor,
        kind: kind.id.name,
        table: kind.table,
        removal: match kind.removal {
            Removal::Delete => "delete",
            Removal::Disable => "disable",
        },
        read: evidence(kind.read),
        verbs: named(kind.verbs)
            .into_iter()
            .map(|(doing, it)| (doing, verb(it)))
            .collect(),
        fields: kind.fields.iter().map(|it| field(kind, it)).collect(),
        assumed: kind.assumed,
    };
    let listing = Listing {
        format_version: "1.0",
        kinds: kinds.iter().map(kind).collect(),
    };
    super::diagnostics::written(&listing)
}

#[cfg(test)]
mod tests {
    use super::text;
    use crate::model::kind::Capabilities;
    use crate::model::testing::{ASSERTED, COSTLY, OBSERVED, Thing};
    use crate::report::style::Palette;

    #[test]
    fn what_cannot_be_done_or_not_without_leave_is_listed() {
        let kinds = [
            Capabilities::of::<Thing<OBSERVED>>(),
            Capabilities::of::<Thing<ASSERTED>>(),
            Capabilities::of::<Thing<COSTLY>>(),
        ];
        insta::assert_snapshot!(text(&kinds, Palette { color: false }), @r"
        toy.thing  (table `things`; nothing removes one)
          field  form        read  change  documented
          name   text        yes   no      yes
          size   text        yes   no      yes
          lock   text        yes   no      assumed, and only with `assumed_actions: true`
          Only observed, since no request makes or removes a thing.

        toy.thing  (table `things`; nothing removes one)
          field  form        read  change  documented
          name   text        yes   yes     yes
          size   text        yes   yes     yes
          lock   text        yes   yes     assumed, and only with `assumed_actions: true`
          To create one: never, since things are made by hand.
          To update one: assumed, and only with `assumed_actions: true`.
          To delete one: never, since things last.

        toy.thing  (table `things`; removing one deletes it)
          field  form        read  change  documented
          name   text        yes   yes     yes
          size   text        yes   yes     yes
          lock   text        yes   yes     assumed, and only with `assumed_actions: true`
          To create one: a thing is billed by the month, so only with `allow_spend: true` and `--allow-spend`.
          To update one: a larger thing costs more, so only with `allow_spend: true` and `--allow-spend`.
        ");
    }
}
