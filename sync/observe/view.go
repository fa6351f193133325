package observe

import (
	"sort"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/state"
)

// Reached tells whether a view shows what a step wants. What the step does not speak of may be
// anything.
func Reached(want, now state.View) bool {
	if want == nil || now == nil {
		return want == nil && now == nil
	}
	for path, side := range want {
		if path == "invitation" && side.Value().Reveal() == "pending" && now[path].Value().Reveal() == "" {
			continue // accepted meanwhile
		}
		if !sameField(path, side, now[path]) {
			return false
		}
	}
	return true
}

// sameField compares by meaning: a subscription shows its plan in capitals (published example) that
// the catalogue spells otherwise.
func sameField(path string, a, b state.Scalar) bool {
	return SameSide(a, b) || path == planField && strings.EqualFold(a.String(), b.String())
}

// planField is the name of a subscription's plan.
const planField = "plan"

// Unchanged tells whether a view still shows what a write was to change.
func Unchanged(images Images, now state.View) bool {
	if images.Before == nil || now == nil {
		return images.Before == nil && now == nil
	}
	for path, side := range images.Before {
		changes := images.After == nil || !sameField(path, side, images.After[path])
		if changes && !sameField(path, side, now[path]) {
			return false
		}
	}
	return true
}

// SameSide compares by meaning; a side of which only a fingerprint is left is compared by those.
func SameSide(a, b state.Scalar) bool {
	if a.Fingerprint != "" && b.Fingerprint != "" {
		return a.Fingerprint == b.Fingerprint
	}
	if a.IsNumber() && b.IsNumber() { // which a zone keeps as doubles
		return spec.SameNumber(a.Value().Reveal(), b.Value().Reveal())
	}
	return a.IsNone() == b.IsNone() && a.Value().Reveal() == b.Value().Reveal()
}

// Describe is a view in words, secrets masked: `type number, value 5`.
func Describe(v state.View) string {
	parts := make([]string, 0, len(v))
	for path, side := range v {
		text := text.OneLine(side.String())
		if text == "" {
			text = "none"
		}
		parts = append(parts, path+" "+text)
	}
	sort.Strings(parts)
	return strings.Join(parts, ", ")
}

func OrAbsent(v state.View) string {
	if v == nil {
		return "absent"
	}
	return Describe(v)
}
