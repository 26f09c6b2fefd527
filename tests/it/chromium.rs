//! The page of a plan in a real browser: nothing is fetched, nothing complains, everything is there without a script, and
//! with it the filter works.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::browser::Browser;
use crate::run::trueup;
use crate::show::{forged, rich};

/// The page of a plan that has everything in it, also what would like to be taken for HTML.
fn page() -> (TempDir, PathBuf) {
    let directory = crate::world::folder(&[("plan.json", &forged(&rich()))]);
    let shown = trueup(directory.path(), &["show", "plan.json", "--format", "html"]);
    let file = directory.path().join("plan.html");
    fs::write(&file, shown.stdout).unwrap();
    (directory, file)
}

/// Fails if the page asked for anything, complained, or opened a dialogue.
#[track_caller]
fn check_quiet(browser: &Browser) {
    let requests = browser.events_of("Network.requestWillBeSent");
    let addresses = requests
        .iter()
        .map(|it| it["request"]["url"].as_str().unwrap());
    let away = addresses.filter(|it| !it.starts_with("file://"));
    assert_eq!(away.collect::<Vec<_>>(), Vec::<&str>::new());
    assert_eq!(requests.len(), 1, "{requests:?}");
    for complaint in [
        "Log.entryAdded",
        "Runtime.consoleAPICalled",
        "Runtime.exceptionThrown",
        "Page.javascriptDialogOpening",
    ] {
        let said = browser.events_of(complaint);
        assert!(said.is_empty(), "{complaint}: {said:#?}");
    }
}

/// How many steps are to be seen.
const SEEN: &str =
    "[...document.querySelectorAll('article.step')].filter(it => it.checkVisibility()).length";

/// What reads the status of the filter after something was done to it.
fn after(what: &str) -> String {
    format!(
        "(() => {{ const form = document.querySelector('form'); const by = (name) => form.elements[name];
           {what};
           form.dispatchEvent(new Event('input', {{ bubbles: true }}));
           return document.querySelector('[role=status]').textContent; }})()"
    )
}

#[test]
fn the_page_fetches_nothing_and_the_filter_works() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    let (_directory, file) = page();
    browser.open(&file);
    assert_eq!(browser.evaluate(SEEN), json!(15));
    for (what, status) in [
        ("", "15 of 15 shown"),
        ("by('action')[0].checked = false", "13 of 15 shown"),
        ("by('vendor').value = 'safeconsole'", "1 of 15 shown"),
        (
            "form.reset(); by('watched').checked = true",
            "4 of 15 shown",
        ),
        (
            "form.reset(); by('text').value = 'AUDITOR person-3'",
            "1 of 15 shown",
        ),
        ("by('text').value = 'nowhere to be found'", "0 of 15 shown"),
        ("form.reset()", "15 of 15 shown"),
    ] {
        assert_eq!(browser.evaluate(&after(what)), json!(status), "{what}");
        let count = status.split(' ').next().unwrap().parse::<u64>().unwrap();
        assert_eq!(browser.evaluate(SEEN), json!(count), "{what}");
    }
    // Enter in the search would send a form that had somewhere to go.
    browser.evaluate("document.querySelector('form').requestSubmit()");
    browser.evaluate("document.querySelector('button').click()");
    check_quiet(&browser);
}

#[test]
fn without_a_script_everything_is_shown_and_nothing_is_offered() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    let (_directory, file) = page();
    browser.call(
        "Emulation.setScriptExecutionDisabled",
        json!({ "value": true }),
    );
    browser.open(&file);
    assert_eq!(browser.evaluate(SEEN), json!(15));
    let form = "document.querySelector('form').checkVisibility()";
    assert_eq!(browser.evaluate(form), json!(false));
    check_quiet(&browser);
}

#[test]
fn the_page_forbids_what_somebody_might_smuggle_in() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    let (_directory, file) = page();
    browser.open(&file);
    for (name, attribute, directive) in [
        ("img", "src = 'https://evil.example/x.png'", "img-src"),
        (
            "script",
            "textContent = 'document.title = 1'",
            "script-src-elem",
        ),
        (
            "style",
            "textContent = 'body { display: none }'",
            "style-src-elem",
        ),
        ("iframe", "src = 'https://evil.example/'", "frame-src"),
    ] {
        let script = format!(
            "new Promise((told) => {{
               document.addEventListener('securitypolicyviolation', (it) => told(it.effectiveDirective), {{ once: true }});
               const element = document.createElement('{name}');
               element.{attribute};
               document.body.append(element); }})"
        );
        assert_eq!(browser.evaluate(&script), json!(directive), "{name}");
    }
}

