//! Checks what the declarations say of each other: references, cycles, names they had, keys they share.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::model::address::{Address, KindId};
use crate::model::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::kind::NaturalKey;
use crate::model::place::Place;
use crate::model::reference::{Link, Target};
use crate::suggest::suggest;

const UNKNOWN_REFERENCE: Code = Code("unknown-reference");
const REFERENCE_TO_ABSENT: Code = Code("reference-to-absent");
const REFERENCE_CYCLE: Code = Code("reference-cycle");
const SAME_THING: Code = Code("same-thing");
const SAID_TWICE: Code = Code("said-twice");
const WAS_STILL_DECLARED: Code = Code("was-still-declared");
const WAS_CLAIMED_TWICE: Code = Code("was-claimed-twice");

/// What resolving needs to know of one declared resource.
#[derive(Debug)]
pub(crate) struct Head {
    pub address: Address,
    pub place: Place,
    pub links: Vec<Link>,
    /// The name the vendor knows it by, in the form in which the vendor compares names.
    pub label: String,
    pub key: NaturalKey,
    pub has_id: bool,
    pub absent: bool,
    pub was: Vec<(String, Place)>,
}

/// Pushes every mistake among the heads. What is declared with mistakes of its own has no head, only a place among the
/// `names`, so that referring to it is no mistake, and its references among the `loose_links`. Linear but for sorting.
pub(crate) fn resolve(
    heads: &[Head],
    names: &HashSet<Address>,
    loose_links: &[Link],
    diagnostics: &mut Diagnostics,
) {
    let declared = heads
        .iter()
        .map(|head| (&head.address, head))
        .collect::<HashMap<_, _>>();
    let renamed = renamed(heads, &declared, diagnostics);
    for head in heads {
        for link in &head.links {
            check_link(link, head.absent, &declared, names, &renamed, diagnostics);
        }
    }
    for link in loose_links {
        check_link(link, false, &declared, names, &renamed, diagnostics);
    }
    check_said_twice(heads, &declared, diagnostics);
    check_keys(heads, diagnostics);
    check_cycles(heads, &declared, diagnostics);
}

/// The present address of every name that something `was`.
fn renamed<'h>(
    heads: &'h [Head],
    declared: &HashMap<&Address, &'h Head>,
    diagnostics: &mut Diagnostics,
) -> HashMap<Address, (&'h Address, Place)> {
    let mut renamed = HashMap::<Address, (&Address, Place)>::new();
    for head in heads {
        for (old, place) in &head.was {
            let old = head.address.kind.address(old);
            if let Some(other) = declared.get(&old) {
                diagnostics.push(
                    Diagnostic::error(
                        WAS_STILL_DECLARED,
                        *place,
                        format!(
                            "`{}` is still declared, so nothing can have been it",
                            old.short()
                        ),
                    )
                    .related(other.place, "declared here"),
                );
            } else if let Some((_, first)) = renamed.get(&old) {
                diagnostics.push(
                    Diagnostic::error(
                        WAS_CLAIMED_TWICE,
                        *place,
                        format!("two resources say that they were `{}`", old.short()),
                    )
                    .related(*first, "claimed here first"),
                );
            } else {
                renamed.insert(old, (&head.address, *place));
            }
        }
    }
    renamed
}

fn check_link(
    link: &Link,
    from_absent: bool,
    declared: &HashMap<&Address, &Head>,
    names: &HashSet<Address>,
    renamed: &HashMap<Address, (&Address, Place)>,
    diagnostics: &mut Diagnostics,
) {
    let Target::Declared(name) = &link.target else {
        return;
    };
    let address = link.kind.address(name);
    match declared.get(&address) {
        Some(target) if target.absent && !from_absent => diagnostics.push(
            Diagnostic::error(
                REFERENCE_TO_ABSENT,
                link.place,
                format!(
                    "`{}` is declared absent, and this still refers to it",
                    address.short()
                ),
            )
            .related(target.place, "declared absent here")
            .help("take it out here too"),
        ),
        Some(_) => {}
        None if names.contains(&address) => {}
        None => {
            let unknown = Diagnostic::error(
                UNKNOWN_REFERENCE,
                link.place,
                format!("no {} is named `{name}`", link.kind.name),
            );
            diagnostics.push(match renamed.get(&address) {
                Some((present, place)) => unknown
                    .label(format!("it is named `{}` today", present.name))
                    .related(*place, "renamed here"),
                None => match near(name, link.kind, names) {
                    Some(near) => unknown.label(format!("did you mean `{near}`?")),
                    None => unknown.help(format!(
                        "declare it, or refer to one that exists only at the vendor by the vendor's own \
                         name: `{{ live: \"{name}\" }}`"
                    )),
                },
            });
        }
    }
}

