//! A plan as a page of its own: one file that loads nothing, in which everything is shown without its script, and which
//! its script can filter. Whatever is not ours in it is escaped.

mod step;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use data_encoding::BASE64;
use ring::digest::{SHA256, digest};

use super::picture::{Counts, Picture};
use super::style::clean;
use super::words::{self, counted, infinitive, position};
use super::{access, forecast, text};
use crate::plan::Action;
use step::is_watched;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Draws a plan.
pub(crate) fn plan(picture: &Picture) -> String {
    let title = format!("Plan of {}", escape(&picture.workspace));
    let parts = [
        objections(picture),
        people(picture),
        filter(picture),
        steps(picture),
        beside(picture),
        kinds(picture),
    ];
    page(
        &title,
        "Skip to the steps",
        &header(picture),
        &parts.concat(),
    )
}

/// A page that loads nothing and runs nothing but its own script, of which the parts are HTML already. What can be filtered
/// is in articles of the class `step` within `#steps`.
pub(super) fn page(title: &str, skip: &str, header: &str, main: &str) -> String {
    let [style, script] =
        [STYLE, SCRIPT].map(|it| BASE64.encode(digest(&SHA256, it.as_bytes()).as_ref()));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; base-uri 'none'; form-action 'none'"
    );
    let version = env!("CARGO_PKG_VERSION");
    [
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n",
        &format!("<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n"),
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
        &format!("<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"),
        &format!("<a class=\"skip\" href=\"#steps\">{skip}</a>\n"),
        header,
        "<main>\n",
        main,
        "</main>\n",
        &format!("<footer><p>Made by trueup {version}.</p></footer>\n"),
        &format!("<script>{SCRIPT}</script>\n</body>\n</html>\n"),
    ]
    .concat()
}

/// Text as it is, with nothing in it that HTML takes for its own.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in clean(text).chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

/// A sentence, in which what stands in backticks is code.
pub(super) fn prose(text: &str) -> String {
    if !text.matches('`').count().is_multiple_of(2) {
        return escape(text);
    }
    let parts = text.split('`').enumerate();
    let parts = parts.map(|(at, part)| {
        if at % 2 == 1 {
            code(part)
        } else {
            escape(part)
        }
    });
    parts.collect()
}

pub(super) fn code(text: &str) -> String {
    format!("<code>{}</code>", escape(text))
}

/// A list of what is HTML already; nothing, if there is nothing in it.
pub(super) fn list(items: impl Iterator<Item = String>) -> String {
    let items = items.map(|it| format!("<li>{it}</li>\n"));
    let items = items.collect::<String>();
    if items.is_empty() {
        return items;
    }
    format!("<ul>\n{items}</ul>\n")
}

/// A part of the page with its heading; nothing, if there is nothing in it.
pub(super) fn section(id: &str, title: &str, content: &str) -> String {
    if content.is_empty() {
        return String::new();
    }
    format!(
        "<section class=\"{id}\" aria-labelledby=\"{id}-title\">\n<h2 id=\"{id}-title\">{title}</h2>\n{content}</section>\n"
    )
}

fn header(picture: &Picture) -> String {
    let asked = picture.forecasts.iter().filter(|it| it.writes > 0);
    let asked = list(asked.map(|it| escape(&forecast::text(it))));
    format!(
        "<header>\n<p>Workspace {}</p>\n<h1>{}</h1>\n<p>{}</p>\n{asked}</header>\n",
        code(&picture.workspace),
        words::headline(picture),
        words::untouched(picture)
    )
}

/// Why the plan would be refused, what was not read, and what was warned of.
fn objections(picture: &Picture) -> String {
    let Picture {
        refusals,
        incomplete,
        warnings,
        ..
    } = picture;
    let refused = refusals.iter().map(|it| {
        let [message, help] = [&it.message, &it.help].map(|it| prose(it));
        let code = escape(&it.code);
        format!("<strong>{code}</strong>: {message}<br>{help}")
    });
    let unread = incomplete.iter().map(|it| {
        let help = it.help.as_ref().map(|it| format!("<br>{}", prose(it)));
        let help = help.unwrap_or_default();
        format!("{}: {}{help}", code(&it.what), prose(&it.why))
    });
    let warned = warnings.iter().map(|it| {
        let place = it.declared_at.as_ref().map(|it| code(&position(it)));
        let help = it.help.as_ref().map(|it| format!("<br>{}", prose(it)));
        let (place, help) = (place.unwrap_or_default(), help.unwrap_or_default());
        format!("{} {place}{help}", prose(&it.message))
    });
    let guards = format!("Refused by {}", counted(refusals.len(), "guard"));
    let caution = picture.caution.iter().map(|it| prose(it));
    [
        section("caution", "Warning", &list(caution)),
        section("refused", &guards, &list(refused)),
        section("unread", "Not read", &list(unread)),
        section("warned", &counted(warnings.len(), "warning"), &list(warned)),
    ]
    .concat()
}

