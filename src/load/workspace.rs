//! `trueup.yaml`: the workspace's own file, which says where the systems are and what may be done to them.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};
use schemars::JsonSchema;

use super::reader::{Decode, Mapping, Reader};
use super::secret::{Denied, Secrets};
use super::store::read_store;
use super::vars::{Vars, Written};
use crate::guard::Limits;
use crate::model::address::Address;
use crate::model::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::field::SecretField;
use crate::schema::Systems;
use crate::store::Location;
use crate::suggest::suggest;
use crate::vendors::VENDORS;
use crate::vendors::erased::AnySystem;
use crate::yaml::{Entry, Node, View};

const BAD_GLOB: Code = Code("bad-glob");
const UNKNOWN_VENDOR: Code = Code("unknown-vendor");
const PROTECTS_NOTHING: Code = Code("protects-nothing");
const BAD_PERCENT: Code = Code("bad-percent");

/// The file that makes a folder a workspace: where the systems are, and what may be done to them.
#[derive(JsonSchema)]
#[schemars(title = "trueup.yaml", deny_unknown_fields)]
pub(crate) struct Settings {
    /// The workspace's name, as plans show it.
    #[schemars(example = &"acme")]
    pub workspace: String,
    /// Which files of the folder declare resources, as patterns. Without it every `.yaml` file does, but for hidden
    /// ones, `trueup.yaml` itself and the seeds of emulators.
    #[schemars(with = "Option<Vec<String>>", example = &["vault/**/*.yaml"])]
    pub include: Include,
    /// Names with their values, which `${var.NAME}` puts in wherever a text, number or word stands. `--var NAME=VALUE`
    /// wins over what stands here.
    #[schemars(with = "Option<BTreeMap<String, String>>")]
    pub vars: Vars,
    /// What declarations may take secrets from, and give them to.
    #[schemars(default)]
    pub secrets: Policy,
    /// How much a plan may remove before it is refused.
    #[schemars(default)]
    pub guards: Limits,
    /// Where the ledger and the journal are: a file of the workspace, which is `.trueup/trueup.db` if nothing is said, or
    /// a database of PostgreSQL as `postgres://USER@HOST/DATABASE`, for a workspace that is applied from several
    /// machines. A URL with a password is referred to like a secret. None where a reference leads to nothing.
    #[schemars(with = "Option<SecretField>", example = &".trueup/trueup.db")]
    pub store: Result<Location, String>,
    /// The systems, one of each vendor.
    #[schemars(with = "Option<Systems>")]
    pub systems: Vec<Box<dyn AnySystem>>,
}

/// Which files belong to the workspace.
pub(crate) struct Include(GlobSet);

impl Include {
    /// Whether a file belongs to it, by its path relative to the workspace with `/` between the parts.
    pub(crate) fn matches(&self, path: &str) -> bool {
        self.0.is_match(path)
    }
}

/// What declarations may take secrets from, and give them to.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(inline, deny_unknown_fields)]
pub(crate) struct Policy {
    /// Which variables of the environment declarations may name, as patterns. Without it: none.
    #[schemars(with = "Option<Vec<String>>", example = &["VAULT_*"])]
    pub env_allow: GlobSet,
    /// Which programs declarations may have take a secret that a vendor shows once (`secret_output`), as patterns in
    /// which `*` stands for no `/`. Without it: none. A path is one from the workspace, in which whoever proposes a
    /// change may change the program, too. Programs see every variable of the environment.
    #[schemars(with = "Option<Vec<String>>", example = &["vault-put"])]
    pub command_allow: GlobSet,
    /// Lets secrets stand in the files in plain text. For demonstrations only.
    #[schemars(with = "Option<bool>", extend("default" = false))]
    pub allow_plaintext: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            env_allow: GlobSet::empty(),
            command_allow: GlobSet::empty(),
            allow_plaintext: false,
        }
    }
}

/// Reads the file's root. What is wrong is pushed; what is sound is used as far as it goes.
pub(crate) fn read_settings(
    root: &Node,
    given: &BTreeMap<String, String>,
    secrets: &Secrets<'_>,
    directory: &Path,
    diagnostics: &mut Diagnostics,
) -> Option<Settings> {
    let vars = read_vars(root, given, diagnostics);
    let reader = Reader::new(&vars, &Denied);
    let settings = read_root(root, &reader);
    diagnostics.extend(reader.into_diagnostics());
    let Root {
        workspace,
        include,
        secrets: policy,
        guards,
        store,
        systems,
    } = settings?;

    // Credentials of systems may name any variable: whoever writes `trueup.yaml` decides where they are sent anyway.
    let trusted = secrets.trusted(policy.allow_plaintext);
    let reader = Reader::new(&vars, &trusted);
    let systems = systems
        .map(|node| read_systems(node, &reader))
        .unwrap_or_default();
    let store = match store {
        Some(node) => read_store(node, &reader, directory),
        None => Some(Ok(Location::default_in(directory))),
    };
    diagnostics.extend(reader.into_diagnostics());
    Some(Settings {
        workspace: workspace?,
        include: include?,
        vars,
        secrets: policy,
        guards,
        store: store?,
        systems,
    })
}

