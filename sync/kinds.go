package sync

import "makesync/spec"

// kindRow is how one kind is read and viewed.
type kindRow struct {
	// readWith is the kind to ask an ObjectReader for; "" when the list of organizations carries it.
	readWith spec.Kind
	// view is the flat form of a live object.
	view func(live *Live, name string) View
}

var kindTable = map[spec.Kind]kindRow{
	spec.KindOrganization:   {view: viewOrganization},
	spec.KindFeatureControl: {readWith: spec.KindFeatureControl, view: viewControl},
	spec.KindVariable:       {readWith: spec.KindVariable, view: viewVariable},
	spec.KindMember:         {readWith: spec.KindMember, view: viewMember},
	spec.KindTFA:            {view: viewTFA},
	spec.KindOwner:          {readWith: spec.KindMember, view: viewOwner},
}

// ReadWith is the kind that an ObjectReader is asked for to know the objects of a kind: the owner is one of the members.
// It is "" where the list of organizations carries them.
func ReadWith(kind spec.Kind) spec.Kind { return kindTable[kind].readWith }
