//! What the API only shows: permissions, access levels, roles, rules, policies, platforms and the like.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::call::Version;
use super::catalog::{
    self, LEVELS, Organization, PERMISSIONS, PasswordRule, Platform, READ, ROLES, Schedule,
    SmartRule, Workgroup,
};
use super::clock;
use super::desk::{Answer, Desk, Outcome, guid, number};
use super::policy::ROLE_MANAGEMENT;
use super::refusal::Refusal;
use super::route::Route;
use super::seed::Registration;
use super::site::Site;

/// The rules of what is only shown.
pub(crate) const ROUTES: &[Route] = &[
    Route::new("GET", "permissions", permissions),
    Route::new("GET", "accesslevels", levels),
    Route::new("GET", "roles", roles),
    Route::new("GET", "smartrules", smart_rules),
    Route::new("GET", "smartrules/{}", one_smart_rule),
    Route::new("GET", "passwordrules", password_rules),
    Route::new("GET", "passwordrules/{}", one_password_rule),
    Route::new("GET", "accesspolicies", access_policies),
    Route::new("GET", "accesspolicies/{}/assignees", assignees),
    Route::new("GET", "platforms", platforms),
    Route::new("GET", "platforms/{}", one_platform),
    Route::new("GET", "workgroups", workgroups),
    Route::new("GET", "workgroups/{}", one_workgroup),
    Route::new("GET", "organizations", organizations),
    Route::new("GET", "organizations/{}", one_organization),
    Route::new("GET", "apiregistrations", registrations),
    Route::new("GET", "apiregistrations/{}", one_registration),
    Route::new("GET", "configuration/version", version),
];

/// The one row that was asked for, or nothing.
fn one<T>(row: Option<&T>, what: &str, show: impl Fn(&T) -> Value) -> Outcome {
    Answer::ok(show(row.ok_or_else(|| Refusal::unknown(what))?))
}

fn pairs(table: &[(u64, &str)], id: &str) -> Outcome {
    let rows = table.iter().map(|row| json!({ id: row.0, "Name": row.1 }));
    Answer::ok(rows.collect())
}

fn permissions(desk: &mut Desk<'_>, _: &[&str]) -> Outcome {
    desk.require(super::user::PERMISSION, READ)?;
    pairs(PERMISSIONS, "PermissionID")
}

fn levels(desk: &mut Desk<'_>, _: &[&str]) -> Outcome {
    desk.require(super::user::PERMISSION, READ)?;
    pairs(LEVELS, "AccessLevelID")
}

fn roles(desk: &mut Desk<'_>, _: &[&str]) -> Outcome {
    desk.require(ROLE_MANAGEMENT, READ)?;
    pairs(ROLES, "RoleID")
}

/// Shows a smart rule. Assumed: with both spellings of its organization, and as processed.
pub(crate) fn smart_rule(site: &Site, rule: &SmartRule) -> Value {
    let organization = site.catalog.organizations.first().map(|it| it.id);
    json!({
        "SmartRuleID": rule.id,
        "OrganizationID": organization,
        "OrganizationIDs": organization.map(|id| [id]),
        "Title": rule.title,
        "Description": rule.description,
        "Category": rule.category,
        "Status": 1,
        "LastProcessedDate": clock::START,
        "IsReadOnly": rule.read_only,
        "RuleType": rule.kind,
    })
}

/// Lists smart rules, or shows the one with a title. Assumed: the built-in group's members and those whose groups
/// have access see them.
fn smart_rules(desk: &mut Desk<'_>, _: &[&str]) -> Outcome {
    let site = desk.site();
    if let Some(title) = desk.call.query("title") {
        let rule = site.catalog.smart_rule_titled(title);
        let rule = rule.filter(|rule| is_seen(desk, rule));
        return one(rule, "Smart rule", |rule| smart_rule(site, rule));
    }
    let kind = desk.call.query("type").unwrap_or("All");
    let is_kind = |rule: &&SmartRule| {
        kind.eq_ignore_ascii_case("All") || kind.eq_ignore_ascii_case(&rule.kind)
    };
    let rules = site.catalog.smart_rules.iter().filter(is_kind);
    let rules = rules.filter(|rule| is_seen(desk, rule));
    Answer::ok(rules.map(|rule| smart_rule(site, rule)).collect())
}

fn is_seen(desk: &Desk<'_>, rule: &SmartRule) -> bool {
    let site = desk.site();
    let mut groups = site.groups_of(desk.me);
    site.is_admin(desk.me) || groups.any(|group| group.rules.contains_key(&rule.id))
}

