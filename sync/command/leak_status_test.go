package command_test

import (
	"os"
	"strings"
	"testing"
	"time"
)

// moneySecrets are parts of what payments hold: signed links, the number of a card, its fingerprint.
var moneySecrets = []string{"X-Amz", "invoices.example", "4242", "fingerprint"}

func lookForMoney(s *leakStage, where, text string) {
	s.Helper()
	for _, secret := range moneySecrets {
		if strings.Contains(text, secret) {
			s.Errorf("%s shows %s:\n%s", where, secret, text)
		}
	}
}

// Nothing that status and doctor print, log or write shows a secret: no token, no value, no invitation, no payment.
func TestStatusAndDoctorShowNoSecret(t *testing.T) {
	leakTest(t, func(s *leakStage) {
		untilPaid()
		on := []string{"-f", s.docs()}
		for i, format := range []string{"text", "json", "csv", "html"} {
			file := s.written("status." + format)
			for _, args := range [][]string{{"--show", "all", "--color", "always"}, {"--person", "ann@acme.example"}} {
				code, stdout, stderr := s.run(with("status --format "+format, on, logs[i], args, []string{"--out-json", file})...)
				if code != 0 {
					s.Errorf("status %s %v: exit %d\n%s%s", format, args, code, stdout, stderr)
				}
				lookForMoney(s, "stdout of "+format, stdout)
				lookForMoney(s, "stderr of "+format, stderr)
				kept, err := os.ReadFile(file)
				s.must(err)
				lookForMoney(s, "the copy of "+format, string(kept))
			}
		}
		for i, format := range []string{"text", "json"} {
			s.run(with("doctor --format "+format, on, logs[i], []string{"--out-json", s.written("doctor." + format)})...)
			s.want(0, with("doctor --state --format "+format, logs[i])...)
		}
	})
}

// Links of invoices are printed where they were asked for, and there alone: in no log, and in no copy that is kept.
func TestInvoiceLinksArePrintedOnlyWhenAskedFor(t *testing.T) {
	leakTest(t, func(s *leakStage) {
		untilPaid()
		file := s.written("status.json")
		for _, format := range []string{"text", "json"} {
			args := with("status --zone eu1 --show lastPayment --show-invoice-links --format "+format, logs[0], []string{"--out-json", file})
			code, stdout, stderr := s.run(args...)
			if code != 0 || !strings.Contains(stdout, "X-Amz-Signature") || !strings.Contains(stdout, "invoices.example/i/") {
				s.Errorf("%s: exit %d\n%s", format, code, stdout)
			}
			lookForMoney(s, "stderr", stderr)
			kept, err := os.ReadFile(file)
			s.must(err)
			lookForMoney(s, "the copy", string(kept))
		}
		for _, format := range []string{"csv", "html"} {
			if code, _, _ := s.run("status", "--zone", "eu1", "--show-invoice-links", "--format", format); code != 64 {
				s.Errorf("%s: exit %d, want 64", format, code)
			}
		}
	})
}

// untilPaid waits until the organizations of the stage have paid something; that costs nothing there.
func untilPaid() { time.Sleep(time.Until(time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC))) }
