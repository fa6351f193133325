package command

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"makesync/spec"
	"makesync/spec/regular"
	"makesync/spec/text"
	"makesync/sync/approval"
	"makesync/sync/exit"
	"makesync/sync/history"
	"makesync/sync/plan"
)

// statementOf is what people sign about a plan.
func statementOf(p *plan.Plan, from, until time.Time) (approval.Statement, error) {
	data, err := json.Marshal(p)
	if err != nil {
		return approval.Statement{}, err
	}
	var form map[string]any
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(&form); err != nil {
		return approval.Statement{}, err
	}
	return approval.Of(form, from, until, uncovered(p))
}

// uncovered are the secrets of which who approves a plan cannot know what they are.
func uncovered(p *plan.Plan) (addresses []string) {
	for _, address := range plan.Uncovered(p.Organizations) {
		addresses = append(addresses, string(address))
	}
	return addresses
}

// maxApproversFile bounds the file of approvers, in bytes.
const maxApproversFile = 1 << 20

// readApprovers reads the file of those who may approve. A line that cannot be read lets nobody
// approve, and is a warning.
func readApprovers(path string, documents documentOptions, file string) (*approval.Approvers, []spec.Problem, error) {
	places := slices.Concat([]string{approval.Folder(file)}, documents.places(), documents.linkedPlaces())
	if inside := insideOf(path, places); inside != "" {
		return nil, nil, failure{exit: exit.Held,
			message: fmt.Sprintf("the file of approvers %s lies in %s, so whoever writes there could approve",
				text.Quote(path), text.Quote(inside)),
			hint: "keep it outside of what it protects, for instance where only the protected branch or root writes"}
	}
	data, err := regular.ReadMarkedText(path, maxApproversFile)
	if err != nil {
		message := "read the file of approvers " + text.Quote(path)
		return nil, nil, failure{exit: exit.Invalid, message: message, cause: err}
	}
	approvers, unread := approval.ParseApprovers(data, time.Local)
	problems := writableByOthers("approvers", "the file of approvers", path)
	if above := belowDocument(path, places); above != "" {
		problems = append(problems, amongDocuments("approvers", "the file of approvers", path, above))
	}
	for _, line := range unread {
		problems = append(problems, spec.Problem{Severity: spec.Warning, Rule: "approvers",
			Message: "this line lets nobody approve: " + text.OneLine(line.Message),
			Source:  &spec.Source{File: path, Line: line.Line, Column: 1}})
	}
	return approvers, spec.LimitProblems(problems), nil
}

// verdictOn counts who has approved a plan that lies in a file.
func verdictOn(
	p *plan.Plan, file string, approvers *approval.Approvers, now time.Time, required int,
) (approval.Verdict, error) {
	want, err := statementOf(p, now, now)
	if err != nil {
		return approval.Verdict{}, failure{exit: exit.Invalid, message: "the plan cannot be approved", cause: err}
	}
	files, err := readApprovals(file)
	if err != nil {
		return approval.Verdict{}, err
	}
	return approvers.Verify(want, files, now, required), nil
}

// readApprovals reads the folder beside a plan.
func readApprovals(file string) ([]approval.File, error) {
	folder := approval.Folder(file)
	files, err := approval.Read(folder)
	if err != nil {
		return nil, failure{exit: exit.Invalid, message: "read the approvals in " + text.Quote(folder), cause: err,
			hint: "leave in it the pairs NAME.txt and NAME.txt.sig of those who approve, or have them approve anew " +
				"after moving it away"}
	}
	return files, nil
}

// approvalsFound are the approvals that an apply counts.
type approvalsFound struct {
	uses     []history.ApprovalUse
	people   []string
	warnings []spec.Problem // about the file of approvers
}

// checkApprovals refuses a plan that fewer people have approved than the flag or a trusted file
// wants. The flag can only raise the number.
func checkApprovals(a *applyRun) error {
	mandatory := a.desired.Guards.Approvals // which only trusted files can state
	required := max(mandatory, a.approvals.least)
	switch {
	case required == 0 || stepCount(a.plan) == 0:
		return nil
	case a.claims:
		return failure{exit: exit.Held, hint: "claim the offer in Make",
			message: "a file of guards wants plans approved by " + people(required) +
				", and no saved plan can hold a claim; nothing was changed"}
	case a.file == "":
		return failure{exit: exit.Held,
			message: "a file of guards wants plans approved by " + people(required) +
				", and a plan that is made and applied at once has been seen by nobody; nothing was changed",
			hint: "makesync plan -o plan.json; makesync approve plan.json; makesync apply --approvers FILE plan.json"}
	case a.approvals.approvers == "":
		return failure{exit: exit.Held,
			message: "a file of guards wants plans approved by " + people(required) + "; nothing was changed",
			hint:    "name with --approvers FILE who may approve"}
	}
	if literal := uncovered(&a.made); mandatory > 0 && len(literal) > 0 {
		return failure{exit: exit.Held,
			message: "nobody can approve secrets that stand in the documents: " + text.Commas(literal, 10),
			hint:    "write them as references: ${env:NAME}"}
	}
	approvers, warnings, err := readApprovers(a.approvals.approvers, a.options.documents, a.file)
	if err != nil {
		return err
	}
	approvers.Used = a.store.ApprovalUsed
	verdict, err := verdictOn(&a.made, a.file, approvers, a.r.Now(), required)
	if err != nil {
		return err
	}
	a.found = approvalsFound{warnings: warnings}
	if !verdict.Enough() {
		a.problems = append(a.problems, missingApprovals(verdict, a.file)...)
		return errHeld
	}
	for _, one := range verdict.Counted {
		for _, use := range one.Uses {
			a.found.uses = append(a.found.uses, history.ApprovalUse(use))
		}
		a.found.people = append(a.found.people, one.Principal)
	}
	return nil
}

// missingApprovals says how many are missing, and why those that are there do not count.
func missingApprovals(v approval.Verdict, file string) []spec.Problem {
	var names []string
	for _, one := range v.Counted {
		names = append(names, one.Principal)
	}
	message := fmt.Sprintf("the plan has to be approved by %s, and %s", people(v.Required), counted(names))
	problems := []spec.Problem{{Severity: spec.Error, Rule: "approvals", Message: message,
		Hint: "makesync approve " + text.ShellQuote(file)}}
	for _, r := range v.Refused {
		problems = append(problems, refusedApproval(r))
	}
	return spec.LimitProblems(problems)
}

func counted(names []string) string {
	switch len(names) {
	case 0:
		return "nobody's approval counts"
	case 1:
		return "only that of " + names[0] + " counts"
	}
	return "only those of " + text.And(slices.Clone(names)) + " count"
}

func refusedApproval(r approval.Refusal) spec.Problem {
	who := text.Quote(r.File)
	if r.Fingerprint != "" {
		who += " by the key " + r.Fingerprint
	}
	return spec.Problem{Severity: spec.Warning, Rule: "approval",
		Message: "the approval " + who + " does not count: " + text.OneLine(r.Message)}
}
