package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Figures: how long what makesync prints is, of states that `sandbox init` makes, with all the odd
// names, licences and invitations that these have. One decision is one row, however many
// organizations there are.

// fleet is a folder with a simulated zone in it, and a state folder of its own.
type fleet struct {
	t   *testing.T
	dir string
	env []string
}

// newFleet makes a state in which the zone eu1, here lab, has so many organizations: half of all.
func newFleet(t *testing.T, organizations int, more ...string) *fleet {
	f := &fleet{t: t, dir: t.TempDir()}
	f.env = append(os.Environ(), "XDG_STATE_HOME="+filepath.Join(f.dir, "state"))
	f.run(0, append([]string{"sandbox", "init", "--organizations", fmt.Sprint(2 * organizations), "-o", "lab.json"}, more...)...)
	f.write("zone.yaml", "apiVersion: makesync/v1\nzones:\n  lab: {sandbox: {state: lab.json}}\n")
	return f
}

func (f *fleet) write(name, text string) {
	f.t.Helper()
	if err := os.WriteFile(filepath.Join(f.dir, name), []byte(text), 0o600); err != nil {
		f.t.Fatal(err)
	}
}

// edit replaces texts, each of which has to be there.
func (f *fleet) edit(name string, pairs ...string) {
	f.t.Helper()
	data, err := os.ReadFile(filepath.Join(f.dir, name))
	if err != nil {
		f.t.Fatal(err)
	}
	for i := 0; i < len(pairs); i += 2 {
		if !bytes.Contains(data, []byte(pairs[i])) {
			f.t.Fatalf("%s does not hold %q:\n%s", name, pairs[i], data)
		}
	}
	f.write(name, strings.NewReplacer(pairs...).Replace(string(data)))
}

