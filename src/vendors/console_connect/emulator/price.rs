//! What things would cost: a question that changes nothing and costs nothing.

use serde_json::{Value, json};

use super::answer::{Answer, Outcome};
use super::call::whole;
use super::catalog::Class;
use super::desk::Desk;
use super::refusal::Refusal;
use super::route::Route;
use super::site::Site;

/// The rules of prices.
pub(crate) const ROUTES: &[Route] = &[Route::new("POST", PATH, calculate)];

/// Where the question is asked, which is no write although it is a POST.
pub(crate) const PATH: &str = "api/pricing/calculate";

/// Prices ports and connections for a month. Assumed: what has no price is left out, `entity` is what was asked, and a
/// facility is named by its user name or its id.
fn calculate(desk: &mut Desk<'_>, _: &[&str]) -> Outcome {
    let results = results(desk).map_err(Refusal::of_order)?;
    if results.is_empty() {
        return Ok(Answer::Nothing);
    }
    Answer::ok(json!({ "results": results }))
}

fn results(desk: &Desk<'_>) -> Result<Vec<Value>, Refusal> {
    let members = desk.call.members()?;
    let site = desk.site();
    let list = |name: &str| match members.get(name) {
        None => Ok(Vec::new()),
        Some(Value::Array(entries)) => Ok(entries.clone()),
        Some(_) => Err(Refusal::bad(format!("{name} must be a list"))),
    };
    let mut results = Vec::new();
    for port in list("ports")? {
        facility(site, &port, "dcf")?;
        let price = site.prices.ports.get(&number(&port, "speed")?);
        results.extend(price.map(|price| priced("PORT", &port, *price)));
    }
    for connection in list("connections")? {
        facility(site, &connection, "srcDcf")?;
        facility(site, &connection, "destDcf")?;
        let bandwidth = number(&connection, "bandwidth")?;
        let class = match connection.get("classOfService") {
            None | Some(Value::Null) => Class::default(),
            Some(class) => serde_json::from_value(class.clone())
                .map_err(|_| Refusal::bad("classOfService is none of those there are"))?,
        };
        let rate = site.prices.connections.get(&class);
        let bandwidth = u32::try_from(bandwidth).map_or(f64::INFINITY, f64::from);
        let price = rate.map(|rate| rate * bandwidth);
        results.extend(price.map(|price| priced("CONNECTION", &connection, price)));
    }
    Ok(results)
}

fn priced(kind: &str, entity: &Value, price: f64) -> Value {
    json!({ "type": kind, "entity": entity, "price": price })
}

fn number(entry: &Value, name: &str) -> Result<u64, Refusal> {
    let number = entry.get(name).and_then(whole);
    number.ok_or_else(|| Refusal::bad(format!("{name} is required")))
}

fn facility(site: &Site, entry: &Value, name: &str) -> Result<(), Refusal> {
    let given = entry[name].as_str().unwrap_or_default();
    let mut facilities = site.facilities.iter();
    let is_known = facilities.any(|it| it.username == given || it.id.to_string() == given);
    if is_known {
        Ok(())
    } else {
        Err(Refusal::bad(format!("{name} is no data center facility")))
    }
}
