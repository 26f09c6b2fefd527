//! A wire between a client and the emulators that can be cut at a chosen write: before the request arrives, or after it
//! was carried out and before its answer does.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

/// How often somebody who waits looks whether it is in vain.
const LOOK: Duration = Duration::from_millis(20);

/// Where a wire holds a message, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hold {
    /// The request does not arrive.
    Request,
    /// It is carried out, and the answer does not arrive.
    Answer,
}

/// What a wire does with the next write.
struct Trap {
    hold: Hold,
    /// Told when it has sprung.
    sprung: Sender<()>,
    /// Held until something comes, or until its sender is gone: then the wire is cut.
    let_go: Receiver<()>,
}

/// A write that is held.
pub(crate) struct Held {
    sprung: Receiver<()>,
    let_go: Sender<()>,
}

impl Held {
    /// Waits until there is a write and it is held; false if the other side ended without one.
    pub(crate) fn wait(&self, mut ended: impl FnMut() -> bool) -> bool {
        loop {
            match self.sprung.recv_timeout(LOOK) {
                Ok(()) => return true,
                Err(RecvTimeoutError::Disconnected) => return false,
                Err(RecvTimeoutError::Timeout) if ended() => return false,
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    /// Whether there was a write since, which is held by now.
    pub(crate) fn has_sprung(&self) -> bool {
        self.sprung.try_recv().is_ok()
    }

    /// Lets the message through.
    pub(crate) fn let_go(&self) {
        self.let_go.send(()).ok();
    }
}

/// A wire to one address. From the moment at which a write is held, only its vendor can be written to.
pub(crate) struct Wire {
    pub address: String,
    line: Arc<Line>,
}

/// What the conversations on a wire share.
#[derive(Default)]
struct Line {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    trap: Option<Trap>,
    /// The vendor of the write that was held.
    only: Option<String>,
    /// How often the wire was cut. A conversation that began before does not go on.
    cuts: usize,
}

impl Wire {
    pub(crate) fn to(address: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let line = Arc::<Line>::default();
        let wire = Self {
            address: listener.local_addr().unwrap().to_string(),
            line: Arc::clone(&line),
        };
        let server = address.to_owned();
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (server, line) = (server.clone(), Arc::clone(&line));
                // A side that goes away ends the conversation and nothing else.
                std::thread::spawn(move || converse(&client, &server, &line).ok());
            }
        });
        wire
    }

    /// Holds the next write.
    pub(crate) fn hold(&self, hold: Hold) -> Held {
        let (sprung, springs) = mpsc::channel();
        let (let_go, lets_go) = mpsc::channel();
        self.line.state.lock().unwrap().trap = Some(Trap {
            hold,
            sprung,
            let_go: lets_go,
        });
        Held {
            sprung: springs,
            let_go,
        }
    }

    /// Ends every conversation, and holds nothing from now on. What is held then is lost.
    pub(crate) fn cut(&self) {
        let mut state = self.line.state.lock().unwrap();
        state.cuts += 1;
        state.trap = None;
        state.only = None;
        self.line.changed.notify_all();
    }
}

impl Line {
    /// What is to be done with a request: to go through a trap, if there is one. None if the wire was cut.
    fn take(&self, head: &str, cuts: usize) -> Option<Option<Trap>> {
        let mut state = self.state.lock().unwrap();
        if is_write(head) {
            let vendor = vendor(head);
            let waits = |state: &mut State| {
                state.cuts == cuts && state.only.as_ref().is_some_and(|only| *only != vendor)
            };
            state = self.changed.wait_while(state, waits).unwrap();
            if state.cuts == cuts {
                let trap = state.trap.take();
                state.only = state.only.take().or(trap.as_ref().map(|_| vendor));
                return Some(trap);
            }
        }
        (state.cuts == cuts).then_some(None)
    }
}

fn converse(client: &TcpStream, server: &str, line: &Line) -> io::Result<()> {
    let cuts = line.state.lock().unwrap().cuts;
    let upstream = TcpStream::connect(server)?;
    let (mut from_client, mut from_server) = (BufReader::new(client), BufReader::new(&upstream));
    while let Some((head, body)) = message(&mut from_client)? {
        let Some(trap) = line.take(&head, cuts) else {
            break;
        };
        let held = |hold| trap.as_ref().filter(|it| it.hold == hold);
        if let Some(trap) = held(Hold::Request) {
            wait(trap, client)?;
        }
        (&upstream).write_all(head.as_bytes())?;
        (&upstream).write_all(&body)?;
        let Some((head, body)) = message(&mut from_server)? else {
            break;
        };
        if let Some(trap) = held(Hold::Answer) {
            wait(trap, client)?;
        }
        let mut client = client;
        client.write_all(head.as_bytes())?;
        client.write_all(&body)?;
    }
    client.shutdown(Shutdown::Both)
}

fn wait(trap: &Trap, client: &TcpStream) -> io::Result<()> {
    trap.sprung.send(()).ok();
    trap.let_go.recv().map_err(|_| {
        client.shutdown(Shutdown::Both).ok();
        io::Error::from(io::ErrorKind::ConnectionAborted)
    })
}

/// One message of HTTP/1.1, whose body has a length or is chunked; none at the end of the stream.
fn message(stream: &mut impl BufRead) -> io::Result<Option<(String, Vec<u8>)>> {
    let mut head = String::new();
    loop {
        let begin = head.len();
        if stream.read_line(&mut head)? == 0 {
            return Ok(None);
        }
        if &head[begin..] == "\r\n" {
            break;
        }
    }
    let header = |name: &str| {
        let mut lines = head.lines().filter_map(|line| line.split_once(':'));
        let value = lines.find(|(it, _)| it.eq_ignore_ascii_case(name));
        value.map(|(_, value)| value.trim().to_owned())
    };
    let mut body = Vec::new();
    if header("transfer-encoding").is_some() {
        loop {
            let mut line = String::new();
            stream.read_line(&mut line)?;
            body.extend(line.as_bytes());
            let length = usize::from_str_radix(line.trim(), 16).unwrap_or(0);
            let begin = body.len();
            body.resize(begin + length + 2, 0);
            stream.read_exact(&mut body[begin..])?;
            if length == 0 {
                break;
            }
        }
    } else {
        let length = header("content-length").and_then(|it| it.parse().ok());
        body.resize(length.unwrap_or(0), 0);
        stream.read_exact(&mut body)?;
    }
    Ok(Some((head, body)))
}

/// Whether a request changes what the vendor holds; logging in does not, nor do questions that are asked by POST.
fn is_write(head: &str) -> bool {
    let harmless = [
        "/oauth2/token",
        "/auth/",
        "action=find_",
        "action=get_",
        "/api/pricing/",
    ];
    let line = head.lines().next().unwrap_or_default().to_lowercase();
    !line.starts_with("get ") && !harmless.iter().any(|it| line.contains(it))
}

/// The vendor that a request is for: the first part of its path.
fn vendor(head: &str) -> String {
    head.split('/').nth(1).unwrap_or_default().to_owned()
}
