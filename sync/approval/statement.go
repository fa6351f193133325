package approval

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// format is the first line of a statement; formerFormat that of one without names, by which nobody
// can know which organizations were shown to who signed it.
const (
	format       = "makesync-approval/v2"
	formerFormat = "makesync-approval/v1"
)

var errFormer = errors.New("an older makesync has made the statement, which does not say what the organizations are " +
	"called; approve the plan again")

// MaxAhead is how long a statement can count at most.
const MaxAhead = 7 * 24 * time.Hour

// maxStatement is the largest statement, in bytes.
const maxStatement = 4 << 20

// Statement is what somebody signs.
type Statement struct {
	// Digest is the plan's: sha256:HEX.
	Digest string
	// Zones and Organizations are those that the plan changes.
	Zones         []Zone
	Organizations []Organization
	// Consequences are those of the changes that are destructive or cannot be undone.
	Consequences []Consequence
	// NotCovered are the addresses of values that stand in the documents as secrets: neither the
	// digest nor the statement says what they are.
	NotCovered []string
	// From is when it is signed, to the millisecond, and Until the last second in which it counts.
	From, Until time.Time
}

// Zone is a zone as the plan reached it.
type Zone struct {
	Name    string
	Host    string // with port, where the url has one
	Sandbox bool   // a simulated zone
}

// Organization is one that the plan changes.
type Organization struct {
	Zone string // its name
	Key  string // in the documents
	ID   int64  // 0: it will be created
	Name string // as the plan shows it
}

// Forms of what stands in a statement: nothing that has a space, a line break or a look-alike. What
// may have them, a name and an address, is quoted in ASCII.
var (
	digestForm = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)
	nameForm   = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
	hostForm   = regexp.MustCompile(`^[A-Za-z0-9.:\[\]-]+$`)
)

// longestHost is counted beside hostForm: as a part of it, it costs each start of the program half
// a millisecond.
const longestHost = 300

// momentForm is how a moment is written that is told from others of the same second.
const momentForm = "2006-01-02T15:04:05.000Z07:00"

// remark is for who reads the statement: it is the same in every one.
const remark = "values behind references are those of whoever applies"

// Text is the statement as it is signed: the same bytes for the same statement.
func (s Statement) Text() ([]byte, error) {
	var b bytes.Buffer
	line := func(name string, words ...string) { fmt.Fprintf(&b, "%s: %s\n", name, strings.Join(words, " ")) }
	b.WriteString(format + "\n")
	if !digestForm.MatchString(s.Digest) {
		return nil, errors.New("the plan's digest is not sha256 in hex")
	}
	line("digest", s.Digest)
	zones, err := zoneLines(s.Zones)
	if err != nil {
		return nil, err
	}
	organizations, err := organizationLines(s.Organizations)
	if err != nil {
		return nil, err
	}
	for _, words := range zones {
		line("zone", words)
	}
	for _, words := range organizations {
		line("organization", words)
	}
	for _, words := range consequenceLines(s.Consequences) {
		line("consequence", words)
	}
	for _, address := range sortedSet(s.NotCovered) {
		line("not covered", strconv.QuoteToASCII(address))
	}
	for _, at := range []time.Time{s.From.UTC(), s.Until.UTC()} {
		if at.Year() < 1970 || at.Year() > 9999 {
			return nil, errors.New("the statement has no beginning or no end")
		}
	}
	line("from", s.From.UTC().Format(momentForm))
	line("until", s.Until.UTC().Format(time.RFC3339))
	line("note", remark)
	if b.Len() > maxStatement {
		return nil, fmt.Errorf("the statement is longer than %d bytes", maxStatement)
	}
	return b.Bytes(), nil
}

