//go:build !windows

package examples_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
)

// TestNightlyAppliesWhatWasApproved: with APPROVERS a night leaves its plan and changes nothing, until
// as many as APPROVALS says have signed the digest; then a plan made anew is applied.
func TestNightlyAppliesWhatWasApproved(t *testing.T) {
	t.Parallel()
	for _, s := range shells(t) {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			z, dir := newZone(t, "quickstart"), t.TempDir()
			documents, out := filepath.Join(dir, "documents"), filepath.Join(dir, "out")
			copyExample(t, "quickstart", documents)
			atZone(t, filepath.Join(documents, "makesync.yaml"), z)
			var allowed bytes.Buffer
			for i, name := range []string{"jane", "bob"} {
				private, public := sshKey(t, byte(i))
				write(t, filepath.Join(dir, name), private)
				allowed.WriteString(name + "@acme.example " + public)
			}
			write(t, filepath.Join(dir, "allowed"), allowed.Bytes())
			guards := filepath.Join(dir, "guards.yaml") // as the quickstart's documents want them
			write(t, guards, []byte("apiVersion: makesync-guards/v1\nguards: {maxCreates: {organization: 1}, "+
				"maxDeletes: {organization: 1}, maxDeletesPerRun: {organization: 1}, approvals: 2}\n"))
			night := func(want string) {
				t.Helper()
				c := s.command("ci/nightly.sh", documents, out)
				c.Env = append(c.Env, "XDG_STATE_HOME="+filepath.Join(dir, "state"), "MAKE_API_KEY="+z.FirstToken(),
					"MAKESYNC_HOSTS="+strings.TrimPrefix(z.url, "http://"), "HOME="+dir, "MAKESYNC_GUARDS="+guards,
					"APPROVERS="+filepath.Join(dir, "allowed"), "APPROVED="+filepath.Join(dir, "approvals"))
				said, err := c.CombinedOutput()
				if err != nil || !strings.Contains(string(said), want) {
					log, _ := os.ReadFile(filepath.Join(out, "night.log"))
					t.Fatalf("%v\n%s\n%s", err, said, log)
				}
			}
			night("exit 5 (held)")
			digest := strings.TrimPrefix(digestOf(t, filepath.Join(out, "plan.json")), "sha256:")
			for i, name := range []string{"jane", "bob"} {
				if i == 1 {
					night("exit 5 (held)") // one is not two
				}
				plan := filepath.Join(out, "plan.json")
				sign := exec.Command("makesync", "approve", "--key", filepath.Join(dir, name), "--yes", plan)
				if said, err := sign.CombinedOutput(); err != nil {
					t.Fatalf("%v\n%s", err, said)
				}
				copyNew(t, plan+".approval", filepath.Join(dir, "approvals", digest))
			}
			night("exit 0 (ok)")
			report, err := os.ReadFile(filepath.Join(out, "report.json"))
			if err != nil || !bytes.Contains(report, []byte(`"jane@acme.example"`)) || bytes.Contains(report, []byte(`"succeeded": 0`)) {
				t.Errorf("%v\n%s", err, report)
			}
		})
	}
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// sshKey is a key, and its line of a file of signers.
func sshKey(t *testing.T, n byte) (private []byte, public string) {
	t.Helper()
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{n}, ed25519.SeedSize))
	block, err := ssh.MarshalPrivateKey(key, "")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(block), string(ssh.MarshalAuthorizedKey(signer.PublicKey()))
}

func digestOf(t *testing.T, plan string) string {
	t.Helper()
	data, err := os.ReadFile(plan)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(data), `"digest": "`)
	digest, _, _ := strings.Cut(rest, `"`)
	return digest
}

// copyNew copies the files of a folder that another has not.
func copyNew(t *testing.T, from, to string) {
	t.Helper()
	if err := os.MkdirAll(to, 0o700); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(filepath.Join(from, file.Name()))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(to, file.Name()), data)
	}
}
