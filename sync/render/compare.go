package render

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"makesync/spec/text"
	"makesync/sync/compare"
	"makesync/sync/plan"
)

// Compare writes a comparison of two sides as text, field by field:
//
//	a  zone eu1
//	b  documents migrated/
//
//	acme  Acme | Acme US
//	    variable/API_BASE  value      https://eu… | https://us…
//	    variable/OLD       only in a
//
// Its last line counts organizations, and objects that were not compared.
func Compare(w io.Writer, c *compare.Comparison, o Options) error {
	p := newPrinter(w, o)
	p.labelled(0, bold, "a", 1, sideWords(c.A))
	p.labelled(0, bold, "b", 1, sideWords(c.B))
	for i := range c.Organizations {
		writeCompared(p, &c.Organizations[i])
	}
	writeProblems(p, c.Problems, newOrganizationNames(nil))
	p.gap()
	s := c.Summary
	if s.Different+s.OnlyA+s.OnlyB == 0 {
		words := "No differences."
		if s.NotCompared > 0 {
			words = "No differences in what could be compared."
		}
		p.hanging(0, bold, words, " "+text.Count(s.Same, "organization", "organizations")+" compared.")
	}
	p.last(
		p.verb("compare"),
		fmt.Sprintf(
			"%d same, %d different, %d only in a, %d only in b, %d not compared",
			s.Same,
			s.Different,
			s.OnlyA,
			s.OnlyB,
			s.NotCompared,
		),
		c.Exit,
	)
	return p.flush()
}

// CompareJSON writes a comparison as one JSON document.
func CompareJSON(w io.Writer, c *compare.Comparison) error {
	whole := *c
	whole.Problems, whole.Organizations = filled(whole.Problems), []compare.ComparedOrganization{}
	var rest bytes.Buffer
	if err := JSON(&rest, &whole); err != nil {
		return err
	}
	const none = `"organizations": []` // within a text its quotes would be escaped
	before, after, _ := strings.Cut(rest.String(), none)
	if _, err := io.WriteString(w, before+strings.TrimSuffix(none, "]")); err != nil {
		return err
	}
	if err := writeOrganizations(w, c.Organizations); err != nil {
		return err
	}
	_, err := io.WriteString(w, "]"+after)
	return err
}

// writeOrganizations writes them one by one: there may be a gigabyte of them.
func writeOrganizations(w io.Writer, organizations []compare.ComparedOrganization) error {
	separator := "\n    "
	for _, o := range organizations {
		o.Differences, o.NotCompared = filled(o.Differences), filled(o.NotCompared)
		var one bytes.Buffer
		if err := JSON(&one, &o); err != nil {
			return err
		}
		lines := bytes.ReplaceAll(bytes.TrimSpace(one.Bytes()), []byte("\n"), []byte("\n    "))
		if _, err := io.WriteString(w, separator); err != nil {
			return err
		}
		if _, err := w.Write(lines); err != nil {
			return err
		}
		separator = ",\n    "
	}
	if len(organizations) == 0 {
		return nil
	}
	_, err := io.WriteString(w, "\n  ")
	return err
}

func sideWords(s compare.ComparedSide) string {
	words := Clean(string(s.Kind)) + " " + Clean(s.Name)
	if s.Zone != "" && s.Zone != s.Name {
		words += " of zone " + Clean(s.Zone)
	}
	return words
}

// writeCompared writes an organization that differs or could not be compared in full.
func writeCompared(p *printer, o *compare.ComparedOrganization) {
	if o.Only == "" && len(o.Differences) == 0 && len(o.NotCompared) == 0 {
		return
	}
	p.gap()
	switch o.Only {
	case "a":
		p.labelled(0, bold, Clean(o.Key), 0, o.A+": only in a")
	case "b":
		p.labelled(0, bold, Clean(o.Key), 0, o.B+": only in b")
	default:
		p.labelled(0, bold, Clean(o.Key), 0, sideNames(o))
	}
	writeDifferences(p, o.Differences)
	for _, n := range o.NotCompared {
		p.labelled(2, yellow, "not compared", 0, object(n.Address)+": "+n.Reason)
	}
}

// sideNames are both sides' names; documents that pin an id may do without.
func sideNames(o *compare.ComparedOrganization) string {
	a, b := tellApart(Clean(o.A), Clean(o.B))
	if a == "" || b == "" {
		return a + b
	}
	return a + " | " + b
}

// writeDifferences are a table like that of a plan's steps.
func writeDifferences(p *printer, differences []compare.Difference) {
	rows := make([]tableRow, 0, len(differences))
	for _, d := range differences {
		row := tableRow{object: object(d.Address), path: Clean(d.Path), change: true, between: " | "}
		row.risk = plan.RiskNone
		row.from, row.to = showPair(d.A, d.B)
		if d.Path == "" {
			row.path, row.change = onlyIn(d), false
		}
		rows = append(rows, row)
	}
	writeRows(p, rows)
}

// onlyIn says which side has an object that the other lacks.
func onlyIn(d compare.Difference) string {
	if d.A.IsNone() { // the other side then holds the word "there"
		return "only in b"
	}
	return "only in a"
}
