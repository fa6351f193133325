package history

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"makesync/spec"
	"makesync/sync/commandline"
	"makesync/sync/plan"
	"makesync/sync/report"
)

// damages are what becomes of the whole lines of a file: blocks of zeros after a power failure, and
// lines that were torn, lost or written in another order.
var damages = map[string]func(t *rapid.T, lines [][]byte) [][]byte{
	"none": func(_ *rapid.T, lines [][]byte) [][]byte { return lines },
	"zeros": func(t *rapid.T, lines [][]byte) [][]byte {
		data := bytes.Join(lines, nil)
		begin := rapid.IntRange(0, len(data)-1).Draw(t, "begin")
		clear(data[begin:rapid.IntRange(begin+1, len(data)).Draw(t, "end")])
		return [][]byte{data}
	},
	"torn end": func(t *rapid.T, lines [][]byte) [][]byte {
		n, cut := lineAndOffset(t, lines)
		lines[n] = lines[n][:cut]
		return lines
	},
	"torn begin": func(t *rapid.T, lines [][]byte) [][]byte {
		n, cut := lineAndOffset(t, lines)
		lines[n] = lines[n][cut:]
		return lines
	},
	"order": func(t *rapid.T, lines [][]byte) [][]byte { return rapid.Permutation(lines).Draw(t, "order") },
	"twice": func(t *rapid.T, lines [][]byte) [][]byte {
		n, _ := lineAndOffset(t, lines)
		return slices.Insert(lines, rapid.IntRange(0, len(lines)).Draw(t, "at"), lines[n])
	},
	"lost": func(t *rapid.T, lines [][]byte) [][]byte {
		n, _ := lineAndOffset(t, lines)
		return slices.Delete(lines, n, n+1)
	},
	"another format": func(t *rapid.T, lines [][]byte) [][]byte {
		n, _ := lineAndOffset(t, lines)
		kind := rapid.SampledFrom([]string{`"type":"later`, `"type": "`, `"kind":"`}).Draw(t, "kind")
		lines[n] = bytes.Replace(lines[n], []byte(`"type":"`), []byte(kind), 1)
		return lines
	},
}

func lineAndOffset(t *rapid.T, lines [][]byte) (n, offset int) {
	n = rapid.IntRange(0, len(lines)-1).Draw(t, "line")
	return n, rapid.IntRange(0, len(lines[n])-1).Draw(t, "offset")
}

// TestLawNoDamageIsPassedOver: billing does not understand every journal, and complains of each
// that whoever understands it complains of.
func TestLawNoDamageIsPassedOver(t *testing.T) {
	t.Parallel()
	for what, damage := range damages {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			path := write(t, s, "R1", 4)
			whole, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			refused := 0
			rapid.Check(t, func(t *rapid.T) {
				lines := damage(t, slices.Collect(bytes.Lines(bytes.Clone(whole))))
				if err := os.WriteFile(path, bytes.Join(lines, nil), 0o600); err != nil {
					t.Fatal(err)
				}
				_, wrong := s.Read("R1")
				if wrong != nil {
					refused++
				}
				runs, err := s.Billing().Known()
				if known := runs == 1; known != (wrong == nil) || fmt.Sprint(err) != fmt.Sprint(wrong) {
					t.Errorf("%d, %v; it is: %v\n%q", runs, err, wrong, bytes.Join(lines, nil))
				}
			})
			if (what != "none") != (refused > 0) {
				t.Errorf("%d were refused", refused)
			}
		})
	}
}

// TestOrdinaryJournalsAreSkimmed: what runs write is not taken for damaged, whatever texts it has.
func TestOrdinaryJournalsAreSkimmed(t *testing.T) {
	t.Parallel()
	s := open(t)
	rapid.Check(t, func(t *rapid.T) {
		path := filepath.Join(s.runs, "R1"+journalSuffix)
		if err := os.RemoveAll(path); err != nil {
			t.Fatal(err)
		}
		j, err := s.Begin("R1", nil, commandline.Command{})
		if err = errors.Join(err, j.Begin("R1", samplePlan())); err != nil {
			t.Fatal(err)
		}
		said := result
		said.Error = &spec.APIError{Status: 500, Message: rapid.String().Draw(t, "text")}
		ended := report.Report{Problems: []spec.Problem{{Message: said.Error.Message}}}
		torn := rapid.SampledFrom([]string{"", `{"type":"res`, `{"type":"result","result":{"step":1`}).Draw(t, "torn")
		if err := errors.Join(j.Intent(intent), j.Result(said), j.AddResolved(nil, true), j.End(&ended), j.Close()); err != nil {
			t.Fatal(err)
		}
		if err := appendTo(path, torn); err != nil {
			t.Fatal(err)
		}
		if !newAllowance().holdsNone(s, "R1", remembered) {
			t.Errorf("%q, and %q behind it, is taken for damaged", said.Error.Message, torn)
		}
	})
}

func appendTo(path, text string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	return errors.Join(err, file.Close())
}

// TestYearsOfCancelsAreKnown: no number of journals makes billing forget, the newest least of all.
func TestYearsOfCancelsAreKnown(t *testing.T) {
	t.Parallel()
	s := open(t)
	const each, count = 150 << 20, mostScanned/(150<<20) + 2
	cancel := intent
	cancel.Verb, cancel.Address = plan.CancelSubscription, "acme/subscription"
	for n := range count {
		run := fmt.Sprintf("20261122T031400Z-%02d", n)
		j, err := s.Begin(run, nil, commandline.Command{})
		cancel.At = noon.AddDate(0, 0, n)
		if err = errors.Join(err, j.Begin(run, samplePlan()), j.Intent(cancel), j.Close()); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(filepath.Join(s.runs, run+journalSuffix), each); err != nil { // as a torn line
			t.Fatal(err)
		}
	}
	b := s.Billing()
	if runs, err := b.Known(); runs != count || err != nil {
		t.Errorf("%d, %v", runs, err)
	}
	if got := b.Sent("https://eu1.make.com", 11).Cancelled; got == nil || !got.At.Equal(cancel.At) {
		t.Errorf("the newest is not known, but %+v", got)
	}
}

// TestVerbsAreFoundAnywhere: also where one begins in one part of a file and ends in the next.
func TestVerbsAreFoundAnywhere(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := `"verb":"` + string(plan.CancelSubscription) + `"`
		before := rapid.IntRange(tailPart-2*longestVerb, tailPart+longestVerb).Draw(t, "before")
		verb := rapid.SampledFrom(remembered).Draw(t, "verb")
		found, err := containsVerb(strings.NewReader(strings.Repeat("x", before)+text), []plan.Verb{verb})
		if diff := cmp.Diff(verb == plan.CancelSubscription, found); diff != "" || err != nil {
			t.Errorf("%v %s", err, diff)
		}
	})
}
