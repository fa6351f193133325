package command

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"makesync/spec"
	"makesync/spec/document"
	"makesync/spec/text"
	"makesync/sync/explain"
	"makesync/sync/help"
	"makesync/sync/render"
)

const explainDescription = "Of an address (acme/variable/API_BASE; acme is the organization itself): " +
	"what the documents say, file by file and profile by profile, what is there in Make, who changed it last, " +
	"which rules speak of it, and what a plan of its organization would do, with the calls that it takes. " +
	"Changes nothing; --live asks no zone. " +
	"A rule, guard, code, exit (its number or name) or term is looked up in the topics of the help; " +
	"policy:ID is a policy."

func explainCommand(r *runtimeEnv) *cli.Command {
	return &cli.Command{
		Name:        "explain",
		Usage:       "where a value comes from and what would happen to it; or what a word means",
		ArgsUsage:   "ADDRESS|WORD",
		Description: explainDescription,
		UsageText: "makesync explain -f clients/ acme/variable/API_BASE\n" +
			"makesync explain -f clients/ --live live.json acme/member/jane@acme.example\n" +
			"makesync explain maxDeletes\nmakesync explain 4",
		Flags: explainFlags(),
		Action: r.action(arity{min: 1, max: 1, name: "ADDRESS or WORD"}, func(c *cli.Context) error {
			argument := c.Args().First()
			word := explainWord(argument)
			if word == nil || c.IsSet("file") && !strings.HasPrefix(argument, spec.PolicyGuard("")) {
				return explainAddress(c, r, argument, word)
			}
			return explainThe(c, r, word)
		}),
	}
}

// explainThe writes what a word means.
func explainThe(c *cli.Context, r *runtimeEnv, word *wordResult) error {
	o, err := readResultOptions(c, r.Env, formatText, formatJSON)
	if err != nil {
		return err
	}
	return r.emit(word, o, r.render(o, "explain"))
}

// explainAddress explains an object. What has no slash may be the key of an organization, or a word
// that nobody knows: where documents were not named, and there is none of such a key, it is a word.
func explainAddress(c *cli.Context, r *runtimeEnv, argument string, word *wordResult) error {
	o, err := readExplainOptions(c, r.Env, argument)
	if err != nil {
		return err
	}
	if !explain.IsAddress(argument) && !declaresKey(r.Env, o.documents, argument) {
		if word != nil {
			return explainThe(c, r, word)
		}
		return badUsage(c, "there is no explanation of %s%s (a policy is explained as %s, an object by its address: "+
			"acme/variable/API_BASE)", text.ShellQuote(argument), didYouMean(argument, help.Words(), ""),
			spec.PolicyGuard("ID"))
	}
	return explainObject(c.Context, c, r, o, argument)
}

// declaresKey tells whether the documents have an organization of the key; of those that cannot be
// read nobody knows.
func declaresKey(env Env, o documentOptions, key string) bool {
	if _, err := os.Stat(defaultDocument); err != nil && !o.given {
		return false
	}
	documents, _ := document.Load(document.LoadOptions{Paths: o.files, Stdin: env.piped})
	return documents.Declares(key)
}

// wordResult is what a word means.
type wordResult struct {
	Format  string       `json:"format"`
	Word    string       `json:"word"`
	Entries []help.Entry `json:"entries"`
}

// explainWord looks a word up; nil where nobody knows it.
func explainWord(word string) *wordResult {
	result := &wordResult{Format: "makesync.word/v1", Word: word, Entries: help.Explain(word)}
	if id, ok := strings.CutPrefix(word, spec.PolicyGuard("")); ok {
		result.Entries = []help.Entry{{Word: text.Quote(id), Topic: "policies", Cells: policyExplanation}}
	}
	if len(result.Entries) == 0 {
		return nil
	}
	return result
}

func (w *wordResult) text(out io.Writer, o render.Options) error {
	return render.Sentences(out, o, explanation(w.Entries)...)
}

func (w *wordResult) json(out io.Writer) error { return render.JSON(out, w) }

// policyExplanation is about a rule that no help can know.
var policyExplanation = []help.Cell{
	{Text: "A policy of your own files, whose message says what it wants."},
	{Text: "`plan --format json` says where it stands: policies.results[].source."},
	{Text: "No --allow lifts it: change the plan, or give the policy an exception with reason and day."},
}

// explanation is a paragraph for each entry, with the topic to read on.
func explanation(entries []help.Entry) (lines []string) {
	for i, e := range entries {
		if i > 0 {
			lines = append(lines, "")
		}
		lines = append(lines, fmt.Sprintf("%s (makesync help %s)", e.Word, e.Topic))
		for _, cell := range e.Cells {
			line := cell.Text
			if cell.Heading != "" {
				line = cell.Heading + ": " + line
			}
			lines = append(lines, "  "+line)
		}
	}
	return lines
}
