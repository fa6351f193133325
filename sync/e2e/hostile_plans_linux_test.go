//go:build linux && !race

package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"makesync/spec"
	"makesync/sync/plan"
)

// hostilePlans make much of a plan that is right in all but the number of what is in it.
var hostilePlans = map[string]func(p *plan.Plan){
	"steps": func(p *plan.Plan) {
		o := &p.Organizations[0]
		step := o.Steps[0]
		o.Steps = nil
		for i := range 119_000 {
			step.N, step.Arguments.Name = i+1, fmt.Sprint("A", i)
			step.Address = spec.NewAddress(o.Key, spec.KindVariable, step.Arguments.Name)
			o.Steps = append(o.Steps, step)
		}
	},
	"organizations": func(p *plan.Plan) {
		o := p.Organizations[0]
		p.Organizations = nil
		for i := range 12_000 {
			o.Key, o.Name, o.ID = fmt.Sprint("o", i), fmt.Sprint("O", i), int64(i+100)
			o.Steps = slices.Clone(o.Steps)
			o.Steps[0].N, o.Steps[0].Address = i+1, spec.NewAddress(o.Key, spec.KindVariable, "A")
			p.Organizations = append(p.Organizations, o)
		}
	},
	"problems": func(p *plan.Plan) {
		for i := range 40_000 {
			p.Problems = append(p.Problems, spec.Problem{Severity: spec.Warning, Rule: "guard-cut", Message: strings.Repeat("why ", 20),
				Address: spec.NewAddress("acme", spec.KindVariable, fmt.Sprint("P", i))})
		}
	},
	"notes": func(p *plan.Plan) {
		p.Organizations[0].Steps[0].Notes = strings.Split(strings.Repeat("n ", 80_000), " ")
	},
}

// TestHostilePlans costs each file at most what the kernel gives: a process that needs more is killed or crashes.
func TestHostilePlans(t *testing.T) {
	dir := t.TempDir()
	docs, file := filepath.Join(dir, "docs.yaml"), filepath.Join(dir, "plan.json")
	text := hostileHead + "organizations: {acme: {id: 11, variables: {A: x}}}\n"
	if err := os.WriteFile(docs, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	made := exec.CommandContext(t.Context(), "makesync", "plan", "-f", docs, "-o", file)
	made.Env = append(os.Environ(), "XDG_STATE_HOME="+dir)
	if out, err := made.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	right, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for what, enlarge := range hostilePlans {
		var p plan.Plan
		if err := json.Unmarshal(right, &p); err != nil {
			t.Fatal(err)
		}
		enlarge(&p)
		p.Summary = plan.Summarize(p.Organizations)
		p.Digest = p.OwnDigest()
		data, err := json.Marshal(&p)
		if err == nil {
			err = os.WriteFile(file, data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, args := range []string{"show FILE", "show --format markdown FILE", "show --format html FILE", "apply --yes -f DOCS FILE"} {
			t.Run(what+"/"+args, func(t *testing.T) {
				out, code := runLimited(t, strings.Fields(strings.NewReplacer("FILE", file, "DOCS", docs).Replace(args))...)
				if !slices.Contains([]int{0, 3, 9}, code) {
					t.Errorf("exit %d, %d bytes\n%.1500s", code, len(out), out)
				}
			})
		}
	}
}
