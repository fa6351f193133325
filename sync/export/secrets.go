package export

import (
	"strconv"
	"strings"

	"makesync/spec"
)

// ReferenceNames gives out names of environment variables, each once.
type ReferenceNames struct{ taken map[string]bool }

// For is the reference for a variable's value: ACME_PASSWORD for acme/variable/PASSWORD, with a
// number behind it when that is taken. Names that begin with MAKE are the tool's own (the document
// loader refuses ${env:MAKE_API_KEY…}), so those begin with ORG_.
func (r *ReferenceNames) For(address spec.Address) string {
	if r.taken == nil {
		r.taken = map[string]bool{}
	}
	base := spec.EnvironmentName(address.Key() + "_" + address.Name())
	if strings.HasPrefix(base, "MAKE") || base[0] >= '0' && base[0] <= '9' {
		base = "ORG_" + base
	}
	name := base
	for n := 2; r.taken[name]; n++ {
		name = base + "_" + strconv.Itoa(n)
	}
	r.taken[name] = true
	return name
}
