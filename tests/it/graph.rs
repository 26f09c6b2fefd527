//! `graph`: the steps of a plan and what waits for what, the same each time.

use insta::assert_snapshot;
use trueup::Exit;

use crate::world::{World, folder, run_in};

const SETTINGS: &str = "\
workspace: case
systems: { senhasegura: { endpoint: emulator, seed: live.yaml, manage: { user: exclusive }, retries: 0 } }
include: [vault.yaml]
secrets: { allow_plaintext: true }
guards: { max_deletes: 9, max_delete_percent: 100 }
";

const LIVE: &str = "\
users:
- { id: 1, user_name: 'odd \"name\"; #1 <b>', formatted: Odd, external_id: e-1, email: odd@acme.example }
- { id: 2, user_name: maria, formatted: Maria, external_id: e-2, email: old@acme.example }
groups: []
passwords: []
";

const VAULT: &str = "\
senhasegura:
  users:
    maria: { user_name: maria, full_name: Maria, external_id: e-2, email: new@acme.example }
    tom: { user_name: tom, full_name: Tom, external_id: e-3, email: tom@acme.example }
  groups:
    network: { display_name: Network, members: [user.tom, user.maria] }
  passwords:
    router: { name: Router, username: admin, password: Blue-Kettle-71, groups_allowed: { group.network: view } }
";

fn world() -> World {
    World::of(&[
        ("trueup.yaml", SETTINGS),
        ("live.yaml", LIVE),
        ("vault.yaml", VAULT),
    ])
}

#[test]
fn graphviz_and_mermaid_see_the_steps_and_what_they_wait_for() {
    let world = world();
    assert_snapshot!(world.run("graph").transcript(), @r##"
    digraph plan {
      rankdir = "RL";
      node [shape = "box"];
      "senhasegura.user.[1]" [label = "- senhasegura.user.[1] odd \"name\"; #1 <b>", color = "red"];
      "senhasegura.user.maria" [label = "~ senhasegura.user.maria", color = "orange"];
      "senhasegura.user.tom" [label = "+ senhasegura.user.tom", color = "green"];
      "senhasegura.group.network" [label = "+ senhasegura.group.network", color = "green"];
      "senhasegura.password.router" [label = "+ senhasegura.password.router", color = "green"];
      "senhasegura.group.network" -> "senhasegura.user.maria";
      "senhasegura.group.network" -> "senhasegura.user.tom";
      "senhasegura.password.router" -> "senhasegura.group.network";
    }
    "##);
    assert_snapshot!(world.run("graph --format mermaid").transcript(), @r##"
    flowchart RL
      s1["- senhasegura.user.#91;1#93; odd #34;name#34;#59; #35;1 #60;b#62;"]
      s2["~ senhasegura.user.maria"]
      s3["+ senhasegura.user.tom"]
      s4["+ senhasegura.group.network"]
      s5["+ senhasegura.password.router"]
      s4 --> s2
      s4 --> s3
      s5 --> s4
      classDef create stroke:green
      class s3,s4,s5 create
      classDef update stroke:orange
      class s2 update
      classDef delete stroke:red
      class s1 delete
    "##);
}

#[test]
fn a_graph_is_narrowed_as_a_plan_is() {
    let narrowed = world().run("graph --target senhasegura.user.tom");
    assert_snapshot!(narrowed.transcript(), @r##"
    digraph plan {
      rankdir = "RL";
      node [shape = "box"];
      "senhasegura.user.tom" [label = "+ senhasegura.user.tom", color = "green"];
    }
    "##);
}

#[test]
fn a_graph_without_steps_is_a_graph() {
    let files = [
        ("trueup.yaml", SETTINGS),
        ("live.yaml", "users: []\n"),
        ("vault.yaml", ""),
    ];
    let world = World::of(&files);
    assert_snapshot!(world.run("graph --format mermaid").transcript(), @"flowchart RL");
}

#[test]
fn a_graph_of_what_was_not_read_says_so() {
    let settings = "workspace: case\nsystems: { senhasegura: { endpoint: 'http://127.0.0.1:9', retries: 0 } }\n";
    let ran = run_in(
        folder(&[("trueup.yaml", settings), ("vault.yaml", VAULT)]).path(),
        "graph",
        |_| {},
    );
    assert_ne!(ran.exit, Exit::Fine);
    assert!(!ran.err.is_empty());
}
