//! A real Chromium without a window, asked through its own protocol over a pipe. Where there is none this says so, and
//! fails if TRUEUP_TEST_CHROMIUM is `required`.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

/// Under which names it may be installed.
const NAMES: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

/// Longer than a browser ever takes: one that says nothing is stuck.
const PATIENCE: Duration = Duration::from_secs(120);

/// A browser with one page.
pub(crate) struct Browser {
    child: Child,
    to: ChildStdin,
    from: Receiver<Value>,
    /// The page's session; none before there is a page.
    session: Option<String>,
    calls: u64,
    /// What the page has told of since it was opened.
    events: Vec<Value>,
    _profile: TempDir,
}

impl Browser {
    /// Starts one, if there is one.
    pub(crate) fn start() -> Option<Self> {
        let program = find()?;
        let profile = tempfile::tempdir().unwrap();
        // The protocol wants its pipes at 3 and 4, and only a shell puts them there.
        let mut child = Command::new("sh")
            .args([
                "-c",
                "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1",
            ])
            .args([program, "--headless", "--remote-debugging-pipe"])
            .args(["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
            .args(["--no-first-run", "--disable-background-networking"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let to = child.stdin.take().unwrap();
        let mut pipe = BufReader::new(child.stdout.take().unwrap());
        let (sender, from) = mpsc::channel();
        std::thread::spawn(move || {
            let mut message = Vec::new();
            while pipe.read_until(0, &mut message).is_ok_and(|it| it > 0) {
                message.pop();
                let value = serde_json::from_slice(&message).unwrap();
                if sender.send(value).is_err() {
                    return;
                }
                message.clear();
            }
        });
        let mut browser = Self {
            child,
            to,
            from,
            session: None,
            calls: 0,
            events: Vec::new(),
            _profile: profile,
        };
        let target = browser.call("Target.createTarget", json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = browser.call("Target.attachToTarget", attach);
        browser.session = Some(attached["sessionId"].as_str().unwrap().to_owned());
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        Some(browser)
    }

    /// Asks for something and waits for the answer.
    pub(crate) fn call(&mut self, method: &str, params: Value) -> Value {
        self.calls += 1;
        let id = self.calls;
        let mut message = json!({ "id": id, "method": method, "params": params });
        if let Some(session) = &self.session {
            message["sessionId"] = session.as_str().into();
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.to.write_all(&bytes).unwrap();
        loop {
            let mut said = self.hear();
            if said["id"] == id {
                assert_eq!(said["error"], Value::Null, "{method}");
                return said["result"].take();
            }
            self.events.push(said);
        }
    }

    /// Opens a file and waits until it is loaded.
    pub(crate) fn open(&mut self, file: &Path) {
        self.events.clear();
        let url = format!("file://{}", file.display());
        self.call("Page.navigate", json!({ "url": url }));
        while self.events_of("Page.loadEventFired").is_empty() {
            let said = self.hear();
            self.events.push(said);
        }
    }

    /// What a script comes to in the page.
    pub(crate) fn evaluate(&mut self, script: &str) -> Value {
        let params = json!({ "expression": script, "returnByValue": true, "awaitPromise": true });
        let mut answer = self.call("Runtime.evaluate", params);
        assert_eq!(answer["exceptionDetails"], Value::Null, "{script}");
        answer["result"]["value"].take()
    }

    /// The events of a name since the page was opened, each with what it tells.
    pub(crate) fn events_of(&self, name: &str) -> Vec<&Value> {
        let events = self.events.iter().filter(|it| it["method"] == name);
        events.map(|it| &it["params"]).collect()
    }

    fn hear(&mut self) -> Value {
        let said = self.from.recv_timeout(PATIENCE);
        said.unwrap_or_else(|_| panic!("the browser says nothing any more"))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

#[expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a switch for whoever runs the tests, who must hear of what did not run"
)]
fn find() -> Option<&'static str> {
    let is_there = |name: &&str| {
        let version = Command::new(name).arg("--version").output();
        version.is_ok_and(|it| it.status.success())
    };
    let found = NAMES.into_iter().find(is_there).filter(|_| cfg!(unix));
    if found.is_none() {
        let is_required = std::env::var("TRUEUP_TEST_CHROMIUM").is_ok_and(|it| it == "required");
        assert!(!is_required, "there is no Chromium");
        eprintln!("NOT tested in a browser: there is no Chromium");
    }
    found
}
