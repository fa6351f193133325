package render

import (
	"fmt"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/plan"
	"makesync/sync/report"
	"makesync/sync/state"
)

// none is the side of a change that is not there.
const none = "-"

// kindWords are the kinds in sentences.
var kindWords = map[spec.Kind][2]string{
	spec.KindOrganization:   {"organization", "organizations"},
	spec.KindSubscription:   {"subscription", "subscriptions"},
	spec.KindPaymentMethods: {"payment method", "payment methods"},
	spec.KindFeatureControl: {"feature control", "feature controls"},
	spec.KindVariable:       {"variable", "variables"},
	spec.KindMember:         {"member", "members"},
	spec.KindTFA:            {"two-factor setting", "two-factor settings"},
	spec.KindOwner:          {"owner", "owners"},
}

// kindWord is a kind as a word, in the number that n asks for.
func kindWord(k spec.Kind, n int) string {
	words, ok := kindWords[k]
	switch {
	case !ok:
		return Clean(string(k))
	case n == 1:
		return words[0]
	}
	return words[1]
}

// kindCounts is "3 variables and 1 member", in the order of kinds; "" for none.
func kindCounts(counts map[spec.Kind]int) (listed string, total int) {
	var words []string
	for _, kind := range spec.Kinds() {
		if n := counts[kind]; n > 0 {
			words = append(words, text.Number(n)+" "+kindWord(kind, n))
			total += n
		}
	}
	return text.And(words), total
}

func verbBe(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// kindNames lists kinds in sentences, in the order of kinds.
func kindNames(kinds []spec.Kind) string {
	var words []string
	for _, kind := range spec.Kinds() {
		for _, k := range kinds {
			if k == kind {
				words = append(words, kindWord(kind, 2))
				break
			}
		}
	}
	return text.And(words)
}

// risks are in the order in which texts show them, with their mark and its colour.
var risks = []struct {
	risk  plan.Risk
	mark  string
	style style
	// heading and meaning are for Markdown and HTML.
	heading, meaning string
}{
	{plan.RiskIrreversible, "IRREVERSIBLE", redBold, "Irreversible", "cannot be undone"},
	{plan.RiskDestructive, "DESTRUCTIVE", red, "Destructive", "deletes or removes"},
	{plan.RiskCaution, "caution", yellow, "Caution", "people notice it"},
	{plan.RiskNone, "no risk", plain, "No risk", "settings and values"},
	{needsPlan, "needs a paid plan", cyan, "Needs a paid plan",
		"the Free plan of a new organization refuses it; not a change"},
}

// riskRank is a risk's place in risks; an unknown risk counts as the worst.
func riskRank(r plan.Risk) int {
	for i := range risks {
		if risks[i].risk == r {
			return i
		}
	}
	return 0
}

// counted are the ops that a summary counts, in its order.
var counted = []struct {
	op plan.Op
	of func(plan.Summary) int
}{
	{plan.OpCreate, func(s plan.Summary) int { return s.Create }},
	{plan.OpUpdate, func(s plan.Summary) int { return s.Update }},
	{plan.OpDelete, func(s plan.Summary) int { return s.Delete }},
	{plan.OpInvite, func(s plan.Summary) int { return s.Invite }},
	{plan.OpTransfer, func(s plan.Summary) int { return s.Transfer }},
}

// changes is the number of steps in a summary.
func changes(s plan.Summary) int {
	n := 0
	for _, c := range counted {
		n += c.of(s)
	}
	return n
}

// opCounts is "1 create, 2 update"; "" for none.
func opCounts(s plan.Summary) string {
	var words []string
	for _, c := range counted {
		if n := c.of(s); n > 0 {
			words = append(words, fmt.Sprintf("%d %s", n, c.op))
		}
	}
	return strings.Join(words, ", ")
}

// opWords is opCounts for people: commas between thousands.
func opWords(s plan.Summary) string {
	var words []string
	for _, c := range counted {
		if n := c.of(s); n > 0 {
			words = append(words, text.Number(n)+" "+string(c.op))
		}
	}
	return strings.Join(words, ", ")
}

// opWord is an op for a column: one that this program does not know, which only a foreign plan can
// hold, is cut.
func opWord(op plan.Op) string { return cut(Clean(string(op)), 10) }

// changeOp is what a step does, in words: its op, and the role of Owner or Admin that it gives
// (invite as Admin).
func changeOp(step plan.Step) string { return opAs(step.Kind, step.Op, step.Gains()) }

func opAs(kind spec.Kind, op plan.Op, gains string) string {
	switch {
	case gains == "" || kind != spec.KindMember:
		return Clean(string(op))
	case op == plan.OpUpdate:
		return Clean(string(op)) + " to " + Clean(gains)
	}
	return Clean(string(op)) + " as " + Clean(gains)
}

// heldOp and reportedOp are changeOp of what was held, and of what was applied.
func heldOp(h plan.Held) string { return opAs(h.Kind, h.Op, h.Gains) }

func reportedOp(s report.StepReport) string {
	if s.Gains == "" {
		return opWord(s.Op)
	}
	return cut(opAs(s.Kind, s.Op, s.Gains), 20)
}

// object is an address without its key, as --target takes it behind the key: variable/API_BASE,
// tfa; for the organization itself the word.
func object(a spec.Address) string {
	_, below, ok := strings.Cut(string(a), "/")
	if !ok {
		return string(spec.KindOrganization)
	}
	return Clean(below)
}

// show is one side of a field for people; a secret is masked, with its reference if it has one.
func show(s state.Scalar) string {
	switch {
	case s.IsNone():
		return none
	case s.IsSensitive() && s.Reference != "":
		return "(sensitive, " + Clean(s.Reference) + ")"
	case s.IsSensitive():
		return "(sensitive)"
	}
	if s.IsText() { // "(unknown)" as a text is quoted
		return showText(s.String())
	}
	return Clean(s.String())
}
