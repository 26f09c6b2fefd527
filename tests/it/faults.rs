//! What goes wrong between us and a vendor, at every request of every case: nothing is lost, doubled or hidden.

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};
use trueup::Exit;

use crate::case::{Case, for_every};
use crate::live::Live;
use crate::world::{Ran, World};

/// How a case ends when nothing goes wrong.
struct Undisturbed {
    world: World,
    /// The world at the beginning.
    before: String,
    /// The world at the end, without ids.
    after: Vec<String>,
    writes: usize,
}

impl Undisturbed {
    /// None for a case that cannot be applied or has nothing to write.
    fn of(case: &Case) -> Option<Self> {
        let world = case.open();
        let before = world.live();
        let exit = world.run(&case.line("apply --yes")).exit;
        let writes = world.writes().len();
        let after = at_rest(&world, case);
        (exit == Exit::Fine && writes > 0).then_some(Self {
            world,
            before,
            after,
            writes,
        })
    }

    /// Begins anew with one fault.
    fn begin(&self, fault: &Value) {
        self.world.clear_faults();
        self.world.clear_made();
        self.world.set_live(&self.before);
        self.world.clear_journal();
        self.world.set_faults(&json!([fault]).to_string());
    }

    /// Applies what the disturbed run left, and looks whether all came out as it would have.
    fn converges(&self, case: &Case) {
        self.world.clear_faults();
        at_rest(&self.world, case);
        let again = self.world.run(&case.line("apply --yes"));
        assert_eq!(again.exit, Exit::Fine, "{again:#?}");
        let after = at_rest(&self.world, case);
        assert_eq!(after, self.after, "after another apply");
    }

    /// Applies under a fault that loses an answer. It was looked for, so that all is done, with no request more than
    /// without the fault; or a step that takes several requests says how far it came, since none is repeated here, and one
    /// that is shown a secret that it was not. What was disabled and is made anew is in no list until it is enabled.
    fn lost(&self, case: &Case) {
        let ran = self.world.run(&case.line("apply --yes --json"));
        if ran.exit != Exit::Fine {
            let outcomes = &ran.json()["outcomes"];
            let failed = outcomes.as_array().unwrap().iter();
            let mut failed = failed.filter(|it| it["outcome"] == "failed");
            let is_hidden = self.before.contains("disabled: true");
            let says = |it: &Value| {
                let message = it["message"].as_str().unwrap();
                message.contains(" so far: ")
                    || message.contains(" shown once was lost ")
                    || message.ends_with("; it is still there")
                    || is_hidden && message.ends_with("it is not there so far")
            };
            assert!(failed.all(says), "{ran:#?}");
            return self.told(&ran, case, true);
        }
        assert_eq!(self.world.writes().len(), self.writes, "{ran:#?}");
        assert_eq!(at_rest(&self.world, case), self.after, "{ran:#?}");
    }

    /// Applies under the fault and checks that the report names what was not done, and calls nothing done that is not.
    fn disturbed(&self, case: &Case) {
        let ran = self.world.run(&case.line("apply --yes --json"));
        self.told(&ran, case, false);
    }

    fn told(&self, ran: &Ran, case: &Case, is_lost: bool) {
        assert!(
            matches!(ran.exit, Exit::Error | Exit::Partial),
            "a failed write ends in {:?}",
            ran.exit
        );
        let report = ran.json();
        assert_eq!(report["complete"], false);
        let outcomes = report["outcomes"].as_array().unwrap();
        let with = |done: bool| {
            let those = outcomes
                .iter()
                .filter(|it| (it["outcome"] == "done") == done);
            those.map(address).collect::<BTreeSet<_>>()
        };
        for outcome in outcomes.iter().filter(|it| it["outcome"] != "done") {
            let why = outcome["message"].as_str().or(outcome["because"].as_str());
            assert!(why.is_some_and(|it| !it.is_empty()), "{report:#}");
        }
        assert!(!with(false).is_empty(), "{report:#}");
        // What is made and not finished is partly applied, too.
        let is_begun = |it: &Value| {
            let message = it["message"].as_str().unwrap_or_default();
            it["outcome"] == "under_way"
                || it["action"] == "create" && message.contains(" is there, but ")
        };
        let partial = !with(true).is_empty() || outcomes.iter().any(is_begun);
        assert_eq!(ran.exit == Exit::Partial, partial, "{report:#}");

        self.world.clear_faults();
        let plan = self.world.run(&case.line("plan --json")).json();
        let left = plan["resource_changes"].as_array().unwrap().iter();
        let left = left.map(address).collect::<BTreeSet<_>>();
        assert!(left.is_disjoint(&with(true)), "{report:#}\n{plan:#}");
        if !is_lost {
            assert_eq!(left, with(false), "{report:#}\n{plan:#}");
        }
    }
}

