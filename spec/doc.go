// Package spec holds the words that all packages share, and nothing that reads or writes a file:
//
//	Organization, Variable, Member   one type for desired, live and exported state
//	Kind, Address, Glob              which object: acme/variable/API_BASE, acme/**
//	Value                            a text that masks itself when it is a secret
//	Source, Problem                  a position in a document, and what is wrong there
//	Zone, Endpoint, Guards, Desired  what all documents say, as package document resolves it
//	Canonical                        the one text of a value, by which two are compared
//	Check                            a JSON text against a schema of package schema
//	Group                            goroutines whose panic reaches the caller
//
// An example: the live organization, the one in the documents and the exported one are all
//
//	spec.Organization{Key: "acme", Zone: "eu1", ID: 11, Variables: []spec.Variable{…}}
//
// and the plan names its variable API_BASE spec.NewAddress("acme", spec.KindVariable, "API_BASE").
package spec
