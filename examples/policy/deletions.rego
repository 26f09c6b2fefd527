# No plan deletes people or groups unless somebody looked: with conftest, `conftest test --policy examples/policy plan.json`
# of what `trueup plan --json-into plan.json` wrote. It is a policy for Terraform's plans with other types in it.
package main

import rego.v1

watched := {"senhasegura_user", "senhasegura_group", "password_safe_user", "password_safe_group", "safeconsole_user"}

deny contains message if {
	some resource in input.resource_changes
	resource.type in watched
	"delete" in resource.change.actions
	message := sprintf("%s would be deleted", [resource.address])
}

# What could not be read may hide anything.
deny contains message if {
	some unread in input.incomplete
	message := sprintf("%s was not read: %s", [unread.what, unread.why])
}