/// The world without ids, once everything in it has settled.
fn at_rest(world: &World, case: &Case) -> Vec<String> {
    if case.vendor.moves {
        let look = || {
            let before = world.live();
            world.run(&case.line("plan"));
            world.live() != before
        };
        while look() {}
    }
    Live::of(world).without_ids()
}

fn address(entry: &Value) -> String {
    entry["address"].as_str().unwrap().to_owned()
}

/// Checks a fault at every write of every case that applies.
fn at_every_write(
    law: &str,
    fault: impl Fn(usize) -> Value + Sync,
    apply: impl Fn(&Undisturbed, &Case) + Sync,
) {
    for_every(law, |case| {
        let Some(undisturbed) = Undisturbed::of(case) else {
            return;
        };
        for n in 1..=undisturbed.writes {
            undisturbed.begin(&fault(n));
            apply(&undisturbed, case);
            undisturbed.converges(case);
        }
    });
}

#[test]
fn a_run_whose_writes_fail_from_one_on_can_be_finished() {
    at_every_write(
        "a run whose writes fail from one on can be finished",
        |n| json!({ "on": "write", "from": n, "do": { "fail": { "status": 500 } } }),
        Undisturbed::disturbed,
    );
}

#[test]
fn a_run_of_which_one_write_fails_can_be_finished() {
    at_every_write(
        "a run of which one write fails can be finished",
        |n| json!({ "on": "write", "nth": n, "do": { "fail": { "status": 503 } } }),
        Undisturbed::disturbed,
    );
}

#[test]
fn a_write_whose_answer_is_lost_is_not_done_twice() {
    at_every_write(
        "a write whose answer is lost is not done twice",
        |n| json!({ "on": "write", "nth": n, "do": "drop_answer" }),
        Undisturbed::lost,
    );
}

#[test]
fn a_write_whose_answer_is_cut_short_is_not_done_twice() {
    at_every_write(
        "a write whose answer is cut short is not done twice",
        |n| json!({ "on": "write", "nth": n, "do": { "cut": { "bytes": 9 } } }),
        Undisturbed::lost,
    );
}

#[test]
fn a_write_that_is_lost_is_told_and_done_later() {
    at_every_write(
        "a write that is lost is told and done later",
        |n| json!({ "on": "write", "nth": n, "do": "drop_request" }),
        Undisturbed::disturbed,
    );
}

#[test]
fn a_write_that_is_answered_with_a_page_is_told_and_done_later() {
    at_every_write(
        "a write that is answered with a page is told and done later",
        |n| json!({ "on": "write", "nth": n, "do": "garbage" }),
        Undisturbed::disturbed,
    );
}

#[test]
fn a_session_that_ends_on_the_way_is_renewed() {
    for_every("a session that ends on the way is renewed", |case| {
        if !case.vendor.logs_in {
            return;
        }
        let Some(undisturbed) = Undisturbed::of(case) else {
            return;
        };
        for n in 1..=undisturbed.writes {
            undisturbed.begin(&json!({ "on": "write", "nth": n, "do": "expire_session" }));
            let ran = undisturbed.world.run(&case.line("apply --yes"));
            assert_eq!(ran.exit, Exit::Fine, "{ran:#?}");
            undisturbed.converges(case);
        }
    });
}

/// Checks that a run under a fault reads in part, says so, plans nothing of what it did not read, and writes nothing.
fn is_incomplete(world: &World, case: &Case, fault: &Value, exits: [Exit; 2]) {
    let arm = || world.set_faults(&json!([fault]).to_string());
    arm();
    let shown = world.run(&case.line("plan --json-into plan.json"));
    assert_eq!(shown.exit, exits[0], "{fault} {shown:#?}");
    assert!(shown.out.contains("Not read: "), "{shown:#?}");
    assert!(!shown.out.contains("No changes."), "{shown:#?}");
    let plan = fs::read(world.directory.path().join("plan.json")).unwrap();
    let plan = serde_json::from_slice::<Value>(&plan).unwrap();
    assert_eq!(plan["complete"], false, "{plan:#}");
    assert_eq!(plan["applyable"], false, "{plan:#}");
    let unread = plan["incomplete"].as_array().unwrap();
    assert!(!unread.is_empty(), "{plan:#}");
    for change in plan["resource_changes"].as_array().unwrap() {
        let address = address(change);
        let reached = unread.iter().any(|it| {
            let rest = address.strip_prefix(it["what"].as_str().unwrap());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        });
        assert!(!reached, "{address} was not read: {plan:#}");
    }
    arm();
    let apply = world.run(&case.line("apply --yes"));
    assert_eq!(apply.exit, exits[1], "{fault} {apply:#?}");
    world.clear_faults();
    assert_eq!(world.writes(), Vec::<Value>::new(), "{apply:#?}");
}

