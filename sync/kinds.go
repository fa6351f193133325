package sync

import "makesync/spec"

// kindRow is all that the planner knows about one kind.
type kindRow struct {
	// view is the flat form of a live object.
	view func(live *Live, name string) View
	// reads is the kind to ask an ObjectReader for; "" when the list of organizations carries it.
	reads spec.Kind
}

// kindTable has one row for each kind.
var kindTable = map[spec.Kind]kindRow{
	spec.KindOrganization:   {view: viewOrganization},
	spec.KindFeatureControl: {view: viewControl, reads: spec.KindFeatureControl},
	spec.KindVariable:       {view: viewVariable, reads: spec.KindVariable},
	spec.KindMember:         {view: viewMember, reads: spec.KindMember},
	spec.KindTFA:            {view: viewTFA},
	spec.KindOwner:          {view: viewOwner, reads: spec.KindMember},
}
