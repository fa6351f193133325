package approval

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"time"

	"golang.org/x/crypto/ssh"
)

// clockSkew is how far the clock of the machine on which somebody signs may be ahead.
const clockSkew = 5 * time.Minute

// Use is what a state folder remembers of an approval that a run has used. By its ID alone a copy
// of the same files, under another name, would be known; but not what the person had signed beside
// it, with another key or for another time. So a use stands for the changes and one name or key of
// the person, and whatever she has signed for them until then serves no more:
//
//	signed        used        signed again
//	  │  with all keys  │          │
//	──┴─────────────────┴──────────┴──▶
//	  serves no more               serves
type Use struct {
	ID string
	// At is the last moment at which what was used has been signed. It is later than that of the
	// run where a clock is ahead.
	At time.Time
}

// changes is the same for all statements about the same changes, whenever they were made.
func (s Statement) changes() string {
	s.From, s.Until = time.Unix(0, 0), time.Unix(0, 0)
	text, _ := s.Text() // of a statement that cannot be signed nothing is used
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

func useID(changes, what, of string) string {
	id := sha256.Sum256([]byte(changes + "\n" + what + " " + of))
	return hex.EncodeToString(id[:])
}

// uses knows, while statements about the same changes are judged, by what each person is known to a
// state folder.
type uses struct {
	*Approvers
	changes string
	ids     map[string][]string // by person
	asked   map[string]time.Time
}

func (a *Approvers) usesOf(want Statement) *uses {
	return &uses{a, want.changes(), map[string][]string{}, map[string]time.Time{}}
}

// of are the ids of a person: one for each name and key that the approvers file has of her, and one
// for the key that has signed, which may be a certificate's.
func (u *uses) of(principal string, key ssh.PublicKey) []string {
	person := u.persons.find(principal)
	if u.ids[person] == nil {
		ids := []string{useID(u.changes, "name", folded(principal))}
		for _, line := range u.lines {
			for _, name := range line.names() {
				if line.authority || u.persons.find(name) != person {
					continue
				}
				ids = append(ids, useID(u.changes, "name", folded(name)),
					useID(u.changes, "key", ssh.FingerprintSHA256(line.key)))
			}
		}
		u.ids[person] = sortedSet(ids)
	}
	signed := useID(u.changes, "key", ssh.FingerprintSHA256(plainKey(key)))
	return sortedSet(append(slices.Clone(u.ids[person]), signed))
}

// last is until when the person's signatures about these changes were used; zero for never.
func (u *uses) last(ids []string) (last time.Time) {
	for _, id := range ids {
		at, known := u.asked[id]
		if !known && u.Used != nil {
			at = u.Used(id)
			u.asked[id] = at
		}
		if at.After(last) {
			last = at
		}
	}
	return last
}

// joinUses gives all approvals of a person the uses of all of them: each key with which she has
// signed, and the latest moment at which she has.
func joinUses(all []valid) {
	of := map[string]map[string]time.Time{} // by person and id
	latest := map[string]time.Time{}
	for _, one := range all {
		if of[one.person] == nil {
			of[one.person] = map[string]time.Time{}
		}
		for _, use := range one.Uses {
			of[one.person][use.ID] = use.At
			if use.At.After(latest[one.person]) {
				latest[one.person] = use.At
			}
		}
	}
	for i := range all {
		all[i].Uses = nil
		for _, id := range slices.Sorted(maps.Keys(of[all[i].person])) {
			all[i].Uses = append(all[i].Uses, Use{id, latest[all[i].person]})
		}
	}
}
