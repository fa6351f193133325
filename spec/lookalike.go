package spec

import (
	"fmt"
	"strings"
	"unicode"

	"makesync/spec/text"
)

// Lookalikes tell which e-mails could be taken for others. What they know is what the documents
// name, and who is in the organization: somebody may be put in the place of a member whom the
// documents name no more.
type Lookalikes struct {
	bySkeleton map[string][]string // e-mails that look the same
	byHost     map[string][]string // local parts
	byLocal    map[string][]string // hosts
}

// NewLookalikes knows the e-mails of all members, Owners and required Admins of documents.
func NewLookalikes(d *Desired) *Lookalikes {
	l, known := noLookalikes(), map[string]bool{"": true}
	for _, email := range d.Guards.RequiredAdmins {
		l.learn(email, known)
	}
	for i := range d.Organizations {
		l.learn(d.Organizations[i].Owner, known)
		for j := range d.Organizations[i].Members {
			l.learn(d.Organizations[i].Members[j].Email, known)
		}
	}
	return l
}

// LookalikesOf knows the e-mails of who is in an organization.
func LookalikesOf(members []string) *Lookalikes {
	l, known := noLookalikes(), map[string]bool{"": true}
	for _, email := range members {
		l.learn(NormalEmail(email), known)
	}
	return l
}

func noLookalikes() *Lookalikes {
	return &Lookalikes{bySkeleton: map[string][]string{}, byHost: map[string][]string{}, byLocal: map[string][]string{}}
}

func (l *Lookalikes) learn(email string, known map[string]bool) {
	if known[email] {
		return
	}
	known[email] = true
	local, host, _ := strings.Cut(email, "@")
	skeleton := emailSkeleton(email)
	l.bySkeleton[skeleton] = append(l.bySkeleton[skeleton], email)
	l.byHost[host] = append(l.byHost[host], local)
	l.byLocal[local] = append(l.byLocal[local], host)
}

// emailSkeleton also takes digits and pairs of letters for the letters that they look like.
func emailSkeleton(email string) string { return lookLetters.Replace(text.Skeleton(email)) }

var lookLetters = strings.NewReplacer("0", "o", "1", "l", "rn", "m", "vv", "w")

// Of says what is odd about an e-mail in an organization with these members, in words; "" for
// nothing. A nil one knows nobody.
func (l *Lookalikes) Of(email string, members *Lookalikes) string {
	var words []string
	if odd := mixture(email); odd != "" {
		words = append(words, odd)
	}
	if other := l.near(email); other != "" {
		words = append(words, "could be taken for "+other+", whom the documents name too")
	} else if other := members.near(email); other != "" {
		words = append(words, "could be taken for "+other+", who is in the organization")
	}
	return strings.Join(words, "; ")
}

// mixture tells of letters that are not of the script that they seem to be of.
func mixture(email string) string {
	for _, word := range strings.FieldsFunc(email, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r)
	}) {
		if r := text.ForeignLetter(word); r != 0 {
			return fmt.Sprintf("mixes scripts that look alike: U+%04X is a %s letter", r, text.ScriptOf(r))
		}
	}
	return ""
}

// near is another known e-mail that looks the same, or differs in one letter.
func (l *Lookalikes) near(email string) string {
	if l == nil {
		return ""
	}
	for _, other := range l.bySkeleton[emailSkeleton(email)] {
		if other != email && !differOnlyInDigits(email, other) {
			return other
		}
	}
	local, host, _ := strings.Cut(email, "@")
	for _, other := range l.byHost[host] {
		if max(len(local), len(other)) >= leastLocal && oneLetterApart(local, other) {
			return other + "@" + host
		}
	}
	for _, other := range l.byLocal[local] {
		if oneLetterApart(host, other) {
			return local + "@" + other
		}
	}
	return ""
}

// leastLocal is how long a local part must be for one letter to be a small difference: al@, bo@ and
// jo@ are three people.
const leastLocal = 4

// differOnlyInDigits is true of what is numbered: user10 and user11.
func differOnlyInDigits(a, b string) bool {
	isDigit := func(r rune) rune {
		if unicode.IsDigit(r) {
			return -1
		}
		return r
	}
	return strings.Map(isDigit, a) == strings.Map(isDigit, b)
}

// oneLetterApart tells whether two texts differ by one letter that is another, is missing, or has
// changed places with the next; numbers do not count.
func oneLetterApart(a, b string) bool {
	if a == b || !nearlyEqual(a, b) {
		return false
	}
	x, y := []rune(a), []rune(b)
	for len(x) > 0 && len(y) > 0 && x[0] == y[0] {
		x, y = x[1:], y[1:]
	}
	for len(x) > 0 && len(y) > 0 && x[len(x)-1] == y[len(y)-1] {
		x, y = x[:len(x)-1], y[:len(y)-1]
	}
	switch {
	case len(x) == 2 && len(y) == 2:
		return x[0] == y[1] && x[1] == y[0] && !differOnlyInDigits(a, b)
	case len(x) <= 1 && len(y) <= 1:
		return !differOnlyInDigits(a, b)
	}
	return false
}

// nearlyEqual is false of most texts, without a look at their letters: what differs is longer than
// two letters of four bytes.
func nearlyEqual(a, b string) bool {
	begin, most := 0, min(len(a), len(b))
	for begin < most && a[begin] == b[begin] {
		begin++
	}
	end := 0
	for end < most-begin && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	const twoLetters = 8
	return max(len(a), len(b))-begin-end <= twoLetters
}
