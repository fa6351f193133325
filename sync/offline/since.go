package offline

import (
	"context"

	"makesync/spec"
	"makesync/sync/state"
)

// Baseline is a snapshot as the earlier state of a zone, by which a plan tells drift from what the
// documents changed. It is read as any plan reads a snapshot.
type Baseline struct {
	snapshot *Snapshot
	byID     map[int64]*SavedOrganization
	named    map[string]bool // the names of all, in NFC
	// unknown are the objects of which the snapshot is no base, by organization.
	unknown map[int64]map[string]bool
}

// Baseline is the snapshot as an earlier state.
func (s *Snapshot) Baseline() *Baseline {
	b := &Baseline{snapshot: s, byID: s.byID(), named: map[string]bool{}, unknown: map[int64]map[string]bool{}}
	for i := range s.Organizations {
		b.named[state.NormalName(s.Organizations[i].Name)] = true
	}
	for id, saved := range b.byID {
		unknown := make(map[string]bool, len(saved.Unknown))
		for _, object := range saved.Unknown {
			unknown[below(spec.Address("/"+object).Folded())] = true
		}
		b.unknown[id] = unknown
	}
	return b
}

// byID are the organizations of a snapshot; of several with one id the last.
func (s *Snapshot) byID() map[int64]*SavedOrganization {
	byID := make(map[int64]*SavedOrganization, len(s.Organizations))
	for i := range s.Organizations {
		byID[s.Organizations[i].ID] = &s.Organizations[i]
	}
	return byID
}

// Has tells whether the zone had the organization of a document.
func (b *Baseline) Has(o *spec.Organization) bool {
	if o.ID != 0 {
		return b.byID[o.ID] != nil
	}
	return b.named[state.NormalName(o.Name)]
}

// Before is an organization as it was, with the kinds that are wanted; nil when the snapshot does
// not hold it. Fingerprints and hashes are recognised by the values and e-mails of like.
func (b *Baseline) Before(
	ctx context.Context, id int64, like *spec.Organization, wanted state.Wanted,
) *state.Organization {
	saved := b.byID[id]
	if saved == nil {
		return nil
	}
	one, alike := *b.snapshot, *like
	one.Organizations, one.Elsewhere = []SavedOrganization{*saved}, nil
	alike.ID, alike.Zone = id, one.Zone
	reader := one.Port(&spec.Desired{Organizations: []spec.Organization{alike}}).Reader
	rows, err := reader.Organizations(ctx)
	if err != nil || len(rows) != 1 {
		return nil
	}
	wanted.Remembered = nil
	return state.ReadOrganization(ctx, reader, rows[0], wanted).Organization
}

// Unknown tells whether the snapshot is no base for an object.
func (b *Baseline) Unknown(id int64, object spec.Address) bool {
	unknown, read := b.unknown[id]
	return !read || unknown[below(object.Folded())]
}

// below is an address without its key; the organization itself is its kind.
func below(a spec.Address) string {
	if a.Kind() == spec.KindOrganization {
		return string(spec.KindOrganization)
	}
	return string(a[len(a.Key())+1:])
}
