package command_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"makesync/sync/sandbox"
)

// What is written into documents, and the diff that is shown of it, hold no secret: neither a value of the zone, nor one
// that stands in the documents beside a line that changes.
func TestAdoptAndUpdateShowNoSecret(t *testing.T) {
	leakTest(t, func(s *leakStage) {
		references, err := os.ReadFile(s.savable())
		s.must(err)
		docs, base := s.give("adopted.yaml", ""), s.written("base.json")
		rewritten := func() { s.must(os.WriteFile(docs, references, 0o600)) }
		for i, on := range [][]string{{"-f", docs}, {"-f", s.docs()}} {
			rewritten()
			_, stdout, _ := s.run(with("adopt --yes --color always", on, logs[i], []string{"acme/**"})...)
			if !strings.Contains(stdout, "old and open") || !strings.Contains(stdout, "not adopted: acme/variable/FROM_ENV") {
				s.Errorf("adopt of %v:\n%s", on, stdout)
			}
			_, stdout, _ = s.run(with("export --zone eu1 --update --yes --color always", on, logs[i])...)
			if !strings.Contains(stdout, "OTHER_SECRET") {
				s.Errorf("update of %v:\n%s", on, stdout)
			}
			s.look("the documents", read(s, docs))
		}
		rewritten()
		on := []string{"-f", docs}
		s.run(with("apply --yes --since none --target acme/variable/OPEN", on, []string{"--snapshot-out", base})...)
		s.must(s.world.Alter(func(state *sandbox.State) {
			state.Zones[0].Organizations[0].Variables[0].Value = json.RawMessage(`"by hand"`)
		}))
		s.run(with("adopt --yes", on, logs[0], []string{"--since", base})...)
		s.look("the documents", read(s, docs))
		if text := read(s, docs); !strings.Contains(text, "by hand") {
			s.Errorf("nothing is adopted:\n%s", text)
		}
	})
}

// Where e-mails are hashed they stay so from night to night, and in what is told of them.
func TestHashedEmailsStayHashed(t *testing.T) {
	leakTest(t, func(s *leakStage) {
		on := []string{"-f", s.give("plain.yaml", "apiVersion: makesync/v1\nzone: eu1\norganizations:\n  acme:\n    id: 11\n"+
			"    variables: {OPEN: new}\n    members: {ops@acme.example: {}, ann@acme.example: Member, new@acme.example: Member}\n")}
		first, next := s.written("first.json"), s.written("next.json")
		s.want(0, with("snapshot --zone eu1 --hash-emails", on, []string{"-o", first})...)
		s.run(with("apply --yes", on, []string{"--since", first, "--snapshot-out", next})...)
		shown := s.want(0, "show", next)
		for name, text := range map[string]string{"first": read(s, first), "next": read(s, next), "show": shown} {
			if strings.Contains(text, "@acme.example") || !strings.Contains(text, "Acme Works") {
				s.Errorf("%s:\n%s", name, text)
			}
		}
	})
}

func read(s *leakStage, path string) string {
	s.Helper()
	data, err := os.ReadFile(path)
	s.must(err)
	return string(data)
}
