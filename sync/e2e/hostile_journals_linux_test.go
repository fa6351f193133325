//go:build linux && !race

package e2e

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const hostileRun = "20261127T201323Z-54386e1e"

// journalHead is the first line up to its organizations.
const journalHead = `{"type":"begin","format":"makesync.journal/v1","run":"` + hostileRun + `","at":"2026-11-27T20:13:23Z",` +
	`"tool":"devel","pid":1,"host":"vm","plan":"sha256:00","zones":[{"name":"demo","url":"https://demo.make.com",` +
	`"user":{"id":1,"email":"ops@acme.example"},"sandbox":true}],"organizations":[{"key":"acme","zone":"demo","id":11,` +
	`"name":"Acme","steps":[`

const (
	journalStep = `{"n":%[1]d,"address":"acme/variable/A%[1]d","kind":"variable","op":"create","risk":"write","fields":` +
		`[{"path":"value","from":null,"to":"x"}],"arguments":{"name":"A%[1]d"},"after":[],"precondition":"sha256:00"}`
	journalIntent = `{"type":"intent","at":"2026-11-27T20:13:23Z","intent":{"step":%[1]d,"address":"acme/variable/A%[1]d",` +
		`"verb":"createVariable","attempt":1,"before":{"value":"y"},"after":{"value":"x"},"at":"2026-11-27T20:13:23Z"}}` + "\n"
	journalResult = `{"type":"result","at":"2026-11-27T20:13:23Z","result":{"step":%[1]d,"address":"acme/variable/A%[1]d",` +
		`"verb":"createVariable","attempt":1,"outcome":"succeeded","answer":{},"at":"2026-11-27T20:13:23Z"}}` + "\n"
	journalEnd = `{"type":"end","at":"2026-11-27T20:13:23Z","report":{"format":"makesync.report/v1","plan":"sha256:00",` +
		`"planned":%d,"steps":[`
)

// manySteps is what the plan of one run may have.
const manySteps = 120_000

// hostileJournals are made to exhaust whoever reads them. What cannot be read is 3, but in a list.
var hostileJournals = map[string]struct {
	write    func(w *bufio.Writer)
	readable bool
}{
	"empty steps": {write: func(w *bufio.Writer) { repeat(w, journalHead, "{},", 55e6, "{}]}]}\n") }},
	"more steps": {write: func(w *bufio.Writer) {
		w.WriteString(journalHead)
		for n := range manySteps + 1 {
			fmt.Fprintf(w, journalStep+",", n+1)
		}
		fmt.Fprintf(w, journalStep+"]}]}\n", manySteps+2)
	}},
	"views": {write: func(w *bufio.Writer) {
		fmt.Fprintf(w, journalHead+journalStep+"]}]}\n", 1)
		for range 85 {
			repeat(w, `{"type":"intent","intent":{"step":1,"verb":"createVariable","after":{`, "", 0, rows(99_000, `"a%x":1,`))
			w.WriteString(`"b":1}}}` + "\n")
		}
	}},
	"intents": {write: func(w *bufio.Writer) {
		fmt.Fprintf(w, journalHead+journalStep+"]}]}\n", 1)
		repeat(w, "", fmt.Sprintf(journalIntent, 1), 640e3, "")
	}},
	"lines":    {write: func(w *bufio.Writer) { repeat(w, journalHead+"]}]}\n", `{"type":"resolved"}`+"\n", 8e6, "") }},
	"one text": {write: func(w *bufio.Writer) { repeat(w, journalHead+`{"address":"`, "aaaaaaaa", 21e6, `"}]}]}`+"\n") }},
	"no lines": {write: func(w *bufio.Writer) { repeat(w, "", "\n", 165e6, "") }},
	"nested":   {write: func(w *bufio.Writer) { repeat(w, journalHead, "[", 165e6, "\n") }},
	"larger":   {write: func(w *bufio.Writer) { repeat(w, journalHead+"]}]}\n", "        ", 30e6, "") }},
	"a report that was cut off": {readable: true, write: func(w *bufio.Writer) {
		repeat(w, journalHead+"]}]}\n"+fmt.Sprintf(journalEnd, 1), "{},", 55e6, "")
	}},
	"as large as a run can be": {readable: true, write: func(w *bufio.Writer) {
		w.WriteString(journalHead)
		for n := range manySteps - 1 {
			fmt.Fprintf(w, journalStep+",", n+1)
		}
		fmt.Fprintf(w, journalStep+"]}]}\n", manySteps)
		for n := range manySteps {
			fmt.Fprintf(w, journalIntent+journalResult, n+1)
		}
		fmt.Fprintf(w, journalEnd, manySteps)
		for n := range manySteps - 1 {
			fmt.Fprintf(w, `{"n":%[1]d,"address":"acme/variable/A%[1]d","kind":"variable","op":"create","outcome":"succeeded"},`, n+1)
		}
		w.WriteString(`{"n":1}]}}` + "\n")
	}},
}

