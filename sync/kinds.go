package sync

import (
	"context"

	"makesync/spec"
)

// kindRow is all that the planner knows about one kind.
type kindRow struct {
	// reads is the kind to ask an ObjectReader for; "" when the list of organizations carries it.
	reads spec.Kind
	// view is the flat form of a live object.
	view func(live *Live, name string) View
	// lacks is why an existing organization cannot have such objects; nil: it always can.
	lacks func(*draft) string
	// wait puts what is declared among the waiting, when it lacks.
	wait func(*draft, string)
	// diff proposes the steps.
	diff func(context.Context, *draft)
}

// kindTable has one row for each kind. It is filled in init since its functions refer back to it.
var kindTable map[spec.Kind]kindRow

func init() {
	kindTable = map[spec.Kind]kindRow{
		spec.KindOrganization: {view: viewOrganization, diff: diffOrganization},
		spec.KindFeatureControl: {reads: spec.KindFeatureControl, view: viewControl,
			lacks: (*draft).lacksControls, wait: (*draft).waitForControls, diff: without(diffControls)},
		spec.KindVariable: {reads: spec.KindVariable, view: viewVariable,
			lacks: (*draft).lacksVariables, wait: (*draft).waitForVariables, diff: without(diffVariables)},
		spec.KindMember: {reads: spec.KindMember, view: viewMember,
			lacks: (*draft).lacksMembers, wait: (*draft).waitForMembers, diff: diffMembers},
		spec.KindTFA: {view: viewTFA, diff: without(diffTFA)},
		spec.KindOwner: {reads: spec.KindMember, view: viewOwner,
			lacks: (*draft).lacksMembers, wait: (*draft).waitForOwner, diff: without(diffOwner)},
	}
}

// without adapts a diff that asks the zone nothing.
func without(diff func(*draft)) func(context.Context, *draft) {
	return func(_ context.Context, d *draft) { diff(d) }
}

func (d *draft) lacksMembers() string { return d.lacks(spec.KindMember) }

func (d *draft) waitForMembers(why string) {
	for i := range d.want.Members {
		d.wait(d.address(spec.KindMember, d.want.Members[i].Email), why)
	}
}

func (d *draft) waitForOwner(why string) { d.wait(d.address(spec.KindOwner, ""), why) }
