package document_test

import (
	"fmt"
	"os"
	"path/filepath"

	"makesync/spec"
	"makesync/spec/document"
)

const acme = `apiVersion: makesync/v1
zone: eu1
profiles:
  base:
    variables: {API_BASE: https://api.acme.example, RETRIES: 3}
organizations:
  acme:
    name: Acme
    profiles: [base]
    variables:
      RETRIES: 5
      API_TOKEN: "${env:ACME_TOKEN}"
`

// A document goes in; what it states comes out: profiles merged, references read, secrets masked.
func Example() {
	folder, err := os.MkdirTemp("", "makesync")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, document.DefaultPath)
	if err := os.WriteFile(path, []byte(acme), 0o600); err != nil {
		fmt.Println(err)
		return
	}
	environment := func(name string) (string, bool) { return "t0k3n", name == "ACME_TOKEN" }

	documents, problems := document.Load(document.LoadOptions{Paths: []string{path}})
	desired, more := documents.Resolve(document.ResolveOptions{LookupEnv: environment})
	fmt.Println(len(problems)+len(more), "problems")
	for _, organization := range desired.Organizations {
		fmt.Println(organization.Key, "is", organization.Name, "in", organization.Zone)
		for _, variable := range organization.Variables {
			fmt.Println(spec.NewAddress(organization.Key, spec.KindVariable, variable.Name), variable.Value,
				variable.Source.Line)
		}
	}
	// Output:
	// 0 problems
	// acme is Acme in eu1
	// acme/variable/API_BASE https://api.acme.example 5
	// acme/variable/API_TOKEN (sensitive) 12
	// acme/variable/RETRIES 5 11
}

// The way back: what an organization is, as a person would write it.
func ExampleWriteDocument() {
	organizations := []spec.Organization{{
		Key: "acme", Zone: "eu1", ID: 11, Name: "Acme",
		Variables: []spec.Variable{
			{Name: "COUNTRY", Type: spec.TypeString, Value: spec.Plain("NO")}, // a boolean to YAML 1.1
			{Name: "RETRIES", Type: spec.TypeNumber, Value: spec.Plain("5")},
			{Name: "TOKEN", Type: spec.TypeString, Value: spec.Sensitive("t0k3n")},
		},
	}}
	unwritten, err := document.WriteDocument(os.Stdout, organizations, document.WriteOptions{Zone: "eu1"})
	fmt.Println(len(unwritten), "not written,", err)
	// Output:
	// # yaml-language-server: $schema=makesync.schema.json
	// apiVersion: makesync/v1
	// zone: eu1
	// organizations:
	//   acme:
	//     name: Acme
	//     id: 11
	//     variables:
	//       COUNTRY: "NO"
	//       RETRIES: 5
	//       # TOKEN: not written: it is sensitive, and no reference says where its value comes from
	// 1 not written, <nil>
}
