package apply

import (
	"sort"
	"strings"

	"makesync/spec/text"
	"makesync/sync/state"
)

// reached tells whether a view shows what a step wants. What the step does not speak of may be
// anything.
func reached(want, now state.View) bool {
	if want == nil || now == nil {
		return want == nil && now == nil
	}
	for path, side := range want {
		if path == "invitation" && side.Value().Reveal() == "pending" && now[path].Value().Reveal() == "" {
			continue // accepted meanwhile
		}
		if !sameSide(side, now[path]) {
			return false
		}
	}
	return true
}

// unchanged tells whether a view still shows what a write was to change.
func unchanged(images Images, now state.View) bool {
	if images.Before == nil || now == nil {
		return images.Before == nil && now == nil
	}
	for path, side := range images.Before {
		changes := images.After == nil || !sameSide(side, images.After[path])
		if changes && !sameSide(side, now[path]) {
			return false
		}
	}
	return true
}

// sameSide compares by meaning; a side of which only a fingerprint is left is compared by those.
func sameSide(a, b state.Scalar) bool {
	if a.Fingerprint != "" && b.Fingerprint != "" {
		return a.Fingerprint == b.Fingerprint
	}
	return a.IsNone() == b.IsNone() && a.Value().Reveal() == b.Value().Reveal()
}

// describe is a view in words, secrets masked: `type number, value 5`.
func describe(v state.View) string {
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

func orAbsent(v state.View) string {
	if v == nil {
		return "absent"
	}
	return describe(v)
}
