package command

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"makesync/spec"
	"makesync/spec/regular"
	"makesync/spec/text"
	"makesync/sync/approval"
	"makesync/sync/exit"
	"makesync/sync/offline"
	"makesync/sync/plan"
	"makesync/sync/render"
	"makesync/sync/report"
	"makesync/sync/savedplan"
)

// showOptions are the options of show.
type showOptions struct {
	file      string
	result    resultOptions
	maxBytes  int
	documents documentOptions
	approvals approvalOptions
}

const showDescription = "Shows a file that makesync has written: " +
	"a saved plan, a plan's or a report's JSON, a snapshot. " +
	"Needs no zone, no token and no document, and believes nothing that the file says of itself: " +
	"it is read strictly, and every name and value is cleaned. " +
	"Of a plan it tells who has approved it, with --approvers by name, and as JSON that alone."

// shownFormats are those of the results of show.
var shownFormats = []string{"plan", "report", "snapshot", "approvals"}

func showCommand(r *runtimeEnv) *cli.Command {
	return &cli.Command{
		Name:        "show",
		Usage:       "show a plan, report or snapshot from a file, in any format",
		ArgsUsage:   "FILE",
		Description: showDescription,
		UsageText: "makesync show plan.json\n" +
			"makesync show --format markdown --max-bytes 60000 plan.json\n" +
			"makesync show --approvals 2 --approvers allowed_signers plan.json",
		Flags: joined(resultFlags(resultFile(shownFormats...), planFormats...), detailFlags(), []cli.Flag{
			noPagerFlag(),
			maxBytesFlag(),
			approvalsFlag("end with 5 unless at least `N` different people have approved the plan"),
			approversFlag(),
		}, logFlags()),
		Action: r.action(arity{1, 1, "FILE", allFiles}, func(c *cli.Context) error {
			o, err := readShowOptions(c, r.Env)
			if err != nil {
				return err
			}
			return runShow(c.Context, r, o)
		}),
	}
}

func readShowOptions(c *cli.Context, env Env) (o showOptions, err error) {
	o.file = c.Args().First()
	if o.maxBytes, err = readMaxBytes(c); err != nil {
		return o, err
	}
	if o.approvals, err = readApprovalOptions(c); err != nil {
		return o, err
	}
	o.result, err = readResultOptions(c, env, planFormats...)
	return o, err
}

// runShow reads the file and writes it in the format that is asked for.
func runShow(ctx context.Context, r *runtimeEnv, o showOptions) error {
	shown, err := readShown(r, o)
	if err == nil && o.approvals != (approvalOptions{}) && shown.plan == nil {
		err = errors.New("only plans are approved, and this is none")
	}
	var stopped failure
	switch {
	case errors.As(err, &stopped):
		return stopped
	case err != nil:
		problems := []spec.Problem{{Severity: spec.Error, Rule: "show", Message: text.OneLine(err.Error()),
			Hint: "give the file as makesync wrote it", Source: &spec.Source{File: o.file}}}
		failed := showResult{&problemsResult{problems, exit.Invalid}, "problems", o.maxBytes}
		if err := r.emitFailed(failed, problems, exit.Invalid, o.result, "show"); err != nil {
			return err
		}
		return end(exit.Invalid)
	}
	words := r.render(o.result, "show")
	words.Quiet = false
	if shown.plan != nil {
		words.File = trustOf(shown.plan, r.Env)
	}
	words.Approvals = shown.approvals
	if err := r.emit(shown.result, o.result, words); err != nil {
		return err
	}
	return end(exit.Worst(shown.exit, exit.StopExit(ctx)))
}

// shown is what a file holds.
type shown struct {
	result    result
	plan      *plan.Plan // nil unless it is one
	approvals []string
	exit      exit.Code
}

