//! A2A as a client sees it: requests in, answers out.

mod authorizations;
mod credentials;
mod devices;
mod related;
mod ssh_keys;

use serde_json::{Value, json};

const DEVICES: &str = "/api/pam/device";
const CREDENTIALS: &str = "/api/pam/credential";
const KEYS: &str = "/api/pam/key";

/// Two devices, of which the second is disabled, and what is on them.
const WORLD: &str = "
domains: [corp, lab]
users: [{ id: 2, user_name: ines }]
devices:
  - { id: 1, hostname: db, ip: 192.0.2.1, model: m, type: t, vendor: v, site: s, connectivities: 'RDP:3389, SSH:22' }
  - { id: 2, hostname: off, ip: 192.0.2.2, model: m, type: t, vendor: v, site: s, disabled: true }
credentials:
  - { id: 5, identifier: db-root, username: root, device: db, content: Old-Content-1, changed: 2030-01-01 00:00:00 }
  - { id: 6, identifier: db-app, username: app, device: db, type: Service, tags: app }
  - { id: 7, identifier: off-root, username: root, device: 'off', disabled: true }
ssh_keys:
  - { id: 8, identifier: db-key, username: root, device: db, public_key: p, private_key: q, devices: [db] }
";

/// The members that each credential must have, on the first device.
fn credential(more: Value) -> Value {
    let mut body = json!({ "hostname": "db", "ip": "192.0.2.1", "username": "root" });
    let more = more.as_object().unwrap().clone();
    body.as_object_mut().unwrap().extend(more);
    body
}