fn near(name: &str, kind: KindId, names: &HashSet<Address>) -> Option<String> {
    let names = names
        .iter()
        .filter(|it| it.kind == kind)
        .map(|it| &*it.name);
    suggest(name, names.collect::<BTreeSet<_>>()).map(str::to_owned)
}

/// Naming somebody both as declared and by the vendor's own name would say two things of one.
fn check_said_twice(
    heads: &[Head],
    declared: &HashMap<&Address, &Head>,
    diagnostics: &mut Diagnostics,
) {
    for head in heads.iter().filter(|head| head.links.len() > 1) {
        let mut said = HashMap::<(KindId, &str), Option<Place>>::new();
        for link in &head.links {
            let target = link
                .declared()
                .and_then(|address| declared.get(&address).copied());
            let label = match (&link.target, target) {
                (_, Some(target)) => &target.label,
                (Target::Live(label), None) => label,
                (Target::Declared(_) | Target::Id(_), None) => continue,
            };
            if let Some(first) = said.insert((link.kind, label), link.place) {
                let message = format!("this is the {} `{label}` a second time", link.kind.name);
                let twice = Diagnostic::error(SAID_TWICE, link.place, message);
                diagnostics.push(match first {
                    Some(first) => twice.related(first, "named here first"),
                    None => twice,
                });
            }
        }
    }
}

/// Two declarations without an `id:` that the vendor could not tell apart would fight over one object.
fn check_keys(heads: &[Head], diagnostics: &mut Diagnostics) {
    let mut seen = HashMap::<(KindId, &NaturalKey), &Head>::new();
    for head in heads.iter().filter(|head| !head.has_id) {
        if let Some(first) = seen.get(&(head.address.kind, &head.key)) {
            diagnostics.push(
                Diagnostic::error(
                    SAME_THING,
                    head.place,
                    format!(
                        "`{}` and `{}` describe the same thing: {}",
                        first.address.short(),
                        head.address.short(),
                        head.key
                    ),
                )
                .related(first.place, "described here first")
                .help("remove one, or say with `id:` which live object each of them is"),
            );
        } else {
            seen.insert((head.address.kind, &head.key), head);
        }
    }
}

