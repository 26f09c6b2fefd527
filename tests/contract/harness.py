"""What the contract tests stand on: the report, the guards, an emulator that runs, and the library signed in to it."""

import contextlib
import os
import queue
import signal
import subprocess
import threading
import types

import requests
from requests.adapters import HTTPAdapter
from secrets_safe_library import (
    access_levels,
    authentication,
    folders,
    permissions,
    safe_permissions,
    safes,
    secrets_safe,
    usergroups,
    users,
)

# In seconds: for one request, for one run of trueup, for an emulator to start or to stop, and for everything.
REQUEST, RUN, TURN, ALL = 10, 60, 20, 240


class Report:
    """Counts the checks and prints a line for each."""

    passed = 0
    failed = 0

    def check(self, name, holds, detail=""):
        if holds:
            self.passed += 1
            print(f"ok      {name}", flush=True)
        else:
            self.failed += 1
            print(f"FAILED  {name}{': ' if detail else ''}{detail}", flush=True)

    def same(self, name, seen, wanted):
        self.check(name, seen == wanted, f"is {seen!r}, must be {wanted!r}")

    def fields(self, name, seen, wanted):
        """Each of the wanted members is there and as wanted; others do not matter."""
        wrong = {key: seen.get(key, "nothing") for key, value in wanted.items() if seen.get(key, "nothing") != value}
        self.check(name, not wrong, f"has {wrong!r}, must have {({key: wanted[key] for key in wrong})!r}")

    def mapped(self, name, seen, mapping, endpoint, version="DEFAULT"):
        """Every member that the library says an answer has is in it."""
        # Library: it calls one member of an access policy `Name:string`.
        known = [member.partition(":")[0] for member in mapping.fields[endpoint][version]]
        missing = [member for member in known if member not in seen]
        self.check(f"{name} has every member that the library knows", not missing, f"lacks {missing}")

    @contextlib.contextmanager
    def part(self, name):
        """A part in which an exception is one failure, and not the end of all others."""
        try:
            yield
        except Exception as error:
            self.check(f"{name}: nothing unexpected happens", False, f"{type(error).__name__}: {error}")


REPORT = Report()
FOREIGN = []


def stay_here(event, args):
    """Refuses every connection, and every name to be looked up, but 127.0.0.1."""
    if event == "socket.connect":
        address = args[1]
        host = address[0] if isinstance(address, tuple) else address
    elif event == "socket.getaddrinfo":
        host = args[0]
    else:
        return
    if host not in ("127.0.0.1", b"127.0.0.1"):
        FOREIGN.append(host)
        raise OSError(f"{host} is not 127.0.0.1")


class Interrupted(BaseException):
    """Ends everything, through whatever ends the processes that were started."""


def interrupted(number, _):
    raise Interrupted(f"interrupted by {signal.Signals(number).name}; everything may take {ALL} s")


def environment(more=()):
    """What a child process sees: nothing of ours but the path."""
    return {"PATH": os.environ.get("PATH", ""), "NO_COLOR": "1", **dict(more)}


class Emulator:
    """`trueup emulate` on a workspace, until the end of a `with` block."""

    def __init__(self, binary, workspace, *flags):
        self.command = [binary, "emulate", str(workspace), "--listen", "127.0.0.1:0", *flags]
        self.exports = {}

    def __enter__(self):
        self.process = subprocess.Popen(
            self.command,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines = queue.Queue()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        try:
            # It prints a handful of lines, the last of which says that it serves.
            for _ in range(50):
                line = self.lines.get(timeout=TURN)
                if line is None:
                    break
                if line.startswith("Serving at "):
                    return self
                name, _, value = line.strip().removeprefix("export ").partition("=")
                self.exports[name] = value
        except queue.Empty:
            pass
        self.__exit__()
        raise RuntimeError(f"the emulator did not start: {self.exports}")

    def read(self):
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put(None)

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(TURN)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(TURN)
        self.reader.join(TURN)
        self.process.stdout.close()

    @property
    def url(self):
        return self.exports["TRUEUP_PASSWORD_SAFE_ENDPOINT"]


class Timed(HTTPAdapter):
    """Library: it signs in without a time-out (`send_post_sign_app_in`), so that one is put under it here."""

    def send(self, *args, timeout=None, **more):
        return super().send(*args, timeout=timeout or REQUEST, **more)


def library(emulator, version, by="oauth", **instead):
    """The library's objects around one session, which is not signed in yet."""
    session = requests.Session()
    session.trust_env = False
    session.mount("http://", Timed())
    session.mount("https://", Timed())
    of = {name.removeprefix("TRUEUP_PASSWORD_SAFE_"): value for name, value in emulator.exports.items()}
    if by == "oauth":
        who = {"client_id": of["CLIENT_ID"], "client_secret": of["CLIENT_SECRET"]}
    else:
        who = {"api_key": f"{of['API_KEY']};runas={of['RUNAS']};"}
    auth = authentication.Authentication(
        req=session,
        timeout_connection=REQUEST,
        timeout_request=REQUEST,
        api_url=emulator.url,
        api_version=version,
        verify_ca=emulator.exports.get("TRUEUP_CA_FILE", True),
        **{**who, **instead},
    )
    return types.SimpleNamespace(
        auth=auth,
        safes=safes.Safe(auth),
        grants=safe_permissions.SafePermission(auth),
        folders=folders.Folder(auth),
        secrets=secrets_safe.SecretsSafe(auth),
        users=users.User(auth),
        groups=usergroups.Usergroups(auth),
        permissions=permissions.Permission(auth),
        levels=access_levels.AccessLevels(auth),
    )


def signed_in(emulator, version="3.2", by="oauth"):
    theirs = library(emulator, version, by)
    answer = theirs.auth.get_api_access()
    if answer.status_code != 200:
        raise RuntimeError(f"the sign-in was refused: {answer.status_code} {answer.text}")
    theirs.me = answer.json()
    return theirs


def refused(name, theirs, error, status, call):
    """The call is refused with this status. The library signs out whenever something is refused, hence in again."""
    try:
        answer = call()
        REPORT.check(name, False, f"was not refused: {answer!r}")
    except error as raised:
        REPORT.check(name, f"statuscode: {status}" in str(raised), str(raised))
    theirs.auth.get_api_access()


def listed(answer):
    """Library: from version 3.2 on, a list of secrets is wrapped. It unwraps those that it fetches by path
    (`_normalize_secret_list_response`) but forgets `list_secrets` and `list_secrets_by_folder_id`, though both promise
    a list."""
    return answer["Data"] if isinstance(answer, dict) else answer


def workspace(folder, **files):
    """A workspace of the emulator, with these files of state."""
    folder.mkdir()
    head = "workspace: contract\nsystems:\n  password_safe:\n    endpoint: emulator\n    verify: read\n"
    (folder / "trueup.yaml").write_text(head + 'secrets: { env_allow: ["VAULT_*"] }\n', encoding="utf-8")
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def trueup(binary, emulator, *args, values=()):
    """Runs trueup against the emulator; the exit code and everything that it printed."""
    done = subprocess.run(
        [binary, *args],
        env=environment({**emulator.exports, **dict(values)}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=RUN,
    )
    return done.returncode, done.stdout
