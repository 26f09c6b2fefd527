//! Programs that a workspace allows: where they are, what they see, how long they may take, and what is told of them.

use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdout, Command};
use zeroize::Zeroizing;

use crate::host::Host;
use crate::load::secret::{Brought, Words};
use crate::model::secret::{Secret, SecretBytes};

/// How long a program may take, where nothing else is said.
const PATIENCE: Duration = Duration::from_secs(30);

/// How much a program may print: more than any vendor takes as one secret.
const MOST_PRINTED: usize = 8 << 20;

/// How many programs bring secrets at once.
const SIDE_BY_SIDE: usize = 4;

/// Variables that open what is trueup's, and are no program's business.
const KEPT_BACK: [&str; 2] = ["TRUEUP_AGE_IDENTITY", "TRUEUP_KEY"];

/// The programs of one workspace.
pub(super) struct Programs {
    /// The workspace's folder, in which they run.
    pub directory: PathBuf,
    /// What they see, and where they are looked for.
    pub environment: BTreeMap<String, String>,
    pub patience: Duration,
}

impl Programs {
    pub(super) fn new(directory: PathBuf, patience: Option<Duration>, host: &Host) -> Self {
        let mut environment = host.environment.clone();
        environment.retain(|name, _| !KEPT_BACK.contains(&name.as_str()));
        Self {
            directory,
            environment,
            patience: patience.unwrap_or(PATIENCE),
        }
    }

    /// Where a program is: in the workspace if its name is a path, or in one of the folders of `PATH`.
    pub(super) fn find(&self, program: &str) -> Result<PathBuf, String> {
        if program.contains(std::path::is_separator) {
            let file = self.directory.join(program);
            return is_program(&file)
                .then_some(file)
                .ok_or_else(|| format!("the program {program} is not there, or cannot be run"));
        }
        let path = self.environment.get("PATH").map_or("", String::as_str);
        std::env::split_paths(path)
            // A folder that depends on where we are is anybody's.
            .filter(|folder| folder.is_absolute())
            .map(|folder| folder.join(program))
            .find(|file| is_program(file))
            .ok_or_else(|| format!("the program {program} is in no folder of PATH"))
    }

    /// Runs a program on a text. Nothing of what it says is kept.
    pub(super) async fn give(
        &self,
        program: &str,
        args: &[String],
        text: &Secret,
    ) -> Result<(), String> {
        let mut child = self.spawn(program, args, Stdio::piped(), Stdio::null())?;
        let stdin = child.stdin.take();
        let ended = tokio::time::timeout(self.patience, async {
            let written = match stdin {
                Some(mut stdin) => stdin.write_all(text.reveal().as_bytes()).await,
                None => Err(ErrorKind::BrokenPipe.into()),
            };
            (written, child.wait().await)
        });
        let (written, status) = match ended.await {
            Ok(ended) => ended,
            Err(_) => return Err(self.too_slow(program, &mut child)),
        };
        succeeded(program, status)?;
        written.map_err(|_| format!("the program {program} ended before it read all"))
    }

    /// Runs a program for what it prints. Of one that fails only the status is told: what it says may hold the secret.
    pub(super) async fn take(&self, words: &[String]) -> Result<SecretBytes, String> {
        let (program, args) = words.split_first().ok_or("there is no program to run")?;
        let mut child = self.spawn(program, args, Stdio::null(), Stdio::piped())?;
        let stdout = child.stdout.take();
        let ended = tokio::time::timeout(self.patience, async {
            let printed = match stdout {
                Some(stdout) => read(stdout).await,
                None => Err(ErrorKind::BrokenPipe.into()),
            };
            match printed {
                // It would wait for ever for somebody who reads on.
                Ok(None) => (printed, None),
                Ok(Some(_)) | Err(_) => (printed, Some(child.wait().await)),
            }
        });
        match ended.await {
            Ok((printed, Some(status))) => {
                succeeded(program, status)?;
                let printed = printed.map_err(|error| cannot_run(program, &error))?;
                printed.ok_or_else(|| format!("the program {program} prints nothing"))
            }
            Ok((_, None)) => {
                end(&mut child);
                let most = MOST_PRINTED >> 20;
                Err(format!(
                    "the program {program} prints more than {most} MiB, and was killed"
                ))
            }
            Err(_) => Err(self.too_slow(program, &mut child)),
        }
    }

    /// Runs each of these programs for what it prints, a few side by side.
    pub(super) async fn bring(&self, asked: impl IntoIterator<Item = Words>) -> Brought {
        let one = |words: Words| async move {
            let printed = self.take(&words).await;
            (words, printed)
        };
        let all = stream::iter(asked).map(one).buffer_unordered(SIDE_BY_SIDE);
        all.collect().await
    }

    fn spawn(
        &self,
        program: &str,
        args: &[String],
        stdin: Stdio,
        stdout: Stdio,
    ) -> Result<Child, String> {
        let mut command = Command::new(self.find(program)?);
        command
            .args(args)
            .current_dir(&self.directory)
            .env_clear()
            .envs(&self.environment)
            .stdin(stdin)
            .stdout(stdout)
            .stderr(Stdio::null())
            .kill_on_drop(true);
        // A signal from the terminal stops us, and not what is under way.
        #[cfg(unix)]
        command.process_group(0);
        command.spawn().map_err(|error| cannot_run(program, &error))
    }

