// Package schema is the published contract of makesync: the JSON Schemas
// (draft-07) of a document, a file of guards, a plan, a report and a snapshot,
// embedded so that `makesync schema` prints what this very build reads and writes.
//
//	text, ok := schema.Named("document")
package schema

import (
	"embed"
	"strings"
)

//go:embed *.schema.json
var files embed.FS

const suffix = ".schema.json"

// Named gives the schema of one form: document, guards, plan, report or snapshot. ok is
// false when this build has no schema of that name.
func Named(name string) (text []byte, ok bool) {
	text, err := files.ReadFile(name + suffix)
	return text, err == nil
}

// Names lists the schemas of this build, sorted.
func Names() []string {
	entries, err := files.ReadDir(".")
	if err != nil {
		return nil // an embedded root can always be listed
	}
	names := make([]string, 0, len(entries))
	for _, entry := range entries {
		names = append(names, strings.TrimSuffix(entry.Name(), suffix))
	}
	return names
}

// Document is the schema of the YAML documents that makesync reads.
func Document() []byte { return must("document") }

// Guards is the schema of the trusted files of --guards.
func Guards() []byte { return must("guards") }

// Plan is the schema of `plan --format json`.
func Plan() []byte { return must("plan") }

// Report is the schema of `apply --format json`.
func Report() []byte { return must("report") }

// Snapshot is the schema of `makesync snapshot`.
func Snapshot() []byte { return must("snapshot") }

// must gives an embedded schema; nil says that the build was made without it,
// which a test of the package refuses.
func must(name string) []byte {
	text, _ := Named(name)
	return text
}
