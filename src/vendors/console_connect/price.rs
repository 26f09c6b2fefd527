//! What things cost, by the vendor's own calculation (vendor page, section 4.13). Asking is free of charge.

use serde::Deserialize;
use serde_json::Value;

use super::answer::clean;
use super::client::Client;

#[derive(Deserialize)]
struct Prices {
    results: Vec<Price>,
}

/// No public page says in which currency prices are, nor for how long: what the answer says beside the number is kept.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Price {
    price: Value,
    currency: Option<String>,
}

/// Asks for the price of one thing. None if the vendor gives none, for whatever reason: a plan does not hang on it.
pub(super) async fn ask(client: &Client, body: &Value) -> Option<String> {
    let answer = client.ask("api/pricing/calculate", body).await.ok()?;
    if answer.status != 200 {
        return None;
    }
    let Prices { results } = answer.json().ok()?;
    let [Price { price, currency }] = results.as_slice() else {
        return None;
    };
    let price = match price {
        Value::Number(price) => price.to_string(),
        Value::String(price) => clean(price),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    let currency = currency.as_deref().map(clean);
    Some(match currency.filter(|it| !it.is_empty()) {
        Some(currency) => format!("{price} {currency}"),
        None => price,
    })
}
