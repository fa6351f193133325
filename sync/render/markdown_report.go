package render

import (
	"fmt"
	"io"
	"strings"

	"makesync/spec/text"
	"makesync/sync/report"
)

// MarkdownReportMarker is the first line of every Markdown report, by which a job finds its own
// comment again.
const MarkdownReportMarker = "<!-- makesync: report -->"

// noticeBytes are kept for the sentence that says what is missing; its length does not grow with
// the report.
const noticeBytes = 400

// ReportMarkdown writes what an apply did as a comment, in at most maxBytes bytes (0:
// DefaultMaxBytes; less than MinMaxBytes is an error). What needs somebody stands first, so what
// does not fit is cut off from the end: what was done, then what was skipped. It is counted in
// words.
func ReportMarkdown(w io.Writer, report *report.Report, maxBytes int, o Options) error {
	maxBytes, err := byteBudget("report", maxBytes)
	if err != nil {
		return err
	}
	head, lines := reportHead(report), reportLines(report)
	room, shown := maxBytes-len(head)-noticeBytes, 0
	for shown < len(lines) && len(lines[shown].text) <= room {
		room -= len(lines[shown].text)
		shown++
	}
	_, err = io.WriteString(w, head+missingLines(lines[shown:])+"\n"+joinLines(lines[:shown]))
	return err
}

// reportLine is one line of the list, with the word under which it is counted when it does not fit.
type reportLine struct{ what, text string }

func reportHead(r *report.Report) string {
	var b strings.Builder
	heading := "nothing to do"
	if r.Planned > 0 {
		heading = fmt.Sprintf("%s of %s done", text.Number(r.Succeeded), text.Count(r.Planned, "step", "steps"))
	}
	heading += sandboxMark(r.Zones)
	fmt.Fprintf(
		&b,
		"%s\n### makesync apply: %s; exit %d (%s)\n\n",
		MarkdownReportMarker,
		heading,
		r.Exit.Code,
		entities(cut(Clean(r.Exit.Name), 40)),
	)
	if access := accessOfReport(r); access != "" {
		b.WriteString(access + "\n")
	}
	b.WriteString("| Outcome | Steps |\n|---|---:|\n")
	for _, row := range []struct {
		word string
		n    int
	}{
		{"Failed", r.Failed},
		{"Unknown", r.Unknown},
		{"Skipped", r.Skipped},
		{"Succeeded", r.Succeeded},
		{"Waiting", r.Waiting},
		{"Held", r.Held},
	} {
		fmt.Fprintf(&b, "| %s | %s |\n", row.word, text.Number(row.n))
	}
	fmt.Fprintf(&b, "\nRun %s, plan %s\n", code(cut(Clean(r.Run), maxName)), code(cut(Clean(r.Plan), 80)))
	return b.String()
}

// reportLines are in the order of outcomes, problems behind what failed.
func reportLines(r *report.Report) []reportLine {
	var lines []reportLine
	for _, o := range outcomes {
		if o.outcome == report.Skipped {
			for i := range r.Problems {
				lines = append(lines, reportLine{"problem", markdownProblem(&r.Problems[i])})
			}
		}
		for _, step := range r.Steps {
			if step.Outcome == o.outcome {
				lines = append(lines, reportLine{o.mark, markdownOutcome(o.mark, step)})
			}
		}
	}
	return lines
}

func markdownOutcome(mark string, step report.StepReport) string {
	line := "- **" + mark + "** " +
		entities(reportedOp(step)) + " " +
		code(cut(Clean(string(step.Address)), maxName))
	if why := outcomeWords(step); why != "" {
		line += " " + prose(cut(Clean(why), maxProse))
	}
	if step.Paste != "" {
		line += "; to paste: " + code(cut(Clean(step.Paste), maxName))
	}
	return line + "\n"
}

func missingLines(hidden []reportLine) string {
	if len(hidden) == 0 {
		return ""
	}
	counts := map[string]int{}
	for _, line := range hidden {
		counts[line.what]++
	}
	var words []string
	for _, what := range []string{"FAILED", "UNKNOWN", "problem", "skipped", "done"} {
		if n := counts[what]; n > 0 {
			words = append(words, text.Number(n)+" "+what)
		}
	}
	return "\n> Too large for one comment. Not shown: " + strings.Join(
		words,
		", ",
	) + ". The whole report: --format json.\n"
}

func joinLines(lines []reportLine) string {
	var b strings.Builder
	for _, line := range lines {
		b.WriteString(line.text)
	}
	return b.String()
}
