package history

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"makesync/spec"
	"makesync/sync/commandline"
	"makesync/sync/plan"
	"makesync/sync/report"
	"makesync/sync/state"
)

// A long line is taken apart, and gives the same as a short one.
func TestLongLines(t *testing.T) {
	t.Parallel()
	s := open(t)
	p := samplePlan()
	for n := 3; n < 900; n++ {
		p.Organizations[0].Steps = append(p.Organizations[0].Steps, plan.Step{N: n, Kind: spec.KindVariable,
			Address: spec.Address(fmt.Sprint("acme/variable/V", n)), Op: plan.OpCreate, After: []int{n - 1},
			Fields: []plan.Field{{Path: "value", To: state.Text("ü\n\"")}}, Source: &spec.Source{File: "a.yaml", Line: n}})
	}
	ended := &report.Report{Format: report.Format, Planned: 899, Problems: []spec.Problem{{Rule: "r", Message: "m"}}}
	for n := 1; n < 900; n++ {
		ended.Steps = append(ended.Steps, report.StepReport{N: n, Outcome: report.Succeeded,
			Reason: report.Reason{Code: report.ReasonResolved, Text: "t"}})
	}
	j, err := s.Begin("R1", map[string]string{"eu1": "x"}, commandline.Command{Verb: "apply"})
	if err != nil {
		t.Fatal(err)
	}
	if err := cmpErr(j.Begin("R1", p), j.End(ended), j.Close()); err != nil {
		t.Fatal(err)
	}
	story, err := s.Read("R1")
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(story.Organizations[0].Steps[2:], p.Organizations[0].Steps[2:]) {
		t.Errorf("other steps than were written: %+v", story.Organizations[0].Steps[5])
	}
	if !reflect.DeepEqual(story.Report.Steps, ended.Steps) || len(story.Report.Problems) != 1 || story.Zones[0].Name != "eu1" {
		t.Errorf("%+v", story.Report)
	}
}

func cmpErr(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// What a long line holds that it should not is found in each of its parts.
func TestHostileLongLines(t *testing.T) {
	t.Parallel()
	long := strings.Repeat(" ", tailPart)
	head := `{"type":"begin","format":"makesync.journal/v1","run":"R1",` + long
	for name, test := range map[string]struct{ line, want string }{
		"unknown":      {head + `"x":1}`, "unknown"},
		"twice":        {head + `"run":"R1"}`, "twice"},
		"in a step":    {head + `"organizations":[{"key":"a","steps":[{"n":1,"x":1}]}]}`, "unknown field"},
		"same key":     {head + `"organizations":[{"key":"a"},{"key":"a"}]}`, "twice"},
		"same step":    {head + `"organizations":[{"key":"a","steps":[{"n":1}]},{"key":"b","steps":[{"n":1}]}]}`, "twice"},
		"no object":    {long + `[]`, "begins"},
		"no list":      {head + `"organizations":{}}`, "begins"},
		"what follows": {head + `"pid":1}{}`, "follows"},
		"cut":          {head + `"organizations":[{"key":"a"`, "EOF"},
	} {
		if _, err := ParseJournal("R1", strings.NewReader(test.line+"\n")); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", name, err)
		}
		story, err := ParseJournal("R1", strings.NewReader(test.line))
		if err != nil || !story.Empty {
			t.Errorf("%s, cut off: %+v %v", name, story, err)
		}
	}
}

// A run begins nothing that it could not read again, and keeps what becomes of what it has begun.
func TestAJournalThatIsFull(t *testing.T) {
	t.Parallel()
	s := open(t)
	j, err := s.Begin("R1", nil, commandline.Command{})
	if err != nil {
		t.Fatal(err)
	}
	if err := cmpErr(j.Begin("R1", samplePlan()), j.Intent(intent)); err != nil {
		t.Fatal(err)
	}
	size := j.size
	j.size = mostBegun
	if err := j.Intent(intent); !errors.Is(err, report.ErrJournalFull) {
		t.Errorf("a full journal takes another write: %v", err)
	}
	second := intent
	second.Begun = true
	if err := j.Intent(second); err != nil {
		t.Errorf("a full journal leaves a step half done: %v", err)
	}
	if err := cmpErr(j.Result(result), j.End(&report.Report{})); err != nil {
		t.Errorf("a full journal does not take what became of its writes: %v", err)
	}
	j.size = size
	_ = j.Close()
}