    fn too_slow(&self, program: &str, child: &mut Child) -> String {
        end(child);
        format!(
            "the program {program} did not end within {} s, and was killed",
            self.patience.as_secs()
        )
    }
}

fn succeeded(program: &str, status: io::Result<ExitStatus>) -> Result<(), String> {
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("the program {program} ended with {status}")),
        Err(error) => Err(cannot_run(program, &error)),
    }
}

fn cannot_run(program: &str, error: &io::Error) -> String {
    format!("the program {program} cannot be run: {error}")
}

/// Reads to the end, or gives none for what is too much. What was read leaves no copy behind.
async fn read(mut stdout: ChildStdout) -> io::Result<Option<SecretBytes>> {
    let mut printed = Zeroizing::new(Vec::with_capacity(64 << 10));
    loop {
        if printed.len() == printed.capacity() {
            let mut larger = Zeroizing::new(Vec::with_capacity(2 * printed.capacity()));
            larger.extend_from_slice(&printed);
            printed = larger;
        }
        if stdout.read_buf(&mut *printed).await? == 0 {
            return Ok(Some(SecretBytes::new(printed.to_vec())));
        }
        if printed.len() > MOST_PRINTED {
            return Ok(None);
        }
    }
}

/// Kills a program and what it began.
fn end(child: &mut Child) {
    #[cfg(unix)]
    {
        use rustix::process::{Pid, Signal, kill_process_group};
        let group = child.id().and_then(|id| i32::try_from(id).ok());
        if let Some(group) = group.and_then(Pid::from_raw) {
            kill_process_group(group, Signal::KILL).ok();
        }
    }
    child.start_kill().ok();
}

fn is_program(file: &Path) -> bool {
    fs::metadata(file).is_ok_and(|file| file.is_file() && may_be_run(&file))
}

#[cfg(unix)]
fn may_be_run(file: &Metadata) -> bool {
    std::os::unix::fs::PermissionsExt::mode(&file.permissions()) & 0o111 != 0
}

#[cfg(not(unix))]
fn may_be_run(_: &Metadata) -> bool {
    true
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;
    use std::time::Duration;

    use tempfile::TempDir;

    use super::Programs;

    fn programs(folder: &TempDir) -> Programs {
        Programs {
            directory: folder.path().to_owned(),
            environment: BTreeMap::from([("PATH".to_owned(), "/usr/bin:/bin".to_owned())]),
            patience: Duration::from_secs(30),
        }
    }

    fn shell(script: &str) -> Vec<String> {
        ["sh", "-c", script].map(str::to_owned).to_vec()
    }

    async fn take(script: &str) -> Result<Vec<u8>, String> {
        let folder = TempDir::new().unwrap();
        let taken = programs(&folder).take(&shell(script)).await;
        taken.map(|bytes| bytes.reveal().to_vec())
    }

    #[tokio::test]
    async fn what_a_program_prints_is_taken_to_the_last_byte() {
        let printed = take(r"printf 'Blue-Kettle-71\n\000\377'; echo said >&2").await;
        assert_eq!(printed.unwrap(), b"Blue-Kettle-71\n\x00\xff");
        let long = take("head -c 300000 /dev/zero").await.unwrap();
        assert_eq!(long.len(), 300_000);
    }

    #[tokio::test]
    async fn of_a_program_that_fails_nothing_is_told_but_the_status() {
        let failed = take("echo Blue-Kettle-71; echo Blue-Kettle-71 >&2; exit 7").await;
        let told = "the program sh ended with exit status: 7";
        assert_eq!(failed, Err(told.to_owned()));
    }

    #[tokio::test]
    async fn a_program_that_prints_without_end_is_killed() {
        let killed = take("cat /dev/zero").await;
        let told = "the program sh prints more than 8 MiB, and was killed";
        assert_eq!(killed, Err(told.to_owned()));
    }

    #[tokio::test]
    async fn a_program_that_is_too_slow_is_killed_with_what_it_began() {
        let folder = TempDir::new().unwrap();
        let programs = Programs {
            patience: Duration::from_millis(500),
            ..programs(&folder)
        };
        // The pipe stays open until the last of them is gone, so that waiting for its end would last ten minutes.
        let words = shell("sleep 600 & echo $! > began; sleep 600");
        let killed = programs.take(&words).await.map(|_| ());
        let told = "the program sh did not end within 0 s, and was killed";
        assert_eq!(killed, Err(told.to_owned()));
        let began = fs::read_to_string(folder.path().join("began")).unwrap();
        let state = || {
            let stat = fs::read_to_string(format!("/proc/{}/stat", began.trim())).ok()?;
            stat.rsplit_once(") ")?.1.chars().next()
        };
        while state().is_some_and(|state| state != 'Z') {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_ne!(state(), Some('S'));
    }

    #[tokio::test]
    async fn each_program_is_run_once_and_each_failure_is_its_own() {
        let folder = TempDir::new().unwrap();
        let asked = [shell("echo a; echo run >> runs"), shell("exit 3")];
        let brought = programs(&folder).bring(asked.clone()).await;
        assert_eq!(brought[&asked[0]].as_ref().unwrap().reveal(), b"a\n");
        assert!(brought[&asked[1]].is_err());
        let runs = fs::read_to_string(folder.path().join("runs")).unwrap();
        assert_eq!(runs, "run\n");
    }
}