/// Reports each cycle once, by the path it takes.
fn check_cycles(
    heads: &[Head],
    declared: &HashMap<&Address, &Head>,
    diagnostics: &mut Diagnostics,
) {
    /// Whether an address was looked at: on the present path, or done with.
    #[derive(Clone, Copy, PartialEq)]
    enum Seen {
        OnPath,
        Done,
    }
    let mut seen = BTreeMap::<&Address, Seen>::new();
    // Whatever refers to nothing is on no cycle, and most resources refer to nothing.
    for start in heads.iter().filter(|head| !head.links.is_empty()) {
        if seen.contains_key(&start.address) {
            continue;
        }
        // A walk in depth with its own stack: a chain of references may be longer than the call stack is deep.
        let mut path = vec![(start, 0)];
        seen.insert(&start.address, Seen::OnPath);
        while let Some((head, next)) = path.pop() {
            let Some(link) = head.links.get(next) else {
                seen.insert(&head.address, Seen::Done);
                continue;
            };
            path.push((head, next + 1));
            let target = link
                .declared()
                .and_then(|address| declared.get(&address).copied());
            let Some(target) = target.filter(|target| !target.links.is_empty()) else {
                continue;
            };
            match seen.get(&target.address) {
                Some(Seen::Done) => {}
                Some(Seen::OnPath) => {
                    let from = path.iter().position(|(it, _)| it.address == target.address);
                    let round = path[from.unwrap_or_default()..].iter().map(|(it, _)| *it);
                    let names = round
                        .chain([target])
                        .map(|it| format!("`{}`", it.address.short()));
                    let message = format!(
                        "these refer to each other: {}",
                        names.collect::<Vec<_>>().join(" -> ")
                    );
                    diagnostics.push(
                        Diagnostic::error(REFERENCE_CYCLE, link.place, message).help(
                            "none of them can be created first; take one of the references out",
                        ),
                    );
                }
                None => {
                    seen.insert(&target.address, Seen::OnPath);
                    path.push((target, 0));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Head, resolve};
    use crate::model::address::KindId;
    use crate::model::diagnostic::Diagnostics;
    use crate::model::kind::NaturalKey;
    use crate::model::place::{FileId, Place};
    use crate::model::reference::{Link, Target};

    const TEAM: KindId = KindId {
        vendor: "forge",
        name: "team",
    };

    /// One head a line: `NAME: REFERENCE …`, where `was=OLD`, `absent`, `key=KEY` and `id` say more of it.
    fn check(text: &str) -> String {
        let heads = text
            .lines()
            .zip(0..)
            .map(|(line, at)| head(line, at))
            .collect::<Vec<_>>();
        let mut diagnostics = Diagnostics::default();
        let names = heads.iter().map(|head| head.address.clone()).collect();
        resolve(&heads, &names, &[], &mut diagnostics);
        let shown = diagnostics.sorted().into_iter().map(|it| {
            let line = it.place.map_or(0, |place| place.start);
            let label = if it.label.is_empty() {
                String::new()
            } else {
                format!(" ({})", it.label)
            };
            format!("{line} {}: {}{label}", it.code.0, it.message)
        });
        shown.collect::<Vec<_>>().join("\n")
    }

    fn head(line: &str, at: u32) -> Head {
        let place = Place {
            file: FileId(0),
            start: at,
            end: at,
        };
        let (name, words) = line.split_once(':').unwrap();
        let mut head = Head {
            address: TEAM.address(name),
            place,
            links: Vec::new(),
            label: name.to_owned(),
            key: NaturalKey(vec![("name", name.to_owned())]),
            has_id: false,
            absent: false,
            was: Vec::new(),
        };
        for word in words.split_whitespace() {
            match word.split_once('=') {
                Some(("was", old)) => head.was.push((old.to_owned(), place)),
                Some(("key", key)) => head.key = NaturalKey(vec![("name", key.to_owned())]),
                _ if word == "absent" => head.absent = true,
                _ if word == "id" => head.has_id = true,
                _ => head.links.push(Link {
                    kind: TEAM,
                    target: match word.strip_prefix("live.") {
                        Some(label) => Target::Live(label.to_owned()),
                        None => Target::Declared(word.to_owned()),
                    },
                    place: Some(place),
                    by_id: false,
                }),
            }
        }
        head
    }

    #[test]
    fn sound_references_say_nothing() {
        assert_eq!(check("a: b\nb: c\nc:\nd: b c"), "");
    }

    #[test]
    fn an_unknown_name_is_reported_with_the_nearest_one() {
        assert_eq!(
            check("web: infar\ninfra:"),
            "0 unknown-reference: no team is named `infar` (did you mean `infra`?)"
        );
    }

    #[test]
    fn a_renamed_name_is_reported_with_its_present_one() {
        assert_eq!(
            check("web: infra\nplatform: was=infra"),
            "0 unknown-reference: no team is named `infra` (it is named `platform` today)"
        );
    }

    #[test]
    fn what_is_absent_cannot_be_referred_to() {
        assert_eq!(
            check("web: infra\ninfra: absent"),
            "0 reference-to-absent: `team.infra` is declared absent, and this still refers to it"
        );
    }

    #[test]
    fn what_is_absent_may_refer_to_what_goes_with_it() {
        assert_eq!(check("web: infra absent\ninfra: absent"), "");
    }

    #[test]
    fn a_cycle_is_reported_once_with_its_path() {
        assert_eq!(
            check("a: b\nb: c\nc: a\nd: a"),
            "2 reference-cycle: these refer to each other: `team.a` -> `team.b` -> `team.c` -> `team.a`"
        );
    }

    #[test]
    fn a_resource_that_refers_to_itself_is_a_cycle() {
        assert_eq!(
            check("a: a"),
            "0 reference-cycle: these refer to each other: `team.a` -> `team.a`"
        );
    }

    #[test]
    fn a_chain_of_any_length_is_walked() {
        let chain = (0..100_000)
            .map(|at| format!("n{at}: n{}", at + 1))
            .collect::<Vec<_>>();
        assert_eq!(check(&format!("{}\nn100000:", chain.join("\n"))), "");
    }

    #[test]
    fn two_that_the_vendor_cannot_tell_apart_need_an_id() {
        assert_eq!(
            check("a: key=x\nb: key=x"),
            "1 same-thing: `team.a` and `team.b` describe the same thing: name `x`"
        );
        assert_eq!(check("a: key=x id\nb: key=x"), "");
    }

    #[test]
    fn one_that_is_named_in_two_ways_is_reported() {
        assert_eq!(
            check("a: b live.b live.c\nb:"),
            "0 said-twice: this is the team `b` a second time"
        );
    }

    #[test]
    fn a_former_name_must_be_free_and_claimed_once() {
        assert_eq!(
            check("a: was=b\nb:\nc: was=x\nd: was=x"),
            "0 was-still-declared: `team.b` is still declared, so nothing can have been it\n\
             3 was-claimed-twice: two resources say that they were `team.x`"
        );
    }
}
