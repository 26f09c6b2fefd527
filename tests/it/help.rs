//! The help texts: every command and every flag says what it does and which variable stands for it.

use std::collections::BTreeSet;

use crate::world::{folder, run_in};

#[test]
fn every_command_and_flag_is_explained_and_has_its_variable() {
    let help = |line: &str| run_in(folder(&[]).path(), line, |_| {}).out;
    let top = help("--help");
    let (_, rest) = top.split_once("Commands:\n").unwrap();
    let commands = rest.lines().take_while(|it| !it.is_empty());
    let mut flags = BTreeSet::new();
    for line in commands {
        let (command, about) = line.trim().split_once(' ').unwrap();
        assert!(!about.trim().is_empty(), "{command} says nothing of itself");
        if command == "help" {
            continue;
        }
        let text = help(&format!("{command} --help"));
        for (flag, about) in flags_of(&text) {
            if flag == "help" || flag == "version" {
                continue;
            }
            assert!(
                about.len() > 10,
                "{command} --{flag} is not explained: {about:?}"
            );
            // What the same word means differs from command to command.
            let of_command = if flag == "format" {
                format!("{command}-")
            } else {
                String::new()
            };
            let name = format!("{of_command}{flag}");
            let variable = format!("TRUEUP_{}", name.to_uppercase().replace('-', "_"));
            let named = format!("[env: {variable}=");
            assert!(about.contains(&named), "{command} --{flag}: {about}");
            flags.insert(flag);
        }
    }
    assert!(
        flags.contains("yes") && flags.contains("json-into"),
        "{flags:?}"
    );
}

/// The long flags of a help text, each with what is said of it.
fn flags_of(help: &str) -> Vec<(String, String)> {
    let mut flags = Vec::<(String, String)>::new();
    let (_, options) = help.split_once("Options:\n").unwrap();
    for line in options
        .lines()
        .take_while(|it| !it.starts_with("Exit codes"))
    {
        let words = line.trim();
        let (first, rest) = words.split_once("--").unwrap_or((words, ""));
        let begins = (first.is_empty() || first.ends_with(", ")) && words.starts_with('-');
        match flags.last_mut() {
            _ if begins => {
                let end = rest.find([' ', '.', '=']).unwrap_or(rest.len());
                flags.push((rest[..end].to_owned(), rest[end..].to_owned()));
            }
            Some((_, about)) => *about += &format!(" {words}"),
            None => {}
        }
    }
    flags
}
