//! Who started a run, for which commit, and where it can be watched, from the variables that CI systems set.

use crate::host::Host;

/// Who started a run, and what of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Started {
    pub commit: Option<String>,
    pub actor: Option<String>,
    pub run_url: Option<String>,
}

/// Of GitHub, GitLab, Azure Pipelines, Bitbucket and Jenkins, in this order.
const COMMITS: [&str; 5] = [
    "GITHUB_SHA",
    "CI_COMMIT_SHA",
    "BUILD_SOURCEVERSION",
    "BITBUCKET_COMMIT",
    "GIT_COMMIT",
];
const ACTORS: [&str; 5] = [
    "GITHUB_ACTOR",
    "GITLAB_USER_LOGIN",
    "BUILD_REQUESTEDFOR",
    "BITBUCKET_STEP_TRIGGERER_UUID",
    "BUILD_USER_ID",
];
const RUN_URLS: [&str; 2] = ["CI_JOB_URL", "BUILD_URL"];

impl Started {
    pub(super) fn of(host: &Host) -> Self {
        let first = |names: &[&str]| names.iter().find_map(|name| host.variable(name));
        let github = || {
            let part = |name| host.variable(name);
            let (server, repository) = (part("GITHUB_SERVER_URL")?, part("GITHUB_REPOSITORY")?);
            let run = part("GITHUB_RUN_ID")?;
            Some(format!("{server}/{repository}/actions/runs/{run}"))
        };
        Self {
            commit: first(&COMMITS),
            // Outside of CI it is whoever is logged in.
            actor: first(&ACTORS).or_else(|| first(&["USER", "USERNAME"])),
            run_url: github().or_else(|| first(&RUN_URLS)),
        }
    }

    /// How others are told who it is.
    pub(super) fn owner(&self) -> String {
        let actor = self.actor.as_deref().unwrap_or("somebody");
        format!("{actor}, process {}", std::process::id())
    }
}
