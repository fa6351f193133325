package render

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"makesync/spec/text"
	"makesync/sync/fleet"
)

// Status writes what is going on in organizations: what needs attention, worst first, then a table
// that is as wide as the terminal.
//
//	zone    eu1, https://eu1.make.com, token of ops@acme.example (user 1)
//
//	Needs attention: 1 bad, 1 warning
//	  bad      credits-low   acme: 96 % of 10,000 credits are used; the reset is in 12 days
//	  warning  single-admin  one person alone administers it: beta, gamma and delta
//
//	ORGANIZATION  CREDITS USED            LASTS     PEOPLE
//	acme          ████████  96 % of 10k   NO 2 d  12 (2 adm)
//
// What is equal for several organizations is one line, which names them. Columns for which there is
// no room are named below the table. The counts of the last line are
//
//	counts = N " organization" [ "s" ] ", " N " bad, " N " warning" [ "s" ]
func Status(w io.Writer, s *fleet.Status, o Options) error {
	p := newPrinter(w, o)
	writeZones(p, s.Zones)
	if s.Person != nil {
		writePerson(p, s.Person)
	} else {
		writeAttention(p, s)
		writeFleet(p, s)
	}
	writeInvoices(p, s)
	writeProblems(p, s.Problems, newOrganizationNames(nil))
	p.gap()
	p.last(p.verb("status"), StatusCounts(s), s.Exit)
	return p.flush()
}

// StatusJSON writes a status as one JSON document.
func StatusJSON(w io.Writer, s *fleet.Status) error {
	whole := *s
	whole.Columns, whole.Zones, whole.Attention = filled(s.Columns), filled(s.Zones), filled(s.Attention)
	whole.Organizations, whole.Problems = filled(s.Organizations), filled(s.Problems)
	whole.NotLookedAt = filled(s.NotLookedAt)
	return JSON(w, &whole)
}

// StatusCounts are the counts of the last line.
func StatusCounts(s *fleet.Status) string {
	bad, warnings := severitiesOf(s.Attention)
	return fmt.Sprintf("%s, %d bad, %s", text.Count(len(s.Organizations), "organization", "organizations"), bad,
		text.Count(warnings, "warning", "warnings"))
}

func severitiesOf(attention []fleet.Attention) (bad, warnings int) {
	for _, a := range attention {
		if a.Severity == fleet.Bad {
			bad++
		} else {
			warnings++
		}
	}
	return bad, warnings
}

// attentionGroup is one message, and the organizations of which it is true.
type attentionGroup struct {
	fleet.Attention
	organizations []string
}

// groupAttention unites what is equal but for the organization; the order stays.
func groupAttention(attention []fleet.Attention) []attentionGroup {
	var groups []attentionGroup
	for _, a := range attention {
		same := func(g attentionGroup) bool {
			return g.Severity == a.Severity && g.Rule == a.Rule && g.Message == a.Message
		}
		i := slices.IndexFunc(groups, same)
		if i < 0 {
			groups, i = append(groups, attentionGroup{Attention: a}), len(groups)
		}
		groups[i].organizations = append(groups[i].organizations, Clean(a.Organization))
	}
	return groups
}

// mostAttentionNames are the organizations that a line of equal things names; JSON names all.
const mostAttentionNames = 6

// The widest columns of what needs attention.
const (
	severityWidth = 7
	mostRule      = 18
)

func writeAttention(p *printer, s *fleet.Status) {
	p.gap()
	if len(s.NotLookedAt) > 0 {
		defer p.labelled(2, dim, "", 0, "not looked at: "+text.And(s.NotLookedAt))
	}
	if len(s.Attention) == 0 {
		words := "Nothing needs attention."
		switch {
		case len(s.Organizations) == 0:
			words = "There are no organizations to show."
		case len(s.NotLookedAt) > 0:
			words = "Nothing needs attention in what was looked at."
		}
		p.heading(bold, words)
		return
	}
	bad, warnings := severitiesOf(s.Attention)
	counts := fmt.Sprintf("%d bad, %s", bad, text.Count(warnings, "warning", "warnings"))
	p.line("%s", p.paint(bold, "Needs attention: "+counts))
	groups := groupAttention(s.Attention)
	rule := 0
	for _, g := range groups {
		rule = max(rule, columns(Clean(g.Rule)))
	}
	for _, g := range groups {
		writeAttentionLine(p, g, min(rule, mostRule))
	}
}

func writeAttentionLine(p *printer, g attentionGroup, ruleWidth int) {
	colour := yellow
	if g.Severity == fleet.Bad {
		colour = red
	}
	words := Clean(g.Message)
	label := pad(cut(Clean(string(g.Severity)), severityWidth), severityWidth) + "  " +
		pad(cut(Clean(g.Rule), ruleWidth), ruleWidth)
	if len(g.organizations) == 1 {
		words = g.organizations[0] + ": " + words
	} else {
		words += ": " + text.AndMore(g.organizations, mostAttentionNames)
	}
	p.labelled(2, colour, label, 0, words)
}

// fleet writes the table.
func writeFleet(p *printer, s *fleet.Status) {
	if len(s.Organizations) == 0 {
		return
	}
	table, left := newStatusTable(s, p.width())
	p.gap()
	p.line("%s", p.paint(dim, table.head()))
	for i := range table.rows {
		p.line("%s", statusRow(p, table, i))
	}
	if len(left) > 0 || lackingWords(s) != "" {
		p.gap()
	}
	if words := lackingWords(s); words != "" {
		p.labelled(0, dim, "", 0, words)
	}
	if len(left) > 0 {
		p.labelled(0, dim, "", 0,
			"no room for "+text.And(left)+": choose with --show, or see --format json, csv or html")
	}
}

// lackingWords say what the plans of some organizations do not show to tokens.
func lackingWords(s *fleet.Status) string {
	parts, n := map[string]bool{}, 0
	for i := range s.Organizations {
		lacking := s.Organizations[i].Lacking()
		for _, part := range lacking {
			parts[part] = true
		}
		n += min(len(lacking), 1)
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("the plan of %s does not show tokens: %s",
		text.Count(n, "organization", "organizations"), text.And(slices.Sorted(maps.Keys(parts))))
}

func statusRow(p *printer, t *statusTable, row int) string {
	worst := t.worst[row]
	var b strings.Builder
	for i, cell := range t.rows[row] {
		if i > 0 {
			b.WriteString(statusGap)
		}
		words := t.fit(i, cell)
		switch {
		case i == 0 && worst == fleet.Bad:
			words = p.paint(red, words)
		case i == 0 && worst == fleet.Warning:
			words = p.paint(yellow, words)
		case i == 0:
			words = p.paint(bold, words)
		}
		b.WriteString(words)
	}
	return b.String()
}

// invoices prints the links of the last payments, whole, where they were asked for.
func writeInvoices(p *printer, s *fleet.Status) {
	first := true
	for i := range s.Organizations {
		row := &s.Organizations[i]
		if row.LastPayment == nil || row.LastPayment.Invoice+row.LastPayment.HostedInvoice == "" {
			continue
		}
		if first {
			p.gap()
			p.line("%s", p.paint(bold, "Invoices (whoever has a link opens it)"))
			first = false
		}
		for _, link := range []string{row.LastPayment.Invoice, row.LastPayment.HostedInvoice} {
			if link != "" {
				p.line("  %s  %s", Clean(row.Key), Clean(link))
			}
		}
	}
}
