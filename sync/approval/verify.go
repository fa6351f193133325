package approval

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
)

// Reason is why an approval does not count.
type Reason string

// The reasons.
const (
	ReasonUnreadable   Reason = "unreadable"   // the files cannot be read, or are no statement
	ReasonFormer       Reason = "former"       // the statement is of an older makesync, and holds too little
	ReasonOtherPlan    Reason = "other-plan"   // the statement is about other changes, zones or organizations
	ReasonExpired      Reason = "expired"      // its time is over
	ReasonTooLong      Reason = "too-long"     // it would count for longer than MaxAhead
	ReasonSignature    Reason = "signature"    // the signature does not fit, or is of a kind that does not count
	ReasonNotApprover  Reason = "not-approver" // the approvers file does not let the key approve, or not now
	ReasonNoName       Reason = "no-name"      // the key may approve, and nobody can say as who
	ReasonCertificate  Reason = "certificate"  // the certificate does not hold
	ReasonEarly        Reason = "early"        // it was signed at a time that is to come
	ReasonUsed         Reason = "used"         // a run has used what the person had signed until then
	ReasonCountedTwice Reason = "duplicate"    // the person or the key counts already
)

// Verdict is what a set of approvals is worth.
type Verdict struct {
	Required int        `json:"required"`
	Counted  []Approval `json:"counted"` // by principal
	Refused  []Refusal  `json:"refused"` // by file
}

// Enough tells whether as many people have signed as are required.
func (v Verdict) Enough() bool { return len(v.Counted) >= v.Required }

// Approval is one that counts.
type Approval struct {
	// Principal is the name under which it counts, as the approvers file or the certificate writes
	// it.
	Principal   string    `json:"principal"`
	Fingerprint string    `json:"fingerprint"` // of the key, as ssh-keygen -l shows it
	Until       time.Time `json:"until"`
	File        string    `json:"file"` // the name of the statement without .txt
	Line        int       `json:"line"` // of the approvers file
	// ID is the same for copies of the approval.
	ID string `json:"id"`
	// Uses are what a run that counts it has to remember, so that neither this approval counts
	// again nor another that the person has signed for the same changes by now.
	Uses []Use `json:"-"`
}

// Refusal is one that does not count.
type Refusal struct {
	File        string `json:"file"`
	Fingerprint string `json:"fingerprint,omitempty"` // only where the signature fits the statement
	Principal   string `json:"principal,omitempty"`   // only where it is known
	Reason      Reason `json:"reason"`
	Message     string `json:"message"`
}

// refusal is a reason with its words, as an error.
type refusal struct {
	reason  Reason
	message string
}

// Error is the words.
func (r refusal) Error() string { return r.message }

func refuse(reason Reason, format string, args ...any) error {
	return refusal{reason, fmt.Sprintf(format, args...)}
}

// valid is a signature that fits and whose key may approve.
type valid struct {
	Approval
	claim
}

// Verify judges approvals of the changes that want speaks of; its Until is not looked at. Expired,
// broken and foreign files are refused one by one and harm no other.
func (a *Approvers) Verify(want Statement, files []File, now time.Time, required int) Verdict {
	v := Verdict{Required: required}
	var all []valid
	used := a.usesOf(want)
	for _, f := range files {
		one, fingerprint, err := used.judge(want, f, now)
		if r := (refusal{}); errors.As(err, &r) {
			v.Refused = append(v.Refused, Refusal{f.Name, fingerprint, "", r.reason, r.message})
			continue
		}
		all = append(all, one)
	}
	// Of several statements of one key the one that lasts longest counts.
	slices.SortStableFunc(all, func(x, y valid) int {
		return cmp.Or(y.Until.Compare(x.Until), strings.Compare(x.File, y.File))
	})
	joinUses(all)
	v.count(all)
	slices.SortFunc(v.Counted, func(x, y Approval) int { return strings.Compare(x.Principal, y.Principal) })
	slices.SortStableFunc(v.Refused, func(x, y Refusal) int { return strings.Compare(x.File, y.File) })
	return v
}

// count takes one approval for each person and key that assign has put together.
func (v *Verdict) count(all []valid) {
	claims := make([]claim, 0, len(all))
	for _, one := range all {
		claims = append(claims, one.claim)
	}
	assigned := assign(claims)
	done := map[string]bool{}
	for _, one := range all {
		if assigned[one.person] == one.key && !done[one.person] {
			done[one.person] = true
			v.Counted = append(v.Counted, one.Approval)
			continue
		}
		message := "the key counts already"
		if assigned[one.person] != one.key {
			message = "the person counts already, with another key or name"
		}
		v.Refused = append(v.Refused, Refusal{one.File, one.Fingerprint, one.Principal, ReasonCountedTwice, message})
	}
}