#[test]
fn what_is_read_in_part_is_not_acted_on() {
    for_every("what is read in part is not acted on", |case| {
        let world = case.open();
        if world.run(&case.line("plan")).exit != Exit::Fine {
            return;
        }
        let is_read = |it: &&Value| case.vendor.is_read(it);
        let reads = world.requests().iter().filter(is_read).count();
        for n in 1..=reads {
            let unreadable = [Exit::Error, Exit::Refused];
            let page = if case.vendor.page == Exit::Login {
                [Exit::Login, Exit::Login]
            } else {
                unreadable
            };
            for (effect, exits) in [
                (json!({ "fail": { "status": 500 } }), unreadable),
                (json!({ "cut": { "bytes": 30 } }), unreadable),
                (json!("garbage"), page),
            ] {
                let fault = json!({ "on": "read", "nth": n, "do": effect });
                is_incomplete(&world, case, &fault, exits);
            }
        }
    });
}

/// What comes first: a login, or what is read where there is none.
fn first(case: &Case) -> &'static str {
    if case.vendor.logs_in { "login" } else { "read" }
}

#[test]
fn a_login_that_is_refused_has_an_exit_code_of_its_own() {
    for_every(
        "a login that is refused has an exit code of its own",
        |case| {
            if !case.logs_in() {
                return;
            }
            let world = case.open();
            let on = first(case);
            let refused = json!({ "on": on, "do": { "fail": { "status": 401 } } });
            is_incomplete(&world, case, &refused, [Exit::Login, Exit::Login]);
        },
    );
}

#[test]
fn a_login_that_cannot_be_answered_is_not_called_refused() {
    let law = "a login that cannot be answered is not called refused";
    for_every(law, |case| {
        if !case.logs_in() {
            return;
        }
        let world = case.open();
        let fault = json!({ "on": first(case), "do": { "fail": { "status": 503 } } });
        is_incomplete(&world, case, &fault, [Exit::Error, Exit::Refused]);
    });
}

/// A workspace whose system may be asked again, with one password to create.
fn patient(retries: u32) -> World {
    let settings = format!(
        "workspace: case\nsecrets: {{ allow_plaintext: true }}\nsystems:\n  senhasegura: {{ endpoint: emulator, retries: {retries} }}\n"
    );
    let desired = "senhasegura: { passwords: { wifi: { name: Wifi, username: guest, password: Coral-Saddle-58 } } }";
    World::of(&[("trueup.yaml", &settings), ("vault.yaml", desired)])
}

#[test]
fn a_vendor_that_asks_for_a_pause_is_given_it() {
    let world = patient(2);
    for on in ["login", "read", "write"] {
        for seconds in [0, 1] {
            world.set_live("{}");
            world.clear_journal();
            let limit = json!({ "limit": { "retry_after": seconds } });
            world.set_faults(&json!([{ "on": on, "nth": 1, "do": limit }]).to_string());
            let ran = world.run("apply --yes");
            assert_eq!(ran.exit, Exit::Fine, "{on}: {ran:#?}");
            let statuses = world.requests();
            let limited = statuses.iter().filter(|it| it["status"] == 429).count();
            assert_eq!(limited, 1, "{statuses:#?}");
            assert_eq!(world.live().matches("name: Wifi").count(), 1);
        }
    }
}

#[test]
fn a_pause_that_is_too_long_is_told_and_not_waited_for() {
    let world = patient(2);
    let limit = json!({ "limit": { "retry_after": 86_400 } });
    world.set_faults(&json!([{ "on": "write", "do": limit }]).to_string());
    let ran = world.run("apply --yes");
    assert_eq!(ran.exit, Exit::Error, "{ran:#?}");
    assert!(
        ran.out.contains("failed senhasegura.password.wifi"),
        "{ran:#?}"
    );
    assert_eq!(world.writes().len(), 1);
}