// A journal that is opened again counts what stands in it, and never becomes one that cannot be read.
func TestAJournalThatIsOpenedAgainIsFull(t *testing.T) {
	t.Parallel()
	s := open(t)
	j, err := s.Begin("R1", nil, commandline.Command{})
	if err = cmpErr(err, j.Begin("R1", samplePlan()), j.Intent(intent), j.Close()); err != nil {
		t.Fatal(err)
	}
	path, _ := s.path("R1")
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	const room = 3
	_, err = file.WriteString(strings.Repeat(`{"type":"resolved"}`+"\n", maxEntries-2-room))
	if err = cmpErr(err, file.Close()); err != nil {
		t.Fatal(err)
	}
	if j, err = s.Append("R1"); err != nil {
		t.Fatal(err)
	}
	if err := j.Intent(intent); !errors.Is(err, report.ErrJournalFull) {
		t.Errorf("a full journal takes another write when it is opened again: %v", err)
	}
	taken := 0
	for j.Result(result) == nil && taken < 2*room {
		taken++
	}
	if err := j.Close(); taken != room || err != nil {
		t.Errorf("%d results are taken where there is room for %d: %v", taken, room, err)
	}
	if _, err := s.Read("R1"); err != nil {
		t.Errorf("what was taken cannot be read again: %v", err)
	}
}

// What a run may write can be read within its memory: of each byte comes no more than that.
func TestWhatIsWrittenFitsIntoMemory(t *testing.T) {
	t.Parallel()
	s := open(t)
	j, err := s.Begin("R1", nil, commandline.Command{})
	if err != nil {
		t.Fatal(err)
	}
	view := state.View{"value": state.Text("1"), "type": state.Text("number")}
	p := &plan.Plan{}
	for n := 1; n <= 1000; n++ {
		address := spec.Address(fmt.Sprint("o/variable/V", n))
		p.Organizations = append(p.Organizations, plan.Organization{Key: fmt.Sprint("o", n), Steps: []plan.Step{{N: n,
			Address: address, Kind: spec.KindVariable, Op: plan.OpUpdate, Fields: []plan.Field{{Path: "value"}}}}})
	}
	if err := j.Begin("R1", p); err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= 1000; n++ {
		intent := report.Intent{Step: n, Address: "o/variable/V", Verb: plan.UpdateVariable, Attempt: 1, Before: view, After: view}
		outcome := report.Outcome{Step: n, Address: "o/variable/V", Verb: plan.UpdateVariable, Attempt: 1, Outcome: report.Succeeded}
		if err := cmpErr(j.Intent(intent), j.Result(outcome)); err != nil {
			t.Fatal(err)
		}
	}
	_ = j.Close()
	path, _ := s.path("R1")
	file, err := openFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var text bytes.Buffer
	if _, err := text.ReadFrom(file); err != nil {
		t.Fatal(err)
	}
	var all pieces
	lines := lineReaderOf(&text)
	for n := 0; ; n++ {
		_, wrong := all.readLine(lines)
		if whole, err := lines.next(); err != nil || !whole {
			break
		}
		if wrong != nil {
			t.Fatal(n, wrong)
		}
	}
	if all.memory < 1e6 || float64(all.memory)/float64(j.size) > float64(maxMemory)/float64(mostBegun) {
		t.Errorf("%d bytes of memory for %d of the journal: more than %d for %d", all.memory, j.size, maxMemory, mostBegun)
	}
}