/// For every text that is seen: how it contrasts with what is behind it, the least first.
const CONTRAST: &str = "(() => {
  const numbers = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((it) => it / 255)
    .map((it) => it <= 0.04045 ? it / 12.92 : ((it + 0.055) / 1.055) ** 2.4)
    .reduce((sum, it, at) => sum + it * [0.2126, 0.7152, 0.0722][at], 0);
  const behind = (element) => {
    for (let it = element; it; it = it.parentElement) {
      const color = numbers(getComputedStyle(it).backgroundColor);
      if (color.length < 4 || color[3] > 0) return color;
    }
  };
  const least = [...document.querySelectorAll('body *')]
    .filter((it) => it.checkVisibility() && [...it.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
    .filter((it) => it.tagName !== 'SCRIPT')
    .map((it) => {
      const pair = [light(numbers(getComputedStyle(it).color)), light(behind(it))].sort((a, b) => b - a);
      return [(pair[0] + 0.05) / (pair[1] + 0.05), it.outerHTML.slice(0, 80)];
    });
  return least.sort((a, b) => a[0] - b[0])[0];
})()";

#[test]
fn every_text_is_legible_in_light_and_dark() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    let (_directory, file) = page();
    for scheme in ["light", "dark"] {
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        browser.call(
            "Emulation.setEmulatedMedia",
            json!({ "features": features }),
        );
        browser.open(&file);
        let least = browser.evaluate(CONTRAST);
        assert!(least[0].as_f64().unwrap() >= 4.5, "{scheme}: {least}");
    }
}

#[test]
fn the_page_is_narrow_where_the_screen_is() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    let (_directory, file) = page();
    let phone = json!({ "width": 360, "height": 740, "deviceScaleFactor": 1, "mobile": true });
    browser.call("Emulation.setDeviceMetricsOverride", phone);
    browser.open(&file);
    let wide = "document.documentElement.scrollWidth";
    assert_eq!(browser.evaluate(wide), json!(360));
}

/// What of the accessibility tree has a role and no name, though a reader needs one.
fn nameless(tree: &Value) -> Vec<String> {
    let needs = [
        "article",
        "button",
        "checkbox",
        "combobox",
        "form",
        "heading",
        "region",
        "search",
        "searchbox",
        "table",
    ];
    let nodes = tree["nodes"].as_array().unwrap().iter();
    let nodes = nodes.filter(|it| it["ignored"] == false);
    let nodes = nodes.filter(|it| {
        let role = it["role"]["value"].as_str().unwrap_or_default();
        needs.contains(&role) && it["name"]["value"].as_str().unwrap_or_default().is_empty()
    });
    nodes.map(ToString::to_string).collect()
}

#[test]
fn whoever_listens_to_the_page_is_told_what_everything_is() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    let (_directory, file) = page();
    browser.open(&file);
    let tree = browser.call("Accessibility.getFullAXTree", json!({}));
    assert_eq!(nameless(&tree), Vec::<String>::new());
    let roles = tree["nodes"].as_array().unwrap().iter();
    let roles = roles.filter_map(|it| it["role"]["value"].as_str());
    let roles = roles.collect::<std::collections::BTreeSet<_>>();
    for role in [
        "banner",
        "main",
        "search",
        "contentinfo",
        "columnheader",
        "rowheader",
        "status",
    ] {
        assert!(roles.contains(role), "{role} is not among {roles:?}");
    }
}

#[test]
fn the_example_is_a_quiet_page_too() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    let acme = crate::acme::copy();
    let plan = trueup(acme.path(), &["plan", "--format", "html"]);
    let file = acme.path().join("plan.html");
    fs::write(&file, plan.stdout).unwrap();
    browser.open(&file);
    assert_eq!(browser.evaluate(SEEN), json!(53));
    check_quiet(&browser);
}

#[test]
fn the_page_of_drift_fetches_nothing_and_its_filter_works() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    let world = crate::drift::drifted();
    let file = world.directory.path().join("drift.html");
    fs::write(&file, world.run("drift --format html").out).unwrap();
    browser.open(&file);
    for (what, status) in [
        ("", "5 of 5 shown"),
        ("by('action')[0].checked = false", "4 of 5 shown"),
        (
            "form.reset(); by('text').value = 'elsewhere'",
            "2 of 5 shown",
        ),
        ("form.reset()", "5 of 5 shown"),
    ] {
        assert_eq!(browser.evaluate(&after(what)), json!(status), "{what}");
    }
    check_quiet(&browser);
}
