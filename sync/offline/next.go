package offline

import (
	"cmp"
	"slices"

	"makesync/spec"
	"makesync/sync/state"
)

// Next is the base by which the run after this one tells drift: what was read when this one was
// over, but of what is not settled the entry of the former base, so that it stays what it is,
// night after night, until somebody settles it.
//
//	not settled                        in the former base     in the next one
//	held, waiting, failed, skipped,    there                  as in the former
//	of unknown outcome                 not there              not there
//	                                   not known              as read, and listed as unknown
//	a kind, an organization not read   read                   as in the former
//
// former is nil on the first night; read has been made with its salt. Unsettled tells of an object,
// by its organization's id and its address below the key.
func Next(former, read *Snapshot, unsettled func(organization int64) []spec.Address) *Snapshot {
	next := *read
	next.Organizations = slices.Clone(read.Organizations)
	var before map[int64]*SavedOrganization
	if former != nil {
		before = former.byID()
	}
	for i := range next.Organizations {
		o := &next.Organizations[i]
		was := before[o.ID]
		o.keepUnread(was)
		for _, object := range unsettled(o.ID) {
			o.keep(was, object, read)
		}
		slices.Sort(o.Unknown)
		o.Unknown = slices.Compact(o.Unknown)
	}
	return &next
}

// keepUnread takes the kinds that were not read from the former base, and with none read at all the
// attributes too.
func (o *SavedOrganization) keepUnread(was *SavedOrganization) {
	if was == nil {
		return
	}
	read := 0
	for _, kind := range state.ReadKinds {
		if o.asked(kind) && o.Failed[kind].Message == "" {
			read++
			continue
		}
		o.takeKind(was, kind)
	}
	if len(o.Kinds) == 0 && read == 0 {
		kinds := o.Kinds
		*o = *was
		o.Kinds = append(kinds, was.Kinds...)
	}
}

// takeKind takes a whole kind.
func (o *SavedOrganization) takeKind(was *SavedOrganization, kind spec.Kind) {
	if !was.asked(kind) {
		return
	}
	if !o.asked(kind) {
		o.Kinds = append(slices.Clone(o.Kinds), kind)
	}
	delete(o.Failed, kind)
	if failure, failed := was.Failed[kind]; failed {
		o.Failed = setFailure(o.Failed, kind, failure)
	}
	switch kind {
	case spec.KindFeatureControl:
		o.FeatureControls = was.FeatureControls
	case spec.KindVariable:
		o.Variables = was.Variables
	case spec.KindMember:
		o.Members, o.Unreadable, o.OwnerID = was.Members, was.Unreadable, was.OwnerID
	}
	for _, object := range was.Unknown {
		if state.ReadAs(spec.Address("o/"+object).Kind()) == kind {
			o.Unknown = append(o.Unknown, object)
		}
	}
}

func setFailure(failed map[spec.Kind]SavedFailure, kind spec.Kind, f SavedFailure) map[spec.Kind]SavedFailure {
	if failed == nil {
		failed = map[spec.Kind]SavedFailure{}
	}
	failed[kind] = f
	return failed
}

// keep takes one object from the former base, its absence included.
func (o *SavedOrganization) keep(was *SavedOrganization, object spec.Address, s *Snapshot) {
	kind, name := object.Kind(), object.Name()
	with := state.ReadAs(kind)
	if was == nil || slices.Contains(was.Unknown, below(object)) || with != "" && !was.asked(with) {
		o.Unknown = append(o.Unknown, below(object))
		return
	}
	switch kind {
	case spec.KindOrganization:
		o.Name, o.Country, o.Timezone = was.Name, was.Country, was.Timezone
	case spec.KindTFA:
		o.TFAEnforced = was.TFAEnforced
	case spec.KindOwner:
		o.OwnerID = was.OwnerID
	case spec.KindFeatureControl:
		o.FeatureControls = keepEntry(o.FeatureControls, was.FeatureControls, func(c SavedControl) bool {
			return spec.FoldName(c.Name) == spec.FoldName(name)
		})
	case spec.KindVariable:
		o.Variables = keepEntry(o.Variables, was.Variables, func(v SavedVariable) bool { return v.Name == name })
		slices.SortFunc(o.Variables, func(a, b SavedVariable) int { return cmp.Compare(a.Name, b.Name) })
	case spec.KindMember:
		hash := HashEmail(name, s.SaltBytes())
		o.Members = keepEntry(o.Members, was.Members, func(m SavedMember) bool {
			return m.Email == name || m.Email == hash
		})
	}
}

// keepEntry is the list of now with the entry of before, or without one where there was none. A
// kind that the zone does not give now, nil, stays so.
func keepEntry[T any](now, before []T, is func(T) bool) []T {
	if now == nil {
		return nil
	}
	kept := slices.DeleteFunc(slices.Clone(now), is)
	if i := slices.IndexFunc(before, is); i >= 0 {
		kept = append(kept, before[i])
	}
	return kept
}
