// Package licences holds the notices that the licences of the modules in the binary want to go with
// it.
//
//	io.WriteString(w, licences.Notices)
//
// The file is generated and committed, not collected at a release: `go install` and a build from a
// tarball have it as well then, and a change of a dependency's licence is seen in review. The test
// of this package fails when it is stale.
package licences

import _ "embed"

// Notices are the texts, each below the modules that it is for.
//
//go:generate go test . -run TestNotices -update
//go:embed notices.txt
var Notices string
