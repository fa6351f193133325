// Package spec is the document: what a person writes about organizations on
// Make, read with positions and checked without a network and without a clock.
//
// Files go in; a Desired state and Problems come out:
//
//	documents, problems := spec.Load(spec.LoadOptions{Paths: []string{"makesync.yaml"}})
//	desired, more := documents.Resolve(spec.ResolveOptions{LookupEnv: os.LookupEnv})
//	problems = spec.SortProblems(append(problems, more...))
//
// Load parses each file once, into a tree of nodes that know line and column,
// and decodes the tree strictly into layers: what one place says of one
// organization or profile. Resolve lays the layers over each other (profiles,
// then the organization), evaluates references and checks every rule of the
// table in rules.go. Endpoints decides, in one place, which url gets which
// token. WriteDocument is the way back: an Organization as canonical YAML.
//
// The package also holds the words that all others share: Organization (one
// type for desired, live and exported state), Address, Glob, Value (a text that
// masks itself), Source and Problem.
package spec