// readShown reads a file strictly. The error says why it is none of ours.
func readShown(r *runtimeEnv, o showOptions) (shown, error) {
	data, err := regular.ReadText(o.file, maxSnapshot)
	if err != nil {
		return shown{}, err
	}
	if _, err := spec.WalkStrictly(data, ""); err != nil {
		return shown{}, errors.New("it is not one JSON document: " + text.OneLine(err.Error()))
	}
	var head struct {
		Format string `json:"format"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return shown{}, errors.New("it is no object with a format")
	}
	switch head.Format {
	case plan.Format, report.Format:
	case offline.SnapshotFormat:
		return readShownSnapshot(r.Env, data, o)
	default:
		format := text.Quote(text.OneLine(head.Format))
		return shown{}, errors.New("its format is " + format + ", and this makesync shows " +
			text.Or([]string{plan.Format, report.Format, offline.SnapshotFormat}))
	}
	part, err := report.DecodeShardResult(data)
	switch {
	case err != nil:
		return shown{}, err
	case part.Report != nil:
		return shown{result: showResult{reportResult{part.Report, o.maxBytes}, "report", o.maxBytes}}, nil
	}
	return readShownPlan(r, part.Plan, data, o)
}

// readShownPlan adds to a plan what is to be said of the file.
func readShownPlan(r *runtimeEnv, p *plan.Plan, data []byte, o showOptions) (shown, error) {
	key := sealKey(r.Env)
	// What apply would refuse is not shown as if it were sound.
	if p.Seal == plan.Unsealed {
		key = spec.Value{}
	}
	if _, problems := savedplan.DecodeToRead(data, key); stepCount(p) > 0 && len(problems) > 0 {
		return shown{}, errors.New(problems[0].Message)
	}
	s := shown{result: planResult{p, o.maxBytes}, plan: p}
	result := &approvalsResult{planResult: planResult{p, o.maxBytes}, exit: exit.OK}
	if o.approvals.approvers != "" {
		s.result = result
	}
	if stepCount(p) == 0 { // which nobody has to approve
		return s, nil
	}
	approvers, problems := &approval.Approvers{}, []spec.Problem(nil)
	if o.approvals.approvers != "" {
		var err error
		if approvers, problems, err = readApprovers(o.approvals.approvers, o.documents, o.file); err != nil {
			return s, err
		}
		approvers.Used = usedHere(r.Env)
	}
	verdict, err := verdictOn(p, o.file, approvers, r.Now(), o.approvals.least)
	if err != nil && o.approvals.least == 0 { // a plan that cannot be approved can be shown
		return s, nil
	}
	if err != nil {
		return s, err
	}
	p.Problems = append(p.Problems, problems...)
	result.verdict, result.problems = verdict, problems
	s.approvals = approvalWords(verdict, o.approvals.approvers != "")
	if !verdict.Enough() {
		missing := missingApprovals(verdict, o.file)[:1]
		p.Problems = append(p.Problems, missing...)
		result.problems, result.exit = append(problems, missing...), exit.Held
		s.exit, p.Exit = exit.Held, exit.Worst(p.Exit, exit.Held)
	}
	return s, nil
}

// usedHere tells until when approvals count as used by a run of this machine, as apply asks; nil
// where no state folder is known.
func usedHere(env Env) func(id string) time.Time {
	store, err := openStore(env, "")
	if err != nil {
		return nil
	}
	return store.ApprovalUsed
}

// approvalsResult is a plan with those who have approved it. As JSON it is the latter: the plan
// is the file itself, and says nothing of who has signed it.
type approvalsResult struct {
	planResult
	verdict  approval.Verdict
	problems []spec.Problem
	exit     exit.Code
}

func (a *approvalsResult) outputError(problem spec.Problem) exit.Code {
	return addOutputError(&a.problems, &a.exit, problem)
}

func (a *approvalsResult) json(w io.Writer) error {
	return render.JSON(w, approvalsForm{
		Format: approvalsFormat, Digest: a.Digest, Required: a.verdict.Required, Enough: a.verdict.Enough(),
		Counted:  append([]approval.Approval{}, a.verdict.Counted...),
		Refused:  append([]approval.Refusal{}, a.verdict.Refused...),
		Problems: append([]spec.Problem{}, a.problems...), Exit: a.exit,
	})
}

// approvalsFormat is the version of approvalsForm, schema/approvals.schema.json.
const approvalsFormat = "makesync.approvals/v1"

type approvalsForm struct {
	Format   string              `json:"format"`
	Digest   string              `json:"digest"`
	Required int                 `json:"required"`
	Enough   bool                `json:"enough"`
	Counted  []approval.Approval `json:"counted"`
	Refused  []approval.Refusal  `json:"refused"`
	Problems []spec.Problem      `json:"problems"`
	Exit     exit.Code           `json:"exit"`
}

// approvalWords say who has approved, and whose approval does not count and why.
func approvalWords(v approval.Verdict, named bool) []string {
	var words []string
	for _, one := range v.Counted {
		words = append(words, "approved by "+one.Principal+" (key "+one.Fingerprint+"), until "+
			one.Until.Format("2006-01-02 15:04 MST"))
	}
	for _, r := range v.Refused {
		if r.Reason == approval.ReasonNotApprover && !named {
			words = append(words, "signed by the key "+r.Fingerprint+"; --approvers FILE tells whose that is")
			continue
		}
		words = append(words, refusedApproval(r).Message)
	}
	return words
}

func readShownSnapshot(env Env, data []byte, o showOptions) (shown, error) {
	for _, problem := range checkSnapshot(data) {
		return shown{}, errors.New(strings.TrimPrefix(problem.Path+": ", ": ") + problem.Message)
	}
	s, err := offline.DecodeSnapshot(data)
	if err != nil {
		return shown{}, err
	}
	keepOwn(env, s)
	return shown{result: showResult{snapshotResult{s, o.file}, "snapshot", o.maxBytes}}, nil
}

// snapshotResult is a snapshot to look at.
type snapshotResult struct {
	*offline.Snapshot
	file string
}

func (s snapshotResult) text(w io.Writer, o render.Options) error {
	return render.SnapshotContents(w, s.Snapshot, s.file, o)
}

func (s snapshotResult) json(w io.Writer) error {
	data, err := offline.EncodeSnapshot(s.Snapshot)
	if err == nil {
		_, err = w.Write(data)
	}
	return err
}

// showResult gives a result the formats that it does not have by itself: its text, as a comment or
// a page.
type showResult struct {
	result
	what     string
	maxBytes int
}

func (s showResult) plain(o render.Options) (string, error) {
	var b bytes.Buffer
	o.Color, o.Links = false, nil
	err := s.text(&b, o)
	return b.String(), err
}

func (s showResult) markdown(w io.Writer, o render.Options) error {
	if own, ok := s.result.(comments); ok {
		return own.markdown(w, o)
	}
	body, err := s.plain(o)
	if err != nil {
		return err
	}
	return render.TextMarkdown(w, s.what, body, s.maxBytes)
}

func (s showResult) html(w io.Writer, o render.Options) error {
	body, err := s.plain(o)
	if err != nil {
		return err
	}
	return render.TextHTML(w, s.what, body)
}