fn one_smart_rule(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let site = desk.site();
    let rule = site.catalog.smart_rule(number(path[0])?);
    let rule = rule.filter(|rule| is_seen(desk, rule));
    one(rule, "Smart rule", |rule| smart_rule(site, rule))
}

/// Shows a password rule. Assumed: the letters, which mean any first character and each sort permitted.
fn password_rule(rule: &PasswordRule) -> Value {
    let characters = |from: char, to: char| (from..=to).map(String::from).collect::<Vec<_>>();
    json!({
        "PasswordRuleID": rule.id,
        "Name": rule.name,
        "Description": rule.description,
        "MinimumLength": rule.shortest,
        "MaximumLength": rule.longest,
        "FirstCharacterRequirement": "A",
        "LowercaseRequirement": "P",
        "UppercaseRequirement": "P",
        "NumericRequirement": "P",
        "SymbolRequirement": "P",
        "ValidLowercaseCharacters": characters('a', 'z'),
        "ValidUppercaseCharacters": characters('A', 'Z'),
        "ValidSymbols": ["!", "#", "%", "+", "-", "=", "@", "_"],
        "EnabledProducts": rule.products,
    })
}

fn password_rules(desk: &mut Desk<'_>, _: &[&str]) -> Outcome {
    let product = desk.call.query("enabledproducts").unwrap_or("PasswordSafe");
    // Assumed: several products are separated by commas.
    let is_enabled = |rule: &&PasswordRule| {
        let mut products = product.split(',').map(str::trim);
        products.any(|it| rule.products.iter().any(|own| own.eq_ignore_ascii_case(it)))
    };
    let rules = desk.site().catalog.password_rules.iter();
    Answer::ok(rules.filter(is_enabled).map(password_rule).collect())
}

fn one_password_rule(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let rule = desk.site().catalog.password_rule(number(path[0])?);
    one(rule, "Password rule", password_rule)
}

fn schedule(id: u64, schedule: &Schedule) -> Value {
    let unsaid = BTreeMap::from([("View".to_owned(), 0)]);
    let types = match &schedule.approvers {
        none if none.is_empty() => &unsaid,
        some => some,
    };
    let types = types.iter().map(|(name, approvers)| {
        json!({
            "AccessType": name,
            "IsSession": name != "View",
            "RecordSession": false,
            "MinApprovers": approvers,
            "MaxConcurrent": 1,
        })
    });
    json!({
        "ScheduleID": id,
        "RequireReason": schedule.reason,
        "RequireTicketSystem": schedule.ticket,
        "TicketSystemID": null,
        "AccessTypes": types.collect::<Vec<_>>(),
    })
}

fn access_policies(desk: &mut Desk<'_>, _: &[&str]) -> Outcome {
    let policies = desk.site().catalog.access_policies.iter().map(|policy| {
        let free = [Schedule::default()];
        let schedules = match &policy.schedules[..] {
            [] => &free,
            some => some,
        };
        let schedules = (1..).zip(schedules).map(|(id, it)| schedule(id, it));
        json!({
            "AccessPolicyID": policy.id,
            "Name": policy.name,
            "Description": policy.description,
            "Schedules": schedules.collect::<Vec<_>>(),
        })
    });
    Answer::ok(policies.collect())
}

/// Lists where a policy applies: to roles that request, of groups on smart rules. The list is wrapped whether or not it
/// is cut, so says the vendor's Python client. Assumed: both permissions of the page are not needed together.
fn assignees(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let managed = desk.require(ROLE_MANAGEMENT, READ);
    managed.or_else(|_| desk.require("Password Safe Policy Management", READ))?;
    let site = desk.site();
    let policy = site.catalog.access_policy(number(path[0])?);
    let policy = policy.ok_or_else(|| Refusal::unknown("Access policy"))?;
    let (offset, limit) = desk.call.page()?;
    let mut rows = Vec::new();
    for group in site.groups.iter() {
        for (rule, access) in &group.rules {
            let Some(rule) = site.catalog.smart_rule(*rule) else {
                continue;
            };
            if access.policy != Some(policy.id) {
                continue;
            }
            let roles = access.roles.iter();
            for role in roles.filter(|role| catalog::REQUESTORS.contains(role)) {
                rows.push(json!({
                    "RoleID": role,
                    "RoleName": catalog::name_of(ROLES, *role),
                    "UserGroupID": group.id,
                    "UserGroupName": group.name,
                    "UserGroupIsActive": group.active,
                    "SmartRuleID": rule.id,
                    "SmartRuleTitle": rule.title,
                    "SmartRuleIsActive": true,
                }));
            }
        }
    }
    let total = rows.len();
    let page: Vec<_> = rows.into_iter().skip(offset).take(limit).collect();
    Answer::ok(json!({ "TotalCount": total, "Data": page }))
}