/// What the script filters by. Without a script it is not there.
fn filter(picture: &Picture) -> String {
    if picture.steps.is_empty() {
        return String::new();
    }
    let actions = [Action::Delete, Action::Create, Action::Update].map(|action| {
        let (word, what) = (action.word(), infinitive(action));
        let count = picture.count(action);
        format!(
            "<label><input type=\"checkbox\" name=\"action\" value=\"{word}\" checked> {count} {what}</label>\n"
        )
    });
    let vendors = picture.steps.iter().map(|it| it.vendor.as_str());
    let vendors = vendors.collect::<BTreeSet<_>>().into_iter().map(escape);
    let vendors = vendors.map(|it| format!("<option value=\"{it}\">{it}</option>\n"));
    let watched = picture.steps.iter().filter(|it| is_watched(it)).count();
    format!(
        "<form class=\"filter\" role=\"search\" aria-label=\"Filter the steps\" hidden>\n\
         <fieldset><legend>Action</legend>\n{}</fieldset>\n\
         <label>Vendor <select name=\"vendor\">\n<option value=\"\">all</option>\n{}</select></label>\n\
         <label><input type=\"checkbox\" name=\"watched\"> what deserves a second look ({watched})</label>\n\
         <label>Search <input type=\"search\" name=\"text\" autocomplete=\"off\"></label>\n\
         <button type=\"reset\">Show all</button>\n\
         <p role=\"status\"></p>\n</form>\n",
        actions.concat(),
        vendors.collect::<String>()
    )
}

/// Who gains and who loses what.
fn people(picture: &Picture) -> String {
    let people = picture.access.iter().map(|section| {
        let changes = section.changes.iter().map(|it| {
            let class = if it.is_rise() { " class=\"rise\"" } else { "" };
            let told = escape(&it.told());
            format!("<span{class}>{} {told}</span>", it.sign())
        });
        format!("{}{}", escape(&section.title()), list(changes))
    });
    section("access", access::HEADING, &list(people))
}

fn steps(picture: &Picture) -> String {
    let steps = picture.steps.iter().enumerate();
    let steps = steps.map(|(at, it)| step::step(at, it)).collect::<String>();
    let title = counted(picture.steps.len(), "step");
    format!(
        "<section class=\"steps\" id=\"steps\" tabindex=\"-1\" aria-labelledby=\"steps-title\">\n\
         <h2 id=\"steps-title\">{title}</h2>\n{steps}</section>\n"
    )
}

/// Notes, and what nobody can verify.
fn beside(picture: &Picture) -> String {
    let notes = picture.notes.iter().map(|it| {
        let place = it.declared_at.as_ref().map(|it| code(&position(it)));
        let (address, message) = (code(&it.address), prose(&it.message));
        format!("{address} {message} {}", place.unwrap_or_default())
    });
    let reasons = text::by_reason(&picture.unverified).into_iter();
    let reasons = reasons.map(|(why, fields)| {
        let names = text::unverified_names(&fields).into_iter();
        let names = names.map(|it| code(&it)).collect::<Vec<_>>();
        format!("{}: {}", prose(&why), names.join(", "))
    });
    let fields = counted(picture.unverified.len(), "field");
    [
        section("notes", &counted(picture.notes.len(), "note"), &list(notes)),
        section(
            "unverified",
            &format!("{fields} that cannot be verified"),
            &list(reasons),
        ),
    ]
    .concat()
}

/// How many of what there are of each kind.
fn kinds(picture: &Picture) -> String {
    let mut kinds = BTreeMap::<&str, ([usize; 3], Counts)>::new();
    for (kind, counts) in &picture.kinds {
        kinds.entry(kind).or_default().1 = *counts;
    }
    for step in &picture.steps {
        let at = match step.action {
            Action::Create => 0,
            Action::Update => 1,
            Action::Delete => 2,
        };
        kinds.entry(&step.kind).or_default().0[at] += 1;
    }
    if kinds.is_empty() {
        return String::new();
    }
    let rows = kinds.into_iter().map(|(kind, (steps, counts))| {
        let Counts {
            live,
            unchanged,
            unverified,
            strangers,
        } = counts;
        let counts = steps
            .into_iter()
            .chain([unchanged, unverified, strangers, live]);
        let cells = counts
            .map(|it| format!("<td>{it}</td>"))
            .collect::<String>();
        format!("<tr><th scope=\"row\">{}</th>{cells}</tr>\n", code(kind))
    });
    let heads = [
        "Kind",
        "to add",
        "to change",
        "to destroy",
        "unchanged",
        "not verifiable",
        "not declared",
        "live",
    ];
    let heads = heads
        .map(|it| format!("<th scope=\"col\">{it}</th>"))
        .concat();
    let table = format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-labelledby=\"kinds-title\"><table>\n<caption>Counts by kind</caption>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{}</tbody>\n</table></div>\n",
        rows.collect::<String>()
    );
    section("kinds", "All kinds", &table)
}
