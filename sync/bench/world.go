package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// token is what the fixture accepts, in Make's UUID form.
const token = "00000000-0000-4000-8000-00000000bec4"

// variable j of organization i: number, string, boolean and, where not all are plain, date in turn.
type variable struct {
	name   string
	typeID int
	json   string // the value as the API sends it
	yaml   string // the same in a document
}

func (s size) variable(i, j int) variable {
	types := 4
	if s.plain {
		types--
	}
	v := variable{name: fmt.Sprintf("VARIABLE_%04d", j), typeID: j%types + 1}
	switch v.typeID {
	case 1:
		v.json = fmt.Sprint(i*1000 + j)
		v.yaml = v.json
	case 2:
		v.json = fmt.Sprintf(`"https://client-%d.example/hooks/%d"`, i, j)
		v.yaml = v.json
	case 3:
		v.json = fmt.Sprint(j%8 == 2)
		v.yaml = v.json
	default:
		v.json = fmt.Sprintf(`"2026-11-%02dT08:00:00.000Z"`, 1+j%28)
		v.yaml = "{type: date, value: " + v.json + "}"
	}
	return v
}

// drifted tells whether variable j of organization i is one of the hundredth part that
// differs between the documents and the zone.
func drifted(i, j int) bool { return (i*131+j)%100 == 7 }

func organizationName(i int) string { return fmt.Sprintf("Client %05d", i) }

// writeDocuments writes the zone and the organizations, one file for each, as an
// agency keeps them, or all of them in one.
func writeDocuments(dir string, s size, oneFile bool) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	const head = "apiVersion: makesync/v1\nzone: bench\norganizations:\n"
	zones := "apiVersion: makesync/v1\nzones:\n  bench: {host: bench.invalid}\n"
	if err := os.WriteFile(filepath.Join(dir, "zones.yaml"), []byte(zones), 0o644); err != nil {
		return err
	}
	all := []byte(head)
	for i := range s.organizations {
		if oneFile {
			all = appendOrganization(all, i, s)
			continue
		}
		text := appendOrganization([]byte(head), i, s)
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("client-%05d.yaml", i)), text, 0o644); err != nil {
			return err
		}
	}
	if !oneFile {
		return nil
	}
	return os.WriteFile(filepath.Join(dir, "clients.yaml"), all, 0o644)
}

func appendOrganization(text []byte, i int, s size) []byte {
	text = fmt.Appendf(text, "  client-%05d:\n    name: %s\n    id: %d\n    variables:\n", i, organizationName(i), i+1)
	for j := range s.variables {
		v := s.variable(i, j)
		text = fmt.Appendf(text, "      %s: %s\n", v.name, v.yaml)
	}
	return text
}
