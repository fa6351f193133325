package command

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/ssh"

	"makesync/schema"
	"makesync/spec"
	"makesync/sync/approval"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/savedplan"
)

// approvalKey is the n-th key, the same in every run.
func approvalKey(t *testing.T, n byte) ssh.Signer {
	t.Helper()
	signer, err := ssh.NewSignerFromKey(ed25519.NewKeyFromSeed(bytes.Repeat([]byte{n}, ed25519.SeedSize)))
	if err != nil {
		t.Fatal(err)
	}
	return signer
}

const approvedDocument = `apiVersion: makesync/v1
zone: lab
zones: {lab: {sandbox: {}}}
organizations: {acme: {name: Acme Automation, variables: {RETRIES: 7}}}
`

// readSavedPlan reads a plan file.
func readSavedPlan(t *testing.T, file string) *plan.Plan {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p, problems := savedplan.Decode(data, spec.Value{})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return p
}

// TestApprovalsUnderAttack: whatever lies in the folder of approvals, nobody counts who has not signed
// this, and nothing there keeps who has from counting.
func TestApprovalsUnderAttack(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	run := func(args ...string) (int, string) {
		env, out, errs := testEnv("", false)
		env.LookupEnv = func(name string) (string, bool) {
			return map[string]string{"XDG_STATE_HOME": dir}[name], name == "XDG_STATE_HOME"
		}
		code := Main(t.Context(), append([]string{programName}, args...), env)
		return code, out.String() + errs.String()
	}
	planned := filepath.Join(dir, "plan.json")
	if code, out := run("plan", "-f", write("lab.yaml", approvedDocument), "-o", planned); code != 0 {
		t.Fatal(out)
	}
	p := readSavedPlan(t, planned)
	jane, bob := approvalKey(t, 1), approvalKey(t, 2)
	allowed := write("allowed", "jane@acme.example "+string(ssh.MarshalAuthorizedKey(jane.PublicKey())))
	until := time.Now().Add(time.Hour)
	sign := func(by ssh.Signer, change func(*approval.Statement)) approval.File {
		s, err := statementOf(p, time.Now(), until)
		if err != nil {
			t.Fatal(err)
		}
		if change != nil {
			change(&s)
		}
		file, err := approval.Sign(s, by)
		if err != nil {
			t.Fatal(err)
		}
		return file
	}
	good := sign(jane, nil)
	folder := approval.Folder(planned)
	// put lays two files there; sabotage makes something else of them.
	put := func(name string, f approval.File) {
		for suffix, text := range map[string][]byte{".txt": f.Statement, ".txt.sig": f.Signature} {
			if err := os.WriteFile(filepath.Join(folder, name+suffix), text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	link := func(name, to string) {
		if err := os.Symlink(to, filepath.Join(folder, name)); err != nil {
			t.Skip(err)
		}
	}
	outside := t.TempDir()
	if err := approval.Save(outside, good); err != nil {
		t.Fatal(err)
	}
	cases := map[string]func(){
		"nothing":           func() {},
		"somebody else":     func() { put("x", sign(bob, nil)) },
		"statement swapped": func() { put("x", approval.File{Statement: sign(bob, nil).Statement[:10], Signature: good.Signature}) },
		"another digest": func() {
			put("x", sign(jane, func(s *approval.Statement) { s.Digest = "sha256:" + strings.Repeat("0", 64) }))
		},
		"another host": func() { put("x", sign(jane, func(s *approval.Statement) { s.Zones[0].Host = "us1.make.com" })) },
		"a real zone":  func() { put("x", sign(jane, func(s *approval.Statement) { s.Zones[0].Sandbox = false })) },
		"another id":   func() { put("x", sign(jane, func(s *approval.Statement) { s.Organizations[0].ID = 12 })) },
		"another name": func() { put("x", sign(jane, func(s *approval.Statement) { s.Organizations[0].Name = "Other" })) },
		"another key":  func() { put("x", sign(jane, func(s *approval.Statement) { s.Organizations[0].Key = "other" })) },
		"more organizations": func() {
			put("x", sign(jane, func(s *approval.Statement) {
				s.Organizations = append(s.Organizations, approval.Organization{Zone: "lab", Key: "more", ID: 12})
			}))
		},
		"expired": func() { put("x", sign(jane, func(s *approval.Statement) { s.Until = time.Now().Add(-time.Minute) })) },
		"too long": func() {
			put("x", sign(jane, func(s *approval.Statement) { s.Until = time.Now().Add(8 * 24 * time.Hour) }))
		},
		"a line more": func() {
			f := good
			f.Statement = append(bytes.Clone(f.Statement), "organization: lab 12 other\n"...)
			put("x", f)
		},
		"torn signature": func() { put("x", approval.File{Statement: good.Statement, Signature: good.Signature[:40]}) },
		"torn statement": func() { put("x", approval.File{Statement: good.Statement[:40], Signature: good.Signature}) },
		"huge statement": func() { put("x", approval.File{Statement: make([]byte, 5<<20), Signature: good.Signature}) },
		"huge signature": func() { put("x", approval.File{Statement: good.Statement, Signature: make([]byte, 1<<20)}) },
		"links": func() {
			link("x.txt", filepath.Join(outside, good.Name+".txt"))
			link("x.txt.sig", filepath.Join(outside, good.Name+".txt.sig"))
		},
		"a link to the approvers": func() { link("x.txt", allowed); link("x.txt.sig", allowed) },
		"folders": func() {
			_ = os.Mkdir(filepath.Join(folder, "x.txt"), 0o700)
			_ = os.Mkdir(filepath.Join(folder, "x.txt.sig"), 0o700)
		},
		"pipes": func() {
			_ = exec.Command("mkfifo", filepath.Join(folder, "x.txt"), filepath.Join(folder, "x.txt.sig")).Run()
		},
		"names that are markup": func() { put("a\nb\x1b[31m<b>", sign(bob, nil)) },
		"many files": func() {
			for i := range 900 {
				put("x"+time.Duration(i).String(), sign(bob, nil))
			}
		},
	}
	for name, sabotage := range cases {
		if err := os.RemoveAll(folder); err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		sabotage()
		code, out := run("show", "--approvals", "1", "--approvers", allowed, planned)
		if code != 5 || strings.Contains(out, "\x1b") {
			t.Errorf("%s: exit %d\n%q", name, code, out)
		}
		put("good", good)
		if code, out := run("show", "--approvals", "1", "--approvers", allowed, planned); code != 0 {
			t.Errorf("%s, beside a good one: exit %d\n%s", name, code, out)
		}
		told := filepath.Join(dir, "who.json")
		if code, _ := run("show", "--approvals", "2", "--approvers", allowed, "--out-json", told, planned); code != 5 {
			t.Errorf("%s, beside a good one: counts as two (%d)", name, code)
		}
		form, err := os.ReadFile(told)
		if err != nil {
			t.Fatal(err)
		}
		approvalsSchema, _ := schema.Named("approvals")
		if problems := spec.Check(approvalsSchema, form); len(problems) > 0 || !bytes.Contains(form, []byte(`"principal": "jane@acme.example"`)) {
			t.Errorf("%s: %v\n%s", name, problems, form)
		}
	}
	// The folder itself is a link.
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, folder); err == nil {
		if code, _ := run("show", "--approvals", "1", "--approvers", allowed, planned); code == 0 {
			t.Error("approvals behind a link count")
		}
	}
}

// TestShowReadsStrictly: what is not exactly what makesync writes is exit 3, in every format, and
// nothing of it is repeated as markup or control characters.
func TestShowReadsStrictly(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	good, err := json.Marshal(plan.NoPlan(time.Unix(1, 0), nil, nil, exit.OK))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"empty": "", "no JSON": "hello", "a list": "[]", "two": string(good) + string(good), "no format": "{}",
		"a format of others":  `{"format": "\u001b[31m<script>alert(1)</script>"}`,
		"an unknown key":      strings.Replace(string(good), `"format"`, `"<b>":1,"format"`, 1),
		"a key twice":         strings.Replace(string(good), `"format"`, `"Format":"x","format"`, 1),
		"another version":     strings.Replace(string(good), "makesync.plan/v", "makesync.plan/v9", 1),
		"a bare report":       `{"format":"makesync.report/v1"}`,
		"a bare snapshot":     `{"format":"makesync.snapshot/v1"}`,
		"deep":                `{"format":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`,
		"not UTF-8":           "{\"format\":\"\xff\"}",
		"an exit of nobody":   strings.Replace(string(good), `"code":0`, `"code":77`, 1),
		"a digest of nothing": strings.Replace(string(good), `"digest":""`, `"digest":"sha256:00"`, 1),
	} {
		path := filepath.Join(dir, "file.json")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, format := range planFormats {
			env, out, errs := testEnv("", false)
			code := Main(t.Context(), []string{programName, "show", "--format", format, path}, env)
			if all := out.String() + errs.String(); code != 3 || strings.ContainsRune(all, 0x1b) || !utf8.ValidString(all) || format == formatHTML && strings.Contains(out.String(), "<script>alert") {
				t.Errorf("%s as %s: exit %d\n%q", name, format, code, all)
			}
		}
	}
	for _, path := range []string{dir, filepath.Join(dir, "nothing"), "/dev/null", "/dev/zero"} {
		env, _, _ := testEnv("", false)
		if code := Main(t.Context(), []string{programName, "show", path}, env); code != 3 {
			t.Errorf("%s: exit %d", path, code)
		}
	}
}