// journalsTogether are the command lines that read several journals, and what they say of two that can be read, and that
// hold more together than is read at once.
var journalsTogether = []struct {
	args  string
	code  int
	tells string
}{
	{"runs list --journal RUNS", 0, "1 run is not read"},
	{"apply --yes --journal RUNS -f DOCS", 1, "the largest in RUNS: 20261127T201323Z-1 (90 MB)"},
	{"apply --yes --journal RUNS -f OTHER", 0, "0 failed"},
	{"report merge --journal RUNS --run vm REPORT", 3, "hold more together than is read at once"},
	{"report merge LARGE LARGE", 3, "the files hold 90 MB together, more than the 80 MB that are merged at once"},
	{"explain -f DOCS --journal RUNS acme/variable/LIVE", 0, "acme/variable/LIVE"},
	{"completion values -- runs show --journal RUNS =2026", 0, "20261127T201323Z-1"},
}

// TestHostileJournalsTogether costs all journals of a folder at most what the kernel gives for one.
func TestHostileJournalsTogether(t *testing.T) {
	if testing.Short() {
		t.Skip("some hundred megabytes")
	}
	dir := t.TempDir()
	runs := filepath.Join(dir, "runs")
	if err := os.Mkdir(runs, 0o700); err != nil {
		t.Fatal(err)
	}
	long := strings.NewReplacer("%[1]d", "1", `"value":"y"`, `"value":"`+strings.Repeat("y", 10e3)+`"`).Replace(journalIntent)
	for _, run := range []string{"20261127T201323Z-1", "20261127T201323Z-2"} {
		writeJournal(t, filepath.Join(runs, run+".jsonl"), func(w *bufio.Writer) {
			head := strings.NewReplacer(hostileRun, run, `"zones"`, `"shard":{"index":1,"count":2},"zones"`,
				`"organizations"`, `"places":{"demo":"`+filepath.Join(dir, "world.json")+`"},"organizations"`).Replace(journalHead)
			repeat(w, head+strings.ReplaceAll(journalStep, "%[1]d", "1")+"]}]}\n", long, 90e6/len(long), "")
		})
	}
	for name, text := range map[string]string{
		"docs.yaml":  strings.Replace(hostileHead, "{}", "{state: world.json}", 1) + "organizations: {acme: {id: 11}}\n",
		"other.yaml": strings.ReplaceAll(hostileHead, "demo", "lab") + "organizations: {acme: {id: 11}}\n",
		"report.json": `{"format":"makesync.report/v1","run":"r","shard":{"index":1,"count":2},"plan":"","durationSeconds":0,` +
			`"planned":0,"succeeded":0,"failed":0,"skipped":0,"unknown":0,"waiting":0,"held":0,"steps":[],"problems":[],` +
			`"calls":{"read":0,"write":0},"exit":{"code":0,"name":"ok"}}`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	large := filepath.Join(dir, "large.json")
	writeJournal(t, large, func(w *bufio.Writer) { repeat(w, "", "         ", 5e6, "") })
	places := strings.NewReplacer("RUNS", runs, "DOCS", filepath.Join(dir, "docs.yaml"), "LARGE", large,
		"OTHER", filepath.Join(dir, "other.yaml"), "REPORT", filepath.Join(dir, "report.json"))
	for _, reader := range journalsTogether {
		t.Run(reader.args, func(t *testing.T) {
			out, code := runLimited(t, strings.Fields(places.Replace(reader.args))...)
			said := strings.Join(strings.Fields(out), " ")
			if code != reader.code || !strings.Contains(said, places.Replace(reader.tells)) {
				t.Errorf("exit %d instead of %d, without %q\n%.2500s", code, reader.code, reader.tells, out)
			}
			t.Log(out)
		})
	}
}

func repeat(w *bufio.Writer, before, what string, times int, after string) {
	w.WriteString(before)
	for range times {
		w.WriteString(what)
	}
	w.WriteString(after)
}

// TestHostileJournals costs each journal at most what the kernel gives, whichever command reads it.
func TestHostileJournals(t *testing.T) {
	if testing.Short() {
		t.Skip("some hundred megabytes for each")
	}
	dir := t.TempDir()
	docs, runs := filepath.Join(dir, "docs.yaml"), filepath.Join(dir, "runs")
	if err := os.WriteFile(docs, []byte(hostileHead+"organizations: {acme: {name: Acme}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(runs, 0o700); err != nil {
		t.Fatal(err)
	}
	for what, hostile := range hostileJournals {
		t.Run(what, func(t *testing.T) {
			writeJournal(t, filepath.Join(runs, hostileRun+".jsonl"), hostile.write)
			out, code := runLimited(t, "runs", "list", "--journal", runs)
			if code != 0 || strings.Contains(out, "damaged") == hostile.readable {
				t.Errorf("runs list: exit %d\n%.1500s", code, out)
			}
			commands := [][]string{{"apply", "--yes", "--journal", runs, "-f", docs, "--resume", hostileRun}}
			if hostile.readable { // what cannot be read ends in the same place
				commands = append(commands, []string{"runs", "show", "--journal", runs, hostileRun},
					[]string{"undo", "--journal", runs, "-f", docs, hostileRun})
			}
			for _, args := range commands {
				out, code := runLimited(t, args...)
				if wrong := code != 3; wrong != hostile.readable || code < 0 || code > 5 || strings.Contains(out, "goroutine") {
					t.Errorf("%s: exit %d\n%.1500s", args[0], code, out)
				}
			}
		})
	}
}

func writeJournal(t *testing.T, path string, write func(*bufio.Writer)) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	w := bufio.NewWriterSize(file, 1<<20)
	write(w)
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
}
