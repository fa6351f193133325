package approval_test

import (
	"crypto/ed25519"
	"fmt"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"

	"makesync/sync/approval"
)

func Example() {
	plan := map[string]any{
		"digest": "sha256:" + strings.Repeat("5", 64),
		"zones":  []any{map[string]any{"name": "eu1", "url": "https://eu1.make.com"}},
		"organizations": []any{
			map[string]any{"key": "acme", "zone": "eu1", "id": 11.0, "name": "Acme", "steps": []any{map[string]any{"n": 1.0}}},
			map[string]any{"key": "idle", "zone": "eu1", "id": 12.0, "name": "Idle", "steps": []any{}},
		},
	}
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	statement, err := approval.Of(plan, now, now.Add(24*time.Hour), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	text, _ := statement.Text()
	fmt.Print(string(text))

	signer, err := ssh.NewSignerFromKey(ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)))
	if err != nil {
		fmt.Println(err)
		return
	}
	file, err := approval.Sign(statement, signer)
	if err != nil {
		fmt.Println(err)
		return
	}
	allowed := "jane@acme.example namespaces=\"makesync-plan\" " + string(ssh.MarshalAuthorizedKey(signer.PublicKey()))
	approvers, problems := approval.ParseApprovers([]byte(allowed), time.UTC)
	verdict := approvers.Verify(statement, []approval.File{file}, now, 2)
	fmt.Println(problems, verdict.Counted[0].Principal, verdict.Enough())
	// Output:
	// makesync-approval/v2
	// digest: sha256:5555555555555555555555555555555555555555555555555555555555555555
	// zone: eu1 eu1.make.com
	// organization: eu1 11 acme "Acme"
	// from: 2026-11-20T12:00:00.000Z
	// until: 2026-11-21T12:00:00Z
	// note: values behind references are those of whoever applies
	// [] jane@acme.example false
}