fn platform(platform: &Platform) -> Value {
    json!({
        "PlatformID": platform.id,
        "Name": platform.name,
        "ShortName": platform.name,
        "PortFlag": platform.port.is_some(),
        "DefaultPort": platform.port,
        "SupportsElevationFlag": platform.session.as_deref() == Some("SSH"),
        "DomainNameFlag": false,
        "AutoManagementFlag": true,
        "DSSAutoManagementFlag": platform.session.as_deref() == Some("SSH"),
        "ManageableFlag": true,
        "DSSFlag": platform.session.as_deref() == Some("SSH"),
        "LoginAccountFlag": platform.session.as_deref() == Some("SSH"),
        "DefaultSessionType": platform.session,
        "ApplicationHostFlag": false,
        "RequiresApplicationHost": false,
        "RequiresTenantID": false,
        "RequiresObjectID": false,
        "RequiresSecret": false,
    })
}

fn platforms(desk: &mut Desk<'_>, _: &[&str]) -> Outcome {
    let platforms = desk.site().catalog.platforms.iter();
    Answer::ok(platforms.map(platform).collect())
}

fn one_platform(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let id = number(path[0])?;
    let mut platforms = desk.site().catalog.platforms.iter();
    one(platforms.find(|it| it.id == id), "Platform", platform)
}

fn workgroup(site: &Site, workgroup: &Workgroup) -> Value {
    let organization = site.catalog.organizations.first().map(|it| it.id);
    json!({ "OrganizationID": organization, "ID": workgroup.id, "Name": workgroup.name })
}

fn workgroups(desk: &mut Desk<'_>, _: &[&str]) -> Outcome {
    desk.require("Asset Management", READ)?;
    let site = desk.site();
    let mut rows = site.catalog.workgroups.iter();
    if let Some(name) = desk.call.query("name") {
        let row = rows.find(|row| row.name.eq_ignore_ascii_case(name));
        return one(row, "Workgroup", |row| workgroup(site, row));
    }
    Answer::ok(rows.map(|row| workgroup(site, row)).collect())
}

fn one_workgroup(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    desk.require("Asset Management", READ)?;
    let (site, id) = (desk.site(), number(path[0])?);
    let row = site.catalog.workgroups.iter().find(|row| row.id == id);
    one(row, "Workgroup", |row| workgroup(site, row))
}

fn organization(row: &Organization) -> Value {
    json!({ "OrganizationID": row.id, "Name": row.name, "IsActive": true })
}

fn organizations(desk: &mut Desk<'_>, _: &[&str]) -> Outcome {
    let mut rows = desk.site().catalog.organizations.iter();
    if let Some(name) = desk.call.query("name") {
        let row = rows.find(|row| row.name.eq_ignore_ascii_case(name));
        return one(row, "Organization", organization);
    }
    Answer::ok(rows.map(organization).collect())
}

fn one_organization(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let id = guid(path[0])?;
    let mut rows = desk.site().catalog.organizations.iter();
    one(rows.find(|row| row.id == id), "Organization", organization)
}

/// Shows a registration.
fn registration(row: &Registration, version: Version) -> Value {
    let kind = match row.key {
        Some(_) => "ApiKeyPolicy",
        None => "ApiAccessPolicy",
    };
    let mut shown = json!({
        "Id": row.id,
        "Name": row.name,
        "RegistrationType": kind,
        "Active": row.active,
        "Visible": true,
        "AccessTokenDuration": row.token_minutes,
        "MultiFactorAuthenticationEnforced": false,
        "ClientCertificateRequired": false,
        "UserPasswordRequired": row.password_required,
        "VerifyPsrunSignature": false,
        "IPAuthenticationRules": [],
        "PSRUNRules": [],
        "XForwardedForAuthenticationRules": [],
    });
    if version >= Version::V31 {
        shown["PersonalAccessTokenRequired"] = false.into();
    }
    shown
}

fn registrations(desk: &mut Desk<'_>, _: &[&str]) -> Outcome {
    desk.require("API Registration Management", READ)?;
    let version = desk.call.version();
    let rows = desk.site().registrations.values();
    Answer::ok(rows.map(|row| registration(row, version)).collect())
}

fn one_registration(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    desk.require("API Registration Management", READ)?;
    let version = desk.call.version();
    let row = desk.site().registrations.get(&number(path[0])?);
    one(row, "API registration", |row| registration(row, version))
}

/// Assumed: the release.
fn version(_: &mut Desk<'_>, _: &[&str]) -> Outcome {
    Answer::ok(json!({ "Version": "26.1.0" }))
}
