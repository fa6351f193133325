// Package document reads and writes what people state about organizations on Make: YAML in and out.
//
//	makesync.yaml, folders             environment, files
//	       │ Load                             │
//	       ▼                                  ▼
//	   Documents ──────── Resolve ──────► spec.Desired, spec.Problems
//	                      Endpoints ────► which url gets which token
//
//	[]spec.Organization ── WriteDocument ──► canonical YAML
//
// Load parses each file once, into a tree of nodes that know line and column, and decodes the tree
// strictly into layers: what one place says of one organization or profile. Resolve lays the layers
// over each other (profiles, then the organization), evaluates references and checks every rule of
// the table in rules.go. Every mistake of every file is told in one go, each with its position, and
// none repeats what may be a secret.
//
// Endpoints decides, in one place, which url gets which token. WriteDocument is the way back, and
// what it writes is read again as the same organizations. LoadMigrationMap reads the other file
// that people write, by the same rules.
//
// This package is the only one that knows the YAML libraries. It needs no network and no clock.
package document
