package command_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"makesync/spec"
	"makesync/sync/plan"
	"makesync/sync/savedplan"
)

// own are references to what makesync itself must keep, and to files where a document has no business.
var own = []string{
	"${env:MAKE_API_KEY}", "${env:MAKE_API_KEY_EU1}", "${env:MAKE_API_KEY_OTHER}", "${env:MAKESYNC_SEAL_KEY}", "${env:MAKESYNC_NOTIFY_URL}",
	"a${env:MAKE_API_KEY}b", "$$${env:MAKE_API_KEY}", "${env:UNSET}${env:MAKE_API_KEY}",
	"${file:../outside/secret}", "${file:./../outside/secret}", "${file:sub/../../outside/secret}", "${file:link}", "${file:absolute}", "${file:folder/secret}",
	"${file:../docs-2/secret}", "${file:%s/outside/secret}", "${file:%s/docs/../outside/secret}", "${file:loop}", "${file:folder}", "${file:.}",
	"${file:/proc/self/environ}", "${file:/proc/self/fd/0}", "${file:/dev/stdin}", "${file:/run/secrets/../../%s/outside/secret}", "${file:~/x}", "${file:}",
}

// ownReferences are fewer under the race detector: fingerprints of secrets are slow on purpose.
func ownReferences() []string {
	if raceDetector {
		return own[:1]
	}
	return own
}

// wishes are places where a document may want to put such a reference: %s.
var wishes = []string{
	"variables: {A: %s}",
	"variables: {A: {type: string, value: %s}}",
	"variables: {A: {type: string, value: %s, literal: true}}",
	"variables: {A: {type: string, value: %s, ignoreValue: true}}",
	"profiles: [p]",
	"members: {new@acme.example: {role: Member, invite: {name: New, note: %s}}}",
	"country: %s",
	"featureControls: {%s: true}",
}

// What is makesync's own, or lies elsewhere, never becomes a part of a request.
func TestReferencesMoveNoSecret(t *testing.T) {
	t.Parallel()
	for _, reference := range ownReferences() {
		t.Run(strings.ReplaceAll(reference, "/", "|"), func(t *testing.T) {
			t.Parallel()
			for _, wish := range wishes {
				applyWish(t, wish, reference)
			}
		})
	}
}

func applyWish(t *testing.T, wish, reference string) {
	t.Helper()
	dir := stageDocuments(t, "")
	quoted, _ := json.Marshal(strings.ReplaceAll(reference, "%s", dir))
	wish = strings.ReplaceAll(wish, "%s", string(quoted))
	text := fmt.Sprintf("apiVersion: makesync/v1\nzone: eu1\nprofiles: {p: {variables: {A: %s}}}\norganizations: {acme: {id: 11, name: Acme, %s}}\n", quoted, wish)
	docs := filepath.Join(dir, "docs", "makesync.yaml")
	if err := os.WriteFile(docs, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	h := hostile{env: map[string]string{"MAKESYNC_NOTIFY_URL": secretNotify}}
	w := h.run(t, dir, []string{"apply", "-f", docs, "--yes", "--no-journal", "--notify", "http://127.0.0.1:1"}, []string{"plan", "-f", docs, "--skip-references", "-o", filepath.Join(dir, "plan.json")})
	w.check(map[string][]string{"https://eu1.make.com": {tokenEU1}})
}

// A plan file that somebody changed, and gave the right digest, reads no more than a document could: what it must
// not read is an error, and what it may read and is another value than that of the plan is not sent.
func TestSavedPlansMoveNoSecret(t *testing.T) {
	t.Parallel()
	const toEvil = "to another host ${env:INNOCENT}"
	wanted := map[string]int{"${env:INNOCENT}": 0, toEvil: 9, "${env:ELSE}": 9, "$$${env:MAKE_API_KEY}": 9, "${file:}": 9,
		"${env:ALIAS}": 3, "x${env:ALIAS}": 3, "${file:own}": 3} // the token by another name
	for _, reference := range ownReferences() {
		if _, known := wanted[reference]; !known {
			wanted[reference] = 3
		}
	}
	for reference, want := range wanted {
		t.Run(strings.ReplaceAll(reference, "/", "|"), func(t *testing.T) {
			t.Parallel()
			dir := stageDocuments(t, "apiVersion: makesync/v1\nzone: eu1\norganizations: {acme: {id: 11, name: Acme, variables: {A: \"${env:INNOCENT}\"}}}\n")
			docs, file := filepath.Join(dir, "docs", "makesync.yaml"), filepath.Join(dir, "plan.json")
			if err := os.WriteFile(filepath.Join(dir, "docs", "own"), []byte(tokenEU1), 0o600); err != nil {
				t.Fatal(err)
			}
			h := hostile{env: map[string]string{"INNOCENT": "innocent value", "ELSE": "something else", "ALIAS": tokenEU1,
				"MAKESYNC_SEAL_KEY": "", "MAKESYNC_NOTIFY_URL": ""}}
			h.run(t, dir, []string{"plan", "-f", docs, "-o", file})
			forged := strings.ReplaceAll(reference, "%s", dir)
			if path, relative := strings.CutPrefix(forged, "${file:"); relative && path != "}" && path[0] != '/' {
				forged = "${file:" + dir + "/docs/" + path // a plan's paths count from the working directory
			}
			forgePlan(t, file, func(p *plan.Plan) {
				if reference == toEvil {
					p.Zones[0].URL = evil
					return
				}
				p.Organizations[0].Steps[0].Arguments.Value.Reference = forged
			})
			w := h.run(t, dir, []string{"apply", "-f", docs, "--yes", "--no-journal", file})
			w.check(map[string][]string{"https://eu1.make.com": {tokenEU1}})
			if w.codes[0] != want {
				t.Errorf("exit %d, want %d\n%s", w.codes[0], want, w.said[0])
			}
			if sent := strings.Contains(strings.Join(w.bodies, ""), "innocent value"); sent != (want == 0) {
				t.Errorf("the planned value was sent: %v", sent)
			}
		})
	}
}

// forgePlan changes a plan file and makes it whole again.
func forgePlan(t *testing.T, file string, forge func(*plan.Plan)) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p, problems := savedplan.Decode(data, spec.Value{})
	if len(problems) > 0 || len(p.Organizations[0].Steps) != 1 {
		t.Fatalf("%v", problems)
	}
	forge(p)
	p.Digest = p.OwnDigest()
	if data, problems = savedplan.Encode(p, spec.Value{}); len(problems) > 0 {
		t.Fatalf("%v", problems)
	}
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