// run gives what a command prints on stdout and on stderr.
func (f *fleet) run(code int, args ...string) (out, errs string) {
	f.t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := exec.Command("makesync", args...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = f.dir, f.env, &stdout, &stderr
	_ = cmd.Run()
	if got := cmd.ProcessState.ExitCode(); got != code {
		f.t.Fatalf("makesync %s: exit %d, want %d\n%s%s", strings.Join(args, " "), got, code, &stdout, &stderr)
	}
	return stdout.String(), stderr.String()
}

// documents are those of some organizations of the zone, in one profile, and how many they are.
func (f *fleet) documents(name, profile string, take func(i int) bool) int {
	f.t.Helper()
	return f.declare(name, profile, take, false)
}

// declare is documents that can name the others too, without the profile.
func (f *fleet) declare(name, profile string, take func(i int) bool, others bool) int {
	f.t.Helper()
	out, _ := f.run(0, "status", "-f", "zone.yaml", "--zone", "lab", "--show", "plan", "--format", "json")
	var status struct{ Organizations []struct{ ID int64 } }
	if err := json.Unmarshal([]byte(out), &status); err != nil {
		f.t.Fatal(err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "apiVersion: makesync/v1\nzone: lab\nprofiles:\n  standard:\n%s\norganizations:\n", profile)
	n := 0
	for i, o := range status.Organizations {
		if take(i) {
			fmt.Fprintf(&b, "  client-%d: {id: %d, profiles: [standard]}\n", o.ID, o.ID)
			n++
		} else if others {
			fmt.Fprintf(&b, "  client-%d: {id: %d}\n", o.ID, o.ID)
		}
	}
	f.write(name, b.String())
	return n
}

func all(int) bool { return true }

// planJSON is what the figures need of a plan.
type planJSON struct {
	Summary struct{ Create, Update, Delete, Invite, Transfer, Waiting, Held int }
	Groups  []struct{ Count int }
}

func (f *fleet) plan(args ...string) (p planJSON) {
	f.t.Helper()
	out, _ := f.run(0, append([]string{"plan", "--format", "json"}, args...)...)
	if err := json.Unmarshal([]byte(out), &p); err != nil {
		f.t.Fatal(err)
	}
	return p
}

func lineCount(s string) int { return strings.Count(s, "\n") }

// TestSixDifferentChanges: a fleet of 200 in which one profile was edited in several places: 331
// changes of six kinds, and what waits for plans, for people and for invitations.
func TestSixDifferentChanges(t *testing.T) {
	t.Parallel()
	f := newFleet(t, 200)
	const profile = `    featureControls: {Make AI Tools: false, Community Apps: true}
    variables: {NUMBER_AS_STRING: {type: string, value: "43"}, REGION: eu, VAR_009: https://hub.acme.example/nine}
    members: {newlead@acme.example: {role: Admin, invite: {name: New Lead}}}`
	f.declare("clients.yaml", profile, func(i int) bool { return i < 75 }, true)
	p := f.plan("-f", "zone.yaml", "-f", "clients.yaml")
	if n := p.Summary.Create + p.Summary.Update + p.Summary.Invite; n != 331 || len(p.Groups) != 6 || p.Summary.Waiting < 100 {
		t.Fatalf("the plan does not measure anything: %d changes, %d different: %+v", n, len(p.Groups), p.Summary)
	}
	text, _ := f.run(0, "plan", "-f", "zone.yaml", "-f", "clients.yaml")
	if n := lineCount(text); n > 60 {
		t.Errorf("%d lines:\n%s", n, text)
	}
	page, _ := f.run(0, "plan", "-f", "zone.yaml", "-f", "clients.yaml", "--format", "markdown")
	if len(page) > 8<<10 || strings.Contains(page, "Too large") || strings.Contains(page, "not shown") || strings.Contains(page, " more;") {
		t.Errorf("%d bytes:\n%s", len(page), page)
	}
}

// TestOneEditedProfileOfTwoHundredOrganizations: hundreds of changes are as many rows as there are
// different ones, also beside all that waits in such a fleet; Markdown drops nothing.
func TestOneEditedProfileOfTwoHundredOrganizations(t *testing.T) {
	t.Parallel()
	f := newFleet(t, 200)
	f.run(0, "export", "-f", "zone.yaml", "--zone", "lab", "--profiles", "-o", "clients")
	f.edit("clients/_profiles.yaml",
		"Make AI Tools: true", "Make AI Tools: false",
		"NUMBER_AS_STRING: 42", "NUMBER_AS_STRING: 43\n      REGION: eu",
		"acme.example/9", "acme.example/nine")
	p := f.plan("-f", "zone.yaml", "-f", "clients")
	if n := p.Summary.Create + p.Summary.Update; n < 332 || len(p.Groups) != 4 || p.Summary.Waiting < 100 {
		t.Fatalf("the plan does not measure anything: %d changes, %d different: %+v", n, len(p.Groups), p.Summary)
	}
	text, _ := f.run(0, "plan", "-f", "zone.yaml", "-f", "clients")
	if n := lineCount(text); n > 60 {
		t.Errorf("%d lines:\n%s", n, text)
	}
	page, _ := f.run(0, "plan", "-f", "zone.yaml", "-f", "clients", "--format", "markdown")
	if len(page) > 8<<10 || strings.Contains(page, "Too large") || strings.Contains(page, "not shown") {
		t.Errorf("%d bytes:\n%s", len(page), page)
	}
	report, _ := f.run(0, "apply", "-f", "zone.yaml", "-f", "clients", "--yes")
	if n := lineCount(report) - lineCount(text); n > 40 {
		t.Errorf("the report has %d lines beside the plan:\n%s", n, report)
	}
}

// TestOneEditedProfileOfTenThousandOrganizations still fits a screen.
func TestOneEditedProfileOfTenThousandOrganizations(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes seconds")
	}
	f := newFleet(t, 10_000, "--variables", "2", "--members", "1")
	if n := f.documents("clients.yaml", "    featureControls: {Make AI Tools: false}", all); n != 10_000 {
		t.Fatalf("%d organizations", n)
	}
	text, _ := f.run(0, "plan", "-f", "zone.yaml", "-f", "clients.yaml")
	if n := lineCount(text); n > 24 || !strings.Contains(text, "changes in 8,") {
		t.Errorf("%d lines:\n%s", n, text)
	}
}

// TestAWrongTokenWithSixtyOneClients: the cause, first and once, as an error, and nothing of a plan.
func TestAWrongTokenWithSixtyOneClients(t *testing.T) {
	t.Parallel()
	f := newFleet(t, 100)
	f.documents("clients.yaml", "    variables: {REGION: eu}\n    members: {ops@acme.example: Admin}", func(i int) bool { return i < 61 })
	f.env = append(f.env, "MAKE_API_KEY_LAB=wrong")
	const cause = "error: zone lab refuses the token of MAKE_API_KEY_LAB (HTTP 401"
	for _, command := range [][]string{{"plan"}, {"apply", "--yes"}} {
		out, errs := f.run(7, append(command, "-f", "zone.yaml", "-f", "clients.yaml")...)
		if n := lineCount(out + errs); n > 15 || !strings.HasPrefix(out, cause) || strings.Count(out+errs, "HTTP 401") != 1 {
			t.Errorf("%s: %d lines:\n%s%s", command[0], n, out, errs)
		}
		for _, wrong := range []string{"No changes", "Nothing to do", "0 failed", "client-"} {
			if strings.Contains(out, wrong) {
				t.Errorf("%s says %q:\n%s", command[0], wrong, out)
			}
		}
	}
	markdown, _ := f.run(7, "plan", "-f", "zone.yaml", "-f", "clients.yaml", "--format", "markdown")
	if lineCount(markdown) > 16 || strings.Contains(markdown, "No changes") {
		t.Errorf("Markdown has %d lines:\n%s", lineCount(markdown), markdown)
	}
}

// TestALeaverInFortyEightOfSixty: what guards hold in all of them is one block with one rule, and
// that rule suffices.
func TestALeaverInFortyEightOfSixty(t *testing.T) {
	t.Parallel()
	f := newFleet(t, 60)
	f.addMember(48, "leo@acme.example")
	f.documents("clients.yaml", "    members: {leo@acme.example: {state: absent, connections: keep}}", all)
	text, _ := f.run(0, "plan", "-f", "zone.yaml", "-f", "clients.yaml")
	if n := lineCount(text); n > 40 || strings.Count(text, "leo@acme.example") > 8 {
		t.Errorf("%d lines:\n%s", n, text)
	}
	_, rule, _ := strings.Cut(text, "--allow ")
	rule, _, _ = strings.Cut(rule, "\n")
	rule = strings.Trim(strings.TrimSpace(rule), "'")
	p := f.plan("-f", "zone.yaml", "-f", "clients.yaml", "--allow", rule)
	if p.Summary.Delete < 30 || p.Summary.Held != 0 {
		t.Errorf("with --allow %s: %+v\n%s", rule, p.Summary, text)
	}
}

// TestTheLeaverJob: somebody leaves who is a member of 48 of 60 organizations. Three commands and one
// edit: where is she and what is to be written, what would happen, do it. What each prints can be
// read.
func TestTheLeaverJob(t *testing.T) {
	t.Parallel()
	f := newFleet(t, 60)
	f.addMember(48, "leo@acme.example")
	f.run(0, "export", "-f", "zone.yaml", "--zone", "lab", "--profiles", "-o", "clients")
	documents := []string{"-f", "zone.yaml", "-f", "clients"}
	short := func(most int, text string) string {
		if n := lineCount(text); n > most {
			t.Errorf("%d lines, at most %d:\n%s", n, most, text)
		}
		return text
	}

	out, _ := f.run(0, append([]string{"status", "--person", "leo@acme.example"}, documents...)...)
	where, after, _ := strings.Cut(short(45, out), ", in place of what it says of her")
	if strings.Count(after, "{state: absent}") != 1 {
		t.Fatalf("not one edit:\n%s", out)
	}
	file, line, _ := strings.Cut(where[strings.LastIndex(where, "at ")+3:], ":")
	f.editLine(file, line, "Member", "{state: absent}")

	text, _ := f.run(0, append([]string{"plan"}, documents...)...)
	short(95, text)
	_, rule, _ := strings.Cut(text, "--allow ")
	rule, _, _ = strings.Cut(rule, "\n")

	report, _ := f.run(0, append([]string{"apply", "--yes", "--allow", strings.Trim(rule, "' ")}, documents...)...)
	short(95, report)
	if strings.Count(report, "stays here") != 1 || !strings.Contains(report, "40 succeeded + 0 failed") {
		t.Errorf("the report:\n%s", report)
	}
	if out, _ = f.run(0, append([]string{"status", "--person", "leo@acme.example"}, documents...)...); !strings.Contains(out, "is in none of the organizations") {
		t.Errorf("she is still there:\n%s", out)
	}
}

// editLine replaces a text in one line of a file.
func (f *fleet) editLine(name, line, from, to string) {
	f.t.Helper()
	data, err := os.ReadFile(filepath.Join(f.dir, name))
	if err != nil {
		f.t.Fatal(err)
	}
	n, err := strconv.Atoi(line)
	lines := strings.Split(string(data), "\n")
	if err != nil || n < 1 || n > len(lines) || !strings.Contains(lines[n-1], from) {
		f.t.Fatalf("%s:%s does not hold %q: %v", name, line, from, err)
	}
	lines[n-1] = strings.Replace(lines[n-1], from, to, 1)
	f.write(name, strings.Join(lines, "\n"))
}

// addMember makes somebody a member of the first organizations of a state.
func (f *fleet) addMember(organizations int, email string) {
	f.t.Helper()
	data, err := os.ReadFile(filepath.Join(f.dir, "lab.json"))
	if err != nil {
		f.t.Fatal(err)
	}
	var world map[string]any
	if err := json.Unmarshal(data, &world); err != nil {
		f.t.Fatal(err)
	}
	const id, member = 5000, 13
	world["users"] = append(world["users"].([]any), map[string]any{"id": id, "name": "Leo Leaver", "email": email})
	for _, o := range world["zones"].([]any)[0].(map[string]any)["organizations"].([]any)[:organizations] {
		o := o.(map[string]any)
		o["members"] = append(o["members"].([]any), map[string]any{"userId": id, "role": member})
	}
	if data, err = json.Marshal(world); err != nil {
		f.t.Fatal(err)
	}
	f.write("lab.json", string(data))
}
