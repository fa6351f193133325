package diff

import (
	"maps"
	"sort"

	"github.com/r3labs/diff/v3"

	"makesync/sync/plan"
	"makesync/sync/state"
)

// changedFields compares two views of one object, which are already paired, and gives the paths
// whose meaning differs, sorted. A path that wanted does not hold is not managed.
//
// r3labs/diff is kept to what it does right: one fresh differ per pair, flat maps of text to text
// (nested maps with keys that contain one another give wrong verbs, large slices are quadratic, and
// its order is random). Secrets enter it as hashes, so that no change log holds one.
func changedFields(live, wanted state.View) []plan.Field {
	from, to := map[string]string{}, map[string]string{}
	for path, side := range wanted {
		to[path] = side.Canonical()
		if old, ok := live[path]; ok {
			from[path] = old.Canonical()
		}
	}
	if maps.Equal(from, to) {
		return nil
	}
	changes, err := diff.Diff(from, to)
	if err != nil { // not for flat maps of text; losing a change would be worse than showing too much
		return allFields(live, wanted)
	}
	fields := make([]plan.Field, 0, len(changes))
	for _, change := range changes {
		path := change.Path[0]
		fields = append(fields, plan.Field{Path: path, From: live[path], To: wanted[path]})
	}
	sortFields(fields)
	return fields
}

// allFields shows every path of two views: of an object that comes or goes.
func allFields(live, wanted state.View) []plan.Field {
	paths := map[string]bool{}
	for path := range live {
		paths[path] = true
	}
	for path := range wanted {
		paths[path] = true
	}
	fields := make([]plan.Field, 0, len(paths))
	for path := range paths {
		fields = append(fields, plan.Field{Path: path, From: live[path], To: wanted[path]})
	}
	sortFields(fields)
	return fields
}

func sortFields(fields []plan.Field) {
	sort.Slice(fields, func(i, j int) bool { return fields[i].Path < fields[j].Path })
}

// bothMasked makes both sides secrets when one is: a value that a reference now gives was the
// secret before, too. A field does not carry the reference; the step's arguments do.
func bothMasked(fields []plan.Field) []plan.Field {
	secret := false
	for _, f := range fields {
		secret = secret || f.From.IsSensitive() || f.To.IsSensitive()
	}
	for i := range fields {
		if secret && fields[i].Path == "value" {
			fields[i].From, fields[i].To = fields[i].From.Mask(), fields[i].To.Mask()
			fields[i].From.Reference, fields[i].To.Reference = "", ""
		}
	}
	return fields
}