func zoneLines(zones []Zone) (lines []string, err error) {
	for _, z := range zones {
		if !nameForm.MatchString(z.Name) || !hostForm.MatchString(z.Host) || len(z.Host) > longestHost {
			return nil, fmt.Errorf("the name or host of zone %s cannot be signed", strconv.QuoteToASCII(z.Name))
		}
		words := z.Name + " " + z.Host
		if z.Sandbox {
			words += " sandbox"
		}
		lines = append(lines, words)
	}
	if len(lines) == 0 {
		return nil, errors.New("the plan changes nothing: there is nothing to approve")
	}
	return sortedSet(lines), nil
}

func organizationLines(organizations []Organization) (lines []string, err error) {
	for _, o := range organizations {
		if !nameForm.MatchString(o.Zone) || !nameForm.MatchString(o.Key) || o.ID < 0 {
			return nil, fmt.Errorf("organization %s cannot be signed", strconv.QuoteToASCII(o.Key))
		}
		id := "new"
		if o.ID > 0 {
			id = strconv.FormatInt(o.ID, 10)
		}
		lines = append(lines, o.Zone+" "+id+" "+o.Key+" "+strconv.QuoteToASCII(o.Name))
	}
	return sortedSet(lines), nil
}

func sortedSet(texts []string) []string {
	texts = slices.Clone(texts)
	slices.Sort(texts)
	return slices.Compact(texts)
}

// ParseStatement reads a text that Text has made. Any other is an error, also one that differs in
// white space, order or line endings only.
func ParseStatement(text []byte) (Statement, error) {
	if len(text) > maxStatement {
		return Statement{}, fmt.Errorf("the statement is longer than %d bytes", maxStatement)
	}
	if bytes.Contains(text, []byte("\r")) {
		return Statement{}, errors.New("the statement's line endings have been changed; they are single line feeds")
	}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	switch lines[0] {
	case format:
	case formerFormat:
		return Statement{}, errFormer
	default:
		return Statement{}, errors.New("this is no statement: its first line is not " + format)
	}
	var s Statement
	for i, line := range lines[1:] {
		name, value, _ := strings.Cut(line, ": ")
		if err := s.read(name, value); err != nil {
			return Statement{}, fmt.Errorf("line %d of the statement cannot be read", i+2)
		}
	}
	canonical, err := s.Text()
	if err != nil {
		return Statement{}, err
	}
	if !bytes.Equal(canonical, text) {
		return Statement{}, errors.New("the statement is not written as makesync writes it")
	}
	return s, nil
}

var errLine = errors.New("not a line of a statement")

// read takes one line. It may be lenient: only what Text writes back is taken in the end.
func (s *Statement) read(name, value string) (err error) {
	words := strings.Split(value, " ")
	switch {
	case name == "digest":
		s.Digest = value
	case name == "zone" && len(words) >= 2:
		s.Zones = append(s.Zones, Zone{words[0], words[1], len(words) > 2})
	case name == "organization" && len(words) >= 4:
		o := Organization{Zone: words[0], Key: words[2]}
		if words[1] != "new" {
			o.ID, err = strconv.ParseInt(words[1], 10, 64)
		}
		called, unquoteErr := strconv.Unquote(strings.Join(words[3:], " "))
		o.Name = called
		s.Organizations, err = append(s.Organizations, o), errors.Join(err, unquoteErr)
	case name == "consequence":
		c, parseErr := parseConsequence(value)
		s.Consequences, err = append(s.Consequences, c), parseErr
	case name == "not covered":
		address, unquoteErr := strconv.Unquote(value)
		s.NotCovered, err = append(s.NotCovered, address), unquoteErr
	case name == "from":
		s.From, err = time.Parse(momentForm, value)
	case name == "until":
		s.Until, err = time.Parse(time.RFC3339, value)
	case name != "note":
		return errLine
	}
	return err
}

// sameExceptTimes tells whether two statements are about the same changes.
func (s Statement) sameExceptTimes(other Statement) bool {
	other.From, other.Until = s.From, s.Until
	a, errA := s.Text()
	b, errB := other.Text()
	return errA == nil && errB == nil && bytes.Equal(a, b)
}