#[test]
fn a_read_that_fails_for_a_moment_is_repeated() {
    let world = patient(1);
    world.set_faults(r#"[{"on":"read","nth":1,"do":"drop_request"}]"#);
    let ran = world.run("plan --detailed-exitcode");
    assert_eq!(ran.exit, Exit::Changes, "{ran:#?}");
}

#[test]
fn a_create_whose_answer_is_lost_is_found_and_not_sent_again() {
    let world = patient(3);
    world.set_faults(r#"[{"on":"write","do":"drop_answer"}]"#);
    let ran = world.run("apply --yes");
    assert_eq!(ran.exit, Exit::Fine, "{ran:#?}");
    assert_eq!(world.writes().len(), 1);
    let again = world.run("plan --detailed-exitcode");
    assert_eq!(again.exit, Exit::Fine, "{again:#?}");
}

#[test]
fn a_create_that_failed_on_the_way_is_sent_again_once_nothing_of_it_is_found() {
    for fault in [json!("drop_request"), json!({ "fail": { "status": 502 } })] {
        let world = patient(1);
        world.set_faults(&json!([{ "on": "write", "nth": 1, "do": fault }]).to_string());
        let ran = world.run("apply --yes");
        assert_eq!(ran.exit, Exit::Fine, "{ran:#?}");
        assert_eq!(world.writes().len(), 2);
        assert_eq!(world.live().matches("name: Wifi").count(), 1);
    }
}

#[test]
fn a_create_that_nobody_can_look_for_is_told_to_be_unknown_and_not_sent_again() {
    let world = patient(1);
    world.run("plan");
    let reads = world
        .requests()
        .iter()
        .filter(|it| it["method"] == "GET")
        .count();
    world.set_faults(
        &json!([
            { "on": "write", "do": "drop_answer" },
            { "on": "read", "from": reads + 1, "do": "garbage" },
        ])
        .to_string(),
    );
    let ran = world.run("apply --yes");
    assert_eq!(ran.exit, Exit::Error, "{ran:#?}");
    assert!(
        ran.out.contains("a look at the vendor did not tell more"),
        "{ran:#?}"
    );
    assert!(ran.out.contains("is not done twice"), "{ran:#?}");
    assert_eq!(world.writes().len(), 1);
}

#[test]
fn a_token_that_is_never_accepted_is_asked_for_once_more_and_no_longer() {
    let world = patient(3);
    world.set_faults(r#"[{"on":"write","do":"expire_session"}]"#);
    let ran = world.run("apply --yes");
    assert_eq!(ran.exit, Exit::Login, "{ran:#?}");
    let requests = world.requests();
    let logins = requests.iter().filter(|it| {
        let path = it["path"].as_str().unwrap();
        path.starts_with("/api/oauth2/token")
    });
    assert_eq!(logins.count(), 2, "{requests:#?}");
    assert_eq!(world.writes().len(), 2);
}

/// Everything is as declared; then users and groups, of which the password speaks, cannot be read, or users alone.
#[test]
fn what_speaks_of_the_unread_is_not_changed_for_that() {
    let settings = "workspace: case\nsecrets: { allow_plaintext: true }\nsystems: { senhasegura: { endpoint: emulator, retries: 0 } }\n";
    let desired = "\
senhasegura:
  users: { ines: { user_name: ines, full_name: Ines Prado, external_id: hr-9, email: ines@example.org } }
  groups: { crew: { display_name: Crew, members: [user.ines] } }
  passwords: { wifi: { name: Wifi, username: guest, password: Coral-Saddle-58, users_allowed: { user.ines: view } } }
";
    let world = World::of(&[("trueup.yaml", settings), ("vault.yaml", desired)]);
    assert_eq!(world.run("apply --yes").exit, Exit::Fine);
    let refused = world.run_with("plan --json", |host| {
        let name = "TRUEUP_SENHASEGURA_SCIM_CLIENT_SECRET".to_owned();
        host.environment.insert(name, "wrong".to_owned());
    });
    assert_eq!(refused.exit, Exit::Login, "{refused:#?}");
    assert_eq!(
        refused.json()["resource_changes"],
        json!([]),
        "{refused:#?}"
    );
    // Reads run side by side, so the list that fails is now one and now another.
    for n in (1..=3).cycle().take(30) {
        world.set_faults(&json!([{ "on": "read", "nth": n, "do": "garbage" }]).to_string());
        let plan = world.run("plan --json").json();
        assert_eq!(plan["resource_changes"], json!([]), "{plan:#}");
        let unread = plan["incomplete"].to_string();
        let (user, group) = ("\"senhasegura.user\"", "\"senhasegura.group.crew\"");
        assert_eq!(unread.contains(user), unread.contains(group), "{plan:#}");
    }
}
