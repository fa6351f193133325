package approval

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/crypto/ssh"
)

// Bounds of an approvers file.
const (
	maxApprovers = 1 << 20 // bytes
	maxLines     = 10_000
)

// byteOrderMark is what some editors begin a file with.
const byteOrderMark = "\ufeff"

// Approvers is who may approve: an allowed_signers file of OpenSSH (ssh-keygen(1), ALLOWED
// SIGNERS).
type Approvers struct {
	// Used tells until when what stands for the ID of a Use was signed and used; zero for never.
	// Nil: nothing was.
	Used func(id string) time.Time

	lines   []signerLine
	persons persons
}

// signerLine is one line of the file.
type signerLine struct {
	number     int // from 1
	principals string
	key        ssh.PublicKey
	authority  bool   // cert-authority
	namespaces string // a list of patterns; empty: all
	after      time.Time
	before     time.Time
}

// LineProblem is a line that cannot be read. It lets nobody approve.
type LineProblem struct {
	Line    int    `json:"line"`
	Message string `json:"message"`
}

// ParseApprovers reads an approvers file. Times without Z are those of local, as ssh-keygen reads
// them. Lines that cannot be read do not count, and every one of them is told.
func ParseApprovers(text []byte, local *time.Location) (*Approvers, []LineProblem) {
	a := &Approvers{persons: persons{}}
	if len(text) > maxApprovers || bytes.Count(text, []byte("\n")) > maxLines {
		return a, []LineProblem{
			{0, fmt.Sprintf("the file is longer than %d bytes or %d lines", maxApprovers, maxLines)},
		}
	}
	var problems []LineProblem
	for i, line := range strings.Split(string(text), "\n") {
		line, marked := strings.CutPrefix(line, byteOrderMark)
		line = strings.Trim(line, " \t\r")
		if line == "" || line[0] == '#' {
			continue
		}
		parsed, err := parseSignerLine(line, local)
		if marked {
			err = errors.New("a byte order mark stands before the first name, and ssh-keygen takes it for a part of " +
				"that; save the file as UTF-8 without it")
		}
		if err != nil {
			problems = append(problems, LineProblem{i + 1, err.Error()})
			continue
		}
		parsed.number = i + 1
		a.lines = append(a.lines, parsed)
	}
	a.persons.joinByKey(a.lines)
	return a, problems
}

// parseSignerLine reads: principals [options] type key [comment].
func parseSignerLine(text string, local *time.Location) (signerLine, error) {
	if strings.ContainsFunc(text, func(r rune) bool { return r == '\uFFFD' || unicode.IsControl(r) && r != '\t' }) {
		return signerLine{}, errors.New("the line holds control characters or is not UTF-8")
	}
	principals, rest, err := cutPrincipals(text)
	if err != nil {
		return signerLine{}, err
	}
	key, _, options, _, err := ssh.ParseAuthorizedKey([]byte(rest))
	if err != nil {
		return signerLine{}, errors.New("the line has no public key that can be read")
	}
	line := signerLine{principals: principals, key: key}
	if _, ok := key.(*ssh.Certificate); ok {
		return signerLine{}, errors.New(
			"the line holds a certificate; write the key of its authority with cert-authority",
		)
	}
	if err := checkKey(key); err != nil {
		return signerLine{}, err
	}
	seen := map[string]bool{}
	for _, option := range options {
		name, value, _ := strings.Cut(option, "=")
		if name = strings.ToLower(name); seen[name] {
			return signerLine{}, fmt.Errorf("the option %s stands twice", shown(name))
		}
		seen[name] = true
		if err := line.option(name, value, strings.Contains(option, "="), local); err != nil {
			return signerLine{}, err
		}
	}
	if !line.before.IsZero() && line.before.Before(line.after) {
		return signerLine{}, errors.New("valid-before is earlier than valid-after")
	}
	return line, nil
}

