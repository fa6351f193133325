package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// canonical is what a policy means: everything that can change a verdict.
func canonical(p Policy) []byte {
	text, err := json.Marshal(struct {
		Policy
		Trusted bool `json:"trusted"`
	}{p, p.From.Trusted})
	if err != nil {
		panic(err) // texts and lists of texts can always be written
	}
	return text
}

func samePolicy(a, b Policy) bool { return string(canonical(a)) == string(canonical(b)) }

// Digest is a hash of the policies in force, as sha256:HEX. It depends neither on the order of
// files nor on tests, positions and names of files.
func (s *Set) Digest() string {
	hash := sha256.New()
	for _, r := range s.rules { // sorted, and a line holds no line break
		hash.Write(canonical(r.Policy))
		hash.Write([]byte{'\n'})
	}
	return "sha256:" + hex.EncodeToString(hash.Sum(nil))
}

// Policies are those of the set: of trusted files first, then by id.
func (s *Set) Policies() []Policy {
	policies := make([]Policy, 0, len(s.rules))
	for _, r := range s.rules {
		policies = append(policies, r.Policy)
	}
	return policies
}
