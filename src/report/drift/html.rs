//! Drift as a page of its own, in the dress of the page of a plan.

use std::collections::BTreeSet;

use super::{Shown, clause, since, subject};
use crate::drift::{Counts, Finding, Severity};
use crate::report::html::{code, escape, list, page, prose, section};
use crate::report::words::counted;

/// A page that loads nothing, in which findings can be filtered by gravity and vendor and searched.
pub(crate) fn html(shown: &Shown<'_>) -> String {
    let workspace = escape(shown.workspace);
    let open = shown.findings.iter().filter(|it| it.waiver.is_none());
    let waived = shown.findings.iter().filter(|it| it.waiver.is_some());
    let count = open.clone().count();
    let cards = open.enumerate().map(|(at, it)| card(at, it, shown));
    let waived = waived.map(|it| {
        let waiver = it.waiver.as_ref();
        let why =
            waiver.map(|it| format!("waived by {} until {}: {}", it.owner, it.until, it.reason));
        let why = escape(&why.unwrap_or_default());
        format!("{} {}: {why}", code(&subject(it)), prose(&clause(it)))
    });
    let unread = shown.incomplete.iter();
    let unread = unread.map(|it| format!("{} {}", code(&it.what), escape(&it.why)));
    let header = format!(
        "<header>\n<p>Workspace {}</p>\n<h1>{}</h1>\n<p>{} as declared, as of {}.</p>\n</header>\n",
        code(shown.workspace),
        headline(count),
        counted(shown.in_sync, "resource"),
        shown.now.strftime("%Y-%m-%d %H:%M UTC")
    );
    let main = [
        section("unread", "Not read", &list(unread)),
        filter(shown),
        format!(
            "<section class=\"steps\" id=\"steps\" tabindex=\"-1\" aria-labelledby=\"steps-title\">\n\
             <h2 id=\"steps-title\">{}</h2>\n{}</section>\n",
            counted(count, "finding"),
            cards.collect::<String>()
        ),
        section("waived", "Waived", &list(waived)),
    ];
    page(
        &format!("Drift of {workspace}"),
        "Skip to the findings",
        &header,
        &main.concat(),
    )
}

fn headline(count: usize) -> String {
    match count {
        0 => "No drift".to_owned(),
        some => format!("{} open", counted(some, "finding")),
    }
}

fn filter(shown: &Shown<'_>) -> String {
    let counts = Counts::of(shown.findings);
    let severities = Severity::ALL.into_iter().rev().map(|severity| {
        let word = severity.word();
        let count = counts.by_severity.get(word).copied().unwrap_or_default();
        format!(
            "<label><input type=\"checkbox\" name=\"action\" value=\"{word}\" checked> {count} {word}</label>\n"
        )
    });
    let vendors = shown.findings.iter().map(vendor);
    let vendors = vendors.collect::<BTreeSet<_>>().into_iter().map(escape);
    let vendors = vendors.map(|it| format!("<option value=\"{it}\">{it}</option>\n"));
    format!(
        "<form class=\"filter\" role=\"search\" aria-label=\"Filter the findings\" hidden>\n\
         <fieldset><legend>Gravity</legend>\n{}</fieldset>\n\
         <label>Vendor <select name=\"vendor\">\n<option value=\"\">all</option>\n{}</select></label>\n\
         <label>Search <input type=\"search\" name=\"text\" autocomplete=\"off\"></label>\n\
         <button type=\"reset\">Show all</button>\n\
         <p role=\"status\"></p>\n</form>\n",
        severities.collect::<String>(),
        vendors.collect::<String>()
    )
}

fn vendor(finding: &Finding) -> &str {
    let vendor = finding.address.split_once('.');
    vendor.map_or(finding.address.as_str(), |(vendor, _)| vendor)
}

fn card(number: usize, finding: &Finding, shown: &Shown<'_>) -> String {
    let (severity, sort) = (finding.severity.word(), finding.sort.word());
    let place = finding
        .place
        .map(|it| shown.sources.position(it).to_string());
    let more = [place, since(finding, shown.now)];
    let more = more.into_iter().flatten().collect::<Vec<_>>().join(", ");
    format!(
        "<article class=\"step\" data-action=\"{severity}\" data-vendor=\"{}\" aria-labelledby=\"step-{number}\">\n\
         <h3 id=\"step-{number}\"><span class=\"action\">{severity}: {sort}</span> {}</h3>\n\
         <p>{} <span class=\"place\">{}</span></p>\n</article>\n",
        escape(vendor(finding)),
        code(&subject(finding)),
        prose(&clause(finding)),
        escape(&more)
    )
}