func cutPrincipals(text string) (principals, rest string, err error) {
	if quoted, ok := strings.CutPrefix(text, `"`); ok {
		principals, rest, ok = strings.Cut(quoted, `"`)
		if !ok {
			return "", "", errors.New("a quote is not closed")
		}
	} else if i := strings.IndexAny(text, " \t"); i > 0 {
		principals, rest = text[:i], text[i:]
	}
	if rest = strings.Trim(rest, " \t"); principals == "" || rest == "" {
		return "", "", errors.New("the line is not: names, options, type, key")
	}
	return principals, rest, nil
}

func (l *signerLine) option(name, value string, hasValue bool, local *time.Location) (err error) {
	if name == "cert-authority" && !hasValue {
		l.authority = true
		return nil
	}
	quoted := len(value) >= 2 && value[0] == '"' && value[len(value)-1] == '"'
	if !quoted || strings.ContainsAny(value[1:len(value)-1], `"\`) {
		return fmt.Errorf("the option %s is not known or its value is not in quotes", shown(name))
	}
	value = value[1 : len(value)-1]
	switch name {
	case "namespaces":
		if l.namespaces = value; value == "" {
			return errors.New("namespaces is empty")
		}
	case "valid-after":
		l.after, err = parseTime(value, local)
	case "valid-before":
		l.before, err = parseTime(value, local)
	default:
		return fmt.Errorf("the option %s is not known", shown(name))
	}
	return err
}

// parseTime reads YYYYMMDD[HHMM[SS]][Z].
func parseTime(text string, local *time.Location) (time.Time, error) {
	digits, isUTC := strings.CutSuffix(text, "Z")
	if isUTC {
		local = time.UTC
	}
	layout := map[int]string{8: "20060102", 12: "200601021504", 14: "20060102150405"}[len(digits)]
	t, err := time.ParseInLocation(layout, digits, local)
	if layout == "" || err != nil {
		return time.Time{}, fmt.Errorf("%s is no time such as 20261231 or 20261231235959Z", shown(text))
	}
	return t, nil
}

// refuses says why a line does not serve at a time; empty: it does.
func (l signerLine) refuses(now time.Time) string {
	switch {
	case l.namespaces != "" && !matchList(l.namespaces, Namespace):
		return "namespaces leaves out " + Namespace
	case !l.after.IsZero() && now.Before(l.after):
		return "valid-after is " + l.after.UTC().Format(time.RFC3339)
	case !l.before.IsZero() && now.After(l.before):
		return "valid-before is " + l.before.UTC().Format(time.RFC3339)
	}
	return ""
}

// names are the people whom a line of a plain key names; none when it holds a pattern.
func (l signerLine) names() (names []string) {
	for _, name := range strings.Split(l.principals, ",") {
		if !isName(name) {
			return nil
		}
		names = append(names, name)
	}
	return names
}

// isName tells whether a principal names one person and cannot be mistaken for another.
func isName(principal string) bool {
	return principal != "" && !strings.ContainsFunc(principal, func(r rune) bool {
		return r <= ' ' || r > '~' || strings.ContainsRune(`*?!,"`, r)
	})
}

// matchList is OpenSSH's match_pattern_list: one pattern fits, and none of those that begin with !.
func matchList(list, text string) bool {
	found := false
	for _, pattern := range strings.Split(list, ",") {
		pattern, negated := strings.CutPrefix(pattern, "!")
		if matchPattern(pattern, text) {
			if negated {
				return false
			}
			found = true
		}
	}
	return found
}

// matchPattern knows * and ?. It goes back to the last * only, so it takes pattern times text at
// most.
func matchPattern(pattern, text string) bool {
	p, t, star, mark := 0, 0, -1, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, t
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[t]):
			p++
			t++
		case star >= 0:
			mark++
			p, t = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// maxShown is how much of a foreign text a message repeats, in bytes.
const maxShown = 200

// shown quotes a foreign text in ASCII, in bounds.
func shown(text string) string {
	if len(text) > maxShown {
		text = text[:maxShown] + "…"
	}
	return strconv.QuoteToASCII(text)
}