struct Root<'n> {
    workspace: Option<String>,
    include: Option<Include>,
    secrets: Policy,
    guards: Limits,
    store: Option<&'n Node>,
    systems: Option<&'n Node>,
}

fn read_root<'n>(root: &'n Node, reader: &Reader<'_>) -> Option<Root<'n>> {
    let mut map = reader.mapping(root, "trueup.yaml")?;
    let workspace = map.required("workspace");
    let include = map
        .node("include")
        .map(|node| read_globs(node, reader, Glob::new));
    let include = include.unwrap_or_else(|| {
        let everything = Glob::new("**/*.yaml").expect("the default pattern is sound");
        GlobSetBuilder::new().add(everything).build().ok()
    });
    let secrets = map.node("secrets").map(|node| Policy::decode(node, reader));
    let guards = map.node("guards").map(|node| Limits::decode(node, reader));
    map.node("vars");
    let store = map.node("store");
    let systems = map.node("systems");
    map.finish();
    Some(Root {
        workspace,
        include: include.map(Include),
        secrets: secrets.flatten().unwrap_or_default(),
        guards: guards.flatten().unwrap_or_default(),
        store,
        systems,
    })
}

/// The variables come first, since everything else may use them.
fn read_vars(root: &Node, given: &BTreeMap<String, String>, diagnostics: &mut Diagnostics) -> Vars {
    let none = Vars::default();
    let reader = Reader::new(&none, &Denied);
    let mut written = BTreeMap::new();
    if let View::Map(entries) = root.view()
        && let Some(vars) = entries.iter().find(|entry| &*entry.key.text == "vars")
    {
        for Entry { key, value } in reader
            .entries(&vars.value, "names with their values")
            .unwrap_or_default()
        {
            match value.view() {
                View::Scalar(scalar) => {
                    let variable = Written {
                        text: scalar.text.to_string(),
                        place: value.place(),
                    };
                    written.insert(key.text.to_string(), variable);
                }
                View::Null | View::List(_) | View::Map(_) => reader.wrong_type(value, "text"),
            }
        }
    }
    diagnostics.extend(reader.into_diagnostics());
    Vars::resolve(&written, given, diagnostics)
}

fn read_systems(node: &Node, reader: &Reader<'_>) -> Vec<Box<dyn AnySystem>> {
    let mut systems = Vec::new();
    for Entry { key, value } in reader
        .entries(node, "vendors with their systems")
        .unwrap_or_default()
    {
        match VENDORS.iter().find(|vendor| *vendor.name() == *key.text) {
            Some(vendor) => {
                let map = reader.mapping(value, vendor.name());
                systems.extend(map.and_then(|map| vendor.system(map)));
            }
            None => reader.push(unknown_vendor(key.place, &key.text)),
        }
    }
    systems
}

/// The mistake of naming a vendor that trueup does not know.
pub(super) fn unknown_vendor(place: crate::model::place::Place, name: &str) -> Diagnostic {
    let unknown = Diagnostic::error(
        UNKNOWN_VENDOR,
        place,
        format!("trueup knows no vendor `{name}`"),
    );
    let names = || VENDORS.iter().map(|vendor| vendor.name());
    match suggest(name, names()) {
        Some(near) => unknown.label(format!("did you mean `{near}`?")),
        None => unknown.help(format!(
            "its vendors are: {}",
            names().collect::<Vec<_>>().join(", ")
        )),
    }
}

/// Patterns, each read by `glob`.
fn read_globs(
    node: &Node,
    reader: &Reader<'_>,
    glob: impl Fn(&str) -> Result<Glob, globset::Error>,
) -> Option<GlobSet> {
    let mut globs = GlobSetBuilder::new();
    let mut sound = true;
    for item in reader.list(node, "a list of patterns")? {
        let Some(text) = reader.text(item, "a pattern such as `vault/*.yaml`") else {
            sound = false;
            continue;
        };
        match glob(&text) {
            Ok(glob) => {
                globs.add(glob);
            }
            Err(error) => {
                sound = false;
                let message = format!("`{text}` is not a pattern: {}", error.kind());
                reader.push(Diagnostic::error(BAD_GLOB, item.place(), message));
            }
        }
    }
    globs.build().ok().filter(|_| sound)
}

