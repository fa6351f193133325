package history

import (
	"bytes"
	"errors"
	"io"
	"slices"

	"makesync/sync/plan"
)

// namesVerb tells whether a journal names one of the verbs: to look for them takes a hundredth of
// the time of understanding all of it.
func namesVerb(s *Store, run string, verbs []plan.Verb) (bool, error) {
	file, _, err := openRun(s, run)
	if err != nil {
		return false, err
	}
	defer file.Close()
	return containsVerb(file, verbs)
}

// holdsNone tells that a journal is whole and names none of the verbs. It is false also of what
// merely looks unlike a journal: whoever understands all of it tells what that is.
func (a *allowance) holdsNone(s *Store, run string, verbs []plan.Verb) bool {
	file, size, err := openRun(s, run)
	if err != nil {
		return false
	}
	defer file.Close()
	if named, err := containsVerb(io.TeeReader(file, &wholeLines{}), verbs); named || err != nil {
		return false
	}
	_, is := a.firstLine(run, io.NewSectionReader(file, 0, size))
	return is
}

// containsVerb looks for one of the verbs part by part; each part begins with the end of the last,
// in which a verb may begin.
func containsVerb(in io.Reader, verbs []plan.Verb) (bool, error) {
	part, kept := make([]byte, tailPart), 0
	for {
		n, err := in.Read(part[kept:])
		text := part[:kept+n]
		named := func(v plan.Verb) bool { return bytes.Contains(text, []byte(`"verb":"`+string(v)+`"`)) }
		if slices.ContainsFunc(verbs, named) {
			return true, nil
		}
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		kept = copy(part, text[max(0, len(text)-longestVerb):])
	}
}

// longestVerb is no shorter than a verb with its name, as journals write it.
const longestVerb = 100

// wholeLines is a writer for the bytes of a journal. Its error tells of a line that is not one
// object of a known type as runs write it; what follows the last line feed was torn, and does not
// count. It finds what power failures and full disks leave, at the speed of a disk; names and
// values it does not understand.
type wholeLines struct {
	head   [len(longestLineHead)]byte // of this line
	length int                        // of head
	later  bool                       // a first line was before this one
	depth  int                        // of objects and lists that are open
	in     lineState
}

type lineState int

const (
	betweenTexts lineState = iota
	inText
	escaped
	behindObject
)

const longestLineHead = `{"type":"` + lineResolved + `"`

var errNotWhole = errors.New("a line is not whole")

func (w *wholeLines) Write(part []byte) (int, error) {
	w.addHead(part)
	for rest := part; ; {
		rest = rest[plainBytes(rest, &plainIn[w.in]):]
		if len(rest) == 0 {
			return len(part), nil
		}
		b := rest[0]
		if !w.take(b) {
			return len(part) - len(rest), errNotWhole
		}
		if rest = rest[1:]; b == '\n' {
			w.addHead(rest)
		}
	}
}

func (w *wholeLines) addHead(part []byte) { w.length += copy(w.head[w.length:], part) }

// plainBytes is how many of the first bytes are plain.
func plainBytes(part []byte, plain *[256]bool) int {
	for i, b := range part {
		if !plain[b] {
			return i
		}
	}
	return len(part)
}

// plainIn are the bytes that change nothing: in a text nearly all, between texts those of numbers,
// null, true and false, and of what divides them.
var plainIn = func() (plain [behindObject + 1][256]bool) {
	for b := ' '; b <= 0xff; b++ {
		plain[inText][b] = b != '"' && b != '\\'
	}
	for _, b := range []byte(`,:0123456789+-.eEnultrfas`) {
		plain[betweenTexts][b] = true
	}
	return plain
}()

// take tells whether a byte that is not plain may stand here.
func (w *wholeLines) take(b byte) bool {
	switch {
	case b < ' ':
		return b == '\n' && w.endLine()
	case w.in == escaped:
		w.in = inText
	case w.in == inText && b == '\\':
		w.in = escaped
	case w.in == inText: // the quote at its end
		w.in = betweenTexts
	case w.in == behindObject:
		return false
	case b == '"':
		w.in = inText
	case b == '{' || b == '[':
		w.depth++
	case b == '}' || b == ']':
		if w.depth--; w.depth <= 0 {
			w.in = behindObject
		}
	default:
		return false
	}
	return true
}

// endLine tells whether the line that ends here is one object of a type that may stand here.
func (w *wholeLines) endLine() bool {
	begins := func(kind string) bool { return bytes.HasPrefix(w.head[:w.length], []byte(`{"type":"`+kind+`"`)) }
	is := w.in == behindObject && w.depth == 0
	if w.later {
		is = is && slices.ContainsFunc([]string{lineIntent, lineResult, lineEnd, lineResolved}, begins)
	} else {
		is = is && begins(lineBegin)
	}
	*w = wholeLines{later: true}
	return is
}