// judge looks at one file. The fingerprint is given as soon as the signature is known to fit.
func (u *uses) judge(want Statement, f File, now time.Time) (one valid, fingerprint string, err error) {
	if f.Trouble != "" {
		return valid{}, "", refuse(ReasonUnreadable, "%s", f.Trouble)
	}
	s, err := ParseStatement(f.Statement)
	if errors.Is(err, errFormer) {
		return valid{}, "", refuse(ReasonFormer, "%s", err)
	}
	if err != nil {
		return valid{}, "", refuse(ReasonUnreadable, "%s", err)
	}
	key, err := openSignature(f)
	if err != nil {
		return valid{}, "", refuse(ReasonSignature, "the signature does not count: %s", err)
	}
	fingerprint = ssh.FingerprintSHA256(plainKey(key))
	if err := s.serves(want, now); err != nil {
		return valid{}, fingerprint, err
	}
	principal, line, err := u.approver(key, now)
	if err != nil {
		return valid{}, fingerprint, err
	}
	id := sha256.Sum256([]byte(fingerprint + "\n" + string(f.Statement)))
	approval := Approval{principal, fingerprint, s.Until, f.Name, line, hex.EncodeToString(id[:]), nil}
	ids := u.of(principal, key)
	if used := u.last(ids); !s.From.After(used) {
		const words = "%s has approved this at %s, and a run has used that approval or another of hers, at %s; " +
			"for the same changes again people approve again"
		from, until := s.From.Format(momentForm), used.Format(momentForm)
		return valid{}, fingerprint, refuse(ReasonUsed, words, principal, from, until)
	}
	for _, id := range ids {
		approval.Uses = append(approval.Uses, Use{id, s.From})
	}
	return valid{approval, claim{string(plainKey(key).Marshal()), u.persons.find(principal)}}, fingerprint, nil
}

// serves tells whether a statement is about these changes, and now.
func (s Statement) serves(want Statement, now time.Time) error {
	switch {
	case s.Digest != want.Digest:
		return refuse(ReasonOtherPlan, "the statement is about another plan, %s", s.Digest)
	case !s.sameExceptTimes(want):
		return refuse(ReasonOtherPlan, "the statement is about the same changes %s", s.difference(want))
	case !now.Before(s.Until.Add(time.Second)):
		return refuse(ReasonExpired, "the statement counted until %s", s.Until.Format(time.RFC3339))
	case s.From.After(now.Add(clockSkew)):
		const words = "the statement was signed at %s, which is to come; set the clocks right, and approve again"
		return refuse(ReasonEarly, words, s.From.Format(momentForm))
	case s.Until.After(now.Add(MaxAhead)):
		return refuse(
			ReasonTooLong,
			"the statement counts until %s, more than 7 days ahead",
			s.Until.Format(time.RFC3339),
		)
	}
	return nil
}

// approver finds the line that lets a key approve, and the name under which.
func (a *Approvers) approver(key ssh.PublicKey, now time.Time) (principal string, number int, err error) {
	err = refuse(ReasonNotApprover, "the key is not in the approvers file")
	certificate, presented := key.(*ssh.Certificate)
	for _, line := range a.lines {
		listed := key
		if presented {
			listed = certificate.SignatureKey
		}
		if line.authority != presented || !sameKey(line.key, listed) {
			continue
		}
		if why := line.refuses(now); why != "" {
			err = refuse(ReasonNotApprover, "line %d of the approvers file does not serve: %s", line.number, why)
			continue
		}
		principal, problem := line.principalOf(certificate, now)
		if problem == nil {
			return principal, line.number, nil
		}
		err = problem
	}
	return "", 0, err
}

func sameKey(a, b ssh.PublicKey) bool { return string(a.Marshal()) == string(b.Marshal()) }

// principalOf is the name under which a key counts by this line; for a certificate that of the
// certificate which the line accepts.
func (l signerLine) principalOf(certificate *ssh.Certificate, now time.Time) (string, error) {
	if certificate != nil {
		return l.certified(certificate, now)
	}
	names := l.names()
	if len(names) == 0 {
		return "", refuse(ReasonNoName, "line %d of the approvers file names nobody: %s", l.number, shown(l.principals))
	}
	return slices.Min(names), nil
}

// leavesOut tells whether a negated pattern of the line means the person, by whatever spelling of
// the name: to OpenSSH !bob@acme.example is not Bob@acme.example, and the person is the same.
func (l signerLine) leavesOut(name string) bool {
	return slices.ContainsFunc(strings.Split(l.principals, ","), func(pattern string) bool {
		pattern, negated := strings.CutPrefix(pattern, "!")
		return negated && (folded(pattern) == folded(name) || matchPattern(strings.ToLower(pattern), folded(name)))
	})
}

func (l signerLine) certified(certificate *ssh.Certificate, now time.Time) (string, error) {
	fitting := slices.DeleteFunc(sortedSet(certificate.ValidPrincipals), func(name string) bool {
		return !isName(name) || !matchList(l.principals, name) || l.leavesOut(name)
	})
	switch {
	case certificate.CertType != ssh.UserCert:
		return "", refuse(ReasonCertificate, "the certificate is not a user's")
	case checkAlgorithm(certificate.SignatureKey, certificate.Signature.Format) != nil:
		return "", refuse(ReasonCertificate, "the certificate was signed with %s", shown(certificate.Signature.Format))
	case len(fitting) != 1:
		return "", refuse(
			ReasonNoName,
			"%d names of the certificate fit line %d of the approvers file, and one has to: %s",
			len(fitting),
			l.number,
			shown(strings.Join(certificate.ValidPrincipals, ",")),
		)
	}
	checker := ssh.CertChecker{Clock: func() time.Time { return now }}
	if err := checker.CheckCert(fitting[0], certificate); err != nil {
		why := strings.TrimPrefix(err.Error(), "ssh: ")
		return "", refuse(ReasonCertificate, "the certificate does not hold: %s", shown(why))
	}
	return fitting[0], nil
}