impl Decode for Policy {
    fn decode(node: &Node, reader: &Reader<'_>) -> Option<Self> {
        let mut map = reader.mapping(node, "secrets")?;
        let mut globs = |key| match map.node(key) {
            // What is allowed in one folder is not allowed in those below it.
            Some(node) => read_globs(node, reader, |text| {
                GlobBuilder::new(text).literal_separator(true).build()
            }),
            None => Some(GlobSet::empty()),
        };
        let (env_allow, command_allow) = (globs("env_allow"), globs("command_allow"));
        let allow_plaintext = map.optional("allow_plaintext").unwrap_or(false);
        map.finish();
        Some(Self {
            env_allow: env_allow?,
            command_allow: command_allow?,
            allow_plaintext,
        })
    }
}

impl Decode for Limits {
    fn decode(node: &Node, reader: &Reader<'_>) -> Option<Self> {
        let defaults = Self::default();
        let mut map = reader.mapping(node, "guards")?;
        let max_deletes = number(&mut map, "max_deletes").unwrap_or(defaults.max_deletes);
        let percent_node = map.node("max_delete_percent");
        let max_delete_percent =
            number(&mut map, "max_delete_percent").unwrap_or(defaults.max_delete_percent);
        if let (Some(node), 101..) = (percent_node, max_delete_percent) {
            let message = format!("{max_delete_percent} is not a share of a hundred");
            reader.push(Diagnostic::error(BAD_PERCENT, node.place(), message));
        }
        let protect = map.optional("protect").unwrap_or_default();
        map.finish();
        Some(Self {
            max_deletes,
            max_delete_percent,
            protect,
            ..defaults
        })
    }
}

/// Says which protected addresses name nothing: a guard that is misspelt, or that a removed declaration left behind,
/// would protect nothing and look as if it did.
pub(super) fn check_protected(
    root: &Node,
    names: &HashSet<Address>,
    diagnostics: &mut Diagnostics,
) {
    let under = |node: &Node, key: &str| match node.view() {
        View::Map(entries) => {
            let entry = entries.iter().find(|entry| &*entry.key.text == key);
            entry.map(|entry| entry.value.clone())
        }
        View::Null | View::Scalar(_) | View::List(_) => None,
    };
    let list = under(root, "guards").and_then(|guards| under(&guards, "protect"));
    let Some(View::List(items)) = list.as_ref().map(Node::view) else {
        return;
    };
    let known = names
        .iter()
        .map(ToString::to_string)
        .collect::<BTreeSet<_>>();
    for item in items {
        let View::Scalar(scalar) = item.view() else {
            continue;
        };
        let written = &*scalar.text;
        // What a variable makes of it is not known here.
        if known.contains(written) || written.contains("${") {
            continue;
        }
        // Not an error: what is protected and no longer declared must stay protected.
        let unknown = Diagnostic::warning(
            PROTECTS_NOTHING,
            item.place(),
            format!("nothing declares `{written}`, so this protects nothing"),
        );
        diagnostics.push(match suggest(written, known.iter().map(String::as_str)) {
            Some(near) => unknown.label(format!("did you mean `{near}`?")),
            None => unknown.help("write vendor, kind and name, with dots between them, of something that is declared"),
        });
    }
}

fn number(map: &mut Mapping<'_, '_>, key: &'static str) -> Option<usize> {
    map.optional::<u32>(key)
        .and_then(|number| usize::try_from(number).ok())
}

#[cfg(test)]
mod tests {
    use crate::model::address::KindId;
    use crate::model::diagnostic::Diagnostics;
    use crate::model::place::FileId;
    use crate::yaml;

    use super::check_protected;

    fn check(text: &str) -> Vec<String> {
        let team = KindId {
            vendor: "forge",
            name: "team",
        };
        let names = ["infra", "web"].map(|name| team.address(name)).into();
        let mut diagnostics = Diagnostics::default();
        let documents = yaml::parse(FileId(0), text, &mut diagnostics);
        check_protected(&documents[0], &names, &mut diagnostics);
        let said = diagnostics.sorted().into_iter();
        said.map(|it| it.message).collect()
    }

    #[test]
    fn what_is_protected_must_be_declared() {
        assert!(check("guards: { protect: [forge.team.infra] }").is_empty());
        assert!(check("workspace: w").is_empty());
        assert_eq!(
            check("guards:\n  protect: [forge.team.infar, team.web, '${var.who}']"),
            [
                "nothing declares `forge.team.infar`, so this protects nothing",
                "nothing declares `team.web`, so this protects nothing",
            ]
        );
    }
}
