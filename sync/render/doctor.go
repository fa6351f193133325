package render

import (
	"fmt"
	"io"
	"strings"

	"makesync/spec/text"
	"makesync/sync/fleet"
)

// Doctor writes what was looked at before a run, a line each:
//
//	ok       state    /home/ops/.local/state/makesync can be written
//
//	zone eu1
//	  ok       token    of user 1 (ops@acme.example)
//	  warning  scopes   the token seems to lack user:write
//	           fix:     make a token that has this scope too
//
// The counts of the last line are
//
//	counts = N " ok, " N " warning" [ "s" ] ", " N " failed, " N " skipped"
func Doctor(w io.Writer, d *fleet.Diagnosis, o Options) error {
	p := newPrinter(w, o)
	width := 0
	for _, check := range d.Checks {
		width = max(width, columns(Clean(check.Name)))
	}
	zone := ""
	for i := range d.Checks {
		check := &d.Checks[i]
		if check.Zone != zone {
			if i > 0 {
				p.gap()
			}
			p.line("%s", p.paint(bold, "zone "+Clean(check.Zone)))
			zone = check.Zone
		}
		writeCheck(p, check, width)
	}
	p.gap()
	p.last(p.verb("doctor"), doctorCounts(d), d.Exit)
	return p.flush()
}

// DoctorJSON writes it as one JSON document.
func DoctorJSON(w io.Writer, d *fleet.Diagnosis) error { return JSON(w, d) }

// checkStyles are the colours of the states.
var checkStyles = []struct {
	state fleet.CheckState
	style style
}{
	{fleet.CheckOK, green},
	{fleet.CheckWarning, yellow},
	{fleet.CheckFailed, redBold},
	{fleet.CheckSkipped, dim},
}

func writeCheck(p *printer, check *fleet.Check, nameWidth int) {
	colour := plain
	for _, row := range checkStyles {
		if row.state == check.State {
			colour = row.style
		}
	}
	words := check.Message
	if check.Organization != "" {
		words = check.Organization + ": " + words
	}
	state := pad(cut(Clean(string(check.State)), severityWidth), severityWidth)
	p.labelled(2, colour, state+"  "+pad(Clean(check.Name), nameWidth), 0, words)
	if check.Fix != "" {
		p.labelled(2+severityWidth+2, cyan, pad("fix:", nameWidth), 0, check.Fix)
	}
}

func doctorCounts(d *fleet.Diagnosis) string {
	counts := map[fleet.CheckState]int{}
	for _, check := range d.Checks {
		counts[check.State]++
	}
	return strings.Join([]string{
		fmt.Sprintf("%d ok", counts[fleet.CheckOK]),
		text.Count(counts[fleet.CheckWarning], "warning", "warnings"),
		fmt.Sprintf("%d failed", counts[fleet.CheckFailed]),
		fmt.Sprintf("%d skipped", counts[fleet.CheckSkipped]),
	}, ", ")
}
