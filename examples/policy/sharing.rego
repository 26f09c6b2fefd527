# Nothing is shared with everybody, and nothing that is critical may be edited by a group.
package main

import rego.v1

everybody := {"group.everyone"}

deny contains message if {
	some resource in input.resource_changes
	some who, _ in resource.change.after.groups_allowed
	who in everybody
	message := sprintf("%s would be shared with %s", [resource.address, who])
}

deny contains message if {
	some resource in input.resource_changes
	"critical" in resource.change.after.tags
	some who, "edit" in resource.change.after.groups_allowed
	message := sprintf("%s is critical, and %s could edit it", [resource.address, who])
}
