//! Where the values behind references come from: the environment, files, and what programs brought.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::path::{Component, Path, PathBuf};

use globset::GlobSet;

use super::super::workspace::Policy;
use super::SecretSources;
use super::age::{Identities, Unopened, open};
use super::file;
use crate::model::secret::{Secret, SecretBytes};

/// Variables that are trueup's own, and never what a declaration may name.
pub(super) const OWN_VARIABLES: [&str; 4] = [
    "TRUEUP_AGE_IDENTITY",
    "TRUEUP_AGE_IDENTITY_FILE",
    "TRUEUP_KEY",
    "TRUEUP_KEY_FILE",
];

/// A program with its arguments.
pub(crate) type Words = Vec<String>;

/// What programs printed that were run for their secrets, or why there is nothing.
pub(crate) type Brought = HashMap<Words, Result<SecretBytes, String>>;

/// The environment and the files of one workspace, and what programs brought for it.
pub(crate) struct Secrets<'a> {
    directory: &'a Path,
    environment: &'a dyn Fn(&str) -> Option<String>,
    /// The folder that paths in the environment begin at.
    present: &'a Path,
    /// None where no program is run.
    brought: Option<&'a Brought>,
    /// The programs that references name and that were not run.
    asked: RefCell<BTreeSet<Words>>,
    identities: OnceCell<Result<Identities, String>>,
}

impl<'a> Secrets<'a> {
    pub(crate) fn new(
        directory: &'a Path,
        environment: &'a dyn Fn(&str) -> Option<String>,
        present: &'a Path,
        brought: Option<&'a Brought>,
    ) -> Self {
        Self {
            directory,
            environment,
            present,
            brought,
            asked: RefCell::default(),
            identities: OnceCell::new(),
        }
    }

    /// What `trueup.yaml` itself may refer to: any variable and any program, and the files that declarations may read.
    pub(crate) fn trusted(&self, policy: &Policy) -> Allowed<'_> {
        let Policy {
            env_allow: _,
            file_allow,
            command_allow: _,
            command_timeout: _,
            allow_plaintext,
        } = policy.clone();
        Allowed {
            secrets: self,
            env_allow: None,
            file_allow,
            command_allow: None,
            allow_plaintext,
        }
    }

    /// What declarations may refer to.
    pub(crate) fn declared(&self, policy: &Policy) -> Allowed<'_> {
        let Policy {
            env_allow,
            file_allow,
            command_allow,
            command_timeout: _,
            allow_plaintext,
        } = policy.clone();
        Allowed {
            secrets: self,
            env_allow: Some(env_allow),
            file_allow,
            command_allow: Some(command_allow),
            allow_plaintext,
        }
    }

    /// The programs that references name and that were not run, each once.
    pub(crate) fn into_asked(self) -> BTreeSet<Words> {
        self.asked.into_inner()
    }

    /// Who we are to those who encrypt for us.
    fn identities(&self) -> Result<&Identities, String> {
        let given = |name: &str| (self.environment)(name).filter(|text| !text.is_empty());
        let read = || {
            if let Some(text) = given("TRUEUP_AGE_IDENTITY") {
                return Identities::read(&Secret::new(text))
                    .map_err(|why| format!("TRUEUP_AGE_IDENTITY: {why}"));
            }
            let Some(path) = given("TRUEUP_AGE_IDENTITY_FILE") else {
                return Err(
                    "no age identity is given: set TRUEUP_AGE_IDENTITY or TRUEUP_AGE_IDENTITY_FILE"
                        .to_owned(),
                );
            };
            let bytes = file::read_own(&self.present.join(&path))
                .map_err(|why| format!("TRUEUP_AGE_IDENTITY_FILE: {why}"))?;
            Identities::read(&bytes).map_err(|why| format!("TRUEUP_AGE_IDENTITY_FILE: {why}"))
        };
        self.identities
            .get_or_init(read)
            .as_ref()
            .map_err(Clone::clone)
    }
}

/// The part of the environment, the files and the programs that a reader may use.
pub(crate) struct Allowed<'a> {
    secrets: &'a Secrets<'a>,
    /// None allows every variable.
    env_allow: Option<GlobSet>,
    /// Folders outside the workspace.
    file_allow: Vec<PathBuf>,
    /// None allows every program.
    command_allow: Option<GlobSet>,
    allow_plaintext: bool,
}

impl SecretSources for Allowed<'_> {
    fn allows_env(&self, name: &str) -> bool {
        !OWN_VARIABLES.contains(&name)
            && self
                .env_allow
                .as_ref()
                .is_none_or(|allowed| allowed.is_match(name))
    }

    fn allows_file(&self, path: &str) -> bool {
        file::inside(path).is_some() || {
            let path = Path::new(path);
            !leads_up(path)
                && self
                    .file_allow
                    .iter()
                    .any(|folder| path.starts_with(folder))
        }
    }

    fn allows_plaintext(&self) -> bool {
        self.allow_plaintext
    }

    fn creates(&self) -> bool {
        // Declarations are judged by what is allowed, and `trueup.yaml` by nothing.
        self.env_allow.is_some()
    }

    fn allows_command(&self, program: &str) -> bool {
        // A way up would lead from a folder that is allowed to any other.
        !leads_up(Path::new(program))
            && self
                .command_allow
                .as_ref()
                .is_none_or(|allowed| allowed.is_match(program))
    }

    fn env(&self, name: &str) -> Result<Secret, String> {
        let value = (self.secrets.environment)(name);
        value
            .map(Secret::new)
            .ok_or_else(|| format!("the variable {name} is not set"))
    }

    fn file(&self, path: &str) -> Result<SecretBytes, String> {
        file::read(self.secrets.directory, &self.file_allow, path)
    }

    fn is_exposed(&self, path: &str) -> bool {
        file::is_exposed(&self.secrets.directory.join(path))
    }

    fn open(&self, encrypted: &[u8]) -> Result<SecretBytes, Unopened> {
        open(encrypted, || self.secrets.identities())
    }

    fn command(&self, words: &[String]) -> Result<SecretBytes, String> {
        match self.secrets.brought.and_then(|all| all.get(words)) {
            Some(brought) => brought.clone(),
            None => {
                self.secrets.asked.borrow_mut().insert(words.to_vec());
                let program = words.first().map_or("", String::as_str);
                Err(format!("the program {program} was not run"))
            }
        }
    }
}

fn leads_up(path: &Path) -> bool {
    path.components().any(|part| part == Component::ParentDir)
}

/// No secret at all: for the parts of `trueup.yaml` that have none.
pub(crate) struct Denied;

impl SecretSources for Denied {
    fn allows_env(&self, _: &str) -> bool {
        false
    }

    fn allows_plaintext(&self) -> bool {
        false
    }

    fn allows_command(&self, _: &str) -> bool {
        false
    }

    fn env(&self, name: &str) -> Result<Secret, String> {
        Err(format!("the variable {name} is not for this place"))
    }

    fn file(&self, path: &str) -> Result<SecretBytes, String> {
        Err(format!("the file {path} is not for this place"))
    }
}
