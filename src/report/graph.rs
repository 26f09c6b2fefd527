//! What of a plan waits for what, as a graph in the languages that Graphviz and Mermaid draw.

use std::collections::HashMap;
use std::fmt::Write;

use crate::plan::{Action, Plan, StepView};
use crate::report::style::clean;

/// The graph in the language of Graphviz. An arrow leads from a step to what it waits for.
pub(crate) fn dot(plan: &Plan) -> String {
    let mut out = "digraph plan {\n  rankdir = \"RL\";\n  node [shape = \"box\"];\n".to_owned();
    for view in plan.views() {
        let (name, label) = (quoted(&view.address.to_string()), quoted(&label(view)));
        let color = color(view.action);
        writeln!(out, "  {name} [label = {label}, color = \"{color}\"];").ok();
    }
    for view in plan.views() {
        for other in &view.waits_for {
            let (name, other) = (&view.address.to_string(), &other.to_string());
            writeln!(out, "  {} -> {};", quoted(name), quoted(other)).ok();
        }
    }
    out.push_str("}\n");
    out
}

/// The graph in the language of Mermaid, which code hosts draw in Markdown. An arrow leads from a step to what it waits
/// for.
pub(crate) fn mermaid(plan: &Plan) -> String {
    let mut out = "flowchart RL\n".to_owned();
    let numbers = plan.views().zip(1..).map(|(view, at)| (&view.address, at));
    let numbers = numbers.collect::<HashMap<_, usize>>();
    let views = || plan.views().zip(1..);
    for (view, at) in views() {
        writeln!(out, "  s{at}[\"{}\"]", entities(&label(view))).ok();
    }
    for (view, at) in views() {
        for other in view.waits_for.iter().filter_map(|it| numbers.get(it)) {
            writeln!(out, "  s{at} --> s{other}").ok();
        }
    }
    for action in [Action::Create, Action::Update, Action::Delete] {
        let steps = views().filter(|(view, _)| view.action == action);
        let steps = steps.map(|(_, at)| format!("s{at}")).collect::<Vec<_>>();
        if !steps.is_empty() {
            let (word, color) = (action.word(), color(action));
            writeln!(out, "  classDef {word} stroke:{color}").ok();
            writeln!(out, "  class {} {word}", steps.join(",")).ok();
        }
    }
    out
}

fn label(view: &StepView) -> String {
    let sign = match view.action {
        Action::Create => '+',
        Action::Update => '~',
        Action::Delete => '-',
    };
    let address = format!("{sign} {}", view.address);
    match view.place {
        Some(_) => clean(&address),
        // An address that nobody declares says little; the vendor has a name for it.
        None => clean(&format!("{address} {}", view.label)),
    }
}

fn color(action: Action) -> &'static str {
    match action {
        Action::Create => "green",
        Action::Update => "orange",
        Action::Delete => "red",
    }
}

/// A text between double quotes, in which Graphviz takes nothing for a sign.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A text in which Mermaid takes nothing for a sign: what could be one stands by its number.
fn entities(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_alphanumeric() || " ._-+~@:/".contains(character) {
            out.push(character);
        } else {
            write!(out, "#{};", u32::from(character)).ok();
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{entities, quoted};

    #[test]
    fn nothing_in_a_name_is_taken_for_a_sign() {
        assert_eq!(quoted("+ a\"];\\"), "\"+ a\\\"];\\\\\"");
        assert_eq!(
            entities("+ a\"]; `b` <c> #d; é"),
            "+ a#34;#93;#59; #96;b#96; #60;c#62; #35;d#59; é"
        );
    }
}
